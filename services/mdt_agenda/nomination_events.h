// What the caseload tells this service: nominations arrive and are withdrawn, people change what they agree to share, and cases
// go to another link worker.
#pragma once

#include <string>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "common/delivery/change.h"
#include "common/delivery/inbox.h"
#include "services/mdt_agenda/agenda_book.h"
#include "splw/caseload/v1/case_events.pb.h"

namespace splw::mdt_agenda {

// Why a nomination waits, or is on the plan of a team that was not asked for.
inline constexpr char kUnknownMdt[] = "UNKNOWN_MDT";

// True where the nomination asked for a team that was not known, and another one has it in its stead.
bool AskedForAnotherMdt(const std::string& network, const stored::NominationRecord& nomination);

// Keeps the nomination and answers NominationReceived. One without an MDT goes to the network's first. So does one for an
// MDT that is not known, since nobody is to wait for a team that may never come; it is marked UNKNOWN_MDT until its agenda
// is published, and the item says so. Where there is no MDT it waits (NO_MDT) until one is created. A repeat changes nothing.
// INVALID_ARGUMENT only for an event that names no case or nomination of its network.
absl::Status OnCaseNominated(delivery::Change& change, const caseload::v1::CaseNominated& event);

// Stops the nomination from being discussed. One that is on a published agenda stays listed there as withdrawn; one
// that is decided stays decided; one that never arrived is done.
absl::Status OnNominationWithdrawn(delivery::Change& change, const caseload::v1::NominationWithdrawn& event);

// Keeps what the person agrees to share: it holds for everything that is kept of the case, at once. One that is older than
// what is known changes nothing. INVALID_ARGUMENT only for an event that names no case of its network.
absl::Status OnCaseSharingChanged(delivery::Change& change, const caseload::v1::CaseSharingChanged& event);

// Names the link worker who has the case now wherever it is still to be discussed: on its open nomination, on the items that have
// no outcome, and on those of a meeting that is being held, which feedback still follows. What is over names who had the case
// then. A statement that is older than what is known changes nothing. INVALID_ARGUMENT only for an event that names no case of its
// network.
absl::Status OnCaseLinkWorkerChanged(delivery::Change& change, const caseload::v1::CaseLinkWorkerChanged& event);

// All of the above, for `inbox`.
void HandleEvents(delivery::Inbox& inbox);

// Gives a new team the nominations that waited for one; true where more are left than one transaction takes.
absl::StatusOr<bool> AssignWaiting(AgendaBook& book, const stored::MdtRecord& mdt);

}  // namespace splw::mdt_agenda
