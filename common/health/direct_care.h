// Which agencies are of direct care. Pure.
#pragma once

#include "splw/type/v1/agency.pb.h"

namespace splw::health {

// True for health and social care, which may rest on the consent to the referral (implied consent for direct care). With all
// others a case is shared only where the person has agreed to their kind. Recovery services are among those others: help
// with alcohol or drugs is nothing to tell of without being asked.
bool IsDirectCare(type::v1::AgencyKind agency);

// Whether an agency may be told of a person who agreed to share with these kinds.
bool MayBeTold(type::v1::AgencyKind agency, const google::protobuf::RepeatedField<int>& share_with);

}  // namespace splw::health
