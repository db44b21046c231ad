#include "services/referral_intake/dates.h"

namespace splw::referral_intake {
namespace {

// google/protobuf/timestamp.proto: 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z.
constexpr std::int64_t kMinSeconds = -62'135'596'800;
constexpr std::int64_t kMaxSeconds = 253'402'300'799;

}  // namespace

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  google::protobuf::Timestamp timestamp;
  const std::int64_t seconds = absl::ToUnixSeconds(time);
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(static_cast<std::int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
  return timestamp;
}

absl::Time FromTimestamp(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

bool IsTimestamp(const google::protobuf::Timestamp& timestamp) {
  return timestamp.seconds() >= kMinSeconds && timestamp.seconds() <= kMaxSeconds && timestamp.nanos() >= 0 &&
         timestamp.nanos() < 1'000'000'000;
}

bool IsUnset(const google::type::Date& date) {
  return date.year() == 0 && date.month() == 0 && date.day() == 0;
}

bool IsDate(const google::type::Date& date) {
  if (date.year() < 1 || date.year() > 9999) return false;
  if (date.month() == 0) return date.day() == 0;
  if (date.month() < 1 || date.month() > 12 || date.day() < 0 || date.day() > 31) return false;
  if (date.day() == 0) return true;
  // CivilDay carries 31 February over into March.
  return absl::CivilDay(date.year(), date.month(), date.day()).day() == date.day();
}

absl::CivilDay EarliestDay(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month() == 0 ? 1 : date.month(), date.day() == 0 ? 1 : date.day());
}

absl::CivilDay LatestDay(const google::type::Date& date) {
  if (date.month() == 0) return absl::CivilDay(date.year(), 12, 31);
  if (date.day() == 0) return absl::CivilDay(absl::CivilMonth(date.year(), date.month()) + 1) - 1;
  return absl::CivilDay(date.year(), date.month(), date.day());
}

int AgeInYears(absl::CivilDay birth, absl::CivilDay today) {
  const bool had_birthday =
      today.month() > birth.month() || (today.month() == birth.month() && today.day() >= birth.day());
  return static_cast<int>(today.year() - birth.year()) - (had_birthday ? 0 : 1);
}

}  // namespace splw::referral_intake
