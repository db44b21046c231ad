#include "common/store/rocksdb_store.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <thread>
#include <utility>
#include <vector>

#include <absl/strings/str_format.h>
#include <rocksdb/iterator.h>
#include <rocksdb/options.h>
#include <rocksdb/snapshot.h>
#include <rocksdb/write_batch.h>

#include "common/ids/ulid.h"
#include "common/store/commit_lane.h"
#include "common/store/keys.h"
#include "common/store/overlay.h"
#include "common/store/rocksdb_open.h"
#include "common/text/status_macros.h"

namespace splw::store {
namespace {

constexpr char kFormatKey[] = "format";
constexpr char kFormat[] = "1";
constexpr char kIncarnationKey[] = "incarnation";
constexpr char kOwnerKey[] = "owner";
constexpr char kLastCommitKey[] = "last-commit";

rocksdb::Slice ToSlice(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}
std::string_view FromSlice(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

class IteratorWalk final : public EntryWalk {
 public:
  IteratorWalk(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family, const rocksdb::Snapshot* snapshot,
               const KeyRange& range, Order order)
      : range_(range), begin_(range_.begin), end_(range_.end), ascending_(order == Order::kAscending) {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot;
    // Both bounds: without them a walk reads through every tombstone behind its range.
    options.iterate_lower_bound = &begin_;
    if (!range_.end.empty()) options.iterate_upper_bound = &end_;
    iterator_.reset(db.NewIterator(options, family));
    if (ascending_) {
      iterator_->Seek(begin_);
    } else {
      iterator_->SeekToLast();  // the last key below the upper bound
    }
  }

  bool Valid() const override { return iterator_->Valid(); }
  std::string_view key() const override { return FromSlice(iterator_->key()); }
  std::string_view value() const override { return FromSlice(iterator_->value()); }
  void Next() override { ascending_ ? iterator_->Next() : iterator_->Prev(); }
  absl::Status status() const override { return FromRocksDb(iterator_->status()); }

 private:
  const KeyRange range_;  // the slices and the iterator point into it
  const rocksdb::Slice begin_;
  const rocksdb::Slice end_;
  const bool ascending_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

// The database as of `snapshot`; null: as it is now, for whoever holds the lane and so is alone in changing
// it.
class DatabaseState final : public CommittedState {
 public:
  DatabaseState(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family, const rocksdb::Snapshot* snapshot)
      : db_(db), family_(family), snapshot_(snapshot) {}

  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) override {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot_;
    std::string value;
    const rocksdb::Status status = db_.Get(options, family_, ToSlice(key), &value);
    if (status.IsNotFound()) return std::optional<std::string>();
    if (!status.ok()) return FromRocksDb(status);
    return std::optional<std::string>(std::move(value));
  }

  std::unique_ptr<EntryWalk> Walk(const KeyRange& range, Order order) override {
    return std::make_unique<IteratorWalk>(db_, family_, snapshot_, range, order);
  }

 private:
  rocksdb::DB& db_;
  rocksdb::ColumnFamilyHandle* const family_;
  const rocksdb::Snapshot* const snapshot_;
};

[[noreturn]] void DieOfFailedSync(const rocksdb::Status& status) {
  std::fprintf(stderr,
               "store: the log could not be synced (%s); the process ends, so that nothing is acknowledged that the "
               "disk may not hold\n",
               status.ToString().c_str());
  std::abort();
}

}  // namespace

class RocksDbStore::Engine final {
 public:
  Engine(RocksDbOptions options, OpenRocksDb database)
      : options_(std::move(options)),
        database_(std::move(database)),
        check_log_every_(options_.write_buffer_bytes / 32),
        switch_log_at_(options_.write_buffer_bytes / 4 * 3) {}
  ~Engine() { Close(); }

  absl::Status Start();
  void Close();
  absl::StatusOr<Position> Commit(const Attempt& attempt, absl::FunctionRef<absl::Status(Transaction&)> body);
  absl::StatusOr<Position> View(const Attempt& attempt, absl::FunctionRef<absl::Status(Snapshot&)> body);
  void WhenDurable(Position position, std::function<void()> callback);
  absl::Status RenewIncarnation();

  std::string incarnation() const {
    std::lock_guard lock(incarnation_mutex_);
    return incarnation_;
  }
  const Limits& limits() const { return options_.limits; }
  const RocksDbRecovery& recovery() const { return recovery_; }

 private:
  absl::StatusOr<std::optional<std::string>> ReadMeta(const char* key);
  absl::Time NextNow();
  absl::StatusOr<Position> Write(const OverlayTransaction& transaction);
  void SwitchLogIfDue(std::size_t bytes_written);
  bool Sync();
  void SkipRefused();
  void SyncLoop();

  const RocksDbOptions options_;
  OpenRocksDb database_;
  RocksDbRecovery recovery_;

  std::shared_mutex open_mutex_;  // shared by every Commit and View while it runs; Close waits for them
  bool open_ = false;

  CommitLane lane_;
  const std::size_t check_log_every_;
  const std::size_t switch_log_at_;
  std::size_t bytes_since_check_ = 0;  // with the lane
  bool refused_ = false;               // with the lane: a write failed, and may have left half a record in the log

  // The position of the last commit that began to be written: set before the write, so that a View that takes
  // its snapshot first and reads this second covers all that the snapshot holds.
  std::atomic<std::uint64_t> begun_{0};

  std::mutex now_mutex_;
  absl::Time last_now_ = absl::InfinitePast();

  mutable std::mutex incarnation_mutex_;
  std::string incarnation_;

  std::mutex sync_mutex_;  // for all below; not held while a callback runs
  std::condition_variable sync_wanted_;
  Position finished_;  // every commit up to here is in the log, or failed
  Position durable_;
  Position refused_at_;  // the one write that was refused; 0: none
  bool lost_ = false;    // what is not durable by now will not be: the log has to be left alone
  std::multimap<Position, std::function<void()>> waiting_;
  bool closing_ = false;
  std::thread sync_thread_;
};

absl::StatusOr<std::optional<std::string>> RocksDbStore::Engine::ReadMeta(const char* key) {
  return DatabaseState(*database_.db, database_.meta, nullptr).Get(key);
}

absl::Status RocksDbStore::Engine::Start() {
  SPLW_ASSIGN_OR_RETURN(const std::optional<std::string> format, ReadMeta(kFormatKey));
  SPLW_ASSIGN_OR_RETURN(const std::optional<std::string> incarnation, ReadMeta(kIncarnationKey));
  SPLW_ASSIGN_OR_RETURN(const std::optional<std::string> last_commit, ReadMeta(kLastCommitKey));
  if (format.has_value() && *format != kFormat) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "the store in %s has format %s; this program knows format %s only", options_.path, *format, kFormat));
  }
  SPLW_ASSIGN_OR_RETURN(const std::optional<std::string> owner, ReadMeta(kOwnerKey));
  if (owner.has_value() && !options_.owner.empty() && *owner != options_.owner) {
    return absl::InvalidArgumentError(
        absl::StrFormat("the store in %s is that of %s, not of %s: is the folder the right one?", options_.path, *owner,
                        options_.owner));
  }
  if (last_commit.has_value()) {
    SPLW_ASSIGN_OR_RETURN(recovery_.last_commit, KeyReader(*last_commit).Instant());
    last_now_ = recovery_.last_commit + absl::Milliseconds(1);
  }
  recovery_.last_sequence = database_.db->GetLatestSequenceNumber();
  recovery_.wal_loss_accepted = database_.wal_loss_accepted;
  if (recovery_.wal_loss_accepted) {
    std::fprintf(stderr, "store: %s: the last write that was kept is number %llu, of %s; all later ones are lost\n",
                 options_.path.c_str(), static_cast<unsigned long long>(recovery_.last_sequence),
                 absl::FormatTime(recovery_.last_commit, absl::UTCTimeZone()).c_str());
  }
  if (incarnation.has_value() && !recovery_.wal_loss_accepted) {
    incarnation_ = *incarnation;
  } else {
    incarnation_ = ids::NewUlid(options_.clock->Now(), *options_.random);
  }
  // Synced, always: a disk that refuses is found now, and what recovery has read is durable before anybody
  // builds on it.
  rocksdb::WriteBatch batch;
  batch.Put(database_.meta, kFormatKey, kFormat);
  batch.Put(database_.meta, kIncarnationKey, incarnation_);
  if (!owner.has_value() && !options_.owner.empty()) batch.Put(database_.meta, kOwnerKey, options_.owner);
  rocksdb::WriteOptions synced;
  synced.sync = true;
  SPLW_RETURN_IF_ERROR(FromRocksDb(database_.db->Write(synced, &batch)));
  if (recovery_.wal_loss_accepted) SPLW_RETURN_IF_ERROR(ForgetWalLoss(options_));
  open_ = true;
  sync_thread_ = std::thread([this] { SyncLoop(); });
  return absl::OkStatus();
}

void RocksDbStore::Engine::Close() {
  {
    std::unique_lock open_lock(open_mutex_);
    if (!std::exchange(open_, false)) {
      CloseDatabase(database_);  // never started, or closed before
      return;
    }
  }
  {
    std::lock_guard lock(sync_mutex_);
    closing_ = true;
  }
  sync_wanted_.notify_all();
  sync_thread_.join();
  CloseDatabase(database_);
}

absl::Time RocksDbStore::Engine::NextNow() {
  // Whole microseconds: what a key or a record can hold, so that an instant read back is the one that was
  // written.
  const absl::Time now = absl::FromUnixMicros(absl::ToUnixMicros(options_.clock->Now()));
  std::lock_guard lock(now_mutex_);
  last_now_ = std::max(last_now_, now);
  return last_now_;
}

absl::StatusOr<Position> RocksDbStore::Engine::Commit(const Attempt& attempt,
                                                      absl::FunctionRef<absl::Status(Transaction&)> body) {
  const absl::Time started = options_.clock->Now();
  std::shared_lock open_lock(open_mutex_);
  if (!open_) return absl::UnavailableError("the store is closed");
  absl::StatusOr<Position> maybe_position = absl::InternalError("no position");
  {
    if (!lane_.Enter(*options_.clock, attempt.deadline)) return DeadlinePassed(attempt);
    LaneHold hold(lane_);
    DatabaseState state(*database_.db, database_.data, nullptr);
    OverlayTransaction transaction(state, options_.limits, NextNow());
    if (absl::Status status = RunBody(body, transaction); !status.ok()) return status;
    if (options_.clock->Now() >= attempt.deadline) return DeadlinePassed(attempt);
    if (transaction.writes().empty()) return Position{begun_.load()};
    if (refused_) return absl::UnavailableError("the disk refused a write before; the process must start again");
    maybe_position = Write(transaction);
  }
  if (maybe_position.ok() && options_.hooks.on_commit) {
    options_.hooks.on_commit(attempt.label, options_.clock->Now() - started);
  }
  return maybe_position;
}

absl::StatusOr<Position> RocksDbStore::Engine::Write(const OverlayTransaction& transaction) {
  rocksdb::WriteBatch batch;
  for (const auto& [key, value] : transaction.writes()) {
    if (value.has_value()) {
      batch.Put(database_.data, key, *value);
    } else {
      batch.Delete(database_.data, key);
    }
  }
  batch.Put(database_.meta, kLastCommitKey, KeyBuilder().Instant(transaction.Now()).str());

  const Position position{begun_.load() + 1};
  begun_.store(position.value);
  rocksdb::WriteOptions unsynced;
  unsynced.sync = false;
  const rocksdb::Status status = database_.db->Write(unsynced, &batch);
  bool awaited = false;
  {
    std::lock_guard lock(sync_mutex_);
    // Of a write that failed too: a View may have been told of this position, and must not wait for ever.
    finished_ = position;
    if (!status.ok()) refused_at_ = position;
    SkipRefused();
    awaited = !waiting_.empty();
  }
  if (awaited) sync_wanted_.notify_one();
  if (!status.ok()) {
    refused_ = true;
    return absl::UnknownError(
        absl::StrFormat("the disk refused the write, which may or may not be in the log: %s", status.ToString()));
  }
  SwitchLogIfDue(batch.GetDataSize());
  return position;
}

void RocksDbStore::Engine::SwitchLogIfDue(std::size_t bytes_written) {
  bytes_since_check_ += bytes_written;
  if (bytes_since_check_ < check_log_every_) return;
  bytes_since_check_ = 0;
  std::uint64_t in_memory = 0;
  for (rocksdb::ColumnFamilyHandle* family : {database_.data, database_.meta}) {
    std::uint64_t bytes = 0;
    if (database_.db->GetIntProperty(family, rocksdb::DB::Properties::kCurSizeActiveMemTable, &bytes)) {
      in_memory += bytes;
    }
  }
  if (in_memory < switch_log_at_) return;
  // Left alone, RocksDB begins a new log while the tail of the old one is not yet synced; a power loss could
  // then keep a commit in the new log and lose one before it in the old. So we make it begin one here, with
  // the lane held and the old log synced. It never comes to the full write buffer that makes it begin one by
  // itself.
  if (!Sync()) return;
  rocksdb::FlushOptions flush;
  flush.wait = false;
  flush.allow_write_stall = true;
  // An error here is a background error: the listener has told, and the next write will fail.
  database_.db->Flush(flush, {database_.data, database_.meta}).PermitUncheckedError();
}

absl::StatusOr<Position> RocksDbStore::Engine::View(const Attempt& attempt,
                                                    absl::FunctionRef<absl::Status(Snapshot&)> body) {
  std::shared_lock open_lock(open_mutex_);
  if (!open_) return absl::UnavailableError("the store is closed");
  if (options_.clock->Now() >= attempt.deadline) return DeadlinePassed(attempt);
  rocksdb::ManagedSnapshot held(database_.db.get());
  // In this order: see begun_. It may name a commit that the snapshot does not hold; that only makes a reader
  // wait longer.
  const Position position{begun_.load()};
  DatabaseState state(*database_.db, database_.data, held.snapshot());
  PlainSnapshot snapshot(state, options_.limits, NextNow());
  if (absl::Status status = RunBody(body, snapshot); !status.ok()) return status;
  return position;
}

void RocksDbStore::Engine::WhenDurable(Position position, std::function<void()> callback) {
  {
    std::lock_guard lock(sync_mutex_);
    if (position > durable_) {
      if (lost_) return;
      waiting_.emplace(position, std::move(callback));
      sync_wanted_.notify_one();
      return;
    }
  }
  callback();
}

// False: the log refused a write, and nothing can be synced any more.
bool RocksDbStore::Engine::Sync() {
  if (!database_.log_guard->BeginSync()) return false;
  if (const rocksdb::Status status = database_.db->SyncWAL(); !status.ok()) DieOfFailedSync(status);
  database_.log_guard->EndSync();
  return true;
}

// With sync_mutex_. Nothing of a refused write is seen, so it is as good as durable once all before it is.
void RocksDbStore::Engine::SkipRefused() {
  if (refused_at_.value == durable_.value + 1) durable_ = refused_at_;
}

void RocksDbStore::Engine::SyncLoop() {
  std::unique_lock lock(sync_mutex_);
  while (true) {
    const auto work = [this] { return !waiting_.empty() && waiting_.begin()->first <= finished_; };
    sync_wanted_.wait(lock, [&] { return closing_ || work(); });
    const bool last = closing_ && !work();
    const Position target = finished_;
    const bool behind = durable_ < target;
    lock.unlock();
    const absl::Time started = options_.clock->Now();
    const bool synced = behind && Sync();
    const absl::Duration took = options_.clock->Now() - started;
    lock.lock();
    if (synced) durable_ = target;
    SkipRefused();
    if (behind && !synced) lost_ = true;
    std::vector<std::function<void()>> group;
    const auto end = waiting_.upper_bound(durable_);
    for (auto at = waiting_.begin(); at != end; ++at) group.push_back(std::move(at->second));
    waiting_.erase(waiting_.begin(), end);
    // Let go uncalled: whoever waits must not be told that it is durable, nor wait until the process has ended.
    std::multimap<Position, std::function<void()>> dropped;
    if (lost_) dropped.swap(waiting_);
    if (last && group.empty() && dropped.empty()) return;
    lock.unlock();
    if (synced && options_.hooks.on_sync) options_.hooks.on_sync(took, group.size());
    for (const std::function<void()>& callback : group) callback();
    group.clear();  // what the callbacks hold is let go while the mutex is free
    dropped.clear();
    lock.lock();
  }
}

absl::Status RocksDbStore::Engine::RenewIncarnation() {
  std::shared_lock open_lock(open_mutex_);
  if (!open_) return absl::UnavailableError("the store is closed");
  const std::string renewed = ids::NewUlid(options_.clock->Now(), *options_.random);
  lane_.Enter(*options_.clock, absl::InfiniteFuture());
  LaneHold hold(lane_);
  rocksdb::WriteOptions synced;
  synced.sync = true;
  const rocksdb::Status status = database_.db->Put(synced, database_.meta, kIncarnationKey, renewed);
  if (!status.ok()) {
    refused_ = true;
    return FromRocksDb(status);
  }
  std::lock_guard lock(incarnation_mutex_);
  incarnation_ = renewed;
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<RocksDbStore>> RocksDbStore::Open(RocksDbOptions options) {
  if (options.clock == nullptr || options.random == nullptr || options.path.empty()) {
    return absl::InvalidArgumentError("a store needs a path, a clock and a source of randomness");
  }
  SPLW_ASSIGN_OR_RETURN(OpenRocksDb database, OpenDatabase(options));
  auto engine = std::make_unique<Engine>(std::move(options), std::move(database));
  SPLW_RETURN_IF_ERROR(engine->Start());
  return std::unique_ptr<RocksDbStore>(new RocksDbStore(std::move(engine)));
}

RocksDbStore::RocksDbStore(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}
RocksDbStore::~RocksDbStore() = default;

absl::StatusOr<Position> RocksDbStore::Commit(const Attempt& attempt,
                                              absl::FunctionRef<absl::Status(Transaction&)> body) {
  return engine_->Commit(attempt, body);
}
absl::StatusOr<Position> RocksDbStore::View(const Attempt& attempt, absl::FunctionRef<absl::Status(Snapshot&)> body) {
  return engine_->View(attempt, body);
}
void RocksDbStore::WhenDurable(Position position, std::function<void()> callback) {
  engine_->WhenDurable(position, std::move(callback));
}
Limits RocksDbStore::limits() const {
  return engine_->limits();
}
void RocksDbStore::Close() {
  engine_->Close();
}
std::string RocksDbStore::incarnation() const {
  return engine_->incarnation();
}
absl::Status RocksDbStore::RenewIncarnation() {
  return engine_->RenewIncarnation();
}
const RocksDbRecovery& RocksDbStore::recovery() const {
  return engine_->recovery();
}

}  // namespace splw::store
