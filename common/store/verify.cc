#include "common/store/verify.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <absl/strings/escaping.h>

#include "common/store/keys.h"
#include "common/text/status_macros.h"

namespace splw::store {
namespace {

class Verifier final {
 public:
  Verifier(Store& store, const std::vector<const UntypedTable*>& tables, const VerifyOptions& options)
      : store_(store), tables_(tables), options_(options) {}

  absl::StatusOr<VerifyReport> Run() {
    std::string from;
    while (true) {
      SPLW_ASSIGN_OR_RETURN(const std::optional<std::string> key, FirstKey(from));
      if (!key.has_value()) return std::move(report_);
      KeyReader reader(*key);
      const absl::StatusOr<std::string> maybe_network = reader.Text();
      const absl::StatusOr<std::string> maybe_table = reader.Text();
      if (!maybe_network.ok() || !maybe_table.ok()) {
        AddFault({StoreFault::Kind::kUnknownTable, "", "", absl::BytesToHexString(*key)});
        from = *key + '\0';
        continue;
      }
      if (maybe_network.value() != progress_.network || report_.networks == 0) ++report_.networks;
      progress_.network = *maybe_network;
      progress_.table = *maybe_table;
      SPLW_RETURN_IF_ERROR(VerifyTable(*key));
      from = PrefixEnd(KeyBuilder().Text(*maybe_network).Text(*maybe_table).str());
    }
  }

 private:
  absl::Status View(absl::FunctionRef<absl::Status(Snapshot&)> body) {
    if (options_.cancelled && options_.cancelled()) return absl::CancelledError("the verification was cancelled");
    SPLW_RETURN_IF_ERROR(store_.View({.label = "verify"}, body).status());
    progress_.records = report_.records;
    progress_.index_entries = report_.index_entries;
    progress_.fault_count = report_.fault_count;
    if (options_.on_progress) options_.on_progress(progress_);
    return absl::OkStatus();
  }

  absl::StatusOr<std::optional<std::string>> FirstKey(const std::string& from) {
    std::optional<std::string> key;
    SPLW_RETURN_IF_ERROR(View([&](Snapshot& snapshot) {
      SPLW_ASSIGN_OR_RETURN(std::vector<Entry> entries, snapshot.Scan({from, ""}, {.max_entries = 1}));
      key = entries.empty() ? std::nullopt : std::optional(std::move(entries.front().key));
      return absl::OkStatus();
    }));
    return key;
  }

  absl::Status VerifyTable(const std::string& first_key) {
    const auto table = std::find_if(tables_.begin(), tables_.end(),
                                    [&](const UntypedTable* t) { return t->name() == progress_.table; });
    if (table == tables_.end()) {
      const std::vector<std::string>& raw = options_.raw_tables;
      if (std::find(raw.begin(), raw.end(), progress_.table) == raw.end()) {
        AddFault({StoreFault::Kind::kUnknownTable, progress_.table, "", absl::BytesToHexString(first_key)});
      }
      return absl::OkStatus();
    }
    ScanCursor cursor;
    do {
      std::vector<StoreFault> faults;
      VerifyCounts counts;
      ScanCursor next;
      SPLW_RETURN_IF_ERROR(View([&](Snapshot& snapshot) {
        faults.clear();
        counts = {};
        SPLW_ASSIGN_OR_RETURN(
            next, (*table)->VerifyPage(snapshot, progress_.network, cursor, options_.page_entries, faults, &counts));
        progress_.entries_seen = report_.records + report_.index_entries + counts.records + counts.index_entries;
        return absl::OkStatus();
      }));
      report_.records += counts.records;
      report_.index_entries += counts.index_entries;
      for (StoreFault& fault : faults) AddFault(std::move(fault));
      cursor = std::move(next);
    } while (!cursor.empty());
    return absl::OkStatus();
  }

  void AddFault(StoreFault fault) {
    ++report_.fault_count;
    if (report_.faults.size() < options_.max_faults) report_.faults.push_back(std::move(fault));
  }

  Store& store_;
  const std::vector<const UntypedTable*>& tables_;
  const VerifyOptions& options_;
  VerifyReport report_;
  VerifyProgress progress_;
};

}  // namespace

absl::StatusOr<VerifyReport> VerifyStore(Store& store, const std::vector<const UntypedTable*>& tables,
                                         const VerifyOptions& options) {
  return Verifier(store, tables, options).Run();
}

}  // namespace splw::store
