// The threads that handlers run on, but for those that only read (calls.h). gRPC's own are about two for the whole process and must not block; these may.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include <absl/time/time.h>

#include "common/time/clock.h"

namespace splw::rpc {

// How late a call's turn may come. Short beside what a person or a client waits for; long enough that at a thousand
// calls a second 256 callers at once are all taken.
inline constexpr absl::Duration kLongestQueueWait = absl::Milliseconds(300);

// Thread-safe.
class WorkerPool final {
 public:
  // `threads` at least 1. TryPost keeps at most `max_queued` jobs waiting, and no more than will have their turn within
  // `longest_wait` if each takes as long as those before it. `clock` must outlive the pool.
  WorkerPool(int threads, std::size_t max_queued, absl::Duration longest_wait, const time::Clock& clock);
  // Runs what is still queued, then joins. Not from one of its own jobs.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Runs `job` on a thread of the pool, first come first served. False, and `job` is gone: too many are waiting.
  bool TryPost(std::function<void()> job);
  // The same without the limit, for jobs whose number is bounded otherwise.
  void Post(std::function<void()> job);

  std::size_t waiting() const;

 private:
  void Work();

  const std::size_t max_queued_;
  const absl::Duration longest_wait_;
  const time::Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<std::function<void()>> queue_;
  absl::Duration job_time_;  // of one job, the mean of late
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace splw::rpc
