#include "tests/simulation/shrink.h"

#include <algorithm>

namespace splw::simulation {

std::vector<Step> Shrink(std::vector<Step> steps, const StillFails& still_fails, std::chrono::milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  std::size_t piece = std::max<std::size_t>(1, steps.size() / 2);
  while (true) {
    bool shorter = false;
    // From the end: what comes last depends on what was before, and seldom the other way round.
    for (std::size_t last = steps.size(); last > 0;) {
      if (std::chrono::steady_clock::now() >= end) return steps;
      const std::size_t first = last > piece ? last - piece : 0;
      std::vector<Step> rest(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(first));
      rest.insert(rest.end(), steps.begin() + static_cast<std::ptrdiff_t>(last), steps.end());
      if (still_fails(rest)) {
        steps = std::move(rest);
        shorter = true;
      }
      last = first;
    }
    if (piece > 1) {
      piece /= 2;
    } else if (!shorter) {
      return steps;
    }
  }
}

}  // namespace splw::simulation
