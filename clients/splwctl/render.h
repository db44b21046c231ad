// Any message of the suite, for people: one field as text, or the whole as an outline. By reflection, so that a field that is
// added to a contract is shown without a change here. Pure; thread-safe.
#pragma once

#include <ostream>
#include <string>
#include <string_view>

#include <absl/time/time.h>
#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include "google/type/date.pb.h"

namespace splw::ctl {

// The value at `path` ("person.name", "crisis_answers.suicidal_thoughts"); empty where it is not set. Instants and dates by
// Europe/London's clocks ("Thu 26 Nov 2026 14:00"), enumerators in words, people and organisations by their names, repeated
// values joined with ", "; a path leads through repeated messages to each ("findings.code"). A path that the message does not have is a defect and ends the process.
std::string FieldText(const google::protobuf::Message& message, std::string_view path);

// Every field that is set, a line each, messages indented below their name.
void PrintOutline(std::ostream& out, const google::protobuf::Message& message, int indent = 0);

// "Thu 26 Nov 2026 14:00", by Europe/London's clocks; empty for an instant that is not set.
std::string LocalTime(const google::protobuf::Timestamp& time);
// "14:00"
std::string LocalClock(const google::protobuf::Timestamp& time);
// The first moment of a day by Europe/London's clocks.
google::protobuf::Timestamp StartOfDay(const google::type::Date& date);
// "Thu 26 Nov 2026"; "1948" where only the year is known; empty where nothing is.
std::string DateText(const google::type::Date& date);

}  // namespace splw::ctl
