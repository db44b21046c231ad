// The gRPC surface of mdt-agenda: each method goes through the adapter (common/rpc/calls.h) to its handler.
#pragma once

#include "common/rpc/service.h"
#include "services/mdt_agenda/item_handlers.h"
#include "services/mdt_agenda/meeting_handlers.h"
#include "services/mdt_agenda/read_handlers.h"
#include "services/mdt_agenda/team_handlers.h"

namespace splw::mdt_agenda {

// Thread-safe.
class MdtAgendaService final : public rpc::Service {
 public:
  // All must outlive it.
  MdtAgendaService(rpc::Calls& calls, store::Store& store, delivery::Changes& changes, TeamHandlers& teams);

 private:
  MeetingHandlers meetings_;
  ItemHandlers items_;
  ReadHandlers reads_;
};

}  // namespace splw::mdt_agenda
