// Resource names of this service, made and taken apart.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>

#include "services/mdt_agenda/messages.h"

namespace splw::mdt_agenda {

// Collections, as names and the feed of changes have them.
inline constexpr char kMdtCollection[] = "mdts";
inline constexpr char kMeetingCollection[] = "meetings";
inline constexpr char kItemCollection[] = "items";
inline constexpr char kNominationCollection[] = "nominations";
inline constexpr char kActionCollection[] = "actions";

std::string NetworkName(std::string_view network);
std::string MdtName(std::string_view network, std::string_view mdt_id);
std::string MeetingName(std::string_view network, std::string_view mdt_id, std::string_view date);
std::string MeetingName(std::string_view network, const stored::MeetingRecord& meeting);
std::string ItemName(std::string_view network, const stored::AgendaItemRecord& item);
std::string ActionName(std::string_view network, std::string_view id);

// The parts of `name` that stand where `pattern` ("networks/*/mdts/*") has stars; nothing where it does not match, or
// where a part is empty, longer than 64 characters or not of A-Z, a-z, 0-9, '-', '_', '.', '~'.
std::optional<std::vector<std::string>> MatchName(std::string_view pattern, std::string_view name);

// Where a resource of a team stands. Parts that the kind of resource does not have are empty.
struct Place {
  std::string network;
  std::string mdt_id;
  std::string date;
  std::string item_id;
};
// INVALID_ARGUMENT NAME_INVALID, of `field`, where `name` is not of that form.
absl::StatusOr<Place> ParseNetwork(std::string_view field, std::string_view name);
absl::StatusOr<Place> ParseMdt(std::string_view field, std::string_view name);
absl::StatusOr<Place> ParseMeeting(std::string_view field, std::string_view name);
absl::StatusOr<Place> ParseItem(std::string_view field, std::string_view name);

}  // namespace splw::mdt_agenda
