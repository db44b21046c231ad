#include "services/mdt_agenda/visibility.h"

#include <algorithm>

#include <absl/strings/match.h>

#include "common/health/direct_care.h"

namespace splw::mdt_agenda {
namespace {

bool Contains(const google::protobuf::RepeatedField<int>& agencies, AgencyKind agency) {
  return std::find(agencies.begin(), agencies.end(), agency) != agencies.end();
}

bool MayBeTold(AgencyKind agency, const stored::SharingRecord& sharing) {
  return !sharing.declined() && health::MayBeTold(agency, sharing.share_with());
}

}  // namespace

Viewer ViewerOf(const identity::Principal& principal) {
  Viewer viewer;
  viewer.agency_member = principal.role == identity::Role::kAgencyMember;
  viewer.id = principal.id;
  AgencyKind agency;
  if (type::v1::AgencyKind_Parse("AGENCY_KIND_" + principal.agency, &agency)) viewer.agency = agency;
  return viewer;
}

bool MaySee(const Viewer& viewer, const stored::MeetingRecord& meeting) {
  return !viewer.agency_member || (viewer.agency != type::v1::AGENCY_KIND_UNSPECIFIED && meeting.has_publish_time());
}

bool MaySee(const Viewer& viewer, const stored::AgendaItemRecord& item, bool owns_action) {
  if (!viewer.agency_member || owns_action) return true;
  return viewer.agency != type::v1::AGENCY_KIND_UNSPECIFIED &&
         Contains(item.subject().agencies_needed(), viewer.agency);
}

bool MaySeePerson(const Viewer& viewer, const stored::AgendaItemRecord& item, const stored::SharingRecord& sharing) {
  if (!viewer.agency_member) return true;
  return item.state() != api::ITEM_STATE_WITHDRAWN && MayBeTold(viewer.agency, sharing);
}

std::vector<AgencyKind> WithoutConsent(const stored::SubjectRecord& subject, const stored::SharingRecord& sharing) {
  std::vector<AgencyKind> left_out;
  for (const int each : subject.agencies_needed()) {
    const auto agency = static_cast<AgencyKind>(each);
    if (MayBeTold(agency, sharing) || std::find(left_out.begin(), left_out.end(), agency) != left_out.end()) continue;
    left_out.push_back(agency);
  }
  return left_out;
}

bool MaySee(const Viewer& viewer, const stored::ActionRecord& action) {
  return !viewer.agency_member || absl::EqualsIgnoreCase(viewer.id, action.owner().id());
}

bool MaySeeDetails(const Viewer& viewer, const stored::SharingRecord& sharing) {
  return !viewer.agency_member || !sharing.declined();
}

}  // namespace splw::mdt_agenda
