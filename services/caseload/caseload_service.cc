#include "services/caseload/caseload_service.h"

#include "common/rpc/watch.h"
#include "services/caseload/names.h"

namespace splw::caseload {
namespace {

// One call: the checks of every call, then `handler` of `target`.
template <typename Target, typename Request, typename Response>
grpc::ServerUnaryReactor* Answer(rpc::Calls& calls, grpc::CallbackServerContext* context, const char* method,
                                 const Request* request, Response* response, Target& target,
                                 absl::StatusOr<store::Position> (Target::*handler)(const rpc::Call&, const Request&,
                                                                                    Response*)) {
  return calls.Unary<Request, Response>(context, method, request, response,
                                        [&target, handler](const rpc::Call& call, const Request& in, Response* out) {
                                          return (target.*handler)(call, in, out);
                                        });
}

// A stream of the changes of `collection`, each as FillChange tells it.
template <typename Response, typename Request>
grpc::ServerWriteReactor<Response>* Follow(rpc::Calls& calls, grpc::CallbackServerContext* context, const char* method,
                                           const Request* request, const char* collection) {
  return rpc::Watch<Request, Response>(
      calls, context, method, request, collection,
      [](const rpc::Call& call, store::Snapshot& snapshot, const delivery::FeedItem& item, Response* response) {
        return FillChange(call, snapshot, item, response);
      });
}

}  // namespace

// Here and not in the header: who makes or ends a service compiles gRPC's class of each of its methods.
CaseloadService::CaseloadService(rpc::Calls& calls, Commands& commands, Queries& queries)
    : calls_(calls), commands_(commands), queries_(queries) {}

CaseloadService::~CaseloadService() = default;

grpc::ServerUnaryReactor* CaseloadService::GetCase(grpc::CallbackServerContext* context,
                                                   const v1::GetCaseRequest* request, v1::Case* response) {
  return Answer(calls_, context, "splw.caseload.v1.CaseloadService/GetCase", request, response, queries_,
                &Queries::GetCase);
}

grpc::ServerUnaryReactor* CaseloadService::ListCases(grpc::CallbackServerContext* context,
                                                     const v1::ListCasesRequest* request,
                                                     v1::ListCasesResponse* response) {
  return Answer(calls_, context, "splw.caseload.v1.CaseloadService/ListCases", request, response, queries_,
                &Queries::ListCases);
}

grpc::ServerWriteReactor<v1::WatchCasesResponse>* CaseloadService::WatchCases(grpc::CallbackServerContext* context,
                                                                              const v1::WatchCasesRequest* request) {
  return Follow<v1::WatchCasesResponse>(calls_, context, "splw.caseload.v1.CaseloadService/WatchCases", request,
                                        kCaseCollection);
}

grpc::ServerUnaryReactor* CaseloadService::AllocateCase(grpc::CallbackServerContext* context,
                                                        const v1::AllocateCaseRequest* request, v1::Case* response) {
  return Answer(calls_, context, "splw.caseload.v1.CaseloadService/AllocateCase", request, response, commands_,
                &Commands::AllocateCase);
}

grpc::ServerUnaryReactor* CaseloadService::UpdatePlan(grpc::CallbackServerContext* context,
                                                      const v1::UpdatePlanRequest* request, v1::Case* response) {
  return Answer(calls_, context, "splw.caseload.v1.CaseloadService/UpdatePlan", request, response, commands_,
                &Commands::UpdatePlan);
}

grpc::ServerUnaryReactor* CaseloadService::CloseCase(grpc::CallbackServerContext* context,
                                                     const v1::CloseCaseRequest* request, v1::Case* response) {
  return Answer(calls_, context, "splw.caseload.v1.CaseloadService/CloseCase", request, response, commands_,
                &Commands::CloseCase);
}

grpc::ServerUnaryReactor* CaseloadService::RecordContact(grpc::CallbackServerContext* context,
                                                         const v1::RecordContactRequest* request,
                                                         v1::Contact* response) {
  return Answer(calls_, context, "splw.caseload.v1.CaseloadService/RecordContact", request, response, commands_,
                &Commands::RecordContact);
}

grpc::ServerUnaryReactor* CaseloadService::GetContact(grpc::CallbackServerContext* context,
                                                      const v1::GetContactRequest* request, v1::Contact* response) {
  return Answer(calls_, context, "splw.caseload.v1.CaseloadService/GetContact", request, response, queries_,
                &Queries::GetContact);
}

grpc::ServerUnaryReactor* CaseloadService::ListContacts(grpc::CallbackServerContext* context,
                                                        const v1::ListContactsRequest* request,
                                                        v1::ListContactsResponse* response) {
  return Answer(calls_, context, "splw.caseload.v1.CaseloadService/ListContacts", request, response, queries_,
                &Queries::ListContacts);
}

grpc::ServerUnaryReactor* CaseloadService::RecordAssessment(grpc::CallbackServerContext* context,
                                                            const v1::RecordAssessmentRequest* request,
                                                            v1::Assessment* response) {
  return Answer(calls_, context, "splw.caseload.v1.CaseloadService/RecordAssessment", request, response, commands_,
                &Commands::RecordAssessment);
}

grpc::ServerUnaryReactor* CaseloadService::GetAssessment(grpc::CallbackServerContext* context,
                                                         const v1::GetAssessmentRequest* request,
                                                         v1::Assessment* response) {
  return Answer(calls_, context, "splw.caseload.v1.CaseloadService/GetAssessment", request, response, queries_,
                &Queries::GetAssessment);
}

grpc::ServerUnaryReactor* CaseloadService::ListAssessments(grpc::CallbackServerContext* context,
                                                           const v1::ListAssessmentsRequest* request,
                                                           v1::ListAssessmentsResponse* response) {
  return Answer(calls_, context, "splw.caseload.v1.CaseloadService/ListAssessments", request, response, queries_,
                &Queries::ListAssessments);
}

grpc::ServerUnaryReactor* CaseloadService::SignpostPerson(grpc::CallbackServerContext* context,
                                                          const v1::SignpostPersonRequest* request,
                                                          v1::Signpost* response) {
  return Answer(calls_, context, "splw.caseload.v1.CaseloadService/SignpostPerson", request, response, commands_,
                &Commands::SignpostPerson);
}

grpc::ServerUnaryReactor* CaseloadService::RecordSignpostOutcome(grpc::CallbackServerContext* context,
                                                                 const v1::RecordSignpostOutcomeRequest* request,
                                                                 v1::Signpost* response) {
  return Answer(calls_, context, "splw.caseload.v1.CaseloadService/RecordSignpostOutcome", request, response, commands_,
                &Commands::RecordSignpostOutcome);
}

grpc::ServerUnaryReactor* CaseloadService::GetSignpost(grpc::CallbackServerContext* context,
                                                       const v1::GetSignpostRequest* request, v1::Signpost* response) {
  return Answer(calls_, context, "splw.caseload.v1.CaseloadService/GetSignpost", request, response, queries_,
                &Queries::GetSignpost);
}

grpc::ServerUnaryReactor* CaseloadService::ListSignposts(grpc::CallbackServerContext* context,
                                                         const v1::ListSignpostsRequest* request,
                                                         v1::ListSignpostsResponse* response) {
  return Answer(calls_, context, "splw.caseload.v1.CaseloadService/ListSignposts", request, response, queries_,
                &Queries::ListSignposts);
}

grpc::ServerUnaryReactor* CaseloadService::NominateForMdt(grpc::CallbackServerContext* context,
                                                          const v1::NominateForMdtRequest* request,
                                                          v1::Nomination* response) {
  return Answer(calls_, context, "splw.caseload.v1.CaseloadService/NominateForMdt", request, response, commands_,
                &Commands::NominateForMdt);
}

grpc::ServerUnaryReactor* CaseloadService::WithdrawNomination(grpc::CallbackServerContext* context,
                                                              const v1::WithdrawNominationRequest* request,
                                                              v1::Nomination* response) {
  return Answer(calls_, context, "splw.caseload.v1.CaseloadService/WithdrawNomination", request, response, commands_,
                &Commands::WithdrawNomination);
}

grpc::ServerUnaryReactor* CaseloadService::GetNomination(grpc::CallbackServerContext* context,
                                                         const v1::GetNominationRequest* request,
                                                         v1::Nomination* response) {
  return Answer(calls_, context, "splw.caseload.v1.CaseloadService/GetNomination", request, response, queries_,
                &Queries::GetNomination);
}

grpc::ServerUnaryReactor* CaseloadService::ListNominations(grpc::CallbackServerContext* context,
                                                           const v1::ListNominationsRequest* request,
                                                           v1::ListNominationsResponse* response) {
  return Answer(calls_, context, "splw.caseload.v1.CaseloadService/ListNominations", request, response, queries_,
                &Queries::ListNominations);
}

grpc::ServerWriteReactor<v1::WatchNominationsResponse>* CaseloadService::WatchNominations(
    grpc::CallbackServerContext* context, const v1::WatchNominationsRequest* request) {
  return Follow<v1::WatchNominationsResponse>(calls_, context, "splw.caseload.v1.CaseloadService/WatchNominations",
                                              request, kNominationCollection);
}

grpc::ServerUnaryReactor* CaseloadService::CreateLinkWorker(grpc::CallbackServerContext* context,
                                                            const v1::CreateLinkWorkerRequest* request,
                                                            v1::LinkWorker* response) {
  return Answer(calls_, context, "splw.caseload.v1.CaseloadService/CreateLinkWorker", request, response, commands_,
                &Commands::CreateLinkWorker);
}

grpc::ServerUnaryReactor* CaseloadService::UpdateLinkWorker(grpc::CallbackServerContext* context,
                                                            const v1::UpdateLinkWorkerRequest* request,
                                                            v1::LinkWorker* response) {
  return Answer(calls_, context, "splw.caseload.v1.CaseloadService/UpdateLinkWorker", request, response, commands_,
                &Commands::UpdateLinkWorker);
}

grpc::ServerUnaryReactor* CaseloadService::GetLinkWorker(grpc::CallbackServerContext* context,
                                                         const v1::GetLinkWorkerRequest* request,
                                                         v1::LinkWorker* response) {
  return Answer(calls_, context, "splw.caseload.v1.CaseloadService/GetLinkWorker", request, response, queries_,
                &Queries::GetLinkWorker);
}

grpc::ServerUnaryReactor* CaseloadService::ListLinkWorkers(grpc::CallbackServerContext* context,
                                                           const v1::ListLinkWorkersRequest* request,
                                                           v1::ListLinkWorkersResponse* response) {
  return Answer(calls_, context, "splw.caseload.v1.CaseloadService/ListLinkWorkers", request, response, queries_,
                &Queries::ListLinkWorkers);
}

grpc::ServerWriteReactor<v1::WatchLinkWorkersResponse>* CaseloadService::WatchLinkWorkers(
    grpc::CallbackServerContext* context, const v1::WatchLinkWorkersRequest* request) {
  return Follow<v1::WatchLinkWorkersResponse>(calls_, context, "splw.caseload.v1.CaseloadService/WatchLinkWorkers",
                                              request, kLinkWorkerCollection);
}

grpc::ServerUnaryReactor* CaseloadService::CreateCommunityService(grpc::CallbackServerContext* context,
                                                                  const v1::CreateCommunityServiceRequest* request,
                                                                  v1::CommunityService* response) {
  return Answer(calls_, context, "splw.caseload.v1.CaseloadService/CreateCommunityService", request, response,
                commands_, &Commands::CreateCommunityService);
}

grpc::ServerUnaryReactor* CaseloadService::UpdateCommunityService(grpc::CallbackServerContext* context,
                                                                  const v1::UpdateCommunityServiceRequest* request,
                                                                  v1::CommunityService* response) {
  return Answer(calls_, context, "splw.caseload.v1.CaseloadService/UpdateCommunityService", request, response,
                commands_, &Commands::UpdateCommunityService);
}

grpc::ServerUnaryReactor* CaseloadService::GetCommunityService(grpc::CallbackServerContext* context,
                                                               const v1::GetCommunityServiceRequest* request,
                                                               v1::CommunityService* response) {
  return Answer(calls_, context, "splw.caseload.v1.CaseloadService/GetCommunityService", request, response, queries_,
                &Queries::GetCommunityService);
}

grpc::ServerUnaryReactor* CaseloadService::ListCommunityServices(grpc::CallbackServerContext* context,
                                                                 const v1::ListCommunityServicesRequest* request,
                                                                 v1::ListCommunityServicesResponse* response) {
  return Answer(calls_, context, "splw.caseload.v1.CaseloadService/ListCommunityServices", request, response, queries_,
                &Queries::ListCommunityServices);
}

grpc::ServerWriteReactor<v1::WatchCommunityServicesResponse>* CaseloadService::WatchCommunityServices(
    grpc::CallbackServerContext* context, const v1::WatchCommunityServicesRequest* request) {
  return Follow<v1::WatchCommunityServicesResponse>(
      calls_, context, "splw.caseload.v1.CaseloadService/WatchCommunityServices", request, kCommunityServiceCollection);
}

}  // namespace splw::caseload
