// A disk that breaks on command, loaded into a service with LD_PRELOAD. It knows the write-ahead log only: files that
// end in ".log" in a folder "store".
//
//  SPLW_FAULT_FAIL_SYNCS_WHILE=FILE  while FILE exists, a sync of a log fails with EIO, and takes with it all that was
//                                    written to the log since the last one that did not: what a kernel may do that has
//                                    lost the pages. From then on the log takes no writes either.
//  SPLW_FAULT_WRITE_MICROSECONDS=N   each write to a log takes so much longer.
#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string_view>

namespace {

constexpr int kMostFiles = 4096;

struct LogState {
  ino_t inode = 0;  // a number may have been another file's before
  off_t synced_bytes = 0;
  bool broken = false;
};

std::mutex mutex;
std::array<LogState, kMostFiles> logs;  // by file descriptor; with the mutex

template <typename Function>
Function* Real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

bool IsLog(int file) {
  std::array<char, 32> link{};
  std::array<char, 4096> target{};
  std::snprintf(link.data(), link.size(), "/proc/self/fd/%d", file);
  const ssize_t length = readlink(link.data(), target.data(), target.size());
  if (length <= 0 || file >= kMostFiles) return false;
  const std::string_view path(target.data(), static_cast<std::size_t>(length));
  return path.find("/store/") != std::string_view::npos && path.size() > 4 && path.substr(path.size() - 4) == ".log";
}

bool SyncsFail() {
  const char* path = std::getenv("SPLW_FAULT_FAIL_SYNCS_WHILE");
  return path != nullptr && access(path, F_OK) == 0;
}

int Refuse() {
  errno = EIO;
  return -1;
}

int Sync(int file, int (*real)(int)) {
  if (!IsLog(file)) return real(file);
  LogState& log = logs[static_cast<std::size_t>(file)];
  struct stat about {};
  {
    std::lock_guard lock(mutex);
    fstat(file, &about);
    if (about.st_ino != log.inode) log = {.inode = about.st_ino};
    if (SyncsFail()) {
      log.broken = true;
      if (ftruncate(file, log.synced_bytes) != 0) std::abort();
      return Refuse();
    }
  }
  const int result = real(file);
  std::lock_guard lock(mutex);
  if (result == 0) log.synced_bytes = about.st_size;
  return result;
}

}  // namespace

extern "C" {

int fsync(int file) {
  static int (*const real)(int) = Real<int(int)>("fsync");
  return Sync(file, real);
}

int fdatasync(int file) {
  static int (*const real)(int) = Real<int(int)>("fdatasync");
  return Sync(file, real);
}

ssize_t write(int file, const void* bytes, size_t count) {
  static ssize_t (*const real)(int, const void*, size_t) = Real<ssize_t(int, const void*, size_t)>("write");
  static const char* const delay = std::getenv("SPLW_FAULT_WRITE_MICROSECONDS");
  if (!IsLog(file)) return real(file, bytes, count);
  if (delay != nullptr) usleep(static_cast<useconds_t>(std::atoi(delay)));
  std::lock_guard lock(mutex);
  return logs[static_cast<std::size_t>(file)].broken ? Refuse() : real(file, bytes, count);
}

}  // extern "C"
