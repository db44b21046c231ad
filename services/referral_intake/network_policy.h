// What a network takes, and how it screens. Pure; thread-safe.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "services/referral_intake/messages.h"
#include "splw/referral/v1/referral_intake_service.pb.h"

namespace splw::referral_intake {

// The policy of a network that stored none: any practice, adults, clean routine referrals accepted at once, and the
// urgent advice of the NHS (999 or A&E for an immediate risk to life; NHS 111, mental health option, otherwise:
// nhs.uk, "Where to get urgent help for mental health"). Version 0.
storage::NetworkPolicyRecord DefaultPolicy();

// `policy` with the fields of the request's mask (none: all that can be changed) replaced. INVALID_ARGUMENT with
// everything that is wrong at once; ABORTED ETAG_MISMATCH.
absl::StatusOr<storage::NetworkPolicyRecord> UpdatePolicy(const storage::NetworkPolicyRecord& policy,
                                                          const api::UpdateNetworkPolicyRequest& request,
                                                          absl::Time now);

}  // namespace splw::referral_intake
