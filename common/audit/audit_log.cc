#include "common/audit/audit_log.h"

#include <string>
#include <utility>
#include <vector>

#include <google/protobuf/util/time_util.h>

#include "common/audit/counters.h"
#include "common/text/status_macros.h"

namespace splw::audit {
namespace {

using delivery::storage::v1::AuditRecord;

constexpr char kCounter[] = "audit";
constexpr char kByResource[] = "resource";

}  // namespace

const store::Table<AuditRecord>& AuditRecords() {
  static const store::Table<AuditRecord> table({
      .name = "audit",
      .key = [](const AuditRecord& record) { return store::KeyBuilder().Number(record.sequence()).str(); },
      .indexes = {{.name = kByResource,
                   .entries =
                       [](const AuditRecord& record) {
                         return std::vector<std::string>{store::KeyBuilder().Text(record.resource()).str()};
                       }}},
  });
  return table;
}

absl::Status Append(store::Transaction& txn, std::string_view network, AuditRecord record) {
  if (record.actor().empty() || record.action().empty() || record.resource().empty()) {
    return absl::InternalError("an audit record needs an actor, an action and a resource");
  }
  SPLW_ASSIGN_OR_RETURN(const std::uint64_t sequence, NextNumber(txn, network, kCounter));
  record.set_sequence(sequence);
  *record.mutable_time() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(txn.Now()));
  return AuditRecords().PutNew(txn, network, record);
}

absl::StatusOr<store::PageOf<AuditRecord>> ListRecords(store::Snapshot& snapshot, std::string_view network,
                                                       const store::PageRequest& page) {
  return AuditRecords().Scan(snapshot, network, page);
}

absl::StatusOr<store::PageOf<AuditRecord>> ListRecordsOf(store::Snapshot& snapshot, std::string_view network,
                                                         std::string_view resource, const store::PageRequest& page) {
  return AuditRecords().ScanIndex(snapshot, network, kByResource, store::KeyBuilder().Text(resource).str(), page);
}

}  // namespace splw::audit
