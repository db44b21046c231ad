// How exactly this suite opens RocksDB, and what its errors mean to us. Not for others than the engine.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <rocksdb/db.h>

#include "common/store/log_guard.h"
#include "common/store/rocksdb_store.h"

namespace splw::store {

// The open database with its two column families. Two from the start: with more than one, RocksDB syncs a
// closed log before it records the flush of what that log held.
struct OpenRocksDb {
  std::unique_ptr<rocksdb::DB> db;
  rocksdb::ColumnFamilyHandle* data = nullptr;  // network space: what the interface shows
  rocksdb::ColumnFamilyHandle* meta = nullptr;  // format, incarnation, time of the last commit
  std::shared_ptr<LogGuard> log_guard;          // told of every write that the log refuses
  // The end of the log was given up, now or before, and no new incarnation was written since.
  bool wal_loss_accepted = false;
};

absl::StatusOr<OpenRocksDb> OpenDatabase(const RocksDbOptions& options);

// To be called when the new incarnation that follows an accepted loss is durable.
absl::Status ForgetWalLoss(const RocksDbOptions& options);

// Destroys the handles, then the database.
void CloseDatabase(OpenRocksDb& database);

// DATA_LOSS for damage, RESOURCE_EXHAUSTED for a full disk, UNAVAILABLE for other errors of input and output.
absl::Status FromRocksDb(const rocksdb::Status& status);

}  // namespace splw::store
