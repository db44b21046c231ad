// SNOMED CT identifiers. SNOMED CT Release File Specification, section 6 "SCTID": 6 to 18 digits, no leading zero,
// the last a Verhoeff check digit. Always text: a double loses digits. Pure; thread-safe.
#pragma once

#include <string_view>

namespace splw::health {

// FHIR R4, "Using SNOMED CT with FHIR".
inline constexpr char kSnomedSystem[] = "http://snomed.info/sct";

// True for kSnomedSystem as senders write it.
bool IsSnomedSystem(std::string_view uri);

// True for a well-formed identifier with a right check digit. Whether it names a concept, only a release can tell.
bool IsSnomedId(std::string_view text);

}  // namespace splw::health
