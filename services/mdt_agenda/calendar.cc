#include "services/mdt_agenda/calendar.h"

#include <algorithm>
#include <optional>
#include <vector>

#include <google/protobuf/util/message_differencer.h>

#include "common/text/failure.h"
#include "common/text/status_macros.h"
#include "services/mdt_agenda/carry_over.h"
#include "services/mdt_agenda/limits.h"
#include "services/mdt_agenda/mdt_tables.h"
#include "services/mdt_agenda/meeting_lifecycle.h"
#include "services/mdt_agenda/schedule.h"
#include "services/mdt_agenda/timestamps.h"

namespace splw::mdt_agenda {
namespace {

constexpr int kDaysInWeek = 7;
constexpr char kScheduleChanged[] = "SCHEDULE_CHANGED";
constexpr char kNotHeld[] = "NOT_HELD";
constexpr char kNotClosed[] = "NOT_CLOSED";

// The page that holds every meeting which any of the walks below may have to look at.
constexpr std::size_t kCalendarPage = 200;

void SetTimes(const stored::MdtRecord& mdt, absl::CivilDay day, stored::MeetingRecord& meeting) {
  *meeting.mutable_start_time() = ToTimestamp(InstantAt(day, mdt.schedule().start_minute()));
  meeting.set_length_minutes(mdt.schedule().length_minutes());
  meeting.set_quorum(mdt.quorum());
}

stored::MeetingRecord NewMeeting(const stored::MdtRecord& mdt, absl::CivilDay day) {
  stored::MeetingRecord meeting;
  meeting.set_mdt_id(mdt.id());
  meeting.set_date(DayText(day));
  meeting.set_state(api::MEETING_STATE_SCHEDULED);
  SetTimes(mdt, day, meeting);
  return meeting;
}

absl::StatusOr<std::optional<stored::MeetingRecord>> MeetingOn(AgendaBook& book, const stored::MdtRecord& mdt,
                                                               absl::CivilDay day) {
  return Meetings().Get(book.txn(), book.network(), TextKey(mdt.id(), DayText(day)));
}

// The team's meetings on `from` and later, in order.
absl::StatusOr<std::vector<stored::MeetingRecord>> MeetingsFrom(AgendaBook& book, const stored::MdtRecord& mdt,
                                                                absl::CivilDay from) {
  SPLW_ASSIGN_OR_RETURN(store::PageOf<stored::MeetingRecord> page,
                        Meetings().ScanIndex(book.txn(), book.network(), "team_date", TextKey(mdt.id()),
                                             {.size = kCalendarPage, .from = TextKey(DayText(from))}));
  return std::move(page.records);
}

// The team's earliest meeting in this state, if it was over by plan before `instant`.
absl::StatusOr<std::optional<stored::MeetingRecord>> EarliestInState(AgendaBook& book, const stored::MdtRecord& mdt,
                                                                     api::MeetingState state, absl::Time instant) {
  SPLW_ASSIGN_OR_RETURN(
      const store::PageOf<stored::MeetingRecord> page,
      Meetings().ScanIndex(book.txn(), book.network(), "team_state_date", TextKey(mdt.id()) + NumberKey(state),
                           {.size = 1, .until = TextKey(DayText(LondonDay(instant) + 1))}));
  if (page.records.empty() || EndOf(page.records.front()) >= instant) return std::nullopt;
  return page.records.front();
}

bool Fits(const stored::MdtRecord& mdt, absl::CivilDay day) {
  return !MeetingDays(ScheduleOf(mdt.schedule()), day, day).empty();
}

}  // namespace

absl::Time EndOf(const stored::MeetingRecord& meeting) {
  return ToInstant(meeting.start_time()) + absl::Minutes(meeting.length_minutes());
}

absl::Status TopUp(AgendaBook& book, const stored::MdtRecord& mdt) {
  const absl::CivilDay today = LondonDay(book.now());
  for (const absl::CivilDay day :
       MeetingDays(ScheduleOf(mdt.schedule()), today, today + kCalendarWeeks * kDaysInWeek)) {
    SPLW_ASSIGN_OR_RETURN(const std::optional<stored::MeetingRecord> existing, MeetingOn(book, mdt, day));
    stored::MeetingRecord meeting = NewMeeting(mdt, day);
    if (ToInstant(meeting.start_time()) <= book.now()) continue;
    if (existing) {
      // A day that a changed schedule left and comes back to is free again; a coordinator's cancellation stays.
      if (existing->state() != api::MEETING_STATE_CANCELLED || existing->cancel_reason_code() != kScheduleChanged)
        continue;
      meeting.set_version(existing->version());
      *meeting.mutable_carried_over() = existing->carried_over();
    }
    SPLW_RETURN_IF_ERROR(book.Save(meeting));
  }
  return absl::OkStatus();
}

absl::Status FollowSchedule(AgendaBook& book, const stored::MdtRecord& mdt) {
  // First the new days, so that what the old ones had finds its next meeting.
  SPLW_RETURN_IF_ERROR(TopUp(book, mdt));
  SPLW_ASSIGN_OR_RETURN(std::vector<stored::MeetingRecord> meetings, MeetingsFrom(book, mdt, LondonDay(book.now())));
  std::vector<stored::MeetingRecord> leaving;
  for (stored::MeetingRecord& meeting : meetings) {
    if (!IsPlannable(meeting.state()) || ToInstant(meeting.start_time()) <= book.now()) continue;
    const absl::CivilDay day = *ParseDay(meeting.date());
    if (!Fits(mdt, day)) {
      leaving.push_back(std::move(meeting));
      continue;
    }
    const stored::MeetingRecord before = meeting;
    SetTimes(mdt, day, meeting);
    if (google::protobuf::util::MessageDifferencer::Equals(before, meeting)) continue;
    SPLW_RETURN_IF_ERROR(book.Save(meeting));
    // More time or less: the plan is another.
    if (before.length_minutes() != meeting.length_minutes()) SPLW_RETURN_IF_ERROR(ReopenPlan(book, meeting));
  }
  // All of them leave before what they had looks for its next meeting.
  for (stored::MeetingRecord& meeting : leaving) {
    meeting.set_state(api::MEETING_STATE_CANCELLED);
    SPLW_RETURN_IF_ERROR(book.Save(meeting));
  }
  for (stored::MeetingRecord& meeting : leaving) {
    SPLW_RETURN_IF_ERROR(TakeOff(book, mdt, kScheduleChanged, meeting));
    SPLW_RETURN_IF_ERROR(book.Save(meeting, kScheduleChanged));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> TakeOffNotHeld(AgendaBook& book, const stored::MdtRecord& mdt) {
  bool taken_off = false;
  for (const api::MeetingState state :
       {api::MEETING_STATE_SCHEDULED, api::MEETING_STATE_AGENDA_BUILT, api::MEETING_STATE_PUBLISHED}) {
    SPLW_ASSIGN_OR_RETURN(std::optional<stored::MeetingRecord> meeting,
                          EarliestInState(book, mdt, state, book.now() - kNotHeldAfter));
    if (!meeting) continue;
    SPLW_RETURN_IF_ERROR(TakeOff(book, mdt, kNotHeld, *meeting));
    SPLW_RETURN_IF_ERROR(book.Save(*meeting, kNotHeld));
    taken_off = true;
  }
  return taken_off;
}

absl::StatusOr<bool> CloseForgotten(AgendaBook& book, const stored::MdtRecord& mdt) {
  SPLW_ASSIGN_OR_RETURN(std::optional<stored::MeetingRecord> meeting,
                        EarliestInState(book, mdt, api::MEETING_STATE_IN_PROGRESS, book.now() - kNotClosedAfter));
  if (!meeting) return false;
  SPLW_RETURN_IF_ERROR(CloseOver(book, mdt, {}, kNotClosed, *meeting));
  SPLW_RETURN_IF_ERROR(book.Save(*meeting, kNotClosed));
  return true;
}

absl::StatusOr<stored::MeetingRecord> NextMeeting(AgendaBook& book, const stored::MdtRecord& mdt,
                                                  const std::string& date, bool (*takes)(api::MeetingState)) {
  const absl::CivilDay from = std::max(*ParseDay(date) + 1, LondonDay(book.now()));
  SPLW_ASSIGN_OR_RETURN(const std::vector<stored::MeetingRecord> meetings, MeetingsFrom(book, mdt, from));
  for (const stored::MeetingRecord& meeting : meetings) {
    if (takes(meeting.state()) && EndOf(meeting) > book.now()) return meeting;
  }
  const Schedule schedule = ScheduleOf(mdt.schedule());
  const absl::CivilDay first = std::max(from, schedule.first_day.value_or(from));
  for (const absl::CivilDay day : MeetingDays(schedule, first, first + kCalendarSearchWeeks * kDaysInWeek)) {
    SPLW_ASSIGN_OR_RETURN(const std::optional<stored::MeetingRecord> existing, MeetingOn(book, mdt, day));
    stored::MeetingRecord meeting = NewMeeting(mdt, day);
    if (existing || EndOf(meeting) <= book.now()) continue;
    SPLW_RETURN_IF_ERROR(book.Save(meeting));
    return meeting;
  }
  return text::Failure(absl::StatusCode::kFailedPrecondition, "NO_NEXT_MEETING",
                       "every meeting of the next year is cancelled or held; change the team's schedule");
}

}  // namespace splw::mdt_agenda
