#include "services/mdt_agenda/item_handlers.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/delivery/request_rules.h"
#include "common/text/failure.h"
#include "common/text/status_macros.h"
#include "services/mdt_agenda/carry_over.h"
#include "services/mdt_agenda/checks.h"
#include "services/mdt_agenda/conversion.h"
#include "services/mdt_agenda/decision.h"
#include "services/mdt_agenda/errors.h"
#include "services/mdt_agenda/feedback.h"
#include "services/mdt_agenda/handling.h"
#include "services/mdt_agenda/limits.h"
#include "services/mdt_agenda/mdt_tables.h"
#include "services/mdt_agenda/meeting_lifecycle.h"
#include "services/mdt_agenda/names.h"
#include "services/mdt_agenda/schedule.h"
#include "services/mdt_agenda/timestamps.h"

namespace splw::mdt_agenda {
namespace {

// An item with what stands around it.
struct ItemInPlace {
  stored::MdtRecord mdt;
  stored::MeetingRecord meeting;
  stored::AgendaItemRecord item;
};

absl::StatusOr<ItemInPlace> Find(AgendaBook& book, const Place& place) {
  SPLW_ASSIGN_OR_RETURN(stored::AgendaItemRecord item, book.Item(place.mdt_id, place.date, place.item_id));
  SPLW_ASSIGN_OR_RETURN(stored::MeetingRecord meeting, book.Meeting(place.mdt_id, place.date));
  SPLW_ASSIGN_OR_RETURN(stored::MdtRecord mdt, book.Mdt(place.mdt_id));
  return ItemInPlace{std::move(mdt), std::move(meeting), std::move(item)};
}

// The state that an outcome of this kind leaves the item in, from which it may be corrected.
absl::Status CheckTakesOutcome(const stored::AgendaItemRecord& item, api::ItemState outcome) {
  if (item.state() == api::ITEM_STATE_LISTED || item.state() == outcome) return absl::OkStatus();
  return errors::ItemClosed(item.state());
}

void Summarize(const std::string& network, const std::vector<stored::ActionRecord>& actions,
               google::protobuf::RepeatedPtrField<api::ActionSummary>* summaries) {
  for (const stored::ActionRecord& action : actions) {
    api::ActionSummary* summary = summaries->Add();
    summary->set_action(ActionName(network, action.id()));
    summary->set_description(action.description());
    *summary->mutable_owner() = action.owner();
    *summary->mutable_due_date() = ToDate(*ParseDay(action.due_date()));
    summary->set_state(action.state());
  }
}

// Writes the actions of a decision; those of an earlier version that are not named again are cancelled.
absl::Status WriteActions(AgendaBook& book, const api::RecordDecisionRequest& request,
                          const stored::AgendaItemRecord& item, stored::DecisionRecord& decision) {
  SPLW_ASSIGN_OR_RETURN(const std::vector<stored::ActionRecord> earlier, book.ActionsOf(item.decision().action_ids()));
  const ActionMatch match = MatchActions(earlier, request);
  const std::string& correlation_id = item.subject().correlation_id();
  for (int i = 0; i < request.actions_size(); ++i) {
    const api::ActionInput& input = request.actions(i);
    const std::string& kept = match.kept[static_cast<std::size_t>(i)];
    stored::ActionRecord action;
    if (kept.empty()) {
      action.set_id(book.change().NewId());
      action.set_case_(item.subject().case_());
      action.set_item(ItemName(book.network(), item));
      action.set_state(api::ACTION_STATE_OPEN);
      *action.mutable_create_time() = ToTimestamp(book.now());
    } else {
      SPLW_ASSIGN_OR_RETURN(action, book.Action(kept));
    }
    *action.mutable_owner() = input.owner();
    action.set_description(input.description());
    action.set_due_date(DayText(*ToDay(input.due_date())));
    *action.mutable_update_time() = ToTimestamp(book.now());
    SPLW_RETURN_IF_ERROR(book.Save(action, kept.empty(), correlation_id));
    decision.add_action_ids(action.id());
  }
  for (const std::string& id : match.cancelled) {
    SPLW_ASSIGN_OR_RETURN(stored::ActionRecord action, book.Action(id));
    action.set_state(api::ACTION_STATE_CANCELLED);
    action.set_note("Taken back by a correction of the decision.");
    *action.mutable_update_time() = ToTimestamp(book.now());
    SPLW_RETURN_IF_ERROR(book.Save(action, false, correlation_id));
  }
  return absl::OkStatus();
}

// Whether `after` gives the case to somebody to whom `before` did not.
bool Assigns(const stored::DecisionRecord& before, const stored::DecisionRecord& after) {
  return (after.has_case_holder() && !SameProfessional(before.case_holder(), after.case_holder())) ||
         (after.has_key_worker() && !SameProfessional(before.key_worker(), after.key_worker()));
}

// A case has one case-holder and one key worker at any instant: those of the latest decision that assigned somebody. A
// correction that assigns nobody any more gives the case back to those before it.
absl::Status WriteAssignment(AgendaBook& book, const stored::AgendaItemRecord& item, stored::DecisionRecord& decision) {
  const std::string& case_name = item.subject().case_();
  const std::string item_name = ItemName(book.network(), item);
  SPLW_ASSIGN_OR_RETURN(const std::optional<stored::AssignmentRecord> current,
                        Assignments().Get(book.txn(), book.network(), TextKey(case_name)));
  if (item.decision().has_replaced()) *decision.mutable_replaced() = item.decision().replaced();
  const bool ours = current && current->item() == item_name;
  if (decision.has_case_holder()) {
    if (current && !ours) *decision.mutable_replaced() = *current;
    stored::AssignmentRecord assignment;
    assignment.set_case_(case_name);
    assignment.set_item(item_name);
    *assignment.mutable_case_holder() = decision.case_holder();
    *assignment.mutable_key_worker() = decision.key_worker();
    return Assignments().Put(book.txn(), book.network(), assignment);
  }
  if (!ours) return absl::OkStatus();
  if (!decision.has_replaced()) return Assignments().Erase(book.txn(), book.network(), TextKey(case_name));
  const absl::Status given_back = Assignments().Put(book.txn(), book.network(), decision.replaced());
  decision.clear_replaced();
  return given_back;
}

absl::Status SettleNomination(AgendaBook& book, const stored::AgendaItemRecord& item) {
  if (item.kind() == api::ITEM_KIND_FEEDBACK) return absl::OkStatus();
  SPLW_ASSIGN_OR_RETURN(stored::NominationRecord nomination, book.Nomination(item.nomination()));
  if (nomination.state() == api::NOMINATION_STATE_DECIDED) return absl::OkStatus();
  nomination.set_state(api::NOMINATION_STATE_DECIDED);
  nomination.set_waiting_reason("");
  return book.Save(nomination);
}

absl::Status TellDecision(AgendaBook& book, const stored::AgendaItemRecord& item,
                          const std::optional<stored::MeetingRecord>& feedback_meeting) {
  const stored::DecisionRecord& decision = item.decision();
  api::DecisionRecorded event;
  if (item.kind() != api::ITEM_KIND_FEEDBACK) event.set_nomination(item.nomination());
  event.set_case_(item.subject().case_());
  event.set_meeting(MeetingName(book.network(), item.mdt_id(), item.meeting_date()));
  event.set_item(ItemName(book.network(), item));
  event.set_outcome(decision.outcome());
  event.set_summary(decision.summary());
  if (decision.has_case_holder()) *event.mutable_case_holder() = decision.case_holder();
  if (decision.has_key_worker()) *event.mutable_key_worker() = decision.key_worker();
  SPLW_ASSIGN_OR_RETURN(const std::optional<stored::AssignmentRecord> current,
                        Assignments().Get(book.txn(), book.network(), TextKey(item.subject().case_())));
  api::CaseAssignment* assignment = event.mutable_current_assignment();
  if (current && current->has_case_holder()) *assignment->mutable_case_holder() = current->case_holder();
  if (current && current->has_key_worker()) *assignment->mutable_key_worker() = current->key_worker();
  SPLW_ASSIGN_OR_RETURN(const std::vector<stored::ActionRecord> actions, book.ActionsOf(decision.action_ids()));
  Summarize(book.network(), actions, event.mutable_actions());
  if (feedback_meeting) {
    event.set_feedback_meeting(MeetingName(book.network(), *feedback_meeting));
    *event.mutable_feedback_due_date() = ToDate(*ParseDay(feedback_meeting->date()));
  }
  *event.mutable_time() = decision.record_time();
  event.set_version(decision.version());
  return book.Tell(item.subject(), event);
}

absl::Status TellFeedback(AgendaBook& book, const stored::AgendaItemRecord& item, const std::string& summary,
                          const std::optional<stored::MeetingRecord>& next) {
  api::FeedbackRecorded event;
  event.set_of_item(item.of_item());
  event.set_case_(item.subject().case_());
  event.set_meeting(MeetingName(book.network(), item.mdt_id(), item.meeting_date()));
  event.set_item(ItemName(book.network(), item));
  event.set_summary(summary);
  SPLW_ASSIGN_OR_RETURN(const std::vector<stored::ActionRecord> actions, book.ActionsOf(item.open_action_ids()));
  Summarize(book.network(), actions, event.mutable_actions());
  if (next) {
    event.set_next_feedback_meeting(MeetingName(book.network(), *next));
    *event.mutable_next_feedback_due_date() = ToDate(*ParseDay(next->date()));
  }
  *event.mutable_time() = ToTimestamp(book.now());
  return book.Tell(item.subject(), event);
}

absl::StatusOr<OwedActions> OwedActionsOf(AgendaBook& book, const stored::AgendaItemRecord& item) {
  SPLW_ASSIGN_OR_RETURN(const std::vector<stored::ActionRecord> actions, book.ActionsOf(item.open_action_ids()));
  OwedActions owed;
  for (const stored::ActionRecord& action : actions) owed[ActionName(book.network(), action.id())] = action;
  return owed;
}

absl::Status UpdateActions(AgendaBook& book, const api::RecordFeedbackRequest& request,
                           const stored::AgendaItemRecord& item, const OwedActions& owed) {
  for (const stored::ActionRecord& action : ApplyUpdates(request, owed, book.now())) {
    SPLW_RETURN_IF_ERROR(book.Save(action, false, item.subject().correlation_id()));
  }
  return absl::OkStatus();
}

// An owner reports before the meeting has heard it: kept with the item, which stays listed.
absl::Status ReportByOwner(AgendaBook& book, const Viewer& viewer, const api::RecordFeedbackRequest& request,
                           const OwedActions& owed, ItemInPlace& found) {
  SPLW_RETURN_IF_ERROR(CheckOwnActionsOnly(request, owed, viewer.id));
  SPLW_RETURN_IF_ERROR(CheckFeedback(request, owed));
  if (found.item.state() != api::ITEM_STATE_LISTED) return errors::ItemClosed(found.item.state());
  if (found.item.owner_reports_size() >= kMaxOwnerReports) return errors::TooManyReports();
  SPLW_RETURN_IF_ERROR(UpdateActions(book, request, found.item, owed));
  stored::OwnerReportRecord* report = found.item.add_owner_reports();
  report->set_professional_id(viewer.id);
  report->set_summary(request.summary());
  *report->mutable_record_time() = ToTimestamp(book.now());
  SPLW_RETURN_IF_ERROR(book.Save(found.item));
  return TellFeedback(book, found.item, request.summary(), found.meeting);
}

// The meeting hears the feedback: the item is done, and what stays open is owed to the next meeting.
absl::Status ReportAtMeeting(AgendaBook& book, const api::RecordFeedbackRequest& request, const OwedActions& owed,
                             ItemInPlace& found) {
  SPLW_RETURN_IF_ERROR(CheckFeedback(request, owed));
  SPLW_RETURN_IF_ERROR(CheckTakesOutcomes(found.meeting.state()));
  SPLW_RETURN_IF_ERROR(CheckTakesOutcome(found.item, api::ITEM_STATE_FEEDBACK_GIVEN));
  SPLW_RETURN_IF_ERROR(UpdateActions(book, request, found.item, owed));
  stored::FeedbackRecord* feedback = found.item.mutable_feedback();
  feedback->set_summary(request.summary());
  feedback->set_needs_further_feedback(request.needs_further_feedback());
  *feedback->mutable_record_time() = ToTimestamp(book.now());
  found.item.set_state(api::ITEM_STATE_FEEDBACK_GIVEN);
  SPLW_ASSIGN_OR_RETURN(const Debt debt, DebtOf(book, found.item));
  SPLW_ASSIGN_OR_RETURN(const std::optional<stored::MeetingRecord> next, SettleDebt(book, found.mdt, found.item, debt));
  SPLW_RETURN_IF_ERROR(book.Save(found.item));
  return TellFeedback(book, found.item, request.summary(), next);
}

// The answer is kept for repeats of the request, and what the person shares may change meanwhile: a member of an agency
// is answered without the person, and reads the item to see them.
void LeaveOutPerson(api::AgendaItem& shown) {
  shown.set_person_withheld(true);
  shown.clear_person();
  shown.clear_question();
  shown.clear_needs();
  shown.clear_link_worker();
  shown.clear_current_case_holder();
  shown.clear_current_key_worker();
  shown.clear_decision();
  shown.clear_feedback();
  shown.clear_owner_reports();
  for (api::Action& action : *shown.mutable_open_actions()) {
    action.set_details_withheld(true);
    action.clear_description();
    action.clear_note();
  }
}

absl::Status ShowAfter(AgendaBook& book, const Viewer& viewer, const ItemInPlace& found, api::AgendaItem& shown) {
  SPLW_RETURN_IF_ERROR(book.Finish());
  SPLW_ASSIGN_OR_RETURN(shown, ShowItem(book.txn(), book.network(), viewer, found.meeting, found.item));
  if (viewer.agency_member) LeaveOutPerson(shown);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<store::Position> ItemHandlers::RecordDecision(const rpc::Call& call,
                                                             const api::RecordDecisionRequest& request,
                                                             api::AgendaItem* response) {
  SPLW_ASSIGN_OR_RETURN(const Place place, ParseItem("name", request.name()));
  const std::optional<absl::CivilDay> meeting_day = ParseDay(place.date);
  if (!meeting_day) return errors::ItemNotFound();
  SPLW_RETURN_IF_ERROR(CheckDecision(request, *meeting_day));
  return ChangeOnce(changes_, call, request, response, [&](AgendaBook& book, api::AgendaItem& shown) -> absl::Status {
    SPLW_ASSIGN_OR_RETURN(ItemInPlace found, Find(book, place));
    stored::AgendaItemRecord& item = found.item;
    SPLW_RETURN_IF_ERROR(delivery::CheckEtag("etag", request.etag(), item.version()));
    SPLW_RETURN_IF_ERROR(CheckTakesOutcomes(found.meeting.state()));
    const bool feedback = item.kind() == api::ITEM_KIND_FEEDBACK;
    SPLW_RETURN_IF_ERROR(CheckTakesOutcome(item, feedback ? api::ITEM_STATE_FEEDBACK_GIVEN : api::ITEM_STATE_DECIDED));

    stored::DecisionRecord decision;
    decision.set_outcome(request.outcome());
    decision.set_summary(request.summary());
    if (request.has_case_holder()) *decision.mutable_case_holder() = request.case_holder();
    if (request.has_key_worker()) *decision.mutable_key_worker() = request.key_worker();
    decision.set_version(item.decision().version() + 1);
    decision.set_quorum_met(found.meeting.quorum_met());
    *decision.mutable_record_time() = ToTimestamp(book.now());
    SPLW_RETURN_IF_ERROR(WriteActions(book, request, item, decision));
    SPLW_RETURN_IF_ERROR(WriteAssignment(book, item, decision));
    const bool reassigned = Assigns(item.decision(), decision);
    *item.mutable_decision() = std::move(decision);
    // On a feedback item a decision does not settle the feedback that is owed.
    if (!feedback) item.set_state(api::ITEM_STATE_DECIDED);
    SPLW_RETURN_IF_ERROR(SettleNomination(book, item));
    SPLW_ASSIGN_OR_RETURN(Debt debt, DebtOf(book, item));
    debt.reassigned = reassigned;
    SPLW_ASSIGN_OR_RETURN(const std::optional<stored::MeetingRecord> next, SettleDebt(book, found.mdt, item, debt));
    SPLW_RETURN_IF_ERROR(book.Save(item));
    SPLW_RETURN_IF_ERROR(TellDecision(book, item, next));
    return ShowAfter(book, ViewerOf(call.principal), found, shown);
  });
}

absl::StatusOr<store::Position> ItemHandlers::RecordFeedback(const rpc::Call& call,
                                                             const api::RecordFeedbackRequest& request,
                                                             api::AgendaItem* response) {
  SPLW_ASSIGN_OR_RETURN(const Place place, ParseItem("name", request.name()));
  const Viewer viewer = ViewerOf(call.principal);
  return ChangeOnce(changes_, call, request, response, [&](AgendaBook& book, api::AgendaItem& shown) -> absl::Status {
    SPLW_ASSIGN_OR_RETURN(ItemInPlace found, Find(book, place));
    SPLW_ASSIGN_OR_RETURN(const bool visible, IsVisible(book.txn(), book.network(), viewer, found.meeting, found.item));
    if (!visible) return errors::ItemNotFound();
    SPLW_RETURN_IF_ERROR(delivery::CheckEtag("etag", request.etag(), found.item.version()));
    if (found.item.kind() != api::ITEM_KIND_FEEDBACK) return errors::NotAFeedbackItem();
    SPLW_ASSIGN_OR_RETURN(const OwedActions owed, OwedActionsOf(book, found.item));
    SPLW_RETURN_IF_ERROR(viewer.agency_member ? ReportByOwner(book, viewer, request, owed, found)
                                              : ReportAtMeeting(book, request, owed, found));
    return ShowAfter(book, viewer, found, shown);
  });
}

}  // namespace splw::mdt_agenda
