// The features that there are; features.cc lists them.
#pragma once

#include "tests/simulation/feature.h"

namespace splw::simulation {

Feature ReferralFeature();    // referrals.cc
Feature CaseFeature();        // cases.cc
Feature SignpostFeature();    // signposts.cc
Feature NominationFeature();  // nominations.cc
Feature MeetingFeature();     // meetings.cc
Feature AgendaFeature();      // agenda_rules.cc: invariants alone
Feature DeliveryFeature();    // delivery_rules.cc: invariants alone
Feature RecordFeature();      // record_rules.cc: invariants alone
Feature DisasterFeature();    // disasters.cc: actions alone

// For the end of a story (ending.cc), in which users do what is left to do. True: there was something.
bool TriageAll(World& world, Draw& draw);
bool AllocateAll(World& world, Draw& draw);
bool CloseAll(World& world, Draw& draw);
// Moves the next meeting that has anything on it, or that nominations wait for, on to its end.
bool HoldNextMeeting(World& world, Draw& draw);
void CheckAllReferralsEnded(World& world);

}  // namespace splw::simulation
