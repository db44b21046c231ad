#include "common/store/rocksdb_store.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <random>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include "common/ids/ulid.h"
#include "common/store/keys.h"
#include "common/store/power_loss_file_system.h"
#include "common/store/rocksdb_open.h"
#include "common/store/table.h"
#include "common/testing/status_matchers.h"
#include "common/testing/sync_recorder.h"
#include "common/testing/temp_dir.h"
#include "common/text/status_macros.h"

namespace splw::store {
namespace {

using splw::testing::IsOk;
using splw::testing::StatusIs;
using ::testing::HasSubstr;

class RocksDbStoreTest : public ::testing::Test {
 protected:
  RocksDbOptions Options() { return {.path = folder_.File("a/b/store"), .clock = &clock_, .random = &random_}; }
  RocksDbOptions OptionsOnTestFiles() {
    RocksDbOptions options = Options();
    options.env = env_.get();
    return options;
  }

  static std::unique_ptr<RocksDbStore> MustOpen(RocksDbOptions options) {
    auto maybe_store = RocksDbStore::Open(std::move(options));
    EXPECT_THAT(maybe_store, IsOk());
    return maybe_store.ok() ? *std::move(maybe_store) : nullptr;
  }

  static absl::StatusOr<Position> Put(Store& store, const std::string& key, const std::string& value) {
    return store.Commit({.label = "put"}, [&](Transaction& txn) {
      txn.Put(key, value);
      return absl::OkStatus();
    });
  }

  static std::string Keys(Store& store) {
    std::string keys;
    EXPECT_THAT(store.View({},
                           [&](Snapshot& snapshot) {
                             const auto maybe_entries = snapshot.Scan({}, {});
                             if (!maybe_entries.ok()) return maybe_entries.status();
                             for (const Entry& entry : *maybe_entries) keys += entry.key + " ";
                             return absl::OkStatus();
                           }),
                IsOk());
    return keys;
  }

  // The folder of the open store as a crash of the process alone would leave it.
  std::string CrashedCopy() {
    const std::string copy = folder_.File("copy");
    files_->CopyAsAfterPowerLoss(Options().path, copy,
                                 [](const std::string&, std::uint64_t unsynced) { return unsynced; });
    return copy;
  }

  static std::filesystem::path LogOf(const std::string& folder) {
    std::filesystem::path log;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() == ".log" && std::filesystem::file_size(entry.path()) > 0) log = entry.path();
    }
    return log;
  }

  static void FlipByteAt(const std::filesystem::path& file, const std::string& after_text) {
    std::ifstream in(file, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const std::size_t at = bytes.find(after_text);
    ASSERT_NE(at, std::string::npos);
    bytes[at] = static_cast<char>(bytes[at] ^ 0x20);
    std::ofstream(file, std::ios::binary) << bytes;
  }

  testing::TempDir folder_;
  time::FakeClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  ids::SystemRandom random_;
  std::shared_ptr<PowerLossFileSystem> files_ = std::make_shared<PowerLossFileSystem>();
  std::unique_ptr<rocksdb::Env> env_ = rocksdb::NewCompositeEnv(files_);
};

TEST_F(RocksDbStoreTest, SyncsTheNamesOfTheFoldersThatItMakes) {
  splw::testing::SyncRecorder::Take();
  MustOpen(Options())->Close();
  EXPECT_THAT(splw::testing::SyncRecorder::Take(),
              ::testing::IsSupersetOf({folder_.path(), folder_.File("a"), folder_.File("a/b")}));
}

TEST_F(RocksDbStoreTest, IncarnationLastsUntilItIsRenewed) {
  std::string first;
  {
    const auto store = MustOpen(Options());
    first = store->incarnation();
    EXPECT_TRUE(ids::IsUlid(first));
  }
  std::string second;
  {
    const auto store = MustOpen(Options());
    EXPECT_EQ(store->incarnation(), first);
    ASSERT_THAT(store->RenewIncarnation(), IsOk());
    second = store->incarnation();
    EXPECT_NE(second, first);
    EXPECT_TRUE(ids::IsUlid(second));
  }
  EXPECT_EQ(MustOpen(Options())->incarnation(), second);
}

TEST_F(RocksDbStoreTest, CloseMakesEverythingDurableAndCallsWhoeverWaits) {
  const auto store = MustOpen(Options());
  std::promise<void> called;
  const auto maybe_position = Put(*store, "a", "1");
  ASSERT_THAT(maybe_position, IsOk());
  store->WhenDurable(*maybe_position, [&] { called.set_value(); });
  ASSERT_THAT(Put(*store, "b", "1"), IsOk());
  store->Close();
  EXPECT_EQ(called.get_future().wait_for(std::chrono::seconds(0)), std::future_status::ready);
  EXPECT_THAT(Put(*store, "c", "1"), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(store->View({}, [](Snapshot&) { return absl::OkStatus(); }), StatusIs(absl::StatusCode::kUnavailable));
  store->Close();
  EXPECT_EQ(Keys(*MustOpen(Options())), "a b ");
}

TEST_F(RocksDbStoreTest, NowGoesOnAfterWhereItStoodBeforeARestart) {
  const absl::Time start = clock_.Now();
  clock_.Advance(absl::Hours(1));
  ASSERT_THAT(Put(*MustOpen(Options()), "a", "1"), IsOk());
  clock_.Set(start);
  const auto store = MustOpen(Options());
  EXPECT_EQ(store->recovery().last_commit, start + absl::Hours(1));
  ASSERT_THAT(store->View({},
                          [&](Snapshot& snapshot) {
                            EXPECT_EQ(snapshot.Now(), start + absl::Hours(1) + absl::Milliseconds(1));
                            return absl::OkStatus();
                          }),
              IsOk());
}

TEST_F(RocksDbStoreTest, SecondOpeningInThisProcessIsRefused) {
  const auto store = MustOpen(Options());
  const auto maybe_second = RocksDbStore::Open(Options());
  EXPECT_THAT(maybe_second, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(std::string(maybe_second.status().message()), HasSubstr("another process"));
}

TEST_F(RocksDbStoreTest, FolderThatAnotherProcessHoldsIsRefused) {
  MustOpen(Options())->Close();
  const std::string lock_file = Options().path + "/LOCK";
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t holder = ::fork();
  if (holder == 0) {  // nothing but system calls from here on
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    const int file = ::open(lock_file.c_str(), O_RDWR);
    const char held = ::fcntl(file, F_SETLK, &lock) == 0 ? 'y' : 'n';
    if (::write(ready[1], &held, 1) != 1) ::_exit(1);
    while (true) ::pause();
  }
  char held = 0;
  ASSERT_EQ(::read(ready[0], &held, 1), 1);
  EXPECT_EQ(held, 'y');
  const auto maybe_store = RocksDbStore::Open(Options());
  ::kill(holder, SIGKILL);
  ::waitpid(holder, nullptr, 0);
  ::close(ready[0]);
  ::close(ready[1]);
  EXPECT_THAT(maybe_store, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(std::string(maybe_store.status().message()), HasSubstr("another process"));
  MustOpen(Options());  // and is let in when the other is gone
}

TEST_F(RocksDbStoreTest, StoreOfAnotherOwnerIsRefused) {
  RocksDbOptions options = Options();
  MustOpen(options);  // from before owners were kept
  options.owner = "caseload";
  MustOpen(options);
  options.owner = "referral-intake";
  const auto maybe_store = RocksDbStore::Open(options);
  EXPECT_THAT(maybe_store, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(std::string(maybe_store.status().message()), HasSubstr("that of caseload, not of referral-intake"));
  options.owner = "caseload";
  MustOpen(options);
}

TEST_F(RocksDbStoreTest, UnknownFormatIsRefused) {
  MustOpen(Options())->Close();
  auto maybe_database = OpenDatabase(Options());
  ASSERT_THAT(maybe_database, IsOk());
  ASSERT_TRUE(maybe_database->db->Put({}, maybe_database->meta, "format", "9").ok());
  CloseDatabase(*maybe_database);
  const auto maybe_store = RocksDbStore::Open(Options());
  EXPECT_THAT(maybe_store, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(std::string(maybe_store.status().message()), HasSubstr("format 9"));
}

TEST_F(RocksDbStoreTest, MissingPartsAreRefused) {
  EXPECT_THAT(RocksDbStore::Open({.path = folder_.File("x")}), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(RocksDbStoreTest, TornLastRecordIsWhatACrashLeavesAndOpens) {
  const auto store = MustOpen(OptionsOnTestFiles());
  ASSERT_THAT(Put(*store, "a", "1"), IsOk());
  ASSERT_THAT(Put(*store, "b", std::string(1000, 'b')), IsOk());
  RocksDbOptions options = Options();
  options.path = CrashedCopy();
  const std::filesystem::path log = LogOf(options.path);
  std::filesystem::resize_file(log, std::filesystem::file_size(log) - 500);
  const auto survivor = MustOpen(options);
  EXPECT_EQ(Keys(*survivor), "a ");
  EXPECT_EQ(survivor->incarnation(), store->incarnation());
  EXPECT_FALSE(survivor->recovery().wal_loss_accepted);
}

TEST_F(RocksDbStoreTest, DamageInTheMiddleOfTheLogIsRefusedUntilTheOperatorAcceptsTheLoss) {
  const auto store = MustOpen(OptionsOnTestFiles());
  ASSERT_THAT(Put(*store, "a", "value of a"), IsOk());
  clock_.Advance(absl::Seconds(1));
  ASSERT_THAT(Put(*store, "b", "value of b"), IsOk());
  ASSERT_THAT(Put(*store, "c", "value of c"), IsOk());
  RocksDbOptions options = Options();
  options.path = CrashedCopy();
  FlipByteAt(LogOf(options.path), "value of b");

  for (int attempt = 0; attempt < 2; ++attempt) {  // refusing changes nothing
    const auto maybe_store = RocksDbStore::Open(options);
    EXPECT_THAT(maybe_store, StatusIs(absl::StatusCode::kDataLoss));
    EXPECT_THAT(std::string(maybe_store.status().message()), HasSubstr("--accept-wal-loss"));
    EXPECT_THAT(std::string(maybe_store.status().message()), HasSubstr("--restored"));
  }

  options.accept_wal_loss = true;
  {
    const auto survivor = MustOpen(options);
    EXPECT_EQ(Keys(*survivor), "a ");
    EXPECT_TRUE(survivor->recovery().wal_loss_accepted);
    EXPECT_GT(survivor->recovery().last_sequence, 0u);
    EXPECT_EQ(survivor->recovery().last_commit, clock_.Now() - absl::Seconds(1));
    EXPECT_NE(survivor->incarnation(),
              store->incarnation());  // the past has changed: whoever remembers it must know
    ASSERT_THAT(Put(*survivor, "d", "1"), IsOk());
  }
  options.accept_wal_loss = false;  // once is enough
  EXPECT_EQ(Keys(*MustOpen(options)), "a d ");
}

// RocksDB alone would take either for the end of the log.
TEST_F(RocksDbStoreTest, DamagedHeaderOfARecordIsRefusedUntilTheOperatorAcceptsTheLoss) {
  const auto store = MustOpen(OptionsOnTestFiles());
  ASSERT_THAT(Put(*store, "a", "value of a"), IsOk());
  const std::uintmax_t header_of_b = std::filesystem::file_size(LogOf(Options().path));
  ASSERT_THAT(Put(*store, "b", "value of b"), IsOk());
  ASSERT_THAT(Put(*store, "c", "value of c"), IsOk());
  for (const std::uintmax_t byte : {header_of_b + 5, header_of_b + 6}) {  // of the length; the type
    RocksDbOptions options = Options();
    options.path = CrashedCopy();
    std::fstream log(LogOf(options.path), std::ios::binary | std::ios::in | std::ios::out);
    log.seekg(static_cast<std::streamoff>(byte));
    const char damaged = static_cast<char>(log.get() ^ 4);
    log.seekp(static_cast<std::streamoff>(byte));
    log << damaged << std::flush;

    EXPECT_THAT(RocksDbStore::Open(options), StatusIs(absl::StatusCode::kDataLoss));
    options.accept_wal_loss = true;
    const auto survivor = MustOpen(options);
    EXPECT_EQ(Keys(*survivor), "a ");
    EXPECT_TRUE(survivor->recovery().wal_loss_accepted);
  }
}

TEST_F(RocksDbStoreTest, CrashRightAfterAnAcceptedLossStillRenewsTheIncarnation) {
  const auto store = MustOpen(OptionsOnTestFiles());
  ASSERT_THAT(Put(*store, "a", "value of a"), IsOk());
  ASSERT_THAT(Put(*store, "b", "value of b"), IsOk());
  ASSERT_THAT(Put(*store, "c", "value of c"), IsOk());
  RocksDbOptions options = Options();
  options.path = CrashedCopy();
  FlipByteAt(LogOf(options.path), "value of b");
  options.accept_wal_loss = true;
  {  // the process ends before it wrote an incarnation
    auto maybe_database = OpenDatabase(options);
    ASSERT_THAT(maybe_database, IsOk());
    CloseDatabase(*maybe_database);
  }
  options.accept_wal_loss = false;
  std::string renewed;
  {
    const auto survivor = MustOpen(options);
    EXPECT_EQ(Keys(*survivor), "a ");
    EXPECT_TRUE(survivor->recovery().wal_loss_accepted);
    renewed = survivor->incarnation();
    EXPECT_NE(renewed, store->incarnation());
  }
  const auto later = MustOpen(options);
  EXPECT_FALSE(later->recovery().wal_loss_accepted);
  EXPECT_EQ(later->incarnation(), renewed);
}

TEST_F(RocksDbStoreTest, WhatABodyThrowsIsNamedByItsTypeOnly) {
  const auto store = MustOpen(Options());
  const absl::Status status =
      store->View({}, [](Snapshot&) -> absl::Status { throw std::runtime_error("999 000 0018"); }).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(status.message()), HasSubstr("runtime_error"));
  EXPECT_THAT(std::string(status.message()), ::testing::Not(HasSubstr("999")));
}

TEST_F(RocksDbStoreTest, AcceptingALossOfASoundStoreLosesNothing) {
  RocksDbOptions options = Options();
  options.accept_wal_loss = true;
  std::string incarnation;
  {
    const auto store = MustOpen(options);
    incarnation = store->incarnation();
    ASSERT_THAT(Put(*store, "a", "1"), IsOk());
  }
  const auto store = MustOpen(options);
  EXPECT_FALSE(store->recovery().wal_loss_accepted);
  EXPECT_EQ(store->incarnation(), incarnation);
  EXPECT_EQ(Keys(*store), "a ");
}

TEST_F(RocksDbStoreTest, RefusedWriteIsUnknownAndToldAndLeavesTheStoreReadable) {
  std::promise<absl::Status> told;
  std::atomic<bool> once = false;
  RocksDbOptions options = OptionsOnTestFiles();
  options.on_background_error = [&](absl::Status status) {
    if (!once.exchange(true)) told.set_value(std::move(status));
  };
  const auto store = MustOpen(options);
  const auto maybe_position = Put(*store, "a", "1");
  ASSERT_THAT(maybe_position, IsOk());
  WaitDurable(*store, *maybe_position);
  files_->FailLogWrites();
  EXPECT_THAT(Put(*store, "b", "1"), StatusIs(absl::StatusCode::kUnknown));
  EXPECT_THAT(told.get_future().get(), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(Put(*store, "c", "1"), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(Keys(*store), "a ");
  const auto maybe_view = store->View({}, [](Snapshot&) { return absl::OkStatus(); });
  WaitDurable(*store, *maybe_view);  // a reader does not wait for what never came
}

// The memtable looks for the place of such keys near the last one of the same table or index: wherever that was.
TEST_F(RocksDbStoreTest, KeysOfTablesAreInTheirOrderHoweverTheyCame) {
  std::vector<std::string> keys;
  for (const char* table : {"case", "referral"}) {
    const std::string prefix = KeyBuilder().Text("U12345").Text(table).str();
    for (std::uint64_t id = 0; id < 500; ++id) {
      keys.push_back(KeyBuilder(prefix).Text(kRecordMark).Number(id).str());
      keys.push_back(KeyBuilder(prefix).Text(kIndexMark).Text("list").Number(id % 7).Number(id).str());
    }
    keys.push_back(KeyBuilder(prefix).Text(kIndexMark).str());  // no key of a table's
    keys.push_back(prefix);
  }
  std::vector<std::string> shuffled = keys;
  std::shuffle(shuffled.begin(), shuffled.end(), std::mt19937(7));
  std::sort(keys.begin(), keys.end());
  const auto store = MustOpen(Options());
  for (const std::string& key : shuffled) ASSERT_THAT(Put(*store, key, "1"), IsOk());
  ASSERT_THAT(Put(*store, shuffled.front(), "2"), IsOk());
  std::vector<std::string> found;
  ASSERT_THAT(store->View({},
                          [&](Snapshot& snapshot) -> absl::Status {
                            SPLW_ASSIGN_OR_RETURN(const std::vector<Entry> entries,
                                                  snapshot.Scan({}, {.max_entries = 10'000}));
                            for (const Entry& entry : entries) {
                              found.push_back(entry.key);
                              EXPECT_EQ(entry.value, entry.key == shuffled.front() ? "2" : "1");
                            }
                            return absl::OkStatus();
                          }),
              IsOk());
  EXPECT_EQ(found, keys);
}

// A sync of a log that refused a write is an assertion of RocksDB's, and so the end of the process.
TEST_F(RocksDbStoreTest, AfterARefusedWriteWhatIsNotDurableIsNeverToldToBeAndTheStoreCloses) {
  const auto store = MustOpen(OptionsOnTestFiles());
  std::future<bool> synced, unsynced;
  std::future<absl::StatusOr<Position>> refused;
  // A test that fails here must not wait for syncs that it holds itself.
  const std::shared_ptr<void> let_go(nullptr, [this](void*) { files_->HoldLogSyncs(false); });
  files_->HoldLogSyncs(true);
  const auto maybe_synced = Put(*store, "a", "1");
  ASSERT_THAT(maybe_synced, IsOk());
  synced = std::async(std::launch::async, [&] { return WaitDurable(*store, *maybe_synced); });
  files_->AwaitHeldLogSync();
  const auto maybe_unsynced = Put(*store, "b", "1");
  ASSERT_THAT(maybe_unsynced, IsOk());
  unsynced = std::async(std::launch::async, [&] { return WaitDurable(*store, *maybe_unsynced); });
  files_->FailLogWrites();
  // Waits for the sync that is under way, which is still a good one.
  refused = std::async(std::launch::async, [&] { return Put(*store, "c", "1"); });
  EXPECT_EQ(refused.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  files_->HoldLogSyncs(false);
  EXPECT_THAT(refused.get(), StatusIs(absl::StatusCode::kUnknown));
  EXPECT_TRUE(synced.get());
  EXPECT_FALSE(unsynced.get());
  // Neither is a reader told of what may be lost.
  const auto maybe_view = store->View({}, [](Snapshot&) { return absl::OkStatus(); });
  ASSERT_THAT(maybe_view, IsOk());
  EXPECT_FALSE(WaitDurable(*store, *maybe_view));
  store->Close();
  EXPECT_FALSE(WaitDurable(*store, *maybe_unsynced));
  EXPECT_EQ(Keys(*MustOpen(Options())), "a b ");  // the power stayed on
}

TEST_F(RocksDbStoreTest, StoreWithARefusedWriteClosesThoughNobodyWaits) {
  const auto store = MustOpen(OptionsOnTestFiles());
  ASSERT_THAT(Put(*store, "a", "1"), IsOk());
  files_->FailLogWrites();
  EXPECT_THAT(Put(*store, "b", "1"), StatusIs(absl::StatusCode::kUnknown));
  store->Close();
  EXPECT_EQ(Keys(*MustOpen(Options())), "a ");
}

TEST_F(RocksDbStoreTest, RefusedIncarnationIsAWriteThatWasRefused) {
  const auto store = MustOpen(OptionsOnTestFiles());
  const std::string before = store->incarnation();
  files_->FailLogWrites();
  EXPECT_THAT(store->RenewIncarnation(), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(Put(*store, "a", "1"), StatusIs(absl::StatusCode::kUnavailable));
  store->Close();
  EXPECT_EQ(MustOpen(Options())->incarnation(), before);
}

TEST_F(RocksDbStoreTest, HooksSeeCommitsAndSyncGroups) {
  std::mutex mutex;
  std::vector<std::string> labels;
  std::vector<std::size_t> groups;
  RocksDbOptions options = OptionsOnTestFiles();
  options.hooks.on_commit = [&](const char* label, absl::Duration took) {
    std::lock_guard lock(mutex);
    labels.push_back(label);
    EXPECT_GE(took, absl::ZeroDuration());
  };
  options.hooks.on_sync = [&](absl::Duration, std::size_t group) {
    std::lock_guard lock(mutex);
    groups.push_back(group);
  };
  const auto store = MustOpen(options);
  files_->HoldLogSyncs(true);
  std::vector<Position> positions;
  for (int i = 0; i < 5; ++i) {
    positions.push_back(*Put(*store, "a", std::to_string(i)));
    store->WhenDurable(positions.back(), [] {});
  }
  files_->HoldLogSyncs(false);
  store->Close();
  std::lock_guard lock(mutex);
  EXPECT_EQ(labels, std::vector<std::string>(5, "put"));
  std::size_t waited = 0;
  for (const std::size_t group : groups) waited += group;
  EXPECT_EQ(waited, 5u);
  EXPECT_LT(groups.size(), 5u);  // one sync serves many
}

using RocksDbStoreDeathTest = RocksDbStoreTest;

TEST_F(RocksDbStoreDeathTest, FailedSyncEndsTheProcess) {
  ::testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_DEATH(
      {
        const auto store = MustOpen(OptionsOnTestFiles());
        const auto maybe_position = Put(*store, "a", "1");
        files_->FailLogSyncs();
        WaitDurable(*store, *maybe_position);
      },
      "could not be synced");
}

}  // namespace
}  // namespace splw::store
