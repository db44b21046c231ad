#include "common/store/log_check.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include "common/store/rocksdb_store.h"
#include "common/testing/status_matchers.h"
#include "common/testing/temp_dir.h"

namespace splw::store {
namespace {

using splw::testing::IsOk;
using splw::testing::StatusIs;

class LogCheckTest : public ::testing::Test {
 protected:
  // The log of a store into which values of these sizes were put, and where it ended after each.
  struct Log {
    std::string bytes;
    std::vector<std::size_t> ends;
  };
  Log LogOf(const std::vector<std::size_t>& value_sizes) {
    auto maybe_store = RocksDbStore::Open({.path = folder_.File("store"), .clock = &clock_, .random = &random_});
    EXPECT_THAT(maybe_store, IsOk());
    std::string path;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.File("store"))) {
      if (entry.path().extension() == ".log" && std::filesystem::file_size(entry.path()) > 0)
        path = entry.path().string();
    }
    Log log;
    for (const std::size_t size : value_sizes) {
      EXPECT_THAT((*maybe_store)
                      ->Commit({},
                               [&](Transaction& txn) {
                                 txn.Put("key", std::string(size, 'x'));
                                 return absl::OkStatus();
                               }),
                  IsOk());
      log.ends.push_back(static_cast<std::size_t>(std::filesystem::file_size(path)));
    }
    std::ifstream file(path, std::ios::binary);
    log.bytes.assign(std::istreambuf_iterator<char>(file), {});
    return log;
  }

  testing::TempDir folder_;
  time::FakeClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  ids::SystemRandom random_;
};

TEST_F(LogCheckTest, WholeLogsAreFine) {
  EXPECT_THAT(CheckLog(""), IsOk());
  EXPECT_THAT(CheckLog(LogOf({1, 10, 0, 100}).bytes), IsOk());
}

// 32,600 bytes end close to a block's end, where no header fits any more; 100,000 come in several pieces.
TEST_F(LogCheckTest, RecordsThatMeetOrCrossTheEndOfABlockAreFine) {
  std::vector<std::size_t> sizes;
  for (std::size_t size = 32'560; size < 32'660; ++size) sizes.push_back(size);
  sizes.push_back(100'000);
  EXPECT_THAT(CheckLog(LogOf(sizes).bytes), IsOk());
}

TEST_F(LogCheckTest, NoFlippedBitGoesUnnoticed) {
  const Log log = LogOf({1, 40, 0, 300});
  for (std::size_t byte = 0; byte < log.bytes.size(); ++byte) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = log.bytes;
      damaged[byte] = static_cast<char>(damaged[byte] ^ (1 << bit));
      EXPECT_THAT(CheckLog(damaged), StatusIs(absl::StatusCode::kDataLoss)) << "byte " << byte << ", bit " << bit;
    }
  }
}

TEST_F(LogCheckTest, NoFlippedBitInAHeaderGoesUnnoticedWhereRecordsComeInPieces) {
  const Log log = LogOf({30'000, 70'000, 10});
  for (std::size_t header : {std::size_t{32'768}, std::size_t{65'536}, std::size_t{98'304}, log.ends[0], log.ends[1]}) {
    for (std::size_t byte = header; byte < header + 7; ++byte) {
      for (int bit = 0; bit < 8; ++bit) {
        std::string damaged = log.bytes;
        damaged[byte] = static_cast<char>(damaged[byte] ^ (1 << bit));
        EXPECT_THAT(CheckLog(damaged), StatusIs(absl::StatusCode::kDataLoss)) << "byte " << byte << ", bit " << bit;
      }
    }
  }
}

TEST_F(LogCheckTest, APieceCutOutIsNoticed) {
  const Log log = LogOf({100, 100, 100, 100});
  for (std::size_t length = 1; length < 100; ++length) {
    std::string damaged = log.bytes;
    damaged.erase(log.ends[1] - 50, length);
    EXPECT_THAT(CheckLog(damaged), StatusIs(absl::StatusCode::kDataLoss)) << length;
  }
}

TEST_F(LogCheckTest, ATornTailIsWhatACrashLeaves) {
  const Log log = LogOf({50, 50, 70'000});
  for (std::size_t length = log.ends[0]; length < log.ends[1]; ++length) {
    EXPECT_THAT(CheckLog(log.bytes.substr(0, length)), IsOk()) << length;
  }
  for (std::size_t length = log.ends[1]; length < log.bytes.size(); length += 97) {
    EXPECT_THAT(CheckLog(log.bytes.substr(0, length)), IsOk()) << length;
  }
}

TEST_F(LogCheckTest, ZerosBehindTheLastRecordAreRoomThatWasNotYetWritten) {
  EXPECT_THAT(CheckLog(LogOf({50, 50}).bytes + std::string(5000, '\0')), IsOk());
}

TEST_F(LogCheckTest, NamesTheLogAndThePlace) {
  Log log = LogOf({50, 50});
  log.bytes[log.ends[0] - 10] ^= 1;
  std::filesystem::create_directory(folder_.File("logs"));
  std::ofstream(folder_.File("logs/000007.log"), std::ios::binary) << log.bytes;
  const absl::Status status = CheckLogs(*rocksdb::Env::Default(), folder_.File("logs"));
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(std::string(status.message()), ::testing::StartsWith("000007.log: a record is damaged at byte "));
  EXPECT_THAT(CheckLogs(*rocksdb::Env::Default(), folder_.File("nowhere")), IsOk());
}

}  // namespace
}  // namespace splw::store
