#include "common/health/ods_code.h"

#include <algorithm>

#include <absl/strings/ascii.h>

#include "common/health/system_uri.h"

namespace splw::health {

bool IsOdsCodeSystem(std::string_view uri) {
  return SameSystem(uri, kOdsCodeSystem);
}

std::string NormaliseOdsCode(std::string_view text) {
  std::string code = absl::AsciiStrToUpper(std::string(text));
  absl::StripAsciiWhitespace(&code);
  return code;
}

bool IsOdsCode(std::string_view code) {
  return code.size() >= 3 && code.size() <= 12 && std::all_of(code.begin(), code.end(), [](unsigned char c) {
           return absl::ascii_isupper(c) || absl::ascii_isdigit(c);
         });
}

bool IsPracticeCode(std::string_view code) {
  return code.size() == 6 && absl::ascii_isupper(static_cast<unsigned char>(code[0])) && code[0] != 'U' &&
         std::all_of(code.begin() + 1, code.end(), [](unsigned char c) { return absl::ascii_isdigit(c); });
}

}  // namespace splw::health
