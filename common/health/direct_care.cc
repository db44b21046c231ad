#include "common/health/direct_care.h"

#include <algorithm>

namespace splw::health {

bool IsDirectCare(type::v1::AgencyKind agency) {
  switch (agency) {
    case type::v1::AGENCY_KIND_PRIMARY_CARE:
    case type::v1::AGENCY_KIND_SPLW_SERVICE:
    case type::v1::AGENCY_KIND_SOCIAL_CARE:
    case type::v1::AGENCY_KIND_MENTAL_HEALTH:
    case type::v1::AGENCY_KIND_COMMUNITY_NURSING:
    case type::v1::AGENCY_KIND_HOSPITAL:
      return true;
    default:
      return false;
  }
}

bool MayBeTold(type::v1::AgencyKind agency, const google::protobuf::RepeatedField<int>& share_with) {
  return IsDirectCare(agency) || std::find(share_with.begin(), share_with.end(), agency) != share_with.end();
}

}  // namespace splw::health
