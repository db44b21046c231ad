#include "common/store/overlay.h"

#include <exception>
#include <iterator>
#include <typeinfo>
#include <utility>

#include <absl/strings/str_format.h>

namespace splw::store {
namespace {

// Two walks in the same order become one; where both have a key, the body's own write wins.
template <typename WriteIterator, typename Before>
absl::StatusOr<std::vector<Entry>> Merge(EntryWalk& walk, WriteIterator own, WriteIterator own_end,
                                         std::size_t max_entries, Before before) {
  std::vector<Entry> entries;
  while (entries.size() < max_entries && (walk.Valid() || own != own_end)) {
    if (own == own_end || (walk.Valid() && before(walk.key(), std::string_view(own->first)))) {
      entries.push_back({std::string(walk.key()), std::string(walk.value())});
      walk.Next();
      continue;
    }
    if (walk.Valid() && walk.key() == own->first) walk.Next();
    if (own->second.has_value()) entries.push_back({own->first, *own->second});
    ++own;
  }
  // A walk that failed looks like one that ended.
  if (absl::Status status = walk.status(); !status.ok()) return status;
  return entries;
}

absl::StatusOr<std::vector<Entry>> MergedScan(CommittedState& state, const Writes& writes, const Limits& limits,
                                              const KeyRange& range, const ScanLimit& limit) {
  if (limit.max_entries > limits.max_scan_entries) {
    return absl::InvalidArgumentError(
        absl::StrFormat("a scan of %d entries: the limit is %d", limit.max_entries, limits.max_scan_entries));
  }
  if (limit.max_entries == 0 || (!range.end.empty() && range.end <= range.begin)) return std::vector<Entry>();
  const std::unique_ptr<EntryWalk> walk = state.Walk(range, limit.order);
  const auto own_begin = writes.lower_bound(range.begin);
  const auto own_end = range.end.empty() ? writes.end() : writes.lower_bound(range.end);
  if (limit.order == Order::kAscending) {
    return Merge(*walk, own_begin, own_end, limit.max_entries,
                 [](std::string_view a, std::string_view b) { return a < b; });
  }
  return Merge(*walk, std::make_reverse_iterator(own_end), std::make_reverse_iterator(own_begin), limit.max_entries,
               [](std::string_view a, std::string_view b) { return b < a; });
}

template <typename State>
absl::Status Run(absl::FunctionRef<absl::Status(State&)> body, State& state) {
  try {
    return body(state);
  } catch (const std::exception& thrown) {
    // Its type only: what() may quote what was read or sent, and this text is logged.
    return absl::InternalError(absl::StrFormat("the body threw %s", typeid(thrown).name()));
  } catch (...) {
    return absl::InternalError("the body threw");
  }
}

}  // namespace

absl::StatusOr<std::vector<Entry>> PlainSnapshot::Scan(const KeyRange& range, const ScanLimit& limit) {
  static const Writes kNone;
  return MergedScan(state_, kNone, limits_, range, limit);
}

absl::StatusOr<std::optional<std::string>> OverlayTransaction::Get(std::string_view key) {
  if (const auto own = writes_.find(key); own != writes_.end()) return own->second;
  absl::StatusOr<std::optional<std::string>> maybe_value = state_.Get(key);
  if (!maybe_value.ok()) Remember(maybe_value.status());
  return maybe_value;
}

absl::StatusOr<std::vector<Entry>> OverlayTransaction::Scan(const KeyRange& range, const ScanLimit& limit) {
  absl::StatusOr<std::vector<Entry>> maybe_entries = MergedScan(state_, writes_, limits_, range, limit);
  if (!maybe_entries.ok()) Remember(maybe_entries.status());
  return maybe_entries;
}

void OverlayTransaction::Put(std::string key, std::string value) {
  if (!Accept(key, value.size())) return;
  writes_.insert_or_assign(std::move(key), std::move(value));
}

void OverlayTransaction::Erase(std::string key) {
  if (!Accept(key, 0)) return;
  writes_.insert_or_assign(std::move(key), std::nullopt);
}

bool OverlayTransaction::Accept(std::string_view key, std::size_t value_bytes) {
  if (key.size() > limits_.max_key_bytes) {
    Remember(absl::InvalidArgumentError(
        absl::StrFormat("a key of %d bytes: the limit is %d", key.size(), limits_.max_key_bytes)));
    return false;
  }
  if (value_bytes > limits_.max_value_bytes) {
    Remember(absl::InvalidArgumentError(
        absl::StrFormat("a value of %d bytes: the limit is %d", value_bytes, limits_.max_value_bytes)));
    return false;
  }
  bytes_ += key.size() + value_bytes;
  if (bytes_ > limits_.max_transaction_bytes) {
    Remember(absl::InvalidArgumentError(
        absl::StrFormat("a transaction of %d bytes or more: the limit is %d", bytes_, limits_.max_transaction_bytes)));
    return false;
  }
  return true;
}

void OverlayTransaction::Remember(absl::Status status) {
  if (mistake_.ok()) mistake_ = std::move(status);
}

absl::Status RunBody(absl::FunctionRef<absl::Status(Transaction&)> body, OverlayTransaction& transaction) {
  const absl::Status status = Run<Transaction>(body, transaction);
  return transaction.mistake().ok() ? status : transaction.mistake();
}

absl::Status RunBody(absl::FunctionRef<absl::Status(Snapshot&)> body, PlainSnapshot& snapshot) {
  return Run<Snapshot>(body, snapshot);
}

absl::Status DeadlinePassed(const Attempt& attempt) {
  return absl::DeadlineExceededError(
      absl::StrFormat("the deadline passed before the store could begin%s%s; nothing was written",
                      *attempt.label == '\0' ? "" : ": ", attempt.label));
}

}  // namespace splw::store
