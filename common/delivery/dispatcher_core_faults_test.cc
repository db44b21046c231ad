// What the dispatcher does about faults: in its own store, in one stream's events, and after restores.
#include <algorithm>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/delivery/dispatcher_core_fixture.h"

namespace splw::delivery {
namespace {

using splw::testing::HasReason;
using splw::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testkit::kNetwork;
using testkit::kPeer;

class DispatcherFaultsTest : public testkit::DispatcherCoreTest {
 protected:
  // Puts `value` at `key`, or nothing; returns what was there.
  std::string Replace(const std::string& key, const std::optional<std::string>& value) {
    std::string before;
    EXPECT_THAT(sender_.store.Commit({},
                                     [&](store::Transaction& txn) -> absl::Status {
                                       before = (*txn.Get(key)).value_or("");
                                       if (value.has_value()) {
                                         txn.Put(key, *value);
                                       } else {
                                         txn.Erase(key);
                                       }
                                       return absl::OkStatus();
                                     }),
                IsOk());
    return before;
  }
  static std::string RowKey(const std::string& stream, std::uint64_t revision) {
    return OutboxRows().RecordKey(kNetwork, OutboxRowKey(kPeer, stream, revision));
  }
  static std::string HeadKey(const std::string& stream) {
    return OutboxStreams().RecordKey(kNetwork, OutboxStreamKey(kPeer, stream));
  }
  bool Holds(const Send& send, std::uint64_t value) {
    const std::vector<std::uint64_t> values = Values(send);
    return std::find(values.begin(), values.end(), value) != values.end();
  }

  const std::string kUnreadable = "\xff\xff";
};

TEST_F(DispatcherFaultsTest, AReceiverThatHasMoreThanWasEverSentParksTheStream) {
  Say(1);
  const auto answer = [&] {
    for (const Send& send : Next()) {
      v1::DeliverResponse response;
      for (const v1::Envelope& event : send.request.events()) {
        v1::DeliveryResult& result = *response.add_results();
        result.set_event_id(event.event_id());
        result.set_disposition(v1::DISPOSITION_ALREADY_APPLIED);
        result.set_applied_revision(5);
      }
      Answer(send, response);
    }
  };
  answer();
  EXPECT_THAT(parked_, ElementsAre("s0 SOURCE_REWOUND"));
  ASSERT_THAT(sender_.Waiting(/*parked_only=*/true), SizeIs(1));

  // The operator's skip is believed: the stream goes on.
  ASSERT_THAT(Skip("s0", sender_.Waiting().at(0).first_event_id, "RESTORED"), IsOk());
  answer();
  EXPECT_THAT(sender_.Waiting(), IsEmpty());
  EXPECT_THAT(parked_, SizeIs(1));
}

TEST_F(DispatcherFaultsTest, AnEventThatCannotBeReadHoldsUpNoOtherStreamAndIsToldOnce) {
  SayMany(0, 3);
  SayMany(1, 2);
  const std::string row = Replace(RowKey("s0", 2), kUnreadable);
  NewCore();
  PassAll();
  EXPECT_THAT(receiver_.List("heard", "s0"), ElementsAre(1));
  EXPECT_THAT(receiver_.List("heard", "s1"), SizeIs(2));
  for (int i = 0; i < 10; ++i) {
    Wake();
    PassAll();
  }
  EXPECT_THAT(parked_, ElementsAre("s0 DATA_LOSS"));

  Replace(RowKey("s0", 2), row);
  for (int i = 0; i < 3; ++i) {
    Wake();
    PassAll();
  }
  EXPECT_THAT(receiver_.List("heard", "s0"), SizeIs(3));
}

TEST_F(DispatcherFaultsTest, AStreamThatCannotBeReadHoldsUpNoOther) {
  Say(1);
  Say(1'000'001);
  Replace(HeadKey("s0"), kUnreadable);
  PassAll();
  EXPECT_THAT(receiver_.List("heard", "s1"), SizeIs(1));

  Say(2'000'001);
  NewCore();  // which finds by itself what waits
  PassAll();
  EXPECT_THAT(receiver_.List("heard", "s2"), SizeIs(1));
  EXPECT_EQ(core_->stats().destinations.count(kPeer), 1u);
}

TEST_F(DispatcherFaultsTest, AStreamThatCannotBeSettledHoldsUpNoneOfItsBatch) {
  Say(1);
  Say(1'000'001);
  const std::vector<Send> sends = Next();
  ASSERT_THAT(sends, SizeIs(1));
  const std::string head = Replace(HeadKey("s0"), kUnreadable);
  Pass(sends[0]);
  EXPECT_THAT(sender_.Pending(kPeer, "s1").events, IsEmpty());
  EXPECT_THAT(parked_, ElementsAre("s0 DATA_LOSS"));

  Replace(HeadKey("s0"), head);
  Wake();
  PassAll();
  EXPECT_THAT(sender_.Waiting(), IsEmpty());
  EXPECT_THAT(receiver_.List("heard", "s0"), ElementsAre(1));
}

TEST_F(DispatcherFaultsTest, AStreamThatMakesCallsFailWaitsAlone) {
  Say(1);
  Say(1'000'001);
  Say(2'000'001);
  const auto pass_or_fail = [&](const Send& send) {
    if (Holds(send, 1'000'001)) {
      Answer(send, absl::InternalError("the peer stumbles over one event"));
      return false;
    }
    Pass(send);
    return true;
  };
  for (int i = 0; i < 12; ++i) {
    Wake();
    for (const Send& send : Next()) pass_or_fail(send);
  }
  EXPECT_THAT(receiver_.List("heard", "s0"), SizeIs(1));
  EXPECT_THAT(receiver_.List("heard", "s2"), SizeIs(1));
  EXPECT_THAT(core_->stats().failed_calls.at(kPeer).at(absl::StatusCode::kInternal), Ge(4u));

  // It was tried and failed just now: what others say leaves at once.
  for (bool failed = false; !failed;) {
    Wake();
    for (const Send& send : Next()) failed = !pass_or_fail(send);
  }
  Say(2);
  const std::vector<Send> sends = Next();
  ASSERT_THAT(sends, SizeIs(1));
  EXPECT_THAT(Values(sends[0]), ElementsAre(2));
}

TEST_F(DispatcherFaultsTest, AMissingEventCanBeSkippedWithoutItsId) {
  Say(1);
  Say(2);
  Replace(RowKey("s0", 1), std::nullopt);
  PassAll();
  EXPECT_THAT(parked_, ElementsAre("s0 OUTBOX_ROW_MISSING"));
  EXPECT_THAT(Skip("s0", "01ARZ3NDEKTSV4RRFFQ69G5FAV"), HasReason("EVENT_NOT_FIRST"));

  ASSERT_THAT(Skip("s0", "", "LOST"), IsOk());
  EXPECT_THAT(sender_.Faults(), IsEmpty());
  PassAll();

  EXPECT_THAT(receiver_.List("heard", "s0"), ElementsAre(2));
  EXPECT_THAT(sender_.Waiting(), IsEmpty());
  EXPECT_EQ(sender_.Audit().back().action(), "SkipEvent");
  EXPECT_EQ(sender_.Audit().back().reason(), "LOST OUTBOX_ROW_MISSING 1");
}

}  // namespace
}  // namespace splw::delivery
