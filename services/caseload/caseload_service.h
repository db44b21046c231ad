// CaseloadService over gRPC. No rule lives here: rpc::Calls asks who may, Commands and Queries do the rest.
#pragma once

#include "common/rpc/calls.h"
#include "services/caseload/commands.h"
#include "services/caseload/queries.h"
#include "splw/caseload/v1/caseload_service.grpc.pb.h"

namespace splw::caseload {

// Thread-safe. What it is given must outlive it.
class CaseloadService final : public v1::CaseloadService::CallbackService {
 public:
  CaseloadService(rpc::Calls& calls, Commands& commands, Queries& queries);
  ~CaseloadService() override;

  grpc::ServerUnaryReactor* GetCase(grpc::CallbackServerContext* context, const v1::GetCaseRequest* request,
                                    v1::Case* response) override;
  grpc::ServerUnaryReactor* ListCases(grpc::CallbackServerContext* context, const v1::ListCasesRequest* request,
                                      v1::ListCasesResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchCasesResponse>* WatchCases(grpc::CallbackServerContext* context,
                                                               const v1::WatchCasesRequest* request) override;
  grpc::ServerUnaryReactor* AllocateCase(grpc::CallbackServerContext* context, const v1::AllocateCaseRequest* request,
                                         v1::Case* response) override;
  grpc::ServerUnaryReactor* UpdatePlan(grpc::CallbackServerContext* context, const v1::UpdatePlanRequest* request,
                                       v1::Case* response) override;
  grpc::ServerUnaryReactor* CloseCase(grpc::CallbackServerContext* context, const v1::CloseCaseRequest* request,
                                      v1::Case* response) override;
  grpc::ServerUnaryReactor* RecordContact(grpc::CallbackServerContext* context, const v1::RecordContactRequest* request,
                                          v1::Contact* response) override;
  grpc::ServerUnaryReactor* GetContact(grpc::CallbackServerContext* context, const v1::GetContactRequest* request,
                                       v1::Contact* response) override;
  grpc::ServerUnaryReactor* ListContacts(grpc::CallbackServerContext* context, const v1::ListContactsRequest* request,
                                         v1::ListContactsResponse* response) override;
  grpc::ServerUnaryReactor* RecordAssessment(grpc::CallbackServerContext* context,
                                             const v1::RecordAssessmentRequest* request,
                                             v1::Assessment* response) override;
  grpc::ServerUnaryReactor* GetAssessment(grpc::CallbackServerContext* context, const v1::GetAssessmentRequest* request,
                                          v1::Assessment* response) override;
  grpc::ServerUnaryReactor* ListAssessments(grpc::CallbackServerContext* context,
                                            const v1::ListAssessmentsRequest* request,
                                            v1::ListAssessmentsResponse* response) override;
  grpc::ServerUnaryReactor* SignpostPerson(grpc::CallbackServerContext* context,
                                           const v1::SignpostPersonRequest* request, v1::Signpost* response) override;
  grpc::ServerUnaryReactor* RecordSignpostOutcome(grpc::CallbackServerContext* context,
                                                  const v1::RecordSignpostOutcomeRequest* request,
                                                  v1::Signpost* response) override;
  grpc::ServerUnaryReactor* GetSignpost(grpc::CallbackServerContext* context, const v1::GetSignpostRequest* request,
                                        v1::Signpost* response) override;
  grpc::ServerUnaryReactor* ListSignposts(grpc::CallbackServerContext* context, const v1::ListSignpostsRequest* request,
                                          v1::ListSignpostsResponse* response) override;
  grpc::ServerUnaryReactor* NominateForMdt(grpc::CallbackServerContext* context,
                                           const v1::NominateForMdtRequest* request, v1::Nomination* response) override;
  grpc::ServerUnaryReactor* WithdrawNomination(grpc::CallbackServerContext* context,
                                               const v1::WithdrawNominationRequest* request,
                                               v1::Nomination* response) override;
  grpc::ServerUnaryReactor* GetNomination(grpc::CallbackServerContext* context, const v1::GetNominationRequest* request,
                                          v1::Nomination* response) override;
  grpc::ServerUnaryReactor* ListNominations(grpc::CallbackServerContext* context,
                                            const v1::ListNominationsRequest* request,
                                            v1::ListNominationsResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchNominationsResponse>* WatchNominations(
      grpc::CallbackServerContext* context, const v1::WatchNominationsRequest* request) override;
  grpc::ServerUnaryReactor* CreateLinkWorker(grpc::CallbackServerContext* context,
                                             const v1::CreateLinkWorkerRequest* request,
                                             v1::LinkWorker* response) override;
  grpc::ServerUnaryReactor* UpdateLinkWorker(grpc::CallbackServerContext* context,
                                             const v1::UpdateLinkWorkerRequest* request,
                                             v1::LinkWorker* response) override;
  grpc::ServerUnaryReactor* GetLinkWorker(grpc::CallbackServerContext* context, const v1::GetLinkWorkerRequest* request,
                                          v1::LinkWorker* response) override;
  grpc::ServerUnaryReactor* ListLinkWorkers(grpc::CallbackServerContext* context,
                                            const v1::ListLinkWorkersRequest* request,
                                            v1::ListLinkWorkersResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchLinkWorkersResponse>* WatchLinkWorkers(
      grpc::CallbackServerContext* context, const v1::WatchLinkWorkersRequest* request) override;
  grpc::ServerUnaryReactor* CreateCommunityService(grpc::CallbackServerContext* context,
                                                   const v1::CreateCommunityServiceRequest* request,
                                                   v1::CommunityService* response) override;
  grpc::ServerUnaryReactor* UpdateCommunityService(grpc::CallbackServerContext* context,
                                                   const v1::UpdateCommunityServiceRequest* request,
                                                   v1::CommunityService* response) override;
  grpc::ServerUnaryReactor* GetCommunityService(grpc::CallbackServerContext* context,
                                                const v1::GetCommunityServiceRequest* request,
                                                v1::CommunityService* response) override;
  grpc::ServerUnaryReactor* ListCommunityServices(grpc::CallbackServerContext* context,
                                                  const v1::ListCommunityServicesRequest* request,
                                                  v1::ListCommunityServicesResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchCommunityServicesResponse>* WatchCommunityServices(
      grpc::CallbackServerContext* context, const v1::WatchCommunityServicesRequest* request) override;

 private:
  rpc::Calls& calls_;
  Commands& commands_;
  Queries& queries_;
};

}  // namespace splw::caseload
