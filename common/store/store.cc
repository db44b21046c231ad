#include "common/store/store.h"

#include <future>
#include <memory>
#include <utility>

namespace splw::store {
namespace {

// A callback that is called once, or whose loss is noticed.
class DurableWait final {
 public:
  DurableWait(std::function<void()> deliver, std::function<void()> lost)
      : deliver_(std::move(deliver)), lost_(std::move(lost)) {}
  ~DurableWait() {
    if (deliver_) lost_();
  }
  DurableWait(const DurableWait&) = delete;
  DurableWait& operator=(const DurableWait&) = delete;
  void Deliver() { std::exchange(deliver_, nullptr)(); }

 private:
  std::function<void()> deliver_;
  std::function<void()> lost_;
};

}  // namespace

void WhenDurableOrLost(Store& store, Position position, std::function<void()> deliver, std::function<void()> lost) {
  const auto wait = std::make_shared<DurableWait>(std::move(deliver), std::move(lost));
  store.WhenDurable(position, [wait] { wait->Deliver(); });
}

bool WaitDurable(Store& store, Position position) {
  // Shared with the callbacks: one may still be setting it when this function has returned.
  const auto durable = std::make_shared<std::promise<bool>>();
  std::future<bool> is_durable = durable->get_future();
  WhenDurableOrLost(
      store, position, [durable] { durable->set_value(true); }, [durable] { durable->set_value(false); });
  return is_durable.get();
}

}  // namespace splw::store
