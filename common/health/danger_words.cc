#include "common/health/danger_words.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
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

// Which four bytes a word of danger may begin with: most places of most texts are passed over by a look at this.
class Beginnings final {
 public:
  static constexpr std::size_t kBytes = 4;

  explicit Beginnings(const std::vector<std::string>& words) {
    for (const std::string& word : words) {
      if (word.size() < kBytes) std::abort();  // of our own list above
      known_.set(Index(word.data()));
    }
  }
  bool MayBegin(const char* text) const { return known_.test(Index(text)); }

 private:
  static std::size_t Index(const char* text) {
    std::uint32_t bytes = 0;
    std::memcpy(&bytes, text, kBytes);
    return static_cast<std::uint32_t>(bytes * 2654435761U) >> 16;  // Knuth's multiplicative hash
  }
  std::bitset<std::size_t{1} << 16> known_;
};

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

// What becomes of each byte that kSpellings says nothing of; 0: look there.
constexpr std::array<char, 256> PlainBytes() {
  std::array<char, 256> plain{};
  for (std::size_t byte = 0; byte < plain.size(); ++byte) {
    const bool capital = byte >= 'A' && byte <= 'Z';
    plain[byte] = static_cast<char>(capital ? byte + ('a' - 'A') : byte);
  }
  for (const auto& [written, meant] : kSpellings) plain[static_cast<unsigned char>(written[0])] = 0;
  return plain;
}

// In the spelling of kWordsOfDanger, with one space between words and at both ends, so that a whole word can be asked for.
std::string Simplified(std::string_view text) {
  static constexpr std::array<char, 256> kPlain = PlainBytes();
  std::string words;
  words.reserve(text.size() + 2);
  words.push_back(' ');
  const auto append = [&words](char c) {
    const bool space = absl::ascii_isspace(static_cast<unsigned char>(c));
    if (!space) {
      words.push_back(c);
    } else if (words.back() != ' ') {
      words.push_back(' ');
    }
  };
  for (std::size_t at = 0; at < text.size();) {
    if (const char plain = kPlain[static_cast<unsigned char>(text[at])]; plain != 0) {  // most of a text is
      append(plain);
      ++at;
      continue;
    }
    const std::string_view rest = text.substr(at);
    const auto* spelling = std::find_if(std::begin(kSpellings), std::end(kSpellings), [&](const auto& each) {
      return rest.substr(0, each.first.size()) == each.first;
    });
    if (spelling == std::end(kSpellings)) {
      words.push_back(text[at++]);
    } else {
      for (const char c : spelling->second) append(c);
      at += spelling->first.size();
    }
  }
  if (words.back() != ' ') words.push_back(' ');
  return words;
}

}  // namespace

bool SpeaksOfDanger(std::string_view text) {
  static const auto* const kBeginnings = new Beginnings(WordsOfDanger());
  const std::string words = Simplified(text);
  for (std::size_t at = 0; at + Beginnings::kBytes <= words.size(); ++at) {
    if (kBeginnings->MayBegin(words.data() + at) && BeginsWithDanger(std::string_view(words).substr(at))) return true;
  }
  return false;
}

}  // namespace splw::health
