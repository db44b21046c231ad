// How events of peers come in: splw.delivery.v1.DeliveryService over an Inbox. Every service of the suite serves it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/delivery/inbox.h"
#include "common/identity/policy.h"
#include "common/rpc/service.h"

namespace splw::rpc {

std::vector<identity::PolicyRow> DeliveryPolicy();

// Both must outlive it. `on_heard`: called with each source whose events came in, so that events for it need not wait; may be null.
class DeliveryService final : public Service {
 public:
  DeliveryService(Calls& calls, delivery::Inbox& inbox, std::function<void(const std::string&)> on_heard = nullptr);

 private:
  absl::StatusOr<store::Position> Deliver(const Call& call, const delivery::v1::DeliverRequest& batch,
                                          delivery::v1::DeliverResponse* results);

  delivery::Inbox& inbox_;
  const std::function<void(const std::string&)> on_heard_;
};

}  // namespace splw::rpc
