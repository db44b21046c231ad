// The steps of a meeting: agenda, publication, start, attendance, close, cancellation.
#pragma once

#include <absl/status/statusor.h>

#include "common/delivery/change.h"
#include "common/rpc/call.h"
#include "services/mdt_agenda/messages.h"
#include "splw/mdt/v1/mdt_agenda_service.pb.h"

namespace splw::mdt_agenda {

// Thread-safe. `changes` must outlive it.
class MeetingHandlers final {
 public:
  explicit MeetingHandlers(delivery::Changes& changes) : changes_(changes) {}

  absl::StatusOr<store::Position> BuildAgenda(const rpc::Call& call, const api::BuildAgendaRequest& request,
                                              api::Meeting* response);
  absl::StatusOr<store::Position> PublishAgenda(const rpc::Call& call, const api::PublishAgendaRequest& request,
                                                api::Meeting* response);
  absl::StatusOr<store::Position> StartMeeting(const rpc::Call& call, const api::StartMeetingRequest& request,
                                               api::Meeting* response);
  absl::StatusOr<store::Position> RecordAttendance(const rpc::Call& call, const api::RecordAttendanceRequest& request,
                                                   api::Meeting* response);
  absl::StatusOr<store::Position> CloseMeeting(const rpc::Call& call, const api::CloseMeetingRequest& request,
                                               api::Meeting* response);
  absl::StatusOr<store::Position> CancelMeeting(const rpc::Call& call, const api::CancelMeetingRequest& request,
                                                api::Meeting* response);

 private:
  delivery::Changes& changes_;
};

}  // namespace splw::mdt_agenda
