// Is a request well formed? Each check names every field that is wrong. What depends on the store's state is
// the domain's. Pure.
#pragma once

#include <string_view>

#include <absl/status/status.h>
#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include "google/type/date.pb.h"
#include "splw/caseload/v1/caseload_service.pb.h"

namespace splw::caseload {

// 1 to 64 letters, digits, '.', '_', '-', '@' and '/' (splw.type.v1.Professional.id).
bool IsProfessionalId(std::string_view text);
// 1 to 64 of A-Z, 0-9 and '_'.
bool IsReasonCode(std::string_view text);
// A day that exists, with year, month and day.
bool IsFullDate(const google::type::Date& date);
// Of a full date.
absl::CivilDay ToCivilDay(const google::type::Date& date);

absl::Status CheckRequest(const v1::AllocateCaseRequest& request);
absl::Status CheckRequest(const v1::CloseCaseRequest& request);
// `now`: a contact, an assessment or what was explained cannot lie in the future (kClockSkew apart); what is planned,
// not too far in it.
absl::Status CheckRequest(const v1::UpdatePlanRequest& request, absl::Time now);
absl::Status CheckRequest(const v1::RecordContactRequest& request, absl::Time now);
absl::Status CheckRequest(const v1::RecordAssessmentRequest& request, absl::Time now);
absl::Status CheckRequest(const v1::SignpostPersonRequest& request);
absl::Status CheckRequest(const v1::RecordSignpostOutcomeRequest& request);
absl::Status CheckRequest(const v1::NominateForMdtRequest& request);
absl::Status CheckRequest(const v1::WithdrawNominationRequest& request);
absl::Status CheckRequest(const v1::CreateLinkWorkerRequest& request);
absl::Status CheckRequest(const v1::UpdateLinkWorkerRequest& request);
absl::Status CheckRequest(const v1::CreateCommunityServiceRequest& request);
absl::Status CheckRequest(const v1::UpdateCommunityServiceRequest& request);
absl::Status CheckRequest(const v1::ListCasesRequest& request);
absl::Status CheckRequest(const v1::ListSignpostsRequest& request);

}  // namespace splw::caseload
