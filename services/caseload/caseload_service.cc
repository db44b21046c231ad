#include "services/caseload/caseload_service.h"

#include "services/caseload/names.h"

namespace splw::caseload {
namespace {

// Each change as FillChange tells it.
template <typename Request, typename Response>
absl::StatusOr<bool> Follow(const rpc::Call& call, const Request& /*request*/, store::Snapshot& snapshot,
                            const delivery::FeedItem& item, Response* response) {
  return FillChange(call, snapshot, item, response);
}

}  // namespace

CaseloadService::CaseloadService(rpc::Calls& calls, Commands& commands, Queries& queries)
    : Service(calls, "splw.caseload.v1.CaseloadService") {
  Unary("GetCase", queries, &Queries::GetCase);
  Unary("ListCases", queries, &Queries::ListCases);
  Watch<v1::WatchCasesRequest, v1::WatchCasesResponse>("WatchCases", kCaseCollection,
                                                       Follow<v1::WatchCasesRequest, v1::WatchCasesResponse>);
  Unary("AllocateCase", commands, &Commands::AllocateCase);
  Unary("UpdatePlan", commands, &Commands::UpdatePlan);
  Unary("CloseCase", commands, &Commands::CloseCase);
  Unary("RecordContact", commands, &Commands::RecordContact);
  Unary("GetContact", queries, &Queries::GetContact);
  Unary("ListContacts", queries, &Queries::ListContacts);
  Unary("RecordAssessment", commands, &Commands::RecordAssessment);
  Unary("GetAssessment", queries, &Queries::GetAssessment);
  Unary("ListAssessments", queries, &Queries::ListAssessments);
  Unary("SignpostPerson", commands, &Commands::SignpostPerson);
  Unary("RecordSignpostOutcome", commands, &Commands::RecordSignpostOutcome);
  Unary("GetSignpost", queries, &Queries::GetSignpost);
  Unary("ListSignposts", queries, &Queries::ListSignposts);
  Unary("NominateForMdt", commands, &Commands::NominateForMdt);
  Unary("WithdrawNomination", commands, &Commands::WithdrawNomination);
  Unary("GetNomination", queries, &Queries::GetNomination);
  Unary("ListNominations", queries, &Queries::ListNominations);
  Watch<v1::WatchNominationsRequest, v1::WatchNominationsResponse>(
      "WatchNominations", kNominationCollection, Follow<v1::WatchNominationsRequest, v1::WatchNominationsResponse>);
  Unary("CreateLinkWorker", commands, &Commands::CreateLinkWorker);
  Unary("UpdateLinkWorker", commands, &Commands::UpdateLinkWorker);
  Unary("GetLinkWorker", queries, &Queries::GetLinkWorker);
  Unary("ListLinkWorkers", queries, &Queries::ListLinkWorkers);
  Watch<v1::WatchLinkWorkersRequest, v1::WatchLinkWorkersResponse>(
      "WatchLinkWorkers", kLinkWorkerCollection, Follow<v1::WatchLinkWorkersRequest, v1::WatchLinkWorkersResponse>);
  Unary("CreateCommunityService", commands, &Commands::CreateCommunityService);
  Unary("UpdateCommunityService", commands, &Commands::UpdateCommunityService);
  Unary("GetCommunityService", queries, &Queries::GetCommunityService);
  Unary("ListCommunityServices", queries, &Queries::ListCommunityServices);
  Watch<v1::WatchCommunityServicesRequest, v1::WatchCommunityServicesResponse>(
      "WatchCommunityServices", kCommunityServiceCollection,
      Follow<v1::WatchCommunityServicesRequest, v1::WatchCommunityServicesResponse>);
}

}  // namespace splw::caseload
