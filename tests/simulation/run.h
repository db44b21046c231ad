// One run: a plan that follows from the seed, and what comes of it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/plant.h"
#include "tests/simulation/world.h"

namespace splw::simulation {

// One action, with the seed of its own choices: a plan without some of its steps is a plan too.
struct Step {
  std::size_t action = 0;  // in the order of AllFeatures
  std::uint64_t draw = 0;
};

struct Result {
  std::optional<Failure> failure;
  std::vector<std::string> story;  // where it was asked for
  std::map<std::string, std::uint64_t> outcomes;
  std::uint64_t events = 0;  // delivered
  std::uint64_t calls = 0;   // of users, that change something
};

std::vector<Step> PlanOf(std::uint64_t seed);

// A plan as a line of text, by the names of its actions, so that it stays the same when actions are added; and back.
// Nothing where the text is no such plan.
std::string FormatSteps(const std::vector<Step>& steps);
std::optional<std::vector<Step>> ParseSteps(std::string_view text);

// Runs `steps` in the surroundings of `seed`. The same arguments give the same result.
Result Run(std::uint64_t seed, const std::vector<Step>& steps, Plant plant, bool tells);

}  // namespace splw::simulation
