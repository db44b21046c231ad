// The adapter that every RPC goes through. For each call, in this order:
//   who is asking (UNAUTHENTICATED) → may this role call this (PERMISSION_DENIED) → is the request's network one of theirs
//   (PERMISSION_DENIED, which does not tell whether anything exists) → the handler (validation first) → status with
//   google.rpc details, or the reply when all it tells of is durable → metrics and one log line.
//
// The network is that of the request's `parent` or `name` field, or of the `name` of its first message field (Create and Update
// requests carry `parent`, or the resource itself): every such value starts with "networks/{network}".
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>
#include <grpcpp/grpcpp.h>

#include "common/rpc/call.h"

namespace splw::rpc {

// Hands the watcher's next messages out: see WatchSource in common/rpc/watch.h.
class CallsImpl;

// Thread-safe. Outlives the server.
class Calls final {
 public:
  ~Calls();

  // For a method of `service` ("splw.referral.v1.ReferralIntakeService"). Returns the reactor that gRPC asks for.
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Unary(grpc::CallbackServerContext* context, std::string_view full_method,
                                  const Request* request, Response* response,
                                  UnaryHandler<Request, Response> handler) {
    return Start(context, full_method, request, response,
                 [request, response, handler = std::move(handler)](const Call& call) {
                   return handler(call, *request, response);
                 });
  }

 private:
  friend class CallsImpl;
  explicit Calls(std::unique_ptr<CallsImpl> impl);
  grpc::ServerUnaryReactor* Start(grpc::CallbackServerContext* context, std::string_view full_method,
                                  const google::protobuf::Message* request, google::protobuf::Message* response,
                                  std::function<absl::StatusOr<store::Position>(const Call&)> run);
  std::unique_ptr<CallsImpl> impl_;
};

}  // namespace splw::rpc
