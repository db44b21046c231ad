// What each call and each event does: from the request to the record, its events and the answer, on one screen each.
// No gRPC type here; who may call was checked before (policy.h), whose referral it is is checked here. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include <absl/functional/function_ref.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "common/delivery/change.h"
#include "common/delivery/feed.h"
#include "common/delivery/inbox.h"
#include "common/rpc/call.h"
#include "common/store/store.h"
#include "common/time/clock.h"
#include "services/referral_intake/messages.h"
#include "services/referral_intake/person_keys.h"
#include "splw/referral/v1/referral_intake_service.pb.h"

namespace splw::referral_intake {

class ReferralIntake final {
 public:
  // All must outlive it.
  ReferralIntake(store::Store& store, delivery::Changes& changes, const time::Clock& clock, PersonKeys person_keys);

  absl::StatusOr<store::Position> Submit(const rpc::Call& call, const api::SubmitReferralRequest& request,
                                         api::Referral* response);
  absl::StatusOr<store::Position> Get(const rpc::Call& call, const api::GetReferralRequest& request,
                                      api::Referral* response);
  absl::StatusOr<store::Position> List(const rpc::Call& call, const api::ListReferralsRequest& request,
                                       api::ListReferralsResponse* response);
  absl::StatusOr<store::Position> Accept(const rpc::Call& call, const api::AcceptReferralRequest& request,
                                         api::Referral* response);
  absl::StatusOr<store::Position> Return(const rpc::Call& call, const api::ReturnReferralRequest& request,
                                         api::Referral* response);
  absl::StatusOr<store::Position> Withdraw(const rpc::Call& call, const api::WithdrawReferralRequest& request,
                                           api::Referral* response);
  absl::StatusOr<store::Position> AcknowledgeCrisis(const rpc::Call& call, const api::AcknowledgeCrisisRequest& request,
                                                    api::Referral* response);
  absl::StatusOr<store::Position> GetNetworkPolicy(const rpc::Call& call, const api::GetNetworkPolicyRequest& request,
                                                   api::NetworkPolicy* response);
  absl::StatusOr<store::Position> UpdateNetworkPolicy(const rpc::Call& call,
                                                      const api::UpdateNetworkPolicyRequest& request,
                                                      api::NetworkPolicy* response);

  // For WatchReferrals: false for a referral that the caller may not see.
  absl::StatusOr<bool> FillChange(const rpc::Call& call, store::Snapshot& snapshot, const delivery::FeedItem& item,
                                  api::WatchReferralsResponse* response) const;

  // What the caseload tells of the referrals' cases.
  void RegisterEvents(delivery::Inbox& inbox);

 private:
  // Which referral a request changes, and on what ground.
  struct Target {
    std::string name;
    std::string etag;
    std::string request_id;
    std::string reason;  // for the audit record: a code
  };
  using Decide = absl::FunctionRef<absl::StatusOr<storage::ReferralRecord>(store::Snapshot&,
                                                                           const storage::ReferralRecord&, absl::Time)>;

  // The referral of a submission with its findings, as it stands when it is taken in now; no id yet. `validate_only`:
  // it will leave no trace, so it tells a referrer nothing that came from others.
  absl::StatusOr<storage::ReferralRecord> Prepare(const rpc::Call& call, store::Snapshot& snapshot,
                                                  const storage::ReferralRecord& submission, bool validate_only) const;
  // Reads the referral, checks whose it is and the etag, decides, writes it with its events, and answers.
  absl::StatusOr<store::Position> ChangeReferral(const rpc::Call& call, const google::protobuf::Message& request,
                                                 const Target& target, api::Referral* response, Decide decide);

  store::Store& store_;
  delivery::Changes& changes_;
  const time::Clock& clock_;
  const PersonKeys person_keys_;
  const absl::TimeZone london_;
};

}  // namespace splw::referral_intake
