// Cases, workers and services for tests: a woman of 78 with safe numbers, and what surrounds her.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <absl/strings/str_format.h>
#include <absl/time/time.h>

#include "services/caseload/case_lifecycle.h"
#include "services/caseload/names.h"
#include "services/caseload/records.h"
#include "splw/mdt/v1/mdt_events.pb.h"
#include "splw/referral/v1/referral_events.pb.h"

namespace splw::caseload::testkit {

inline constexpr char kNetwork[] = "U12345";
inline constexpr char kCaseId[] = "01J00000000000000000000001";
inline constexpr char kOtherId[] = "01J00000000000000000000002";
inline absl::Time Start() {
  return absl::FromUnixSeconds(1'790'000'000);
}

inline std::string ReferralName(int number) {
  return absl::StrFormat("networks/%s/referrals/01J000000000000000000%05d", kNetwork, number);
}
inline std::string MeetingName(const std::string& date) {
  return absl::StrFormat("networks/%s/mdts/%s/meetings/%s", kNetwork, kOtherId, date);
}

inline google::type::Date Day(int year, int month, int day) {
  google::type::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

inline type::v1::Need Need(type::v1::NeedCategory category) {
  type::v1::Need need;
  need.set_category(category);
  return need;
}

inline referral::v1::ReferralAccepted Accepted(int number = 1, std::vector<std::string> person_keys = {"key-a"}) {
  referral::v1::ReferralAccepted event;
  event.set_referral(ReferralName(number));
  event.mutable_person()->mutable_nhs_number()->set_value("9990000018");
  event.mutable_person()->mutable_name()->set_family("Sample");
  event.mutable_referrer()->mutable_organisation()->set_ods_code("G82080");
  event.set_reason_text("Falls, arrears, low mood.");
  *event.add_needs() = Need(type::v1::NEED_CATEGORY_LONELINESS);
  *event.add_needs() = Need(type::v1::NEED_CATEGORY_MONEY);
  event.set_urgency(type::v1::URGENCY_ROUTINE);
  event.mutable_crisis_answers()->set_feels_unsafe_now(type::v1::CRISIS_ANSWER_NO);
  event.mutable_crisis_answers()->set_suicidal_thoughts(type::v1::CRISIS_ANSWER_NO);
  event.mutable_crisis_answers()->set_risk_of_harm(type::v1::CRISIS_ANSWER_NO);
  event.mutable_consent()->set_referral(type::v1::CONSENT_STATUS_AGREED);
  event.mutable_consent()->set_explained_by("Practice nurse");
  event.mutable_consent()->add_share_with(type::v1::AGENCY_KIND_VCSE);
  for (std::string& key : person_keys) event.add_person_keys(std::move(key));
  *event.mutable_accept_time() = ToTimestamp(Start() + absl::Minutes(number));
  *event.mutable_consent_time() = ToTimestamp(Start() - absl::Hours(1) + absl::Minutes(number));
  return event;
}

inline CaseRecord WaitingCase() {
  return OpenCase(Accepted(), kCaseId, kNetwork, "correlation-1", Start());
}

inline CaseRecord ActiveCase() {
  CaseRecord record = WaitingCase();
  record.set_version(3);
  record.set_state(v1::CASE_STATE_ACTIVE);
  record.set_link_worker_id(kOtherId);
  return record;
}

inline CaseRecord AssessedCase() {
  CaseRecord record = ActiveCase();
  record.set_latest_assessment_id(kOtherId);
  *record.mutable_latest_assessment_time() = ToTimestamp(Start());
  return record;
}

inline CaseRecord ClosedCase() {
  CaseRecord record = AssessedCase();
  record.set_state(v1::CASE_STATE_CLOSED);
  record.set_outcome(v1::CASE_OUTCOME_GOALS_MET);
  *record.mutable_close_time() = ToTimestamp(Start());
  return record;
}

inline LinkWorkerRecord Worker(const std::string& id, int load = 0) {
  LinkWorkerRecord worker;
  worker.set_id(id);
  worker.set_version(1);
  worker.set_professional_id("worker." + id);
  worker.set_display_name("Worker");
  worker.set_role_code("R9815");
  worker.set_wte(1.0);
  worker.set_active(true);
  worker.set_weighted_load(load);
  return worker;
}

inline CommunityServiceRecord Befrienders(int offered = 2, int held = 0) {
  CommunityServiceRecord service;
  service.set_id(kOtherId);
  service.set_version(1);
  service.set_display_name("Befrienders");
  service.add_needs(type::v1::NEED_CATEGORY_LONELINESS);
  service.set_agency(type::v1::AGENCY_KIND_VCSE);
  service.set_places_offered(offered);
  service.set_places_held(held);
  service.set_accepting(true);
  *service.mutable_capacity_as_of() = Day(2026, 9, 1);
  return service;
}

inline type::v1::Professional Professional(const std::string& id, type::v1::AgencyKind agency) {
  type::v1::Professional professional;
  professional.set_id(id);
  professional.set_display_name("Professional");
  professional.set_agency(agency);
  return professional;
}

inline mdt::v1::ActionSummary Action(const std::string& name, mdt::v1::ActionState state = mdt::v1::ACTION_STATE_OPEN) {
  mdt::v1::ActionSummary action;
  action.set_action(name);
  action.set_description("Do it");
  *action.mutable_owner() = Professional("nurse", type::v1::AGENCY_KIND_COMMUNITY_NURSING);
  *action.mutable_due_date() = Day(2026, 10, 1);
  action.set_state(state);
  return action;
}

// A plan agreed: the nurse holds the case, the link worker is key worker, feedback next week.
inline mdt::v1::DecisionRecorded Decision(const std::string& case_id, const std::string& nomination_id = "",
                                          const std::string& item = "item-1", int version = 1) {
  mdt::v1::DecisionRecorded event;
  event.set_case_(CaseName(kNetwork, case_id));
  if (!nomination_id.empty()) event.set_nomination(NominationName(kNetwork, case_id, nomination_id));
  event.set_meeting(MeetingName("2026-09-24"));
  event.set_item(item);
  event.set_version(version);
  event.set_outcome(mdt::v1::DECISION_OUTCOME_PLAN_AGREED);
  event.set_summary("A plan.");
  *event.mutable_case_holder() = Professional("nurse", type::v1::AGENCY_KIND_COMMUNITY_NURSING);
  *event.mutable_key_worker() = Professional("amina", type::v1::AGENCY_KIND_SPLW_SERVICE);
  *event.add_actions() = Action("action-1");
  event.set_feedback_meeting(MeetingName("2026-10-01"));
  *event.mutable_feedback_due_date() = Day(2026, 10, 1);
  *event.mutable_time() = ToTimestamp(Start());
  return event;
}

// Feedback on `of_item` was given as `item` at the meeting of 1 October; more is owed to the meeting of `next_date`, if that is not empty.
inline mdt::v1::FeedbackRecorded FeedbackGiven(const std::string& case_id, const std::string& of_item,
                                               const std::string& item, const std::string& next_date = "",
                                               const google::type::Date& next_day = {}) {
  mdt::v1::FeedbackRecorded event;
  event.set_case_(CaseName(kNetwork, case_id));
  event.set_meeting(MeetingName("2026-10-01"));
  event.set_of_item(of_item);
  event.set_item(item);
  event.set_summary("Done.");
  if (!next_date.empty()) {
    event.set_next_feedback_meeting(MeetingName(next_date));
    *event.mutable_next_feedback_due_date() = next_day;
  }
  *event.mutable_time() = ToTimestamp(Start());
  return event;
}

}  // namespace splw::caseload::testkit
