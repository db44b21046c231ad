#include "common/store/store.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>

namespace splw::store {

bool WaitDurable(Store& store, Position position) {
  // Shared with the callback: it may still hold the mutex when this function has already seen `over`.
  struct Wait {
    std::mutex mutex;
    std::condition_variable changed;
    bool durable = false;
    bool over = false;
  };
  const auto wait = std::make_shared<Wait>();
  // Goes with the callback, whether that was called or not.
  std::shared_ptr<void> end(nullptr, [wait](void*) {
    std::lock_guard lock(wait->mutex);
    wait->over = true;
    wait->changed.notify_all();
  });
  store.WhenDurable(position, [wait, end = std::move(end)] {
    std::lock_guard lock(wait->mutex);
    wait->durable = true;
  });
  std::unique_lock lock(wait->mutex);
  wait->changed.wait(lock, [&] { return wait->over; });
  return wait->durable;
}

}  // namespace splw::store
