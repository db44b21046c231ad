// SNOMED CT identifiers. SNOMED CT Release File Specification, section 6 "SCTID": 6 to 18 digits, no leading zero,
// the last a Verhoeff check digit. Always text: a double loses digits. Pure; thread-safe.
#pragma once

#include <string_view>

namespace splw::health {

// FHIR R4, "Using SNOMED CT with FHIR".
inline constexpr char kSnomedSystem[] = "http://snomed.info/sct";

// True for kSnomedSystem as senders write it.
bool IsSnomedSystem(std::string_view uri);

// True for the concepts that say that somebody may come to harm: 401206008 risk of deliberate self-harm, 707087005 risk
// of domestic violence, 766561000000109 adult safeguarding concern, 836881000000105 child safeguarding concern,
// 248054003 self-neglect. A crisis until a person has looked.
bool IsRiskOfHarm(std::string_view snomed_id);

// True for a well-formed identifier with a right check digit. Whether it names a concept, only a release can tell.
bool IsSnomedId(std::string_view text);

}  // namespace splw::health
