// Each service starts, serves and accepts work while both others are away; when they come back, everything
// arrives, once.
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "tests/journey/world.h"

namespace splw::journey {
namespace {

using testing::IsOk;

constexpr int kPeople = 12;

TEST(Independence, ReferralsSubmittedWhileTheOthersAreAwayBecomeOneCaseEach) {
  testing::Suite suite;
  World world(suite);
  ASSERT_THAT(suite.Start(testing::kReferralIntake), IsOk());
  world.SetUpIntake();
  std::vector<std::string> referrals;
  for (int person = 0; person < kPeople; ++person) {
    const auto referral = world.Submit(ReferralOf(person));
    EXPECT_EQ(referral.state(), referral::v1::REFERRAL_STATE_ACCEPTED);
    referrals.push_back(referral.name());
  }
  ASSERT_FALSE(::testing::Test::HasFailure());

  ASSERT_THAT(suite.Start(testing::kCaseload), IsOk());
  std::set<std::string> cases;
  for (const std::string& referral : referrals) cases.insert(world.CaseOf(referral).name());
  EXPECT_EQ(cases.size(), static_cast<std::size_t>(kPeople));
  EXPECT_EQ(world.AllCases().size(), static_cast<std::size_t>(kPeople));
  EXPECT_THAT(suite.VerifyStores(), IsOk());
}

TEST(Independence, CaseworkGoesOnWhileTheOthersAreAwayAndArrivesAfterwards) {
  testing::Suite suite;
  World world(suite);
  ASSERT_THAT(suite.StartAll(), IsOk());
  world.SetUpAll();
  const auto referral = world.Submit(ReferralOf(1));
  const std::string name = world.CaseOf(referral.name()).name();
  suite.Kill(testing::kReferralIntake);
  suite.Kill(testing::kMdtAgenda);
  // Started again while both are away, so that starting does not need them either.
  suite.Kill(testing::kCaseload);
  ASSERT_THAT(suite.Start(testing::kCaseload), IsOk());
  world.Allocate(name);
  world.Assess(name);
  world.Signpost(name);
  world.Nominate(name);
  ASSERT_FALSE(::testing::Test::HasFailure());

  ASSERT_THAT(suite.Start(testing::kReferralIntake), IsOk());
  ASSERT_THAT(suite.Start(testing::kMdtAgenda), IsOk());
  EXPECT_EQ(world.NominationAtMdt(name).case_(), name);
  WaitUntil("the practice to see the nomination", [&] {
    std::vector<referral::v1::ProgressStage> stages;
    const auto seen = world.GetReferral(referral.name());
    for (const auto& progress : seen.progress()) stages.push_back(progress.stage());
    return stages == std::vector<referral::v1::ProgressStage>{referral::v1::PROGRESS_STAGE_CASE_OPENED,
                                                              referral::v1::PROGRESS_STAGE_ALLOCATED,
                                                              referral::v1::PROGRESS_STAGE_ASSESSED,
                                                              referral::v1::PROGRESS_STAGE_SIGNPOSTED,
                                                              referral::v1::PROGRESS_STAGE_NOMINATED} ||
           ::testing::Test::HasFailure();
  });
  EXPECT_THAT(suite.VerifyStores(), IsOk());
}

TEST(Independence, AMeetingIsHeldWhileTheOthersAreAwayAndItsDecisionArrivesAfterwards) {
  testing::Suite suite;
  World world(suite);
  ASSERT_THAT(suite.StartAll(), IsOk());
  world.SetUpAll();
  const auto referral = world.Submit(ReferralOf(1));
  const std::string name = world.CaseOf(referral.name()).name();
  world.Allocate(name);
  world.Nominate(name);
  world.NominationAtMdt(name);
  suite.Kill(testing::kReferralIntake);
  suite.Kill(testing::kCaseload);
  suite.Kill(testing::kMdtAgenda);
  ASSERT_THAT(suite.Start(testing::kMdtAgenda), IsOk());
  const auto coming = world.ComingMeetings();
  ASSERT_GE(coming.size(), 2u);
  world.BuildAgenda(coming[0].name());
  world.Publish(coming[0].name());
  world.StartMeeting(coming[0].name());
  world.Decide(world.ItemOf(coming[0].name(), name));
  world.Close(coming[0].name());
  ASSERT_FALSE(::testing::Test::HasFailure());

  ASSERT_THAT(suite.Start(testing::kCaseload), IsOk());
  WaitUntil("the decision on the case", [&] {
    return world.GetCase(name).mdt_status().case_holder().id() == CommunityNurse().id() ||
           ::testing::Test::HasFailure();
  });
  ASSERT_THAT(suite.Start(testing::kReferralIntake), IsOk());
  WaitUntil("the decision on the referral", [&] {
    const auto seen = world.GetReferral(referral.name());
    return (seen.progress_size() > 0 &&
            seen.progress(seen.progress_size() - 1).stage() == referral::v1::PROGRESS_STAGE_MDT_DECIDED) ||
           ::testing::Test::HasFailure();
  });
  EXPECT_THAT(suite.VerifyStores(), IsOk());
}

TEST(Independence, AServiceThatIsToldToStopEndsInUnderFiveSeconds) {
  testing::Suite suite;
  ASSERT_THAT(suite.StartAll(), IsOk());
  for (const char* service : testing::kServices) {
    const auto maybe_end = suite.Stop(service, absl::Seconds(5));
    ASSERT_THAT(maybe_end, IsOk()) << service;
    EXPECT_EQ(maybe_end->exit_code, 0) << service;
  }
}

}  // namespace
}  // namespace splw::journey
