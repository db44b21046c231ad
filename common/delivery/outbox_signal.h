// Tells the dispatcher which streams have events to send, as soon as those are durable: events are pushed, not polled.
#pragma once

#include <compare>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace splw::delivery {

// A stream's sending side. Ordered, so that maps of it are walked in the same order everywhere.
struct StreamKey {
  std::string network;
  std::string destination;
  std::string stream;
  friend bool operator==(const StreamKey&, const StreamKey&) = default;
  // clang-tidy 14 takes the 0 that `a < b` is rewritten with for a null pointer.
  friend auto operator<=>(const StreamKey&, const StreamKey&) = default;  // NOLINT(modernize-use-nullptr)
};

// Thread-safe. Must outlive the store whose commits it tells of: the store's last callbacks may come as it closes.
class OutboxSignal final {
 public:
  using Listener = std::function<void(const std::vector<StreamKey>&)>;

  // While the returned handle lives, `listener` is called once for each durable commit that has events, possibly from a thread of
  // the store: short, no blocking. When the handle's destructor returns, no call is under way or will come; so do not destroy it
  // under a lock that the listener takes.
  std::shared_ptr<void> Subscribe(Listener listener);

  void Ready(const std::vector<StreamKey>& streams);

 private:
  struct Subscription;
  std::mutex mutex_;
  std::vector<std::weak_ptr<Subscription>> subscriptions_;
};

}  // namespace splw::delivery
