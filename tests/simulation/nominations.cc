// Cases are nominated for the MDT and taken back; every nomination is on an agenda, waits with a reason, or is
// withdrawn.
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "services/caseload/caseload_tables.h"
#include "services/caseload/names.h"
#include "services/caseload/nomination.h"
#include "services/mdt_agenda/mdt_tables.h"
#include "services/mdt_agenda/meeting_lifecycle.h"
#include "tests/simulation/features.h"
#include "tests/simulation/records.h"
#include "tests/simulation/services.h"
#include "tests/simulation/some_case.h"

namespace splw::simulation {
namespace {

using caseload::Commands;
using caseload::Queries;
namespace v1 = caseload::v1;
namespace api = mdt::v1;
using MdtNomination = mdt::storage::v1::NominationRecord;
using mdt_agenda::TextKey;

void Nominate(World& world, Draw& draw) {
  const auto some_case = SomeCase(world, draw, v1::CASE_STATE_ACTIVE);
  if (!some_case.has_value()) return;
  constexpr type::v1::AgencyKind kVisitors[] = {type::v1::AGENCY_KIND_HOUSING, type::v1::AGENCY_KIND_DWP,
                                                type::v1::AGENCY_KIND_MENTAL_HEALTH};
  v1::NominateForMdtRequest request;
  request.set_parent(some_case->name());
  request.set_etag(EtagSeen(draw, some_case->etag()));
  request.set_question("Who can help?");
  request.add_agencies_needed(kVisitors[draw.Pick(std::size(kVisitors))]);
  request.set_urgency(draw.Percent(30) ? type::v1::URGENCY_URGENT : type::v1::URGENCY_ROUTINE);
  if (draw.Percent(10)) request.set_mdt(std::string(kParent) + "/mdts/nowhere");
  world.Send(draw, world.caseload(), kLinkWorker, CaseCommands, &Commands::NominateForMdt, std::move(request),
             "NominateForMdt", "nominates " + Short(some_case->name()));
}

void Withdraw(World& world, Draw& draw) {
  constexpr v1::NominationState kOpen[] = {v1::NOMINATION_STATE_SENT, v1::NOMINATION_STATE_RECEIVED,
                                           v1::NOMINATION_STATE_SCHEDULED, v1::NOMINATION_STATE_CARRIED_OVER};
  v1::ListNominationsRequest list;
  list.set_parent(kParent);
  list.set_state(kOpen[draw.Pick(std::size(kOpen))]);
  const auto page = world.Read(draw, world.caseload(), CaseQueries, &Queries::ListNominations, list);
  if (!page.has_value() || page->nominations().empty()) return;
  const auto& nomination =
      page->nominations(static_cast<int>(draw.Pick(static_cast<std::size_t>(page->nominations_size()))));
  v1::WithdrawNominationRequest request;
  request.set_name(nomination.name());
  request.set_etag(EtagSeen(draw, nomination.etag()));
  request.set_reason_code("NO_LONGER_NEEDED");
  world.Send(draw, world.caseload(), kLinkWorker, CaseCommands, &Commands::WithdrawNomination, std::move(request),
             "WithdrawNomination", "withdraws the nomination " + Short(nomination.name()));
}

// Where mdt-agenda has it: on an agenda, waiting, decided or withdrawn, and its item says the same.
void CheckPlace(World& world, const MdtNomination& nomination) {
  const auto fail = [&](const char* words) {
    world.Fail("a nomination is on an agenda, waits with a reason, or is withdrawn", Short(nomination.name()) + words);
  };
  std::optional<mdt::storage::v1::AgendaItemRecord> item;
  std::optional<mdt::storage::v1::MeetingRecord> meeting;
  if (!nomination.item_id().empty()) {
    item = OneOf(world.mdt(), mdt_agenda::Items(),
                 TextKey(nomination.mdt_id(), nomination.meeting_date(), nomination.item_id()));
    meeting = OneOf(world.mdt(), mdt_agenda::Meetings(), TextKey(nomination.mdt_id(), nomination.meeting_date()));
    if (!item.has_value() || !meeting.has_value()) return fail(" names an item that is not there");
  }
  switch (nomination.state()) {
    case api::NOMINATION_STATE_WAITING:
      if (nomination.mdt_id().empty() && nomination.waiting_reason().empty()) fail(" has no MDT and no reason for it");
      if (item.has_value() && (item->state() != api::ITEM_STATE_LISTED || !mdt_agenda::IsPlannable(meeting->state()))) {
        fail(" waits, and is on an agenda that is not being planned");
      }
      break;
    case api::NOMINATION_STATE_SCHEDULED:
      if (!item.has_value() || item->state() != api::ITEM_STATE_LISTED ||
          (meeting->state() != api::MEETING_STATE_PUBLISHED && meeting->state() != api::MEETING_STATE_IN_PROGRESS)) {
        fail(" is scheduled, and is not listed on a published agenda");
      }
      break;
    case api::NOMINATION_STATE_DECIDED:
      if (!item.has_value() || item->state() != api::ITEM_STATE_DECIDED) fail(" is decided, and its item is not");
      break;
    case api::NOMINATION_STATE_WITHDRAWN:
      if (item.has_value() && item->state() == api::ITEM_STATE_LISTED) fail(" is withdrawn, and still listed");
      break;
    default:
      fail(" has no state");
  }
}

bool Agree(v1::NominationState here, api::NominationState there) {
  switch (there) {
    case api::NOMINATION_STATE_WAITING:
      return here == v1::NOMINATION_STATE_RECEIVED || here == v1::NOMINATION_STATE_CARRIED_OVER;
    case api::NOMINATION_STATE_SCHEDULED:
      return here == v1::NOMINATION_STATE_SCHEDULED;
    case api::NOMINATION_STATE_DECIDED:
      return here == v1::NOMINATION_STATE_DECIDED;
    case api::NOMINATION_STATE_WITHDRAWN:
      return here == v1::NOMINATION_STATE_WITHDRAWN;
    default:
      return false;
  }
}

// Whoever discusses a case asks the link worker who has it now.
void CheckLinkWorkers(World& world, const std::map<std::string, MdtNomination>& there) {
  std::map<std::string, std::string> professional_of;  // link worker → professional
  for (const auto& worker : AllOf(world, world.caseload(), caseload::LinkWorkers())) {
    professional_of[worker.id()] = worker.professional_id();
  }
  std::map<std::string, std::string> who_has;  // case → professional
  for (const auto& record : AllOf(world, world.caseload(), caseload::Cases())) {
    who_has[caseload::CaseName(kNetwork, record.id())] = professional_of[record.link_worker_id()];
  }
  const auto check = [&](const mdt::storage::v1::SubjectRecord& subject, const std::string& where) {
    const std::string& named = subject.link_worker().id();
    if (named == who_has[subject.case_()]) return;
    world.Fail("caseload and MDT agree on who knows the person",
               where + " names " + named + ", and " + who_has[subject.case_()] + " has the case");
  };
  for (const auto& [name, nomination] : there) {
    if (nomination.state() == api::NOMINATION_STATE_WAITING || nomination.state() == api::NOMINATION_STATE_SCHEDULED) {
      check(nomination.subject(), "the nomination " + Short(name));
    }
  }
  for (const auto& item : AllOf(world, world.mdt(), mdt_agenda::Items())) {
    if (item.state() == api::ITEM_STATE_LISTED) check(item.subject(), "the item " + item.id());
  }
}

void CheckSettled(World& world) {
  std::map<std::string, MdtNomination> there;
  for (MdtNomination& nomination : AllOf(world, world.mdt(), mdt_agenda::Nominations())) {
    CheckPlace(world, nomination);
    const std::string name = nomination.name();
    there.emplace(name, std::move(nomination));
  }
  if (!world.restored()) CheckLinkWorkers(world, there);
  std::map<std::string, std::string> open;  // case → nomination
  for (const auto& nomination : AllOf(world, world.caseload(), caseload::Nominations())) {
    const std::string name = caseload::NominationName(kNetwork, nomination.case_id(), nomination.id());
    if (caseload::IsOpenNomination(nomination.state()) && !open.emplace(nomination.case_id(), nomination.id()).second) {
      world.Fail("a case has one open nomination", nomination.case_id() + " has two");
    }
    if (world.restored()) continue;
    const auto found = there.find(name);
    if (found == there.end()) {
      world.Fail("every nomination reaches the MDT", Short(name) + " is not known there");
    } else if (!Agree(nomination.state(), found->second.state())) {
      world.Fail("caseload and MDT agree on a nomination",
                 Short(name) + " is " + v1::NominationState_Name(nomination.state()) + " here and " +
                     api::NominationState_Name(found->second.state()) + " there");
    }
  }
  for (const auto& record : AllOf(world, world.caseload(), caseload::Cases())) {
    const auto found = open.find(record.id());
    if (record.open_nomination_id() != (found == open.end() ? std::string() : found->second)) {
      world.Fail("a case has one open nomination", record.id() + " does not know its open nomination");
    }
  }
}

}  // namespace

Feature NominationFeature() {
  return {.name = "nominations",
          .actions = {{"nominate", 8, Nominate}, {"withdraw nomination", 2, Withdraw}},
          .check_settled = CheckSettled};
}

}  // namespace splw::simulation
