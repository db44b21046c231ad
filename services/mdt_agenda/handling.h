// What all handlers of this service have in common.
#pragma once

#include <string>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "common/rpc/call.h"
#include "services/mdt_agenda/agenda_book.h"

namespace splw::mdt_agenda {

// Runs `body(book, response)` once for the request's id, in one change of the call's network.
template <typename Request, typename Response, typename Body>
absl::StatusOr<store::Position> ChangeOnce(delivery::Changes& changes, const rpc::Call& call, const Request& request,
                                           Response* response, const Body& body) {
  return changes.RunOnce(call.attempt(), call.origin(), call.network, request.request_id(), request, response,
                         [&body, response](delivery::Change& change) {
                           response->Clear();  // the body may run again
                           AgendaBook book(change);
                           return body(book, *response);
                         });
}

}  // namespace splw::mdt_agenda
