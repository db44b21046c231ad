// What is known of a person from what several referrals state. Pure.
#pragma once

#include "splw/type/v1/person.pb.h"

namespace splw::caseload {

// `known` with what `stated` says that is newer, field by field: what is not stated takes nothing away. A right NHS
// number is replaced by another right one only, and never loses that it was traced; a date of birth by one that is as
// exact; an address as a whole. Adjustments are united, at most kMaxAdjustments (limits.h); an interpreter once needed
// stays needed.
type::v1::Person MergePerson(type::v1::Person known, const type::v1::Person& stated);

}  // namespace splw::caseload
