// What a decision must be, and what it owes. Pure.
#pragma once

#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/time/civil_time.h>

#include "services/mdt_agenda/messages.h"
#include "splw/mdt/v1/mdt_agenda_service.pb.h"

namespace splw::mdt_agenda {

// The case-holder is "the clinical person or social care [worker]": primary care, community nursing, hospital, mental
// health, social care (Brunton et al., BMC Primary Care 2022, 23:66).
bool MayHoldCase(AgencyKind agency);
// The key worker is of the "[SPLW] or recovery services" (the same study).
bool MayBeKeyWorker(AgencyKind agency);

// OK, or INVALID_ARGUMENT with every field that is wrong:
//   outcome REQUIRED; summary REQUIRED, TEXT_TOO_LONG;
//   PLAN_AGREED needs case_holder, key_worker and an action (REQUIRED); MORE_INFORMATION needs an action (REQUIRED);
//   elsewhere case_holder and key_worker come together or not at all (REQUIRED);
//   case_holder.agency CASE_HOLDER_NOT_ELIGIBLE, key_worker.agency KEY_WORKER_NOT_ELIGIBLE, key_worker
//   KEY_WORKER_IS_CASE_HOLDER; actions TOO_MANY_ACTIONS; actions[i].description, .owner, .due_date: REQUIRED,
//   DUE_DATE_INVALID, DUE_DATE_IN_PAST (before the meeting's date), DUE_DATE_TOO_FAR (more than kMaxDaysToDueDate after
//   it).
absl::Status CheckDecision(const api::RecordDecisionRequest& request, absl::CivilDay meeting_day);

// How the actions of a correction go with those that were recorded before.
struct ActionMatch {
  std::vector<std::string> kept;       // for each action of the request: the id of the earlier one that it is, or empty
  std::vector<std::string> cancelled;  // ids of earlier ones that are not named again
};
// An action with the same description and owner is the same action. `earlier` are those of the decision that is
// corrected.
ActionMatch MatchActions(const std::vector<stored::ActionRecord>& earlier, const api::RecordDecisionRequest& request);

// True where feedback is owed to the next meeting: somebody was assigned, or something is to be done.
bool OwesFeedback(const stored::DecisionRecord& decision);

}  // namespace splw::mdt_agenda
