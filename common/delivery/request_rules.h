// What a request that changes something must bring, in every service alike: an id under which a repeat is known, and the etag
// of what was read. Pure; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <absl/status/status.h>

#include "common/text/failure.h"

namespace splw::delivery {

// Of field "request_id": REQUIRED where it is empty; REQUEST_ID_INVALID unless it is 1 to 64 printable ASCII characters
// without spaces at either end.
void CheckRequestId(std::string_view request_id, text::Violations& violations);

// A record's version as text.
std::string EtagOf(std::uint64_t version);
// REQUIRED of `field` where it is empty.
void CheckEtagGiven(std::string_view field, std::string_view etag, text::Violations& violations);
// OK for the etag of `version`; INVALID_ARGUMENT REQUIRED of `field` where it is empty; ABORTED ETAG_MISMATCH for any other.
absl::Status CheckEtag(std::string_view field, std::string_view etag, std::uint64_t version);

}  // namespace splw::delivery
