// What a request says of a referral, checked and put into the form in which it is kept. Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include <absl/status/statusor.h>
#include <absl/time/civil_time.h>

#include "services/referral_intake/messages.h"
#include "splw/referral/v1/referral_intake_service.pb.h"

namespace splw::referral_intake {

// By which an organisation is known: its ODS code, or its local id where it has none; in upper case, without the spaces
// around it. Empty if it has neither. The second: of one that a principal acts for, or a filter names.
std::string OrganisationKey(const type::Organisation& organisation);
std::string OrganisationKey(std::string_view name);

// The referral of the request as a record without id, state, findings or times. NHS number, ODS code and postcode are
// normalised, names and the reason are without the spaces around them (of nothing else, nothing is left); a missing
// organisation of an import is `submitter_organisation` (may be empty). INVALID_ARGUMENT with everything that is wrong
// at once. By hand everything that the contract requires must be there; on import gaps stay, for the screening to find,
// and what was said must still be well formed, but for an NHS number with a wrong check digit and a damaged SNOMED CT
// code.
absl::StatusOr<storage::ReferralRecord> ReadSubmission(const api::SubmitReferralRequest& request,
                                                       std::string_view submitter_organisation, absl::CivilDay today);

}  // namespace splw::referral_intake
