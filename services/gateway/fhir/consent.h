// FHIR Consent → what the person agreed to.
#pragma once

#include "services/gateway/fhir/resources.h"
#include "splw/type/v1/need.pb.h"

namespace splw::fhir {

// Reads the Consents about `patient`. The careful reading wins:
//   DECLINED  one of them denies, opts out, or is rejected;
//   AGREED    otherwise, one permits explicitly (provision.type "permit" or policyRule OPTIN), holds now, and
//   is about this
//             referral: the request names it among its supportingInfo, or its category is BaRS "DRC" (direct
//             care);
//   not said  everything else. Implied consent (policyRule IMPLIED) may carry direct care; it is no answer of
//   the person to
//             sharing beyond health and care, so it is a WARNING and not AGREED.
splw::type::v1::Consent MapConsent(const Resource& service_request, const Resource& patient,
                                   Context& context);

}  // namespace splw::fhir
