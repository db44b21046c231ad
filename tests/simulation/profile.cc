#include "tests/simulation/profile.h"

#include "tests/simulation/draw.h"

namespace splw::simulation {
namespace {

constexpr std::uint64_t kProfileSalt = 0x70726F66696C65;  // other draws than those of the steps

int OneOf(Draw& draw, int first, int second, int third) {
  const int choices[] = {first, second, third};
  return choices[draw.Pick(3)];
}

}  // namespace

Profile ProfileOf(std::uint64_t seed) {
  Draw draw(seed ^ kProfileSalt);
  Profile profile;
  profile.steps = draw.Percent(10) ? draw.Between(300, 600) : draw.Between(60, 240);
  profile.lost = OneOf(draw, 0, 5, 20);
  profile.repeated = OneOf(draw, 0, 5, 15);
  profile.late = OneOf(draw, 0, 20, 50);
  profile.synced = OneOf(draw, 20, 50, 90);
  profile.conflicts = OneOf(draw, 0, 3, 10);
  profile.forgotten = OneOf(draw, 0, 0, 3);
  profile.crashes = draw.Percent(60);
  profile.partitions = draw.Percent(40);
  profile.clock_jumps = draw.Percent(40);
  profile.restores = draw.Percent(10);
  profile.finishes = draw.Percent(30);
  profile.people = OneOf(draw, 2, 5, 9);
  profile.places = draw.Between(1, 3);
  profile.meeting_minutes = OneOf(draw, 15, 20, 60);
  profile.feedback_minutes = OneOf(draw, 0, 0, 10);
  profile.focus = OneOf(draw, 0, 0, 60);
  profile.focus_on = draw.Pick(100);
  return profile;
}

}  // namespace splw::simulation
