#include "common/rpc/calls.h"

#include <atomic>
#include <future>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "common/ids/ulid.h"
#include "common/rpc/calls_core.h"
#include "common/rpc/testing_server.h"
#include "common/telemetry/log.h"
#include "common/testing/process.h"
#include "common/testing/status_matchers.h"
#include "common/text/failure.h"

namespace splw::rpc {
namespace {

// For what another thread does.
constexpr absl::Duration kPatience = absl::Seconds(20);

using referral::v1::GetReferralRequest;
using referral::v1::Referral;
using ::splw::testing::Eventually;
using ::splw::testing::HasField;
using ::splw::testing::HasReason;
using ::splw::testing::IsOk;
using ::splw::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

// A handler that says that it runs, and waits until it is let go on: when the gate opens, or the test is over, whichever way.
// Handlers hold what they wait for, so that they may outlive the gate.
class Gate final {
 public:
  class Way final {
   public:
    void Pass() {
      ++inside_;
      opening_.wait();
    }

   private:
    friend class Gate;
    std::promise<void> open_;
    std::shared_future<void> opening_ = open_.get_future().share();
    std::atomic<bool> opened_ = false;
    std::atomic<int> inside_ = 0;
  };

  ~Gate() { Open(); }
  void Open() {
    if (!way_->opened_.exchange(true)) way_->open_.set_value();
  }
  int inside() const { return way_->inside_.load(); }
  std::shared_ptr<Way> way() const { return way_; }

 private:
  const std::shared_ptr<Way> way_ = std::make_shared<Way>();
};

auto PassGate(TestServer& server, const Gate& gate) {
  return [&server, way = gate.way()](const Call& call, const GetReferralRequest&,
                                     Referral*) -> absl::StatusOr<store::Position> {
    way->Pass();
    return server.store.View(call.attempt(), [](store::Snapshot&) { return absl::OkStatus(); });
  };
}

TEST(Calls, HandTheHandlerWhoAsksForWhichNetworkUntilWhen) {
  TestServer server;
  Call seen;
  server.service.get = [&](const Call& call, const GetReferralRequest&, Referral*) -> absl::StatusOr<store::Position> {
    seen = call;
    return store::Position();
  };
  const absl::Time before = absl::Now();
  EXPECT_THAT(server.Get(TestServer::LinkWorker(), "networks/U12345/referrals/1", absl::Seconds(20)), IsOk());
  EXPECT_EQ(seen.principal.id, "worker");
  EXPECT_EQ(seen.principal.role, identity::Role::kLinkWorker);
  EXPECT_EQ(seen.principal.organisation, "A1");
  EXPECT_EQ(seen.method, "GetReferral");
  EXPECT_EQ(seen.network, "U12345");
  EXPECT_TRUE(ids::IsUlid(seen.correlation_id)) << seen.correlation_id;
  EXPECT_GT(seen.deadline, before + absl::Seconds(15));
  EXPECT_LT(seen.deadline, before + absl::Seconds(21));
}

TEST(Calls, GiveADeadlineToACallWithoutOneAndCutALongOne) {
  TestServer server;
  absl::Time seen;
  server.service.get = [&](const Call& call, const GetReferralRequest&, Referral*) -> absl::StatusOr<store::Position> {
    seen = call.deadline;
    return store::Position();
  };
  EXPECT_THAT(server.Get(TestServer::LinkWorker(), "networks/U12345", absl::InfiniteDuration()), IsOk());
  EXPECT_LE(seen, absl::Now() + kDefaultDeadline);
  EXPECT_THAT(server.Get(TestServer::LinkWorker(), "networks/U12345", absl::Hours(5)), IsOk());
  EXPECT_LE(seen, absl::Now() + kMaxDeadline);
  EXPECT_GT(seen, absl::Now() + kDefaultDeadline);
}

TEST(Calls, AreUnauthenticatedWithoutAPrincipal) {
  TestServer server;
  grpc::ClientContext context;
  Referral response;
  const absl::Status status = FromGrpcStatus(server.stub->GetReferral(&context, GetReferralRequest(), &response));
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_THAT(status, HasReason("PRINCIPAL_MISSING"));
}

// Where GetReferralRequest has a text there are bytes that are none.
google::protobuf::BytesValue NoRequest() {
  google::protobuf::BytesValue bytes;
  bytes.set_value("\xc3\x28");
  return bytes;
}

TEST(Calls, WithBytesThatAreNoRequestAreToldSo) {
  TestServer server;
  bool ran = false;
  server.service.get = [&](const Call&, const GetReferralRequest&, Referral*) -> absl::StatusOr<store::Position> {
    ran = true;
    return store::Position();
  };
  grpc::ClientContext context;
  PrepareContext(context, TestServer::LinkWorker(), "", absl::Seconds(10));
  Referral response;
  const absl::Status status = FromGrpcStatus(stubs::Call(
      *server.channel, "/splw.referral.v1.ReferralIntakeService/GetReferral", &context, NoRequest(), &response));
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(status, HasReason("REQUEST_MALFORMED"));
  EXPECT_FALSE(ran);
}

TEST(Calls, WithBytesThatAreNoRequestAreFirstAskedWhoTheyAreOf) {
  TestServer server;
  grpc::ClientContext context;
  Referral response;
  EXPECT_THAT(FromGrpcStatus(stubs::Call(*server.channel, "/splw.referral.v1.ReferralIntakeService/GetReferral",
                                         &context, NoRequest(), &response)),
              HasReason("PRINCIPAL_MISSING"));
}

TEST(Calls, AreUnauthenticatedWhereNobodyIsBelieved) {
  TestServer server({.dev_principals = false});
  const absl::Status status = server.Get(TestServer::LinkWorker());
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_THAT(status, HasReason("AUTHENTICATION_NOT_CONFIGURED"));
}

TEST(Calls, AreDeniedToOtherRoles) {
  TestServer server;
  for (identity::Role role : identity::kAllRoles) {
    identity::Principal principal = TestServer::LinkWorker();
    principal.role = role;
    const absl::Status status = server.Get(principal);
    if (role == identity::Role::kLinkWorker) {
      EXPECT_THAT(status, IsOk());
    } else {
      EXPECT_THAT(status, StatusIs(absl::StatusCode::kPermissionDenied)) << identity::RoleName(role);
      EXPECT_THAT(status, HasReason("ROLE_NOT_ALLOWED"));
    }
  }
}

TEST(Calls, AreDeniedInOtherNetworksBeforeAnythingIsLookedAt) {
  TestServer server;
  std::atomic<bool> ran = false;
  server.service.get = [&](const Call&, const GetReferralRequest&, Referral*) -> absl::StatusOr<store::Position> {
    ran = true;
    return absl::NotFoundError("");
  };
  const absl::Status status = server.Get(TestServer::LinkWorker(), "networks/U99999/referrals/1");
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(status, HasReason("NETWORK_NOT_ALLOWED"));
  EXPECT_FALSE(ran);
}

TEST(Calls, NameTheFieldThatShouldNameTheNetwork) {
  TestServer server;
  EXPECT_THAT(server.Get(TestServer::LinkWorker(), "referrals/1"), HasField("name"));
  EXPECT_THAT(server.Get(TestServer::LinkWorker(), "referrals/1"), HasReason("NETWORK_INVALID"));
}

TEST(Calls, RefuseControlCharacters) {
  TestServer server;
  EXPECT_THAT(server.Get(TestServer::LinkWorker(), "networks/U12345/referrals/\x01"), HasField("name"));
}

TEST(Calls, HoldTheReplyUntilAllItTellsOfIsDurable) {
  TestServer server({.automatic_sync = false});
  std::atomic<bool> committed = false;
  server.service.get = [&](const Call& call, const GetReferralRequest&, Referral*) {
    auto maybe_position = server.store.Commit(call.attempt(), [](store::Transaction& txn) {
      txn.Put("key", "value");
      return absl::OkStatus();
    });
    committed = true;
    return maybe_position;
  };
  auto reply = std::async(std::launch::async, [&] { return server.Get(TestServer::LinkWorker()); });
  ASSERT_TRUE(Eventually(kPatience, [&] { return committed.load(); }));
  EXPECT_EQ(reply.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  server.store.Sync();
  EXPECT_THAT(reply.get(), IsOk());
}

TEST(Calls, HoldAnErrorTooUntilWhatItTellsOfIsDurable) {
  TestServer server({.automatic_sync = false});
  ASSERT_THAT(server.store.Commit({},
                                  [](store::Transaction& txn) {
                                    txn.Put("key", "value");
                                    return absl::OkStatus();
                                  }),
              IsOk());
  std::atomic<bool> ran = false;
  server.service.get = [&](const Call&, const GetReferralRequest&, Referral*) -> absl::StatusOr<store::Position> {
    ran = true;
    return text::Failure(absl::StatusCode::kAlreadyExists, "KEY_TAKEN", "there is one already");
  };
  auto reply = std::async(std::launch::async, [&] { return server.Get(TestServer::LinkWorker()); });
  ASSERT_TRUE(Eventually(kPatience, [&] { return ran.load(); }));
  EXPECT_EQ(reply.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  server.store.Sync();
  EXPECT_THAT(reply.get(), HasReason("KEY_TAKEN"));
}

TEST(Calls, AreAnsweredUnavailableWhenTheStoreLosesWhatTheyDid) {
  TestServer server({.automatic_sync = false});
  std::atomic<int> committed = 0;
  server.service.get = [&](const Call& call, const GetReferralRequest&, Referral*) {
    auto maybe_position = server.store.Commit(call.attempt(), [](store::Transaction& txn) {
      txn.Put("key", "value");
      return absl::OkStatus();
    });
    ++committed;
    return maybe_position;
  };
  auto reply = std::async(std::launch::async, [&] { return server.Get(TestServer::LinkWorker()); });
  // Not before the reply waits: what asks after the crash would wait for a position that the store may never reach again.
  ASSERT_TRUE(Eventually(kPatience, [&] { return server.store.waiting() == 1; }));
  EXPECT_EQ(committed.load(), 1);
  server.store.Crash();
  // The client tries again: every attempt meets the same fate until the store works.
  ASSERT_TRUE(Eventually(kPatience, [&] {
    server.store.Sync();
    return reply.wait_for(std::chrono::milliseconds(1)) == std::future_status::ready;
  }));
  EXPECT_GE(committed.load(), 2);
  EXPECT_THAT(reply.get(), IsOk());
}

TEST(Calls, ThatOnlyReadAreAnsweredThoughThePoolIsBusy) {
  TestServer server({.reads_in_place = true, .threads = 1});
  Gate gate;
  server.calls.core().pool.Post([way = gate.way()] { way->Pass(); });
  ASSERT_TRUE(Eventually(kPatience, [&] { return gate.inside() == 1; }));
  EXPECT_THAT(server.Get(TestServer::LinkWorker()), IsOk());
}

TEST(Calls, BeyondTheQueueAreRefusedAtOnceWithADelay) {
  TestServer server({.threads = 1, .max_queued = 1});
  std::vector<std::future<absl::Status>>
      admitted;  // before the gate, which a test that fails thus opens before it waits
  Gate gate;
  server.service.get = PassGate(server, gate);
  admitted.push_back(std::async(std::launch::async, [&] { return server.Get(TestServer::LinkWorker()); }));
  ASSERT_TRUE(Eventually(kPatience, [&] { return gate.inside() == 1; }));
  admitted.push_back(std::async(std::launch::async, [&] { return server.Get(TestServer::LinkWorker()); }));
  ASSERT_TRUE(Eventually(kPatience, [&] { return server.calls.core().pool.waiting() == 1; }));

  const absl::Status refused = server.Get(TestServer::LinkWorker());
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(refused, HasReason("OVERLOADED"));
  EXPECT_TRUE(refused.GetPayload("type.googleapis.com/google.rpc.RetryInfo").has_value());
  gate.Open();
  for (auto& call : admitted) EXPECT_THAT(call.get(), IsOk());
}

TEST(Calls, BeyondTheBytesOfRequestsThatMayBeHeldAreRefusedAtOnce) {
  constexpr std::size_t kLarge = 1 << 20;
  TestServer server({.threads = 1, .max_request_bytes = 2 * kLarge + kLarge / 2});
  std::vector<std::future<absl::Status>> admitted;  // before the gate, as above
  Gate gate;
  server.service.get = PassGate(server, gate);
  const std::string small = "networks/U12345/referrals/1";
  const std::string large = small + std::string(kLarge, '1');
  const auto call = [&](const std::string& name) {
    return std::async(std::launch::async, [&server, name] { return server.Get(TestServer::LinkWorker(), name); });
  };
  admitted.push_back(call(large));
  ASSERT_TRUE(Eventually(kPatience, [&] { return gate.inside() == 1; }));
  admitted.push_back(call(large));
  ASSERT_TRUE(Eventually(kPatience, [&] { return server.calls.core().pool.waiting() == 1; }));

  EXPECT_THAT(server.Get(TestServer::LinkWorker(), large), HasReason("OVERLOADED"));
  // The refused one counts until gRPC is done with it, which may be after its answer.
  ASSERT_TRUE(Eventually(kPatience, [&] { return server.calls.core().request_bytes < 2 * kLarge + kLarge / 4; }));
  admitted.push_back(call(small));  // there is room for this one
  ASSERT_TRUE(Eventually(kPatience, [&] { return server.calls.core().pool.waiting() == 2; }));
  gate.Open();
  for (auto& reply : admitted) EXPECT_THAT(reply.get(), IsOk());
  EXPECT_TRUE(Eventually(kPatience, [&] { return server.calls.core().request_bytes == 0; }));
  EXPECT_THAT(server.Get(TestServer::LinkWorker(), large), IsOk());
}

TEST(Calls, ThatOnlyReadAreRefusedToWhereTheirRequestsAreTooLarge) {
  TestServer server({.reads_in_place = true, .max_request_bytes = 100});
  EXPECT_THAT(server.Get(TestServer::LinkWorker()), IsOk());
  EXPECT_THAT(server.Get(TestServer::LinkWorker(), "networks/U12345/referrals/" + std::string(100, '1')),
              HasReason("OVERLOADED"));
}

TEST(Calls, WhoseDeadlinePassedInTheQueueAreNotRun) {
  // The server's own clock passes the deadline, not the client's: that one ends the call whatever the server does.
  time::FakeClock wall_clock(absl::Now());
  TestServer server({.threads = 1, .wall_clock = &wall_clock});
  std::future<absl::Status> first, late, in_time;  // before the gate, as above
  Gate gate;
  server.service.get = PassGate(server, gate);
  const auto call = [&](absl::Duration deadline) {
    return std::async(std::launch::async, [&server, deadline] {
      return server.Get(TestServer::LinkWorker(), "networks/U12345", deadline);
    });
  };
  first = call(absl::Hours(1));
  ASSERT_TRUE(Eventually(kPatience, [&] { return gate.inside() == 1; }));
  late = call(absl::Minutes(5));
  ASSERT_TRUE(Eventually(kPatience, [&] { return server.calls.core().pool.waiting() == 1; }));
  in_time = call(absl::Hours(1));
  ASSERT_TRUE(Eventually(kPatience, [&] { return server.calls.core().pool.waiting() == 2; }));
  wall_clock.Advance(absl::Minutes(10));
  gate.Open();
  EXPECT_THAT(first.get(), IsOk());
  const absl::Status status = late.get();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_THAT(status, HasReason("DEADLINE_EXCEEDED"));  // the server's answer, not the client's patience
  EXPECT_THAT(in_time.get(), IsOk());
  EXPECT_EQ(gate.inside(), 2);
}

TEST(Calls, WhoseHandlerThrowsCostNothingButThemselves) {
  TestServer server;
  server.service.get = [](const Call&, const GetReferralRequest&, Referral*) -> absl::StatusOr<store::Position> {
    throw std::runtime_error("9990000018");
  };
  const absl::Status status = server.Get(TestServer::LinkWorker());
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("9990000018")));
}

TEST(Calls, KeepTheTextOfDefectsToThemselves) {
  TestServer server;
  server.service.get = [](const Call&, const GetReferralRequest&, Referral*) -> absl::StatusOr<store::Position> {
    return absl::InternalError("pointer 0xdeadbeef");
  };
  const absl::Status status = server.Get(TestServer::LinkWorker());
  EXPECT_THAT(status, HasReason("INTERNAL"));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("deadbeef")));
}

TEST(Calls, SendTheCorrelationIdBackAndMakeOneForABadOne) {
  TestServer server;
  const auto echoed = [&](const std::string& sent) {
    grpc::ClientContext context;
    PrepareContext(context, TestServer::LinkWorker(), sent);
    GetReferralRequest request;
    request.set_name("networks/U12345/referrals/1");
    Referral response;
    EXPECT_TRUE(server.stub->GetReferral(&context, request, &response).ok());
    const auto& metadata = context.GetServerInitialMetadata();
    const auto found = metadata.find("splw-correlation-id");
    EXPECT_EQ(context.GetServerTrailingMetadata().count("splw-correlation-id"), 1u);
    return found == metadata.end() ? std::string() : std::string(found->second.data(), found->second.size());
  };
  EXPECT_EQ(echoed("01J-from-the-practice"), "01J-from-the-practice");
  EXPECT_TRUE(ids::IsUlid(echoed("")));
  EXPECT_TRUE(ids::IsUlid(echoed(std::string(65, 'x'))));
}

TEST(Calls, LogOneLineWithoutWhoOrWhatWasAsked) {
  TestServer server;
  std::mutex mutex;
  std::vector<std::string> lines;
  {
    const telemetry::LogCapture capture([&](const std::string& line) {
      std::lock_guard lock(mutex);
      lines.push_back(line);
    });
    EXPECT_THAT(server.Get(TestServer::LinkWorker(), "networks/U12345/referrals/secret"), IsOk());
    ASSERT_TRUE(Eventually(kPatience, [&] {
      std::lock_guard lock(mutex);
      return !lines.empty();
    }));
  }
  ASSERT_EQ(lines.size(), 1u);
  const auto line = nlohmann::json::parse(lines[0]);
  EXPECT_EQ(line["event"], "call");
  EXPECT_EQ(line["method"], kGetReferral);
  EXPECT_EQ(line["code"], "OK");
  EXPECT_EQ(line["role"], "LINK_WORKER");
  EXPECT_TRUE(line.contains("milliseconds"));
  EXPECT_TRUE(line.contains("correlation_id"));
  EXPECT_THAT(lines[0], Not(HasSubstr("secret")));
  EXPECT_THAT(lines[0], Not(HasSubstr("\"worker\"")));
}

TEST(Calls, AreCountedByMethodAndCode) {
  TestServer server;
  EXPECT_THAT(server.Get(TestServer::LinkWorker()), IsOk());
  EXPECT_THAT(server.Get(TestServer::Operator()), StatusIs(absl::StatusCode::kPermissionDenied));
  const std::string text = server.metrics.Text();
  EXPECT_THAT(text, HasSubstr(absl::StrCat("splw_calls_total{code=\"OK\",method=\"", kGetReferral, "\"} 1")));
  EXPECT_THAT(text, HasSubstr(absl::StrCat("code=\"PERMISSION_DENIED\",method=\"", kGetReferral, "\"} 1")));
}

}  // namespace
}  // namespace splw::rpc
