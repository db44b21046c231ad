// The words of the command line as values: dates, durations, enumerations, workers, actions. Pure; thread-safe.
// Every error is a usage error that names the flag and shows an example.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/generated_enum_reflection.h>

#include "google/type/date.pb.h"
#include "splw/mdt/v1/mdt_agenda_service.pb.h"
#include "splw/type/v1/professional.pb.h"

namespace splw::ctl {

// "90s", "1m30s", "500ms", "2h"; a bare number is seconds. Not negative, not more than a day.
absl::StatusOr<absl::Duration> ParseDuration(std::string_view text, std::string_view flag);

// "2026-11-26": a day of the calendar.
absl::StatusOr<google::type::Date> ParseDate(std::string_view text, std::string_view flag);

google::type::Date DateOf(absl::CivilDay day);
absl::CivilDay DayOf(const google::type::Date& date);

// An enumerator by its name without the prefix that all share: "accepted", "AWAITING_TRIAGE", "awaiting-triage" of ReferralState.
// The whole name is taken too; the unspecified value is not.
absl::StatusOr<int> ParseEnumerator(const google::protobuf::EnumDescriptor& type, std::string_view text,
                                    std::string_view flag);
template <typename Enum>
absl::StatusOr<Enum> ParseEnum(std::string_view text, std::string_view flag) {
  auto maybe = ParseEnumerator(*google::protobuf::GetEnumDescriptor<Enum>(), text, flag);
  if (!maybe.ok()) return maybe.status();
  return static_cast<Enum>(*maybe);
}

// An enumerator without that prefix, as people write it: "awaiting triage"; empty for the unspecified value.
std::string EnumWords(const google::protobuf::EnumDescriptor& type, int number);
template <typename Enum>
std::string EnumWords(Enum value) {
  return EnumWords(*google::protobuf::GetEnumDescriptor<Enum>(), static_cast<int>(value));
}
// The names that ParseEnumerator takes, for --help: "awaiting-triage, accepted, …".
std::string EnumChoices(const google::protobuf::EnumDescriptor& type);

// "id|name|AGENCY" or "id|name|AGENCY|role code".
absl::StatusOr<type::v1::Professional> ParseProfessional(std::string_view text, std::string_view flag);

// "text|owner id|owner name|AGENCY|2026-12-03".
absl::StatusOr<mdt::v1::ActionInput> ParseAction(std::string_view text, std::string_view flag);

}  // namespace splw::ctl
