#include "common/rpc/server.h"

#include <utility>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <google/protobuf/descriptor.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/impl/server_builder_plugin.h>
#include <grpcpp/impl/server_initializer.h>
#include <grpcpp/resource_quota.h>

#include "common/rpc/channel.h"
#include "common/rpc/request_checks.h"
#include "common/text/status_macros.h"
#include "common/time/clock.h"
#include "grpc/health/v1/health.pb.h"

namespace splw::rpc {
namespace {

// Of one connection: a client that opens more waits.
constexpr int kMaxStreams = 512;
// Less than kKeepaliveInterval, so that our own clients are never cut off.
constexpr int kShortestPingMilliseconds = 15'000;

// Learns the names of the services that a builder got: gRPC tells them to plug-ins only.
class NamesPlugin final : public grpc::ServerBuilderPlugin {
 public:
  explicit NamesPlugin(std::vector<std::string>& names) : names_(names) {}
  std::string name() override { return "splw_service_names"; }
  void InitServer(grpc::ServerInitializer* initializer) override { names_ = *initializer->GetServiceList(); }
  void Finish(grpc::ServerInitializer*) override {}
  void ChangeArguments(const std::string&, void*) override {}

 private:
  std::vector<std::string>& names_;
};

class NamesOption final : public grpc::ServerBuilderOption {
 public:
  explicit NamesOption(std::vector<std::string>& names) : names_(names) {}
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    plugins->push_back(std::make_unique<NamesPlugin>(names_));
  }

 private:
  std::vector<std::string>& names_;
};

// gRPC's own services are no business of the policy: they tell nothing about anybody.
bool IsOwn(const std::string& service_name) {
  return absl::StartsWith(service_name, "splw.");
}

}  // namespace

absl::Status CheckPolicyCovers(const identity::PolicyTable& policy, const std::vector<std::string>& service_names) {
  std::vector<std::string> methods;
  for (const std::string& name : service_names) {
    if (!IsOwn(name)) continue;
    const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
    if (service == nullptr) return absl::FailedPreconditionError("no descriptor of the service " + name);
    for (int i = 0; i < service->method_count(); ++i) {
      const std::string method = absl::StrCat(name, "/", service->method(i)->name());
      const identity::PolicyRow* row = policy.Find(method);
      if (row != nullptr && row->network_scoped && NetworkFieldOf(*service->method(i)->input_type()).empty()) {
        return absl::FailedPreconditionError(
            absl::StrCat("the policy has ", method, " name a network, but its request has no field for it"));
      }
      methods.push_back(method);
    }
  }
  return policy.CheckCovers(methods);
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(Calls& calls, const ServerOptions& options) {
  grpc::EnableDefaultHealthCheckService(true);
  if (options.reflection) {
    // Named, so that the linker takes the description of gRPC's own service along: reflection knows what is linked.
    grpc::health::v1::HealthCheckRequest::descriptor();
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  }
  std::vector<std::string> names;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(options.address, grpc::InsecureServerCredentials(), &port);
  // Otherwise a second process takes half of the calls, and nobody notices.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxStreams);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS,
                             static_cast<int>(absl::ToInt64Milliseconds(kKeepaliveInterval)));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS,
                             static_cast<int>(absl::ToInt64Milliseconds(kKeepaliveTimeout)));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kShortestPingMilliseconds);
  // Whoever sends many large messages slowly would have it hold nearly all of each.
  builder.SetResourceQuota(grpc::ResourceQuota("splw").Resize(options.max_transport_bytes));
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  builder.SetMaxSendMessageSize(kMaxMessageBytes);
  builder.SetOption(std::make_unique<NamesOption>(names));
  for (grpc::Service* service : options.services) builder.RegisterService(service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || port == 0) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", options.address, ": is the address taken?"));
  }
  std::unique_ptr<Server> result(new Server(calls, std::move(server), port, names));
  SPLW_RETURN_IF_ERROR(CheckPolicyCovers(*options.policy, names));  // Calls lets nobody in meanwhile
  result->SetServing(true);
  return result;
}

Server::Server(Calls& calls, std::unique_ptr<grpc::Server> server, int port, std::vector<std::string> service_names)
    : calls_(calls), server_(std::move(server)), port_(port), service_names_(std::move(service_names)) {}

Server::~Server() {
  Drain();
}

void Server::SetServing(bool serving) {
  grpc::HealthCheckServiceInterface* health = server_->GetHealthCheckService();
  if (health == nullptr) return;
  std::lock_guard lock(mutex_);
  if (draining_ && serving) return;
  health->SetServingStatus("", serving);
  for (const std::string& name : service_names_) {
    if (IsOwn(name)) health->SetServingStatus(name, serving);
  }
}

void Server::Drain() {
  {
    std::lock_guard lock(mutex_);
    if (std::exchange(draining_, true)) return;
  }
  SetServing(false);
  calls_.EndWatches();
  server_->Shutdown(absl::ToChronoTime(time::SystemClock().Now() + kDrainTime));
  server_->Wait();
}

}  // namespace splw::rpc
