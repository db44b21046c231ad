// FHIR ServiceRequest → why, what for and how soon.
#pragma once

#include <string>

#include "services/gateway/fhir/resources.h"
#include "splw/referral/v1/referral.pb.h"

namespace splw::fhir {

// ERROR where it is no referral to act on: "request-status" (revoked, entered in error, completed, draft),
// "request-intent" (anything but order, original-order, plan, proposal, directive), "do-not-perform",
// "modifier-extension", "implicit-rules", "entry-method" (a transaction that does not create it).
void CheckServiceRequest(const Resource& service_request, Context& context);

// Fills needs, urgency, external_reference and authored_time. The reason, in full: the caller puts what matters more before
// it and fits it into its field.
std::string MapServiceRequest(const Resource& service_request, splw::referral::v1::Referral& referral,
                              Context& context);

}  // namespace splw::fhir
