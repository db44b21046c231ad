#include "services/caseload/nomination.h"

#include <algorithm>

#include "common/health/direct_care.h"
#include "common/text/status_macros.h"
#include "services/caseload/case_lifecycle.h"
#include "services/caseload/conversion.h"
#include "services/caseload/errors.h"
#include "services/caseload/limits.h"
#include "services/caseload/names.h"

namespace splw::caseload {
namespace {

// What an agenda shows of a person, and no more (standards.md, "Information sharing": minimum data).
type::v1::Person ForAgenda(const type::v1::Person& person) {
  type::v1::Person shown;
  *shown.mutable_name() = person.name();
  *shown.mutable_birth_date() = person.birth_date();
  *shown.mutable_nhs_number() = person.nhs_number();
  return shown;
}

bool Contains(const google::protobuf::RepeatedField<int>& agencies, type::v1::AgencyKind agency) {
  return std::find(agencies.begin(), agencies.end(), agency) != agencies.end();
}

}  // namespace

bool IsOpenNomination(v1::NominationState state) {
  switch (state) {
    case v1::NOMINATION_STATE_SENT:
    case v1::NOMINATION_STATE_RECEIVED:
    case v1::NOMINATION_STATE_SCHEDULED:
    case v1::NOMINATION_STATE_CARRIED_OVER:
      return true;
    default:
      return false;
  }
}

absl::StatusOr<NominationMade> Nominate(CaseRecord record, const LinkWorkerRecord& link_worker,
                                        const v1::NominateForMdtRequest& request, const std::string& id,
                                        const std::string& by, absl::Time now) {
  SPLW_RETURN_IF_ERROR(RequireActive(record, "nominating it"));
  if (!record.open_nomination_id().empty()) return errors::NominationOpen();
  if (record.consent().referral() == type::v1::CONSENT_STATUS_DECLINED) return errors::ConsentDeclined();
  if (record.nomination_count() >= kMaxNominationsPerCase) return errors::TooManyNominations();

  NominationRecord nomination;
  nomination.set_id(id);
  nomination.set_case_id(record.id());
  nomination.set_version(1);
  nomination.set_state(v1::NOMINATION_STATE_SENT);
  nomination.set_question(request.question());
  *nomination.mutable_agencies_needed() = request.agencies_needed();
  for (const int each : request.agencies_needed()) {
    const auto agency = static_cast<type::v1::AgencyKind>(each);
    if (!health::MayBeTold(agency, record.consent().share_with()) &&
        !Contains(nomination.agencies_without_consent(), agency)) {
      nomination.add_agencies_without_consent(agency);
    }
  }
  nomination.set_urgency(request.urgency());
  nomination.set_mdt(request.mdt());
  nomination.set_nominated_by(by);
  *nomination.mutable_create_time() = ToTimestamp(now);
  *nomination.mutable_update_time() = ToTimestamp(now);

  record.set_open_nomination_id(id);
  record.set_nomination_count(record.nomination_count() + 1);
  MdtStatusRecord& status = *record.mutable_mdt_status();
  status.set_nomination_state(v1::NOMINATION_STATE_SENT);
  status.set_times_carried_over(0);

  v1::CaseNominated event;
  event.set_nomination(NominationName(record.network(), record.id(), id));
  event.set_case_(CaseName(record.network(), record.id()));
  event.set_mdt(request.mdt());
  event.set_question(request.question());
  *event.mutable_agencies_needed() = request.agencies_needed();
  event.set_urgency(request.urgency());
  *event.mutable_person() = ForAgenda(record.person());
  *event.mutable_needs() = record.needs();
  *event.mutable_share_with() = record.consent().share_with();
  *event.mutable_link_worker() = ToProfessional(link_worker);
  *event.mutable_nominate_time() = ToTimestamp(now);
  return NominationMade{std::move(record), std::move(nomination), std::move(event)};
}

absl::StatusOr<NominationTakenBack> WithdrawNomination(CaseRecord record, NominationRecord nomination,
                                                       const std::string& reason_code, absl::Time now) {
  if (!IsOpenNomination(nomination.state())) return errors::NominationNotOpen();
  nomination.set_state(v1::NOMINATION_STATE_WITHDRAWN);
  nomination.set_withdraw_reason_code(reason_code);
  nomination.set_version(nomination.version() + 1);
  nomination.clear_start_time();
  *nomination.mutable_update_time() = ToTimestamp(now);
  if (record.open_nomination_id() == nomination.id()) {
    record.clear_open_nomination_id();
    record.mutable_mdt_status()->set_nomination_state(v1::NOMINATION_STATE_WITHDRAWN);
    record.mutable_mdt_status()->clear_start_time();
  }
  v1::NominationWithdrawn event;
  event.set_nomination(NominationName(record.network(), record.id(), nomination.id()));
  event.set_case_(CaseName(record.network(), record.id()));
  event.set_reason_code(reason_code);
  *event.mutable_time() = ToTimestamp(now);
  return NominationTakenBack{std::move(record), std::move(nomination), std::move(event)};
}

}  // namespace splw::caseload
