#include "common/audit/counters.h"

#include <optional>
#include <string>

#include "common/text/status_macros.h"

namespace splw::audit {

using delivery::storage::v1::Counter;

const store::Table<Counter>& Counters() {
  static const store::Table<Counter> table({
      .name = "counter",
      .key = [](const Counter& counter) { return store::KeyBuilder().Text(counter.name()).str(); },
      .indexes = {},
  });
  return table;
}

absl::StatusOr<std::uint64_t> NextNumber(store::Transaction& txn, std::string_view network, std::string_view counter) {
  Counter record;
  record.set_name(std::string(counter));
  SPLW_ASSIGN_OR_RETURN(const std::uint64_t last, LastNumber(txn, network, counter));
  record.set_last(last + 1);
  SPLW_RETURN_IF_ERROR(Counters().Put(txn, network, record));
  return record.last();
}

absl::StatusOr<std::uint64_t> LastNumber(store::Snapshot& snapshot, std::string_view network,
                                         std::string_view counter) {
  SPLW_ASSIGN_OR_RETURN(const std::optional<Counter> record,
                        Counters().Get(snapshot, network, store::KeyBuilder().Text(counter).str()));
  return record.has_value() ? record->last() : 0;
}

}  // namespace splw::audit
