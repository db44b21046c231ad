// Power is lost again and again while threads commit and read; each time the store is opened as the disk
// would hold it: each file with what was synced of it and an arbitrary part of the rest.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include "common/ids/random.h"
#include "common/store/keys.h"
#include "common/store/power_loss_file_system.h"
#include "common/store/rocksdb_store.h"
#include "common/testing/temp_dir.h"
#include "common/text/status_macros.h"

namespace splw::store {
namespace {

constexpr char kLast[] = "last";

std::string NumberKey(std::uint64_t number) {
  return KeyBuilder().Text("n").Number(number).str();
}
std::string ValueOf(std::uint64_t number) {
  return std::string(500 + number * 37 % 3000, static_cast<char>('a' + number % 26));
}

absl::StatusOr<std::uint64_t> ReadLast(Snapshot& snapshot) {
  SPLW_ASSIGN_OR_RETURN(const std::optional<std::string> last, snapshot.Get(kLast));
  return last.has_value() ? std::stoull(*last) : 0;
}

void RaiseTo(std::atomic<std::uint64_t>& highest, std::uint64_t value) {
  std::uint64_t seen = highest;
  while (seen < value && !highest.compare_exchange_weak(seen, value)) {
  }
}

class StorePowerLoss : public ::testing::TestWithParam<unsigned> {
 protected:
  std::unique_ptr<RocksDbStore> Open(const std::string& path, rocksdb::Env* env) {
    // Small buffers, so that logs change often: what a power loss takes from two logs at once is the hard
    // case.
    auto maybe_store = RocksDbStore::Open(
        {.path = path, .clock = &clock_, .random = &random_, .write_buffer_bytes = 256 << 10, .env = env});
    EXPECT_TRUE(maybe_store.ok()) << maybe_store.status();
    return maybe_store.ok() ? *std::move(maybe_store) : nullptr;
  }

  // Writes the next number, in a commit that reads the one before.
  static absl::StatusOr<Position> WriteNumber(Store& store, std::uint64_t& number) {
    return store.Commit({}, [&](Transaction& txn) {
      SPLW_ASSIGN_OR_RETURN(const std::uint64_t last, ReadLast(txn));
      number = last + 1;
      txn.Put(NumberKey(number), ValueOf(number));
      txn.Put(kLast, std::to_string(number));
      return absl::OkStatus();
    });
  }

  void WriteNumbers(Store& store, std::shared_ptr<std::atomic<std::uint64_t>> acknowledged) {
    while (!stop_) {
      std::uint64_t number = 0;
      const auto maybe_position = WriteNumber(store, number);
      ASSERT_TRUE(maybe_position.ok()) << maybe_position.status();
      store.WhenDurable(*maybe_position, [acknowledged, number] { RaiseTo(*acknowledged, number); });
      // Now and then nobody waits for a while, and a long tail gathers.
      if (number % 64 == 0) WaitDurable(store, *maybe_position);
    }
  }

  // Reads as a caller does: tells only when its position is durable.
  void ReadNumbers(Store& store, std::atomic<std::uint64_t>& told) {
    while (!stop_) {
      std::uint64_t last = 0;
      const auto maybe_position = store.View({}, [&](Snapshot& snapshot) {
        SPLW_ASSIGN_OR_RETURN(last, ReadLast(snapshot));
        return absl::OkStatus();
      });
      ASSERT_TRUE(maybe_position.ok()) << maybe_position.status();
      WaitDurable(store, *maybe_position);
      RaiseTo(told, last);
    }
  }

  // The store holds the numbers 1 to its last, each with its value, and nothing more: a prefix of the
  // commits.
  std::uint64_t CheckPrefix(Store& store) {
    std::uint64_t last = 0;
    std::uint64_t expected = 1;
    KeyRange rest = PrefixRange(KeyBuilder().Text("n").str());
    bool more = true;
    while (more) {
      const auto maybe_position = store.View({}, [&](Snapshot& snapshot) {
        SPLW_ASSIGN_OR_RETURN(last, ReadLast(snapshot));
        SPLW_ASSIGN_OR_RETURN(const std::vector<Entry> entries, snapshot.Scan(rest, {.max_entries = 1000}));
        for (const Entry& entry : entries) {
          EXPECT_EQ(entry.key, NumberKey(expected)) << "a commit before it is missing: " << expected;
          EXPECT_TRUE(entry.value == ValueOf(expected)) << "another value than was written for " << expected;
          ++expected;
        }
        more = entries.size() == 1000;
        if (more) rest.begin = entries.back().key + '\0';
        return absl::OkStatus();
      });
      EXPECT_TRUE(maybe_position.ok()) << maybe_position.status();
      if (!maybe_position.ok() || HasFailure()) break;
    }
    EXPECT_EQ(expected, last + 1);
    return last;
  }

  testing::TempDir folder_;
  time::SystemClock clock_;
  ids::SeededRandom random_{GetParam()};
  std::atomic<bool> stop_ = false;
};

TEST_P(StorePowerLoss, TakesATailAndNothingThatWasAcknowledgedOrTold) {
  const auto files = std::make_shared<PowerLossFileSystem>();
  const std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(files);
  const auto store = Open(folder_.File("store"), env.get());
  ASSERT_NE(store, nullptr);
  const auto acknowledged = std::make_shared<std::atomic<std::uint64_t>>(0);
  std::atomic<std::uint64_t> told = 0;
  std::thread writer([&] { WriteNumbers(*store, acknowledged); });
  std::thread other_writer([&] { WriteNumbers(*store, acknowledged); });
  std::thread reader([&] { ReadNumbers(*store, told); });

  std::mt19937_64 random(GetParam());
  for (int cut = 0; cut < 8; ++cut) {
    const std::uint64_t wait_for = acknowledged->load() + 1 + random() % 150;
    while (acknowledged->load() < wait_for) std::this_thread::yield();
    const std::uint64_t acknowledged_before = *acknowledged;
    const std::uint64_t told_before = told;
    files->CopyAsAfterPowerLoss(folder_.File("store"), folder_.File("after"),
                                [&](const std::string&, std::uint64_t unsynced) {
                                  const std::uint64_t choice = random() % 3;
                                  return choice == 0 ? 0 : choice == 1 ? unsynced : random() % (unsynced + 1);
                                });
    const auto survivor = Open(folder_.File("after"), nullptr);
    if (survivor == nullptr) break;
    const std::uint64_t last = CheckPrefix(*survivor);
    EXPECT_GE(last, acknowledged_before);
    EXPECT_GE(last, told_before);
    EXPECT_EQ(survivor->incarnation(), store->incarnation());
    if (HasFailure()) break;
  }
  stop_ = true;
  writer.join();
  other_writer.join();
  reader.join();
}

std::string NewestLog(const std::string& folder) {
  std::string newest;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".log") newest = std::max(newest, entry.path().filename().string());
  }
  return newest;
}

TEST_P(StorePowerLoss, TakesATailAlsoWhenTheDiskHoldsMoreOfANewLogThanOfTheOneBefore) {
  const auto files = std::make_shared<PowerLossFileSystem>();
  const std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(files);
  const std::string folder = folder_.File("store");
  const auto store = Open(folder, env.get());
  ASSERT_NE(store, nullptr);
  for (int cut = 0; cut < 5; ++cut) {
    const std::string old_log = NewestLog(folder);
    std::uint64_t number = 0;
    while (NewestLog(folder) == old_log) ASSERT_TRUE(WriteNumber(*store, number).ok());  // nobody waits: no sync
    ASSERT_TRUE(WriteNumber(*store, number).ok());
    const std::string new_log = NewestLog(folder);
    files->CopyAsAfterPowerLoss(folder, folder_.File("after"), [&](const std::string& name, std::uint64_t unsynced) {
      return name == new_log ? unsynced : 0;
    });
    const auto survivor = Open(folder_.File("after"), nullptr);
    ASSERT_NE(survivor, nullptr);
    EXPECT_EQ(CheckPrefix(*survivor), number);
    if (HasFailure()) break;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, StorePowerLoss, ::testing::Range(1u, 7u));

}  // namespace
}  // namespace splw::store
