// Messages as the bytes that gRPC carries. Pure; thread-safe.
#pragma once

#include <google/protobuf/message_lite.h>
#include <grpcpp/support/byte_buffer.h>

namespace splw::rpc {

// False: the bytes are no such message. They are gone afterwards.
[[nodiscard]] bool Parse(grpc::ByteBuffer& bytes, google::protobuf::MessageLite& message);

// What gRPC gave for one call, without a copy; `bytes` are empty afterwards. gRPC's handlers promise not to look at them again
// (they only end them), but hand them out as constant.
grpc::ByteBuffer Taken(const grpc::ByteBuffer& bytes);

// In place of what `bytes` held. False: larger than a message can be (2 GiB); `bytes` may then not be sent.
[[nodiscard]] bool Serialize(const google::protobuf::MessageLite& message, grpc::ByteBuffer& bytes);

}  // namespace splw::rpc
