// `splwctl store verify` finds nothing in a sound store, and finds a fault that was planted behind the
// service's back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/ids/random.h"
#include "common/store/keys.h"
#include "common/store/rocksdb_store.h"
#include "common/testing/status_matchers.h"
#include "tests/journey/world.h"

namespace splw::journey {
namespace {

using testing::IsOk;

// Changes a stopped service's store by hand.
void Meddle(const std::string& folder, const std::function<absl::Status(store::Transaction&)>& body) {
  const time::SystemClock clock;
  ids::SystemRandom random;
  store::RocksDbOptions options;
  options.path = folder;
  options.clock = &clock;
  options.random = &random;
  auto maybe_store = store::RocksDbStore::Open(std::move(options));
  ASSERT_THAT(maybe_store, IsOk());
  ASSERT_THAT((*maybe_store)->Commit({}, body), IsOk());
  (*maybe_store)->Close();
}

// The keys of a table's records ('r') or index entries ('i') in the network.
absl::StatusOr<std::vector<store::Entry>> EntriesOf(store::Snapshot& snapshot, const std::string& table,
                                                    const std::string& kind) {
  return snapshot.Scan(store::PrefixRange(store::KeyBuilder().Text(kNetwork).Text(table).Text(kind).str()), {});
}

class StoreVerify : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_THAT(suite_.StartAll(), IsOk());
    world_.SetUpAll();
    case_name_ = world_.CaseOf(world_.Submit(ReferralOf(1)).name()).name();
    ASSERT_THAT(suite_.VerifyStores(), IsOk());
    ASSERT_THAT(suite_.Stop(testing::kCaseload), IsOk());
  }
  // The folder that holds RocksDB's own files.
  std::string StoreFolder() const { return suite_.DataDir(testing::kCaseload) + "/store"; }

  testing::ProcessOutput VerifyAgain() {
    EXPECT_THAT(suite_.Start(testing::kCaseload), IsOk());
    const auto maybe_output = suite_.Splwctl({"store", "verify", "--service", testing::kCaseload});
    EXPECT_THAT(maybe_output, IsOk());
    return maybe_output.ok() ? *maybe_output : testing::ProcessOutput();
  }

  testing::Suite suite_;
  World world_{suite_};
  std::string case_name_;
};

TEST_F(StoreVerify, FindsAnIndexEntryThatIsMissing) {
  Meddle(StoreFolder(), [](store::Transaction& txn) -> absl::Status {
    const auto maybe_entries = EntriesOf(txn, "case", "i");
    if (!maybe_entries.ok()) return maybe_entries.status();
    if (maybe_entries->empty()) return absl::NotFoundError("no index entries of cases");
    txn.Erase(maybe_entries->front().key);
    return absl::OkStatus();
  });
  const auto verified = VerifyAgain();
  EXPECT_EQ(verified.end.exit_code, 7) << verified.output << verified.errors;
  EXPECT_THAT(verified.output + verified.errors, ::testing::HasSubstr("INDEX_ENTRY_MISSING"));
}

TEST_F(StoreVerify, FindsAnIndexEntryWithoutItsRecord) {
  Meddle(StoreFolder(), [](store::Transaction& txn) -> absl::Status {
    const auto maybe_records = EntriesOf(txn, "case", "r");
    if (!maybe_records.ok()) return maybe_records.status();
    if (maybe_records->empty()) return absl::NotFoundError("no cases");
    txn.Erase(maybe_records->front().key);
    return absl::OkStatus();
  });
  const auto verified = VerifyAgain();
  EXPECT_EQ(verified.end.exit_code, 7) << verified.output << verified.errors;
  EXPECT_THAT(verified.output + verified.errors, ::testing::HasSubstr("INDEX_ENTRY_STRAY"));
}

TEST_F(StoreVerify, FindsARecordThatCannotBeRead) {
  Meddle(StoreFolder(), [](store::Transaction& txn) -> absl::Status {
    const auto maybe_records = EntriesOf(txn, "case", "r");
    if (!maybe_records.ok()) return maybe_records.status();
    if (maybe_records->empty()) return absl::NotFoundError("no cases");
    txn.Put(maybe_records->front().key, "\xff\xff\xff");
    return absl::OkStatus();
  });
  const auto verified = VerifyAgain();
  EXPECT_EQ(verified.end.exit_code, 7) << verified.output << verified.errors;
  EXPECT_THAT(verified.output + verified.errors, ::testing::HasSubstr("RECORD_UNREADABLE"));
}

}  // namespace
}  // namespace splw::journey
