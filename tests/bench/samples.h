// Messages of the size of real ones.
#pragma once

#include <string>

#include "splw/caseload/v1/case.pb.h"
#include "splw/referral/v1/referral.pb.h"

namespace splw::bench {

inline constexpr char kSampleUlid[] = "01J00000000000000000000001";

// Gives a referral what the service sets: under this name, accepted by policy.
void Complete(const std::string& name, referral::v1::Referral& referral);

// A referral as GetReferral answers it, and a case as GetCase does.
referral::v1::Referral SampleReferral();
caseload::v1::Case SampleCase();

}  // namespace splw::bench
