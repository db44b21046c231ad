// From waiting nominations and owed feedback to a meeting's agenda: gathers the candidates, plans (agenda_planner.h),
// and writes the plan.
#pragma once

#include <absl/status/status.h>

#include "services/mdt_agenda/agenda_book.h"

namespace splw::mdt_agenda {

// Plans the whole agenda. Items that were planned before keep their names; those without a place any more are taken
// off, and their nominations wait.
absl::Status BuildWholeAgenda(AgendaBook& book, const stored::MdtRecord& mdt, stored::MeetingRecord& meeting);

// Adds urgent nominations to the end of a published agenda. The caseload hears of them.
absl::Status AddLateUrgent(AgendaBook& book, const stored::MdtRecord& mdt, stored::MeetingRecord& meeting);

// Tells the caseload of every nomination on the agenda, and counts those that it passed over.
absl::Status Announce(AgendaBook& book, const stored::MeetingRecord& meeting);

}  // namespace splw::mdt_agenda
