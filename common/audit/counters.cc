#include "common/audit/counters.h"

#include <optional>
#include <string>

#include "common/text/status_macros.h"

namespace splw::audit {

using delivery::storage::v1::Counter;

namespace {

absl::StatusOr<std::optional<Counter>> Get(store::Snapshot& snapshot, std::string_view network,
                                           std::string_view counter) {
  return Counters().Get(snapshot, network, store::KeyBuilder().Text(counter).str());
}

}  // namespace

const store::Table<Counter>& Counters() {
  static const store::Table<Counter> table({
      .name = "counter",
      .key = [](const Counter& counter) { return store::KeyBuilder().Text(counter.name()).str(); },
      .indexes = {},
  });
  return table;
}

absl::StatusOr<std::uint64_t> NextNumber(store::Transaction& txn, std::string_view network, std::string_view counter) {
  SPLW_ASSIGN_OR_RETURN(const std::optional<Counter> last, Get(txn, network, counter));
  Counter record;
  record.set_name(std::string(counter));
  record.set_last(last.has_value() ? last->last() + 1 : 1);
  SPLW_RETURN_IF_ERROR(Counters().PutOver(txn, network, last, record));
  return record.last();
}

absl::StatusOr<std::uint64_t> LastNumber(store::Snapshot& snapshot, std::string_view network,
                                         std::string_view counter) {
  SPLW_ASSIGN_OR_RETURN(const std::optional<Counter> record, Get(snapshot, network, counter));
  return record.has_value() ? record->last() : 0;
}

}  // namespace splw::audit
