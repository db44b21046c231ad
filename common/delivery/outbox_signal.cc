#include "common/delivery/outbox_signal.h"

#include <algorithm>
#include <utility>

namespace splw::delivery {

struct OutboxSignal::Subscription {
  explicit Subscription(Listener on_ready) : listener(std::move(on_ready)) {}
  std::recursive_mutex mutex;  // recursive: a listener may let go of its own subscription
  bool gone = false;
  const Listener listener;
};

std::shared_ptr<void> OutboxSignal::Subscribe(Listener listener) {
  auto subscription = std::make_shared<Subscription>(std::move(listener));
  {
    std::lock_guard lock(mutex_);
    subscriptions_.push_back(subscription);
  }
  // What the caller holds is not the subscription itself: a call under way holds that too, and must be waited for.
  Subscription* const raw = subscription.get();
  return std::shared_ptr<void>(raw, [subscription = std::move(subscription)](void*) {
    std::lock_guard lock(subscription->mutex);
    subscription->gone = true;
  });
}

void OutboxSignal::Ready(const std::vector<StreamKey>& streams) {
  std::vector<std::shared_ptr<Subscription>> live;
  {
    std::lock_guard lock(mutex_);
    for (const std::weak_ptr<Subscription>& weak : subscriptions_) {
      if (auto subscription = weak.lock()) live.push_back(std::move(subscription));
    }
    subscriptions_.erase(
        std::remove_if(subscriptions_.begin(), subscriptions_.end(), [](const auto& weak) { return weak.expired(); }),
        subscriptions_.end());
  }
  for (const auto& subscription : live) {
    std::lock_guard lock(subscription->mutex);
    if (!subscription->gone) subscription->listener(streams);
  }
}

}  // namespace splw::delivery
