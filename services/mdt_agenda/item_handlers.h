// The outcomes of agenda items: decisions and feedback.
#pragma once

#include <absl/status/statusor.h>

#include "common/delivery/change.h"
#include "common/rpc/call.h"
#include "services/mdt_agenda/messages.h"
#include "splw/mdt/v1/mdt_agenda_service.pb.h"

namespace splw::mdt_agenda {

// Thread-safe. `changes` must outlive it.
class ItemHandlers final {
 public:
  explicit ItemHandlers(delivery::Changes& changes) : changes_(changes) {}

  absl::StatusOr<store::Position> RecordDecision(const rpc::Call& call, const api::RecordDecisionRequest& request,
                                                 api::AgendaItem* response);
  absl::StatusOr<store::Position> RecordFeedback(const rpc::Call& call, const api::RecordFeedbackRequest& request,
                                                 api::AgendaItem* response);

 private:
  delivery::Changes& changes_;
};

}  // namespace splw::mdt_agenda
