// The automatic checks that a referral passes on arrival (product.md, findings 1 to 7 and 23). Pure, deterministic,
// thread-safe: what is known goes in, findings come out, the gravest first.
#pragma once

#include <string>
#include <vector>

#include <absl/time/civil_time.h>

#include "services/referral_intake/messages.h"

namespace splw::referral_intake {

// Another referral of the same person, or of one who is alike, as their keyed hashes tell.
struct KnownReferral {
  std::string name;
  bool open = false;          // referral_lifecycle.h
  std::string case_name;      // empty: it has none (yet)
  std::string organisation;   // that sent it: OrganisationKey (submission.h)
  bool other_number = false;  // alike in all but their NHS numbers, both right: two people, or one number is wrong
};

struct ScreeningFacts {
  std::vector<KnownReferral> same_person;  // open ones, and the latest ended one
  absl::CivilDay today;                    // in Europe/London
};

// `submission` is as ReadSubmission made it: well formed, but, on import, with gaps.
std::vector<storage::FindingRecord> Screen(const storage::ReferralRecord& submission,
                                           const storage::NetworkPolicyRecord& policy, const ScreeningFacts& facts);

// True if no finding is graver than INFO and the policy takes such referrals at once.
bool AcceptedByPolicy(const std::vector<storage::FindingRecord>& findings, const storage::NetworkPolicyRecord& policy);

// The severity that a code always has.
api::FindingSeverity SeverityOf(api::FindingCode code);

// The gravest severity; UNSPECIFIED if there are no findings.
api::FindingSeverity GravestSeverity(const storage::ReferralRecord& record);

// Puts the gravest first, equally grave ones in the order of their codes.
void SortFindings(std::vector<storage::FindingRecord>& findings);

}  // namespace splw::referral_intake
