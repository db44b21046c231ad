#include "common/store/memory_store.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <string_view>
#include <utility>

#include "common/store/overlay.h"

namespace splw::store {
namespace {

using Data = std::map<std::string, std::string, std::less<>>;

template <typename Iterator>
class MapWalk final : public EntryWalk {
 public:
  MapWalk(Iterator begin, Iterator end) : at_(begin), end_(end) {}
  bool Valid() const override { return at_ != end_; }
  std::string_view key() const override { return at_->first; }
  std::string_view value() const override { return at_->second; }
  void Next() override { ++at_; }
  absl::Status status() const override { return absl::OkStatus(); }

 private:
  Iterator at_;
  Iterator end_;
};

class MapState final : public CommittedState {
 public:
  explicit MapState(const Data& data) : data_(data) {}

  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) override {
    const auto found = data_.find(key);
    if (found == data_.end()) return std::optional<std::string>();
    return std::optional<std::string>(found->second);
  }

  std::unique_ptr<EntryWalk> Walk(const KeyRange& range, Order order) override {
    const auto begin = data_.lower_bound(range.begin);
    const auto end = range.end.empty() ? data_.end() : data_.lower_bound(range.end);
    if (order == Order::kAscending) return std::make_unique<MapWalk<Data::const_iterator>>(begin, end);
    return std::make_unique<MapWalk<Data::const_reverse_iterator>>(std::make_reverse_iterator(end),
                                                                   std::make_reverse_iterator(begin));
  }

 private:
  const Data& data_;
};

// Takes one of a number of commanded faults, if one is left.
bool Take(int& count) {
  if (count == 0) return false;
  --count;
  return true;
}

}  // namespace

MemoryStore::MemoryStore(const time::Clock& clock, MemoryStoreOptions options)
    : clock_(clock), limits_(options.limits), automatic_sync_(options.automatic_sync) {}

MemoryStore::~MemoryStore() {
  Sync();
}

absl::Time MemoryStore::NextNow() {
  // Whole microseconds: what a key or a record can hold, so that an instant read back is the one that was
  // written.
  const absl::Time now = absl::FromUnixMicros(absl::ToUnixMicros(clock_.Now()));
  std::lock_guard lock(mutex_);
  last_now_ = std::max(last_now_, now);
  return last_now_;
}

absl::StatusOr<Position> MemoryStore::Commit(const Attempt& attempt,
                                             absl::FunctionRef<absl::Status(Transaction&)> body) {
  if (!lane_.Enter(clock_, attempt.deadline)) return DeadlinePassed(attempt);
  LaneHold hold(lane_);
  while (true) {
    MapState state(data_);
    OverlayTransaction transaction(state, limits_, NextNow());
    if (absl::Status status = RunBody(body, transaction); !status.ok()) return status;
    if (clock_.Now() >= attempt.deadline) return DeadlinePassed(attempt);
    {
      std::lock_guard lock(mutex_);
      if (Take(reruns_)) continue;
      if (Take(aborts_)) return absl::AbortedError("a conflict on command; nothing was written");
    }
    return Apply(transaction);
  }
}

Position MemoryStore::Apply(const OverlayTransaction& transaction) {
  std::unique_lock lock(mutex_);
  if (transaction.writes().empty()) return committed_;
  const Position position{committed_.value + 1};
  for (const auto& [key, value] : transaction.writes()) {
    const auto found = data_.find(key);
    if (!automatic_sync_) {
      undo_.push_back({position, key, found == data_.end() ? std::nullopt : std::optional(found->second)});
    }
    if (value.has_value()) {
      data_.insert_or_assign(key, *value);
    } else if (found != data_.end()) {
      data_.erase(found);
    }
  }
  committed_ = position;
  if (automatic_sync_) {
    durable_ = committed_;
    durable_now_ = transaction.Now();
  }
  return position;
}

absl::StatusOr<Position> MemoryStore::View(const Attempt& attempt, absl::FunctionRef<absl::Status(Snapshot&)> body) {
  if (!lane_.Enter(clock_, attempt.deadline)) return DeadlinePassed(attempt);
  LaneHold hold(lane_);
  MapState state(data_);
  PlainSnapshot snapshot(state, limits_, NextNow());
  if (absl::Status status = RunBody(body, snapshot); !status.ok()) return status;
  return committed();
}

void MemoryStore::WhenDurable(Position position, std::function<void()> callback) {
  {
    std::lock_guard lock(mutex_);
    if (position > durable_) {
      waiting_.emplace(position, std::move(callback));
      return;
    }
  }
  callback();
}

void MemoryStore::Sync() {
  lane_.Enter(clock_, absl::InfiniteFuture());
  {
    LaneHold hold(lane_);
    std::lock_guard lock(mutex_);
    undo_.clear();
    durable_ = committed_;
    durable_now_ = last_now_;
    const auto end = waiting_.upper_bound(durable_);
    for (auto at = waiting_.begin(); at != end; ++at) ready_.push_back(std::move(at->second));
    waiting_.erase(waiting_.begin(), end);
  }
  CallReady();
}

void MemoryStore::SetAutomaticSync(bool automatic) {
  {
    std::lock_guard lock(mutex_);
    automatic_sync_ = automatic;
  }
  if (automatic) Sync();
}

void MemoryStore::CallReady() {
  std::unique_lock lock(mutex_);
  if (calling_) return;  // whoever calls goes on until none is left: their order stays that of their positions
  calling_ = true;
  while (!ready_.empty()) {
    std::function<void()> callback = std::move(ready_.front());
    ready_.pop_front();
    lock.unlock();
    callback();
    callback = nullptr;  // what it holds is let go while the mutex is free
    lock.lock();
  }
  calling_ = false;
}

void MemoryStore::Crash() {
  lane_.Enter(clock_, absl::InfiniteFuture());
  LaneHold hold(lane_);
  std::multimap<Position, std::function<void()>> dropped;  // destroyed when the mutex is free again
  std::lock_guard lock(mutex_);
  for (auto undo = undo_.rbegin(); undo != undo_.rend(); ++undo) {
    if (undo->value.has_value()) {
      data_.insert_or_assign(undo->key, std::move(*undo->value));
    } else {
      data_.erase(undo->key);
    }
  }
  undo_.clear();
  committed_ = durable_;
  last_now_ = durable_now_ + absl::Milliseconds(1);
  dropped.swap(waiting_);
}

void MemoryStore::RerunNext(int count) {
  std::lock_guard lock(mutex_);
  reruns_ += count;
}

void MemoryStore::AbortNext(int count) {
  std::lock_guard lock(mutex_);
  aborts_ += count;
}

Position MemoryStore::committed() const {
  std::lock_guard lock(mutex_);
  return committed_;
}

Position MemoryStore::durable() const {
  std::lock_guard lock(mutex_);
  return durable_;
}

std::size_t MemoryStore::waiting() const {
  std::lock_guard lock(mutex_);
  return waiting_.size();
}

}  // namespace splw::store
