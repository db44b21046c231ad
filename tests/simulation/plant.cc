#include "tests/simulation/plant.h"

namespace splw::simulation {

std::string_view PlantName(Plant plant) {
  switch (plant) {
    case Plant::kNone:
      return "none";
    case Plant::kReplyBeforeSync:
      return "reply-before-sync";
    case Plant::kDropAcknowledged:
      return "drop-acknowledged";
    case Plant::kForgetWatermark:
      return "forget-watermark";
    case Plant::kSkipIndex:
      return "skip-index";
    case Plant::kForgetRequest:
      return "forget-request";
    case Plant::kSkipAudit:
      return "skip-audit";
    case Plant::kLoseOutboxRow:
      return "lose-outbox-row";
  }
  return "none";
}

std::optional<Plant> PlantOf(std::string_view name) {
  if (name == PlantName(Plant::kNone)) return Plant::kNone;
  for (const Plant plant : AllPlants()) {
    if (PlantName(plant) == name) return plant;
  }
  return std::nullopt;
}

const std::vector<Plant>& AllPlants() {
  static const auto* const kPlants = new std::vector<Plant>{
      Plant::kReplyBeforeSync, Plant::kDropAcknowledged, Plant::kForgetWatermark, Plant::kSkipIndex,
      Plant::kForgetRequest,   Plant::kSkipAudit,        Plant::kLoseOutboxRow};
  return *kPlants;
}

}  // namespace splw::simulation
