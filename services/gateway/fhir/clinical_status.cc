#include "services/gateway/fhir/clinical_status.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "services/gateway/fhir/terminology.h"

namespace splw::fhir {
namespace {

bool HasCode(const Element& concept_element, std::initializer_list<std::string_view> codes) {
  for (const Element& coding : concept_element.Each("coding")) {
    if (std::find(codes.begin(), codes.end(), coding.Peek("code")) != codes.end()) return true;
  }
  return false;
}

}  // namespace

Standing StandingOf(const Element& resource) {
  const std::string status = resource.Peek("status");
  if (status == "entered-in-error" || status == "cancelled") return Standing::kDenied;
  if (HasCode(resource["verificationStatus"], {"refuted", "entered-in-error"})) return Standing::kDenied;
  // HL7 v2 table 0136 N, and the SNOMED CT qualifiers no, absent, and negative.
  if (resource.PeekBoolean("valueBoolean") == std::optional<bool>(false) ||
      HasCode(resource["valueCodeableConcept"], {"N", "373067005", "2667000", "260385009"})) {
    return Standing::kDenied;
  }
  if (status == "inactive" || HasCode(resource["clinicalStatus"], {"resolved", "inactive", "remission"})) {
    return Standing::kEnded;
  }
  return Standing::kHolds;
}

void UseStanding(const Element& resource) {
  resource.UseIf("status", {"active", "final", "amended", "corrected"});
  for (const char* property : {"clinicalStatus", "verificationStatus"}) {
    for (const Element& coding : resource[property].Each("coding")) {
      const std::string code = coding.Peek("code");
      if (code == "active" || code == "confirmed") UseCode(coding);
    }
  }
  if (resource.PeekBoolean("valueBoolean").value_or(false)) resource.Use("valueBoolean");
  resource["subject"].Use({"reference", "type"});
}

}  // namespace splw::fhir
