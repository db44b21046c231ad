#include "common/rpc/admission.h"

#include <algorithm>
#include <optional>
#include <vector>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>

#include "common/rpc/request_checks.h"
#include "common/text/failure.h"
#include "common/text/status_macros.h"

namespace splw::rpc {
namespace {

constexpr std::size_t kMaxIdLength = 64;  // of principals and correlation ids: principal.h, delivery_service.proto
constexpr std::size_t kMaxNetworksLength =
    4096;  // about 600 networks: a whole region's, well within gRPC's metadata limit

bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '!' && c <= '~'; });
}

bool IsId(std::string_view text) {
  return !text.empty() && text.size() <= kMaxIdLength && IsPrintable(text);
}

std::string ValueOf(const Metadata& metadata, std::string_view key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? std::string() : found->second;
}

absl::Status InvalidPrincipal(const char* key, const char* wrong) {
  return text::Failure(absl::StatusCode::kUnauthenticated, "PRINCIPAL_INVALID",
                       absl::StrCat("the metadata ", key, " ", wrong));
}

}  // namespace

bool IsCorrelationId(std::string_view text) {
  return IsId(text);
}

std::string_view ShortMethod(std::string_view full_method) {
  return full_method.substr(full_method.rfind('/') + 1);
}

absl::StatusOr<identity::Principal> PrincipalFromMetadata(const Metadata& metadata) {
  identity::Principal principal;
  principal.id = ValueOf(metadata, kPrincipalIdKey);
  const std::string role = ValueOf(metadata, kPrincipalRoleKey);
  if (principal.id.empty() || role.empty()) {
    return text::Failure(absl::StatusCode::kUnauthenticated, "PRINCIPAL_MISSING",
                         absl::StrCat("say who is calling: metadata ", kPrincipalIdKey, ", ", kPrincipalRoleKey,
                                      " and ", kPrincipalNetworksKey));
  }
  if (!IsId(principal.id)) return InvalidPrincipal(kPrincipalIdKey, "must be 1 to 64 printable characters");
  const std::optional<identity::Role> known_role = identity::ParseRole(role);
  if (!known_role.has_value()) return InvalidPrincipal(kPrincipalRoleKey, "is not a role of this suite");
  principal.role = *known_role;
  principal.organisation = ValueOf(metadata, kPrincipalOrganisationKey);
  principal.agency = ValueOf(metadata, kPrincipalAgencyKey);
  for (const auto& [key, value] : {std::pair(kPrincipalOrganisationKey, &principal.organisation),
                                   std::pair(kPrincipalAgencyKey, &principal.agency)}) {
    if (value->size() > kMaxIdLength || !IsPrintable(*value)) {
      return InvalidPrincipal(key, "must be at most 64 printable characters");
    }
  }
  const std::string networks = ValueOf(metadata, kPrincipalNetworksKey);
  if (networks.size() > kMaxNetworksLength) return InvalidPrincipal(kPrincipalNetworksKey, "names too many networks");
  for (const std::string& network : std::vector<std::string>(absl::StrSplit(networks, ',', absl::SkipWhitespace()))) {
    if (network != "*" && !IsNetworkId(network)) {
      return InvalidPrincipal(kPrincipalNetworksKey, "must be network ids with commas between them, or *");
    }
    principal.networks.push_back(network);
  }
  return principal;
}

Metadata MetadataOf(const identity::Principal& principal) {
  Metadata metadata;
  metadata[kPrincipalIdKey] = principal.id;
  metadata[kPrincipalRoleKey] = identity::RoleName(principal.role);
  metadata[kPrincipalNetworksKey] = absl::StrJoin(principal.networks, ",");
  if (!principal.organisation.empty()) metadata[kPrincipalOrganisationKey] = principal.organisation;
  if (!principal.agency.empty()) metadata[kPrincipalAgencyKey] = principal.agency;
  return metadata;
}

absl::StatusOr<Call> Admit(const identity::PolicyTable& policy, bool dev_principals, std::string_view full_method,
                           const Metadata& metadata, const google::protobuf::Message* request) {
  if (!dev_principals) {
    return text::Failure(
        absl::StatusCode::kUnauthenticated, "AUTHENTICATION_NOT_CONFIGURED",
        "this server knows no way to authenticate a caller; for development on loopback, start it with "
        "--dev-principals");
  }
  Call call;
  SPLW_ASSIGN_OR_RETURN(call.principal, PrincipalFromMetadata(metadata));
  call.method = std::string(ShortMethod(full_method));
  const identity::PolicyRow* row = policy.Find(full_method);
  if (row == nullptr || !policy.Allows(full_method, call.principal.role)) {
    return text::Failure(
        absl::StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED",
        absl::StrCat("the role ", identity::RoleName(call.principal.role), " may not call ", call.method));
  }
  if (request == nullptr) {
    return text::Failure(absl::StatusCode::kInvalidArgument, "REQUEST_MALFORMED",
                         absl::StrCat("the bytes sent are no request of ", call.method,
                                      "; is the client built from other .proto files?"));
  }
  if (row->network_scoped) {
    SPLW_ASSIGN_OR_RETURN(call.network, NetworkOf(*request));
    if (!call.principal.MayActIn(call.network)) {
      return text::Failure(absl::StatusCode::kPermissionDenied, "NETWORK_NOT_ALLOWED",
                           "the caller does not act in this network");
    }
  }
  SPLW_RETURN_IF_ERROR(CheckWellFormed(*request));
  return call;
}

}  // namespace splw::rpc
