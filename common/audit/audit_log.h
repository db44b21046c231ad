// Who did what to which resource, when and why: an append-only record for each network, written in the transaction of
// the change that it tells of. Nothing in this suite changes or removes a record.
#pragma once

#include <string_view>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "common/store/table.h"
#include "splw/delivery/storage/v1/delivery_storage.pb.h"

namespace splw::audit {

const store::Table<delivery::storage::v1::AuditRecord>& AuditRecords();

// Appends `record` with the network's next sequence and the transaction's time, both of which it sets itself.
// INTERNAL for a record without actor, action or resource: such a record would be no evidence.
absl::Status Append(store::Transaction& txn, std::string_view network, delivery::storage::v1::AuditRecord record);

// A page of the records of `network` in the order of their sequence.
absl::StatusOr<store::PageOf<delivery::storage::v1::AuditRecord>> ListRecords(store::Snapshot& snapshot,
                                                                              std::string_view network,
                                                                              const store::PageRequest& page);

// The same, of those about `resource` (its full name) only. Costs what it returns.
absl::StatusOr<store::PageOf<delivery::storage::v1::AuditRecord>> ListRecordsOf(store::Snapshot& snapshot,
                                                                                std::string_view network,
                                                                                std::string_view resource,
                                                                                const store::PageRequest& page);

}  // namespace splw::audit
