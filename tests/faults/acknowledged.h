// Holds what the services say against what they acknowledged.
#pragma once

#include <string>
#include <vector>

#include "tests/journey/world.h"
#include "tests/load/acknowledgements.h"

namespace splw::faults {

// Fails the test unless, through the public APIs:
//  - each acknowledged referral is there, with the content that was acknowledged, and no other has its person;
//  - asking again under a request id gives the same referral (a sample of them);
//  - everything that follows from them is there, once: tests/journey/invariants.h.
// Waits until the services have told each other everything.
void CheckAcknowledged(const testing::Suite& suite, journey::World& world,
                       const std::vector<load::Acknowledgement>& acknowledged);

}  // namespace splw::faults
