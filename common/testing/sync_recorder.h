// For tests: which files and folders this program synced. A program that includes this, once, has its calls of fsync recorded, those of
// libraries too; they are still made. Linux only.
#pragma once

#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace splw::testing {

class SyncRecorder final {
 public:
  // The paths synced since it was last asked, in order.
  static std::vector<std::string> Take() {
    std::lock_guard lock(Mutex());
    return std::exchange(Paths(), {});
  }
  static void Record(int file) {
    std::error_code error;
    const std::filesystem::path path = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(file), error);
    std::lock_guard lock(Mutex());
    if (!error) Paths().push_back(path.string());
  }

 private:
  static std::mutex& Mutex() {
    static std::mutex mutex;
    return mutex;
  }
  static std::vector<std::string>& Paths() {
    static std::vector<std::string> paths;
    return paths;
  }
};

}  // namespace splw::testing

// In place of the C library's.
extern "C" int fsync(int file) {
  splw::testing::SyncRecorder::Record(file);
  return static_cast<int>(::syscall(SYS_fsync, file));
}
