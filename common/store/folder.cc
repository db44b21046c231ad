#include "common/store/folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <vector>

#include <absl/strings/str_cat.h>

#include "common/text/status_macros.h"

namespace splw::store {
namespace {

namespace fs = std::filesystem;

absl::Status SyncFolder(const fs::path& path) {
  const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = folder >= 0 && ::fsync(folder) == 0;
  const int error = errno;
  if (folder >= 0) ::close(folder);
  if (synced) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("the folder ", path.string(), " cannot be synced: ", std::strerror(error)));
}

}  // namespace

absl::StatusOr<bool> MakeFolder(const std::string& path) {
  std::error_code error;
  // "a/b/" names the same folder as "a/b", but has nothing for its last part.
  fs::path folder = fs::absolute(path, error).lexically_normal();
  if (!error && !folder.has_filename()) folder = folder.parent_path();
  std::vector<fs::path> missing;
  for (fs::path at = folder; !error && !fs::exists(at, error) && !error; at = at.parent_path()) missing.push_back(at);
  if (!error) fs::create_directories(folder, error);
  if (error) {
    return absl::UnavailableError(absl::StrCat("the folder ", path, " cannot be made: ", error.message()));
  }
  for (const fs::path& made : missing) SPLW_RETURN_IF_ERROR(SyncFolder(made.parent_path()));
  if (missing.empty()) SyncFolder(folder.parent_path()).IgnoreError();
  return !missing.empty();
}

}  // namespace splw::store
