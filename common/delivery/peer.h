// The way to a peer service, as the dispatcher sees it. common/rpc has the one over gRPC.
#pragma once

#include <functional>

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "splw/delivery/v1/delivery_service.pb.h"

namespace splw::delivery {

// Thread-safe.
class Peer {
 public:
  using Done = std::function<void(absl::StatusOr<v1::DeliverResponse>)>;
  virtual ~Peer() = default;

  // Hands a batch over and returns at once. `done` is called once, from any thread, this call's own too, at the latest soon
  // after `deadline`: with DEADLINE_EXCEEDED then. `request` lives until `done` has been called. A peer that is away answers
  // UNAVAILABLE at once, rather than waiting for it to come back: the dispatcher does that.
  virtual void Deliver(const v1::DeliverRequest& request, absl::Time deadline, Done done) = 0;
};

}  // namespace splw::delivery
