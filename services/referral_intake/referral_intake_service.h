// The gRPC surface of referral-intake: each method goes through the adapter (common/rpc/calls.h) to its handler.
#pragma once

#include "common/rpc/service.h"
#include "services/referral_intake/referral_intake.h"

namespace splw::referral_intake {

// Thread-safe.
class ReferralIntakeService final : public rpc::Service {
 public:
  // Both must outlive it.
  ReferralIntakeService(rpc::Calls& calls, ReferralIntake& intake);
};

}  // namespace splw::referral_intake
