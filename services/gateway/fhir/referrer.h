// ServiceRequest.requester (Practitioner, PractitionerRole, Organization, the person themselves) →
// splw.type.v1.Referrer.
#pragma once

#include "services/gateway/fhir/resources.h"
#include "splw/type/v1/referrer.pb.h"

namespace splw::fhir {

// Maps what there is; what is missing is a WARNING. Where the request names no organisation, the sender of the message
// (`message_header`, may be nullptr) stands in, which is said. `patient`: whom the request is about. ERROR
// "referrer-unknown" where no organisation can be recognised and the sender has none either.
splw::type::v1::Referrer MapReferrer(const Resource& service_request, const Resource& patient,
                                     const Resource* message_header, Context& context);

}  // namespace splw::fhir
