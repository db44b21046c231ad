#include "services/mdt_agenda/meeting_lifecycle.h"

#include <algorithm>

#include "services/mdt_agenda/errors.h"
#include "services/mdt_agenda/schedule.h"
#include "services/mdt_agenda/timestamps.h"

namespace splw::mdt_agenda {
namespace {

const char* StepName(MeetingStep step) {
  switch (step) {
    case MeetingStep::kBuildAgenda:
      return "building the agenda";
    case MeetingStep::kAddUrgent:
      return "adding urgent nominations";
    case MeetingStep::kPublishAgenda:
      return "publishing the agenda";
    case MeetingStep::kStart:
      return "starting the meeting";
    case MeetingStep::kRecordAttendance:
      return "recording attendance";
    case MeetingStep::kClose:
      return "closing the meeting";
    case MeetingStep::kCancel:
      return "cancelling the meeting";
  }
  return "this step";
}

}  // namespace

absl::StatusOr<api::MeetingState> NextState(api::MeetingState state, MeetingStep step) {
  const bool published = state == api::MEETING_STATE_PUBLISHED;
  const bool in_progress = state == api::MEETING_STATE_IN_PROGRESS;
  switch (step) {
    case MeetingStep::kBuildAgenda:
      if (IsPlannable(state)) return api::MEETING_STATE_AGENDA_BUILT;
      if (published) return errors::AgendaPublished();
      break;
    case MeetingStep::kAddUrgent:
      if (published) return state;
      if (IsPlannable(state)) return errors::LateOnlyAfterPublication();
      break;
    case MeetingStep::kPublishAgenda:
      if (state == api::MEETING_STATE_AGENDA_BUILT) return api::MEETING_STATE_PUBLISHED;
      break;
    case MeetingStep::kStart:
      if (published) return api::MEETING_STATE_IN_PROGRESS;
      break;
    case MeetingStep::kRecordAttendance:
      if (published || in_progress) return state;
      break;
    case MeetingStep::kClose:
      if (in_progress) return api::MEETING_STATE_CLOSED;
      break;
    case MeetingStep::kCancel:
      if (IsPlannable(state) || published) return api::MEETING_STATE_CANCELLED;
      break;
  }
  return errors::IllegalTransition(StepName(step), state);
}

absl::Status NoteStart(const std::string& override_reason_code, absl::Time now, stored::MeetingRecord& meeting) {
  if (DayText(LondonDay(now)) < meeting.date()) {
    if (override_reason_code.empty()) return errors::TooEarly(meeting.date());
    meeting.set_start_override_reason_code(override_reason_code);
  }
  *meeting.mutable_actual_start_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status CheckTakesOutcomes(api::MeetingState state) {
  return state == api::MEETING_STATE_IN_PROGRESS ? absl::OkStatus() : errors::MeetingNotInProgress(state);
}

bool TakesFeedback(api::MeetingState state) {
  return IsPlannable(state) || state == api::MEETING_STATE_PUBLISHED;
}

bool IsPlannable(api::MeetingState state) {
  return state == api::MEETING_STATE_SCHEDULED || state == api::MEETING_STATE_AGENDA_BUILT;
}

bool QuorumMet(const stored::MeetingRecord& meeting, const std::set<AgencyKind>& core_agencies) {
  const auto present = std::count_if(
      meeting.attendance().begin(), meeting.attendance().end(), [&core_agencies](const stored::AttendanceRecord& a) {
        return a.status() == api::ATTENDANCE_STATUS_PRESENT && core_agencies.count(a.professional().agency()) > 0;
      });
  return present >= meeting.quorum();
}

}  // namespace splw::mdt_agenda
