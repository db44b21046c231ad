#include "tests/faults/health_watch.h"

#include <string>

#include <grpcpp/generic/generic_stub.h>

#include "grpc/health/v1/health.pb.h"
#include "tests/load/messages.h"

namespace splw::faults {

using grpc::health::v1::HealthCheckResponse;

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
    if (!going_on) break;
    const auto maybe_health = load::FromBytes<HealthCheckResponse>(response);
    if (!maybe_health.ok()) continue;
    if (maybe_health->status() == HealthCheckResponse::SERVING) saw_serving_.store(true);
    if (maybe_health->status() == HealthCheckResponse::NOT_SERVING) saw_not_serving_.store(true);
  }
  grpc::Status status;
  stream->Finish(&status, nullptr);
  done();
  queue.Shutdown();
  while (done()) {
  }
}

}  // namespace splw::faults
