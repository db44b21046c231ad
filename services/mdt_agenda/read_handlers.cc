#include "services/mdt_agenda/read_handlers.h"

#include <map>
#include <optional>
#include <string>
#include <utility>

#include <absl/strings/match.h>
#include <absl/strings/str_format.h>

#include "common/rpc/page.h"
#include "common/text/failure.h"
#include "common/text/status_macros.h"
#include "services/mdt_agenda/conversion.h"
#include "services/mdt_agenda/errors.h"
#include "services/mdt_agenda/mdt_tables.h"
#include "services/mdt_agenda/names.h"
#include "services/mdt_agenda/schedule.h"
#include "services/mdt_agenda/team.h"
#include "services/mdt_agenda/visibility.h"

namespace splw::mdt_agenda {
namespace {

constexpr char kAny[] = "-";
// The last day that a google.type.Date can name: nothing is after it.
const absl::CivilDay kLastDay(9999, 12, 31);

// An index to walk, the part of it that matters, and the bounds within that.
struct Walk {
  std::string index;
  std::string prefix;
};

// Nothing where the field is not set; INVALID_ARGUMENT DATE_INVALID where it is no date.
absl::StatusOr<std::optional<absl::CivilDay>> FilterDay(std::string_view field, bool given,
                                                        const google::type::Date& date) {
  if (!given) return std::nullopt;
  const std::optional<absl::CivilDay> day = ToDay(date);
  if (!day) return text::InvalidField(field, "DATE_INVALID", "must be a full date that exists");
  return day;
}

absl::StatusOr<store::PageRequest> MeetingPage(const api::ListMeetingsRequest& request) {
  const auto order =
      request.order() == api::MEETING_ORDER_LATEST_FIRST ? store::Order::kDescending : store::Order::kAscending;
  SPLW_ASSIGN_OR_RETURN(store::PageRequest page, rpc::ReadPage(request, {}, order));
  SPLW_ASSIGN_OR_RETURN(const auto from, FilterDay("from_date", request.has_from_date(), request.from_date()));
  SPLW_ASSIGN_OR_RETURN(const auto to, FilterDay("to_date", request.has_to_date(), request.to_date()));
  if (from) page.from = TextKey(DayText(*from));
  if (to && *to < kLastDay) page.until = TextKey(DayText(*to + 1));
  return page;
}

Walk MeetingWalk(const api::ListMeetingsRequest& request, const std::string& mdt_id) {
  const bool all_teams = mdt_id == kAny;
  const std::string team = all_teams ? "" : TextKey(mdt_id);
  if (request.state() == api::MEETING_STATE_UNSPECIFIED) return {all_teams ? "date" : "team_date", team};
  return {all_teams ? "state_date" : "team_state_date", team + NumberKey(request.state())};
}

// The team's id; nothing where the filter is not set.
absl::StatusOr<std::string> FilterMdt(const std::string& network, const std::string& mdt) {
  if (mdt.empty()) return std::string();
  SPLW_ASSIGN_OR_RETURN(const Place place, ParseMdt("mdt", mdt));
  if (place.network != network) return errors::NameInvalid("mdt", "of the parent's network");
  return place.mdt_id;
}

Walk NominationWalk(const api::ListNominationsRequest& request, const std::string& mdt_id) {
  if (!request.case_().empty()) return {"case_received", TextKey(request.case_())};
  const bool any_state = request.state() == api::NOMINATION_STATE_UNSPECIFIED;
  const std::string state = any_state ? "" : NumberKey(request.state());
  if (mdt_id.empty()) return {any_state ? "received" : "state_received", state};
  return {any_state ? "team_received" : "team_state_received", TextKey(mdt_id) + state};
}

Walk ActionWalk(const api::ListActionsRequest& request, const std::string& owner_id) {
  if (!request.case_().empty()) return {"case_due", TextKey(request.case_())};
  if (!owner_id.empty()) return {"owner_due", OwnerKey(owner_id)};
  if (request.state() != api::ACTION_STATE_UNSPECIFIED) return {"state_due", NumberKey(request.state())};
  return {"due", ""};
}

absl::StatusOr<stored::MeetingRecord> FindMeeting(store::Snapshot& snapshot, const std::string& network,
                                                  const Viewer& viewer, const std::string& mdt_id,
                                                  const std::string& date) {
  SPLW_ASSIGN_OR_RETURN(std::optional<stored::MeetingRecord> meeting,
                        Meetings().Get(snapshot, network, TextKey(mdt_id, date)));
  if (!meeting || !MaySee(viewer, *meeting)) return errors::MeetingNotFound();
  return *std::move(meeting);
}

// The meetings of a page's items, each read once.
class MeetingCache final {
 public:
  MeetingCache(store::Snapshot& snapshot, const std::string& network) : snapshot_(snapshot), network_(network) {}

  absl::StatusOr<stored::MeetingRecord> Of(const stored::AgendaItemRecord& item) {
    const std::string key = TextKey(item.mdt_id(), item.meeting_date());
    const auto known = meetings_.find(key);
    if (known != meetings_.end()) return known->second;
    SPLW_ASSIGN_OR_RETURN(const std::optional<stored::MeetingRecord> meeting, Meetings().Get(snapshot_, network_, key));
    if (!meeting) return absl::DataLossError("an agenda item has no meeting");
    return meetings_.emplace(key, *meeting).first->second;
  }

 private:
  store::Snapshot& snapshot_;
  const std::string& network_;
  std::map<std::string, stored::MeetingRecord> meetings_;
};

// Shows those of `records` that the viewer may see.
absl::Status ShowItems(store::Snapshot& snapshot, const std::string& network, const Viewer& viewer,
                       const std::vector<stored::AgendaItemRecord>& records, api::ListAgendaItemsResponse* response) {
  MeetingCache meetings(snapshot, network);
  for (const stored::AgendaItemRecord& item : records) {
    SPLW_ASSIGN_OR_RETURN(const stored::MeetingRecord meeting, meetings.Of(item));
    SPLW_ASSIGN_OR_RETURN(const bool visible, IsVisible(snapshot, network, viewer, meeting, item));
    if (!visible) continue;
    SPLW_ASSIGN_OR_RETURN(*response->add_agenda_items(), ShowItem(snapshot, network, viewer, meeting, item));
  }
  return absl::OkStatus();
}

type::v1::ChangeKind KindOf(const delivery::FeedItem& item) {
  return item.created ? type::v1::CHANGE_KIND_CREATED : type::v1::CHANGE_KIND_UPDATED;
}

// A name that lies in the call's network and fits nothing else: what does not exist has no form either.
bool IsInNetwork(const rpc::Call& call, const std::string& name) {
  return absl::StartsWith(name, NetworkName(call.network) + "/");
}

}  // namespace

absl::StatusOr<store::Position> ReadHandlers::GetMdt(const rpc::Call& call, const api::GetMdtRequest& request,
                                                     api::Mdt* response) {
  SPLW_ASSIGN_OR_RETURN(const Place place, ParseMdt("name", request.name()));
  return store_.View(call.attempt(), [&](store::Snapshot& snapshot) -> absl::Status {
    SPLW_ASSIGN_OR_RETURN(const std::optional<stored::MdtRecord> mdt,
                          Mdts().Get(snapshot, call.network, TextKey(place.mdt_id)));
    if (!mdt) return errors::MdtNotFound();
    *response = ShowTeam(call.network, *mdt);
    return absl::OkStatus();
  });
}

absl::StatusOr<store::Position> ReadHandlers::ListMdts(const rpc::Call& call, const api::ListMdtsRequest& request,
                                                       api::ListMdtsResponse* response) {
  SPLW_RETURN_IF_ERROR(ParseNetwork("parent", request.parent()).status());
  SPLW_ASSIGN_OR_RETURN(const store::PageRequest page, rpc::ReadPage(request));
  return store_.View(call.attempt(), [&](store::Snapshot& snapshot) -> absl::Status {
    response->Clear();
    SPLW_ASSIGN_OR_RETURN(const store::PageOf<stored::MdtRecord> mdts,
                          Mdts().ScanIndex(snapshot, call.network, "created", "", page));
    for (const stored::MdtRecord& mdt : mdts.records) *response->add_mdts() = ShowTeam(call.network, mdt);
    return rpc::EndPage(call, snapshot, kMdtCollection, request, mdts.next, response);
  });
}

absl::StatusOr<store::Position> ReadHandlers::GetMeeting(const rpc::Call& call, const api::GetMeetingRequest& request,
                                                         api::Meeting* response) {
  SPLW_ASSIGN_OR_RETURN(const Place place, ParseMeeting("name", request.name()));
  const Viewer viewer = ViewerOf(call.principal);
  return store_.View(call.attempt(), [&](store::Snapshot& snapshot) -> absl::Status {
    SPLW_ASSIGN_OR_RETURN(const stored::MeetingRecord meeting,
                          FindMeeting(snapshot, call.network, viewer, place.mdt_id, place.date));
    *response = ShowMeeting(call.network, viewer, meeting);
    return absl::OkStatus();
  });
}

absl::StatusOr<store::Position> ReadHandlers::ListMeetings(const rpc::Call& call,
                                                           const api::ListMeetingsRequest& request,
                                                           api::ListMeetingsResponse* response) {
  SPLW_ASSIGN_OR_RETURN(const Place place, ParseMdt("parent", request.parent()));
  SPLW_ASSIGN_OR_RETURN(const store::PageRequest page, MeetingPage(request));
  const Walk walk = MeetingWalk(request, place.mdt_id);
  const Viewer viewer = ViewerOf(call.principal);
  return store_.View(call.attempt(), [&](store::Snapshot& snapshot) -> absl::Status {
    response->Clear();
    SPLW_ASSIGN_OR_RETURN(
        const store::PageOf<stored::MeetingRecord> meetings,
        FilteredPage(Meetings(), snapshot, call.network, walk.index, walk.prefix, page,
                     [&viewer](const stored::MeetingRecord& meeting) { return MaySee(viewer, meeting); }));
    for (const stored::MeetingRecord& meeting : meetings.records) {
      *response->add_meetings() = ShowMeeting(call.network, viewer, meeting);
    }
    return rpc::EndPage(call, snapshot, kMeetingCollection, request, meetings.next, response);
  });
}

absl::StatusOr<store::Position> ReadHandlers::GetAgendaItem(const rpc::Call& call,
                                                            const api::GetAgendaItemRequest& request,
                                                            api::AgendaItem* response) {
  SPLW_ASSIGN_OR_RETURN(const Place place, ParseItem("name", request.name()));
  const Viewer viewer = ViewerOf(call.principal);
  return store_.View(call.attempt(), [&](store::Snapshot& snapshot) -> absl::Status {
    SPLW_ASSIGN_OR_RETURN(const std::optional<stored::AgendaItemRecord> item,
                          Items().Get(snapshot, call.network, TextKey(place.mdt_id, place.date, place.item_id)));
    if (!item) return errors::ItemNotFound();
    SPLW_ASSIGN_OR_RETURN(const stored::MeetingRecord meeting, MeetingCache(snapshot, call.network).Of(*item));
    SPLW_ASSIGN_OR_RETURN(const bool visible, IsVisible(snapshot, call.network, viewer, meeting, *item));
    if (!visible) return errors::ItemNotFound();
    SPLW_ASSIGN_OR_RETURN(*response, ShowItem(snapshot, call.network, viewer, meeting, *item));
    return absl::OkStatus();
  });
}

absl::StatusOr<store::Position> ReadHandlers::ListAgendaItems(const rpc::Call& call,
                                                              const api::ListAgendaItemsRequest& request,
                                                              api::ListAgendaItemsResponse* response) {
  SPLW_ASSIGN_OR_RETURN(const Place place, ParseMeeting("parent", request.parent()));
  const bool any_meeting = place.date == kAny || place.mdt_id == kAny;
  if (any_meeting && request.case_().empty()) return errors::CaseFilterRequired();
  SPLW_ASSIGN_OR_RETURN(const store::PageRequest page, rpc::ReadPage(request));
  const Viewer viewer = ViewerOf(call.principal);
  const Walk walk =
      any_meeting ? Walk{"case", TextKey(request.case_())} : Walk{"agenda", TextKey(place.mdt_id, place.date)};
  const auto matches = [&](const stored::AgendaItemRecord& item) {
    return (request.case_().empty() || item.subject().case_() == request.case_()) &&
           (place.mdt_id == kAny || item.mdt_id() == place.mdt_id) &&
           (place.date == kAny || item.meeting_date() == place.date);
  };
  return store_.View(call.attempt(), [&](store::Snapshot& snapshot) -> absl::Status {
    response->Clear();
    if (!any_meeting) {
      SPLW_RETURN_IF_ERROR(FindMeeting(snapshot, call.network, viewer, place.mdt_id, place.date).status());
    }
    SPLW_ASSIGN_OR_RETURN(const store::PageOf<stored::AgendaItemRecord> items,
                          FilteredPage(Items(), snapshot, call.network, walk.index, walk.prefix, page, matches));
    SPLW_RETURN_IF_ERROR(ShowItems(snapshot, call.network, viewer, items.records, response));
    return rpc::EndPage(call, snapshot, kMeetingCollection, request, items.next, response);
  });
}

absl::StatusOr<store::Position> ReadHandlers::GetNomination(const rpc::Call& call,
                                                            const api::GetNominationRequest& request,
                                                            api::Nomination* response) {
  if (!IsInNetwork(call, request.name()))
    return errors::NameInvalid("name", "networks/{network}/…/nominations/{nomination}");
  return store_.View(call.attempt(), [&](store::Snapshot& snapshot) -> absl::Status {
    SPLW_ASSIGN_OR_RETURN(const std::optional<stored::NominationRecord> nomination,
                          Nominations().Get(snapshot, call.network, TextKey(request.name())));
    if (!nomination) return errors::NominationNotFound();
    *response = ShowNomination(call.network, *nomination);
    return absl::OkStatus();
  });
}

absl::StatusOr<store::Position> ReadHandlers::ListNominations(const rpc::Call& call,
                                                              const api::ListNominationsRequest& request,
                                                              api::ListNominationsResponse* response) {
  SPLW_RETURN_IF_ERROR(ParseNetwork("parent", request.parent()).status());
  SPLW_ASSIGN_OR_RETURN(const store::PageRequest page, rpc::ReadPage(request));
  SPLW_ASSIGN_OR_RETURN(const std::string mdt_id, FilterMdt(call.network, request.mdt()));
  const Walk walk = NominationWalk(request, mdt_id);
  const auto matches = [&](const stored::NominationRecord& nomination) {
    return (mdt_id.empty() || nomination.mdt_id() == mdt_id) &&
           (request.state() == api::NOMINATION_STATE_UNSPECIFIED || nomination.state() == request.state());
  };
  return store_.View(call.attempt(), [&](store::Snapshot& snapshot) -> absl::Status {
    response->Clear();
    SPLW_ASSIGN_OR_RETURN(const store::PageOf<stored::NominationRecord> nominations,
                          FilteredPage(Nominations(), snapshot, call.network, walk.index, walk.prefix, page, matches));
    for (const stored::NominationRecord& nomination : nominations.records) {
      *response->add_nominations() = ShowNomination(call.network, nomination);
    }
    return rpc::EndPage(call, snapshot, kNominationCollection, request, nominations.next, response);
  });
}

absl::StatusOr<store::Position> ReadHandlers::GetAction(const rpc::Call& call, const api::GetActionRequest& request,
                                                        api::Action* response) {
  const auto parts = MatchName("networks/*/actions/*", request.name());
  if (!parts) return errors::NameInvalid("name", "networks/{network}/actions/{action}");
  const Viewer viewer = ViewerOf(call.principal);
  return store_.View(call.attempt(), [&](store::Snapshot& snapshot) -> absl::Status {
    SPLW_ASSIGN_OR_RETURN(const std::optional<stored::ActionRecord> action,
                          Actions().Get(snapshot, call.network, TextKey(parts->at(1))));
    if (!action || !MaySee(viewer, *action)) return errors::ActionNotFound();
    SPLW_ASSIGN_OR_RETURN(*response, ShowAction(snapshot, call.network, viewer, *action));
    return absl::OkStatus();
  });
}

absl::StatusOr<store::Position> ReadHandlers::ListActions(const rpc::Call& call, const api::ListActionsRequest& request,
                                                          api::ListActionsResponse* response) {
  SPLW_RETURN_IF_ERROR(ParseNetwork("parent", request.parent()).status());
  SPLW_ASSIGN_OR_RETURN(store::PageRequest page, rpc::ReadPage(request));
  SPLW_ASSIGN_OR_RETURN(const auto due_before, FilterDay("due_before", request.has_due_before(), request.due_before()));
  if (due_before) page.until = TextKey(DayText(*due_before));
  const Viewer viewer = ViewerOf(call.principal);
  // Members of an agency have only their own to look through.
  const std::string owner_id = request.owner_id().empty() && viewer.agency_member ? viewer.id : request.owner_id();
  const Walk walk = ActionWalk(request, owner_id);
  const auto matches = [&](const stored::ActionRecord& action) {
    return MaySee(viewer, action) && (owner_id.empty() || absl::EqualsIgnoreCase(action.owner().id(), owner_id)) &&
           (request.state() == api::ACTION_STATE_UNSPECIFIED || action.state() == request.state());
  };
  return store_.View(call.attempt(), [&](store::Snapshot& snapshot) -> absl::Status {
    response->Clear();
    SPLW_ASSIGN_OR_RETURN(const store::PageOf<stored::ActionRecord> actions,
                          FilteredPage(Actions(), snapshot, call.network, walk.index, walk.prefix, page, matches));
    for (const stored::ActionRecord& action : actions.records) {
      SPLW_ASSIGN_OR_RETURN(*response->add_actions(), ShowAction(snapshot, call.network, viewer, action));
    }
    return rpc::EndPage(call, snapshot, kActionCollection, request, actions.next, response);
  });
}

absl::StatusOr<bool> ShowChange(const rpc::Call& call, const api::WatchMdtsRequest&, store::Snapshot& snapshot,
                                const delivery::FeedItem& item, api::WatchMdtsResponse* response) {
  SPLW_ASSIGN_OR_RETURN(const Place place, ParseMdt("name", item.resource));
  SPLW_ASSIGN_OR_RETURN(const std::optional<stored::MdtRecord> mdt,
                        Mdts().Get(snapshot, call.network, TextKey(place.mdt_id)));
  if (!mdt) return false;
  response->set_kind(KindOf(item));
  *response->mutable_mdt() = ShowTeam(call.network, *mdt);
  return true;
}

absl::StatusOr<bool> ShowChange(const rpc::Call& call, const api::WatchMeetingsRequest& request,
                                store::Snapshot& snapshot, const delivery::FeedItem& item,
                                api::WatchMeetingsResponse* response) {
  SPLW_ASSIGN_OR_RETURN(const Place place, ParseMeeting("name", item.resource));
  const auto watched = MatchName("networks/*/mdts/*", request.parent());
  if (watched && watched->at(1) != kAny && watched->at(1) != place.mdt_id) return false;
  SPLW_ASSIGN_OR_RETURN(const std::optional<stored::MeetingRecord> meeting,
                        Meetings().Get(snapshot, call.network, TextKey(place.mdt_id, place.date)));
  const Viewer viewer = ViewerOf(call.principal);
  if (!meeting || !MaySee(viewer, *meeting)) return false;
  response->set_kind(KindOf(item));
  *response->mutable_meeting() = ShowMeeting(call.network, viewer, *meeting);
  return true;
}

absl::StatusOr<bool> ShowChange(const rpc::Call& call, const api::WatchNominationsRequest&, store::Snapshot& snapshot,
                                const delivery::FeedItem& item, api::WatchNominationsResponse* response) {
  SPLW_ASSIGN_OR_RETURN(const std::optional<stored::NominationRecord> nomination,
                        Nominations().Get(snapshot, call.network, TextKey(item.resource)));
  if (!nomination) return false;
  response->set_kind(KindOf(item));
  *response->mutable_nomination() = ShowNomination(call.network, *nomination);
  return true;
}

absl::StatusOr<bool> ShowChange(const rpc::Call& call, const api::WatchActionsRequest&, store::Snapshot& snapshot,
                                const delivery::FeedItem& item, api::WatchActionsResponse* response) {
  const auto parts = MatchName("networks/*/actions/*", item.resource);
  if (!parts) return absl::InternalError("the feed names an action that is none");
  SPLW_ASSIGN_OR_RETURN(const std::optional<stored::ActionRecord> action,
                        Actions().Get(snapshot, call.network, TextKey(parts->at(1))));
  const Viewer viewer = ViewerOf(call.principal);
  if (!action || !MaySee(viewer, *action)) return false;
  response->set_kind(KindOf(item));
  SPLW_ASSIGN_OR_RETURN(*response->mutable_action(), ShowAction(snapshot, call.network, viewer, *action));
  return true;
}

}  // namespace splw::mdt_agenda
