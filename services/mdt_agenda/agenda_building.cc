#include "services/mdt_agenda/agenda_building.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <google/protobuf/util/message_differencer.h>

#include "common/text/status_macros.h"
#include "services/mdt_agenda/agenda_planner.h"
#include "services/mdt_agenda/calendar.h"
#include "services/mdt_agenda/carry_over.h"
#include "services/mdt_agenda/limits.h"
#include "services/mdt_agenda/mdt_tables.h"
#include "services/mdt_agenda/meeting_lifecycle.h"
#include "services/mdt_agenda/names.h"
#include "services/mdt_agenda/nomination_events.h"
#include "services/mdt_agenda/timestamps.h"
#include "services/mdt_agenda/visibility.h"

namespace splw::mdt_agenda {
namespace {

// What a plan is made from: nominations by name, and the meeting's items by the id that their candidate has.
struct Material {
  std::vector<Candidate> candidates;
  std::map<std::string, stored::NominationRecord> nominations;
  std::map<std::string, stored::AgendaItemRecord> items;
};

PlanRules RulesOf(const stored::MdtRecord& mdt, const stored::MeetingRecord& meeting) {
  PlanRules rules{meeting.length_minutes(), mdt.max_carry_overs(), {}};
  for (const int agency : mdt.core_agencies()) rules.core_agencies.insert(static_cast<AgencyKind>(agency));
  return rules;
}

// The agencies that come for it: those needed that the person lets be told.
absl::StatusOr<std::vector<AgencyKind>> InvitedTo(AgendaBook& book, const stored::SubjectRecord& subject) {
  SPLW_ASSIGN_OR_RETURN(const stored::SharingRecord sharing, SharingOf(book.txn(), book.network(), subject));
  const std::vector<AgencyKind> left_out = WithoutConsent(subject, sharing);
  std::vector<AgencyKind> agencies;
  for (const int each : subject.agencies_needed()) {
    const auto agency = static_cast<AgencyKind>(each);
    if (std::find(left_out.begin(), left_out.end(), agency) == left_out.end()) agencies.push_back(agency);
  }
  return agencies;
}

Candidate FeedbackCandidate(const stored::MdtRecord& mdt, const stored::AgendaItemRecord& item,
                            std::vector<AgencyKind> invited) {
  // Ids are ULIDs and sort by time; what was carried over more often has been owed longer.
  return {item.id(),
          item.subject().case_(),
          api::ITEM_KIND_FEEDBACK,
          absl::UnixEpoch() - absl::Hours(item.times_carried_over()),
          item.times_carried_over(),
          mdt.feedback_minutes(),
          std::move(invited)};
}

Candidate NominationCandidate(const stored::MdtRecord& mdt, const stored::NominationRecord& nomination,
                              std::vector<AgencyKind> invited) {
  const bool urgent = nomination.subject().urgency() == type::v1::URGENCY_URGENT;
  return {nomination.name(),
          nomination.subject().case_(),
          urgent ? api::ITEM_KIND_URGENT : api::ITEM_KIND_NEW,
          ToInstant(nomination.receive_time()),
          nomination.times_carried_over() + nomination.times_passed_over(),
          urgent ? mdt.urgent_minutes() : mdt.new_minutes(),
          std::move(invited)};
}

// Whether another meeting's plan keeps the nomination: one that is nearer and still to come. A later one gives it up.
absl::StatusOr<bool> IsOnNearerPlan(AgendaBook& book, const stored::NominationRecord& nomination,
                                    const stored::MeetingRecord& meeting) {
  if (nomination.meeting_date().empty() || nomination.meeting_date() >= meeting.date()) return false;
  SPLW_ASSIGN_OR_RETURN(const stored::MeetingRecord other, book.Meeting(meeting.mdt_id(), nomination.meeting_date()));
  return IsPlannable(other.state()) && EndOf(other) > book.now();
}

// Waiting nominations, but for those on a nearer meeting's plan.
absl::Status GatherNominations(AgendaBook& book, const stored::MdtRecord& mdt, const stored::MeetingRecord& meeting,
                               Material& material) {
  SPLW_ASSIGN_OR_RETURN(
      store::PageOf<stored::NominationRecord> page,
      Nominations().ScanIndex(book.txn(), book.network(), "queue",
                              TextKey(mdt.id()) + NumberKey(api::NOMINATION_STATE_WAITING), {.size = kMaxCandidates}));
  for (stored::NominationRecord& nomination : page.records) {
    SPLW_ASSIGN_OR_RETURN(const bool on_nearer_plan, IsOnNearerPlan(book, nomination, meeting));
    if (on_nearer_plan) continue;
    SPLW_ASSIGN_OR_RETURN(std::vector<AgencyKind> invited, InvitedTo(book, nomination.subject()));
    material.candidates.push_back(NominationCandidate(mdt, nomination, std::move(invited)));
    const std::string name = nomination.name();
    material.nominations.emplace(name, std::move(nomination));
  }
  return absl::OkStatus();
}

// Nobody finds a case on their agenda that was meant for others without being told.
std::string ReasonInWords(const PlacedItem& placed, bool other_mdt_asked_for) {
  return placed.reason + (other_mdt_asked_for ? "; asked of a team that is not known" : "");
}

void SetPlace(const PlacedItem& placed, bool other_mdt_asked_for, stored::AgendaItemRecord& item) {
  item.set_position(placed.position);
  item.set_start_minute(placed.start_minute);
  item.set_length_minutes(placed.length_minutes);
  item.set_placement_code(placed.code);
  item.set_placement_reason(ReasonInWords(placed, other_mdt_asked_for));
}

stored::AgendaItemRecord NewItem(AgendaBook& book, const stored::MeetingRecord& meeting,
                                 const stored::NominationRecord& nomination) {
  stored::AgendaItemRecord item;
  item.set_mdt_id(meeting.mdt_id());
  item.set_meeting_date(meeting.date());
  item.set_id(book.change().NewId());
  item.set_kind(nomination.subject().urgency() == type::v1::URGENCY_URGENT ? api::ITEM_KIND_URGENT
                                                                           : api::ITEM_KIND_NEW);
  item.set_state(api::ITEM_STATE_LISTED);
  *item.mutable_subject() = nomination.subject();
  item.set_nomination(nomination.name());
  item.set_times_carried_over(nomination.times_carried_over());
  return item;
}

// Takes the nomination from the plan of another meeting, which is to be made again.
absl::Status TakeFromOtherPlan(AgendaBook& book, stored::NominationRecord& nomination) {
  if (nomination.item_id().empty()) return absl::OkStatus();
  SPLW_ASSIGN_OR_RETURN(const stored::AgendaItemRecord item,
                        book.Item(nomination.mdt_id(), nomination.meeting_date(), nomination.item_id()));
  SPLW_RETURN_IF_ERROR(Unplan(book, item, ""));
  SPLW_ASSIGN_OR_RETURN(const stored::MeetingRecord other, book.Meeting(item.mdt_id(), item.meeting_date()));
  SPLW_RETURN_IF_ERROR(ReopenPlan(book, other));
  SPLW_ASSIGN_OR_RETURN(nomination, book.Nomination(nomination.name()));
  return absl::OkStatus();
}

// Writes the places of a plan; an item that stays as it was is not touched.
absl::Status WritePlaces(AgendaBook& book, const stored::MeetingRecord& meeting, const AgendaPlan& plan,
                         Material& material) {
  for (const PlacedItem& placed : plan.placed) {
    const auto nominated = material.nominations.find(placed.id);
    const bool other_mdt_asked_for =
        nominated != material.nominations.end() && AskedForAnotherMdt(book.network(), nominated->second);
    const auto existing = material.items.find(placed.id);
    if (existing != material.items.end()) {
      stored::AgendaItemRecord item = existing->second;
      SetPlace(placed, other_mdt_asked_for, item);
      if (!google::protobuf::util::MessageDifferencer::Equals(item, existing->second)) {
        SPLW_RETURN_IF_ERROR(book.Save(item));
      }
      continue;
    }
    stored::NominationRecord& nomination = nominated->second;
    SPLW_RETURN_IF_ERROR(TakeFromOtherPlan(book, nomination));
    stored::AgendaItemRecord item = NewItem(book, meeting, nomination);
    SetPlace(placed, other_mdt_asked_for, item);
    SPLW_RETURN_IF_ERROR(book.Save(item));
    nomination.set_meeting_date(meeting.date());
    nomination.set_item_id(item.id());
    nomination.set_waiting_reason(other_mdt_asked_for ? kUnknownMdt : "");
    SPLW_RETURN_IF_ERROR(book.Save(nomination));
  }
  return absl::OkStatus();
}

void ShowLeftOut(const AgendaPlan& plan, stored::MeetingRecord& meeting) {
  meeting.clear_not_placed();
  for (const LeftOutItem& left_out : plan.left_out) {
    if (static_cast<std::size_t>(meeting.not_placed_size()) == kMaxNotPlaced) break;
    stored::NotPlacedRecord* shown = meeting.add_not_placed();
    shown->set_nomination(left_out.id);
    shown->set_case_(left_out.case_name);
    shown->set_reason_code(left_out.code);
    shown->set_reason(left_out.reason);
  }
}

absl::Status TellScheduled(AgendaBook& book, const stored::MeetingRecord& meeting,
                           const stored::AgendaItemRecord& item) {
  SPLW_ASSIGN_OR_RETURN(stored::NominationRecord nomination, book.Nomination(item.nomination()));
  nomination.set_state(api::NOMINATION_STATE_SCHEDULED);
  nomination.set_waiting_reason("");
  SPLW_RETURN_IF_ERROR(book.Save(nomination));
  api::NominationScheduled event;
  event.set_nomination(item.nomination());
  event.set_case_(item.subject().case_());
  event.set_meeting(MeetingName(book.network(), meeting));
  *event.mutable_start_time() = ToTimestamp(ToInstant(meeting.start_time()) + absl::Minutes(item.start_minute()));
  return book.Tell(item.subject(), event);
}

}  // namespace

absl::Status BuildWholeAgenda(AgendaBook& book, const stored::MdtRecord& mdt, stored::MeetingRecord& meeting) {
  Material material;
  SPLW_ASSIGN_OR_RETURN(std::vector<stored::AgendaItemRecord> items, book.ItemsOf(meeting));
  for (stored::AgendaItemRecord& item : items) {
    // What moved on while this day was none of the schedule's has its place elsewhere.
    if (item.state() != api::ITEM_STATE_LISTED) continue;
    const bool feedback = item.kind() == api::ITEM_KIND_FEEDBACK;
    if (feedback) {
      SPLW_ASSIGN_OR_RETURN(std::vector<AgencyKind> invited, InvitedTo(book, item.subject()));
      material.candidates.push_back(FeedbackCandidate(mdt, item, std::move(invited)));
    }
    const std::string id = feedback ? item.id() : item.nomination();
    material.items.emplace(id, std::move(item));
  }
  SPLW_RETURN_IF_ERROR(GatherNominations(book, mdt, meeting, material));
  const AgendaPlan plan = PlanAgenda(RulesOf(mdt, meeting), material.candidates);
  for (const LeftOutItem& left_out : plan.left_out) {
    const auto planned_before = material.items.find(left_out.id);
    if (planned_before != material.items.end()) {
      SPLW_RETURN_IF_ERROR(Unplan(book, planned_before->second, left_out.code));
    }
  }
  SPLW_RETURN_IF_ERROR(WritePlaces(book, meeting, plan, material));
  ShowLeftOut(plan, meeting);
  return absl::OkStatus();
}

absl::Status AddLateUrgent(AgendaBook& book, const stored::MdtRecord& mdt, stored::MeetingRecord& meeting) {
  Material material;
  PublishedAgenda published;
  SPLW_ASSIGN_OR_RETURN(const std::vector<stored::AgendaItemRecord> items, book.ItemsOf(meeting));
  for (const stored::AgendaItemRecord& item : items) {
    published.last_position = std::max(published.last_position, item.position());
    published.planned_minutes = std::max(published.planned_minutes, item.start_minute() + item.length_minutes());
    if (item.kind() != api::ITEM_KIND_FEEDBACK && item.state() == api::ITEM_STATE_LISTED) {
      published.listed_cases.insert(item.subject().case_());
    }
  }
  SPLW_RETURN_IF_ERROR(GatherNominations(book, mdt, meeting, material));
  const AgendaPlan plan = AddUrgent(RulesOf(mdt, meeting), published, material.candidates);
  SPLW_RETURN_IF_ERROR(WritePlaces(book, meeting, plan, material));
  for (const PlacedItem& placed : plan.placed) {
    const stored::NominationRecord& nomination = material.nominations.at(placed.id);
    SPLW_ASSIGN_OR_RETURN(const stored::AgendaItemRecord item,
                          book.Item(mdt.id(), nomination.meeting_date(), nomination.item_id()));
    SPLW_RETURN_IF_ERROR(TellScheduled(book, meeting, item));
  }
  return absl::OkStatus();
}

absl::Status Announce(AgendaBook& book, const stored::MeetingRecord& meeting) {
  SPLW_ASSIGN_OR_RETURN(const std::vector<stored::AgendaItemRecord> items, book.ItemsOf(meeting));
  for (const stored::AgendaItemRecord& item : items) {
    if (item.kind() == api::ITEM_KIND_FEEDBACK) continue;
    SPLW_RETURN_IF_ERROR(TellScheduled(book, meeting, item));
  }
  for (const stored::NotPlacedRecord& not_placed : meeting.not_placed()) {
    SPLW_ASSIGN_OR_RETURN(stored::NominationRecord nomination, book.Nomination(not_placed.nomination()));
    SPLW_ASSIGN_OR_RETURN(const bool on_nearer_plan, IsOnNearerPlan(book, nomination, meeting));
    if (nomination.state() != api::NOMINATION_STATE_WAITING || on_nearer_plan) continue;
    // Also where a later plan has it: that plan may yet drop it. Not where the case is on this agenda all the same.
    const bool passed_over = not_placed.reason_code() == kNoTimeLeft;
    nomination.set_times_passed_over(nomination.times_passed_over() + (passed_over ? 1 : 0));
    if (nomination.item_id().empty()) nomination.set_waiting_reason(not_placed.reason_code());
    SPLW_RETURN_IF_ERROR(book.Save(nomination, not_placed.reason_code()));
  }
  return absl::OkStatus();
}

}  // namespace splw::mdt_agenda
