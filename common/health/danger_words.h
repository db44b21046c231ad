// Words of danger in what people write (product.md, finding 1). Pure; thread-safe.
#pragma once

#include <string_view>

namespace splw::health {

// True if the text speaks of suicide, self-harm or harm to others in the plain words that people use. Finds signs to be
// read by a person; what it does not find proves nothing. Takes time in proportion to the text.
bool SpeaksOfDanger(std::string_view text);

}  // namespace splw::health
