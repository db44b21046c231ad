// The harness itself: runs can be repeated, failures are shrunk, and known faults are caught.
#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simulation/run.h"
#include "tests/simulation/shrink.h"

namespace splw::simulation {
namespace {

using ::testing::ElementsAre;
using ::testing::Gt;

TEST(SimulationTest, TheSameSeedGivesTheSameRun) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    const Result first = simulation::Run(seed, PlanOf(seed), Plant::kNone, /*tells=*/true);
    const Result second = simulation::Run(seed, PlanOf(seed), Plant::kNone, /*tells=*/true);
    EXPECT_EQ(first.story, second.story);
    EXPECT_EQ(first.outcomes, second.outcomes);
  }
}

TEST(SimulationTest, RunsReachWhatTheyAreMeantToReach) {
  std::map<std::string, std::uint64_t> outcomes;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    for (const auto& [what, count] : simulation::Run(seed, PlanOf(seed), Plant::kNone, /*tells=*/false).outcomes) {
      outcomes[what] += count;
    }
  }
  for (const char* what : {"SubmitReferral OK",      "WithdrawReferral OK",   "AcceptReferral OK",
                           "ReturnReferral OK",      "AllocateCase OK",       "AllocateCase ETAG_MISMATCH",
                           "RecordContact OK",       "SignpostPerson OK",     "SignpostPerson NO_PLACE_FREE",
                           "NominateForMdt OK",      "WithdrawNomination OK", "BuildAgenda OK",
                           "PublishAgenda OK",       "RecordDecision OK",     "RecordFeedback OK",
                           "CloseMeeting OK",        "CancelMeeting OK",      "CloseCase OK",
                           "CloseCase FEEDBACK_DUE", "parked SOURCE_REWOUND"}) {
    EXPECT_THAT(outcomes[what], Gt(0u)) << what;
  }
}

TEST(ShrinkTest, KeepsOnlyTheStepsThatAreNeeded) {
  std::vector<Step> steps;
  for (std::size_t i = 0; i < 100; ++i) steps.push_back({i, 0});
  const auto has = [](const std::vector<Step>& some, std::size_t action) {
    return std::any_of(some.begin(), some.end(), [action](const Step& step) { return step.action == action; });
  };
  const std::vector<Step> shortest = Shrink(
      steps, [&has](const std::vector<Step>& some) { return has(some, 17) && has(some, 80); }, std::chrono::hours(1));
  std::vector<std::size_t> actions;
  for (const Step& step : shortest) actions.push_back(step.action);
  EXPECT_THAT(actions, ElementsAre(17u, 80u));
}

class PlantedFaultTest : public ::testing::TestWithParam<Plant> {};

TEST_P(PlantedFaultTest, IsCaughtWithinTwoHundredSeeds) {
  const Plant plant = GetParam();
  std::optional<std::uint64_t> caught;
  std::string rule;
  for (std::uint64_t seed = 1; seed <= 200 && !caught.has_value(); ++seed) {
    const Result result = simulation::Run(seed, PlanOf(seed), plant, /*tells=*/false);
    if (!result.failure.has_value()) continue;
    caught = seed;
    rule = result.failure->rule;
    // It is the fault that was found: without it, the same run keeps every promise.
    EXPECT_FALSE(simulation::Run(seed, PlanOf(seed), Plant::kNone, /*tells=*/false).failure.has_value());
  }
  ASSERT_TRUE(caught.has_value()) << PlantName(plant) << " was not caught";
  RecordProperty("seeds", std::to_string(*caught));
  RecordProperty("rule", rule);

  const std::vector<Step> plan = PlanOf(*caught);
  const auto still_fails = [&](const std::vector<Step>& steps) {
    const Result result = simulation::Run(*caught, steps, plant, /*tells=*/false);
    return result.failure.has_value() && result.failure->rule == rule;
  };
  const std::vector<Step> shortest = Shrink(plan, still_fails, std::chrono::seconds(2));
  EXPECT_LT(shortest.size(), plan.size());
  EXPECT_TRUE(still_fails(shortest));
}

INSTANTIATE_TEST_SUITE_P(Every, PlantedFaultTest, ::testing::ValuesIn(AllPlants()), [](const auto& plant) {
  std::string name(PlantName(plant.param));
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace splw::simulation
