// The three crisis questions at the front desk (product.md, findings 1 and 5; standards.md, Social prescribing:
// "yes" or "unsure" to any of them is a potential crisis). Pure; thread-safe.
#pragma once

#include "services/referral_intake/messages.h"

namespace splw::referral_intake {

// True if any answer is "yes" or "unsure", or one that this build does not know.
bool IndicatesCrisis(const type::CrisisAnswers& answers);

// The graver of two answers to each question: what one was told of danger is not unsaid by what another is told.
type::CrisisAnswers GraverAnswers(const type::CrisisAnswers& before, const type::CrisisAnswers& asked_again);

// True if each of the three questions has an answer.
bool AllAsked(const type::CrisisAnswers& answers);

// True if `record` has a finding of the severity CRISIS.
bool HasCrisisFinding(const storage::ReferralRecord& record);

// True if `record` has a finding of the severity CRISIS, or one of words of danger in its text: the urgent advice goes
// out, and the referral does not leave before somebody has confirmed that they know (product.md: crisis is any sign of
// immediate danger). A false alarm costs one confirmation.
bool NeedsAcknowledgement(const storage::ReferralRecord& record);

}  // namespace splw::referral_intake
