#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/store/memory_store.h"
#include "common/testing/status_matchers.h"
#include "common/time/clock.h"
#include "services/mdt_agenda/mdt_tables.h"

namespace splw::mdt_agenda {
namespace {

using splw::testing::IsOk;

constexpr char kNetwork[] = "U12345";
// gRPC's limit of a message, which the servers and the clients keep.
constexpr std::size_t kMaxMessageBytes = 4 << 20;

class FilteredPageTest : public ::testing::Test {
 protected:
  // `count` actions of about `bytes` each, every second one open.
  void AddActions(int count, std::size_t bytes) {
    for (int i = 0; i < count; ++i) {
      stored::ActionRecord action;
      action.set_id(std::to_string(100 + i));
      action.set_case_("networks/U12345/cases/1");
      action.set_due_date("2026-12-03");
      action.set_state(i % 2 == 0 ? api::ACTION_STATE_OPEN : api::ACTION_STATE_DONE);
      action.set_description(std::string(bytes, 'x'));
      ASSERT_THAT(store_.Commit({}, [&](store::Transaction& txn) { return Actions().Put(txn, kNetwork, action); }),
                  IsOk());
    }
  }
  template <typename Predicate>
  store::PageOf<stored::ActionRecord> Page(const store::ScanCursor& after, const Predicate& matches) {
    store::PageRequest page;
    page.size = 50;
    page.after = after;
    page.max_bytes = store::kMaxPageBytes;
    store::PageOf<stored::ActionRecord> found;
    EXPECT_THAT(store_.View({},
                            [&](store::Snapshot& snapshot) -> absl::Status {
                              SPLW_ASSIGN_OR_RETURN(
                                  found, FilteredPage(Actions(), snapshot, kNetwork, "due", "", page, matches));
                              return absl::OkStatus();
                            }),
                IsOk());
    return found;
  }

  time::FakeClock clock_{absl::FromUnixSeconds(1'790'000'000)};
  store::MemoryStore store_{clock_};
};

TEST_F(FilteredPageTest, LargeRecordsEndAPageBeforeItOutgrowsAMessage) {
  constexpr int kCount = 40;
  AddActions(kCount, 300'000);
  for (const bool open_only : {false, true}) {
    const auto matches = [open_only](const stored::ActionRecord& action) {
      return !open_only || action.state() == api::ACTION_STATE_OPEN;
    };
    std::set<std::string> seen;
    store::ScanCursor after;
    int pages = 0;
    do {
      const store::PageOf<stored::ActionRecord> page = Page(after, matches);
      std::size_t bytes = 0;
      for (const stored::ActionRecord& action : page.records) {
        bytes += action.ByteSizeLong();
        EXPECT_TRUE(seen.insert(action.id()).second) << "twice";
      }
      EXPECT_LT(bytes, kMaxMessageBytes);
      after = page.next;
      ASSERT_LT(++pages, kCount) << "the pages do not move on";
    } while (!after.empty());
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(open_only ? kCount / 2 : kCount));
    EXPECT_GT(pages, 1);
  }
}

TEST_F(FilteredPageTest, SmallRecordsFillAPageThroughWhatTheFilterLeavesOut) {
  AddActions(120, 10);
  const auto page =
      Page("", [](const stored::ActionRecord& action) { return action.state() == api::ACTION_STATE_OPEN; });
  EXPECT_EQ(page.records.size(), 50u);
  EXPECT_FALSE(page.next.empty());
}

}  // namespace
}  // namespace splw::mdt_agenda
