#include "services/referral_intake/testing/intake_fixture.h"

namespace splw::referral_intake {
namespace {

using ::splw::referral_intake::testing::CleanReferral;
using ::splw::referral_intake::testing::CrisisReferral;
using ::splw::referral_intake::testing::kCase;
using ::splw::referral_intake::testing::kParent;
using ::splw::referral_intake::testing::kPractice;
using ::splw::referral_intake::testing::OfPerson;
using ::splw::referral_intake::testing::TestNow;
using ::splw::testing::HasField;
using ::splw::testing::HasReason;
using ::splw::testing::IsOk;
using ::splw::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ReferralViewsTest : public testing::IntakeFixture {};

TEST_F(ReferralViewsTest, ReferrerHasToDoWithTheirOwnOrganisationOnly) {
  const auto own = Submit(Practice(), CrisisReferral());
  ASSERT_THAT(own, IsOk());
  const rpc::Call stranger = Practice("P84001");
  const auto expect_denied = [](const auto& maybe) {
    EXPECT_THAT(maybe, StatusIs(absl::StatusCode::kPermissionDenied));
    EXPECT_THAT(maybe, HasReason("NOT_YOUR_ORGANISATION"));
  };
  expect_denied(Submit(stranger, CleanReferral()));
  expect_denied(Ask<api::Referral>(&ReferralIntake::Withdraw, stranger, WithdrawRequest(*own)));
  expect_denied(Ask<api::Referral>(&ReferralIntake::AcknowledgeCrisis, stranger, AcknowledgeRequest(*own)));
  api::ListReferralsRequest of_practice;
  of_practice.set_parent(kParent);
  of_practice.set_referrer_organisation(kPractice);
  expect_denied(Ask<api::ListReferralsResponse>(&ReferralIntake::List, stranger, of_practice));
  expect_denied(Ask<api::ListReferralsResponse>(&ReferralIntake::List, Practice(""), of_practice));
  of_practice.clear_referrer_organisation();
  expect_denied(Ask<api::ListReferralsResponse>(&ReferralIntake::List, Practice(""), of_practice));

  // There or not there: the same words.
  const auto theirs = Get(stranger, own->name());
  const auto nobodys = Get(stranger, "networks/U12345/referrals/01JD0000000000000000000000");
  expect_denied(theirs);
  EXPECT_EQ(theirs.status(), nobodys.status());
  EXPECT_THAT(Get(Lead(), "networks/U12345/referrals/01JD0000000000000000000000"), HasReason("REFERRAL_NOT_FOUND"));
  EXPECT_THAT(ListNames(stranger, {}), IsEmpty());
  EXPECT_THAT(ListNames(Practice(), {}), ElementsAre(own->name()));
}

TEST_F(ReferralViewsTest, AnOrganisationIsOneHoweverItsCodeIsWritten) {
  const auto own = Submit(Practice("g82080"), CleanReferral());
  ASSERT_THAT(own, IsOk());
  EXPECT_THAT(Get(Practice(" G82080"), own->name()), IsOk());
  api::ListReferralsRequest list;
  list.set_referrer_organisation("g82080");
  EXPECT_THAT(ListNames(Practice("G82080"), list), ElementsAre(own->name()));
  EXPECT_THAT(ListNames(Practice("g82080"), {}), ElementsAre(own->name()));

  api::Referral posing = OfPerson("9990000026", "Bell");
  posing.mutable_referrer()->mutable_organisation()->clear_ods_code();
  posing.mutable_referrer()->mutable_organisation()->set_local_id("g82080");
  const auto refused = Submit(Lead(), posing);
  EXPECT_THAT(refused, HasReason("LOCAL_ID_IS_ODS_CODE"));
  EXPECT_THAT(refused, HasField("referral.referrer.organisation.local_id"));
  posing.mutable_referrer()->mutable_organisation()->set_local_id("charity 1234");
  EXPECT_THAT(Submit(Practice("Charity 1234"), posing), IsOk());
}

TEST_F(ReferralViewsTest, AReferrerIsNotToldOfOthersReferrals) {
  ASSERT_THAT(Submit(Practice(), CleanReferral()), IsOk());
  api::Referral of_hospital = CleanReferral();
  of_hospital.mutable_referrer()->mutable_organisation()->set_ods_code("R0A");
  of_hospital.mutable_referrer()->mutable_organisation()->set_agency(type::AGENCY_KIND_HOSPITAL);

  // Who only asks is told nothing: not even the state tells that the person is known.
  api::SubmitReferralRequest asks = testing::SubmitRequest(of_hospital, "");
  asks.set_validate_only(true);
  const auto would_be = Ask<api::Referral>(&ReferralIntake::Submit, Practice("R0A"), asks);
  ASSERT_THAT(would_be, IsOk());
  EXPECT_EQ(would_be->findings_size(), 0);
  EXPECT_EQ(would_be->state(), api::REFERRAL_STATE_ACCEPTED);
  const auto to_lead = Ask<api::Referral>(&ReferralIntake::Submit, Lead(), asks);
  ASSERT_THAT(to_lead, IsOk());
  EXPECT_EQ(to_lead->findings_size(), 1);

  // Who submits hears why it waits, and the team which the other is.
  const auto submitted = Submit(Practice("R0A"), of_hospital);
  ASSERT_THAT(submitted, IsOk());
  ASSERT_EQ(submitted->findings_size(), 1);
  EXPECT_EQ(submitted->findings(0).code(), api::FINDING_CODE_OPEN_REFERRAL_EXISTS);
  EXPECT_EQ(submitted->findings(0).related_referral(), "");
  EXPECT_NE(Get(Lead(), submitted->name())->findings(0).related_referral(), "");
}

TEST_F(ReferralViewsTest, ImportNotesAreShownWithTheReferralAndLeftOutOfLists) {
  api::Referral sent = CleanReferral();
  sent.set_channel(api::SUBMISSION_CHANNEL_IMPORT);
  sent.add_import_notes()->set_code("restricted-record");
  sent.mutable_import_notes(0)->set_location("Bundle.entry[2].resource.meta.security[0]");
  const auto own = Submit(sent);
  ASSERT_THAT(own, IsOk());
  EXPECT_EQ(own->state(), api::REFERRAL_STATE_AWAITING_TRIAGE);
  const auto shown = Get(Lead(), own->name());
  ASSERT_THAT(shown, IsOk());
  ASSERT_EQ(shown->import_notes_size(), 1);
  EXPECT_EQ(shown->import_notes(0).location(), "Bundle.entry[2].resource.meta.security[0]");
  api::ListReferralsRequest list;
  list.set_parent(kParent);
  const auto listed = Ask<api::ListReferralsResponse>(&ReferralIntake::List, Lead(), list);
  ASSERT_THAT(listed, IsOk());
  ASSERT_EQ(listed->referrals_size(), 1);
  EXPECT_EQ(listed->referrals(0).import_notes_size(), 0);
}

TEST_F(ReferralViewsTest, WatchersSeeWhatTheyMaySee) {
  const auto own = Submit(CleanReferral());
  ASSERT_THAT(own, IsOk());
  EXPECT_THAT(store_.View({},
                          [&](store::Snapshot& snapshot) -> absl::Status {
                            const delivery::FeedItem item{1, kReferralCollection, own->name(), true, TestNow()};
                            api::WatchReferralsResponse response;
                            EXPECT_TRUE(*intake_.FillChange(Practice(), snapshot, item, &response));
                            EXPECT_EQ(response.kind(), type::CHANGE_KIND_CREATED);
                            EXPECT_EQ(response.referral().name(), own->name());
                            EXPECT_FALSE(*intake_.FillChange(Practice("P84001"), snapshot, item, &response));
                            return absl::OkStatus();
                          }),
              IsOk());
}

TEST_F(ReferralViewsTest, ListsAreFilteredAndOrderedByTheirIndex) {
  const auto routine = Submit(CleanReferral());
  clock_.Advance(absl::Minutes(1));
  api::Referral hospital = OfPerson("9990000026", "Bell");
  hospital.mutable_referrer()->mutable_organisation()->set_ods_code("R0A");
  hospital.mutable_referrer()->mutable_organisation()->set_agency(type::AGENCY_KIND_HOSPITAL);
  hospital.set_urgency(type::URGENCY_URGENT);
  const auto urgent = Submit(hospital);
  clock_.Advance(absl::Minutes(1));
  api::Referral danger = OfPerson("9990000034", "Cole");
  danger.mutable_crisis_answers()->set_risk_of_harm(type::CRISIS_ANSWER_YES);
  const auto crisis = Submit(danger);
  ASSERT_THAT(routine, IsOk());
  ASSERT_THAT(urgent, IsOk());
  ASSERT_THAT(crisis, IsOk());
  const std::string a = routine->name(), b = urgent->name(), c = crisis->name();

  api::ListReferralsRequest request;
  request.set_page_size(1);
  EXPECT_THAT(ListNames(Lead(), request), ElementsAre(a, b, c));
  request.set_order(api::REFERRAL_ORDER_NEWEST_FIRST);
  EXPECT_THAT(ListNames(Lead(), request), ElementsAre(c, b, a));
  request.set_state(api::REFERRAL_STATE_AWAITING_TRIAGE);
  EXPECT_THAT(ListNames(Lead(), request), ElementsAre(c, b));
  request.set_referrer_organisation("R0A");
  EXPECT_THAT(ListNames(Lead(), request), ElementsAre(b));

  request = {};
  request.set_severity(api::FINDING_SEVERITY_NEEDS_TRIAGE);
  EXPECT_THAT(ListNames(Lead(), request), ElementsAre(b));
  request = {};
  request.set_crisis_only(true);
  EXPECT_THAT(ListNames(Lead(), request), ElementsAre(c));

  request = {};
  *request.mutable_submitted_after() = urgent->submit_time();
  EXPECT_THAT(ListNames(Lead(), request), ElementsAre(b, c));
  *request.mutable_submitted_before() = crisis->submit_time();
  EXPECT_THAT(ListNames(Lead(), request), ElementsAre(b));
  request.set_order(api::REFERRAL_ORDER_NEWEST_FIRST);
  EXPECT_THAT(ListNames(Lead(), request), ElementsAre(b));

  // A referral that moves on leaves its old lists.
  ASSERT_THAT(Ask<api::Referral>(&ReferralIntake::Accept, Lead(), AcceptRequest(*urgent)), IsOk());
  request = {};
  request.set_state(api::REFERRAL_STATE_AWAITING_TRIAGE);
  EXPECT_THAT(ListNames(Lead(), request), ElementsAre(c));
}

TEST_F(ReferralViewsTest, WordsOfDangerAreListedWithTheCrises) {
  ASSERT_THAT(Submit(CleanReferral()), IsOk());
  api::Referral words = OfPerson("9990000026", "Bell");
  words.set_reason_text("Says that she wants to end her life tonight.");
  const auto in_words = Submit(words);
  ASSERT_THAT(in_words, IsOk());
  ASSERT_EQ(in_words->findings(0).code(), api::FINDING_CODE_CRISIS_WORDS_IN_TEXT);
  api::Referral answered = CrisisReferral();
  answered.mutable_person()->mutable_nhs_number()->set_value("9990000034");
  answered.mutable_person()->mutable_name()->set_family("Cole");
  const auto in_answers = Submit(answered);
  ASSERT_THAT(in_answers, IsOk());

  api::ListReferralsRequest request;
  request.set_crisis_only(true);
  EXPECT_THAT(ListNames(Lead(), request), ElementsAre(in_words->name(), in_answers->name()));
  EXPECT_THAT(ListNames(Practice(), request), ElementsAre(in_words->name(), in_answers->name()));
  request.set_state(api::REFERRAL_STATE_ACCEPTED);
  EXPECT_THAT(ListNames(Lead(), request), ::testing::IsEmpty());
  request.clear_state();
  request.set_severity(api::FINDING_SEVERITY_CRISIS);
  EXPECT_THAT(ListNames(Lead(), request), ElementsAre(in_answers->name()));
}

TEST_F(ReferralViewsTest, BrokenListsAreRefused) {
  ASSERT_THAT(Submit(CleanReferral()), IsOk());
  ASSERT_THAT(Submit(OfPerson("9990000026", "Bell")), IsOk());
  const auto list = [&](const api::ListReferralsRequest& request) {
    return Ask<api::ListReferralsResponse>(&ReferralIntake::List, Lead(), request);
  };
  api::ListReferralsRequest request;
  request.set_parent(kParent);
  request.set_page_size(1);
  const auto first = list(request);
  ASSERT_THAT(first, IsOk());
  ASSERT_NE(first->next_page_token(), "");

  auto other_query = request;
  other_query.set_page_token(first->next_page_token());
  other_query.set_crisis_only(true);
  EXPECT_THAT(list(other_query), HasReason("PAGE_TOKEN_INVALID"));
  auto garbage = request;
  garbage.set_page_token("garbage");
  EXPECT_THAT(list(garbage), HasField("page_token"));
  auto negative = request;
  negative.set_page_size(-1);
  EXPECT_THAT(list(negative), HasField("page_size"));
  auto contradiction = request;
  contradiction.set_crisis_only(true);
  contradiction.set_severity(api::FINDING_SEVERITY_INFO);
  EXPECT_THAT(list(contradiction), HasReason("FILTERS_CONTRADICT"));
  auto no_time = request;
  no_time.mutable_submitted_after()->set_nanos(-1);
  EXPECT_THAT(list(no_time), HasField("submitted_after"));
  auto no_parent = request;
  no_parent.set_parent("networks/U12345/referrals");
  EXPECT_THAT(list(no_parent), HasField("parent"));
}

TEST_F(ReferralViewsTest, PolicyOfTheNetworkDecidesFromTheNextReferralOn) {
  api::GetNetworkPolicyRequest get;
  get.set_name("networks/U12345/policy");
  const auto policy = Ask<api::NetworkPolicy>(&ReferralIntake::GetNetworkPolicy, Lead(), get);
  ASSERT_THAT(policy, IsOk());
  EXPECT_EQ(policy->etag(), "0");
  EXPECT_EQ(policy->minimum_age(), 18);

  api::UpdateNetworkPolicyRequest update;
  *update.mutable_policy() = *policy;
  update.mutable_policy()->set_auto_accept_routine(false);
  update.mutable_update_mask()->add_paths("auto_accept_routine");
  update.set_request_id("policy-1");
  const auto updated = Ask<api::NetworkPolicy>(&ReferralIntake::UpdateNetworkPolicy, Lead(), update);
  ASSERT_THAT(updated, IsOk());
  EXPECT_EQ(updated->etag(), "1");
  const auto waiting = Submit(CleanReferral());
  ASSERT_THAT(waiting, IsOk());
  EXPECT_EQ(waiting->state(), api::REFERRAL_STATE_AWAITING_TRIAGE);

  update.set_request_id("policy-2");
  EXPECT_THAT(Ask<api::NetworkPolicy>(&ReferralIntake::UpdateNetworkPolicy, Lead(), update),
              HasReason("ETAG_MISMATCH"));
  get.set_name("networks/U12345/policies");
  EXPECT_THAT(Ask<api::NetworkPolicy>(&ReferralIntake::GetNetworkPolicy, Lead(), get), HasField("name"));
}

TEST_F(ReferralViewsTest, ReferrerSeesWhatBecameOfTheirReferral) {
  const auto submitted = Submit(Practice(), CleanReferral());
  ASSERT_THAT(submitted, IsOk());
  caseload::v1::CaseOpened opened;
  opened.set_referral(submitted->name());
  opened.set_case_(kCase);
  *opened.mutable_time() = ToTimestamp(TestNow());
  caseload::v1::CaseProgressed decided;
  decided.set_referral(submitted->name());
  decided.set_case_(kCase);
  decided.set_stage(caseload::v1::CASE_STAGE_MDT_DECIDED);
  decided.mutable_case_holder()->set_id("nurse");
  decided.mutable_key_worker()->set_id("worker");
  decided.set_action_count(3);
  *decided.mutable_feedback_due_date() = testing::Date(2026, 11, 26);
  caseload::v1::CaseClosed closed;
  closed.set_referral(submitted->name());
  closed.set_case_(kCase);
  closed.set_outcome(caseload::v1::CASE_OUTCOME_GOALS_MET);

  EXPECT_EQ(Deliver(opened, 1).disposition(), splw::delivery::v1::DISPOSITION_APPLIED);
  EXPECT_EQ(Deliver(opened, 1).disposition(), splw::delivery::v1::DISPOSITION_ALREADY_APPLIED);
  EXPECT_EQ(Deliver(decided, 2).disposition(), splw::delivery::v1::DISPOSITION_APPLIED);

  // A referral for somebody who is being supported already names that case.
  const auto second = Submit(CleanReferral());
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->findings(0).code(), api::FINDING_CODE_OPEN_CASE_EXISTS);
  EXPECT_EQ(second->findings(0).related_case(), kCase);

  EXPECT_EQ(Deliver(closed, 3).disposition(), splw::delivery::v1::DISPOSITION_APPLIED);
  const auto now = Get(Practice(), submitted->name());
  ASSERT_THAT(now, IsOk());
  EXPECT_EQ(now->state(), api::REFERRAL_STATE_CLOSED);
  EXPECT_EQ(now->outcome(), api::REFERRAL_OUTCOME_GOALS_MET);
  EXPECT_EQ(now->case_(), kCase);
  EXPECT_EQ(now->correlation_id(), submitted->correlation_id());
  ASSERT_EQ(now->progress_size(), 3);
  EXPECT_EQ(now->progress(1).case_holder().id(), "nurse");
  EXPECT_EQ(now->progress(1).action_count(), 3);
}

TEST_F(ReferralViewsTest, ACaseThatOutlivesItsReferralIsStillOpen) {
  const auto first = Submit(CleanReferral());
  ASSERT_THAT(first, IsOk());
  caseload::v1::CaseOpened opened;
  opened.set_referral(first->name());
  opened.set_case_(kCase);
  *opened.mutable_time() = ToTimestamp(TestNow());
  EXPECT_EQ(Deliver(opened, 1).disposition(), splw::delivery::v1::DISPOSITION_APPLIED);
  const auto with_case = Get(Lead(), first->name());
  ASSERT_THAT(with_case, IsOk());
  ASSERT_THAT(Ask<api::Referral>(&ReferralIntake::Withdraw, Lead(), WithdrawRequest(*with_case)), IsOk());

  const auto second = Submit(CleanReferral());
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->state(), api::REFERRAL_STATE_AWAITING_TRIAGE);
  ASSERT_EQ(second->findings_size(), 1);
  EXPECT_EQ(second->findings(0).code(), api::FINDING_CODE_OPEN_CASE_EXISTS);
  EXPECT_EQ(second->findings(0).related_case(), kCase);

  caseload::v1::CaseClosed closed;
  closed.set_referral(first->name());
  closed.set_case_(kCase);
  closed.set_outcome(caseload::v1::CASE_OUTCOME_GOALS_MET);
  EXPECT_EQ(Deliver(closed, 2).disposition(), splw::delivery::v1::DISPOSITION_APPLIED);
  const auto third = Submit(OfPerson("9990000018", "Other-Name"));
  ASSERT_THAT(third, IsOk());
  EXPECT_EQ(third->findings(0).code(), api::FINDING_CODE_OPEN_REFERRAL_EXISTS) << "the second's; the case has ended";
}

TEST_F(ReferralViewsTest, EventAboutAMissingReferralIsRefused) {
  caseload::v1::CaseOpened opened;
  opened.set_referral("networks/U12345/referrals/01JD0000000000000000000000");
  opened.set_case_(kCase);
  const auto result = Deliver(opened, 1);
  EXPECT_EQ(result.disposition(), splw::delivery::v1::DISPOSITION_REFUSED);
  EXPECT_EQ(result.reason(), "REFERRAL_NOT_FOUND");
  EXPECT_EQ(result.applied_revision(), 0u);
}

TEST_F(ReferralViewsTest, EventAboutAReferralOfAnotherNetworkIsRefused) {
  caseload::v1::CaseOpened opened;
  opened.set_referral("networks/U99999/referrals/01JD0000000000000000000000");
  EXPECT_EQ(Deliver(opened, 1).disposition(), splw::delivery::v1::DISPOSITION_REFUSED);
}

}  // namespace
}  // namespace splw::referral_intake
