#include "services/caseload/requests.h"

#include <algorithm>
#include <set>
#include <string>

#include <absl/strings/ascii.h>
#include <absl/strings/str_format.h>

#include "common/delivery/request_rules.h"
#include "common/text/failure.h"
#include "common/text/validate.h"
#include "services/caseload/limits.h"
#include "services/caseload/records.h"

namespace splw::caseload {
namespace {

using delivery::CheckEtagGiven;
using text::CheckText;
using text::Violations;

template <typename Enum>
void RequireEnum(std::string_view field, Enum value, bool valid, Violations& violations) {
  if (static_cast<int>(value) == 0 || !valid) violations.Missing(field, "must be one of the named values");
}

void CheckReasonCode(std::string_view field, const std::string& code, bool required, Violations& violations) {
  if (code.empty()) {
    if (required) violations.Missing(field, "must be 1 to 64 of A-Z, 0-9 and '_'");
  } else if (!IsReasonCode(code)) {
    violations.Add(field, "FORMAT_INVALID", "must be 1 to 64 of A-Z, 0-9 and '_'");
  }
}

void CheckPast(std::string_view field, bool present, const google::protobuf::Timestamp& time, absl::Time now,
               Violations& violations) {
  if (!present) return;
  // Timestamp's own bounds: years 1 to 9999.
  if (time.seconds() < -62135596800 || time.seconds() > 253402300799 || time.nanos() < 0 || time.nanos() > 999999999) {
    violations.Add(field, "TIME_INVALID", "must be an instant of the years 1 to 9999");
  } else if (FromTimestamp(time) > now + kClockSkew) {
    violations.Add(field, "IN_THE_FUTURE", "must not lie in the future");
  }
}

void CheckScore(std::string_view field, bool present, int score, Violations& violations) {
  if (present && (score < 0 || score > kMaxOns4Score)) {
    violations.Add(field, "OUT_OF_RANGE", absl::StrFormat("must be 0 to %d", kMaxOns4Score));
  }
}

// SNOMED CT: 6 to 18 digits. The check digit is not looked at: published codes are damaged, and are kept
// (standards.md).
bool LooksLikeSnomed(const std::string& code) {
  return code.size() >= 6 && code.size() <= 18 && std::all_of(code.begin(), code.end(), absl::ascii_isdigit);
}

void CheckNeeds(const google::protobuf::RepeatedPtrField<type::v1::Need>& needs, Violations& violations) {
  if (static_cast<std::size_t>(needs.size()) > kMaxNeedsPerCase) {
    violations.Add("needs", "TOO_MANY", absl::StrFormat("at most %d", kMaxNeedsPerCase));
    return;
  }
  for (int index = 0; index < needs.size(); ++index) {
    const std::string field = absl::StrFormat("needs[%d]", index);
    RequireEnum(field + ".category", needs[index].category(), type::v1::NeedCategory_IsValid(needs[index].category()),
                violations);
    if (!needs[index].snomed_code().empty() && !LooksLikeSnomed(needs[index].snomed_code())) {
      violations.Add(field + ".snomed_code", "FORMAT_INVALID", "must be 6 to 18 digits");
    }
    CheckText(field + ".note", needs[index].note(), {.max_characters = kMaxNeedNoteCharacters, .allow_lines = true},
              violations);
  }
}

template <typename Agencies>
void CheckAgencies(std::string_view field, const Agencies& agencies, bool required, Violations& violations) {
  if (required && agencies.empty()) violations.Missing(field, "name at least one agency");
  std::set<int> seen;
  for (int index = 0; index < agencies.size(); ++index) {
    const std::string path = absl::StrFormat("%s[%d]", field, index);
    if (agencies[index] == type::v1::AGENCY_KIND_UNSPECIFIED || !type::v1::AgencyKind_IsValid(agencies[index])) {
      violations.Missing(path, "must be a kind of agency");
    } else if (!seen.insert(agencies[index]).second) {
      violations.Add(path, "REPEATED", "must stand once");
    }
  }
}

void CheckConsent(const type::v1::Consent& consent, absl::Time now, Violations& violations) {
  RequireEnum("consent.referral", consent.referral(), type::v1::ConsentStatus_IsValid(consent.referral()), violations);
  CheckText(
      "consent.explained_by", consent.explained_by(),
      {.max_characters = kMaxExplainedByCharacters, .required = consent.referral() == type::v1::CONSENT_STATUS_AGREED},
      violations);
  if (consent.has_explained_on() && !IsFullDate(consent.explained_on())) {
    violations.Add("consent.explained_on", "DATE_INVALID", "must be a day that exists");
  } else if (consent.has_explained_on() &&
             // London is never more than an hour ahead of UTC.
             ToCivilDay(consent.explained_on()) > absl::ToCivilDay(now + absl::Hours(1), absl::UTCTimeZone())) {
    violations.Add("consent.explained_on", "IN_THE_FUTURE", "must not lie in the future");
  }
  CheckAgencies("consent.share_with", consent.share_with(), /*required=*/false, violations);
}

template <typename Item>
void CheckPlanItem(const std::string& field, const Item& item, bool known_state, Violations& violations) {
  CheckText(field + ".id", item.id(), {.max_characters = kMaxPlanItemIdCharacters}, violations);
  CheckText(field + ".text", item.text(),
            {.max_characters = kMaxPlanItemCharacters, .required = true, .allow_lines = true}, violations);
  if (!known_state) violations.Missing(field + ".state", "must be one of the named values");
}

}  // namespace

bool IsProfessionalId(std::string_view text) {
  return !text.empty() && text.size() <= kMaxProfessionalIdCharacters &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return absl::ascii_isalnum(c) || c == '.' || c == '_' || c == '-' || c == '@' || c == '/';
         });
}

bool IsReasonCode(std::string_view text) {
  return !text.empty() && text.size() <= kMaxReasonCodeCharacters &&
         std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return absl::ascii_isupper(c) || absl::ascii_isdigit(c) || c == '_'; });
}

bool IsFullDate(const google::type::Date& date) {
  if (date.year() < 1 || date.year() > 9999 || date.month() < 1 || date.month() > 12 || date.day() < 1 ||
      date.day() > 31) {
    return false;
  }
  return ToCivilDay(date).day() == date.day();  // CivilDay turns 31 April into 1 May
}

absl::CivilDay ToCivilDay(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

absl::Status CheckRequest(const v1::AllocateCaseRequest& request) {
  Violations violations;
  CheckEtagGiven("etag", request.etag(), violations);
  CheckReasonCode("override_reason_code", request.override_reason_code(), /*required=*/false, violations);
  if (request.link_worker().empty() && !request.override_reason_code().empty()) {
    violations.Add("override_reason_code", "LINK_WORKER_NEEDED", "only for a link worker who is named");
  }
  return violations.ToStatus();
}

absl::Status CheckRequest(const v1::UpdatePlanRequest& request, absl::Time now) {
  Violations violations;
  const absl::CivilDay today = absl::ToCivilDay(now, absl::UTCTimeZone());
  const absl::CivilDay latest(today.year() + kMaxYearsAhead, today.month(), today.day());
  CheckEtagGiven("etag", request.etag(), violations);
  if (!request.has_plan()) violations.Missing("plan", "send the whole plan");
  const v1::Plan& plan = request.plan();
  CheckText("plan.what_matters", plan.what_matters(),
            {.max_characters = kMaxWhatMattersCharacters, .allow_lines = true}, violations);
  if (static_cast<std::size_t>(plan.goals_size()) > kMaxGoals) {
    violations.Add("plan.goals", "TOO_MANY", absl::StrFormat("at most %d", kMaxGoals));
  }
  if (static_cast<std::size_t>(plan.actions_size()) > kMaxPlanActions) {
    violations.Add("plan.actions", "TOO_MANY", absl::StrFormat("at most %d", kMaxPlanActions));
  }
  for (int index = 0; index < plan.goals_size(); ++index) {
    const v1::Goal& goal = plan.goals(index);
    CheckPlanItem(absl::StrFormat("plan.goals[%d]", index), goal, v1::GoalState_IsValid(goal.state()), violations);
  }
  for (int index = 0; index < plan.actions_size(); ++index) {
    const v1::PlanAction& action = plan.actions(index);
    const std::string field = absl::StrFormat("plan.actions[%d]", index);
    CheckPlanItem(field, action, v1::PlanActionState_IsValid(action.state()), violations);
    CheckText(field + ".owner", action.owner(), {.max_characters = kMaxOwnerCharacters}, violations);
    if (action.has_due_date() && !IsFullDate(action.due_date())) {
      violations.Add(field + ".due_date", "DATE_INVALID", "must be a day that exists");
    } else if (action.has_due_date() && ToCivilDay(action.due_date()) > latest) {
      violations.Add(field + ".due_date", "TOO_FAR_AHEAD", absl::StrFormat("at most %d years ahead", kMaxYearsAhead));
    }
  }
  return violations.ToStatus();
}

absl::Status CheckRequest(const v1::CloseCaseRequest& request) {
  Violations violations;
  CheckEtagGiven("etag", request.etag(), violations);
  RequireEnum("outcome", request.outcome(), v1::CaseOutcome_IsValid(request.outcome()), violations);
  return violations.ToStatus();
}

absl::Status CheckRequest(const v1::RecordContactRequest& request, absl::Time now) {
  Violations violations;
  RequireEnum("mode", request.mode(), v1::ContactMode_IsValid(request.mode()), violations);
  RequireEnum("outcome", request.outcome(), v1::ContactOutcome_IsValid(request.outcome()), violations);
  CheckText("note", request.note(), {.max_characters = kMaxNoteCharacters, .allow_lines = true}, violations);
  CheckPast("time", request.has_time(), request.time(), now, violations);
  return violations.ToStatus();
}

absl::Status CheckRequest(const v1::RecordAssessmentRequest& request, absl::Time now) {
  Violations violations;
  CheckText("what_matters", request.what_matters(),
            {.max_characters = kMaxWhatMattersCharacters, .required = true, .allow_lines = true}, violations);
  const v1::Ons4Scores& ons4 = request.ons4();
  CheckScore("ons4.satisfied", ons4.has_satisfied(), ons4.satisfied(), violations);
  CheckScore("ons4.worthwhile", ons4.has_worthwhile(), ons4.worthwhile(), violations);
  CheckScore("ons4.happy_yesterday", ons4.has_happy_yesterday(), ons4.happy_yesterday(), violations);
  CheckScore("ons4.anxious_yesterday", ons4.has_anxious_yesterday(), ons4.anxious_yesterday(), violations);
  CheckNeeds(request.needs(), violations);
  if (request.has_consent()) {
    CheckEtagGiven("etag", request.etag(), violations);
    CheckConsent(request.consent(), now, violations);
  }
  CheckPast("time", request.has_time(), request.time(), now, violations);
  return violations.ToStatus();
}

absl::Status CheckRequest(const v1::SignpostPersonRequest& request) {
  Violations violations;
  CheckText("community_service", request.community_service(), {.max_characters = kMaxNameCharacters, .required = true},
            violations);
  CheckReasonCode("override_reason_code", request.override_reason_code(), /*required=*/false, violations);
  return violations.ToStatus();
}

absl::Status CheckRequest(const v1::RecordSignpostOutcomeRequest& request) {
  Violations violations;
  CheckEtagGiven("etag", request.etag(), violations);
  RequireEnum("outcome", request.outcome(),
              v1::SignpostOutcome_IsValid(request.outcome()) &&
                  request.outcome() != v1::SIGNPOST_OUTCOME_CASE_CLOSED,  // the service's own
              violations);
  if (request.outcome() == v1::SIGNPOST_OUTCOME_BOUNCED) {
    RequireEnum("bounce_cause", request.bounce_cause(), v1::BounceCause_IsValid(request.bounce_cause()), violations);
  } else if (request.bounce_cause() != v1::BOUNCE_CAUSE_UNSPECIFIED) {
    violations.Add("bounce_cause", "NOT_BOUNCED", "only for the outcome BOUNCED");
  }
  return violations.ToStatus();
}

absl::Status CheckRequest(const v1::NominateForMdtRequest& request) {
  Violations violations;
  CheckEtagGiven("etag", request.etag(), violations);
  CheckText("question", request.question(),
            {.max_characters = kMaxQuestionCharacters, .required = true, .allow_lines = true}, violations);
  CheckAgencies("agencies_needed", request.agencies_needed(), /*required=*/true, violations);
  RequireEnum("urgency", request.urgency(), type::v1::Urgency_IsValid(request.urgency()), violations);
  CheckText("mdt", request.mdt(), {.max_characters = kMaxNameCharacters}, violations);
  const std::string network = request.parent().substr(0, request.parent().find('/', sizeof("networks/") - 1));
  if (!request.mdt().empty() && request.mdt().rfind(network + "/mdts/", 0) != 0) {
    violations.Add("mdt", "NAME_INVALID", "must be a name like networks/{network}/mdts/{id}, in the case's network");
  }
  return violations.ToStatus();
}

absl::Status CheckRequest(const v1::WithdrawNominationRequest& request) {
  Violations violations;
  CheckEtagGiven("etag", request.etag(), violations);
  CheckReasonCode("reason_code", request.reason_code(), /*required=*/true, violations);
  return violations.ToStatus();
}

absl::Status CheckRequest(const v1::CreateLinkWorkerRequest& request) {
  Violations violations;
  if (!request.has_link_worker()) violations.Missing("link_worker", "send the link worker");
  return violations.ToStatus();
}

absl::Status CheckRequest(const v1::UpdateLinkWorkerRequest& request) {
  Violations violations;
  CheckEtagGiven("link_worker.etag", request.link_worker().etag(), violations);
  return violations.ToStatus();
}

absl::Status CheckRequest(const v1::CreateCommunityServiceRequest& request) {
  Violations violations;
  if (!request.has_community_service()) {
    violations.Missing("community_service", "send the community service");
  }
  return violations.ToStatus();
}

absl::Status CheckRequest(const v1::UpdateCommunityServiceRequest& request) {
  Violations violations;
  CheckEtagGiven("community_service.etag", request.community_service().etag(), violations);
  return violations.ToStatus();
}

absl::Status CheckRequest(const v1::ListCasesRequest& request) {
  Violations violations;
  if (request.has_feedback_due_before() && !IsFullDate(request.feedback_due_before())) {
    violations.Add("feedback_due_before", "DATE_INVALID", "must be a day that exists");
  }
  return violations.ToStatus();
}

absl::Status CheckRequest(const v1::ListSignpostsRequest& request) {
  Violations violations;
  const bool names_network = request.parent().find('/', std::string_view("networks/").size()) == std::string::npos;
  if (names_network && request.community_service().empty()) {
    violations.Missing("community_service", "needed where the parent is not a case");
  }
  return violations.ToStatus();
}

}  // namespace splw::caseload
