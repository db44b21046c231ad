#include "common/rpc/channel.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <utility>

#include "common/rpc/admission.h"
#include "common/rpc/status.h"
#include "common/stubs/stubs.h"

namespace splw::rpc {
namespace {

constexpr char kRetries[] = R"({
  "methodConfig": [{
    "name": [{}],
    "retryPolicy": {
      "maxAttempts": 4,
      "initialBackoff": "0.1s",
      "maxBackoff": "1s",
      "backoffMultiplier": 2,
      "retryableStatusCodes": ["UNAVAILABLE"]
    }
  }]
})";

// A peer on the same machine or network comes back within seconds, not within gRPC's two minutes.
constexpr int kShortestReconnectMilliseconds = 100;
constexpr int kLongestReconnectMilliseconds = 1000;

}  // namespace

grpc::ChannelArguments ClientArguments() {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kShortestReconnectMilliseconds);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kShortestReconnectMilliseconds);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kLongestReconnectMilliseconds);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, static_cast<int>(absl::ToInt64Milliseconds(kKeepaliveInterval)));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, static_cast<int>(absl::ToInt64Milliseconds(kKeepaliveTimeout)));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  arguments.SetMaxSendMessageSize(kMaxMessageBytes);
  // A proxy from the environment has no business between the services of one machine: gRPC would take it for 127.0.0.1 too.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return arguments;
}

std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address) {
  grpc::ChannelArguments arguments = ClientArguments();
  arguments.SetServiceConfigJSON(kRetries);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

std::shared_ptr<grpc::Channel> MakeChannelWithoutRetries(const std::string& address) {
  grpc::ChannelArguments arguments = ClientArguments();
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

void PrepareContext(grpc::ClientContext& context, const identity::Principal& principal,
                    const std::string& correlation_id, absl::Duration deadline) {
  for (const auto& [key, value] : MetadataOf(principal)) context.AddMetadata(key, value);
  if (!correlation_id.empty()) context.AddMetadata(kCorrelationIdKey, correlation_id);
  if (deadline != absl::InfiniteDuration()) {
    context.set_deadline(absl::ToChronoTime(time::SystemClock().Now() + deadline));
  }
}

// The calls under way. The channel is let go of by GrpcPeer's destructor only, after the last callback (grpc#32584).
class GrpcPeer::Calls final {
 public:
  // The dispatcher decides when to try again, and wants to know at once that the peer is away.
  explicit Calls(const std::string& address) : channel_(MakeChannelWithoutRetries(address)) {}

  struct Call {
    grpc::ClientContext context;
    delivery::v1::DeliverResponse response;
    Done done;
  };

  void Start(const delivery::v1::DeliverRequest& request, std::unique_ptr<Call> call) {
    Call* const under_way = call.release();  // its callback's
    {
      std::lock_guard lock(mutex_);
      cancellable_.insert(under_way);
      ++count_;
    }
    stubs::CallAsync(*channel_, "/splw.delivery.v1.DeliveryService/Deliver", &under_way->context, request,
                     &under_way->response,
                     [this, under_way](const grpc::Status& status) { Finished(under_way, status); });
  }

  void CancelAndWait() {
    std::unique_lock lock(mutex_);
    for (Call* call : cancellable_) call->context.TryCancel();
    none_left_.wait(lock, [this] { return count_ == 0; });
  }

 private:
  void Finished(Call* finished, const grpc::Status& status) {
    std::unique_ptr<Call> call(finished);
    if (status.ok()) {
      call->done(std::move(call->response));
    } else {
      call->done(FromGrpcStatus(status));
    }
    {
      std::lock_guard lock(mutex_);
      cancellable_.erase(finished);
    }
    call.reset();  // its context holds on to the channel, which may go as soon as none is left
    std::lock_guard lock(mutex_);
    if (--count_ == 0) none_left_.notify_all();  // under the lock: whoever waits destroys this next
  }

  const std::shared_ptr<grpc::Channel> channel_;
  std::mutex mutex_;
  std::condition_variable none_left_;
  std::set<Call*> cancellable_;
  std::size_t count_ = 0;  // of callbacks that have not yet ended
};

GrpcPeer::GrpcPeer(const std::string& address, std::string source, const time::Clock& clock)
    : source_(std::move(source)), clock_(clock), calls_(std::make_unique<Calls>(address)) {}

GrpcPeer::~GrpcPeer() {
  calls_->CancelAndWait();
}

void GrpcPeer::Deliver(const delivery::v1::DeliverRequest& request, absl::Time deadline, Done done) {
  auto call = std::make_unique<Calls::Call>();
  call->done = std::move(done);
  PrepareContext(call->context, {.id = source_, .role = identity::Role::kService, .networks = {"*"}}, "",
                 deadline - clock_.Now());
  calls_->Start(request, std::move(call));
}

}  // namespace splw::rpc
