// From waiting nominations and owed feedback to a meeting's agenda: gathers the candidates, plans (agenda_planner.h),
// and writes the plan.
#pragma once

#include <absl/status/status.h>

#include "services/mdt_agenda/agenda_book.h"

namespace splw::mdt_agenda {

// Plans the whole agenda. Items that were planned before keep their names; those without a place any more are taken
// off, and their nominations wait. What stands on the plan of a nearer meeting that is still to come stays there; what
// stands on a later one's, or on that of a meeting which is over, is taken from it where there is a place here.
absl::Status BuildWholeAgenda(AgendaBook& book, const stored::MdtRecord& mdt, stored::MeetingRecord& meeting);

// Adds urgent nominations to the end of a published agenda. The caseload hears of them.
absl::Status AddLateUrgent(AgendaBook& book, const stored::MdtRecord& mdt, stored::MeetingRecord& meeting);

// Tells the caseload of every nomination on the agenda, and counts those that it passed over: on the list of those
// without a place, and on no nearer plan since.
absl::Status Announce(AgendaBook& book, const stored::MeetingRecord& meeting);

}  // namespace splw::mdt_agenda
