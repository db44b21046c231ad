// What happens once although it is asked for twice, and who wins when two ask at once.
#include <condition_variable>
#include <mutex>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "tests/journey/invariants.h"
#include "tests/journey/world.h"

namespace splw::journey {
namespace {

using testing::HasReason;
using testing::IsOk;

// Runs both at the same moment, each in a thread of its own.
void AtOnce(const std::function<void()>& first, const std::function<void()>& second) {
  std::mutex mutex;
  std::condition_variable changed;
  int ready = 0;
  const auto run = [&](const std::function<void()>& work) {
    {
      std::unique_lock lock(mutex);
      ++ready;
      changed.notify_all();
      changed.wait(lock, [&] { return ready == 2; });
    }
    work();
  };
  std::thread other([&] { run(second); });
  run(first);
  other.join();
}

class Repeat : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_THAT(suite_.StartAll(), IsOk());
    world_.SetUpAll();
  }
  void TearDown() override { CheckInvariants(suite_, world_); }

  // Sends the same request from two connections at once: both must be given the same good answer.
  template <typename Stub, typename Request, typename Response>
  Response Twice(const Who& who, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                 const Request& request) {
    SCOPED_TRACE(Request::descriptor()->name());
    Caller one(suite_, who);
    Caller other(suite_, who);
    absl::StatusOr<Response> maybe_first = absl::UnknownError("not asked");
    absl::StatusOr<Response> maybe_second = absl::UnknownError("not asked");
    AtOnce([&] { maybe_first = one.Call(method, request); }, [&] { maybe_second = other.Call(method, request); });
    EXPECT_THAT(maybe_first, IsOk());
    EXPECT_THAT(maybe_second, IsOk());
    if (!maybe_first.ok() || !maybe_second.ok()) return Response();
    EXPECT_EQ(maybe_first->SerializeAsString(), maybe_second->SerializeAsString());
    return *maybe_first;
  }

  // Sends two requests with the same etag at once: exactly one wins, and the other is told that it came too late.
  template <typename Stub, typename RequestA, typename RequestB, typename Response>
  void OneWins(const Who& who, grpc::Status (Stub::*method_a)(grpc::ClientContext*, const RequestA&, Response*),
               RequestA request_a, grpc::Status (Stub::*method_b)(grpc::ClientContext*, const RequestB&, Response*),
               RequestB request_b) {
    SCOPED_TRACE(RequestA::descriptor()->name() + " and " + RequestB::descriptor()->name());
    request_a.set_request_id(RequestId());
    request_b.set_request_id(RequestId());
    Caller one(suite_, who);
    Caller other(suite_, who);
    absl::Status first;
    absl::Status second;
    AtOnce([&] { first = one.Call(method_a, request_a).status(); },
           [&] { second = other.Call(method_b, request_b).status(); });
    EXPECT_NE(first.ok(), second.ok()) << first << "; " << second;
    const absl::Status& loser = first.ok() ? second : first;
    EXPECT_THAT(loser, testing::StatusIs(absl::StatusCode::kAborted));
    EXPECT_THAT(loser, HasReason("ETAG_MISMATCH"));
  }
  template <typename Stub, typename Request, typename Response>
  void OneWins(const Who& who, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
               const Request& request) {
    OneWins(who, method, request, method, request);
  }

  template <typename Request, typename Resource>
  static Request Named(const Resource& resource) {
    Request request;
    request.set_name(resource.name());
    request.set_etag(resource.etag());
    request.set_request_id(RequestId());
    return request;
  }
  template <typename Request>
  static Request In(const caseload::v1::Case& each) {
    Request request;
    request.set_parent(each.name());
    request.set_etag(each.etag());
    request.set_request_id(RequestId());
    return request;
  }
  referral::v1::Referral Waiting(int person) {
    referral::v1::Referral sent = ReferralOf(person);
    sent.mutable_crisis_answers()->set_risk_of_harm(type::v1::CRISIS_ANSWER_UNSURE);
    return world_.Submit(sent);
  }
  int CountReferrals() {
    referral::v1::ListReferralsRequest list;
    list.set_parent(kParent);
    list.set_page_size(200);
    const auto maybe_page = world_.lead.Call(&ReferralStub::ListReferrals, list);
    EXPECT_THAT(maybe_page, IsOk());
    return maybe_page.ok() ? maybe_page->referrals_size() : -1;
  }

  testing::Suite suite_;
  World world_{suite_};
};

TEST_F(Repeat, EachMutationOfReferralIntakeHappensOnce) {
  referral::v1::SubmitReferralRequest submit;
  submit.set_parent(kParent);
  *submit.mutable_referral() = ReferralOf(1);
  submit.set_request_id(RequestId());
  const auto submitted = Twice(Practice(), &ReferralStub::SubmitReferral, submit);
  EXPECT_EQ(CountReferrals(), 1);
  world_.CaseOf(submitted.name());
  EXPECT_EQ(world_.AllCases().size(), 1u);

  const auto crisis = Waiting(2);
  auto acknowledge = Named<referral::v1::AcknowledgeCrisisRequest>(crisis);
  acknowledge.set_urgent_advice_given(true);
  acknowledge.set_practitioner_name("Dr Peverell Oakapple, GP");
  const auto acknowledged = Twice(Practice(), &ReferralStub::AcknowledgeCrisis, acknowledge);
  auto send_back = Named<referral::v1::ReturnReferralRequest>(acknowledged);
  send_back.set_reason(referral::v1::RETURN_REASON_CRISIS_CARE_FIRST);
  send_back.set_advice("The crisis team first.");
  Twice(LinkWorkerWho(), &ReferralStub::ReturnReferral, send_back);

  const auto accepted =
      Twice(LinkWorkerWho(), &ReferralStub::AcceptReferral, Named<referral::v1::AcceptReferralRequest>(Waiting(3)));
  world_.CaseOf(accepted.name());
  EXPECT_EQ(world_.AllCases().size(), 2u);
  auto withdraw = Named<referral::v1::WithdrawReferralRequest>(Waiting(4));
  withdraw.set_reason(referral::v1::WITHDRAW_REASON_SENT_IN_ERROR);
  Twice(Practice(), &ReferralStub::WithdrawReferral, withdraw);

  referral::v1::GetNetworkPolicyRequest get;
  get.set_name(std::string(kParent) + "/policy");
  const auto maybe_policy = world_.lead.Call(&ReferralStub::GetNetworkPolicy, get);
  ASSERT_THAT(maybe_policy, IsOk());
  referral::v1::UpdateNetworkPolicyRequest update;
  *update.mutable_policy() = *maybe_policy;
  update.mutable_policy()->set_minimum_age(16);
  update.mutable_update_mask()->add_paths("minimum_age");
  update.set_request_id(RequestId());
  Twice(Lead(), &ReferralStub::UpdateNetworkPolicy, update);
}

TEST_F(Repeat, EachMutationOfTheCaseloadHappensOnce) {
  namespace api = caseload::v1;
  api::CreateLinkWorkerRequest create;
  create.set_parent(kParent);
  create.set_request_id(RequestId());
  create.mutable_link_worker()->set_professional_id("sunniva@splw.example");
  create.mutable_link_worker()->set_display_name("Sunniva Thornapple");
  create.mutable_link_worker()->set_wte(0.8);
  api::UpdateLinkWorkerRequest update;
  *update.mutable_link_worker() = Twice(Lead(), &CaseloadStub::CreateLinkWorker, create);
  update.mutable_link_worker()->set_wte(0.6);
  update.mutable_update_mask()->add_paths("wte");
  update.set_request_id(RequestId());
  Twice(Lead(), &CaseloadStub::UpdateLinkWorker, update);

  api::CreateCommunityServiceRequest create_service;
  create_service.set_parent(kParent);
  create_service.set_request_id(RequestId());
  auto& described = *create_service.mutable_community_service();
  described.set_display_name("Allotment mornings");
  described.add_needs(type::v1::NEED_CATEGORY_LONELINESS);
  described.set_agency(type::v1::AGENCY_KIND_VCSE);
  described.set_places_offered(3);
  *described.mutable_capacity_as_of() = LondonDate();
  api::UpdateCommunityServiceRequest update_service;
  *update_service.mutable_community_service() = Twice(Lead(), &CaseloadStub::CreateCommunityService, create_service);
  update_service.mutable_community_service()->set_accepting(true);
  update_service.mutable_update_mask()->add_paths("accepting");
  update_service.set_request_id(RequestId());
  const auto service = Twice(Lead(), &CaseloadStub::UpdateCommunityService, update_service);
  api::ListCommunityServicesRequest services;
  services.set_parent(kParent);
  EXPECT_EQ(world_.lead.Call(&CaseloadStub::ListCommunityServices, services)->community_services_size(), 2)
      << "this one and the world's";

  const std::string name = world_.NewCase(1).name();
  Twice(Lead(), &CaseloadStub::AllocateCase, Named<api::AllocateCaseRequest>(world_.GetCase(name)));
  api::GetLinkWorkerRequest get_worker;
  get_worker.set_name(world_.link_worker);
  EXPECT_EQ(world_.lead.Call(&CaseloadStub::GetLinkWorker, get_worker)->open_cases(), 1);

  // Without an etag: only the request_id holds the repeat back.
  auto contact = In<api::RecordContactRequest>(world_.GetCase(name));
  contact.clear_etag();
  contact.set_mode(api::CONTACT_MODE_PHONE);
  contact.set_outcome(api::CONTACT_OUTCOME_MET);
  Twice(LinkWorkerWho(), &CaseloadStub::RecordContact, contact);
  EXPECT_EQ(world_.GetCase(name).contact_count(), 1);
  auto assessment = In<api::RecordAssessmentRequest>(world_.GetCase(name));
  assessment.clear_etag();
  assessment.set_what_matters("To sleep through.");
  Twice(LinkWorkerWho(), &CaseloadStub::RecordAssessment, assessment);
  api::ListAssessmentsRequest assessments;
  assessments.set_parent(name);
  EXPECT_EQ(world_.lead.Call(&CaseloadStub::ListAssessments, assessments)->assessments_size(), 1);
  auto plan = Named<api::UpdatePlanRequest>(world_.GetCase(name));
  plan.mutable_plan()->set_what_matters("To see the sea.");
  Twice(LinkWorkerWho(), &CaseloadStub::UpdatePlan, plan);

  auto signpost = In<api::SignpostPersonRequest>(world_.GetCase(name));
  signpost.clear_etag();
  signpost.set_community_service(service.name());
  const auto signposted = Twice(LinkWorkerWho(), &CaseloadStub::SignpostPerson, signpost);
  api::GetCommunityServiceRequest get_service;
  get_service.set_name(service.name());
  EXPECT_EQ(world_.lead.Call(&CaseloadStub::GetCommunityService, get_service)->places_held(), 1);
  auto ended = Named<api::RecordSignpostOutcomeRequest>(signposted);
  ended.set_outcome(api::SIGNPOST_OUTCOME_COMPLETED);
  Twice(LinkWorkerWho(), &CaseloadStub::RecordSignpostOutcome, ended);
  EXPECT_EQ(world_.lead.Call(&CaseloadStub::GetCommunityService, get_service)->places_held(), 0);

  auto nominate = In<api::NominateForMdtRequest>(world_.GetCase(name));
  nominate.set_question("Who leads?");
  nominate.add_agencies_needed(type::v1::AGENCY_KIND_HOUSING);
  nominate.set_urgency(type::v1::URGENCY_ROUTINE);
  const auto nominated = Twice(LinkWorkerWho(), &CaseloadStub::NominateForMdt, nominate);
  world_.NominationAtMdt(name);
  api::GetNominationRequest get_nomination;
  get_nomination.set_name(nominated.name());
  api::Nomination received;
  WaitUntil("the caseload to hear that it arrived", [&] {
    received = world_.lead.Call(&CaseloadStub::GetNomination, get_nomination).value_or(api::Nomination());
    return received.state() == api::NOMINATION_STATE_RECEIVED || HasFailure();
  });
  auto withdraw = Named<api::WithdrawNominationRequest>(received);
  withdraw.set_reason_code("SOLVED");
  Twice(LinkWorkerWho(), &CaseloadStub::WithdrawNomination, withdraw);
  auto close = Named<api::CloseCaseRequest>(world_.GetCase(name));
  close.set_outcome(api::CASE_OUTCOME_GOALS_MET);
  Twice(LinkWorkerWho(), &CaseloadStub::CloseCase, close);
}

TEST_F(Repeat, EachMutationOfTheMdtHappensOnce) {
  namespace api = mdt::v1;
  api::CreateMdtRequest create;
  create.set_parent(kParent);
  create.set_request_id(RequestId());
  create.mutable_mdt()->set_display_name("Riverside MDT");
  create.mutable_mdt()->add_core_agencies(type::v1::AGENCY_KIND_PRIMARY_CARE);
  create.mutable_mdt()->mutable_schedule()->set_day_of_week(google::type::TUESDAY);
  create.mutable_mdt()->mutable_schedule()->mutable_start_time()->set_hours(10);
  create.mutable_mdt()->mutable_schedule()->set_length_minutes(60);
  api::UpdateMdtRequest update;
  *update.mutable_mdt() = Twice(Coordinator(), &MdtStub::CreateMdt, create);
  update.mutable_mdt()->set_quorum(2);
  update.set_request_id(RequestId());
  Twice(Coordinator(), &MdtStub::UpdateMdt, update);
  api::ListMdtsRequest mdts;
  mdts.set_parent(kParent);
  EXPECT_EQ(world_.lead.Call(&MdtStub::ListMdts, mdts)->mdts_size(), 2) << "this one and the world's";

  const std::string case_name = world_.NewNominatedCase(1);
  const auto coming = world_.ComingMeetings();
  ASSERT_GE(coming.size(), 3u);
  const std::string meeting = coming[0].name();
  const std::string next = coming[1].name();
  Twice(Coordinator(), &MdtStub::BuildAgenda, Named<api::BuildAgendaRequest>(world_.GetMeeting(meeting)));
  EXPECT_EQ(world_.Items(meeting).size(), 1u);
  Twice(Coordinator(), &MdtStub::PublishAgenda, Named<api::PublishAgendaRequest>(world_.GetMeeting(meeting)));
  auto start = Named<api::StartMeetingRequest>(world_.GetMeeting(meeting));
  start.set_override_reason_code("HELD_EARLIER");
  Twice(Chair(), &MdtStub::StartMeeting, start);
  auto attend = Named<api::RecordAttendanceRequest>(world_.GetMeeting(meeting));
  *attend.add_attendance()->mutable_professional() = CommunityNurse();
  attend.mutable_attendance(0)->set_status(api::ATTENDANCE_STATUS_PRESENT);
  Twice(Coordinator(), &MdtStub::RecordAttendance, attend);
  const auto decided = Twice(Chair(), &MdtStub::RecordDecision, world_.PlanAgreed(world_.ItemOf(meeting, case_name)));
  EXPECT_EQ(decided.decision().version(), 1);
  EXPECT_EQ(world_.Items(next).size(), 1u) << "one feedback item";
  Twice(Coordinator(), &MdtStub::CloseMeeting, Named<api::CloseMeetingRequest>(world_.GetMeeting(meeting)));

  world_.HoldMeeting(next);
  auto feedback = Named<api::RecordFeedbackRequest>(world_.ItemOf(next, case_name));
  feedback.set_summary("Done but for one thing.");
  Twice(Chair(), &MdtStub::RecordFeedback, feedback);
  EXPECT_EQ(world_.Items(coming[2].name()).size(), 1u) << "one feedback item again";
  auto cancel = Named<api::CancelMeetingRequest>(world_.GetMeeting(coming[2].name()));
  cancel.set_reason_code("BANK_HOLIDAY");
  Twice(Coordinator(), &MdtStub::CancelMeeting, cancel);
}

TEST_F(Repeat, OfTwoWhoReadTheSameOnlyOneChangesIt) {
  for (int round = 1; round <= 5 && !HasFailure(); ++round) {
    const auto referral = Waiting(round);
    auto withdraw = Named<referral::v1::WithdrawReferralRequest>(referral);
    withdraw.set_reason(referral::v1::WITHDRAW_REASON_SENT_IN_ERROR);
    OneWins(LinkWorkerWho(), &ReferralStub::AcceptReferral, Named<referral::v1::AcceptReferralRequest>(referral),
            &ReferralStub::WithdrawReferral, withdraw);

    const std::string case_name = world_.NewCase(100 + round).name();
    OneWins(Lead(), &CaseloadStub::AllocateCase, Named<caseload::v1::AllocateCaseRequest>(world_.GetCase(case_name)));
    auto plan = Named<caseload::v1::UpdatePlanRequest>(world_.GetCase(case_name));
    plan.mutable_plan()->set_what_matters("To see the sea.");
    auto close = Named<caseload::v1::CloseCaseRequest>(world_.GetCase(case_name));
    close.set_outcome(caseload::v1::CASE_OUTCOME_DECLINED);
    OneWins(LinkWorkerWho(), &CaseloadStub::UpdatePlan, plan, &CaseloadStub::CloseCase, close);
  }
  const std::string case_name = world_.NewNominatedCase(200);
  const std::string meeting = world_.ComingMeetings()[0].name();
  OneWins(Coordinator(), &MdtStub::BuildAgenda, Named<mdt::v1::BuildAgendaRequest>(world_.GetMeeting(meeting)));
  OneWins(Coordinator(), &MdtStub::PublishAgenda, Named<mdt::v1::PublishAgendaRequest>(world_.GetMeeting(meeting)));
  auto start = Named<mdt::v1::StartMeetingRequest>(world_.GetMeeting(meeting));
  start.set_override_reason_code("HELD_EARLIER");
  OneWins(Chair(), &MdtStub::StartMeeting, start);
  auto other_decision = world_.PlanAgreed(world_.ItemOf(meeting, case_name));
  other_decision.mutable_case_holder()->set_id("other.nurse@community.example");
  OneWins(Chair(), &MdtStub::RecordDecision, world_.PlanAgreed(world_.ItemOf(meeting, case_name)),
          &MdtStub::RecordDecision, other_decision);
}

TEST_F(Repeat, TheLastPlaceIsGivenToOneOfTwo) {
  for (int round = 1; round <= 5 && !HasFailure(); ++round) {
    caseload::v1::CreateCommunityServiceRequest create;
    create.set_parent(kParent);
    create.set_request_id(RequestId());
    auto& service = *create.mutable_community_service();
    service.set_display_name("Allotment mornings");
    service.add_needs(type::v1::NEED_CATEGORY_LONELINESS);
    service.set_agency(type::v1::AGENCY_KIND_VCSE);
    service.set_places_offered(1);
    *service.mutable_capacity_as_of() = LondonDate();
    service.set_accepting(true);
    const auto maybe_service = world_.lead.Call(&CaseloadStub::CreateCommunityService, create);
    ASSERT_THAT(maybe_service, IsOk());
    std::vector<caseload::v1::SignpostPersonRequest> requests;
    for (int person : {2 * round, 2 * round + 1}) {
      const std::string case_name = world_.NewCase(person).name();
      world_.Allocate(case_name);
      world_.Assess(case_name);
      requests.push_back(In<caseload::v1::SignpostPersonRequest>(world_.GetCase(case_name)));
      requests.back().set_community_service(maybe_service->name());
    }
    absl::Status first;
    absl::Status second;
    AtOnce([&] { first = world_.worker.Call(&CaseloadStub::SignpostPerson, requests[0]).status(); },
           [&] { second = world_.lead.Call(&CaseloadStub::SignpostPerson, requests[1]).status(); });
    EXPECT_NE(first.ok(), second.ok()) << first << "; " << second;
    EXPECT_THAT(first.ok() ? second : first, HasReason("NO_PLACE_FREE"));
  }
}

// The service dies with the answer on its lips; the caller asks again under the same id.
TEST_F(Repeat, AnAnswerThatWasLostToACrashIsGivenAgain) {
  for (int round = 1; round <= 5 && !HasFailure(); ++round) {
    referral::v1::SubmitReferralRequest submit;
    submit.set_parent(kParent);
    *submit.mutable_referral() = ReferralOf(round);
    submit.set_request_id(RequestId());
    AtOnce([&] { (void)world_.practice.Call(&ReferralStub::SubmitReferral, submit, absl::Milliseconds(500)); },
           [&] { suite_.Kill(testing::kReferralIntake); });
    ASSERT_THAT(suite_.Start(testing::kReferralIntake), IsOk());
    EXPECT_THAT(world_.practice.Call(&ReferralStub::SubmitReferral, submit), IsOk());
    EXPECT_EQ(CountReferrals(), round);
  }
}

}  // namespace
}  // namespace splw::journey
