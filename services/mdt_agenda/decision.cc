#include "services/mdt_agenda/decision.h"

#include <optional>
#include <set>

#include <absl/strings/str_format.h>

#include "common/text/failure.h"
#include "services/mdt_agenda/checks.h"
#include "services/mdt_agenda/limits.h"
#include "services/mdt_agenda/schedule.h"

namespace splw::mdt_agenda {
namespace {

void CheckAssignment(text::Violations& violations, const api::RecordDecisionRequest& request) {
  const bool plan_agreed = request.outcome() == api::DECISION_OUTCOME_PLAN_AGREED;
  const bool any = request.has_case_holder() || request.has_key_worker();
  if (!request.has_case_holder() && (plan_agreed || any)) {
    violations.Missing("case_holder", "is required: somebody clinical or of social care holds the case");
  }
  if (!request.has_key_worker() && (plan_agreed || any)) {
    violations.Missing("key_worker", "is required: a worker of the SPLW service or of recovery services");
  }
  if (request.has_case_holder()) {
    CheckProfessional(violations, "case_holder", request.case_holder());
    if (!MayHoldCase(request.case_holder().agency())) {
      violations.Add("case_holder.agency", "CASE_HOLDER_NOT_ELIGIBLE",
                     "must be primary care, community nursing, hospital, mental health or social care");
    }
  }
  if (request.has_key_worker()) {
    CheckProfessional(violations, "key_worker", request.key_worker());
    if (!MayBeKeyWorker(request.key_worker().agency())) {
      violations.Add("key_worker.agency", "KEY_WORKER_NOT_ELIGIBLE", "must be the SPLW service or recovery services");
    }
  }
  if (request.has_case_holder() && request.has_key_worker() && !request.key_worker().id().empty() &&
      SameProfessional(request.case_holder(), request.key_worker())) {
    violations.Add("key_worker", "KEY_WORKER_IS_CASE_HOLDER", "must be somebody else than the case-holder");
  }
}

void CheckDueDate(text::Violations& violations, const std::string& field, const api::ActionInput& action,
                  absl::CivilDay meeting_day) {
  if (!action.has_due_date()) {
    violations.Missing(field, "is required");
    return;
  }
  const std::optional<absl::CivilDay> due = ToDay(action.due_date());
  if (!due) {
    violations.Add(field, "DUE_DATE_INVALID", "must be a full date that exists");
  } else if (*due < meeting_day) {
    violations.Add(field, "DUE_DATE_IN_PAST", "may not be before the date of the meeting");
  } else if (*due > meeting_day + kMaxDaysToDueDate) {
    violations.Add(field, "DUE_DATE_TOO_FAR", "must be within two years of the meeting");
  }
}

void CheckActions(text::Violations& violations, const api::RecordDecisionRequest& request, absl::CivilDay meeting_day) {
  const bool needs_action = request.outcome() == api::DECISION_OUTCOME_PLAN_AGREED ||
                            request.outcome() == api::DECISION_OUTCOME_MORE_INFORMATION;
  if (needs_action && request.actions().empty()) {
    violations.Missing("actions", "must hold at least one action with an owner and a due date");
  }
  if (request.actions_size() > kMaxActions) {
    violations.Add("actions", "TOO_MANY_ACTIONS", absl::StrFormat("may hold at most %d actions", kMaxActions));
    return;
  }
  for (int i = 0; i < request.actions_size(); ++i) {
    const api::ActionInput& action = request.actions(i);
    const std::string field = absl::StrFormat("actions[%d]", i);
    CheckProse(violations, field + ".description", action.description(), kMaxActionDescription);
    if (action.has_owner()) {
      CheckProfessional(violations, field + ".owner", action.owner());
    } else {
      violations.Missing(field + ".owner", "is required");
    }
    CheckDueDate(violations, field + ".due_date", action, meeting_day);
  }
}

}  // namespace

bool MayHoldCase(AgencyKind agency) {
  switch (agency) {
    case type::v1::AGENCY_KIND_PRIMARY_CARE:
    case type::v1::AGENCY_KIND_COMMUNITY_NURSING:
    case type::v1::AGENCY_KIND_HOSPITAL:
    case type::v1::AGENCY_KIND_MENTAL_HEALTH:
    case type::v1::AGENCY_KIND_SOCIAL_CARE:
      return true;
    default:
      return false;
  }
}

bool MayBeKeyWorker(AgencyKind agency) {
  return agency == type::v1::AGENCY_KIND_SPLW_SERVICE || agency == type::v1::AGENCY_KIND_RECOVERY_SERVICES;
}

absl::Status CheckDecision(const api::RecordDecisionRequest& request, absl::CivilDay meeting_day) {
  text::Violations violations;
  if (request.outcome() == api::DECISION_OUTCOME_UNSPECIFIED || !api::DecisionOutcome_IsValid(request.outcome())) {
    violations.Missing("outcome", "is required and must be a known outcome");
  }
  CheckProse(violations, "summary", request.summary(), kMaxSummary);
  CheckAssignment(violations, request);
  CheckActions(violations, request, meeting_day);
  return violations.ToStatus();
}

ActionMatch MatchActions(const std::vector<stored::ActionRecord>& earlier, const api::RecordDecisionRequest& request) {
  ActionMatch match;
  std::set<std::string> taken;
  for (const api::ActionInput& action : request.actions()) {
    std::string id;
    for (const stored::ActionRecord& candidate : earlier) {
      if (taken.count(candidate.id()) == 0 && candidate.description() == action.description() &&
          SameProfessional(candidate.owner(), action.owner())) {
        id = candidate.id();
        taken.insert(id);
        break;
      }
    }
    match.kept.push_back(id);
  }
  for (const stored::ActionRecord& candidate : earlier) {
    if (taken.count(candidate.id()) == 0) match.cancelled.push_back(candidate.id());
  }
  return match;
}

bool OwesFeedback(const stored::DecisionRecord& decision) {
  return decision.has_case_holder() || decision.has_key_worker() || !decision.action_ids().empty();
}

}  // namespace splw::mdt_agenda
