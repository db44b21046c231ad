#include "clients/splwctl/render.h"

#include <cstdlib>
#include <optional>

#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>
#include <google/protobuf/descriptor.h>

#include "clients/splwctl/names.h"
#include "clients/splwctl/output.h"
#include "clients/splwctl/values.h"
#include "google/type/timeofday.pb.h"
#include "splw/mdt/v1/nomination.pb.h"
#include "splw/type/v1/person.pb.h"
#include "splw/type/v1/professional.pb.h"
#include "splw/type/v1/referrer.pb.h"

namespace splw::ctl {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const absl::TimeZone& London() {
  static const absl::TimeZone zone = [] {
    absl::TimeZone loaded;
    // Without a time zone database every time shown would be wrong by an hour in summer: say UTC instead, which it is then.
    if (!absl::LoadTimeZone("Europe/London", &loaded)) loaded = absl::UTCTimeZone();
    return loaded;
  }();
  return zone;
}

absl::Time InstantOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

std::string DayText(absl::CivilDay day) {
  const absl::Time noon = absl::FromCivil(absl::CivilHour(day) + 12, absl::UTCTimeZone());
  return absl::FormatTime("%a ", noon, absl::UTCTimeZone()) + std::to_string(day.day()) +
         absl::FormatTime(" %b %Y", noon, absl::UTCTimeZone());
}

std::string NameText(const type::v1::HumanName& name) {
  std::string text = name.given();
  if (!name.preferred().empty()) text += (text.empty() ? "" : " ") + absl::StrFormat("“%s”", name.preferred());
  if (!name.family().empty()) text += (text.empty() ? "" : " ") + name.family();
  return text;
}

// Messages that are one value to a reader.
std::optional<std::string> ValueText(const Message& message) {
  if (const auto* time = dynamic_cast<const google::protobuf::Timestamp*>(&message)) return LocalTime(*time);
  if (const auto* date = dynamic_cast<const google::type::Date*>(&message)) return DateText(*date);
  if (const auto* clock = dynamic_cast<const google::type::TimeOfDay*>(&message)) {
    return absl::StrFormat("%02d:%02d", clock->hours(), clock->minutes());
  }
  if (const auto* name = dynamic_cast<const type::v1::HumanName*>(&message)) return NameText(*name);
  if (const auto* worker = dynamic_cast<const type::v1::Professional*>(&message)) {
    if (worker->id().empty()) return "";
    return absl::StrFormat("%s (%s)", worker->display_name(), EnumWords(worker->agency()));
  }
  if (const auto* organisation = dynamic_cast<const type::v1::Organisation*>(&message)) {
    const std::string& id = organisation->ods_code().empty() ? organisation->local_id() : organisation->ods_code();
    return absl::StrFormat("%s (%s)", organisation->display_name(), id);
  }
  if (const auto* number = dynamic_cast<const type::v1::NhsNumber*>(&message)) {
    const std::string& digits = number->value();
    if (digits.size() != 10) return digits;
    return digits.substr(0, 3) + " " + digits.substr(3, 3) + " " + digits.substr(6);
  }
  if (const auto* address = dynamic_cast<const type::v1::Address*>(&message)) {
    if (address->no_fixed_abode()) return "no fixed abode";
    std::string text;
    for (const std::string& line : address->lines()) text += (text.empty() ? "" : ", ") + line;
    return text + (text.empty() ? "" : ", ") + address->postcode();
  }
  if (const auto* person = dynamic_cast<const mdt::v1::PersonSummary*>(&message)) return person->display_name();
  return std::nullopt;
}

// One value of a field: the only one (index -1), or one of a repeated field. nullopt for a message that is not one value.
std::optional<std::string> Text(const Message& message, const FieldDescriptor& field, int index) {
  const auto& reflection = *message.GetReflection();
  const bool repeated = index >= 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return repeated ? reflection.GetRepeatedString(message, &field, index) : reflection.GetString(message, &field);
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumWords(*field.enum_type(), repeated ? reflection.GetRepeatedEnumValue(message, &field, index)
                                                    : reflection.GetEnumValue(message, &field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return std::string(
          (repeated ? reflection.GetRepeatedBool(message, &field, index) : reflection.GetBool(message, &field)) ? "yes"
                                                                                                                : "no");
    case FieldDescriptor::CPPTYPE_INT32:
      return std::to_string(repeated ? reflection.GetRepeatedInt32(message, &field, index)
                                     : reflection.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return std::to_string(repeated ? reflection.GetRepeatedInt64(message, &field, index)
                                     : reflection.GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return std::to_string(repeated ? reflection.GetRepeatedUInt32(message, &field, index)
                                     : reflection.GetUInt32(message, &field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return std::to_string(repeated ? reflection.GetRepeatedUInt64(message, &field, index)
                                     : reflection.GetUInt64(message, &field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return absl::StrFormat("%g", repeated ? reflection.GetRepeatedDouble(message, &field, index)
                                            : reflection.GetDouble(message, &field));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return absl::StrFormat(
          "%g", repeated ? reflection.GetRepeatedFloat(message, &field, index) : reflection.GetFloat(message, &field));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return ValueText(repeated ? reflection.GetRepeatedMessage(message, &field, index)
                                : reflection.GetMessage(message, &field));
  }
  return std::nullopt;
}

bool IsSet(const Message& message, const FieldDescriptor& field) {
  const auto& reflection = *message.GetReflection();
  return field.is_repeated() ? reflection.FieldSize(message, &field) > 0 : reflection.HasField(message, &field);
}

// Repeated messages without a value of their own count: "3".
std::string JoinedText(const Message& message, const FieldDescriptor& field) {
  std::string joined;
  const int size = message.GetReflection()->FieldSize(message, &field);
  for (int i = 0; i < size; ++i) {
    const auto text = Text(message, field, i);
    if (!text.has_value()) return std::to_string(size);
    joined += (i == 0 ? "" : ", ") + *text;
  }
  return joined;
}

std::string Words(std::string name) {
  for (char& c : name) {
    if (c == '_') c = ' ';
  }
  return name;
}

void PrintBlock(std::ostream& out, const std::string& margin, const std::string& label, const std::string& text) {
  constexpr std::size_t kLabelWidth = 24;
  const std::vector<std::string> lines = Wrapped(text, 84);
  out << margin << Padded(label, kLabelWidth) << lines.front() << "\n";
  for (std::size_t i = 1; i < lines.size(); ++i) {
    out << (lines[i].empty() ? "" : margin + std::string(kLabelWidth, ' ')) << lines[i] << "\n";
  }
}

}  // namespace

std::string LocalTime(const google::protobuf::Timestamp& time) {
  if (time.seconds() == 0 && time.nanos() == 0) return "";
  const absl::Time instant = InstantOf(time);
  return DayText(absl::ToCivilDay(instant, London())) + absl::FormatTime(" %H:%M", instant, London());
}

std::string LocalClock(const google::protobuf::Timestamp& time) {
  if (time.seconds() == 0 && time.nanos() == 0) return "";
  return absl::FormatTime("%H:%M", InstantOf(time), London());
}

std::string DateText(const google::type::Date& date) {
  if (date.year() == 0) return "";
  if (date.month() == 0 || date.day() == 0) return std::to_string(date.year());
  return DayText(DayOf(date));
}

namespace {

// The field at `path` of each message of a repeated field.
std::string JoinedText(const Message& message, const FieldDescriptor& field, const std::string& path) {
  std::string joined;
  for (int i = 0; i < message.GetReflection()->FieldSize(message, &field); ++i) {
    const std::string text = FieldText(message.GetReflection()->GetRepeatedMessage(message, &field, i), path);
    if (!text.empty()) joined += (joined.empty() ? "" : ", ") + text;
  }
  return joined;
}

}  // namespace

google::protobuf::Timestamp StartOfDay(const google::type::Date& date) {
  google::protobuf::Timestamp time;
  time.set_seconds(absl::ToUnixSeconds(absl::FromCivil(DayOf(date), London())));
  return time;
}

std::string FieldText(const Message& message, std::string_view path) {
  const Message* current = &message;
  const std::vector<std::string> parts = absl::StrSplit(std::string(path), '.');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const FieldDescriptor* field = current->GetDescriptor()->FindFieldByName(parts[i]);
    if (field == nullptr) {
      absl::FPrintF(stderr, "splwctl: %s has no field %s\n", current->GetDescriptor()->full_name(), parts[i]);
      std::abort();
    }
    if (i + 1 == parts.size()) {
      if (field->is_repeated()) return JoinedText(*current, *field);
      if (field->has_presence() && !IsSet(*current, *field)) return "";
      return Text(*current, *field, -1).value_or("");
    }
    if (field->is_repeated()) {
      const std::vector<std::string> rest(parts.begin() + static_cast<std::ptrdiff_t>(i) + 1, parts.end());
      return JoinedText(*current, *field, absl::StrJoin(rest, "."));
    }
    current = &current->GetReflection()->GetMessage(*current, field);
  }
  return "";
}

void PrintOutline(std::ostream& out, const Message& message, int indent) {
  const std::string margin(static_cast<std::size_t>(indent), ' ');
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string label = Words(field->name());
    if (!field->is_repeated()) {
      if (const auto text = Text(message, *field, -1)) {
        if (!text->empty()) PrintBlock(out, margin, label, *text);
        continue;
      }
      out << margin << label << "\n";
      PrintOutline(out, message.GetReflection()->GetMessage(message, field), indent + 2);
      continue;
    }
    const int size = message.GetReflection()->FieldSize(message, field);
    for (int i = 0; i < size; ++i) {
      if (const auto text = Text(message, *field, i)) {
        PrintBlock(out, margin, i == 0 ? label : "", *text);
        continue;
      }
      out << margin << label << " " << i + 1 << "\n";
      PrintOutline(out, message.GetReflection()->GetRepeatedMessage(message, field, i), indent + 2);
    }
  }
}

}  // namespace splw::ctl
