// What a service offers: its methods, each with the handler that answers it. All go through the adapter (calls.h), which
// reads and writes the messages itself: gRPC carries bytes.
//
//   class CaseloadService final : public rpc::Service {
//     CaseloadService(rpc::Calls& calls, Commands& commands) : Service(calls, "splw.caseload.v1.CaseloadService") {
//       Unary("AllocateCase", commands, &Commands::AllocateCase);
//
// A method that the service's description does not have, or has with other messages, ends the process. One that is left out
// is UNIMPLEMENTED.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <utility>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/service_type.h>

#include "common/rpc/calls.h"
#include "common/rpc/watch.h"

namespace splw::rpc {

// Thread-safe once it is made.
class Service : public grpc::Service {
 protected:
  // `full_name`: "splw.caseload.v1.CaseloadService". `calls` must outlive it.
  Service(Calls& calls, const std::string& full_name);
  ~Service() override;

  template <typename Request, typename Response>
  void Unary(const char* method, UnaryHandler<Request, Response> handler) {
    AddUnary(method, Request::default_instance(), Response::default_instance(),
             [handler = std::move(handler)](const Call& call, const google::protobuf::Message& request,
                                            google::protobuf::Message* response) {
               return handler(call, static_cast<const Request&>(request), static_cast<Response*>(response));
             });
  }

  // `handlers` must outlive it.
  template <typename Handlers, typename Request, typename Response>
  void Unary(const char* method, Handlers& handlers,
             absl::StatusOr<store::Position> (Handlers::*handler)(const Call&, const Request&, Response*)) {
    AddUnary(method, Request::default_instance(), Response::default_instance(),
             [&handlers, handler](const Call& call, const google::protobuf::Message& request,
                                  google::protobuf::Message* response) {
               return (handlers.*handler)(call, static_cast<const Request&>(request), static_cast<Response*>(response));
             });
  }

  // A Watch… method (watch.h) of the changes in `collection`.
  template <typename Request, typename Response>
  void Watch(const char* method, const char* collection, WatchConvert<Request, Response> convert,
             const char* parent_collection = "") {
    AddWatch(method, Request::default_instance(), Response::default_instance(), collection, parent_collection,
             [convert = std::move(convert)](const Call& call, const google::protobuf::Message& request,
                                            store::Snapshot& snapshot, const delivery::FeedItem& item,
                                            google::protobuf::Message& response) {
               return convert(call, static_cast<const Request&>(request), snapshot, item,
                              static_cast<Response*>(&response));
             });
  }

  // The same, for a function that has overloads for other messages.
  template <typename Request, typename Response>
  void Watch(const char* method, const char* collection,
             absl::StatusOr<bool> (*convert)(const Call&, const Request&, store::Snapshot&, const delivery::FeedItem&,
                                             Response*),
             const char* parent_collection = "") {
    Watch<Request, Response>(method, collection, WatchConvert<Request, Response>(convert), parent_collection);
  }

  using StreamStart =
      std::function<grpc::ServerWriteReactor<grpc::ByteBuffer>*(grpc::CallbackServerContext&, const grpc::ByteBuffer&)>;
  // A method with a stream of answers that is no Watch: `start` returns its reactor.
  void AddStream(const char* method, const google::protobuf::Message& request,
                 const google::protobuf::Message& response, StreamStart start);

 private:
  void AddUnary(const char* method, const google::protobuf::Message& request, const google::protobuf::Message& response,
                UntypedHandler handler);
  void AddWatch(const char* method, const google::protobuf::Message& request, const google::protobuf::Message& response,
                const char* collection, const char* parent_collection, UntypedWatchConvert convert);
  // Where the method is in gRPC's list; its path ("/service/method") lives as long as this does.
  int Add(const char* method, const google::protobuf::Message& request, const google::protobuf::Message& response,
          bool streams);

  Calls& calls_;
  const google::protobuf::ServiceDescriptor& description_;
  std::deque<std::string> paths_;  // a deque moves none of them
  std::deque<UnaryMethod> unary_;
  std::deque<WatchMethod> watches_;
  int count_ = 0;
};

}  // namespace splw::rpc
