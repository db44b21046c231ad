#include "common/rpc/service.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <absl/strings/str_cat.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/rpc_service_method.h>

namespace splw::rpc {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using grpc::ByteBuffer;
using grpc::internal::RpcMethod;

[[noreturn]] void Refuse(const std::string& method, const char* why) {
  std::fprintf(stderr, "%s %s\n", method.c_str(), why);
  std::abort();
}

const google::protobuf::ServiceDescriptor& DescriptionOf(const std::string& full_name) {
  const auto* found = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(full_name);
  if (found == nullptr) Refuse(full_name, "is no service of a .proto file");
  return *found;
}

}  // namespace

Service::Service(Calls& calls, const std::string& full_name) : calls_(calls), description_(DescriptionOf(full_name)) {}

Service::~Service() = default;

int Service::Add(const char* method, const Message& request, const Message& response, bool streams) {
  const std::string& path = paths_.emplace_back(absl::StrCat("/", description_.full_name(), "/", method));
  if (std::count(paths_.begin(), paths_.end(), path) > 1) Refuse(path, "is offered twice");
  const MethodDescriptor* const described = description_.FindMethodByName(method);
  if (described == nullptr) Refuse(path, "is no method of its .proto file");
  if (described->input_type() != request.GetDescriptor() || described->output_type() != response.GetDescriptor() ||
      described->server_streaming() != streams || described->client_streaming()) {
    Refuse(path, "has other messages in its .proto file");
  }
  AddMethod(new grpc::internal::RpcServiceMethod(
      path.c_str(), streams ? RpcMethod::SERVER_STREAMING : RpcMethod::NORMAL_RPC, nullptr));
  return count_++;
}

void Service::AddUnary(const char* method, const Message& request, const Message& response, UntypedHandler handler) {
  const int at = Add(method, request, response, /*streams=*/false);
  const UnaryMethod& known =
      unary_.emplace_back(UnaryMethod{paths_.back().substr(1), &request, &response, std::move(handler)});
  MarkMethodCallback(
      at, new grpc::internal::CallbackUnaryHandler<ByteBuffer, ByteBuffer>(
              [this, &known](grpc::CallbackServerContext* context, const ByteBuffer* bytes, ByteBuffer* reply) {
                return calls_.Start(*context, known, *bytes, reply);
              }));
}

void Service::AddStream(const char* method, const Message& request, const Message& response, StreamStart start) {
  const int at = Add(method, request, response, /*streams=*/true);
  MarkMethodCallback(at, new grpc::internal::CallbackServerStreamingHandler<ByteBuffer, ByteBuffer>(
                             [start = std::move(start)](grpc::CallbackServerContext* context, const ByteBuffer* bytes) {
                               return start(*context, *bytes);
                             }));
}

void Service::AddWatch(const char* method, const Message& request, const Message& response, const char* collection,
                       const char* parent_collection, UntypedWatchConvert convert) {
  const WatchMethod& known =
      watches_.emplace_back(WatchMethod{absl::StrCat(description_.full_name(), "/", method), &request, &response,
                                        collection, parent_collection, std::move(convert)});
  AddStream(method, request, response, [this, &known](grpc::CallbackServerContext& context, const ByteBuffer& bytes) {
    return StartWatch(calls_, context, known, bytes);
  });
}

}  // namespace splw::rpc
