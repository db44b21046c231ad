// The gRPC surface of referral-intake: each method goes through the adapter (common/rpc/calls.h) to its handler.
// Thread-safe.
#pragma once

#include <string_view>

#include <grpcpp/grpcpp.h>

#include "common/rpc/calls.h"
#include "services/referral_intake/referral_intake.h"
#include "splw/referral/v1/referral_intake_service.grpc.pb.h"

namespace splw::referral_intake {

class ReferralIntakeService final : public api::ReferralIntakeService::CallbackService {
 public:
  // Both must outlive it.
  ReferralIntakeService(rpc::Calls& calls, ReferralIntake& intake);
  ~ReferralIntakeService() override;

  grpc::ServerUnaryReactor* SubmitReferral(grpc::CallbackServerContext* context,
                                           const api::SubmitReferralRequest* request, api::Referral* response) override;
  grpc::ServerUnaryReactor* GetReferral(grpc::CallbackServerContext* context, const api::GetReferralRequest* request,
                                        api::Referral* response) override;
  grpc::ServerUnaryReactor* ListReferrals(grpc::CallbackServerContext* context,
                                          const api::ListReferralsRequest* request,
                                          api::ListReferralsResponse* response) override;
  grpc::ServerUnaryReactor* AcceptReferral(grpc::CallbackServerContext* context,
                                           const api::AcceptReferralRequest* request, api::Referral* response) override;
  grpc::ServerUnaryReactor* ReturnReferral(grpc::CallbackServerContext* context,
                                           const api::ReturnReferralRequest* request, api::Referral* response) override;
  grpc::ServerUnaryReactor* WithdrawReferral(grpc::CallbackServerContext* context,
                                             const api::WithdrawReferralRequest* request,
                                             api::Referral* response) override;
  grpc::ServerUnaryReactor* AcknowledgeCrisis(grpc::CallbackServerContext* context,
                                              const api::AcknowledgeCrisisRequest* request,
                                              api::Referral* response) override;
  grpc::ServerWriteReactor<api::WatchReferralsResponse>* WatchReferrals(
      grpc::CallbackServerContext* context, const api::WatchReferralsRequest* request) override;
  grpc::ServerUnaryReactor* GetNetworkPolicy(grpc::CallbackServerContext* context,
                                             const api::GetNetworkPolicyRequest* request,
                                             api::NetworkPolicy* response) override;
  grpc::ServerUnaryReactor* UpdateNetworkPolicy(grpc::CallbackServerContext* context,
                                                const api::UpdateNetworkPolicyRequest* request,
                                                api::NetworkPolicy* response) override;

 private:
  template <typename Request, typename Response>
  using Handler = absl::StatusOr<store::Position> (ReferralIntake::*)(const rpc::Call&, const Request&, Response*);

  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Unary(grpc::CallbackServerContext* context, std::string_view full_method,
                                  const Request* request, Response* response, Handler<Request, Response> handler) {
    return calls_.Unary<Request, Response>(
        context, full_method, request, response,
        [this, handler](const rpc::Call& call, const Request& sent, Response* answer) {
          return (intake_.*handler)(call, sent, answer);
        });
  }

  rpc::Calls& calls_;
  ReferralIntake& intake_;
};

}  // namespace splw::referral_intake
