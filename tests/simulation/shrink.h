// Finds a shorter plan that breaks the same promise.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/simulation/run.h"

namespace splw::simulation {

// True if a run of these steps fails in the way that is being looked for.
using StillFails = std::function<bool(const std::vector<Step>&)>;

// Leaves out ever smaller pieces of `steps`, as long as what is left still fails (delta debugging: Zeller, Hildebrandt:
// Simplifying and isolating failure-inducing input, 2002). Ends when no single step can be left out, or when `time` is
// over; what it returns always fails.
std::vector<Step> Shrink(std::vector<Step> steps, const StillFails& still_fails, std::chrono::milliseconds time);

}  // namespace splw::simulation
