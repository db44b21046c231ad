#include "common/rpc/bytes.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>

namespace splw::rpc {

using Traits = grpc::SerializationTraits<google::protobuf::MessageLite>;

bool Parse(grpc::ByteBuffer& bytes, google::protobuf::MessageLite& message) {
  return Traits::Deserialize(&bytes, &message).ok();
}

grpc::ByteBuffer Taken(const grpc::ByteBuffer& bytes) {
  grpc::ByteBuffer taken;
  taken.Swap(const_cast<grpc::ByteBuffer*>(&bytes));
  return taken;
}

bool Serialize(const google::protobuf::MessageLite& message, grpc::ByteBuffer& bytes) {
  bytes.Clear();  // gRPC writes into an empty one only, and ends the process over any other
  bool owns = false;
  return Traits::Serialize(message, &bytes, &owns).ok();
}

}  // namespace splw::rpc
