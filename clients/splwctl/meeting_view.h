// A meeting as people read it: the agenda before, the minutes after. Pure.
#pragma once

#include <ostream>
#include <vector>

#include "splw/mdt/v1/agenda_item.pb.h"
#include "splw/mdt/v1/mdt.pb.h"
#include "splw/mdt/v1/meeting.pb.h"

namespace splw::ctl {

// A meeting, its team, and its items in the order of the agenda.
struct MeetingPapers {
  mdt::v1::Mdt team;
  mdt::v1::Meeting meeting;
  std::vector<mdt::v1::AgendaItem> items;
};

// Times, people, questions, the agencies needed, and who is invited for which part of the meeting.
void PrintAgenda(std::ostream& out, const MeetingPapers& papers);

// Who was there, what was decided or reported on each item, who holds the case, who works with the person, who does what by when, and
// what was left for later.
void PrintMinutes(std::ostream& out, const MeetingPapers& papers);

}  // namespace splw::ctl
