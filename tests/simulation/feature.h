// What a part of the suite brings to the simulation: what its users do, and what must then always hold. Whoever adds a
// feature to a service writes one of these, in one file, and names it in features.cc.
#pragma once

#include <vector>

#include "tests/simulation/draw.h"
#include "tests/simulation/node.h"
#include "tests/simulation/world.h"

namespace splw::simulation {

struct Action {
  const char* name;
  // How often it is drawn, relative to others.
  int weight = 0;
  // Does something that is possible now, drawn from `draw` alone; nothing where nothing is. Every part of it may be
  // left out of a run without making the rest impossible: that is how failures are shrunk.
  void (*run)(World& world, Draw& draw);
  // How often every run begins with it.
  int openings = 0;
};

struct Feature {
  const char* name;
  std::vector<Action> actions;
  // After every commit, for each record that it wrote. Cheap.
  void (*check_write)(World& world, Node& node, const Write& write) = nullptr;
  // After a batch of events was taken.
  void (*check_delivered)(World& world, Node& to, const delivery::v1::DeliverRequest& request,
                          const delivery::v1::DeliverResponse& response) = nullptr;
  // When all is well again and everything has arrived. Where a service was restored from a backup, only what holds
  // within one service is promised: World::restored().
  void (*check_settled)(World& world) = nullptr;
};

const std::vector<Feature>& AllFeatures();

}  // namespace splw::simulation
