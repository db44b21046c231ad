// What a team must be, and how it is kept. Pure.
#pragma once

#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/civil_time.h>
#include <google/protobuf/field_mask.pb.h>

#include "services/mdt_agenda/messages.h"

namespace splw::mdt_agenda {

// OK, or INVALID_ARGUMENT with every field of `mdt.` that is wrong: display_name REQUIRED, TEXT_…; core_agencies
// REQUIRED, AGENCY_REPEATED, UNKNOWN_ENUM_VALUE; members TOO_MANY_MEMBERS, members[i] as workers are, MEMBER_REPEATED;
// schedule.… REQUIRED, OUT_OF_RANGE, DATE_INVALID, FIRST_DATE_TOO_FAR (more than kMaxWeeksToFirstDate after `today`),
// TIME_ZONE_UNSUPPORTED; quorum, item_lengths.…, max_carry_overs OUT_OF_RANGE.
absl::Status CheckTeam(const api::Mdt& mdt, absl::CivilDay today);

// The team's own id: 3 to 40 of a-z, 0-9 and '-'.
bool IsMdtId(std::string_view id);

// Writes a checked team into the record: everything but its id, version and times. Zeros become the defaults.
void StoreTeam(const api::Mdt& mdt, stored::MdtRecord& record);

// The team as callers see it; `name` and etag included.
api::Mdt ShowTeam(const std::string& network, const stored::MdtRecord& record);

// `current` with the fields of `mask` taken from `update`; an empty mask takes all that may be changed.
// INVALID_ARGUMENT MASK_PATH_UNKNOWN.
absl::StatusOr<api::Mdt> MergeTeam(api::Mdt current, const api::Mdt& update, const google::protobuf::FieldMask& mask);

}  // namespace splw::mdt_agenda
