// Referrals from a FHIR R4 document, through the mapping that the gateway uses too.
#pragma once

#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "clients/splwctl/shell.h"
#include "splw/referral/v1/referral_intake_service.pb.h"

namespace splw::ctl {

// Reads the document from a file or the input ("-"); at least one request, in the document's order, without request ids. What could
// not be mapped is said on the error stream, each with its FHIRPath location; where no referral comes of it, the error's fields
// are the locations.
absl::StatusOr<std::vector<referral::v1::SubmitReferralRequest>> ReadFhirReferrals(Shell& shell,
                                                                                   const std::string& path);

}  // namespace splw::ctl
