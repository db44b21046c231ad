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
#include <string>

#include <absl/status/statusor.h>
#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include "common/delivery/feed.h"
#include "common/rpc/calls.h"

namespace splw::rpc {

// Fills `response` for a change, but for its `position`, which the adapter sets; false: nothing to send (the caller may not see
// this resource, or it does not match the request's filter). Runs in a View, and may run again. Several changes of one
// resource may be told as one (`created` if one of them created it).
template <typename Request, typename Response>
using WatchConvert = std::function<absl::StatusOr<bool>(const Call&, const Request&, store::Snapshot&,
                                                        const delivery::FeedItem&, Response*)>;
using UntypedWatchConvert =
    std::function<absl::StatusOr<bool>(const Call&, const google::protobuf::Message& request, store::Snapshot&,
                                       const delivery::FeedItem&, google::protobuf::Message& response)>;

// A Watch method. Request fields: `parent`, `position` (empty: from the oldest kept; "now": from here on). Response field:
// `position` (string). The parent is a network or, where `parent_collection` is not empty, also a resource of that collection in
// it ("mdts" for "networks/U12345/mdts/riverside"); anything else is INVALID_ARGUMENT (NAME_INVALID).
struct WatchMethod {
  std::string full_name;                                // "splw.mdt.v1.MdtAgendaService/WatchMeetings"
  const google::protobuf::Message* request = nullptr;   // of its type; lives as long as the program
  const google::protobuf::Message* response = nullptr;  // likewise
  std::string collection;                               // whose changes are told
  std::string parent_collection;
  UntypedWatchConvert convert;
};

// Starts a watch with the request's bytes, which are taken, and returns the reactor that gRPC asks for. `method` must outlive it.
grpc::ServerWriteReactor<grpc::ByteBuffer>* StartWatch(Calls& calls, grpc::CallbackServerContext& context,
                                                       const WatchMethod& method, const grpc::ByteBuffer& bytes);

}  // namespace splw::rpc
