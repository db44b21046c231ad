#include "services/referral_intake/referral_intake_service.h"

#include "common/rpc/watch.h"
#include "services/referral_intake/names.h"

namespace splw::referral_intake {

using Context = grpc::CallbackServerContext;
using Reactor = grpc::ServerUnaryReactor;

// Here and not in the header: who makes or ends a service compiles gRPC's class of each of its methods.
ReferralIntakeService::ReferralIntakeService(rpc::Calls& calls, ReferralIntake& intake)
    : calls_(calls), intake_(intake) {}

ReferralIntakeService::~ReferralIntakeService() = default;

Reactor* ReferralIntakeService::SubmitReferral(Context* context, const api::SubmitReferralRequest* request,
                                               api::Referral* response) {
  return Unary(context, "splw.referral.v1.ReferralIntakeService/SubmitReferral", request, response,
               &ReferralIntake::Submit);
}

Reactor* ReferralIntakeService::GetReferral(Context* context, const api::GetReferralRequest* request,
                                            api::Referral* response) {
  return Unary(context, "splw.referral.v1.ReferralIntakeService/GetReferral", request, response, &ReferralIntake::Get);
}

Reactor* ReferralIntakeService::ListReferrals(Context* context, const api::ListReferralsRequest* request,
                                              api::ListReferralsResponse* response) {
  return Unary(context, "splw.referral.v1.ReferralIntakeService/ListReferrals", request, response,
               &ReferralIntake::List);
}

Reactor* ReferralIntakeService::AcceptReferral(Context* context, const api::AcceptReferralRequest* request,
                                               api::Referral* response) {
  return Unary(context, "splw.referral.v1.ReferralIntakeService/AcceptReferral", request, response,
               &ReferralIntake::Accept);
}

Reactor* ReferralIntakeService::ReturnReferral(Context* context, const api::ReturnReferralRequest* request,
                                               api::Referral* response) {
  return Unary(context, "splw.referral.v1.ReferralIntakeService/ReturnReferral", request, response,
               &ReferralIntake::Return);
}

Reactor* ReferralIntakeService::WithdrawReferral(Context* context, const api::WithdrawReferralRequest* request,
                                                 api::Referral* response) {
  return Unary(context, "splw.referral.v1.ReferralIntakeService/WithdrawReferral", request, response,
               &ReferralIntake::Withdraw);
}

Reactor* ReferralIntakeService::AcknowledgeCrisis(Context* context, const api::AcknowledgeCrisisRequest* request,
                                                  api::Referral* response) {
  return Unary(context, "splw.referral.v1.ReferralIntakeService/AcknowledgeCrisis", request, response,
               &ReferralIntake::AcknowledgeCrisis);
}

grpc::ServerWriteReactor<api::WatchReferralsResponse>* ReferralIntakeService::WatchReferrals(
    Context* context, const api::WatchReferralsRequest* request) {
  return rpc::Watch<api::WatchReferralsRequest, api::WatchReferralsResponse>(
      calls_, context, "splw.referral.v1.ReferralIntakeService/WatchReferrals", request, kReferralCollection,
      [this](const rpc::Call& call, store::Snapshot& snapshot, const delivery::FeedItem& item,
             api::WatchReferralsResponse* response) { return intake_.FillChange(call, snapshot, item, response); });
}

Reactor* ReferralIntakeService::GetNetworkPolicy(Context* context, const api::GetNetworkPolicyRequest* request,
                                                 api::NetworkPolicy* response) {
  return Unary(context, "splw.referral.v1.ReferralIntakeService/GetNetworkPolicy", request, response,
               &ReferralIntake::GetNetworkPolicy);
}

Reactor* ReferralIntakeService::UpdateNetworkPolicy(Context* context, const api::UpdateNetworkPolicyRequest* request,
                                                    api::NetworkPolicy* response) {
  return Unary(context, "splw.referral.v1.ReferralIntakeService/UpdateNetworkPolicy", request, response,
               &ReferralIntake::UpdateNetworkPolicy);
}

}  // namespace splw::referral_intake
