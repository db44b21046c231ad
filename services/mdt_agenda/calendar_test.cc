#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "services/mdt_agenda/limits.h"
#include "services/mdt_agenda/testing/agenda_world.h"
#include "services/mdt_agenda/timestamps.h"

namespace splw::mdt_agenda {
namespace {

using splw::testing::HasField;
using splw::testing::HasReason;
using splw::testing::IsOk;
using splw::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class CalendarTest : public ::testing::Test, protected testing::AgendaWorld {
 protected:
  void TearDown() override { EXPECT_THAT(Faults(), IsEmpty()); }

  std::vector<std::string> Dates(api::MeetingState state = api::MEETING_STATE_UNSPECIFIED) {
    std::vector<std::string> dates;
    for (const api::Meeting& meeting : Meetings(state)) dates.push_back(DayText(*ToDay(meeting.date())));
    return dates;
  }

  absl::StatusOr<api::Mdt> Update(api::Mdt mdt, const std::string& path) {
    api::UpdateMdtRequest request;
    *request.mutable_mdt() = std::move(mdt);
    request.mutable_update_mask()->add_paths(path);
    request.set_request_id(NextRequest());
    return Ask(teams, &TeamHandlers::UpdateMdt, request);
  }

  // The team as it is then.
  api::Mdt MeetOn(google::type::DayOfWeek day, api::Mdt mdt) {
    mdt.mutable_schedule()->set_day_of_week(day);
    const auto maybe_mdt = Update(mdt, "schedule");
    EXPECT_THAT(maybe_mdt, IsOk());
    return maybe_mdt.ok() ? *maybe_mdt : mdt;
  }
};

TEST_F(CalendarTest, NewTeamHasItsMeetingsOfTheNextEightWeeks) {
  const auto maybe_mdt = Create(Team());
  ASSERT_THAT(maybe_mdt, IsOk());
  EXPECT_EQ(maybe_mdt->name(), testing::kTeam);
  EXPECT_EQ(maybe_mdt->item_lengths().new_minutes(), 8);
  EXPECT_EQ(maybe_mdt->max_carry_overs(), 2);
  EXPECT_THAT(Dates(), ElementsAre("2026-11-26", "2026-12-03", "2026-12-10", "2026-12-17", "2026-12-24", "2026-12-31",
                                   "2027-01-07", "2027-01-14"));
  EXPECT_EQ(ToInstant(Meetings()[0].start_time()), InstantAt(absl::CivilDay(2026, 11, 26), 600));
  EXPECT_EQ(ToInstant(Meetings()[0].end_time()), InstantAt(absl::CivilDay(2026, 11, 26), 660));
}

TEST_F(CalendarTest, MeetingKeepsItsLocalTimeWhenTheClocksChange) {
  clock_.Set(InstantAt(absl::CivilDay(2027, 3, 22), 480));
  ASSERT_THAT(Create(Team()), IsOk());
  EXPECT_EQ(ToInstant(Meeting("2027-03-25").start_time()),
            absl::FromCivil(absl::CivilMinute(2027, 3, 25, 10, 0), absl::UTCTimeZone()));
  EXPECT_EQ(ToInstant(Meeting("2027-04-01").start_time()),
            absl::FromCivil(absl::CivilMinute(2027, 4, 1, 9, 0), absl::UTCTimeZone()));
}

TEST_F(CalendarTest, CalendarIsToppedUpAndARepeatChangesNothing) {
  ASSERT_THAT(Create(Team()), IsOk());
  clock_.Advance(absl::Hours(24 * 7));
  ASSERT_THAT(teams.KeepCalendars(), IsOk());
  EXPECT_EQ(Dates().back(), "2027-01-21");
  const std::string etag = Meeting("2027-01-21").etag();
  ASSERT_THAT(teams.KeepCalendars(), IsOk());
  EXPECT_EQ(Meeting("2027-01-21").etag(), etag);
  EXPECT_THAT(Dates(), SizeIs(9));
}

TEST_F(CalendarTest, MeetingThatNobodyHeldIsTakenOffAndItsFeedbackGoesOn) {
  ASSERT_THAT(Create(Team()), IsOk());
  ASSERT_THAT(Nominate("a"), IsOk());
  Hold("2026-11-26");
  ASSERT_THAT(Decide(Plan(Item("2026-11-26", "a"))), IsOk());
  ASSERT_THAT(Close("2026-11-26"), IsOk());
  ASSERT_EQ(Item("2026-12-03", "a").kind(), api::ITEM_KIND_FEEDBACK);

  clock_.Set(InstantAt(absl::CivilDay(2026, 12, 11), 480));
  ASSERT_THAT(teams.KeepCalendars(), IsOk());

  EXPECT_EQ(Meeting("2026-12-03").state(), api::MEETING_STATE_CANCELLED);
  EXPECT_EQ(Meeting("2026-12-03").cancel_reason_code(), "NOT_HELD");
  EXPECT_EQ(Item("2026-12-17", "a").state(), api::ITEM_STATE_LISTED);
  EXPECT_THAT(Told<api::FeedbackMoved>("a"), SizeIs(1));
}

TEST_F(CalendarTest, FeedbackOfAMeetingThatWasNotHeldIsOnTheVeryNextAgenda) {
  ASSERT_THAT(Create(Team()), IsOk());
  for (const char* id : {"owed", "waiting"}) ASSERT_THAT(Nominate(id), IsOk());
  Hold("2026-11-26");
  ASSERT_THAT(Decide(Plan(Item("2026-11-26", "owed"))), IsOk());
  ASSERT_THAT(Close("2026-11-26"), IsOk());
  ASSERT_THAT(Build("2026-12-03"), IsOk());
  ASSERT_THAT(Publish("2026-12-03"), IsOk());

  clock_.Set(InstantAt(absl::CivilDay(2026, 12, 7), 480));
  ASSERT_THAT(teams.KeepCalendars(), IsOk());
  ASSERT_THAT(Build("2026-12-10"), IsOk());
  EXPECT_EQ(Meeting("2026-12-03").cancel_reason_code(), "NOT_HELD");
  EXPECT_EQ(Item("2026-12-10", "owed").position(), 1);
  EXPECT_EQ(Item("2026-12-10", "waiting").position(), 2);
}

TEST_F(CalendarTest, MeetingThatNobodyClosedIsClosedAndWhatItLeftGoesOn) {
  ASSERT_THAT(Create(Team()), IsOk());
  for (const char* id : {"decided", "left"}) ASSERT_THAT(Nominate(id), IsOk());
  Hold("2026-11-26");
  ASSERT_THAT(Decide(Plan(Item("2026-11-26", "decided"))), IsOk());
  clock_.Set(InstantAt(absl::CivilDay(2026, 11, 28), 480));
  ASSERT_THAT(teams.KeepCalendars(), IsOk());
  EXPECT_EQ(Meeting("2026-11-26").state(), api::MEETING_STATE_IN_PROGRESS) << "time to write up the minutes";

  clock_.Set(InstantAt(absl::CivilDay(2026, 11, 29), 661));
  ASSERT_THAT(teams.KeepCalendars(), IsOk());
  const api::Meeting closed = Meeting("2026-11-26");
  EXPECT_EQ(closed.state(), api::MEETING_STATE_CLOSED);
  EXPECT_TRUE(closed.has_close_time());
  ASSERT_THAT(closed.carried_over(), SizeIs(1));
  EXPECT_EQ(closed.carried_over(0).reason_code(), "NOT_CLOSED");
  EXPECT_EQ(Nomination("left").state(), api::NOMINATION_STATE_WAITING);
  EXPECT_THAT(Told<api::NominationCarriedOver>("left"), SizeIs(1));
  ASSERT_THAT(Build("2026-12-03"), IsOk());
  EXPECT_EQ(Item("2026-12-03", "decided").kind(), api::ITEM_KIND_FEEDBACK);
  EXPECT_EQ(Item("2026-12-03", "left").times_carried_over(), 1);
}

TEST_F(CalendarTest, TeamThatCannotBeKeptDoesNotStopTheOthers) {
  ASSERT_THAT(Create(Team(), "broken"), IsOk());
  clock_.Advance(absl::Seconds(1));
  ASSERT_THAT(Create(Team()), IsOk());
  // The broken team's first meeting holds more items than a meeting may.
  ASSERT_THAT(AgendaWorld::Run([](delivery::Change& change) -> absl::Status {
                for (std::size_t i = 0; i <= kMaxMeetingItems; ++i) {
                  stored::AgendaItemRecord item;
                  item.set_mdt_id("broken");
                  item.set_meeting_date("2026-11-26");
                  item.set_id(change.NewId());
                  const absl::Status put = Items().Put(change.txn(), testing::kNetwork, item);
                  if (!put.ok()) return put;
                }
                return absl::OkStatus();
              }),
              IsOk());
  clock_.Set(InstantAt(absl::CivilDay(2026, 11, 30), 480));
  EXPECT_THAT(teams.KeepCalendars(), HasReason("TOO_MANY_ITEMS"));
  EXPECT_EQ(Meeting("2026-11-26").cancel_reason_code(), "NOT_HELD");
}

TEST_F(CalendarTest, ChangedScheduleMovesTheMeetingsAndWhatIsOwedToThem) {
  const auto maybe_mdt = Create(Team());
  ASSERT_THAT(Nominate("a"), IsOk());
  Hold("2026-11-26");
  ASSERT_THAT(Decide(Plan(Item("2026-11-26", "a"))), IsOk());
  api::Mdt mdt = *maybe_mdt;
  mdt.mutable_schedule()->set_day_of_week(google::type::TUESDAY);
  ASSERT_THAT(Update(mdt, "schedule"), IsOk());
  EXPECT_THAT(Dates(api::MEETING_STATE_CANCELLED), SizeIs(7));
  EXPECT_EQ(Dates(api::MEETING_STATE_SCHEDULED).front(), "2026-11-24");
  EXPECT_EQ(Meeting("2026-12-03").cancel_reason_code(), "SCHEDULE_CHANGED");
  EXPECT_EQ(Item("2026-12-08", "a").kind(), api::ITEM_KIND_FEEDBACK);
  EXPECT_EQ(Item("2026-11-26", "a").feedback_item(), Item("2026-12-08", "a").name());
}

TEST_F(CalendarTest, DayThatTheScheduleComesBackToIsFreeAgain) {
  const auto maybe_mdt = Create(Team());
  ASSERT_THAT(maybe_mdt, IsOk());
  MeetOn(google::type::THURSDAY, MeetOn(google::type::TUESDAY, *maybe_mdt));
  EXPECT_EQ(Meeting("2026-12-03").state(), api::MEETING_STATE_SCHEDULED);
}

TEST_F(CalendarTest, DayThatComesBackPlansOnlyWhatIsStillOwedToIt) {
  const auto maybe_mdt = Create(Team());
  ASSERT_THAT(maybe_mdt, IsOk());
  ASSERT_THAT(Nominate("a"), IsOk());
  Hold("2026-11-26");
  ASSERT_THAT(Decide(Plan(Item("2026-11-26", "a"))), IsOk());
  ASSERT_THAT(Close("2026-11-26"), IsOk());
  ASSERT_THAT(Build("2026-12-03"), IsOk());
  MeetOn(google::type::THURSDAY, MeetOn(google::type::TUESDAY, *maybe_mdt));

  const auto maybe_built = Build("2026-12-10");
  ASSERT_THAT(maybe_built, IsOk());
  EXPECT_EQ(maybe_built->planned_minutes(), 3);
  EXPECT_EQ(Item("2026-12-10", "a").state(), api::ITEM_STATE_LISTED);
  EXPECT_EQ(Item("2026-12-03", "a").position(), 0) << "it had a place on a plan only";
  const auto maybe_returned = Build("2026-12-03");
  ASSERT_THAT(maybe_returned, IsOk());
  EXPECT_EQ(maybe_returned->planned_minutes(), 0);
  EXPECT_EQ(maybe_returned->item_counts().listed(), 0);
  EXPECT_THAT(maybe_returned->carried_over(), SizeIs(1)) << "what became of it still shows";
}

TEST_F(CalendarTest, FeedbackMovesOnceHoweverManyMeetingsLeaveTheCalendar) {
  const auto maybe_mdt = Create(Team());
  ASSERT_THAT(maybe_mdt, IsOk());
  ASSERT_THAT(Nominate("a"), IsOk());
  Hold("2026-11-26");
  ASSERT_THAT(Decide(Plan(Item("2026-11-26", "a"))), IsOk());
  ASSERT_THAT(Close("2026-11-26"), IsOk());
  api::Mdt mdt = *maybe_mdt;
  mdt.mutable_schedule()->set_day_of_week(google::type::WEDNESDAY);
  *mdt.mutable_schedule()->mutable_first_date() = ToDate(absl::CivilDay(2026, 12, 20));
  ASSERT_THAT(Update(mdt, "schedule"), IsOk());
  EXPECT_EQ(Item("2026-12-23", "a").times_carried_over(), 1);
  EXPECT_THAT(Agenda("2026-12-10"), IsEmpty()) << "it leaves, too";
}

TEST_F(CalendarTest, OtherTimeOfTheSameDayMovesTheMeetingInPlace) {
  const auto maybe_mdt = Create(Team());
  api::Mdt mdt = *maybe_mdt;
  mdt.mutable_schedule()->mutable_start_time()->set_hours(14);
  ASSERT_THAT(Update(mdt, "schedule"), IsOk());
  EXPECT_EQ(ToInstant(Meeting("2026-12-03").start_time()), InstantAt(absl::CivilDay(2026, 12, 3), 14 * 60));
}

TEST_F(CalendarTest, AgendaOfAMeetingThatBecomesShorterIsBuiltAgain) {
  const auto maybe_mdt = Create(Team());
  ASSERT_THAT(maybe_mdt, IsOk());
  for (const char* id : {"a", "b"}) ASSERT_THAT(Nominate(id), IsOk());
  ASSERT_THAT(Build("2026-11-26"), IsOk());
  api::Mdt mdt = *maybe_mdt;
  mdt.mutable_schedule()->set_length_minutes(15);
  ASSERT_THAT(Update(mdt, "schedule"), IsOk());
  EXPECT_EQ(Meeting("2026-11-26").state(), api::MEETING_STATE_SCHEDULED);
  ASSERT_THAT(Build("2026-11-26"), IsOk());
  EXPECT_THAT(Agenda("2026-11-26"), SizeIs(1));
}

TEST_F(CalendarTest, StaleEtagOfATeamIsRefused) {
  const auto maybe_mdt = Create(Team());
  ASSERT_THAT(Update(*maybe_mdt, "quorum"), IsOk());
  EXPECT_THAT(Update(*maybe_mdt, "quorum"), HasReason("ETAG_MISMATCH"));
}

TEST_F(CalendarTest, UnknownPathOfTheMaskIsRefused) {
  const auto maybe_mdt = Create(Team());
  EXPECT_THAT(Update(*maybe_mdt, "name"), HasReason("MASK_PATH_UNKNOWN"));
}

TEST_F(CalendarTest, SecondTeamOfTheSameIdIsRefused) {
  ASSERT_THAT(Create(Team()), IsOk());
  EXPECT_THAT(Create(Team()), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(Create(Team()), HasReason("MDT_EXISTS"));
}

struct TeamMistake {
  const char* field;
  const char* reason;
  void (*make)(api::Mdt&);
};

TEST_F(CalendarTest, EveryMistakeInATeamIsNamed) {
  const TeamMistake mistakes[] = {
      {"mdt.display_name", "REQUIRED", [](api::Mdt& m) { m.clear_display_name(); }},
      {"mdt.core_agencies", "REQUIRED", [](api::Mdt& m) { m.clear_core_agencies(); }},
      {"mdt.core_agencies[2]", "AGENCY_REPEATED", [](api::Mdt& m) { m.add_core_agencies(m.core_agencies(0)); }},
      {"mdt.members[0].professional.id", "REQUIRED", [](api::Mdt& m) { m.add_members(); }},
      {"mdt.schedule", "REQUIRED", [](api::Mdt& m) { m.clear_schedule(); }},
      {"mdt.schedule.day_of_week", "REQUIRED", [](api::Mdt& m) { m.mutable_schedule()->clear_day_of_week(); }},
      {"mdt.schedule.start_time", "OUT_OF_RANGE",
       [](api::Mdt& m) { m.mutable_schedule()->mutable_start_time()->set_hours(24); }},
      {"mdt.schedule.length_minutes", "OUT_OF_RANGE", [](api::Mdt& m) { m.mutable_schedule()->set_length_minutes(5); }},
      {"mdt.schedule.first_date", "DATE_INVALID",
       [](api::Mdt& m) { m.mutable_schedule()->mutable_first_date()->set_year(2026); }},
      {"mdt.schedule.first_date", "FIRST_DATE_TOO_FAR",
       [](api::Mdt& m) { *m.mutable_schedule()->mutable_first_date() = ToDate(absl::CivilDay(2126, 11, 26)); }},
      {"mdt.schedule.time_zone", "TIME_ZONE_UNSUPPORTED",
       [](api::Mdt& m) { m.mutable_schedule()->set_time_zone("Europe/Paris"); }},
      {"mdt.quorum", "OUT_OF_RANGE", [](api::Mdt& m) { m.set_quorum(-1); }},
      {"mdt.item_lengths.new_minutes", "OUT_OF_RANGE",
       [](api::Mdt& m) { m.mutable_item_lengths()->set_new_minutes(61); }},
      {"mdt.max_carry_overs", "OUT_OF_RANGE", [](api::Mdt& m) { m.set_max_carry_overs(11); }},
  };
  for (const TeamMistake& mistake : mistakes) {
    api::Mdt team = Team();
    mistake.make(team);
    const auto maybe_mdt = Create(team);
    EXPECT_THAT(maybe_mdt, StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(maybe_mdt, HasReason(mistake.reason));
    EXPECT_THAT(maybe_mdt, HasField(mistake.field));
  }
  EXPECT_THAT(Create(Team(), "Not An Id"), HasField("mdt_id"));
  api::Mdt next_spring = Team();
  *next_spring.mutable_schedule()->mutable_first_date() = ToDate(absl::CivilDay(2027, 5, 24));
  EXPECT_THAT(Create(next_spring), IsOk()) << "26 weeks to the day";
}

TEST_F(CalendarTest, BoundsOfAListMayBeAnyDate) {
  ASSERT_THAT(Create(Team()), IsOk());
  api::ListMeetingsRequest request;
  request.set_parent(testing::kTeam);
  *request.mutable_from_date() = ToDate(absl::CivilDay(300, 1, 1));
  *request.mutable_to_date() = ToDate(absl::CivilDay(9999, 12, 31));
  const auto maybe_all = Ask(reads, &ReadHandlers::ListMeetings, request);
  ASSERT_THAT(maybe_all, IsOk());
  EXPECT_THAT(maybe_all->meetings(), SizeIs(8));
}

TEST_F(CalendarTest, MeetingsAreListedByDateStateAndBounds) {
  ASSERT_THAT(Create(Team()), IsOk());
  api::ListMeetingsRequest request;
  request.set_parent("networks/U12345/mdts/-");
  *request.mutable_from_date() = ToDate(absl::CivilDay(2026, 12, 3));
  *request.mutable_to_date() = ToDate(absl::CivilDay(2026, 12, 17));
  request.set_page_size(2);
  const auto maybe_first = Ask(reads, &ReadHandlers::ListMeetings, request);
  ASSERT_THAT(maybe_first, IsOk());
  ASSERT_THAT(maybe_first->meetings(), SizeIs(2));
  EXPECT_EQ(maybe_first->meetings(0).date().day(), 3);
  request.set_page_token(maybe_first->next_page_token());
  const auto maybe_second = Ask(reads, &ReadHandlers::ListMeetings, request);
  ASSERT_THAT(maybe_second, IsOk());
  ASSERT_THAT(maybe_second->meetings(), SizeIs(1));
  EXPECT_EQ(maybe_second->meetings(0).date().day(), 17);
  request.set_order(api::MEETING_ORDER_LATEST_FIRST);
  EXPECT_THAT(Ask(reads, &ReadHandlers::ListMeetings, request), HasReason("PAGE_TOKEN_INVALID"));
  request.clear_page_token();
  const auto maybe_latest = Ask(reads, &ReadHandlers::ListMeetings, request);
  ASSERT_THAT(maybe_latest, IsOk());
  EXPECT_EQ(maybe_latest->meetings(0).date().day(), 17);
}

}  // namespace
}  // namespace splw::mdt_agenda
