#include "common/rpc/periodic_tasks.h"

#include <algorithm>
#include <utility>

#include "common/telemetry/log.h"

namespace splw::rpc {

PeriodicTasks::PeriodicTasks(std::vector<PeriodicTask> tasks, telemetry::Metrics& metrics, const time::Clock& clock)
    : metrics_(metrics), clock_(clock) {
  for (PeriodicTask& task : tasks) entries_.push_back({std::move(task), absl::InfinitePast()});
  thread_ = std::thread([this] { Loop(); });
}

PeriodicTasks::~PeriodicTasks() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

void PeriodicTasks::Loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_ && !entries_.empty()) {
    const absl::Time now = clock_.Now();
    // Later than an interval from now: the clock was set back. The task must not wait until it is there again.
    for (Entry& entry : entries_) {
      if (entry.due > now + entry.task.interval) entry.due = now;
    }
    const auto next = std::min_element(entries_.begin(), entries_.end(),
                                       [](const Entry& a, const Entry& b) { return a.due < b.due; });
    const absl::Duration wait = next->due - now;
    if (wait > absl::ZeroDuration()) {
      // Not beyond an hour at a time: the clock may be set.
      stop_.wait_for(lock, absl::ToChronoMilliseconds(std::min(wait, absl::Hours(1)) + absl::Milliseconds(1)));
      continue;
    }
    lock.unlock();
    const bool more = RunOne(*next);
    lock.lock();
    next->due = more ? clock_.Now() : clock_.Now() + next->task.interval;
  }
}

bool PeriodicTasks::RunOne(Entry& entry) {
  const absl::StatusOr<bool> maybe_more = entry.task.run();
  if (maybe_more.ok()) return *maybe_more;
  metrics_.CountTaskFailure(entry.task.name);
  telemetry::Log(telemetry::Level::kWarning, "task_failed",
                 {{"task", entry.task.name},
                  {"code", absl::StatusCodeToString(maybe_more.status().code())},
                  {"error", std::string(maybe_more.status().message())}});
  return false;
}

}  // namespace splw::rpc
