// Keeps a team's meetings in the calendar: eight weeks ahead, after a change of its schedule, and off again where
// nobody held or closed them.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "services/mdt_agenda/agenda_book.h"

namespace splw::mdt_agenda {

// Puts the meetings of the next kCalendarWeeks into the calendar that are not there yet. Harmless to repeat.
absl::Status TopUp(AgendaBook& book, const stored::MdtRecord& mdt);

// Brings meetings that have not begun and whose agenda is not published in line with the team's schedule and quorum:
// those on other days are cancelled (SCHEDULE_CHANGED), those on its days get its time. Then tops up.
absl::Status FollowSchedule(AgendaBook& book, const stored::MdtRecord& mdt);

// Cancels (NOT_HELD) what was planned to end more than kNotHeldAfter ago and never started: what was owed to it goes
// on. One meeting of each state a call; true where it found one, so that there may be more.
absl::StatusOr<bool> TakeOffNotHeld(AgendaBook& book, const stored::MdtRecord& mdt);

// Closes a meeting (NOT_CLOSED) that was started, and planned to end more than kNotClosedAfter ago: what has no outcome
// goes on. One meeting a call; true where it found one.
absl::StatusOr<bool> CloseForgotten(AgendaBook& book, const stored::MdtRecord& mdt);

// The first meeting of the team after `date` that is not over by plan and whose state `takes` accepts; put into the
// calendar where there is none.
absl::StatusOr<stored::MeetingRecord> NextMeeting(AgendaBook& book, const stored::MdtRecord& mdt,
                                                  const std::string& date, bool (*takes)(api::MeetingState));

// When the meeting ends by plan.
absl::Time EndOf(const stored::MeetingRecord& meeting);

}  // namespace splw::mdt_agenda
