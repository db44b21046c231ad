// The gRPC surface of mdt-agenda: each method goes through the adapter (common/rpc/calls.h) to its handler.
// Thread-safe.
#pragma once

#include <string_view>

#include <grpcpp/grpcpp.h>

#include "common/rpc/calls.h"
#include "services/mdt_agenda/item_handlers.h"
#include "services/mdt_agenda/meeting_handlers.h"
#include "services/mdt_agenda/read_handlers.h"
#include "services/mdt_agenda/team_handlers.h"
#include "splw/mdt/v1/mdt_agenda_service.grpc.pb.h"

namespace splw::mdt_agenda {

class MdtAgendaService final : public api::MdtAgendaService::CallbackService {
 public:
  // All must outlive it.
  MdtAgendaService(rpc::Calls& calls, store::Store& store, delivery::Changes& changes, TeamHandlers& teams);
  ~MdtAgendaService() override;

  grpc::ServerUnaryReactor* CreateMdt(grpc::CallbackServerContext* context, const api::CreateMdtRequest* request,
                                      api::Mdt* response) override;
  grpc::ServerUnaryReactor* UpdateMdt(grpc::CallbackServerContext* context, const api::UpdateMdtRequest* request,
                                      api::Mdt* response) override;
  grpc::ServerUnaryReactor* GetMdt(grpc::CallbackServerContext* context, const api::GetMdtRequest* request,
                                   api::Mdt* response) override;
  grpc::ServerUnaryReactor* ListMdts(grpc::CallbackServerContext* context, const api::ListMdtsRequest* request,
                                     api::ListMdtsResponse* response) override;
  grpc::ServerUnaryReactor* GetMeeting(grpc::CallbackServerContext* context, const api::GetMeetingRequest* request,
                                       api::Meeting* response) override;
  grpc::ServerUnaryReactor* ListMeetings(grpc::CallbackServerContext* context, const api::ListMeetingsRequest* request,
                                         api::ListMeetingsResponse* response) override;
  grpc::ServerUnaryReactor* BuildAgenda(grpc::CallbackServerContext* context, const api::BuildAgendaRequest* request,
                                        api::Meeting* response) override;
  grpc::ServerUnaryReactor* PublishAgenda(grpc::CallbackServerContext* context,
                                          const api::PublishAgendaRequest* request, api::Meeting* response) override;
  grpc::ServerUnaryReactor* StartMeeting(grpc::CallbackServerContext* context, const api::StartMeetingRequest* request,
                                         api::Meeting* response) override;
  grpc::ServerUnaryReactor* RecordAttendance(grpc::CallbackServerContext* context,
                                             const api::RecordAttendanceRequest* request,
                                             api::Meeting* response) override;
  grpc::ServerUnaryReactor* CloseMeeting(grpc::CallbackServerContext* context, const api::CloseMeetingRequest* request,
                                         api::Meeting* response) override;
  grpc::ServerUnaryReactor* CancelMeeting(grpc::CallbackServerContext* context,
                                          const api::CancelMeetingRequest* request, api::Meeting* response) override;
  grpc::ServerUnaryReactor* GetAgendaItem(grpc::CallbackServerContext* context,
                                          const api::GetAgendaItemRequest* request, api::AgendaItem* response) override;
  grpc::ServerUnaryReactor* ListAgendaItems(grpc::CallbackServerContext* context,
                                            const api::ListAgendaItemsRequest* request,
                                            api::ListAgendaItemsResponse* response) override;
  grpc::ServerUnaryReactor* RecordDecision(grpc::CallbackServerContext* context,
                                           const api::RecordDecisionRequest* request,
                                           api::AgendaItem* response) override;
  grpc::ServerUnaryReactor* RecordFeedback(grpc::CallbackServerContext* context,
                                           const api::RecordFeedbackRequest* request,
                                           api::AgendaItem* response) override;
  grpc::ServerUnaryReactor* GetNomination(grpc::CallbackServerContext* context,
                                          const api::GetNominationRequest* request, api::Nomination* response) override;
  grpc::ServerUnaryReactor* ListNominations(grpc::CallbackServerContext* context,
                                            const api::ListNominationsRequest* request,
                                            api::ListNominationsResponse* response) override;
  grpc::ServerUnaryReactor* GetAction(grpc::CallbackServerContext* context, const api::GetActionRequest* request,
                                      api::Action* response) override;
  grpc::ServerUnaryReactor* ListActions(grpc::CallbackServerContext* context, const api::ListActionsRequest* request,
                                        api::ListActionsResponse* response) override;
  grpc::ServerWriteReactor<api::WatchMdtsResponse>* WatchMdts(grpc::CallbackServerContext* context,
                                                              const api::WatchMdtsRequest* request) override;
  grpc::ServerWriteReactor<api::WatchMeetingsResponse>* WatchMeetings(
      grpc::CallbackServerContext* context, const api::WatchMeetingsRequest* request) override;
  grpc::ServerWriteReactor<api::WatchNominationsResponse>* WatchNominations(
      grpc::CallbackServerContext* context, const api::WatchNominationsRequest* request) override;
  grpc::ServerWriteReactor<api::WatchActionsResponse>* WatchActions(grpc::CallbackServerContext* context,
                                                                    const api::WatchActionsRequest* request) override;

 private:
  template <typename Handlers, typename Request, typename Response>
  using Handler = absl::StatusOr<store::Position> (Handlers::*)(const rpc::Call&, const Request&, Response*);

  template <typename Handlers, typename Request, typename Response>
  grpc::ServerUnaryReactor* Unary(grpc::CallbackServerContext* context, std::string_view full_method,
                                  const Request* request, Response* response, Handlers& handlers,
                                  Handler<Handlers, Request, Response> handler) {
    return calls_.Unary<Request, Response>(
        context, full_method, request, response,
        [&handlers, handler](const rpc::Call& call, const Request& sent, Response* answer) {
          return (handlers.*handler)(call, sent, answer);
        });
  }

  rpc::Calls& calls_;
  TeamHandlers& teams_;
  MeetingHandlers meetings_;
  ItemHandlers items_;
  ReadHandlers reads_;
};

}  // namespace splw::mdt_agenda
