#include "services/referral_intake/conversion.h"

#include "common/delivery/request_rules.h"
#include "common/health/snomed.h"
#include "services/referral_intake/crisis.h"
#include "services/referral_intake/dates.h"
#include "services/referral_intake/errors.h"
#include "services/referral_intake/finding_texts.h"
#include "services/referral_intake/names.h"

namespace splw::referral_intake {
namespace {

void FillFinding(const storage::FindingRecord& record, const Viewer& viewer, api::Finding& finding) {
  const FindingText text = TextOf(record.code());
  finding.set_code(record.code());
  finding.set_severity(record.severity());
  finding.set_field(record.field());
  finding.set_message(text.message);
  finding.set_advice(text.advice);
  if (viewer.is_referrer && record.related_organisation() != viewer.organisation) return;
  finding.set_related_referral(record.related_referral());
  finding.set_related_case(record.related_case());
}

void FillTriage(const storage::TriageRecord& record, const Viewer& viewer, api::Triage& triage) {
  triage.set_decided_by(record.decided_by());
  *triage.mutable_decide_time() = record.decide_time();
  triage.set_by_policy(record.by_policy());
  triage.set_return_reason(record.return_reason());
  triage.set_advice(record.advice());
  triage.set_note_code(record.note_code());
  if (!viewer.is_referrer) *triage.mutable_not_same_person_as() = record.not_same_person_as();
}

void FillProgress(const storage::ProgressRecord& record, api::ReferralProgress& progress) {
  progress.set_stage(record.stage());
  *progress.mutable_time() = record.time();
  if (record.has_case_holder()) *progress.mutable_case_holder() = record.case_holder();
  if (record.has_key_worker()) *progress.mutable_key_worker() = record.key_worker();
  progress.set_action_count(record.action_count());
  if (record.has_feedback_due_date()) *progress.mutable_feedback_due_date() = record.feedback_due_date();
  progress.set_outcome(record.outcome());
}

api::ProgressStage StageOf(caseload::v1::CaseStage stage) {
  switch (stage) {
    case caseload::v1::CASE_STAGE_ALLOCATED:
      return api::PROGRESS_STAGE_ALLOCATED;
    case caseload::v1::CASE_STAGE_ASSESSED:
      return api::PROGRESS_STAGE_ASSESSED;
    case caseload::v1::CASE_STAGE_SIGNPOSTED:
      return api::PROGRESS_STAGE_SIGNPOSTED;
    case caseload::v1::CASE_STAGE_NOMINATED:
      return api::PROGRESS_STAGE_NOMINATED;
    case caseload::v1::CASE_STAGE_MDT_DECIDED:
      return api::PROGRESS_STAGE_MDT_DECIDED;
    case caseload::v1::CASE_STAGE_FEEDBACK_GIVEN:
      return api::PROGRESS_STAGE_FEEDBACK_GIVEN;
    default:
      return api::PROGRESS_STAGE_UNSPECIFIED;
  }
}

api::ReferralOutcome OutcomeOf(caseload::v1::CaseOutcome outcome) {
  switch (outcome) {
    case caseload::v1::CASE_OUTCOME_GOALS_MET:
      return api::REFERRAL_OUTCOME_GOALS_MET;
    case caseload::v1::CASE_OUTCOME_SUPPORTED_ELSEWHERE:
      return api::REFERRAL_OUTCOME_SUPPORTED_ELSEWHERE;
    case caseload::v1::CASE_OUTCOME_DECLINED:
      return api::REFERRAL_OUTCOME_DECLINED;
    case caseload::v1::CASE_OUTCOME_NO_CONTACT:
      return api::REFERRAL_OUTCOME_NO_CONTACT;
    case caseload::v1::CASE_OUTCOME_MOVED_AWAY:
      return api::REFERRAL_OUTCOME_MOVED_AWAY;
    case caseload::v1::CASE_OUTCOME_DIED:
      return api::REFERRAL_OUTCOME_DIED;
    case caseload::v1::CASE_OUTCOME_REFERRAL_WITHDRAWN:
      return api::REFERRAL_OUTCOME_REFERRAL_WITHDRAWN;
    default:
      return api::REFERRAL_OUTCOME_UNSPECIFIED;
  }
}

// By then the person had said what the consent says: when it was submitted, or the end of an earlier day on which it
// was explained to them. (The day's end in UTC: an hour late in summer, which decides nothing between two statements.)
google::protobuf::Timestamp ConsentTime(const storage::ReferralRecord& record) {
  const google::type::Date& explained = record.consent().explained_on();
  if (!IsDate(explained)) return record.submit_time();
  const absl::Time end_of_day = absl::FromCivil(LatestDay(explained) + 1, absl::UTCTimeZone());
  return end_of_day < FromTimestamp(record.submit_time()) ? ToTimestamp(end_of_day) : record.submit_time();
}

}  // namespace

api::Referral ToReferral(std::string_view network, const storage::ReferralRecord& record, const Viewer& viewer) {
  api::Referral referral;
  if (!record.id().empty()) {
    referral.set_name(ReferralName(network, record.id()));
    referral.set_etag(delivery::EtagOf(record.version()));
  }
  referral.set_state(record.state());
  *referral.mutable_person() = record.person();
  *referral.mutable_referrer() = record.referrer();
  referral.set_reason_text(record.reason_text());
  *referral.mutable_needs() = record.needs();
  *referral.mutable_crisis_answers() = record.crisis_answers();
  *referral.mutable_consent() = record.consent();
  referral.set_urgency(record.urgency());
  for (const storage::FindingRecord& finding : record.findings()) {
    FillFinding(finding, viewer, *referral.add_findings());
  }
  referral.set_channel(record.channel());
  referral.set_external_reference(record.external_reference());
  *referral.mutable_submit_time() = record.submit_time();
  *referral.mutable_update_time() = record.update_time();
  if (record.has_triage()) FillTriage(record.triage(), viewer, *referral.mutable_triage());
  if (record.has_crisis_acknowledgement()) {
    const storage::CrisisAcknowledgementRecord& kept = record.crisis_acknowledgement();
    api::CrisisAcknowledgement& acknowledgement = *referral.mutable_crisis_acknowledgement();
    acknowledgement.set_acknowledged_by(kept.acknowledged_by());
    acknowledgement.set_practitioner_name(kept.practitioner_name());
    acknowledgement.set_referrer_informed(kept.referrer_informed());
    *acknowledgement.mutable_acknowledge_time() = kept.acknowledge_time();
  }
  if (record.has_urgent_advice()) {
    referral.mutable_urgent_advice()->set_text(record.urgent_advice().text());
    referral.mutable_urgent_advice()->set_contact(record.urgent_advice().contact());
  }
  referral.set_case_(record.case_());
  for (const storage::ProgressRecord& step : record.progress()) FillProgress(step, *referral.add_progress());
  referral.set_outcome(record.outcome());
  referral.set_correlation_id(record.correlation_id());
  referral.set_withdraw_reason(record.withdraw_reason());
  *referral.mutable_import_notes() = record.import_notes();
  if (record.has_authored_time()) *referral.mutable_authored_time() = record.authored_time();
  return referral;
}

api::NetworkPolicy ToNetworkPolicy(std::string_view network, const storage::NetworkPolicyRecord& record) {
  api::NetworkPolicy policy;
  policy.set_name(PolicyName(network));
  policy.set_etag(delivery::EtagOf(record.version()));
  policy.set_remit(record.remit());
  *policy.mutable_member_practices() = record.member_practices();
  policy.set_minimum_age(record.minimum_age());
  policy.set_auto_accept_routine(record.auto_accept_routine());
  policy.mutable_urgent_advice()->set_text(record.urgent_advice().text());
  policy.mutable_urgent_advice()->set_contact(record.urgent_advice().contact());
  if (record.has_update_time()) *policy.mutable_update_time() = record.update_time();
  return policy;
}

api::ReferralAccepted ToReferralAccepted(std::string_view network, const storage::ReferralRecord& record) {
  api::ReferralAccepted event;
  event.set_referral(ReferralName(network, record.id()));
  *event.mutable_person() = record.person();
  *event.mutable_referrer() = record.referrer();
  event.set_reason_text(record.reason_text());
  for (const type::Need& need : record.needs()) {
    type::Need& passed_on = *event.add_needs();
    passed_on = need;
    if (!health::IsSnomedId(need.snomed_code())) passed_on.clear_snomed_code();
  }
  event.set_urgency(record.urgency());
  *event.mutable_crisis_answers() = record.crisis_answers();
  *event.mutable_consent() = record.consent();
  *event.mutable_person_keys() = record.person_keys();
  *event.mutable_accept_time() = record.triage().decide_time();
  *event.mutable_consent_time() = ConsentTime(record);
  event.set_crisis_indicated(HasCrisisFinding(record));
  *event.mutable_not_same_person_as() = record.triage().not_same_person_as();
  return event;
}

storage::ProgressRecord ToProgress(const caseload::v1::CaseOpened& event) {
  storage::ProgressRecord progress;
  progress.set_stage(event.joined_existing_case() ? api::PROGRESS_STAGE_JOINED_CASE : api::PROGRESS_STAGE_CASE_OPENED);
  *progress.mutable_time() = event.time();
  return progress;
}

absl::StatusOr<storage::ProgressRecord> ToProgress(const caseload::v1::CaseProgressed& event) {
  storage::ProgressRecord progress;
  progress.set_stage(StageOf(event.stage()));
  if (progress.stage() == api::PROGRESS_STAGE_UNSPECIFIED) return UnknownCaseStage();
  *progress.mutable_time() = event.time();
  if (event.has_case_holder()) *progress.mutable_case_holder() = event.case_holder();
  if (event.has_key_worker()) *progress.mutable_key_worker() = event.key_worker();
  progress.set_action_count(event.action_count());
  if (event.has_feedback_due_date()) *progress.mutable_feedback_due_date() = event.feedback_due_date();
  return progress;
}

absl::StatusOr<storage::ProgressRecord> ToProgress(const caseload::v1::CaseClosed& event) {
  storage::ProgressRecord progress;
  progress.set_stage(api::PROGRESS_STAGE_CASE_CLOSED);
  progress.set_outcome(OutcomeOf(event.outcome()));
  if (progress.outcome() == api::REFERRAL_OUTCOME_UNSPECIFIED) return UnknownCaseOutcome();
  *progress.mutable_time() = event.time();
  return progress;
}

}  // namespace splw::referral_intake
