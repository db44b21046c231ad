// The three services as the simulation runs them: their own handlers, tables, events and timers.
#pragma once

#include <vector>

#include "services/caseload/commands.h"
#include "services/caseload/queries.h"
#include "services/mdt_agenda/item_handlers.h"
#include "services/mdt_agenda/meeting_handlers.h"
#include "services/mdt_agenda/read_handlers.h"
#include "services/mdt_agenda/team_handlers.h"
#include "services/referral_intake/referral_intake.h"
#include "tests/simulation/node.h"
#include "tests/simulation/world.h"

namespace splw::simulation {

// In the order of World's nodes.
std::vector<NodeDefinition> AllServices();

// The handlers of the processes that run now.
referral_intake::ReferralIntake& Intake(World& world);
caseload::Commands& CaseCommands(World& world);
caseload::Queries& CaseQueries(World& world);
mdt_agenda::TeamHandlers& Teams(World& world);
mdt_agenda::MeetingHandlers& Meetings(World& world);
mdt_agenda::ItemHandlers& Items(World& world);
mdt_agenda::ReadHandlers& MdtReads(World& world);

}  // namespace splw::simulation
