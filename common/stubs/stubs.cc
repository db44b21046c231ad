#include "common/stubs/stubs.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/client_unary_call.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/rpc_method.h>
#include <grpcpp/support/client_callback.h>

namespace splw::stubs {

using google::protobuf::MessageLite;
using grpc::internal::RpcMethod;

grpc::Status Call(grpc::ChannelInterface& channel, const char* path, grpc::ClientContext* context,
                  const MessageLite& request, MessageLite* response) {
  const RpcMethod method(path, RpcMethod::NORMAL_RPC);
  return grpc::internal::BlockingUnaryCall<MessageLite, MessageLite>(&channel, method, context, request, response);
}

void CallAsync(grpc::ChannelInterface& channel, const char* path, grpc::ClientContext* context,
               const MessageLite& request, MessageLite* response, std::function<void(grpc::Status)> done) {
  const RpcMethod method(path, RpcMethod::NORMAL_RPC);
  grpc::internal::CallbackUnaryCall<MessageLite, MessageLite>(&channel, method, context, &request, response,
                                                              std::move(done));
}

std::unique_ptr<AnyReader> Open(grpc::ChannelInterface& channel, const char* path, grpc::ClientContext* context,
                                const MessageLite& request) {
  const RpcMethod method(path, RpcMethod::SERVER_STREAMING);
  return std::unique_ptr<AnyReader>(
      grpc::internal::ClientReaderFactory<MessageLite>::Create(&channel, method, context, request));
}

}  // namespace splw::stubs
