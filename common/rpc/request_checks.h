// What holds for every request of every service, read off the message by reflection. No gRPC type here. Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

namespace splw::rpc {

// Strings without control characters (tab and line ends may be), enum values that this build knows. INVALID_ARGUMENT with
// every field that is wrong, at its path ("person.address.lines[2]"): reasons TEXT_HAS_CONTROLS, UNKNOWN_ENUM_VALUE.
// Values of `bytes` fields and of google.protobuf.Any are not looked into.
absl::Status CheckWellFormed(const google::protobuf::Message& request);

// Where a request of this type names its network: "parent", "name", or the `name` of its first message field that has one
// ("referral.name"). Empty if nowhere.
std::string NetworkFieldOf(const google::protobuf::Descriptor& request_type);

// The network that the request names: "U12345" of "networks/U12345/referrals/…". INVALID_ARGUMENT with the field of
// NetworkFieldOf: REQUIRED where that is empty, NETWORK_INVALID where it does not start with "networks/" and an id of 3 to 12 of
// A-Z and 0-9 (ODS code, standards.md).
absl::StatusOr<std::string> NetworkOf(const google::protobuf::Message& request);

// True for 3 to 12 of A-Z and 0-9.
bool IsNetworkId(std::string_view text);

}  // namespace splw::rpc
