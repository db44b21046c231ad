// What this service keeps, each kind of record once, and the questions that its indexes answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "common/store/table.h"
#include "services/referral_intake/messages.h"

namespace splw::referral_intake {

// Indexes: "list", eight entries a referral (twelve where it shows signs of danger), one for each combination of the
// filters of ListReferrals, so that any list costs what it returns; "person", by keyed hash, open referrals
// (referral_lifecycle.h) apart from ended ones.
const store::Table<storage::ReferralRecord>& Referrals();
const store::Table<storage::NetworkPolicyRecord>& Policies();
// Of the whole store, under kWholeStore for a network.
const store::Table<storage::KeyCheckRecord>& KeyChecks();
inline constexpr char kWholeStore[] = "-";

std::vector<const store::UntypedTable*> AllTables();

absl::StatusOr<std::optional<storage::ReferralRecord>> GetReferral(store::Snapshot& snapshot, std::string_view network,
                                                                   std::string_view id);

struct ReferralFilter {
  api::ReferralState state = api::REFERRAL_STATE_UNSPECIFIED;        // any
  api::FindingSeverity gravest = api::FINDING_SEVERITY_UNSPECIFIED;  // any
  bool danger = false;       // only those that need an acknowledgement (crisis.h); with a `gravest`, that one decides
  std::string organisation;  // empty: any
  std::optional<absl::Time> submitted_after;   // included
  std::optional<absl::Time> submitted_before;  // not included
};

// By time of submission. `page.from` and `page.until` are set here.
absl::StatusOr<store::PageOf<storage::ReferralRecord>> ListReferrals(store::Snapshot& snapshot,
                                                                     std::string_view network,
                                                                     const ReferralFilter& filter,
                                                                     store::PageRequest page);

// The referrals with one of these keys, each once: the open ones (at most `most_open` a key, the latest first), then the
// latest ended one a key.
absl::StatusOr<std::vector<storage::ReferralRecord>> FindByPersonKeys(store::Snapshot& snapshot,
                                                                      std::string_view network,
                                                                      const std::vector<std::string>& keys,
                                                                      std::size_t most_open);

// The network's policy, or the default one.
absl::StatusOr<storage::NetworkPolicyRecord> GetPolicy(store::Snapshot& snapshot, std::string_view network);

}  // namespace splw::referral_intake
