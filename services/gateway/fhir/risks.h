// Flags, conditions and observations that say that somebody may come to harm, and those that say what a
// person needs so that they can take part.
#pragma once

#include <string>
#include <vector>

#include "services/gateway/fhir/danger.h"
#include "services/gateway/fhir/resources.h"
#include "splw/referral/v1/referral.pb.h"

namespace splw::fhir {

// A risk that still holds is a potential crisis: one that is clearly coded answers the crisis question risk_of_harm with YES and
// is a WARNING "crisis-flag"; one that only the words of its code or value tell of answers it with UNSURE and is a WARNING
// "crisis-words". The questions that nothing answers stay unanswered, so that a person asks them. A reasonable adjustment goes
// to the person's adjustments. An alert that is not understood is a WARNING "flag-unknown".
//
// Looks at every Flag, Condition and Observation that is not known to be another's. The lines for the head of the reason: the
// words of each risk and alert.
std::vector<std::string> MapRisks(const Resource& service_request, const Resource& patient,
                                  const DangerousTexts& danger, splw::referral::v1::Referral& referral,
                                  Context& context);

}  // namespace splw::fhir
