#include "common/rpc/watch.h"

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include <google/protobuf/descriptor.h>

#include "common/rpc/bytes.h"
#include "common/rpc/calls_core.h"
#include "common/rpc/status.h"
#include "common/text/failure.h"
#include "common/text/status_macros.h"

namespace splw::rpc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Entries of the feed looked at in one View: what one watcher holds in memory, and holds up others with.
constexpr std::size_t kBatchEntries = 100;
constexpr absl::Duration kReadTime = absl::Seconds(10);
constexpr absl::Duration kTooManyRetryDelay = absl::Seconds(30);

const FieldDescriptor* PositionField(const Message& message) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName("position");
  return field != nullptr && field->type() == FieldDescriptor::TYPE_STRING && !field->is_repeated() ? field : nullptr;
}

// Whether `parent` is the network, or a resource of `collection` right below it.
bool IsParent(std::string_view parent, const std::string& network, const std::string& collection) {
  const std::string root = "networks/" + network;
  if (parent == root) return true;
  const std::string below = root + "/" + collection + "/";
  return !collection.empty() && parent.size() > below.size() && parent.substr(0, below.size()) == below &&
         parent.find('/', below.size()) == std::string_view::npos;
}

absl::Status Draining() {
  return text::Failure(absl::StatusCode::kUnavailable, "SERVER_STOPPING",
                       "the server stops; watch again from the last position");
}

struct Batch {
  std::deque<grpc::ByteBuffer> messages;
  std::uint64_t last_seen = 0;
  bool at_end = true;
};

// The changes of one resource in a batch, as one.
struct Coalesced {
  std::uint64_t first = 0;  // the sequence of the first of them
  delivery::FeedItem item;  // the last of them; created if one of them is
};

// In the order of first changes.
std::vector<Coalesced> Coalesce(std::vector<delivery::FeedItem> items) {
  std::vector<Coalesced> result;
  std::map<std::string, std::size_t> places;
  for (delivery::FeedItem& item : items) {
    const auto [at, is_new] = places.try_emplace(item.resource, result.size());
    if (is_new) {
      const std::uint64_t first = item.sequence;
      result.push_back({first, std::move(item)});
      continue;
    }
    delivery::FeedItem& known = result[at->second].item;
    item.created = item.created || known.created;
    known = std::move(item);
  }
  return result;
}

// Three things can be under way: a read (of a batch, in the pool, until what it saw is durable), a write (in gRPC), and the
// end. A read starts only when nothing waits to be written; the end only when neither is under way, so that neither
// the reactor nor the context is ever used after gRPC took it away.
class Core final : public Drainable, public std::enable_shared_from_this<Core> {
 public:
  Core(CallsCore& calls, grpc::CallbackServerContext& context, const WatchMethod& method)
      : calls_(calls),
        context_(context),
        method_(method),
        arrival_(calls.Arrive(context, method.full_name)),
        request_(method.request->New()) {}

  // gRPC's reactor: it goes by itself when gRPC is done with it, and holds on to this until then.
  class Reactor final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
   public:
    explicit Reactor(std::shared_ptr<Core> core) : core_(std::move(core)) {}
    void OnWriteDone(bool ok) override { core_->WriteDone(ok); }
    void OnCancel() override { core_->RequestEnd(absl::CancelledError("the caller went away")); }
    void OnDone() override {
      core_->Done();
      delete this;
    }

   private:
    const std::shared_ptr<Core> core_;
  };

  // Once.
  Reactor* Begin(const grpc::ByteBuffer& bytes) {
    auto* const reactor = new Reactor(shared_from_this());
    reactor_ = reactor;
    grpc::ByteBuffer taken = Taken(bytes);
    BeginChecked(Parse(taken, *request_));
    return reactor;
  }

  void Drain() override { RequestEnd(Draining()); }

 private:
  void BeginChecked(bool readable) {
    absl::StatusOr<Call> maybe_call = calls_.AdmitArrival(arrival_, readable ? request_.get() : nullptr);
    if (!maybe_call.ok()) return RequestEnd(maybe_call.status());
    call_ = *std::move(maybe_call);
    const FieldDescriptor* position = PositionField(*request_);
    if (position == nullptr || PositionField(*method_.response) == nullptr || calls_.options.feed_signal == nullptr) {
      return RequestEnd(absl::InternalError("a Watch method without positions or without a feed"));
    }
    const FieldDescriptor* parent = request_->GetDescriptor()->FindFieldByName("parent");
    if (parent != nullptr &&
        !IsParent(request_->GetReflection()->GetString(*request_, parent), call_->network, method_.parent_collection)) {
      return RequestEnd(text::InvalidField("parent", "NAME_INVALID",
                                           "must be a network, for example networks/U12345, or what the method's "
                                           "documentation names below it"));
    }
    asked_position_ = request_->GetReflection()->GetString(*request_, position);
    bool draining = false;
    if (!calls_.AddWatcher(shared_from_this(), draining)) {
      return RequestEnd(
          draining ? Draining()
                   : text::WithRetryDelay(text::Failure(absl::StatusCode::kResourceExhausted, "TOO_MANY_WATCHERS",
                                                        "too many calls watch already; try again after the delay"),
                                          kTooManyRetryDelay));
    }
    CallsCore::Greet(context_, arrival_);
    reactor_->StartSendInitialMetadata();  // tells the caller, before anything changes, that they watch
    // Before the first read, so that nothing falls between the two.
    subscription_ = calls_.options.feed_signal->Subscribe(call_->network, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->Wake();
    });
    Wake();
  }

  void WriteDone(bool ok) {
    {
      std::lock_guard lock(mutex_);
      writing_ = false;
      written_.Clear();  // an idle watcher holds nothing
      if (!ok && !end_.has_value()) end_ = absl::CancelledError("the caller went away");
    }
    Proceed();
  }

  void Done() {
    subscription_.reset();
    calls_.RemoveWatcher(this);
  }

  void Wake() {
    {
      std::lock_guard lock(mutex_);
      grown_ = true;
    }
    Proceed();
  }

  void RequestEnd(absl::Status status) {
    {
      std::lock_guard lock(mutex_);
      if (!end_.has_value()) end_ = std::move(status);
    }
    Proceed();
  }

  // Starts whatever can be started now. What is decided under the lock is marked as under way there, and done outside it.
  void Proceed() {
    std::unique_lock lock(mutex_);
    if (ended_ || reading_ || writing_) return;
    if (end_.has_value()) {
      ended_ = true;
      const absl::Status status = *end_;
      lock.unlock();
      calls_.Record(arrival_, call_.has_value() ? &*call_ : nullptr, status);
      return reactor_->Finish(ToGrpcStatus(status));
    }
    if (!outgoing_.empty()) {
      written_.Swap(&outgoing_.front());
      outgoing_.pop_front();
      writing_ = true;
      lock.unlock();
      return reactor_->StartWrite(&written_);
    }
    if (!grown_) return;
    grown_ = false;
    reading_ = true;
    lock.unlock();
    calls_.pool.Post([self = shared_from_this()] { self->Read(); });
  }

  // In a thread of the pool. Only one at a time: `after_` and `call_` are its own.
  void Read() {
    call_->deadline = calls_.options.clock->Now() + kReadTime;
    Batch batch;
    const absl::StatusOr<store::Position> maybe_position = calls_.options.store->View(
        call_->attempt(), [this, &batch](store::Snapshot& snapshot) { return Fill(snapshot, batch); });
    if (!maybe_position.ok()) return ReadFailed(maybe_position.status());
    // Shared, because the store's callback must be copyable.
    const auto shared_batch = std::make_shared<Batch>(std::move(batch));
    store::WhenDurableOrLost(
        *calls_.options.store, *maybe_position,
        [self = shared_from_this(), shared_batch] { self->ReadDone(std::move(*shared_batch)); },
        [self = shared_from_this()] { self->ReadFailed(Draining()); });
  }

  absl::Status Fill(store::Snapshot& snapshot, Batch& batch) {
    batch = Batch();
    if (!after_.has_value()) {
      absl::StatusOr<std::uint64_t> maybe_start = Start(snapshot);
      if (!maybe_start.ok()) return maybe_start.status();
      batch.last_seen = *maybe_start;
    } else {
      batch.last_seen = *after_;
    }
    SPLW_ASSIGN_OR_RETURN(delivery::FeedPage page, delivery::ReadFeed(snapshot, call_->network, method_.collection,
                                                                      batch.last_seen, kBatchEntries));
    batch.last_seen = page.last_seen;
    batch.at_end = page.at_end;
    // A resource is told as it is now, so once a batch is enough. In the order of first changes: then all that is told later
    // has its changes, the creating one with them, after the position that holds back to just before the next first change.
    std::vector<std::pair<std::uint64_t, std::unique_ptr<Message>>> untold;  // with their first changes
    for (const Coalesced& coalesced : Coalesce(std::move(page.items))) {
      std::unique_ptr<Message> message(method_.response->New());
      SPLW_ASSIGN_OR_RETURN(const bool send, method_.convert(*call_, *request_, snapshot, coalesced.item, *message));
      if (send) untold.emplace_back(coalesced.first, std::move(message));
    }
    for (std::size_t i = 0; i < untold.size(); ++i) {
      const std::uint64_t position = i + 1 < untold.size() ? untold[i + 1].first - 1 : batch.last_seen;
      Message& message = *untold[i].second;
      message.GetReflection()->SetString(
          &message, PositionField(message),
          delivery::EncodeFeedPosition(calls_.options.incarnation, call_->network, method_.collection, position));
      if (!Serialize(message, batch.messages.emplace_back())) return absl::InternalError("the answer is too large");
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::uint64_t> Start(store::Snapshot& snapshot) {
    if (asked_position_.empty()) return delivery::FeedTail(snapshot, call_->network);
    if (asked_position_ == "now") return delivery::FeedHead(snapshot, call_->network);
    return delivery::DecodeFeedPosition(calls_.options.incarnation, call_->network, method_.collection,
                                        asked_position_);
  }

  void ReadDone(Batch batch) {
    {
      std::lock_guard lock(mutex_);
      after_ = batch.last_seen;
      outgoing_ = std::move(batch.messages);
      if (!batch.at_end) grown_ = true;
      reading_ = false;
    }
    Proceed();
  }

  void ReadFailed(absl::Status status) {
    {
      std::lock_guard lock(mutex_);
      reading_ = false;
      if (!end_.has_value()) end_ = std::move(status);
    }
    Proceed();
  }

  CallsCore& calls_;
  grpc::CallbackServerContext& context_;
  const WatchMethod& method_;
  const Arrival arrival_;
  const std::unique_ptr<Message> request_;
  Reactor* reactor_ = nullptr;  // set by Begin; gRPC's until Done

  std::optional<Call> call_;                                          // set by Begin
  std::string asked_position_;                                        // set by Begin
  std::optional<std::uint64_t> after_;                                // of the read that is under way, or the next
  std::shared_ptr<delivery::FeedSignal::Subscription> subscription_;  // Begin and Done only

  std::mutex mutex_;  // for all below
  std::deque<grpc::ByteBuffer> outgoing_;
  grpc::ByteBuffer written_;  // gRPC's, while it is being written
  bool writing_ = false;
  bool reading_ = false;
  bool grown_ = false;
  bool ended_ = false;  // Finish was called: reactor_ may be gone
  std::optional<absl::Status> end_;
};

}  // namespace

grpc::ServerWriteReactor<grpc::ByteBuffer>* StartWatch(Calls& calls, grpc::CallbackServerContext& context,
                                                       const WatchMethod& method, const grpc::ByteBuffer& bytes) {
  return std::make_shared<Core>(calls.core(), context, method)->Begin(bytes);
}

}  // namespace splw::rpc
