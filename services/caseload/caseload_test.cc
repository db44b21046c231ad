// The caseload from referral to outcome: handlers, events and lists together.
#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "services/caseload/limits.h"
#include "services/caseload/testing/caseload_fixture.h"

namespace splw::caseload {
namespace {

using splw::testing::HasField;
using splw::testing::HasReason;
using splw::testing::IsOk;
using splw::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testkit::Accepted;
using testkit::Day;
using testkit::Decision;
using testkit::FeedbackGiven;
using testkit::kNetwork;
using testkit::MeetingName;
using testkit::ReferralName;
using testkit::Start;

using testkit::CaseloadTest;

TEST_F(CaseloadTest, AnAcceptedReferralOpensOneCaseHoweverOftenItIsTold) {
  const std::string name = OpenCaseFor(1);
  EXPECT_THAT(Tell(OnReferralAccepted, Accepted(1, {"key-1"})), IsOk());
  EXPECT_EQ(ListCases().size(), 1u);
  EXPECT_THAT(Told("referral-intake", name), ElementsAre("CaseOpened"));
  EXPECT_THAT(correlation_ids_, ElementsAre("correlation-1"));
}

TEST_F(CaseloadTest, ASecondReferralOfThePersonJoinsTheOpenCaseAndHearsWhoHasIt) {
  const std::string name = OpenCaseFor(1, {"nhs", "name"});
  AddWorker("amina");
  ASSERT_THAT(Allocate(name), IsOk());
  EXPECT_EQ(OpenCaseFor(2, {"other", "name"}), name);
  EXPECT_THAT(Told("referral-intake", name), ElementsAre("CaseOpened", "ALLOCATED", "CaseOpened", "ALLOCATED"));
  EXPECT_EQ(OpenCaseFor(3, {"other"}), name) << "a key learnt from a joined referral recognises the person too";
}

TEST_F(CaseloadTest, AfterTheCaseIsClosedANewReferralOpensAnother) {
  const std::string first = OpenCaseFor(1, {"nhs"});
  ASSERT_THAT(Close(first), IsOk());
  EXPECT_NE(OpenCaseFor(2, {"nhs"}), first);
}

TEST_F(CaseloadTest, AReferralOfAnotherNetworkIsRefused) {
  referral::v1::ReferralAccepted event = Accepted(1);
  event.set_referral("networks/U99999/referrals/x");
  EXPECT_THAT(Tell(OnReferralAccepted, event), HasReason("EVENT_INVALID"));
}

TEST_F(CaseloadTest, AWithdrawnReferralClosesTheCaseThatNobodyHasBegun) {
  const std::string name = OpenCaseFor(1);
  referral::v1::ReferralWithdrawn event;
  event.set_referral(ReferralName(1));
  event.set_reason_code("SENT_IN_ERROR");
  ASSERT_THAT(Tell(OnReferralWithdrawn, event), IsOk());
  EXPECT_EQ(GetCase(name).outcome(), v1::CASE_OUTCOME_REFERRAL_WITHDRAWN);
  ASSERT_THAT(GetCase(name).withdrawals(), SizeIs(1));
  EXPECT_EQ(GetCase(name).withdrawals(0).referral(), ReferralName(1));
  EXPECT_EQ(GetCase(name).withdrawals(0).reason_code(), "SENT_IN_ERROR");
  EXPECT_THAT(Told("referral-intake", name), ElementsAre("CaseOpened", "CaseClosed"));
  event.set_referral(ReferralName(9));
  EXPECT_THAT(Tell(OnReferralWithdrawn, event), IsOk()) << "a referral without a case is late, not wrong";
}

TEST_F(CaseloadTest, ReallocationFromAToBToALeavesNoStaleHolderAndRightLoads) {
  const std::string name = OpenCaseFor(1);
  const std::string a = AddWorker("a").name();
  const std::string b = AddWorker("b").name();
  for (const std::string& worker : {a, b, a}) {
    ASSERT_THAT(Allocate(name, worker), IsOk());
    EXPECT_EQ(GetCase(name).link_worker(), worker);
    EXPECT_EQ(GetWorker(worker).open_cases(), 1);
    EXPECT_EQ(GetWorker(worker == a ? b : a).open_cases(), 0);
    v1::ListCasesRequest of_other;
    of_other.set_link_worker(worker == a ? b : a);
    EXPECT_THAT(ListCases(of_other), IsEmpty());
  }
  EXPECT_THAT(Allocate(name, a), HasReason("ALREADY_ALLOCATED"));
}

TEST_F(CaseloadTest, TheLoadFollowsTheWeightOfTheCase) {
  const std::string name = OpenCaseFor(1);
  const std::string worker = AddWorker("a").name();
  ASSERT_THAT(Allocate(name), IsOk());
  EXPECT_EQ(GetWorker(worker).weighted_load(), 1);
  v1::RecordAssessmentRequest request;
  request.set_crisis_indicated(true);
  ASSERT_THAT(Assess(name, request), IsOk());
  EXPECT_EQ(GetWorker(worker).weighted_load(), 2);
  ASSERT_THAT(Close(name), IsOk());
  EXPECT_EQ(GetWorker(worker).weighted_load(), 0);
}

TEST_F(CaseloadTest, ThePersonGoesBackToTheWorkerTheyKnow) {
  AddWorker("a");
  const std::string known = AddWorker("b").name();
  const std::string first = OpenCaseFor(1, {"nhs"});
  ASSERT_THAT(Allocate(first, known), IsOk());
  ASSERT_THAT(Close(first), IsOk());
  const std::string second = OpenCaseFor(2, {"nhs"});
  ASSERT_THAT(Allocate(second), IsOk());
  EXPECT_EQ(GetCase(second).link_worker(), known);
  EXPECT_EQ(GetCase(second).allocation().reasons(0), "has worked with the person before");
}

TEST_F(CaseloadTest, AStaleEtagIsAbortedAndChangesNothing) {
  const std::string name = OpenCaseFor(1);
  AddWorker("a");
  v1::AllocateCaseRequest request;
  request.set_name(name);
  request.set_etag("99");
  request.set_request_id("r");
  v1::Case response;
  const auto maybe_position = commands_.AllocateCase(Call("AllocateCase"), request, &response);
  EXPECT_THAT(maybe_position, StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(maybe_position, HasReason("ETAG_MISMATCH"));
  EXPECT_EQ(GetCase(name).state(), v1::CASE_STATE_WAITING_FOR_ALLOCATION);
}

TEST_F(CaseloadTest, ARepeatedRequestHoldsOnePlace) {
  const std::string name = OpenCaseFor(1);
  AddWorker("a");
  ASSERT_THAT(Allocate(name), IsOk());
  ASSERT_THAT(Assess(name), IsOk());
  const std::string service = AddService(5).name();
  v1::SignpostPersonRequest request;
  request.set_parent(name);
  request.set_community_service(service);
  request.set_request_id("same");
  v1::Signpost first, again;
  ASSERT_THAT(commands_.SignpostPerson(Call("SignpostPerson"), request, &first), IsOk());
  ASSERT_THAT(commands_.SignpostPerson(Call("SignpostPerson"), request, &again), IsOk());
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(first, again));
  EXPECT_EQ(GetService(service).places_held(), 1);
}

TEST_F(CaseloadTest, TheLastPlaceGoesToOnePersonAndComesBack) {
  AddWorker("a");
  const std::string service = AddService(1).name();
  std::vector<std::string> names;
  for (int number : {1, 2}) {
    names.push_back(OpenCaseFor(number));
    ASSERT_THAT(Allocate(names.back()), IsOk());
    ASSERT_THAT(Assess(names.back()), IsOk());
  }
  v1::ListCommunityServicesRequest with_places;
  with_places.set_parent(NetworkName(kNetwork));
  with_places.set_need(type::v1::NEED_CATEGORY_LONELINESS);
  with_places.set_with_free_places(true);
  v1::ListCommunityServicesResponse listed;
  ASSERT_THAT(queries_.ListCommunityServices(Call("List"), with_places, &listed), IsOk());
  EXPECT_EQ(listed.community_services_size(), 1);

  const auto maybe_signpost = Signpost(names[0], service);
  ASSERT_THAT(maybe_signpost, IsOk());
  EXPECT_THAT(Signpost(names[1], service), HasReason("NO_PLACE_FREE"));
  ASSERT_THAT(queries_.ListCommunityServices(Call("List"), with_places, &listed), IsOk());
  EXPECT_EQ(listed.community_services_size(), 0);

  v1::RecordSignpostOutcomeRequest outcome;
  outcome.set_name(maybe_signpost->name());
  outcome.set_etag(maybe_signpost->etag());
  outcome.set_outcome(v1::SIGNPOST_OUTCOME_DECLINED);
  outcome.set_request_id("o");
  v1::Signpost ended;
  ASSERT_THAT(commands_.RecordSignpostOutcome(Call("RecordSignpostOutcome"), outcome, &ended), IsOk());
  EXPECT_THAT(Signpost(names[1], service), IsOk());
  EXPECT_EQ(GetCase(names[0]).open_signpost_count(), 0);

  v1::ListSignpostsRequest of_service;
  of_service.set_parent(NetworkName(kNetwork));
  of_service.set_community_service(service);
  of_service.set_state(v1::SIGNPOST_STATE_OPEN);
  v1::ListSignpostsResponse open;
  ASSERT_THAT(queries_.ListSignposts(Call("List"), of_service, &open), IsOk());
  EXPECT_EQ(open.signposts_size(), 1);
}

TEST_F(CaseloadTest, ContactsAreCountedAndListedNewestFirst) {
  const std::string name = OpenCaseFor(1);
  for (const char* note : {"first", "second"}) {
    clock_.Advance(absl::Seconds(1));
    v1::RecordContactRequest request;
    request.set_parent(name);
    request.set_mode(v1::CONTACT_MODE_PHONE);
    request.set_outcome(v1::CONTACT_OUTCOME_NO_ANSWER);
    request.set_note(note);
    request.set_request_id(note);
    v1::Contact contact;
    ASSERT_THAT(commands_.RecordContact(Call("RecordContact"), request, &contact), IsOk());
    EXPECT_EQ(contact.recorded_by(), "amina.khan@splw.example");
  }
  v1::ListContactsRequest request;
  request.set_parent(name);
  request.set_page_size(1);
  v1::ListContactsResponse page;
  ASSERT_THAT(queries_.ListContacts(Call("ListContacts"), request, &page), IsOk());
  EXPECT_EQ(page.contacts(0).note(), "second");
  request.set_page_token(page.next_page_token());
  ASSERT_THAT(queries_.ListContacts(Call("ListContacts"), request, &page), IsOk());
  EXPECT_EQ(page.contacts(0).note(), "first");
  EXPECT_EQ(GetCase(name).contact_count(), 2);
}

TEST_F(CaseloadTest, TheMdtsDecisionShowsOnTheCaseAndItsReferrerHears) {
  const std::string name = OpenCaseFor(1);
  AddWorker("amina");
  ASSERT_THAT(Allocate(name), IsOk());
  const auto maybe_nomination = Nominate(name);
  ASSERT_THAT(maybe_nomination, IsOk());
  EXPECT_THAT(Nominate(name), HasReason("NOMINATION_OPEN"));
  EXPECT_THAT(Told("mdt-agenda", name), ElementsAre("CaseNominated"));

  mdt::v1::NominationReceived received;
  received.set_nomination(maybe_nomination->name());
  received.set_case_(name);
  ASSERT_THAT(Tell(OnNominationReceived, received), IsOk());
  ASSERT_THAT(Tell(OnDecisionRecorded, Decision(IdOf(name), IdOf(maybe_nomination->name()))), IsOk());

  v1::Case decided = GetCase(name);
  EXPECT_EQ(decided.mdt_status().case_holder().id(), "nurse");
  EXPECT_EQ(decided.mdt_status().key_worker().id(), "amina");
  EXPECT_EQ(decided.mdt_status().last_outcome(), mdt::v1::DECISION_OUTCOME_PLAN_AGREED);
  EXPECT_EQ(decided.open_nomination(), "");
  v1::ListCasesRequest due;
  *due.mutable_feedback_due_before() = Day(2026, 10, 1);
  EXPECT_THAT(ListCases(due), IsEmpty());
  *due.mutable_feedback_due_before() = Day(2026, 10, 2);
  EXPECT_EQ(ListCases(due).size(), 1u);

  mdt::v1::FeedbackRecorded report = FeedbackGiven(IdOf(name), "item-1", "feedback-1", "2026-10-01", Day(2026, 10, 1));
  ASSERT_THAT(Tell(OnFeedbackRecorded, report), IsOk());
  EXPECT_EQ(GetCase(name).mdt_status().last_feedback_summary(), "");
  EXPECT_EQ(ListCases(due).size(), 1u) << "the meeting is still to hear it";
  ASSERT_THAT(Tell(OnFeedbackRecorded, FeedbackGiven(IdOf(name), "item-1", "feedback-1")), IsOk());
  EXPECT_THAT(ListCases(due), IsEmpty());
  EXPECT_THAT(Told("referral-intake", name),
              ElementsAre("CaseOpened", "ALLOCATED", "NOMINATED", "MDT_DECIDED", "FEEDBACK_GIVEN"));
}

TEST_F(CaseloadTest, ADecisionThatNamesOnePersonTwiceIsRefusedAndNotApplied) {
  const std::string name = OpenCaseFor(1);
  mdt::v1::DecisionRecorded event = Decision(IdOf(name));
  for (const char* id : {"nurse", "Nurse"}) {
    event.mutable_key_worker()->set_id(id);
    EXPECT_THAT(Tell(OnDecisionRecorded, event), HasReason("SAME_PERSON_FOR_BOTH_ROLES"));
  }
  EXPECT_FALSE(GetCase(name).has_mdt_status());
  EXPECT_THAT(Tell(OnDecisionRecorded, Decision(testkit::kOtherId)), HasReason("CASE_NOT_FOUND"));
}

TEST_F(CaseloadTest, ClosingReleasesPlacesWithdrawsTheNominationAndTellsEveryReferrer) {
  const std::string name = OpenCaseFor(1, {"nhs"});
  OpenCaseFor(2, {"nhs"});
  AddWorker("amina");
  const std::string service = AddService(1).name();
  ASSERT_THAT(Allocate(name), IsOk());
  ASSERT_THAT(Assess(name), IsOk());
  ASSERT_THAT(Signpost(name, service), IsOk());
  ASSERT_THAT(Nominate(name), IsOk());

  const auto maybe_closed = Close(name);
  ASSERT_THAT(maybe_closed, IsOk());
  EXPECT_EQ(maybe_closed->open_signpost_count(), 0);
  EXPECT_EQ(maybe_closed->open_nomination(), "");
  EXPECT_EQ(GetService(service).places_held(), 0);
  EXPECT_THAT(Told("mdt-agenda", name), ElementsAre("CaseNominated", "NominationWithdrawn"));
  const std::vector<std::string> told = Told("referral-intake", name);
  EXPECT_EQ(std::count(told.begin(), told.end(), "CaseClosed"), 2);
  EXPECT_THAT(Close(name), HasReason("ILLEGAL_TRANSITION"));
}

TEST_F(CaseloadTest, ADecisionAfterTheCaseWasClosedIsRecordedAndNobodyIsTold) {
  const std::string name = OpenCaseFor(1);
  ASSERT_THAT(Close(name), IsOk());
  ASSERT_THAT(Tell(OnDecisionRecorded, Decision(IdOf(name))), IsOk());
  EXPECT_EQ(GetCase(name).mdt_status().case_holder().id(), "nurse");
  EXPECT_THAT(Told("referral-intake", name), ElementsAre("CaseOpened", "CaseClosed"));
}

TEST_F(CaseloadTest, FeedbackOwedIsNotForgottenByClosing) {
  const std::string name = OpenCaseFor(1);
  ASSERT_THAT(Tell(OnDecisionRecorded, Decision(IdOf(name))), IsOk());
  EXPECT_THAT(Close(name), HasReason("FEEDBACK_DUE"));
  EXPECT_THAT(Close(name, /*acknowledged=*/true), IsOk());
}

TEST_F(CaseloadTest, APersonWhoTakesConsentBackIsNotDiscussed) {
  const std::string name = OpenCaseFor(1);
  AddWorker("amina");
  ASSERT_THAT(Allocate(name), IsOk());
  ASSERT_THAT(Nominate(name), IsOk());
  v1::RecordAssessmentRequest request;
  request.mutable_consent()->set_referral(type::v1::CONSENT_STATUS_DECLINED);
  ASSERT_THAT(Assess(name, request), IsOk());
  EXPECT_EQ(GetCase(name).open_nomination(), "");
  EXPECT_THAT(Told("mdt-agenda", name), ElementsAre("CaseNominated", "NominationWithdrawn", "CaseSharingChanged"));
  EXPECT_THAT(Nominate(name), HasReason("CONSENT_NOT_GIVEN"));
}

TEST_F(CaseloadTest, AReferralWithdrawnForTheRefusalOfThePersonEndsTheNomination) {
  const std::string name = OpenCaseFor(1);
  AddWorker("amina");
  ASSERT_THAT(Allocate(name), IsOk());
  const auto maybe_nomination = Nominate(name);
  ASSERT_THAT(maybe_nomination, IsOk());
  referral::v1::ReferralWithdrawn event;
  event.set_referral(ReferralName(1));
  event.set_reason_code("PERSON_DECLINED");
  *event.mutable_withdraw_time() = ToTimestamp(Start() + absl::Hours(1));
  ASSERT_THAT(Tell(OnReferralWithdrawn, event), IsOk());

  EXPECT_EQ(GetCase(name).state(), v1::CASE_STATE_ACTIVE);
  EXPECT_EQ(GetCase(name).open_nomination(), "");
  EXPECT_THAT(Told("mdt-agenda", name), ElementsAre("CaseNominated", "NominationWithdrawn", "CaseSharingChanged"));
  EXPECT_THAT(Nominate(name), HasReason("CONSENT_NOT_GIVEN"));
}

TEST_F(CaseloadTest, NominationsAreListedByCaseAndByState) {
  const std::string name = OpenCaseFor(1);
  AddWorker("amina");
  ASSERT_THAT(Allocate(name), IsOk());
  const v1::Nomination first = *Nominate(name);
  v1::WithdrawNominationRequest withdraw;
  withdraw.set_name(first.name());
  withdraw.set_etag(first.etag());
  withdraw.set_reason_code("SOLVED");
  withdraw.set_request_id("w");
  v1::Nomination withdrawn;
  ASSERT_THAT(commands_.WithdrawNomination(Call("WithdrawNomination"), withdraw, &withdrawn), IsOk());
  ASSERT_THAT(Nominate(name), IsOk());
  for (const std::string& parent : {name, NetworkName(kNetwork)}) {
    v1::ListNominationsRequest request;
    request.set_parent(parent);
    v1::ListNominationsResponse response;
    ASSERT_THAT(queries_.ListNominations(Call("List"), request, &response), IsOk());
    EXPECT_EQ(response.nominations_size(), 2);
    request.set_state(v1::NOMINATION_STATE_SENT);
    ASSERT_THAT(queries_.ListNominations(Call("List"), request, &response), IsOk());
    EXPECT_EQ(response.nominations_size(), 1);
  }
}

TEST_F(CaseloadTest, ListsArePagedFilteredAndOrdered) {
  const std::string worker = AddWorker("amina").name();
  std::vector<std::string> names;
  for (int number = 1; number <= 7; ++number) {
    clock_.Advance(absl::Minutes(1));
    names.push_back(OpenCaseFor(number));
    if (number % 2 == 0) {
      ASSERT_THAT(Allocate(names.back()), IsOk());
    }
  }
  const auto list = [this](v1::ListCasesRequest request) {
    request.set_page_size(2);
    std::vector<std::string> result;
    for (const v1::Case& one : ListCases(request)) result.push_back(one.name());
    return result;
  };
  EXPECT_EQ(list({}), names);
  v1::ListCasesRequest newest_first;
  newest_first.set_order(v1::CASE_ORDER_OPEN_TIME_DESCENDING);
  EXPECT_EQ(list(newest_first), std::vector<std::string>(names.rbegin(), names.rend()));
  v1::ListCasesRequest active;
  active.set_state(v1::CASE_STATE_ACTIVE);
  active.set_link_worker(worker);
  active.set_urgency(type::v1::URGENCY_ROUTINE);
  EXPECT_THAT(list(active), ElementsAre(names[1], names[3], names[5]));
  v1::ListCasesRequest crisis;
  crisis.set_crisis_only(true);
  EXPECT_THAT(list(crisis), IsEmpty());
}

TEST_F(CaseloadTest, APageTokenIsOfItsQueryAlone) {
  for (int number : {1, 2}) OpenCaseFor(number);
  v1::ListCasesRequest request;
  request.set_parent(NetworkName(kNetwork));
  request.set_page_size(1);
  v1::ListCasesResponse response;
  ASSERT_THAT(queries_.ListCases(Call("ListCases"), request, &response), IsOk());
  request.set_page_token(response.next_page_token());
  request.set_crisis_only(true);
  const auto maybe_position = queries_.ListCases(Call("ListCases"), request, &response);
  EXPECT_THAT(maybe_position, HasReason("PAGE_TOKEN_INVALID"));
  EXPECT_THAT(maybe_position, HasField("page_token"));
}

TEST_F(CaseloadTest, AProfessionalIsOneLinkWorkerOfANetwork) {
  AddWorker("amina");
  v1::CreateLinkWorkerRequest request;
  request.set_parent(NetworkName(kNetwork));
  request.mutable_link_worker()->set_display_name("Again");
  request.mutable_link_worker()->set_wte(1);
  for (const char* id : {"amina", "Amina"}) {
    request.mutable_link_worker()->set_professional_id(id);
    request.set_request_id(RequestId());
    v1::LinkWorker response;
    EXPECT_THAT(commands_.CreateLinkWorker(Call("CreateLinkWorker"), request, &response),
                HasReason("LINK_WORKER_EXISTS"));
  }
}

TEST_F(CaseloadTest, ANetworkHasRoomForSoManyWorkersAndServices) {
  const delivery::Origin origin{"test", "SERVICE", "", "Fill", "correlation-1"};
  ASSERT_THAT(changes_->Run({}, origin, kNetwork,
                            [](delivery::Change& change) -> absl::Status {
                              for (std::size_t i = 0; i < kMaxLinkWorkers; ++i) {
                                const LinkWorkerRecord worker = testkit::Worker(change.NewId());
                                EXPECT_THAT(LinkWorkers().Put(change.txn(), kNetwork, worker), IsOk());
                              }
                              for (std::size_t i = 0; i < kMaxCommunityServices; ++i) {
                                CommunityServiceRecord service = testkit::Befrienders();
                                service.set_id(change.NewId());
                                EXPECT_THAT(CommunityServices().Put(change.txn(), kNetwork, service), IsOk());
                              }
                              return absl::OkStatus();
                            }),
              IsOk());
  v1::CreateLinkWorkerRequest worker;
  worker.set_parent(NetworkName(kNetwork));
  worker.mutable_link_worker()->set_professional_id("amina");
  worker.mutable_link_worker()->set_display_name("Worker");
  worker.mutable_link_worker()->set_wte(1);
  worker.set_request_id(RequestId());
  v1::LinkWorker no_worker;
  EXPECT_THAT(commands_.CreateLinkWorker(Call("CreateLinkWorker"), worker, &no_worker),
              HasReason("TOO_MANY_LINK_WORKERS"));
  v1::CreateCommunityServiceRequest service;
  service.set_parent(NetworkName(kNetwork));
  service.mutable_community_service()->set_display_name("Befrienders");
  service.set_request_id(RequestId());
  v1::CommunityService no_service;
  EXPECT_THAT(commands_.CreateCommunityService(Call("CreateCommunityService"), service, &no_service),
              HasReason("TOO_MANY_COMMUNITY_SERVICES"));
}

TEST_F(CaseloadTest, WorkersAreListedBySkillAndWhetherTheyTakeCases) {
  v1::LinkWorker worker = AddWorker("a");
  AddWorker("b");
  v1::UpdateLinkWorkerRequest update;
  *update.mutable_link_worker() = worker;
  update.mutable_link_worker()->set_active(false);
  update.mutable_link_worker()->add_skills(type::v1::NEED_CATEGORY_FOOD);
  update.mutable_update_mask()->add_paths("active");
  update.mutable_update_mask()->add_paths("skills");
  update.set_request_id("u");
  ASSERT_THAT(commands_.UpdateLinkWorker(Call("UpdateLinkWorker"), update, &worker), IsOk());
  const auto count = [this](bool active_only, type::v1::NeedCategory skill) {
    v1::ListLinkWorkersRequest request;
    request.set_parent(NetworkName(kNetwork));
    request.set_active_only(active_only);
    request.set_skill(skill);
    v1::ListLinkWorkersResponse response;
    EXPECT_THAT(queries_.ListLinkWorkers(Call("List"), request, &response), IsOk());
    return response.link_workers_size();
  };
  EXPECT_EQ(count(false, type::v1::NEED_CATEGORY_UNSPECIFIED), 2);
  EXPECT_EQ(count(true, type::v1::NEED_CATEGORY_UNSPECIFIED), 1);
  EXPECT_EQ(count(false, type::v1::NEED_CATEGORY_FOOD), 1);
  EXPECT_EQ(count(true, type::v1::NEED_CATEGORY_FOOD), 0);
}

TEST_F(CaseloadTest, WhatIsNotThereIsNotFound) {
  v1::GetCaseRequest request;
  request.set_name(CaseName(kNetwork, testkit::kOtherId));
  v1::Case response;
  EXPECT_THAT(queries_.GetCase(Call("GetCase"), request, &response), HasReason("CASE_NOT_FOUND"));
  v1::ListContactsRequest contacts;
  contacts.set_parent(request.name());
  v1::ListContactsResponse listed;
  EXPECT_THAT(queries_.ListContacts(Call("ListContacts"), contacts, &listed), HasReason("CASE_NOT_FOUND"));
}

TEST_F(CaseloadTest, ABodyThatRunsAgainHasItsEffectOnce) {
  const std::string name = OpenCaseFor(1);
  AddWorker("amina");
  const std::string service = AddService(1).name();
  store_.RerunNext(1);
  ASSERT_THAT(Allocate(name), IsOk());
  ASSERT_THAT(Assess(name), IsOk());
  store_.RerunNext(2);
  ASSERT_THAT(Signpost(name, service), IsOk());
  EXPECT_EQ(GetService(service).places_held(), 1);
  store_.RerunNext(1);
  ASSERT_THAT(Close(name), IsOk());
}

TEST_F(CaseloadTest, AFilteredPageOfLargeRecordsEndsBeforeItOutgrowsAMessage) {
  const std::string name = OpenCaseFor(1);
  constexpr int kCount = 40;
  constexpr std::size_t kMaxMessageBytes = 4 << 20;  // gRPC's, which the servers and the clients keep
  for (int i = 0; i < kCount; ++i) {
    NominationRecord record;
    record.set_id(std::to_string(100 + i));
    record.set_case_id(IdOf(name));
    record.set_version(1);
    record.set_state(i % 2 == 0 ? v1::NOMINATION_STATE_SENT : v1::NOMINATION_STATE_DECIDED);
    record.set_question(std::string(300'000, 'x'));
    ASSERT_THAT(store_.Commit({}, [&](store::Transaction& txn) { return Nominations().Put(txn, kNetwork, record); }),
                IsOk());
  }
  for (const auto state : {v1::NOMINATION_STATE_UNSPECIFIED, v1::NOMINATION_STATE_SENT}) {
    v1::ListNominationsRequest request;
    request.set_parent(name);
    request.set_state(state);
    int seen = 0;
    int pages = 0;
    do {
      v1::ListNominationsResponse response;
      ASSERT_THAT(queries_.ListNominations(Call("ListNominations"), request, &response), IsOk());
      EXPECT_LT(response.ByteSizeLong(), kMaxMessageBytes);
      seen += response.nominations_size();
      request.set_page_token(response.next_page_token());
      ASSERT_LT(++pages, kCount) << "the pages do not move on";
    } while (!request.page_token().empty());
    EXPECT_EQ(seen, state == v1::NOMINATION_STATE_UNSPECIFIED ? kCount : kCount / 2);
    EXPECT_GT(pages, 1);
  }
}

}  // namespace
}  // namespace splw::caseload
