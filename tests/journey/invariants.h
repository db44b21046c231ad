// What must hold in a suite that has come to rest, whatever happened to it before (product.md, "what must
// never happen").
#pragma once

#include "tests/journey/world.h"

namespace splw::journey {

// Waits until no service has an event waiting (parked ones fail the test), then checks, through the public
// APIs:
//  - every accepted referral has exactly one case, and every case's referrals name it back;
//  - no case has more than one open nomination, and each nomination sent is known to the MDT once;
//  - case-holder and key worker of a case are two people;
//  - every decision with actions has its feedback item on a later meeting, or feedback was given;
//  - no agency is shown a person who has taken their consent back, or who does not share with an agency that is not of health
//    or social care;
//  - places held are no more than places offered, and as many as there are open signposts;
//  - every store verifies.
void CheckInvariants(const testing::Suite& suite, World& world);

}  // namespace splw::journey
