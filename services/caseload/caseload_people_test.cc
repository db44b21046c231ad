// Whose case it is, and who sees it: people who are alike, and the MDT's part of the caseload.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "services/caseload/limits.h"
#include "services/caseload/testing/caseload_fixture.h"

namespace splw::caseload {
namespace {

using splw::testing::HasReason;
using splw::testing::IsOk;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using testkit::Accepted;
using testkit::CaseloadTest;
using testkit::Decision;
using testkit::kNetwork;
using testkit::ReferralName;
using testkit::Start;

class CaseloadPeopleTest : public CaseloadTest {};

TEST_F(CaseloadPeopleTest, TwinsAtOneAddressHaveACaseEach) {
  OpenCaseFor(1, {"nhs-of-one", "name"});
  referral::v1::ReferralAccepted twin = Accepted(2, {"nhs-of-the-other", "name"});
  twin.mutable_person()->mutable_nhs_number()->set_value("9990000026");
  EXPECT_THAT(Tell(OnReferralAccepted, twin), IsOk());
  EXPECT_EQ(ListCases().size(), 2u);
}

TEST_F(CaseloadPeopleTest, ATwinIsNobodyWhomTheOthersWorkerKnows) {
  AddWorker("a");
  const std::string known = AddWorker("b").name();
  const std::string first = OpenCaseFor(1, {"nhs-of-one", "name"});
  ASSERT_THAT(Allocate(first, known), IsOk());
  ASSERT_THAT(Close(first), IsOk());
  referral::v1::ReferralAccepted twin = Accepted(2, {"nhs-of-the-other", "name"});
  twin.mutable_person()->mutable_nhs_number()->set_value("9990000026");
  ASSERT_THAT(Tell(OnReferralAccepted, twin), IsOk());
  v1::ListCasesRequest waiting;
  waiting.set_state(v1::CASE_STATE_WAITING_FOR_ALLOCATION);
  const std::string second = ListCases(waiting).front().name();
  ASSERT_THAT(Allocate(second), IsOk());
  EXPECT_THAT(GetCase(second).allocation().reasons(), Not(Contains("has worked with the person before")));
}

referral::v1::ReferralAccepted WithoutNumber(int number, const char* given) {
  referral::v1::ReferralAccepted event = Accepted(number, {"name"});
  event.mutable_person()->mutable_nhs_number()->clear_value();
  event.mutable_person()->mutable_name()->set_given(given);
  return event;
}

TEST_F(CaseloadPeopleTest, TwinsAtOneAddressWithoutNumbersHaveACaseEach) {
  EXPECT_THAT(Tell(OnReferralAccepted, WithoutNumber(1, "James")), IsOk());
  clock_.Advance(absl::Minutes(1));
  EXPECT_THAT(Tell(OnReferralAccepted, WithoutNumber(2, "Jane")), IsOk());
  EXPECT_EQ(ListCases().size(), 2u);
  EXPECT_THAT(Tell(OnReferralAccepted, WithoutNumber(3, "Jane Mary")), IsOk());
  const std::vector<v1::Case> cases = ListCases();
  ASSERT_EQ(cases.size(), 2u);
  EXPECT_EQ(cases[0].person().name().given(), "James");
  EXPECT_THAT(cases[1].referrals(), ElementsAre(ReferralName(2), ReferralName(3)));
}

TEST_F(CaseloadPeopleTest, WhomTheTriageToldApartStayApart) {
  referral::v1::ReferralAccepted jane = WithoutNumber(1, "Jane");
  jane.add_not_same_person_as(ReferralName(2));  // which waits for triage still
  EXPECT_THAT(Tell(OnReferralAccepted, jane), IsOk());
  clock_.Advance(absl::Minutes(1));
  EXPECT_THAT(Tell(OnReferralAccepted, WithoutNumber(2, "Jan")), IsOk());
  EXPECT_EQ(ListCases().size(), 2u);
  referral::v1::ReferralAccepted jan = WithoutNumber(3, "Jan");
  jan.add_not_same_person_as(ReferralName(1));
  EXPECT_THAT(Tell(OnReferralAccepted, jan), IsOk());
  const std::vector<v1::Case> cases = ListCases();
  ASSERT_EQ(cases.size(), 2u);
  EXPECT_THAT(cases[1].referrals(), ElementsAre(ReferralName(2), ReferralName(3)));
}

TEST_F(CaseloadPeopleTest, AnMdtSeesNominatedCasesOnly) {
  const std::string nominated = OpenCaseFor(1);
  const std::string other = OpenCaseFor(2);
  AddWorker("amina");
  for (const std::string& name : {nominated, other}) ASSERT_THAT(Allocate(name), IsOk());
  ASSERT_THAT(Nominate(nominated), IsOk());
  for (const auto role : {identity::Role::kMdtCoordinator, identity::Role::kMdtChair}) {
    v1::ListCasesRequest active;
    active.set_state(v1::CASE_STATE_ACTIVE);
    for (const v1::ListCasesRequest& list : {v1::ListCasesRequest(), active}) {
      const std::vector<v1::Case> seen = ListCases(list, role);
      ASSERT_EQ(seen.size(), 1u);
      EXPECT_EQ(seen[0].name(), nominated);
    }
    for (const std::string& name : {nominated, other}) {
      v1::GetCaseRequest get;
      get.set_name(name);
      v1::Case shown;
      const auto maybe_case = queries_.GetCase(Call("GetCase", role), get, &shown);
      v1::ListNominationsRequest list;
      list.set_parent(name);
      v1::ListNominationsResponse nominations;
      const auto maybe_nominations = queries_.ListNominations(Call("List", role), list, &nominations);
      v1::WatchCasesResponse change;
      bool told = false;
      ASSERT_THAT(store_.View({},
                              [&](store::Snapshot& snapshot) -> absl::Status {
                                const auto maybe_told = FillChange(Call("WatchCases", role), snapshot,
                                                                   {1, "cases", name, false, Start()}, &change);
                                EXPECT_THAT(maybe_told, IsOk());
                                told = maybe_told.value_or(false);
                                return absl::OkStatus();
                              }),
                  IsOk());
      EXPECT_EQ(told, name == nominated);
      if (name == nominated) {
        EXPECT_THAT(maybe_case, IsOk());
        EXPECT_EQ(nominations.nominations_size(), 1);
      } else {
        EXPECT_THAT(maybe_case, HasReason("CASE_NOT_FOUND"));
        EXPECT_THAT(maybe_nominations, HasReason("CASE_NOT_FOUND"));
      }
    }
  }
  EXPECT_EQ(ListCases({}, identity::Role::kAuditor).size(), 2u);
}

TEST_F(CaseloadPeopleTest, ConsentTakenBackAfterTheDecisionIsToldToTheMdt) {
  const std::string name = OpenCaseFor(1);
  AddWorker("amina");
  ASSERT_THAT(Allocate(name), IsOk());
  const auto maybe_nomination = Nominate(name);
  ASSERT_THAT(maybe_nomination, IsOk());
  ASSERT_THAT(Tell(OnDecisionRecorded, Decision(IdOf(name), IdOf(maybe_nomination->name()))), IsOk());
  v1::RecordAssessmentRequest request;
  request.mutable_consent()->set_referral(type::v1::CONSENT_STATUS_DECLINED);
  ASSERT_THAT(Assess(name, request), IsOk());
  EXPECT_THAT(Told("mdt-agenda", name), ElementsAre("CaseNominated", "CaseSharingChanged"));
}

TEST_F(CaseloadPeopleTest, AClosedCaseOfAPersonWhoDidNotWantToGoOnIsSharedNoMore) {
  const std::string name = OpenCaseFor(1);
  ASSERT_THAT(Tell(OnDecisionRecorded, Decision(IdOf(name))), IsOk());
  ASSERT_THAT(Close(name, /*acknowledged=*/true, v1::CASE_OUTCOME_DECLINED), IsOk());
  EXPECT_THAT(Told("mdt-agenda", name), ElementsAre("CaseSharingChanged"));
}

TEST_F(CaseloadPeopleTest, TheMdtIsToldWithWhomAPersonSharesWheneverThatChanges) {
  const std::string name = OpenCaseFor(1);
  AddWorker("amina");
  ASSERT_THAT(Allocate(name), IsOk());
  v1::RecordAssessmentRequest request;
  request.mutable_consent()->set_referral(type::v1::CONSENT_STATUS_AGREED);
  request.mutable_consent()->set_explained_by("Amina Khan");
  ASSERT_THAT(Assess(name, request), IsOk());
  EXPECT_THAT(Told("mdt-agenda", name), IsEmpty()) << "the MDT does not know the case";
  ASSERT_THAT(Nominate(name), IsOk());
  request.mutable_consent()->add_share_with(type::v1::AGENCY_KIND_HOUSING);
  ASSERT_THAT(Assess(name, request), IsOk());
  EXPECT_THAT(Told("mdt-agenda", name), ElementsAre("CaseNominated", "CaseSharingChanged"));
  ASSERT_THAT(Assess(name, request), IsOk());
  ASSERT_THAT(Assess(name), IsOk());
  EXPECT_THAT(Told("mdt-agenda", name), SizeIs(2)) << "nothing changed";
}

TEST_F(CaseloadPeopleTest, TheMdtHearsWhoHasACaseThatItKnows) {
  const std::string name = OpenCaseFor(1);
  const std::string a = AddWorker("a").name();
  const std::string b = AddWorker("b").name();
  ASSERT_THAT(Allocate(name, a), IsOk());
  ASSERT_THAT(Allocate(name, b), IsOk());
  EXPECT_THAT(Told("mdt-agenda", name), IsEmpty()) << "it was never nominated";
  ASSERT_THAT(Nominate(name), IsOk());
  ASSERT_THAT(Allocate(name, a), IsOk());
  EXPECT_THAT(Allocate(name), HasReason("ALREADY_ALLOCATED")) << "nobody is named";
  EXPECT_EQ(GetCase(name).link_worker(), a);
  EXPECT_THAT(Told("mdt-agenda", name), ElementsAre("CaseNominated", "CaseLinkWorkerChanged"));
}

TEST_F(CaseloadPeopleTest, ACodedRiskInAnAssessmentMarksTheCase) {
  const std::string name = OpenCaseFor(1);
  AddWorker("a");
  ASSERT_THAT(Allocate(name), IsOk());
  v1::RecordAssessmentRequest request;
  request.add_needs()->set_category(type::v1::NEED_CATEGORY_DOMESTIC_ABUSE);
  request.mutable_needs(0)->set_snomed_code("707087005");  // risk of domestic violence
  const auto maybe_assessment = Assess(name, request);
  ASSERT_THAT(maybe_assessment, IsOk());
  EXPECT_TRUE(maybe_assessment->crisis_indicated());
  EXPECT_TRUE(GetCase(name).crisis_indicated());
  v1::ListCasesRequest crises;
  crises.set_crisis_only(true);
  EXPECT_EQ(ListCases(crises).size(), 1u);
}

TEST_F(CaseloadPeopleTest, ACaseHoldsABoundedNumberOfReferralsAndEachHearsItsOutcome) {
  const std::string full = OpenCaseFor(1, {"nhs"});
  for (int number = 2; number <= kMaxReferralsPerCase; ++number) {
    ASSERT_THAT(Tell(OnReferralAccepted, Accepted(number, {"nhs"})), IsOk());
  }
  ASSERT_THAT(GetCase(full).referrals(), SizeIs(kMaxReferralsPerCase));
  const std::string next = OpenCaseFor(kMaxReferralsPerCase + 1, {"nhs"});
  EXPECT_NE(next, full);
  EXPECT_EQ(OpenCaseFor(kMaxReferralsPerCase + 2, {"nhs"}), next);
  EXPECT_THAT(GetCase(full).referrals(), SizeIs(kMaxReferralsPerCase));
  ASSERT_THAT(Close(next), IsOk());
  EXPECT_THAT(Told("referral-intake", next), ElementsAre("CaseOpened", "CaseOpened", "CaseClosed", "CaseClosed"));
}

// The number says who it is: what is written on the referral's other key is then no reason to guess.
TEST_F(CaseloadPeopleTest, WhoseCaseIsFullJoinsNobodyElsesForBeingCalledAlike) {
  ASSERT_THAT(Tell(OnReferralAccepted, WithoutNumber(1, "James")), IsOk());
  const std::string alike = ListCases().front().name();
  referral::v1::ReferralAccepted first = Accepted(2, {"nhs"});
  first.mutable_person()->mutable_name()->set_given("James");
  ASSERT_THAT(Tell(OnReferralAccepted, first), IsOk());
  for (int number = 3; number <= kMaxReferralsPerCase + 1; ++number) {
    referral::v1::ReferralAccepted again = first;
    again.set_referral(ReferralName(number));
    ASSERT_THAT(Tell(OnReferralAccepted, again), IsOk());
  }
  ASSERT_EQ(ListCases().size(), 2u);

  referral::v1::ReferralAccepted next = Accepted(kMaxReferralsPerCase + 2, {"nhs", "name"});
  next.mutable_person()->mutable_name()->set_given("James");
  ASSERT_THAT(Tell(OnReferralAccepted, next), IsOk());
  EXPECT_EQ(ListCases().size(), 3u);
  EXPECT_THAT(GetCase(alike).referrals(), SizeIs(1));
}

}  // namespace
}  // namespace splw::caseload
