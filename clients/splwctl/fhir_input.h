// Referrals from a FHIR R4 document, through the mapping that the gateway uses too.
#pragma once

#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "clients/splwctl/shell.h"
#include "splw/referral/v1/referral_intake_service.pb.h"

namespace splw::ctl {

struct FhirReferrals {
  std::vector<referral::v1::SubmitReferralRequest>
      requests;                      // in the document's order, without request ids; at least one
  std::vector<std::string> refused;  // where the errors are for which others are not among them
};

// Reads the document from a file or the input ("-"). What could not be mapped is said on the error stream, each with its FHIRPath
// location; where no referral comes of it, the error's fields are the locations.
absl::StatusOr<FhirReferrals> ReadFhirReferrals(Shell& shell, const std::string& path);

}  // namespace splw::ctl
