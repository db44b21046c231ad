// The process scaffold with no service of its own in it: for service_process_test.cc.
#include <cstdlib>

#include "common/rpc/service_process.h"

namespace {

class NoObjects final : public splw::rpc::ServiceObjects {
 public:
  std::vector<grpc::Service*> services() override { return {}; }
  void RegisterEvents(splw::delivery::Inbox&) override {}
};

}  // namespace

int main(int argc, char** argv) {
  splw::rpc::ServiceDefinition definition;
  definition.name = "rpc-test-service";
  definition.description = "Serves nothing but what every service serves.";
  definition.default_port = 7499;
  definition.default_metrics_port = 7498;
  definition.peers = {{"caseload", "127.0.0.1:7402"}};
  if (std::getenv("SPLW_TEST_STRAY_POLICY") != nullptr) {
    definition.policy = {{"splw.test.v1.NoService/NoMethod", {splw::identity::Role::kOperator}}};
  }
  definition.make = [](const splw::rpc::ServiceParts&) { return std::make_unique<NoObjects>(); };
  return splw::rpc::RunService(argc, argv, definition);
}
