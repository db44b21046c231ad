// Leads allocate, link workers work with the person and close the case; a case has one case-holder and one key worker
// at most.
#include <map>
#include <string>
#include <utility>

#include "services/caseload/caseload_tables.h"
#include "services/caseload/names.h"
#include "tests/simulation/features.h"
#include "tests/simulation/records.h"
#include "tests/simulation/services.h"
#include "tests/simulation/some_case.h"

namespace splw::simulation {
namespace {

using caseload::CaseRecord;
using caseload::Commands;
using caseload::Queries;
namespace v1 = caseload::v1;

constexpr Role kLead{"lead", identity::Role::kServiceLead};

void HireWorker(World& world, Draw& draw) {
  v1::CreateLinkWorkerRequest request;
  request.set_parent(kParent);
  v1::LinkWorker& worker = *request.mutable_link_worker();
  worker.set_professional_id("worker." + std::to_string(world.ledger().calls().size()));
  worker.set_display_name("Worker");
  worker.set_wte(1.0);
  worker.set_active(true);
  worker.add_skills(type::v1::NEED_CATEGORY_LONELINESS);
  if (draw.Percent(30)) worker.set_weighted_case_limit(draw.Between(1, 4));
  world.Send(draw, world.caseload(), kLead, CaseCommands, &Commands::CreateLinkWorker, std::move(request),
             "CreateLinkWorker", "takes on a link worker");
}

void AllocateCase(World& world, Draw& draw, const v1::Case& some_case) {
  v1::AllocateCaseRequest request;
  request.set_name(some_case.name());
  request.set_etag(EtagSeen(draw, some_case.etag()));
  world.Send(draw, world.caseload(), kLead, CaseCommands, &Commands::AllocateCase, std::move(request), "AllocateCase",
             "allocates " + Short(some_case.name()));
}

void Allocate(World& world, Draw& draw) {
  const auto some_case = SomeCase(world, draw, v1::CASE_STATE_WAITING_FOR_ALLOCATION);
  if (some_case.has_value()) AllocateCase(world, draw, *some_case);
}

// To somebody named, and again: the case's load moves between workers.
void Reallocate(World& world, Draw& draw) {
  const auto some_case = SomeCase(world, draw, v1::CASE_STATE_ACTIVE);
  if (!some_case.has_value()) return;
  v1::ListLinkWorkersRequest list;
  list.set_parent(kParent);
  const auto workers = world.Read(draw, world.caseload(), CaseQueries, &Queries::ListLinkWorkers, list);
  if (!workers.has_value() || workers->link_workers().empty()) return;
  const std::size_t at = draw.Pick(static_cast<std::size_t>(workers->link_workers_size()));
  v1::AllocateCaseRequest request;
  request.set_name(some_case->name());
  request.set_etag(EtagSeen(draw, some_case->etag()));
  request.set_link_worker(workers->link_workers(static_cast<int>(at)).name());
  if (draw.Percent(30)) request.set_override_reason_code("CONTINUITY");
  world.Send(draw, world.caseload(), kLead, CaseCommands, &Commands::AllocateCase, std::move(request), "AllocateCase",
             "gives " + Short(some_case->name()) + " to " + Short(request.link_worker()));
}

void Contact(World& world, Draw& draw) {
  const auto some_case = SomeCase(world, draw, v1::CASE_STATE_ACTIVE);
  if (!some_case.has_value()) return;
  v1::RecordContactRequest request;
  request.set_parent(some_case->name());
  request.set_mode(v1::CONTACT_MODE_PHONE);
  request.set_outcome(v1::CONTACT_OUTCOME_MET);
  request.set_note("Spoke of the garden.");
  world.Send(draw, world.caseload(), kLinkWorker, CaseCommands, &Commands::RecordContact, std::move(request),
             "RecordContact", "records a contact of " + Short(some_case->name()));
}

void Assess(World& world, Draw& draw) {
  const auto some_case = SomeCase(world, draw, v1::CASE_STATE_ACTIVE);
  if (!some_case.has_value()) return;
  v1::RecordAssessmentRequest request;
  request.set_parent(some_case->name());
  request.set_what_matters("Seeing people again");
  if (draw.Percent(50)) request.add_needs()->set_category(type::v1::NEED_CATEGORY_HOUSING);
  if (draw.Percent(5)) {
    request.mutable_consent()->set_referral(type::v1::CONSENT_STATUS_DECLINED);
    request.set_etag(EtagSeen(draw, some_case->etag()));
  }
  world.Send(draw, world.caseload(), kLinkWorker, CaseCommands, &Commands::RecordAssessment, std::move(request),
             "RecordAssessment", "assesses " + Short(some_case->name()));
}

void Plan(World& world, Draw& draw) {
  const auto some_case = SomeCase(world, draw, v1::CASE_STATE_ACTIVE);
  if (!some_case.has_value()) return;
  v1::UpdatePlanRequest request;
  request.set_name(some_case->name());
  request.set_etag(EtagSeen(draw, some_case->etag()));
  *request.mutable_plan() = some_case->plan();
  if (request.plan().goals_size() < 5) request.mutable_plan()->add_goals()->set_text("Join the choir");
  world.Send(draw, world.caseload(), kLinkWorker, CaseCommands, &Commands::UpdatePlan, std::move(request), "UpdatePlan",
             "changes the plan of " + Short(some_case->name()));
}

void CloseCase(World& world, Draw& draw, const v1::Case& some_case, bool acknowledges) {
  v1::CloseCaseRequest request;
  request.set_name(some_case.name());
  request.set_etag(EtagSeen(draw, some_case.etag()));
  request.set_outcome(v1::CASE_OUTCOME_GOALS_MET);
  request.set_feedback_owed_acknowledged(acknowledges);
  world.Send(draw, world.caseload(), kLinkWorker, CaseCommands, &Commands::CloseCase, std::move(request), "CloseCase",
             "closes " + Short(some_case.name()));
}

void Close(World& world, Draw& draw) {
  const auto some_case = SomeCase(world, draw, v1::CASE_STATE_ACTIVE);
  if (some_case.has_value()) CloseCase(world, draw, *some_case, draw.Percent(50));
}

void CheckWrite(World& world, Node& node, const Write& write) {
  const auto changed = ChangeOf(node, world.caseload(), write, caseload::Cases());
  if (!changed.has_value()) return;
  const CaseRecord& after = changed->after;
  CheckVersion(world, *changed, "case " + after.id());
  const auto& status = after.mdt_status();
  if (status.has_case_holder() && status.has_key_worker() && status.case_holder().id() == status.key_worker().id()) {
    world.Fail("case-holder and key worker are two people", after.id() + " has one person for both");
  }
  const bool closed = after.state() == v1::CASE_STATE_CLOSED;
  if (closed != (after.outcome() != v1::CASE_OUTCOME_UNSPECIFIED)) {
    world.Fail("a case ends once", after.id() + " has an outcome without an end, or an end without an outcome");
  }
  if (closed && (after.open_signpost_count() > 0 || !after.open_nomination_id().empty())) {
    world.Fail("a closed case holds nothing", after.id() + " is closed and holds places or a nomination");
  }
  if (after.state() == v1::CASE_STATE_ACTIVE && after.link_worker_id().empty()) {
    world.Fail("an active case has a link worker", after.id() + " has none");
  }
  if (changed->before.has_value() && changed->before->state() == v1::CASE_STATE_CLOSED && !closed) {
    world.Fail("a case ends once", after.id() + " is open again");
  }
}

void CheckSettled(World& world) {
  std::map<std::string, std::pair<int, int>> loads;
  for (const CaseRecord& record : AllOf(world, world.caseload(), caseload::Cases())) {
    if (record.state() != v1::CASE_STATE_ACTIVE) continue;
    loads[record.link_worker_id()].first += 1;
    loads[record.link_worker_id()].second += record.weight();
  }
  for (const auto& worker : AllOf(world, world.caseload(), caseload::LinkWorkers())) {
    if (std::pair(worker.open_cases(), worker.weighted_load()) != loads[worker.id()]) {
      world.Fail("a worker's load is that of their cases", worker.id() + " is counted wrong");
    }
  }
}

}  // namespace

std::optional<v1::Case> SomeCase(World& world, Draw& draw, v1::CaseState state) {
  v1::ListCasesRequest request;
  request.set_parent(kParent);
  request.set_state(state);
  request.set_page_size(10);
  const auto page = world.Read(draw, world.caseload(), CaseQueries, &Queries::ListCases, request);
  if (!page.has_value() || page->cases().empty()) return std::nullopt;
  return page->cases(static_cast<int>(draw.Pick(static_cast<std::size_t>(page->cases_size()))));
}

bool AllocateAll(World& world, Draw& draw) {
  bool any = false;
  for (const CaseRecord& record : AllOf(world, world.caseload(), caseload::Cases())) {
    if (record.state() != v1::CASE_STATE_WAITING_FOR_ALLOCATION) continue;
    if (!any) HireWorker(world, draw);  // so that there is room
    any = true;
    v1::GetCaseRequest get;
    get.set_name(caseload::CaseName(kNetwork, record.id()));
    const auto found = world.Read(draw, world.caseload(), CaseQueries, &Queries::GetCase, get);
    if (found.has_value()) AllocateCase(world, draw, *found);
  }
  return any;
}

bool CloseAll(World& world, Draw& draw) {
  bool any = false;
  for (const CaseRecord& record : AllOf(world, world.caseload(), caseload::Cases())) {
    if (record.state() != v1::CASE_STATE_ACTIVE) continue;
    any = true;
    v1::GetCaseRequest get;
    get.set_name(caseload::CaseName(kNetwork, record.id()));
    const auto found = world.Read(draw, world.caseload(), CaseQueries, &Queries::GetCase, get);
    if (found.has_value()) CloseCase(world, draw, *found, /*acknowledges=*/false);
  }
  return any;
}

Feature CaseFeature() {
  return {.name = "cases",
          .actions = {{"hire worker", 1, HireWorker, 2},
                      {"allocate", 10, Allocate},
                      {"reallocate", 2, Reallocate},
                      {"contact", 6, Contact},
                      {"assess", 5, Assess},
                      {"plan", 2, Plan},
                      {"close case", 3, Close}},
          .check_write = CheckWrite,
          .check_settled = CheckSettled};
}

}  // namespace splw::simulation
