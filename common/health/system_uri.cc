#include "common/health/system_uri.h"

#include <string>

#include <absl/strings/ascii.h>

namespace splw::health {
namespace {

std::string Canonical(std::string_view uri) {
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

}  // namespace

bool SameSystem(std::string_view uri, std::string_view system) {
  return Canonical(uri) == Canonical(system);
}

}  // namespace splw::health
