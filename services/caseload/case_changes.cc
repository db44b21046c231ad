#include "services/caseload/case_changes.h"

#include <set>
#include <vector>

#include "common/delivery/request_rules.h"
#include "common/text/status_macros.h"
#include "services/caseload/case_lifecycle.h"
#include "services/caseload/caseload_tables.h"
#include "services/caseload/conversion.h"
#include "services/caseload/errors.h"
#include "services/caseload/limits.h"
#include "services/caseload/names.h"
#include "services/caseload/nomination.h"
#include "services/caseload/signposting.h"

namespace splw::caseload {
namespace {

template <typename Record>
absl::StatusOr<Record> Load(const store::Table<Record>& table, store::Snapshot& snapshot, std::string_view network,
                            const std::string& key, absl::Status (*not_found)()) {
  SPLW_ASSIGN_OR_RETURN(std::optional<Record> record, table.Get(snapshot, network, key));
  if (!record.has_value()) return not_found();
  return *std::move(record);
}

// What the case counts in its link worker's load: nothing unless it is active.
struct Share {
  std::string link_worker_id;
  int cases = 0;
  int weight = 0;
};

Share ShareOf(const std::optional<CaseRecord>& record) {
  if (!record.has_value() || record->state() != v1::CASE_STATE_ACTIVE) return {};
  return {record->link_worker_id(), 1, record->weight()};
}

absl::Status AddToLoad(delivery::Change& change, const std::string& link_worker_id, int cases, int weight) {
  if (link_worker_id.empty() || (cases == 0 && weight == 0)) return absl::OkStatus();
  SPLW_ASSIGN_OR_RETURN(LinkWorkerRecord worker, LoadLinkWorker(change.txn(), change.network(), link_worker_id));
  worker.set_open_cases(worker.open_cases() + cases);
  worker.set_weighted_load(worker.weighted_load() + weight);
  SPLW_RETURN_IF_ERROR(LinkWorkers().Put(change.txn(), change.network(), worker));
  return change.Changed(kLinkWorkerCollection, LinkWorkerName(change.network(), worker.id()), /*created=*/false);
}

absl::Status MoveLoad(delivery::Change& change, const Share& before, const Share& after) {
  if (before.link_worker_id == after.link_worker_id) {
    return AddToLoad(change, after.link_worker_id, after.cases - before.cases, after.weight - before.weight);
  }
  SPLW_RETURN_IF_ERROR(AddToLoad(change, before.link_worker_id, -before.cases, -before.weight));
  return AddToLoad(change, after.link_worker_id, after.cases, after.weight);
}

// The person took their consent back, or did not want to go on.
bool Declined(const CaseRecord& record) {
  return record.consent().referral() == type::v1::CONSENT_STATUS_DECLINED ||
         record.outcome() == v1::CASE_OUTCOME_DECLINED;
}

bool SharesAlike(const CaseRecord& one, const CaseRecord& other) {
  const auto& agreed = one.consent().share_with();
  const auto& agreed_by_other = other.consent().share_with();
  return Declined(one) == Declined(other) &&
         std::set<int>(agreed.begin(), agreed.end()) == std::set<int>(agreed_by_other.begin(), agreed_by_other.end());
}

absl::Status TellSharing(delivery::Change& change, const std::optional<CaseRecord>& before, const CaseRecord& after) {
  const bool known_to_mdt = after.has_mdt_status();
  if (!before.has_value() || !known_to_mdt || SharesAlike(*before, after)) return absl::OkStatus();
  v1::CaseSharingChanged event;
  event.set_case_(CaseName(change.network(), after.id()));
  event.set_declined(Declined(after));
  *event.mutable_share_with() = after.consent().share_with();
  *event.mutable_time() = ToTimestamp(change.now());
  return change.Emit(kMdtAgenda, event.case_(), event);
}

absl::Status TellLinkWorker(delivery::Change& change, const std::optional<CaseRecord>& before,
                            const CaseRecord& after) {
  const bool known_to_mdt = after.has_mdt_status();
  if (!before.has_value() || !known_to_mdt || before->link_worker_id() == after.link_worker_id()) {
    return absl::OkStatus();
  }
  SPLW_ASSIGN_OR_RETURN(const LinkWorkerRecord worker,
                        LoadLinkWorker(change.txn(), change.network(), after.link_worker_id()));
  v1::CaseLinkWorkerChanged event;
  event.set_case_(CaseName(change.network(), after.id()));
  *event.mutable_link_worker() = ToProfessional(worker);
  *event.mutable_time() = after.allocation().time();
  return change.Emit(kMdtAgenda, event.case_(), event);
}

absl::StatusOr<v1::CaseProgressed> ProgressOf(delivery::Change& change, const CaseRecord& record, v1::CaseStage stage) {
  v1::CaseProgressed event;
  event.set_case_(CaseName(record.network(), record.id()));
  event.set_stage(stage);
  *event.mutable_time() = ToTimestamp(change.now());
  if (stage == v1::CASE_STAGE_ALLOCATED) {
    SPLW_ASSIGN_OR_RETURN(const LinkWorkerRecord worker,
                          LoadLinkWorker(change.txn(), change.network(), record.link_worker_id()));
    *event.mutable_key_worker() = ToProfessional(worker);
  }
  if (stage == v1::CASE_STAGE_MDT_DECIDED) {
    const MdtStatusRecord& status = record.mdt_status();
    if (status.has_case_holder()) *event.mutable_case_holder() = status.case_holder();
    if (status.has_key_worker()) *event.mutable_key_worker() = status.key_worker();
    event.set_action_count(status.actions_size());
    if (status.has_feedback_due_date()) *event.mutable_feedback_due_date() = status.feedback_due_date();
  }
  return event;
}

}  // namespace

absl::StatusOr<CaseRecord> LoadCase(store::Snapshot& snapshot, std::string_view network, std::string_view id) {
  return Load(Cases(), snapshot, network, IdKey(id), errors::CaseNotFound);
}

absl::StatusOr<SignpostRecord> LoadSignpost(store::Snapshot& snapshot, std::string_view network,
                                            std::string_view case_id, std::string_view id) {
  return Load(Signposts(), snapshot, network, ChildKey(case_id, id), errors::SignpostNotFound);
}

absl::StatusOr<NominationRecord> LoadNomination(store::Snapshot& snapshot, std::string_view network,
                                                std::string_view case_id, std::string_view id) {
  return Load(Nominations(), snapshot, network, ChildKey(case_id, id), errors::NominationNotFound);
}

absl::StatusOr<LinkWorkerRecord> LoadLinkWorker(store::Snapshot& snapshot, std::string_view network,
                                                std::string_view id) {
  return Load(LinkWorkers(), snapshot, network, IdKey(id), errors::LinkWorkerNotFound);
}

absl::StatusOr<CommunityServiceRecord> LoadCommunityService(store::Snapshot& snapshot, std::string_view network,
                                                            std::string_view id) {
  return Load(CommunityServices(), snapshot, network, IdKey(id), errors::CommunityServiceNotFound);
}

absl::Status CheckEtag(const std::string& etag, std::uint64_t version) {
  return etag.empty() ? absl::OkStatus() : delivery::CheckEtag("etag", etag, version);
}

absl::StatusOr<CaseRecord> BeginCase(delivery::Change& change, std::string_view case_id, const std::string& etag) {
  SPLW_ASSIGN_OR_RETURN(CaseRecord record, LoadCase(change.txn(), change.network(), case_id));
  SPLW_RETURN_IF_ERROR(CheckEtag(etag, record.version()));
  change.SetCorrelationId(record.correlation_id());
  return record;
}

absl::Status SaveCase(delivery::Change& change, const std::optional<CaseRecord>& before, CaseRecord& after,
                      std::string_view reason) {
  if (after.consent().referral() == type::v1::CONSENT_STATUS_DECLINED) {
    SPLW_RETURN_IF_ERROR(WithdrawOpenNomination(change, after, "CONSENT_WITHDRAWN"));
  }
  after.set_version(before.has_value() ? before->version() + 1 : 1);
  after.set_weight(CaseWeight(after));
  *after.mutable_update_time() = ToTimestamp(change.now());
  SPLW_RETURN_IF_ERROR(MoveLoad(change, ShareOf(before), ShareOf(after)));
  SPLW_RETURN_IF_ERROR(Cases().Put(change.txn(), change.network(), after));
  SPLW_RETURN_IF_ERROR(TellSharing(change, before, after));
  SPLW_RETURN_IF_ERROR(TellLinkWorker(change, before, after));
  return change.Changed(kCaseCollection, CaseName(change.network(), after.id()), !before.has_value(), reason);
}

absl::Status SaveHeldPlaces(delivery::Change& change, const CommunityServiceRecord& record) {
  SPLW_ASSIGN_OR_RETURN(const CommunityServiceRecord before,
                        LoadCommunityService(change.txn(), change.network(), record.id()));
  if (before.places_held() == record.places_held()) return absl::OkStatus();
  SPLW_RETURN_IF_ERROR(CommunityServices().Put(change.txn(), change.network(), record));
  return change.Changed(kCommunityServiceCollection, CommunityServiceName(change.network(), record.id()),
                        /*created=*/false);
}

absl::Status SaveSignpost(delivery::Change& change, const SignpostRecord& record, std::string_view reason) {
  SPLW_RETURN_IF_ERROR(Signposts().Put(change.txn(), change.network(), record));
  return change.Changed(kSignpostCollection, SignpostName(change.network(), record.case_id(), record.id()),
                        record.version() == 1, reason);
}

absl::Status SaveNomination(delivery::Change& change, const NominationRecord& record, std::string_view reason) {
  SPLW_RETURN_IF_ERROR(Nominations().Put(change.txn(), change.network(), record));
  return change.Changed(kNominationCollection, NominationName(change.network(), record.case_id(), record.id()),
                        record.version() == 1, reason);
}

absl::StatusOr<std::vector<SignpostRecord>> OpenSignposts(store::Snapshot& snapshot, std::string_view network,
                                                          std::string_view case_id) {
  store::PageRequest page;
  page.size = kMaxOpenSignpostsPerCase;
  SPLW_ASSIGN_OR_RETURN(store::PageOf<SignpostRecord> open,
                        Signposts().ScanIndex(snapshot, network, kOpenSignposts, OpenSignpostPrefix(case_id), page));
  return std::move(open.records);
}

absl::Status TellReferrers(delivery::Change& change, const CaseRecord& record, v1::CaseStage stage) {
  if (!IsOpen(record)) return absl::OkStatus();
  SPLW_ASSIGN_OR_RETURN(v1::CaseProgressed event, ProgressOf(change, record, stage));
  for (const auto& referral : record.referrals()) {
    if (referral.withdrawn()) continue;
    event.set_referral(referral.referral());
    SPLW_RETURN_IF_ERROR(change.Emit(kReferralIntake, event.case_(), event));
  }
  return absl::OkStatus();
}

absl::Status TellAllocated(delivery::Change& change, const CaseRecord& record, const std::string& referral) {
  SPLW_ASSIGN_OR_RETURN(v1::CaseProgressed event, ProgressOf(change, record, v1::CASE_STAGE_ALLOCATED));
  event.set_referral(referral);
  return change.Emit(kReferralIntake, event.case_(), event);
}

absl::Status TellClosed(delivery::Change& change, const CaseRecord& record) {
  v1::CaseClosed event;
  event.set_case_(CaseName(record.network(), record.id()));
  event.set_outcome(record.outcome());
  *event.mutable_time() = record.close_time();
  for (const auto& referral : record.referrals()) {
    event.set_referral(referral.referral());
    SPLW_RETURN_IF_ERROR(change.Emit(kReferralIntake, event.case_(), event));
  }
  return absl::OkStatus();
}

absl::Status WithdrawOpenNomination(delivery::Change& change, CaseRecord& record, const std::string& reason_code) {
  if (record.open_nomination_id().empty()) return absl::OkStatus();
  SPLW_ASSIGN_OR_RETURN(NominationRecord nomination,
                        LoadNomination(change.txn(), change.network(), record.id(), record.open_nomination_id()));
  SPLW_ASSIGN_OR_RETURN(NominationTakenBack taken_back,
                        WithdrawNomination(std::move(record), std::move(nomination), reason_code, change.now()));
  record = std::move(taken_back.record);
  SPLW_RETURN_IF_ERROR(SaveNomination(change, taken_back.nomination, reason_code));
  return change.Emit(kMdtAgenda, taken_back.event.case_(), taken_back.event);
}

absl::Status ReleasePlaces(delivery::Change& change, CaseRecord& record) {
  SPLW_ASSIGN_OR_RETURN(const std::vector<SignpostRecord> open,
                        OpenSignposts(change.txn(), change.network(), record.id()));
  for (const SignpostRecord& signpost : open) {
    SPLW_ASSIGN_OR_RETURN(CommunityServiceRecord service,
                          LoadCommunityService(change.txn(), change.network(), signpost.community_service_id()));
    SPLW_ASSIGN_OR_RETURN(SignpostChange released, RecordSignpostOutcome(std::move(record), std::move(service),
                                                                         signpost, v1::SIGNPOST_OUTCOME_CASE_CLOSED,
                                                                         v1::BOUNCE_CAUSE_UNSPECIFIED, change.now()));
    record = std::move(released.record);
    SPLW_RETURN_IF_ERROR(SaveHeldPlaces(change, released.service));
    SPLW_RETURN_IF_ERROR(SaveSignpost(change, released.signpost, "CASE_CLOSED"));
  }
  return absl::OkStatus();
}

}  // namespace splw::caseload
