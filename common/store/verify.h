// Walks a store and compares every record with every index entry, both ways.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "common/store/store.h"
#include "common/store/table.h"

namespace splw::store {

struct VerifyProgress {
  std::string network;  // where the walk stands
  std::string table;
  std::uint64_t entries_seen = 0;
  std::uint64_t records = 0;  // so far, as in the report
  std::uint64_t index_entries = 0;
  std::uint64_t fault_count = 0;
};

struct VerifyOptions {
  // Names of tables whose keys are written without an UntypedTable (second part of their keys): not looked
  // into.
  std::vector<std::string> raw_tables;
  // Entries looked at in one View, at most Limits::max_scan_entries - 1. Commits go on between two.
  std::size_t page_entries = 1000;
  // Faults kept in the report; those beyond are counted only.
  std::size_t max_faults = 1000;
  // After each View. May be empty.
  std::function<void(const VerifyProgress&)> on_progress;
  // Asked before each View; true ends the walk with CANCELLED. May be empty.
  std::function<bool()> cancelled;
};

struct VerifyReport {
  std::uint64_t networks = 0;
  std::uint64_t records = 0;
  std::uint64_t index_entries = 0;
  std::uint64_t fault_count = 0;
  std::vector<StoreFault> faults;

  bool sound() const { return fault_count == 0; }
};

// Looks at every key of every network. Keys of tables that are neither in `tables` nor raw, and keys that are
// none of this suite's, are faults of kind kUnknownTable: one for each such table and network. May run beside
// commits: each record is compared with its entries in one state. Errors: those of the store, CANCELLED.
absl::StatusOr<VerifyReport> VerifyStore(Store& store, const std::vector<const UntypedTable*>& tables,
                                         const VerifyOptions& options = {});

}  // namespace splw::store
