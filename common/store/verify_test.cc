#include "common/store/verify.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>

#include "common/store/memory_store.h"
#include "common/testing/status_matchers.h"
#include "common/text/status_macros.h"

namespace splw::store {
namespace {

using google::protobuf::StringValue;
using splw::testing::IsOk;
using splw::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string Text(std::string_view text) {
  return KeyBuilder().Text(text).str();
}

// A record "letter:number"; the letter is its key, the number its one index entry.
Table<StringValue>::Declaration Declaration(std::string name) {
  return {.name = std::move(name),
          .key = [](const StringValue& r) { return Text(r.value().substr(0, 1)); },
          .indexes = {{.name = "number", .entries = [](const StringValue& r) -> std::vector<std::string> {
                         return {Text(r.value().substr(2))};
                       }}}};
}

class VerifyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Write([&](Transaction& txn) {
      for (const char* network : {"U1", "U2", "U3"}) {
        for (char letter = 'a'; letter <= 'z'; ++letter) {
          StringValue record;
          record.set_value(std::string(1, letter) + ":7");
          SPLW_RETURN_IF_ERROR(letters_.Put(txn, network, record));
          if (letter < 'd') SPLW_RETURN_IF_ERROR(others_.Put(txn, network, record));
        }
        txn.Put(KeyBuilder().Text(network).Text("queue").Number(1).str(), "raw");
      }
      return absl::OkStatus();
    });
  }

  void Write(absl::FunctionRef<absl::Status(Transaction&)> body) { ASSERT_THAT(store_.Commit({}, body), IsOk()); }

  VerifyReport Verify() {
    const auto maybe_report = VerifyStore(store_, tables_, options_);
    EXPECT_THAT(maybe_report, IsOk());
    return maybe_report.value_or(VerifyReport{});
  }

  // What Verify finds after `plant` was done to a sound store: kind, table, index.
  std::string FaultAfter(absl::FunctionRef<void(Transaction&)> plant) {
    Write([&](Transaction& txn) {
      plant(txn);
      return absl::OkStatus();
    });
    const VerifyReport report = Verify();
    EXPECT_EQ(report.fault_count, report.faults.size());
    std::string found;
    for (const StoreFault& fault : report.faults) {
      EXPECT_FALSE(fault.key_hex.empty());
      found +=
          std::string(found.empty() ? "" : ", ") + StoreFaultName(fault.kind) + " " + fault.table + "/" + fault.index;
    }
    return found;
  }

  time::FakeClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  MemoryStore store_{clock_};
  const Table<StringValue> letters_{Declaration("letter")};
  const Table<StringValue> others_{Declaration("other")};
  const std::vector<const UntypedTable*> tables_ = {&letters_, &others_};
  int changes_ = 0;
  VerifyOptions options_{.raw_tables = {"queue"}, .page_entries = 10};
};

TEST_F(VerifyTest, SoundStoreHasNoFaultsAndEverythingIsCounted) {
  const VerifyReport report = Verify();
  EXPECT_TRUE(report.sound());
  EXPECT_THAT(report.faults, IsEmpty());
  EXPECT_EQ(report.networks, 3u);
  EXPECT_EQ(report.records, 3u * (26 + 3));
  EXPECT_EQ(report.index_entries, 3u * (26 + 3));
}

TEST_F(VerifyTest, EmptyStoreIsSound) {
  MemoryStore empty(clock_);
  const auto maybe_report = VerifyStore(empty, tables_);
  ASSERT_THAT(maybe_report, IsOk());
  EXPECT_TRUE(maybe_report->sound());
  EXPECT_EQ(maybe_report->networks, 0u);
}

TEST_F(VerifyTest, MissingIndexEntryIsFound) {
  EXPECT_EQ(
      FaultAfter([&](Transaction& txn) { txn.Erase(letters_.IndexPrefix("U2", "number") + Text("7") + Text("q")); }),
      "INDEX_ENTRY_MISSING letter/number");
}

TEST_F(VerifyTest, StrayIndexEntryIsFound) {
  EXPECT_EQ(FaultAfter([&](Transaction& txn) {
              txn.Put(letters_.IndexPrefix("U3", "number") + Text("8") + Text("q"), Text("q"));
            }),
            "INDEX_ENTRY_STRAY letter/number");
}

TEST_F(VerifyTest, RecordErasedBehindItsIndexIsFound) {
  EXPECT_EQ(FaultAfter([&](Transaction& txn) { txn.Erase(others_.RecordKey("U1", Text("b"))); }),
            "INDEX_ENTRY_STRAY other/number");
}

TEST_F(VerifyTest, UnreadableRecordIsFoundOnce) {
  EXPECT_EQ(FaultAfter([&](Transaction& txn) { txn.Put(letters_.RecordKey("U1", Text("a")), "\xff\xff"); }),
            "RECORD_UNREADABLE letter/");
}

TEST_F(VerifyTest, RecordUnderAnothersKeyIsFound) {
  StringValue record;
  record.set_value("a:7");
  EXPECT_EQ(FaultAfter([&](Transaction& txn) {
              txn.Put(letters_.RecordKey("U1", Text("?")), record.SerializeAsString());
              txn.Put(letters_.IndexPrefix("U1", "number") + Text("7") + Text("?"), Text("?"));
            }),
            "RECORD_KEY_MISMATCH letter/");
}

TEST_F(VerifyTest, UnknownTableIsFoundOnceANetwork) {
  EXPECT_EQ(FaultAfter([&](Transaction& txn) {
              for (std::uint64_t i = 0; i < 5; ++i) txn.Put(KeyBuilder().Text("U2").Text("zoo").Number(i).str(), "");
            }),
            "UNKNOWN_TABLE zoo/");
}

TEST_F(VerifyTest, KeyThatIsNoneOfOursIsFound) {
  EXPECT_EQ(FaultAfter([&](Transaction& txn) { txn.Put("no key", ""); }), "UNKNOWN_TABLE /");
}

TEST_F(VerifyTest, MoreFaultsThanKeptAreStillCounted) {
  Write([&](Transaction& txn) {
    for (char letter = 'a'; letter <= 'z'; ++letter) {
      txn.Erase(letters_.RecordKey("U1", Text(std::string(1, letter))));
    }
    return absl::OkStatus();
  });
  options_.max_faults = 4;
  const VerifyReport report = Verify();
  EXPECT_EQ(report.faults.size(), 4u);
  EXPECT_EQ(report.fault_count, 26u);
}

TEST_F(VerifyTest, ProgressGrowsToTheEnd) {
  std::vector<std::uint64_t> seen;
  options_.on_progress = [&](const VerifyProgress& progress) { seen.push_back(progress.entries_seen); };
  const VerifyReport report = Verify();
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_GT(seen.size(), 10u);
  EXPECT_EQ(seen.back(), report.records + report.index_entries);
}

TEST_F(VerifyTest, CancelledWalkSaysSo) {
  int asked = 0;
  options_.cancelled = [&] { return ++asked > 3; };
  EXPECT_THAT(VerifyStore(store_, tables_, options_), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(asked, 4);
}

TEST_F(VerifyTest, WhatIsWrittenDuringTheWalkIsNoFault) {
  StringValue record;
  options_.page_entries = 3;
  options_.on_progress = [&](const VerifyProgress&) {
    const std::string letter(1, static_cast<char>('a' + changes_ % 26));
    record.set_value(letter + ":" + std::to_string(changes_++));
    Write([&](Transaction& txn) { return letters_.Put(txn, "U2", record); });
  };
  EXPECT_TRUE(Verify().sound());
  EXPECT_GT(changes_, 10);
}

}  // namespace
}  // namespace splw::store
