// A service's disk: the memory engine, with what a run of the simulation needs around it. It notes what every commit
// wrote, so that invariants look at what changed and not at everything; it loses power, conflicts and forgets answers
// on command; and it can be copied and put back, as an operator does with a backup.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/functional/function_ref.h>
#include <absl/status/statusor.h>

#include "common/store/memory_store.h"
#include "common/store/store.h"
#include "common/time/clock.h"
#include "tests/simulation/plant.h"

namespace splw::simulation {

// A record that a commit wrote: as it was before that commit and as it is after it. Index entries are not here.
struct Write {
  std::string key;
  std::string table;
  std::optional<std::string> before;  // nullopt: there was none
  std::optional<std::string> after;   // nullopt: it was erased
};

struct Backup {
  std::vector<store::Entry> entries;
  std::uint64_t commits = 0;  // how many it holds
  absl::Time time;            // the store's, when it was taken
};

class Disk final : public store::Store {
 public:
  using OnCommit = std::function<void(const std::vector<Write>&)>;

  // `clock` must outlive it. `on_commit` is called after each commit that wrote records.
  Disk(const time::Clock& clock, Plant plant, OnCommit on_commit);

  absl::StatusOr<store::Position> Commit(const store::Attempt& attempt,
                                         absl::FunctionRef<absl::Status(store::Transaction&)> body) override;
  absl::StatusOr<store::Position> View(const store::Attempt& attempt,
                                       absl::FunctionRef<absl::Status(store::Snapshot&)> body) override {
    return engine_->View(attempt, body);
  }
  void WhenDurable(store::Position position, std::function<void()> callback) override;
  store::Limits limits() const override { return engine_->limits(); }

  void Sync();
  // From now on every commit is durable when it returns.
  void SyncAlways();
  bool IsDurable(store::Position position) const { return position <= engine_->durable(); }
  // The power fails: what was not synced is gone.
  void Crash();
  void RerunNext(int count) { engine_->RerunNext(count); }
  void AbortNext(int count) { engine_->AbortNext(count); }
  // The next Commit is applied, and answers UNKNOWN.
  void ForgetNextAnswer() { forget_answer_ = true; }

  // The store's time, which never goes back.
  absl::Time StoreNow();

  // Syncs, and copies everything.
  Backup Copy();
  // The backup takes the place of everything on it; positions start anew, and callbacks that wait are never called.
  void Replace(const Backup& backup);

  // The number of the last commit that wrote something. A crash and a restore take it back.
  std::uint64_t commits() const { return commits_; }
  // What the last of them wrote.
  const std::vector<Write>& last_writes() const { return last_writes_; }

 private:
  // A clock that shows nothing before what is already on the disk.
  struct DiskClock final : time::Clock {
    explicit DiskClock(const time::Clock& machine) : machine_clock(machine) {}
    absl::Time Now() const override { return std::max(machine_clock.Now(), earliest); }
    const time::Clock& machine_clock;
    absl::Time earliest = absl::InfinitePast();
  };

  DiskClock clock_;
  const Plant plant_;
  const OnCommit on_commit_;
  std::unique_ptr<store::MemoryStore> engine_;
  bool forget_answer_ = false;
  bool syncs_always_ = false;
  std::uint64_t commits_ = 0;
  std::uint64_t durable_commits_ = 0;
  std::vector<Write> last_writes_;
};

}  // namespace splw::simulation
