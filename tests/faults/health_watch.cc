#include "tests/faults/health_watch.h"

#include <string>
#include <vector>

#include <grpcpp/generic/generic_stub.h>

namespace splw::faults {
namespace {

// grpc.health.v1.HealthCheckResponse on the wire: its one field, the status. (Debian packages no health.proto.)
constexpr char kServing[] = "\x08\x01";
constexpr char kNotServing[] = "\x08\x02";

std::string BytesOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return "";
  std::string bytes;
  for (const grpc::Slice& slice : slices) bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return bytes;
}

}  // namespace

HealthWatch::HealthWatch(const std::string& address) : thread_([this, address] { Follow(address); }) {}

HealthWatch::~HealthWatch() {
  context_.TryCancel();
  thread_.join();
}

void HealthWatch::Follow(const std::string& address) {
  grpc::GenericStub stub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  grpc::CompletionQueue queue;
  const auto stream = stub.PrepareCall(&context_, "/grpc.health.v1.Health/Watch", &queue);
  // One operation at a time: true if it succeeded.
  const auto done = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  stream->StartCall(nullptr);
  bool going_on = done();
  if (going_on) {
    const grpc::Slice the_whole_server;  // a request without a service's name
    stream->Write(grpc::ByteBuffer(&the_whole_server, 1), grpc::WriteOptions().set_last_message(), nullptr);
    going_on = done();
  }
  while (going_on) {
    grpc::ByteBuffer response;
    stream->Read(&response, nullptr);
    going_on = done();
    const std::string bytes = going_on ? BytesOf(response) : "";
    if (bytes == kServing) saw_serving_.store(true);
    if (bytes == kNotServing) saw_not_serving_.store(true);
  }
  grpc::Status status;
  stream->Finish(&status, nullptr);
  done();
  queue.Shutdown();
  while (done()) {
  }
}

}  // namespace splw::faults
