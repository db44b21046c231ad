// What a client's stub is made of: protoc-gen-stubs (plugin.cc) writes one class of each service, whose methods are these
// calls with a path and types. All functions are thread-safe; a context is of one call.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include <google/protobuf/message_lite.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>
#include <grpcpp/support/sync_stream.h>

namespace splw::stubs {

using AnyReader = grpc::ClientReaderInterface<google::protobuf::MessageLite>;

// One call, until its answer is there. `path`: "/splw.referral.v1.ReferralIntakeService/GetReferral"; a literal.
grpc::Status Call(grpc::ChannelInterface& channel, const char* path, grpc::ClientContext* context,
                  const google::protobuf::MessageLite& request, google::protobuf::MessageLite* response);

// The same, without waiting: `done` is called once, in a thread of gRPC's. Context and response must live until then; the
// request is not used after the return.
void CallAsync(grpc::ChannelInterface& channel, const char* path, grpc::ClientContext* context,
               const google::protobuf::MessageLite& request, google::protobuf::MessageLite* response,
               std::function<void(grpc::Status)> done);

// Opens a stream of answers.
std::unique_ptr<AnyReader> Open(grpc::ChannelInterface& channel, const char* path, grpc::ClientContext* context,
                                const google::protobuf::MessageLite& request);

// A stream of answers of one type. The context must outlive it.
template <typename Response>
class Reader final {
 public:
  explicit Reader(std::unique_ptr<AnyReader> reader) : reader_(std::move(reader)) {}

  // Waits for the next; false: the stream is over, Finish says why.
  bool Read(Response* response) { return reader_->Read(response); }
  // Returns when the service has taken the call, or refused it.
  void WaitForInitialMetadata() { reader_->WaitForInitialMetadata(); }
  // Once, after Read returned false, or the call was cancelled.
  grpc::Status Finish() { return reader_->Finish(); }

 private:
  std::unique_ptr<AnyReader> reader_;
};

}  // namespace splw::stubs
