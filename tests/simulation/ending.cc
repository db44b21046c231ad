#include "tests/simulation/ending.h"

#include "tests/simulation/features.h"

namespace splw::simulation {
namespace {

// A meeting takes five steps (plan, publish, start, decide, close), and a run leaves some tens of cases for meetings of
// a quarter of an hour at least: far more than any run needs, far less than for ever.
constexpr int kStepsToTheEnd = 400;

void CheckSettled(World& world) {
  for (const Feature& feature : AllFeatures()) {
    if (feature.check_settled != nullptr && !world.failure().has_value()) feature.check_settled(world);
  }
}

// One round of what is left to do; false: nothing.
bool Finish(World& world, Draw& draw) {
  return TriageAll(world, draw) || AllocateAll(world, draw) || HoldNextMeeting(world, draw) || CloseAll(world, draw);
}

}  // namespace

void EndStory(World& world) {
  if (world.failure().has_value()) return;
  world.Settle();
  CheckSettled(world);
  if (!world.profile().finishes || world.restored() || world.failure().has_value()) return;

  world.Say("Everybody finishes what is left to do");
  Draw draw(1);
  int steps = 0;
  while (!world.failure().has_value() && Finish(world, draw)) {
    world.Settle();
    world.Advance(absl::Hours(24));
    (void)world.mdt()
        .RunTasks();  // so that the calendar goes on; what it may refuse, it refuses at the next meeting too
    if (++steps == kStepsToTheEnd) {
      return world.Fail("nobody waits for ever", "work is left after " + std::to_string(steps) + " undisturbed steps");
    }
  }
  CheckSettled(world);
  if (!world.failure().has_value()) CheckAllReferralsEnded(world);
}

}  // namespace splw::simulation
