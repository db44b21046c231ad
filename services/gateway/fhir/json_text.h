// Reads JSON from outside: bounded, strict, and saying where it is wrong.
#pragma once

#include <optional>
#include <string_view>

#include <nlohmann/json.hpp>

#include "services/gateway/fhir/issue.h"

namespace splw::fhir {

using Json = nlohmann::json;

// How a location names a place of the document.
enum class Locations {
  kFhirPath,  // "$this.subject.reference"
  kNames,     // by the properties as they are: "referral.reason_text"; empty for the document
};

// The document, or nullopt with an ERROR in `issues`:
//   too-large       over kMaxInputBytes
//   json-invalid    not JSON (RFC 8259), not UTF-8, or a number out of range
//   json-depth      nested deeper than kMaxDepth
//   json-duplicate  one object names a property twice: which of the two is meant cannot be known (FHIR R4,
//                   "JSON representation of resources": property names SHALL be unique)
//   json-nul        a string holds the character U+0000, which FHIR forbids in every string
// A byte order mark at the start is passed over. Stateless; thread-safe.
std::optional<Json> ParseJson(std::string_view text, Issues& issues, Locations locations = Locations::kFhirPath);

}  // namespace splw::fhir
