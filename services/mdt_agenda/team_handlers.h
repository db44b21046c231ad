// Teams: create and change them, and the calendar that follows.
#pragma once

#include <absl/status/statusor.h>

#include "common/delivery/change.h"
#include "common/rpc/call.h"
#include "services/mdt_agenda/messages.h"
#include "splw/mdt/v1/mdt_agenda_service.pb.h"

namespace splw::mdt_agenda {

// Thread-safe. `store` and `changes` must outlive it.
class TeamHandlers final {
 public:
  TeamHandlers(store::Store& store, delivery::Changes& changes) : store_(store), changes_(changes) {}

  absl::StatusOr<store::Position> CreateMdt(const rpc::Call& call, const api::CreateMdtRequest& request,
                                            api::Mdt* response);
  absl::StatusOr<store::Position> UpdateMdt(const rpc::Call& call, const api::UpdateMdtRequest& request,
                                            api::Mdt* response);

  // The periodic task: meetings eight weeks ahead, off what nobody held, closed what nobody closed, nominations to the
  // first team. One change a team; the first error of any, when all were tried. True: there is more to do at once.
  absl::StatusOr<bool> KeepCalendars();

 private:
  store::Store& store_;
  delivery::Changes& changes_;
};

}  // namespace splw::mdt_agenda
