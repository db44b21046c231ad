#include "services/referral_intake/referral_lifecycle.h"

#include <gmock/gmock.h>

#include "common/testing/status_matchers.h"
#include "services/referral_intake/dates.h"
#include "services/referral_intake/limits.h"
#include "services/referral_intake/testing/builders.h"

namespace splw::referral_intake {
namespace {

using ::splw::referral_intake::testing::NoCrisisAnswers;
using ::splw::referral_intake::testing::TestNow;
using ::splw::testing::HasField;
using ::splw::testing::HasReason;
using ::splw::testing::IsOk;
using ::splw::testing::StatusIs;

constexpr char kCase[] = "networks/U12345/cases/01JD0000000000000000000000";

storage::ReferralRecord InState(api::ReferralState state) {
  storage::ReferralRecord record;
  record.set_version(3);
  record.set_state(state);
  record.mutable_consent()->set_referral(type::CONSENT_STATUS_AGREED);
  *record.mutable_crisis_answers() = NoCrisisAnswers();
  return record;
}

storage::ReferralRecord WithFinding(api::FindingCode code, api::FindingSeverity severity) {
  storage::ReferralRecord record = InState(api::REFERRAL_STATE_AWAITING_TRIAGE);
  record.add_findings()->set_code(code);
  record.mutable_findings(0)->set_severity(severity);
  return record;
}

storage::ReferralRecord InCrisis() {
  return WithFinding(api::FINDING_CODE_CRISIS_INDICATED, api::FINDING_SEVERITY_CRISIS);
}

storage::ReferralRecord NotAsked() {
  return WithFinding(api::FINDING_CODE_CRISIS_QUESTIONS_NOT_ASKED, api::FINDING_SEVERITY_NEEDS_TRIAGE);
}

storage::ProgressRecord Step(api::ProgressStage stage, int minute = 0) {
  storage::ProgressRecord step;
  step.set_stage(stage);
  *step.mutable_time() = ToTimestamp(TestNow() + absl::Minutes(minute));
  return step;
}

TEST(LifecycleTest, EachStateAllowsJustItsSteps) {
  const struct {
    api::ReferralState state;
    bool accept, give_back, withdraw;
  } cases[] = {{api::REFERRAL_STATE_AWAITING_TRIAGE, true, true, true},
               {api::REFERRAL_STATE_ACCEPTED, false, false, true},
               {api::REFERRAL_STATE_RETURNED, false, false, false},
               {api::REFERRAL_STATE_WITHDRAWN, false, false, false},
               {api::REFERRAL_STATE_CLOSED, false, false, false}};
  for (const auto& c : cases) {
    const auto check = [&](const absl::StatusOr<storage::ReferralRecord>& maybe, bool allowed) {
      if (allowed) {
        ASSERT_THAT(maybe, IsOk()) << api::ReferralState_Name(c.state);
        EXPECT_EQ(maybe->version(), 4u);
        EXPECT_EQ(FromTimestamp(maybe->update_time()), TestNow());
      } else {
        EXPECT_THAT(maybe, StatusIs(absl::StatusCode::kFailedPrecondition));
        EXPECT_THAT(maybe, HasReason("ILLEGAL_TRANSITION")) << api::ReferralState_Name(c.state);
      }
    };
    check(Accept(InState(c.state), {.decided_by = "lead"}, TestNow()), c.accept);
    check(Return(InState(c.state), {"lead", api::RETURN_REASON_DUPLICATE, "see the other"}, TestNow()), c.give_back);
    check(Withdraw(InState(c.state), api::WITHDRAW_REASON_SENT_IN_ERROR, TestNow()), c.withdraw);
  }
}

TEST(LifecycleTest, ACaseThatOutlivesItsReferralIsStillOpen) {
  for (const auto state : {api::REFERRAL_STATE_AWAITING_TRIAGE, api::REFERRAL_STATE_ACCEPTED}) {
    EXPECT_TRUE(IsOpen(InState(state)));
  }
  for (const auto state : {api::REFERRAL_STATE_RETURNED, api::REFERRAL_STATE_WITHDRAWN, api::REFERRAL_STATE_CLOSED}) {
    EXPECT_FALSE(IsOpen(InState(state)));
  }
  const auto with_case =
      RecordProgress(InState(api::REFERRAL_STATE_WITHDRAWN), kCase, Step(api::PROGRESS_STAGE_CASE_OPENED), TestNow());
  ASSERT_THAT(with_case, IsOk());
  EXPECT_TRUE(IsOpen(**with_case));
  const auto closed = RecordProgress(**with_case, kCase, Step(api::PROGRESS_STAGE_CASE_CLOSED), TestNow());
  ASSERT_THAT(closed, IsOk());
  EXPECT_FALSE(IsOpen(**closed));
}

TEST(LifecycleTest, AcceptanceSaysWhoDecidedOrThatThePolicyDid) {
  const auto by_person =
      Accept(InState(api::REFERRAL_STATE_AWAITING_TRIAGE), {.decided_by = "lead", .note_code = "SEEN"}, TestNow());
  ASSERT_THAT(by_person, IsOk());
  EXPECT_EQ(by_person->triage().decided_by(), "lead");
  EXPECT_EQ(by_person->triage().note_code(), "SEEN");
  EXPECT_FALSE(by_person->triage().by_policy());
  const auto by_policy = Accept(InState(api::REFERRAL_STATE_AWAITING_TRIAGE), {}, TestNow());
  ASSERT_THAT(by_policy, IsOk());
  EXPECT_TRUE(by_policy->triage().by_policy());
}

TEST(LifecycleTest, TriageSaysThatALikePersonIsSomebodyElse) {
  storage::ReferralRecord record = WithFinding(api::FINDING_CODE_OPEN_CASE_EXISTS, api::FINDING_SEVERITY_NEEDS_TRIAGE);
  record.mutable_findings(0)->set_related_referral("r/twin");
  const auto maybe = Accept(record, {.decided_by = "lead", .not_same_person_as = {"r/twin"}}, TestNow());
  ASSERT_THAT(maybe, IsOk());
  EXPECT_THAT(maybe->triage().not_same_person_as(), ::testing::ElementsAre("r/twin"));

  const auto stranger = Accept(record, {.decided_by = "lead", .not_same_person_as = {"r/twin", "r/x"}}, TestNow());
  EXPECT_THAT(stranger, HasReason("NOT_RELATED"));
  EXPECT_THAT(stranger, HasField("not_same_person_as[1]"));
  EXPECT_THAT(Accept(record, {.decided_by = "lead", .not_same_person_as = {"r/twin", "r/twin"}}, TestNow()),
              HasField("not_same_person_as[1]"));
  EXPECT_THAT(Accept(record, {.decided_by = "lead", .not_same_person_as = {""}}, TestNow()), HasReason("NOT_RELATED"));
}

TEST(LifecycleTest, DeclinedPersonIsNotAccepted) {
  storage::ReferralRecord record = InState(api::REFERRAL_STATE_AWAITING_TRIAGE);
  record.mutable_consent()->set_referral(type::CONSENT_STATUS_DECLINED);
  const auto maybe = Accept(record, {.decided_by = "lead"}, TestNow());
  EXPECT_THAT(maybe, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(maybe, HasReason("CONSENT_DECLINED"));
}

TEST(LifecycleTest, UnaskedCrisisQuestionsAreAskedBeforeAcceptance) {
  const auto without = Accept(NotAsked(), {.decided_by = "lead"}, TestNow());
  EXPECT_THAT(without, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(without, HasReason("CRISIS_QUESTIONS_NOT_ASKED"));
  type::CrisisAnswers two = NoCrisisAnswers();
  two.clear_risk_of_harm();
  EXPECT_THAT(Accept(NotAsked(), {.decided_by = "lead", .crisis_answers = two}, TestNow()),
              HasReason("CRISIS_QUESTIONS_NOT_ASKED"));

  const auto with = Accept(NotAsked(), {.decided_by = "lead", .crisis_answers = NoCrisisAnswers()}, TestNow());
  ASSERT_THAT(with, IsOk());
  EXPECT_EQ(with->state(), api::REFERRAL_STATE_ACCEPTED);
  EXPECT_EQ(with->findings_size(), 0);
  EXPECT_EQ(with->crisis_answers().risk_of_harm(), type::CRISIS_ANSWER_NO);
  EXPECT_FALSE(with->has_urgent_advice());
}

TEST(LifecycleTest, CrisisFoundWhenAskingIsRecordedWithItsAdvice) {
  type::CrisisAnswers answers = NoCrisisAnswers();
  answers.set_suicidal_thoughts(type::CRISIS_ANSWER_UNSURE);
  storage::UrgentAdviceRecord advice;
  advice.set_text("call");
  const auto maybe =
      Accept(NotAsked(), {.decided_by = "lead", .crisis_answers = answers, .urgent_advice = advice}, TestNow());
  ASSERT_THAT(maybe, IsOk());
  ASSERT_EQ(maybe->findings_size(), 1);
  EXPECT_EQ(maybe->findings(0).code(), api::FINDING_CODE_CRISIS_INDICATED);
  EXPECT_EQ(maybe->urgent_advice().text(), "call");
}

TEST(LifecycleTest, AYesOfTheReferrerIsNotUnsaidByTheTriage) {
  storage::ReferralRecord record = NotAsked();  // as a bundle with a coded risk brings it
  record.clear_crisis_answers();
  record.mutable_crisis_answers()->set_risk_of_harm(type::CRISIS_ANSWER_YES);
  storage::FindingRecord& finding = *record.add_findings();
  finding.set_code(api::FINDING_CODE_CRISIS_INDICATED);
  finding.set_severity(api::FINDING_SEVERITY_CRISIS);

  const auto maybe = Accept(record, {.decided_by = "lead", .crisis_answers = NoCrisisAnswers()}, TestNow());
  ASSERT_THAT(maybe, IsOk());
  EXPECT_EQ(maybe->crisis_answers().risk_of_harm(), type::CRISIS_ANSWER_YES);
  EXPECT_EQ(maybe->crisis_answers().feels_unsafe_now(), type::CRISIS_ANSWER_NO);
  ASSERT_EQ(maybe->findings_size(), 1);
  EXPECT_EQ(maybe->findings(0).code(), api::FINDING_CODE_CRISIS_INDICATED);

  type::CrisisAnswers graver = NoCrisisAnswers();
  graver.set_suicidal_thoughts(type::CRISIS_ANSWER_UNSURE);
  const auto told = Accept(record, {.decided_by = "lead", .crisis_answers = graver}, TestNow());
  ASSERT_THAT(told, IsOk());
  EXPECT_EQ(told->crisis_answers().suicidal_thoughts(), type::CRISIS_ANSWER_UNSURE);
  EXPECT_EQ(told->findings_size(), 1) << "one finding, not two";
}

TEST(LifecycleTest, AnswersOfTheReferrerAreNotOverwritten) {
  const auto maybe = Accept(InCrisis(), {.decided_by = "lead", .crisis_answers = NoCrisisAnswers()}, TestNow());
  EXPECT_THAT(maybe, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(maybe, HasReason("CRISIS_ANSWERS_NOT_EXPECTED"));
  EXPECT_THAT(maybe, HasField("crisis_answers"));
}

TEST(LifecycleTest, CrisisIsNotReturnedBeforeSomebodyConfirmsThatTheyKnow) {
  const ReturnCommand command{"lead", api::RETURN_REASON_CRISIS_CARE_FIRST, "call 999"};
  const auto refused = Return(InCrisis(), command, TestNow());
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(refused, HasReason("CRISIS_NOT_ACKNOWLEDGED"));

  const auto acknowledged = Acknowledge(InCrisis(), {"dr", "Dr Sample, GP", "Nurse Sample"}, TestNow());
  ASSERT_THAT(acknowledged, IsOk());
  EXPECT_EQ(acknowledged->crisis_acknowledgement().practitioner_name(), "Dr Sample, GP");
  EXPECT_EQ(acknowledged->crisis_acknowledgement().referrer_informed(), "Nurse Sample");
  const auto returned = Return(*acknowledged, command, TestNow());
  ASSERT_THAT(returned, IsOk());
  EXPECT_EQ(returned->triage().return_reason(), api::RETURN_REASON_CRISIS_CARE_FIRST);
}

TEST(LifecycleTest, ACrisisIsNotWithdrawnBeforeSomebodyKnows) {
  for (const auto state : {api::REFERRAL_STATE_AWAITING_TRIAGE, api::REFERRAL_STATE_ACCEPTED}) {
    storage::ReferralRecord record = InCrisis();
    record.set_state(state);
    for (int number = api::WithdrawReason_MIN + 1; number <= api::WithdrawReason_MAX; ++number) {
      const auto reason = static_cast<api::WithdrawReason>(number);
      const bool nobody = reason == api::WITHDRAW_REASON_SENT_IN_ERROR || reason == api::WITHDRAW_REASON_DIED;
      const auto maybe = Withdraw(record, reason, TestNow());
      if (nobody) {
        EXPECT_THAT(maybe, IsOk()) << api::WithdrawReason_Name(reason);
      } else {
        EXPECT_THAT(maybe, HasReason("CRISIS_NOT_ACKNOWLEDGED")) << api::WithdrawReason_Name(reason);
      }
    }
    const auto known = Acknowledge(record, {"dr", "Dr Sample, GP", ""}, TestNow());
    ASSERT_THAT(known, IsOk());
    EXPECT_THAT(Withdraw(*known, api::WITHDRAW_REASON_REFERRED_ELSEWHERE, TestNow()), IsOk());
  }
}

TEST(LifecycleTest, WordsOfDangerDoNotLeaveBeforeSomebodyKnows) {
  const storage::ReferralRecord record =
      WithFinding(api::FINDING_CODE_CRISIS_WORDS_IN_TEXT, api::FINDING_SEVERITY_NEEDS_TRIAGE);
  const ReturnCommand command{"lead", api::RETURN_REASON_OUTSIDE_REMIT, "refer elsewhere"};
  EXPECT_THAT(Return(record, command, TestNow()), HasReason("CRISIS_NOT_ACKNOWLEDGED"));
  EXPECT_THAT(Withdraw(record, api::WITHDRAW_REASON_NO_LONGER_NEEDED, TestNow()), HasReason("CRISIS_NOT_ACKNOWLEDGED"));
  const auto known = Acknowledge(record, {"dr", "Dr Sample, GP", ""}, TestNow());
  ASSERT_THAT(known, IsOk());
  EXPECT_THAT(Return(*known, command, TestNow()), IsOk());
}

TEST(LifecycleTest, ThereMustBeACrisisToAcknowledgeAndOnceIsEnough) {
  EXPECT_THAT(Acknowledge(InState(api::REFERRAL_STATE_AWAITING_TRIAGE), {"dr", "Dr", ""}, TestNow()),
              HasReason("NO_CRISIS"));
  const auto first = Acknowledge(InCrisis(), {"dr", "Dr", ""}, TestNow());
  ASSERT_THAT(first, IsOk());
  const auto second = Acknowledge(*first, {"dr", "Dr", ""}, TestNow());
  EXPECT_THAT(second, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(second, HasReason("ALREADY_ACKNOWLEDGED"));
}

TEST(LifecycleTest, ReferralFollowsItsCaseToTheEnd) {
  auto maybe =
      RecordProgress(InState(api::REFERRAL_STATE_ACCEPTED), kCase, Step(api::PROGRESS_STAGE_CASE_OPENED), TestNow());
  ASSERT_THAT(maybe, IsOk());
  ASSERT_TRUE(maybe->has_value());
  EXPECT_EQ((*maybe)->case_(), kCase);
  EXPECT_EQ((*maybe)->state(), api::REFERRAL_STATE_ACCEPTED);

  storage::ProgressRecord closed = Step(api::PROGRESS_STAGE_CASE_CLOSED, 1);
  closed.set_outcome(api::REFERRAL_OUTCOME_GOALS_MET);
  maybe = RecordProgress(**maybe, kCase, closed, TestNow());
  ASSERT_THAT(maybe, IsOk());
  ASSERT_TRUE(maybe->has_value());
  EXPECT_EQ((*maybe)->state(), api::REFERRAL_STATE_CLOSED);
  EXPECT_EQ((*maybe)->outcome(), api::REFERRAL_OUTCOME_GOALS_MET);
  EXPECT_EQ((*maybe)->progress_size(), 2);
}

TEST(LifecycleTest, RepeatedStepChangesNothing) {
  const auto first =
      RecordProgress(InState(api::REFERRAL_STATE_ACCEPTED), kCase, Step(api::PROGRESS_STAGE_ALLOCATED), TestNow());
  ASSERT_THAT(first, IsOk());
  const auto second = RecordProgress(**first, kCase, Step(api::PROGRESS_STAGE_ALLOCATED), TestNow());
  ASSERT_THAT(second, IsOk());
  EXPECT_FALSE(second->has_value());
}

TEST(LifecycleTest, LateStepIsRecordedAndReopensNothing) {
  for (const auto state : {api::REFERRAL_STATE_WITHDRAWN, api::REFERRAL_STATE_CLOSED}) {
    for (const auto stage :
         {api::PROGRESS_STAGE_CASE_OPENED, api::PROGRESS_STAGE_ALLOCATED, api::PROGRESS_STAGE_CASE_CLOSED}) {
      const auto maybe = RecordProgress(InState(state), kCase, Step(stage), TestNow());
      ASSERT_THAT(maybe, IsOk());
      ASSERT_TRUE(maybe->has_value());
      EXPECT_EQ((*maybe)->state(), state);
      EXPECT_EQ((*maybe)->progress_size(), 1);
    }
  }
}

TEST(LifecycleTest, CaseOfAReferralThatWasNeverAcceptedIsRefused) {
  for (const auto state : {api::REFERRAL_STATE_AWAITING_TRIAGE, api::REFERRAL_STATE_RETURNED}) {
    const auto maybe = RecordProgress(InState(state), kCase, Step(api::PROGRESS_STAGE_CASE_OPENED), TestNow());
    EXPECT_THAT(maybe, StatusIs(absl::StatusCode::kFailedPrecondition));
    EXPECT_THAT(maybe, HasReason("CASE_WITHOUT_ACCEPTANCE"));
  }
}

TEST(LifecycleTest, LatestStepsAreKept) {
  storage::ReferralRecord record = InState(api::REFERRAL_STATE_ACCEPTED);
  for (int minute = 0; minute < kMaxProgressSteps + 5; ++minute) {
    auto maybe = RecordProgress(record, kCase, Step(api::PROGRESS_STAGE_FEEDBACK_GIVEN, minute), TestNow());
    ASSERT_THAT(maybe, IsOk());
    record = **maybe;
  }
  ASSERT_EQ(record.progress_size(), kMaxProgressSteps);
  EXPECT_EQ(FromTimestamp(record.progress(0).time()), TestNow() + absl::Minutes(5));
}

}  // namespace
}  // namespace splw::referral_intake
