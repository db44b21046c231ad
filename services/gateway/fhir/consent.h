// FHIR Consent → what the person agreed to.
#pragma once

#include "services/gateway/fhir/resources.h"
#include "splw/type/v1/need.pb.h"

namespace splw::fhir {

// Reads the Consents that are not known to be another's. The careful reading wins:
//   DECLINED  one of them denies (in the whole, or in a part without any condition), opts out, or is rejected;
//   AGREED    otherwise, one that is known to be the person's permits explicitly (provision.type "permit" or policyRule
//             OPTIN) and without limits, holds now, and is about this referral: the request names it among its
//             supportingInfo, or its category is BaRS "DRC" (direct care);
//   not said  everything else, with a WARNING that says why. Implied consent (policyRule IMPLIED) may carry direct care; it
//             is no answer of the person to sharing beyond health and care. A consent that is limited to certain people,
//             purposes or data (provision.actor, purpose, …, a condition in a part, a modifier) may not be one to this.
splw::type::v1::Consent MapConsent(const Resource& service_request, const Resource& patient, Context& context);

}  // namespace splw::fhir
