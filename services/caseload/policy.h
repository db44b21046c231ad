// Who may call what at the caseload.
#pragma once

#include <vector>

#include "common/identity/policy.h"

namespace splw::caseload {

// A row for every method of CaseloadService. Referrers follow their referral at referral-intake, agency
// members their items at mdt-agenda; peers tell what they have to tell as events: none of them calls here.
std::vector<identity::PolicyRow> CaseloadPolicy();

// True for the roles of an MDT: they have to do with the cases that were ever nominated for one, not with the whole
// caseload (product.md, "What must never happen", 3).
bool SeesNominatedCasesOnly(identity::Role role);

}  // namespace splw::caseload
