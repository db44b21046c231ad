// Words of danger anywhere in a document (product.md, finding 1; common/health/danger_words.h): what the mapping keeps out may
// be what matters most.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "services/gateway/fhir/resources.h"
#include "splw/referral/v1/referral.pb.h"

namespace splw::fhir {

// A string of a resource that speaks of danger.
struct DangerousText {
  std::string path;      // cut to kMaxNoteLocation
  std::string property;  // of the resource, that it stands in or below: "code"
  std::string words;     // as one clean line
};

// The dangerous strings of each resource that has some, in their order; not more than kMaxDangerTexts of one resource.
using DangerousTexts = std::unordered_map<const Resource*, std::vector<DangerousText>>;

DangerousTexts FindDanger(const Resources& resources);

// WARNING "danger-words" for each dangerous string that is not known to be another's nor of a record that no longer holds,
// and that is neither in `reason` nor in the needs' notes and adjustments of `referral`. The line that says so, for the head of
// the reason, where the intake's own search finds it; empty if there is none.
std::string ReportDanger(const DangerousTexts& found, const Resource& patient,
                         const splw::referral::v1::Referral& referral, std::string_view reason, Context& context);

}  // namespace splw::fhir
