// FHIR ServiceRequest → why, what for and how soon.
#pragma once

#include "services/gateway/fhir/resources.h"
#include "splw/referral/v1/referral.pb.h"

namespace splw::fhir {

// ERROR where it is no referral to act on: "request-status" (revoked, entered in error, completed, draft),
// "request-intent" (anything but order, original-order, plan, proposal, directive), "do-not-perform",
// "modifier-extension", "implicit-rules".
void CheckServiceRequest(const Resource& service_request, Context& context);

// Fills reason_text, needs, urgency and external_reference, and looks at authoredOn.
void MapServiceRequest(const Resource& service_request, splw::referral::v1::Referral& referral,
                       Context& context);

}  // namespace splw::fhir
