// What the caseload tells this service: nominations arrive, and are withdrawn.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "common/delivery/change.h"
#include "common/delivery/inbox.h"
#include "services/mdt_agenda/agenda_book.h"
#include "splw/caseload/v1/case_events.pb.h"

namespace splw::mdt_agenda {

// Keeps the nomination and answers NominationReceived. One without an MDT, or for an MDT that is not known, goes to the
// network's first; where there is none it waits (NO_MDT) until one is created. A repeat changes nothing.
// INVALID_ARGUMENT only for an event that names no case or nomination of its network.
absl::Status OnCaseNominated(delivery::Change& change, const caseload::v1::CaseNominated& event);

// Stops the nomination from being discussed. One that is on a published agenda stays listed there as withdrawn; one
// that is decided stays decided; one that never arrived is done.
absl::Status OnNominationWithdrawn(delivery::Change& change, const caseload::v1::NominationWithdrawn& event);

// Both of the above, for `inbox`.
void HandleEvents(delivery::Inbox& inbox);

// Gives a new team the nominations that waited for one; true where more are left than one transaction takes.
absl::StatusOr<bool> AssignWaiting(AgendaBook& book, const stored::MdtRecord& mdt);

}  // namespace splw::mdt_agenda
