// Messages as the bytes that gRPC carries. Pure; thread-safe.
#pragma once

#include <google/protobuf/message_lite.h>
#include <grpcpp/support/byte_buffer.h>

namespace splw::rpc {

// False: the bytes are no such message.
bool Parse(grpc::ByteBuffer bytes, google::protobuf::MessageLite& message);

// What gRPC gave for one call, without a copy; `bytes` are empty afterwards. gRPC's handlers promise not to look at them again
// (they only end them), but hand them out as constant.
grpc::ByteBuffer Taken(const grpc::ByteBuffer& bytes);

// False: larger than a message can be (2 GiB).
bool Serialize(const google::protobuf::MessageLite& message, grpc::ByteBuffer& bytes);

}  // namespace splw::rpc
