// Known faults, put into the simulation's own disk and network on purpose: each is what the services would do if the
// line of code that prevents it were missing. simulation_planted_test shows that every one of them is caught.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace splw::simulation {

enum class Plant {
  kNone,
  kReplyBeforeSync,   // callers are answered before the disk has what they are told
  kDropAcknowledged,  // a batch that was lost on the way is taken for delivered
  kForgetWatermark,   // the receiver applies an event without writing down that it did
  kSkipIndex,         // a record is written without one of its index entries
  kForgetRequest,     // the first answer to a request id is not kept
  kSkipAudit,         // a change is written without its audit record
  kLoseOutboxRow,     // a change is written without the event that it owes
};

// "reply-before-sync" and so on; kNone is "none".
std::string_view PlantName(Plant plant);
std::optional<Plant> PlantOf(std::string_view name);
// All but kNone.
const std::vector<Plant>& AllPlants();

}  // namespace splw::simulation
