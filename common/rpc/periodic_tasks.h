// Runs a process's periodic tasks, one after the other, on one thread.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <absl/time/time.h>

#include "common/rpc/service_process.h"
#include "common/telemetry/metrics.h"
#include "common/time/clock.h"

namespace splw::rpc {

class PeriodicTasks final {
 public:
  // Each task runs once at once, then after its interval, or at once again where it has more to do. An error is logged,
  // counted, and tried again after the interval. A clock that is set back makes every task due at once. `metrics` and
  // `clock` must outlive it.
  PeriodicTasks(std::vector<PeriodicTask> tasks, telemetry::Metrics& metrics, const time::Clock& clock);
  // Lets the task that runs end.
  ~PeriodicTasks();

 private:
  struct Entry {
    PeriodicTask task;
    absl::Time due;
  };
  void Loop();
  bool RunOne(Entry& entry);

  telemetry::Metrics& metrics_;
  const time::Clock& clock_;
  std::vector<Entry> entries_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace splw::rpc
