// Resource names of this service. Pure; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/text/failure.h"

namespace splw::referral_intake {

// The collection under which changes of referrals and policies are watched and audited.
inline constexpr char kReferralCollection[] = "referrals";
inline constexpr char kPolicyCollection[] = "policies";

// "networks/{network}/referrals/{id}"
std::string ReferralName(std::string_view network, std::string_view id);
// "networks/{network}/policy"
std::string PolicyName(std::string_view network);
// "networks/{network}"
std::string NetworkName(std::string_view network);

// The id in the name of a referral of `network`; nullopt for any other text.
std::optional<std::string> ReferralIdOf(std::string_view name, std::string_view network);

}  // namespace splw::referral_intake
