// The calls that change something: read, decide (the pure files), write, all in one change. Straight-line;
// nothing of gRPC.
#pragma once

#include <absl/status/statusor.h>

#include "common/delivery/change.h"
#include "common/rpc/call.h"
#include "common/store/store.h"
#include "splw/caseload/v1/caseload_service.pb.h"

namespace splw::caseload {

// Thread-safe. `changes` must outlive it. Each answers with the position that its response tells of; the
// errors are those that the method's comment in caseload_service.proto names.
class Commands final {
 public:
  explicit Commands(delivery::Changes& changes) : changes_(changes) {}

  using Outcome = absl::StatusOr<store::Position>;

  Outcome AllocateCase(const rpc::Call& call, const v1::AllocateCaseRequest& request, v1::Case* response);
  Outcome UpdatePlan(const rpc::Call& call, const v1::UpdatePlanRequest& request, v1::Case* response);
  Outcome CloseCase(const rpc::Call& call, const v1::CloseCaseRequest& request, v1::Case* response);
  Outcome RecordContact(const rpc::Call& call, const v1::RecordContactRequest& request, v1::Contact* response);
  Outcome RecordAssessment(const rpc::Call& call, const v1::RecordAssessmentRequest& request, v1::Assessment* response);
  Outcome SignpostPerson(const rpc::Call& call, const v1::SignpostPersonRequest& request, v1::Signpost* response);
  Outcome RecordSignpostOutcome(const rpc::Call& call, const v1::RecordSignpostOutcomeRequest& request,
                                v1::Signpost* response);
  Outcome NominateForMdt(const rpc::Call& call, const v1::NominateForMdtRequest& request, v1::Nomination* response);
  Outcome WithdrawNomination(const rpc::Call& call, const v1::WithdrawNominationRequest& request,
                             v1::Nomination* response);
  Outcome CreateLinkWorker(const rpc::Call& call, const v1::CreateLinkWorkerRequest& request, v1::LinkWorker* response);
  Outcome UpdateLinkWorker(const rpc::Call& call, const v1::UpdateLinkWorkerRequest& request, v1::LinkWorker* response);
  Outcome CreateCommunityService(const rpc::Call& call, const v1::CreateCommunityServiceRequest& request,
                                 v1::CommunityService* response);
  Outcome UpdateCommunityService(const rpc::Call& call, const v1::UpdateCommunityServiceRequest& request,
                                 v1::CommunityService* response);

 private:
  template <typename Request, typename Response>
  Outcome Once(const rpc::Call& call, const Request& request, Response* response, delivery::ChangeBody body) {
    return changes_.RunOnce(call.attempt(), call.origin(), call.network, request.request_id(), request, response, body);
  }

  delivery::Changes& changes_;
};

}  // namespace splw::caseload
