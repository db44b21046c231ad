#include "clients/splwctl/names.h"

#include <algorithm>

#include <absl/strings/str_format.h>

#include "clients/splwctl/errors.h"
#include "common/text/status_macros.h"

namespace splw::ctl {
namespace {

constexpr std::string_view kNetworks = "networks/";

bool IsNetworkId(std::string_view id) {
  return id.size() >= 3 && id.size() <= 12 &&
         std::all_of(id.begin(), id.end(), [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

bool IsId(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  });
}

bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

std::size_t Segments(std::string_view path) {
  return static_cast<std::size_t>(std::count(path.begin(), path.end(), '/')) + 1;
}

// True where the collection part of `path` ("a/X/b/Y") has the collection names of `collection` ("a/X/b").
bool IsOfCollection(std::string_view path, std::string_view collection) {
  if (Segments(path) != Segments(collection) + 1) return false;
  for (bool is_collection_name = true; !collection.empty(); is_collection_name = !is_collection_name) {
    const std::string_view want = collection.substr(0, collection.find('/'));
    const std::string_view have = path.substr(0, path.find('/'));
    if (is_collection_name ? want != have : !IsId(have)) return false;
    collection.remove_prefix(std::min(collection.size(), want.size() + 1));
    path.remove_prefix(std::min(path.size(), have.size() + 1));
  }
  return IsId(path);
}

}  // namespace

absl::StatusOr<std::string> NetworkName(std::string_view network) {
  if (StartsWith(network, kNetworks)) network.remove_prefix(kNetworks.size());
  if (network.empty()) {
    return UsageError("--network", "say which network, for example --network U12345 (or set SPLWCTL_NETWORK)");
  }
  if (!IsNetworkId(network)) {
    return UsageError("--network", "a network's id is 3 to 12 capital letters and digits, for example U12345");
  }
  return absl::StrFormat("networks/%s", network);
}

absl::StatusOr<std::string> ResourceName(std::string_view network, std::string_view collection, std::string_view given,
                                         std::string_view flag) {
  const absl::Status wrong =
      UsageError(flag, absl::StrFormat("give an id, or a name such as networks/U12345/%s/…", collection));
  if (StartsWith(given, kNetworks)) {
    std::string_view path = given.substr(kNetworks.size());
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos || !IsNetworkId(path.substr(0, slash))) return wrong;
    if (!IsOfCollection(path.substr(slash + 1), collection)) return wrong;
    return std::string(given);
  }
  std::string path(given);
  if (IsId(given) && collection.find('-') != std::string_view::npos) return wrong;  // whose? the id alone does not say
  if (IsId(given)) path = absl::StrFormat("%s/%s", collection, given);
  if (!IsOfCollection(path, collection)) return wrong;
  SPLW_ASSIGN_OR_RETURN(const std::string parent, NetworkName(network));
  return parent + "/" + path;
}

std::string ShortId(std::string_view name) {
  const std::size_t slash = name.rfind('/');
  return std::string(slash == std::string_view::npos ? name : name.substr(slash + 1));
}

std::string NetworkOf(std::string_view name) {
  if (!StartsWith(name, kNetworks)) return "";
  name.remove_prefix(kNetworks.size());
  return std::string(name.substr(0, name.find('/')));
}

}  // namespace splw::ctl
