#include "common/delivery/dispatcher_core.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/delivery/delivery_test_kit.h"
#include "common/delivery/dispatcher_core_fixture.h"
#include "common/delivery/envelope.h"
#include "common/testing/status_matchers.h"
#include "common/text/failure.h"

namespace splw::delivery {
namespace {

using splw::testing::HasField;
using splw::testing::HasReason;
using splw::testing::IsOk;
using splw::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::SizeIs;
using testkit::DispatcherCoreTest;
using testkit::kNetwork;
using testkit::kPeer;
using testkit::StreamOf;

TEST_F(DispatcherCoreTest, AnEventGoesOutAtOnceAndLeavesNothingBehind) {
  PassAll();
  Say(1);
  EXPECT_THAT(core_->NextWakeup(), Le(clock_.Now()));

  const std::vector<Send> sends = Next();
  ASSERT_THAT(sends, SizeIs(1));
  EXPECT_EQ(sends[0].destination, kPeer);
  Pass(sends[0]);

  EXPECT_THAT(receiver_.List("heard", "s0"), ElementsAre(1));
  EXPECT_THAT(sender_.Waiting(), IsEmpty());
  EXPECT_THAT(core_->NextWakeup(), Gt(clock_.Now()));
  EXPECT_THAT(sender_.Faults(), IsEmpty());
}

TEST_F(DispatcherCoreTest, WhatWaitedBeforeTheStartIsFound) {
  SayMany(0, 3);
  SayMany(1, 2);
  NewCore();  // which was told of nothing
  PassAll();
  EXPECT_THAT(receiver_.List("heard", "s0"), SizeIs(3));
  EXPECT_THAT(receiver_.List("heard", "s1"), SizeIs(2));
}

TEST_F(DispatcherCoreTest, WhatWaitedIsFoundOverManyPages) {
  DispatcherLimits limits;
  limits.rescan_page = 3;
  for (std::uint64_t stream = 0; stream < 20; ++stream) SayMany(stream, 1);
  NewCore(limits);
  while (core_->NextWakeup() <= clock_.Now()) {
    for (const Send& send : Next()) Pass(send);
  }
  EXPECT_THAT(sender_.Waiting(), IsEmpty());
}

TEST_F(DispatcherCoreTest, AStreamHasOneBatchUnderWayAndOthersGoBesideIt) {
  Say(1);
  const std::vector<Send> first = Next();
  ASSERT_THAT(first, SizeIs(1));
  Say(2);
  EXPECT_THAT(Next(), IsEmpty());
  Say(1'000'001);
  const std::vector<Send> beside = Next();
  ASSERT_THAT(beside, SizeIs(1));
  EXPECT_THAT(Values(beside[0]), ElementsAre(1'000'001));

  Pass(first[0]);
  const std::vector<Send> second = Next();
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_THAT(Values(second[0]), ElementsAre(2));
}

TEST_F(DispatcherCoreTest, BatchesKeepToTheLimitsAndOrder) {
  SayMany(0, 250);
  std::size_t seen = 0;
  for (std::vector<Send> sends = Next(); !sends.empty(); sends = Next()) {
    ASSERT_THAT(sends, SizeIs(1));
    EXPECT_LE(sends[0].request.events_size(), 100);
    seen += static_cast<std::size_t>(sends[0].request.events_size());
    Pass(sends[0]);
  }
  EXPECT_EQ(seen, 250u);
  EXPECT_EQ(receiver_.List("heard", "s0"), sender_.List("said", "s0"));
}

TEST_F(DispatcherCoreTest, LargeEventsAreSplitByBytes) {
  google::protobuf::StringValue large;
  large.set_value(std::string(500'000, 'x'));
  for (int i = 0; i < 10; ++i) {
    ASSERT_THAT(sender_.changes->Run({}, testkit::Someone(), kNetwork,
                                     [&](Change& change) { return change.Emit(kPeer, "large", large); }),
                IsOk());
  }
  const std::vector<Send> sends = Next();
  ASSERT_THAT(sends, SizeIs(1));
  EXPECT_THAT(CheckDeliverRequest(sends[0].request), IsOk());
  EXPECT_EQ(sends[0].request.events_size(), 6);
}

TEST_F(DispatcherCoreTest, OnlySoManyBatchesAreUnderWayToOneDestination) {
  DispatcherLimits limits;
  limits.max_batches_in_flight = 2;
  NewCore(limits);
  for (std::uint64_t stream = 0; stream < 5; ++stream) SayMany(stream, 100);
  const std::vector<Send> sends = Next();
  EXPECT_THAT(sends, SizeIs(2));
  EXPECT_THAT(Next(), IsEmpty());
  Pass(sends[0]);
  EXPECT_THAT(Next(), SizeIs(1));
}

TEST_F(DispatcherCoreTest, APeerThatIsAwayIsTriedAgainWithGrowingDelayAndOneCallAtATime) {
  for (std::uint64_t stream = 0; stream < 5; ++stream) SayMany(stream, 100);
  for (const Send& send : Next()) Answer(send, absl::UnavailableError("away"));

  absl::Duration longest = absl::ZeroDuration();
  const absl::Time outage = clock_.Now();
  int calls = 0;
  while (clock_.Now() < outage + absl::Minutes(10)) {
    const absl::Time before = clock_.Now();
    Wake();
    const std::vector<Send> sends = Next();
    ASSERT_LE(sends.size(), 1u);
    if (sends.empty()) continue;
    ++calls;
    if (clock_.Now() < outage + absl::Minutes(1)) {
      EXPECT_LE(clock_.Now() - before, absl::Seconds(1));
    }
    longest = std::max(longest, clock_.Now() - before);
    Answer(sends[0], absl::UnavailableError("away"));
  }
  EXPECT_GT(calls, 100);
  EXPECT_LT(calls, 600);
  EXPECT_LE(longest, absl::Seconds(5));
  EXPECT_GT(longest, absl::Seconds(1));

  Wake();
  while (core_->NextWakeup() <= clock_.Now()) PassAll();
  Wake();
  PassAll();
  EXPECT_THAT(sender_.Waiting(), IsEmpty());
}

TEST_F(DispatcherCoreTest, WhetherAPeerIsBackIsAskedWithOneEventHoweverManyWait) {
  SayMany(1, 30);
  SayMany(2, 30);
  std::vector<Send> sends = Next();
  ASSERT_FALSE(sends.empty());
  EXPECT_GT(sends.front().request.events_size(), 1);
  for (const Send& send : sends) Answer(send, absl::UnavailableError("away"));

  Wake();
  sends = Next();
  ASSERT_EQ(sends.size(), 1U);
  EXPECT_EQ(sends.front().request.events_size(), 1);

  Pass(sends.front());
  sends = Next();
  ASSERT_FALSE(sends.empty());
  EXPECT_GT(sends.front().request.events_size(), 1);
  for (const Send& send : sends) Pass(send);
  PassAll();
  EXPECT_TRUE(sender_.Waiting().empty());
}

TEST_F(DispatcherCoreTest, WalksOverAllThatWaitsTakeASmallShareOfTheTime) {
  NewCore({.rescan_page = 1});
  SayMany(1, 1);
  SayMany(2, 1);
  const auto look = [this](int pages) {
    for (int page = 0; page < pages; ++page) {
      for (const Send& send : Next()) Answer(send, absl::UnavailableError("away"));
    }
    return core_->stats().destinations.at(kPeer).streams;
  };
  // A walk that takes four seconds: twenty times as long would be more than the longest interval, a minute.
  look(1);
  clock_.Advance(absl::Seconds(4));
  ASSERT_EQ(look(5), 2U);

  SayMany(3, 1);
  clock_.Advance(absl::Seconds(59));
  EXPECT_EQ(look(5), 2U) << "it walked again after less than a minute";
  clock_.Advance(absl::Seconds(2));
  EXPECT_EQ(look(5), 3U);
}

TEST_F(DispatcherCoreTest, APeerThatIsSeenAgainIsTriedAtOnce) {
  Say(1);
  for (int i = 0; i < 8; ++i) {
    Wake();
    for (const Send& send : Next()) Answer(send, absl::UnavailableError("away"));
  }
  EXPECT_THAT(Next(), IsEmpty());
  core_->OnReachable(kPeer);
  EXPECT_THAT(Next(), SizeIs(1));
}

TEST_F(DispatcherCoreTest, APeerThatAnsweredWithErrorsIsNotTriedAtOnceWhenItIsSeen) {
  Say(1);
  for (const absl::StatusCode code : {absl::StatusCode::kResourceExhausted, absl::StatusCode::kPermissionDenied}) {
    for (int i = 0; i < 2; ++i) {
      Wake();
      for (const Send& send : Next()) Answer(send, absl::Status(code, "no"));
    }
    core_->OnReachable(kPeer);
    EXPECT_THAT(Next(), IsEmpty());
  }
}

TEST_F(DispatcherCoreTest, OneDestinationThatIsAwayHoldsUpNoOther) {
  Say(1);
  Say(2, "mdt-agenda");
  for (const Send& send : Next()) {
    Answer(send, send.destination == kPeer ? absl::StatusOr<v1::DeliverResponse>(absl::UnavailableError("away"))
                                           : receiver_.Take(send.request));
  }
  Say(3, "mdt-agenda");
  const std::vector<Send> sends = Next();
  ASSERT_THAT(sends, SizeIs(1));
  EXPECT_EQ(sends[0].destination, "mdt-agenda");
}

TEST_F(DispatcherCoreTest, ALostAnswerLeadsToARepeatThatHasNoEffect) {
  Say(1);
  Say(2);
  const std::vector<Send> sends = Next();
  ASSERT_THAT(sends, SizeIs(1));
  receiver_.Take(sends[0].request);
  Answer(sends[0], absl::DeadlineExceededError("lost"));
  Wake();
  PassAll();
  EXPECT_THAT(receiver_.List("heard", "s0"), ElementsAre(1, 2));
  EXPECT_THAT(sender_.Waiting(), IsEmpty());
}

TEST_F(DispatcherCoreTest, ACallThatNeverAnswersIsGivenUpAndItsLateAnswerIgnored) {
  Say(1);
  const std::vector<Send> sends = Next();
  ASSERT_THAT(sends, SizeIs(1));
  clock_.Advance(absl::Seconds(13));
  Next();
  Wake();
  PassAll();
  EXPECT_THAT(receiver_.List("heard", "s0"), ElementsAre(1));
  Pass(sends[0]);
  EXPECT_THAT(receiver_.List("heard", "s0"), ElementsAre(1));
}

TEST_F(DispatcherCoreTest, AnAnswerToAnotherBatchCountsAsNone) {
  Say(1);
  const std::vector<Send> sends = Next();
  v1::DeliverResponse wrong;
  wrong.add_results()->set_disposition(v1::DISPOSITION_APPLIED);
  Answer(sends[0], wrong);
  EXPECT_THAT(sender_.Waiting(), SizeIs(1));
}

TEST_F(DispatcherCoreTest, ARefusedEventParksItsStreamAndNoOther) {
  RefuseStream0();
  Say(1);
  Say(2);
  SayMany(1, 3);
  PassAll();

  EXPECT_THAT(receiver_.List("heard", "s0"), IsEmpty());
  EXPECT_THAT(receiver_.List("heard", "s1"), SizeIs(3));
  EXPECT_THAT(parked_, ElementsAre("s0 NO_SUCH_CASE"));
  const std::vector<WaitingStream> waiting = sender_.Waiting(/*parked_only=*/true);
  ASSERT_THAT(waiting, SizeIs(1));
  EXPECT_EQ(waiting[0].key.stream, "s0");
  EXPECT_EQ(waiting[0].depth, 2u);
  EXPECT_EQ(waiting[0].parked_reason, "NO_SUCH_CASE");
  EXPECT_EQ(waiting[0].parked_message, "no such case");
  EXPECT_EQ(waiting[0].first_event_type, "google.protobuf.UInt64Value");

  // It stays parked: through new events, time, and a new start.
  Say(3);
  NewCore();
  clock_.Advance(absl::Hours(1));
  EXPECT_THAT(Next(), IsEmpty());
}

TEST_F(DispatcherCoreTest, EventsBeforeTheRefusedOneAreSettled) {
  receiver_.on_event = [](Change&, std::uint64_t value) {
    return value == 3 ? absl::NotFoundError("no") : absl::OkStatus();
  };
  SayMany(0, 5);
  PassAll();
  const std::vector<WaitingStream> waiting = sender_.Waiting();
  ASSERT_THAT(waiting, SizeIs(1));
  EXPECT_EQ(waiting[0].depth, 3u);
  EXPECT_EQ(waiting[0].parked_reason, "NOT_FOUND");
  EXPECT_THAT(receiver_.List("heard", "s0"), ElementsAre(1, 2));
}

TEST_F(DispatcherCoreTest, AnOperatorsRetrySendsTheStreamAgainAtOnce) {
  RefuseStream0();
  Say(1);
  Say(2);
  PassAll();
  receiver_.on_event = nullptr;

  ASSERT_THAT(Retry("s0"), IsOk());
  PassAll();

  EXPECT_THAT(receiver_.List("heard", "s0"), ElementsAre(1, 2));
  EXPECT_EQ(sender_.Audit().back().action(), "RetryStream");
  EXPECT_EQ(sender_.Audit().back().resource(), "s0");
  EXPECT_THAT(Retry("s0"), HasReason("STREAM_NOT_PARKED"));
  EXPECT_THAT(Retry("nothing"), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(DispatcherCoreTest, AnOperatorsSkipGivesUpOneEventAndKeepsIt) {
  RefuseStream0();
  Say(1);
  Say(2);
  Say(3);
  PassAll();
  receiver_.on_event = nullptr;
  const std::string event_id = sender_.Waiting().at(0).first_event_id;
  EXPECT_THAT(Skip("s0", "01ARZ3NDEKTSV4RRFFQ69G5FAV"), HasReason("EVENT_NOT_FIRST"));
  EXPECT_THAT(Skip("s0", ""), HasReason("EVENT_NOT_FIRST"));
  EXPECT_THAT(Skip("s0", event_id, "free text"), HasField("reason_code"));

  ASSERT_THAT(Skip("s0", event_id), IsOk());
  PassAll();

  EXPECT_THAT(receiver_.List("heard", "s0"), ElementsAre(2, 3));
  EXPECT_THAT(sender_.Waiting(), IsEmpty());
  const auto audit = sender_.Audit().back();
  EXPECT_EQ(audit.action(), "SkipEvent");
  EXPECT_EQ(audit.reason(), "DUPLICATE " + event_id + " UInt64Value");
  const auto kept = sender_.View(
      [&](store::Snapshot& snapshot) { return *SkippedRows().Get(snapshot, kNetwork, OutboxRowKey(kPeer, "s0", 1)); });
  ASSERT_TRUE(kept.has_value());
  testkit::TestEvent event;
  ASSERT_TRUE(kept->row().envelope().payload().UnpackTo(&event));
  EXPECT_EQ(event.value(), 1u);
  EXPECT_THAT(sender_.Faults(), IsEmpty());
}

TEST_F(DispatcherCoreTest, ARetryIsForThatStreamAndLater) {
  bool busy = true;
  receiver_.on_event = [&](Change&, std::uint64_t value) {
    return busy && value < 1'000'000 ? absl::AbortedError("busy") : absl::OkStatus();
  };
  Say(1);
  Say(1'000'001);
  PassAll();
  EXPECT_THAT(receiver_.List("heard", "s1"), SizeIs(1));
  EXPECT_THAT(receiver_.List("heard", "s0"), IsEmpty());
  EXPECT_THAT(sender_.Waiting(/*parked_only=*/true), IsEmpty());
  EXPECT_GT(core_->NextWakeup(), clock_.Now());

  busy = false;
  Wake();
  PassAll();
  EXPECT_THAT(receiver_.List("heard", "s0"), ElementsAre(1));
}

TEST_F(DispatcherCoreTest, ABadEnvelopeIsFoundAmongGoodOnesAndParkedAlone) {
  Say(1);
  Say(1'000'001);
  Say(2'000'001);
  Say(2);
  int calls = 0;
  for (std::vector<Send> sends = Next(); !sends.empty() && ++calls < 50; sends = Next()) {
    for (const Send& send : sends) {
      const std::vector<std::uint64_t> values = Values(send);
      if (std::find(values.begin(), values.end(), 1'000'001u) != values.end()) {
        Answer(send, text::InvalidField("events[0].stream", "ENVELOPE_INVALID", "bad"));
      } else {
        Pass(send);
      }
    }
  }
  EXPECT_THAT(parked_, ElementsAre("s1 ENVELOPE_INVALID"));
  EXPECT_THAT(receiver_.List("heard", "s0"), ElementsAre(1, 2));
  EXPECT_THAT(receiver_.List("heard", "s2"), SizeIs(1));
}

TEST_F(DispatcherCoreTest, ABatchThatIsTooMuchForThePeerIsMadeSmaller) {
  SayMany(0, 100);
  std::vector<int> sizes;
  for (int i = 0; i < 20 && !sender_.Waiting().empty(); ++i) {
    Wake();
    for (const Send& send : Next()) {
      sizes.push_back(send.request.events_size());
      if (send.request.events_size() > 20) {
        Answer(send, absl::ResourceExhaustedError("too much"));
      } else {
        Pass(send);
      }
    }
  }
  EXPECT_THAT(sizes.at(0), 100);
  EXPECT_EQ(receiver_.List("heard", "s0"), sender_.List("said", "s0"));
}

TEST_F(DispatcherCoreTest, AReceiverThatCameBackFromABackupParksTheStreamUntilAnOperatorDecides) {
  Say(1);
  Say(2);
  PassAll();
  testkit::TestService restored(clock_, kPeer);  // knows nothing
  Say(3);
  for (const Send& send : Next()) Answer(send, restored.Take(send.request));
  EXPECT_THAT(parked_, ElementsAre("s0 GAP_UNFILLABLE"));

  ASSERT_THAT(Skip("s0", sender_.Waiting().at(0).first_event_id, "RESTORED"), IsOk());
  Say(4);
  for (const Send& send : Next()) Answer(send, restored.Take(send.request));
  EXPECT_THAT(restored.List("heard", "s0"), ElementsAre(4));
  EXPECT_THAT(sender_.Waiting(), IsEmpty());
}

TEST_F(DispatcherCoreTest, ASenderThatCameBackFromABackupIsParkedAndNotBelieved) {
  Say(1);
  Say(2);
  PassAll();
  testkit::TestService restored(clock_, "referral-intake", true, /*seed=*/2);
  restored.Restart("life-2");
  DispatcherCore core(restored.store, random_, {kPeer});
  ASSERT_THAT(restored.Say(kPeer, 77), IsOk());  // revision 1 a second time

  for (const Send& send : core.NextSends(clock_.Now())) {
    core.OnResult(send.id, clock_.Now(), receiver_.Take(send.request));
  }

  ASSERT_THAT(restored.Waiting(true), SizeIs(1));
  EXPECT_EQ(restored.Waiting(true)[0].parked_reason, "SOURCE_REWOUND");
  EXPECT_THAT(receiver_.List("heard", "s0"), ElementsAre(1, 2));
  EXPECT_EQ(receiver_.inbox->rewound_count(), 1u);
}

TEST_F(DispatcherCoreTest, StatsTellDepthAgeAndParkedStreams) {
  RefuseStream0();
  SayMany(0, 2);
  PassAll();
  SayMany(1, 3);
  clock_.Advance(absl::Minutes(5));
  for (const Send& send : Next()) Answer(send, absl::UnavailableError("away"));

  const DestinationStats& stats = core_->stats().destinations.at(kPeer);
  EXPECT_EQ(stats.depth, 5u);
  EXPECT_EQ(stats.streams, 2u);
  EXPECT_EQ(stats.parked_streams, 1u);
  EXPECT_EQ(stats.oldest, testkit::Start());
  EXPECT_EQ(core_->stats().destinations.at("mdt-agenda").depth, 0u);
  ASSERT_THAT(core_->stats().failed_calls, SizeIs(1));
  EXPECT_EQ(core_->stats().failed_calls.at(kPeer).at(absl::StatusCode::kUnavailable), 1u);
}

TEST_F(DispatcherCoreTest, AClockThatIsSetBackHoldsNothingUp) {
  Say(1);
  for (const Send& send : Next()) Answer(send, absl::UnavailableError("away"));
  clock_.Set(testkit::Start() - absl::Hours(1));
  PassAll();
  EXPECT_THAT(receiver_.List("heard", "s0"), ElementsAre(1));
}

TEST_F(DispatcherCoreTest, ACallThatBeganBeforeTheClockWasSetBackIsNotWaitedForUntilThen) {
  Say(1);
  ASSERT_THAT(Next(), SizeIs(1));  // and no answer comes
  clock_.Set(testkit::Start() - absl::Hours(1));
  ASSERT_THAT(Next(), IsEmpty());
  Wake();
  PassAll();
  EXPECT_THAT(receiver_.List("heard", "s0"), ElementsAre(1));
}

TEST_F(DispatcherCoreTest, WhatAnotherDispatcherOfThisStoreSentIsNoRewind) {
  DispatcherCore other(sender_.store, random_, {kPeer});
  Say(1);
  const std::vector<Send> early = Next();
  ASSERT_THAT(early, SizeIs(1));
  Say(2);
  for (const Send& send : other.NextSends(clock_.Now())) {
    other.OnResult(send.id, clock_.Now(), receiver_.Take(send.request));
  }
  Pass(early[0]);
  EXPECT_THAT(parked_, IsEmpty());
  EXPECT_THAT(sender_.Waiting(), IsEmpty());
}

TEST_F(DispatcherCoreTest, ListsWaitingStreamsInPagesParkedOnesFirst) {
  RefuseStream0();
  Say(1);
  PassAll();
  clock_.Advance(absl::Seconds(1));
  Say(9'000'001, "mdt-agenda");
  clock_.Advance(absl::Seconds(1));
  Say(5'000'001, "mdt-agenda");
  ASSERT_THAT(sender_.Say("mdt-agenda", "s4", 4'000'001, "A10000"), IsOk());

  for (const std::size_t size : {1u, 2u, 3u, 10u}) {
    std::vector<std::string> streams;
    store::ScanCursor cursor;
    do {
      const auto page = sender_.View([&](store::Snapshot& snapshot) {
        return *ListWaitingStreams(snapshot, "", false, {.size = size, .after = cursor});
      });
      EXPECT_LE(page.streams.size(), size);
      for (const WaitingStream& waiting : page.streams) streams.push_back(waiting.key.stream);
      cursor = page.next;
    } while (!cursor.empty());
    EXPECT_THAT(streams, ElementsAre("s0", "s4", "s9", "s5"));
  }
  const auto of_network = sender_.View([&](store::Snapshot& snapshot) {
    return *ListWaitingStreams(snapshot, "A10000", false, {.size = 10, .after = {}});
  });
  EXPECT_THAT(of_network.streams, SizeIs(1));
}

}  // namespace
}  // namespace splw::delivery
