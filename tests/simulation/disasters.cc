// What befalls the suite: time, the network, power, clocks, operators, and users who are not sure whether they were
// heard.
#include <memory>
#include <vector>

#include "tests/simulation/features.h"

namespace splw::simulation {
namespace {

// A request id is remembered for seven days: a user who repeats later asks anew.
constexpr absl::Duration kRepeatsWithin = absl::Hours(24 * 6);

Node& SomeNode(World& world, Draw& draw) {
  return world.node(draw.Pick(World::kNodes));
}

void PassTime(World& world, Draw& draw) {
  const std::size_t kind = draw.Pick(10);
  const absl::Duration step = kind < 5   ? absl::Milliseconds(draw.Between(1, 2'000))
                              : kind < 8 ? absl::Minutes(draw.Between(1, 300))
                                         : absl::Hours(draw.Between(12, 72));
  world.Say("Time passes: %s", absl::FormatDuration(step));
  world.Advance(step);
  world.Carry(draw, draw.Between(1, 4));
}

void Carry(World& world, Draw& draw) {
  world.Carry(draw, draw.Between(2, 6));
}

void Sync(World& world, Draw& draw) {
  SomeNode(world, draw).disk.Sync();
}

void Crash(World& world, Draw& draw) {
  if (!world.profile().crashes) return;
  Node& node = SomeNode(world, draw);
  world.Say("The power of %s fails", node.name());
  world.Crash(node);
}

void RestartDispatcher(World& world, Draw& draw) {
  SomeNode(world, draw).RestartDispatcher(draw.Pick(kReplicas));
}

void CutNetwork(World& world, Draw& draw) {
  if (!world.profile().partitions) return;
  if (world.network().IsCut()) {
    world.Say("The network is mended");
    return world.network().Mend();
  }
  Node& other = draw.Percent(50) ? world.intake() : world.mdt();
  world.Say("%s and %s do not reach each other", world.caseload().name(), other.name());
  world.network().Cut(world.caseload(), other);
}

void JumpClock(World& world, Draw& draw) {
  if (!world.profile().clock_jumps) return;
  Node& node = SomeNode(world, draw);
  const absl::Duration by = absl::Minutes(draw.Between(1, draw.Percent(20) ? 3'000 : 90)) * (draw.Percent(50) ? 1 : -1);
  world.Say("The clock of %s jumps by %s", node.name(), absl::FormatDuration(by));
  world.JumpClock(node, by);
}

void RunTasks(World& world, Draw& draw) {
  Node& node = SomeNode(world, draw);
  const absl::Status status = node.RunTasks();
  if (absl::IsInternal(status) || absl::IsDataLoss(status)) {
    world.Fail("no error inside", node.name() + "'s tasks: " + status.ToString());
  }
}

void TakeBackup(World& world, Draw& draw) {
  if (!world.profile().restores) return;
  world.TakeBackup(SomeNode(world, draw));
}

void Restore(World& world, Draw&) {
  world.Restore();
}

bool MayRepeat(const UserCall& call) {
  return !call.refused && !call.taken_back && call.node->disk.StoreNow() - call.tried_time < kRepeatsWithin;
}

// Of the calls of the last while, one whose user does not know what became of it; or, less often, one that was
// answered.
void Repeat(World& world, Draw& draw) {
  const bool unknown = draw.Percent(70);
  std::vector<std::shared_ptr<UserCall>> calls;
  for (const auto& call : world.ledger().calls()) {
    if (call->acknowledged != unknown && MayRepeat(*call)) calls.push_back(call);
  }
  if (calls.empty()) return;
  world.Say("A user repeats a request");
  world.Repeat(draw, calls[draw.Pick(calls.size())]);
}

}  // namespace

Feature DisasterFeature() {
  return {.name = "disasters",
          .actions = {{"pass time", 14, PassTime},
                      {"carry", 14, Carry},
                      {"sync", 4, Sync},
                      {"crash", 3, Crash},
                      {"restart a dispatcher", 1, RestartDispatcher},
                      {"cut or mend the network", 2, CutNetwork},
                      {"clock jump", 2, JumpClock},
                      {"run tasks", 3, RunTasks},
                      {"take a backup", 1, TakeBackup},
                      {"restore", 1, Restore},
                      {"repeat", 8, Repeat}}};
}

}  // namespace splw::simulation
