// Resource names, as people type them: a short id where the full name follows from the network. Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include <absl/status/statusor.h>

namespace splw::ctl {

// "networks/U12345" for "U12345" or "networks/U12345". A usage error for an empty or malformed one (3 to 12 of A-Z, 0-9).
absl::StatusOr<std::string> NetworkName(std::string_view network);

// The full name of a resource of `collection` ("referrals", or deeper: "mdts/weekly/meetings"):
//   "networks/U1/referrals/01J…"   stays as it is, if it is of this collection
//   "referrals/01J…"               gets the network in front
//   "01J…"                         gets network and collection in front
// A '-' stands for any id ("cases/-/signposts"); then the id alone is not enough.
// Ids are letters, digits, '-', '_' and '.'. A usage error otherwise, or where a network is needed and empty; `flag` is named in it.
absl::StatusOr<std::string> ResourceName(std::string_view network, std::string_view collection, std::string_view given,
                                         std::string_view flag);

// The part of a name behind its last '/'.
std::string ShortId(std::string_view name);

// "U12345" of "networks/U12345/…"; empty if the name has no network.
std::string NetworkOf(std::string_view name);

}  // namespace splw::ctl
