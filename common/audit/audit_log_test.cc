#include "common/audit/audit_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/store/memory_store.h"
#include "common/time/clock.h"

namespace splw::audit {
namespace {

using delivery::storage::v1::AuditRecord;

constexpr char kNetwork[] = "U12345";

class AuditLogTest : public testing::Test {
 protected:
  absl::Status AppendOne(std::string_view network, const std::string& resource, const std::string& action = "Act") {
    return store_
        .Commit({},
                [&](store::Transaction& txn) {
                  AuditRecord record;
                  record.set_actor("someone@splw.example");
                  record.set_action(action);
                  record.set_resource(resource);
                  return Append(txn, network, record);
                })
        .status();
  }

  std::vector<std::uint64_t> Sequences(const std::string& resource, std::size_t size, store::ScanCursor* cursor) {
    std::vector<std::uint64_t> sequences;
    EXPECT_TRUE(store_
                    .View({},
                          [&](store::Snapshot& snapshot) {
                            const store::PageRequest page{.size = size, .after = *cursor};
                            auto maybe_page = resource.empty() ? ListRecords(snapshot, kNetwork, page)
                                                               : ListRecordsOf(snapshot, kNetwork, resource, page);
                            if (!maybe_page.ok()) return maybe_page.status();
                            sequences.clear();
                            for (const AuditRecord& record : maybe_page->records)
                              sequences.push_back(record.sequence());
                            *cursor = maybe_page->next;
                            return absl::OkStatus();
                          })
                    .ok());
    return sequences;
  }

  time::FakeClock clock_{absl::FromUnixSeconds(1'790'000'000)};
  store::MemoryStore store_{clock_};
};

TEST_F(AuditLogTest, SequencesHaveNoGapsWithinEachNetwork) {
  ASSERT_TRUE(AppendOne(kNetwork, "a").ok());
  ASSERT_TRUE(AppendOne("U99999", "other").ok());
  store_.AbortNext(1);
  EXPECT_FALSE(AppendOne(kNetwork, "lost").ok());
  store_.RerunNext(1);
  ASSERT_TRUE(AppendOne(kNetwork, "b").ok());

  store::ScanCursor cursor;
  EXPECT_THAT(Sequences("", 10, &cursor), testing::ElementsAre(1, 2));
}

TEST_F(AuditLogTest, RecordsOfAResourceComeInPagesInTheirOrder) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(AppendOne(kNetwork, "networks/U12345/cases/1").ok());
    ASSERT_TRUE(AppendOne(kNetwork, "networks/U12345/cases/10").ok());  // begins like the other
  }

  store::ScanCursor cursor;
  EXPECT_THAT(Sequences("networks/U12345/cases/1", 2, &cursor), testing::ElementsAre(1, 3));
  EXPECT_THAT(Sequences("networks/U12345/cases/1", 2, &cursor), testing::ElementsAre(5));
  EXPECT_TRUE(cursor.empty());
}

TEST_F(AuditLogTest, ARecordWithoutActionIsRefused) {
  EXPECT_EQ(AppendOne(kNetwork, "a", "").code(), absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace splw::audit
