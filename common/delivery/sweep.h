// Forgets what need no longer be kept, a bounded piece at a time, each network in transactions of its own. Run as periodic tasks
// (common/rpc/service_process.h): true means that there is more to do now.
#pragma once

#include <cstddef>

#include <absl/status/statusor.h>

#include "common/store/store.h"

namespace splw::delivery {

// Removes up to `limit` request records whose time is over (kRequestMemory).
absl::StatusOr<bool> SweepExpiredRequests(store::Store& store, std::size_t limit = 500);

// Removes up to `limit` entries of each network's feed that are older than kFeedMemory.
absl::StatusOr<bool> SweepFeed(store::Store& store, std::size_t limit = 500);

}  // namespace splw::delivery
