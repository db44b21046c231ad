#include "common/delivery/changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/delivery/delivery_test_kit.h"
#include "common/delivery/sweep.h"
#include "common/testing/status_matchers.h"

namespace splw::delivery {
namespace {

using splw::testing::HasField;
using splw::testing::HasReason;
using splw::testing::IsOk;
using splw::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testkit::kNetwork;
using testkit::Someone;
using testkit::TestEvent;

class ChangesTest : public ::testing::Test {
 protected:
  // Counts one up and answers with the count.
  absl::StatusOr<store::Position> Count(const std::string& request_id, std::uint64_t content, TestEvent* response,
                                        const Origin& origin = Someone("Count")) {
    TestEvent request;
    request.set_value(content);
    return service_.changes->RunOnce({}, origin, kNetwork, request_id, request, response, [&](Change& change) {
      testkit::AppendToList(change.txn(), kNetwork, "count", "c", content);
      response->set_value(testkit::ReadList(change.txn(), kNetwork, "count", "c").size());
      return change.Changed("counts", "networks/U12345/counts/c", false);
    });
  }

  time::FakeClock clock_{testkit::Start()};
  testkit::TestService service_{clock_, "caseload", /*automatic_sync=*/false};
};

TEST_F(ChangesTest, ARepeatGetsTheFirstAnswerAndChangesNothing) {
  TestEvent first, again;
  ASSERT_THAT(Count("id-1", 5, &first), IsOk());
  again.set_value(99);
  ASSERT_THAT(Count("id-1", 5, &again), IsOk());

  EXPECT_EQ(first.value(), 1u);
  EXPECT_EQ(again.value(), 1u);
  EXPECT_THAT(service_.List("count", "c"), SizeIs(1));
  EXPECT_THAT(service_.Audit(), SizeIs(1));
}

TEST_F(ChangesTest, ARepeatIsNotToldBeforeTheFirstIsDurable) {
  TestEvent response;
  const auto maybe_first = Count("id-1", 5, &response);
  const auto maybe_repeat = Count("id-1", 5, &response);
  ASSERT_THAT(maybe_repeat, IsOk());
  EXPECT_GE(maybe_repeat->value, maybe_first->value);
}

TEST_F(ChangesTest, TheSameIdWithOtherContentIsRefused) {
  TestEvent response;
  ASSERT_THAT(Count("id-1", 5, &response), IsOk());

  const auto maybe_other = Count("id-1", 6, &response);

  EXPECT_THAT(maybe_other, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(maybe_other, HasReason("REQUEST_ID_REUSED"));
  EXPECT_THAT(maybe_other, HasField("request_id"));
  EXPECT_THAT(service_.List("count", "c"), SizeIs(1));
}

TEST_F(ChangesTest, TheSameIdOfAnotherActorOrActionIsAnotherRequest) {
  TestEvent response;
  ASSERT_THAT(Count("id-1", 5, &response), IsOk());
  Origin other_actor = Someone("Count");
  other_actor.actor = "someone.else@splw.example";
  ASSERT_THAT(Count("id-1", 6, &response, other_actor), IsOk());
  ASSERT_THAT(Count("id-1", 7, &response, Someone("CountOtherwise")), IsOk());
  EXPECT_EQ(response.value(), 3u);
}

TEST_F(ChangesTest, TheSameIdInAnotherRoleOrForAnotherOrganisationIsAnotherRequest) {
  TestEvent response;
  ASSERT_THAT(Count("id-1", 5, &response), IsOk());
  Origin other_organisation = Someone("Count");
  other_organisation.organisation = "B82002";
  ASSERT_THAT(Count("id-1", 5, &response, other_organisation), IsOk());
  EXPECT_EQ(response.value(), 2u) << "no answer that was meant for another organisation";
  Origin other_role = Someone("Count");
  other_role.role = "REFERRER";
  ASSERT_THAT(Count("id-1", 5, &response, other_role), IsOk());
  EXPECT_EQ(response.value(), 3u);
}

TEST_F(ChangesTest, IdsOutsideTheRulesAreRefused) {
  TestEvent response;
  for (const std::string& id :
       {std::string(), std::string(65, 'a'), std::string("tab\there"), std::string("\xC3\xA9"), std::string(" x")}) {
    const auto maybe_counted = Count(id, 5, &response);
    EXPECT_THAT(maybe_counted, StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(maybe_counted, HasField("request_id"));
  }
  EXPECT_THAT(Count(std::string(64, 'a'), 5, &response), IsOk());
}

TEST_F(ChangesTest, AnErrorIsNotRemembered) {
  TestEvent request, response;
  const auto fail = [](Change&) { return absl::FailedPreconditionError("not now"); };
  EXPECT_THAT(service_.changes->RunOnce({}, Someone("Count"), kNetwork, "id-1", request, &response, fail),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Count("id-1", 5, &response), IsOk());
  EXPECT_EQ(response.value(), 1u);
}

TEST_F(ChangesTest, ABodyThatRunsAgainHasItsEffectOnce) {
  service_.store.RerunNext(2);
  TestEvent response;
  ASSERT_THAT(Count("id-1", 5, &response), IsOk());
  EXPECT_EQ(response.value(), 1u);
  EXPECT_THAT(service_.Audit(), SizeIs(1));
}

TEST_F(ChangesTest, ACrashForgetsIdAndEffectTogether) {
  TestEvent response;
  ASSERT_THAT(Count("kept", 5, &response), IsOk());
  service_.store.Sync();
  ASSERT_THAT(Count("lost", 6, &response), IsOk());

  service_.store.Crash();
  service_.Restart("life-1");

  EXPECT_THAT(service_.List("count", "c"), ElementsAre(5));
  ASSERT_THAT(Count("kept", 5, &response), IsOk());
  EXPECT_EQ(response.value(), 1u);
  ASSERT_THAT(Count("lost", 6, &response), IsOk());
  EXPECT_EQ(response.value(), 2u);
}

TEST_F(ChangesTest, IdsAreKeptForTheirTimeAndThenSwept) {
  TestEvent response;
  ASSERT_THAT(Count("id-1", 5, &response), IsOk());
  clock_.Advance(kRequestMemory - absl::Seconds(1));
  EXPECT_EQ(*SweepExpiredRequests(service_.store), false);
  EXPECT_THAT(Count("id-1", 6, &response), HasReason("REQUEST_ID_REUSED"));

  clock_.Advance(absl::Seconds(2));
  EXPECT_EQ(*SweepExpiredRequests(service_.store), false);
  EXPECT_THAT(Count("id-1", 6, &response), IsOk());
  EXPECT_THAT(service_.Faults(), IsEmpty());
}

TEST_F(ChangesTest, AnExpiredIdIsNewEvenBeforeItIsSwept) {
  TestEvent response;
  ASSERT_THAT(Count("id-1", 5, &response), IsOk());
  clock_.Advance(kRequestMemory + absl::Seconds(1));
  ASSERT_THAT(Count("id-1", 6, &response), IsOk());
  EXPECT_EQ(response.value(), 2u);
}

TEST_F(ChangesTest, SweepingIsBoundedAndSaysWhenThereIsMore) {
  TestEvent response;
  for (int i = 0; i < 5; ++i) ASSERT_THAT(Count("id-" + std::to_string(i), 5, &response), IsOk());
  clock_.Advance(kRequestMemory + absl::Seconds(1));
  EXPECT_EQ(*SweepExpiredRequests(service_.store, 2), true);
  EXPECT_EQ(*SweepExpiredRequests(service_.store, 2), true);
  EXPECT_EQ(*SweepExpiredRequests(service_.store, 2), false);
}

TEST_F(ChangesTest, EventsOfAStreamHaveRevisionsWithoutGaps) {
  for (std::uint64_t i = 1; i <= 3; ++i) ASSERT_THAT(service_.Say("mdt-agenda", "cases/1", i), IsOk());
  ASSERT_THAT(service_.Say("mdt-agenda", "cases/2", 9), IsOk());

  const PendingEvents pending = service_.Pending("mdt-agenda", "cases/1");

  ASSERT_THAT(pending.events, SizeIs(3));
  for (std::uint64_t i = 0; i < 3; ++i) {
    const v1::Envelope& envelope = pending.events[i];
    EXPECT_EQ(envelope.revision(), i + 1);
    EXPECT_EQ(envelope.source(), "caseload");
    EXPECT_EQ(envelope.incarnation(), "life-1");
    EXPECT_EQ(envelope.network(), kNetwork);
    EXPECT_EQ(envelope.correlation_id(), "correlation-1");
    TestEvent event;
    ASSERT_TRUE(envelope.payload().UnpackTo(&event));
    EXPECT_EQ(event.value(), i + 1);
  }
}

TEST_F(ChangesTest, AnEventThatIsTooLargeStopsTheChange) {
  google::protobuf::StringValue large;
  large.set_value(std::string(600'000, 'x'));
  const auto maybe_changed = service_.changes->Run(
      {}, Someone(), kNetwork, [&](Change& change) { return change.Emit("mdt-agenda", "cases/1", large); });
  EXPECT_THAT(maybe_changed, StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(service_.Waiting(), IsEmpty());
}

TEST_F(ChangesTest, EveryChangeHasOneAuditRecordWithTheRecordsCorrelationId) {
  ASSERT_THAT(service_.changes->Run({}, Someone("AcceptReferral"), kNetwork,
                                    [](Change& change) {
                                      change.SetCorrelationId("of-the-record");
                                      return change.Changed("referrals", "networks/U12345/referrals/1", true,
                                                            "BY_POLICY");
                                    }),
              IsOk());

  const auto records = service_.Audit();
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_EQ(records[0].actor(), "amina.khan@splw.example");
  EXPECT_EQ(records[0].role(), "LINK_WORKER");
  EXPECT_EQ(records[0].organisation(), "A81001");
  EXPECT_EQ(records[0].action(), "AcceptReferral");
  EXPECT_EQ(records[0].resource(), "networks/U12345/referrals/1");
  EXPECT_EQ(records[0].reason(), "BY_POLICY");
  EXPECT_EQ(records[0].correlation_id(), "of-the-record");
  EXPECT_EQ(records[0].time().seconds(), absl::ToUnixSeconds(testkit::Start()));
}

TEST_F(ChangesTest, ACrashBeforeTheSyncLosesEventAndChangeTogether) {
  ASSERT_THAT(service_.Say("mdt-agenda", "cases/1", 1), IsOk());
  service_.store.Sync();
  ASSERT_THAT(service_.Say("mdt-agenda", "cases/1", 2), IsOk());

  service_.store.Crash();

  EXPECT_THAT(service_.List("said", "cases/1"), ElementsAre(1));
  EXPECT_THAT(service_.Pending("mdt-agenda", "cases/1").events, SizeIs(1));
  EXPECT_THAT(service_.Audit(), SizeIs(1));
  EXPECT_THAT(service_.Faults(), IsEmpty());
}

TEST_F(ChangesTest, SignalsComeWhenTheChangeIsDurableAndNotBefore) {
  std::vector<StreamKey> ready;
  int growths = 0;
  const auto outbox = service_.outbox_signal.Subscribe(
      [&](const std::vector<StreamKey>& streams) { ready.insert(ready.end(), streams.begin(), streams.end()); });
  const auto feed = service_.feed_signal.Subscribe(kNetwork, [&] { ++growths; });
  const auto elsewhere = service_.feed_signal.Subscribe("U99999", [&] { growths += 100; });

  service_.store.RerunNext(1);
  ASSERT_THAT(service_.Say("mdt-agenda", "cases/1", 1), IsOk());
  EXPECT_THAT(ready, IsEmpty());
  EXPECT_EQ(growths, 0);

  service_.store.Sync();
  EXPECT_THAT(ready, ElementsAre(StreamKey{kNetwork, "mdt-agenda", "cases/1"}));
  EXPECT_EQ(growths, 1);
}

TEST_F(ChangesTest, NobodyIsCalledAfterItsSubscriptionIsGone) {
  int calls = 0;
  auto outbox = service_.outbox_signal.Subscribe([&](const std::vector<StreamKey>&) { ++calls; });
  auto feed = service_.feed_signal.Subscribe(kNetwork, [&] { ++calls; });
  outbox.reset();
  feed.reset();
  ASSERT_THAT(service_.Say("mdt-agenda", "cases/1", 1), IsOk());
  service_.store.Sync();
  EXPECT_EQ(calls, 0);
}

}  // namespace
}  // namespace splw::delivery
