// The process scaffold with no service of its own in it: for service_process_test.cc.
#include <cstdlib>
#include <string>

#include "common/rpc/service_process.h"
#include "common/store/keys.h"
#include "common/text/status_macros.h"

namespace {

class NoObjects final : public splw::rpc::ServiceObjects {
 public:
  explicit NoObjects(splw::store::Store& store) : store_(store) {}
  std::vector<grpc::Service*> services() override { return {}; }
  void RegisterEvents(splw::delivery::Inbox&) override {}
  std::vector<splw::rpc::PeriodicTask> tasks() override {
    if (std::getenv("SPLW_TEST_COMMITS") == nullptr) return {};
    return {{"commits", absl::Milliseconds(10), [this] { return Write(); }}};
  }

 private:
  absl::StatusOr<bool> Write() {
    SPLW_ASSIGN_OR_RETURN(
        const splw::store::Position written, store_.Commit({.label = "test"}, [this](splw::store::Transaction& txn) {
          txn.Put(splw::store::KeyBuilder().Text("U12345").Text("test").str(), std::to_string(++count_));
          return absl::OkStatus();
        }));
    if (!splw::store::WaitDurable(store_, written)) return absl::UnavailableError("not durable");
    return false;
  }

  splw::store::Store& store_;
  int count_ = 0;
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
  definition.store_keys = {"test.key"};
  definition.make =
      [](const splw::rpc::ServiceParts& parts) -> absl::StatusOr<std::unique_ptr<splw::rpc::ServiceObjects>> {
    if (std::getenv("SPLW_TEST_NO_OBJECTS") != nullptr) return absl::DataLossError("the key is missing");
    return std::make_unique<NoObjects>(parts.store);
  };
  return splw::rpc::RunService(argc, argv, definition);
}
