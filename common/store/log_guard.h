// Keeps syncs away from a log that refused a write. RocksDB 7.8 takes no sync of such a log, not of what was written
// before the refused write either: it asserts that nobody asks for one, and without assertions it refuses.
#pragma once

#include <condition_variable>
#include <mutex>

namespace splw::store {

// Thread-safe.
class LogGuard final {
 public:
  // False: the log refused a write, and has to be left alone. True: EndSync must follow.
  bool BeginSync() {
    std::lock_guard lock(mutex_);
    if (refused_) return false;
    ++syncs_;
    return true;
  }
  void EndSync() {
    {
      std::lock_guard lock(mutex_);
      --syncs_;
    }
    ended_.notify_all();
  }

  // From the thread that writes, before RocksDB takes note itself: waits until the syncs under way are over, so that
  // none of them comes upon the note.
  void Refuse() {
    std::unique_lock lock(mutex_);
    refused_ = true;
    ended_.wait(lock, [this] { return syncs_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable ended_;
  int syncs_ = 0;
  bool refused_ = false;
};

}  // namespace splw::store
