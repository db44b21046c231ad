#include "common/delivery/feed.h"

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
using testkit::kNetwork;

class FeedTest : public ::testing::Test {
 protected:
  void Change(const std::string& collection, const std::string& resource, bool created = false,
              const std::string& network = kNetwork) {
    ASSERT_THAT(
        service_.changes->Run({}, testkit::Someone(), network,
                              [&](delivery::Change& change) { return change.Changed(collection, resource, created); }),
        IsOk());
  }

  absl::StatusOr<FeedPage> Read(std::uint64_t after, std::size_t max_entries = 100,
                                const std::string& collection = "cases") {
    absl::StatusOr<FeedPage> maybe_page = absl::UnknownError("");
    EXPECT_THAT(service_.store.View({},
                                    [&](store::Snapshot& snapshot) {
                                      maybe_page = ReadFeed(snapshot, kNetwork, collection, after, max_entries);
                                      return absl::OkStatus();
                                    }),
                IsOk());
    return maybe_page;
  }

  // From the oldest entry that is kept.
  absl::StatusOr<FeedPage> ReadAll() {
    std::uint64_t tail = 0;
    EXPECT_THAT(service_.store.View({},
                                    [&](store::Snapshot& snapshot) {
                                      tail = *FeedTail(snapshot, kNetwork);
                                      return absl::OkStatus();
                                    }),
                IsOk());
    return Read(tail);
  }

  static std::vector<std::string> Resources(const FeedPage& page) {
    std::vector<std::string> resources;
    for (const FeedItem& item : page.items) resources.push_back(item.resource);
    return resources;
  }

  time::FakeClock clock_{testkit::Start()};
  testkit::TestService service_{clock_, "caseload", /*automatic_sync=*/false};
};

TEST_F(FeedTest, ReadsACollectionInTheOrderOfCommits) {
  Change("cases", "b", true);
  Change("workers", "w");
  Change("cases", "a");
  Change("cases", "elsewhere", false, "U99999");

  const auto maybe_page = Read(0);

  ASSERT_THAT(maybe_page, IsOk());
  EXPECT_THAT(Resources(*maybe_page), ElementsAre("b", "a"));
  EXPECT_TRUE(maybe_page->items[0].created);
  EXPECT_FALSE(maybe_page->items[1].created);
  EXPECT_EQ(maybe_page->items[1].time, testkit::Start());
  EXPECT_EQ(maybe_page->last_seen, 3u);
  EXPECT_TRUE(maybe_page->at_end);
}

TEST_F(FeedTest, GoesOnFromAnyPositionWithoutLossOrRepeat) {
  for (int i = 0; i < 10; ++i) Change(i % 3 == 0 ? "workers" : "cases", std::to_string(i));
  std::vector<std::string> seen;
  std::uint64_t after = 0;
  for (bool at_end = false; !at_end;) {
    const auto maybe_page = Read(after, 3);
    ASSERT_THAT(maybe_page, IsOk());
    const auto resources = Resources(*maybe_page);
    seen.insert(seen.end(), resources.begin(), resources.end());
    after = maybe_page->last_seen;
    at_end = maybe_page->at_end;
  }
  EXPECT_THAT(seen, ElementsAre("1", "2", "4", "5", "7", "8"));
}

TEST_F(FeedTest, AnAbortedChangeLeavesNoGap) {
  Change("cases", "a");
  service_.store.AbortNext(1);
  EXPECT_THAT(service_.changes->Run({}, testkit::Someone(), kNetwork,
                                    [&](delivery::Change& change) { return change.Changed("cases", "x", true); }),
              StatusIs(absl::StatusCode::kAborted));
  Change("cases", "b");
  EXPECT_EQ(Read(0)->last_seen, 2u);
}

TEST_F(FeedTest, OldEntriesAreSweptAndPositionsBeforeThemExpire) {
  for (int i = 1; i <= 4; ++i) Change("cases", std::to_string(i));
  clock_.Advance(kFeedMemory + absl::Seconds(1));
  Change("cases", "5");
  EXPECT_EQ(*SweepFeed(service_.store, 3), true);
  EXPECT_EQ(*SweepFeed(service_.store, 3), false);

  const auto maybe_expired = Read(3);
  EXPECT_THAT(maybe_expired, StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(maybe_expired, HasReason("POSITION_EXPIRED"));
  EXPECT_THAT(Resources(*Read(4)), ElementsAre("5"));
  EXPECT_THAT(Resources(*ReadAll()), ElementsAre("5"));
  EXPECT_THAT(Read(0), HasReason("POSITION_EXPIRED")) << "the beginning is a position like any other";
  EXPECT_THAT(service_.Faults(), IsEmpty());
}

TEST_F(FeedTest, WhatWasSweptWholeStillKnowsItsPlace) {
  Change("cases", "1");
  clock_.Advance(kFeedMemory + absl::Seconds(1));
  EXPECT_EQ(*SweepFeed(service_.store), false);
  EXPECT_EQ(ReadAll()->last_seen, 1u);
  Change("cases", "2");
  EXPECT_THAT(Resources(*Read(1)), ElementsAre("2"));
}

TEST_F(FeedTest, ANetworkThatCannotBeSweptHoldsUpNoOther) {
  Change("cases", "1", false, "A10000");
  Change("cases", "2");
  ASSERT_THAT(service_.store.Commit({},
                                    [&](store::Transaction& txn) {
                                      txn.Put(FeedEntries().RecordKey("A10000", FeedEntryKey(1)), "\xff\xff");
                                      return absl::OkStatus();
                                    }),
              IsOk());
  clock_.Advance(kFeedMemory + absl::Seconds(1));
  EXPECT_THAT(SweepFeed(service_.store), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(Resources(*ReadAll()), IsEmpty());
}

TEST_F(FeedTest, APositionThatThisStoreNeverReachedIsRefusedAndNotWaitedFor) {
  Change("cases", "1");
  EXPECT_THAT(Read(1), IsOk());
  EXPECT_THAT(Read(2), HasReason("POSITION_EXPIRED"));
}

TEST_F(FeedTest, PositionsAreBoundToNetworkAndCollection) {
  const std::string position = EncodeFeedPosition("life-1", kNetwork, "cases", 42);
  EXPECT_EQ(*DecodeFeedPosition("life-1", kNetwork, "cases", position), 42u);
  EXPECT_THAT(DecodeFeedPosition("life-2", kNetwork, "cases", position), HasReason("POSITION_EXPIRED"));
  for (const auto& maybe : {DecodeFeedPosition("life-1", "U99999", "cases", position),
                            DecodeFeedPosition("life-1", kNetwork, "workers", position),
                            DecodeFeedPosition("life-1", kNetwork, "cases", "not a position"),
                            DecodeFeedPosition("life-1", kNetwork, "cases", ""),
                            DecodeFeedPosition("life-1", kNetwork, "cases", std::string(10'000, 'A'))}) {
    EXPECT_THAT(maybe, StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(maybe, HasReason("POSITION_INVALID"));
    EXPECT_THAT(maybe, HasField("position"));
  }
}

}  // namespace
}  // namespace splw::delivery
