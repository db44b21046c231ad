#include "services/mdt_agenda/schedule.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <absl/strings/str_format.h>

namespace splw::mdt_agenda {
namespace {

constexpr int kMinutesInHour = 60;

absl::TimeZone LoadLondon() {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone("Europe/London", &zone)) {
    std::fputs("no time zone data for Europe/London on this machine: install tzdata\n", stderr);
    std::abort();
  }
  return zone;
}

absl::Weekday ToWeekday(google::type::DayOfWeek day) {
  switch (day) {
    case google::type::TUESDAY:
      return absl::Weekday::tuesday;
    case google::type::WEDNESDAY:
      return absl::Weekday::wednesday;
    case google::type::THURSDAY:
      return absl::Weekday::thursday;
    case google::type::FRIDAY:
      return absl::Weekday::friday;
    case google::type::SATURDAY:
      return absl::Weekday::saturday;
    case google::type::SUNDAY:
      return absl::Weekday::sunday;
    default:
      return absl::Weekday::monday;
  }
}

}  // namespace

const absl::TimeZone& London() {
  static const absl::TimeZone zone = LoadLondon();
  return zone;
}

absl::CivilDay LondonDay(absl::Time instant) {
  return absl::ToCivilDay(instant, London());
}

std::optional<absl::CivilDay> ToDay(const google::type::Date& date) {
  if (date.year() < 1 || date.year() > 9999) return std::nullopt;
  const absl::CivilDay day(date.year(), date.month(), date.day());
  // Civil time moves 30 February to March: what does not come back the same was no date.
  if (day.month() != date.month() || day.day() != date.day()) return std::nullopt;
  return day;
}

google::type::Date ToDate(absl::CivilDay day) {
  google::type::Date date;
  date.set_year(static_cast<int>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

std::string DayText(absl::CivilDay day) {
  // Four digits of the year: as text, dates sort by time.
  return absl::StrFormat("%04d-%02d-%02d", day.year(), day.month(), day.day());
}

std::optional<absl::CivilDay> ParseDay(std::string_view text) {
  absl::CivilDay day;
  if (!absl::ParseCivilTime(std::string(text), &day) || DayText(day) != text) return std::nullopt;
  return day;
}

absl::Time InstantAt(absl::CivilDay day, int minute_of_day) {
  // TimeInfo::pre reads skipped and repeated times by the offset before the change, which is what the header promises.
  return London()
      .At(absl::CivilSecond(day.year(), day.month(), day.day(), minute_of_day / kMinutesInHour,
                            minute_of_day % kMinutesInHour))
      .pre;
}

Schedule ScheduleOf(const stored::ScheduleRecord& record) {
  return {ToWeekday(record.day_of_week()), record.start_minute(), record.length_minutes(),
          record.has_first_date() ? ToDay(record.first_date()) : std::nullopt};
}

std::vector<absl::CivilDay> MeetingDays(const Schedule& schedule, absl::CivilDay from, absl::CivilDay to) {
  if (schedule.first_day) from = std::max(from, *schedule.first_day);
  std::vector<absl::CivilDay> days;
  for (absl::CivilDay day = absl::NextWeekday(from - 1, schedule.weekday); day <= to; day += 7) days.push_back(day);
  return days;
}

}  // namespace splw::mdt_agenda
