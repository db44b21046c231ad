// For this folder's tests: a real server on a port of its own, over a store in memory, whose methods do what a test says. It
// borrows the shape of a service of the suite; none of that service's code is here.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/str_cat.h>
#include <grpcpp/grpcpp.h>

#include "common/delivery/changes.h"
#include "common/delivery/delivery_tables.h"
#include "common/delivery/inbox.h"
#include "common/rpc/calls.h"
#include "common/rpc/channel.h"
#include "common/rpc/delivery_service.h"
#include "common/rpc/operations_service.h"
#include "common/rpc/server.h"
#include "common/rpc/status.h"
#include "common/rpc/watch.h"
#include "common/store/memory_store.h"
#include "splw/referral/v1/referral_intake_service.stubs.h"

namespace splw::rpc {

inline constexpr char kGetReferral[] = "splw.referral.v1.ReferralIntakeService/GetReferral";
inline constexpr char kWatchReferrals[] = "splw.referral.v1.ReferralIntakeService/WatchReferrals";

class ScriptedService final : public Service {
 public:
  explicit ScriptedService(Calls& calls) : Service(calls, "splw.referral.v1.ReferralIntakeService") {
    Unary<referral::v1::GetReferralRequest, referral::v1::Referral>(
        "GetReferral", [this](const Call& call, const referral::v1::GetReferralRequest& request,
                              referral::v1::Referral* response) { return get(call, request, response); });
    Watch<referral::v1::WatchReferralsRequest, referral::v1::WatchReferralsResponse>(
        "WatchReferrals", "referrals",
        [this](const Call& call, const referral::v1::WatchReferralsRequest& request, store::Snapshot& snapshot,
               const delivery::FeedItem& item, referral::v1::WatchReferralsResponse* response) {
          return convert(call, request, snapshot, item, response);
        });
  }

  UnaryHandler<referral::v1::GetReferralRequest, referral::v1::Referral> get;
  WatchConvert<referral::v1::WatchReferralsRequest, referral::v1::WatchReferralsResponse> convert =
      [](const Call&, const referral::v1::WatchReferralsRequest&, store::Snapshot&, const delivery::FeedItem& item,
         referral::v1::WatchReferralsResponse* response) -> absl::StatusOr<bool> {
    response->mutable_referral()->set_name(item.resource);
    return true;
  };
};

// Link workers may call every method of the scripted service.
inline std::vector<identity::PolicyRow> TestPolicy() {
  std::vector<identity::PolicyRow> rows;
  const auto* service =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName("splw.referral.v1.ReferralIntakeService");
  for (int i = 0; i < service->method_count(); ++i) {
    rows.push_back(
        {absl::StrCat(service->full_name(), "/", service->method(i)->name()), {identity::Role::kLinkWorker}});
  }
  for (const auto& more : {DeliveryPolicy(), OperationsPolicy()}) rows.insert(rows.end(), more.begin(), more.end());
  return rows;
}

struct TestServerOptions {
  bool automatic_sync = true;
  std::string incarnation = "1";
  bool dev_principals = true;
  bool reads_in_place = false;  // this server's Get does what the test says, and may wait
  int threads = 4;
  std::size_t max_queued = 64;
  std::size_t max_watchers = 4;
  const time::Clock* wall_clock = nullptr;
  std::size_t max_request_bytes = CallsOptions().max_request_bytes;
  std::size_t max_transport_bytes = ServerOptions().max_transport_bytes;
};

class TestServer final {
 public:
  explicit TestServer(const TestServerOptions& options = {})
      : store(clock, {.automatic_sync = options.automatic_sync, .limits = {}}),
        policy(*identity::PolicyTable::Make(TestPolicy())),
        changes(delivery::MakeChanges({.store = store,
                                       .random = random,
                                       .source = "test",
                                       .incarnation = options.incarnation,
                                       .outbox_signal = nullptr,
                                       .feed_signal = &feed_signal})),
        calls({.store = &store,
               .policy = &policy,
               .clock = &clock,
               .random = &random,
               .wall_clock = options.wall_clock,
               .feed_signal = &feed_signal,
               .incarnation = options.incarnation,
               .metrics = &metrics,
               .dev_principals = options.dev_principals,
               .reads_in_place = options.reads_in_place,
               .threads = options.threads,
               .max_queued = options.max_queued,
               .max_request_bytes = options.max_request_bytes,
               .max_watchers = options.max_watchers}),
        service(calls),
        inbox(store, *changes),
        delivery_service(calls, inbox),
        operations_service(calls, store, *changes, delivery::DeliveryTables()) {
    service.get = [this](const Call& call, const referral::v1::GetReferralRequest& request,
                         referral::v1::Referral* response) -> absl::StatusOr<store::Position> {
      response->set_name(request.name());
      return store.View(call.attempt(), [](store::Snapshot&) { return absl::OkStatus(); });
    };
    server = *Server::Start(calls, {.address = "127.0.0.1:0",
                                    .policy = &policy,
                                    .services = {&service, &delivery_service, &operations_service},
                                    .max_transport_bytes = options.max_transport_bytes});
    channel = MakeChannel(address());
    stub = referral::v1::ReferralIntakeService::NewStub(channel);
    operations = operations::v1::OperationsService::NewStub(channel);
  }

  std::string address() const { return absl::StrCat("127.0.0.1:", server->port()); }

  static identity::Principal LinkWorker() {
    return {.id = "worker",
            .role = identity::Role::kLinkWorker,
            .organisation = "A1",
            .agency = "",
            .networks = {"U12345"}};
  }
  static identity::Principal Operator() {
    return {
        .id = "night-shift", .role = identity::Role::kOperator, .organisation = "A1", .agency = "", .networks = {"*"}};
  }

  // Calls GetReferral as `principal`.
  absl::Status Get(const identity::Principal& principal, const std::string& name = "networks/U12345/referrals/1",
                   absl::Duration deadline = absl::Seconds(10)) {
    grpc::ClientContext context;
    PrepareContext(context, principal, "", deadline);
    referral::v1::GetReferralRequest request;
    request.set_name(name);
    referral::v1::Referral response;
    return FromGrpcStatus(stub->GetReferral(&context, request, &response));
  }

  // Writes a change of a referral, as a handler would.
  store::Position ChangeReferral(const std::string& resource, bool created = false,
                                 const std::string& network = "U12345") {
    return *changes->Run({}, {"worker", "LINK_WORKER", "A1", "Test", "correlation"}, network,
                         [&](delivery::Change& change) { return change.Changed("referrals", resource, created); });
  }

  time::SystemClock clock;
  ids::SeededRandom random{1};
  telemetry::Metrics metrics;
  delivery::FeedSignal feed_signal;
  store::MemoryStore store;
  identity::PolicyTable policy;
  std::unique_ptr<delivery::Changes> changes;
  Calls calls;
  ScriptedService service;
  delivery::Inbox inbox;
  DeliveryService delivery_service;
  OperationsService operations_service;
  std::unique_ptr<Server> server;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<referral::v1::ReferralIntakeService::Stub> stub;
  std::unique_ptr<operations::v1::OperationsService::Stub> operations;
};

}  // namespace splw::rpc
