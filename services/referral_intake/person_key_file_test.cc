#include "services/referral_intake/person_key_file.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/identity/keyed_hash.h"
#include "common/store/memory_store.h"
#include "common/store/verify.h"
#include "common/testing/status_matchers.h"
#include "common/testing/temp_dir.h"
#include "common/time/clock.h"
#include "services/referral_intake/referral_tables.h"

namespace splw::referral_intake {
namespace {

using ::splw::testing::IsOk;
using ::splw::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

class PersonKeyFileTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::string> Load() { return LoadPersonKey(store_, random_, path_); }

  splw::testing::TempDir folder_;
  const std::string path_ = folder_.File("key");
  time::FakeClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  ids::SeededRandom random_{1};
  store::MemoryStore store_{clock_};
};

TEST_F(PersonKeyFileTest, IsMadeOnceAndKept) {
  const auto maybe_key = Load();
  ASSERT_THAT(maybe_key, IsOk());
  const auto maybe_again = Load();
  ASSERT_THAT(maybe_again, IsOk());
  EXPECT_EQ(*maybe_again, *maybe_key);
}

TEST_F(PersonKeyFileTest, ThatWasLostIsMissedAndNotReplaced) {
  ASSERT_THAT(Load(), IsOk());
  std::filesystem::remove(path_);
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto maybe_key = Load();
    EXPECT_THAT(maybe_key, StatusIs(absl::StatusCode::kDataLoss));
    EXPECT_THAT(std::string(maybe_key.status().message()), HasSubstr("restore it"));
    EXPECT_FALSE(std::filesystem::exists(path_));
  }
}

TEST_F(PersonKeyFileTest, OfAnotherStoreIsRefused) {
  ASSERT_THAT(Load(), IsOk());
  std::filesystem::remove(path_);
  const auto maybe_other = identity::LoadOrCreateKey(path_, random_);
  ASSERT_THAT(maybe_other, IsOk());
  const auto maybe_key = Load();
  EXPECT_THAT(maybe_key, StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(std::string(maybe_key.status().message()), HasSubstr("another key"));
}

TEST_F(PersonKeyFileTest, LeavesTheStoreSoundAndNothingOfTheKeyInIt) {
  const auto maybe_key = Load();
  ASSERT_THAT(maybe_key, IsOk());
  const auto maybe_report = store::VerifyStore(store_, AllTables(), {});
  ASSERT_THAT(maybe_report, IsOk());
  EXPECT_EQ(maybe_report->records, 1u);
  EXPECT_EQ(maybe_report->fault_count, 0u);
  ASSERT_THAT(store_.View({},
                          [&](store::Snapshot& snapshot) {
                            const auto maybe_entries = snapshot.Scan({}, {});
                            for (const store::Entry& entry : *maybe_entries) {
                              EXPECT_THAT(entry.value, Not(HasSubstr(*maybe_key)));
                            }
                            return absl::OkStatus();
                          }),
              IsOk());
}

}  // namespace
}  // namespace splw::referral_intake
