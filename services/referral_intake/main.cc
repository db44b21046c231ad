// referral-intake: the front door. Takes referrals in, screens them, and shows what became of them.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/rpc/service_process.h"
#include "common/text/status_macros.h"
#include "services/referral_intake/person_key_file.h"
#include "services/referral_intake/policy.h"
#include "services/referral_intake/referral_intake.h"
#include "services/referral_intake/referral_intake_service.h"
#include "services/referral_intake/referral_tables.h"

namespace splw::referral_intake {
namespace {

constexpr char kPersonKeyFile[] = "person-hash.key";

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

absl::StatusOr<std::unique_ptr<rpc::ServiceObjects>> MakeObjects(const rpc::ServiceParts& parts) {
  SPLW_ASSIGN_OR_RETURN(const std::string key,
                        LoadPersonKey(parts.store, parts.random, parts.data_dir + "/" + kPersonKeyFile));
  return std::make_unique<Objects>(parts, PersonKeys(key));
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
  definition.tables = splw::referral_intake::AllTables();
  definition.policy = splw::referral_intake::PolicyRows();
  definition.store_keys = {splw::referral_intake::kPersonKeyFile};
  definition.make = splw::referral_intake::MakeObjects;
  return splw::rpc::RunService(argc, argv, definition);
}
