// Referrals from a FHIR R4 document, through the mapping that the gateway uses too.
#pragma once

#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "clients/splwctl/shell.h"
#include "services/gateway/fhir/issue.h"
#include "splw/referral/v1/referral_intake_service.pb.h"

namespace splw::ctl {

struct FhirReferrals {
  std::vector<referral::v1::SubmitReferralRequest> requests;  // in the document's order, without request ids
  std::vector<fhir::Issue> issues;                            // of the document, then of each request
  absl::Status status;  // an error, whose fields are the locations, where no request comes of it
};

// Reads the document from a file or the input ("-"). What could not be mapped is said on the error stream, each with its FHIRPath
// location. An error is one of the file or the command line.
absl::StatusOr<FhirReferrals> ReadFhirReferrals(Shell& shell, const std::string& path);

}  // namespace splw::ctl
