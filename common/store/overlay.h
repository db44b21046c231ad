// What the engines have in common: a body's own writes laid over what is committed, read together as one
// state, and the limits checked once for all of them. An engine gives the committed state; it takes the
// writes.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/functional/function_ref.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "common/store/store.h"

namespace splw::store {

// A walk through the entries of one range in one order.
class EntryWalk {
 public:
  virtual ~EntryWalk() = default;
  virtual bool Valid() const = 0;            // false at the end, and after an error
  virtual std::string_view key() const = 0;  // until Next; only while Valid
  virtual std::string_view value() const = 0;
  virtual void Next() = 0;
  virtual absl::Status status() const = 0;  // to be asked when the walk is over
};

// One committed state, as an engine holds it.
class CommittedState {
 public:
  virtual ~CommittedState() = default;
  virtual absl::StatusOr<std::optional<std::string>> Get(std::string_view key) = 0;
  virtual std::unique_ptr<EntryWalk> Walk(const KeyRange& range, Order order) = 0;
};

// A committed state and nothing over it.
class PlainSnapshot final : public Snapshot {
 public:
  PlainSnapshot(CommittedState& state, const Limits& limits, absl::Time now)
      : state_(state), limits_(limits), now_(now) {}

  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) override { return state_.Get(key); }
  absl::StatusOr<std::vector<Entry>> Scan(const KeyRange& range, const ScanLimit& limit) override;
  absl::Time Now() const override { return now_; }

 private:
  CommittedState& state_;
  const Limits limits_;
  const absl::Time now_;
};

// A body's writes by key: a value to put, or nullopt to erase.
using Writes = std::map<std::string, std::optional<std::string>, std::less<>>;

class OverlayTransaction final : public Transaction {
 public:
  OverlayTransaction(CommittedState& state, const Limits& limits, absl::Time now)
      : state_(state), limits_(limits), now_(now) {}

  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) override;
  absl::StatusOr<std::vector<Entry>> Scan(const KeyRange& range, const ScanLimit& limit) override;
  absl::Time Now() const override { return now_; }
  void Put(std::string key, std::string value) override;
  void Erase(std::string key) override;

  const Writes& writes() const { return writes_; }
  // The first mistake of the body, or the first read that failed under it: either way its writes must not be
  // applied.
  const absl::Status& mistake() const { return mistake_; }

 private:
  bool Accept(std::string_view key, std::size_t value_bytes);
  void Remember(absl::Status status);

  CommittedState& state_;
  const Limits limits_;
  const absl::Time now_;
  Writes writes_;
  std::size_t bytes_ = 0;
  absl::Status mistake_;
};

// Runs a body. INTERNAL if it throws: no exception passes an engine.
absl::Status RunBody(absl::FunctionRef<absl::Status(Transaction&)> body, OverlayTransaction& transaction);
absl::Status RunBody(absl::FunctionRef<absl::Status(Snapshot&)> body, PlainSnapshot& snapshot);

// DEADLINE_EXCEEDED, with words that fit every engine.
absl::Status DeadlinePassed(const Attempt& attempt);

}  // namespace splw::store
