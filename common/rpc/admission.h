// The checks that a call passes before its handler runs, in their order. No gRPC type here. Pure but for new correlation ids.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <google/protobuf/message.h>

#include "common/identity/policy.h"
#include "common/identity/principal.h"
#include "common/rpc/call.h"

namespace splw::rpc {

// Names of metadata.
inline constexpr char kPrincipalIdKey[] = "splw-principal-id";
inline constexpr char kPrincipalRoleKey[] = "splw-principal-role";
inline constexpr char kPrincipalOrganisationKey[] = "splw-principal-organisation";
inline constexpr char kPrincipalAgencyKey[] = "splw-principal-agency";
inline constexpr char kPrincipalNetworksKey[] = "splw-principal-networks";
inline constexpr char kCorrelationIdKey[] = "splw-correlation-id";

// What a caller sent of these.
using Metadata = std::map<std::string, std::string, std::less<>>;

// The principal that the metadata states. UNAUTHENTICATED: PRINCIPAL_MISSING, or PRINCIPAL_INVALID for an id that is not 1 to 64
// printable ASCII characters, an unknown role, or networks that are neither "*" nor ids.
absl::StatusOr<identity::Principal> PrincipalFromMetadata(const Metadata& metadata);

// The metadata that states a principal: the reverse, for clients.
Metadata MetadataOf(const identity::Principal& principal);

// True for 1 to 64 printable ASCII characters without spaces.
bool IsCorrelationId(std::string_view text);

// Fills principal, method and network of a call; correlation id and deadline are the caller's to fill.
// UNAUTHENTICATED (AUTHENTICATION_NOT_CONFIGURED where `dev_principals` is false, or as above), PERMISSION_DENIED
// (ROLE_NOT_ALLOWED, NETWORK_NOT_ALLOWED), INVALID_ARGUMENT (REQUEST_MALFORMED where `request` is null: its bytes could not be
// read; NETWORK_INVALID and those of CheckWellFormed).
absl::StatusOr<Call> Admit(const identity::PolicyTable& policy, bool dev_principals, std::string_view full_method,
                           const Metadata& metadata, const google::protobuf::Message* request);

// "SubmitReferral" of "splw.referral.v1.ReferralIntakeService/SubmitReferral".
std::string_view ShortMethod(std::string_view full_method);

}  // namespace splw::rpc
