#include "services/mdt_agenda/mdt_agenda_service.h"

#include "services/mdt_agenda/names.h"

namespace splw::mdt_agenda {

MdtAgendaService::MdtAgendaService(rpc::Calls& calls, store::Store& store, delivery::Changes& changes,
                                   TeamHandlers& teams)
    : Service(calls, "splw.mdt.v1.MdtAgendaService"), meetings_(changes), items_(changes), reads_(store) {
  Unary("CreateMdt", teams, &TeamHandlers::CreateMdt);
  Unary("UpdateMdt", teams, &TeamHandlers::UpdateMdt);
  Unary("GetMdt", reads_, &ReadHandlers::GetMdt);
  Unary("ListMdts", reads_, &ReadHandlers::ListMdts);
  Unary("GetMeeting", reads_, &ReadHandlers::GetMeeting);
  Unary("ListMeetings", reads_, &ReadHandlers::ListMeetings);
  Unary("BuildAgenda", meetings_, &MeetingHandlers::BuildAgenda);
  Unary("PublishAgenda", meetings_, &MeetingHandlers::PublishAgenda);
  Unary("StartMeeting", meetings_, &MeetingHandlers::StartMeeting);
  Unary("RecordAttendance", meetings_, &MeetingHandlers::RecordAttendance);
  Unary("CloseMeeting", meetings_, &MeetingHandlers::CloseMeeting);
  Unary("CancelMeeting", meetings_, &MeetingHandlers::CancelMeeting);
  Unary("GetAgendaItem", reads_, &ReadHandlers::GetAgendaItem);
  Unary("ListAgendaItems", reads_, &ReadHandlers::ListAgendaItems);
  Unary("RecordDecision", items_, &ItemHandlers::RecordDecision);
  Unary("RecordFeedback", items_, &ItemHandlers::RecordFeedback);
  Unary("GetNomination", reads_, &ReadHandlers::GetNomination);
  Unary("ListNominations", reads_, &ReadHandlers::ListNominations);
  Unary("GetAction", reads_, &ReadHandlers::GetAction);
  Unary("ListActions", reads_, &ReadHandlers::ListActions);
  Watch<api::WatchMdtsRequest, api::WatchMdtsResponse>("WatchMdts", kMdtCollection, ShowChange);
  Watch<api::WatchMeetingsRequest, api::WatchMeetingsResponse>("WatchMeetings", kMeetingCollection, ShowChange,
                                                               kMdtCollection);
  Watch<api::WatchNominationsRequest, api::WatchNominationsResponse>("WatchNominations", kNominationCollection,
                                                                     ShowChange);
  Watch<api::WatchActionsRequest, api::WatchActionsResponse>("WatchActions", kActionCollection, ShowChange);
}

}  // namespace splw::mdt_agenda
