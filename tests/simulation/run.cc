#include "tests/simulation/run.h"

#include <algorithm>

#include <absl/strings/numbers.h>
#include <absl/strings/str_format.h>

#include "tests/simulation/draw.h"
#include "tests/simulation/ending.h"
#include "tests/simulation/feature.h"

namespace splw::simulation {
namespace {

struct NumberedAction {
  const Action* action = nullptr;
  std::size_t feature = 0;
};

const std::vector<NumberedAction>& AllActions() {
  static const auto* const kActions = [] {
    auto* actions = new std::vector<NumberedAction>;
    for (std::size_t i = 0; i < AllFeatures().size(); ++i) {
      for (const Action& action : AllFeatures()[i].actions) actions->push_back({&action, i});
    }
    return actions;
  }();
  return *kActions;
}

// One of the actions of `feature`, or of all where it has none, by weight.
std::size_t PickAction(Draw& draw, std::optional<std::size_t> feature) {
  const std::vector<NumberedAction>& actions = AllActions();
  if (feature.has_value() && AllFeatures()[*feature].actions.empty()) feature.reset();
  const auto weight_of = [&feature](const NumberedAction& each) {
    return feature.has_value() && *feature != each.feature ? 0 : each.action->weight;
  };
  int total = 0;
  for (const NumberedAction& each : actions) total += weight_of(each);
  int left = draw.Between(0, total - 1);
  for (std::size_t i = 0; i < actions.size(); ++i) {
    left -= weight_of(actions[i]);
    if (left < 0) return i;
  }
  return 0;
}

}  // namespace

std::vector<Step> PlanOf(std::uint64_t seed) {
  Draw draw(seed);
  std::vector<Step> steps;
  for (std::size_t i = 0; i < AllActions().size(); ++i) {
    for (int n = 0; n < AllActions()[i].action->openings; ++n) steps.push_back({i, draw.Next()});
  }
  const Profile profile = ProfileOf(seed);
  const std::size_t focus = profile.focus_on % AllFeatures().size();
  for (int i = 0; i < profile.steps; ++i) {
    const std::size_t action =
        PickAction(draw, draw.Percent(profile.focus) ? std::optional<std::size_t>(focus) : std::nullopt);
    steps.push_back({action, draw.Next()});
  }
  return steps;
}

std::string FormatSteps(const std::vector<Step>& steps) {
  std::string text;
  for (const Step& step : steps) {
    absl::StrAppendFormat(&text, "%s%s:%x", text.empty() ? "" : ", ", AllActions()[step.action].action->name,
                          step.draw);
  }
  return text;
}

std::optional<std::vector<Step>> ParseSteps(std::string_view text) {
  std::vector<Step> steps;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(", "));
    text.remove_prefix(std::min(text.size(), part.size() + 2));
    const std::size_t colon = part.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto found = std::find_if(AllActions().begin(), AllActions().end(), [&](const NumberedAction& each) {
      return part.substr(0, colon) == each.action->name;
    });
    std::uint64_t draw = 0;
    const std::string digits(part.substr(colon + 1));
    if (found == AllActions().end() || !absl::SimpleHexAtoi(digits, &draw)) return std::nullopt;
    steps.push_back({static_cast<std::size_t>(found - AllActions().begin()), draw});
  }
  return steps;
}

Result Run(std::uint64_t seed, const std::vector<Step>& steps, Plant plant, bool tells) {
  World world(seed, plant, tells);
  for (std::size_t i = 0; i < steps.size() && !world.failure().has_value(); ++i) {
    Draw draw(steps[i].draw);
    AllActions()[steps[i].action].action->run(world, draw);
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
