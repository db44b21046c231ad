// Bad input to the caseload: for each method the mistakes that a caller can make, and the code, the reason and the field that the
// caller is told (proto/splw/caseload/v1). Link workers and community services are in bad_input_directory_journey_test.cc.
#include <memory>

#include <absl/strings/str_cat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "tests/journey/bad_input.h"
#include "tests/journey/invariants.h"

namespace splw::journey {
namespace {

namespace api = caseload::v1;
using testing::IsOk;

constexpr char kService[] = "splw.caseload.v1.CaseloadService";

std::string NobodysOf(const std::string& case_name, const char* collection) {
  return absl::StrCat(case_name, "/", collection, "/", kNobodysId);
}

template <typename Request>
Mistake<Request> UnknownName(const std::string& name, const char* reason) {
  return {"a name of nothing", [name](Request& r) { r.set_name(name); }, NotFound(reason)};
}
template <typename Request>
Mistake<Request> UnknownParent() {
  return {"a case that does not exist", [](Request& r) { r.set_parent(Nobodys("cases")); }, NotFound("CASE_NOT_FOUND")};
}

template <typename Request>
Request Named(const api::Case& each) {
  Request request;
  request.set_name(each.name());
  request.set_etag(each.etag());
  request.set_request_id(RequestId());
  return request;
}
template <typename Request>
Request In(const api::Case& each) {
  Request request;
  request.set_parent(each.name());
  request.set_etag(each.etag());
  request.set_request_id(RequestId());
  return request;
}

api::AllocateCaseRequest AllocationOf(const api::Case& each) {
  return Named<api::AllocateCaseRequest>(each);
}
api::UpdatePlanRequest PlanOf(const api::Case& each) {
  auto request = Named<api::UpdatePlanRequest>(each);
  request.mutable_plan()->set_what_matters("To see the sea.");
  request.mutable_plan()->add_goals()->set_text("Walk to the tram stop");
  request.mutable_plan()->add_actions()->set_text("Ask about the bus pass");
  return request;
}
api::CloseCaseRequest ClosingOf(const api::Case& each) {
  auto request = Named<api::CloseCaseRequest>(each);
  request.set_outcome(api::CASE_OUTCOME_GOALS_MET);
  return request;
}
api::RecordContactRequest ContactOf(const api::Case& each) {
  auto request = In<api::RecordContactRequest>(each);
  request.set_mode(api::CONTACT_MODE_PHONE);
  request.set_outcome(api::CONTACT_OUTCOME_NO_ANSWER);
  return request;
}
api::RecordAssessmentRequest AssessmentOf(const api::Case& each) {
  auto request = In<api::RecordAssessmentRequest>(each);
  request.set_what_matters("To sleep through.");
  request.mutable_ons4()->set_satisfied(3);
  request.add_needs()->set_category(type::v1::NEED_CATEGORY_LONELINESS);
  *request.mutable_consent() = ReferralOf(1).consent();
  return request;
}
api::SignpostPersonRequest SignpostOf(const api::Case& each, const std::string& service) {
  auto request = In<api::SignpostPersonRequest>(each);
  request.set_community_service(service);
  return request;
}
api::NominateForMdtRequest NominationOf(const api::Case& each) {
  auto request = In<api::NominateForMdtRequest>(each);
  request.set_question("Who leads on the falls?");
  request.add_agencies_needed(type::v1::AGENCY_KIND_HOUSING);
  request.set_urgency(type::v1::URGENCY_ROUTINE);
  return request;
}

class BadInputCaseload : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = new testing::Suite();
    // Without mdt-agenda: nothing changes a case but this test.
    ASSERT_THAT(suite_->Start(testing::kReferralIntake), IsOk());
    ASSERT_THAT(suite_->Start(testing::kCaseload), IsOk());
    world_ = new World(*suite_);
    world_->SetUpIntake();
    world_->SetUpCaseload();
    input_ = new BadInput(*suite_, testing::kCaseload, kService);
    for (int i = 1; i <= 2; ++i) NewCase();  // so that lists have two pages
  }
  static void TearDownTestSuite() {
    EXPECT_THAT(suite_->StartAll(), IsOk());
    CheckInvariants(*suite_, *world_);
    delete input_;
    delete world_;
    delete suite_;
  }

  static api::Case NewCase() { return world_->CaseOf(world_->Submit(ReferralOf(++people_)).name()); }
  static api::Case NewActiveCase() { return world_->Allocate(NewCase().name()); }
  static api::Case NewAssessedCase() {
    const std::string name = NewActiveCase().name();
    world_->Assess(name);
    return world_->GetCase(name);
  }
  static api::CommunityService NewCommunityService(int places) {
    api::CreateCommunityServiceRequest create;
    create.set_parent(kParent);
    create.set_request_id(RequestId());
    auto& service = *create.mutable_community_service();
    service.set_display_name("Allotment mornings");
    service.add_needs(type::v1::NEED_CATEGORY_PHYSICAL_ACTIVITY);
    service.set_agency(type::v1::AGENCY_KIND_VCSE);
    service.set_places_offered(places);
    *service.mutable_capacity_as_of() = LondonDate();
    service.set_accepting(true);
    const auto maybe_made = world_->lead.Call(&CaseloadStub::CreateCommunityService, create);
    EXPECT_THAT(maybe_made, IsOk());
    return maybe_made.ok() ? *maybe_made : api::CommunityService();
  }
  static State StateOf(const api::Case& each) {
    return [name = each.name()] { return world_->GetCase(name).SerializeAsString(); };
  }
  template <typename Request, typename Response>
  static State StateOf(grpc::Status (CaseloadStub::*get)(grpc::ClientContext*, const Request&, Response*),
                       const std::string& name) {
    return [get, name] {
      Request request;
      request.set_name(name);
      const auto maybe_answer = world_->lead.Call(get, request);
      EXPECT_THAT(maybe_answer, IsOk());
      return maybe_answer.ok() ? maybe_answer->SerializeAsString() : std::string();
    };
  }
  template <typename Request, typename Response>
  static State StateOfAll(grpc::Status (CaseloadStub::*list)(grpc::ClientContext*, const Request&, Response*)) {
    return [list] {
      Request request;
      request.set_parent(kParent);
      request.set_page_size(200);
      const auto maybe_page = world_->lead.Call(list, request);
      EXPECT_THAT(maybe_page, IsOk());
      return maybe_page.ok() ? StateOfPage(*maybe_page) : std::string();
    };
  }
  // A method that reads one resource by its name.
  template <typename Request, typename Response>
  static void Get(const char* method, const std::string& name, const std::string& unknown, const char* reason) {
    Request request;
    request.set_name(name);
    const auto found =
        input_->Read<Response, Request>(world_->lead, method, request, {UnknownName<Request>(unknown, reason)});
    EXPECT_EQ(found.name(), name);
  }
  // A method that lists the parts of a case; there must be two.
  template <typename Request, typename Response>
  static void List(const char* method, const std::string& parent, const std::function<void(Request&)>& other_query) {
    Request request;
    request.set_parent(parent);
    input_->TokenOfAnotherQuery<Request>(world_->lead, method, request, other_query);
    input_->Read<Response, Request>(world_->lead, method, request,
                                    {{"a case that does not exist", [](Request& r) { r.set_parent(Nobodys("cases")); },
                                      NotFound("CASE_NOT_FOUND")}});
  }

  static testing::Suite* suite_;
  static World* world_;
  static BadInput* input_;
  static int people_;
};
testing::Suite* BadInputCaseload::suite_ = nullptr;
World* BadInputCaseload::world_ = nullptr;
BadInput* BadInputCaseload::input_ = nullptr;
int BadInputCaseload::people_ = 0;

TEST_F(BadInputCaseload, CasesAreReadByTheirNameAndListedByTheirFilter) {
  using Cases = api::ListCasesRequest;
  Get<api::GetCaseRequest, api::Case>("GetCase", NewCase().name(), Nobodys("cases"), "CASE_NOT_FOUND");
  Cases list;
  list.set_parent(kParent);
  input_->TokenOfAnotherQuery<Cases>(world_->lead, "ListCases", list,
                                     [](Cases& r) { r.set_order(api::CASE_ORDER_OPEN_TIME_DESCENDING); });
  input_->TokenOfAnotherQuery<Cases>(world_->lead, "ListCases", list, [](Cases& r) { r.set_crisis_only(true); });
  input_->Read<api::ListCasesResponse, Cases>(
      world_->lead, "ListCases", list,
      {{"a link worker that is a case", [](Cases& r) { r.set_link_worker(Nobodys("cases")); },
        Invalid("NAME_INVALID", "link_worker")},
       {"31 April",
        [](Cases& r) {
          r.mutable_feedback_due_before()->set_year(2026);
          r.mutable_feedback_due_before()->set_month(4);
          r.mutable_feedback_due_before()->set_day(31);
        },
        Invalid("DATE_INVALID", "feedback_due_before")}});
}

TEST_F(BadInputCaseload, Watches) {
  input_->Watch<api::WatchCasesRequest>(world_->lead, "WatchCases", kParent);
  input_->Watch<api::WatchNominationsRequest>(world_->lead, "WatchNominations", kParent);
}

TEST_F(BadInputCaseload, AllocateCase) {
  using Allocate = api::AllocateCaseRequest;
  const api::Case each = NewCase();
  Allocate good = AllocationOf(each);
  good.set_link_worker(world_->link_worker);
  const api::Case allocated = input_->Change<api::Case, Allocate>(
      world_->lead, "AllocateCase", good,
      {NoEtag<Allocate>(),
       UnknownName<Allocate>(Nobodys("cases"), "CASE_NOT_FOUND"),
       {"a worker that is a case", [](Allocate& r) { r.set_link_worker(r.name()); },
        Invalid("NAME_INVALID", "link_worker")},
       {"a worker that does not exist", [](Allocate& r) { r.set_link_worker(Nobodys("linkWorkers")); },
        NotFound("LINK_WORKER_NOT_FOUND")},
       {"a code in small letters", [](Allocate& r) { r.set_override_reason_code("because"); },
        Invalid("FORMAT_INVALID", "override_reason_code")},
       {"a code of 65", [](Allocate& r) { r.set_override_reason_code(std::string(65, 'A')); },
        Invalid("FORMAT_INVALID", "override_reason_code")},
       {"a code for nobody",
        [](Allocate& r) {
          r.clear_link_worker();
          r.set_override_reason_code("CONTINUITY");
        },
        Invalid("LINK_WORKER_NEEDED", "override_reason_code")}},
      StateOf(each));
  Allocate again = AllocationOf(allocated);
  again.set_link_worker(world_->link_worker);
  input_->Refuse(world_->lead, "AllocateCase", again, Precondition("ALREADY_ALLOCATED"), StateOf(each));
  input_->Refuse(world_->lead, "AllocateCase", AllocationOf(allocated), Precondition("ALREADY_ALLOCATED"),
                 StateOf(each));  // nobody is named
}

TEST_F(BadInputCaseload, UpdatePlan) {
  using Update = api::UpdatePlanRequest;
  const api::Case each = NewActiveCase();
  input_->Change<api::Case, Update>(
      world_->worker, "UpdatePlan", PlanOf(each),
      {NoEtag<Update>(),
       UnknownName<Update>(Nobodys("cases"), "CASE_NOT_FOUND"),
       {"no plan", [](Update& r) { r.clear_plan(); }, Invalid("REQUIRED", "plan")},
       {"what matters in 2,001", [](Update& r) { r.mutable_plan()->set_what_matters(Characters(2001)); },
        Invalid("TEXT_TOO_LONG", "plan.what_matters")},
       {"21 goals",
        [](Update& r) {
          while (r.plan().goals_size() < 21) r.mutable_plan()->add_goals()->set_text("Walk");
        },
        Invalid("TOO_MANY", "plan.goals")},
       {"51 actions",
        [](Update& r) {
          while (r.plan().actions_size() < 51) r.mutable_plan()->add_actions()->set_text("Ask");
        },
        Invalid("TOO_MANY", "plan.actions")},
       {"a goal without words", [](Update& r) { r.mutable_plan()->add_goals(); },
        Invalid("REQUIRED", "plan.goals[1].text")},
       {"a goal of 501", [](Update& r) { r.mutable_plan()->mutable_goals(0)->set_text(Characters(501)); },
        Invalid("TEXT_TOO_LONG", "plan.goals[0].text")},
       {"a goal's id of 27", [](Update& r) { r.mutable_plan()->mutable_goals(0)->set_id(Characters(27)); },
        Invalid("TEXT_TOO_LONG", "plan.goals[0].id")},
       {"an owner of 201", [](Update& r) { r.mutable_plan()->mutable_actions(0)->set_owner(Characters(201)); },
        Invalid("TEXT_TOO_LONG", "plan.actions[0].owner")},
       {"a due date without a month",
        [](Update& r) { r.mutable_plan()->mutable_actions(0)->mutable_due_date()->set_year(2026); },
        Invalid("DATE_INVALID", "plan.actions[0].due_date")}},
      StateOf(each));
}

TEST_F(BadInputCaseload, RecordContactAndWhatReadsContacts) {
  using Record = api::RecordContactRequest;
  const api::Case each = NewActiveCase();
  const api::Contact contact = input_->Change<api::Contact, Record>(
      world_->worker, "RecordContact", ContactOf(each),
      {UnknownParent<Record>(),
       {"no mode", [](Record& r) { r.clear_mode(); }, Invalid("REQUIRED", "mode")},
       {"no outcome", [](Record& r) { r.clear_outcome(); }, Invalid("REQUIRED", "outcome")},
       {"a note of 2,001", [](Record& r) { r.set_note(Characters(2001)); }, Invalid("TEXT_TOO_LONG", "note")},
       {"tomorrow", [](Record& r) { r.mutable_time()->set_seconds(absl::ToUnixSeconds(absl::Now()) + 86'400); },
        Invalid("IN_THE_FUTURE", "time")},
       {"a time of no year", [](Record& r) { r.mutable_time()->set_seconds(-99'999'999'999); },
        Invalid("TIME_INVALID", "time")}},
      StateOf(each));
  ASSERT_THAT(world_->worker.Call(&CaseloadStub::RecordContact, ContactOf(world_->GetCase(each.name()))), IsOk());
  Get<api::GetContactRequest, api::Contact>("GetContact", contact.name(), NobodysOf(each.name(), "contacts"),
                                            "CONTACT_NOT_FOUND");
  List<api::ListContactsRequest, api::ListContactsResponse>("ListContacts", each.name(),
                                                            [](auto& r) { r.set_parent(NewCase().name()); });
}

TEST_F(BadInputCaseload, RecordAssessmentAndWhatReadsAssessments) {
  using Record = api::RecordAssessmentRequest;
  const api::Case each = NewActiveCase();
  const api::Assessment assessment = input_->Change<api::Assessment, Record>(
      world_->worker, "RecordAssessment", AssessmentOf(each),
      {UnknownParent<Record>(),
       NoEtag<Record>(),
       {"nothing that matters", [](Record& r) { r.clear_what_matters(); }, Invalid("REQUIRED", "what_matters")},
       {"what matters in 2,001", [](Record& r) { r.set_what_matters(Characters(2001)); },
        Invalid("TEXT_TOO_LONG", "what_matters")},
       {"a score of 11", [](Record& r) { r.mutable_ons4()->set_satisfied(11); },
        Invalid("OUT_OF_RANGE", "ons4.satisfied")},
       {"a score of -1", [](Record& r) { r.mutable_ons4()->set_worthwhile(-1); },
        Invalid("OUT_OF_RANGE", "ons4.worthwhile")},
       {"happiness of 11", [](Record& r) { r.mutable_ons4()->set_happy_yesterday(11); },
        Invalid("OUT_OF_RANGE", "ons4.happy_yesterday")},
       {"anxiety of 11", [](Record& r) { r.mutable_ons4()->set_anxious_yesterday(11); },
        Invalid("OUT_OF_RANGE", "ons4.anxious_yesterday")},
       {"21 needs",
        [](Record& r) {
          while (r.needs_size() < 21) r.add_needs()->set_category(type::v1::NEED_CATEGORY_FOOD);
        },
        Invalid("TOO_MANY", "needs")},
       {"a need of no kind", [](Record& r) { r.add_needs(); }, Invalid("REQUIRED", "needs[1].category")},
       {"a SNOMED code of letters", [](Record& r) { r.mutable_needs(0)->set_snomed_code("abcdef"); },
        Invalid("FORMAT_INVALID", "needs[0].snomed_code")},
       {"a need's note of 501", [](Record& r) { r.mutable_needs(0)->set_note(Characters(501)); },
        Invalid("TEXT_TOO_LONG", "needs[0].note")},
       {"consent that is not said", [](Record& r) { r.mutable_consent()->clear_referral(); },
        Invalid("REQUIRED", "consent.referral")},
       {"tomorrow", [](Record& r) { r.mutable_time()->set_seconds(absl::ToUnixSeconds(absl::Now()) + 86'400); },
        Invalid("IN_THE_FUTURE", "time")}},
      StateOf(each));
  world_->Assess(each.name());
  Get<api::GetAssessmentRequest, api::Assessment>("GetAssessment", assessment.name(),
                                                  NobodysOf(each.name(), "assessments"), "ASSESSMENT_NOT_FOUND");
  List<api::ListAssessmentsRequest, api::ListAssessmentsResponse>("ListAssessments", each.name(),
                                                                  [](auto& r) { r.set_parent(NewCase().name()); });
}

TEST_F(BadInputCaseload, SignpostPersonAndWhatReadsSignposts) {
  using Signpost = api::SignpostPersonRequest;
  const api::Case each = NewAssessedCase();
  const std::string service = NewCommunityService(1).name();
  const api::Signpost made = input_->Change<api::Signpost, Signpost>(
      world_->worker, "SignpostPerson", SignpostOf(each, service),
      {UnknownParent<Signpost>(),
       {"no service", [](Signpost& r) { r.clear_community_service(); }, Invalid("REQUIRED", "community_service")},
       {"a service that is a case", [](Signpost& r) { r.set_community_service(r.parent()); },
        Invalid("NAME_INVALID", "community_service")},
       {"a service that does not exist", [](Signpost& r) { r.set_community_service(Nobodys("communityServices")); },
        NotFound("COMMUNITY_SERVICE_NOT_FOUND")},
       {"a code in small letters", [](Signpost& r) { r.set_override_reason_code("because"); },
        Invalid("FORMAT_INVALID", "override_reason_code")}},
      StateOf(each));
  input_->Refuse(world_->worker, "SignpostPerson", SignpostOf(world_->GetCase(each.name()), service),
                 Precondition("ALREADY_SIGNPOSTED"), StateOf(each));
  const api::Case other = NewAssessedCase();
  input_->Refuse(world_->worker, "SignpostPerson", SignpostOf(other, service), Precondition("NO_PLACE_FREE"),
                 StateOf(&CaseloadStub::GetCommunityService, service));
  world_->Signpost(each.name());
  Get<api::GetSignpostRequest, api::Signpost>("GetSignpost", made.name(), NobodysOf(each.name(), "signposts"),
                                              "SIGNPOST_NOT_FOUND");
  List<api::ListSignpostsRequest, api::ListSignpostsResponse>("ListSignposts", each.name(),
                                                              [](auto& r) { r.set_state(api::SIGNPOST_STATE_OPEN); });
  api::ListSignpostsRequest of_network;
  of_network.set_parent(kParent);
  input_->Refuse(world_->lead, "ListSignposts", of_network, Invalid("REQUIRED", "community_service"), nullptr);
  of_network.set_community_service(Nobodys("cases"));
  input_->Refuse(world_->lead, "ListSignposts", of_network, Invalid("NAME_INVALID", "community_service"), nullptr);
}

TEST_F(BadInputCaseload, APersonIsNotSignpostedWithoutAnAssessmentConsentOrAServiceThatAccepts) {
  const api::Case unassessed = NewActiveCase();
  input_->Refuse(world_->worker, "SignpostPerson", SignpostOf(unassessed, world_->community_service),
                 Precondition("ASSESSMENT_NEEDED"), StateOf(unassessed));
  api::Case each = NewAssessedCase();
  api::RecordAssessmentRequest taken_back = AssessmentOf(each);
  taken_back.mutable_consent()->clear_share_with();
  ASSERT_THAT(world_->worker.Call(&CaseloadStub::RecordAssessment, taken_back), IsOk());
  each = world_->GetCase(each.name());
  input_->Refuse(world_->worker, "SignpostPerson", SignpostOf(each, world_->community_service),
                 Precondition("CONSENT_NOT_GIVEN"), StateOf(each));

  api::CommunityService paused = NewCommunityService(5);
  api::UpdateCommunityServiceRequest pause;
  paused.set_accepting(false);
  *pause.mutable_community_service() = paused;
  pause.mutable_update_mask()->add_paths("accepting");
  pause.set_request_id(RequestId());
  ASSERT_THAT(world_->lead.Call(&CaseloadStub::UpdateCommunityService, pause), IsOk());
  const api::Case willing = NewAssessedCase();
  input_->Refuse(world_->worker, "SignpostPerson", SignpostOf(willing, paused.name()),
                 Precondition("SERVICE_NOT_ACCEPTING"), StateOf(willing));
}

TEST_F(BadInputCaseload, WhatIsFullPausedOrRefusedStaysSo) {
  // Fewer places than are held.
  const std::string service = NewCommunityService(2).name();
  const api::Case each = NewAssessedCase();
  ASSERT_THAT(world_->worker.Call(&CaseloadStub::SignpostPerson, SignpostOf(each, service)), IsOk());
  const State state = StateOf(&CaseloadStub::GetCommunityService, service);
  api::UpdateCommunityServiceRequest fewer;
  ASSERT_TRUE(fewer.mutable_community_service()->ParseFromString(state()));
  fewer.mutable_community_service()->set_places_offered(0);
  fewer.mutable_update_mask()->add_paths("places_offered");
  fewer.set_request_id(RequestId());
  input_->Refuse(world_->lead, "UpdateCommunityService", fewer, Precondition("PLACES_HELD"), state);

  // More open signposts than a case may have.
  for (int i = 1; i < 20; ++i) {
    const auto request = SignpostOf(world_->GetCase(each.name()), NewCommunityService(1).name());
    ASSERT_THAT(world_->worker.Call(&CaseloadStub::SignpostPerson, request), IsOk());
  }
  input_->Refuse(world_->worker, "SignpostPerson",
                 SignpostOf(world_->GetCase(each.name()), NewCommunityService(1).name()),
                 {absl::StatusCode::kResourceExhausted, "TOO_MANY_SIGNPOSTS", ""}, StateOf(each));

  // A worker who takes no cases.
  api::CreateLinkWorkerRequest create;
  create.set_parent(kParent);
  create.set_request_id(RequestId());
  create.mutable_link_worker()->set_professional_id("away@splw.example");
  create.mutable_link_worker()->set_display_name("Sunniva Thornapple");
  create.mutable_link_worker()->set_wte(1);
  const auto maybe_away = world_->lead.Call(&CaseloadStub::CreateLinkWorker, create);
  ASSERT_THAT(maybe_away, IsOk());
  const api::Case waiting = NewCase();
  api::AllocateCaseRequest to_away = AllocationOf(waiting);
  to_away.set_link_worker(maybe_away->name());
  input_->Refuse(world_->lead, "AllocateCase", to_away, Precondition("LINK_WORKER_INACTIVE"), StateOf(waiting));

  // A person who has taken their consent back.
  const api::Case unwilling = NewActiveCase();
  api::RecordAssessmentRequest taken_back = AssessmentOf(unwilling);
  taken_back.mutable_consent()->set_referral(type::v1::CONSENT_STATUS_DECLINED);
  ASSERT_THAT(world_->worker.Call(&CaseloadStub::RecordAssessment, taken_back), IsOk());
  input_->Refuse(world_->worker, "NominateForMdt", NominationOf(world_->GetCase(unwilling.name())),
                 Precondition("CONSENT_NOT_GIVEN"), StateOf(unwilling));
}

TEST_F(BadInputCaseload, RecordSignpostOutcome) {
  using Record = api::RecordSignpostOutcomeRequest;
  const api::Case each = NewAssessedCase();
  const api::Signpost signpost = world_->Signpost(each.name());
  Record good;
  good.set_name(signpost.name());
  good.set_etag(signpost.etag());
  good.set_outcome(api::SIGNPOST_OUTCOME_BOUNCED);
  good.set_bounce_cause(api::BOUNCE_CAUSE_OUT_OF_AREA);
  good.set_request_id(RequestId());
  const State state = StateOf(&CaseloadStub::GetSignpost, signpost.name());
  const api::Signpost ended = input_->Change<api::Signpost, Record>(
      world_->worker, "RecordSignpostOutcome", good,
      {NoEtag<Record>(),
       UnknownName<Record>(NobodysOf(each.name(), "signposts"), "SIGNPOST_NOT_FOUND"),
       {"no outcome", [](Record& r) { r.clear_outcome(); }, Invalid("REQUIRED", "outcome")},
       {"an outcome that is the service's own", [](Record& r) { r.set_outcome(api::SIGNPOST_OUTCOME_CASE_CLOSED); },
        Invalid("REQUIRED", "outcome")},
       {"bounced without a cause", [](Record& r) { r.clear_bounce_cause(); }, Invalid("REQUIRED", "bounce_cause")},
       {"a cause without a bounce", [](Record& r) { r.set_outcome(api::SIGNPOST_OUTCOME_DECLINED); },
        Invalid("NOT_BOUNCED", "bounce_cause")}},
      state);
  good.set_etag(ended.etag());
  good.set_request_id(RequestId());
  input_->Refuse(world_->worker, "RecordSignpostOutcome", good, Precondition("ILLEGAL_TRANSITION"), state);
}

TEST_F(BadInputCaseload, NominateForMdtAndWithdrawNominationAndWhatReadsNominations) {
  using Nominate = api::NominateForMdtRequest;
  using Withdraw = api::WithdrawNominationRequest;
  const api::Case each = NewActiveCase();
  const api::Nomination nomination = input_->Change<api::Nomination, Nominate>(
      world_->worker, "NominateForMdt", NominationOf(each),
      {NoEtag<Nominate>(),
       UnknownParent<Nominate>(),
       {"no question", [](Nominate& r) { r.clear_question(); }, Invalid("REQUIRED", "question")},
       {"a question of 1,001", [](Nominate& r) { r.set_question(Characters(1001)); },
        Invalid("TEXT_TOO_LONG", "question")},
       {"no agencies", [](Nominate& r) { r.clear_agencies_needed(); }, Invalid("REQUIRED", "agencies_needed")},
       {"an agency of no kind", [](Nominate& r) { r.add_agencies_needed(type::v1::AGENCY_KIND_UNSPECIFIED); },
        Invalid("REQUIRED", "agencies_needed[1]")},
       {"an agency twice", [](Nominate& r) { r.add_agencies_needed(type::v1::AGENCY_KIND_HOUSING); },
        Invalid("REPEATED", "agencies_needed[1]")},
       {"no urgency", [](Nominate& r) { r.clear_urgency(); }, Invalid("REQUIRED", "urgency")},
       {"an MDT that is a case", [](Nominate& r) { r.set_mdt(r.parent()); }, Invalid("NAME_INVALID", "mdt")},
       {"an MDT of another network", [](Nominate& r) { r.set_mdt("networks/U99998/mdts/riverside"); },
        Invalid("NAME_INVALID", "mdt")}},
      StateOf(each));
  input_->Refuse(world_->worker, "NominateForMdt", NominationOf(world_->GetCase(each.name())),
                 Precondition("NOMINATION_OPEN"), StateOf(each));

  Withdraw withdraw;
  withdraw.set_name(nomination.name());
  withdraw.set_etag(nomination.etag());
  withdraw.set_reason_code("NO_LONGER_NEEDED");
  withdraw.set_request_id(RequestId());
  const api::Nomination withdrawn = input_->Change<api::Nomination, Withdraw>(
      world_->worker, "WithdrawNomination", withdraw,
      {NoEtag<Withdraw>(),
       UnknownName<Withdraw>(NobodysOf(each.name(), "nominations"), "NOMINATION_NOT_FOUND"),
       {"no reason", [](Withdraw& r) { r.clear_reason_code(); }, Invalid("REQUIRED", "reason_code")},
       {"a reason in small letters", [](Withdraw& r) { r.set_reason_code("because"); },
        Invalid("FORMAT_INVALID", "reason_code")}},
      StateOf(each));
  withdraw.set_etag(withdrawn.etag());
  withdraw.set_request_id(RequestId());
  input_->Refuse(world_->worker, "WithdrawNomination", withdraw, Precondition("ILLEGAL_TRANSITION"), StateOf(each));

  world_->Nominate(each.name());
  Get<api::GetNominationRequest, api::Nomination>("GetNomination", nomination.name(),
                                                  NobodysOf(each.name(), "nominations"), "NOMINATION_NOT_FOUND");
  List<api::ListNominationsRequest, api::ListNominationsResponse>(
      "ListNominations", each.name(), [](auto& r) { r.set_state(api::NOMINATION_STATE_SENT); });
}

TEST_F(BadInputCaseload, CloseCase) {
  using Close = api::CloseCaseRequest;
  const api::Case each = NewActiveCase();
  input_->Change<api::Case, Close>(
      world_->worker, "CloseCase", ClosingOf(each),
      {NoEtag<Close>(),
       UnknownName<Close>(Nobodys("cases"), "CASE_NOT_FOUND"),
       {"no outcome", [](Close& r) { r.clear_outcome(); }, Invalid("REQUIRED", "outcome")}},
      StateOf(each));
}

// Each state and each method that is not for it.
TEST_F(BadInputCaseload, NoStateTakesAStepThatIsNotItsOwn) {
  const Told illegal = Precondition("ILLEGAL_TRANSITION");
  const std::string service = world_->community_service;
  const api::Case waiting = NewCase();
  input_->Refuse(world_->worker, "UpdatePlan", PlanOf(waiting), illegal, StateOf(waiting));
  input_->Refuse(world_->worker, "RecordAssessment", AssessmentOf(waiting), illegal, StateOf(waiting));
  input_->Refuse(world_->worker, "SignpostPerson", SignpostOf(waiting, service), illegal, StateOf(waiting));
  input_->Refuse(world_->worker, "NominateForMdt", NominationOf(waiting), illegal, StateOf(waiting));

  const auto maybe_closed = world_->worker.Call(&CaseloadStub::CloseCase, ClosingOf(NewActiveCase()));
  ASSERT_THAT(maybe_closed, IsOk());
  const api::Case& closed = *maybe_closed;
  input_->Refuse(world_->lead, "AllocateCase", AllocationOf(closed), illegal, StateOf(closed));
  input_->Refuse(world_->worker, "UpdatePlan", PlanOf(closed), illegal, StateOf(closed));
  input_->Refuse(world_->worker, "CloseCase", ClosingOf(closed), illegal, StateOf(closed));
  input_->Refuse(world_->worker, "RecordContact", ContactOf(closed), illegal, StateOf(closed));
  input_->Refuse(world_->worker, "RecordAssessment", AssessmentOf(closed), illegal, StateOf(closed));
  input_->Refuse(world_->worker, "SignpostPerson", SignpostOf(closed, service), illegal, StateOf(closed));
  input_->Refuse(world_->worker, "NominateForMdt", NominationOf(closed), illegal, StateOf(closed));
}

// Last: looks at what the tests before it did.
TEST_F(BadInputCaseload, EveryMethodHasItsTable) {
  const auto* tests = ::testing::UnitTest::GetInstance()->current_test_suite();
  if (tests->test_to_run_count() != tests->total_test_count()) GTEST_SKIP() << "not all tables were run";
  input_->ExpectEveryMethodWasRefused([](const std::string& method) {
    return method.find("LinkWorker") == std::string::npos && method.find("CommunityService") == std::string::npos;
  });
}

}  // namespace
}  // namespace splw::journey
