#include "common/delivery/feed.h"

#include <algorithm>

#include <absl/strings/escaping.h>

#include "common/audit/counters.h"
#include "common/delivery/delivery_tables.h"
#include "common/delivery/envelope.h"
#include "common/store/keys.h"
#include "common/text/failure.h"
#include "common/text/fingerprint.h"
#include "common/text/status_macros.h"

namespace splw::delivery {
namespace {

// Binds a position to what it was given out for. Not a secret: it tells a mistake, it does not keep out an attacker, and
// whoever may read one feed of a network gains nothing by a position of another.
constexpr std::size_t kBindingBytes = 8;

std::string Binding(std::string_view network, std::string_view collection) {
  return text::Sha256(store::KeyBuilder().Text("feed position 2").Text(network).Text(collection).str())
      .substr(0, kBindingBytes);
}

std::string LifeMark(std::string_view incarnation) {
  return text::Sha256(store::KeyBuilder().Text("feed life 1").Text(incarnation).str()).substr(0, kBindingBytes);
}

absl::Status PositionExpired() {
  return text::Failure(absl::StatusCode::kOutOfRange, "POSITION_EXPIRED",
                       "changes after this position are no longer kept, or the store was restored from a backup; list "
                       "the resources anew, then watch from the list's watch_position");
}

absl::Status PositionInvalid() {
  return text::InvalidField(
      "position", "POSITION_INVALID",
      "must be empty, \"now\", or a position from an earlier message of the same watch or its list");
}

}  // namespace

absl::StatusOr<FeedPage> ReadFeed(store::Snapshot& snapshot, std::string_view network, std::string_view collection,
                                  std::uint64_t after, std::size_t max_entries) {
  SPLW_ASSIGN_OR_RETURN(const std::uint64_t tail, FeedTail(snapshot, network));
  if (after < tail) return PositionExpired();

  FeedPage page;
  page.last_seen = after;
  const std::string end = store::PrefixEnd(FeedEntries().RecordPrefix(network));
  SPLW_ASSIGN_OR_RETURN(const std::vector<store::Entry> entries,
                        snapshot.Scan({FeedEntries().RecordKey(network, FeedEntryKey(page.last_seen + 1)), end},
                                      {.max_entries = max_entries, .order = store::Order::kAscending}));
  if (entries.empty()) {
    SPLW_ASSIGN_OR_RETURN(const std::uint64_t head, FeedHead(snapshot, network));
    if (after > head) return PositionExpired();
  }
  for (const store::Entry& raw : entries) {
    storage::v1::FeedEntry entry;
    if (!entry.ParseFromString(raw.value)) {
      return absl::DataLossError("an entry of the feed cannot be read; verify the store to see which");
    }
    page.last_seen = entry.sequence();
    if (entry.collection() != collection) continue;
    page.items.push_back(
        {entry.sequence(), entry.collection(), entry.resource(), entry.created(), FromTimestamp(entry.time())});
  }
  page.at_end = entries.size() < max_entries;
  return page;
}

absl::StatusOr<std::uint64_t> FeedHead(store::Snapshot& snapshot, std::string_view network) {
  return audit::LastNumber(snapshot, network, kFeedCounter);
}

absl::StatusOr<std::uint64_t> FeedTail(store::Snapshot& snapshot, std::string_view network) {
  return audit::LastNumber(snapshot, network, kFeedSweptCounter);
}

std::string EncodeFeedPosition(std::string_view incarnation, std::string_view network, std::string_view collection,
                               std::uint64_t sequence) {
  return absl::WebSafeBase64Escape(
      store::KeyBuilder().Number(sequence).Raw(Binding(network, collection) + LifeMark(incarnation)).str());
}

absl::StatusOr<std::uint64_t> DecodeFeedPosition(std::string_view incarnation, std::string_view network,
                                                 std::string_view collection, std::string_view position) {
  constexpr std::size_t kMaxPositionBytes = 64;
  std::string bytes;
  if (position.size() > kMaxPositionBytes || !absl::WebSafeBase64Unescape(std::string(position), &bytes)) {
    return PositionInvalid();
  }
  store::KeyReader reader(bytes);
  const absl::StatusOr<std::uint64_t> maybe_sequence = reader.Number();
  if (!maybe_sequence.ok() || reader.rest().size() != 2 * kBindingBytes ||
      reader.rest().substr(0, kBindingBytes) != Binding(network, collection)) {
    return PositionInvalid();
  }
  if (reader.rest().substr(kBindingBytes) != LifeMark(incarnation)) return PositionExpired();
  return *maybe_sequence;
}

struct FeedSignal::Watcher {
  explicit Watcher(std::function<void()> on_growth) : wake(std::move(on_growth)) {}
  std::recursive_mutex mutex;  // recursive: `wake` may let go of its own subscription
  bool gone = false;
  const std::function<void()> wake;
};

FeedSignal::Subscription::~Subscription() {
  std::lock_guard lock(watcher_->mutex);
  watcher_->gone = true;
}

std::shared_ptr<FeedSignal::Subscription> FeedSignal::Subscribe(std::string_view network, std::function<void()> wake) {
  auto watcher = std::make_shared<Watcher>(std::move(wake));
  {
    std::lock_guard lock(mutex_);
    // Networks that never grow would otherwise keep what is left of their watchers for ever.
    const auto [begin, end] = watchers_.equal_range(network);
    for (auto at = begin; at != end;) at = at->second.expired() ? watchers_.erase(at) : std::next(at);
    watchers_.emplace(std::string(network), watcher);
  }
  return std::make_shared<Subscription>(std::move(watcher));
}

void FeedSignal::Grown(std::string_view network) {
  std::vector<std::shared_ptr<Watcher>> live;
  {
    std::lock_guard lock(mutex_);
    const auto [begin, end] = watchers_.equal_range(network);
    for (auto at = begin; at != end;) {
      if (auto watcher = at->second.lock()) {
        live.push_back(std::move(watcher));
        ++at;
      } else {
        at = watchers_.erase(at);
      }
    }
  }
  for (const auto& watcher : live) {
    std::lock_guard lock(watcher->mutex);
    if (!watcher->gone) watcher->wake();
  }
}

}  // namespace splw::delivery
