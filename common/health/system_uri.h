// URIs that name code and identifier systems. Pure; thread-safe.
#pragma once

#include <string_view>

namespace splw::health {

// True if `uri` names `system`: without regard to case, to http or https, and to a slash at the end. Published
// samples write all of these.
bool SameSystem(std::string_view uri, std::string_view system);

}  // namespace splw::health
