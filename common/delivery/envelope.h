// What an envelope must look like, on both sides, and the numbers that both hold to. Pure; thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <absl/status/status.h>
#include <absl/time/time.h>
#include <google/protobuf/timestamp.pb.h>

#include "splw/delivery/v1/delivery_service.pb.h"

namespace splw::delivery {

// delivery_service.proto: "1 to 100 events, 3 MiB" (gRPC's own default limit of a message is 4 MiB).
inline constexpr std::size_t kMaxBatchEvents = 100;
inline constexpr std::size_t kMaxBatchBytes = 3 << 20;
// One event, in its envelope: half of what the store takes as one value, so that a row around it always fits.
inline constexpr std::size_t kMaxEventBytes = 512 << 10;
inline constexpr std::size_t kMaxStreamCharacters = 256;
inline constexpr std::size_t kMaxNameCharacters =
    64;  // sources, destinations, incarnations, correlation and request ids

// "[A-Z0-9]{3,12}": an ODS code or one like it.
bool IsNetworkId(std::string_view network);
// 1 to `max_characters` of printable ASCII without spaces at either end.
bool IsPrintableId(std::string_view text, std::size_t max_characters);

// "ReferralAccepted" of "splw.referral.v1.ReferralAccepted" or of "type.googleapis.com/splw.referral.v1.ReferralAccepted".
std::string ShortTypeName(std::string_view type);
// "splw.referral.v1.ReferralAccepted" of a type URL.
std::string TypeOfUrl(std::string_view type_url);

// INVALID_ARGUMENT that names every field that is wrong ("events[2].network").
absl::Status CheckDeliverRequest(const v1::DeliverRequest& request);

google::protobuf::Timestamp ToTimestamp(absl::Time time);
absl::Time FromTimestamp(const google::protobuf::Timestamp& timestamp);

}  // namespace splw::delivery
