#include "clients/splwctl/values.h"

#include <algorithm>
#include <cctype>

#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_split.h>

#include "clients/splwctl/errors.h"
#include "common/text/status_macros.h"

namespace splw::ctl {
namespace {

using google::protobuf::EnumDescriptor;

bool IsUnspecified(const google::protobuf::EnumValueDescriptor& value) {
  return value.number() == 0 && absl::EndsWith(value.name(), "UNSPECIFIED");
}

// Its name without what all enumerators of ours begin with: "REFERRAL_STATE_", as told by the one that is 0 and ends in
// UNSPECIFIED. Others' enumerators need not begin so: google.type.DayOfWeek has DAY_OF_WEEK_UNSPECIFIED, and THURSDAY.
std::string ShortName(const google::protobuf::EnumValueDescriptor& value) {
  const auto* zero = value.type()->value(0);
  if (!IsUnspecified(*zero)) return value.name();
  const std::string prefix = zero->name().substr(0, zero->name().size() - std::string_view("UNSPECIFIED").size());
  return absl::StartsWith(value.name(), prefix) ? value.name().substr(prefix.size()) : value.name();
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
  const std::string wanted = Replaced(Replaced(Upper(text), '-', '_'), ' ', '_');
  for (int i = 0; i < type.value_count(); ++i) {
    const auto& value = *type.value(i);
    if (IsUnspecified(value)) continue;
    if (wanted == value.name() || wanted == ShortName(value)) return value.number();
  }
  return UsageError(flag, absl::StrFormat("give one of: %s", EnumChoices(type)));
}

std::string EnumWords(const EnumDescriptor& type, int number) {
  const auto* value = type.FindValueByNumber(number);
  if (value == nullptr) return absl::StrFormat("unknown (%d)", number);
  if (IsUnspecified(*value)) return "";
  return Replaced(Lower(ShortName(*value)), '_', ' ');
}

std::string EnumChoices(const EnumDescriptor& type) {
  std::string choices;
  for (int i = 0; i < type.value_count(); ++i) {
    if (IsUnspecified(*type.value(i))) continue;
    if (!choices.empty()) choices += ", ";
    choices += Replaced(Lower(ShortName(*type.value(i))), '_', '-');
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
