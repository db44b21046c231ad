// The store: an ordered map from bytes to bytes with strictly serializable transactions.
//
// What it promises, whichever engine is behind it (common/store/conformance.h checks each line):
//  - Commit and View are strictly serializable with each other: there is one order of all of them that agrees
//  with
//    real time, and each sees just what those before it wrote. That includes the keys that a Scan did not
//    find.
//  - A body sees its own writes. Nothing of a body that returned an error, or that threw the outcome away, is
//  ever seen.
//  - Commit returns before its writes are durable. WhenDurable tells when they are. A View's position covers
//    everything the View has seen, so that a reader who waits for it never tells of what a crash can take
//    back.
//  - After a crash the store holds a prefix of the order of commits, and that prefix holds every durable
//  position.
//
// What it does not promise:
//  - that a body runs once: it may run again, and must set its results anew each time;
//  - that an error leaves a trace: an aborted Commit wrote nothing;
//  - fairness, or that a body that takes long holds up nobody: bodies do no I/O, take no locks, read no clock
//  but Now().
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/functional/function_ref.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

namespace splw::store {

// A point in the order of commits of one store since it was opened. Comparable within that one opening only.
struct Position {
  std::uint64_t value = 0;
  friend bool operator==(const Position&, const Position&) = default;
  // clang-tidy 14 takes the 0 that `a < b` is rewritten with for a null pointer.
  friend auto operator<=>(const Position&, const Position&) = default;  // NOLINT(modernize-use-nullptr)
};

struct Entry {
  std::string key;
  std::string value;
  friend bool operator==(const Entry&, const Entry&) = default;
};

// The keys k with begin <= k < end, in the order of unsigned bytes. An empty `end` means: to the end of the
// store.
struct KeyRange {
  std::string begin;
  std::string end;
};

enum class Order { kAscending, kDescending };

struct ScanLimit {
  std::size_t max_entries = 1000;  // at most Limits::max_scan_entries
  Order order = Order::kAscending;
};

// Larger is refused with INVALID_ARGUMENT, and the transaction aborts.
struct Limits {
  std::size_t max_key_bytes = 1024;
  std::size_t max_value_bytes = 1 << 20;
  std::size_t max_transaction_bytes = 8 << 20;  // keys and values put or erased, summed
  std::size_t max_scan_entries = 10'000;
};

// Who tries, and for how long.
struct Attempt {
  absl::Time deadline = absl::InfiniteFuture();  // past it: DEADLINE_EXCEEDED, nothing written
  const char* label = "";                        // for metrics: a literal, one of few
};

// One consistent state. Valid only inside the body that it was given to; one thread.
class Snapshot {
 public:
  virtual ~Snapshot() = default;

  // The value at `key`, or nullopt if there is none.
  virtual absl::StatusOr<std::optional<std::string>> Get(std::string_view key) = 0;

  // The first `limit.max_entries` entries of `range` in `limit.order`.
  virtual absl::StatusOr<std::vector<Entry>> Scan(const KeyRange& range, const ScanLimit& limit) = 0;

  // The store's time of this transaction: the same for the whole body, never earlier than that of a commit
  // before it, and at least a millisecond later than that of every commit before the store was opened: what is named by
  // the millisecond sorts after what was named by a process before.
  virtual absl::Time Now() const = 0;
};

class Transaction : public Snapshot {
 public:
  // A mistake (a limit passed) is remembered: Commit will return it, whatever the body says.
  virtual void Put(std::string key, std::string value) = 0;
  virtual void Erase(std::string key) = 0;  // of a key that is not there: no effect
};

// Thread-safe. Owned by the process that opened it; must outlive every callback it was given.
class Store {
 public:
  virtual ~Store() = default;

  // Runs `body` and applies its writes, all or none. If the body returns an error, nothing is written and
  // that error is returned. ABORTED, DEADLINE_EXCEEDED: nothing was written. UNKNOWN: it may have been
  // (remote engines only); the same request_id settles it. A body that wrote nothing commits like a View.
  virtual absl::StatusOr<Position> Commit(const Attempt& attempt,
                                          absl::FunctionRef<absl::Status(Transaction&)> body) = 0;

  // Runs `body` over one state. The position covers all that was seen.
  virtual absl::StatusOr<Position> View(const Attempt& attempt, absl::FunctionRef<absl::Status(Snapshot&)> body) = 0;

  // Calls back once when everything up to `position` is durable: at once, in this thread, if it already is;
  // otherwise from a thread of the store. Callbacks must be short and must not block, and come in the order
  // of their positions. A store that closes first makes everything durable. An engine that can no longer make
  // it durable ends the process, or destroys the callback uncalled and takes no more writes.
  virtual void WhenDurable(Position position, std::function<void()> callback) = 0;

  virtual Limits limits() const = 0;
};

// Calls `deliver` when `position` is durable, or `lost` when the store lets go of the callback uncalled: it will never be. One of
// the two, once; both as WhenDurable's callback.
void WhenDurableOrLost(Store& store, Position position, std::function<void()> deliver, std::function<void()> lost);

// Blocks until `position` is durable; false: the store can no longer make it so. For tests, tools and threads of one's
// own; never in a handler.
bool WaitDurable(Store& store, Position position);

}  // namespace splw::store
