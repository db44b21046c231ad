// Folders that a power loss does not take away again.
#pragma once

#include <string>

#include <absl/status/statusor.h>

namespace splw::store {

// Makes `path` and the folders above it that are missing, and syncs the folder that each new one stands in, so that what is
// synced in `path` later is still to be found. True: it was made; false: it was there already (then its name is synced too where that
// is allowed: whoever made it may have ended before). UNAVAILABLE with the path and the reason.
absl::StatusOr<bool> MakeFolder(const std::string& path);

}  // namespace splw::store
