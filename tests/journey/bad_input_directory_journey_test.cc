// Bad input about link workers and community services: for each method the mistakes that a caller can make, and the code, the
// reason and the field that the caller is told (proto/splw/caseload/v1). The other methods are in
// bad_input_caseload_journey_test.cc.
#include <limits>

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

// A mistake in the worker of a request, or in the service: wherever the request holds it.
template <typename Request>
Mistake<Request> InWorker(const char* name, std::function<void(api::LinkWorker&)> make, Told told) {
  return {name, [make = std::move(make)](Request& r) { make(*r.mutable_link_worker()); }, std::move(told)};
}
template <typename Request>
Mistake<Request> InService(const char* name, std::function<void(api::CommunityService&)> make, Told told) {
  return {name, [make = std::move(make)](Request& r) { make(*r.mutable_community_service()); }, std::move(told)};
}

template <typename Request>
std::vector<Mistake<Request>> MistakesAboutAWorker() {
  const auto wrong = [](const char* name, std::function<void(api::LinkWorker&)> make, const char* reason,
                        const char* field) {
    return InWorker<Request>(name, std::move(make), Invalid(reason, absl::StrCat("link_worker.", field)));
  };
  return {
      wrong(
          "no name", [](auto& w) { w.clear_display_name(); }, "REQUIRED", "display_name"),
      wrong(
          "a name of 201", [](auto& w) { w.set_display_name(Characters(201)); }, "TEXT_TOO_LONG", "display_name"),
      wrong(
          "a role code of 17", [](auto& w) { w.set_role_code(Characters(17)); }, "TEXT_TOO_LONG", "role_code"),
      wrong(
          "an employer of 201", [](auto& w) { w.set_employer(Characters(201)); }, "TEXT_TOO_LONG", "employer"),
      wrong(
          "a skill of no kind", [](auto& w) { w.add_skills(type::v1::NEED_CATEGORY_UNSPECIFIED); }, "REQUIRED",
          "skills[1]"),
      wrong(
          "a skill twice", [](auto& w) { w.add_skills(w.skills(0)); }, "REPEATED", "skills[1]"),
      wrong(
          "21 languages",
          [](auto& w) {
            while (w.languages_size() < 21) w.add_languages("ur");
          },
          "TOO_MANY", "languages"),
      wrong(
          "a language that is none", [](auto& w) { w.add_languages("?"); }, "FORMAT_INVALID", "languages[0]"),
      wrong(
          "no working time", [](auto& w) { w.clear_wte(); }, "OUT_OF_RANGE", "wte"),
      wrong(
          "more time than there is", [](auto& w) { w.set_wte(1.6); }, "OUT_OF_RANGE", "wte"),
      wrong(
          "negative working time", [](auto& w) { w.set_wte(-0.5); }, "OUT_OF_RANGE", "wte"),
      wrong(
          "working time that is no number", [](auto& w) { w.set_wte(std::numeric_limits<double>::quiet_NaN()); },
          "OUT_OF_RANGE", "wte"),
      wrong(
          "a negative limit", [](auto& w) { w.set_weighted_case_limit(-1); }, "OUT_OF_RANGE", "weighted_case_limit"),
      wrong(
          "a limit of 501", [](auto& w) { w.set_weighted_case_limit(501); }, "OUT_OF_RANGE", "weighted_case_limit"),
      wrong(
          "a supervisor with a space", [](auto& w) { w.set_supervisor("a b"); }, "FORMAT_INVALID", "supervisor"),
      wrong(
          "their own supervisor", [](auto& w) { w.set_supervisor("sunniva@splw.example"); }, "SUPERVISOR_IS_SELF",
          "supervisor"),
  };
}

template <typename Request>
std::vector<Mistake<Request>> MistakesAboutAService() {
  const auto wrong = [](const char* name, std::function<void(api::CommunityService&)> make, const char* reason,
                        const char* field) {
    return InService<Request>(name, std::move(make), Invalid(reason, absl::StrCat("community_service.", field)));
  };
  return {
      wrong(
          "no name", [](auto& s) { s.clear_display_name(); }, "REQUIRED", "display_name"),
      wrong(
          "a name of 201", [](auto& s) { s.set_display_name(Characters(201)); }, "TEXT_TOO_LONG", "display_name"),
      wrong(
          "a description of 2,001", [](auto& s) { s.set_description(Characters(2001)); }, "TEXT_TOO_LONG",
          "description"),
      wrong(
          "no needs", [](auto& s) { s.clear_needs(); }, "REQUIRED", "needs"),
      wrong(
          "a need of no kind", [](auto& s) { s.add_needs(type::v1::NEED_CATEGORY_UNSPECIFIED); }, "REQUIRED",
          "needs[1]"),
      wrong(
          "a need twice", [](auto& s) { s.add_needs(s.needs(0)); }, "REPEATED", "needs[1]"),
      wrong(
          "no kind of organisation", [](auto& s) { s.clear_agency(); }, "REQUIRED", "agency"),
      wrong(
          "fewer than no places", [](auto& s) { s.set_places_offered(-1); }, "OUT_OF_RANGE", "places_offered"),
      wrong(
          "10,001 places", [](auto& s) { s.set_places_offered(10'001); }, "OUT_OF_RANGE", "places_offered"),
      wrong(
          "no day of the places", [](auto& s) { s.clear_capacity_as_of(); }, "REQUIRED", "capacity_as_of"),
      wrong(
          "a day that is none", [](auto& s) { s.mutable_capacity_as_of()->set_day(32); }, "DATE_INVALID",
          "capacity_as_of"),
      wrong(
          "places of next week", [](auto& s) { *s.mutable_capacity_as_of() = LondonDate(7); }, "IN_THE_FUTURE",
          "capacity_as_of"),
      wrong(
          "a contact of 255", [](auto& s) { s.set_contact(Characters(255)); }, "TEXT_TOO_LONG", "contact"),
      wrong(
          "a page that is none", [](auto& s) { s.set_url("javascript:alert(1)"); }, "FORMAT_INVALID", "url"),
      wrong(
          "a page of 501", [](auto& s) { s.set_url("https://" + Characters(493)); }, "TEXT_TOO_LONG", "url"),
  };
}

class BadInputDirectory : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = new testing::Suite();
    ASSERT_THAT(suite_->Start(testing::kReferralIntake), IsOk());  // for a position of another feed
    ASSERT_THAT(suite_->Start(testing::kCaseload), IsOk());
    world_ = new World(*suite_);
    world_->SetUpCaseload();
    input_ = new BadInput(*suite_, testing::kCaseload, "splw.caseload.v1.CaseloadService");
  }
  static void TearDownTestSuite() {
    EXPECT_THAT(suite_->StartAll(), IsOk());
    CheckInvariants(*suite_, *world_);
    delete input_;
    delete world_;
    delete suite_;
  }
  template <typename Request, typename Response>
  static State StateOfAll(grpc::Status (CaseloadStub::*list)(grpc::ClientContext*, const Request&, Response*)) {
    return [list] {
      Request request;
      request.set_parent(kParent);
      const auto maybe_page = world_->lead.Call(list, request);
      EXPECT_THAT(maybe_page, IsOk());
      return maybe_page.ok() ? StateOfPage(*maybe_page) : std::string();
    };
  }

  static testing::Suite* suite_;
  static World* world_;
  static BadInput* input_;
};
testing::Suite* BadInputDirectory::suite_ = nullptr;
World* BadInputDirectory::world_ = nullptr;
BadInput* BadInputDirectory::input_ = nullptr;

TEST_F(BadInputDirectory, LinkWorkers) {
  using Create = api::CreateLinkWorkerRequest;
  using Update = api::UpdateLinkWorkerRequest;
  const State all = StateOfAll(&CaseloadStub::ListLinkWorkers);
  Create create;
  create.set_parent(kParent);
  create.set_request_id(RequestId());
  api::LinkWorker& worker = *create.mutable_link_worker();
  worker.set_professional_id("sunniva@splw.example");
  worker.set_display_name("Sunniva Thornapple");
  worker.add_skills(type::v1::NEED_CATEGORY_FOOD);
  worker.set_wte(0.8);
  worker.set_active(true);
  auto mistakes = MistakesAboutAWorker<Create>();
  mistakes.push_back({"no worker", [](Create& r) { r.clear_link_worker(); }, Invalid("REQUIRED", "link_worker")});
  mistakes.push_back(InWorker<Create>(
      "no id", [](auto& w) { w.clear_professional_id(); }, Invalid("REQUIRED", "link_worker.professional_id")));
  mistakes.push_back(InWorker<Create>(
      "an id with a space", [](auto& w) { w.set_professional_id("a b"); },
      Invalid("FORMAT_INVALID", "link_worker.professional_id")));
  mistakes.push_back(InWorker<Create>(
      "an id of 65", [](auto& w) { w.set_professional_id(Characters(65)); },
      Invalid("FORMAT_INVALID", "link_worker.professional_id")));
  mistakes.push_back(InWorker<Create>("an id that another worker has",
                                      [](auto& w) { w.set_professional_id(KeyLinkWorker().id()); },
                                      {absl::StatusCode::kAlreadyExists, "LINK_WORKER_EXISTS", ""}));
  const auto made = input_->Change<api::LinkWorker>(world_->lead, "CreateLinkWorker", create, mistakes, all,
                                                    [](Create& r) { r.mutable_link_worker()->set_wte(0.6); });

  Update update;
  *update.mutable_link_worker() = made;
  update.mutable_link_worker()->set_employer("Thistledown Community Trust");
  for (const char* path : {"display_name", "role_code", "employer", "skills", "languages", "wte", "weighted_case_limit",
                           "supervisor", "active"}) {
    update.mutable_update_mask()->add_paths(path);
  }
  update.set_request_id(RequestId());
  auto wrong_updates = MistakesAboutAWorker<Update>();
  wrong_updates.push_back(InWorker<Update>(
      "no etag", [](auto& w) { w.clear_etag(); }, Invalid("REQUIRED", "link_worker.etag")));
  wrong_updates.push_back(InWorker<Update>(
      "a stale etag", [](auto& w) { w.set_etag("999"); }, Stale()));
  wrong_updates.push_back(InWorker<Update>(
      "a worker that does not exist", [](auto& w) { w.set_name(Nobodys("linkWorkers")); },
      NotFound("LINK_WORKER_NOT_FOUND")));
  wrong_updates.push_back(
      {"no mask", [](Update& r) { r.clear_update_mask(); }, Invalid("UPDATE_MASK_INVALID", "update_mask")});
  wrong_updates.push_back({"a path that is none", [](Update& r) { r.mutable_update_mask()->add_paths("colour"); },
                           Invalid("UPDATE_MASK_INVALID", "update_mask")});
  wrong_updates.push_back({"a path that cannot be changed",
                           [](Update& r) { r.mutable_update_mask()->add_paths("professional_id"); },
                           Invalid("UPDATE_MASK_INVALID", "update_mask")});
  input_->Change<api::LinkWorker>(world_->lead, "UpdateLinkWorker", update, wrong_updates, all,
                                  [](Update& r) { r.mutable_link_worker()->set_wte(0.6); });

  api::GetLinkWorkerRequest get;
  get.set_name(made.name());
  input_->Read<api::LinkWorker, api::GetLinkWorkerRequest>(
      world_->lead, "GetLinkWorker", get,
      {{"a worker that does not exist", [](auto& r) { r.set_name(Nobodys("linkWorkers")); },
        NotFound("LINK_WORKER_NOT_FOUND")},
       {"a worker that is a service", [](auto& r) { r.set_name(Nobodys("communityServices")); },
        Invalid("NAME_INVALID", "name")}});
  api::ListLinkWorkersRequest list;
  list.set_parent(kParent);
  input_->TokenOfAnotherQuery<api::ListLinkWorkersRequest>(world_->lead, "ListLinkWorkers", list,
                                                           [](auto& r) { r.set_active_only(true); });
  input_->Read<api::ListLinkWorkersResponse>(world_->lead, "ListLinkWorkers", list);
  input_->Watch<api::WatchLinkWorkersRequest>(world_->lead, "WatchLinkWorkers", kParent);
}

TEST_F(BadInputDirectory, CommunityServices) {
  using Create = api::CreateCommunityServiceRequest;
  using Update = api::UpdateCommunityServiceRequest;
  const State all = StateOfAll(&CaseloadStub::ListCommunityServices);
  Create create;
  create.set_parent(kParent);
  create.set_request_id(RequestId());
  api::CommunityService& service = *create.mutable_community_service();
  service.set_display_name("Allotment mornings");
  service.add_needs(type::v1::NEED_CATEGORY_PHYSICAL_ACTIVITY);
  service.set_agency(type::v1::AGENCY_KIND_VCSE);
  service.set_places_offered(8);
  *service.mutable_capacity_as_of() = LondonDate();
  auto mistakes = MistakesAboutAService<Create>();
  mistakes.push_back(
      {"no service", [](Create& r) { r.clear_community_service(); }, Invalid("REQUIRED", "community_service")});
  const auto made =
      input_->Change<api::CommunityService>(world_->lead, "CreateCommunityService", create, mistakes, all,
                                            [](Create& r) { r.mutable_community_service()->set_places_offered(9); });

  Update update;
  *update.mutable_community_service() = made;
  update.mutable_community_service()->set_places_offered(12);
  for (const char* path : {"display_name", "description", "needs", "agency", "places_offered", "capacity_as_of",
                           "accepting", "contact", "url"}) {
    update.mutable_update_mask()->add_paths(path);
  }
  update.set_request_id(RequestId());
  auto wrong_updates = MistakesAboutAService<Update>();
  wrong_updates.push_back(InService<Update>(
      "no etag", [](auto& s) { s.clear_etag(); }, Invalid("REQUIRED", "community_service.etag")));
  wrong_updates.push_back(InService<Update>(
      "a stale etag", [](auto& s) { s.set_etag("999"); }, Stale()));
  wrong_updates.push_back(InService<Update>(
      "a service that does not exist", [](auto& s) { s.set_name(Nobodys("communityServices")); },
      NotFound("COMMUNITY_SERVICE_NOT_FOUND")));
  wrong_updates.push_back(
      {"no mask", [](Update& r) { r.clear_update_mask(); }, Invalid("UPDATE_MASK_INVALID", "update_mask")});
  wrong_updates.push_back({"a path that cannot be changed",
                           [](Update& r) { r.mutable_update_mask()->add_paths("places_held"); },
                           Invalid("UPDATE_MASK_INVALID", "update_mask")});
  input_->Change<api::CommunityService>(world_->lead, "UpdateCommunityService", update, wrong_updates, all,
                                        [](Update& r) { r.mutable_community_service()->set_places_offered(13); });

  api::GetCommunityServiceRequest get;
  get.set_name(made.name());
  input_->Read<api::CommunityService, api::GetCommunityServiceRequest>(
      world_->lead, "GetCommunityService", get,
      {{"a service that does not exist", [](auto& r) { r.set_name(Nobodys("communityServices")); },
        NotFound("COMMUNITY_SERVICE_NOT_FOUND")},
       {"a service that is a worker", [](auto& r) { r.set_name(Nobodys("linkWorkers")); },
        Invalid("NAME_INVALID", "name")}});
  api::ListCommunityServicesRequest list;
  list.set_parent(kParent);
  input_->TokenOfAnotherQuery<api::ListCommunityServicesRequest>(
      world_->lead, "ListCommunityServices", list, [](auto& r) { r.set_need(type::v1::NEED_CATEGORY_LONELINESS); });
  input_->Read<api::ListCommunityServicesResponse>(world_->lead, "ListCommunityServices", list);
  input_->Watch<api::WatchCommunityServicesRequest>(world_->lead, "WatchCommunityServices", kParent);
}

// Last: looks at what the tests before it did.
TEST_F(BadInputDirectory, EveryMethodHasItsTable) {
  const auto* tests = ::testing::UnitTest::GetInstance()->current_test_suite();
  if (tests->test_to_run_count() != tests->total_test_count()) GTEST_SKIP() << "not all tables were run";
  input_->ExpectEveryMethodWasRefused([](const std::string& method) {
    return method.find("LinkWorker") != std::string::npos || method.find("CommunityService") != std::string::npos;
  });
}

}  // namespace
}  // namespace splw::journey
