#include "services/referral_intake/crisis.h"

#include <algorithm>

namespace splw::referral_intake {
namespace {

bool MeansCrisis(type::CrisisAnswer answer) {
  return answer != type::CRISIS_ANSWER_UNSPECIFIED && answer != type::CRISIS_ANSWER_NO;
}

}  // namespace

bool IndicatesCrisis(const type::CrisisAnswers& answers) {
  return MeansCrisis(answers.feels_unsafe_now()) || MeansCrisis(answers.suicidal_thoughts()) ||
         MeansCrisis(answers.risk_of_harm());
}

type::CrisisAnswers GraverAnswers(const type::CrisisAnswers& before, const type::CrisisAnswers& asked_again) {
  const auto graver = [](type::CrisisAnswer old_answer, type::CrisisAnswer new_answer) {
    return MeansCrisis(old_answer) && new_answer != type::CRISIS_ANSWER_YES ? old_answer : new_answer;
  };
  type::CrisisAnswers answers;
  answers.set_feels_unsafe_now(graver(before.feels_unsafe_now(), asked_again.feels_unsafe_now()));
  answers.set_suicidal_thoughts(graver(before.suicidal_thoughts(), asked_again.suicidal_thoughts()));
  answers.set_risk_of_harm(graver(before.risk_of_harm(), asked_again.risk_of_harm()));
  return answers;
}

bool AllAsked(const type::CrisisAnswers& answers) {
  return answers.feels_unsafe_now() != type::CRISIS_ANSWER_UNSPECIFIED &&
         answers.suicidal_thoughts() != type::CRISIS_ANSWER_UNSPECIFIED &&
         answers.risk_of_harm() != type::CRISIS_ANSWER_UNSPECIFIED;
}

bool HasCrisisFinding(const storage::ReferralRecord& record) {
  return std::any_of(record.findings().begin(), record.findings().end(),
                     [](const storage::FindingRecord& f) { return f.severity() == api::FINDING_SEVERITY_CRISIS; });
}

bool NeedsAcknowledgement(const storage::ReferralRecord& record) {
  return std::any_of(record.findings().begin(), record.findings().end(), [](const storage::FindingRecord& finding) {
    return finding.severity() == api::FINDING_SEVERITY_CRISIS ||
           finding.code() == api::FINDING_CODE_CRISIS_WORDS_IN_TEXT;
  });
}

}  // namespace splw::referral_intake
