// Whether a Condition, Observation or Flag still holds.
#pragma once

#include "services/gateway/fhir/element.h"

namespace splw::fhir {

enum class Standing {
  kHolds,   // or nothing says that it does not
  kEnded,   // resolved, inactive, in remission
  kDenied,  // refuted, answered with no, entered in error, cancelled
};

// FHIR R4: Condition.clinicalStatus and verificationStatus, Observation.status and value, Flag.status. A
// period that has ended does not end a record that is still marked active: senders forget, and the careful
// reading is that it holds.
Standing StandingOf(const Element& resource);

// Marks by what it is known that the resource holds, and whose it is. What says less than that (a diagnosis that is only
// provisional) is left to be reported.
void UseStanding(const Element& resource);

}  // namespace splw::fhir
