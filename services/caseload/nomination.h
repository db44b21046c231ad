// Asking for a case to be discussed at an MDT (finding 24). Pure.
#pragma once

#include <string>

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "services/caseload/records.h"
#include "splw/caseload/v1/case_events.pb.h"
#include "splw/caseload/v1/caseload_service.pb.h"

namespace splw::caseload {

// True for the states in which an MDT still has to decide.
bool IsOpenNomination(v1::NominationState state);

struct NominationMade {
  CaseRecord record;
  NominationRecord nomination;
  v1::CaseNominated event;
};

// `request` is within its limits. ILLEGAL_TRANSITION unless the case is active; NOMINATION_OPEN;
// CONSENT_NOT_GIVEN where the person has declined (health and social care work on the case rests on the referral, so
// nobody need have asked yet: standards.md, "Information sharing"); RESOURCE_EXHAUSTED TOO_MANY_NOMINATIONS. Which of
// the agencies may see the case is mdt-agenda's to decide: the event says with whom it may be shared.
absl::StatusOr<NominationMade> Nominate(CaseRecord record, const LinkWorkerRecord& link_worker,
                                        const v1::NominateForMdtRequest& request, const std::string& id,
                                        const std::string& by, absl::Time now);

struct NominationTakenBack {
  CaseRecord record;
  NominationRecord nomination;
  v1::NominationWithdrawn event;
};

// ILLEGAL_TRANSITION where it was decided or withdrawn already.
absl::StatusOr<NominationTakenBack> WithdrawNomination(CaseRecord record, NominationRecord nomination,
                                                       const std::string& reason_code, absl::Time now);

}  // namespace splw::caseload
