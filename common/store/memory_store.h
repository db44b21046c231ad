// The engine for tests and simulation: a map in memory that does on command what disks and databases do at
// random. With one thread it is deterministic: nothing happens but in the calls below.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <absl/functional/function_ref.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "common/store/commit_lane.h"
#include "common/store/store.h"
#include "common/time/clock.h"

namespace splw::store {

class OverlayTransaction;

struct MemoryStoreOptions {
  // True: every commit is durable when Commit returns. False: only when Sync was called.
  bool automatic_sync = true;
  Limits limits;
};

// Thread-safe. `clock` must outlive it. A View holds up commits while its body runs.
class MemoryStore final : public Store {
 public:
  explicit MemoryStore(const time::Clock& clock, MemoryStoreOptions options = {});
  // Makes everything durable: callbacks that wait are called.
  ~MemoryStore() override;

  absl::StatusOr<Position> Commit(const Attempt& attempt, absl::FunctionRef<absl::Status(Transaction&)> body) override;
  absl::StatusOr<Position> View(const Attempt& attempt, absl::FunctionRef<absl::Status(Snapshot&)> body) override;
  void WhenDurable(Position position, std::function<void()> callback) override;
  Limits limits() const override { return limits_; }

  // Makes everything that is committed durable and calls those who wait for it, in this thread.
  void Sync();

  // From now on; turning it on syncs.
  void SetAutomaticSync(bool automatic);

  // The power fails: what is not durable is gone, and with it every callback that waits. As after a new
  // start, positions go on from the last durable one; nobody who lived before the crash may use a position
  // again.
  void Crash();

  // The next `count` bodies that end well are thrown away and run again, as after a conflict.
  void RerunNext(int count);

  // The next `count` Commits give up with ABORTED, their bodies run and thrown away.
  void AbortNext(int count);

  Position committed() const;
  Position durable() const;
  // How many callbacks wait for their position to be durable.
  std::size_t waiting() const;

 private:
  struct Undo {
    Position position;
    std::string key;
    std::optional<std::string> value;  // what the key held before that commit
  };

  absl::Time NextNow();
  Position Apply(const OverlayTransaction& transaction);
  void CallReady();

  const time::Clock& clock_;
  const Limits limits_;

  CommitLane lane_;  // held for: data_, undo_
  std::map<std::string, std::string, std::less<>> data_;
  std::deque<Undo> undo_;  // oldest first; what is not durable only

  mutable std::mutex mutex_;  // for all below; never held when a body or callback runs
  Position committed_;
  Position durable_;
  absl::Time last_now_ = absl::InfinitePast();
  absl::Time durable_now_ = absl::InfinitePast();
  std::multimap<Position, std::function<void()>> waiting_;
  std::deque<std::function<void()>> ready_;
  bool calling_ = false;
  bool automatic_sync_;
  int reruns_ = 0;
  int aborts_ = 0;
};

}  // namespace splw::store
