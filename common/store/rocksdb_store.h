// The default engine: one machine, one process, one folder.
//
// Commits go through one lane over a plain rocksdb::DB and are written without a sync; the lane is free again
// before anything is durable. One thread syncs the log for all who wait, and calls them in the order of their
// positions. A sync that fails ends the process (abort): no acknowledged write may be lost, and after a
// failed fsync nobody knows what the disk holds. A write that fails leaves the process time to end in order: what was
// not yet durable then never is told to be, although the log may hold it.
//
// The log is synced before RocksDB begins a new one, so that a power loss can only ever take the tail of the
// last log.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <absl/functional/function_ref.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "common/ids/random.h"
#include "common/store/store.h"
#include "common/time/clock.h"

namespace rocksdb {
class Env;
}

namespace splw::store {

// For metrics. Called often, from several threads at once; must be thread-safe and short. Empty ones are not
// called.
struct RocksDbHooks {
  // From the call of Commit until its writes are in the log (not synced), successful commits only; label as
  // in Attempt.
  std::function<void(const char* label, absl::Duration)> on_commit;
  // How long one sync of the log took, and how many callbacks waited for it.
  std::function<void(absl::Duration, std::size_t group_size)> on_sync;
};

struct RocksDbOptions {
  std::string path;  // a folder; made if missing, its parents too
  // Whose store it is: kept with it from its first opening on, and another is refused then. Empty: not looked at.
  std::string owner = "";
  const time::Clock* clock = nullptr;  // required; must outlive the store
  ids::Random* random = nullptr;       // required; for the incarnation; used by Open and RenewIncarnation only
  // Open a store whose log is damaged in its middle, and lose everything behind the damage. An operator's
  // decision.
  bool accept_wal_loss = false;
  std::size_t block_cache_bytes = std::size_t{64} << 20;
  std::size_t write_buffer_bytes = std::size_t{32} << 20;
  Limits limits;
  RocksDbHooks hooks;
  // RocksDB can no longer write (disk full, I/O error): the service should say that it does not serve. From a
  // thread of RocksDB's; must be thread-safe. Commits fail from then on, until the process is started again.
  std::function<void(absl::Status)> on_background_error;
  rocksdb::Env* env = nullptr;  // for tests of crashes; must outlive the store. Null: the machine's.
};

// What Open found.
struct RocksDbRecovery {
  bool wal_loss_accepted = false;                 // the log was damaged, and what stood behind the damage is gone
  std::uint64_t last_sequence = 0;                // RocksDB's number of the last write that was kept
  absl::Time last_commit = absl::InfinitePast();  // Now() of the last commit that was kept; InfinitePast: of none
};

// Thread-safe.
class RocksDbStore final : public Store {
 public:
  // FAILED_PRECONDITION: another process has the folder open, or the folder holds a format that this build
  // does not know. INVALID_ARGUMENT: it is another owner's. DATA_LOSS: the store is damaged; the message says what an operator can do. Else: the
  // disk's own errors.
  static absl::StatusOr<std::unique_ptr<RocksDbStore>> Open(RocksDbOptions options);

  // As Close.
  ~RocksDbStore() override;

  // UNKNOWN from Commit: the disk refused, and a part of the write may have reached the log.
  absl::StatusOr<Position> Commit(const Attempt& attempt, absl::FunctionRef<absl::Status(Transaction&)> body) override;
  absl::StatusOr<Position> View(const Attempt& attempt, absl::FunctionRef<absl::Status(Snapshot&)> body) override;
  void WhenDurable(Position position, std::function<void()> callback) override;
  Limits limits() const override;

  // Waits for the bodies that run, makes everything durable (unless a write was refused), calls back whoever
  // waits, and lets go of the folder. Commit and View then say UNAVAILABLE. Not from a callback or a body. A second
  // time: no effect.
  void Close();

  // A ULID that was made with the store. Whoever remembers how far they were with this store remembers this
  // with it: another value means that the past may have changed (the store was made anew, restored, or has
  // lost its tail).
  std::string incarnation() const;
  // Durable when it returns. To be called after a restore; Open does so itself when it accepted a loss.
  absl::Status RenewIncarnation();

  const RocksDbRecovery& recovery() const;

 private:
  class Engine;
  explicit RocksDbStore(std::unique_ptr<Engine> engine);
  std::unique_ptr<Engine> engine_;
};

}  // namespace splw::store
