#include "tests/simulation/run.h"

#include "tests/simulation/draw.h"
#include "tests/simulation/ending.h"
#include "tests/simulation/feature.h"

namespace splw::simulation {
namespace {

const std::vector<const Action*>& AllActions() {
  static const auto* const kActions = [] {
    auto* actions = new std::vector<const Action*>;
    for (const Feature& feature : AllFeatures()) {
      for (const Action& action : feature.actions) actions->push_back(&action);
    }
    return actions;
  }();
  return *kActions;
}

std::size_t PickAction(Draw& draw) {
  const std::vector<const Action*>& actions = AllActions();
  int total = 0;
  for (const Action* action : actions) total += action->weight;
  int left = draw.Between(0, total - 1);
  for (std::size_t i = 0; i < actions.size(); ++i) {
    left -= actions[i]->weight;
    if (left < 0) return i;
  }
  return 0;
}

}  // namespace

std::vector<Step> PlanOf(std::uint64_t seed) {
  Draw draw(seed);
  std::vector<Step> steps;
  for (std::size_t i = 0; i < AllActions().size(); ++i) {
    for (int n = 0; n < AllActions()[i]->openings; ++n) steps.push_back({i, draw.Next()});
  }
  const int count = ProfileOf(seed).steps;
  for (int i = 0; i < count; ++i) {
    const std::size_t action = PickAction(draw);
    steps.push_back({action, draw.Next()});
  }
  return steps;
}

Result Run(std::uint64_t seed, const std::vector<Step>& steps, Plant plant, bool tells) {
  World world(seed, plant, tells);
  for (std::size_t i = 0; i < steps.size() && !world.failure().has_value(); ++i) {
    Draw draw(steps[i].draw);
    AllActions()[steps[i].action]->run(world, draw);
  }
  EndStory(world);
  Result result{world.failure(), world.story(), world.outcomes(), 0, world.ledger().calls().size()};
  for (std::size_t i = 0; i < World::kNodes; ++i) {
    for (std::size_t replica = 0; replica < kReplicas; ++replica) {
      result.events += world.node(i).dispatcher(replica).stats().delivered_events;
    }
  }
  return result;
}

}  // namespace splw::simulation
