// Numbers without gaps within a network: 1, 2, 3, … in the order of commits.
#pragma once

#include <cstdint>
#include <string_view>

#include <absl/status/statusor.h>

#include "common/store/table.h"
#include "splw/delivery/storage/v1/delivery_storage.pb.h"

namespace splw::audit {

const store::Table<delivery::storage::v1::Counter>& Counters();

// Gives out the next number of `counter`. It is given out only if the transaction commits.
absl::StatusOr<std::uint64_t> NextNumber(store::Transaction& txn, std::string_view network, std::string_view counter);

// The last number given out; 0 if none was.
absl::StatusOr<std::uint64_t> LastNumber(store::Snapshot& snapshot, std::string_view network, std::string_view counter);

}  // namespace splw::audit
