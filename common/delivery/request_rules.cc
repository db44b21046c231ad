#include "common/delivery/request_rules.h"

#include "common/delivery/envelope.h"
#include "common/text/status_macros.h"

namespace splw::delivery {

void CheckRequestId(std::string_view request_id, text::Violations& violations) {
  if (request_id.empty()) {
    violations.Missing("request_id", "send an id of your own, so that a repeat is harmless");
  } else if (!IsPrintableId(request_id, kMaxNameCharacters)) {
    violations.Add("request_id", "REQUEST_ID_INVALID",
                   "must be 1 to 64 printable ASCII characters, without spaces at either end");
  }
}

std::string EtagOf(std::uint64_t version) {
  return std::to_string(version);
}

void CheckEtagGiven(std::string_view field, std::string_view etag, text::Violations& violations) {
  if (etag.empty()) violations.Missing(field, "send the etag of what you read");
}

absl::Status CheckEtag(std::string_view field, std::string_view etag, std::uint64_t version) {
  text::Violations violations;
  CheckEtagGiven(field, etag, violations);
  SPLW_RETURN_IF_ERROR(violations.ToStatus());
  if (etag == EtagOf(version)) return absl::OkStatus();
  return text::Failure(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                       "it was changed since it was read: read it again, look at the change, and decide anew");
}

}  // namespace splw::delivery
