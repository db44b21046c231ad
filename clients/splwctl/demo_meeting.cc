// The demonstration, steps 8 to 10: the agenda, the meeting, the minutes.
#include <algorithm>

#include <absl/strings/str_format.h>
#include <absl/time/clock.h>

#include "clients/splwctl/calls.h"
#include "clients/splwctl/demo.h"
#include "clients/splwctl/errors.h"
#include "clients/splwctl/names.h"
#include "clients/splwctl/render.h"
#include "clients/splwctl/values.h"
#include "common/text/failure.h"

namespace splw::ctl {
namespace {

namespace mv1 = mdt::v1;
using MdtStub = mv1::MdtAgendaService::Stub;

std::string MeetingOf(const std::string& item) {
  return item.substr(0, item.rfind("/items/"));
}

bool IsPublished(const mv1::Meeting& meeting) {
  return meeting.state() == mv1::MEETING_STATE_PUBLISHED || meeting.state() == mv1::MEETING_STATE_IN_PROGRESS ||
         meeting.state() == mv1::MEETING_STATE_CLOSED;
}

}  // namespace

absl::Status Demo::ChooseMeeting() {
  meeting_.clear();
  SPLW_ASSIGN_OR_RETURN(const std::vector<mv1::AgendaItem> items, ItemsOf("", main().case_name));
  for (const mv1::AgendaItem& item : items) {  // by date: the last one counts
    if (item.kind() != mv1::ITEM_KIND_FEEDBACK && item.state() != mv1::ITEM_STATE_CARRIED_OVER) {
      meeting_ = MeetingOf(item.name());
    }
  }
  if (!meeting_.empty()) return absl::OkStatus();

  mv1::ListMeetingsRequest request;
  request.set_parent(week_.network + "/mdts/" + week_.team.mdt_id());
  const absl::Time now = absl::Now();
  *request.mutable_from_date() = DateOf(absl::ToCivilDay(now, absl::UTCTimeZone()));
  const std::function<void(const mv1::Meeting&)> each = [&](const mv1::Meeting& meeting) {
    const bool open =
        meeting.state() == mv1::MEETING_STATE_SCHEDULED || meeting.state() == mv1::MEETING_STATE_AGENDA_BUILT;
    if (meeting_.empty() && open && meeting.start_time().seconds() > absl::ToUnixSeconds(now))
      meeting_ = meeting.name();
  };
  SPLW_RETURN_IF_ERROR(ForEach(connection_, coordinator_, connection_.mdt(), &MdtStub::ListMeetings, request,
                               &mv1::ListMeetingsResponse::meetings, 0, each));
  if (!meeting_.empty()) return absl::OkStatus();
  return text::Failure(absl::StatusCode::kFailedPrecondition, "NO_MEETING",
                       "no meeting of the team is in the calendar whose agenda could still be built");
}

absl::Status Demo::FindItems() {
  SPLW_ASSIGN_OR_RETURN(const std::vector<mv1::AgendaItem> items, ItemsOf(meeting_, ""));
  for (Journey& journey : journeys_) {
    journey.item.Clear();
    for (const mv1::AgendaItem& item : items) {
      if (item.case_() != journey.case_name || item.kind() == mv1::ITEM_KIND_FEEDBACK) continue;
      if (!journey.item.name().empty()) return LostOrDoubled("a case is on one agenda twice");
      journey.item = item;
    }
  }
  return absl::OkStatus();
}

absl::Status Demo::PublishAgenda() {
  SPLW_RETURN_IF_ERROR(ChooseMeeting());
  mv1::Meeting meeting;
  SPLW_RETURN_IF_ERROR(Ensure(
      "the agenda",
      [&]() -> absl::StatusOr<bool> {
        SPLW_ASSIGN_OR_RETURN(meeting, GetMeeting(meeting_));
        SPLW_RETURN_IF_ERROR(FindItems());
        const bool all_listed = std::all_of(journeys_.begin(), journeys_.end(),
                                            [](const Journey& journey) { return journey.item.position() > 0; });
        if (IsPublished(meeting) && !all_listed)
          return LostOrDoubled("a nominated case is not on the published agenda");
        return all_listed && (IsPublished(meeting) || meeting.state() == mv1::MEETING_STATE_AGENDA_BUILT);
      },
      [&]() -> absl::Status {
        mv1::BuildAgendaRequest request;
        request.set_name(meeting_);
        request.set_etag(meeting.etag());
        request.set_request_id(RequestId("build-" + ShortId(meeting_), meeting.etag()));
        return connection_.Call(coordinator_, connection_.mdt(), &MdtStub::BuildAgenda, request).status();
      }));
  SPLW_RETURN_IF_ERROR(Ensure(
      "the publication",
      [&]() -> absl::StatusOr<bool> {
        SPLW_ASSIGN_OR_RETURN(meeting, GetMeeting(meeting_));
        return IsPublished(meeting);
      },
      [&]() -> absl::Status {
        mv1::PublishAgendaRequest request;
        request.set_name(meeting_);
        request.set_etag(meeting.etag());
        request.set_request_id(RequestId("publish-" + ShortId(meeting_), meeting.etag()));
        return connection_.Call(coordinator_, connection_.mdt(), &MdtStub::PublishAgenda, request).status();
      }));
  SPLW_ASSIGN_OR_RETURN(const MeetingPapers papers, PapersOf(meeting_));
  PrintAgenda(out_, papers);
  return absl::OkStatus();
}

absl::Status Demo::HoldMeeting() {
  mv1::Meeting meeting;
  SPLW_RETURN_IF_ERROR(Ensure(
      "the start of the meeting",
      [&]() -> absl::StatusOr<bool> {
        SPLW_ASSIGN_OR_RETURN(meeting, GetMeeting(meeting_));
        return meeting.state() == mv1::MEETING_STATE_IN_PROGRESS || meeting.state() == mv1::MEETING_STATE_CLOSED;
      },
      [&]() -> absl::Status {
        mv1::StartMeetingRequest request;
        request.set_override_reason_code("DEMONSTRATION");  // it waits for no Thursday
        request.set_name(meeting_);
        request.set_etag(meeting.etag());
        request.set_request_id(RequestId("start", meeting.etag()));
        return connection_.Call(chair_, connection_.mdt(), &MdtStub::StartMeeting, request).status();
      }));
  SPLW_RETURN_IF_ERROR(Ensure(
      "the attendance",
      [&]() -> absl::StatusOr<bool> {
        SPLW_ASSIGN_OR_RETURN(meeting, GetMeeting(meeting_));
        return !meeting.attendance().empty() || meeting.state() == mv1::MEETING_STATE_CLOSED;
      },
      [&]() -> absl::Status {
        mv1::RecordAttendanceRequest request;
        request.set_name(meeting_);
        request.set_etag(meeting.etag());
        for (const bool came : {true, false}) {
          for (const std::string& id : came ? script_.present : script_.apologies) {
            mv1::Attendance& attendance = *request.add_attendance();
            SPLW_ASSIGN_OR_RETURN(*attendance.mutable_professional(), Member(id));
            attendance.set_status(came ? mv1::ATTENDANCE_STATUS_PRESENT : mv1::ATTENDANCE_STATUS_APOLOGIES);
          }
        }
        request.set_request_id(RequestId("attend", meeting.etag()));
        return connection_.Call(coordinator_, connection_.mdt(), &MdtStub::RecordAttendance, request).status();
      }));
  Line(absl::StrFormat("  %d people recorded; quorum %s", meeting.attendance_size(),
                       meeting.quorum_met() ? "met" : "not met"));
  for (Journey& journey : journeys_) {
    if (journey.script->decision.outcome == mv1::DECISION_OUTCOME_UNSPECIFIED) continue;
    SPLW_RETURN_IF_ERROR(Decide(journey));
    Line("  " + Printable(FieldText(journey.referral, "person.name")) + ": " +
         EnumWords(journey.script->decision.outcome) +
         absl::StrFormat(", %d actions", static_cast<int>(journey.script->decision.actions.size())));
  }
  return SettleOthers();
}

absl::Status Demo::Decide(const Journey& journey) {
  const ScriptedDecision& script = journey.script->decision;
  mv1::AgendaItem item;
  SPLW_RETURN_IF_ERROR(Ensure(
      "the decision",
      [&]() -> absl::StatusOr<bool> {
        mv1::GetAgendaItemRequest request;
        request.set_name(journey.item.name());
        SPLW_ASSIGN_OR_RETURN(item,
                              connection_.Call(coordinator_, connection_.mdt(), &MdtStub::GetAgendaItem, request));
        return item.has_decision();
      },
      [&]() -> absl::Status {
        mv1::RecordDecisionRequest request;
        request.set_name(item.name());
        request.set_etag(item.etag());
        request.set_outcome(script.outcome);
        request.set_summary(script.summary);
        const auto person = [&](const std::string& id) -> absl::StatusOr<type::v1::Professional> {
          return id == kLinkWorker ? item.link_worker() : Member(id);
        };
        if (!script.case_holder.empty()) {
          SPLW_ASSIGN_OR_RETURN(*request.mutable_case_holder(), person(script.case_holder));
        }
        if (!script.key_worker.empty()) {
          SPLW_ASSIGN_OR_RETURN(*request.mutable_key_worker(), person(script.key_worker));
        }
        // The meeting's date is the last part of its name.
        SPLW_ASSIGN_OR_RETURN(const google::type::Date date, ParseDate(ShortId(meeting_), "meeting"));
        for (const ScriptedAction& action : script.actions) {
          mv1::ActionInput& input = *request.add_actions();
          input.set_description(action.description);
          SPLW_ASSIGN_OR_RETURN(*input.mutable_owner(), person(action.owner));
          *input.mutable_due_date() = DateOf(DayOf(date) + action.due_in_days);
        }
        request.set_request_id(RequestId("decide-" + journey.script->key, item.etag()));
        return connection_.Call(chair_, connection_.mdt(), &MdtStub::RecordDecision, request).status();
      }));
  if (item.decision().version() != 1) return LostOrDoubled("a decision was recorded more than once");
  if (item.decision().actions_size() != static_cast<int>(script.actions.size())) {
    return LostOrDoubled("a decision has not the actions that were agreed");
  }
  return absl::OkStatus();
}

// What earlier runs left on this agenda gets its answer too, so that no later meeting runs out of time.
absl::Status Demo::SettleOthers() {
  SPLW_ASSIGN_OR_RETURN(const mv1::Meeting meeting, GetMeeting(meeting_));
  if (meeting.state() != mv1::MEETING_STATE_IN_PROGRESS) return absl::OkStatus();
  SPLW_ASSIGN_OR_RETURN(const std::vector<mv1::AgendaItem> items, ItemsOf(meeting_, ""));
  for (const mv1::AgendaItem& item : items) {
    const bool ours = std::any_of(journeys_.begin(), journeys_.end(),
                                  [&](const Journey& journey) { return journey.item.name() == item.name(); });
    if (ours || item.state() != mv1::ITEM_STATE_LISTED) continue;
    if (item.kind() == mv1::ITEM_KIND_FEEDBACK) {
      mv1::RecordFeedbackRequest request;
      request.set_name(item.name());
      request.set_etag(item.etag());
      request.set_summary("All that was promised has been done.");
      for (const mv1::Action& action : item.open_actions()) {
        mv1::ActionUpdate& update = *request.add_action_updates();
        update.set_action(action.name());
        update.set_state(mv1::ACTION_STATE_DONE);
      }
      request.set_request_id(RequestId("feedback-" + Tail(item.name()), item.etag()));
      SPLW_RETURN_IF_ERROR(connection_.Call(chair_, connection_.mdt(), &MdtStub::RecordFeedback, request).status());
    } else {
      mv1::RecordDecisionRequest request;
      request.set_name(item.name());
      request.set_etag(item.etag());
      request.set_outcome(mv1::DECISION_OUTCOME_ADVICE_GIVEN);
      request.set_summary("Discussed; the link worker goes on as before.");
      request.set_request_id(RequestId("advise-" + Tail(item.name()), item.etag()));
      SPLW_RETURN_IF_ERROR(connection_.Call(chair_, connection_.mdt(), &MdtStub::RecordDecision, request).status());
    }
  }
  return absl::OkStatus();
}

absl::Status Demo::CloseMeeting() {
  mv1::Meeting meeting;
  SPLW_RETURN_IF_ERROR(Ensure(
      "the end of the meeting",
      [&]() -> absl::StatusOr<bool> {
        SPLW_ASSIGN_OR_RETURN(meeting, GetMeeting(meeting_));
        return meeting.state() == mv1::MEETING_STATE_CLOSED;
      },
      [&]() -> absl::Status {
        mv1::CloseMeetingRequest request;
        request.set_name(meeting_);
        request.set_etag(meeting.etag());
        for (const Journey& journey : journeys_) {
          if (journey.script->carry_over_reason.empty()) continue;
          mv1::CarryOverReason& reason = *request.add_carry_over_reasons();
          reason.set_item(journey.item.name());
          reason.set_reason_code(journey.script->carry_over_reason);
        }
        request.set_request_id(RequestId("close", meeting.etag()));
        return connection_.Call(coordinator_, connection_.mdt(), &MdtStub::CloseMeeting, request).status();
      }));
  SPLW_RETURN_IF_ERROR(FindItems());
  SPLW_ASSIGN_OR_RETURN(const MeetingPapers papers, PapersOf(meeting_));
  PrintMinutes(out_, papers);
  return absl::OkStatus();
}

}  // namespace splw::ctl
