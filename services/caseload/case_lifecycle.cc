#include "services/caseload/case_lifecycle.h"

#include <algorithm>
#include <set>

#include <absl/strings/str_format.h>

#include "common/health/danger_words.h"
#include "common/health/same_person.h"
#include "common/health/snomed.h"
#include "common/text/failure.h"
#include "common/text/status_macros.h"
#include "common/text/validate.h"
#include "services/caseload/errors.h"
#include "services/caseload/limits.h"
#include "services/caseload/person.h"

namespace splw::caseload {
namespace {

// splw.referral.v1.WithdrawReason, as the event writes it.
constexpr char kPersonDeclined[] = "PERSON_DECLINED";

bool Indicates(type::v1::CrisisAnswer answer) {
  return answer != type::v1::CRISIS_ANSWER_UNSPECIFIED && answer != type::v1::CRISIS_ANSWER_NO;
}

// What the intake found, or what the answers of an older sender say.
bool IndicatesCrisis(const referral::v1::ReferralAccepted& referral) {
  return referral.crisis_indicated() || caseload::IndicatesCrisis(referral.crisis_answers());
}

void AddReferral(CaseRecord& record, const referral::v1::ReferralAccepted& referral) {
  storage::v1::CaseReferral* added = record.add_referrals();
  added->set_referral(referral.referral());
  *added->mutable_accept_time() = referral.accept_time();
  *added->mutable_not_same_person_as() = referral.not_same_person_as();
}

void AddPersonKeys(CaseRecord& record, const referral::v1::ReferralAccepted& referral) {
  for (const std::string& key : referral.person_keys()) {
    const auto& known = record.person_keys();
    if (key.empty() || std::find(known.begin(), known.end(), key) != known.end()) continue;
    if (static_cast<std::size_t>(record.person_keys_size()) >= kMaxPersonKeysPerCase) return;
    record.add_person_keys(key);
  }
}

// A need whose kind is known and that says nothing of its own is no other one. Where the case is full, what it says is
// put to the first need of its kind, as far as that has room.
void AddNeeds(CaseRecord& record, const referral::v1::ReferralAccepted& referral) {
  for (const type::v1::Need& need : referral.needs()) {
    auto& needs = *record.mutable_needs();
    const auto of_kind = std::find_if(needs.begin(), needs.end(),
                                      [&need](const auto& other) { return other.category() == need.category(); });
    const bool known =
        of_kind != needs.end() && (need.note().empty() || std::any_of(of_kind, needs.end(), [&need](const auto& other) {
                                     return other.category() == need.category() && other.note() == need.note();
                                   }));
    if (known) continue;
    if (static_cast<std::size_t>(needs.size()) < kMaxNeedsPerCase) {
      *record.add_needs() = need;
    } else if (of_kind != needs.end()) {
      const std::string together = of_kind->note().empty() ? need.note() : of_kind->note() + "\n" + need.note();
      if (text::CountCharacters(together).value_or(kMaxNeedNoteCharacters + 1) <= kMaxNeedNoteCharacters) {
        of_kind->set_note(together);
      }
    }
  }
}

void TakeNewestStatement(CaseRecord& record, const referral::v1::ReferralAccepted& referral) {
  *record.mutable_person() = MergePerson(record.person(), referral.person());
  *record.mutable_referrer() = referral.referrer();
  if (!referral.reason_text().empty()) record.set_reason_text(referral.reason_text());
}

// One that comes late says only what was not known.
void TakeOlderStatement(CaseRecord& record, const referral::v1::ReferralAccepted& referral) {
  *record.mutable_person() = MergePerson(referral.person(), record.person());
  if (record.reason_text().empty()) record.set_reason_text(referral.reason_text());
}

bool Says(const type::v1::Consent& consent) {
  return consent.referral() == type::v1::CONSENT_STATUS_AGREED ||
         consent.referral() == type::v1::CONSENT_STATUS_DECLINED;
}

// The newest "yes" or "no" of the person counts, by when they said it. That nobody asked takes nothing back.
void TakeConsentIfNewer(CaseRecord& record, const type::v1::Consent& consent, const google::protobuf::Timestamp& time) {
  if (record.has_consent() && !Says(consent)) return;
  if (Says(record.consent()) && FromTimestamp(time) < FromTimestamp(record.consent_time())) return;
  *record.mutable_consent() = consent;
  *record.mutable_consent_time() = time;
}

google::protobuf::Timestamp ConsentTime(const referral::v1::ReferralAccepted& referral) {
  return referral.has_consent_time() ? referral.consent_time() : referral.accept_time();
}

absl::Status CheckNotTooEarly(const CaseRecord& record, const google::protobuf::Timestamp& time) {
  if (FromTimestamp(time) >= FromTimestamp(record.open_time()) - kMaxBeforeOpening) return absl::OkStatus();
  return text::InvalidField("time", "TOO_EARLY", "must not be more than a year before the case was opened");
}

// Gives ids to the items that have none: the prefix and the first number that neither plan has used.
class ItemIds final {
 public:
  explicit ItemIds(const char* prefix) : prefix_(prefix) {}
  void Used(const std::string& id) { used_.insert(id); }
  std::string Next() {
    while (true) {
      std::string id = absl::StrFormat("%s%d", prefix_, next_++);
      if (used_.insert(id).second) return id;
    }
  }

 private:
  const char* prefix_;
  std::set<std::string> used_;
  int next_ = 1;
};

template <typename Items>
absl::Status CheckIdsDiffer(const Items& items, const char* field) {
  std::set<std::string> seen;
  int index = 0;
  for (const auto& item : items) {
    if (!item.id().empty() && !seen.insert(item.id()).second) {
      return text::InvalidField(absl::StrFormat("plan.%s[%d].id", field, index), "PLAN_ITEM_ID_REPEATED",
                                "must differ from the ids before it");
    }
    ++index;
  }
  return absl::OkStatus();
}

}  // namespace

int CaseWeight(const CaseRecord& record) {
  int weight = kBaseCaseWeight;
  if (record.needs_size() >= kManyNeeds) ++weight;
  if (record.urgency() == type::v1::URGENCY_URGENT) ++weight;
  if (record.crisis_indicated()) ++weight;
  return weight;
}

bool IndicatesCrisis(const type::v1::CrisisAnswers& answers) {
  return Indicates(answers.feels_unsafe_now()) || Indicates(answers.suicidal_thoughts()) ||
         Indicates(answers.risk_of_harm());
}

bool IndicatesCrisis(const AssessmentRecord& assessment) {
  return health::SpeaksOfDanger(assessment.what_matters()) ||
         std::any_of(assessment.needs().begin(), assessment.needs().end(), [](const type::v1::Need& need) {
           return health::IsRiskOfHarm(need.snomed_code()) || health::SpeaksOfDanger(need.note());
         });
}

CaseRecord OpenCase(const referral::v1::ReferralAccepted& referral, std::string_view case_id, std::string_view network,
                    std::string_view correlation_id, absl::Time now) {
  CaseRecord record;
  record.set_id(std::string(case_id));
  record.set_network(std::string(network));
  record.set_state(v1::CASE_STATE_WAITING_FOR_ALLOCATION);
  record.set_correlation_id(std::string(correlation_id));
  *record.mutable_open_time() = ToTimestamp(now);
  record.set_urgency(referral.urgency());
  record.set_crisis_indicated(IndicatesCrisis(referral));
  AddReferral(record, referral);
  AddPersonKeys(record, referral);
  AddNeeds(record, referral);
  TakeNewestStatement(record, referral);
  TakeConsentIfNewer(record, referral.consent(), ConsentTime(referral));
  record.set_weight(CaseWeight(record));
  return record;
}

CaseRecord JoinReferral(CaseRecord record, const referral::v1::ReferralAccepted& referral) {
  absl::Time newest = absl::InfinitePast();
  for (const auto& known : record.referrals()) {
    if (known.referral() == referral.referral()) return record;
    newest = std::max(newest, FromTimestamp(known.accept_time()));
  }
  AddReferral(record, referral);
  AddPersonKeys(record, referral);
  if (!record.needs_confirmed()) AddNeeds(record, referral);
  if (FromTimestamp(referral.accept_time()) >= newest) {
    TakeNewestStatement(record, referral);
  } else {
    TakeOlderStatement(record, referral);
  }
  TakeConsentIfNewer(record, referral.consent(), ConsentTime(referral));
  if (referral.urgency() == type::v1::URGENCY_URGENT) record.set_urgency(type::v1::URGENCY_URGENT);
  if (IndicatesCrisis(referral)) record.set_crisis_indicated(true);
  return record;
}

bool MayJoin(const CaseRecord& record, const referral::v1::ReferralAccepted& referral) {
  if (record.referrals_size() >= kMaxReferralsPerCase) return false;
  const auto names = [](const auto& list, const std::string& name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  const bool told_apart = std::any_of(record.referrals().begin(), record.referrals().end(), [&](const auto& known) {
    return names(referral.not_same_person_as(), known.referral()) ||
           names(known.not_same_person_as(), referral.referral());
  });
  return !told_apart && health::MayBeOnePerson(record.person(), referral.person());
}

CaseRecord WithdrawReferral(CaseRecord record, const referral::v1::ReferralWithdrawn& event, absl::Time now) {
  if (event.reason_code() == kPersonDeclined) {
    type::v1::Consent refusal;
    refusal.set_referral(type::v1::CONSENT_STATUS_DECLINED);
    TakeConsentIfNewer(record, refusal, event.has_withdraw_time() ? event.withdraw_time() : ToTimestamp(now));
  }
  bool any_stands = false;
  for (auto& referral : *record.mutable_referrals()) {
    if (referral.referral() == event.referral() && !referral.withdrawn()) {
      referral.set_withdrawn(true);
      referral.set_withdraw_reason_code(event.reason_code());
    }
    any_stands = any_stands || !referral.withdrawn();
  }
  if (!any_stands && record.state() == v1::CASE_STATE_WAITING_FOR_ALLOCATION) {
    record.set_state(v1::CASE_STATE_CLOSED);
    record.set_outcome(v1::CASE_OUTCOME_REFERRAL_WITHDRAWN);
    *record.mutable_close_time() = ToTimestamp(now);
  }
  return record;
}

absl::Status RequireActive(const CaseRecord& record, std::string_view what) {
  if (record.state() == v1::CASE_STATE_ACTIVE) return absl::OkStatus();
  return errors::IllegalTransition(what, record.state());
}

absl::Status RequireOpen(const CaseRecord& record, std::string_view what) {
  if (IsOpen(record)) return absl::OkStatus();
  return errors::IllegalTransition(what, record.state());
}

absl::StatusOr<CaseRecord> UpdatePlan(CaseRecord record, const v1::Plan& plan, absl::Time now) {
  SPLW_RETURN_IF_ERROR(RequireActive(record, "a plan"));
  SPLW_RETURN_IF_ERROR(CheckIdsDiffer(plan.goals(), "goals"));
  SPLW_RETURN_IF_ERROR(CheckIdsDiffer(plan.actions(), "actions"));
  ItemIds goal_ids("goal-");
  ItemIds action_ids("action-");
  for (const auto& goal : record.plan().goals()) goal_ids.Used(goal.id());
  for (const auto& action : record.plan().actions()) action_ids.Used(action.id());
  for (const auto& goal : plan.goals()) goal_ids.Used(goal.id());
  for (const auto& action : plan.actions()) action_ids.Used(action.id());

  storage::v1::PlanRecord next;
  next.set_what_matters(plan.what_matters());
  for (const v1::Goal& goal : plan.goals()) {
    storage::v1::GoalRecord* added = next.add_goals();
    added->set_id(goal.id().empty() ? goal_ids.Next() : goal.id());
    added->set_text(goal.text());
    added->set_state(goal.state() == v1::GOAL_STATE_UNSPECIFIED ? v1::GOAL_STATE_OPEN : goal.state());
  }
  for (const v1::PlanAction& action : plan.actions()) {
    storage::v1::PlanActionRecord* added = next.add_actions();
    added->set_id(action.id().empty() ? action_ids.Next() : action.id());
    added->set_text(action.text());
    added->set_owner(action.owner());
    if (action.has_due_date()) *added->mutable_due_date() = action.due_date();
    added->set_state(action.state() == v1::PLAN_ACTION_STATE_UNSPECIFIED ? v1::PLAN_ACTION_STATE_OPEN : action.state());
  }
  *next.mutable_update_time() = ToTimestamp(now);
  *record.mutable_plan() = std::move(next);
  return record;
}

absl::StatusOr<CaseRecord> NoteContact(CaseRecord record, const ContactRecord& contact) {
  SPLW_RETURN_IF_ERROR(RequireOpen(record, "a contact"));
  if (record.contact_count() >= kMaxContactsPerCase) return errors::TooManyContacts();
  SPLW_RETURN_IF_ERROR(CheckNotTooEarly(record, contact.time()));
  record.set_contact_count(record.contact_count() + 1);
  if (!record.has_last_contact_time() || FromTimestamp(record.last_contact_time()) < FromTimestamp(contact.time())) {
    *record.mutable_last_contact_time() = contact.time();
  }
  return record;
}

absl::StatusOr<CaseRecord> NoteAssessment(CaseRecord record, const AssessmentRecord& assessment,
                                          const std::optional<type::v1::Consent>& consent, absl::Time now) {
  SPLW_RETURN_IF_ERROR(RequireActive(record, "an assessment"));
  if (record.assessment_count() >= kMaxAssessmentsPerCase) return errors::TooManyAssessments();
  SPLW_RETURN_IF_ERROR(CheckNotTooEarly(record, assessment.time()));
  record.set_assessment_count(record.assessment_count() + 1);
  if (assessment.crisis_indicated()) record.set_crisis_indicated(true);
  // One that is written down late replaces nothing that is newer.
  if (consent.has_value()) TakeConsentIfNewer(record, *consent, assessment.time());
  const bool newest = record.latest_assessment_id().empty() ||
                      FromTimestamp(record.latest_assessment_time()) <= FromTimestamp(assessment.time());
  if (!newest) return record;
  record.set_latest_assessment_id(assessment.id());
  *record.mutable_latest_assessment_time() = assessment.time();
  *record.mutable_latest_ons4() = assessment.ons4();
  if (assessment.needs_size() > 0) {
    *record.mutable_needs() = assessment.needs();
    record.set_needs_confirmed(true);
  }
  if (record.plan().what_matters().empty()) {
    record.mutable_plan()->set_what_matters(assessment.what_matters());
    *record.mutable_plan()->mutable_update_time() = ToTimestamp(now);
  }
  return record;
}

absl::StatusOr<CaseRecord> CloseCase(CaseRecord record, v1::CaseOutcome outcome, bool feedback_owed_acknowledged,
                                     absl::Time now) {
  SPLW_RETURN_IF_ERROR(RequireOpen(record, "closing it"));
  if (record.mdt_status().has_feedback_due_date() && !feedback_owed_acknowledged) return errors::FeedbackDue();
  record.set_state(v1::CASE_STATE_CLOSED);
  record.set_outcome(outcome);
  *record.mutable_close_time() = ToTimestamp(now);
  return record;
}

}  // namespace splw::caseload
