#include "services/caseload/mdt_status.h"

#include <algorithm>
#include <tuple>

#include <absl/strings/match.h>

#include "services/caseload/errors.h"
#include "services/caseload/limits.h"
#include "services/caseload/nomination.h"

namespace splw::caseload {
namespace {

using storage::v1::DecisionRecord;
using storage::v1::FeedbackDebt;
using storage::v1::MdtActionRecord;

// Only the open nomination's progress is the case's.
bool IsCurrent(const CaseRecord& record, const std::optional<NominationRecord>& nomination) {
  return nomination.has_value() && record.open_nomination_id() == nomination->id();
}

// "Amina@x" and "amina@x", as mdt-agenda sees it too.
bool IsOneWorker(const type::v1::Professional& one, const type::v1::Professional& other) {
  return absl::EqualsIgnoreCase(one.id(), other.id());
}

void Touch(NominationRecord& nomination, absl::Time now) {
  nomination.set_version(nomination.version() + 1);
  *nomination.mutable_update_time() = ToTimestamp(now);
}

MdtActionRecord* FindAction(MdtStatusRecord& status, const std::string& action) {
  for (MdtActionRecord& known : *status.mutable_actions()) {
    if (known.action() == action) return &known;
  }
  return nullptr;
}

// Adds the actions or brings them up to date; those that are `item`'s from a decision before and are not
// named any more go.
void TakeActions(MdtStatusRecord& status, const google::protobuf::RepeatedPtrField<mdt::v1::ActionSummary>& actions,
                 const std::string& item) {
  if (!item.empty()) {
    auto& known = *status.mutable_actions();
    known.erase(std::remove_if(known.begin(), known.end(),
                               [&](const MdtActionRecord& action) {
                                 return action.item() == item &&
                                        std::none_of(actions.begin(), actions.end(), [&](const auto& named) {
                                          return named.action() == action.action();
                                        });
                               }),
                known.end());
  }
  for (const mdt::v1::ActionSummary& action : actions) {
    MdtActionRecord* record = FindAction(status, action.action());
    if (record == nullptr) {
      record = status.add_actions();
      record->set_action(action.action());
      record->set_item(item);
    }
    record->set_description(action.description());
    *record->mutable_owner() = action.owner();
    if (action.has_due_date()) *record->mutable_due_date() = action.due_date();
    record->set_state(action.state());
  }
  while (static_cast<std::size_t>(status.actions_size()) > kMaxMdtActionsPerCase) {
    // The oldest that is finished goes first.
    auto& known = *status.mutable_actions();
    auto oldest = std::find_if(known.begin(), known.end(), [](const MdtActionRecord& action) {
      return action.state() != mdt::v1::ACTION_STATE_OPEN;
    });
    known.erase(oldest == known.end() ? known.begin() : oldest);
  }
}

// Puts the debts into order and shows the one that is due first.
void ShowFirstDebt(MdtStatusRecord& status) {
  auto& debts = *status.mutable_debts();
  std::sort(debts.begin(), debts.end(), [](const FeedbackDebt& a, const FeedbackDebt& b) {
    const auto order = [](const FeedbackDebt& debt) {
      const google::type::Date& due = debt.due_date();
      return std::make_tuple(due.year(), due.month(), due.day(), debt.item());
    };
    return order(a) < order(b);
  });
  // mdt-agenda keeps them all, and tells of each again when it moves.
  while (debts.size() > kMaxFeedbackDebtsPerCase) debts.RemoveLast();
  status.clear_feedback_meeting();
  status.clear_feedback_due_date();
  if (debts.empty()) return;
  status.set_feedback_meeting(debts.begin()->meeting());
  if (debts.begin()->has_due_date()) *status.mutable_feedback_due_date() = debts.begin()->due_date();
}

// What is owed on `item` is settled. An event of an mdt-agenda that did not name the item yet spoke of all that the case
// owes.
void SettleFeedback(MdtStatusRecord& status, const std::string& item) {
  auto& debts = *status.mutable_debts();
  debts.erase(std::remove_if(
                  debts.begin(), debts.end(),
                  [&](const FeedbackDebt& debt) { return item.empty() || debt.item().empty() || debt.item() == item; }),
              debts.end());
  ShowFirstDebt(status);
}

// Feedback on `item` is owed to this meeting, and to no other.
void OweFeedback(MdtStatusRecord& status, const std::string& item, const std::string& meeting,
                 const google::type::Date& due_date) {
  SettleFeedback(status, item);
  FeedbackDebt* debt = status.add_debts();
  debt->set_item(item);
  debt->set_meeting(meeting);
  *debt->mutable_due_date() = due_date;
  ShowFirstDebt(status);
}

bool NamesOnePersonTwice(const mdt::v1::DecisionRecorded& event) {
  const mdt::v1::CaseAssignment& current = event.current_assignment();
  return (event.has_case_holder() && event.has_key_worker() && IsOneWorker(event.case_holder(), event.key_worker())) ||
         (current.has_case_holder() && current.has_key_worker() &&
          IsOneWorker(current.case_holder(), current.key_worker()));
}

// An event of an mdt-agenda that did not say yet who has the case: those whom the decision names, and otherwise those
// who had it. Whoever takes the other role leaves their own vacant.
mdt::v1::CaseAssignment AssignmentByNames(const MdtStatusRecord& status, const mdt::v1::DecisionRecorded& event) {
  mdt::v1::CaseAssignment assignment;
  if (event.has_case_holder()) {
    *assignment.mutable_case_holder() = event.case_holder();
  } else if (status.has_case_holder() && !IsOneWorker(status.case_holder(), event.key_worker())) {
    *assignment.mutable_case_holder() = status.case_holder();
  }
  if (event.has_key_worker()) {
    *assignment.mutable_key_worker() = event.key_worker();
  } else if (status.has_key_worker() && !IsOneWorker(status.key_worker(), event.case_holder())) {
    *assignment.mutable_key_worker() = status.key_worker();
  }
  return assignment;
}

// mdt-agenda knows who has the case over all decisions, and says so with each.
void TakeAssignment(MdtStatusRecord& status, const mdt::v1::DecisionRecorded& event) {
  const mdt::v1::CaseAssignment assignment =
      event.has_current_assignment() ? event.current_assignment() : AssignmentByNames(status, event);
  status.clear_case_holder();
  status.clear_key_worker();
  if (assignment.has_case_holder()) *status.mutable_case_holder() = assignment.case_holder();
  if (assignment.has_key_worker()) *status.mutable_key_worker() = assignment.key_worker();
}

DecisionRecord* FindDecision(MdtStatusRecord& status, const std::string& item) {
  for (DecisionRecord& known : *status.mutable_decisions()) {
    if (known.item() == item) return &known;
  }
  return nullptr;
}

void Fill(DecisionRecord& decision, const mdt::v1::DecisionRecorded& event) {
  decision.set_item(event.item());
  decision.set_meeting(event.meeting());
  decision.set_version(event.version());
  decision.set_outcome(event.outcome());
  decision.set_summary(event.summary());
  *decision.mutable_time() = event.time();
}

}  // namespace

MdtChange ApplyReceived(CaseRecord record, std::optional<NominationRecord> nomination,
                        const mdt::v1::NominationReceived& event, absl::Time now) {
  const bool arrives = nomination.has_value() && nomination->state() == v1::NOMINATION_STATE_SENT;
  // It waited without a team, and is told again once a team has taken it.
  const bool taken = nomination.has_value() && nomination->state() == v1::NOMINATION_STATE_RECEIVED &&
                     !event.mdt().empty() && nomination->mdt() != event.mdt();
  if (!arrives && !taken) return {std::move(record), std::move(nomination), false};
  nomination->set_state(v1::NOMINATION_STATE_RECEIVED);
  if (!event.mdt().empty()) nomination->set_mdt(event.mdt());
  Touch(*nomination, now);
  if (IsCurrent(record, nomination)) {
    record.mutable_mdt_status()->set_nomination_state(v1::NOMINATION_STATE_RECEIVED);
  }
  return {std::move(record), std::move(nomination), true};
}

MdtChange ApplyScheduled(CaseRecord record, std::optional<NominationRecord> nomination,
                         const mdt::v1::NominationScheduled& event, absl::Time now) {
  if (!nomination.has_value() || !IsOpenNomination(nomination->state())) {
    return {std::move(record), std::move(nomination), false};
  }
  nomination->set_state(v1::NOMINATION_STATE_SCHEDULED);
  nomination->set_meeting(event.meeting());
  *nomination->mutable_start_time() = event.start_time();
  Touch(*nomination, now);
  if (IsCurrent(record, nomination)) {
    MdtStatusRecord& status = *record.mutable_mdt_status();
    status.set_nomination_state(v1::NOMINATION_STATE_SCHEDULED);
    status.set_meeting(event.meeting());
    *status.mutable_start_time() = event.start_time();
  }
  return {std::move(record), std::move(nomination), true};
}

MdtChange ApplyCarriedOver(CaseRecord record, std::optional<NominationRecord> nomination,
                           const mdt::v1::NominationCarriedOver& event, absl::Time now) {
  if (!nomination.has_value() || !IsOpenNomination(nomination->state())) {
    return {std::move(record), std::move(nomination), false};
  }
  nomination->set_state(v1::NOMINATION_STATE_CARRIED_OVER);
  nomination->set_meeting(event.next_meeting());
  nomination->clear_start_time();
  nomination->set_times_carried_over(event.times_carried_over());
  Touch(*nomination, now);
  if (IsCurrent(record, nomination)) {
    MdtStatusRecord& status = *record.mutable_mdt_status();
    status.set_nomination_state(v1::NOMINATION_STATE_CARRIED_OVER);
    status.set_meeting(event.next_meeting());
    status.clear_start_time();
    status.set_times_carried_over(event.times_carried_over());
  }
  return {std::move(record), std::move(nomination), true};
}

absl::StatusOr<MdtChange> ApplyDecision(CaseRecord record, std::optional<NominationRecord> nomination,
                                        const mdt::v1::DecisionRecorded& event, absl::Time now) {
  if (NamesOnePersonTwice(event)) return errors::SamePersonForBothRoles();
  MdtStatusRecord& status = *record.mutable_mdt_status();
  DecisionRecord* known = FindDecision(status, event.item());
  if (known != nullptr && known->version() >= event.version()) {
    return MdtChange{std::move(record), std::move(nomination), false};
  }
  const bool is_last = known == nullptr || status.decisions(status.decisions_size() - 1).item() == event.item();
  Fill(known != nullptr ? *known : *status.add_decisions(), event);
  if (static_cast<std::size_t>(status.decisions_size()) > kMaxDecisionsPerCase) {
    status.mutable_decisions()->erase(status.decisions().begin());
  }
  TakeActions(status, event.actions(), event.item());
  if (event.feedback_meeting().empty()) {
    SettleFeedback(status, event.item());
  } else {
    OweFeedback(status, event.item(), event.feedback_meeting(), event.feedback_due_date());
  }
  if (is_last || event.has_current_assignment()) TakeAssignment(status, event);
  if (is_last) {
    status.set_meeting(event.meeting());
    status.clear_start_time();
    status.set_times_carried_over(0);
  }
  if (nomination.has_value()) {
    const bool current = IsCurrent(record, nomination);
    nomination->set_state(v1::NOMINATION_STATE_DECIDED);
    nomination->set_meeting(event.meeting());
    nomination->clear_start_time();
    Touch(*nomination, now);
    if (current) record.clear_open_nomination_id();
    if (is_last && record.open_nomination_id().empty()) status.set_nomination_state(v1::NOMINATION_STATE_DECIDED);
  }
  return MdtChange{std::move(record), std::move(nomination), true};
}

bool WasHeard(const mdt::v1::FeedbackRecorded& event) {
  return event.next_feedback_meeting().empty() || event.next_feedback_meeting() != event.meeting();
}

MdtChange ApplyFeedback(CaseRecord record, const mdt::v1::FeedbackRecorded& event) {
  MdtStatusRecord& status = *record.mutable_mdt_status();
  TakeActions(status, event.actions(), "");
  if (!WasHeard(event)) return {std::move(record), std::nullopt, true};
  SettleFeedback(status, event.of_item());
  if (event.next_feedback_meeting().empty()) {
    SettleFeedback(status, event.item());
  } else {
    OweFeedback(status, event.item(), event.next_feedback_meeting(), event.next_feedback_due_date());
  }
  status.set_last_feedback_summary(event.summary());
  *status.mutable_last_feedback_time() = event.time();
  return {std::move(record), std::nullopt, true};
}

MdtChange ApplyFeedbackMoved(CaseRecord record, const mdt::v1::FeedbackMoved& event) {
  OweFeedback(*record.mutable_mdt_status(), event.of_item(), event.meeting(), event.due_date());
  return {std::move(record), std::nullopt, true};
}

}  // namespace splw::caseload
