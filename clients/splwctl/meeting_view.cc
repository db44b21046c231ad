#include "clients/splwctl/meeting_view.h"

#include <algorithm>
#include <string>

#include <absl/strings/str_format.h>

#include "clients/splwctl/names.h"
#include "clients/splwctl/output.h"
#include "clients/splwctl/render.h"
#include "clients/splwctl/values.h"

namespace splw::ctl {
namespace {

using mdt::v1::AgendaItem;

constexpr std::size_t kTextWidth = 84;
constexpr char kMargin[] = "            ";

void PrintText(std::ostream& out, const std::string& label, const std::string& text) {
  if (text.empty()) return;
  const std::string margin = kMargin + std::string(DisplayWidth(label), ' ');
  const std::vector<std::string> lines = Wrapped(text, kTextWidth - DisplayWidth(label));
  out << kMargin << label << lines.front() << "\n";
  for (std::size_t i = 1; i < lines.size(); ++i) out << margin << lines[i] << "\n";
}

google::protobuf::Timestamp EndOf(const AgendaItem& item) {
  google::protobuf::Timestamp end = item.start_time();
  end.set_seconds(end.seconds() + 60 * item.length_minutes());
  return end;
}

std::string PersonLine(const AgendaItem& item) {
  if (item.person_withheld()) return "(withheld from your agency)";
  std::string line = Printable(item.person().display_name());
  if (item.person().birth_date().year() != 0) line += ", born " + DateText(item.person().birth_date());
  return line;
}

// Shown because it was listed, and nobody's any more.
bool IsWithdrawn(const AgendaItem& item) {
  return item.state() == mdt::v1::ITEM_STATE_WITHDRAWN;
}

std::string KindWords(const AgendaItem& item) {
  switch (item.kind()) {
    case mdt::v1::ITEM_KIND_FEEDBACK:
      return "FEEDBACK DUE";
    case mdt::v1::ITEM_KIND_URGENT:
      return "URGENT";
    default:
      return "NEW";
  }
}

void PrintHeading(std::ostream& out, const MeetingPapers& papers, const std::string& what) {
  const mdt::v1::Meeting& meeting = papers.meeting;
  const auto length = (meeting.end_time().seconds() - meeting.start_time().seconds()) / 60;
  out << Printable(papers.team.display_name()) << ": " << what << "\n"
      << DateText(meeting.date()) << ", " << LocalClock(meeting.start_time()) << " to "
      << LocalClock(meeting.end_time()) << "  ·  " << EnumWords(meeting.state()) << "  ·  "
      << absl::StrFormat("%d of %d minutes planned  ·  quorum %d\n", meeting.planned_minutes(), length,
                         meeting.quorum());
}

std::string ActionLine(const mdt::v1::Action& action) {
  const std::string what = action.details_withheld() ? "(withheld)" : Printable(action.description());
  std::string line = what + "  —  " + Printable(FieldText(action, "owner")) + ", by " + DateText(action.due_date());
  if (action.state() != mdt::v1::ACTION_STATE_OPEN) line += "  [" + EnumWords(action.state()) + "]";
  return line;
}

bool IsCore(const mdt::v1::Mdt& team, int agency) {
  return std::find(team.core_agencies().begin(), team.core_agencies().end(), agency) != team.core_agencies().end();
}

std::string MembersOf(const mdt::v1::Mdt& team, int agency) {
  std::string names;
  for (const auto& member : team.members()) {
    if (member.professional().agency() != agency) continue;
    names += (names.empty() ? "" : ", ") + Printable(member.professional().display_name());
  }
  return names;
}

// True if somebody of that agency comes for the item: it is needed, and the person lets it be told.
bool IsInvited(const AgendaItem& item, int agency) {
  const auto contains = [agency](const auto& agencies) {
    return std::find(agencies.begin(), agencies.end(), agency) != agencies.end();
  };
  return !IsWithdrawn(item) && contains(item.agencies_needed()) && !contains(item.agencies_without_consent());
}

// For each agency that is not of the core: from when to when it is needed, and for which items.
void PrintInvitations(std::ostream& out, const MeetingPapers& papers) {
  std::vector<int> agencies;
  for (const AgendaItem& item : papers.items) {
    for (const int agency : item.agencies_needed()) {
      if (IsCore(papers.team, agency) || !IsInvited(item, agency)) continue;
      if (std::find(agencies.begin(), agencies.end(), agency) == agencies.end()) agencies.push_back(agency);
    }
  }
  if (agencies.empty()) return;
  out << "\nInvited for their part\n";
  for (const int agency : agencies) {
    const AgendaItem *first = nullptr, *last = nullptr;
    std::string positions;
    int minutes = 0;
    for (const AgendaItem& item : papers.items) {
      if (!IsInvited(item, agency)) continue;
      if (first == nullptr) first = &item;
      last = &item;
      positions += (positions.empty() ? "" : ", ") + std::to_string(item.position());
      minutes += item.length_minutes();
    }
    out << "  " << Padded(LocalClock(first->start_time()) + "–" + LocalClock(EndOf(*last)), 14)
        << Padded(EnumWords(static_cast<type::v1::AgencyKind>(agency)), 20)
        << Padded(MembersOf(papers.team, agency), 20) << "  items " << positions
        << absl::StrFormat("  (%d minutes)\n", minutes);
  }
}

}  // namespace

void PrintAgenda(std::ostream& out, const MeetingPapers& papers) {
  PrintHeading(out, papers, "agenda");
  for (const AgendaItem& item : papers.items) {
    const std::string start = LocalClock(item.start_time());
    out << "\n  " << Padded(start.empty() ? "--:--" : start, 7) << absl::StrFormat("%2d ", item.position());
    if (IsWithdrawn(item)) {
      out << "WITHDRAWN: not to be discussed" << (item.reason_code().empty() ? "" : "  ·  ")
          << Printable(item.reason_code()) << "\n";
      continue;
    }
    out << KindWords(item) << "  ·  " << PersonLine(item) << absl::StrFormat("  ·  %d minutes", item.length_minutes());
    if (item.state() != mdt::v1::ITEM_STATE_LISTED) out << "  ·  " << EnumWords(item.state());
    out << "\n";
    PrintText(out, "", item.question());
    for (const auto& action : item.open_actions()) PrintText(out, "promised: ", ActionLine(action));
    for (const auto& report : item.owner_reports()) PrintText(out, "reported before: ", report.summary());
    PrintText(out, "needed: ", FieldText(item, "agencies_needed"));
    PrintText(out, "not invited, the person has not agreed: ", FieldText(item, "agencies_without_consent"));
    PrintText(out, "knows the person: ", FieldText(item, "link_worker"));
    PrintText(out, "case-holder: ", FieldText(item, "current_case_holder"));
    PrintText(out, "key worker: ", FieldText(item, "current_key_worker"));
    PrintText(out, "why here: ", item.placement_reason());
  }
  if (papers.items.empty()) out << "\n  nothing yet\n";
  PrintInvitations(out, papers);
  std::string core;
  for (const int agency : papers.team.core_agencies()) {
    core += (core.empty() ? "" : ", ") + EnumWords(static_cast<type::v1::AgencyKind>(agency));
  }
  out << "\nThroughout: " << core << "\n";
  for (const auto& left : papers.meeting.not_placed()) {
    out << "No place: " << ShortId(left.case_()) << ": " << Printable(left.reason()) << "\n";
  }
}

void PrintMinutes(std::ostream& out, const MeetingPapers& papers) {
  PrintHeading(out, papers, "minutes");
  std::string present, apologies;
  for (const auto& attendance : papers.meeting.attendance()) {
    std::string& names = attendance.status() == mdt::v1::ATTENDANCE_STATUS_PRESENT ? present : apologies;
    names += (names.empty() ? "" : ", ") + Printable(FieldText(attendance, "professional"));
  }
  for (const std::string& line : Wrapped("Present: " + (present.empty() ? "nobody recorded" : present), 100)) {
    out << line << "\n";
  }
  if (!apologies.empty()) out << "Apologies: " << apologies << "\n";
  out << (papers.meeting.quorum_met() ? "The quorum was met.\n" : "The quorum was not met.\n");
  for (const AgendaItem& item : papers.items) {
    out << absl::StrFormat("\n  %2d  ", item.position()) << KindWords(item) << "  ·  " << PersonLine(item) << "  ·  "
        << EnumWords(item.state()) << "\n";
    PrintText(out, "asked: ", item.question());
    if (item.has_decision()) {
      PrintText(out, "decided: ", EnumWords(item.decision().outcome()) + ". " + item.decision().summary());
      PrintText(out, "case-holder: ", FieldText(item, "decision.case_holder"));
      PrintText(out, "key worker:  ", FieldText(item, "decision.key_worker"));
      for (const auto& action : item.decision().actions()) PrintText(out, "action: ", ActionLine(action));
    }
    if (item.has_feedback()) PrintText(out, "reported: ", item.feedback().summary());
    for (const auto& action : item.open_actions()) PrintText(out, "promised: ", ActionLine(action));
    if (!item.reason_code().empty()) PrintText(out, "why not: ", item.reason_code());
    if (!item.feedback_item().empty()) {
      // …/meetings/{date}/items/{id}
      const std::string meeting = item.feedback_item().substr(0, item.feedback_item().rfind("/items/"));
      PrintText(out, "feedback due: ", ShortId(meeting));
    }
  }
  if (!papers.meeting.carried_over().empty()) out << "\nCarried over\n";
  for (const auto& left : papers.meeting.carried_over()) {
    std::string person;
    for (const AgendaItem& item : papers.items) {
      if (item.name() == left.item()) person = PersonLine(item);
    }
    out << "  " << person << "  →  " << ShortId(left.next_meeting()) << "  (" << Printable(left.reason_code())
        << (left.times_carried_over() == 1 ? ", for the first time)\n"
                                           : absl::StrFormat(", %d times now)\n", left.times_carried_over()));
  }
}

}  // namespace splw::ctl
