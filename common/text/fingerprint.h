// What a message says, as 32 bytes: equal for equal content in every build of this suite, whatever the serialized bytes.
// Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <google/protobuf/message.h>

namespace splw::text {

// SHA-256: 32 bytes.
std::string Sha256(std::string_view bytes);

// SHA-256 over a walk through the message: type, fields in the order of their numbers with kind and value, maps in the order of
// their keys, an Any by its type and content where this build knows the type (its bytes otherwise), and the fields that this
// build does not know. `ignored_fields`: names of fields of the outermost message that do not count.
std::string Fingerprint(const google::protobuf::Message& message, const std::vector<std::string>& ignored_fields = {});

}  // namespace splw::text
