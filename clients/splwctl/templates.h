// Examples of the bodies that commands take as JSON, to start from. Pure; thread-safe.
#pragma once

#include <string>

#include <google/protobuf/message.h>

namespace splw::ctl {

// JSON of a request of this type with what it usually holds, about an invented person; nullptr where there is none. The network and the
// request id are left to the command.
const char* ExampleOf(const google::protobuf::Descriptor& request);

// For each enumeration in a message, the values that it takes, a line each: "referral.urgency: URGENCY_ROUTINE, URGENCY_URGENT".
std::string ChoicesIn(const google::protobuf::Message& message);

}  // namespace splw::ctl
