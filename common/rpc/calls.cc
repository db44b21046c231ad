#include "common/rpc/calls.h"

#include <atomic>
#include <exception>
#include <optional>
#include <typeinfo>
#include <utility>

#include "common/rpc/bytes.h"
#include "common/rpc/calls_core.h"
#include "common/rpc/status.h"
#include "common/telemetry/log.h"
#include "common/text/failure.h"

namespace splw::rpc {
namespace {

constexpr absl::Duration kOverloadRetryDelay = absl::Seconds(1);
// How long a failed call may wait for the store's state that its error may tell of.
constexpr absl::Duration kErrorViewTime = absl::Seconds(5);

// One unary call. Deletes itself when gRPC is done with it, which is never before Reply was called.
class UnaryReactor final : public grpc::ServerUnaryReactor {
 public:
  UnaryReactor(CallsCore& core, grpc::CallbackServerContext& context, const UnaryMethod& method,
               const grpc::ByteBuffer& bytes, grpc::ByteBuffer* reply)
      : core_(core),
        context_(context),
        method_(method),
        arrival_(core.Arrive(context, method.full_name)),
        bytes_(Taken(bytes)),
        request_bytes_(bytes_.Length()),
        reply_(reply),
        in_place_(core.options.reads_in_place && ShortMethod(method.full_name).substr(0, 3) == "Get") {}
  ~UnaryReactor() override { core_.request_bytes -= request_bytes_; }

  // In gRPC's thread.
  void Begin() {
    const std::size_t held = core_.request_bytes += request_bytes_;
    if (held <= core_.options.max_request_bytes) {
      if (in_place_) return Handle();  // a change of threads costs more than the read
      if (core_.pool.TryPost([this] { Handle(); })) return;
    }
    Reply(text::WithRetryDelay(text::Failure(absl::StatusCode::kResourceExhausted, "OVERLOADED",
                                             "too many calls are waiting; try again after the delay"),
                               kOverloadRetryDelay));
  }

  void OnDone() override { delete this; }
  // A call that runs already is let to its end. (The context's own IsCancelled races with gRPC's setting up of the call.)
  void OnCancel() override { cancelled_.store(true); }

 private:
  // In a thread of the pool, or gRPC's.
  void Handle() {
    if (cancelled_.load()) return Reply(absl::CancelledError("the caller went away"));
    if (core_.Remaining(arrival_) <= absl::ZeroDuration()) {
      return Reply(text::Failure(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED",
                                 "the deadline passed before the call could run; nothing was done"));
    }
    const std::unique_ptr<google::protobuf::Message> request(method_.request->New());
    const bool readable = Parse(bytes_, *request);
    absl::StatusOr<Call> maybe_call = core_.AdmitArrival(arrival_, readable ? request.get() : nullptr);
    if (!maybe_call.ok()) return Reply(maybe_call.status());  // tells of nothing in the store
    call_ = *std::move(maybe_call);

    absl::StatusOr<store::Position> maybe_position = RunHandler(*request);
    if (maybe_position.ok()) return ReplyWhenDurable(*maybe_position, absl::OkStatus());
    // The error may tell of what the handler saw, and the handler has no position to give: all that is there now covers it.
    const absl::StatusOr<store::Position> maybe_seen = core_.options.store->View(
        {core_.options.clock->Now() + kErrorViewTime, "error"}, [](store::Snapshot&) { return absl::OkStatus(); });
    if (maybe_seen.ok()) return ReplyWhenDurable(*maybe_seen, maybe_position.status());
    if (maybe_position.status().code() == absl::StatusCode::kDeadlineExceeded) return Reply(maybe_position.status());
    Reply(text::Failure(absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE", "the store does not answer; try again"));
  }

  // The reply is written here, by whoever ran the handler: those who wait for a sync hold up all who come after them.
  absl::StatusOr<store::Position> RunHandler(const google::protobuf::Message& request) {
    try {
      const std::unique_ptr<google::protobuf::Message> response(method_.response->New());
      absl::StatusOr<store::Position> maybe_position = method_.handler(*call_, request, response.get());
      if (maybe_position.ok() && !Serialize(*response, *reply_)) return absl::InternalError("the answer is too large");
      return maybe_position;
    } catch (const std::exception& failure) {
      // From a library, on input that nobody thought of: it must cost this call only. Its text may hold the input.
      return absl::InternalError(std::string("an exception left the handler: ") + typeid(failure).name());
    }
  }

  void ReplyWhenDurable(store::Position position, absl::Status status) {
    store::WhenDurableOrLost(
        *core_.options.store, position, [this, status = std::move(status)] { Reply(status); },
        [this] { Reply(text::Failure(absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE", "the store went away")); });
  }

  // Once. Nothing may touch `this` afterwards.
  void Reply(const absl::Status& status) {
    core_.Record(arrival_, call_.has_value() ? &*call_ : nullptr, status);
    if (status.ok()) CallsCore::Greet(context_, arrival_);
    Finish(ToGrpcStatus(status));
  }

  CallsCore& core_;
  grpc::CallbackServerContext& context_;  // gRPC's, until OnDone
  const UnaryMethod& method_;
  const Arrival arrival_;
  grpc::ByteBuffer bytes_;  // of the request, until it is read
  const std::size_t request_bytes_;
  grpc::ByteBuffer* const reply_;  // gRPC's, until OnDone
  const bool in_place_;
  std::optional<Call> call_;
  std::atomic<bool> cancelled_ = false;
};

}  // namespace

Calls::Calls(const CallsOptions& options) : core_(std::make_unique<CallsCore>(options)) {}
Calls::~Calls() = default;

void Calls::EndWatches() {
  core_->EndWatches();
}

grpc::ServerUnaryReactor* Calls::Start(grpc::CallbackServerContext& context, const UnaryMethod& method,
                                       const grpc::ByteBuffer& bytes, grpc::ByteBuffer* reply) {
  auto* reactor = new UnaryReactor(*core_, context, method, bytes, reply);
  reactor->Begin();
  return reactor;
}

}  // namespace splw::rpc
