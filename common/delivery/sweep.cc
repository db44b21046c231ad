#include "common/delivery/sweep.h"

#include <cstdint>
#include <string>
#include <vector>

#include <absl/functional/function_ref.h>

#include "common/audit/counters.h"
#include "common/delivery/change.h"
#include "common/delivery/delivery_tables.h"
#include "common/delivery/envelope.h"
#include "common/delivery/feed.h"
#include "common/text/status_macros.h"

namespace splw::delivery {
namespace {

using storage::v1::Counter;
using storage::v1::FeedEntry;
using storage::v1::RequestRecord;

constexpr store::Attempt kSweep{absl::InfiniteFuture(), "sweep"};

// Calls `sweep` once for each network, in a transaction of its own; true if one of them has more to do. One that fails holds up
// no other: its error (the first of them) is returned at the end.
absl::StatusOr<bool> EachNetwork(
    store::Store& store,
    absl::FunctionRef<absl::StatusOr<bool>(store::Transaction&, const std::string& network)> sweep) {
  std::vector<std::string> networks;
  const auto list = [&](store::Snapshot& snapshot) -> absl::Status {
    SPLW_ASSIGN_OR_RETURN(networks, store::ListNetworks(snapshot));
    return absl::OkStatus();
  };
  SPLW_RETURN_IF_ERROR(store.View(kSweep, list).status());

  bool more = false;
  absl::Status first_error;
  for (const std::string& network : networks) {
    bool full = false;
    const auto body = [&](store::Transaction& txn) -> absl::Status {
      SPLW_ASSIGN_OR_RETURN(full, sweep(txn, network));
      return absl::OkStatus();
    };
    const absl::Status status = store.Commit(kSweep, body).status();
    if (status.ok()) {
      more = more || full;
    } else {
      first_error.Update(status);
    }
  }
  if (!first_error.ok()) return first_error;
  return more;
}

absl::StatusOr<bool> SweepRequestsOf(store::Transaction& txn, const std::string& network, std::size_t limit) {
  SPLW_ASSIGN_OR_RETURN(const store::PageOf<RequestRecord> page,
                        RequestRecords().ScanIndex(txn, network, kExpiryIndex, "", {.size = limit, .after = {}}));
  for (const RequestRecord& record : page.records) {
    // In the order of their ends: the rest is newer still.
    if (FromTimestamp(record.expire_time()) > txn.Now()) return false;
    SPLW_RETURN_IF_ERROR(RequestRecords().Erase(txn, network, RequestRecords().KeyOf(record)));
  }
  return !page.next.empty();
}

absl::StatusOr<bool> SweepFeedOf(store::Transaction& txn, const std::string& network, std::size_t limit) {
  SPLW_ASSIGN_OR_RETURN(const std::uint64_t swept, audit::LastNumber(txn, network, kFeedSweptCounter));
  // From the remembered bound on: what was erased before is never walked over again.
  SPLW_ASSIGN_OR_RETURN(const std::vector<store::Entry> entries,
                        txn.Scan({FeedEntries().RecordKey(network, FeedEntryKey(swept + 1)),
                                  store::PrefixEnd(FeedEntries().RecordPrefix(network))},
                                 {.max_entries = limit, .order = store::Order::kAscending}));
  Counter counter;
  counter.set_name(kFeedSweptCounter);
  counter.set_last(swept);
  bool full = entries.size() == limit;
  for (const store::Entry& raw : entries) {
    FeedEntry entry;
    if (!entry.ParseFromString(raw.value)) return absl::DataLossError("an entry of the feed cannot be read");
    if (FromTimestamp(entry.time()) > txn.Now() - kFeedMemory) {
      full = false;
      break;
    }
    SPLW_RETURN_IF_ERROR(FeedEntries().Erase(txn, network, FeedEntryKey(entry.sequence())));
    counter.set_last(entry.sequence());
  }
  if (counter.last() > swept) SPLW_RETURN_IF_ERROR(audit::Counters().Put(txn, network, counter));
  return full;
}

}  // namespace

absl::StatusOr<bool> SweepExpiredRequests(store::Store& store, std::size_t limit) {
  return EachNetwork(store, [limit](store::Transaction& txn, const std::string& network) {
    return SweepRequestsOf(txn, network, limit);
  });
}

absl::StatusOr<bool> SweepFeed(store::Store& store, std::size_t limit) {
  return EachNetwork(
      store, [limit](store::Transaction& txn, const std::string& network) { return SweepFeedOf(txn, network, limit); });
}

}  // namespace splw::delivery
