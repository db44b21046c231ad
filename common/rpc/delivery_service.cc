#include "common/rpc/delivery_service.h"

#include <utility>

#include "common/text/failure.h"

namespace splw::rpc {
namespace {

using delivery::v1::DeliverRequest;
using delivery::v1::DeliverResponse;
using identity::Role;

constexpr char kDeliver[] = "splw.delivery.v1.DeliveryService/Deliver";

}  // namespace

DeliveryService::DeliveryService(Calls& calls, delivery::Inbox& inbox, std::function<void(const std::string&)> on_heard)
    : Service(calls, "splw.delivery.v1.DeliveryService"), inbox_(inbox), on_heard_(std::move(on_heard)) {
  Unary("Deliver", *this, &DeliveryService::Deliver);
}

std::vector<identity::PolicyRow> DeliveryPolicy() {
  return {{.method = kDeliver, .roles = {Role::kService}, .network_scoped = false}};
}

absl::StatusOr<store::Position> DeliveryService::Deliver(const Call& call, const DeliverRequest& batch,
                                                         DeliverResponse* results) {
  for (const delivery::v1::Envelope& event : batch.events()) {
    if (!call.principal.MayActIn(event.network())) {
      return text::Failure(absl::StatusCode::kPermissionDenied, "NETWORK_NOT_ALLOWED",
                           "the caller does not act in the network of one of the events");
    }
    // Else any service could move the streams of any other, and say what that one never said.
    if (event.source() != call.principal.id) {
      return text::Failure(absl::StatusCode::kPermissionDenied, "SOURCE_NOT_ALLOWED",
                           "a service delivers its own events only; one of these names another source");
    }
  }
  if (on_heard_ && batch.events_size() > 0) on_heard_(batch.events(0).source());  // one batch is of one source
  return inbox_.Deliver(call.attempt(), batch, results);
}

}  // namespace splw::rpc
