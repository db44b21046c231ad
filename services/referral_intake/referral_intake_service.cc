#include "services/referral_intake/referral_intake_service.h"

#include "services/referral_intake/names.h"

namespace splw::referral_intake {

ReferralIntakeService::ReferralIntakeService(rpc::Calls& calls, ReferralIntake& intake)
    : Service(calls, "splw.referral.v1.ReferralIntakeService") {
  Unary("SubmitReferral", intake, &ReferralIntake::Submit);
  Unary("GetReferral", intake, &ReferralIntake::Get);
  Unary("ListReferrals", intake, &ReferralIntake::List);
  Unary("AcceptReferral", intake, &ReferralIntake::Accept);
  Unary("ReturnReferral", intake, &ReferralIntake::Return);
  Unary("WithdrawReferral", intake, &ReferralIntake::Withdraw);
  Unary("AcknowledgeCrisis", intake, &ReferralIntake::AcknowledgeCrisis);
  Watch<api::WatchReferralsRequest, api::WatchReferralsResponse>(
      "WatchReferrals", kReferralCollection,
      [&intake](const rpc::Call& call, const api::WatchReferralsRequest& /*request*/, store::Snapshot& snapshot,
                const delivery::FeedItem& item,
                api::WatchReferralsResponse* response) { return intake.FillChange(call, snapshot, item, response); });
  Unary("GetNetworkPolicy", intake, &ReferralIntake::GetNetworkPolicy);
  Unary("UpdateNetworkPolicy", intake, &ReferralIntake::UpdateNetworkPolicy);
}

}  // namespace splw::referral_intake
