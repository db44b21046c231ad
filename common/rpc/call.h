// One call, as a handler sees it: who asks, for which network, until when. No gRPC type reaches further than this folder and
// the services' surface.
#pragma once

#include <functional>
#include <string>

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "common/delivery/change.h"
#include "common/identity/principal.h"
#include "common/store/store.h"

namespace splw::rpc {

struct Call {
  identity::Principal principal;
  std::string method;          // short name: "AcceptReferral"
  std::string network;         // "U12345": from the request's `parent` or `name`; the principal may act in it
  std::string correlation_id;  // from the caller's metadata, or new
  std::string incarnation;     // of the store (ChangesOptions): Watch positions are of one life of it
  absl::Time deadline;         // the caller's, or the default; never infinite

  store::Attempt attempt() const { return {deadline, "rpc"}; }
  delivery::Origin origin() const {
    return {principal.id, identity::RoleName(principal.role), principal.organisation, method, correlation_id};
  }
};

// A handler fills the response and returns the position that the response tells of; the reply leaves when that is durable.
// It is straight-line code on a thread of a bounded pool, and must not wait for anything but the store's lane; that of a method
// named Get… runs in gRPC's own thread (calls.h): it must only View, and wait for nothing.
template <typename Request, typename Response>
using UnaryHandler = std::function<absl::StatusOr<store::Position>(const Call&, const Request&, Response*)>;

}  // namespace splw::rpc
