#include "services/mdt_agenda/team_handlers.h"

#include <optional>
#include <string>
#include <vector>

#include "common/delivery/request_rules.h"
#include "common/text/failure.h"
#include "common/text/status_macros.h"
#include "services/mdt_agenda/calendar.h"
#include "services/mdt_agenda/conversion.h"
#include "services/mdt_agenda/errors.h"
#include "services/mdt_agenda/handling.h"
#include "services/mdt_agenda/limits.h"
#include "services/mdt_agenda/mdt_tables.h"
#include "services/mdt_agenda/names.h"
#include "services/mdt_agenda/nomination_events.h"
#include "services/mdt_agenda/schedule.h"
#include "services/mdt_agenda/team.h"
#include "services/mdt_agenda/timestamps.h"

namespace splw::mdt_agenda {
namespace {

// But for the team, which only the store's time can judge.
absl::Status CheckCreate(const api::CreateMdtRequest& request) {
  SPLW_RETURN_IF_ERROR(ParseNetwork("parent", request.parent()).status());
  if (!request.mdt_id().empty() && !IsMdtId(request.mdt_id())) {
    return text::InvalidField("mdt_id", "MDT_ID_INVALID", "must be 3 to 40 of a-z, 0-9 and '-', or empty");
  }
  return absl::OkStatus();
}

absl::Status CheckRoomFor(AgendaBook& book, const std::string& mdt_id) {
  SPLW_ASSIGN_OR_RETURN(const std::optional<stored::MdtRecord> existing,
                        Mdts().Get(book.txn(), book.network(), TextKey(mdt_id)));
  if (existing) return errors::MdtExists();
  SPLW_ASSIGN_OR_RETURN(const store::PageOf<stored::MdtRecord> page,
                        Mdts().Scan(book.txn(), book.network(), {.size = kMaxMdts}));
  return page.records.size() < kMaxMdts ? absl::OkStatus() : errors::TooManyMdts();
}

struct TeamOfNetwork {
  std::string network;
  std::string mdt_id;
};

// One that cannot be read is left out (store verify names it): it is not to stop the others.
absl::StatusOr<std::vector<TeamOfNetwork>> AllTeams(store::Store& store, const store::Attempt& attempt) {
  std::vector<TeamOfNetwork> teams;
  const auto maybe_seen = store.View(attempt, [&teams](store::Snapshot& snapshot) -> absl::Status {
    teams.clear();
    SPLW_ASSIGN_OR_RETURN(const std::vector<std::string> networks, store::ListNetworks(snapshot));
    for (const std::string& network : networks) {
      SPLW_ASSIGN_OR_RETURN(
          const store::PageOf<stored::MdtRecord> page,
          Mdts().ScanIndex(snapshot, network, "created", "", {.size = kMaxMdts, .skip_unreadable = true}));
      for (const stored::MdtRecord& mdt : page.records) teams.push_back({network, mdt.id()});
    }
    return absl::OkStatus();
  });
  if (!maybe_seen.ok()) return maybe_seen.status();
  return teams;
}

}  // namespace

absl::StatusOr<store::Position> TeamHandlers::CreateMdt(const rpc::Call& call, const api::CreateMdtRequest& request,
                                                        api::Mdt* response) {
  SPLW_RETURN_IF_ERROR(CheckCreate(request));
  return ChangeOnce(changes_, call, request, response, [&](AgendaBook& book, api::Mdt& shown) -> absl::Status {
    SPLW_RETURN_IF_ERROR(CheckTeam(request.mdt(), LondonDay(book.now())));
    stored::MdtRecord mdt;
    mdt.set_id(request.mdt_id().empty() ? book.change().NewId() : request.mdt_id());
    SPLW_RETURN_IF_ERROR(CheckRoomFor(book, mdt.id()));
    StoreTeam(request.mdt(), mdt);
    *mdt.mutable_create_time() = ToTimestamp(book.now());
    *mdt.mutable_update_time() = mdt.create_time();
    SPLW_RETURN_IF_ERROR(book.Save(mdt));
    SPLW_RETURN_IF_ERROR(TopUp(book, mdt));
    SPLW_RETURN_IF_ERROR(AssignWaiting(book, mdt).status());
    shown = ShowTeam(book.network(), mdt);
    return book.Finish();
  });
}

absl::StatusOr<store::Position> TeamHandlers::UpdateMdt(const rpc::Call& call, const api::UpdateMdtRequest& request,
                                                        api::Mdt* response) {
  SPLW_ASSIGN_OR_RETURN(const Place place, ParseMdt("mdt.name", request.mdt().name()));
  return ChangeOnce(changes_, call, request, response, [&](AgendaBook& book, api::Mdt& shown) -> absl::Status {
    SPLW_ASSIGN_OR_RETURN(stored::MdtRecord mdt, book.Mdt(place.mdt_id));
    SPLW_ASSIGN_OR_RETURN(const api::Mdt merged,
                          MergeTeam(ShowTeam(book.network(), mdt), request.mdt(), request.update_mask()));
    SPLW_RETURN_IF_ERROR(CheckTeam(merged, LondonDay(book.now())));
    SPLW_RETURN_IF_ERROR(delivery::CheckEtag("mdt.etag", request.mdt().etag(), mdt.version()));
    StoreTeam(merged, mdt);
    *mdt.mutable_update_time() = ToTimestamp(book.now());
    SPLW_RETURN_IF_ERROR(book.Save(mdt));
    SPLW_RETURN_IF_ERROR(FollowSchedule(book, mdt));
    shown = ShowTeam(book.network(), mdt);
    return book.Finish();
  });
}

absl::StatusOr<bool> TeamHandlers::KeepCalendars() {
  const store::Attempt attempt{.label = "calendar"};
  const delivery::Origin origin{"mdt-agenda", "SERVICE", "", "KeepCalendars", "calendar"};
  SPLW_ASSIGN_OR_RETURN(const std::vector<TeamOfNetwork> teams, AllTeams(store_, attempt));
  bool more = false;
  absl::Status first_error;
  for (const TeamOfNetwork& team : teams) {
    const auto maybe_kept = changes_.Run(attempt, origin, team.network, [&](delivery::Change& change) -> absl::Status {
      AgendaBook book(change);
      SPLW_ASSIGN_OR_RETURN(const stored::MdtRecord mdt, book.Mdt(team.mdt_id));
      SPLW_RETURN_IF_ERROR(TopUp(book, mdt));
      SPLW_ASSIGN_OR_RETURN(const bool more_not_held, TakeOffNotHeld(book, mdt));
      SPLW_ASSIGN_OR_RETURN(const bool more_forgotten, CloseForgotten(book, mdt));
      SPLW_ASSIGN_OR_RETURN(const bool more_waiting, AssignWaiting(book, mdt));
      more = more || more_not_held || more_forgotten || more_waiting;
      return book.Finish();
    });
    // A team that cannot be kept is not to stop the others.
    first_error.Update(maybe_kept.status());
  }
  if (!first_error.ok()) return first_error;
  return more;
}

}  // namespace splw::mdt_agenda
