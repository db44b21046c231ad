// Civil dates and instants, between messages and values. Pure; thread-safe.
#pragma once

#include <optional>

#include <absl/time/civil_time.h>
#include <absl/time/time.h>
#include <google/protobuf/timestamp.pb.h>

#include "google/type/date.pb.h"

namespace splw::referral_intake {

google::protobuf::Timestamp ToTimestamp(absl::Time time);
absl::Time FromTimestamp(const google::protobuf::Timestamp& timestamp);
// True for an instant that a Timestamp may hold: years 1 to 9999, nanoseconds below a second.
bool IsTimestamp(const google::protobuf::Timestamp& timestamp);

// True if nothing is said.
bool IsUnset(const google::type::Date& date);
// True for a day, a month (day 0) or a year (month and day 0) of the calendar.
bool IsDate(const google::type::Date& date);
// The earliest and the latest day that `date` may mean. `date` must be one (IsDate).
absl::CivilDay EarliestDay(const google::type::Date& date);
absl::CivilDay LatestDay(const google::type::Date& date);

// Full years from `birth` to `today`; somebody born on 29 February has their birthday on 1 March in other years.
int AgeInYears(absl::CivilDay birth, absl::CivilDay today);

}  // namespace splw::referral_intake
