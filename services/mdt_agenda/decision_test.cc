#include "services/mdt_agenda/decision.h"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/text/failure.h"
#include "services/mdt_agenda/limits.h"
#include "services/mdt_agenda/schedule.h"

namespace splw::mdt_agenda {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const absl::CivilDay kMeetingDay(2026, 11, 26);

Professional Worker(const std::string& id, AgencyKind agency) {
  Professional professional;
  professional.set_id(id);
  professional.set_display_name("Sam Sample");
  professional.set_agency(agency);
  return professional;
}

api::ActionInput Task(const std::string& description, absl::CivilDay due) {
  api::ActionInput action;
  action.set_description(description);
  *action.mutable_owner() = Worker("housing.officer", type::v1::AGENCY_KIND_HOUSING);
  *action.mutable_due_date() = ToDate(due);
  return action;
}

api::RecordDecisionRequest Plan() {
  api::RecordDecisionRequest request;
  request.set_outcome(api::DECISION_OUTCOME_PLAN_AGREED);
  request.set_summary("The community nurse leads.");
  *request.mutable_case_holder() = Worker("nurse", type::v1::AGENCY_KIND_COMMUNITY_NURSING);
  *request.mutable_key_worker() = Worker("link.worker", type::v1::AGENCY_KIND_SPLW_SERVICE);
  *request.add_actions() = Task("Look at the damp", absl::CivilDay(2026, 12, 3));
  return request;
}

TEST(DecisionTest, CompletePlanIsTaken) {
  EXPECT_TRUE(CheckDecision(Plan(), kMeetingDay).ok());
}

TEST(DecisionTest, ClinicalAndSocialCareMayHoldACaseAndNobodyElse) {
  for (int kind = type::v1::AgencyKind_MIN; kind <= type::v1::AgencyKind_MAX; ++kind) {
    const bool expected = kind == type::v1::AGENCY_KIND_PRIMARY_CARE ||
                          kind == type::v1::AGENCY_KIND_COMMUNITY_NURSING || kind == type::v1::AGENCY_KIND_HOSPITAL ||
                          kind == type::v1::AGENCY_KIND_MENTAL_HEALTH || kind == type::v1::AGENCY_KIND_SOCIAL_CARE;
    EXPECT_EQ(MayHoldCase(static_cast<AgencyKind>(kind)), expected) << kind;
  }
}

TEST(DecisionTest, LinkWorkersAndRecoveryWorkersMayBeKeyWorkerAndNobodyElse) {
  for (int kind = type::v1::AgencyKind_MIN; kind <= type::v1::AgencyKind_MAX; ++kind) {
    const bool expected = kind == type::v1::AGENCY_KIND_SPLW_SERVICE || kind == type::v1::AGENCY_KIND_RECOVERY_SERVICES;
    EXPECT_EQ(MayBeKeyWorker(static_cast<AgencyKind>(kind)), expected) << kind;
  }
}

struct Mistake {
  const char* behaviour;
  const char* field;
  const char* reason;
  std::function<void(api::RecordDecisionRequest&)> make;
};

class DecisionMistakeTest : public ::testing::TestWithParam<Mistake> {};

TEST_P(DecisionMistakeTest, IsRefusedWithItsFieldAndReason) {
  api::RecordDecisionRequest request = Plan();
  GetParam().make(request);
  const absl::Status status = CheckDecision(request, kMeetingDay);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(text::ReasonOf(status), GetParam().reason);
  EXPECT_THAT(text::FieldsOf(status), ElementsAre(GetParam().field));
}

const Mistake kMistakes[] = {
    {"OutcomeIsRequired", "outcome", "REQUIRED", [](auto& r) { r.clear_outcome(); }},
    {"SummaryIsRequired", "summary", "REQUIRED", [](auto& r) { r.set_summary(" \n"); }},
    {"SummaryHasALimit", "summary", "TEXT_TOO_LONG", [](auto& r) { r.set_summary(std::string(kMaxSummary + 1, 'x')); }},
    {"PlanNeedsCaseHolder", "case_holder", "REQUIRED", [](auto& r) { r.clear_case_holder(); }},
    {"PlanNeedsKeyWorker", "key_worker", "REQUIRED", [](auto& r) { r.clear_key_worker(); }},
    {"HousingCannotHoldACase", "case_holder.agency", "CASE_HOLDER_NOT_ELIGIBLE",
     [](auto& r) { r.mutable_case_holder()->set_agency(type::v1::AGENCY_KIND_HOUSING); }},
    {"LinkWorkerCannotHoldACase", "case_holder.agency", "CASE_HOLDER_NOT_ELIGIBLE",
     [](auto& r) { r.mutable_case_holder()->set_agency(type::v1::AGENCY_KIND_SPLW_SERVICE); }},
    {"NurseCannotBeKeyWorker", "key_worker.agency", "KEY_WORKER_NOT_ELIGIBLE",
     [](auto& r) { r.mutable_key_worker()->set_agency(type::v1::AGENCY_KIND_COMMUNITY_NURSING); }},
    {"SamePersonCannotHoldBothRoles", "key_worker", "KEY_WORKER_IS_CASE_HOLDER",
     [](auto& r) { r.mutable_key_worker()->set_id("nurse"); }},
    {"SamePersonIsFoundWhateverTheCase", "key_worker", "KEY_WORKER_IS_CASE_HOLDER",
     [](auto& r) { r.mutable_key_worker()->set_id("NURSE"); }},
    {"CaseHolderNeedsAnId", "case_holder.id", "REQUIRED", [](auto& r) { r.mutable_case_holder()->clear_id(); }},
    {"CaseHolderIdHasItsCharacters", "case_holder.id", "ID_INVALID",
     [](auto& r) { r.mutable_case_holder()->set_id("nur se"); }},
    {"PlanNeedsAnAction", "actions", "REQUIRED", [](auto& r) { r.clear_actions(); }},
    {"MoreInformationNeedsAnAction", "actions", "REQUIRED",
     [](auto& r) {
       r.set_outcome(api::DECISION_OUTCOME_MORE_INFORMATION);
       r.clear_actions();
     }},
    {"AdviceWithCaseHolderNeedsKeyWorkerToo", "key_worker", "REQUIRED",
     [](auto& r) {
       r.set_outcome(api::DECISION_OUTCOME_ADVICE_GIVEN);
       r.clear_key_worker();
     }},
    {"ActionsHaveALimit", "actions", "TOO_MANY_ACTIONS",
     [](auto& r) {
       for (int i = 0; i < kMaxActions; ++i) *r.add_actions() = r.actions(0);
     }},
    {"ActionNeedsADescription", "actions[0].description", "REQUIRED",
     [](auto& r) { r.mutable_actions(0)->clear_description(); }},
    {"ActionNeedsAnOwner", "actions[0].owner", "REQUIRED", [](auto& r) { r.mutable_actions(0)->clear_owner(); }},
    {"ActionNeedsADueDate", "actions[0].due_date", "REQUIRED", [](auto& r) { r.mutable_actions(0)->clear_due_date(); }},
    {"DueDateMustExist", "actions[0].due_date", "DUE_DATE_INVALID",
     [](auto& r) { r.mutable_actions(0)->mutable_due_date()->set_day(32); }},
    {"DueDateMayNotBeBeforeTheMeeting", "actions[0].due_date", "DUE_DATE_IN_PAST",
     [](auto& r) { *r.mutable_actions(0)->mutable_due_date() = ToDate(kMeetingDay - 1); }},
    {"DueDateMayNotBeInAnotherCentury", "actions[0].due_date", "DUE_DATE_TOO_FAR",
     [](auto& r) { *r.mutable_actions(0)->mutable_due_date() = ToDate(kMeetingDay + kMaxDaysToDueDate + 1); }},
};

INSTANTIATE_TEST_SUITE_P(Decision, DecisionMistakeTest, ::testing::ValuesIn(kMistakes),
                         [](const auto& param_info) { return param_info.param.behaviour; });

TEST(DecisionTest, ActionMayBeDueOnTheDayOfTheMeeting) {
  api::RecordDecisionRequest request = Plan();
  *request.mutable_actions(0)->mutable_due_date() = ToDate(kMeetingDay);
  EXPECT_TRUE(CheckDecision(request, kMeetingDay).ok());
}

TEST(DecisionTest, EveryMistakeIsReportedAtOnce) {
  const absl::Status status = CheckDecision(api::RecordDecisionRequest(), kMeetingDay);
  EXPECT_THAT(text::FieldsOf(status), ElementsAre("outcome", "summary"));
}

TEST(DecisionTest, AdviceAndRedirectionNeedNobodyAndNothing) {
  for (const auto outcome : {api::DECISION_OUTCOME_ADVICE_GIVEN, api::DECISION_OUTCOME_REDIRECTED}) {
    api::RecordDecisionRequest request;
    request.set_outcome(outcome);
    request.set_summary("Mind's group is the right one.");
    EXPECT_TRUE(CheckDecision(request, kMeetingDay).ok());
  }
}

stored::ActionRecord Earlier(const std::string& id, const std::string& description, const std::string& owner) {
  stored::ActionRecord action;
  action.set_id(id);
  action.set_description(description);
  action.mutable_owner()->set_id(owner);
  return action;
}

TEST(DecisionTest, CorrectionKeepsTheActionsThatItNamesAgainAndCancelsTheOthers) {
  api::RecordDecisionRequest request = Plan();
  *request.add_actions() = Task("Ask about arrears", absl::CivilDay(2026, 12, 3));
  const ActionMatch match =
      MatchActions({Earlier("1", "Visit", "nurse"), Earlier("2", "Look at the damp", "Housing.Officer"),
                    Earlier("3", "Look at the damp", "somebody.else")},
                   request);
  EXPECT_THAT(match.kept, ElementsAre("2", ""));
  EXPECT_THAT(match.cancelled, ElementsAre("1", "3"));
}

TEST(DecisionTest, TwoActionsOfTheSameWordsStayTwo) {
  api::RecordDecisionRequest request = Plan();
  *request.add_actions() = request.actions(0);
  const ActionMatch match = MatchActions({Earlier("1", "Look at the damp", "housing.officer")}, request);
  EXPECT_THAT(match.kept, ElementsAre("1", ""));
  EXPECT_THAT(match.cancelled, IsEmpty());
}

TEST(DecisionTest, AssignmentOrActionOwesFeedbackAndAdviceAloneDoesNot) {
  stored::DecisionRecord decision;
  EXPECT_FALSE(OwesFeedback(decision));
  decision.add_action_ids("1");
  EXPECT_TRUE(OwesFeedback(decision));
  decision.clear_action_ids();
  decision.mutable_case_holder();
  EXPECT_TRUE(OwesFeedback(decision));
}

}  // namespace
}  // namespace splw::mdt_agenda
