// The caseload service's process.
#include <memory>
#include <vector>

#include "common/rpc/service_process.h"
#include "services/caseload/caseload_service.h"
#include "services/caseload/caseload_tables.h"
#include "services/caseload/commands.h"
#include "services/caseload/events.h"
#include "services/caseload/policy.h"
#include "services/caseload/queries.h"

namespace splw::caseload {
namespace {

class Objects final : public rpc::ServiceObjects {
 public:
  explicit Objects(const rpc::ServiceParts& parts)
      : commands_(parts.changes), queries_(parts.store), service_(parts.calls, commands_, queries_) {}

  std::vector<grpc::Service*> services() override { return {&service_}; }
  void RegisterEvents(delivery::Inbox& inbox) override { HandleEvents(inbox); }

 private:
  Commands commands_;
  Queries queries_;
  CaseloadService service_;
};

rpc::ServiceDefinition Definition() {
  rpc::ServiceDefinition definition;
  definition.name = "caseload";
  definition.description = "Keeps the cases of a social prescribing service, from accepted referral to outcome.";
  definition.default_port = 7402;
  definition.default_metrics_port = 7412;
  definition.peers = {{"referral-intake", "127.0.0.1:7401"}, {"mdt-agenda", "127.0.0.1:7403"}};
  definition.tables = AllTables();
  definition.policy = CaseloadPolicy();
  definition.make = [](const rpc::ServiceParts& parts) { return std::make_unique<Objects>(parts); };
  return definition;
}

}  // namespace
}  // namespace splw::caseload

int main(int argc, char** argv) {
  return splw::rpc::RunService(argc, argv, splw::caseload::Definition());
}
