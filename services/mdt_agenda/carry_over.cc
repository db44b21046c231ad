#include "services/mdt_agenda/carry_over.h"

#include <algorithm>
#include <set>
#include <utility>

#include "common/text/status_macros.h"
#include "services/mdt_agenda/calendar.h"
#include "services/mdt_agenda/decision.h"
#include "services/mdt_agenda/errors.h"
#include "services/mdt_agenda/feedback.h"
#include "services/mdt_agenda/meeting_lifecycle.h"
#include "services/mdt_agenda/names.h"
#include "services/mdt_agenda/schedule.h"
#include "services/mdt_agenda/timestamps.h"

namespace splw::mdt_agenda {
namespace {

// The end of an agenda that is published. One that is not gives the item its place, ahead of all cases, when it is built
// (again).
absl::Status PlaceFeedback(AgendaBook& book, const stored::MeetingRecord& meeting, stored::AgendaItemRecord& item) {
  item.set_position(0);
  item.set_start_minute(0);
  item.set_placement_code("FEEDBACK_DUE");
  item.set_placement_reason("feedback is owed to this meeting");
  if (IsPlannable(meeting.state())) return ReopenPlan(book, meeting);
  SPLW_ASSIGN_OR_RETURN(const std::vector<stored::AgendaItemRecord> items, book.ItemsOf(meeting));
  for (const stored::AgendaItemRecord& other : items) {
    item.set_position(std::max(item.position(), other.position()));
    item.set_start_minute(std::max(item.start_minute(), other.start_minute() + other.length_minutes()));
  }
  item.set_position(item.position() + 1);
  return absl::OkStatus();
}

// What is to be reported on, and by whom: those to whom the decision on `source` gave the case, and the owners of open actions, or
// where all are done, of those that it decided. Nobody else comes again, or reads of the person (standards: minimum data), because
// they were needed for the question. Where the meeting only asked to hear again, whoever was to report before does.
absl::Status SetDebt(AgendaBook& book, const stored::AgendaItemRecord& source, const Debt& debt,
                     stored::AgendaItemRecord& feedback) {
  SPLW_ASSIGN_OR_RETURN(const std::vector<stored::ActionRecord> open,
                        book.ActionsOf({debt.open_action_ids.begin(), debt.open_action_ids.end()}));
  SPLW_ASSIGN_OR_RETURN(const std::vector<stored::ActionRecord> decided,
                        book.ActionsOf(source.decision().action_ids()));
  std::vector<AgencyKind> needed;
  const auto need = [&needed](const Professional& who) {
    if (std::find(needed.begin(), needed.end(), who.agency()) == needed.end()) needed.push_back(who.agency());
  };
  if (source.decision().has_case_holder()) need(source.decision().case_holder());
  if (source.decision().has_key_worker()) need(source.decision().key_worker());
  for (const stored::ActionRecord& action : open.empty() ? decided : open) need(action.owner());
  feedback.mutable_open_action_ids()->Assign(debt.open_action_ids.begin(), debt.open_action_ids.end());
  auto& agencies = *feedback.mutable_subject()->mutable_agencies_needed();
  agencies = source.subject().agencies_needed();
  if (!needed.empty()) agencies.Assign(needed.begin(), needed.end());
  return absl::OkStatus();
}

absl::StatusOr<stored::AgendaItemRecord> NewFeedbackItem(AgendaBook& book, const stored::MdtRecord& mdt,
                                                         const stored::MeetingRecord& meeting,
                                                         const stored::AgendaItemRecord& source, const Debt& debt) {
  stored::AgendaItemRecord item;
  item.set_mdt_id(meeting.mdt_id());
  item.set_meeting_date(meeting.date());
  item.set_id(book.change().NewId());
  item.set_kind(api::ITEM_KIND_FEEDBACK);
  item.set_state(api::ITEM_STATE_LISTED);
  *item.mutable_subject() = source.subject();
  item.set_nomination(source.nomination());
  item.set_length_minutes(mdt.feedback_minutes());
  item.set_of_item(ItemName(book.network(), source));
  SPLW_RETURN_IF_ERROR(SetDebt(book, source, debt, item));
  SPLW_RETURN_IF_ERROR(PlaceFeedback(book, meeting, item));
  SPLW_RETURN_IF_ERROR(book.Save(item));
  return item;
}

// Puts a feedback item on the next meeting, and names it on `item`.
absl::StatusOr<std::optional<stored::MeetingRecord>> PutFeedback(AgendaBook& book, const stored::MdtRecord& mdt,
                                                                 stored::AgendaItemRecord& item, const Debt& debt) {
  SPLW_ASSIGN_OR_RETURN(stored::MeetingRecord next, NextMeeting(book, mdt, item.meeting_date(), TakesFeedback));
  SPLW_ASSIGN_OR_RETURN(const stored::AgendaItemRecord feedback, NewFeedbackItem(book, mdt, next, item, debt));
  item.set_feedback_item(ItemName(book.network(), feedback));
  return next;
}

absl::Status TakeBack(AgendaBook& book, const stored::MeetingRecord& meeting, stored::AgendaItemRecord& feedback) {
  if (feedback.state() != api::ITEM_STATE_LISTED) return absl::OkStatus();
  if (IsPlannable(meeting.state())) return book.Erase(feedback);
  feedback.set_state(api::ITEM_STATE_WITHDRAWN);
  feedback.set_reason_code("DECISION_CORRECTED");
  return book.Save(feedback, "DECISION_CORRECTED");
}

absl::Status MoveFeedback(AgendaBook& book, const stored::MdtRecord& mdt, stored::AgendaItemRecord& item,
                          const stored::MeetingRecord& next) {
  stored::AgendaItemRecord moved = item;
  moved.set_version(0);
  moved.set_id(book.change().NewId());
  moved.set_meeting_date(next.date());
  moved.set_length_minutes(mdt.feedback_minutes());
  moved.set_times_carried_over(item.times_carried_over() + 1);
  // What was decided on the old item is owed there, by a feedback item of its own.
  moved.clear_decision();
  moved.clear_feedback_item();
  SPLW_RETURN_IF_ERROR(PlaceFeedback(book, next, moved));
  SPLW_RETURN_IF_ERROR(book.Save(moved));
  item.set_moved_to(ItemName(book.network(), moved));

  SPLW_ASSIGN_OR_RETURN(stored::AgendaItemRecord source, book.ItemByName(item.of_item()));
  source.set_feedback_item(item.moved_to());
  SPLW_RETURN_IF_ERROR(book.Save(source));

  api::FeedbackMoved event;
  event.set_case_(item.subject().case_());
  event.set_meeting(MeetingName(book.network(), next));
  *event.mutable_due_date() = ToDate(*ParseDay(next.date()));
  event.set_of_item(item.of_item());
  return book.Tell(item.subject(), event);
}

absl::Status WaitAgain(AgendaBook& book, const stored::AgendaItemRecord& item, const stored::MeetingRecord& next,
                       const std::string& reason_code, int times) {
  SPLW_ASSIGN_OR_RETURN(stored::NominationRecord nomination, book.Nomination(item.nomination()));
  nomination.set_state(api::NOMINATION_STATE_WAITING);
  nomination.set_waiting_reason(reason_code);
  nomination.set_times_carried_over(times);
  nomination.clear_meeting_date();
  nomination.clear_item_id();
  SPLW_RETURN_IF_ERROR(book.Save(nomination, reason_code));

  api::NominationCarriedOver event;
  event.set_nomination(item.nomination());
  event.set_case_(item.subject().case_());
  event.set_meeting(MeetingName(book.network(), item.mdt_id(), item.meeting_date()));
  event.set_next_meeting(MeetingName(book.network(), next));
  event.set_reason_code(reason_code);
  event.set_times_carried_over(times);
  return book.Tell(item.subject(), event);
}

// Whether the feedback given says all that is owed: what stayed open of it is owed by the feedback item's own outcome.
bool WasHeard(const stored::AgendaItemRecord& feedback, const Debt& debt) {
  if (feedback.state() != api::ITEM_STATE_FEEDBACK_GIVEN || debt.reassigned) return false;
  const std::set<std::string> heard(feedback.open_action_ids().begin(), feedback.open_action_ids().end());
  return std::all_of(debt.open_action_ids.begin(), debt.open_action_ids.end(),
                     [&heard](const std::string& id) { return heard.count(id) > 0; });
}

// Every assignment and open action has its feedback item on a later meeting, whatever became of it in between.
absl::Status CheckDebtsAreKept(AgendaBook& book, const stored::MdtRecord& mdt,
                               const std::vector<stored::AgendaItemRecord>& items) {
  for (stored::AgendaItemRecord item : items) {
    SPLW_ASSIGN_OR_RETURN(const Debt debt, DebtOf(book, item));
    if (!debt.owed) continue;
    if (!item.feedback_item().empty()) {
      SPLW_ASSIGN_OR_RETURN(const stored::AgendaItemRecord feedback, book.ItemByName(item.feedback_item()));
      if (feedback.meeting_date() <= item.meeting_date()) {
        return absl::InternalError("feedback stands on a meeting that is not later than its decision");
      }
      if (feedback.state() == api::ITEM_STATE_LISTED || WasHeard(feedback, debt)) continue;
    }
    // An assignment without feedback would be a defect; the person is not to suffer from it.
    SPLW_RETURN_IF_ERROR(SettleDebt(book, mdt, item, debt).status());
    SPLW_RETURN_IF_ERROR(book.Save(item));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Debt> DebtOf(AgendaBook& book, const stored::AgendaItemRecord& item) {
  Debt debt;
  if (item.has_decision()) {
    debt.owed = OwesFeedback(item.decision());
    SPLW_ASSIGN_OR_RETURN(const std::vector<stored::ActionRecord> actions,
                          book.ActionsOf(item.decision().action_ids()));
    for (const stored::ActionRecord& action : actions) {
      if (IsOpen(action)) debt.open_action_ids.push_back(action.id());
    }
  }
  if (item.has_feedback()) {
    debt.owed = debt.owed || item.feedback().needs_further_feedback();
    SPLW_ASSIGN_OR_RETURN(const std::vector<stored::ActionRecord> actions, book.ActionsOf(item.open_action_ids()));
    for (const stored::ActionRecord& action : actions) {
      if (!IsOpen(action)) continue;
      debt.owed = true;
      debt.open_action_ids.push_back(action.id());
    }
  }
  return debt;
}

absl::StatusOr<std::optional<stored::MeetingRecord>> SettleDebt(AgendaBook& book, const stored::MdtRecord& mdt,
                                                                stored::AgendaItemRecord& item, const Debt& debt) {
  if (item.feedback_item().empty()) {
    if (!debt.owed) return std::nullopt;
    return PutFeedback(book, mdt, item, debt);
  }
  SPLW_ASSIGN_OR_RETURN(stored::AgendaItemRecord feedback, book.ItemByName(item.feedback_item()));
  SPLW_ASSIGN_OR_RETURN(stored::MeetingRecord meeting, book.Meeting(feedback.mdt_id(), feedback.meeting_date()));
  if (!debt.owed) {
    SPLW_RETURN_IF_ERROR(TakeBack(book, meeting, feedback));
    item.clear_feedback_item();
    return std::nullopt;
  }
  if (WasHeard(feedback, debt)) return std::nullopt;
  if (feedback.state() != api::ITEM_STATE_LISTED) return PutFeedback(book, mdt, item, debt);
  SPLW_RETURN_IF_ERROR(SetDebt(book, item, debt, feedback));
  SPLW_RETURN_IF_ERROR(book.Save(feedback));
  return meeting;
}

absl::StatusOr<stored::CarriedOverRecord> CarryOver(AgendaBook& book, const stored::MdtRecord& mdt,
                                                    stored::AgendaItemRecord item, const std::string& reason_code) {
  const bool feedback = item.kind() == api::ITEM_KIND_FEEDBACK;
  const int times = item.times_carried_over() + 1;
  SPLW_ASSIGN_OR_RETURN(const stored::MeetingRecord next,
                        NextMeeting(book, mdt, item.meeting_date(), feedback ? TakesFeedback : IsPlannable));
  if (feedback) {
    SPLW_RETURN_IF_ERROR(MoveFeedback(book, mdt, item, next));
  } else {
    SPLW_RETURN_IF_ERROR(WaitAgain(book, item, next, reason_code, times));
    SPLW_RETURN_IF_ERROR(ReopenPlan(book, next));
  }
  item.set_state(api::ITEM_STATE_CARRIED_OVER);
  item.set_reason_code(reason_code);
  SPLW_RETURN_IF_ERROR(book.Save(item, reason_code));

  stored::CarriedOverRecord shown;
  shown.set_item(ItemName(book.network(), item));
  if (!feedback) shown.set_nomination(item.nomination());
  shown.set_case_(item.subject().case_());
  shown.set_next_meeting(MeetingName(book.network(), next));
  shown.set_reason_code(reason_code);
  shown.set_times_carried_over(times);
  return shown;
}

absl::Status Unplan(AgendaBook& book, const stored::AgendaItemRecord& item, const std::string& waiting_reason) {
  SPLW_ASSIGN_OR_RETURN(stored::NominationRecord nomination, book.Nomination(item.nomination()));
  nomination.set_waiting_reason(waiting_reason);
  nomination.clear_meeting_date();
  nomination.clear_item_id();
  SPLW_RETURN_IF_ERROR(book.Save(nomination, waiting_reason));
  return book.Erase(item);
}

absl::Status ReopenPlan(AgendaBook& book, stored::MeetingRecord meeting) {
  if (meeting.state() != api::MEETING_STATE_AGENDA_BUILT) return absl::OkStatus();
  meeting.set_state(api::MEETING_STATE_SCHEDULED);
  return book.Save(meeting);
}

absl::Status CloseOver(AgendaBook& book, const stored::MdtRecord& mdt, const CarryOverReasons& reasons,
                       const std::string& other_reason, stored::MeetingRecord& meeting) {
  SPLW_ASSIGN_OR_RETURN(const std::vector<stored::AgendaItemRecord> items, book.ItemsOf(meeting));
  SPLW_RETURN_IF_ERROR(CheckDebtsAreKept(book, mdt, items));
  for (const stored::AgendaItemRecord& item : items) {
    if (item.state() != api::ITEM_STATE_LISTED) continue;
    const auto reason = reasons.find(ItemName(book.network(), item));
    // Read again: keeping its debt may have changed it.
    SPLW_ASSIGN_OR_RETURN(const stored::AgendaItemRecord current,
                          book.Item(item.mdt_id(), item.meeting_date(), item.id()));
    SPLW_ASSIGN_OR_RETURN(*meeting.add_carried_over(),
                          CarryOver(book, mdt, current, reason == reasons.end() ? other_reason : reason->second));
  }
  meeting.set_state(api::MEETING_STATE_CLOSED);
  *meeting.mutable_close_time() = ToTimestamp(book.now());
  return absl::OkStatus();
}

absl::Status TakeOff(AgendaBook& book, const stored::MdtRecord& mdt, const std::string& reason_code,
                     stored::MeetingRecord& meeting) {
  const bool published = meeting.has_publish_time();
  SPLW_ASSIGN_OR_RETURN(const std::vector<stored::AgendaItemRecord> items, book.ItemsOf(meeting));
  for (stored::AgendaItemRecord item : items) {
    if (item.state() != api::ITEM_STATE_LISTED) continue;
    if (!published && item.kind() != api::ITEM_KIND_FEEDBACK) {
      SPLW_RETURN_IF_ERROR(Unplan(book, item, reason_code));
      continue;
    }
    // It had a place on a plan only: where the day comes back, its agenda counts without it.
    if (!published) {
      item.set_position(0);
      item.set_start_minute(0);
    }
    SPLW_ASSIGN_OR_RETURN(*meeting.add_carried_over(), CarryOver(book, mdt, item, reason_code));
  }
  meeting.set_state(api::MEETING_STATE_CANCELLED);
  *meeting.mutable_cancel_time() = ToTimestamp(book.now());
  meeting.set_cancel_reason_code(reason_code);
  return absl::OkStatus();
}

}  // namespace splw::mdt_agenda
