// Watch… RPCs: the feed of changes as a server stream, from a position on, for as long as the caller stays. The same checks as
// for every call (common/rpc/calls.h) come first. A message leaves when all that it tells of is durable, and when the one
// before it has left: a slow reader costs one batch of memory. The stream ends with UNAVAILABLE when the server drains
// (resume from the last position), RESOURCE_EXHAUSTED (TOO_MANY_WATCHERS) when too many watch already.
//
// Resuming from the position of any message received loses nothing: no change, and not that one of them created the resource.
// It may tell again what was told: several changes of one resource are told as one, in the place of the first, and the position
// of each message stands before the first change that is not yet told. A caller who wants all that is and all that comes lists
// first, and watches from the `watch_position` of the list's first page (common/rpc/page.h): nothing falls between the two.
// So does one whose position has expired. A watch from "now" tells nothing of what is, and misses what changes before it opens.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <absl/status/statusor.h>
#include <grpcpp/grpcpp.h>

#include "common/delivery/feed.h"
#include "common/rpc/calls.h"

namespace splw::rpc {

// Fills `response` for a change, but for its `position`, which the adapter sets; false: nothing to send (the caller may not see
// this resource, or it does not match the request's filter). Runs in a View, and may run again. Several changes of one
// resource may be told as one (`created` if one of them created it). The request that it was made for lives as long.
template <typename Response>
using WatchConvert =
    std::function<absl::StatusOr<bool>(const Call&, store::Snapshot&, const delivery::FeedItem&, Response*)>;

namespace internal {

// What the core asks of gRPC's reactor. One Write at a time, answered by WatchCore::WriteDone; End once, and nothing after.
class WatchTransport {
 public:
  // Tells the caller, before anything changes, that they watch. At most once, before all else.
  virtual void Open() = 0;
  virtual void Write(const google::protobuf::Message& response) = 0;
  virtual void End(const grpc::Status& status) = 0;

 protected:
  ~WatchTransport() = default;
};

using UntypedConvert = std::function<absl::StatusOr<bool>(const Call&, store::Snapshot&, const delivery::FeedItem&,
                                                          google::protobuf::Message&)>;

// What the core is told by gRPC's reactor. Thread-safe.
class WatchCore {
 public:
  virtual ~WatchCore() = default;
  virtual void Begin() = 0;
  virtual void WriteDone(bool ok) = 0;
  virtual void Cancelled() = 0;
  virtual void Done() = 0;
};

// `prototype`: of the response. `transport` lives until Done. `parent_collection`: as of Watch.
std::shared_ptr<WatchCore> MakeWatchCore(Calls& calls, grpc::CallbackServerContext& context,
                                         std::string_view full_method, const google::protobuf::Message& request,
                                         std::string_view collection, const google::protobuf::Message& prototype,
                                         UntypedConvert convert, WatchTransport& transport,
                                         std::string_view parent_collection = "");

// Deletes itself when gRPC is done with it.
template <typename Response>
class WatchReactor final : public grpc::ServerWriteReactor<Response>, public WatchTransport {
 public:
  void Begin(std::shared_ptr<WatchCore> core) {
    core_ = std::move(core);
    core_->Begin();
  }
  void Open() override { this->StartSendInitialMetadata(); }
  void Write(const google::protobuf::Message& response) override {
    this->StartWrite(static_cast<const Response*>(&response));
  }
  void End(const grpc::Status& status) override { this->Finish(status); }
  void OnWriteDone(bool ok) override { core_->WriteDone(ok); }
  void OnCancel() override { core_->Cancelled(); }
  void OnDone() override {
    core_->Done();
    delete this;
  }

 private:
  std::shared_ptr<WatchCore> core_;
};

}  // namespace internal

// Request fields: `parent`, `position` (empty: from the oldest kept; "now": from here on). Response field: `position` (string).
// The parent is a network or, where `parent_collection` is given, also a resource of that collection in it ("mdts" for
// "networks/U12345/mdts/riverside"); anything else is INVALID_ARGUMENT (NAME_INVALID).
template <typename Request, typename Response>
grpc::ServerWriteReactor<Response>* Watch(Calls& calls, grpc::CallbackServerContext* context,
                                          std::string_view full_method, const Request* request,
                                          std::string_view collection, WatchConvert<Response> convert,
                                          std::string_view parent_collection = "") {
  auto* reactor = new internal::WatchReactor<Response>();
  reactor->Begin(internal::MakeWatchCore(
      calls, *context, full_method, *request, collection, Response::default_instance(),
      [convert = std::move(convert)](const Call& call, store::Snapshot& snapshot, const delivery::FeedItem& item,
                                     google::protobuf::Message& response) {
        return convert(call, snapshot, item, static_cast<Response*>(&response));
      },
      *reactor, parent_collection));
  return reactor;
}

}  // namespace splw::rpc
