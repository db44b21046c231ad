#include "services/gateway/fhir/datatypes.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include <absl/strings/ascii.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "services/gateway/fhir/limits.h"

namespace splw::fhir {
namespace {

// "YYYY-MM-DD" of digits and hyphens in their places, as far as the text goes.
bool HasDateShape(std::string_view text) {
  if (text.size() != 4 && text.size() != 7 && text.size() != 10) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool hyphen = i == 4 || i == 7;
    if (hyphen ? text[i] != '-' : !absl::ascii_isdigit(static_cast<unsigned char>(text[i]))) return false;
  }
  return true;
}

int Number(std::string_view digits) {
  int value = 0;
  for (const char digit : digits) value = value * 10 + (digit - '0');
  return value;
}

void CollectWords(const Json& value, std::set<std::string>& words) {
  if (value.is_string()) {
    std::string word;
    for (const char character : value.get_ref<const std::string&>() + " ") {
      const auto byte = static_cast<unsigned char>(character);
      if (byte >= 0x80 || absl::ascii_isalnum(byte)) {
        word.push_back(static_cast<char>(absl::ascii_tolower(byte)));
      } else if (!word.empty()) {
        words.insert(std::exchange(word, {}));
      }
    }
  } else if (value.is_structured()) {
    for (const Json& child : value) CollectWords(child, words);
  }
}

}  // namespace

std::optional<google::type::Date> ParseDate(std::string_view text) {
  if (!HasDateShape(text)) return std::nullopt;
  google::type::Date date;
  date.set_year(Number(text.substr(0, 4)));
  if (date.year() < 1) return std::nullopt;
  if (text.size() >= 7) {
    date.set_month(Number(text.substr(5, 2)));
    if (date.month() < 1 || date.month() > 12) return std::nullopt;
  }
  if (text.size() == 10) {
    date.set_day(Number(text.substr(8, 2)));
    const absl::CivilDay day(date.year(), date.month(),
                             date.day());  // carries what is no day of the calendar
    if (date.day() < 1 || day.month() != date.month() || day.day() != date.day()) return std::nullopt;
  }
  return date;
}

std::optional<absl::Time> ParseInstant(std::string_view text) {
  if (const std::optional<google::type::Date> date = ParseDate(text)) {
    return absl::FromCivil(absl::CivilDay(date->year(), std::max(date->month(), 1), std::max(date->day(), 1)),
                           absl::UTCTimeZone());
  }
  absl::Time time;
  std::string error;
  if (text.size() < 20 || !ParseDate(text.substr(0, 10)).has_value() ||
      !absl::ParseTime(absl::RFC3339_full, absl::string_view(text.data(), text.size()), &time, &error)) {
    return std::nullopt;
  }
  // An offset may lead out of the years that an instant can have (google.protobuf.Timestamp: 1 to 9999).
  const absl::CivilYear year(absl::ToCivilSecond(time, absl::UTCTimeZone()));
  if (year < absl::CivilYear(1) || year > absl::CivilYear(9999)) return std::nullopt;
  return time;
}

bool HasEnded(const Element& period, const Context& context) {
  if (!period || !context.now.has_value()) return false;
  const std::string end = period.Peek("end");
  std::optional<absl::Time> time = ParseInstant(end);
  if (!time.has_value()) return false;
  if (end.size() <= 10) *time += absl::Hours(24);  // the day itself still counts
  return *time < *context.now;
}

bool HasNotBegun(const Element& period, const Context& context) {
  if (!period || !context.now.has_value()) return false;
  const std::optional<absl::Time> time = ParseInstant(period.Peek("start"));
  return time.has_value() && *time > *context.now + kMaxClockSkew;
}

bool IsInFuture(const google::type::Date& date, const Context& context) {
  return context.now.has_value() && absl::CivilDay(date.year(), std::max(date.month(), 1), std::max(date.day(), 1)) >
                                        absl::ToCivilDay(*context.now, absl::UTCTimeZone());
}

void UseContact(const Element& contact, std::initializer_list<std::string_view> uses) {
  contact.Use({"system", "value", "rank"});
  contact.UseIf("use", uses);
}

void UseIdentifier(const Element& identifier) {
  identifier.Use({"system", "value"});
  identifier.UseIf("use", {"official", "usual"});
}

Element BestContact(const Element& owner, std::string_view system, bool work_first, const Context& context) {
  Element best;
  std::tuple<int, int> best_key;
  for (const Element& contact : owner.Each("telecom")) {
    const std::string its_system = contact.Peek("system");
    const std::string value = contact.Peek("value");
    // Where the system is missing, an address with an @ is e-mail and the rest telephone.
    const bool is_email = its_system == "email" || (its_system.empty() && value.find('@') != std::string::npos);
    const bool is_phone = IsOneOf(its_system, {"phone", "sms"}) || (its_system.empty() && !is_email);
    if (value.empty() || (system == "email" ? !is_email : !is_phone)) continue;
    const std::string use = contact.Peek("use");
    if (use == "old" || HasEnded(contact["period"], context)) continue;
    const int rank = contact.PeekCount("rank").value_or(1000);
    int order = use == "mobile" ? 0 : use == "home" ? 1 : use.empty() ? 2 : use == "temp" ? 3 : 4;
    if (work_first) order = use == "work" ? 0 : order + 1;
    const std::tuple<int, int> key(rank, order);
    if (!best || key < best_key) {
      best = contact;
      best_key = key;
    }
  }
  return best;
}

Element BestName(const Element& owner, const Context& context) {
  Element best;
  int best_order = 0;
  for (const Element& name : owner.Each("name")) {
    const std::string use = name.Peek("use");
    int order = use == "official"   ? 0
                : use == "usual"    ? 1
                : use.empty()       ? 2
                : use == "temp"     ? 3
                : use == "nickname" ? 4
                                    : 5;
    if (HasEnded(name["period"], context)) order += 10;
    if (!best || order < best_order) {
      best = name;
      best_order = order;
    }
  }
  return best;
}

std::string TakeNameText(const Element& name) {
  std::vector<std::string> parts;
  for (const Element& given : name.Each("given")) parts.push_back(given.Take());
  if (const std::string family = name.Take("family"); !family.empty()) parts.push_back(family);
  name.UseIf("use", {"official", "usual"});
  if (parts.empty()) return name.Take("text");
  UseIfRedundant(name, "text");
  return absl::StrJoin(parts, " ");
}

void UseIfRedundant(const Element& owner, std::string_view property) {
  const Element text = owner[property];
  if (!text) return;
  std::set<std::string> said;
  for (const auto& [other, value] : owner.json()->items()) {
    if (other != property) CollectWords(value, said);
  }
  std::set<std::string> words;
  CollectWords(*text.json(), words);
  for (const std::string& word : words) {
    if (said.count(word) == 0) return;
  }
  text.Use();
}

}  // namespace splw::fhir
