// What the caseload does when its peers tell it something. Each runs in the body of a change
// (delivery::Inbox); an error parks the stream at the sender, so only what would otherwise be lost is one,
// and what is late is done.
#pragma once

#include <absl/status/status.h>

#include "common/delivery/change.h"
#include "common/delivery/inbox.h"
#include "splw/mdt/v1/mdt_events.pb.h"
#include "splw/referral/v1/referral_events.pb.h"

namespace splw::caseload {

// From referral-intake. Opens exactly one case, or joins the referral to the person's open case (MayJoin in
// case_lifecycle.h); CaseOpened goes back. INVALID_ARGUMENT EVENT_INVALID without a referral of this network.
absl::Status OnReferralAccepted(delivery::Change& change, const referral::v1::ReferralAccepted& event);
// A referral without a case: done, there is nothing to take back.
absl::Status OnReferralWithdrawn(delivery::Change& change, const referral::v1::ReferralWithdrawn& event);

// From mdt-agenda. NOT_FOUND CASE_NOT_FOUND for a case that this store does not have: going on would lose a
// decision.
absl::Status OnNominationReceived(delivery::Change& change, const mdt::v1::NominationReceived& event);
absl::Status OnNominationScheduled(delivery::Change& change, const mdt::v1::NominationScheduled& event);
absl::Status OnNominationCarriedOver(delivery::Change& change, const mdt::v1::NominationCarriedOver& event);
absl::Status OnDecisionRecorded(delivery::Change& change, const mdt::v1::DecisionRecorded& event);
absl::Status OnFeedbackRecorded(delivery::Change& change, const mdt::v1::FeedbackRecorded& event);
absl::Status OnFeedbackMoved(delivery::Change& change, const mdt::v1::FeedbackMoved& event);

// All of the above, for `inbox`.
void HandleEvents(delivery::Inbox& inbox);

}  // namespace splw::caseload
