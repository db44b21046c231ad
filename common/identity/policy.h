// Who may call what: one table, RPC by role. A server whose methods are not all in the table does not start.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "common/identity/principal.h"

namespace splw::identity {

struct PolicyRow {
  std::string method;       // full name: "splw.referral.v1.ReferralIntakeService/SubmitReferral"
  std::vector<Role> roles;  // the roles that may call it, at least one
  // Methods about the whole store (operations, delivery) name no network; all others are checked against the principal's.
  bool network_scoped = true;
};

// Immutable and thread-safe.
class PolicyTable final {
 public:
  // INVALID_ARGUMENT for a method listed twice or a row without roles.
  static absl::StatusOr<PolicyTable> Make(std::vector<PolicyRow> rows);

  // nullptr if the method is not in the table.
  const PolicyRow* Find(std::string_view method) const;
  bool Allows(std::string_view method, Role role) const;
  const std::vector<PolicyRow>& rows() const { return rows_; }

  // OK if each of `methods` is in the table and the table has no others; otherwise FAILED_PRECONDITION naming them.
  absl::Status CheckCovers(const std::vector<std::string>& methods) const;

 private:
  std::vector<PolicyRow> rows_;
  std::map<std::string, std::size_t, std::less<>> by_method_;
};

}  // namespace splw::identity
