// ODS codes: NHS Organisation Data Service identifiers of organisations. Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace splw::health {

// FHIR UK Core, Identifier "ODS Organisation Code".
inline constexpr char kOdsCodeSystem[] = "https://fhir.nhs.uk/Id/ods-organization-code";

// True for kOdsCodeSystem as senders write it: whatever the case, http or https.
bool IsOdsCodeSystem(std::string_view uri);

// Upper case, without spaces around it.
std::string NormaliseOdsCode(std::string_view text);

// 3 to 12 of A-Z and 0-9. `code` is normalised.
bool IsOdsCode(std::string_view code);

// A general practice in England: a letter and five digits, but not a primary care network (U and five digits).
bool IsPracticeCode(std::string_view code);

}  // namespace splw::health
