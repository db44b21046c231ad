#include "services/mdt_agenda/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace splw::mdt_agenda {
namespace {

using absl::CivilDay;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int kTenOClock = 10 * 60;

std::string Utc(absl::Time instant) {
  return absl::FormatTime("%Y-%m-%dT%H:%MZ", instant, absl::UTCTimeZone());
}

google::type::Date Date(int year, int month, int day) {
  google::type::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

TEST(ScheduleTest, WinterMeetingIsAtTheSameHourInUtc) {
  EXPECT_EQ(Utc(InstantAt(CivilDay(2026, 11, 26), kTenOClock)), "2026-11-26T10:00Z");
}

TEST(ScheduleTest, SummerMeetingIsAnHourEarlierInUtc) {
  EXPECT_EQ(Utc(InstantAt(CivilDay(2026, 7, 2), kTenOClock)), "2026-07-02T09:00Z");
}

TEST(ScheduleTest, LocalTimeStaysTheSameAcrossTheLastSundaysOfMarchAndOctober) {
  EXPECT_EQ(Utc(InstantAt(CivilDay(2026, 3, 28), kTenOClock)), "2026-03-28T10:00Z");
  EXPECT_EQ(Utc(InstantAt(CivilDay(2026, 3, 29), kTenOClock)), "2026-03-29T09:00Z");
  EXPECT_EQ(Utc(InstantAt(CivilDay(2026, 10, 24), kTenOClock)), "2026-10-24T09:00Z");
  EXPECT_EQ(Utc(InstantAt(CivilDay(2026, 10, 25), kTenOClock)), "2026-10-25T10:00Z");
}

TEST(ScheduleTest, SkippedMinuteInMarchIsAnHourLater) {
  // 01:30 does not exist on 2026-03-29: the clocks go from 01:00 to 02:00. It is held at 02:30 BST.
  EXPECT_EQ(Utc(InstantAt(CivilDay(2026, 3, 29), 90)), "2026-03-29T01:30Z");
}

TEST(ScheduleTest, RepeatedMinuteInOctoberIsTheFirstOfTheTwo) {
  EXPECT_EQ(Utc(InstantAt(CivilDay(2026, 10, 25), 90)), "2026-10-25T00:30Z");
}

TEST(ScheduleTest, LondonDayChangesAtLocalMidnight) {
  EXPECT_EQ(LondonDay(absl::FromCivil(absl::CivilMinute(2026, 7, 1, 22, 59), absl::UTCTimeZone())),
            CivilDay(2026, 7, 1));
  EXPECT_EQ(LondonDay(absl::FromCivil(absl::CivilMinute(2026, 7, 1, 23, 0), absl::UTCTimeZone())),
            CivilDay(2026, 7, 2));
}

TEST(ScheduleTest, SeriesMeetsOnItsWeekdayWithBothEndsIncluded) {
  const Schedule thursdays{absl::Weekday::thursday, kTenOClock, 60, std::nullopt};
  EXPECT_THAT(MeetingDays(thursdays, CivilDay(2026, 11, 26), CivilDay(2026, 12, 10)),
              ElementsAre(CivilDay(2026, 11, 26), CivilDay(2026, 12, 3), CivilDay(2026, 12, 10)));
  EXPECT_THAT(MeetingDays(thursdays, CivilDay(2026, 11, 27), CivilDay(2026, 12, 2)), IsEmpty());
}

TEST(ScheduleTest, NoMeetingBeforeTheFirstDate) {
  const Schedule thursdays{absl::Weekday::thursday, kTenOClock, 60, CivilDay(2026, 12, 1)};
  EXPECT_THAT(MeetingDays(thursdays, CivilDay(2026, 11, 1), CivilDay(2026, 12, 4)), ElementsAre(CivilDay(2026, 12, 3)));
}

TEST(ScheduleTest, OnlyFullRealDatesAreDates) {
  EXPECT_EQ(ToDay(Date(2028, 2, 29)), CivilDay(2028, 2, 29));
  for (const auto& date : {Date(2026, 2, 29), Date(2026, 13, 1), Date(2026, 0, 0), Date(0, 1, 1), Date(2026, 4, 31)}) {
    EXPECT_FALSE(ToDay(date).has_value()) << date.ShortDebugString();
  }
  EXPECT_EQ(ToDate(CivilDay(2026, 11, 26)).day(), 26);
}

TEST(ScheduleTest, DayIsReadBackFromItsText) {
  EXPECT_EQ(DayText(CivilDay(2026, 3, 5)), "2026-03-05");
  EXPECT_EQ(ParseDay("2026-03-05"), CivilDay(2026, 3, 5));
  for (const char* text : {"2026-3-5", "2026-02-30", "next Thursday", "", "2026-03-05T10"}) {
    EXPECT_FALSE(ParseDay(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace splw::mdt_agenda
