// Everything that only reads: Get, List, and what watchers are told.
#pragma once

#include <absl/status/statusor.h>

#include "common/delivery/feed.h"
#include "common/rpc/call.h"
#include "common/store/store.h"
#include "services/mdt_agenda/messages.h"
#include "splw/mdt/v1/mdt_agenda_service.pb.h"

namespace splw::mdt_agenda {

// Thread-safe. `store` must outlive it.
class ReadHandlers final {
 public:
  explicit ReadHandlers(store::Store& store) : store_(store) {}

  absl::StatusOr<store::Position> GetMdt(const rpc::Call& call, const api::GetMdtRequest& request, api::Mdt* response);
  absl::StatusOr<store::Position> ListMdts(const rpc::Call& call, const api::ListMdtsRequest& request,
                                           api::ListMdtsResponse* response);
  absl::StatusOr<store::Position> GetMeeting(const rpc::Call& call, const api::GetMeetingRequest& request,
                                             api::Meeting* response);
  absl::StatusOr<store::Position> ListMeetings(const rpc::Call& call, const api::ListMeetingsRequest& request,
                                               api::ListMeetingsResponse* response);
  absl::StatusOr<store::Position> GetAgendaItem(const rpc::Call& call, const api::GetAgendaItemRequest& request,
                                                api::AgendaItem* response);
  absl::StatusOr<store::Position> ListAgendaItems(const rpc::Call& call, const api::ListAgendaItemsRequest& request,
                                                  api::ListAgendaItemsResponse* response);
  absl::StatusOr<store::Position> GetNomination(const rpc::Call& call, const api::GetNominationRequest& request,
                                                api::Nomination* response);
  absl::StatusOr<store::Position> ListNominations(const rpc::Call& call, const api::ListNominationsRequest& request,
                                                  api::ListNominationsResponse* response);
  absl::StatusOr<store::Position> GetAction(const rpc::Call& call, const api::GetActionRequest& request,
                                            api::Action* response);
  absl::StatusOr<store::Position> ListActions(const rpc::Call& call, const api::ListActionsRequest& request,
                                              api::ListActionsResponse* response);

 private:
  store::Store& store_;
};

// Fill `response` for a change; false where the watcher may not see the resource, or watches another team.
absl::StatusOr<bool> ShowChange(const rpc::Call& call, const api::WatchMdtsRequest& request, store::Snapshot& snapshot,
                                const delivery::FeedItem& item, api::WatchMdtsResponse* response);
absl::StatusOr<bool> ShowChange(const rpc::Call& call, const api::WatchMeetingsRequest& request,
                                store::Snapshot& snapshot, const delivery::FeedItem& item,
                                api::WatchMeetingsResponse* response);
absl::StatusOr<bool> ShowChange(const rpc::Call& call, const api::WatchNominationsRequest& request,
                                store::Snapshot& snapshot, const delivery::FeedItem& item,
                                api::WatchNominationsResponse* response);
absl::StatusOr<bool> ShowChange(const rpc::Call& call, const api::WatchActionsRequest& request,
                                store::Snapshot& snapshot, const delivery::FeedItem& item,
                                api::WatchActionsResponse* response);

}  // namespace splw::mdt_agenda
