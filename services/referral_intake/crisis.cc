#include "services/referral_intake/crisis.h"

#include <algorithm>
#include <string>

#include <absl/strings/ascii.h>

namespace splw::referral_intake {
namespace {

// In lower case, a hyphen or line end written as a space. Stems where a word has several endings.
constexpr std::string_view kWordsOfDanger[] = {
    "suicid",
    "self harm",
    "selfharm",
    "overdos",
    "kill himself",
    "kill herself",
    "kill themsel",
    "kill myself",
    "killing himself",
    "killing herself",
    "killing themsel",
    "killing myself",
    "end his life",
    "end her life",
    "end their life",
    "end my life",
    "ending his life",
    "ending her life",
    "ending their life",
    "take his own life",
    "take her own life",
    "take their own life",
    "take my own life",
    "wants to die",
    "want to die",
    "wanting to die",
    "wish to be dead",
    "better off dead",
    "no reason to live",
    "harm himself",
    "harm herself",
    "harm themsel",
    "harm myself",
    "harm others",
    "in immediate danger",
};

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

bool SpeaksOfDanger(std::string_view text) {
  std::string words = absl::AsciiStrToLower(std::string(text));
  std::replace_if(
      words.begin(), words.end(), [](char c) { return c == '-' || c == '\n' || c == '\r' || c == '\t'; }, ' ');
  absl::RemoveExtraAsciiWhitespace(&words);
  return std::any_of(std::begin(kWordsOfDanger), std::end(kWordsOfDanger),
                     [&](std::string_view word) { return words.find(word) != std::string::npos; });
}

}  // namespace splw::referral_intake
