#include "services/referral_intake/network_policy.h"

#include <algorithm>
#include <set>
#include <string>

#include "common/delivery/request_rules.h"
#include "common/health/ods_code.h"
#include "common/text/failure.h"
#include "common/text/status_macros.h"
#include "common/text/validate.h"
#include "services/referral_intake/dates.h"
#include "services/referral_intake/limits.h"

namespace splw::referral_intake {
namespace {

constexpr char kDefaultRemit[] =
    "Social prescribing supports adults with social, emotional or practical needs: loneliness, money, housing, work, "
    "caring, "
    "low mood, living with a long-term condition. It is not for people in crisis, who need urgent help first, and does "
    "not "
    "replace medical, mental health or social care.";
constexpr char kDefaultUrgentText[] =
    "This referral shows signs of immediate danger. Do not wait for social prescribing. If life is at risk, call 999 "
    "or go "
    "to A&E now, and do not leave the person alone. Otherwise call NHS 111 and choose the mental health option. Tell a "
    "clinician of your organisation at once, then confirm here that you have.";
constexpr char kDefaultUrgentContact[] = "999; or NHS 111, mental health option";

const std::set<std::string>& ChangeableFields() {
  static const std::set<std::string> fields = {"remit", "member_practices", "minimum_age", "auto_accept_routine",
                                               "urgent_advice"};
  return fields;
}

void ReadMemberPractices(const api::NetworkPolicy& sent, storage::NetworkPolicyRecord& next,
                         text::Violations& violations) {
  next.clear_member_practices();
  if (sent.member_practices_size() > kMaxMemberPractices) {
    violations.Add("policy.member_practices", "TOO_MANY",
                   "at most " + std::to_string(kMaxMemberPractices) + " practices");
    return;
  }
  std::set<std::string> codes;
  for (int i = 0; i < sent.member_practices_size(); ++i) {
    const std::string code = health::NormaliseOdsCode(sent.member_practices(i));
    if (!health::IsOdsCode(code)) {
      violations.Add("policy.member_practices[" + std::to_string(i) + "]", "ODS_CODE_INVALID",
                     "must be 3 to 12 letters and digits");
    } else if (codes.insert(code).second) {
      next.add_member_practices(code);
    }
  }
}

}  // namespace

storage::NetworkPolicyRecord DefaultPolicy() {
  storage::NetworkPolicyRecord policy;
  policy.set_remit(kDefaultRemit);
  policy.set_minimum_age(kDefaultMinimumAge);
  policy.set_auto_accept_routine(true);
  policy.mutable_urgent_advice()->set_text(kDefaultUrgentText);
  policy.mutable_urgent_advice()->set_contact(kDefaultUrgentContact);
  return policy;
}

absl::StatusOr<storage::NetworkPolicyRecord> UpdatePolicy(const storage::NetworkPolicyRecord& policy,
                                                          const api::UpdateNetworkPolicyRequest& request,
                                                          absl::Time now) {
  const api::NetworkPolicy& sent = request.policy();
  text::Violations violations;
  delivery::CheckEtagGiven("policy.etag", sent.etag(), violations);
  std::set<std::string> mask(request.update_mask().paths().begin(), request.update_mask().paths().end());
  for (const std::string& path : mask) {
    if (ChangeableFields().count(path) == 0) {
      violations.Add("update_mask", "UNKNOWN_FIELD",
                     "may name remit, member_practices, minimum_age, auto_accept_routine, urgent_advice");
      break;
    }
  }
  if (mask.empty()) mask = ChangeableFields();

  storage::NetworkPolicyRecord next = policy;
  if (mask.count("remit") != 0) {
    text::CheckText("policy.remit", sent.remit(),
                    {.max_characters = kMaxRemitCharacters, .required = true, .allow_lines = true}, violations);
    next.set_remit(sent.remit());
  }
  if (mask.count("member_practices") != 0) ReadMemberPractices(sent, next, violations);
  if (mask.count("minimum_age") != 0) {
    if (sent.minimum_age() < 0 || sent.minimum_age() > kMaxAgeYears) {
      violations.Add("policy.minimum_age", "OUT_OF_RANGE", "must be 0 to " + std::to_string(kMaxAgeYears));
    }
    next.set_minimum_age(sent.minimum_age());
  }
  if (mask.count("auto_accept_routine") != 0) next.set_auto_accept_routine(sent.auto_accept_routine());
  if (mask.count("urgent_advice") != 0) {
    text::CheckText("policy.urgent_advice.text", sent.urgent_advice().text(),
                    {.max_characters = kMaxAdviceCharacters, .required = true, .allow_lines = true}, violations);
    text::CheckText("policy.urgent_advice.contact", sent.urgent_advice().contact(),
                    {.max_characters = kMaxContactCharacters, .required = true}, violations);
    next.mutable_urgent_advice()->set_text(sent.urgent_advice().text());
    next.mutable_urgent_advice()->set_contact(sent.urgent_advice().contact());
  }
  SPLW_RETURN_IF_ERROR(violations.ToStatus());
  SPLW_RETURN_IF_ERROR(delivery::CheckEtag("policy.etag", sent.etag(), policy.version()));
  next.set_version(policy.version() + 1);
  *next.mutable_update_time() = ToTimestamp(now);
  return next;
}

}  // namespace splw::referral_intake
