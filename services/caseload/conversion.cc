#include "services/caseload/conversion.h"

#include "common/delivery/request_rules.h"
#include "services/caseload/allocation.h"
#include "services/caseload/names.h"

namespace splw::caseload {
namespace {

v1::Ons4Scores ToOns4(const storage::v1::Ons4Record& record) {
  v1::Ons4Scores scores;
  if (record.has_satisfied()) scores.set_satisfied(record.satisfied());
  if (record.has_worthwhile()) scores.set_worthwhile(record.worthwhile());
  if (record.has_happy_yesterday()) scores.set_happy_yesterday(record.happy_yesterday());
  if (record.has_anxious_yesterday()) scores.set_anxious_yesterday(record.anxious_yesterday());
  return scores;
}

v1::Allocation ToAllocation(std::string_view network, const storage::v1::AllocationRecord& record) {
  v1::Allocation allocation;
  allocation.set_link_worker(LinkWorkerName(network, record.link_worker_id()));
  *allocation.mutable_time() = record.time();
  allocation.set_by(record.by());
  *allocation.mutable_reasons() = record.reasons();
  allocation.set_automatic(record.automatic());
  allocation.set_override_reason_code(record.override_reason_code());
  return allocation;
}

v1::Plan ToPlan(const storage::v1::PlanRecord& record) {
  v1::Plan plan;
  plan.set_what_matters(record.what_matters());
  for (const auto& stored : record.goals()) {
    v1::Goal* goal = plan.add_goals();
    goal->set_id(stored.id());
    goal->set_text(stored.text());
    goal->set_state(stored.state());
  }
  for (const auto& stored : record.actions()) {
    v1::PlanAction* action = plan.add_actions();
    action->set_id(stored.id());
    action->set_text(stored.text());
    action->set_owner(stored.owner());
    if (stored.has_due_date()) *action->mutable_due_date() = stored.due_date();
    action->set_state(stored.state());
  }
  if (record.has_update_time()) *plan.mutable_update_time() = record.update_time();
  return plan;
}

v1::MdtStatus ToMdtStatus(const MdtStatusRecord& record) {
  v1::MdtStatus status;
  if (record.has_case_holder()) *status.mutable_case_holder() = record.case_holder();
  if (record.has_key_worker()) *status.mutable_key_worker() = record.key_worker();
  for (const auto& stored : record.actions()) {
    mdt::v1::ActionSummary* action = status.add_actions();
    action->set_action(stored.action());
    action->set_description(stored.description());
    *action->mutable_owner() = stored.owner();
    if (stored.has_due_date()) *action->mutable_due_date() = stored.due_date();
    action->set_state(stored.state());
  }
  if (record.has_feedback_due_date()) *status.mutable_feedback_due_date() = record.feedback_due_date();
  status.set_feedback_meeting(record.feedback_meeting());
  if (record.decisions_size() > 0) {
    const storage::v1::DecisionRecord& last = record.decisions(record.decisions_size() - 1);
    status.set_last_outcome(last.outcome());
    status.set_last_summary(last.summary());
    *status.mutable_last_decision_time() = last.time();
  }
  status.set_meeting(record.meeting());
  if (record.has_start_time()) *status.mutable_start_time() = record.start_time();
  status.set_nomination_state(record.nomination_state());
  status.set_times_carried_over(record.times_carried_over());
  status.set_last_feedback_summary(record.last_feedback_summary());
  if (record.has_last_feedback_time()) *status.mutable_last_feedback_time() = record.last_feedback_time();
  return status;
}

}  // namespace

v1::Case ToCase(const CaseRecord& record) {
  const std::string& network = record.network();
  v1::Case result;
  result.set_name(CaseName(network, record.id()));
  result.set_etag(delivery::EtagOf(record.version()));
  result.set_state(record.state());
  for (const auto& referral : record.referrals()) {
    result.add_referrals(referral.referral());
    if (!referral.withdrawn()) continue;
    result.add_withdrawn_referrals(referral.referral());
    v1::ReferralWithdrawal* withdrawal = result.add_withdrawals();
    withdrawal->set_referral(referral.referral());
    withdrawal->set_reason_code(referral.withdraw_reason_code());
  }
  *result.mutable_person() = record.person();
  *result.mutable_referrer() = record.referrer();
  result.set_reason_text(record.reason_text());
  *result.mutable_needs() = record.needs();
  result.set_urgency(record.urgency());
  *result.mutable_consent() = record.consent();
  result.set_crisis_indicated(record.crisis_indicated());
  if (!record.link_worker_id().empty()) {
    result.set_link_worker(LinkWorkerName(network, record.link_worker_id()));
    *result.mutable_allocation() = ToAllocation(network, record.allocation());
  }
  if (record.has_plan()) *result.mutable_plan() = ToPlan(record.plan());
  if (!record.latest_assessment_id().empty()) {
    v1::AssessmentSummary& summary = *result.mutable_latest_assessment();
    summary.set_assessment(AssessmentName(network, record.id(), record.latest_assessment_id()));
    *summary.mutable_time() = record.latest_assessment_time();
    *summary.mutable_ons4() = ToOns4(record.latest_ons4());
  }
  result.set_contact_count(record.contact_count());
  if (record.has_last_contact_time()) *result.mutable_last_contact_time() = record.last_contact_time();
  result.set_open_signpost_count(record.open_signpost_count());
  if (!record.open_nomination_id().empty()) {
    result.set_open_nomination(NominationName(network, record.id(), record.open_nomination_id()));
  }
  if (record.has_mdt_status()) *result.mutable_mdt_status() = ToMdtStatus(record.mdt_status());
  result.set_outcome(record.outcome());
  *result.mutable_open_time() = record.open_time();
  if (record.has_close_time()) *result.mutable_close_time() = record.close_time();
  result.set_weight(record.weight());
  result.set_correlation_id(record.correlation_id());
  *result.mutable_update_time() = record.update_time();
  return result;
}

v1::Contact ToContact(std::string_view network, const ContactRecord& record) {
  v1::Contact contact;
  contact.set_name(ContactName(network, record.case_id(), record.id()));
  contact.set_mode(record.mode());
  contact.set_outcome(record.outcome());
  contact.set_note(record.note());
  *contact.mutable_time() = record.time();
  contact.set_recorded_by(record.recorded_by());
  *contact.mutable_create_time() = record.create_time();
  return contact;
}

v1::Assessment ToAssessment(std::string_view network, const AssessmentRecord& record) {
  v1::Assessment assessment;
  assessment.set_name(AssessmentName(network, record.case_id(), record.id()));
  assessment.set_what_matters(record.what_matters());
  *assessment.mutable_ons4() = ToOns4(record.ons4());
  *assessment.mutable_needs() = record.needs();
  assessment.set_crisis_indicated(record.crisis_indicated());
  *assessment.mutable_time() = record.time();
  assessment.set_recorded_by(record.recorded_by());
  *assessment.mutable_create_time() = record.create_time();
  return assessment;
}

v1::Signpost ToSignpost(std::string_view network, const SignpostRecord& record) {
  v1::Signpost signpost;
  signpost.set_name(SignpostName(network, record.case_id(), record.id()));
  signpost.set_etag(delivery::EtagOf(record.version()));
  signpost.set_community_service(CommunityServiceName(network, record.community_service_id()));
  signpost.set_state(record.state());
  signpost.set_outcome(record.outcome());
  signpost.set_bounce_cause(record.bounce_cause());
  signpost.set_override_reason_code(record.override_reason_code());
  signpost.set_signposted_by(record.signposted_by());
  *signpost.mutable_create_time() = record.create_time();
  *signpost.mutable_update_time() = record.update_time();
  if (record.has_end_time()) *signpost.mutable_end_time() = record.end_time();
  return signpost;
}

v1::Nomination ToNomination(std::string_view network, const NominationRecord& record) {
  v1::Nomination nomination;
  nomination.set_name(NominationName(network, record.case_id(), record.id()));
  nomination.set_etag(delivery::EtagOf(record.version()));
  nomination.set_state(record.state());
  nomination.set_question(record.question());
  *nomination.mutable_agencies_needed() = record.agencies_needed();
  nomination.set_urgency(record.urgency());
  nomination.set_mdt(record.mdt());
  nomination.set_meeting(record.meeting());
  if (record.has_start_time()) *nomination.mutable_start_time() = record.start_time();
  nomination.set_times_carried_over(record.times_carried_over());
  nomination.set_nominated_by(record.nominated_by());
  *nomination.mutable_create_time() = record.create_time();
  *nomination.mutable_update_time() = record.update_time();
  nomination.set_withdraw_reason_code(record.withdraw_reason_code());
  *nomination.mutable_agencies_without_consent() = record.agencies_without_consent();
  return nomination;
}

v1::LinkWorker ToLinkWorker(std::string_view network, const LinkWorkerRecord& record) {
  v1::LinkWorker worker;
  worker.set_name(LinkWorkerName(network, record.id()));
  worker.set_etag(delivery::EtagOf(record.version()));
  worker.set_professional_id(record.professional_id());
  worker.set_display_name(record.display_name());
  worker.set_role_code(record.role_code());
  worker.set_employer(record.employer());
  *worker.mutable_skills() = record.skills();
  *worker.mutable_languages() = record.languages();
  worker.set_wte(record.wte());
  worker.set_weighted_case_limit(record.weighted_case_limit());
  worker.set_supervisor(record.supervisor());
  worker.set_active(record.active());
  worker.set_open_cases(record.open_cases());
  worker.set_weighted_load(record.weighted_load());
  worker.set_effective_case_limit(EffectiveCaseLimit(record));
  return worker;
}

v1::CommunityService ToCommunityService(std::string_view network, const CommunityServiceRecord& record) {
  v1::CommunityService service;
  service.set_name(CommunityServiceName(network, record.id()));
  service.set_etag(delivery::EtagOf(record.version()));
  service.set_display_name(record.display_name());
  service.set_description(record.description());
  *service.mutable_needs() = record.needs();
  service.set_agency(record.agency());
  service.set_places_offered(record.places_offered());
  service.set_places_held(record.places_held());
  *service.mutable_capacity_as_of() = record.capacity_as_of();
  service.set_accepting(record.accepting());
  service.set_contact(record.contact());
  service.set_url(record.url());
  return service;
}

type::v1::Professional ToProfessional(const LinkWorkerRecord& worker) {
  type::v1::Professional professional;
  professional.set_id(worker.professional_id());
  professional.set_display_name(worker.display_name());
  professional.set_agency(type::v1::AGENCY_KIND_SPLW_SERVICE);
  professional.set_role_code(worker.role_code());
  return professional;
}

storage::v1::Ons4Record FromOns4(const v1::Ons4Scores& scores) {
  storage::v1::Ons4Record record;
  if (scores.has_satisfied()) record.set_satisfied(scores.satisfied());
  if (scores.has_worthwhile()) record.set_worthwhile(scores.worthwhile());
  if (scores.has_happy_yesterday()) record.set_happy_yesterday(scores.happy_yesterday());
  if (scores.has_anxious_yesterday()) record.set_anxious_yesterday(scores.anxious_yesterday());
  return record;
}

}  // namespace splw::caseload
