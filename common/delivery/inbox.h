// The receiving side: each event of a stream is applied once, in order, in one transaction with its watermark.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "common/delivery/change.h"
#include "splw/delivery/v1/delivery_service.pb.h"

namespace splw::delivery {

// Applies one event to the records. The change's actor is the source service, its action the event's short name, its
// correlation id the envelope's. What it returns decides the event's fate: OK: applied. ABORTED, UNAVAILABLE, DEADLINE_EXCEEDED,
// RESOURCE_EXHAUSTED: the sender tries again. Anything else: refused, and the stream is parked at the sender until an operator
// acts — so a handler returns an error only where going on would lose something, and treats what is merely late as done.
template <typename Event>
using EventHandler = std::function<absl::Status(Change&, const Event&)>;

class Inbox final {
 public:
  // `changes` must outlive the inbox.
  Inbox(store::Store& store, Changes& changes);
  ~Inbox();

  // Before serving only. One handler for a type.
  template <typename Event>
  void Handle(EventHandler<Event> handler) {
    HandleUntyped(Event::descriptor()->full_name(),
                  [handler = std::move(handler)](Change& change, const google::protobuf::Any& payload) {
                    Event event;
                    if (!payload.UnpackTo(&event)) return absl::InvalidArgumentError("the payload cannot be read");
                    return handler(change, event);
                  });
  }

  // Applies a batch; fills one result an event. The position covers everything that the results tell of: answer only when it
  // is durable. INVALID_ARGUMENT for an envelope that is not well formed; then nothing was applied.
  absl::StatusOr<store::Position> Deliver(const store::Attempt& attempt, const v1::DeliverRequest& request,
                                          v1::DeliverResponse* response);

  // How many events were refused because their source used a revision a second time: a store was restored from a backup
  // without its events since. For an alarm; thread-safe.
  std::uint64_t rewound_count() const { return rewound_count_; }

 private:
  // Applies one event and fills its result; the position covers what the result tells.
  absl::StatusOr<store::Position> Apply(const store::Attempt& attempt, const v1::Envelope& envelope,
                                        v1::DeliveryResult& result);
  using UntypedHandler = std::function<absl::Status(Change&, const google::protobuf::Any&)>;
  void HandleUntyped(const std::string& type, UntypedHandler handler);

  store::Store& store_;
  Changes& changes_;
  std::map<std::string, UntypedHandler> handlers_;
  std::atomic<std::uint64_t> rewound_count_ = 0;
};

}  // namespace splw::delivery
