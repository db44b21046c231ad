// Flags, conditions and observations that say that somebody may come to harm, and those that say what a
// person needs so that they can take part.
#pragma once

#include "services/gateway/fhir/resources.h"
#include "splw/referral/v1/referral.pb.h"

namespace splw::fhir {

// A clearly coded risk that still holds answers the crisis question risk_of_harm with YES and is a WARNING
// "crisis-flag", and its words go to the head of reason_text; the questions that nothing answers stay
// unanswered, so that a person asks them. A reasonable adjustment goes to the person's adjustments. Looks at
// resources about `patient` or about nobody in particular. Call after MapPatient and MapServiceRequest.
void MapRisks(const Resource& service_request, const Resource& patient,
              splw::referral::v1::Referral& referral, Context& context);

}  // namespace splw::fhir
