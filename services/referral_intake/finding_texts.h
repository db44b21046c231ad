// What each finding says, and what to do about it. Without personal data. Pure; thread-safe.
#pragma once

#include "services/referral_intake/messages.h"

namespace splw::referral_intake {

struct FindingText {
  const char* message;
  const char* advice;
};

FindingText TextOf(api::FindingCode code);

}  // namespace splw::referral_intake
