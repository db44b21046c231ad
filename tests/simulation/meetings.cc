// Coordinators plan, publish, hold, close and cancel meetings; members come or do not; chairs decide and hear feedback.
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/mdt_agenda/mdt_tables.h"
#include "services/mdt_agenda/names.h"
#include "services/mdt_agenda/schedule.h"
#include "tests/simulation/features.h"
#include "tests/simulation/records.h"
#include "tests/simulation/services.h"

namespace splw::simulation {
namespace {

using mdt_agenda::ItemHandlers;
using mdt_agenda::MeetingHandlers;
using mdt_agenda::ReadHandlers;
using mdt_agenda::TeamHandlers;
namespace api = mdt::v1;

constexpr Role kCoordinator{"coordinator", identity::Role::kMdtCoordinator};
constexpr char kTeam[] = "networks/U12345/mdts/riverside";

type::v1::Professional Professional(const std::string& id, type::v1::AgencyKind agency) {
  type::v1::Professional professional;
  professional.set_id(id);
  professional.set_display_name("Sam " + id);
  professional.set_agency(agency);
  return professional;
}

void CreateTeam(World& world, Draw& draw) {
  api::CreateMdtRequest request;
  request.set_parent(kParent);
  request.set_mdt_id("riverside");
  api::Mdt& team = *request.mutable_mdt();
  team.set_display_name("Riverside");
  team.add_core_agencies(type::v1::AGENCY_KIND_COMMUNITY_NURSING);
  team.add_core_agencies(type::v1::AGENCY_KIND_SPLW_SERVICE);
  team.mutable_schedule()->set_day_of_week(google::type::THURSDAY);
  team.mutable_schedule()->mutable_start_time()->set_hours(10);
  team.mutable_schedule()->set_length_minutes(world.profile().meeting_minutes);
  team.mutable_item_lengths()->set_feedback_minutes(world.profile().feedback_minutes);
  team.set_quorum(2);
  world.Send(draw, world.mdt(), kCoordinator, Teams, &TeamHandlers::CreateMdt, std::move(request), "CreateMdt",
             "sets up the team");
}

void ChangeSchedule(World& world, Draw& draw) {
  api::GetMdtRequest get;
  get.set_name(kTeam);
  const auto team = world.Read(draw, world.mdt(), MdtReads, &ReadHandlers::GetMdt, get);
  if (!team.has_value()) return;
  api::UpdateMdtRequest request;
  *request.mutable_mdt() = *team;
  request.mutable_mdt()->set_etag(EtagSeen(draw, team->etag()));
  request.mutable_mdt()->mutable_schedule()->set_day_of_week(draw.Percent(50) ? google::type::TUESDAY
                                                                              : google::type::THURSDAY);
  request.mutable_update_mask()->add_paths("schedule");
  world.Send(draw, world.mdt(), kCoordinator, Teams, &TeamHandlers::UpdateMdt, std::move(request), "UpdateMdt",
             "moves the team's meetings to another day");
}

std::optional<api::Meeting> FirstMeeting(World& world, Draw& draw, api::MeetingState state) {
  api::ListMeetingsRequest request;
  request.set_parent(kTeam);
  request.set_state(state);
  request.set_page_size(1);
  const auto page = world.Read(draw, world.mdt(), MdtReads, &ReadHandlers::ListMeetings, request);
  if (!page.has_value() || page->meetings().empty()) return std::nullopt;
  return page->meetings(0);
}

std::vector<api::AgendaItem> ItemsOf(World& world, Draw& draw, const api::Meeting& meeting) {
  api::ListAgendaItemsRequest request;
  request.set_parent(meeting.name());
  request.set_page_size(200);
  const auto page = world.Read(draw, world.mdt(), MdtReads, &ReadHandlers::ListAgendaItems, request);
  if (!page.has_value()) return {};
  return {page->agenda_items().begin(), page->agenda_items().end()};
}

template <typename Request>
void Step(World& world, Draw& draw, const api::Meeting& meeting,
          absl::StatusOr<store::Position> (MeetingHandlers::*method)(const rpc::Call&, const Request&, api::Meeting*),
          Request request, const char* name, const char* words) {
  request.set_name(meeting.name());
  request.set_etag(EtagSeen(draw, meeting.etag()));
  world.Send(draw, world.mdt(), kCoordinator, Meetings, method, std::move(request), name,
             std::string(words) + " " + Short(meeting.name()));
}

void Build(World& world, Draw& draw, const api::Meeting& meeting, bool late) {
  api::BuildAgendaRequest request;
  request.set_late_urgent_only(late);
  Step(world, draw, meeting, &MeetingHandlers::BuildAgenda, request, "BuildAgenda",
       late ? "adds urgent cases to" : "builds the agenda of");
}

void Publish(World& world, Draw& draw, const api::Meeting& meeting) {
  Step(world, draw, meeting, &MeetingHandlers::PublishAgenda, api::PublishAgendaRequest(), "PublishAgenda",
       "publishes the agenda of");
}

void Start(World& world, Draw& draw, const api::Meeting& meeting) {
  api::StartMeetingRequest request;
  request.set_override_reason_code("HELD_EARLIER");  // counts only where it is
  Step(world, draw, meeting, &MeetingHandlers::StartMeeting, request, "StartMeeting", "starts");
}

void Attend(World& world, Draw& draw, const api::Meeting& meeting) {
  api::RecordAttendanceRequest request;
  const struct {
    const char* id;
    type::v1::AgencyKind agency;
  } members[] = {{"nurse", type::v1::AGENCY_KIND_COMMUNITY_NURSING},
                 {"link.worker", type::v1::AGENCY_KIND_SPLW_SERVICE},
                 {"housing.officer", type::v1::AGENCY_KIND_HOUSING}};
  for (const auto& member : members) {
    api::Attendance* attendance = request.add_attendance();
    *attendance->mutable_professional() = Professional(member.id, member.agency);
    attendance->set_status(draw.Percent(70) ? api::ATTENDANCE_STATUS_PRESENT : api::ATTENDANCE_STATUS_APOLOGIES);
  }
  Step(world, draw, meeting, &MeetingHandlers::RecordAttendance, request, "RecordAttendance", "records who came to");
}

void Close(World& world, Draw& draw, const api::Meeting& meeting) {
  Step(world, draw, meeting, &MeetingHandlers::CloseMeeting, api::CloseMeetingRequest(), "CloseMeeting", "closes");
}

void CancelMeeting(World& world, Draw& draw, const api::Meeting& meeting) {
  api::CancelMeetingRequest request;
  request.set_reason_code("BANK_HOLIDAY");
  Step(world, draw, meeting, &MeetingHandlers::CancelMeeting, request, "CancelMeeting", "cancels");
}

void Decide(World& world, Draw& draw, const api::Meeting& meeting, const api::AgendaItem& item) {
  constexpr const char* kHolders[] = {"nurse", "doctor", "amina"};
  constexpr const char* kKeyWorkers[] = {"link.worker", "amina"};  // amina has both roles, in different cases
  api::RecordDecisionRequest request;
  request.set_name(item.name());
  request.set_etag(EtagSeen(draw, item.etag()));
  request.set_summary("The community nurse leads.");
  const std::size_t kind = draw.Pick(10);
  if (kind < 6) {
    request.set_outcome(api::DECISION_OUTCOME_PLAN_AGREED);
    *request.mutable_case_holder() =
        Professional(kHolders[draw.Pick(std::size(kHolders))], type::v1::AGENCY_KIND_COMMUNITY_NURSING);
    *request.mutable_key_worker() =
        Professional(kKeyWorkers[draw.Pick(std::size(kKeyWorkers))], type::v1::AGENCY_KIND_SPLW_SERVICE);
  } else if (kind < 8) {
    request.set_outcome(api::DECISION_OUTCOME_MORE_INFORMATION);
  } else {
    request.set_outcome(api::DECISION_OUTCOME_ADVICE_GIVEN);
  }
  if (kind < 8) {
    api::ActionInput* action = request.add_actions();
    action->set_description(draw.Percent(50) ? "Look at the damp" : "Call the landlord");
    *action->mutable_owner() = Professional("housing.officer", type::v1::AGENCY_KIND_HOUSING);
    const std::size_t slash = meeting.name().rfind('/');
    *action->mutable_due_date() = mdt_agenda::ToDate(*mdt_agenda::ParseDay(meeting.name().substr(slash + 1)) + 14);
  }
  world.Send(draw, world.mdt(), kCoordinator, Items, &ItemHandlers::RecordDecision, std::move(request),
             "RecordDecision", "records the decision on " + Short(item.name()));
}

void GiveFeedback(World& world, Draw& draw, const api::AgendaItem& item, int done_percent) {
  api::RecordFeedbackRequest request;
  request.set_name(item.name());
  request.set_etag(EtagSeen(draw, item.etag()));
  request.set_summary("The flat was looked at.");
  for (const api::Action& action : item.open_actions()) {
    if (!draw.Percent(done_percent)) continue;
    api::ActionUpdate* update = request.add_action_updates();
    update->set_action(action.name());
    update->set_state(api::ACTION_STATE_DONE);
  }
  request.set_needs_further_feedback(!draw.Percent(done_percent));
  world.Send(draw, world.mdt(), kCoordinator, Items, &ItemHandlers::RecordFeedback, std::move(request),
             "RecordFeedback", "records the feedback on " + Short(item.name()));
}

// One thing that is done in a meeting: an item is decided or corrected, feedback is heard, or the meeting ends.
void GoOnWithMeeting(World& world, Draw& draw, const api::Meeting& meeting) {
  const std::vector<api::AgendaItem> items = ItemsOf(world, draw, meeting);
  if (items.empty() || draw.Percent(15)) {
    if (draw.Percent(20)) return Attend(world, draw, meeting);
    return Close(world, draw, meeting);
  }
  const api::AgendaItem& item = items[draw.Pick(items.size())];
  if (item.kind() == api::ITEM_KIND_FEEDBACK && !draw.Percent(10)) return GiveFeedback(world, draw, item, 60);
  Decide(world, draw, meeting, item);
}

// The coordinator does what comes next, of the meeting that is furthest on.
void GoOn(World& world, Draw& draw) {
  if (const auto running = FirstMeeting(world, draw, api::MEETING_STATE_IN_PROGRESS); running.has_value()) {
    return GoOnWithMeeting(world, draw, *running);
  }
  if (const auto published = FirstMeeting(world, draw, api::MEETING_STATE_PUBLISHED); published.has_value()) {
    if (draw.Percent(20)) return Build(world, draw, *published, /*late=*/true);
    if (draw.Percent(20)) return Attend(world, draw, *published);
    return Start(world, draw, *published);
  }
  if (const auto built = FirstMeeting(world, draw, api::MEETING_STATE_AGENDA_BUILT); built.has_value()) {
    if (draw.Percent(25)) return Build(world, draw, *built, /*late=*/false);
    return Publish(world, draw, *built);
  }
  if (const auto next = FirstMeeting(world, draw, api::MEETING_STATE_SCHEDULED); next.has_value()) {
    Build(world, draw, *next, /*late=*/false);
  }
}

// The next meeting or the one after it, whatever its state; a meeting that runs or is over refuses.
void Cancel(World& world, Draw& draw) {
  constexpr api::MeetingState kStates[] = {api::MEETING_STATE_SCHEDULED, api::MEETING_STATE_AGENDA_BUILT,
                                           api::MEETING_STATE_PUBLISHED};
  const auto meeting = FirstMeeting(world, draw, kStates[draw.Pick(std::size(kStates))]);
  if (meeting.has_value()) CancelMeeting(world, draw, *meeting);
}

// Two coordinators plan two meetings side by side.
void BuildAnother(World& world, Draw& draw) {
  api::ListMeetingsRequest request;
  request.set_parent(kTeam);
  request.set_state(api::MEETING_STATE_SCHEDULED);
  request.set_page_size(3);
  const auto page = world.Read(draw, world.mdt(), MdtReads, &ReadHandlers::ListMeetings, request);
  if (!page.has_value() || page->meetings().empty()) return;
  const std::size_t at = draw.Pick(static_cast<std::size_t>(page->meetings_size()));
  Build(world, draw, page->meetings(static_cast<int>(at)), /*late=*/false);
}

}  // namespace

bool HoldNextMeeting(World& world, Draw& draw) {
  bool wanted = false;
  for (const auto& nomination : AllOf(world, world.mdt(), mdt_agenda::Nominations())) {
    wanted = wanted || nomination.state() == api::NOMINATION_STATE_WAITING ||
             nomination.state() == api::NOMINATION_STATE_SCHEDULED;
  }
  for (const auto& item : AllOf(world, world.mdt(), mdt_agenda::Items())) {
    wanted = wanted || item.state() == api::ITEM_STATE_LISTED;
  }
  if (!wanted) return false;
  if (!FirstMeeting(world, draw, api::MEETING_STATE_UNSPECIFIED).has_value()) {
    CreateTeam(world, draw);
    return true;
  }
  if (const auto running = FirstMeeting(world, draw, api::MEETING_STATE_IN_PROGRESS); running.has_value()) {
    for (const api::AgendaItem& item : ItemsOf(world, draw, *running)) {
      if (item.state() != api::ITEM_STATE_LISTED) continue;
      if (item.kind() == api::ITEM_KIND_FEEDBACK) {
        GiveFeedback(world, draw, item, 100);
      } else {
        Decide(world, draw, *running, item);
      }
    }
    const auto now = FirstMeeting(world, draw, api::MEETING_STATE_IN_PROGRESS);
    if (now.has_value()) Close(world, draw, *now);
    return true;
  }
  if (const auto published = FirstMeeting(world, draw, api::MEETING_STATE_PUBLISHED); published.has_value()) {
    Start(world, draw, *published);
  } else if (const auto built = FirstMeeting(world, draw, api::MEETING_STATE_AGENDA_BUILT); built.has_value()) {
    Publish(world, draw, *built);
  } else if (const auto next = FirstMeeting(world, draw, api::MEETING_STATE_SCHEDULED); next.has_value()) {
    Build(world, draw, *next, /*late=*/false);
  }
  return true;
}

Feature MeetingFeature() {
  return {.name = "meetings",
          .actions = {{"create team", 1, CreateTeam},
                      {"change schedule", 1, ChangeSchedule},
                      {"go on with the MDT", 30, GoOn},
                      {"build another agenda", 1, BuildAnother},
                      {"cancel a meeting", 2, Cancel}}};
}

}  // namespace splw::simulation
