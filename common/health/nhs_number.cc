#include "common/health/nhs_number.h"

#include <algorithm>

#include "common/health/system_uri.h"

namespace splw::health {
namespace {

constexpr std::size_t kDigits = 10;

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

bool IsNhsNumberSystem(std::string_view uri) {
  return SameSystem(uri, kNhsNumberSystem);
}

std::string NormaliseNhsNumber(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != ' ' && c != '-') digits.push_back(c);
  }
  return digits;
}

NhsNumberFault CheckNhsNumber(std::string_view number) {
  if (number.size() != kDigits || !std::all_of(number.begin(), number.end(), IsDigit)) {
    return NhsNumberFault::kNotTenDigits;
  }
  if (number.find_first_not_of(number.front()) == std::string_view::npos) return NhsNumberFault::kRepeatedDigit;
  // Weights 10 to 2 on the first nine digits; the check digit is 11 less the remainder by 11, where 11 counts as 0
  // and 10 is never issued.
  int sum = 0;
  for (std::size_t i = 0; i < kDigits - 1; ++i) sum += (number[i] - '0') * static_cast<int>(kDigits - i);
  const int check = (11 - sum % 11) % 11;
  return check == number.back() - '0' ? NhsNumberFault::kNone : NhsNumberFault::kCheckDigit;
}

std::string FormatNhsNumber(std::string_view number) {
  std::string text(number);
  if (text.size() != kDigits) return text;
  return text.substr(0, 3) + " " + text.substr(3, 3) + " " + text.substr(6);
}

}  // namespace splw::health
