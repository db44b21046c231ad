// Who may call which method of this service (product.md, "Who uses it"). What agency members see of a meeting is for
// visibility.h to say, and on which actions they report for feedback.h.
#pragma once

#include <vector>

#include "common/identity/policy.h"

namespace splw::mdt_agenda {

std::vector<identity::PolicyRow> MdtAgendaPolicy();

}  // namespace splw::mdt_agenda
