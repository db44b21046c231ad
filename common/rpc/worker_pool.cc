#include "common/rpc/worker_pool.h"

#include <algorithm>
#include <utility>

namespace splw::rpc {

namespace {

// How much a job's time counts in the mean of those before it: a change shows within some tens of jobs.
constexpr int kJobTimeWeight = 16;

}  // namespace

WorkerPool::WorkerPool(int threads, std::size_t max_queued, absl::Duration longest_wait, const time::Clock& clock)
    : max_queued_(max_queued), longest_wait_(longest_wait), clock_(clock) {
  for (int i = 0; i < std::max(1, threads); ++i) threads_.emplace_back([this] { Work(); });
}

WorkerPool::~WorkerPool() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  posted_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool WorkerPool::TryPost(std::function<void()> job) {
  {
    std::lock_guard lock(mutex_);
    if (queue_.size() >= max_queued_) return false;
    if (job_time_ * static_cast<double>(queue_.size()) / static_cast<double>(threads_.size()) > longest_wait_)
      return false;
    queue_.push_back(std::move(job));
  }
  posted_.notify_one();
  return true;
}

void WorkerPool::Post(std::function<void()> job) {
  {
    std::lock_guard lock(mutex_);
    queue_.push_back(std::move(job));
  }
  posted_.notify_one();
}

std::size_t WorkerPool::waiting() const {
  std::lock_guard lock(mutex_);
  return queue_.size();
}

void WorkerPool::Work() {
  std::unique_lock lock(mutex_);
  while (true) {
    posted_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    const absl::Time started = clock_.Now();
    {
      const std::function<void()> job = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      job();
    }
    const absl::Duration took = std::max(absl::ZeroDuration(), clock_.Now() - started);
    lock.lock();
    job_time_ += (took - job_time_) / kJobTimeWeight;
  }
}

}  // namespace splw::rpc
