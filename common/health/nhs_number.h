// NHS numbers. NHS Data Dictionary, "NHS NUMBER": ten digits, the tenth a check of the nine before it. Pure;
// thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace splw::health {

// FHIR UK Core, Identifier "NHS Number".
inline constexpr char kNhsNumberSystem[] = "https://fhir.nhs.uk/Id/nhs-number";

// True for kNhsNumberSystem as senders write it: whatever the case, http or https.
bool IsNhsNumberSystem(std::string_view uri);

enum class NhsNumberFault {
  kNone,
  kNotTenDigits,
  kRepeatedDigit,  // 0000000000, 1111111111, …: pass the sum, and were never issued
  kCheckDigit,
};

// Without the spaces and hyphens that people write between the groups.
std::string NormaliseNhsNumber(std::string_view text);

// `number` is normalised.
NhsNumberFault CheckNhsNumber(std::string_view number);
inline bool IsNhsNumber(std::string_view number) {
  return CheckNhsNumber(number) == NhsNumberFault::kNone;
}

// As people read it, in groups of 3, 3 and 4; what has not ten characters comes back as it is.
std::string FormatNhsNumber(std::string_view number);

}  // namespace splw::health
