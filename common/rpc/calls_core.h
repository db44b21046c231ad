// What Calls and Watch share; nobody else includes this.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include <absl/status/status.h>
#include <absl/time/time.h>
#include <grpcpp/grpcpp.h>

#include "common/rpc/admission.h"
#include "common/rpc/calls.h"
#include "common/rpc/worker_pool.h"
#include "common/time/clock.h"

namespace splw::rpc {

// What is known of a call when it arrives.
struct Arrival {
  std::string method;  // full
  Metadata metadata;
  std::string correlation_id;  // the caller's, or new
  absl::Time arrived;          // by the wall clock
  absl::Time deadline;         // by the wall clock; InfiniteFuture: none was sent
};

// Something that ends when the server drains.
class Drainable {
 public:
  virtual ~Drainable() = default;
  virtual void Drain() = 0;
};

// Thread-safe.
class CallsCore final {
 public:
  explicit CallsCore(const CallsOptions& given)
      : options(given),
        wall_clock(given.wall_clock == nullptr ? system_clock : *given.wall_clock),
        pool(given.threads, given.max_queued, kLongestQueueWait, system_clock) {}

  // Reads the metadata, and has the correlation id sent back with the status.
  Arrival Arrive(grpc::ServerContextBase& context, std::string_view full_method);
  // Has it sent back at the start, too. Not for calls that fail: a client tries again by itself only where nothing but a
  // status came.
  static void Greet(grpc::CallbackServerContext& context, const Arrival& arrival) {
    context.AddInitialMetadata(kCorrelationIdKey, arrival.correlation_id);
  }
  // Checks (`request`: null where its bytes are no message); then a call with correlation id and a deadline by the clock of the options.
  absl::StatusOr<Call> AdmitArrival(const Arrival& arrival, const google::protobuf::Message* request);
  // Metrics and the log line. `call`: null for one that was not admitted.
  void Record(const Arrival& arrival, const Call* call, const absl::Status& status);
  absl::Time WallNow() const { return wall_clock.Now(); }
  absl::Duration Remaining(const Arrival& arrival) const;

  // False: too many, or draining (then `draining` says so).
  bool AddWatcher(const std::shared_ptr<Drainable>& watcher, bool& draining);
  void RemoveWatcher(const Drainable* watcher);
  void EndWatches();

  const CallsOptions options;
  // gRPC's deadlines are in real time, whatever clock the store has.
  const time::SystemClock system_clock;
  const time::Clock& wall_clock;
  WorkerPool pool;
  std::atomic<std::size_t> request_bytes = 0;  // of the unary calls that are not over

 private:
  std::mutex mutex_;
  std::map<const Drainable*, std::shared_ptr<Drainable>> watchers_;
  bool draining_ = false;
};

}  // namespace splw::rpc
