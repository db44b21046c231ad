// referral-intake: the front door. Takes referrals in, screens them, and shows what became of them.
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/identity/keyed_hash.h"
#include "common/rpc/service_process.h"
#include "services/referral_intake/policy.h"
#include "services/referral_intake/referral_intake.h"
#include "services/referral_intake/referral_intake_service.h"
#include "services/referral_intake/referral_tables.h"

namespace splw::referral_intake {
namespace {

class Objects final : public rpc::ServiceObjects {
 public:
  Objects(const rpc::ServiceParts& parts, PersonKeys person_keys)
      : intake_(parts.store, parts.changes, parts.clock, std::move(person_keys)), service_(parts.calls, intake_) {}

  std::vector<grpc::Service*> services() override { return {&service_}; }
  void RegisterEvents(delivery::Inbox& inbox) override { intake_.RegisterEvents(inbox); }

 private:
  ReferralIntake intake_;
  ReferralIntakeService service_;
};

// Null where the key of the person hashes cannot be used: without it a person who is known would be taken for a
// stranger, so the service had better not start. The key belongs to the store: both are backed up together.
std::unique_ptr<rpc::ServiceObjects> MakeObjects(const rpc::ServiceParts& parts) {
  const absl::StatusOr<std::string> maybe_key =
      identity::LoadOrCreateKey(parts.data_dir + "/person-hash.key", parts.random);
  if (!maybe_key.ok()) {
    std::fprintf(stderr, "referral-intake: the key of the person hashes cannot be used: %s\n",
                 std::string(maybe_key.status().message()).c_str());
    return nullptr;
  }
  return std::make_unique<Objects>(parts, PersonKeys(*maybe_key));
}

}  // namespace
}  // namespace splw::referral_intake

int main(int argc, char** argv) {
  splw::rpc::ServiceDefinition definition;
  definition.name = "referral-intake";
  definition.description = "Takes referrals in, screens them, and shows what became of them.";
  definition.default_port = 7401;
  definition.default_metrics_port = 7411;
  definition.peers = {{"caseload", "127.0.0.1:7402"}};
  definition.tables = {&splw::referral_intake::Referrals(), &splw::referral_intake::Policies()};
  definition.policy = splw::referral_intake::PolicyRows();
  definition.make = splw::referral_intake::MakeObjects;
  return splw::rpc::RunService(argc, argv, definition);
}
