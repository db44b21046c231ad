// What feedback must be, and when more is owed. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/time/time.h>

#include "services/mdt_agenda/messages.h"
#include "splw/mdt/v1/mdt_agenda_service.pb.h"

namespace splw::mdt_agenda {

// The actions on which an item's feedback is owed, by resource name.
using OwedActions = std::map<std::string, stored::ActionRecord>;

// OK, or INVALID_ARGUMENT with every field that is wrong: summary REQUIRED, TEXT_TOO_LONG; action_updates[i].action
// ACTION_NOT_OF_ITEM, ACTION_REPEATED; action_updates[i].state REQUIRED; action_updates[i].note REQUIRED
// for a cancelled action, TEXT_TOO_LONG.
absl::Status CheckFeedback(const api::RecordFeedbackRequest& request, const OwedActions& owed);

// For a report of an action's owner before the meeting: OK where they own an action of the item and every update is of
// their own; otherwise PERMISSION_DENIED NOT_ACTION_OWNER.
absl::Status CheckOwnActionsOnly(const api::RecordFeedbackRequest& request, const OwedActions& owed,
                                 const std::string& professional_id);

// The actions that the updates change, as they are afterwards.
std::vector<stored::ActionRecord> ApplyUpdates(const api::RecordFeedbackRequest& request, const OwedActions& owed,
                                               absl::Time now);

// True while it is to be done.
bool IsOpen(const stored::ActionRecord& action);

}  // namespace splw::mdt_agenda
