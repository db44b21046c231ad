// What a message says, as 32 bytes. Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <google/protobuf/message.h>

namespace splw::text {

// SHA-256: 32 bytes.
std::string Sha256(std::string_view bytes);

// SHA-256 over the message's type and its content, serialized deterministically: fields in the order of their numbers, maps in
// that of their keys. The same for the same content within one build and, as long as nobody sends fields that the other build
// does not know, across builds. `ignored_fields`: names of fields of the outermost message that do not count.
std::string Fingerprint(const google::protobuf::Message& message, const std::vector<std::string>& ignored_fields = {});

}  // namespace splw::text
