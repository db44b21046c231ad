// The main job of product.md, from the practice's referral to the feedback due next week, and back to the
// practice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "tests/journey/world.h"

namespace splw::journey {
namespace {

using testing::IsOk;

class MainJob : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_THAT(suite_.StartAll(), IsOk());
    world_.SetUpAll();
    ASSERT_FALSE(HasFailure());
  }
  void TearDown() override { EXPECT_THAT(suite_.VerifyStores(), IsOk()); }

  testing::Suite suite_;
  World world_{suite_};
};

bool HasStage(const referral::v1::Referral& referral, referral::v1::ProgressStage stage) {
  for (const auto& progress : referral.progress()) {
    if (progress.stage() == stage) return true;
  }
  return false;
}

// Findings 24, 25, 27, 28, 29, 30, 34 and 35.
TEST_F(MainJob, AReferralBecomesACaseAnAgendaItemADecisionAndFeedbackDueNextWeek) {
  const referral::v1::Referral referral = world_.Submit(ReferralOf(1));
  EXPECT_EQ(referral.state(), referral::v1::REFERRAL_STATE_ACCEPTED);
  EXPECT_TRUE(referral.triage().by_policy());

  const caseload::v1::Case opened = world_.CaseOf(referral.name());
  EXPECT_EQ(opened.correlation_id(), referral.correlation_id());
  EXPECT_THAT(opened.referrals(), ::testing::ElementsAre(referral.name()));
  const caseload::v1::Case allocated = world_.Allocate(opened.name());
  EXPECT_EQ(allocated.link_worker(), world_.link_worker);
  EXPECT_GT(allocated.allocation().reasons_size(), 0);
  world_.Assess(opened.name());
  world_.Signpost(opened.name());
  world_.Nominate(opened.name());
  world_.NominationAtMdt(opened.name());

  const std::vector<mdt::v1::Meeting> coming = world_.ComingMeetings();
  ASSERT_GE(coming.size(), 2u);
  const std::string meeting = coming[0].name();
  const std::string next_meeting = coming[1].name();
  world_.BuildAgenda(meeting);
  EXPECT_EQ(world_.Publish(meeting).state(), mdt::v1::MEETING_STATE_PUBLISHED);
  world_.StartMeeting(meeting);
  const mdt::v1::AgendaItem item = world_.ItemOf(meeting, opened.name());
  EXPECT_EQ(item.start_time().seconds(), coming[0].start_time().seconds()) << "the only item comes first";
  world_.Decide(item);
  EXPECT_EQ(world_.Close(meeting).state(), mdt::v1::MEETING_STATE_CLOSED);

  // It flows back to the case …
  WaitUntil("the decision on the case",
            [&] { return world_.GetCase(opened.name()).mdt_status().has_case_holder() || HasFailure(); });
  const caseload::v1::Case decided = world_.GetCase(opened.name());
  EXPECT_EQ(decided.mdt_status().case_holder().id(), CommunityNurse().id());
  EXPECT_EQ(decided.mdt_status().key_worker().id(), KeyLinkWorker().id());
  EXPECT_EQ(decided.mdt_status().actions_size(), 1);
  EXPECT_EQ(decided.mdt_status().feedback_meeting(), next_meeting);
  EXPECT_EQ(decided.open_nomination(), "");

  // … to the practice …
  WaitUntil("the decision on the referral", [&] {
    return HasStage(world_.GetReferral(referral.name()), referral::v1::PROGRESS_STAGE_MDT_DECIDED) || HasFailure();
  });

  // … and the next agenda opens with it.
  world_.BuildAgenda(next_meeting);
  const std::vector<mdt::v1::AgendaItem> next_items = world_.Items(next_meeting);
  ASSERT_EQ(next_items.size(), 1u);
  EXPECT_EQ(next_items[0].kind(), mdt::v1::ITEM_KIND_FEEDBACK);
  EXPECT_EQ(next_items[0].case_(), opened.name());
  EXPECT_EQ(next_items[0].position(), 1);

  // Feedback closes the circle, and only feedback does.
  world_.Publish(next_meeting);
  world_.StartMeeting(next_meeting);
  mdt::v1::RecordFeedbackRequest feedback;
  feedback.set_name(next_items[0].name());
  feedback.set_etag(world_.ItemOf(next_meeting, opened.name()).etag());
  feedback.set_summary("Arrears plan signed, first payment made.");
  mdt::v1::ActionUpdate& update = *feedback.add_action_updates();
  update.set_action(decided.mdt_status().actions(0).action());
  update.set_state(mdt::v1::ACTION_STATE_DONE);
  feedback.set_request_id(RequestId());
  ASSERT_THAT(world_.chair.Call(&MdtStub::RecordFeedback, feedback), IsOk());
  world_.Close(next_meeting);
  WaitUntil("the feedback on the case", [&] {
    const auto status = world_.GetCase(opened.name()).mdt_status();
    return (status.feedback_meeting().empty() && !status.last_feedback_summary().empty()) || HasFailure();
  });

  caseload::v1::CloseCaseRequest close;
  close.set_name(opened.name());
  close.set_etag(world_.GetCase(opened.name()).etag());
  close.set_outcome(caseload::v1::CASE_OUTCOME_GOALS_MET);
  close.set_request_id(RequestId());
  ASSERT_THAT(world_.worker.Call(&CaseloadStub::CloseCase, close), IsOk());
  WaitUntil("the outcome on the referral", [&] {
    return world_.GetReferral(referral.name()).state() == referral::v1::REFERRAL_STATE_CLOSED || HasFailure();
  });
  EXPECT_EQ(world_.GetReferral(referral.name()).outcome(), referral::v1::REFERRAL_OUTCOME_GOALS_MET);
}

// Finding 35: one id leads from the referral to the outcome, in every service's audit record.
TEST_F(MainJob, OneCorrelationIdLeadsThroughAllServices) {
  const referral::v1::Referral referral = world_.Submit(ReferralOf(2));
  const caseload::v1::Case opened = world_.CaseOf(referral.name());
  world_.Allocate(opened.name());
  world_.Nominate(opened.name());
  world_.NominationAtMdt(opened.name());
  for (const char* service : testing::kServices) {
    world_.auditor.OperateOn(suite_, service);
    operations::v1::ListAuditRecordsRequest list;
    list.set_parent(kParent);
    list.set_page_size(1000);
    const auto maybe_page = world_.auditor.Call(&OperationsStub::ListAuditRecords, list);
    ASSERT_THAT(maybe_page, IsOk());
    int with_it = 0;
    for (const auto& record : maybe_page->records()) with_it += record.correlation_id() == referral.correlation_id();
    EXPECT_GT(with_it, 0) << service;
  }
}

}  // namespace
}  // namespace splw::journey
