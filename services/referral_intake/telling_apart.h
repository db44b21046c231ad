// Whose case an accepted referral joins, as far as that has to be settled before it is accepted. Pure; thread-safe.
#pragma once

#include <string>
#include <vector>

#include <absl/status/status.h>

#include "services/referral_intake/referral_lifecycle.h"

namespace splw::referral_intake {

// True if the triage of `record` said that the referral called `name` is for somebody else.
bool SaysIsNot(const storage::ReferralRecord& record, const std::string& name);

// `not_same`: the referrals that triage says are for somebody else. `others`: those that may be of the same person, as
// they stand now, and those that `not_same` names.
//
// INVALID_ARGUMENT NOT_RELATED for a name that neither a finding of `record` has nor one of `others` that is alike, or that
// stands twice; SAME_NHS_NUMBER for one whose right NHS number is this person's: they are one, or a number is wrong.
//
// FAILED_PRECONDITION AMBIGUOUS_PERSON where the caseload could join `record` to the open case of the one or the other of
// several people, and would have to guess: no NHS number decides, and not all of them but one are excluded.
absl::Status CheckToldApart(const storage::ReferralRecord& record, const std::vector<std::string>& not_same,
                            const std::vector<OtherReferral>& others);

}  // namespace splw::referral_intake
