// The feed of changes of a network: which resource changed, in the order of commits, resumable from any position that is
// still kept. Change::Changed writes it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "common/store/store.h"

namespace splw::delivery {

// How long entries are kept; an older position is OUT_OF_RANGE POSITION_EXPIRED.
inline constexpr absl::Duration kFeedMemory = absl::Hours(24 * 30);

struct FeedItem {
  std::uint64_t sequence = 0;
  std::string collection;
  std::string resource;
  bool created = false;
  absl::Time time;
};

// The next items of `network` after `after`, those of `collection` only; looks at no more than `max_entries` entries.
// `last_seen` is where to go on. OUT_OF_RANGE POSITION_EXPIRED if entries after `after` have been forgotten, or if this store
// never got as far as `after` (it was restored from a backup): the reader lists anew and goes on from there.
struct FeedPage {
  std::vector<FeedItem> items;
  std::uint64_t last_seen = 0;
  bool at_end = true;
};
absl::StatusOr<FeedPage> ReadFeed(store::Snapshot& snapshot, std::string_view network, std::string_view collection,
                                  std::uint64_t after, std::size_t max_entries);

// The sequence of the network's newest entry; 0 if it has none.
absl::StatusOr<std::uint64_t> FeedHead(store::Snapshot& snapshot, std::string_view network);
// The sequence before the oldest entry that is kept; 0 if none was forgotten.
absl::StatusOr<std::uint64_t> FeedTail(store::Snapshot& snapshot, std::string_view network);

// A position as clients hold it: opaque, bound to network, collection and the life of the store (ChangesOptions::incarnation: after
// a restore, sequences are used a second time). INVALID_ARGUMENT POSITION_INVALID (field "position"); OUT_OF_RANGE
// POSITION_EXPIRED for one of another life.
std::string EncodeFeedPosition(std::string_view incarnation, std::string_view network, std::string_view collection,
                               std::uint64_t sequence);
absl::StatusOr<std::uint64_t> DecodeFeedPosition(std::string_view incarnation, std::string_view network,
                                                 std::string_view collection, std::string_view position);

// Wakes watchers when a network's feed has grown and the growth is durable. Thread-safe. Must outlive the store whose commits it
// tells of: the store's last callbacks may come as it closes.
class FeedSignal final {
 private:
  struct Watcher;

 public:
  // What keeps `wake` alive. When its destructor returns, no call is under way (but one that destroys it itself) or will come;
  // so do not destroy it under a lock that `wake` takes.
  class Subscription final {
   public:
    explicit Subscription(std::shared_ptr<Watcher> watcher) : watcher_(std::move(watcher)) {}
    ~Subscription();
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;

   private:
    const std::shared_ptr<Watcher> watcher_;
  };

  // `wake` is called once for each growth, possibly from a thread of the store: short, no blocking.
  std::shared_ptr<Subscription> Subscribe(std::string_view network, std::function<void()> wake);
  void Grown(std::string_view network);

 private:
  std::mutex mutex_;
  std::multimap<std::string, std::weak_ptr<Watcher>, std::less<>> watchers_;
};

}  // namespace splw::delivery
