// Who is asking.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace splw::identity {

enum class Role {
  kReferrer,
  kLinkWorker,
  kServiceLead,
  kMdtCoordinator,
  kMdtChair,
  kAgencyMember,
  kAuditor,
  kOperator,
  kService,
};
inline constexpr Role kAllRoles[] = {Role::kReferrer,       Role::kLinkWorker, Role::kServiceLead,
                                     Role::kMdtCoordinator, Role::kMdtChair,   Role::kAgencyMember,
                                     Role::kAuditor,        Role::kOperator,   Role::kService};

// "REFERRER", "LINK_WORKER", "SERVICE_LEAD", "MDT_COORDINATOR", "MDT_CHAIR", "AGENCY_MEMBER", "AUDITOR", "OPERATOR", "SERVICE".
const char* RoleName(Role role);
// Accepts the names above in either case, and with '-' for '_'.
std::optional<Role> ParseRole(std::string_view name);

// A value; never logged whole.
struct Principal {
  std::string id;  // stable, at most 64 characters: "amina.khan@splw.example", "caseload"
  Role role = Role::kReferrer;
  std::string organisation;           // ODS code or local id of the organisation that the principal acts for
  std::string agency;                 // for agency members: the AgencyKind's name without prefix, for example "HOUSING"
  std::vector<std::string> networks;  // the networks that the principal may act in; {"*"}: all (services, operators)

  bool MayActIn(std::string_view network) const;
};

}  // namespace splw::identity
