// What holds of meetings, agendas and debts, whoever does what: no feedback is forgotten, nobody is left behind for
// ever, and a case has one case-holder and one key worker.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "services/caseload/caseload_tables.h"
#include "services/caseload/names.h"
#include "services/mdt_agenda/agenda_planner.h"
#include "services/mdt_agenda/decision.h"
#include "services/mdt_agenda/feedback.h"
#include "services/mdt_agenda/mdt_tables.h"
#include "services/mdt_agenda/meeting_lifecycle.h"
#include "services/mdt_agenda/names.h"
#include "services/mdt_agenda/timestamps.h"
#include "tests/simulation/features.h"
#include "tests/simulation/records.h"

namespace splw::simulation {
namespace {

namespace api = mdt::v1;
namespace stored = mdt::storage::v1;
using mdt_agenda::TextKey;

std::optional<stored::AgendaItemRecord> ItemNamed(World& world, const std::string& name) {
  const auto maybe_place = mdt_agenda::ParseItem("item", name);
  if (!maybe_place.ok()) return std::nullopt;
  return OneOf(world.mdt(), mdt_agenda::Items(), TextKey(maybe_place->mdt_id, maybe_place->date, maybe_place->item_id));
}

std::optional<stored::MeetingRecord> MeetingOf(World& world, const stored::AgendaItemRecord& item) {
  return OneOf(world.mdt(), mdt_agenda::Meetings(), TextKey(item.mdt_id(), item.meeting_date()));
}

bool IsOver(api::MeetingState state) {
  return state == api::MEETING_STATE_CLOSED || state == api::MEETING_STATE_CANCELLED;
}

bool AnyOpen(World& world, const google::protobuf::RepeatedPtrField<std::string>& action_ids) {
  return std::any_of(action_ids.begin(), action_ids.end(), [&](const std::string& id) {
    const auto action = OneOf(world.mdt(), mdt_agenda::Actions(), TextKey(id));
    return action.has_value() && mdt_agenda::IsOpen(*action);
  });
}

// Whether more feedback is owed on what this item came to.
bool Owes(World& world, const stored::AgendaItemRecord& item) {
  if (item.has_decision() && mdt_agenda::OwesFeedback(item.decision())) return true;
  return item.has_feedback() && (item.feedback().needs_further_feedback() || AnyOpen(world, item.open_action_ids()));
}

void CheckDebt(World& world, const stored::AgendaItemRecord& item) {
  const std::string name = mdt_agenda::ItemName(kNetwork, item);
  const auto fail = [&](const char* words) {
    world.Fail("feedback that is owed stands on a later meeting", Short(name) + words);
  };
  if (!Owes(world, item)) return;
  if (item.feedback_item().empty()) return fail(" owes feedback, and no meeting will ask for it");
  const auto feedback = ItemNamed(world, item.feedback_item());
  if (!feedback.has_value()) return fail(" owes feedback, and the item for it is gone");
  if (feedback->meeting_date() <= item.meeting_date()) return fail(" owes feedback to a meeting that is not later");
  if (feedback->state() == api::ITEM_STATE_FEEDBACK_GIVEN) return;
  const auto meeting = MeetingOf(world, *feedback);
  if (feedback->state() != api::ITEM_STATE_LISTED || !meeting.has_value() || IsOver(meeting->state())) {
    fail(" owes feedback, and the meeting that should hear it is over or does not have it");
  }
}

void CheckItem(World& world, const stored::AgendaItemRecord& item) {
  CheckDebt(world, item);
  if (item.kind() != api::ITEM_KIND_FEEDBACK) return;
  const auto source = ItemNamed(world, item.of_item());
  if (!source.has_value()) {
    return world.Fail("feedback that is owed stands on a later meeting", Short(item.of_item()) + " is gone");
  }
  CheckDebt(world, *source);
  if (item.state() == api::ITEM_STATE_LISTED && source->feedback_item() != mdt_agenda::ItemName(kNetwork, item)) {
    world.Fail("feedback is asked for once", Short(item.of_item()) + " has feedback listed that it does not know of");
  }
}

bool MayFollow(const stored::MeetingRecord& before, api::MeetingState after) {
  if (before.state() == after) return true;
  switch (before.state()) {
    case api::MEETING_STATE_SCHEDULED:
    case api::MEETING_STATE_AGENDA_BUILT:
      return after == api::MEETING_STATE_SCHEDULED || after == api::MEETING_STATE_AGENDA_BUILT ||
             after == api::MEETING_STATE_PUBLISHED || after == api::MEETING_STATE_CANCELLED;
    case api::MEETING_STATE_PUBLISHED:
      return after == api::MEETING_STATE_IN_PROGRESS || after == api::MEETING_STATE_CANCELLED;
    case api::MEETING_STATE_IN_PROGRESS:
      return after == api::MEETING_STATE_CLOSED;
    case api::MEETING_STATE_CANCELLED:  // a day that the schedule comes back to
      return after == api::MEETING_STATE_SCHEDULED && before.cancel_reason_code() == "SCHEDULE_CHANGED";
    default:
      return false;
  }
}

// Of every agenda that is built: whoever was left as often as anybody may be is on it, and of those who were left as
// often as the team allows, the longest waiting (rule 5 of agenda_planner.h).
void CheckNobodyIsLeftBehind(World& world, const stored::MeetingRecord& meeting) {
  const auto mdt = OneOf(world.mdt(), mdt_agenda::Mdts(), TextKey(meeting.mdt_id()));
  if (!mdt.has_value()) return;
  const int most = mdt_agenda::MaxTimesLeft({meeting.length_minutes(), mdt->max_carry_overs(), {}});
  std::optional<stored::NominationRecord> first;
  const auto waiting_since = [](const stored::NominationRecord& nomination) {
    return std::make_tuple(mdt_agenda::ToInstant(nomination.receive_time()), nomination.name());
  };
  for (const auto& nomination : AllOf(world, world.mdt(), mdt_agenda::Nominations())) {
    // Those on the plan of a nearer meeting are not this one's to care for.
    const bool considered = nomination.state() == api::NOMINATION_STATE_WAITING &&
                            nomination.mdt_id() == meeting.mdt_id() &&
                            (nomination.meeting_date().empty() || nomination.meeting_date() >= meeting.date());
    const int left = nomination.times_carried_over() + nomination.times_passed_over();
    if (!considered || left < mdt->max_carry_overs()) continue;
    if (left >= most && nomination.meeting_date() != meeting.date()) {
      world.Fail("nobody is left behind more often than the policy allows",
                 Short(nomination.name()) + " was left " + std::to_string(left) + " times, and is left again");
    }
    if (!first.has_value() || waiting_since(nomination) < waiting_since(*first)) first = nomination;
  }
  if (first.has_value() && first->meeting_date() != meeting.date()) {
    world.Fail("nobody is left behind more often than the policy allows",
               Short(first->name()) + " was left as often as the team allows, waits longest, and is left again");
  }
}

void CheckMeeting(World& world, const Changed<stored::MeetingRecord>& changed) {
  const stored::MeetingRecord& after = changed.after;
  const std::string name = Short(mdt_agenda::MeetingName(kNetwork, after));
  if (changed.before.has_value() && !MayFollow(*changed.before, after.state())) {
    world.Fail("a meeting takes its steps in order", name + " goes from " +
                                                         api::MeetingState_Name(changed.before->state()) + " to " +
                                                         api::MeetingState_Name(after.state()));
  }
  if (IsOver(after.state())) {
    for (const auto& item : AllOf(world, world.mdt(), mdt_agenda::Items())) {
      if (item.meeting_date() == after.date() && item.mdt_id() == after.mdt_id() &&
          item.state() == api::ITEM_STATE_LISTED) {
        world.Fail("a meeting that is over has nothing open", name + " still lists an item");
      }
    }
  }
  const bool built = after.state() == api::MEETING_STATE_AGENDA_BUILT && changed.before.has_value() &&
                     (changed.before->build_time().seconds() != after.build_time().seconds() ||
                      changed.before->build_time().nanos() != after.build_time().nanos());
  if (built) CheckNobodyIsLeftBehind(world, after);
}

void CheckWrite(World& world, Node& node, const Write& write) {
  if (const auto meeting = ChangeOf(node, world.mdt(), write, mdt_agenda::Meetings())) CheckMeeting(world, *meeting);
  if (const auto item = ChangeOf(node, world.mdt(), write, mdt_agenda::Items())) CheckItem(world, item->after);
  if (const auto assignment = ChangeOf(node, world.mdt(), write, mdt_agenda::Assignments())) {
    if (assignment->after.case_holder().id() == assignment->after.key_worker().id()) {
      world.Fail("case-holder and key worker are two people", Short(assignment->after.case_()) + " has one for both");
    }
  }
}

void CheckAssignments(World& world, const caseload::CaseRecord& record,
                      const std::map<std::string, stored::AssignmentRecord>& assignments, const std::string& name) {
  const auto found = assignments.find(name);
  const stored::AssignmentRecord none;
  const stored::AssignmentRecord& there = found == assignments.end() ? none : found->second;
  const auto& here = record.mdt_status();
  if (here.case_holder().id() != there.case_holder().id() || here.key_worker().id() != there.key_worker().id()) {
    world.Fail("caseload and MDT agree on who holds a case",
               Short(name) + ": here " + here.case_holder().id() + " and " + here.key_worker().id() + ", there " +
                   there.case_holder().id() + " and " + there.key_worker().id());
  }
}

void CheckSettled(World& world) {
  for (const auto& item : AllOf(world, world.mdt(), mdt_agenda::Items())) CheckItem(world, item);
  if (world.restored()) return;
  std::map<std::string, stored::AssignmentRecord> assignments;
  for (auto& each : AllOf(world, world.mdt(), mdt_agenda::Assignments())) assignments[each.case_()] = each;
  std::set<std::string> owed;  // cases
  for (const auto& item : AllOf(world, world.mdt(), mdt_agenda::Items())) {
    if (item.kind() == api::ITEM_KIND_FEEDBACK && item.state() == api::ITEM_STATE_LISTED)
      owed.insert(item.subject().case_());
  }
  for (const auto& record : AllOf(world, world.caseload(), caseload::Cases())) {
    const std::string name = caseload::CaseName(kNetwork, record.id());
    CheckAssignments(world, record, assignments, name);
    if ((owed.count(name) > 0) != record.mdt_status().has_feedback_due_date()) {
      world.Fail(
          "the caseload knows what feedback is owed",
          Short(name) + (owed.count(name) > 0 ? " owes feedback and does not know" : " owes none and thinks so"));
    }
  }
}

}  // namespace

Feature AgendaFeature() {
  return {.name = "agenda rules", .actions = {}, .check_write = CheckWrite, .check_settled = CheckSettled};
}

}  // namespace splw::simulation
