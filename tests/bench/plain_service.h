// A service as gRPC's own generated code makes one: typed messages, gRPC's handlers, none of the suite's adapter. For the yardsticks.
#pragma once

#include <functional>
#include <utility>

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/method_handler_impl.h>
#include <grpcpp/impl/rpc_service_method.h>
#include <grpcpp/impl/service_type.h>

namespace splw::bench {

// `path`: "/splw.referral.v1.ReferralIntakeService/GetReferral"; a literal.
class PlainService : public grpc::Service {
 protected:
  template <typename Request, typename Response>
  void AddCallback(
      const char* path,
      std::function<grpc::ServerUnaryReactor*(grpc::CallbackServerContext*, const Request*, Response*)> answer) {
    AddMethod(new grpc::internal::RpcServiceMethod(path, grpc::internal::RpcMethod::NORMAL_RPC, nullptr));
    MarkMethodCallback(count_++, new grpc::internal::CallbackUnaryHandler<Request, Response>(std::move(answer)));
  }

  template <typename Request, typename Response>
  void AddSynchronous(const char* path,
                      std::function<grpc::Status(grpc::ServerContext*, const Request*, Response*)> answer) {
    using google::protobuf::MessageLite;
    using Handler = grpc::internal::RpcMethodHandler<PlainService, Request, Response, MessageLite, MessageLite>;
    AddMethod(new grpc::internal::RpcServiceMethod(
        path, grpc::internal::RpcMethod::NORMAL_RPC,
        new Handler([answer = std::move(answer)](PlainService*, grpc::ServerContext* context, const Request* request,
                                                 Response* response) { return answer(context, request, response); },
                    this)));
    ++count_;
  }

 private:
  int count_ = 0;
};

}  // namespace splw::bench
