#include "services/caseload/queries.h"

#include <optional>
#include <string>
#include <utility>

#include "common/rpc/page.h"
#include "common/text/status_macros.h"
#include "services/caseload/case_changes.h"
#include "services/caseload/caseload_tables.h"
#include "services/caseload/conversion.h"
#include "services/caseload/errors.h"
#include "services/caseload/limits.h"
#include "services/caseload/names.h"
#include "services/caseload/policy.h"
#include "services/caseload/requests.h"

namespace splw::caseload {
namespace {

using store::Order;
using store::PageOf;
using store::PageRequest;
using store::Snapshot;

// A page of what `keep` lets through. Ends short after kMaxExaminedPerPage entries: a filter without an index
// of its own must not make a call run through the whole store.
template <typename Record, typename Scan, typename Keep>
absl::StatusOr<PageOf<Record>> ScanFiltered(PageRequest page, Scan scan, Keep keep) {
  PageOf<Record> result;
  const std::size_t wanted = page.size;
  std::size_t examined = 0;
  std::size_t bytes = 0;
  while (true) {
    page.size = wanted - result.records.size();
    SPLW_ASSIGN_OR_RETURN(PageOf<Record> part, scan(page));
    examined += part.records.size();
    for (Record& record : part.records) {
      if (!keep(record)) continue;
      bytes += record.ByteSizeLong();
      result.records.push_back(std::move(record));
    }
    result.next = std::move(part.next);
    if (result.next.empty() || result.records.size() >= wanted || examined >= kMaxExaminedPerPage) return result;
    // Half a page's bytes: the next part may bring a whole one's, and all must fit into one message.
    if (bytes >= store::kMaxPageBytes / 2) return result;
    page.after = result.next;
  }
}

// One record by its key, as the API shows it.
template <typename Record, typename Response>
Queries::Outcome GetOne(store::Store& store, const rpc::Call& call, const store::Table<Record>& table,
                        const std::string& key, absl::Status (*not_found)(),
                        Response (*convert)(std::string_view, const Record&), Response* response) {
  return store.View(call.attempt(), [&](Snapshot& snapshot) -> absl::Status {
    SPLW_ASSIGN_OR_RETURN(const std::optional<Record> record, table.Get(snapshot, call.network, key));
    if (!record.has_value()) return not_found();
    *response = convert(call.network, *record);
    return absl::OkStatus();
  });
}

// A page of the records of one case, newest first. NOT_FOUND where there is no such case.
template <typename Record, typename Request, typename Response, typename Add>
Queries::Outcome ListOfCase(store::Store& store, const rpc::Call& call, const store::Table<Record>& table,
                            const Request& request, Response* response, Add add) {
  SPLW_ASSIGN_OR_RETURN(const std::string case_id, ParseCaseName("parent", call.network, request.parent()));
  SPLW_ASSIGN_OR_RETURN(PageRequest page, rpc::ReadPage(request, {}, Order::kDescending));
  BoundToCase(case_id, page);
  return store.View(call.attempt(), [&](Snapshot& snapshot) -> absl::Status {
    SPLW_RETURN_IF_ERROR(LoadCase(snapshot, call.network, case_id).status());
    SPLW_ASSIGN_OR_RETURN(const PageOf<Record> found, table.Scan(snapshot, call.network, page));
    response->Clear();
    for (const Record& record : found.records) add(record);
    return rpc::EndPage(call, snapshot, kCaseCollection, request, found.next, response);
  });
}

// The record of a feed's entry, as it is now; false where it is gone.
template <typename Record, typename Response, typename Resource>
absl::StatusOr<bool> FillOne(const rpc::Call& call, Snapshot& snapshot, const delivery::FeedItem& item,
                             const store::Table<Record>& table, const std::string& key,
                             Resource (*convert)(std::string_view, const Record&), Response* response,
                             Resource* resource) {
  SPLW_ASSIGN_OR_RETURN(const std::optional<Record> record, table.Get(snapshot, call.network, key));
  if (!record.has_value()) return false;
  response->set_kind(item.created ? type::v1::CHANGE_KIND_CREATED : type::v1::CHANGE_KIND_UPDATED);
  *resource = convert(call.network, *record);
  return true;
}

// To an MDT, a case that was never nominated is not there (product.md, finding 36).
bool MaySee(const rpc::Call& call, const CaseRecord& record) {
  return record.has_mdt_status() || !SeesNominatedCasesOnly(call.principal.role);
}

absl::StatusOr<CaseRecord> LoadVisibleCase(const rpc::Call& call, Snapshot& snapshot, const std::string& id) {
  SPLW_ASSIGN_OR_RETURN(CaseRecord record, LoadCase(snapshot, call.network, id));
  if (!MaySee(call, record)) return errors::CaseNotFound();
  return record;
}

bool IsNetwork(const rpc::Call& call, const std::string& parent) {
  return parent == NetworkName(call.network);
}

}  // namespace

Queries::Outcome Queries::GetCase(const rpc::Call& call, const v1::GetCaseRequest& request, v1::Case* response) {
  SPLW_ASSIGN_OR_RETURN(const std::string id, ParseCaseName("name", call.network, request.name()));
  return store_.View(call.attempt(), [&](Snapshot& snapshot) -> absl::Status {
    SPLW_ASSIGN_OR_RETURN(const CaseRecord record, LoadVisibleCase(call, snapshot, id));
    *response = ToCase(record);
    return absl::OkStatus();
  });
}

Queries::Outcome Queries::ListCases(const rpc::Call& call, const v1::ListCasesRequest& request,
                                    v1::ListCasesResponse* response) {
  SPLW_RETURN_IF_ERROR(CheckRequest(request));
  SPLW_RETURN_IF_ERROR(CheckNetworkName("parent", call.network, request.parent()));
  CaseFilter filter{"", request.state(), request.urgency(), request.crisis_only()};
  if (!request.link_worker().empty()) {
    SPLW_ASSIGN_OR_RETURN(filter.link_worker_id,
                          ParseLinkWorkerName("link_worker", call.network, request.link_worker()));
  }
  const bool by_due_date = request.has_feedback_due_before();
  const bool newest_first = !by_due_date && request.order() == v1::CASE_ORDER_OPEN_TIME_DESCENDING;
  SPLW_ASSIGN_OR_RETURN(PageRequest page,
                        rpc::ReadPage(request, {}, newest_first ? Order::kDescending : Order::kAscending));
  if (by_due_date) page.until = DueDateKey(request.feedback_due_before());
  const char* const index = SeesNominatedCasesOnly(call.principal.role) ? kNominatedCasesByFilter : kCasesByFilter;
  const auto matches = [&](const CaseRecord& record) {
    return MaySee(call, record) &&
           (filter.link_worker_id.empty() || record.link_worker_id() == filter.link_worker_id) &&
           (filter.state == v1::CASE_STATE_UNSPECIFIED || record.state() == filter.state) &&
           (filter.urgency == type::v1::URGENCY_UNSPECIFIED || record.urgency() == filter.urgency) &&
           (!filter.crisis_only || record.crisis_indicated());
  };
  return store_.View(call.attempt(), [&](Snapshot& snapshot) -> absl::Status {
    const auto scan = [&](const PageRequest& part) {
      return by_due_date ? Cases().ScanIndex(snapshot, call.network, kCasesByFeedbackDue, "", part)
                         : Cases().ScanIndex(snapshot, call.network, index, CaseFilterPrefix(filter), part);
    };
    SPLW_ASSIGN_OR_RETURN(const PageOf<CaseRecord> found, ScanFiltered<CaseRecord>(page, scan, matches));
    response->Clear();
    for (const CaseRecord& record : found.records) *response->add_cases() = ToCase(record);
    return rpc::EndPage(call, snapshot, kCaseCollection, request, found.next, response);
  });
}

Queries::Outcome Queries::GetContact(const rpc::Call& call, const v1::GetContactRequest& request,
                                     v1::Contact* response) {
  SPLW_ASSIGN_OR_RETURN(const CaseChild ids, ParseContactName("name", call.network, request.name()));
  return GetOne(store_, call, Contacts(), ChildKey(ids.case_id, ids.id), errors::ContactNotFound, ToContact, response);
}

Queries::Outcome Queries::ListContacts(const rpc::Call& call, const v1::ListContactsRequest& request,
                                       v1::ListContactsResponse* response) {
  return ListOfCase(store_, call, Contacts(), request, response,
                    [&](const ContactRecord& record) { *response->add_contacts() = ToContact(call.network, record); });
}

Queries::Outcome Queries::GetAssessment(const rpc::Call& call, const v1::GetAssessmentRequest& request,
                                        v1::Assessment* response) {
  SPLW_ASSIGN_OR_RETURN(const CaseChild ids, ParseAssessmentName("name", call.network, request.name()));
  return GetOne(store_, call, Assessments(), ChildKey(ids.case_id, ids.id), errors::AssessmentNotFound, ToAssessment,
                response);
}

Queries::Outcome Queries::ListAssessments(const rpc::Call& call, const v1::ListAssessmentsRequest& request,
                                          v1::ListAssessmentsResponse* response) {
  return ListOfCase(store_, call, Assessments(), request, response, [&](const AssessmentRecord& record) {
    *response->add_assessments() = ToAssessment(call.network, record);
  });
}

Queries::Outcome Queries::GetSignpost(const rpc::Call& call, const v1::GetSignpostRequest& request,
                                      v1::Signpost* response) {
  SPLW_ASSIGN_OR_RETURN(const CaseChild ids, ParseSignpostName("name", call.network, request.name()));
  return GetOne(store_, call, Signposts(), ChildKey(ids.case_id, ids.id), errors::SignpostNotFound, ToSignpost,
                response);
}

Queries::Outcome Queries::ListSignposts(const rpc::Call& call, const v1::ListSignpostsRequest& request,
                                        v1::ListSignpostsResponse* response) {
  SPLW_RETURN_IF_ERROR(CheckRequest(request));
  std::string service_id;
  if (!request.community_service().empty()) {
    SPLW_ASSIGN_OR_RETURN(service_id,
                          ParseCommunityServiceName("community_service", call.network, request.community_service()));
  }
  std::string case_id;
  if (!IsNetwork(call, request.parent())) {
    SPLW_ASSIGN_OR_RETURN(case_id, ParseCaseName("parent", call.network, request.parent()));
  }
  SPLW_ASSIGN_OR_RETURN(PageRequest page, rpc::ReadPage(request, {}, Order::kDescending));
  if (!case_id.empty()) BoundToCase(case_id, page);
  const auto matches = [&](const SignpostRecord& record) {
    return (service_id.empty() || record.community_service_id() == service_id) &&
           (request.state() == v1::SIGNPOST_STATE_UNSPECIFIED || record.state() == request.state());
  };
  return store_.View(call.attempt(), [&](Snapshot& snapshot) -> absl::Status {
    if (!case_id.empty()) SPLW_RETURN_IF_ERROR(LoadCase(snapshot, call.network, case_id).status());
    const auto scan = [&](const PageRequest& part) {
      if (!case_id.empty()) return Signposts().Scan(snapshot, call.network, part);
      return Signposts().ScanIndex(snapshot, call.network, kSignpostsByService,
                                   SignpostServicePrefix(service_id, request.state()), part);
    };
    SPLW_ASSIGN_OR_RETURN(const PageOf<SignpostRecord> found, ScanFiltered<SignpostRecord>(page, scan, matches));
    response->Clear();
    for (const SignpostRecord& record : found.records) *response->add_signposts() = ToSignpost(call.network, record);
    return rpc::EndPage(call, snapshot, kCaseCollection, request, found.next, response);
  });
}

Queries::Outcome Queries::GetNomination(const rpc::Call& call, const v1::GetNominationRequest& request,
                                        v1::Nomination* response) {
  SPLW_ASSIGN_OR_RETURN(const CaseChild ids, ParseNominationName("name", call.network, request.name()));
  return GetOne(store_, call, Nominations(), ChildKey(ids.case_id, ids.id), errors::NominationNotFound, ToNomination,
                response);
}

Queries::Outcome Queries::ListNominations(const rpc::Call& call, const v1::ListNominationsRequest& request,
                                          v1::ListNominationsResponse* response) {
  std::string case_id;
  if (!IsNetwork(call, request.parent())) {
    SPLW_ASSIGN_OR_RETURN(case_id, ParseCaseName("parent", call.network, request.parent()));
  }
  SPLW_ASSIGN_OR_RETURN(PageRequest page, rpc::ReadPage(request));
  if (!case_id.empty()) BoundToCase(case_id, page);
  const auto matches = [&request](const NominationRecord& record) {
    return request.state() == v1::NOMINATION_STATE_UNSPECIFIED || record.state() == request.state();
  };
  return store_.View(call.attempt(), [&](Snapshot& snapshot) -> absl::Status {
    if (!case_id.empty()) SPLW_RETURN_IF_ERROR(LoadVisibleCase(call, snapshot, case_id).status());
    const auto scan = [&](const PageRequest& part) {
      if (!case_id.empty()) return Nominations().Scan(snapshot, call.network, part);
      return Nominations().ScanIndex(snapshot, call.network, kNominationsByState,
                                     NominationStatePrefix(request.state()), part);
    };
    SPLW_ASSIGN_OR_RETURN(const PageOf<NominationRecord> found, ScanFiltered<NominationRecord>(page, scan, matches));
    response->Clear();
    for (const NominationRecord& record : found.records) {
      *response->add_nominations() = ToNomination(call.network, record);
    }
    return rpc::EndPage(call, snapshot, kNominationCollection, request, found.next, response);
  });
}

Queries::Outcome Queries::GetLinkWorker(const rpc::Call& call, const v1::GetLinkWorkerRequest& request,
                                        v1::LinkWorker* response) {
  SPLW_ASSIGN_OR_RETURN(const std::string id, ParseLinkWorkerName("name", call.network, request.name()));
  return GetOne(store_, call, LinkWorkers(), IdKey(id), errors::LinkWorkerNotFound, ToLinkWorker, response);
}

Queries::Outcome Queries::ListLinkWorkers(const rpc::Call& call, const v1::ListLinkWorkersRequest& request,
                                          v1::ListLinkWorkersResponse* response) {
  SPLW_RETURN_IF_ERROR(CheckNetworkName("parent", call.network, request.parent()));
  SPLW_ASSIGN_OR_RETURN(const PageRequest page, rpc::ReadPage(request));
  return store_.View(call.attempt(), [&](Snapshot& snapshot) -> absl::Status {
    SPLW_ASSIGN_OR_RETURN(const PageOf<LinkWorkerRecord> found,
                          LinkWorkers().ScanIndex(snapshot, call.network, kLinkWorkersByFilter,
                                                  LinkWorkerPrefix(request.active_only(), request.skill()), page));
    response->Clear();
    for (const LinkWorkerRecord& record : found.records) {
      *response->add_link_workers() = ToLinkWorker(call.network, record);
    }
    return rpc::EndPage(call, snapshot, kLinkWorkerCollection, request, found.next, response);
  });
}

Queries::Outcome Queries::GetCommunityService(const rpc::Call& call, const v1::GetCommunityServiceRequest& request,
                                              v1::CommunityService* response) {
  SPLW_ASSIGN_OR_RETURN(const std::string id, ParseCommunityServiceName("name", call.network, request.name()));
  return GetOne(store_, call, CommunityServices(), IdKey(id), errors::CommunityServiceNotFound, ToCommunityService,
                response);
}

Queries::Outcome Queries::ListCommunityServices(const rpc::Call& call, const v1::ListCommunityServicesRequest& request,
                                                v1::ListCommunityServicesResponse* response) {
  SPLW_RETURN_IF_ERROR(CheckNetworkName("parent", call.network, request.parent()));
  SPLW_ASSIGN_OR_RETURN(const PageRequest page, rpc::ReadPage(request));
  return store_.View(call.attempt(), [&](Snapshot& snapshot) -> absl::Status {
    SPLW_ASSIGN_OR_RETURN(
        const PageOf<CommunityServiceRecord> found,
        CommunityServices().ScanIndex(snapshot, call.network, kCommunityServicesByFilter,
                                      CommunityServicePrefix(request.need(), request.with_free_places()), page));
    response->Clear();
    for (const CommunityServiceRecord& record : found.records) {
      *response->add_community_services() = ToCommunityService(call.network, record);
    }
    return rpc::EndPage(call, snapshot, kCommunityServiceCollection, request, found.next, response);
  });
}

absl::StatusOr<bool> FillChange(const rpc::Call& call, Snapshot& snapshot, const delivery::FeedItem& item,
                                v1::WatchCasesResponse* response) {
  SPLW_ASSIGN_OR_RETURN(const std::string id, ParseCaseName("name", call.network, item.resource));
  SPLW_ASSIGN_OR_RETURN(const std::optional<CaseRecord> record, Cases().Get(snapshot, call.network, IdKey(id)));
  if (!record.has_value() || !MaySee(call, *record)) return false;
  response->set_kind(item.created ? type::v1::CHANGE_KIND_CREATED : type::v1::CHANGE_KIND_UPDATED);
  *response->mutable_case_() = ToCase(*record);
  return true;
}

absl::StatusOr<bool> FillChange(const rpc::Call& call, Snapshot& snapshot, const delivery::FeedItem& item,
                                v1::WatchNominationsResponse* response) {
  SPLW_ASSIGN_OR_RETURN(const CaseChild ids, ParseNominationName("name", call.network, item.resource));
  return FillOne(call, snapshot, item, Nominations(), ChildKey(ids.case_id, ids.id), ToNomination, response,
                 response->mutable_nomination());
}

absl::StatusOr<bool> FillChange(const rpc::Call& call, Snapshot& snapshot, const delivery::FeedItem& item,
                                v1::WatchLinkWorkersResponse* response) {
  SPLW_ASSIGN_OR_RETURN(const std::string id, ParseLinkWorkerName("name", call.network, item.resource));
  return FillOne(call, snapshot, item, LinkWorkers(), IdKey(id), ToLinkWorker, response,
                 response->mutable_link_worker());
}

absl::StatusOr<bool> FillChange(const rpc::Call& call, Snapshot& snapshot, const delivery::FeedItem& item,
                                v1::WatchCommunityServicesResponse* response) {
  SPLW_ASSIGN_OR_RETURN(const std::string id, ParseCommunityServiceName("name", call.network, item.resource));
  return FillOne(call, snapshot, item, CommunityServices(), IdKey(id), ToCommunityService, response,
                 response->mutable_community_service());
}

}  // namespace splw::caseload
