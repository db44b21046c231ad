#include "services/referral_intake/referral_tables.h"

#include <set>

#include "common/store/keys.h"
#include "common/text/status_macros.h"
#include "services/referral_intake/crisis.h"
#include "services/referral_intake/dates.h"
#include "services/referral_intake/limits.h"
#include "services/referral_intake/network_policy.h"
#include "services/referral_intake/referral_lifecycle.h"
#include "services/referral_intake/screening.h"
#include "services/referral_intake/submission.h"

namespace splw::referral_intake {
namespace {

using store::KeyBuilder;

constexpr char kListIndex[] = "list";
constexpr char kPersonIndex[] = "person";
constexpr std::uint64_t kOpen = 0;
constexpr std::uint64_t kEnded = 1;
// In the place of a severity: of any, with signs of danger.
constexpr auto kDanger = static_cast<api::FindingSeverity>(1000);

std::string ListPrefix(std::string_view organisation, api::ReferralState state, api::FindingSeverity gravest) {
  return KeyBuilder()
      .Text(organisation)
      .Number(static_cast<std::uint64_t>(state))
      .Number(static_cast<std::uint64_t>(gravest))
      .str();
}

std::vector<std::string> ListEntries(const storage::ReferralRecord& record) {
  const std::string submitted = KeyBuilder().Instant(FromTimestamp(record.submit_time())).str();
  // A set: a referral without findings has no severity but "any".
  std::set<std::string> entries;
  for (const std::string& organisation : {std::string(), OrganisationKey(record.referrer().organisation())}) {
    for (const api::ReferralState state : {api::REFERRAL_STATE_UNSPECIFIED, record.state()}) {
      for (const api::FindingSeverity gravest : {api::FINDING_SEVERITY_UNSPECIFIED, GravestSeverity(record)}) {
        entries.insert(ListPrefix(organisation, state, gravest) + submitted);
      }
      if (NeedsAcknowledgement(record)) entries.insert(ListPrefix(organisation, state, kDanger) + submitted);
    }
  }
  return {entries.begin(), entries.end()};
}

std::string PersonPrefix(std::string_view key, std::uint64_t open_or_ended) {
  return KeyBuilder().Text(key).Number(open_or_ended).str();
}

std::vector<std::string> PersonEntries(const storage::ReferralRecord& record) {
  const bool open = IsOpen(record);
  std::vector<std::string> entries;
  for (const std::string& key : record.person_keys()) {
    entries.push_back(
        KeyBuilder(PersonPrefix(key, open ? kOpen : kEnded)).Instant(FromTimestamp(record.submit_time())).str());
  }
  return entries;
}

}  // namespace

const store::Table<storage::ReferralRecord>& Referrals() {
  static const store::Table<storage::ReferralRecord> table({
      .name = "referral",
      .key = [](const storage::ReferralRecord& record) { return KeyBuilder().Text(record.id()).str(); },
      .indexes = {{.name = kListIndex, .entries = ListEntries}, {.name = kPersonIndex, .entries = PersonEntries}},
  });
  return table;
}

const store::Table<storage::NetworkPolicyRecord>& Policies() {
  static const store::Table<storage::NetworkPolicyRecord> table({
      .name = "policy",
      .key = [](const storage::NetworkPolicyRecord&) { return KeyBuilder().Text("policy").str(); },
      .indexes = {},
  });
  return table;
}

const store::Table<storage::KeyCheckRecord>& KeyChecks() {
  static const store::Table<storage::KeyCheckRecord> table({
      .name = "key_check",
      .key = [](const storage::KeyCheckRecord& record) { return KeyBuilder().Text(record.name()).str(); },
      .indexes = {},
  });
  return table;
}

std::vector<const store::UntypedTable*> AllTables() {
  return {&Referrals(), &Policies(), &KeyChecks()};
}

absl::StatusOr<std::optional<storage::ReferralRecord>> GetReferral(store::Snapshot& snapshot, std::string_view network,
                                                                   std::string_view id) {
  return Referrals().Get(snapshot, network, KeyBuilder().Text(id).str());
}

absl::StatusOr<store::PageOf<storage::ReferralRecord>> ListReferrals(store::Snapshot& snapshot,
                                                                     std::string_view network,
                                                                     const ReferralFilter& filter,
                                                                     store::PageRequest page) {
  if (filter.submitted_after.has_value()) page.from = KeyBuilder().Instant(*filter.submitted_after).str();
  if (filter.submitted_before.has_value()) page.until = KeyBuilder().Instant(*filter.submitted_before).str();
  const bool danger = filter.danger && filter.gravest == api::FINDING_SEVERITY_UNSPECIFIED;
  return Referrals().ScanIndex(snapshot, network, kListIndex,
                               ListPrefix(filter.organisation, filter.state, danger ? kDanger : filter.gravest), page);
}

absl::StatusOr<std::vector<storage::ReferralRecord>> FindByPersonKeys(store::Snapshot& snapshot,
                                                                      std::string_view network,
                                                                      const std::vector<std::string>& keys,
                                                                      std::size_t most_open) {
  std::vector<storage::ReferralRecord> found;
  std::set<std::string> seen;
  const auto scan = [&](const std::string& key, std::uint64_t open_or_ended, std::size_t limit) -> absl::Status {
    SPLW_ASSIGN_OR_RETURN(store::PageOf<storage::ReferralRecord> page,
                          Referrals().ScanIndex(snapshot, network, kPersonIndex, PersonPrefix(key, open_or_ended),
                                                {.size = limit, .order = store::Order::kDescending}));
    for (storage::ReferralRecord& record : page.records) {
      if (seen.insert(record.id()).second) found.push_back(std::move(record));
    }
    return absl::OkStatus();
  };
  // Most people were never referred before: one look at each key, instead of two, finds that out.
  std::vector<std::string> known;
  for (const std::string& key : keys) {
    SPLW_ASSIGN_OR_RETURN(
        const store::PageOf<storage::ReferralRecord> any,
        Referrals().ScanIndex(snapshot, network, kPersonIndex, KeyBuilder().Text(key).str(), {.size = 1}));
    if (!any.records.empty()) known.push_back(key);
  }
  for (const std::string& key : known) SPLW_RETURN_IF_ERROR(scan(key, kOpen, most_open));
  for (const std::string& key : known) SPLW_RETURN_IF_ERROR(scan(key, kEnded, 1));
  return found;
}

absl::StatusOr<storage::NetworkPolicyRecord> GetPolicy(store::Snapshot& snapshot, std::string_view network) {
  SPLW_ASSIGN_OR_RETURN(std::optional<storage::NetworkPolicyRecord> policy,
                        Policies().Get(snapshot, network, KeyBuilder().Text("policy").str()));
  return policy.has_value() ? *std::move(policy) : DefaultPolicy();
}

}  // namespace splw::referral_intake
