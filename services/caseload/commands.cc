#include "services/caseload/commands.h"

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/health/same_person.h"
#include "common/text/status_macros.h"
#include "services/caseload/allocation.h"
#include "services/caseload/case_changes.h"
#include "services/caseload/case_lifecycle.h"
#include "services/caseload/caseload_tables.h"
#include "services/caseload/conversion.h"
#include "services/caseload/directory.h"
#include "services/caseload/errors.h"
#include "services/caseload/limits.h"
#include "services/caseload/names.h"
#include "services/caseload/nomination.h"
#include "services/caseload/requests.h"
#include "services/caseload/signposting.h"

namespace splw::caseload {
namespace {

using delivery::Change;

// The link workers who had the person in a closed case: the newest kMaxEarlierCases of each key.
absl::StatusOr<std::set<std::string>> EarlierLinkWorkers(Change& change, const CaseRecord& record) {
  std::set<std::string> ids;
  for (const std::string& person_key : record.person_keys()) {
    store::PageRequest page;
    page.size = kMaxEarlierCases;
    page.order = store::Order::kDescending;
    SPLW_ASSIGN_OR_RETURN(const store::PageOf<CaseRecord> earlier,
                          Cases().ScanIndex(change.txn(), change.network(), kCasesByPerson,
                                            PersonPrefix(person_key, /*open=*/false), page));
    for (const CaseRecord& closed : earlier.records) {
      const bool of_person = health::MayBeOnePerson(closed.person(), record.person());  // a twin's has the same key
      if (of_person && !closed.link_worker_id().empty()) ids.insert(closed.link_worker_id());
    }
  }
  return ids;
}

absl::StatusOr<std::vector<Candidate>> AllCandidates(Change& change, const std::set<std::string>& earlier) {
  std::vector<Candidate> candidates;
  store::PageRequest page;
  page.size = kMaxLinkWorkers;
  SPLW_ASSIGN_OR_RETURN(store::PageOf<LinkWorkerRecord> workers,
                        LinkWorkers().Scan(change.txn(), change.network(), page));
  for (LinkWorkerRecord& worker : workers.records) {
    const bool had_person_before = earlier.count(worker.id()) > 0;
    candidates.push_back({std::move(worker), had_person_before});
  }
  return candidates;
}

absl::StatusOr<CaseRecord> Allocated(Change& change, const CaseRecord& before, const v1::AllocateCaseRequest& request) {
  const AllocationCommand command{change.origin().actor, request.override_reason_code()};
  SPLW_ASSIGN_OR_RETURN(const std::set<std::string> earlier, EarlierLinkWorkers(change, before));
  if (request.link_worker().empty()) {
    SPLW_ASSIGN_OR_RETURN(const std::vector<Candidate> candidates, AllCandidates(change, earlier));
    return AllocateToBest(before, candidates, command, change.now());
  }
  SPLW_ASSIGN_OR_RETURN(const std::string id,
                        ParseLinkWorkerName("link_worker", change.network(), request.link_worker()));
  SPLW_ASSIGN_OR_RETURN(LinkWorkerRecord worker, LoadLinkWorker(change.txn(), change.network(), id));
  return AllocateTo(before, {std::move(worker), earlier.count(id) > 0}, command, change.now());
}

template <typename Record>
absl::Status CheckRoom(Change& change, const store::Table<Record>& table, std::size_t limit, absl::Status (*full)()) {
  store::PageRequest page;
  page.size = limit;
  SPLW_ASSIGN_OR_RETURN(const store::PageOf<Record> all, table.Scan(change.txn(), change.network(), page));
  return all.records.size() < limit ? absl::OkStatus() : full();
}

absl::Status SaveLinkWorker(Change& change, const LinkWorkerRecord& record) {
  const absl::Status put = LinkWorkers().Put(change.txn(), change.network(), record);
  if (absl::IsAlreadyExists(put)) return errors::LinkWorkerExists();  // its only unique index
  SPLW_RETURN_IF_ERROR(put);
  return change.Changed(kLinkWorkerCollection, LinkWorkerName(change.network(), record.id()), record.version() == 1);
}

absl::Status SaveCommunityService(Change& change, const CommunityServiceRecord& record) {
  SPLW_RETURN_IF_ERROR(CommunityServices().Put(change.txn(), change.network(), record));
  return change.Changed(kCommunityServiceCollection, CommunityServiceName(change.network(), record.id()),
                        record.version() == 1);
}

absl::Status SaveSignpostChange(Change& change, const CaseRecord& before, SignpostChange& after,
                                std::string_view reason) {
  SPLW_RETURN_IF_ERROR(SaveHeldPlaces(change, after.service));
  SPLW_RETURN_IF_ERROR(SaveSignpost(change, after.signpost, reason));
  return SaveCase(change, before, after.record, reason);
}

}  // namespace

Commands::Outcome Commands::AllocateCase(const rpc::Call& call, const v1::AllocateCaseRequest& request,
                                         v1::Case* response) {
  SPLW_RETURN_IF_ERROR(CheckRequest(request));
  SPLW_ASSIGN_OR_RETURN(const std::string case_id, ParseCaseName("name", call.network, request.name()));
  return Once(call, request, response, [&](Change& change) -> absl::Status {
    SPLW_ASSIGN_OR_RETURN(const CaseRecord before, BeginCase(change, case_id, request.etag()));
    SPLW_ASSIGN_OR_RETURN(CaseRecord after, Allocated(change, before, request));
    SPLW_RETURN_IF_ERROR(SaveCase(change, before, after, after.allocation().override_reason_code()));
    SPLW_RETURN_IF_ERROR(TellReferrers(change, after, v1::CASE_STAGE_ALLOCATED));
    *response = ToCase(after);
    return absl::OkStatus();
  });
}

Commands::Outcome Commands::UpdatePlan(const rpc::Call& call, const v1::UpdatePlanRequest& request,
                                       v1::Case* response) {
  SPLW_ASSIGN_OR_RETURN(const std::string case_id, ParseCaseName("name", call.network, request.name()));
  return Once(call, request, response, [&](Change& change) -> absl::Status {
    SPLW_RETURN_IF_ERROR(CheckRequest(request, change.now()));
    SPLW_ASSIGN_OR_RETURN(const CaseRecord before, BeginCase(change, case_id, request.etag()));
    SPLW_ASSIGN_OR_RETURN(CaseRecord after, caseload::UpdatePlan(before, request.plan(), change.now()));
    SPLW_RETURN_IF_ERROR(SaveCase(change, before, after));
    *response = ToCase(after);
    return absl::OkStatus();
  });
}

Commands::Outcome Commands::CloseCase(const rpc::Call& call, const v1::CloseCaseRequest& request, v1::Case* response) {
  SPLW_RETURN_IF_ERROR(CheckRequest(request));
  SPLW_ASSIGN_OR_RETURN(const std::string case_id, ParseCaseName("name", call.network, request.name()));
  return Once(call, request, response, [&](Change& change) -> absl::Status {
    SPLW_ASSIGN_OR_RETURN(const CaseRecord before, BeginCase(change, case_id, request.etag()));
    SPLW_ASSIGN_OR_RETURN(CaseRecord after, caseload::CloseCase(before, request.outcome(),
                                                                request.feedback_owed_acknowledged(), change.now()));
    SPLW_RETURN_IF_ERROR(ReleasePlaces(change, after));
    SPLW_RETURN_IF_ERROR(WithdrawOpenNomination(change, after, "CASE_CLOSED"));
    SPLW_RETURN_IF_ERROR(SaveCase(change, before, after, v1::CaseOutcome_Name(request.outcome())));
    SPLW_RETURN_IF_ERROR(TellClosed(change, after));
    *response = ToCase(after);
    return absl::OkStatus();
  });
}

Commands::Outcome Commands::RecordContact(const rpc::Call& call, const v1::RecordContactRequest& request,
                                          v1::Contact* response) {
  SPLW_ASSIGN_OR_RETURN(const std::string case_id, ParseCaseName("parent", call.network, request.parent()));
  return Once(call, request, response, [&](Change& change) -> absl::Status {
    SPLW_RETURN_IF_ERROR(CheckRequest(request, change.now()));
    SPLW_ASSIGN_OR_RETURN(const CaseRecord before, BeginCase(change, case_id, request.etag()));
    ContactRecord contact;
    contact.set_id(change.NewId());
    contact.set_case_id(case_id);
    contact.set_mode(request.mode());
    contact.set_outcome(request.outcome());
    contact.set_note(request.note());
    *contact.mutable_time() = request.has_time() ? request.time() : ToTimestamp(change.now());
    contact.set_recorded_by(change.origin().actor);
    *contact.mutable_create_time() = ToTimestamp(change.now());
    SPLW_ASSIGN_OR_RETURN(CaseRecord after, NoteContact(before, contact));
    SPLW_RETURN_IF_ERROR(Contacts().Put(change.txn(), change.network(), contact));
    SPLW_RETURN_IF_ERROR(
        change.Changed(kContactCollection, ContactName(change.network(), case_id, contact.id()), /*created=*/true));
    SPLW_RETURN_IF_ERROR(SaveCase(change, before, after));
    *response = ToContact(change.network(), contact);
    return absl::OkStatus();
  });
}

Commands::Outcome Commands::RecordAssessment(const rpc::Call& call, const v1::RecordAssessmentRequest& request,
                                             v1::Assessment* response) {
  SPLW_ASSIGN_OR_RETURN(const std::string case_id, ParseCaseName("parent", call.network, request.parent()));
  return Once(call, request, response, [&](Change& change) -> absl::Status {
    SPLW_RETURN_IF_ERROR(CheckRequest(request, change.now()));
    SPLW_ASSIGN_OR_RETURN(const CaseRecord before, BeginCase(change, case_id, request.etag()));
    AssessmentRecord assessment;
    assessment.set_id(change.NewId());
    assessment.set_case_id(case_id);
    assessment.set_what_matters(request.what_matters());
    *assessment.mutable_ons4() = FromOns4(request.ons4());
    *assessment.mutable_needs() = request.needs();
    assessment.set_crisis_indicated(request.crisis_indicated() || IndicatesCrisis(assessment));
    *assessment.mutable_time() = request.has_time() ? request.time() : ToTimestamp(change.now());
    assessment.set_recorded_by(change.origin().actor);
    *assessment.mutable_create_time() = ToTimestamp(change.now());
    const auto consent = request.has_consent() ? std::optional<type::v1::Consent>(request.consent()) : std::nullopt;
    SPLW_ASSIGN_OR_RETURN(CaseRecord after, NoteAssessment(before, assessment, consent, change.now()));
    SPLW_RETURN_IF_ERROR(Assessments().Put(change.txn(), change.network(), assessment));
    SPLW_RETURN_IF_ERROR(change.Changed(kAssessmentCollection,
                                        AssessmentName(change.network(), case_id, assessment.id()), /*created=*/true));
    SPLW_RETURN_IF_ERROR(SaveCase(change, before, after));
    SPLW_RETURN_IF_ERROR(TellReferrers(change, after, v1::CASE_STAGE_ASSESSED));
    *response = ToAssessment(change.network(), assessment);
    return absl::OkStatus();
  });
}

Commands::Outcome Commands::SignpostPerson(const rpc::Call& call, const v1::SignpostPersonRequest& request,
                                           v1::Signpost* response) {
  SPLW_RETURN_IF_ERROR(CheckRequest(request));
  SPLW_ASSIGN_OR_RETURN(const std::string case_id, ParseCaseName("parent", call.network, request.parent()));
  SPLW_ASSIGN_OR_RETURN(const std::string service_id,
                        ParseCommunityServiceName("community_service", call.network, request.community_service()));
  return Once(call, request, response, [&](Change& change) -> absl::Status {
    SPLW_ASSIGN_OR_RETURN(const CaseRecord before, BeginCase(change, case_id, request.etag()));
    SPLW_ASSIGN_OR_RETURN(CommunityServiceRecord service,
                          LoadCommunityService(change.txn(), change.network(), service_id));
    SPLW_ASSIGN_OR_RETURN(const std::vector<SignpostRecord> open,
                          OpenSignposts(change.txn(), change.network(), case_id));
    const SignpostCommand command{change.NewId(), change.origin().actor, request.override_reason_code()};
    SPLW_ASSIGN_OR_RETURN(SignpostChange after,
                          caseload::SignpostPerson(before, std::move(service), open, command, change.now()));
    SPLW_RETURN_IF_ERROR(SaveSignpostChange(change, before, after, after.signpost.override_reason_code()));
    SPLW_RETURN_IF_ERROR(TellReferrers(change, after.record, v1::CASE_STAGE_SIGNPOSTED));
    *response = ToSignpost(change.network(), after.signpost);
    return absl::OkStatus();
  });
}

Commands::Outcome Commands::RecordSignpostOutcome(const rpc::Call& call,
                                                  const v1::RecordSignpostOutcomeRequest& request,
                                                  v1::Signpost* response) {
  SPLW_RETURN_IF_ERROR(CheckRequest(request));
  SPLW_ASSIGN_OR_RETURN(const CaseChild ids, ParseSignpostName("name", call.network, request.name()));
  return Once(call, request, response, [&](Change& change) -> absl::Status {
    SPLW_ASSIGN_OR_RETURN(SignpostRecord signpost, LoadSignpost(change.txn(), change.network(), ids.case_id, ids.id));
    SPLW_RETURN_IF_ERROR(CheckEtag(request.etag(), signpost.version()));
    SPLW_ASSIGN_OR_RETURN(const CaseRecord before, BeginCase(change, ids.case_id, ""));
    SPLW_ASSIGN_OR_RETURN(CommunityServiceRecord service,
                          LoadCommunityService(change.txn(), change.network(), signpost.community_service_id()));
    SPLW_ASSIGN_OR_RETURN(SignpostChange after,
                          caseload::RecordSignpostOutcome(before, std::move(service), std::move(signpost),
                                                          request.outcome(), request.bounce_cause(), change.now()));
    SPLW_RETURN_IF_ERROR(SaveSignpostChange(change, before, after, v1::SignpostOutcome_Name(request.outcome())));
    *response = ToSignpost(change.network(), after.signpost);
    return absl::OkStatus();
  });
}

Commands::Outcome Commands::NominateForMdt(const rpc::Call& call, const v1::NominateForMdtRequest& request,
                                           v1::Nomination* response) {
  SPLW_RETURN_IF_ERROR(CheckRequest(request));
  SPLW_ASSIGN_OR_RETURN(const std::string case_id, ParseCaseName("parent", call.network, request.parent()));
  return Once(call, request, response, [&](Change& change) -> absl::Status {
    SPLW_ASSIGN_OR_RETURN(const CaseRecord before, BeginCase(change, case_id, request.etag()));
    SPLW_RETURN_IF_ERROR(RequireActive(before, "nominating it"));  // only then is there a link worker to load
    SPLW_ASSIGN_OR_RETURN(const LinkWorkerRecord worker,
                          LoadLinkWorker(change.txn(), change.network(), before.link_worker_id()));
    SPLW_ASSIGN_OR_RETURN(NominationMade made,
                          Nominate(before, worker, request, change.NewId(), change.origin().actor, change.now()));
    SPLW_RETURN_IF_ERROR(SaveNomination(change, made.nomination));
    SPLW_RETURN_IF_ERROR(SaveCase(change, before, made.record));
    SPLW_RETURN_IF_ERROR(change.Emit(kMdtAgenda, made.event.case_(), made.event));
    SPLW_RETURN_IF_ERROR(TellReferrers(change, made.record, v1::CASE_STAGE_NOMINATED));
    *response = ToNomination(change.network(), made.nomination);
    return absl::OkStatus();
  });
}

Commands::Outcome Commands::WithdrawNomination(const rpc::Call& call, const v1::WithdrawNominationRequest& request,
                                               v1::Nomination* response) {
  SPLW_RETURN_IF_ERROR(CheckRequest(request));
  SPLW_ASSIGN_OR_RETURN(const CaseChild ids, ParseNominationName("name", call.network, request.name()));
  return Once(call, request, response, [&](Change& change) -> absl::Status {
    SPLW_ASSIGN_OR_RETURN(NominationRecord nomination,
                          LoadNomination(change.txn(), change.network(), ids.case_id, ids.id));
    SPLW_RETURN_IF_ERROR(CheckEtag(request.etag(), nomination.version()));
    SPLW_ASSIGN_OR_RETURN(const CaseRecord before, BeginCase(change, ids.case_id, ""));
    SPLW_ASSIGN_OR_RETURN(
        NominationTakenBack taken_back,
        caseload::WithdrawNomination(before, std::move(nomination), request.reason_code(), change.now()));
    SPLW_RETURN_IF_ERROR(SaveNomination(change, taken_back.nomination, request.reason_code()));
    SPLW_RETURN_IF_ERROR(SaveCase(change, before, taken_back.record, request.reason_code()));
    SPLW_RETURN_IF_ERROR(change.Emit(kMdtAgenda, taken_back.event.case_(), taken_back.event));
    *response = ToNomination(change.network(), taken_back.nomination);
    return absl::OkStatus();
  });
}

Commands::Outcome Commands::CreateLinkWorker(const rpc::Call& call, const v1::CreateLinkWorkerRequest& request,
                                             v1::LinkWorker* response) {
  SPLW_RETURN_IF_ERROR(CheckRequest(request));
  SPLW_RETURN_IF_ERROR(CheckNetworkName("parent", call.network, request.parent()));
  return Once(call, request, response, [&](Change& change) -> absl::Status {
    SPLW_RETURN_IF_ERROR(CheckRoom(change, LinkWorkers(), kMaxLinkWorkers, errors::TooManyLinkWorkers));
    SPLW_ASSIGN_OR_RETURN(const LinkWorkerRecord record, NewLinkWorker(request.link_worker(), change.NewId()));
    SPLW_RETURN_IF_ERROR(SaveLinkWorker(change, record));
    *response = ToLinkWorker(change.network(), record);
    return absl::OkStatus();
  });
}

Commands::Outcome Commands::UpdateLinkWorker(const rpc::Call& call, const v1::UpdateLinkWorkerRequest& request,
                                             v1::LinkWorker* response) {
  SPLW_RETURN_IF_ERROR(CheckRequest(request));
  SPLW_ASSIGN_OR_RETURN(const std::string id,
                        ParseLinkWorkerName("link_worker.name", call.network, request.link_worker().name()));
  return Once(call, request, response, [&](Change& change) -> absl::Status {
    SPLW_ASSIGN_OR_RETURN(const LinkWorkerRecord before, LoadLinkWorker(change.txn(), change.network(), id));
    SPLW_RETURN_IF_ERROR(CheckEtag(request.link_worker().etag(), before.version()));
    SPLW_ASSIGN_OR_RETURN(const LinkWorkerRecord after,
                          caseload::UpdateLinkWorker(before, request.link_worker(), request.update_mask()));
    SPLW_RETURN_IF_ERROR(SaveLinkWorker(change, after));
    *response = ToLinkWorker(change.network(), after);
    return absl::OkStatus();
  });
}

Commands::Outcome Commands::CreateCommunityService(const rpc::Call& call,
                                                   const v1::CreateCommunityServiceRequest& request,
                                                   v1::CommunityService* response) {
  SPLW_RETURN_IF_ERROR(CheckRequest(request));
  SPLW_RETURN_IF_ERROR(CheckNetworkName("parent", call.network, request.parent()));
  return Once(call, request, response, [&](Change& change) -> absl::Status {
    SPLW_RETURN_IF_ERROR(
        CheckRoom(change, CommunityServices(), kMaxCommunityServices, errors::TooManyCommunityServices));
    SPLW_ASSIGN_OR_RETURN(const CommunityServiceRecord record,
                          NewCommunityService(request.community_service(), change.NewId(), change.now()));
    SPLW_RETURN_IF_ERROR(SaveCommunityService(change, record));
    *response = ToCommunityService(change.network(), record);
    return absl::OkStatus();
  });
}

Commands::Outcome Commands::UpdateCommunityService(const rpc::Call& call,
                                                   const v1::UpdateCommunityServiceRequest& request,
                                                   v1::CommunityService* response) {
  SPLW_RETURN_IF_ERROR(CheckRequest(request));
  SPLW_ASSIGN_OR_RETURN(const std::string id, ParseCommunityServiceName("community_service.name", call.network,
                                                                        request.community_service().name()));
  return Once(call, request, response, [&](Change& change) -> absl::Status {
    SPLW_ASSIGN_OR_RETURN(const CommunityServiceRecord before,
                          LoadCommunityService(change.txn(), change.network(), id));
    SPLW_RETURN_IF_ERROR(CheckEtag(request.community_service().etag(), before.version()));
    SPLW_ASSIGN_OR_RETURN(
        const CommunityServiceRecord after,
        caseload::UpdateCommunityService(before, request.community_service(), request.update_mask(), change.now()));
    SPLW_RETURN_IF_ERROR(SaveCommunityService(change, after));
    *response = ToCommunityService(change.network(), after);
    return absl::OkStatus();
  });
}

}  // namespace splw::caseload
