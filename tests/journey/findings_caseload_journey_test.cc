// What the study found, as journeys: what the caseload answers. See findings_intake_journey_test.cc for the numbers, and for the
// findings whose features come later.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "tests/journey/invariants.h"
#include "tests/journey/world.h"

namespace splw::journey {
namespace {

namespace api = caseload::v1;
using testing::HasReason;
using testing::IsOk;

class CaseloadFindings : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_THAT(suite_.StartAll(), IsOk());
    world_.SetUpIntake();
  }
  void TearDown() override { CheckInvariants(suite_, world_); }

  // Its resource name.
  std::string NewWorker(const std::string& id, const std::vector<type::v1::NeedCategory>& skills, int limit) {
    api::CreateLinkWorkerRequest create;
    create.set_parent(kParent);
    create.set_request_id(RequestId());
    api::LinkWorker& worker = *create.mutable_link_worker();
    worker.set_professional_id(id);
    worker.set_display_name("Somebody");
    for (const auto skill : skills) worker.add_skills(skill);
    worker.set_wte(1.0);
    worker.set_weighted_case_limit(limit);
    worker.set_active(true);
    const auto maybe_worker = world_.lead.Call(&CaseloadStub::CreateLinkWorker, create);
    EXPECT_THAT(maybe_worker, IsOk());
    return maybe_worker.ok() ? maybe_worker->name() : "";
  }
  api::LinkWorker GetWorker(const std::string& name) {
    api::GetLinkWorkerRequest get;
    get.set_name(name);
    return world_.lead.Call(&CaseloadStub::GetLinkWorker, get).value_or(api::LinkWorker());
  }
  absl::StatusOr<api::Case> Allocate(const std::string& case_name, const std::string& worker,
                                     const std::string& override_code = "") {
    api::AllocateCaseRequest request;
    request.set_name(case_name);
    request.set_etag(world_.GetCase(case_name).etag());
    request.set_link_worker(worker);
    request.set_override_reason_code(override_code);
    request.set_request_id(RequestId());
    return world_.lead.Call(&CaseloadStub::AllocateCase, request);
  }
  absl::StatusOr<api::Case> CloseCase(const std::string& case_name) {
    api::CloseCaseRequest request;
    request.set_name(case_name);
    request.set_etag(world_.GetCase(case_name).etag());
    request.set_outcome(api::CASE_OUTCOME_GOALS_MET);
    request.set_request_id(RequestId());
    return world_.worker.Call(&CaseloadStub::CloseCase, request);
  }
  api::CommunityService NewService(int places) {
    api::CreateCommunityServiceRequest create;
    create.set_parent(kParent);
    create.set_request_id(RequestId());
    api::CommunityService& service = *create.mutable_community_service();
    service.set_display_name("Allotment mornings");
    service.add_needs(type::v1::NEED_CATEGORY_LONELINESS);
    service.set_agency(type::v1::AGENCY_KIND_VCSE);
    service.set_places_offered(places);
    *service.mutable_capacity_as_of() = LondonDate();
    service.set_accepting(true);
    return world_.lead.Call(&CaseloadStub::CreateCommunityService, create).value_or(api::CommunityService());
  }
  api::CommunityService GetService(const std::string& name) {
    api::GetCommunityServiceRequest get;
    get.set_name(name);
    return world_.lead.Call(&CaseloadStub::GetCommunityService, get).value_or(api::CommunityService());
  }
  absl::StatusOr<api::Signpost> Signpost(const std::string& case_name, const std::string& service,
                                         const std::string& override_code = "") {
    api::SignpostPersonRequest request;
    request.set_parent(case_name);
    request.set_community_service(service);
    request.set_override_reason_code(override_code);
    request.set_request_id(RequestId());
    return world_.worker.Call(&CaseloadStub::SignpostPerson, request);
  }
  std::string AssessedCase(int person) {
    const std::string name = world_.NewCase(person).name();
    world_.Allocate(name);
    world_.Assess(name);
    return name;
  }

  testing::Suite suite_;
  World world_{suite_};
};

TEST_F(CaseloadFindings, Finding08_APlaceIsHeldBeforeAPersonIsSentAndNeverPromisedTwice) {
  world_.SetUpCaseload();
  const std::string service = NewService(1).name();
  ASSERT_THAT(Signpost(AssessedCase(1), service), IsOk());
  EXPECT_EQ(GetService(service).places_held(), 1);
  const std::string other = AssessedCase(2);
  EXPECT_THAT(Signpost(other, service), HasReason("NO_PLACE_FREE"));
  EXPECT_EQ(GetService(service).places_held(), 1);

  api::ListCommunityServicesRequest list;
  list.set_parent(kParent);
  list.set_with_free_places(true);
  const auto maybe_page = world_.worker.Call(&CaseloadStub::ListCommunityServices, list);
  ASSERT_THAT(maybe_page, IsOk());
  for (const api::CommunityService& free : maybe_page->community_services()) EXPECT_NE(free.name(), service);
}

TEST_F(CaseloadFindings, Finding09_ABounceNamesItsCauseAndReleasesThePlace) {
  world_.SetUpCaseload();
  const std::string service = NewService(1).name();
  const auto maybe_signpost = Signpost(AssessedCase(1), service);
  ASSERT_THAT(maybe_signpost, IsOk());
  api::RecordSignpostOutcomeRequest bounce;
  bounce.set_name(maybe_signpost->name());
  bounce.set_etag(maybe_signpost->etag());
  bounce.set_outcome(api::SIGNPOST_OUTCOME_BOUNCED);
  bounce.set_bounce_cause(api::BOUNCE_CAUSE_NEEDS_TOO_COMPLEX);
  bounce.set_request_id(RequestId());
  const auto maybe_bounced = world_.worker.Call(&CaseloadStub::RecordSignpostOutcome, bounce);
  ASSERT_THAT(maybe_bounced, IsOk());
  EXPECT_EQ(maybe_bounced->state(), api::SIGNPOST_STATE_ENDED);
  EXPECT_EQ(maybe_bounced->bounce_cause(), api::BOUNCE_CAUSE_NEEDS_TOO_COMPLEX);
  EXPECT_EQ(GetService(service).places_held(), 0);
  EXPECT_THAT(Signpost(AssessedCase(2), service), IsOk()) << "the place is free again";
}

TEST_F(CaseloadFindings, Finding13_NobodyIsSignpostedBeforeAnAssessmentUnlessSomebodySaysWhy) {
  world_.SetUpCaseload();
  const std::string service = NewService(5).name();
  const std::string name = world_.NewCase(1).name();
  world_.Allocate(name);
  EXPECT_THAT(Signpost(name, service), HasReason("ASSESSMENT_NEEDED"));
  const auto maybe_signpost = Signpost(name, service, "PERSON_ASKED_FOR_IT");
  ASSERT_THAT(maybe_signpost, IsOk());
  EXPECT_EQ(maybe_signpost->override_reason_code(), "PERSON_ASKED_FOR_IT");
}

TEST_F(CaseloadFindings, Finding13_WhoComesBackComesToTheSameLinkWorker) {
  NewWorker("ada@splw.example", {type::v1::NEED_CATEGORY_LONELINESS}, 100);
  const std::string known = NewWorker("bo@splw.example", {type::v1::NEED_CATEGORY_LONELINESS}, 100);
  const std::string first = world_.NewCase(1).name();
  ASSERT_THAT(Allocate(first, known), IsOk());
  ASSERT_THAT(CloseCase(first), IsOk());
  const std::string referral = world_.GetCase(first).referrals(0);
  WaitUntil("the outcome at the intake", [&] {
    return world_.GetReferral(referral).state() == referral::v1::REFERRAL_STATE_CLOSED || HasFailure();
  });
  const api::Case second = world_.Allocate(world_.NewCase(1).name());
  EXPECT_NE(second.name(), first);
  EXPECT_EQ(second.link_worker(), known);
  EXPECT_THAT(second.allocation().reasons(), ::testing::Contains("has worked with the person before"));
}

TEST_F(CaseloadFindings, Finding13_WhoDiscussesAPersonIsToldWhoKnowsThemNow) {
  world_.SetUpCaseload();
  world_.SetUpMdt();
  const std::string case_name = world_.NewNominatedCase(1);
  const std::string meeting = world_.ComingMeetings()[0].name();
  world_.BuildAgenda(meeting);
  world_.Publish(meeting);
  EXPECT_EQ(world_.ItemOf(meeting, case_name).link_worker().id(), KeyLinkWorker().id());
  ASSERT_THAT(Allocate(case_name, NewWorker("somebody.else@splw.example", {}, 10)), IsOk());
  WaitUntil("the agenda to name the new link worker", [&] {
    return world_.ItemOf(meeting, case_name).link_worker().id() == "somebody.else@splw.example" || HasFailure();
  });
  EXPECT_EQ(world_.NominationAtMdt(case_name).link_worker().id(), "somebody.else@splw.example");
  EXPECT_THAT(Allocate(case_name, ""), HasReason("ALREADY_ALLOCATED")) << "nobody is named";
}

TEST_F(CaseloadFindings, Finding14_ThePlanStartsFromWhatMattersToThePerson) {
  world_.SetUpCaseload();
  const std::string name = world_.NewCase(1).name();
  world_.Allocate(name);
  EXPECT_EQ(world_.GetCase(name).plan().what_matters(), "");
  const api::Assessment assessment = world_.Assess(name);
  EXPECT_EQ(world_.GetCase(name).plan().what_matters(), assessment.what_matters());

  api::UpdatePlanRequest update;
  update.set_name(name);
  update.set_etag(world_.GetCase(name).etag());
  *update.mutable_plan() = world_.GetCase(name).plan();
  update.mutable_plan()->add_goals()->set_text("To the sea and back by Easter");
  update.set_request_id(RequestId());
  const auto maybe_planned = world_.worker.Call(&CaseloadStub::UpdatePlan, update);
  ASSERT_THAT(maybe_planned, IsOk());
  EXPECT_EQ(maybe_planned->plan().what_matters(), assessment.what_matters());
  ASSERT_EQ(maybe_planned->plan().goals_size(), 1);
  EXPECT_EQ(maybe_planned->plan().goals(0).state(), api::GOAL_STATE_OPEN);
}

TEST_F(CaseloadFindings, Finding15_OutcomesAreThePersonsOwnOns4AnswersEachForItself) {
  world_.SetUpCaseload();
  const std::string name = world_.NewCase(1).name();
  world_.Allocate(name);
  api::RecordAssessmentRequest request;
  request.set_parent(name);
  request.set_what_matters("To sleep through.");
  request.mutable_ons4()->set_satisfied(0);
  request.mutable_ons4()->set_anxious_yesterday(9);
  request.set_request_id(RequestId());
  ASSERT_THAT(world_.worker.Call(&CaseloadStub::RecordAssessment, request), IsOk());
  const api::Ons4Scores scores = world_.GetCase(name).latest_assessment().ons4();
  EXPECT_TRUE(scores.has_satisfied());
  EXPECT_EQ(scores.satisfied(), 0) << "nought is an answer";
  EXPECT_EQ(scores.anxious_yesterday(), 9);
  EXPECT_FALSE(scores.has_happy_yesterday()) << "what was not answered is not nought";
}

TEST_F(CaseloadFindings, Finding16_ACaseGoesToTheWorkerWithTheSkillsThatItNeeds) {
  NewWorker("ada@splw.example", {type::v1::NEED_CATEGORY_FOOD, type::v1::NEED_CATEGORY_LEGAL}, 100);
  const std::string skilled =
      NewWorker("bo@splw.example", {type::v1::NEED_CATEGORY_MONEY, type::v1::NEED_CATEGORY_LONELINESS}, 100);
  const api::Case allocated = world_.Allocate(world_.NewCase(1).name());
  EXPECT_EQ(allocated.link_worker(), skilled);
  EXPECT_TRUE(allocated.allocation().automatic());
  EXPECT_THAT(allocated.allocation().reasons(), ::testing::Contains("skilled in 2 of 2 needs"));

  api::ListLinkWorkersRequest list;  // and a colleague is found by skill
  list.set_parent(kParent);
  list.set_skill(type::v1::NEED_CATEGORY_MONEY);
  const auto maybe_page = world_.worker.Call(&CaseloadStub::ListLinkWorkers, list);
  ASSERT_THAT(maybe_page, IsOk());
  ASSERT_EQ(maybe_page->link_workers_size(), 1);
  EXPECT_EQ(maybe_page->link_workers(0).name(), skilled);
}

TEST_F(CaseloadFindings, Finding21_NobodyGetsMoreThanTheirWeightedLimitUnlessSomebodySaysWhy) {
  const std::string worker = NewWorker("ada@splw.example", {}, 1);
  const std::string first = world_.NewCase(1).name();
  ASSERT_THAT(Allocate(first, ""), IsOk());
  EXPECT_EQ(GetWorker(worker).weighted_load(), 1);

  const std::string second = world_.NewCase(2).name();
  EXPECT_THAT(Allocate(second, ""), HasReason("NO_LINK_WORKER_AVAILABLE"));
  EXPECT_THAT(Allocate(second, worker), HasReason("CASE_LIMIT_REACHED"));
  EXPECT_EQ(GetWorker(worker).weighted_load(), 1);
  const auto maybe_forced = Allocate(second, worker, "LEAD_DECIDED");
  ASSERT_THAT(maybe_forced, IsOk());
  EXPECT_EQ(maybe_forced->allocation().override_reason_code(), "LEAD_DECIDED");
  EXPECT_EQ(GetWorker(worker).weighted_load(), 2);

  ASSERT_THAT(CloseCase(first), IsOk());
  ASSERT_THAT(CloseCase(second), IsOk());
  EXPECT_EQ(GetWorker(worker).weighted_load(), 0);
  EXPECT_EQ(GetWorker(worker).open_cases(), 0);
}

TEST_F(CaseloadFindings, Finding24_ANominationTakesItsQuestionAndTheAgenciesItNeedsToTheMdt) {
  world_.SetUpCaseload();
  world_.SetUpMdt();
  const std::string name = world_.NewCase(1).name();
  world_.Allocate(name);
  const api::Nomination sent = world_.Nominate(name, type::v1::URGENCY_URGENT);
  const mdt::v1::Nomination received = world_.NominationAtMdt(name);
  EXPECT_EQ(received.name(), sent.name());
  EXPECT_EQ(received.question(), sent.question());
  EXPECT_EQ(received.urgency(), type::v1::URGENCY_URGENT);
  EXPECT_THAT(received.agencies_needed(),
              ::testing::ElementsAre(type::v1::AGENCY_KIND_HOUSING, type::v1::AGENCY_KIND_COMMUNITY_NURSING));
  WaitUntil("the case to show that the MDT has it", [&] {
    return world_.GetCase(name).mdt_status().nomination_state() == api::NOMINATION_STATE_RECEIVED || HasFailure();
  });
}

}  // namespace
}  // namespace splw::journey
