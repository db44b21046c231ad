// A gRPC server with this suite's settings: no shared port, limits, keepalive, health, reflection where it is asked for; it
// starts only if the policy covers every method. Processes use it through service_process.h; tests use it directly.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <grpcpp/grpcpp.h>

#include "common/identity/policy.h"
#include "common/rpc/calls.h"

namespace splw::rpc {

// Of the calls under way when a server stops: afterwards they are cancelled. The whole of a drain stays under five seconds.
inline constexpr absl::Duration kDrainTime = absl::Seconds(3);

struct ServerOptions {
  std::string address = "127.0.0.1:0";            // port 0: any that is free
  const identity::PolicyTable* policy = nullptr;  // required
  std::vector<grpc::Service*> services;
  bool reflection = false;
  // What gRPC may hold of messages on their way, of all connections. Beyond it, it ends some of the calls (RESOURCE_EXHAUSTED).
  // Requests that are there in whole are bounded by CallsOptions::max_request_bytes.
  std::size_t max_transport_bytes = std::size_t{256} << 20;
};

// Thread-safe.
class Server final {
 public:
  // `calls` and the services must outlive it. UNAVAILABLE where the address is not to be had; FAILED_PRECONDITION where the
  // policy and the services do not match (the methods are named), or where a method should name a network and cannot.
  static absl::StatusOr<std::unique_ptr<Server>> Start(Calls& calls, const ServerOptions& options);
  // Drains if nobody has.
  ~Server();

  int port() const { return port_; }

  // Whether health checks of all its services answer SERVING; they do from the start.
  void SetServing(bool serving);

  // Health NOT_SERVING, watches ended, no new calls, those under way let to their end for kDrainTime. Returns when all is
  // over. Not from a handler.
  void Drain();

 private:
  Server(Calls& calls, std::unique_ptr<grpc::Server> server, int port, std::vector<std::string> service_names);

  Calls& calls_;
  const std::unique_ptr<grpc::Server> server_;
  const int port_;
  const std::vector<std::string> service_names_;
  std::mutex mutex_;
  bool draining_ = false;
};

// FAILED_PRECONDITION where the methods of `service_names` (of the generated descriptors) and the policy do not match.
absl::Status CheckPolicyCovers(const identity::PolicyTable& policy, const std::vector<std::string>& service_names);

}  // namespace splw::rpc
