// What every List begins and ends with: page tokens, opaque and bound to their query, and where a Watch goes on from the list. No
// gRPC type here.
#pragma once

#include <string>
#include <string_view>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <google/protobuf/message.h>

#include "common/rpc/call.h"
#include "common/store/table.h"
#include "common/text/status_macros.h"

namespace splw::rpc {

struct PageLimits {
  int default_size = 50;
  int max_size = 200;
};

// Reads `page_size` and `page_token` of a List request; the page is of no more than store::kMaxPageBytes. A size of 0
// is the default; a larger one than the maximum is the maximum; a negative one is INVALID_ARGUMENT (field "page_size").
// A token that was not made by MakePageToken for a request with the same other fields is INVALID_ARGUMENT
// PAGE_TOKEN_INVALID (field "page_token"); a forged one may pass here, and gets the same answer from the scan that its
// cursor does not fit.
absl::StatusOr<store::PageRequest> ReadPage(const google::protobuf::Message& request, const PageLimits& limits = {},
                                            store::Order order = store::Order::kAscending);

// The token that leads from `request` to its next page; empty for an empty cursor.
std::string MakePageToken(const google::protobuf::Message& request, const store::ScanCursor& next);

// The position from which a Watch of `collection` tells whatever changes after what `snapshot` shows.
absl::StatusOr<std::string> WatchPosition(const Call& call, store::Snapshot& snapshot, std::string_view collection);

// Fills in how a List goes on: its `next_page_token` and, on the first page, the `watch_position` of a Watch of `collection`. Later
// pages are of later snapshots: what changed before them is told from the first page's position on, though they may show it.
template <typename Request, typename Response>
absl::Status EndPage(const Call& call, store::Snapshot& snapshot, std::string_view collection, const Request& request,
                     const store::ScanCursor& next, Response* response) {
  response->set_next_page_token(MakePageToken(request, next));
  if (!request.page_token().empty()) return absl::OkStatus();
  SPLW_ASSIGN_OR_RETURN(*response->mutable_watch_position(), WatchPosition(call, snapshot, collection));
  return absl::OkStatus();
}

}  // namespace splw::rpc
