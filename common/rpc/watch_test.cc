#include "common/rpc/watch.h"

#include <future>
#include <set>

#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>

#include "common/rpc/calls_core.h"
#include "common/rpc/page.h"
#include "common/rpc/testing_server.h"
#include "common/testing/process.h"
#include "common/testing/status_matchers.h"

namespace splw::rpc {
namespace {

// For what another thread does.
constexpr absl::Duration kPatience = absl::Seconds(20);

using referral::v1::WatchReferralsRequest;
using referral::v1::WatchReferralsResponse;
using ::splw::testing::Eventually;
using ::splw::testing::HasField;
using ::splw::testing::HasReason;
using ::splw::testing::IsOk;
using ::splw::testing::StatusIs;

// A Watch call as a client holds it.
class Watcher final {
 public:
  explicit Watcher(TestServer& server, const std::string& position = "", const std::string& parent = "networks/U12345",
                   const identity::Principal& principal = TestServer::LinkWorker()) {
    PrepareContext(context_, principal, "", absl::Seconds(30));
    WatchReferralsRequest request;
    request.set_parent(parent);
    request.set_position(position);
    reader_ = server.stub->WatchReferrals(&context_, request);
  }
  ~Watcher() { context_.TryCancel(); }
  // Returns when the server has taken the call on.
  void WaitUntilOpen() { reader_->WaitForInitialMetadata(); }
  // The next message's resource; empty at the end of the stream.
  std::string Next() {
    WatchReferralsResponse response;
    if (!reader_->Read(&response)) return "";
    position_ = response.position();
    created_ = response.kind() == type::v1::CHANGE_KIND_CREATED;
    return response.referral().name();
  }
  absl::Status Finish() { return FromGrpcStatus(reader_->Finish()); }
  void Cancel() { context_.TryCancel(); }
  const std::string& position() const { return position_; }
  bool created() const { return created_; }

 private:
  grpc::ClientContext context_;
  std::optional<stubs::Reader<WatchReferralsResponse>> reader_;
  std::string position_;
  bool created_ = false;
};

TEST(Watch, TellsWhatWasKeptThenWhatComes) {
  TestServer server;
  server.ChangeReferral("networks/U12345/referrals/1");
  Watcher watcher(server);
  EXPECT_EQ(watcher.Next(), "networks/U12345/referrals/1");
  server.ChangeReferral("networks/U12345/referrals/2");
  EXPECT_EQ(watcher.Next(), "networks/U12345/referrals/2");
}

TEST(Watch, GoesOnFromAPosition) {
  TestServer server;
  server.ChangeReferral("networks/U12345/referrals/1");
  std::string position;
  {
    Watcher watcher(server);
    watcher.Next();
    position = watcher.position();
  }
  server.ChangeReferral("networks/U12345/referrals/2");
  Watcher watcher(server, position);
  EXPECT_EQ(watcher.Next(), "networks/U12345/referrals/2");
}

TEST(Watch, FromNowTellsOnlyWhatComes) {
  TestServer server;
  server.ChangeReferral("networks/U12345/referrals/old");
  Watcher watcher(server, "now");
  watcher.WaitUntilOpen();
  // The position is taken by the first read: once that is over, so is the past.
  ASSERT_TRUE(Eventually(kPatience, [&] { return server.calls.core().pool.waiting() == 0; }));
  std::set<std::string> told;
  auto next = std::async(std::launch::async, [&] { return watcher.Next(); });
  int count = 0;
  while (next.wait_for(std::chrono::milliseconds(5)) != std::future_status::ready) {
    server.ChangeReferral("networks/U12345/referrals/new" + std::to_string(++count));
  }
  EXPECT_NE(next.get(), "networks/U12345/referrals/old");
}

TEST(Watch, FromAListsPositionTellsWhatChangedSinceThePage) {
  TestServer server;
  for (const bool network_was_empty : {true, false}) {
    std::string position;
    Call call;
    call.network = "U12345";
    call.incarnation = "1";
    ASSERT_THAT(server.store.View({},
                                  [&](store::Snapshot& snapshot) {
                                    position = *WatchPosition(call, snapshot, "referrals");
                                    return absl::OkStatus();
                                  }),
                IsOk());
    const std::string resource = absl::StrCat("networks/U12345/referrals/", network_was_empty ? "first" : "second");
    server.ChangeReferral(resource, true);
    EXPECT_EQ(Watcher(server, position).Next(), resource);
  }
}

TEST(Watch, TellsManyChangesOfOneResourceOnceABatchAndAllResources) {
  TestServer server;
  for (int i = 0; i < 250; ++i) server.ChangeReferral("networks/U12345/referrals/" + std::to_string(i % 7));
  server.ChangeReferral("networks/U12345/referrals/last");
  Watcher watcher(server);
  std::set<std::string> told;
  int messages = 0;
  while (told.count("networks/U12345/referrals/last") == 0) {
    told.insert(watcher.Next());
    ++messages;
  }
  EXPECT_EQ(told.size(), 8u);
  EXPECT_LE(messages, 3 * 8);
}

TEST(Watch, ResumingFromAnyPositionLosesNoChangeAndNoCreation) {
  TestServer server;
  server.service.convert = [](const Call&, const WatchReferralsRequest&, store::Snapshot&,
                              const delivery::FeedItem& item,
                              WatchReferralsResponse* response) -> absl::StatusOr<bool> {
    response->mutable_referral()->set_name(item.resource);
    response->set_kind(item.created ? type::v1::CHANGE_KIND_CREATED : type::v1::CHANGE_KIND_UPDATED);
    return true;
  };
  const std::string a = "networks/U12345/referrals/a";
  const std::string b = "networks/U12345/referrals/b";
  const std::string c = "networks/U12345/referrals/c";
  const std::pair<std::string, bool> changes[] = {{a, true}, {b, true}, {a, false}, {c, true}, {b, false}, {a, false}};
  for (const auto& [resource, created] : changes) server.ChangeReferral(resource, created);

  for (int until = 1; until <= 3; ++until) {
    std::set<std::string> created;
    std::string position;
    {
      Watcher first(server);
      for (int i = 0; i < until; ++i) {
        const std::string resource = first.Next();
        if (first.created()) created.insert(resource);
      }
      position = first.position();
    }
    const std::string end = "networks/U12345/referrals/end" + std::to_string(until);
    server.ChangeReferral(end, false);
    Watcher second(server, position);
    std::set<std::string> told;
    while (told.count(end) == 0) {
      const std::string resource = second.Next();
      ASSERT_FALSE(resource.empty());
      told.insert(resource);
      if (second.created()) created.insert(resource);
    }
    EXPECT_EQ(created, (std::set<std::string>{a, b, c})) << "resumed after message " << until;
    // Nor does it begin anew: the positions move on.
    EXPECT_EQ(told.count(c), until < 3 ? 1u : 0u);
  }
}

TEST(Watch, APositionFromBeforeARestoreHasExpired) {
  TestServer before;
  before.ChangeReferral("networks/U12345/referrals/1");
  Watcher watcher(before);
  watcher.Next();
  TestServer after({.incarnation = "2"});
  after.ChangeReferral("networks/U12345/referrals/1");
  EXPECT_THAT(Watcher(after, watcher.position()).Finish(), HasReason("POSITION_EXPIRED"));
}

TEST(Watch, TellsOnlyWhatConvertLetsThrough) {
  TestServer server;
  server.service.convert = [](const Call&, const WatchReferralsRequest&, store::Snapshot&,
                              const delivery::FeedItem& item,
                              WatchReferralsResponse* response) -> absl::StatusOr<bool> {
    response->mutable_referral()->set_name(item.resource);
    return item.created;
  };
  server.ChangeReferral("networks/U12345/referrals/updated", false);
  server.ChangeReferral("networks/U12345/referrals/created", true);
  Watcher watcher(server);
  EXPECT_EQ(watcher.Next(), "networks/U12345/referrals/created");
}

TEST(Watch, TellsNothingThatACrashCouldTakeBack) {
  TestServer server({.automatic_sync = false});
  Watcher watcher(server);
  watcher.WaitUntilOpen();
  server.ChangeReferral("networks/U12345/referrals/1");
  auto next = std::async(std::launch::async, [&] { return watcher.Next(); });
  EXPECT_EQ(next.wait_for(std::chrono::milliseconds(100)), std::future_status::timeout);
  server.store.Sync();
  EXPECT_EQ(next.get(), "networks/U12345/referrals/1");
}

TEST(Watch, IsDeniedInOtherNetworksAndToOtherRoles) {
  TestServer server;
  EXPECT_THAT(Watcher(server, "", "networks/U99999").Finish(), HasReason("NETWORK_NOT_ALLOWED"));
  EXPECT_THAT(Watcher(server, "", "networks/U12345", TestServer::Operator()).Finish(), HasReason("ROLE_NOT_ALLOWED"));
}

TEST(Watch, RefusesAPositionThatIsNone) {
  TestServer server;
  const absl::Status status = Watcher(server, "tomorrow").Finish();
  EXPECT_THAT(status, HasReason("POSITION_INVALID"));
  EXPECT_THAT(status, HasField("position"));
}

TEST(Watch, RefusesTooManyWatchersUntilOneLeaves) {
  TestServer server({.max_watchers = 1});
  Watcher first(server);
  first.WaitUntilOpen();
  {
    Watcher second(server);
    const absl::Status status = second.Finish();
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted));
    EXPECT_THAT(status, HasReason("TOO_MANY_WATCHERS"));
  }
  first.Cancel();
  EXPECT_THAT(first.Finish(), StatusIs(absl::StatusCode::kCancelled));
  server.ChangeReferral("networks/U12345/referrals/1");
  ASSERT_TRUE(Eventually(kPatience, [&] { return Watcher(server).Next() == "networks/U12345/referrals/1"; }));
}

TEST(Watch, EndsWhenTheServerDrainsSoThatClientsResume) {
  TestServer server;
  Watcher watcher(server);
  watcher.WaitUntilOpen();
  const absl::Time start = absl::Now();
  server.server->Drain();
  EXPECT_LT(absl::Now() - start, absl::Seconds(2));
  const absl::Status status = watcher.Finish();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(status, HasReason("SERVER_STOPPING"));
}

TEST(Watch, WithBytesThatAreNoRequestIsToldSo) {
  TestServer server;
  grpc::ClientContext context;
  PrepareContext(context, TestServer::LinkWorker(), "", absl::Seconds(10));
  google::protobuf::BytesValue bytes;
  bytes.set_value("\xc3\x28");  // where WatchReferralsRequest has a text
  const auto reader =
      stubs::Open(*server.channel, "/splw.referral.v1.ReferralIntakeService/WatchReferrals", &context, bytes);
  WatchReferralsResponse response;
  EXPECT_FALSE(reader->Read(&response));
  EXPECT_THAT(FromGrpcStatus(reader->Finish()), HasReason("REQUEST_MALFORMED"));
}

TEST(Watch, WithAReaderThatDoesNotReadDoesNotHoldUpTheDrain) {
  TestServer server;
  server.service.convert = [](const Call&, const WatchReferralsRequest&, store::Snapshot&,
                              const delivery::FeedItem& item,
                              WatchReferralsResponse* response) -> absl::StatusOr<bool> {
    response->mutable_referral()->set_name(item.resource +
                                           std::string(1 << 20, 'x'));  // more than flow control lets by
    return true;
  };
  for (int i = 0; i < 20; ++i) server.ChangeReferral("networks/U12345/referrals/" + std::to_string(i));
  Watcher watcher(server);
  watcher.WaitUntilOpen();
  const absl::Time start = absl::Now();
  server.server->Drain();
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
}

}  // namespace
}  // namespace splw::rpc
