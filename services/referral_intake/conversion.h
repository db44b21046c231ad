// From what is kept to what callers and peers see. Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include <absl/status/statusor.h>

#include "services/referral_intake/messages.h"
#include "splw/caseload/v1/case_events.pb.h"
#include "splw/referral/v1/referral_events.pb.h"

namespace splw::referral_intake {

// Who looks at a referral.
struct Viewer {
  bool is_referrer = false;
  std::string organisation;  // OrganisationKey (submission.h)
};

// A referrer is told that the person is known, and of which referrals and cases only where their organisation sent them
// (product.md, finding 36). A record without id (a referral as it would be) becomes a referral without name and etag.
api::Referral ToReferral(std::string_view network, const storage::ReferralRecord& record, const Viewer& viewer);

api::NetworkPolicy ToNetworkPolicy(std::string_view network, const storage::NetworkPolicyRecord& record);

// The event that opens a case. Damaged SNOMED CT codes stay behind: they are never passed on (standards.md,
// Identity).
api::ReferralAccepted ToReferralAccepted(std::string_view network, const storage::ReferralRecord& record);

// Steps as the caseload tells them. INVALID_ARGUMENT UNKNOWN_CASE_STAGE, UNKNOWN_CASE_OUTCOME for what a newer
// caseload may say.
storage::ProgressRecord ToProgress(const caseload::v1::CaseOpened& event);
absl::StatusOr<storage::ProgressRecord> ToProgress(const caseload::v1::CaseProgressed& event);
absl::StatusOr<storage::ProgressRecord> ToProgress(const caseload::v1::CaseClosed& event);

}  // namespace splw::referral_intake
