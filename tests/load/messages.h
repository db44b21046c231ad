// Between messages and the bytes that a driver sends and gets.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/slice.h>

namespace splw::load {

template <typename Message>
grpc::ByteBuffer ToBytes(const Message& message) {
  const grpc::Slice slice(message.SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

// Uses the bytes up.
template <typename Message>
absl::StatusOr<Message> FromBytes(grpc::ByteBuffer& bytes) {
  Message message;
  grpc::ProtoBufferReader reader(&bytes);
  if (!message.ParseFromZeroCopyStream(&reader)) return absl::DataLossError("the reply cannot be read");
  return message;
}

}  // namespace splw::load
