// Weekly meetings by the clocks of Europe/London, and the instants that they mean. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/time/civil_time.h>
#include <absl/time/time.h>
#include <google/type/date.pb.h>
#include <google/type/dayofweek.pb.h>

#include "services/mdt_agenda/messages.h"

namespace splw::mdt_agenda {

// Meetings live in Europe/London (docs/architecture.md). Ends the process where the machine has no time zone data.
const absl::TimeZone& London();

// The date in London at an instant.
absl::CivilDay LondonDay(absl::Time instant);

// Nothing where it is not a full, real date.
std::optional<absl::CivilDay> ToDay(const google::type::Date& date);
google::type::Date ToDate(absl::CivilDay day);

// "2026-11-26", and back; nothing where it is not a real date in just that form. Sorts by time, as ToDay's dates all do.
std::string DayText(absl::CivilDay day);
std::optional<absl::CivilDay> ParseDay(std::string_view text);

// The instant at which the clocks of London show this minute of the day. A minute that they skip (the last Sunday of
// March) is an hour later by the new clocks; of one that they show twice (the last Sunday of October) the first is
// meant.
absl::Time InstantAt(absl::CivilDay day, int minute_of_day);

// When the series meets.
struct Schedule {
  absl::Weekday weekday = absl::Weekday::monday;
  int start_minute = 0;
  int length_minutes = 0;
  std::optional<absl::CivilDay> first_day;
};
Schedule ScheduleOf(const stored::ScheduleRecord& record);

// The days from `from` to `to`, both included, on which the series meets, in order.
std::vector<absl::CivilDay> MeetingDays(const Schedule& schedule, absl::CivilDay from, absl::CivilDay to);

}  // namespace splw::mdt_agenda
