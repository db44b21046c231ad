// Page tokens: opaque, and bound to their query. No gRPC type here.
#pragma once

#include <string>

#include <absl/status/statusor.h>
#include <google/protobuf/message.h>

#include "common/store/table.h"

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

}  // namespace splw::rpc
