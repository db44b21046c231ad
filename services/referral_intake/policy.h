// Who may call which method of this service (product.md, "Who uses it"). That referrers have to do with their own
// organisation's referrals only is checked by the handlers (referral_intake.h).
#pragma once

#include <vector>

#include "common/identity/policy.h"

namespace splw::referral_intake {

std::vector<identity::PolicyRow> PolicyRows();

}  // namespace splw::referral_intake
