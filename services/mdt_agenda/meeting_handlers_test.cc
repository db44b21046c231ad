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

constexpr char kFirst[] = "2026-11-26";
constexpr char kSecond[] = "2026-12-03";
constexpr char kThird[] = "2026-12-10";

class MeetingHandlersTest : public ::testing::Test, protected testing::AgendaWorld {
 protected:
  void SetUp() override { ASSERT_THAT(Create(Team()), IsOk()); }
  void TearDown() override { EXPECT_THAT(Faults(), IsEmpty()); }

  std::vector<std::string> Cases(const std::string& date) {
    std::vector<std::string> cases;
    for (const api::AgendaItem& item : Agenda(date)) cases.push_back(item.case_().substr(testing::CaseName("").size()));
    return cases;
  }

  // A team with two places on each agenda.
  void ShortMeetings() {
    api::UpdateMdtRequest request;
    api::GetMdtRequest get;
    get.set_name(testing::kTeam);
    *request.mutable_mdt() = *Ask(reads, &ReadHandlers::GetMdt, get);
    request.mutable_mdt()->mutable_schedule()->set_length_minutes(16);
    request.set_request_id(NextRequest());
    ASSERT_THAT(Ask(teams, &TeamHandlers::UpdateMdt, request), IsOk());
  }
};

TEST_F(MeetingHandlersTest, AgendaIsPlannedByUrgencyAndWaiting) {
  for (const char* id : {"a", "b"}) ASSERT_THAT(Nominate(id), IsOk());
  ASSERT_THAT(Nominate("u", /*urgent=*/true), IsOk());
  const auto maybe_meeting = Build(kFirst);
  ASSERT_THAT(maybe_meeting, IsOk());
  EXPECT_EQ(maybe_meeting->state(), api::MEETING_STATE_AGENDA_BUILT);
  EXPECT_EQ(maybe_meeting->planned_minutes(), 24);
  EXPECT_EQ(maybe_meeting->item_counts().listed(), 3);
  EXPECT_THAT(Cases(kFirst), ElementsAre("u", "a", "b"));
  EXPECT_EQ(ToInstant(Item(kFirst, "a").start_time()), InstantAt(absl::CivilDay(2026, 11, 26), 608));
  EXPECT_EQ(Item(kFirst, "u").kind(), api::ITEM_KIND_URGENT);
  EXPECT_EQ(Nomination("a").state(), api::NOMINATION_STATE_WAITING);
}

TEST_F(MeetingHandlersTest, BuildingAgainKeepsTheNamesOfItemsThatStay) {
  ASSERT_THAT(Nominate("a"), IsOk());
  ASSERT_THAT(Build(kFirst), IsOk());
  const std::string name = Item(kFirst, "a").name();
  ASSERT_THAT(Nominate("u", /*urgent=*/true), IsOk());
  ASSERT_THAT(Build(kFirst), IsOk());
  EXPECT_THAT(Cases(kFirst), ElementsAre("u", "a"));
  EXPECT_EQ(Item(kFirst, "a").name(), name);
}

TEST_F(MeetingHandlersTest, UrgentCaseTakesThePlaceOfAPlannedOneThatThenWaits) {
  ShortMeetings();
  for (const char* id : {"a", "b"}) ASSERT_THAT(Nominate(id), IsOk());
  ASSERT_THAT(Build(kFirst), IsOk());
  ASSERT_THAT(Nominate("u", /*urgent=*/true), IsOk());
  const auto maybe_meeting = Build(kFirst);
  ASSERT_THAT(maybe_meeting, IsOk());
  EXPECT_THAT(Cases(kFirst), ElementsAre("u", "a"));
  ASSERT_THAT(maybe_meeting->not_placed(), SizeIs(1));
  EXPECT_EQ(maybe_meeting->not_placed(0).nomination(), testing::NominationName("b"));
  EXPECT_EQ(maybe_meeting->not_placed(0).reason_code(), "NO_TIME_LEFT");
  EXPECT_EQ(Nomination("b").item(), "");
  EXPECT_EQ(Nomination("b").waiting_reason(), "NO_TIME_LEFT");
}

TEST_F(MeetingHandlersTest, NominationOnOnePlanIsNotOnAnother) {
  ASSERT_THAT(Nominate("a"), IsOk());
  ASSERT_THAT(Build(kFirst), IsOk());
  ASSERT_THAT(Build(kSecond), IsOk());
  EXPECT_THAT(Cases(kSecond), IsEmpty());
}

TEST_F(MeetingHandlersTest, ANearerMeetingTakesACaseFromALaterPlan) {
  ShortMeetings();
  for (const char* id : {"a", "b", "c"}) ASSERT_THAT(Nominate(id), IsOk());
  ASSERT_THAT(Build(kThird), IsOk());
  EXPECT_THAT(Cases(kThird), ElementsAre("a", "b"));
  ASSERT_THAT(Nominate("u", /*urgent=*/true), IsOk());
  ASSERT_THAT(Build(kFirst), IsOk());
  EXPECT_THAT(Cases(kFirst), ElementsAre("u", "a"));
  EXPECT_THAT(Cases(kThird), ElementsAre("b")) << "had no place on the nearer one";
  EXPECT_EQ(Meeting(kThird).state(), api::MEETING_STATE_SCHEDULED);
  EXPECT_EQ(Nomination("a").item(), Item(kFirst, "a").name());
  ASSERT_THAT(Publish(kFirst), IsOk());
  EXPECT_EQ(Nomination("b").times_passed_over(), 1) << "the later plan may yet drop it";
  EXPECT_EQ(Nomination("b").waiting_reason(), "");
  EXPECT_EQ(Nomination("c").times_passed_over(), 1);
}

TEST_F(MeetingHandlersTest, PlanOfAMeetingThatIsOverHoldsNobodyBack) {
  ASSERT_THAT(Nominate("a"), IsOk());
  ASSERT_THAT(Build(kFirst), IsOk());
  clock_.Set(InstantAt(absl::CivilDay(2026, 11, 27), 480));
  ASSERT_THAT(Build(kSecond), IsOk());
  EXPECT_THAT(Cases(kSecond), ElementsAre("a"));
  EXPECT_THAT(Cases(kFirst), IsEmpty());
}

TEST_F(MeetingHandlersTest, UrgentCaseOnNextWeeksPlanGetsOntoThisWeeksPublishedAgenda) {
  ASSERT_THAT(Build(kFirst), IsOk());
  ASSERT_THAT(Publish(kFirst), IsOk());
  ASSERT_THAT(Nominate("u", /*urgent=*/true), IsOk());
  ASSERT_THAT(Build(kSecond), IsOk());
  ASSERT_THAT(Build(kFirst, /*late=*/true), IsOk());
  EXPECT_THAT(Cases(kFirst), ElementsAre("u"));
  EXPECT_THAT(Cases(kSecond), IsEmpty());
}

TEST_F(MeetingHandlersTest, PublicationTellsTheCaseload) {
  ASSERT_THAT(Nominate("a"), IsOk());
  ASSERT_THAT(Build(kFirst), IsOk());
  ASSERT_THAT(Publish(kFirst), IsOk());
  EXPECT_EQ(Nomination("a").state(), api::NOMINATION_STATE_SCHEDULED);
  const auto told = Told<api::NominationScheduled>("a");
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].meeting(), testing::MeetingOn(kFirst));
  EXPECT_EQ(ToInstant(told[0].start_time()), InstantAt(absl::CivilDay(2026, 11, 26), 600));
}

TEST_F(MeetingHandlersTest, NobodyIsPassedOverForEver) {
  ShortMeetings();
  ASSERT_THAT(Nominate("patient"), IsOk());
  for (const char* date : {kFirst, kSecond}) {
    for (const char* id : {"u", "v"}) ASSERT_THAT(Nominate(std::string(id) + date, /*urgent=*/true), IsOk());
    ASSERT_THAT(Build(date), IsOk());
    ASSERT_THAT(Publish(date), IsOk());
  }
  EXPECT_EQ(Nomination("patient").times_passed_over(), 2);
  for (const char* id : {"x", "y"}) ASSERT_THAT(Nominate(id, /*urgent=*/true), IsOk());
  ASSERT_THAT(Build(kThird), IsOk());
  EXPECT_THAT(Cases(kThird), ElementsAre("patient", "x"));
  EXPECT_EQ(Item(kThird, "patient").placement_code(), "LEFT_TOO_OFTEN");
}

TEST_F(MeetingHandlersTest, PublishedAgendaTakesOnlyUrgentCasesAndOnlyOnRequest) {
  ASSERT_THAT(Nominate("a"), IsOk());
  EXPECT_THAT(Build(kFirst, /*late=*/true), HasReason("LATE_ONLY_AFTER_PUBLICATION"));
  ASSERT_THAT(Build(kFirst), IsOk());
  ASSERT_THAT(Publish(kFirst), IsOk());
  ASSERT_THAT(Nominate("n"), IsOk());
  ASSERT_THAT(Nominate("u", /*urgent=*/true), IsOk());
  EXPECT_THAT(Build(kFirst), HasReason("AGENDA_PUBLISHED"));
  ASSERT_THAT(Build(kFirst, /*late=*/true), IsOk());
  EXPECT_THAT(Cases(kFirst), ElementsAre("a", "u"));
  EXPECT_EQ(Item(kFirst, "u").placement_code(), "ADDED_LATE");
  EXPECT_EQ(Nomination("u").state(), api::NOMINATION_STATE_SCHEDULED);
  EXPECT_THAT(Told<api::NominationScheduled>("u"), SizeIs(1));
  EXPECT_EQ(Nomination("n").state(), api::NOMINATION_STATE_WAITING);
}

TEST_F(MeetingHandlersTest, UnbuiltAgendaCannotBePublished) {
  EXPECT_THAT(Publish(kFirst), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Publish(kFirst), HasReason("ILLEGAL_TRANSITION"));
}

TEST_F(MeetingHandlersTest, StepWithAStaleEtagIsRefused) {
  auto request = Step<api::BuildAgendaRequest>(kFirst);
  ASSERT_THAT(Ask(meetings, &MeetingHandlers::BuildAgenda, request), IsOk());
  request.set_request_id(NextRequest());
  EXPECT_THAT(Ask(meetings, &MeetingHandlers::BuildAgenda, request), StatusIs(absl::StatusCode::kAborted));
  request.clear_etag();
  request.set_request_id(NextRequest());
  EXPECT_THAT(Ask(meetings, &MeetingHandlers::BuildAgenda, request), HasReason("REQUIRED"));
}

TEST_F(MeetingHandlersTest, RepeatedStepGetsTheFirstAnswer) {
  const auto request = Step<api::BuildAgendaRequest>(kFirst);
  const auto maybe_first = Ask(meetings, &MeetingHandlers::BuildAgenda, request);
  ASSERT_THAT(maybe_first, IsOk());
  const auto maybe_again = Ask(meetings, &MeetingHandlers::BuildAgenda, request);
  ASSERT_THAT(maybe_again, IsOk());
  EXPECT_EQ(maybe_again->etag(), maybe_first->etag());
}

TEST_F(MeetingHandlersTest, UnknownMeetingIsNotFound) {
  auto request = Step<api::StartMeetingRequest>(kFirst);
  request.set_name(testing::MeetingOn("2026-11-27"));
  EXPECT_THAT(Ask(meetings, &MeetingHandlers::StartMeeting, request), HasReason("MEETING_NOT_FOUND"));
  request.set_name("networks/U12345/meetings/2026-11-27");
  EXPECT_THAT(Ask(meetings, &MeetingHandlers::StartMeeting, request), HasReason("NAME_INVALID"));
}

TEST_F(MeetingHandlersTest, AttendanceIsKeptPerPersonAndMakesTheQuorum) {
  ASSERT_THAT(Build(kFirst), IsOk());
  ASSERT_THAT(Publish(kFirst), IsOk());
  const auto attend = [this](const std::string& id, api::AttendanceStatus status) {
    auto request = Step<api::RecordAttendanceRequest>(kFirst);
    api::Attendance* attendance = request.add_attendance();
    *attendance->mutable_professional() = testing::Worker(id, type::v1::AGENCY_KIND_COMMUNITY_NURSING);
    attendance->set_status(status);
    return Ask(meetings, &MeetingHandlers::RecordAttendance, request);
  };
  auto maybe_meeting = attend("nurse", api::ATTENDANCE_STATUS_APOLOGIES);
  ASSERT_THAT(maybe_meeting, IsOk());
  EXPECT_FALSE(maybe_meeting->quorum_met());
  ASSERT_THAT(Start(kFirst), IsOk());
  maybe_meeting = attend("Nurse", api::ATTENDANCE_STATUS_PRESENT);
  ASSERT_THAT(maybe_meeting, IsOk());
  EXPECT_TRUE(maybe_meeting->quorum_met());
  EXPECT_THAT(maybe_meeting->attendance(), SizeIs(1));
  EXPECT_THAT(attend("", api::ATTENDANCE_STATUS_PRESENT), HasField("attendance[0].professional.id"));
  EXPECT_THAT(attend("nurse", api::ATTENDANCE_STATUS_UNSPECIFIED), HasField("attendance[0].status"));
}

TEST_F(MeetingHandlersTest, NextMeetingStartsOnlyWhenTheOneBeforeIsClosed) {
  Hold(kFirst);
  ASSERT_THAT(Build(kSecond), IsOk());
  ASSERT_THAT(Publish(kSecond), IsOk());
  EXPECT_THAT(Start(kSecond), HasReason("EARLIER_MEETING_IN_PROGRESS"));
  ASSERT_THAT(Close(kFirst), IsOk());
  EXPECT_THAT(Start(kSecond), IsOk());
}

TEST_F(MeetingHandlersTest, MeetingStartsOnItsDayAndBeforeOnlyWithAReason) {
  ASSERT_THAT(Build(kFirst), IsOk());
  ASSERT_THAT(Publish(kFirst), IsOk());
  const auto maybe_started = Start(kFirst, "");
  EXPECT_THAT(maybe_started, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(maybe_started, HasReason("TOO_EARLY"));
  EXPECT_THAT(Start(kFirst, "bank holiday"), HasField("override_reason_code"));
  clock_.Advance(InstantAt(absl::CivilDay(2026, 11, 26), 0) - absl::Seconds(1) - clock_.Now());
  EXPECT_THAT(Start(kFirst, ""), HasReason("TOO_EARLY"));
  clock_.Advance(absl::Seconds(1));
  const auto maybe_on_the_day = Start(kFirst, "NOT_NEEDED");
  ASSERT_THAT(maybe_on_the_day, IsOk()) << "ten hours before its time";
  EXPECT_EQ(maybe_on_the_day->start_override_reason_code(), "");
  ASSERT_THAT(Close(kFirst), IsOk());

  ASSERT_THAT(Build(kSecond), IsOk());
  ASSERT_THAT(Publish(kSecond), IsOk());
  const auto maybe_before = Start(kSecond, "BANK_HOLIDAY");
  ASSERT_THAT(maybe_before, IsOk());
  EXPECT_EQ(maybe_before->start_override_reason_code(), "BANK_HOLIDAY");
}

TEST_F(MeetingHandlersTest, WhatWasNotReachedIsCarriedOverWithItsReason) {
  for (const char* id : {"a", "b"}) ASSERT_THAT(Nominate(id), IsOk());
  Hold(kFirst);
  auto request = Step<api::CloseMeetingRequest>(kFirst);
  api::CarryOverReason* reason = request.add_carry_over_reasons();
  reason->set_item(Item(kFirst, "a").name());
  reason->set_reason_code("NOBODY_WHO_KNOWS_THE_PERSON");
  const auto maybe_closed = Ask(meetings, &MeetingHandlers::CloseMeeting, request);
  ASSERT_THAT(maybe_closed, IsOk());
  EXPECT_EQ(maybe_closed->state(), api::MEETING_STATE_CLOSED);
  EXPECT_EQ(maybe_closed->item_counts().carried_over(), 2);
  ASSERT_THAT(maybe_closed->carried_over(), SizeIs(2));
  EXPECT_EQ(maybe_closed->carried_over(0).next_meeting(), testing::MeetingOn(kSecond));
  EXPECT_EQ(Item(kFirst, "a").state(), api::ITEM_STATE_CARRIED_OVER);
  EXPECT_EQ(Item(kFirst, "a").reason_code(), "NOBODY_WHO_KNOWS_THE_PERSON");
  EXPECT_EQ(Item(kFirst, "b").reason_code(), "NOT_REACHED");
  EXPECT_EQ(Nomination("a").state(), api::NOMINATION_STATE_WAITING);
  EXPECT_EQ(Nomination("a").times_carried_over(), 1);
  const auto told = Told<api::NominationCarriedOver>("b");
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].next_meeting(), testing::MeetingOn(kSecond));
  EXPECT_EQ(told[0].reason_code(), "NOT_REACHED");
  EXPECT_EQ(told[0].times_carried_over(), 1);
  ASSERT_THAT(Build(kSecond), IsOk());
  EXPECT_THAT(Cases(kSecond), ElementsAre("a", "b"));
  EXPECT_EQ(Item(kSecond, "a").times_carried_over(), 1);
}

TEST_F(MeetingHandlersTest, PlanThatWasMadeBeforeACaseCameBackHasToBeMadeAgain) {
  ASSERT_THAT(Nominate("a"), IsOk());
  Hold(kFirst);
  ASSERT_THAT(Build(kSecond), IsOk());
  ASSERT_THAT(Close(kFirst), IsOk());
  EXPECT_EQ(Meeting(kSecond).state(), api::MEETING_STATE_SCHEDULED);
}

TEST_F(MeetingHandlersTest, ReasonForAnItemThatIsNotOpenIsRefused) {
  ASSERT_THAT(Nominate("a"), IsOk());
  Hold(kFirst);
  ASSERT_THAT(Decide(Advice(Item(kFirst, "a"))), IsOk());
  auto request = Step<api::CloseMeetingRequest>(kFirst);
  api::CarryOverReason* reason = request.add_carry_over_reasons();
  reason->set_item(Item(kFirst, "a").name());
  reason->set_reason_code("LATE");
  EXPECT_THAT(Ask(meetings, &MeetingHandlers::CloseMeeting, request), HasField("carry_over_reasons[0].item"));
}

TEST_F(MeetingHandlersTest, CancelledMeetingHandsOnItsCasesAndItsFeedback) {
  for (const char* id : {"a", "b"}) ASSERT_THAT(Nominate(id), IsOk());
  Hold(kFirst);
  ASSERT_THAT(Decide(Plan(Item(kFirst, "a"))), IsOk());
  ASSERT_THAT(Close(kFirst), IsOk());
  ASSERT_THAT(Build(kSecond), IsOk());
  ASSERT_THAT(Publish(kSecond), IsOk());
  EXPECT_THAT(Cases(kSecond), ElementsAre("a", "b"));

  const auto maybe_cancelled = Cancel(kSecond);
  ASSERT_THAT(maybe_cancelled, IsOk());
  EXPECT_EQ(maybe_cancelled->state(), api::MEETING_STATE_CANCELLED);
  EXPECT_EQ(maybe_cancelled->cancel_reason_code(), "BANK_HOLIDAY");
  EXPECT_EQ(Nomination("b").times_carried_over(), 2);
  const api::AgendaItem moved = Item(kThird, "a");
  EXPECT_EQ(moved.kind(), api::ITEM_KIND_FEEDBACK);
  EXPECT_EQ(moved.times_carried_over(), 1);
  EXPECT_EQ(Item(kSecond, "a").moved_to(), moved.name());
  EXPECT_EQ(Item(kFirst, "a").feedback_item(), moved.name());
  const auto told = Told<api::FeedbackMoved>("a");
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].meeting(), testing::MeetingOn(kThird));
  EXPECT_EQ(told[0].due_date().day(), 10);
}

TEST_F(MeetingHandlersTest, CancellingAPlanLetsItsCasesWaitAsBefore) {
  ASSERT_THAT(Nominate("a"), IsOk());
  ASSERT_THAT(Build(kFirst), IsOk());
  ASSERT_THAT(Cancel(kFirst), IsOk());
  EXPECT_EQ(Nomination("a").times_carried_over(), 0);
  ASSERT_THAT(Build(kSecond), IsOk());
  EXPECT_THAT(Cases(kSecond), ElementsAre("a"));
}

TEST_F(MeetingHandlersTest, StartedMeetingCannotBeCancelled) {
  Hold(kFirst);
  EXPECT_THAT(Cancel(kFirst), HasReason("ILLEGAL_TRANSITION"));
}

TEST_F(MeetingHandlersTest, CancellationNeedsAReason) {
  auto request = Step<api::CancelMeetingRequest>(kFirst);
  request.set_reason_code("because of the holiday");
  EXPECT_THAT(Ask(meetings, &MeetingHandlers::CancelMeeting, request), HasField("reason_code"));
}

}  // namespace
}  // namespace splw::mdt_agenda
