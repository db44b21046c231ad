// Records as callers see them.
#pragma once

#include <string>

#include <absl/status/statusor.h>

#include "common/store/store.h"
#include "services/mdt_agenda/messages.h"
#include "services/mdt_agenda/visibility.h"

namespace splw::mdt_agenda {

api::Meeting ShowMeeting(const std::string& network, const Viewer& viewer, const stored::MeetingRecord& meeting);
api::Nomination ShowNomination(const std::string& network, const stored::NominationRecord& nomination);
// Reads what the person agrees to share now.
absl::StatusOr<api::Action> ShowAction(store::Snapshot& snapshot, const std::string& network, const Viewer& viewer,
                                       const stored::ActionRecord& action);

// With its actions, the case's current assignment and what the person agrees to share now, which are read. `meeting`: that of the item.
absl::StatusOr<api::AgendaItem> ShowItem(store::Snapshot& snapshot, const std::string& network, const Viewer& viewer,
                                         const stored::MeetingRecord& meeting, const stored::AgendaItemRecord& item);

// Whether the viewer may see the item of this meeting at all.
absl::StatusOr<bool> IsVisible(store::Snapshot& snapshot, const std::string& network, const Viewer& viewer,
                               const stored::MeetingRecord& meeting, const stored::AgendaItemRecord& item);

}  // namespace splw::mdt_agenda
