// The calls that only read. Straight-line; nothing of gRPC.
#pragma once

#include <absl/status/statusor.h>

#include "common/delivery/feed.h"
#include "common/rpc/call.h"
#include "common/store/store.h"
#include "splw/caseload/v1/caseload_service.pb.h"

namespace splw::caseload {

// Thread-safe. `store` must outlive it. Each answers with the position that its response tells of.
class Queries final {
 public:
  explicit Queries(store::Store& store) : store_(store) {}

  using Outcome = absl::StatusOr<store::Position>;

  Outcome GetCase(const rpc::Call& call, const v1::GetCaseRequest& request, v1::Case* response);
  Outcome ListCases(const rpc::Call& call, const v1::ListCasesRequest& request, v1::ListCasesResponse* response);
  Outcome GetContact(const rpc::Call& call, const v1::GetContactRequest& request, v1::Contact* response);
  Outcome ListContacts(const rpc::Call& call, const v1::ListContactsRequest& request,
                       v1::ListContactsResponse* response);
  Outcome GetAssessment(const rpc::Call& call, const v1::GetAssessmentRequest& request, v1::Assessment* response);
  Outcome ListAssessments(const rpc::Call& call, const v1::ListAssessmentsRequest& request,
                          v1::ListAssessmentsResponse* response);
  Outcome GetSignpost(const rpc::Call& call, const v1::GetSignpostRequest& request, v1::Signpost* response);
  Outcome ListSignposts(const rpc::Call& call, const v1::ListSignpostsRequest& request,
                        v1::ListSignpostsResponse* response);
  Outcome GetNomination(const rpc::Call& call, const v1::GetNominationRequest& request, v1::Nomination* response);
  Outcome ListNominations(const rpc::Call& call, const v1::ListNominationsRequest& request,
                          v1::ListNominationsResponse* response);
  Outcome GetLinkWorker(const rpc::Call& call, const v1::GetLinkWorkerRequest& request, v1::LinkWorker* response);
  Outcome ListLinkWorkers(const rpc::Call& call, const v1::ListLinkWorkersRequest& request,
                          v1::ListLinkWorkersResponse* response);
  Outcome GetCommunityService(const rpc::Call& call, const v1::GetCommunityServiceRequest& request,
                              v1::CommunityService* response);
  Outcome ListCommunityServices(const rpc::Call& call, const v1::ListCommunityServicesRequest& request,
                                v1::ListCommunityServicesResponse* response);

 private:
  store::Store& store_;
};

// What a watch tells of a feed's entry; false if there is nothing to tell, or not to this caller.
absl::StatusOr<bool> FillChange(const rpc::Call& call, store::Snapshot& snapshot, const delivery::FeedItem& item,
                                v1::WatchCasesResponse* response);
absl::StatusOr<bool> FillChange(const rpc::Call& call, store::Snapshot& snapshot, const delivery::FeedItem& item,
                                v1::WatchNominationsResponse* response);
absl::StatusOr<bool> FillChange(const rpc::Call& call, store::Snapshot& snapshot, const delivery::FeedItem& item,
                                v1::WatchLinkWorkersResponse* response);
absl::StatusOr<bool> FillChange(const rpc::Call& call, store::Snapshot& snapshot, const delivery::FeedItem& item,
                                v1::WatchCommunityServicesResponse* response);

}  // namespace splw::caseload
