// The one place where an absl::Status becomes a grpc::Status with google.rpc details, and the reverse for clients.
#pragma once

#include <absl/status/status.h>
#include <grpcpp/support/status.h>

namespace splw::rpc {

// More reaches the client as another error: gRPC limits trailers to about 8 KiB, and details are sent in base 64.
inline constexpr std::size_t kMaxDetailsBytes = std::size_t{3} * 1024;
inline constexpr std::size_t kMaxStatusMessageBytes = 512;

// Keeps code, message and the google.rpc payloads (ErrorInfo first, whatever of the others fits). A status without
// ErrorInfo gets one whose reason is its code's name. Those that StaysInside is true of say nothing of their own: their
// text is for the log.
grpc::Status ToGrpcStatus(const absl::Status& status);

// With the payloads as common/text/failure.h made them, so that ReasonOf and FieldsOf work on the client's side.
absl::Status FromGrpcStatus(const grpc::Status& status);

// Whether the text of such a status stays on the server: INTERNAL, UNKNOWN and DATA_LOSS always; UNAVAILABLE and
// RESOURCE_EXHAUSTED where no ErrorInfo says that it was meant for the caller (the store's may name files).
bool StaysInside(const absl::Status& status);

}  // namespace splw::rpc
