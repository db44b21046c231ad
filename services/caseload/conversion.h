// Records as the API shows them. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "services/caseload/records.h"
#include "splw/caseload/v1/assessment.pb.h"
#include "splw/caseload/v1/case.pb.h"
#include "splw/caseload/v1/community_service.pb.h"
#include "splw/caseload/v1/contact.pb.h"
#include "splw/caseload/v1/link_worker.pb.h"
#include "splw/caseload/v1/nomination.pb.h"
#include "splw/caseload/v1/signpost.pb.h"

namespace splw::caseload {

v1::Case ToCase(const CaseRecord& record);
v1::Contact ToContact(std::string_view network, const ContactRecord& record);
v1::Assessment ToAssessment(std::string_view network, const AssessmentRecord& record);
v1::Signpost ToSignpost(std::string_view network, const SignpostRecord& record);
v1::Nomination ToNomination(std::string_view network, const NominationRecord& record);
v1::LinkWorker ToLinkWorker(std::string_view network, const LinkWorkerRecord& record);
v1::CommunityService ToCommunityService(std::string_view network, const CommunityServiceRecord& record);

// The link worker as other services know them.
type::v1::Professional ToProfessional(const LinkWorkerRecord& worker);

storage::v1::Ons4Record FromOns4(const v1::Ons4Scores& scores);

}  // namespace splw::caseload
