#include "services/mdt_agenda/mdt_agenda_service.h"

#include "common/rpc/watch.h"
#include "services/mdt_agenda/names.h"

namespace splw::mdt_agenda {

using Context = grpc::CallbackServerContext;
using Reactor = grpc::ServerUnaryReactor;

namespace {

// A stream of the changes of `collection`, each as ShowChange tells it.
template <typename Response, typename Request>
grpc::ServerWriteReactor<Response>* Follow(rpc::Calls& calls, Context* context, const char* method,
                                           const Request* request, const char* collection,
                                           const char* parent_collection = "") {
  return rpc::Watch<Request, Response>(
      calls, context, method, request, collection,
      [request](const rpc::Call& call, store::Snapshot& snapshot, const delivery::FeedItem& item, Response* response) {
        return ShowChange(call, *request, snapshot, item, response);
      },
      parent_collection);
}

}  // namespace

// Here and not in the header: who makes or ends a service compiles gRPC's class of each of its methods.
MdtAgendaService::MdtAgendaService(rpc::Calls& calls, store::Store& store, delivery::Changes& changes,
                                   TeamHandlers& teams)
    : calls_(calls), teams_(teams), meetings_(changes), items_(changes), reads_(store) {}

MdtAgendaService::~MdtAgendaService() = default;

Reactor* MdtAgendaService::CreateMdt(Context* context, const api::CreateMdtRequest* request, api::Mdt* response) {
  return Unary(context, "splw.mdt.v1.MdtAgendaService/CreateMdt", request, response, teams_, &TeamHandlers::CreateMdt);
}

Reactor* MdtAgendaService::UpdateMdt(Context* context, const api::UpdateMdtRequest* request, api::Mdt* response) {
  return Unary(context, "splw.mdt.v1.MdtAgendaService/UpdateMdt", request, response, teams_, &TeamHandlers::UpdateMdt);
}

Reactor* MdtAgendaService::GetMdt(Context* context, const api::GetMdtRequest* request, api::Mdt* response) {
  return Unary(context, "splw.mdt.v1.MdtAgendaService/GetMdt", request, response, reads_, &ReadHandlers::GetMdt);
}

Reactor* MdtAgendaService::ListMdts(Context* context, const api::ListMdtsRequest* request,
                                    api::ListMdtsResponse* response) {
  return Unary(context, "splw.mdt.v1.MdtAgendaService/ListMdts", request, response, reads_, &ReadHandlers::ListMdts);
}

Reactor* MdtAgendaService::GetMeeting(Context* context, const api::GetMeetingRequest* request, api::Meeting* response) {
  return Unary(context, "splw.mdt.v1.MdtAgendaService/GetMeeting", request, response, reads_,
               &ReadHandlers::GetMeeting);
}

Reactor* MdtAgendaService::ListMeetings(Context* context, const api::ListMeetingsRequest* request,
                                        api::ListMeetingsResponse* response) {
  return Unary(context, "splw.mdt.v1.MdtAgendaService/ListMeetings", request, response, reads_,
               &ReadHandlers::ListMeetings);
}

Reactor* MdtAgendaService::BuildAgenda(Context* context, const api::BuildAgendaRequest* request,
                                       api::Meeting* response) {
  return Unary(context, "splw.mdt.v1.MdtAgendaService/BuildAgenda", request, response, meetings_,
               &MeetingHandlers::BuildAgenda);
}

Reactor* MdtAgendaService::PublishAgenda(Context* context, const api::PublishAgendaRequest* request,
                                         api::Meeting* response) {
  return Unary(context, "splw.mdt.v1.MdtAgendaService/PublishAgenda", request, response, meetings_,
               &MeetingHandlers::PublishAgenda);
}

Reactor* MdtAgendaService::StartMeeting(Context* context, const api::StartMeetingRequest* request,
                                        api::Meeting* response) {
  return Unary(context, "splw.mdt.v1.MdtAgendaService/StartMeeting", request, response, meetings_,
               &MeetingHandlers::StartMeeting);
}

Reactor* MdtAgendaService::RecordAttendance(Context* context, const api::RecordAttendanceRequest* request,
                                            api::Meeting* response) {
  return Unary(context, "splw.mdt.v1.MdtAgendaService/RecordAttendance", request, response, meetings_,
               &MeetingHandlers::RecordAttendance);
}

Reactor* MdtAgendaService::CloseMeeting(Context* context, const api::CloseMeetingRequest* request,
                                        api::Meeting* response) {
  return Unary(context, "splw.mdt.v1.MdtAgendaService/CloseMeeting", request, response, meetings_,
               &MeetingHandlers::CloseMeeting);
}

Reactor* MdtAgendaService::CancelMeeting(Context* context, const api::CancelMeetingRequest* request,
                                         api::Meeting* response) {
  return Unary(context, "splw.mdt.v1.MdtAgendaService/CancelMeeting", request, response, meetings_,
               &MeetingHandlers::CancelMeeting);
}

Reactor* MdtAgendaService::GetAgendaItem(Context* context, const api::GetAgendaItemRequest* request,
                                         api::AgendaItem* response) {
  return Unary(context, "splw.mdt.v1.MdtAgendaService/GetAgendaItem", request, response, reads_,
               &ReadHandlers::GetAgendaItem);
}

Reactor* MdtAgendaService::ListAgendaItems(Context* context, const api::ListAgendaItemsRequest* request,
                                           api::ListAgendaItemsResponse* response) {
  return Unary(context, "splw.mdt.v1.MdtAgendaService/ListAgendaItems", request, response, reads_,
               &ReadHandlers::ListAgendaItems);
}

Reactor* MdtAgendaService::RecordDecision(Context* context, const api::RecordDecisionRequest* request,
                                          api::AgendaItem* response) {
  return Unary(context, "splw.mdt.v1.MdtAgendaService/RecordDecision", request, response, items_,
               &ItemHandlers::RecordDecision);
}

Reactor* MdtAgendaService::RecordFeedback(Context* context, const api::RecordFeedbackRequest* request,
                                          api::AgendaItem* response) {
  return Unary(context, "splw.mdt.v1.MdtAgendaService/RecordFeedback", request, response, items_,
               &ItemHandlers::RecordFeedback);
}

Reactor* MdtAgendaService::GetNomination(Context* context, const api::GetNominationRequest* request,
                                         api::Nomination* response) {
  return Unary(context, "splw.mdt.v1.MdtAgendaService/GetNomination", request, response, reads_,
               &ReadHandlers::GetNomination);
}

Reactor* MdtAgendaService::ListNominations(Context* context, const api::ListNominationsRequest* request,
                                           api::ListNominationsResponse* response) {
  return Unary(context, "splw.mdt.v1.MdtAgendaService/ListNominations", request, response, reads_,
               &ReadHandlers::ListNominations);
}

Reactor* MdtAgendaService::GetAction(Context* context, const api::GetActionRequest* request, api::Action* response) {
  return Unary(context, "splw.mdt.v1.MdtAgendaService/GetAction", request, response, reads_, &ReadHandlers::GetAction);
}

Reactor* MdtAgendaService::ListActions(Context* context, const api::ListActionsRequest* request,
                                       api::ListActionsResponse* response) {
  return Unary(context, "splw.mdt.v1.MdtAgendaService/ListActions", request, response, reads_,
               &ReadHandlers::ListActions);
}

grpc::ServerWriteReactor<api::WatchMdtsResponse>* MdtAgendaService::WatchMdts(Context* context,
                                                                              const api::WatchMdtsRequest* request) {
  return Follow<api::WatchMdtsResponse>(calls_, context, "splw.mdt.v1.MdtAgendaService/WatchMdts", request,
                                        kMdtCollection);
}

grpc::ServerWriteReactor<api::WatchMeetingsResponse>* MdtAgendaService::WatchMeetings(
    Context* context, const api::WatchMeetingsRequest* request) {
  return Follow<api::WatchMeetingsResponse>(calls_, context, "splw.mdt.v1.MdtAgendaService/WatchMeetings", request,
                                            kMeetingCollection, kMdtCollection);
}

grpc::ServerWriteReactor<api::WatchNominationsResponse>* MdtAgendaService::WatchNominations(
    Context* context, const api::WatchNominationsRequest* request) {
  return Follow<api::WatchNominationsResponse>(calls_, context, "splw.mdt.v1.MdtAgendaService/WatchNominations",
                                               request, kNominationCollection);
}

grpc::ServerWriteReactor<api::WatchActionsResponse>* MdtAgendaService::WatchActions(
    Context* context, const api::WatchActionsRequest* request) {
  return Follow<api::WatchActionsResponse>(calls_, context, "splw.mdt.v1.MdtAgendaService/WatchActions", request,
                                           kActionCollection);
}

}  // namespace splw::mdt_agenda
