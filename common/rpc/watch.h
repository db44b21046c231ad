// Watch… RPCs: the feed of changes as a server stream, from a position on, for as long as the caller stays. The same checks as
// for every call (common/rpc/calls.h) come first.
#pragma once

#include <functional>
#include <string_view>

#include <absl/status/statusor.h>
#include <grpcpp/grpcpp.h>

#include "common/delivery/feed.h"
#include "common/rpc/calls.h"

namespace splw::rpc {

// Fills `response` for a change, but for its `position`, which the adapter sets; false: nothing to send (the caller may not see
// this resource, or it does not match the request's filter). Runs in a View. Several changes of one resource may be told as one.
template <typename Response>
using WatchConvert =
    std::function<absl::StatusOr<bool>(const Call&, store::Snapshot&, const delivery::FeedItem&, Response*)>;

// Request fields: `parent`, `position` (empty: from the oldest kept; "now": from here on). Response field: `position` (string).
template <typename Request, typename Response>
grpc::ServerWriteReactor<Response>* Watch(Calls& calls, grpc::CallbackServerContext* context,
                                          std::string_view full_method, const Request* request,
                                          std::string_view collection, WatchConvert<Response> convert);

}  // namespace splw::rpc
