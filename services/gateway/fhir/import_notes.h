// Issues → the notes that go with a referral, so that who receives it hears what its sender was told.
#pragma once

#include <vector>

#include "services/gateway/fhir/issue.h"
#include "splw/referral/v1/referral.pb.h"

namespace splw::fhir {

// Adds the warnings, and then the information: of the referral first, then of the document as a whole. At most
// kMaxImportNotes; what is beyond is counted in the last. Errors are none of the referral's: it would not be there.
void AddImportNotes(const std::vector<Issue>& of_referral, const std::vector<Issue>& of_document,
                    splw::referral::v1::Referral& referral);

}  // namespace splw::fhir
