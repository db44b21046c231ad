// What happens to a case from its referral to its outcome, but for allocation, signposts and the MDT. Pure:
// the case as it was, a command, an instant → the case as it becomes. Versions and loads are kept by
// case_changes.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "services/caseload/records.h"
#include "splw/caseload/v1/case.pb.h"
#include "splw/referral/v1/referral_events.pb.h"

namespace splw::caseload {

// 1 to 4 (limits.h): what the case counts in a link worker's load.
int CaseWeight(const CaseRecord& record);

// True if an answer to the crisis questions is "yes" or "unsure" (standards.md, "Crisis questions"), or one that
// this build does not know.
bool IndicatesCrisis(const type::v1::CrisisAnswers& answers);

// True if the assessment says that somebody may come to harm: a need is coded as such a risk, or the words of its needs or of
// what matters speak of danger (common/health), whatever its author makes of it. Stricter than for a referral, where words
// alone send it to triage (the intake's CRISIS_WORDS_IN_TEXT): nobody triages an assessment.
bool IndicatesCrisis(const AssessmentRecord& assessment);

// A new case for an accepted referral, waiting for its link worker.
CaseRecord OpenCase(const referral::v1::ReferralAccepted& referral, std::string_view case_id, std::string_view network,
                    std::string_view correlation_id, absl::Time now);

// A further referral of the same person joins their open case: what the newest states of the person, the reason
// and the referrer replaces what was there (by time of acceptance; person.h); the person's newest "yes" or "no" is the
// case's consent (by when they said it); needs are added unless an assessment has confirmed them; urgency and signs of
// a crisis only grow. A referral that is in the case already changes nothing.
CaseRecord JoinReferral(CaseRecord record, const referral::v1::ReferralAccepted& referral);

// True if the referral is this case's person's, as far as the caseload can tell: nobody has said that they are two
// people, and nothing that is stated of them speaks against it (common/health/same_person.h). For a case that has a key
// of the referral's. False for a case that has as many referrals as it can hold (kMaxReferralsPerCase): the referral opens
// one of its own.
bool MayJoin(const CaseRecord& record, const referral::v1::ReferralAccepted& referral);

// The referrer takes a referral back. If nobody has begun to work and no other referral stands, the case
// closes with REFERRAL_WITHDRAWN; otherwise it is marked and goes on. In a closed case it is only recorded.
// Where the person no longer agrees, that is their newest word on the consent, in whatever state the case is.
CaseRecord WithdrawReferral(CaseRecord record, const referral::v1::ReferralWithdrawn& event, absl::Time now);

// FAILED_PRECONDITION ILLEGAL_TRANSITION unless the case is active / open. `what`: for the message ("a
// plan").
absl::Status RequireActive(const CaseRecord& record, std::string_view what);
absl::Status RequireOpen(const CaseRecord& record, std::string_view what);

// Replaces the plan. Goals and actions without an id get one that the plan has not used; states not said are
// open. Requires an active case; INVALID_ARGUMENT PLAN_ITEM_ID_REPEATED. `plan` is within its limits
// (requests.h).
absl::StatusOr<CaseRecord> UpdatePlan(CaseRecord record, const v1::Plan& plan, absl::Time now);

// Requires an open case; RESOURCE_EXHAUSTED TOO_MANY_CONTACTS; INVALID_ARGUMENT TOO_EARLY, field "time", for an instant
// long before the case was opened (kMaxBeforeOpening).
absl::StatusOr<CaseRecord> NoteContact(CaseRecord record, const ContactRecord& contact);

// The assessment's needs, where it has any, replace the case's; `consent`, where given, is the case's unless
// the person has said something else since the assessment. Requires an active case; RESOURCE_EXHAUSTED
// TOO_MANY_ASSESSMENTS; INVALID_ARGUMENT TOO_EARLY as above. What matters to the person becomes the plan's where it has
// none yet.
absl::StatusOr<CaseRecord> NoteAssessment(CaseRecord record, const AssessmentRecord& assessment,
                                          const std::optional<type::v1::Consent>& consent, absl::Time now);

// Gives the case its outcome. Places and nominations are released by the caller in the same change
// (case_changes.h). ILLEGAL_TRANSITION if it is closed; FEEDBACK_DUE where feedback is owed to an MDT and
// `feedback_owed_acknowledged` is false (finding 30: it cannot close silently).
absl::StatusOr<CaseRecord> CloseCase(CaseRecord record, v1::CaseOutcome outcome, bool feedback_owed_acknowledged,
                                     absl::Time now);

}  // namespace splw::caseload
