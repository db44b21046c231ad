// The adapter that every RPC goes through. For each call, in this order:
//   who is asking (UNAUTHENTICATED) → may this role call this (PERMISSION_DENIED) → are the bytes a message of its request
//   (INVALID_ARGUMENT, REQUEST_MALFORMED) → is the request's network one of theirs (PERMISSION_DENIED, which does not tell
//   whether anything exists) → is the message well formed (INVALID_ARGUMENT) → the handler (validation first) → status with
//   google.rpc details, or the reply when all it tells of is durable → metrics and one log line. An error waits for durability
//   too: it also tells of what was seen.
//
// The network is that of the request's `parent` or `name` field, or of the `name` of its first message field (Create and Update
// requests carry `parent`, or the resource itself): every such value starts with "networks/{network}".
//
// Handlers run on a bounded pool of threads, but for those of methods named Get…: they only read one resource, so they never
// wait for the store's lane, and run at once in gRPC's own thread. Beyond `max_queued` waiting calls, or `max_request_bytes` of
// requests, the answer is RESOURCE_EXHAUSTED (OVERLOADED, with RetryInfo), at once. A call without a deadline gets
// kDefaultDeadline; none has more than kMaxDeadline.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include "common/delivery/feed.h"
#include "common/identity/policy.h"
#include "common/ids/random.h"
#include "common/rpc/call.h"
#include "common/telemetry/metrics.h"
#include "common/time/clock.h"

namespace splw::rpc {

inline constexpr absl::Duration kDefaultDeadline = absl::Seconds(10);
inline constexpr absl::Duration kMaxDeadline = absl::Seconds(60);

// All pointers must outlive the Calls.
struct CallsOptions {
  store::Store* store = nullptr;                  // required
  const identity::PolicyTable* policy = nullptr;  // required
  const time::Clock* clock = nullptr;             // required; that of the store: deadlines are told by it
  ids::Random* random = nullptr;                  // required; for correlation ids
  const time::Clock* wall_clock = nullptr;      // optional: what callers' deadlines are told by, if not this machine's
  delivery::FeedSignal* feed_signal = nullptr;  // required for Watch
  std::string incarnation = "";                 // of the store (ChangesOptions): Watch positions are of one life of it
  telemetry::Metrics* metrics = nullptr;        // optional
  // Take the caller's metadata for its principal. Only where nobody but this machine can connect.
  bool dev_principals = false;
  bool reads_in_place = true;  // of Get… in gRPC's threads; false: in the pool, like all others
  int threads = 8;
  std::size_t max_queued = 1024;
  // Of all unary requests from when they are there in whole until their calls are over, as many bytes as were sent (gRPC may hold
  // some kilobytes more for a small one: max_queued bounds how many there are).
  std::size_t max_request_bytes = std::size_t{64} << 20;
  std::size_t max_watchers = 256;
};

class CallsCore;

using UntypedHandler = std::function<absl::StatusOr<store::Position>(
    const Call&, const google::protobuf::Message& request, google::protobuf::Message* response)>;

// A method and who answers it.
struct UnaryMethod {
  std::string full_name;  // as in the policy: "splw.referral.v1.ReferralIntakeService/GetReferral"
  const google::protobuf::Message* request = nullptr;   // of its type; lives as long as the program
  const google::protobuf::Message* response = nullptr;  // likewise
  UntypedHandler handler;
};

// Thread-safe. Must outlive the server.
class Calls final {
 public:
  explicit Calls(const CallsOptions& options);
  // Runs what is queued, and joins its threads.
  ~Calls();
  Calls(const Calls&) = delete;
  Calls& operator=(const Calls&) = delete;

  // Starts a call of `method` (which must outlive it) with the request's bytes, and returns the reactor that gRPC asks for.
  // `bytes` are taken; `reply` is filled before the reactor finishes with OK.
  grpc::ServerUnaryReactor* Start(grpc::CallbackServerContext& context, const UnaryMethod& method,
                                  const grpc::ByteBuffer& bytes, grpc::ByteBuffer* reply);

  // From here on every Watch ends, with UNAVAILABLE so that its client resumes, and new ones are refused likewise.
  void EndWatches();

  // For this folder's other adapters.
  CallsCore& core() { return *core_; }

 private:
  std::unique_ptr<CallsCore> core_;
};

}  // namespace splw::rpc
