#include "clients/splwctl/values.h"

#include <algorithm>
#include <cctype>

#include <absl/strings/numbers.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_split.h>

#include "clients/splwctl/errors.h"
#include "common/text/status_macros.h"

namespace splw::ctl {
namespace {

using google::protobuf::EnumDescriptor;

// The length of what all enumerators begin with: "REFERRAL_STATE_" by the one that is 0 and ends in UNSPECIFIED.
std::size_t PrefixLength(const EnumDescriptor& type) {
  static constexpr std::string_view kUnspecified = "UNSPECIFIED";
  const std::string& zero = type.value(0)->name();
  if (zero.size() < kUnspecified.size()) return 0;
  const std::size_t length = zero.size() - kUnspecified.size();
  return zero.substr(length) == kUnspecified ? length : 0;
}

std::string Replaced(std::string text, char from, char to) {
  std::replace(text.begin(), text.end(), from, to);
  return text;
}

std::string Upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return upper;
}

std::string Lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace

absl::StatusOr<absl::Duration> ParseDuration(std::string_view text, std::string_view flag) {
  const std::string given(text);
  absl::Duration duration;
  double seconds = 0;
  if (absl::SimpleAtod(given, &seconds)) {
    duration = absl::Seconds(seconds);
  } else if (!absl::ParseDuration(given, &duration)) {
    return UsageError(flag, "give a duration, for example 90s, 1m30s or 500ms");
  }
  if (duration < absl::ZeroDuration() || duration > absl::Hours(24) || seconds != seconds) {
    return UsageError(flag, "give a duration between 0s and 24h");
  }
  return duration;
}

absl::StatusOr<google::type::Date> ParseDate(std::string_view text, std::string_view flag) {
  absl::CivilDay day;
  const std::string given(text);
  if (given.size() != 10 || !absl::ParseCivilTime(given, &day) || absl::FormatCivilTime(day) != given) {
    return UsageError(flag, "give a date as year-month-day, for example 2026-11-26");
  }
  return DateOf(day);
}

google::type::Date DateOf(absl::CivilDay day) {
  google::type::Date date;
  date.set_year(static_cast<std::int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

absl::CivilDay DayOf(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

absl::StatusOr<int> ParseEnumerator(const EnumDescriptor& type, std::string_view text, std::string_view flag) {
  const std::size_t prefix = PrefixLength(type);
  const std::string wanted = Replaced(Replaced(Upper(text), '-', '_'), ' ', '_');
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() == 0 && prefix > 0) continue;
    const std::string& name = type.value(i)->name();
    if (wanted == name || wanted == name.substr(prefix)) return type.value(i)->number();
  }
  return UsageError(flag, absl::StrFormat("give one of: %s", EnumChoices(type)));
}

std::string EnumWords(const EnumDescriptor& type, int number) {
  const auto* value = type.FindValueByNumber(number);
  if (value == nullptr) return absl::StrFormat("unknown (%d)", number);
  const std::size_t prefix = PrefixLength(type);
  if (number == 0 && prefix > 0) return "";
  return Replaced(Lower(value->name().substr(prefix)), '_', ' ');
}

std::string EnumChoices(const EnumDescriptor& type) {
  std::string choices;
  const std::size_t prefix = PrefixLength(type);
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() == 0 && prefix > 0) continue;
    if (!choices.empty()) choices += ", ";
    choices += Replaced(Lower(type.value(i)->name().substr(prefix)), '_', '-');
  }
  return choices;
}

absl::StatusOr<type::v1::Professional> ParseProfessional(std::string_view text, std::string_view flag) {
  const std::vector<std::string> parts = absl::StrSplit(std::string(text), '|');
  if (parts.size() < 3 || parts.size() > 4 || parts[0].empty() || parts[1].empty()) {
    return UsageError(flag, "give \"id|name|AGENCY\", for example \"grace.adeyemi|Grace Adeyemi|COMMUNITY_NURSING\"");
  }
  type::v1::Professional professional;
  professional.set_id(parts[0]);
  professional.set_display_name(parts[1]);
  SPLW_ASSIGN_OR_RETURN(const type::v1::AgencyKind agency, ParseEnum<type::v1::AgencyKind>(parts[2], flag));
  professional.set_agency(agency);
  if (parts.size() == 4) professional.set_role_code(parts[3]);
  return professional;
}

absl::StatusOr<mdt::v1::ActionInput> ParseAction(std::string_view text, std::string_view flag) {
  const std::vector<std::string> parts = absl::StrSplit(std::string(text), '|');
  if (parts.size() != 5 || parts[0].empty()) {
    return UsageError(flag,
                      "give \"text|owner id|owner name|AGENCY|due date\", for example "
                      "\"Falls assessment at home|grace.adeyemi|Grace Adeyemi|COMMUNITY_NURSING|2026-12-03\"");
  }
  mdt::v1::ActionInput action;
  action.set_description(parts[0]);
  SPLW_ASSIGN_OR_RETURN(*action.mutable_owner(),
                        ParseProfessional(absl::StrFormat("%s|%s|%s", parts[1], parts[2], parts[3]), flag));
  SPLW_ASSIGN_OR_RETURN(*action.mutable_due_date(), ParseDate(parts[4], flag));
  return action;
}

}  // namespace splw::ctl
