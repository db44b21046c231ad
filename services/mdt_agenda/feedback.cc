#include "services/mdt_agenda/feedback.h"

#include <set>

#include <absl/strings/match.h>
#include <absl/strings/str_format.h>

#include "common/text/failure.h"
#include "services/mdt_agenda/checks.h"
#include "services/mdt_agenda/errors.h"
#include "services/mdt_agenda/limits.h"
#include "services/mdt_agenda/timestamps.h"

namespace splw::mdt_agenda {

absl::Status CheckFeedback(const api::RecordFeedbackRequest& request, const OwedActions& owed) {
  text::Violations violations;
  CheckProse(violations, "summary", request.summary(), kMaxSummary);
  std::set<std::string> seen;
  for (int i = 0; i < request.action_updates_size(); ++i) {
    const api::ActionUpdate& update = request.action_updates(i);
    const std::string field = absl::StrFormat("action_updates[%d]", i);
    if (owed.count(update.action()) == 0) {
      violations.Add(field + ".action", "ACTION_NOT_OF_ITEM", "must be one of the item's open_actions");
    } else if (!seen.insert(update.action()).second) {
      violations.Add(field + ".action", "ACTION_REPEATED", "may be named once");
    }
    if (update.state() == api::ACTION_STATE_UNSPECIFIED || !api::ActionState_IsValid(update.state())) {
      violations.Missing(field + ".state", "is required and must be a known state");
    }
    text::CheckText(field + ".note", update.note(),
                    {.max_characters = static_cast<std::size_t>(kMaxNote),
                     .required = update.state() == api::ACTION_STATE_CANCELLED,
                     .allow_lines = true},
                    violations);
  }
  return violations.ToStatus();
}

absl::Status CheckOwnActionsOnly(const api::RecordFeedbackRequest& request, const OwedActions& owed,
                                 const std::string& professional_id) {
  bool owns_one = false;
  for (const auto& [name, action] : owed) {
    owns_one = owns_one || absl::EqualsIgnoreCase(action.owner().id(), professional_id);
  }
  if (!owns_one || request.needs_further_feedback()) return errors::NotActionOwner();
  for (const api::ActionUpdate& update : request.action_updates()) {
    const auto found = owed.find(update.action());
    if (found == owed.end() || !absl::EqualsIgnoreCase(found->second.owner().id(), professional_id)) {
      return errors::NotActionOwner();
    }
  }
  return absl::OkStatus();
}

std::vector<stored::ActionRecord> ApplyUpdates(const api::RecordFeedbackRequest& request, const OwedActions& owed,
                                               absl::Time now) {
  std::vector<stored::ActionRecord> changed;
  for (const api::ActionUpdate& update : request.action_updates()) {
    stored::ActionRecord action = owed.at(update.action());
    action.set_state(update.state());
    action.set_note(update.note());
    *action.mutable_update_time() = ToTimestamp(now);
    changed.push_back(std::move(action));
  }
  return changed;
}

bool IsOpen(const stored::ActionRecord& action) {
  return action.state() == api::ACTION_STATE_OPEN;
}

}  // namespace splw::mdt_agenda
