#include "tests/simulation/disk.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "common/text/status_macros.h"

namespace splw::simulation {
namespace {

constexpr std::size_t kCopyPage = 5'000;
// The table that a key is of, and whether it is a record of it (or an index entry).
struct KeyKind {
  std::string_view table;  // of the key's own bytes
  bool record = false;
};

KeyKind KindOf(std::string_view key) {
  store::TakeText(key);  // the network
  const std::string_view table = store::TakeText(key).value_or("");
  return {table, store::TakeText(key) == store::kRecordMark};
}

// Passes a transaction on, notes what it writes, and leaves out what a planted fault leaves out.
class NotingTransaction final : public store::Transaction {
 public:
  NotingTransaction(store::Transaction& inner, Plant plant, std::uint64_t number)
      : inner_(inner), plant_(plant), number_(number) {}

  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) override { return inner_.Get(key); }
  absl::StatusOr<std::vector<store::Entry>> Scan(const store::KeyRange& range, const store::ScanLimit& limit) override {
    return inner_.Scan(range, limit);
  }
  absl::Time Now() const override { return inner_.Now(); }

  void Put(std::string key, std::string value) override {
    const KeyKind kind = KindOf(key);
    if (LeavesOut(kind)) return;
    if (kind.record) Note(key, kind, value);
    inner_.Put(std::move(key), std::move(value));
  }
  void Erase(std::string key) override {
    const KeyKind kind = KindOf(key);
    if (kind.record) Note(key, kind, std::nullopt);
    inner_.Erase(std::move(key));
  }

  std::vector<Write> TakeWrites() {
    std::vector<Write> writes;
    for (auto& [key, write] : writes_) writes.push_back(std::move(write));
    return writes;
  }

 private:
  // One commit in so many: a fault that strikes at every commit would prove little.
  static constexpr std::uint64_t kOneIn = 7;

  bool LeavesOut(const KeyKind& kind) const {
    if (plant_ == Plant::kNone || number_ % kOneIn != 0) return false;
    switch (plant_) {
      case Plant::kForgetWatermark:
        return kind.record && kind.table == "watermark";
      case Plant::kSkipIndex:
        return !kind.record;
      case Plant::kForgetRequest:
        return kind.record && kind.table == "request";
      case Plant::kSkipAudit:
        return kind.record && kind.table == "audit";
      case Plant::kLoseOutboxRow:
        return kind.record && kind.table == "outbox";
      default:
        return false;
    }
  }

  void Note(std::string_view key, const KeyKind& kind, std::optional<std::string> after) {
    const auto [at, is_new] = writes_.try_emplace(std::string(key));
    if (is_new) {
      at->second.key = at->first;
      at->second.table = std::string(kind.table);
      absl::StatusOr<std::optional<std::string>> maybe_before = inner_.Get(key);
      if (maybe_before.ok()) at->second.before = *std::move(maybe_before);
    }
    at->second.after = std::move(after);
  }

  store::Transaction& inner_;
  const Plant plant_;
  const std::uint64_t number_;
  std::map<std::string, Write> writes_;
};

// The memory engine refuses only what breaks its limits, and a copy of its own content does not.
void MustSucceed(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "simulation: the disk cannot be copied: %s\n", status.ToString().c_str());
  std::abort();
}

}  // namespace

Disk::Disk(const time::Clock& clock, Plant plant, OnCommit on_commit)
    : clock_(clock),
      plant_(plant),
      on_commit_(std::move(on_commit)),
      engine_(std::make_unique<store::MemoryStore>(clock_,
                                                   store::MemoryStoreOptions{.automatic_sync = false, .limits = {}})) {}

absl::StatusOr<store::Position> Disk::Commit(const store::Attempt& attempt,
                                             absl::FunctionRef<absl::Status(store::Transaction&)> body) {
  std::vector<Write> writes;
  const auto noting = [&](store::Transaction& inner) -> absl::Status {
    NotingTransaction transaction(inner, plant_, commits_);
    SPLW_RETURN_IF_ERROR(body(transaction));
    writes = transaction.TakeWrites();
    return absl::OkStatus();
  };
  SPLW_ASSIGN_OR_RETURN(const store::Position position, engine_->Commit(attempt, noting));
  if (!writes.empty()) {
    ++commits_;
    if (syncs_always_) durable_commits_ = commits_;
    last_writes_ = std::move(writes);
    on_commit_(last_writes_);
  }
  if (std::exchange(forget_answer_, false)) return absl::UnknownError("the answer was lost on command");
  return position;
}

void Disk::WhenDurable(store::Position position, std::function<void()> callback) {
  if (plant_ == Plant::kReplyBeforeSync) {
    callback();
    return;
  }
  engine_->WhenDurable(position, std::move(callback));
}

void Disk::Sync() {
  durable_commits_ = commits_;
  engine_->Sync();
}

void Disk::SyncAlways() {
  syncs_always_ = true;
  durable_commits_ = commits_;
  engine_->SetAutomaticSync(true);
}

void Disk::Crash() {
  engine_->Crash();
  commits_ = durable_commits_;
}

absl::Time Disk::StoreNow() {
  absl::Time now;
  const auto look = [&now](store::Snapshot& snapshot) {
    now = snapshot.Now();
    return absl::OkStatus();
  };
  MustSucceed(engine_->View({}, look).status());
  return now;
}

Backup Disk::Copy() {
  Sync();
  Backup backup;
  const auto copy = [&](store::Snapshot& snapshot) -> absl::Status {
    std::string from;
    while (true) {
      SPLW_ASSIGN_OR_RETURN(std::vector<store::Entry> page,
                            snapshot.Scan({from, ""}, {.max_entries = kCopyPage, .order = store::Order::kAscending}));
      const bool last = page.size() < kCopyPage;
      if (!last) from = page.back().key + '\0';
      for (store::Entry& entry : page) backup.entries.push_back(std::move(entry));
      if (last) return absl::OkStatus();
    }
  };
  MustSucceed(engine_->View({}, copy).status());
  backup.commits = commits_;
  backup.time = StoreNow();
  return backup;
}

void Disk::Replace(const Backup& backup) {
  engine_->Crash();                                       // nobody who waits is told of what is replaced
  clock_.earliest = backup.time + absl::Milliseconds(1);  // as of every store that is opened (common/store/store.h)
  engine_ =
      std::make_unique<store::MemoryStore>(clock_, store::MemoryStoreOptions{.automatic_sync = false, .limits = {}});
  const auto restore = [&](store::Transaction& txn) -> absl::Status {
    for (const store::Entry& entry : backup.entries) txn.Put(entry.key, entry.value);
    return absl::OkStatus();
  };
  MustSucceed(engine_->Commit({}, restore).status());
  engine_->Sync();
  commits_ = durable_commits_ = backup.commits;
}

}  // namespace splw::simulation
