#include "common/health/danger_words.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/ascii.h>

namespace splw::health {
namespace {

// In lower case, without apostrophes, every kind of hyphen and space written as one space; stems where a word has several
// endings. A capital letter stands for each word of its list below.
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

// Sorted; without those that begin with another, which is found anyway. Of such words, only the last one that sorts before a
// text (or is it) can be what the text begins with.
const std::vector<std::string>& WordsOfDanger() {
  static const auto* const kWords = [] {
    std::vector<std::string> all;
    for (const std::string_view each : kWordsOfDanger) Expand(std::string(each), all);
    std::sort(all.begin(), all.end());
    auto* words = new std::vector<std::string>();
    for (std::string& each : all) {
      if (words->empty() || each.compare(0, words->back().size(), words->back()) != 0)
        words->push_back(std::move(each));
    }
    return words;
  }();
  return *kWords;
}

bool BeginsWithDanger(std::string_view text) {
  const auto after = std::upper_bound(WordsOfDanger().begin(), WordsOfDanger().end(), text);
  if (after == WordsOfDanger().begin()) return false;
  const std::string& words = *std::prev(after);
  return text.substr(0, words.size()) == words;
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
    if (absl::ascii_isalnum(static_cast<unsigned char>(text[at]))) {  // most of a text is
      words.push_back(absl::ascii_tolower(static_cast<unsigned char>(text[at++])));
      continue;
    }
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

}  // namespace

bool SpeaksOfDanger(std::string_view text) {
  const std::string simplified = Simplified(text);
  const std::string_view words = simplified;
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (BeginsWithDanger(words.substr(at))) return true;
  }
  return false;
}

}  // namespace splw::health
