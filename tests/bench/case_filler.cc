#include "tests/bench/case_filler.h"

#include <algorithm>
#include <memory>

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include "common/ids/random.h"
#include "common/store/rocksdb_store.h"
#include "common/text/fingerprint.h"
#include "common/text/status_macros.h"
#include "common/time/clock.h"
#include "services/caseload/case_lifecycle.h"
#include "services/caseload/caseload_tables.h"
#include "services/caseload/names.h"
#include "tests/bench/samples.h"
#include "tests/load/people.h"

namespace splw::bench {
namespace {

constexpr std::uint64_t kCasesInATransaction = 500;

std::string IdOf(std::uint64_t number) {
  return absl::StrFormat("01J%023d", number);
}

// As the front door tells of an accepted referral.
referral::v1::ReferralAccepted AcceptedOf(std::uint64_t number, absl::Time time) {
  const referral::v1::Referral referral = load::ReferralOf(number);
  referral::v1::ReferralAccepted event;
  event.set_referral(absl::StrCat("networks/", kCaseNetwork, "/referrals/", IdOf(number)));
  *event.mutable_person() = referral.person();
  *event.mutable_referrer() = referral.referrer();
  event.set_reason_text(referral.reason_text());
  *event.mutable_needs() = referral.needs();
  event.set_urgency(referral.urgency());
  *event.mutable_crisis_answers() = referral.crisis_answers();
  *event.mutable_consent() = referral.consent();
  for (const char* key : {"number", "details"}) {
    event.add_person_keys(absl::BytesToHexString(text::Sha256(absl::StrCat(key, number))));
  }
  *event.mutable_accept_time() = caseload::ToTimestamp(time);
  return event;
}

}  // namespace

std::string CaseNameOf(std::uint64_t number) {
  return caseload::CaseName(kCaseNetwork, IdOf(number));
}

absl::Status FillCases(const std::string& path, std::uint64_t count) {
  const time::SystemClock clock;
  ids::SystemRandom random;
  SPLW_ASSIGN_OR_RETURN(const std::unique_ptr<store::RocksDbStore> store,
                        store::RocksDbStore::Open({.path = path, .clock = &clock, .random = &random}));
  for (std::uint64_t first = 0; first < count; first += kCasesInATransaction) {
    const std::uint64_t end = std::min(count, first + kCasesInATransaction);
    const auto maybe_position = store->Commit({}, [&](store::Transaction& txn) -> absl::Status {
      for (std::uint64_t number = first; number < end; ++number) {
        // Cases that are opened in one transaction keep an order of their own.
        const absl::Time time = txn.Now() + absl::Microseconds(static_cast<std::int64_t>(number - first));
        caseload::CaseRecord record =
            caseload::OpenCase(AcceptedOf(number, time), IdOf(number), kCaseNetwork, IdOf(number), time);
        record.set_version(1);
        SPLW_RETURN_IF_ERROR(caseload::Cases().Put(txn, kCaseNetwork, record));
      }
      return absl::OkStatus();
    });
    SPLW_RETURN_IF_ERROR(maybe_position.status());
  }
  return absl::OkStatus();
}

}  // namespace splw::bench
