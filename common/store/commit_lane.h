// One body at a time. The lane does not queue fairly: whoever comes while it is free takes it, which spares a
// change of threads at every commit; the store's interface promises no fairness.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include <absl/time/time.h>

#include "common/time/clock.h"

namespace splw::store {

// Thread-safe.
class CommitLane final {
 public:
  // Waits for the lane until `deadline` by `clock`. False: it was not to be had by then, and is not held.
  bool Enter(const time::Clock& clock, absl::Time deadline) {
    // A deadline this far off is none: adding it to a clock's time point may overflow.
    constexpr absl::Duration kNever = absl::Hours(24);
    const absl::Duration remaining = deadline - clock.Now();
    if (remaining <= absl::ZeroDuration()) return false;
    std::unique_lock lock(mutex_);
    if (remaining > kNever) {
      freed_.wait(lock, [this] { return !busy_; });
    } else if (!freed_.wait_for(lock, absl::ToChronoNanoseconds(remaining), [this] { return !busy_; })) {
      return false;
    }
    busy_ = true;
    return true;
  }

  void Leave() {
    {
      std::lock_guard lock(mutex_);
      busy_ = false;
    }
    freed_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable freed_;
  bool busy_ = false;
};

// Leaves a lane that was entered.
class LaneHold final {
 public:
  explicit LaneHold(CommitLane& lane) : lane_(lane) {}
  ~LaneHold() { lane_.Leave(); }
  LaneHold(const LaneHold&) = delete;
  LaneHold& operator=(const LaneHold&) = delete;

 private:
  CommitLane& lane_;
};

}  // namespace splw::store
