#include "services/caseload/signposting.h"

#include <algorithm>

#include "common/health/direct_care.h"
#include "common/text/status_macros.h"
#include "services/caseload/case_lifecycle.h"
#include "services/caseload/errors.h"
#include "services/caseload/limits.h"

namespace splw::caseload {
namespace {

bool EndsSignpost(v1::SignpostOutcome outcome) {
  return outcome != v1::SIGNPOST_OUTCOME_ATTENDED;
}

}  // namespace

absl::Status CheckConsentToShare(const type::v1::Consent& consent, type::v1::AgencyKind agency) {
  if (consent.referral() == type::v1::CONSENT_STATUS_DECLINED) return errors::ConsentDeclined();
  if (health::IsDirectCare(agency)) return absl::OkStatus();
  const auto& agreed = consent.share_with();
  if (std::find(agreed.begin(), agreed.end(), agency) != agreed.end()) return absl::OkStatus();
  return errors::ConsentNotGiven(type::v1::AgencyKind_Name(agency));
}

absl::StatusOr<SignpostChange> SignpostPerson(CaseRecord record, CommunityServiceRecord service,
                                              const std::vector<SignpostRecord>& open_signposts,
                                              const SignpostCommand& command, absl::Time now) {
  SPLW_RETURN_IF_ERROR(RequireActive(record, "signposting"));
  const bool assessed = !record.latest_assessment_id().empty();
  if (!assessed && command.override_reason_code.empty()) return errors::AssessmentNeeded();
  SPLW_RETURN_IF_ERROR(CheckConsentToShare(record.consent(), service.agency()));
  for (const SignpostRecord& open : open_signposts) {
    if (open.community_service_id() == service.id()) return errors::AlreadySignposted();
  }
  if (record.open_signpost_count() >= kMaxOpenSignpostsPerCase) return errors::TooManySignposts();
  if (record.signpost_count() >= kMaxSignpostsPerCase) return errors::TooManySignpostsEver();
  if (!service.accepting()) return errors::ServiceNotAccepting();
  if (service.places_held() >= service.places_offered()) return errors::NoPlaceFree();

  SignpostRecord signpost;
  signpost.set_id(command.id);
  signpost.set_case_id(record.id());
  signpost.set_version(1);
  signpost.set_community_service_id(service.id());
  signpost.set_state(v1::SIGNPOST_STATE_OPEN);
  if (!assessed) signpost.set_override_reason_code(command.override_reason_code);
  signpost.set_signposted_by(command.by);
  *signpost.mutable_create_time() = ToTimestamp(now);
  *signpost.mutable_update_time() = ToTimestamp(now);
  service.set_places_held(service.places_held() + 1);
  record.set_open_signpost_count(record.open_signpost_count() + 1);
  record.set_signpost_count(record.signpost_count() + 1);
  return SignpostChange{std::move(record), std::move(service), std::move(signpost)};
}

absl::StatusOr<SignpostChange> RecordSignpostOutcome(CaseRecord record, CommunityServiceRecord service,
                                                     SignpostRecord signpost, v1::SignpostOutcome outcome,
                                                     v1::BounceCause bounce_cause, absl::Time now) {
  if (signpost.state() != v1::SIGNPOST_STATE_OPEN) return errors::SignpostEnded();
  signpost.set_outcome(outcome);
  signpost.set_bounce_cause(outcome == v1::SIGNPOST_OUTCOME_BOUNCED ? bounce_cause : v1::BOUNCE_CAUSE_UNSPECIFIED);
  signpost.set_version(signpost.version() + 1);
  *signpost.mutable_update_time() = ToTimestamp(now);
  if (EndsSignpost(outcome)) {
    signpost.set_state(v1::SIGNPOST_STATE_ENDED);
    *signpost.mutable_end_time() = ToTimestamp(now);
    service.set_places_held(service.places_held() - 1);
    record.set_open_signpost_count(record.open_signpost_count() - 1);
  }
  return SignpostChange{std::move(record), std::move(service), std::move(signpost)};
}

}  // namespace splw::caseload
