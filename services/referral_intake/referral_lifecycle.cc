#include "services/referral_intake/referral_lifecycle.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <google/protobuf/util/message_differencer.h>

#include "common/text/status_macros.h"
#include "services/referral_intake/crisis.h"
#include "services/referral_intake/dates.h"
#include "services/referral_intake/errors.h"
#include "services/referral_intake/limits.h"
#include "services/referral_intake/screening.h"
#include "services/referral_intake/telling_apart.h"

namespace splw::referral_intake {
namespace {

storage::ReferralRecord NextVersion(const storage::ReferralRecord& record, absl::Time now) {
  storage::ReferralRecord next = record;
  next.set_version(record.version() + 1);
  *next.mutable_update_time() = ToTimestamp(now);
  return next;
}

bool HasFinding(const storage::ReferralRecord& record, api::FindingCode code) {
  return std::any_of(record.findings().begin(), record.findings().end(),
                     [&](const storage::FindingRecord& finding) { return finding.code() == code; });
}

// Nobody has confirmed yet that they know of the danger.
bool AwaitsAcknowledgement(const storage::ReferralRecord& record) {
  return NeedsAcknowledgement(record) && !record.has_crisis_acknowledgement();
}

// There is nobody to whom the urgent advice could be given.
bool LeavesNobodyInDanger(api::WithdrawReason reason) {
  return reason == api::WITHDRAW_REASON_SENT_IN_ERROR || reason == api::WITHDRAW_REASON_DIED;
}

// The questions were asked now: their finding goes, and that of a crisis comes where the answers show one. What the
// referrer had answered stays unless it was graver now.
void AnswerCrisisQuestions(storage::ReferralRecord& record, const AcceptCommand& command) {
  *record.mutable_crisis_answers() = GraverAnswers(record.crisis_answers(), *command.crisis_answers);
  const bool known = HasFinding(record, api::FINDING_CODE_CRISIS_INDICATED);
  std::vector<storage::FindingRecord> findings;
  for (storage::FindingRecord& finding : *record.mutable_findings()) {
    if (finding.code() != api::FINDING_CODE_CRISIS_QUESTIONS_NOT_ASKED) findings.push_back(std::move(finding));
  }
  if (IndicatesCrisis(record.crisis_answers())) {
    if (!known) {
      storage::FindingRecord& finding = findings.emplace_back();
      finding.set_code(api::FINDING_CODE_CRISIS_INDICATED);
      finding.set_severity(SeverityOf(finding.code()));
      finding.set_field("crisis_answers");
    }
    *record.mutable_urgent_advice() = command.urgent_advice;
  }
  SortFindings(findings);
  record.mutable_findings()->Assign(findings.begin(), findings.end());
}

}  // namespace

bool IsOpen(const storage::ReferralRecord& record) {
  if (record.state() == api::REFERRAL_STATE_AWAITING_TRIAGE || record.state() == api::REFERRAL_STATE_ACCEPTED) {
    return true;
  }
  return record.state() == api::REFERRAL_STATE_WITHDRAWN && !record.case_().empty() &&
         std::none_of(record.progress().begin(), record.progress().end(), [](const storage::ProgressRecord& step) {
           return step.stage() == api::PROGRESS_STAGE_CASE_CLOSED;
         });
}

absl::StatusOr<storage::ReferralRecord> Accept(const storage::ReferralRecord& record, const AcceptCommand& command,
                                               absl::Time now) {
  if (record.state() != api::REFERRAL_STATE_AWAITING_TRIAGE) {
    return IllegalTransition(record.state(), api::REFERRAL_STATE_ACCEPTED);
  }
  if (record.consent().referral() == type::CONSENT_STATUS_DECLINED) return ConsentDeclined();
  const bool not_asked = HasFinding(record, api::FINDING_CODE_CRISIS_QUESTIONS_NOT_ASKED);
  if (not_asked && (!command.crisis_answers.has_value() || !AllAsked(*command.crisis_answers))) {
    return CrisisQuestionsNotAsked();
  }
  if (!not_asked && command.crisis_answers.has_value()) return CrisisAnswersNotExpected();
  SPLW_RETURN_IF_ERROR(CheckToldApart(record, command.not_same_person_as, command.others));

  storage::ReferralRecord next = NextVersion(record, now);
  if (not_asked) AnswerCrisisQuestions(next, command);
  next.set_state(api::REFERRAL_STATE_ACCEPTED);
  storage::TriageRecord& triage = *next.mutable_triage();
  triage.set_decided_by(command.decided_by);
  triage.set_by_policy(command.decided_by.empty());
  triage.set_note_code(command.note_code);
  triage.mutable_not_same_person_as()->Assign(command.not_same_person_as.begin(), command.not_same_person_as.end());
  *triage.mutable_decide_time() = ToTimestamp(now);
  return next;
}

absl::StatusOr<storage::ReferralRecord> Return(const storage::ReferralRecord& record, const ReturnCommand& command,
                                               absl::Time now) {
  if (record.state() != api::REFERRAL_STATE_AWAITING_TRIAGE) {
    return IllegalTransition(record.state(), api::REFERRAL_STATE_RETURNED);
  }
  if (AwaitsAcknowledgement(record)) return CrisisNotAcknowledged();
  storage::ReferralRecord next = NextVersion(record, now);
  next.set_state(api::REFERRAL_STATE_RETURNED);
  storage::TriageRecord& triage = *next.mutable_triage();
  triage.set_decided_by(command.decided_by);
  triage.set_return_reason(command.reason);
  triage.set_advice(command.advice);
  *triage.mutable_decide_time() = ToTimestamp(now);
  return next;
}

absl::StatusOr<storage::ReferralRecord> Withdraw(const storage::ReferralRecord& record, api::WithdrawReason reason,
                                                 absl::Time now) {
  if (record.state() != api::REFERRAL_STATE_AWAITING_TRIAGE && record.state() != api::REFERRAL_STATE_ACCEPTED) {
    return IllegalTransition(record.state(), api::REFERRAL_STATE_WITHDRAWN);
  }
  if (AwaitsAcknowledgement(record) && !LeavesNobodyInDanger(reason)) return CrisisNotAcknowledged();
  storage::ReferralRecord next = NextVersion(record, now);
  next.set_state(api::REFERRAL_STATE_WITHDRAWN);
  next.set_withdraw_reason(reason);
  return next;
}

absl::StatusOr<storage::ReferralRecord> Acknowledge(const storage::ReferralRecord& record,
                                                    const AcknowledgeCommand& command, absl::Time now) {
  if (!NeedsAcknowledgement(record)) return NoCrisis();
  if (record.has_crisis_acknowledgement()) return AlreadyAcknowledged();
  storage::ReferralRecord next = NextVersion(record, now);
  storage::CrisisAcknowledgementRecord& acknowledgement = *next.mutable_crisis_acknowledgement();
  acknowledgement.set_acknowledged_by(command.acknowledged_by);
  acknowledgement.set_practitioner_name(command.practitioner_name);
  acknowledgement.set_referrer_informed(command.referrer_informed);
  *acknowledgement.mutable_acknowledge_time() = ToTimestamp(now);
  return next;
}

absl::StatusOr<std::optional<storage::ReferralRecord>> RecordProgress(const storage::ReferralRecord& record,
                                                                      const std::string& case_name,
                                                                      const storage::ProgressRecord& step,
                                                                      absl::Time now) {
  if (record.state() == api::REFERRAL_STATE_AWAITING_TRIAGE || record.state() == api::REFERRAL_STATE_RETURNED) {
    return CaseWithoutAcceptance();
  }
  const bool known =
      std::any_of(record.progress().begin(), record.progress().end(), [&](const storage::ProgressRecord& earlier) {
        return google::protobuf::util::MessageDifferencer::Equals(earlier, step);
      });
  if (known) return std::optional<storage::ReferralRecord>();

  storage::ReferralRecord next = NextVersion(record, now);
  if (next.case_().empty()) next.set_case_(case_name);
  *next.add_progress() = step;
  if (next.progress_size() > kMaxProgressSteps) {
    next.mutable_progress()->DeleteSubrange(0, next.progress_size() - kMaxProgressSteps);
  }
  if (step.stage() == api::PROGRESS_STAGE_CASE_CLOSED && next.state() == api::REFERRAL_STATE_ACCEPTED) {
    next.set_state(api::REFERRAL_STATE_CLOSED);
    next.set_outcome(step.outcome());
  }
  return std::optional<storage::ReferralRecord>(std::move(next));
}

}  // namespace splw::referral_intake
