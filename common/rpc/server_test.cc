#include "common/rpc/server.h"

#include <algorithm>
#include <atomic>
#include <future>

#include <gmock/gmock.h>
#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>

#include "common/delivery/outbox.h"
#include "common/ids/ulid.h"
#include "common/rpc/page.h"
#include "common/rpc/testing_server.h"
#include "common/testing/process.h"
#include "common/testing/status_matchers.h"

namespace splw::rpc {
namespace {

// For what another thread does.
constexpr absl::Duration kPatience = absl::Seconds(20);

using ::splw::testing::Eventually;
using ::splw::testing::HasField;
using ::splw::testing::HasReason;
using ::splw::testing::IsOk;
using ::splw::testing::StatusIs;
using ::testing::HasSubstr;

absl::Status Verify(TestServer& server, const identity::Principal& principal) {
  grpc::ClientContext context;
  PrepareContext(context, principal, "", absl::Seconds(30));
  auto reader = server.operations->VerifyStore(&context, operations::v1::VerifyStoreRequest());
  operations::v1::VerifyStoreResponse response;
  while (reader.Read(&response)) {
  }
  return FromGrpcStatus(reader.Finish());
}

TEST(Server, DoesNotStartWithAMethodThatNoPolicyCovers) {
  std::vector<identity::PolicyRow> rows = TestPolicy();
  const auto removed =
      std::find_if(rows.begin(), rows.end(), [](const auto& row) { return row.method == kGetReferral; });
  ASSERT_NE(removed, rows.end());
  rows.erase(removed);
  TestServer server;
  const auto policy = *identity::PolicyTable::Make(rows);
  const absl::Status status =
      CheckPolicyCovers(policy, {"splw.referral.v1.ReferralIntakeService", "splw.delivery.v1.DeliveryService",
                                 "splw.operations.v1.OperationsService", "grpc.health.v1.Health"});
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(std::string(status.message()), HasSubstr(kGetReferral));

  ScriptedService service(server.calls);
  EXPECT_THAT(Server::Start(server.calls, {.policy = &policy, .services = {&service}}),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(Server, DoesNotStartWhereAMethodShouldNameANetworkAndCannot) {
  std::vector<identity::PolicyRow> rows = TestPolicy();
  for (auto& row : rows) {
    if (row.method == "splw.operations.v1.OperationsService/VerifyStore") row.network_scoped = true;
  }
  const absl::Status status =
      CheckPolicyCovers(*identity::PolicyTable::Make(rows), {"splw.operations.v1.OperationsService"});
  EXPECT_THAT(std::string(status.message()), HasSubstr("VerifyStore"));
}

TEST(Server, DescribesByReflectionWhateverItServesItsHealthIncluded) {
  const auto* health = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName("grpc.health.v1.Health");
  ASSERT_NE(health, nullptr);
  EXPECT_NE(health->FindMethodByName("Check"), nullptr);
  EXPECT_EQ(health->FindMethodByName("Check")->input_type()->full_name(), "grpc.health.v1.HealthCheckRequest");
}

TEST(Server, RefusesAnAddressThatIsTaken) {
  TestServer server;
  TestServer other;
  ScriptedService service(other.calls);
  EXPECT_THAT(
      Server::Start(other.calls, {.address = server.address(), .policy = &other.policy, .services = {&service}}),
      StatusIs(absl::StatusCode::kUnavailable));
}

TEST(Server, LetsACallUnderWayEndAndRefusesNewOnesWhileItDrains) {
  TestServer server;
  std::promise<void> open;
  std::atomic<bool> inside = false;
  server.service.get = [&](const Call& call, const auto&, auto*) -> absl::StatusOr<store::Position> {
    inside = true;
    open.get_future().wait();
    return server.store.View(call.attempt(), [](store::Snapshot&) { return absl::OkStatus(); });
  };
  auto call = std::async(std::launch::async, [&] { return server.Get(TestServer::LinkWorker()); });
  ASSERT_TRUE(Eventually(kPatience, [&] { return inside.load(); }));
  auto drain = std::async(std::launch::async, [&] { server.server->Drain(); });
  EXPECT_EQ(drain.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  open.set_value();
  EXPECT_THAT(call.get(), IsOk());
  drain.get();
  EXPECT_THAT(server.Get(TestServer::LinkWorker()), StatusIs(absl::StatusCode::kUnavailable));
}

// A client that keeps to no limit.
std::unique_ptr<referral::v1::ReferralIntakeService::Stub> UnlimitedClient(const TestServer& server) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxSendMessageSize(-1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return referral::v1::ReferralIntakeService::NewStub(
      grpc::CreateCustomChannel(server.address(), grpc::InsecureChannelCredentials(), arguments));
}

// Calls GetReferral `count` times at once, with requests of `bytes`.
std::vector<absl::Status> GetAtOnce(referral::v1::ReferralIntakeService::Stub& client, int count, std::size_t bytes) {
  referral::v1::GetReferralRequest request;
  request.set_name("networks/U12345/referrals/1" + std::string(bytes, '1'));
  std::vector<std::future<absl::Status>> calls;
  for (int i = 0; i < count; ++i) {
    calls.push_back(std::async(std::launch::async, [&] {
      grpc::ClientContext context;
      PrepareContext(context, TestServer::LinkWorker(), "", kPatience);
      referral::v1::Referral response;
      return FromGrpcStatus(client.GetReferral(&context, request, &response));
    }));
  }
  std::vector<absl::Status> statuses;
  for (auto& call : calls) statuses.push_back(call.get());
  return statuses;
}

TEST(Server, RefusesAMessageThatIsTooLarge) {
  TestServer server;
  const auto client = UnlimitedClient(server);
  EXPECT_THAT(GetAtOnce(*client, 1, kMaxMessageBytes + 1),
              ::testing::ElementsAre(StatusIs(absl::StatusCode::kResourceExhausted)));
  EXPECT_THAT(GetAtOnce(*client, 1, kMaxMessageBytes / 4), ::testing::ElementsAre(IsOk()));
}

TEST(Server, EndsSomeOfTheCallsWhoseMessagesAreMoreThanItMayHoldAndServesOn) {
  constexpr int kCalls = 16;
  constexpr std::size_t kBytes = kMaxMessageBytes / 4 * 3;
  TestServer roomy;
  EXPECT_THAT(GetAtOnce(*UnlimitedClient(roomy), kCalls, kBytes), ::testing::Each(IsOk()));
  TestServer server({.max_transport_bytes = std::size_t{1} << 20});
  EXPECT_THAT(GetAtOnce(*UnlimitedClient(server), kCalls, kBytes),
              ::testing::Contains(StatusIs(absl::StatusCode::kResourceExhausted)));
  EXPECT_THAT(server.Get(TestServer::LinkWorker()), IsOk());
}

TEST(Operations, ListsWaitsRetriesAndSkipsWhatIsParked) {
  TestServer server;
  const auto emit = [&] {
    return server.changes
        ->Run({}, {"worker", "LINK_WORKER", "A1", "Test", "correlation"}, "U12345",
              [](delivery::Change& change) {
                google::protobuf::StringValue event;
                event.set_value("x");
                return change.Emit("caseload", "networks/U12345/referrals/1", event);
              })
        .status();
  };
  ASSERT_THAT(emit(), IsOk());
  ASSERT_THAT(emit(), IsOk());

  const auto list = [&](bool parked_only) {
    grpc::ClientContext context;
    PrepareContext(context, TestServer::Operator());
    operations::v1::ListOutboxStreamsRequest request;
    request.set_parked_only(parked_only);
    operations::v1::ListOutboxStreamsResponse response;
    EXPECT_THAT(FromGrpcStatus(server.operations->ListOutboxStreams(&context, request, &response)), IsOk());
    return response;
  };
  EXPECT_EQ(list(true).streams_size(), 0);
  ASSERT_EQ(list(false).streams_size(), 1);
  const operations::v1::OutboxStream stream = list(false).streams(0);
  EXPECT_EQ(stream.network(), "U12345");
  EXPECT_EQ(stream.destination(), "caseload");
  EXPECT_EQ(stream.stream(), "networks/U12345/referrals/1");
  EXPECT_EQ(stream.depth(), 2);
  EXPECT_EQ(stream.first_event_type(), "google.protobuf.StringValue");
  EXPECT_FALSE(stream.parked());

  const auto retry = [&](const std::string& name, const std::string& request_id) {
    grpc::ClientContext context;
    PrepareContext(context, TestServer::Operator());
    operations::v1::RetryStreamRequest request;
    request.set_parent("networks/U12345");
    request.set_destination("caseload");
    request.set_stream(name);
    request.set_request_id(request_id);
    operations::v1::RetryStreamResponse response;
    return FromGrpcStatus(server.operations->RetryStream(&context, request, &response));
  };
  EXPECT_THAT(retry("networks/U12345/referrals/1", "r1"), HasReason("STREAM_NOT_PARKED"));
  EXPECT_THAT(retry("networks/U12345/referrals/2", "r2"), HasReason("STREAM_NOT_FOUND"));
  EXPECT_THAT(retry("", "r3"), HasField("stream"));
  EXPECT_THAT(retry("networks/U12345/referrals/1", ""), HasField("request_id"));

  ASSERT_THAT(delivery::Settle(server.store, {}, "U12345",
                               {{.key = {"U12345", "caseload", "networks/U12345/referrals/1"},
                                 .parking = delivery::Parking{.revision = 1, .reason = "TEST", .message = "words"}}}),
              IsOk());
  ASSERT_EQ(list(true).streams_size(), 1);
  EXPECT_EQ(list(true).streams(0).parked_reason(), "TEST");
  EXPECT_THAT(retry("networks/U12345/referrals/1", "r4"), IsOk());
  EXPECT_THAT(retry("networks/U12345/referrals/1", "r4"), IsOk());  // the same answer, no second effect
  EXPECT_EQ(list(true).streams_size(), 0);
}

TEST(Operations, ListsOfAllNetworksAreForThoseWhoActInAll) {
  TestServer server;
  identity::Principal principal = TestServer::Operator();
  principal.networks = {"U12345"};
  const auto list = [&](const std::string& parent) {
    grpc::ClientContext context;
    PrepareContext(context, principal);
    operations::v1::ListOutboxStreamsRequest request;
    request.set_parent(parent);
    operations::v1::ListOutboxStreamsResponse response;
    return FromGrpcStatus(server.operations->ListOutboxStreams(&context, request, &response));
  };
  EXPECT_THAT(list("networks/U12345"), IsOk());
  EXPECT_THAT(list(""), HasReason("NETWORK_NOT_ALLOWED"));
  EXPECT_THAT(list("networks/U99999"), HasReason("NETWORK_NOT_ALLOWED"));
}

TEST(Operations, ShowsTheAuditRecordToAuditorsAPageAtATime) {
  TestServer server;
  for (int i = 0; i < 3; ++i) server.ChangeReferral("networks/U12345/referrals/" + std::to_string(i));
  identity::Principal auditor = TestServer::LinkWorker();
  auditor.role = identity::Role::kAuditor;
  std::vector<std::uint64_t> sequences;
  std::string token;
  do {
    grpc::ClientContext context;
    PrepareContext(context, auditor);
    operations::v1::ListAuditRecordsRequest request;
    request.set_parent("networks/U12345");
    request.set_page_size(2);
    request.set_page_token(token);
    operations::v1::ListAuditRecordsResponse response;
    ASSERT_THAT(FromGrpcStatus(server.operations->ListAuditRecords(&context, request, &response)), IsOk());
    for (const auto& record : response.records()) {
      sequences.push_back(record.sequence());
      EXPECT_EQ(record.actor(), "worker");
      EXPECT_EQ(record.action(), "Test");
    }
    token = response.next_page_token();
  } while (!token.empty());
  EXPECT_EQ(sequences, (std::vector<std::uint64_t>{1, 2, 3}));
}

TEST(Operations, VerifiesTheStoreAndFindsAPlantedFault) {
  TestServer server;
  server.ChangeReferral("networks/U12345/referrals/1");
  const auto verify = [&](std::int64_t& faults, std::int64_t& records) {
    grpc::ClientContext context;
    PrepareContext(context, TestServer::Operator(), "", absl::Seconds(30));
    auto reader = server.operations->VerifyStore(&context, operations::v1::VerifyStoreRequest());
    operations::v1::VerifyStoreResponse response;
    bool done = false;
    while (reader.Read(&response)) {
      faults = response.fault_count();
      records = response.records();
      done = response.done();
    }
    EXPECT_TRUE(done);
    return FromGrpcStatus(reader.Finish());
  };
  std::int64_t faults = -1;
  std::int64_t records = -1;
  EXPECT_THAT(verify(faults, records), IsOk());
  EXPECT_EQ(faults, 0);
  EXPECT_GT(records, 0);
  ASSERT_THAT(server.store.Commit({},
                                  [](store::Transaction& txn) {
                                    txn.Put(store::KeyBuilder().Text("U12345").Text("no-such-table").str(), "x");
                                    return absl::OkStatus();
                                  }),
              IsOk());
  EXPECT_THAT(verify(faults, records), IsOk());
  EXPECT_EQ(faults, 1);
}

// More than one message can hold: each is written after the one before it.
TEST(Operations, TellsOfMoreFaultsThanAMessageHolds) {
  constexpr int kFaults = 450;
  TestServer server;
  ASSERT_THAT(server.store.Commit({},
                                  [&](store::Transaction& txn) {
                                    for (int i = 0; i < kFaults; ++i) {
                                      const std::string table = absl::StrCat("no-such-table-", i);
                                      txn.Put(store::KeyBuilder().Text("U12345").Text(table).str(), "x");
                                    }
                                    return absl::OkStatus();
                                  }),
              IsOk());
  grpc::ClientContext context;
  PrepareContext(context, TestServer::Operator(), "", absl::Seconds(30));
  auto reader = server.operations->VerifyStore(&context, operations::v1::VerifyStoreRequest());
  operations::v1::VerifyStoreResponse response;
  int told = 0;
  while (reader.Read(&response)) told += response.faults_size();
  EXPECT_THAT(FromGrpcStatus(reader.Finish()), IsOk());
  EXPECT_EQ(told, kFaults);
}

TEST(Operations, VerifiesForThoseWhoActInEveryNetworkOnly) {
  TestServer server;
  identity::Principal principal = TestServer::Operator();
  principal.networks = {"U12345"};
  EXPECT_THAT(Verify(server, principal), HasReason("NETWORK_NOT_ALLOWED"));
  EXPECT_THAT(Verify(server, TestServer::Operator()), IsOk());
}

TEST(Operations, TellsTooManyWatchersFromAServerThatStops) {
  TestServer server({.max_watchers = 0});
  EXPECT_THAT(Verify(server, TestServer::Operator()), HasReason("TOO_MANY_WATCHERS"));
}

TEST(Operations, RefuseAForgedPageToken) {
  TestServer server;
  operations::v1::ListOutboxStreamsRequest request;
  for (const std::string& cursor : {std::string("x"), store::KeyBuilder().Number(2).Text("U12345").str(),
                                    store::KeyBuilder().Number(0).Text("U12345").str() + "x"}) {
    grpc::ClientContext context;
    PrepareContext(context, TestServer::Operator());
    request.set_parent("networks/U12345");
    request.set_page_token(MakePageToken(request, cursor));
    operations::v1::ListOutboxStreamsResponse response;
    EXPECT_THAT(FromGrpcStatus(server.operations->ListOutboxStreams(&context, request, &response)),
                HasReason("PAGE_TOKEN_INVALID"));
  }
}

TEST(Delivery, TakesOnlyTheCallersOwnEvents) {
  TestServer server;
  auto stub = delivery::v1::DeliveryService::NewStub(server.channel);
  grpc::ClientContext context;
  PrepareContext(context, {.id = "mdt-agenda", .role = identity::Role::kService, .networks = {"*"}});
  delivery::v1::DeliverRequest request;
  for (const char* source : {"mdt-agenda", "caseload"}) {
    request.add_events()->set_source(source);
    request.mutable_events()->rbegin()->set_network("U12345");
  }
  delivery::v1::DeliverResponse response;
  EXPECT_THAT(FromGrpcStatus(stub->Deliver(&context, request, &response)), HasReason("SOURCE_NOT_ALLOWED"));
}

TEST(Delivery, TakesEventsOfServicesOnly) {
  TestServer server;
  auto stub = delivery::v1::DeliveryService::NewStub(server.channel);
  grpc::ClientContext context;
  PrepareContext(context, TestServer::LinkWorker());
  delivery::v1::DeliverResponse response;
  EXPECT_THAT(FromGrpcStatus(stub->Deliver(&context, delivery::v1::DeliverRequest(), &response)),
              HasReason("ROLE_NOT_ALLOWED"));
}

TEST(GrpcPeer, HandsEventsOverAndBringsTheAnswerBack) {
  TestServer server;
  std::promise<std::string> applied;
  server.inbox.Handle<google::protobuf::StringValue>(
      [&](delivery::Change&, const google::protobuf::StringValue& event) {
        applied.set_value(event.value());
        return absl::OkStatus();
      });
  delivery::v1::DeliverRequest request;
  delivery::v1::Envelope& envelope = *request.add_events();
  envelope.set_event_id(ids::NewUlid(server.clock.Now(), server.random));
  envelope.set_source("caseload");
  envelope.set_incarnation("1");
  envelope.set_network("U12345");
  envelope.set_stream("networks/U12345/cases/1");
  envelope.set_revision(1);
  envelope.mutable_time()->set_seconds(1);
  envelope.set_correlation_id("correlation");
  google::protobuf::StringValue event;
  event.set_value("hello");
  envelope.mutable_payload()->PackFrom(event);

  GrpcPeer peer(server.address(), "caseload", server.clock);
  std::promise<absl::StatusOr<delivery::v1::DeliverResponse>> answer;
  peer.Deliver(request, server.clock.Now() + absl::Seconds(10),
               [&](auto result) { answer.set_value(std::move(result)); });
  const auto maybe_response = answer.get_future().get();
  ASSERT_THAT(maybe_response, IsOk());
  ASSERT_EQ(maybe_response->results_size(), 1);
  EXPECT_EQ(maybe_response->results(0).disposition(), delivery::v1::DISPOSITION_APPLIED);
  EXPECT_EQ(applied.get_future().get(), "hello");
}

TEST(GrpcPeer, SaysAtOnceThatThePeerIsAway) {
  const time::SystemClock clock;
  GrpcPeer peer("127.0.0.1:1", "caseload", clock);
  std::promise<absl::Status> answer;
  const delivery::v1::DeliverRequest request;
  peer.Deliver(request, clock.Now() + absl::Seconds(10), [&](auto result) { answer.set_value(result.status()); });
  EXPECT_THAT(answer.get_future().get(), StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace splw::rpc
