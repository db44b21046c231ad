// People are signposted to community services; no place is promised twice.
#include <map>
#include <string>
#include <utility>

#include "services/caseload/caseload_tables.h"
#include "tests/simulation/features.h"
#include "tests/simulation/records.h"
#include "tests/simulation/services.h"
#include "tests/simulation/some_case.h"

namespace splw::simulation {
namespace {

using caseload::Commands;
using caseload::CommunityServiceRecord;
using caseload::Queries;
namespace v1 = caseload::v1;

void OpenService(World& world, Draw& draw) {
  v1::CreateCommunityServiceRequest request;
  request.set_parent(kParent);
  v1::CommunityService& service = *request.mutable_community_service();
  service.set_display_name("Befrienders");
  service.add_needs(type::v1::NEED_CATEGORY_LONELINESS);
  service.set_agency(type::v1::AGENCY_KIND_VCSE);
  service.set_places_offered(world.profile().places);
  service.set_accepting(true);
  service.mutable_capacity_as_of()->set_year(2026);
  service.mutable_capacity_as_of()->set_month(9);
  service.mutable_capacity_as_of()->set_day(1);
  world.Send(draw, world.caseload(), kLinkWorker, CaseCommands, &Commands::CreateCommunityService, std::move(request),
             "CreateCommunityService", "adds a community service");
}

std::optional<v1::CommunityService> SomeService(World& world, Draw& draw) {
  v1::ListCommunityServicesRequest list;
  list.set_parent(kParent);
  const auto page = world.Read(draw, world.caseload(), CaseQueries, &Queries::ListCommunityServices, list);
  if (!page.has_value() || page->community_services().empty()) return std::nullopt;
  return page->community_services(
      static_cast<int>(draw.Pick(static_cast<std::size_t>(page->community_services_size()))));
}

void ChangePlaces(World& world, Draw& draw) {
  const auto service = SomeService(world, draw);
  if (!service.has_value()) return;
  v1::UpdateCommunityServiceRequest request;
  *request.mutable_community_service() = *service;
  request.mutable_community_service()->set_etag(EtagSeen(draw, service->etag()));
  request.mutable_community_service()->set_places_offered(draw.Between(0, 3));
  request.mutable_update_mask()->add_paths("places_offered");
  world.Send(draw, world.caseload(), kLinkWorker, CaseCommands, &Commands::UpdateCommunityService, std::move(request),
             "UpdateCommunityService", "changes the places of " + Short(service->name()));
}

void SignpostPerson(World& world, Draw& draw) {
  const auto some_case = SomeCase(world, draw, v1::CASE_STATE_ACTIVE);
  const auto service = SomeService(world, draw);
  if (!some_case.has_value() || !service.has_value()) return;
  v1::SignpostPersonRequest request;
  request.set_parent(some_case->name());
  request.set_community_service(service->name());
  if (draw.Percent(30)) request.set_override_reason_code("URGENT_NEED");
  world.Send(draw, world.caseload(), kLinkWorker, CaseCommands, &Commands::SignpostPerson, std::move(request),
             "SignpostPerson", "signposts the person of " + Short(some_case->name()) + " to " + Short(service->name()));
}

void EndSignpost(World& world, Draw& draw) {
  const auto some_case = SomeCase(world, draw, v1::CASE_STATE_ACTIVE);
  if (!some_case.has_value()) return;
  v1::ListSignpostsRequest list;
  list.set_parent(some_case->name());
  list.set_state(v1::SIGNPOST_STATE_OPEN);
  const auto page = world.Read(draw, world.caseload(), CaseQueries, &Queries::ListSignposts, list);
  if (!page.has_value() || page->signposts().empty()) return;
  const v1::Signpost& signpost = page->signposts(0);
  constexpr v1::SignpostOutcome kOutcomes[] = {v1::SIGNPOST_OUTCOME_ATTENDED, v1::SIGNPOST_OUTCOME_DID_NOT_ATTEND,
                                               v1::SIGNPOST_OUTCOME_BOUNCED, v1::SIGNPOST_OUTCOME_COMPLETED};
  v1::RecordSignpostOutcomeRequest request;
  request.set_name(signpost.name());
  request.set_etag(EtagSeen(draw, signpost.etag()));
  request.set_outcome(kOutcomes[draw.Pick(std::size(kOutcomes))]);
  if (request.outcome() == v1::SIGNPOST_OUTCOME_BOUNCED) request.set_bounce_cause(v1::BOUNCE_CAUSE_NO_CAPACITY);
  world.Send(draw, world.caseload(), kLinkWorker, CaseCommands, &Commands::RecordSignpostOutcome, std::move(request),
             "RecordSignpostOutcome", "records what became of " + Short(signpost.name()));
}

void CheckWrite(World& world, Node& node, const Write& write) {
  const auto changed = ChangeOf(node, world.caseload(), write, caseload::CommunityServices());
  if (!changed.has_value()) return;
  const CommunityServiceRecord& after = changed->after;
  if (after.places_held() > after.places_offered() || after.places_held() < 0) {
    world.Fail("places held never exceed places offered", after.id() + " holds " + std::to_string(after.places_held()) +
                                                              " of " + std::to_string(after.places_offered()));
  }
  const std::size_t open = CountOf(node, caseload::Signposts(), caseload::kSignpostsByService,
                                   caseload::SignpostServicePrefix(after.id(), v1::SIGNPOST_STATE_OPEN));
  if (open != static_cast<std::size_t>(after.places_held())) {
    world.Fail("every place held is somebody's", after.id() + " holds " + std::to_string(after.places_held()) +
                                                     " places for " + std::to_string(open) + " signposts");
  }
}

void CheckSettled(World& world) {
  std::map<std::string, int> open;
  for (const auto& signpost : AllOf(world, world.caseload(), caseload::Signposts())) {
    if (signpost.state() == v1::SIGNPOST_STATE_OPEN) ++open[signpost.case_id()];
  }
  for (const auto& record : AllOf(world, world.caseload(), caseload::Cases())) {
    if (record.open_signpost_count() != open[record.id()]) {
      world.Fail("every place held is somebody's", record.id() + " counts its open signposts wrong");
    }
  }
}

}  // namespace

Feature SignpostFeature() {
  return {.name = "signposts",
          .actions = {{"open service", 1, OpenService, 1},
                      {"change places", 1, ChangePlaces},
                      {"signpost", 5, SignpostPerson},
                      {"end signpost", 3, EndSignpost}},
          .check_write = CheckWrite,
          .check_settled = CheckSettled};
}

}  // namespace splw::simulation
