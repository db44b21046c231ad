// How a run ends: all is well again, everything arrives, and everything that must hold then is checked. In some runs
// everybody goes on after that, undisturbed, until nothing is left to do: whoever still waits then would have waited
// for ever.
#pragma once

#include "tests/simulation/world.h"

namespace splw::simulation {

void EndStory(World& world);

}  // namespace splw::simulation
