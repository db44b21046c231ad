#include "services/caseload/events.h"

#include <optional>
#include <string>

#include "common/health/same_person.h"
#include "common/text/status_macros.h"
#include "services/caseload/case_changes.h"
#include "services/caseload/case_lifecycle.h"
#include "services/caseload/caseload_tables.h"
#include "services/caseload/errors.h"
#include "services/caseload/limits.h"
#include "services/caseload/mdt_status.h"
#include "services/caseload/names.h"

namespace splw::caseload {
namespace {

absl::StatusOr<std::optional<CaseRecord>> FirstOf(delivery::Change& change, const char* index,
                                                  const std::string& prefix) {
  store::PageRequest page;
  page.size = 1;
  SPLW_ASSIGN_OR_RETURN(store::PageOf<CaseRecord> found,
                        Cases().ScanIndex(change.txn(), change.network(), index, prefix, page));
  if (found.records.empty()) return std::optional<CaseRecord>();
  return std::optional<CaseRecord>(std::move(found.records.front()));
}

absl::StatusOr<std::optional<CaseRecord>> CaseOfReferral(delivery::Change& change, const std::string& referral) {
  return FirstOf(change, kCasesByReferral, ReferralPrefix(referral));
}

// The keys come strongest first (the NHS number before the rest).
absl::StatusOr<std::optional<CaseRecord>> OpenCaseOfPerson(delivery::Change& change,
                                                           const referral::v1::ReferralAccepted& event) {
  for (const std::string& person_key : event.person_keys()) {
    if (person_key.empty()) continue;
    store::PageRequest page;
    page.size = kMaxOpenCasesPerPersonKey;
    SPLW_ASSIGN_OR_RETURN(store::PageOf<CaseRecord> found,
                          Cases().ScanIndex(change.txn(), change.network(), kCasesByPerson,
                                            PersonPrefix(person_key, /*open=*/true), page));
    bool known = false;
    for (CaseRecord& record : found.records) {
      if (MayJoin(record, event)) return std::optional<CaseRecord>(std::move(record));
      known = known || health::CertainlyOne(record.person(), event.person());
    }
    // Whose number it is, is known: whoever else is called alike is somebody else.
    if (known) break;
  }
  return std::optional<CaseRecord>();
}

absl::Status TellOpened(delivery::Change& change, const CaseRecord& record, const std::string& referral, bool joined) {
  v1::CaseOpened event;
  event.set_referral(referral);
  event.set_case_(CaseName(change.network(), record.id()));
  event.set_joined_existing_case(joined);
  *event.mutable_time() = ToTimestamp(change.now());
  return change.Emit(kReferralIntake, event.case_(), event);
}

absl::StatusOr<CaseRecord> CaseOfEvent(delivery::Change& change, const std::string& name) {
  SPLW_ASSIGN_OR_RETURN(const std::string case_id, ParseCaseName("case", change.network(), name));
  return BeginCase(change, case_id, "");
}

// nullopt for an empty name, or for a nomination that this store does not have: the case's part is applied
// all the same.
absl::StatusOr<std::optional<NominationRecord>> NominationOfEvent(delivery::Change& change, const CaseRecord& record,
                                                                  const std::string& name) {
  if (name.empty()) return std::optional<NominationRecord>();
  SPLW_ASSIGN_OR_RETURN(const CaseChild ids, ParseNominationName("nomination", change.network(), name));
  if (ids.case_id != record.id()) return errors::EventInvalid("nomination");
  return Nominations().Get(change.txn(), change.network(), ChildKey(ids.case_id, ids.id));
}

absl::Status Save(delivery::Change& change, const CaseRecord& before, MdtChange& after) {
  if (!after.news) return absl::OkStatus();
  if (after.nomination.has_value()) SPLW_RETURN_IF_ERROR(SaveNomination(change, *after.nomination));
  return SaveCase(change, before, after.record);
}

// The events that tell only where a nomination stands have one shape.
template <typename Event>
absl::Status OnProgress(delivery::Change& change, const Event& event,
                        MdtChange (*apply)(CaseRecord, std::optional<NominationRecord>, const Event&, absl::Time)) {
  SPLW_ASSIGN_OR_RETURN(const CaseRecord before, CaseOfEvent(change, event.case_()));
  SPLW_ASSIGN_OR_RETURN(std::optional<NominationRecord> nomination,
                        NominationOfEvent(change, before, event.nomination()));
  MdtChange after = apply(before, std::move(nomination), event, change.now());
  return Save(change, before, after);
}

}  // namespace

absl::Status OnReferralAccepted(delivery::Change& change, const referral::v1::ReferralAccepted& event) {
  if (event.referral().rfind(NetworkName(change.network()) + "/referrals/", 0) != 0) {
    return errors::EventInvalid("referral");
  }
  SPLW_ASSIGN_OR_RETURN(const std::optional<CaseRecord> known, CaseOfReferral(change, event.referral()));
  if (known.has_value()) return absl::OkStatus();
  SPLW_ASSIGN_OR_RETURN(const std::optional<CaseRecord> open, OpenCaseOfPerson(change, event));
  if (!open.has_value()) {
    CaseRecord record = OpenCase(event, change.NewId(), change.network(), change.origin().correlation_id, change.now());
    SPLW_RETURN_IF_ERROR(SaveCase(change, std::nullopt, record));
    return TellOpened(change, record, event.referral(), /*joined=*/false);
  }
  change.SetCorrelationId(open->correlation_id());
  CaseRecord joined = JoinReferral(*open, event);
  SPLW_RETURN_IF_ERROR(SaveCase(change, open, joined, "REFERRAL_JOINED"));
  SPLW_RETURN_IF_ERROR(TellOpened(change, joined, event.referral(), /*joined=*/true));
  if (joined.state() != v1::CASE_STATE_ACTIVE) return absl::OkStatus();
  return TellAllocated(change, joined, event.referral());
}

absl::Status OnReferralWithdrawn(delivery::Change& change, const referral::v1::ReferralWithdrawn& event) {
  SPLW_ASSIGN_OR_RETURN(const std::optional<CaseRecord> before, CaseOfReferral(change, event.referral()));
  if (!before.has_value()) return absl::OkStatus();
  change.SetCorrelationId(before->correlation_id());
  CaseRecord after = WithdrawReferral(*before, event, change.now());
  SPLW_RETURN_IF_ERROR(SaveCase(change, before, after, "REFERRAL_WITHDRAWN"));
  if (IsOpen(*before) && !IsOpen(after)) return TellClosed(change, after);
  return absl::OkStatus();
}

absl::Status OnNominationReceived(delivery::Change& change, const mdt::v1::NominationReceived& event) {
  return OnProgress(change, event, ApplyReceived);
}

absl::Status OnNominationScheduled(delivery::Change& change, const mdt::v1::NominationScheduled& event) {
  return OnProgress(change, event, ApplyScheduled);
}

absl::Status OnNominationCarriedOver(delivery::Change& change, const mdt::v1::NominationCarriedOver& event) {
  return OnProgress(change, event, ApplyCarriedOver);
}

absl::Status OnDecisionRecorded(delivery::Change& change, const mdt::v1::DecisionRecorded& event) {
  SPLW_ASSIGN_OR_RETURN(const CaseRecord before, CaseOfEvent(change, event.case_()));
  SPLW_ASSIGN_OR_RETURN(std::optional<NominationRecord> nomination,
                        NominationOfEvent(change, before, event.nomination()));
  SPLW_ASSIGN_OR_RETURN(MdtChange after, ApplyDecision(before, std::move(nomination), event, change.now()));
  if (!after.news) return absl::OkStatus();
  SPLW_RETURN_IF_ERROR(Save(change, before, after));
  return TellReferrers(change, after.record, v1::CASE_STAGE_MDT_DECIDED);
}

absl::Status OnFeedbackRecorded(delivery::Change& change, const mdt::v1::FeedbackRecorded& event) {
  SPLW_ASSIGN_OR_RETURN(const CaseRecord before, CaseOfEvent(change, event.case_()));
  MdtChange after = ApplyFeedback(before, event);
  SPLW_RETURN_IF_ERROR(Save(change, before, after));
  return WasHeard(event) ? TellReferrers(change, after.record, v1::CASE_STAGE_FEEDBACK_GIVEN) : absl::OkStatus();
}

absl::Status OnFeedbackMoved(delivery::Change& change, const mdt::v1::FeedbackMoved& event) {
  SPLW_ASSIGN_OR_RETURN(const CaseRecord before, CaseOfEvent(change, event.case_()));
  MdtChange after = ApplyFeedbackMoved(before, event);
  return Save(change, before, after);
}

void HandleEvents(delivery::Inbox& inbox) {
  inbox.Handle<referral::v1::ReferralAccepted>(OnReferralAccepted);
  inbox.Handle<referral::v1::ReferralWithdrawn>(OnReferralWithdrawn);
  inbox.Handle<mdt::v1::NominationReceived>(OnNominationReceived);
  inbox.Handle<mdt::v1::NominationScheduled>(OnNominationScheduled);
  inbox.Handle<mdt::v1::NominationCarriedOver>(OnNominationCarriedOver);
  inbox.Handle<mdt::v1::DecisionRecorded>(OnDecisionRecorded);
  inbox.Handle<mdt::v1::FeedbackRecorded>(OnFeedbackRecorded);
  inbox.Handle<mdt::v1::FeedbackMoved>(OnFeedbackMoved);
}

}  // namespace splw::caseload
