#include "services/caseload/allocation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "services/caseload/testing/builders.h"

namespace splw::caseload {
namespace {

using splw::testing::HasReason;
using splw::testing::IsOk;
using splw::testing::StatusIs;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testkit::ClosedCase;
using testkit::Start;
using testkit::WaitingCase;
using testkit::Worker;

const AllocationCommand kBy{"lead@splw.example", ""};

std::vector<std::string> Ids(const std::vector<RankedWorker>& ranked) {
  std::vector<std::string> ids;
  for (const RankedWorker& worker : ranked) ids.push_back(worker.worker.id());
  return ids;
}

TEST(AllocationTest, SkillsForTheNeedsComeBeforeRoom) {
  Candidate skilled{Worker("a", 20), false};
  skilled.worker.add_skills(type::v1::NEED_CATEGORY_MONEY);
  EXPECT_THAT(Ids(RankWorkers(WaitingCase(), {{Worker("b"), false}, skilled})), ElementsAre("a", "b"));
}

TEST(AllocationTest, TheWorkerWhomThePersonKnowsComesFirst) {
  Candidate skilled{Worker("a"), false};
  skilled.worker.add_skills(type::v1::NEED_CATEGORY_MONEY);
  const auto ranked = RankWorkers(WaitingCase(), {skilled, {Worker("b"), true}});
  EXPECT_THAT(Ids(ranked), ElementsAre("b", "a"));
  EXPECT_EQ(ranked.front().reasons.front(), "has worked with the person before");
}

TEST(AllocationTest, ThePersonsLanguageCounts) {
  CaseRecord record = WaitingCase();
  record.mutable_person()->set_language("ur-PK");
  Candidate speaker{Worker("b", 10), false};
  speaker.worker.add_languages("UR");
  EXPECT_THAT(Ids(RankWorkers(record, {{Worker("a"), false}, speaker})), ElementsAre("b", "a"));
  record.mutable_person()->set_language("en-GB");
  EXPECT_THAT(Ids(RankWorkers(record, {{Worker("a"), false}, speaker})), ElementsAre("a", "b"));
}

TEST(AllocationTest, AmongEqualsTheOneWithMoreRoomThenTheLowerId) {
  EXPECT_THAT(Ids(RankWorkers(WaitingCase(), {{Worker("a", 30), false}, {Worker("b", 5), false}})),
              ElementsAre("b", "a"));
  EXPECT_THAT(Ids(RankWorkers(WaitingCase(), {{Worker("b"), false}, {Worker("a"), false}})), ElementsAre("a", "b"));
}

TEST(AllocationTest, InactiveAndFullWorkersAreNotConsidered) {
  Candidate inactive{Worker("a"), false};
  inactive.worker.set_active(false);
  const std::vector<Candidate> candidates = {inactive, {Worker("b", 50), false}, {Worker("c", 49), false}};
  EXPECT_THAT(Ids(RankWorkers(WaitingCase(), candidates)), ElementsAre("c"));
}

TEST(AllocationTest, TheLimitComesFromWorkingTimeUnlessItIsSet) {
  LinkWorkerRecord worker = Worker("a");
  EXPECT_EQ(EffectiveCaseLimit(worker), 50);
  worker.set_wte(0.5);
  EXPECT_EQ(EffectiveCaseLimit(worker), 25);
  worker.set_weighted_case_limit(7);
  EXPECT_EQ(EffectiveCaseLimit(worker), 7);
}

TEST(AllocationTest, TheBestOneGetsTheCaseWithReasons) {
  const auto maybe_case = AllocateToBest(WaitingCase(), {{Worker("a"), true}}, kBy, Start());
  ASSERT_THAT(maybe_case, IsOk());
  EXPECT_EQ(maybe_case->state(), v1::CASE_STATE_ACTIVE);
  EXPECT_EQ(maybe_case->link_worker_id(), "a");
  EXPECT_TRUE(maybe_case->allocation().automatic());
  EXPECT_EQ(maybe_case->allocation().by(), kBy.by);
  EXPECT_THAT(maybe_case->allocation().reasons(), Contains(HasSubstr("carries 1 of 50")));
}

TEST(AllocationTest, NobodyAvailableIsSaidWithTheCauses) {
  Candidate inactive{Worker("a"), false};
  inactive.worker.set_active(false);
  const auto maybe_case = AllocateToBest(WaitingCase(), {inactive, {Worker("b", 50), false}}, kBy, Start());
  EXPECT_THAT(maybe_case, HasReason("NO_LINK_WORKER_AVAILABLE"));
  EXPECT_THAT(std::string(maybe_case.status().message()), HasSubstr("1 inactive, 1 without room"));
}

TEST(AllocationTest, AnInactiveWorkerCannotBeNamedEvenWithAReason) {
  Candidate inactive{Worker("a"), false};
  inactive.worker.set_active(false);
  EXPECT_THAT(AllocateTo(WaitingCase(), inactive, {"x", "NOBODY_ELSE"}, Start()), HasReason("LINK_WORKER_INACTIVE"));
}

TEST(AllocationTest, TheLimitIsPassedOnlyWithAReasonAndThatIsRecorded) {
  const Candidate full{Worker("a", 50), false};
  EXPECT_THAT(AllocateTo(WaitingCase(), full, kBy, Start()), HasReason("CASE_LIMIT_REACHED"));
  const auto maybe_case = AllocateTo(WaitingCase(), full, {"x", "NOBODY_ELSE"}, Start());
  ASSERT_THAT(maybe_case, IsOk());
  EXPECT_EQ(maybe_case->allocation().override_reason_code(), "NOBODY_ELSE");
}

TEST(AllocationTest, AReasonThatWasNotNeededIsNotRecorded) {
  const auto maybe_case = AllocateTo(WaitingCase(), {Worker("a"), false}, {"x", "NOBODY_ELSE"}, Start());
  ASSERT_THAT(maybe_case, IsOk());
  EXPECT_EQ(maybe_case->allocation().override_reason_code(), "");
  EXPECT_FALSE(maybe_case->allocation().automatic());
}

TEST(AllocationTest, ACaseGoesFromAToBToA) {
  CaseRecord record = *AllocateTo(WaitingCase(), {Worker("a"), false}, kBy, Start());
  record = *AllocateTo(record, {Worker("b"), false}, kBy, Start() + absl::Hours(1));
  EXPECT_EQ(record.link_worker_id(), "b");
  record = *AllocateTo(record, {Worker("a"), false}, kBy, Start() + absl::Hours(2));
  EXPECT_EQ(record.link_worker_id(), "a");
  EXPECT_EQ(record.allocation().link_worker_id(), "a");
  EXPECT_EQ(FromTimestamp(record.allocation().time()), Start() + absl::Hours(2));
}

TEST(AllocationTest, ThePresentHolderIsNotGivenTheCaseAgain) {
  const CaseRecord record = *AllocateTo(WaitingCase(), {Worker("a"), false}, kBy, Start());
  EXPECT_THAT(AllocateTo(record, {Worker("a", 1), false}, kBy, Start()), HasReason("ALREADY_ALLOCATED"));
}

TEST(AllocationTest, ACaseThatSomebodyHasIsMovedOnlyToOneWhoIsNamed) {
  const CaseRecord record = *AllocateTo(WaitingCase(), {Worker("a"), false}, kBy, Start());
  const auto maybe_moved = AllocateToBest(record, {{Worker("a", 1), false}, {Worker("b"), false}}, kBy, Start());
  EXPECT_THAT(maybe_moved, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(maybe_moved, HasReason("ALREADY_ALLOCATED"));
  EXPECT_THAT(std::string(maybe_moved.status().message()), HasSubstr("in link_worker"));
  EXPECT_THAT(AllocateTo(record, {Worker("b"), false}, kBy, Start()), IsOk());
}

TEST(AllocationTest, AClosedCaseIsNotAllocated) {
  EXPECT_THAT(AllocateTo(ClosedCase(), {Worker("a"), false}, kBy, Start()), HasReason("ILLEGAL_TRANSITION"));
  EXPECT_THAT(AllocateToBest(ClosedCase(), {{Worker("a"), false}}, kBy, Start()), HasReason("ILLEGAL_TRANSITION"));
}

}  // namespace
}  // namespace splw::caseload
