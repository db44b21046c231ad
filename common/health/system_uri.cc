#include "common/health/system_uri.h"

#include <absl/strings/ascii.h>

namespace splw::health {

std::string PlainSystem(std::string_view uri) {
  std::string text = absl::AsciiStrToLower(std::string(uri));
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (text.compare(0, scheme.size(), scheme) == 0) {
      text.erase(0, scheme.size());
      break;
    }
  }
  while (!text.empty() && text.back() == '/') text.pop_back();
  return text;
}

bool SameSystem(std::string_view uri, std::string_view system) {
  return PlainSystem(uri) == PlainSystem(system);
}

}  // namespace splw::health
