#include "common/rpc/page.h"

#include <algorithm>

#include <absl/strings/escaping.h>

#include "common/delivery/feed.h"
#include "common/text/failure.h"
#include "common/text/fingerprint.h"

namespace splw::rpc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The token's layout: one byte of version, the query's fingerprint, the cursor.
constexpr char kVersion = 1;
// Enough that no query is taken for another by accident. Not a signature: a caller who forges a cursor reads nothing
// but the query's own records, for which they were authorised anyway.
constexpr std::size_t kFingerprintBytes = 16;
// A store key and its index entry, in base 64, with room to spare.
constexpr std::size_t kMaxTokenBytes = 4096;

std::string QueryFingerprint(const Message& request) {
  return text::Fingerprint(request, {"page_size", "page_token"}).substr(0, kFingerprintBytes);
}

const FieldDescriptor* FieldOf(const Message& request, const char* name, FieldDescriptor::CppType type) {
  const FieldDescriptor* field = request.GetDescriptor()->FindFieldByName(name);
  return field != nullptr && field->cpp_type() == type && !field->is_repeated() ? field : nullptr;
}

absl::Status InvalidToken() {
  return text::InvalidField("page_token", "PAGE_TOKEN_INVALID",
                            "this is not the next_page_token of a request with the same other fields; send the token "
                            "unchanged with the same filter and order, or none to start again");
}

}  // namespace

absl::StatusOr<store::PageRequest> ReadPage(const Message& request, const PageLimits& limits, store::Order order) {
  store::PageRequest page;
  page.order = order;
  page.max_bytes = store::kMaxPageBytes;
  int size = 0;
  if (const auto* field = FieldOf(request, "page_size", FieldDescriptor::CPPTYPE_INT32)) {
    size = request.GetReflection()->GetInt32(request, field);
  }
  if (size < 0) {
    return text::InvalidField("page_size", "PAGE_SIZE_NEGATIVE", "must be 0 (the default) or more");
  }
  page.size = static_cast<std::size_t>(size == 0 ? limits.default_size : std::min(size, limits.max_size));

  std::string token;
  if (const auto* field = FieldOf(request, "page_token", FieldDescriptor::CPPTYPE_STRING)) {
    token = request.GetReflection()->GetString(request, field);
  }
  if (token.empty()) return page;
  std::string bytes;
  if (token.size() > kMaxTokenBytes || !absl::WebSafeBase64Unescape(token, &bytes)) return InvalidToken();
  if (bytes.size() <= 1 + kFingerprintBytes || bytes[0] != kVersion) return InvalidToken();
  if (bytes.compare(1, kFingerprintBytes, QueryFingerprint(request)) != 0) return InvalidToken();
  page.after = bytes.substr(1 + kFingerprintBytes);
  return page;
}

std::string MakePageToken(const Message& request, const store::ScanCursor& next) {
  if (next.empty()) return "";
  std::string bytes(1, kVersion);
  bytes += QueryFingerprint(request);
  bytes += next;
  return absl::WebSafeBase64Escape(bytes);
}

absl::StatusOr<std::string> WatchPosition(const Call& call, store::Snapshot& snapshot, std::string_view collection) {
  SPLW_ASSIGN_OR_RETURN(const std::uint64_t head, delivery::FeedHead(snapshot, call.network));
  return delivery::EncodeFeedPosition(call.incarnation, call.network, collection, head);
}

}  // namespace splw::rpc
