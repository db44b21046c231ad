// What is owed moves on: feedback items that a decision puts on the next meeting, and items that a meeting leaves.
// The one promise of this file: feedback that is owed stands as a listed item on a meeting that has not been held:
// feedback is never promised and then not asked for.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "services/mdt_agenda/agenda_book.h"

namespace splw::mdt_agenda {

// What the outcome of an item owes to the next meeting.
struct Debt {
  bool owed = false;
  bool reassigned = false;  // a correction gave the case to others: owed anew, though feedback was heard
  std::vector<std::string> open_action_ids;
};
// `reassigned` is for the caller to set.
absl::StatusOr<Debt> DebtOf(AgendaBook& book, const stored::AgendaItemRecord& item);

// Makes the calendar agree with `debt`: puts a feedback item on the next meeting, brings it up to date, or takes it
// away (on a published agenda it stays listed as withdrawn). Feedback that was heard already settles what it was heard on;
// for what came since, a new item is put on the next meeting. Sets `item.feedback_item`; the caller saves `item`
// afterwards. Returns the meeting to which feedback is owed, if it is.
absl::StatusOr<std::optional<stored::MeetingRecord>> SettleDebt(AgendaBook& book, const stored::MdtRecord& mdt,
                                                                stored::AgendaItemRecord& item, const Debt& debt);

// Leaves a listed item for a later meeting: a nomination waits again, feedback gets an item on the next meeting. The
// caseload hears of it. Returns what the meeting shows of it.
absl::StatusOr<stored::CarriedOverRecord> CarryOver(AgendaBook& book, const stored::MdtRecord& mdt,
                                                    stored::AgendaItemRecord item, const std::string& reason_code);

// Takes a planned but not published nomination off its agenda: it waits as before.
absl::Status Unplan(AgendaBook& book, const stored::AgendaItemRecord& item, const std::string& waiting_reason);

// For what changes after an agenda was built that is not published: the meeting goes back to SCHEDULED, so that its agenda is
// built again. Nothing in other states.
absl::Status ReopenPlan(AgendaBook& book, stored::MeetingRecord meeting);

// Why items are left, as codes, by name of item.
using CarryOverReasons = std::map<std::string, std::string>;

// Closes a meeting that was started: every item without an outcome is left, for its reason in `reasons` or for
// `other_reason`. The caller saves `meeting` afterwards.
absl::Status CloseOver(AgendaBook& book, const stored::MdtRecord& mdt, const CarryOverReasons& reasons,
                       const std::string& other_reason, stored::MeetingRecord& meeting);

// Cancels a meeting that has not started: nothing that it had is lost. The caller saves `meeting` afterwards.
absl::Status TakeOff(AgendaBook& book, const stored::MdtRecord& mdt, const std::string& reason_code,
                     stored::MeetingRecord& meeting);

}  // namespace splw::mdt_agenda
