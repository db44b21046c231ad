#include "services/mdt_agenda/meeting_lifecycle.h"

#include <gtest/gtest.h>

#include "common/text/failure.h"

namespace splw::mdt_agenda {
namespace {

using api::MeetingState;

constexpr MeetingState kScheduled = api::MEETING_STATE_SCHEDULED;
constexpr MeetingState kBuilt = api::MEETING_STATE_AGENDA_BUILT;
constexpr MeetingState kPublished = api::MEETING_STATE_PUBLISHED;
constexpr MeetingState kInProgress = api::MEETING_STATE_IN_PROGRESS;
constexpr MeetingState kClosed = api::MEETING_STATE_CLOSED;
constexpr MeetingState kCancelled = api::MEETING_STATE_CANCELLED;
constexpr MeetingState kAllStates[] = {kScheduled, kBuilt, kPublished, kInProgress, kClosed, kCancelled};

struct Allowed {
  MeetingStep step;
  MeetingState from;
  MeetingState to;
};
constexpr Allowed kAllowed[] = {
    {MeetingStep::kBuildAgenda, kScheduled, kBuilt},
    {MeetingStep::kBuildAgenda, kBuilt, kBuilt},
    {MeetingStep::kAddUrgent, kPublished, kPublished},
    {MeetingStep::kPublishAgenda, kBuilt, kPublished},
    {MeetingStep::kStart, kPublished, kInProgress},
    {MeetingStep::kRecordAttendance, kPublished, kPublished},
    {MeetingStep::kRecordAttendance, kInProgress, kInProgress},
    {MeetingStep::kClose, kInProgress, kClosed},
    {MeetingStep::kCancel, kScheduled, kCancelled},
    {MeetingStep::kCancel, kBuilt, kCancelled},
    {MeetingStep::kCancel, kPublished, kCancelled},
};
constexpr MeetingStep kAllSteps[] = {
    MeetingStep::kBuildAgenda,      MeetingStep::kAddUrgent, MeetingStep::kPublishAgenda, MeetingStep::kStart,
    MeetingStep::kRecordAttendance, MeetingStep::kClose,     MeetingStep::kCancel};

TEST(MeetingLifecycleTest, OnlyTheDocumentedStepsAreTaken) {
  for (const MeetingStep step : kAllSteps) {
    for (const MeetingState state : kAllStates) {
      const Allowed* expected = nullptr;
      for (const Allowed& allowed : kAllowed) {
        if (allowed.step == step && allowed.from == state) expected = &allowed;
      }
      const auto maybe_next = NextState(state, step);
      EXPECT_EQ(maybe_next.ok(), expected != nullptr) << static_cast<int>(step) << " from " << state;
      if (expected != nullptr && maybe_next.ok()) {
        EXPECT_EQ(*maybe_next, expected->to);
      }
    }
  }
}

TEST(MeetingLifecycleTest, RefusedStepSaysWhy) {
  const absl::Status started = NextState(kScheduled, MeetingStep::kStart).status();
  EXPECT_EQ(started.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(text::ReasonOf(started), "ILLEGAL_TRANSITION");
  EXPECT_EQ(text::ReasonOf(NextState(kPublished, MeetingStep::kBuildAgenda).status()), "AGENDA_PUBLISHED");
  const absl::Status late = NextState(kBuilt, MeetingStep::kAddUrgent).status();
  EXPECT_EQ(late.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(text::ReasonOf(late), "LATE_ONLY_AFTER_PUBLICATION");
}

TEST(MeetingLifecycleTest, OutcomesAreRecordedOnlyDuringTheMeeting) {
  for (const MeetingState state : kAllStates) {
    const absl::Status status = CheckTakesOutcomes(state);
    EXPECT_EQ(status.ok(), state == kInProgress);
    if (!status.ok()) {
      EXPECT_EQ(text::ReasonOf(status), "MEETING_NOT_IN_PROGRESS");
    }
  }
}

TEST(MeetingLifecycleTest, FeedbackGoesOnlyToMeetingsThatHaveNotStarted) {
  for (const MeetingState state : kAllStates) {
    EXPECT_EQ(TakesFeedback(state), state == kScheduled || state == kBuilt || state == kPublished);
    EXPECT_EQ(IsPlannable(state), state == kScheduled || state == kBuilt);
  }
}

TEST(MeetingLifecycleTest, QuorumCountsPresentPeopleOfCoreAgencies) {
  const std::set<AgencyKind> core = {type::v1::AGENCY_KIND_SOCIAL_CARE, type::v1::AGENCY_KIND_PRIMARY_CARE};
  stored::MeetingRecord meeting;
  meeting.set_quorum(2);
  const auto add = [&meeting](AgencyKind agency, api::AttendanceStatus status) {
    auto* attendance = meeting.add_attendance();
    attendance->mutable_professional()->set_agency(agency);
    attendance->set_status(status);
  };
  add(type::v1::AGENCY_KIND_SOCIAL_CARE, api::ATTENDANCE_STATUS_PRESENT);
  add(type::v1::AGENCY_KIND_PRIMARY_CARE, api::ATTENDANCE_STATUS_APOLOGIES);
  add(type::v1::AGENCY_KIND_HOUSING, api::ATTENDANCE_STATUS_PRESENT);
  EXPECT_FALSE(QuorumMet(meeting, core));
  add(type::v1::AGENCY_KIND_PRIMARY_CARE, api::ATTENDANCE_STATUS_PRESENT);
  EXPECT_TRUE(QuorumMet(meeting, core));
}

}  // namespace
}  // namespace splw::mdt_agenda
