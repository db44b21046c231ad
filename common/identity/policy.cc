#include "common/identity/policy.h"

#include <algorithm>
#include <set>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

namespace splw::identity {

absl::StatusOr<PolicyTable> PolicyTable::Make(std::vector<PolicyRow> rows) {
  PolicyTable table;
  table.rows_ = std::move(rows);
  for (std::size_t i = 0; i < table.rows_.size(); ++i) {
    const PolicyRow& row = table.rows_[i];
    if (row.roles.empty()) {
      return absl::InvalidArgumentError(absl::StrCat("the policy lets no role call ", row.method));
    }
    if (!table.by_method_.emplace(row.method, i).second) {
      return absl::InvalidArgumentError(absl::StrCat("the policy lists ", row.method, " twice"));
    }
  }
  return table;
}

const PolicyRow* PolicyTable::Find(std::string_view method) const {
  const auto found = by_method_.find(method);
  return found == by_method_.end() ? nullptr : &rows_[found->second];
}

bool PolicyTable::Allows(std::string_view method, Role role) const {
  const PolicyRow* row = Find(method);
  return row != nullptr && std::find(row->roles.begin(), row->roles.end(), role) != row->roles.end();
}

absl::Status PolicyTable::CheckCovers(const std::vector<std::string>& methods) const {
  const std::set<std::string> served(methods.begin(), methods.end());
  std::vector<std::string> missing;
  for (const std::string& method : served) {
    if (Find(method) == nullptr) missing.push_back(method);
  }
  std::vector<std::string> unknown;
  for (const PolicyRow& row : rows_) {
    if (served.count(row.method) == 0) unknown.push_back(row.method);
  }
  if (missing.empty() && unknown.empty()) return absl::OkStatus();
  std::vector<std::string> words;
  if (!missing.empty()) words.push_back("methods without a policy: " + absl::StrJoin(missing, ", "));
  if (!unknown.empty()) words.push_back("policies without a method: " + absl::StrJoin(unknown, ", "));
  return absl::FailedPreconditionError(absl::StrJoin(words, "; "));
}

}  // namespace splw::identity
