#include "common/store/store.h"

#include <condition_variable>
#include <memory>
#include <mutex>

namespace splw::store {

void WaitDurable(Store& store, Position position) {
  // Shared with the callback: it may still hold the mutex when this function has already seen `durable`.
  struct Wait {
    std::mutex mutex;
    std::condition_variable changed;
    bool durable = false;
  };
  const auto wait = std::make_shared<Wait>();
  store.WhenDurable(position, [wait] {
    std::lock_guard lock(wait->mutex);
    wait->durable = true;
    wait->changed.notify_all();
  });
  std::unique_lock lock(wait->mutex);
  wait->changed.wait(lock, [&] { return wait->durable; });
}

}  // namespace splw::store
