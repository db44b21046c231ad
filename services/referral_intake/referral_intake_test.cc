#include "services/referral_intake/limits.h"
#include "services/referral_intake/testing/intake_fixture.h"

namespace splw::referral_intake {
namespace {

using ::splw::referral_intake::testing::CleanReferral;
using ::splw::referral_intake::testing::CrisisReferral;
using ::splw::referral_intake::testing::NoCrisisAnswers;
using ::splw::referral_intake::testing::OfPerson;
using ::splw::referral_intake::testing::SubmitRequest;
using ::splw::referral_intake::testing::UrgentReferral;
using ::splw::testing::HasField;
using ::splw::testing::HasReason;
using ::splw::testing::IsOk;
using ::splw::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ReferralIntakeTest : public testing::IntakeFixture {};

TEST_F(ReferralIntakeTest, CleanRoutineReferralIsAcceptedAtOnceWithItsEvent) {
  const rpc::Call call = Practice();
  const auto maybe = Submit(call, CleanReferral());
  ASSERT_THAT(maybe, IsOk());
  EXPECT_EQ(maybe->state(), api::REFERRAL_STATE_ACCEPTED);
  EXPECT_TRUE(maybe->triage().by_policy());
  EXPECT_EQ(maybe->etag(), "1");
  EXPECT_EQ(maybe->correlation_id(), call.correlation_id);
  EXPECT_FALSE(maybe->has_urgent_advice());

  const auto events = Outbox(maybe->name());
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].correlation_id(), call.correlation_id);
  api::ReferralAccepted event;
  ASSERT_TRUE(events[0].payload().UnpackTo(&event));
  EXPECT_EQ(event.referral(), maybe->name());
  EXPECT_EQ(event.person().name().family(), "Ashworth");
  EXPECT_EQ(event.person_keys_size(), 2);
  EXPECT_THAT(Get(call, maybe->name()), IsOk());
}

TEST_F(ReferralIntakeTest, ReferralWithFindingsWaitsAndTellsNobody) {
  const auto maybe = Submit(UrgentReferral());
  ASSERT_THAT(maybe, IsOk());
  EXPECT_EQ(maybe->state(), api::REFERRAL_STATE_AWAITING_TRIAGE);
  ASSERT_EQ(maybe->findings_size(), 1);
  EXPECT_EQ(maybe->findings(0).code(), api::FINDING_CODE_URGENT_REQUESTED);
  EXPECT_FALSE(maybe->has_triage());
  EXPECT_THAT(Outbox(maybe->name()), IsEmpty());
}

TEST_F(ReferralIntakeTest, CrisisGetsUrgentAdviceInTheAnswer) {
  const auto maybe = Submit(Practice(), CrisisReferral());
  ASSERT_THAT(maybe, IsOk());
  EXPECT_EQ(maybe->state(), api::REFERRAL_STATE_AWAITING_TRIAGE);
  EXPECT_EQ(maybe->findings(0).severity(), api::FINDING_SEVERITY_CRISIS);
  EXPECT_THAT(maybe->urgent_advice().text(), ::testing::HasSubstr("999"));
}

TEST_F(ReferralIntakeTest, WordsOfDangerGetUrgentAdviceInTheAnswerToo) {
  api::Referral referral = CleanReferral();
  referral.set_reason_text("Lonely; says she wants to die.");
  const auto maybe = Submit(Practice(), referral);
  ASSERT_THAT(maybe, IsOk());
  EXPECT_EQ(maybe->findings(0).severity(), api::FINDING_SEVERITY_NEEDS_TRIAGE);
  EXPECT_THAT(maybe->urgent_advice().text(), ::testing::HasSubstr("999"));
}

TEST_F(ReferralIntakeTest, ValidateOnlyTellsTheSameAndWritesNothing) {
  api::SubmitReferralRequest request = SubmitRequest(CrisisReferral(), "");
  request.set_validate_only(true);
  const store::Position before = store_.committed();
  const auto maybe = Ask<api::Referral>(&ReferralIntake::Submit, Practice(), request);
  ASSERT_THAT(maybe, IsOk());
  EXPECT_EQ(maybe->name(), "");
  EXPECT_EQ(maybe->findings(0).code(), api::FINDING_CODE_CRISIS_INDICATED);
  EXPECT_TRUE(maybe->has_urgent_advice());
  EXPECT_EQ(store_.committed(), before);
  EXPECT_THAT(ListNames(Lead(), {}), IsEmpty());
}

TEST_F(ReferralIntakeTest, RepeatedSubmissionIsTakenOnce) {
  const rpc::Call call = Practice();
  const auto request = SubmitRequest(CleanReferral(), "same");
  const auto first = Ask<api::Referral>(&ReferralIntake::Submit, call, request);
  const auto second = Ask<api::Referral>(&ReferralIntake::Submit, call, request);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(first->name(), second->name());
  EXPECT_EQ(ListNames(Lead(), {}).size(), 1u);
  EXPECT_EQ(Outbox(first->name()).size(), 1u);

  const auto other = Ask<api::Referral>(&ReferralIntake::Submit, call, SubmitRequest(UrgentReferral(), "same"));
  EXPECT_THAT(other, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(other, HasReason("REQUEST_ID_REUSED"));
}

TEST_F(ReferralIntakeTest, BodyThatRunsAgainTakesTheReferralOnce) {
  store_.RerunNext(1);
  const auto maybe = Submit(CleanReferral());
  ASSERT_THAT(maybe, IsOk());
  EXPECT_THAT(ListNames(Lead(), {}), ElementsAre(maybe->name()));
  EXPECT_EQ(Outbox(maybe->name()).size(), 1u);
}

TEST_F(ReferralIntakeTest, MistakesInTheRequestAreRefused) {
  auto request = SubmitRequest(CleanReferral(), "id");
  request.set_parent("networks/U12345/referrals/x");
  EXPECT_THAT(Ask<api::Referral>(&ReferralIntake::Submit, Lead(), request), HasField("parent"));
  request = SubmitRequest(CleanReferral(), "");
  EXPECT_THAT(Ask<api::Referral>(&ReferralIntake::Submit, Lead(), request), HasField("request_id"));
  EXPECT_THAT(Get(Lead(), "networks/U12345/referrals/short"), HasReason("NAME_INVALID"));
}

TEST_F(ReferralIntakeTest, SamePersonIsRecognisedByNumberAndByDetails) {
  const auto first = Submit(CleanReferral());
  ASSERT_THAT(first, IsOk());
  const auto by_number = Submit(OfPerson("9990000018", "Other-Name"));
  ASSERT_THAT(by_number, IsOk());
  ASSERT_EQ(by_number->findings_size(), 1);
  EXPECT_EQ(by_number->findings(0).code(), api::FINDING_CODE_OPEN_REFERRAL_EXISTS);
  EXPECT_EQ(by_number->findings(0).related_referral(), first->name());
  EXPECT_EQ(by_number->state(), api::REFERRAL_STATE_AWAITING_TRIAGE);

  api::Referral without_number = CleanReferral();
  without_number.mutable_person()->mutable_nhs_number()->clear_value();
  without_number.mutable_person()->mutable_nhs_number()->set_absent_reason(type::NHS_NUMBER_ABSENT_REASON_NOT_KNOWN);
  const auto by_details = Submit(without_number);
  ASSERT_THAT(by_details, IsOk());
  ASSERT_EQ(by_details->findings_size(), 2);
  EXPECT_EQ(by_details->findings(0).code(), api::FINDING_CODE_OPEN_REFERRAL_EXISTS);
  EXPECT_EQ(by_details->findings(0).related_referral(), first->name());
}

TEST_F(ReferralIntakeTest, PeopleWithDifferentNumbersAreNotTakenForOne) {
  ASSERT_THAT(Submit(CleanReferral()), IsOk());
  api::Referral twin = OfPerson("9990000026", "Ashworth");
  twin.mutable_person()->mutable_name()->set_given("Mary");
  const auto other = Submit(twin);
  ASSERT_THAT(other, IsOk());
  EXPECT_EQ(other->findings_size(), 0);
  EXPECT_EQ(other->state(), api::REFERRAL_STATE_ACCEPTED);
}

TEST_F(ReferralIntakeTest, EndedReferralIsShownAndHoldsNothingUp) {
  const auto first = Submit(CleanReferral());
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(Ask<api::Referral>(&ReferralIntake::Withdraw, Lead(), WithdrawRequest(*first)), IsOk());
  const auto second = Submit(CleanReferral());
  ASSERT_THAT(second, IsOk());
  ASSERT_EQ(second->findings_size(), 1);
  EXPECT_EQ(second->findings(0).code(), api::FINDING_CODE_PRESENTED_BEFORE);
  EXPECT_EQ(second->state(), api::REFERRAL_STATE_ACCEPTED);
}

TEST_F(ReferralIntakeTest, TriageAcceptsOnceAndSendsOneEvent) {
  const auto waiting = Submit(UrgentReferral());
  ASSERT_THAT(waiting, IsOk());
  const rpc::Call call = Lead();
  const auto request = AcceptRequest(*waiting);
  const auto accepted = Ask<api::Referral>(&ReferralIntake::Accept, call, request);
  ASSERT_THAT(accepted, IsOk());
  EXPECT_EQ(accepted->state(), api::REFERRAL_STATE_ACCEPTED);
  EXPECT_EQ(accepted->triage().decided_by(), call.principal.id);
  EXPECT_EQ(accepted->etag(), "2");
  EXPECT_THAT(Ask<api::Referral>(&ReferralIntake::Accept, call, request), IsOk());
  const auto events = Outbox(waiting->name());
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].correlation_id(), waiting->correlation_id());

  const auto again = Ask<api::Referral>(&ReferralIntake::Accept, call, AcceptRequest(*accepted));
  EXPECT_THAT(again, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(again, HasReason("ILLEGAL_TRANSITION"));
}

TEST_F(ReferralIntakeTest, ChangesAskForNameEtagAndRequestId) {
  const auto maybe = Ask<api::Referral>(&ReferralIntake::Accept, Lead(), api::AcceptReferralRequest());
  EXPECT_THAT(splw::text::FieldsOf(maybe.status()), ElementsAre("name", "etag", "request_id"));
  const auto waiting = Submit(UrgentReferral());
  ASSERT_THAT(waiting, IsOk());
  auto request = AcceptRequest(*waiting);
  request.set_note_code("not a code");
  request.mutable_crisis_answers()->set_risk_of_harm(type::CRISIS_ANSWER_NO);
  EXPECT_THAT(splw::text::FieldsOf(Ask<api::Referral>(&ReferralIntake::Accept, Lead(), request).status()),
              ElementsAre("note_code", "crisis_answers"));
  auto back = ReturnRequest(*waiting);
  back.clear_reason();
  back.clear_advice();
  EXPECT_THAT(splw::text::FieldsOf(Ask<api::Referral>(&ReferralIntake::Return, Lead(), back).status()),
              ElementsAre("reason", "advice"));
  auto withdraw = WithdrawRequest(*waiting);
  withdraw.clear_reason();
  EXPECT_THAT(Ask<api::Referral>(&ReferralIntake::Withdraw, Lead(), withdraw), HasField("reason"));
  auto acknowledge = AcknowledgeRequest(*waiting);
  acknowledge.clear_urgent_advice_given();
  acknowledge.clear_practitioner_name();
  acknowledge.clear_referrer_informed();
  EXPECT_THAT(
      splw::text::FieldsOf(Ask<api::Referral>(&ReferralIntake::AcknowledgeCrisis, Lead(), acknowledge).status()),
      ElementsAre("urgent_advice_given", "practitioner_name", "referrer_informed"));
}

TEST_F(ReferralIntakeTest, OldEtagIsAborted) {
  const auto waiting = Submit(CrisisReferral());
  ASSERT_THAT(waiting, IsOk());
  ASSERT_THAT(Ask<api::Referral>(&ReferralIntake::AcknowledgeCrisis, Lead(), AcknowledgeRequest(*waiting)), IsOk());
  const auto stale = Ask<api::Referral>(&ReferralIntake::Accept, Lead(), AcceptRequest(*waiting));
  EXPECT_THAT(stale, StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(stale, HasReason("ETAG_MISMATCH"));
}

TEST_F(ReferralIntakeTest, CrisisIsReturnedOnlyAfterItsAcknowledgement) {
  const auto waiting = Submit(Practice(), CrisisReferral());
  ASSERT_THAT(waiting, IsOk());
  EXPECT_THAT(Ask<api::Referral>(&ReferralIntake::Return, Lead(), ReturnRequest(*waiting)),
              HasReason("CRISIS_NOT_ACKNOWLEDGED"));
  auto acknowledge = AcknowledgeRequest(*waiting);
  acknowledge.clear_referrer_informed();
  EXPECT_THAT(Ask<api::Referral>(&ReferralIntake::AcknowledgeCrisis, Lead(), acknowledge),
              HasField("referrer_informed"))
      << "the referrer must know, whoever says so";
  const auto known = Ask<api::Referral>(&ReferralIntake::AcknowledgeCrisis, Practice(), acknowledge);
  ASSERT_THAT(known, IsOk());
  const auto returned = Ask<api::Referral>(&ReferralIntake::Return, Lead(), ReturnRequest(*known));
  ASSERT_THAT(returned, IsOk());
  EXPECT_EQ(returned->state(), api::REFERRAL_STATE_RETURNED);
  EXPECT_EQ(returned->triage().return_reason(), api::RETURN_REASON_OUTSIDE_REMIT);
  EXPECT_THAT(Outbox(waiting->name()), IsEmpty());
}

TEST_F(ReferralIntakeTest, DeclinedPersonIsNotAccepted) {
  api::Referral declined = CleanReferral();
  declined.mutable_consent()->set_referral(type::CONSENT_STATUS_DECLINED);
  const auto waiting = Submit(declined);
  ASSERT_THAT(waiting, IsOk());
  EXPECT_THAT(Ask<api::Referral>(&ReferralIntake::Accept, Lead(), AcceptRequest(*waiting)),
              HasReason("CONSENT_DECLINED"));
}

TEST_F(ReferralIntakeTest, ImportIsAcceptedWithTheAnswersThatTheClinicianGot) {
  api::Referral imported = CleanReferral();
  imported.set_channel(api::SUBMISSION_CHANNEL_IMPORT);
  imported.clear_crisis_answers();
  const auto waiting = Submit(Practice(), imported);
  ASSERT_THAT(waiting, IsOk());
  EXPECT_THAT(Ask<api::Referral>(&ReferralIntake::Accept, Lead(), AcceptRequest(*waiting)),
              HasReason("CRISIS_QUESTIONS_NOT_ASKED"));
  auto request = AcceptRequest(*waiting);
  *request.mutable_crisis_answers() = NoCrisisAnswers();
  request.mutable_crisis_answers()->set_feels_unsafe_now(type::CRISIS_ANSWER_YES);
  const auto accepted = Ask<api::Referral>(&ReferralIntake::Accept, Lead(), request);
  ASSERT_THAT(accepted, IsOk());
  EXPECT_EQ(accepted->findings(0).code(), api::FINDING_CODE_CRISIS_INDICATED);
  EXPECT_THAT(accepted->urgent_advice().text(), ::testing::HasSubstr("999"));
}

TEST_F(ReferralIntakeTest, WithdrawnAfterAcceptanceTheCaseloadIsTold) {
  const auto accepted = Submit(CleanReferral());
  ASSERT_THAT(accepted, IsOk());
  const auto withdrawn = Ask<api::Referral>(&ReferralIntake::Withdraw, Practice(), WithdrawRequest(*accepted));
  ASSERT_THAT(withdrawn, IsOk());
  EXPECT_EQ(withdrawn->state(), api::REFERRAL_STATE_WITHDRAWN);
  const auto events = Outbox(accepted->name());
  ASSERT_EQ(events.size(), 2u);
  api::ReferralWithdrawn event;
  ASSERT_TRUE(events[1].payload().UnpackTo(&event));
  EXPECT_EQ(event.reason_code(), "SENT_IN_ERROR");
}

TEST_F(ReferralIntakeTest, WithdrawnBeforeAcceptanceNobodyIsTold) {
  const auto waiting = Submit(UrgentReferral());
  ASSERT_THAT(waiting, IsOk());
  ASSERT_THAT(Ask<api::Referral>(&ReferralIntake::Withdraw, Lead(), WithdrawRequest(*waiting)), IsOk());
  EXPECT_THAT(Outbox(waiting->name()), IsEmpty());
}

TEST_F(ReferralIntakeTest, ALikePersonWithAnotherNumberIsLookedAt) {
  ASSERT_THAT(Submit(CleanReferral()), IsOk());
  api::Referral mixed_up = CleanReferral();
  mixed_up.mutable_person()->mutable_nhs_number()->set_value("9990000034");
  const auto waits = Submit(mixed_up);
  ASSERT_THAT(waits, IsOk());
  EXPECT_EQ(waits->state(), api::REFERRAL_STATE_AWAITING_TRIAGE);
  ASSERT_EQ(waits->findings_size(), 1);
  EXPECT_EQ(waits->findings(0).code(), api::FINDING_CODE_ALIKE_WITH_OTHER_NHS_NUMBER);
  EXPECT_NE(waits->findings(0).related_referral(), "");
  EXPECT_THAT(Ask<api::Referral>(&ReferralIntake::Accept, Lead(), AcceptRequest(*waits)), IsOk());
}

// However many referrals of one of the two came since.
TEST_F(ReferralIntakeTest, WhoMayBeOneOfTwoPeopleIsAskedAboutThoughOneHasMoreReferralsThanAScreeningLooksAt) {
  const auto refer = [&](const char* number) {
    api::Referral referral = CleanReferral();
    referral.mutable_person()->mutable_nhs_number()->Clear();
    if (*number != '\0') {
      referral.mutable_person()->mutable_nhs_number()->set_value(number);
    } else {
      referral.mutable_person()->mutable_nhs_number()->set_absent_reason(type::NHS_NUMBER_ABSENT_REASON_NOT_KNOWN);
    }
    return Submit(referral);
  };
  const auto take = [&](const char* number) {
    const auto submitted = refer(number);
    ASSERT_THAT(submitted, IsOk());
    if (submitted->state() == api::REFERRAL_STATE_ACCEPTED) return;
    ASSERT_THAT(Ask<api::Referral>(&ReferralIntake::Accept, Lead(), AcceptRequest(*submitted)), IsOk());
  };
  take("9990000018");
  for (std::size_t i = 0; i <= kMaxOpenReferralsLookedAt; ++i) take("9990000026");
  const auto waits = refer("");
  ASSERT_THAT(waits, IsOk());
  EXPECT_THAT(Ask<api::Referral>(&ReferralIntake::Accept, Lead(), AcceptRequest(*waits)),
              HasReason("AMBIGUOUS_PERSON"));
}

TEST_F(ReferralIntakeTest, WhoMayBeOneOfTwoPeopleIsAcceptedOnlyOnceOneIsExcluded) {
  std::vector<std::string> names;
  for (const char* number : {"9990000018", "9990000026"}) {
    api::Referral referral = CleanReferral();
    referral.mutable_person()->mutable_nhs_number()->set_value(number);
    const auto submitted = Submit(referral);
    ASSERT_THAT(submitted, IsOk());
    names.push_back(submitted->name());
    if (submitted->state() == api::REFERRAL_STATE_ACCEPTED) continue;
    ASSERT_THAT(Ask<api::Referral>(&ReferralIntake::Accept, Lead(), AcceptRequest(*submitted)), IsOk());
  }
  api::Referral unnumbered = CleanReferral();
  unnumbered.mutable_person()->mutable_nhs_number()->Clear();
  unnumbered.mutable_person()->mutable_nhs_number()->set_absent_reason(type::NHS_NUMBER_ABSENT_REASON_NOT_KNOWN);
  const auto waits = Submit(unnumbered);
  ASSERT_THAT(waits, IsOk());
  api::AcceptReferralRequest request = AcceptRequest(*waits);
  const auto refused = Ask<api::Referral>(&ReferralIntake::Accept, Lead(), request);
  EXPECT_THAT(refused, HasReason("AMBIGUOUS_PERSON"));
  const auto info = refused.status().GetPayload("type.googleapis.com/google.rpc.ErrorInfo");
  ASSERT_TRUE(info.has_value());
  for (const std::string& name : names) EXPECT_NE(std::string(*info).find(name), std::string::npos) << name;
  request.add_not_same_person_as(names[0]);
  request.set_request_id(NewRequestId());
  const auto accepted = Ask<api::Referral>(&ReferralIntake::Accept, Lead(), request);
  ASSERT_THAT(accepted, IsOk());
  EXPECT_EQ(accepted->state(), api::REFERRAL_STATE_ACCEPTED);
}

TEST_F(ReferralIntakeTest, SameNumberIsNotSomebodyElse) {
  const auto first = Submit(CleanReferral());
  ASSERT_THAT(first, IsOk());
  const auto second = Submit(CleanReferral());
  ASSERT_THAT(second, IsOk());
  api::AcceptReferralRequest request = AcceptRequest(*second);
  request.add_not_same_person_as(first->name());
  EXPECT_THAT(Ask<api::Referral>(&ReferralIntake::Accept, Lead(), request), HasReason("SAME_NHS_NUMBER"));
}

}  // namespace
}  // namespace splw::referral_intake
