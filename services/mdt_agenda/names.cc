#include "services/mdt_agenda/names.h"

#include <algorithm>

#include <absl/strings/ascii.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_split.h>

#include "services/mdt_agenda/errors.h"

namespace splw::mdt_agenda {
namespace {

constexpr std::size_t kMaxPartLength = 64;

bool IsPart(const std::string& part) {
  return !part.empty() && part.size() <= kMaxPartLength && std::all_of(part.begin(), part.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.' || c == '~';
  });
}

absl::StatusOr<Place> Parse(std::string_view field, std::string_view name, std::string_view pattern,
                            std::string_view form) {
  const auto parts = MatchName(pattern, name);
  if (!parts) return errors::NameInvalid(field, form);
  Place place;
  std::string* const targets[] = {&place.network, &place.mdt_id, &place.date, &place.item_id};
  for (std::size_t i = 0; i < parts->size(); ++i) *targets[i] = (*parts)[i];
  return place;
}

}  // namespace

std::string NetworkName(std::string_view network) {
  return absl::StrFormat("networks/%s", network);
}

std::string MdtName(std::string_view network, std::string_view mdt_id) {
  return absl::StrFormat("networks/%s/mdts/%s", network, mdt_id);
}

std::string MeetingName(std::string_view network, std::string_view mdt_id, std::string_view date) {
  return absl::StrFormat("networks/%s/mdts/%s/meetings/%s", network, mdt_id, date);
}

std::string MeetingName(std::string_view network, const stored::MeetingRecord& meeting) {
  return MeetingName(network, meeting.mdt_id(), meeting.date());
}

std::string ItemName(std::string_view network, const stored::AgendaItemRecord& item) {
  return absl::StrFormat("networks/%s/mdts/%s/meetings/%s/items/%s", network, item.mdt_id(), item.meeting_date(),
                         item.id());
}

std::string ActionName(std::string_view network, std::string_view id) {
  return absl::StrFormat("networks/%s/actions/%s", network, id);
}

std::optional<std::vector<std::string>> MatchName(std::string_view pattern, std::string_view name) {
  const std::vector<std::string> wanted = absl::StrSplit(std::string(pattern), '/');
  const std::vector<std::string> given = absl::StrSplit(std::string(name), '/');
  if (wanted.size() != given.size()) return std::nullopt;
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] != "*") {
      if (wanted[i] != given[i]) return std::nullopt;
    } else if (IsPart(given[i])) {
      parts.push_back(given[i]);
    } else {
      return std::nullopt;
    }
  }
  return parts;
}

absl::StatusOr<Place> ParseNetwork(std::string_view field, std::string_view name) {
  return Parse(field, name, "networks/*", "networks/{network}");
}

absl::StatusOr<Place> ParseMdt(std::string_view field, std::string_view name) {
  return Parse(field, name, "networks/*/mdts/*", "networks/{network}/mdts/{mdt}");
}

absl::StatusOr<Place> ParseMeeting(std::string_view field, std::string_view name) {
  return Parse(field, name, "networks/*/mdts/*/meetings/*", "networks/{network}/mdts/{mdt}/meetings/{date}");
}

absl::StatusOr<Place> ParseItem(std::string_view field, std::string_view name) {
  return Parse(field, name, "networks/*/mdts/*/meetings/*/items/*",
               "networks/{network}/mdts/{mdt}/meetings/{date}/items/{item}");
}

}  // namespace splw::mdt_agenda
