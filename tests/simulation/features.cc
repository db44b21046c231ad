#include "tests/simulation/features.h"

namespace splw::simulation {

const std::vector<Feature>& AllFeatures() {
  static const auto* const kFeatures = new std::vector<Feature>{
      ReferralFeature(), CaseFeature(),     SignpostFeature(), NominationFeature(), MeetingFeature(),
      AgendaFeature(),   DeliveryFeature(), RecordFeature(),   DisasterFeature()};
  return *kFeatures;
}

}  // namespace splw::simulation
