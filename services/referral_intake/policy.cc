#include "services/referral_intake/policy.h"

#include <string>

namespace splw::referral_intake {

std::vector<identity::PolicyRow> PolicyRows() {
  using identity::Role;
  const std::string service = "splw.referral.v1.ReferralIntakeService/";
  const std::vector<Role> triage = {Role::kLinkWorker, Role::kServiceLead};
  const std::vector<Role> submit = {Role::kReferrer, Role::kLinkWorker, Role::kServiceLead};
  const std::vector<Role> read = {Role::kReferrer, Role::kLinkWorker, Role::kServiceLead, Role::kAuditor};
  return {
      {service + "SubmitReferral", submit},    {service + "GetReferral", read},
      {service + "ListReferrals", read},       {service + "AcceptReferral", triage},
      {service + "ReturnReferral", triage},    {service + "WithdrawReferral", submit},
      {service + "AcknowledgeCrisis", submit}, {service + "WatchReferrals", read},
      {service + "GetNetworkPolicy", read},    {service + "UpdateNetworkPolicy", {Role::kServiceLead}},
  };
}

}  // namespace splw::referral_intake
