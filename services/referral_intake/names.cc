#include "services/referral_intake/names.h"

#include <absl/strings/str_format.h>

#include "common/ids/ulid.h"

namespace splw::referral_intake {

std::string ReferralName(std::string_view network, std::string_view id) {
  return absl::StrFormat("networks/%s/referrals/%s", network, id);
}

std::string PolicyName(std::string_view network) {
  return absl::StrFormat("networks/%s/policy", network);
}

std::string NetworkName(std::string_view network) {
  return absl::StrFormat("networks/%s", network);
}

std::optional<std::string> ReferralIdOf(std::string_view name, std::string_view network) {
  const std::string prefix = ReferralName(network, "");
  if (name.substr(0, prefix.size()) != prefix) return std::nullopt;
  const std::string_view id = name.substr(prefix.size());
  if (!ids::IsUlid(id)) return std::nullopt;
  return std::string(id);
}

}  // namespace splw::referral_intake
