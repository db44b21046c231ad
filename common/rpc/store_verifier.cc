#include "common/rpc/store_verifier.h"

#include <atomic>
#include <cstdlib>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "common/rpc/bytes.h"
#include "common/rpc/calls_core.h"
#include "common/rpc/status.h"
#include "common/store/verify.h"
#include "common/text/failure.h"
#include "splw/operations/v1/operations_service.pb.h"

namespace splw::rpc {
namespace {

using operations::v1::VerifyStoreResponse;

// A person watches: more often is of no use.
constexpr absl::Duration kProgressInterval = absl::Milliseconds(250);
// Faults in one message: with their keys in hexadecimal well below the limit of a message.
constexpr int kFaultsInMessage = 200;

VerifyStoreResponse ToMessage(const store::VerifyProgress& progress) {
  VerifyStoreResponse message;
  message.set_records(static_cast<std::int64_t>(progress.records));
  message.set_index_entries(static_cast<std::int64_t>(progress.index_entries));
  message.set_fault_count(static_cast<std::int64_t>(progress.fault_count));
  return message;
}

std::deque<VerifyStoreResponse> ToMessages(const store::VerifyReport& report) {
  std::deque<VerifyStoreResponse> messages;
  const auto add = [&] {
    VerifyStoreResponse& message = messages.emplace_back();
    message.set_records(static_cast<std::int64_t>(report.records));
    message.set_index_entries(static_cast<std::int64_t>(report.index_entries));
    message.set_fault_count(static_cast<std::int64_t>(report.fault_count));
  };
  add();
  for (const store::StoreFault& fault : report.faults) {
    if (messages.back().faults_size() == kFaultsInMessage) add();
    operations::v1::StoreFault& told = *messages.back().add_faults();
    told.set_kind(store::StoreFaultName(fault.kind));
    told.set_table(fault.table);
    told.set_index(fault.index);
    told.set_key_hex(fault.key_hex);
  }
  messages.back().set_done(true);
  return messages;
}

}  // namespace

// One call, from its arrival on. The reactor is gRPC's until OnDone; Finish is called only when no write is under way
// and the walk is over, so that nothing uses it afterwards.
class VerifyRun final : public Drainable, public std::enable_shared_from_this<VerifyRun> {
 public:
  class Reactor final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
   public:
    explicit Reactor(std::shared_ptr<VerifyRun> run) : run_(std::move(run)) {}
    void OnWriteDone(bool ok) override { run_->WriteDone(ok); }
    void OnCancel() override { run_->Stop(); }
    void OnDone() override {
      run_->core_.RemoveWatcher(run_.get());
      delete this;
    }

   private:
    const std::shared_ptr<VerifyRun> run_;
  };

  VerifyRun(CallsCore& core, Arrival arrival) : core_(core), arrival_(std::move(arrival)) {}
  const Arrival& arrival() const { return arrival_; }

  Reactor* MakeReactor() {
    reactor_ = new Reactor(shared_from_this());
    return reactor_;
  }
  void Admitted(Call call) { call_ = std::move(call); }

  // In the run's own thread.
  void Walk(store::Store& store, const std::vector<const store::UntypedTable*>& tables) {
    absl::Time last_told = core_.WallNow();
    store::VerifyOptions options;
    options.cancelled = [this] { return stopped_.load(); };
    options.on_progress = [this, &last_told](const store::VerifyProgress& progress) {
      const absl::Time now = core_.WallNow();
      if (now - last_told < kProgressInterval) return;
      last_told = now;
      Tell(ToMessage(progress));
    };
    const absl::StatusOr<store::VerifyReport> maybe_report = store::VerifyStore(store, tables, options);
    if (!maybe_report.ok()) return End(stopped_.load() ? Stopped() : maybe_report.status());
    const absl::StatusOr<store::Position> maybe_seen =
        store.View({.label = "verify"}, [](store::Snapshot&) { return absl::OkStatus(); });
    if (!maybe_seen.ok()) return End(maybe_seen.status());
    if (!store::WaitDurable(store, *maybe_seen)) return End(absl::UnavailableError("the store takes no more writes"));
    {
      std::lock_guard lock(mutex_);
      progress_.reset();
      last_messages_ = ToMessages(*maybe_report);
    }
    End(absl::OkStatus());
  }

  void End(absl::Status status) {
    {
      std::lock_guard lock(mutex_);
      end_ = std::move(status);
    }
    Proceed();
  }

  void Stop() { stopped_.store(true); }
  void Drain() override { Stop(); }
  bool over() {
    std::lock_guard lock(mutex_);
    return end_.has_value();
  }

  static absl::Status Stopped() {
    return text::Failure(absl::StatusCode::kUnavailable, "SERVER_STOPPING",
                         "the verification was stopped; start it again");
  }

 private:
  // What was not yet told is replaced: a slow reader gets fewer messages.
  void Tell(VerifyStoreResponse progress) {
    {
      std::lock_guard lock(mutex_);
      progress_ = std::move(progress);
    }
    Proceed();
  }

  void WriteDone(bool ok) {
    {
      std::lock_guard lock(mutex_);
      writing_ = false;
      message_.Clear();
      if (!ok) broken_ = true;
    }
    if (!ok) Stop();
    Proceed();
  }

  void Proceed() {
    std::unique_lock lock(mutex_);
    if (writing_ || finished_) return;
    if (!broken_ && progress_.has_value()) {
      Fill(*std::exchange(progress_, std::nullopt));
    } else if (!broken_ && !last_messages_.empty()) {
      Fill(last_messages_.front());
      last_messages_.pop_front();
    } else if (end_.has_value()) {
      finished_ = true;
      const absl::Status status = *end_;
      lock.unlock();
      core_.Record(arrival_, call_.has_value() ? &*call_ : nullptr, status);
      return reactor_->Finish(ToGrpcStatus(status));
    } else {
      return;
    }
    writing_ = true;
    lock.unlock();
    reactor_->StartWrite(&message_);
  }

  void Fill(const VerifyStoreResponse& response) {
    if (!Serialize(response, message_)) std::abort();  // kFaultsInMessage keeps each small
  }

  CallsCore& core_;
  const Arrival arrival_;
  std::optional<Call> call_;
  Reactor* reactor_ = nullptr;
  std::atomic<bool> stopped_ = false;

  std::mutex mutex_;  // for all below, but for message_ while it is written
  grpc::ByteBuffer message_;
  std::optional<VerifyStoreResponse> progress_;
  std::deque<VerifyStoreResponse> last_messages_;
  std::optional<absl::Status> end_;
  bool writing_ = false;
  bool broken_ = false;
  bool finished_ = false;
};

StoreVerifier::StoreVerifier(Calls& calls, store::Store& store, std::vector<const store::UntypedTable*> tables)
    : calls_(calls), store_(store), tables_(std::move(tables)) {}

StoreVerifier::~StoreVerifier() {
  std::lock_guard lock(mutex_);
  if (run_ != nullptr) run_->Stop();
  if (thread_.joinable()) thread_.join();
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* StoreVerifier::Start(grpc::CallbackServerContext& context,
                                                                 std::string_view full_method,
                                                                 const grpc::ByteBuffer& bytes) {
  CallsCore& core = calls_.core();
  const auto run = std::make_shared<VerifyRun>(core, core.Arrive(context, full_method));
  VerifyRun::Reactor* const reactor = run->MakeReactor();
  operations::v1::VerifyStoreRequest request;
  grpc::ByteBuffer taken = Taken(bytes);
  absl::StatusOr<Call> maybe_call = core.AdmitArrival(run->arrival(), Parse(taken, request) ? &request : nullptr);
  if (!maybe_call.ok()) {
    run->End(maybe_call.status());
    return reactor;
  }
  if (!maybe_call->principal.MayActIn("*")) {
    run->End(text::Failure(absl::StatusCode::kPermissionDenied, "NETWORK_NOT_ALLOWED",
                           "a store holds every network, and the caller does not act in all of them"));
    return reactor;
  }
  run->Admitted(*std::move(maybe_call));
  CallsCore::Greet(context, run->arrival());

  std::lock_guard lock(mutex_);
  if (run_ != nullptr && !run_->over()) {
    run->End(text::WithRetryDelay(
        text::Failure(absl::StatusCode::kResourceExhausted, "VERIFY_RUNNING", "the store is being verified already"),
        absl::Seconds(30)));
    return reactor;
  }
  bool draining = false;
  if (!core.AddWatcher(run, draining)) {
    run->End(draining ? VerifyRun::Stopped()
                      : text::WithRetryDelay(text::Failure(absl::StatusCode::kResourceExhausted, "TOO_MANY_WATCHERS",
                                                           "too many calls watch already; try again after the delay"),
                                             absl::Seconds(30)));
    return reactor;
  }
  // The thread before it has nothing left to do but return.
  if (thread_.joinable()) thread_.join();
  run_ = run;
  thread_ = std::thread([run, this] { run->Walk(store_, tables_); });
  return reactor;
}

}  // namespace splw::rpc
