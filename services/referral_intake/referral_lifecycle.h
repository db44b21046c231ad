// How a referral moves from state to state. Pure, deterministic, thread-safe: record and command in, the changed
// record out.
//
//   AWAITING_TRIAGE ── accept ────► ACCEPTED ── its case closes ──► CLOSED
//   AWAITING_TRIAGE ── return ────► RETURNED
//   AWAITING_TRIAGE ── withdraw ──► WITHDRAWN
//   ACCEPTED ───────── withdraw ──► WITHDRAWN
//
// Each change raises the version, which is the etag, by one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "services/referral_intake/messages.h"

namespace splw::referral_intake {

// True while somebody works on it or decides on it: it waits for triage, is accepted, or was withdrawn from a case that
// goes on (the caseload ends no case on which work has begun).
bool IsOpen(const storage::ReferralRecord& record);

// A referral that may be of the same person, as their keyed hashes tell.
struct OtherReferral {
  std::string name;
  storage::ReferralRecord record;
  bool told_apart = false;  // its own triage said that the one to be accepted is for somebody else
};

struct AcceptCommand {
  std::string decided_by;  // empty: the policy
  std::string note_code;
  std::optional<type::CrisisAnswers> crisis_answers;  // all three, where they were not asked before
  storage::UrgentAdviceRecord urgent_advice;          // the network's, for answers that show a crisis
  std::vector<std::string> not_same_person_as;        // names of related referrals
  std::vector<OtherReferral> others;                  // that may be of the same person, and those just named
};

struct ReturnCommand {
  std::string decided_by;
  api::ReturnReason reason = api::RETURN_REASON_UNSPECIFIED;
  std::string advice;
};

struct AcknowledgeCommand {
  std::string acknowledged_by;
  std::string practitioner_name;
  std::string referrer_informed;  // empty: the referrer acknowledges
};

// FAILED_PRECONDITION ILLEGAL_TRANSITION, CONSENT_DECLINED, CRISIS_QUESTIONS_NOT_ASKED, AMBIGUOUS_PERSON;
// INVALID_ARGUMENT CRISIS_ANSWERS_NOT_EXPECTED, NOT_RELATED, SAME_NHS_NUMBER (those of people: telling_apart.h). A "yes"
// or "unsure" of the referrer stays, whatever is answered now. Answers that show a crisis are recorded with their finding
// and the urgent advice; the referral is accepted all the same, by a clinician who has just been told.
absl::StatusOr<storage::ReferralRecord> Accept(const storage::ReferralRecord& record, const AcceptCommand& command,
                                               absl::Time now);

// FAILED_PRECONDITION ILLEGAL_TRANSITION, CRISIS_NOT_ACKNOWLEDGED (product.md, "What must never happen", 2).
absl::StatusOr<storage::ReferralRecord> Return(const storage::ReferralRecord& record, const ReturnCommand& command,
                                               absl::Time now);

// FAILED_PRECONDITION ILLEGAL_TRANSITION, CRISIS_NOT_ACKNOWLEDGED (unless it was sent in error, or the person died).
absl::StatusOr<storage::ReferralRecord> Withdraw(const storage::ReferralRecord& record, api::WithdrawReason reason,
                                                 absl::Time now);

// FAILED_PRECONDITION NO_CRISIS, ALREADY_ACKNOWLEDGED. In any state: it is never too late to say that one knows.
absl::StatusOr<storage::ReferralRecord> Acknowledge(const storage::ReferralRecord& record,
                                                    const AcknowledgeCommand& command, absl::Time now);

// What the caseload tells of the referral's case. nullopt: nothing new, for a step that is recorded already. A step
// that comes after the end is recorded, and changes no state. FAILED_PRECONDITION CASE_WITHOUT_ACCEPTANCE.
absl::StatusOr<std::optional<storage::ReferralRecord>> RecordProgress(const storage::ReferralRecord& record,
                                                                      const std::string& case_name,
                                                                      const storage::ProgressRecord& step,
                                                                      absl::Time now);

}  // namespace splw::referral_intake
