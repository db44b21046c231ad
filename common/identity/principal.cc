#include "common/identity/principal.h"

#include <algorithm>

#include <absl/strings/ascii.h>

namespace splw::identity {

const char* RoleName(Role role) {
  switch (role) {
    case Role::kReferrer:
      return "REFERRER";
    case Role::kLinkWorker:
      return "LINK_WORKER";
    case Role::kServiceLead:
      return "SERVICE_LEAD";
    case Role::kMdtCoordinator:
      return "MDT_COORDINATOR";
    case Role::kMdtChair:
      return "MDT_CHAIR";
    case Role::kAgencyMember:
      return "AGENCY_MEMBER";
    case Role::kAuditor:
      return "AUDITOR";
    case Role::kOperator:
      return "OPERATOR";
    case Role::kService:
      return "SERVICE";
  }
  return "UNKNOWN";
}

std::optional<Role> ParseRole(std::string_view name) {
  std::string canonical(name);
  for (char& c : canonical) c = c == '-' ? '_' : absl::ascii_toupper(static_cast<unsigned char>(c));
  for (Role role : kAllRoles) {
    if (canonical == RoleName(role)) return role;
  }
  return std::nullopt;
}

bool Principal::MayActIn(std::string_view network) const {
  return std::any_of(networks.begin(), networks.end(),
                     [network](const std::string& allowed) { return allowed == "*" || allowed == network; });
}

}  // namespace splw::identity
