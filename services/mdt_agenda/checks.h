// What every worker, agency and code in a request must be. Each adds to the violations; none holds what was sent.
#pragma once

#include <string>
#include <string_view>

#include "common/text/failure.h"
#include "common/text/validate.h"
#include "services/mdt_agenda/messages.h"

namespace splw::mdt_agenda {

// REQUIRED where it was not said, UNKNOWN_ENUM_VALUE where this build does not know it.
void CheckAgency(text::Violations& violations, std::string_view field, int agency);

// A worker as splw.type.v1.Professional demands it: id, display_name, agency; role_code optional. Reasons REQUIRED,
// TEXT_…, ID_INVALID, UNKNOWN_ENUM_VALUE, of "field.id" and so on.
void CheckProfessional(text::Violations& violations, const std::string& field, const Professional& professional);

// Text over several lines, required, of at most `max_characters`.
void CheckProse(text::Violations& violations, std::string_view field, std::string_view value, int max_characters);

// OK for 1 to 64 of A-Z, 0-9 and '_'; REQUIRED, REASON_CODE_INVALID of `field`.
absl::Status CheckReasonCode(std::string_view field, std::string_view code);

// The same worker: ids are compared without regard to case, as people type them.
bool SameProfessional(const Professional& a, const Professional& b);

}  // namespace splw::mdt_agenda
