// What the study found (Brunton et al., BMC Primary Care 2022, 23:66), as journeys: each test's name carries
// the number of a finding and says the behaviour that answers it. This file: what referral-intake answers. The caseload's
// findings are in findings_caseload_journey_test.cc, the MDT's in findings_mdt_journey_test.cc.
//
// Findings whose features come later, so that none is missing silently: 2 (park with a recall date), 10 (readiness, resilience
// and funding of services), 11 (unmet need), 12 (notes on services, open export and import), 17 (equity report), 18 (mix of
// support), 19 (competencies), 20 (supervision), 22 (involvements), 31 (liaison notes), 37 (several affiliations of a worker), 38
// (fewer appointments and the right help, side by side). Of those that are here, later: 1 (the clock on the acknowledgement), 3
// (rates by referrer), 4 (mapped role titles), 9 (alternatives, a limit on loops, alerts), 15 (MYCaW), 21 (check-in at visits), 24
// (rules that suggest a nomination), 26 (invitations), 29 (both accept), 32 (time to help), 33 (teams that know of each
// other), 34 (practice report), 39 (a report by agency).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "tests/journey/invariants.h"
#include "tests/journey/world.h"

namespace splw::journey {
namespace {

namespace api = referral::v1;
using testing::HasReason;
using testing::IsOk;

class IntakeFindings : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = new testing::Suite();
    ASSERT_THAT(suite_->StartAll(), IsOk());
    world_ = new World(*suite_);
    world_->SetUpAll();
  }
  static void TearDownTestSuite() {
    CheckInvariants(*suite_, *world_);
    delete world_;
    delete suite_;
  }

  // As the practice sees it.
  static api::Referral SeenByPractice(const std::string& name) {
    api::GetReferralRequest get;
    get.set_name(name);
    const auto maybe_referral = world_->practice.Call(&ReferralStub::GetReferral, get);
    EXPECT_THAT(maybe_referral, IsOk());
    return maybe_referral.ok() ? *maybe_referral : api::Referral();
  }
  static api::AcceptReferralRequest AcceptanceOf(const api::Referral& referral) {
    api::AcceptReferralRequest request;
    request.set_name(referral.name());
    request.set_etag(referral.etag());
    request.set_request_id(RequestId());
    return request;
  }
  static absl::StatusOr<api::Referral> Return(const std::string& name, api::ReturnReason reason,
                                              const std::string& advice) {
    api::ReturnReferralRequest request;
    request.set_name(name);
    request.set_etag(world_->GetReferral(name).etag());
    request.set_reason(reason);
    request.set_advice(advice);
    request.set_request_id(RequestId());
    return world_->worker.Call(&ReferralStub::ReturnReferral, request);
  }
  static absl::StatusOr<api::Referral> Withdraw(const std::string& name) {
    api::WithdrawReferralRequest request;
    request.set_name(name);
    request.set_etag(world_->GetReferral(name).etag());
    request.set_reason(api::WITHDRAW_REASON_NO_LONGER_NEEDED);
    request.set_request_id(RequestId());
    return world_->practice.Call(&ReferralStub::WithdrawReferral, request);
  }
  static const api::Finding* FindingOf(const api::Referral& referral, api::FindingCode code) {
    for (const api::Finding& finding : referral.findings()) {
      if (finding.code() == code) return &finding;
    }
    return nullptr;
  }

  static testing::Suite* suite_;
  static World* world_;
};
testing::Suite* IntakeFindings::suite_ = nullptr;
World* IntakeFindings::world_ = nullptr;

TEST_F(IntakeFindings, Finding01_UnsureCountsAsCrisisAndTheAnswerCarriesUrgentAdvice) {
  api::Referral sent = ReferralOf(101);
  sent.mutable_crisis_answers()->set_suicidal_thoughts(type::v1::CRISIS_ANSWER_UNSURE);
  const api::Referral referral = world_->Submit(sent);
  EXPECT_EQ(referral.state(), api::REFERRAL_STATE_AWAITING_TRIAGE);
  ASSERT_GT(referral.findings_size(), 0);
  EXPECT_EQ(referral.findings(0).code(), api::FINDING_CODE_CRISIS_INDICATED) << "the gravest first";
  EXPECT_EQ(referral.findings(0).severity(), api::FINDING_SEVERITY_CRISIS);
  EXPECT_FALSE(referral.urgent_advice().text().empty());
  EXPECT_FALSE(referral.urgent_advice().contact().empty());

  // It is not rejected before somebody has confirmed that they know.
  EXPECT_THAT(Return(referral.name(), api::RETURN_REASON_CRISIS_CARE_FIRST, "Crisis team first."),
              HasReason("CRISIS_NOT_ACKNOWLEDGED"));
  api::AcknowledgeCrisisRequest acknowledge;
  acknowledge.set_name(referral.name());
  acknowledge.set_etag(referral.etag());
  acknowledge.set_urgent_advice_given(true);
  acknowledge.set_practitioner_name("Dr Peverell Oakapple, GP");
  acknowledge.set_request_id(RequestId());
  ASSERT_THAT(world_->practice.Call(&ReferralStub::AcknowledgeCrisis, acknowledge), IsOk());
  EXPECT_THAT(Return(referral.name(), api::RETURN_REASON_CRISIS_CARE_FIRST, "Crisis team first."), IsOk());
}

TEST_F(IntakeFindings, Finding01_WordsOfDangerInTheTextAreNotOverlooked) {
  api::Referral sent = ReferralOf(102);
  sent.set_reason_text("Lonely since the autumn; said twice that there is no reason to live.");
  const api::Referral referral = world_->Submit(sent);
  EXPECT_EQ(referral.state(), api::REFERRAL_STATE_AWAITING_TRIAGE);
  EXPECT_NE(FindingOf(referral, api::FINDING_CODE_CRISIS_WORDS_IN_TEXT), nullptr);
  EXPECT_FALSE(referral.urgent_advice().text().empty());
  EXPECT_THAT(Return(referral.name(), api::RETURN_REASON_OUTSIDE_REMIT, "The falls clinic."),
              HasReason("CRISIS_NOT_ACKNOWLEDGED"));
}

TEST_F(IntakeFindings, Finding01_WhatAnImportWarnsOfReachesThePersonWhoDecides) {
  api::Referral sent = ReferralOf(130);
  sent.set_channel(api::SUBMISSION_CHANNEL_IMPORT);
  api::ImportNote& note = *sent.add_import_notes();
  note.set_severity(api::IMPORT_NOTE_SEVERITY_WARNING);
  note.set_location("Bundle.entry[2].resource.meta.security[0]");
  note.set_code("restricted-record");
  const api::Referral referral = world_->Submit(sent);
  EXPECT_EQ(referral.state(), api::REFERRAL_STATE_AWAITING_TRIAGE);
  EXPECT_NE(FindingOf(referral, api::FINDING_CODE_IMPORT_NOTES), nullptr);
  const api::Referral seen = world_->GetReferral(referral.name());
  ASSERT_EQ(seen.import_notes_size(), 1);
  EXPECT_EQ(seen.import_notes(0).code(), "restricted-record");
  EXPECT_EQ(seen.import_notes(0).location(), "Bundle.entry[2].resource.meta.security[0]");
}

TEST_F(IntakeFindings, Finding03_AReturnCarriesACodeAndAdviceToTheReferrer) {
  api::Referral sent = ReferralOf(103);
  sent.set_urgency(type::v1::URGENCY_URGENT);
  const std::string name = world_->Submit(sent).name();
  ASSERT_THAT(Return(name, api::RETURN_REASON_OUTSIDE_REMIT, "Please refer to the falls clinic."), IsOk());
  const api::Referral seen = SeenByPractice(name);
  EXPECT_EQ(seen.state(), api::REFERRAL_STATE_RETURNED);
  EXPECT_EQ(seen.triage().return_reason(), api::RETURN_REASON_OUTSIDE_REMIT);
  EXPECT_EQ(seen.triage().advice(), "Please refer to the falls clinic.");
}

TEST_F(IntakeFindings, Finding04_APracticeReadsTheRemitAndAsksWhatWouldHappenBeforeItSends) {
  api::GetNetworkPolicyRequest get;
  get.set_name(std::string(kParent) + "/policy");
  const auto maybe_policy = world_->practice.Call(&ReferralStub::GetNetworkPolicy, get);
  ASSERT_THAT(maybe_policy, IsOk());
  EXPECT_FALSE(maybe_policy->remit().empty());

  api::ListReferralsRequest list;
  list.set_parent(kParent);
  const auto count = [&] { return world_->practice.Call(&ReferralStub::ListReferrals, list)->referrals_size(); };
  const int before = count();
  api::SubmitReferralRequest request;
  request.set_parent(kParent);
  *request.mutable_referral() = ReferralOf(104);
  request.mutable_referral()->mutable_consent()->set_referral(type::v1::CONSENT_STATUS_NOT_ASKED);
  request.set_validate_only(true);
  const auto maybe_answer = world_->practice.Call(&ReferralStub::SubmitReferral, request);
  ASSERT_THAT(maybe_answer, IsOk());
  EXPECT_EQ(maybe_answer->name(), "");
  EXPECT_NE(FindingOf(*maybe_answer, api::FINDING_CODE_CONSENT_NOT_ASKED), nullptr);
  EXPECT_EQ(count(), before) << "asking sent something";
}

TEST_F(IntakeFindings, Finding05_WhereNobodyAskedAClinicianAsksBeforeAcceptance) {
  api::Referral sent = ReferralOf(105);
  sent.set_channel(api::SUBMISSION_CHANNEL_IMPORT);
  sent.clear_crisis_answers();
  const api::Referral referral = world_->Submit(sent);
  EXPECT_EQ(referral.state(), api::REFERRAL_STATE_AWAITING_TRIAGE);
  EXPECT_NE(FindingOf(referral, api::FINDING_CODE_CRISIS_QUESTIONS_NOT_ASKED), nullptr);

  api::AcceptReferralRequest accept = AcceptanceOf(referral);
  EXPECT_THAT(world_->worker.Call(&ReferralStub::AcceptReferral, accept), HasReason("CRISIS_QUESTIONS_NOT_ASKED"));
  *accept.mutable_crisis_answers() = ReferralOf(1).crisis_answers();
  accept.mutable_crisis_answers()->set_risk_of_harm(type::v1::CRISIS_ANSWER_UNSURE);
  const auto maybe_accepted = world_->worker.Call(&ReferralStub::AcceptReferral, accept);
  ASSERT_THAT(maybe_accepted, IsOk());
  EXPECT_NE(FindingOf(*maybe_accepted, api::FINDING_CODE_CRISIS_INDICATED), nullptr);
  EXPECT_EQ(FindingOf(*maybe_accepted, api::FINDING_CODE_CRISIS_QUESTIONS_NOT_ASKED), nullptr);
  EXPECT_FALSE(maybe_accepted->urgent_advice().text().empty());
  EXPECT_TRUE(world_->CaseOf(referral.name()).crisis_indicated()) << "the link worker must know";
}

TEST_F(IntakeFindings, Finding05_AYesOfTheReferrerReachesTheLinkWorkerWhateverTheTriageIsTold) {
  api::Referral sent = ReferralOf(114);
  sent.set_channel(api::SUBMISSION_CHANNEL_IMPORT);  // as a FHIR bundle with a coded risk comes
  sent.clear_crisis_answers();
  sent.mutable_crisis_answers()->set_risk_of_harm(type::v1::CRISIS_ANSWER_YES);
  api::AcceptReferralRequest accept = AcceptanceOf(world_->Submit(sent));
  *accept.mutable_crisis_answers() = ReferralOf(1).crisis_answers();  // three times "no"
  const auto maybe_accepted = world_->worker.Call(&ReferralStub::AcceptReferral, accept);
  ASSERT_THAT(maybe_accepted, IsOk());
  EXPECT_EQ(maybe_accepted->crisis_answers().risk_of_harm(), type::v1::CRISIS_ANSWER_YES);
  EXPECT_TRUE(world_->CaseOf(maybe_accepted->name()).crisis_indicated());
}

TEST_F(IntakeFindings, Finding06_WhoExplainedItIsRecordedAndDeclinedIsAStateAndNoFailure) {
  EXPECT_EQ(world_->Submit(ReferralOf(106)).consent().explained_by(), "Dr Peverell Oakapple, GP");

  api::Referral sent = ReferralOf(107);
  sent.mutable_consent()->set_referral(type::v1::CONSENT_STATUS_DECLINED);
  const api::Referral declined = world_->Submit(sent);
  EXPECT_EQ(declined.state(), api::REFERRAL_STATE_AWAITING_TRIAGE);
  EXPECT_NE(FindingOf(declined, api::FINDING_CODE_CONSENT_DECLINED), nullptr);
  EXPECT_THAT(world_->worker.Call(&ReferralStub::AcceptReferral, AcceptanceOf(declined)),
              HasReason("CONSENT_DECLINED"));
  EXPECT_THAT(Return(declined.name(), api::RETURN_REASON_CONSENT_DECLINED, "Ask again in spring."), IsOk());
}

TEST_F(IntakeFindings, Finding07_SomebodyWhoWasHereBeforeIsRecognised) {
  const std::string earlier = world_->Submit(ReferralOf(108)).name();
  world_->CaseOf(earlier);
  ASSERT_THAT(Withdraw(earlier), IsOk());
  WaitUntil("the end of the withdrawn referral's case at the intake", [&] {
    const api::Referral referral = world_->GetReferral(earlier);
    return referral.progress(referral.progress_size() - 1).stage() == api::PROGRESS_STAGE_CASE_CLOSED || HasFailure();
  });

  const api::Referral again = world_->Submit(ReferralOf(108));
  const api::Finding* finding = FindingOf(again, api::FINDING_CODE_PRESENTED_BEFORE);
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->related_referral(), earlier);
  EXPECT_EQ(finding->severity(), api::FINDING_SEVERITY_INFO);
  EXPECT_EQ(again.state(), api::REFERRAL_STATE_ACCEPTED) << "knowing it holds nothing up";
}

TEST_F(IntakeFindings, Finding23_TheSamePersonFromAnotherPracticeIsFoundAndJoinsTheOpenCase) {
  const std::string first = world_->Submit(ReferralOf(109)).name();
  const std::string open_case = world_->CaseOf(first).name();
  Caller other_practice(*suite_, Practice("P84002"));
  api::SubmitReferralRequest request;
  request.set_parent(kParent);
  *request.mutable_referral() = ReferralOf(109);
  request.mutable_referral()->mutable_referrer()->mutable_organisation()->set_ods_code("P84002");
  request.set_request_id(RequestId());
  const auto maybe_second = other_practice.Call(&ReferralStub::SubmitReferral, request);
  ASSERT_THAT(maybe_second, IsOk());
  EXPECT_EQ(maybe_second->state(), api::REFERRAL_STATE_AWAITING_TRIAGE);
  const api::Finding* shown = FindingOf(*maybe_second, api::FINDING_CODE_OPEN_CASE_EXISTS);
  ASSERT_NE(shown, nullptr);
  EXPECT_EQ(shown->related_case() + shown->related_referral(), "") << "which they are is nothing to other practices";
  const api::Referral waiting = world_->GetReferral(maybe_second->name());  // as the service lead sees it
  const api::Finding* finding = FindingOf(waiting, api::FINDING_CODE_OPEN_CASE_EXISTS);
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->related_case(), open_case);
  EXPECT_EQ(finding->related_referral(), first);

  ASSERT_THAT(world_->worker.Call(&ReferralStub::AcceptReferral, AcceptanceOf(*maybe_second)), IsOk());
  EXPECT_THAT(world_->CaseOf(maybe_second->name()).referrals(), ::testing::ElementsAre(first, maybe_second->name()));
  EXPECT_EQ(world_->GetReferral(maybe_second->name()).case_(), open_case);
}

TEST_F(IntakeFindings, Finding23_APersonWithoutAnNhsNumberIsRecognisedByNameBirthAndPostcode) {
  api::Referral sent = ReferralOf(110);
  sent.mutable_person()->mutable_nhs_number()->clear_value();
  sent.mutable_person()->mutable_nhs_number()->set_absent_reason(type::v1::NHS_NUMBER_ABSENT_REASON_NOT_KNOWN);
  const std::string first = world_->Submit(sent).name();
  world_->CaseOf(first);
  const api::Referral second = world_->Submit(ReferralOf(110));  // now with the number
  const api::Finding* finding = FindingOf(second, api::FINDING_CODE_OPEN_CASE_EXISTS);
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->related_referral(), first);
}

TEST_F(IntakeFindings, Finding23_WhoMayBeEitherOfTwoPeopleJoinsNeitherUnseen) {
  const std::string first = world_->Submit(ReferralOf(140)).name();
  const std::string first_case = world_->CaseOf(first).name();
  api::Referral sent = ReferralOf(140);
  sent.mutable_person()->mutable_nhs_number()->set_value(NhsNumberOf(141));
  const api::Referral alike = world_->Submit(sent);
  ASSERT_NE(FindingOf(alike, api::FINDING_CODE_ALIKE_WITH_OTHER_NHS_NUMBER), nullptr);
  ASSERT_THAT(world_->worker.Call(&ReferralStub::AcceptReferral, AcceptanceOf(alike)), IsOk());
  const std::string second_case = world_->CaseOf(alike.name()).name();
  EXPECT_NE(second_case, first_case);

  sent.mutable_person()->mutable_nhs_number()->clear_value();
  sent.mutable_person()->mutable_nhs_number()->set_absent_reason(type::v1::NHS_NUMBER_ABSENT_REASON_NOT_KNOWN);
  const api::Referral either = world_->Submit(sent);
  EXPECT_THAT(world_->worker.Call(&ReferralStub::AcceptReferral, AcceptanceOf(either)), HasReason("AMBIGUOUS_PERSON"));
  api::AcceptReferralRequest told_apart = AcceptanceOf(either);
  told_apart.add_not_same_person_as(first);
  ASSERT_THAT(world_->worker.Call(&ReferralStub::AcceptReferral, told_apart), IsOk());
  EXPECT_EQ(world_->CaseOf(either.name()).name(), second_case);
}

TEST_F(IntakeFindings, Finding34_EveryEndStateReachesTheReferrer) {
  api::Referral urgent = ReferralOf(111);
  urgent.set_urgency(type::v1::URGENCY_URGENT);
  const std::string returned = world_->Submit(urgent).name();
  ASSERT_THAT(Return(returned, api::RETURN_REASON_OUTSIDE_NETWORK, "Refer to the neighbouring network."), IsOk());
  const std::string withdrawn = world_->Submit(ReferralOf(112)).name();
  world_->CaseOf(withdrawn);  // which changes the referral once more
  ASSERT_THAT(Withdraw(withdrawn), IsOk());
  const std::string closed = world_->Submit(ReferralOf(113)).name();
  caseload::v1::CloseCaseRequest close;
  close.set_name(world_->CaseOf(closed).name());
  close.set_etag(world_->GetCase(close.name()).etag());
  close.set_outcome(caseload::v1::CASE_OUTCOME_SUPPORTED_ELSEWHERE);
  close.set_request_id(RequestId());
  ASSERT_THAT(world_->worker.Call(&CaseloadStub::CloseCase, close), IsOk());

  EXPECT_EQ(SeenByPractice(returned).state(), api::REFERRAL_STATE_RETURNED);
  EXPECT_EQ(SeenByPractice(withdrawn).state(), api::REFERRAL_STATE_WITHDRAWN);
  EXPECT_EQ(SeenByPractice(withdrawn).withdraw_reason(), api::WITHDRAW_REASON_NO_LONGER_NEEDED);
  WaitUntil("the outcome at the practice",
            [&] { return SeenByPractice(closed).state() == api::REFERRAL_STATE_CLOSED || HasFailure(); });
  EXPECT_EQ(SeenByPractice(closed).outcome(), api::REFERRAL_OUTCOME_SUPPORTED_ELSEWHERE);
}

}  // namespace
}  // namespace splw::journey
