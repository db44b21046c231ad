// What the users of the caseload have in common.
#pragma once

#include <optional>

#include "splw/caseload/v1/case.pb.h"
#include "tests/simulation/draw.h"
#include "tests/simulation/world.h"

namespace splw::simulation {

inline constexpr Role kLinkWorker{"worker", identity::Role::kLinkWorker};

// A case in this state, as a user sees it who looks for one.
std::optional<caseload::v1::Case> SomeCase(World& world, Draw& draw, caseload::v1::CaseState state);

}  // namespace splw::simulation
