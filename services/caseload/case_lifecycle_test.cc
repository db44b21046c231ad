#include "services/caseload/case_lifecycle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "services/caseload/limits.h"
#include "services/caseload/testing/builders.h"

namespace splw::caseload {
namespace {

using splw::testing::HasField;
using splw::testing::HasReason;
using splw::testing::IsOk;
using splw::testing::StatusIs;
using ::testing::ElementsAre;
using testkit::Accepted;
using testkit::ActiveCase;
using testkit::ClosedCase;
using testkit::Day;
using testkit::kCaseId;
using testkit::kNetwork;
using testkit::Need;
using testkit::ReferralName;
using testkit::Start;
using testkit::WaitingCase;

TEST(CaseLifecycleTest, AnAcceptedReferralOpensACaseThatWaitsForAllocation) {
  const CaseRecord record = WaitingCase();
  EXPECT_EQ(record.state(), v1::CASE_STATE_WAITING_FOR_ALLOCATION);
  EXPECT_EQ(record.referrals(0).referral(), ReferralName(1));
  EXPECT_EQ(record.needs_size(), 2);
  EXPECT_EQ(record.correlation_id(), "correlation-1");
  EXPECT_FALSE(record.crisis_indicated());
  EXPECT_EQ(record.weight(), 1);
}

TEST(CaseLifecycleTest, UnsureToAnyQuestionIndicatesACrisis) {
  type::v1::CrisisAnswers answers;
  EXPECT_FALSE(IndicatesCrisis(answers));
  answers.set_suicidal_thoughts(type::v1::CRISIS_ANSWER_UNSURE);
  EXPECT_TRUE(IndicatesCrisis(answers));
  answers.set_suicidal_thoughts(type::v1::CRISIS_ANSWER_NO);
  answers.set_risk_of_harm(type::v1::CRISIS_ANSWER_YES);
  EXPECT_TRUE(IndicatesCrisis(answers));
}

TEST(CaseLifecycleTest, ACrisisThatTheIntakeFoundMarksTheCaseWhateverTheAnswers) {
  referral::v1::ReferralAccepted referral = Accepted(2);  // three times "no"
  referral.set_crisis_indicated(true);
  EXPECT_TRUE(OpenCase(referral, kCaseId, kNetwork, "c", Start()).crisis_indicated());
  EXPECT_TRUE(JoinReferral(WaitingCase(), referral).crisis_indicated());
  referral.set_crisis_indicated(false);
  referral.mutable_crisis_answers()->set_risk_of_harm(static_cast<type::v1::CrisisAnswer>(99));
  EXPECT_TRUE(OpenCase(referral, kCaseId, kNetwork, "c", Start()).crisis_indicated())
      << "a newer answer, not understood";
}

TEST(CaseLifecycleTest, WeightGrowsWithNeedsUrgencyAndCrisis) {
  CaseRecord record = WaitingCase();
  EXPECT_EQ(CaseWeight(record), 1);
  *record.add_needs() = Need(type::v1::NEED_CATEGORY_FOOD);
  EXPECT_EQ(CaseWeight(record), 2);
  record.set_urgency(type::v1::URGENCY_URGENT);
  EXPECT_EQ(CaseWeight(record), 3);
  record.set_crisis_indicated(true);
  EXPECT_EQ(CaseWeight(record), 4);
}

TEST(CaseLifecycleTest, AJoiningReferralAddsNeedsAndTheNewestStatementWins) {
  referral::v1::ReferralAccepted second = Accepted(2, {"key-a", "key-b"});
  second.set_reason_text("Again.");
  second.set_urgency(type::v1::URGENCY_URGENT);
  second.clear_needs();
  *second.add_needs() = Need(type::v1::NEED_CATEGORY_MONEY);
  *second.add_needs() = Need(type::v1::NEED_CATEGORY_FOOD);
  second.mutable_consent()->clear_share_with();

  const CaseRecord joined = JoinReferral(WaitingCase(), second);

  EXPECT_EQ(joined.referrals_size(), 2);
  EXPECT_THAT(joined.person_keys(), ElementsAre("key-a", "key-b"));
  EXPECT_EQ(joined.needs_size(), 3);
  EXPECT_EQ(joined.reason_text(), "Again.");
  EXPECT_EQ(joined.urgency(), type::v1::URGENCY_URGENT);
  EXPECT_EQ(joined.consent().share_with_size(), 0) << "consent that was taken back must not live on";
}

TEST(CaseLifecycleTest, AnOlderReferralThatArrivesLateDoesNotReplaceTheNewerStatement) {
  const CaseRecord case_of_second = OpenCase(Accepted(5), kCaseId, kNetwork, "c", Start());
  referral::v1::ReferralAccepted older = Accepted(1);
  older.set_reason_text("Old words.");
  older.mutable_consent()->clear_share_with();
  const CaseRecord joined = JoinReferral(case_of_second, older);
  EXPECT_EQ(joined.referrals_size(), 2);
  EXPECT_NE(joined.reason_text(), "Old words.");
  EXPECT_EQ(joined.consent().share_with_size(), 1);
}

TEST(CaseLifecycleTest, AJoiningReferralThatKnowsLessTakesNothingAway) {
  referral::v1::ReferralAccepted less = Accepted(2);
  less.mutable_person()->mutable_name()->clear_family();
  less.clear_reason_text();
  const CaseRecord joined = JoinReferral(WaitingCase(), less);
  EXPECT_EQ(joined.person().name().family(), "Sample");
  EXPECT_EQ(joined.reason_text(), "Falls, arrears, low mood.");

  referral::v1::ReferralAccepted older = Accepted(0);  // and one that comes late only fills what was not known
  older.mutable_person()->mutable_name()->set_family("Former");
  older.mutable_person()->set_phone("0161 496 0000");
  const CaseRecord filled = JoinReferral(WaitingCase(), older);
  EXPECT_EQ(filled.person().name().family(), "Sample");
  EXPECT_EQ(filled.person().phone(), "0161 496 0000");
}

TEST(CaseLifecycleTest, NoNeedOfAJoiningReferralIsDroppedForWantOfRoom) {
  referral::v1::ReferralAccepted many = Accepted(2);
  many.clear_needs();
  for (int category = type::v1::NeedCategory_MIN + 1; category <= type::v1::NeedCategory_MAX; ++category) {
    *many.add_needs() = Need(static_cast<type::v1::NeedCategory>(category));
  }
  CaseRecord full = JoinReferral(WaitingCase(), many);
  EXPECT_EQ(full.needs_size(), type::v1::NeedCategory_MAX) << "each kind once";
  while (static_cast<std::size_t>(full.needs_size()) < kMaxNeedsPerCase) {
    full.add_needs()->set_note("Another " + std::to_string(full.needs_size()));
  }
  referral::v1::ReferralAccepted more = Accepted(3);
  more.clear_needs();
  *more.add_needs() = Need(type::v1::NEED_CATEGORY_LONELINESS);
  more.mutable_needs(0)->set_note("Widowed in May");
  const CaseRecord joined = JoinReferral(full, more);
  EXPECT_EQ(static_cast<std::size_t>(joined.needs_size()), kMaxNeedsPerCase);
  EXPECT_EQ(joined.needs(0).category(), type::v1::NEED_CATEGORY_LONELINESS);
  EXPECT_EQ(joined.needs(0).note(), "Widowed in May");
}

TEST(CaseLifecycleTest, TheSameReferralJoinsOnce) {
  EXPECT_EQ(JoinReferral(WaitingCase(), Accepted(1)).referrals_size(), 1);
}

referral::v1::ReferralWithdrawn Withdrawn(int number) {
  referral::v1::ReferralWithdrawn event;
  event.set_referral(ReferralName(number));
  event.set_reason_code("SENT_IN_ERROR");
  return event;
}

TEST(CaseLifecycleTest, WithdrawingTheOnlyReferralOfAWaitingCaseClosesIt) {
  const CaseRecord record = WithdrawReferral(WaitingCase(), Withdrawn(1), Start());
  EXPECT_EQ(record.state(), v1::CASE_STATE_CLOSED);
  EXPECT_EQ(record.outcome(), v1::CASE_OUTCOME_REFERRAL_WITHDRAWN);
  EXPECT_TRUE(record.has_close_time());
}

TEST(CaseLifecycleTest, WithdrawingOneOfTwoReferralsOnlyMarksIt) {
  const CaseRecord record = WithdrawReferral(JoinReferral(WaitingCase(), Accepted(2)), Withdrawn(1), Start());
  EXPECT_EQ(record.state(), v1::CASE_STATE_WAITING_FOR_ALLOCATION);
  EXPECT_TRUE(record.referrals(0).withdrawn());
  EXPECT_FALSE(record.referrals(1).withdrawn());
}

TEST(CaseLifecycleTest, AnActiveCaseGoesOnWhenItsReferralIsWithdrawn) {
  const CaseRecord record = WithdrawReferral(ActiveCase(), Withdrawn(1), Start());
  EXPECT_EQ(record.state(), v1::CASE_STATE_ACTIVE);
  EXPECT_TRUE(record.referrals(0).withdrawn());
}

TEST(CaseLifecycleTest, WithdrawingFromAClosedCaseKeepsItsOutcome) {
  const CaseRecord record = WithdrawReferral(ClosedCase(), Withdrawn(1), Start() + absl::Hours(1));
  EXPECT_EQ(record.outcome(), v1::CASE_OUTCOME_GOALS_MET);
  EXPECT_TRUE(record.referrals(0).withdrawn());
}

TEST(CaseLifecycleTest, AReferralWithdrawnForTheRefusalOfThePersonEndsTheirConsent) {
  referral::v1::ReferralWithdrawn event = Withdrawn(1);
  event.set_reason_code("PERSON_DECLINED");
  *event.mutable_withdraw_time() = ToTimestamp(Start());
  for (const CaseRecord& before : {ActiveCase(), ClosedCase()}) {
    const CaseRecord after = WithdrawReferral(before, event, Start());
    EXPECT_EQ(after.state(), before.state());
    EXPECT_EQ(after.consent().referral(), type::v1::CONSENT_STATUS_DECLINED);
    EXPECT_EQ(after.consent().share_with_size(), 0);
  }
  referral::v1::ReferralAccepted later = Accepted(2);
  *later.mutable_consent_time() = ToTimestamp(Start() + absl::Hours(1));
  const CaseRecord stands = WithdrawReferral(JoinReferral(ActiveCase(), later), event, Start());
  EXPECT_EQ(stands.consent().referral(), type::v1::CONSENT_STATUS_AGREED) << "agreed anew, by another referral";
}

TEST(CaseLifecycleTest, NewPlanItemsGetIdsThatThePlanHasNotUsed) {
  v1::Plan plan;
  plan.add_goals()->set_text("Walk to the shop");
  auto maybe_first = UpdatePlan(ActiveCase(), plan, Start());
  ASSERT_THAT(maybe_first, IsOk());
  EXPECT_EQ(maybe_first->plan().goals(0).id(), "goal-1");
  EXPECT_EQ(maybe_first->plan().goals(0).state(), v1::GOAL_STATE_OPEN);

  auto maybe_second = UpdatePlan(*maybe_first, plan, Start());  // the first goal is left out, another takes its place
  ASSERT_THAT(maybe_second, IsOk());
  EXPECT_EQ(maybe_second->plan().goals(0).id(), "goal-2");
}

TEST(CaseLifecycleTest, APlanNamesEachIdOnce) {
  v1::Plan plan;
  for (int i = 0; i < 2; ++i) plan.add_actions()->set_id("a");
  const auto maybe_case = UpdatePlan(ActiveCase(), plan, Start());
  EXPECT_THAT(maybe_case, HasReason("PLAN_ITEM_ID_REPEATED"));
  EXPECT_THAT(maybe_case, HasField("plan.actions[1].id"));
}

TEST(CaseLifecycleTest, WhatTheStateForbidsIsAnIllegalTransition) {
  const AssessmentRecord assessment;
  EXPECT_THAT(UpdatePlan(WaitingCase(), {}, Start()), HasReason("ILLEGAL_TRANSITION"));
  EXPECT_THAT(UpdatePlan(ClosedCase(), {}, Start()), HasReason("ILLEGAL_TRANSITION"));
  EXPECT_THAT(NoteContact(ClosedCase(), {}), HasReason("ILLEGAL_TRANSITION"));
  EXPECT_THAT(NoteAssessment(WaitingCase(), assessment, std::nullopt, Start()), HasReason("ILLEGAL_TRANSITION"));
  EXPECT_THAT(NoteAssessment(ClosedCase(), assessment, std::nullopt, Start()), HasReason("ILLEGAL_TRANSITION"));
  EXPECT_THAT(CloseCase(ClosedCase(), v1::CASE_OUTCOME_DIED, true, Start()), HasReason("ILLEGAL_TRANSITION"));
  ContactRecord call;
  *call.mutable_time() = ToTimestamp(Start());
  EXPECT_THAT(NoteContact(WaitingCase(), call), IsOk()) << "a first call needs no link worker";
}

TEST(CaseLifecycleTest, TheLastContactIsTheLatestNotTheLastWrittenDown) {
  ContactRecord today, yesterday;
  *today.mutable_time() = ToTimestamp(Start());
  *yesterday.mutable_time() = ToTimestamp(Start() - absl::Hours(24));
  const auto maybe_case = NoteContact(*NoteContact(ActiveCase(), today), yesterday);
  ASSERT_THAT(maybe_case, IsOk());
  EXPECT_EQ(maybe_case->contact_count(), 2);
  EXPECT_EQ(FromTimestamp(maybe_case->last_contact_time()), Start());
}

TEST(CaseLifecycleTest, ACaseHoldsABoundedNumberOfContactsAndAssessments) {
  CaseRecord record = ActiveCase();
  record.set_contact_count(kMaxContactsPerCase);
  record.set_assessment_count(kMaxAssessmentsPerCase);
  EXPECT_THAT(NoteContact(record, {}), HasReason("TOO_MANY_CONTACTS"));
  const auto maybe_case = NoteAssessment(record, {}, std::nullopt, Start());
  EXPECT_THAT(maybe_case, HasReason("TOO_MANY_ASSESSMENTS"));
  EXPECT_THAT(maybe_case, StatusIs(absl::StatusCode::kResourceExhausted));
}

AssessmentRecord Assessment(const char* id, absl::Time time) {
  AssessmentRecord assessment;
  assessment.set_id(id);
  assessment.set_what_matters("Seeing people again");
  *assessment.add_needs() = Need(type::v1::NEED_CATEGORY_BEREAVEMENT);
  *assessment.mutable_time() = ToTimestamp(time);
  return assessment;
}

TEST(CaseLifecycleTest, AnAssessmentConfirmsTheNeedsAndStartsThePlan) {
  const auto maybe_case = NoteAssessment(ActiveCase(), Assessment("a", Start()), std::nullopt, Start());
  ASSERT_THAT(maybe_case, IsOk());
  ASSERT_EQ(maybe_case->needs_size(), 1);
  EXPECT_EQ(maybe_case->needs(0).category(), type::v1::NEED_CATEGORY_BEREAVEMENT);
  EXPECT_EQ(maybe_case->plan().what_matters(), "Seeing people again");
  EXPECT_EQ(maybe_case->latest_assessment_id(), "a");
  EXPECT_EQ(JoinReferral(*maybe_case, Accepted(2)).needs_size(), 1) << "confirmed needs stay";
}

TEST(CaseLifecycleTest, AnAssessmentIsLookedThroughForDangerAsAReferralIs) {
  AssessmentRecord assessment;
  assessment.set_what_matters("Seeing people again");
  *assessment.add_needs() = testkit::Need(type::v1::NEED_CATEGORY_HOUSING);
  assessment.mutable_needs(0)->set_note("Damp in the bedroom");
  EXPECT_FALSE(IndicatesCrisis(assessment));
  AssessmentRecord coded = assessment;
  coded.mutable_needs(0)->set_snomed_code("401206008");  // risk of deliberate self-harm
  EXPECT_TRUE(IndicatesCrisis(coded));
  AssessmentRecord noted = assessment;
  noted.mutable_needs(0)->set_note("Wants to end it all");
  EXPECT_TRUE(IndicatesCrisis(noted));
  AssessmentRecord said = assessment;
  said.set_what_matters("\u201cI don\u2019t want to be here any more\u201d");
  EXPECT_TRUE(IndicatesCrisis(said));
}

TEST(CaseLifecycleTest, WhatLiesLongBeforeTheCaseIsASlipOfThePen) {
  ContactRecord contact;
  *contact.mutable_time() = ToTimestamp(Start() - kMaxBeforeOpening);
  EXPECT_THAT(NoteContact(ActiveCase(), contact), IsOk()) << "Start() is when it was opened";
  *contact.mutable_time() = ToTimestamp(Start() - kMaxBeforeOpening - absl::Seconds(1));
  EXPECT_THAT(NoteContact(ActiveCase(), contact), HasReason("TOO_EARLY"));
  const auto maybe_case =
      NoteAssessment(ActiveCase(), Assessment("a", FromTimestamp(contact.time())), std::nullopt, Start());
  EXPECT_THAT(maybe_case, HasReason("TOO_EARLY"));
  EXPECT_THAT(maybe_case, HasField("time"));
}

TEST(CaseLifecycleTest, AnAssessmentWrittenDownLateIsNotTheLatest) {
  const auto maybe_newer = NoteAssessment(ActiveCase(), Assessment("newer", Start()), std::nullopt, Start());
  const auto maybe_case =
      NoteAssessment(*maybe_newer, Assessment("older", Start() - absl::Hours(24)), std::nullopt, Start());
  ASSERT_THAT(maybe_case, IsOk());
  EXPECT_EQ(maybe_case->latest_assessment_id(), "newer");
  EXPECT_EQ(maybe_case->assessment_count(), 2);
}

type::v1::Consent Consent(type::v1::ConsentStatus status) {
  type::v1::Consent consent;
  consent.set_referral(status);
  return consent;
}

// The person refuses at an assessment at Start(); their referral had said yes.
CaseRecord RefusedCase() {
  const auto maybe_case = NoteAssessment(ActiveCase(), Assessment("a", Start()),
                                         Consent(type::v1::CONSENT_STATUS_DECLINED), Start() + absl::Hours(1));
  EXPECT_THAT(maybe_case, IsOk());
  EXPECT_EQ(maybe_case->consent().referral(), type::v1::CONSENT_STATUS_DECLINED);
  return *maybe_case;
}

TEST(CaseLifecycleTest, AReferralAcceptedLateDoesNotUndoARefusal) {
  referral::v1::ReferralAccepted late = Accepted(2);  // agreed an hour before Start()
  *late.mutable_accept_time() = ToTimestamp(Start() + absl::Hours(72));
  EXPECT_EQ(JoinReferral(RefusedCase(), late).consent().referral(), type::v1::CONSENT_STATUS_DECLINED);
  *late.mutable_consent_time() = ToTimestamp(Start() + absl::Hours(24));
  EXPECT_EQ(JoinReferral(RefusedCase(), late).consent().referral(), type::v1::CONSENT_STATUS_AGREED)
      << "who agrees again, agrees";
  late.clear_consent_time();
  EXPECT_EQ(JoinReferral(RefusedCase(), late).consent().referral(), type::v1::CONSENT_STATUS_AGREED)
      << "an older sender tells only when it was accepted";
}

TEST(CaseLifecycleTest, NobodyAskedReplacesNeitherARefusalNorAnAgreement) {
  referral::v1::ReferralAccepted not_asked = Accepted(2);
  *not_asked.mutable_consent_time() = ToTimestamp(Start() + absl::Hours(72));
  for (const auto status : {type::v1::CONSENT_STATUS_NOT_ASKED, type::v1::CONSENT_STATUS_UNSPECIFIED}) {
    *not_asked.mutable_consent() = Consent(status);
    EXPECT_EQ(JoinReferral(RefusedCase(), not_asked).consent().referral(), type::v1::CONSENT_STATUS_DECLINED);
    const CaseRecord agreed = JoinReferral(ActiveCase(), not_asked);
    EXPECT_EQ(agreed.consent().referral(), type::v1::CONSENT_STATUS_AGREED);
    EXPECT_EQ(agreed.consent().share_with_size(), 1);
  }
  const CaseRecord unknown = OpenCase(not_asked, kCaseId, kNetwork, "c", Start());
  EXPECT_EQ(JoinReferral(unknown, Accepted(3)).consent().referral(), type::v1::CONSENT_STATUS_AGREED)
      << "a yes from before counts where nobody else asked";
}

TEST(CaseLifecycleTest, AnAssessmentWrittenDownLateDoesNotReplaceANewerConsent) {
  const auto maybe_case = NoteAssessment(RefusedCase(), Assessment("monday", Start() - absl::Minutes(30)),
                                         Consent(type::v1::CONSENT_STATUS_AGREED), Start() + absl::Hours(24));
  ASSERT_THAT(maybe_case, IsOk());
  EXPECT_EQ(maybe_case->consent().referral(), type::v1::CONSENT_STATUS_DECLINED);
}

TEST(CaseLifecycleTest, ACaseThatOwesFeedbackClosesOnlyKnowingly) {
  CaseRecord record = ActiveCase();
  *record.mutable_mdt_status()->mutable_feedback_due_date() = Day(2026, 10, 1);
  EXPECT_THAT(CloseCase(record, v1::CASE_OUTCOME_GOALS_MET, false, Start()), HasReason("FEEDBACK_DUE"));
  const auto maybe_case = CloseCase(record, v1::CASE_OUTCOME_GOALS_MET, true, Start());
  ASSERT_THAT(maybe_case, IsOk());
  EXPECT_EQ(maybe_case->state(), v1::CASE_STATE_CLOSED);
}

}  // namespace
}  // namespace splw::caseload
