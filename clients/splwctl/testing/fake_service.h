// For the tests of the commands: a server that answers each method as a test says, and keeps what it was asked. No code of the
// services is here.
//
//   FakeService caseload;
//   caseload.On<GetCaseRequest, Case>([](const GetCaseRequest& request) { … });
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <absl/status/statusor.h>
#include <google/protobuf/descriptor.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include "common/rpc/status.h"

namespace splw::ctl {

// Thread-safe but for On, which belongs before the first call.
class FakeService final : private grpc::CallbackGenericService {
 public:
  FakeService() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterCallbackGenericService(this);
    server_ = builder.BuildAndStart();
  }
  ~FakeService() override { server_->Shutdown(std::chrono::system_clock::now()); }

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  // How the method that takes `Request` is answered: with messages (one, or those of a stream), or with an error after them.
  template <typename Request, typename Response>
  void OnStream(std::function<std::pair<std::vector<Response>, absl::Status>(const Request&)> answer) {
    methods_[PathOf(*Request::descriptor())] = [this, answer](grpc::ByteBuffer bytes) {
      Request request;
      Wire::Deserialize(&bytes, &request);
      Keep(request);
      const auto [responses, status] = answer(request);
      Answer out;
      for (const Response& response : responses) {
        bool own = false;
        Wire::Serialize(response, &out.messages.emplace_back(), &own);
      }
      out.status = rpc::ToGrpcStatus(status);
      return out;
    };
  }
  template <typename Request, typename Response>
  void On(std::function<absl::StatusOr<Response>(const Request&)> answer) {
    OnStream<Request, Response>([answer](const Request& request) -> std::pair<std::vector<Response>, absl::Status> {
      const absl::StatusOr<Response> maybe_response = answer(request);
      if (!maybe_response.ok()) return {{}, maybe_response.status()};
      return {{*maybe_response}, absl::OkStatus()};
    });
  }
  // The same answer to each.
  template <typename Request, typename Response>
  void On(const Response& response) {
    On<Request, Response>([response](const Request&) -> absl::StatusOr<Response> { return response; });
  }

  // Methods of which the test says nothing answer with an empty message instead of UNIMPLEMENTED.
  void AnswerEverything() {
    unscripted_ = [](const grpc::ByteBuffer&) { return Answer{{grpc::ByteBuffer(nullptr, 0)}, {}}; };
  }

  // The methods that were called: "/splw.caseload.v1.CaseloadService/GetCase".
  std::set<std::string> Called() const {
    const std::lock_guard lock(mutex_);
    return called_;
  }

  // The requests of this type so far, in order.
  template <typename Request>
  std::vector<Request> Asked() const {
    const std::lock_guard lock(mutex_);
    std::vector<Request> asked;
    for (const auto& message : asked_) {
      if (const auto* request = dynamic_cast<const Request*>(message.get())) asked.push_back(*request);
    }
    return asked;
  }

 private:
  // Of all messages: gRPC's templates are not compiled for each of them.
  using Wire = grpc::SerializationTraits<google::protobuf::Message>;

  struct Answer {
    std::vector<grpc::ByteBuffer> messages;
    grpc::Status status;
  };
  using Method = std::function<Answer(grpc::ByteBuffer)>;

  class Call final : public grpc::ServerGenericBidiReactor {
   public:
    explicit Call(const Method* method) : method_(method) { StartRead(&request_); }
    void OnReadDone(bool ok) override {
      if (!ok) return Finish(grpc::Status::CANCELLED);
      answer_ = (*method_)(request_);
      Next();
    }
    void OnWriteDone(bool ok) override {
      if (!ok) return Finish(grpc::Status::CANCELLED);
      Next();
    }
    void OnDone() override { delete this; }

   private:
    void Next() {
      if (written_ == answer_.messages.size()) return Finish(answer_.status);
      StartWrite(&answer_.messages[written_++]);
    }

    const Method* const method_;
    grpc::ByteBuffer request_;
    Answer answer_;
    std::size_t written_ = 0;
  };

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override {
    {
      const std::lock_guard lock(mutex_);
      called_.insert(context->method());
    }
    const auto found = methods_.find(context->method());
    return new Call(found == methods_.end() ? &unscripted_ : &found->second);
  }

  static std::string PathOf(const google::protobuf::Descriptor& request) {
    for (int i = 0; i < request.file()->service_count(); ++i) {
      const google::protobuf::ServiceDescriptor& service = *request.file()->service(i);
      for (int j = 0; j < service.method_count(); ++j) {
        if (service.method(j)->input_type() == &request) {
          return "/" + service.full_name() + "/" + service.method(j)->name();
        }
      }
    }
    std::abort();  // no method takes it
  }

  template <typename Request>
  void Keep(const Request& request) {
    const std::lock_guard lock(mutex_);
    asked_.push_back(std::make_unique<Request>(request));
  }

  std::map<std::string, Method> methods_;
  Method unscripted_ = [](const grpc::ByteBuffer&) {
    return Answer{{}, grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "the test does not say how this is answered")};
  };
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<google::protobuf::Message>> asked_;
  std::set<std::string> called_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace splw::ctl
