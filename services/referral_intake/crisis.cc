#include "services/referral_intake/crisis.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/ascii.h>

namespace splw::referral_intake {
namespace {

// In lower case, without apostrophes, every kind of hyphen and space written as one space; stems where a word has
// several endings. A capital letter stands for each word of its list below.
constexpr std::string_view kWordsOfDanger[] = {
    // to oneself
    "suicid", "selfharm", "self harm", "overdos", "kill S", "killing S", "killed S", "harm S", "harming S", "harmed S",
    "to hurt S", "hurting S", "cut S", "cuts S", "cutting S", "hang S", "hanging S", "hanged S", "end P life",
    "ends P life", "ending P life", "ended P life", "take P life", "takes P life", "taking P life", "took P life",
    "P own life", "end it all", "ending it all", "want to die", "wants to die", "wanted to die", "wanting to die",
    "wish to be dead", "wishes to be dead", "wish i was dead", "wish i were dead", "wishes he was dead",
    "wishes he were dead", "wishes she was dead", "wishes she were dead", "wishes they were dead", "better off dead",
    "better off without S", "no reason to live", "nothing to live for", "N live", "N be here", "N be alive",
    "N wake up", "N go on living",
    // to others
    " harm others", "harming others", "hurt others", "hurting others", " harm some", "to hurt some", " harm P F",
    "harming P F", "hurt P F", "hurting P F", "attack P F", "attacking P F", " kill P ", " kill him", " kill her",
    " kill them", " kill some", " kill people", "strangl",
    // to either
    "in immediate danger"};
struct WordList {
  char letter;
  std::vector<std::string_view> words;
};
const std::vector<WordList>& WordLists() {
  static const auto* const kLists =
      new std::vector<WordList>{{'S', {"himself", "herself", "themsel", "myself"}},
                                {'P', {"his", "her", "their", "my"}},
                                {'N',
                                 {"dont want to", "doesnt want to", "didnt want to", "not want to", "not wanting to",
                                  "no longer want to", "no longer wants to"}},
                                {'F',
                                 {"child", "kids", "baby", "son", "daughter", "wife", "husband", "partner", "mother",
                                  "mum", "father", "dad", "parent", "family", "carer", "neighbour"}}};
  return *kLists;
}

// The words without their capital letters: each way to write them.
void Expand(const std::string& words, std::vector<std::string>& expanded) {
  for (const WordList& list : WordLists()) {
    const std::size_t at = words.find(list.letter);
    if (at == std::string::npos) continue;
    for (const std::string_view word : list.words) {
      Expand(words.substr(0, at) + std::string(word) + words.substr(at + 1), expanded);
    }
    return;
  }
  expanded.push_back(words);
}

const std::vector<std::string>& WordsOfDanger() {
  static const auto* const kWords = [] {
    auto* words = new std::vector<std::string>();
    for (const std::string_view each : kWordsOfDanger) Expand(std::string(each), *words);
    return words;
  }();
  return *kWords;
}

// What people and their word processors write for one and the same thing: UTF-8 → as kWordsOfDanger has it.
constexpr std::pair<std::string_view, std::string_view> kSpellings[] = {
    {"-", " "},
    {"/", " "},
    {"\"", " "},
    {"\t", " "},
    {"\r", " "},
    {"\n", " "},
    {"'", ""},
    {"`", ""},
    {"\xC2\xA0", " "},  // no-break space
    {"\xC2\xAD", ""},   // soft hyphen
    {"\xCA\xBC", ""},   // modifier apostrophe
    {"\xE2\x80\x80", " "},
    {"\xE2\x80\x81", " "},
    {"\xE2\x80\x82", " "},
    {"\xE2\x80\x83", " "},
    {"\xE2\x80\x84", " "},
    {"\xE2\x80\x85", " "},
    {"\xE2\x80\x86", " "},
    {"\xE2\x80\x87", " "},
    {"\xE2\x80\x88", " "},
    {"\xE2\x80\x89", " "},
    {"\xE2\x80\x8A", " "},  // spaces by width
    {"\xE2\x80\x8B", ""},   // zero-width space
    {"\xE2\x80\x90", " "},
    {"\xE2\x80\x91", " "},
    {"\xE2\x80\x92", " "},
    {"\xE2\x80\x93", " "},
    {"\xE2\x80\x94", " "},
    {"\xE2\x80\x95", " "},  // hyphens and dashes
    {"\xE2\x80\x98", ""},
    {"\xE2\x80\x99", ""},  // curly apostrophes
    {"\xE2\x80\x9C", " "},
    {"\xE2\x80\x9D", " "},  // curly quotation marks
    {"\xE2\x80\xA8", " "},
    {"\xE2\x80\xA9", " "},   // line and paragraph separators
    {"\xE2\x80\xAF", " "},   // narrow no-break space
    {"\xE2\x88\x92", " "}};  // minus sign

std::string Simplified(std::string_view text) {
  std::string words;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    const auto* spelling = std::find_if(std::begin(kSpellings), std::end(kSpellings), [&](const auto& each) {
      return rest.substr(0, each.first.size()) == each.first;
    });
    if (spelling == std::end(kSpellings)) {
      words.push_back(absl::ascii_tolower(static_cast<unsigned char>(text[at++])));
    } else {
      words += spelling->second;
      at += spelling->first.size();
    }
  }
  absl::RemoveExtraAsciiWhitespace(&words);
  return " " + words + " ";  // so that a whole word can be asked for
}

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

bool SpeaksOfDanger(std::string_view text) {
  const std::string simplified = Simplified(text);
  return std::any_of(WordsOfDanger().begin(), WordsOfDanger().end(),
                     [&](const std::string& words) { return simplified.find(words) != std::string::npos; });
}

}  // namespace splw::referral_intake
