// What the MDT's events make of a case (findings 28 to 30). Pure.
//
// Events about a closed case, or about a nomination that was withdrawn in the meantime, are late, not wrong:
// what they tell is recorded. A case has at most one case-holder and one key worker at any instant, never the
// same person (product.md): mdt-agenda keeps that, and it is kept here again.
#pragma once

#include <optional>

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "services/caseload/records.h"
#include "splw/mdt/v1/mdt_events.pb.h"

namespace splw::caseload {

// A case and, where the event names one that is known, its nomination, as they become.
struct MdtChange {
  CaseRecord record;
  std::optional<NominationRecord> nomination;
  bool news = true;  // false: the event told nothing new, nothing is to be written
};

MdtChange ApplyReceived(CaseRecord record, std::optional<NominationRecord> nomination,
                        const mdt::v1::NominationReceived& event, absl::Time now);
MdtChange ApplyScheduled(CaseRecord record, std::optional<NominationRecord> nomination,
                         const mdt::v1::NominationScheduled& event, absl::Time now);
MdtChange ApplyCarriedOver(CaseRecord record, std::optional<NominationRecord> nomination,
                           const mdt::v1::NominationCarriedOver& event, absl::Time now);

// The decision's actions become the case's, who has the case is who the event says has it now, and the feedback owed on
// its item is what it says. A version that is not above the one known for its item changes nothing.
// SAME_PERSON_FOR_BOTH_ROLES where the event names one person twice.
absl::StatusOr<MdtChange> ApplyDecision(CaseRecord record, std::optional<NominationRecord> nomination,
                                        const mdt::v1::DecisionRecorded& event, absl::Time now);

// True where the meeting heard the feedback; false for what an owner reported before it, which the item's own meeting has
// still to hear.
bool WasHeard(const mdt::v1::FeedbackRecorded& event);

// The state of the actions counts whoever reported it. What a meeting has heard settles what was owed on the item that the
// feedback is of, and no other debt of the case.
MdtChange ApplyFeedback(CaseRecord record, const mdt::v1::FeedbackRecorded& event);
MdtChange ApplyFeedbackMoved(CaseRecord record, const mdt::v1::FeedbackMoved& event);

}  // namespace splw::caseload
