#include "common/identity/keyed_hash.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "common/testing/sync_recorder.h"
#include "common/testing/temp_dir.h"

namespace splw::identity {
namespace {

TEST(KeyedHash, IsHmacSha256OverDomainZeroByteAndValue) {
  // Computed with: printf 'domain\0value' | openssl dgst -sha256 -mac HMAC -macopt key:kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk
  const KeyedHash hash(std::string(kHashKeyBytes, 'k'), "domain");
  EXPECT_EQ(hash.HexHash("value"), "25f9a653824e9a8e44b8fd86975bd0e49dcee5c32b13dedc6bde9cfca6b73084");
  EXPECT_EQ(hash.Hash("value").size(), kKeyedHashBytes);
}

TEST(KeyedHash, DiffersByKeyDomainAndValue) {
  const KeyedHash hash(std::string(kHashKeyBytes, 'k'), "nhs-number");
  EXPECT_NE(hash.Hash("9990000018"), hash.Hash("9990000026"));
  EXPECT_NE(hash.Hash("9990000018"), KeyedHash(std::string(kHashKeyBytes, 'k'), "phone").Hash("9990000018"));
  EXPECT_NE(hash.Hash("9990000018"), KeyedHash(std::string(kHashKeyBytes, 'x'), "nhs-number").Hash("9990000018"));
}

TEST(LoadOrCreateKey, KeepsTheKeyThatItMade) {
  const testing::TempDir dir;
  ids::SeededRandom random(1);
  const auto maybe_key = LoadOrCreateKey(dir.File("key"), random);
  ASSERT_TRUE(maybe_key.ok()) << maybe_key.status();
  EXPECT_EQ(maybe_key->size(), kHashKeyBytes);
  EXPECT_EQ(*LoadOrCreateKey(dir.File("key"), random), *maybe_key);
}

TEST(LoadOrCreateKey, SyncsTheFileBeforeItHasItsNameAndThenTheFolder) {
  const testing::TempDir dir;
  ids::SeededRandom random(1);
  testing::SyncRecorder::Take();
  ASSERT_TRUE(LoadOrCreateKey(dir.File("key"), random).ok());
  const std::vector<std::string> synced = testing::SyncRecorder::Take();
  ASSERT_EQ(synced.size(), 2u);
  EXPECT_EQ(synced[0].rfind(dir.File("key."), 0), 0u) << synced[0];
  EXPECT_EQ(synced[1], dir.path());
}

TEST(LoadKey, SyncsTheFolderForWhoeverMadeTheFileMayHaveEndedBefore) {
  const testing::TempDir dir;
  ids::SeededRandom random(1);
  ASSERT_TRUE(LoadOrCreateKey(dir.File("key"), random).ok());
  testing::SyncRecorder::Take();
  ASSERT_TRUE(LoadKey(dir.File("key")).ok());
  EXPECT_EQ(testing::SyncRecorder::Take(), std::vector<std::string>{dir.path()});
}

TEST(LoadKey, MakesNone) {
  const testing::TempDir dir;
  EXPECT_EQ(LoadKey(dir.File("key")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(dir.File("key")));
}

TEST(LoadOrCreateKey, LetsOnlyTheOwnerReadTheFileAndLeavesNothingBeside) {
  const testing::TempDir dir;
  ids::SeededRandom random(1);
  ASSERT_TRUE(LoadOrCreateKey(dir.File("key"), random).ok());
  struct stat about {};
  ASSERT_EQ(::stat(dir.File("key").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600u);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(dir.path()), std::filesystem::directory_iterator()), 1);
}

TEST(LoadOrCreateKey, RefusesAFileThatOthersCanRead) {
  const testing::TempDir dir;
  ids::SeededRandom random(1);
  ASSERT_TRUE(LoadOrCreateKey(dir.File("key"), random).ok());
  ASSERT_EQ(::chmod(dir.File("key").c_str(), 0644), 0);
  EXPECT_EQ(LoadOrCreateKey(dir.File("key"), random).status().code(), absl::StatusCode::kPermissionDenied);
}

TEST(LoadOrCreateKey, RefusesADamagedFileRatherThanMakeAnotherKey) {
  const testing::TempDir dir;
  ids::SeededRandom random(1);
  for (const std::string& content : {std::string("short"), std::string(kHashKeyBytes + 1, 'x')}) {
    std::ofstream(dir.File("key"), std::ios::binary | std::ios::trunc) << content;
    ASSERT_EQ(::chmod(dir.File("key").c_str(), 0600), 0);
    EXPECT_EQ(LoadOrCreateKey(dir.File("key"), random).status().code(), absl::StatusCode::kDataLoss);
  }
}

TEST(LoadOrCreateKey, SaysWhichFolderIsMissing) {
  const testing::TempDir dir;
  ids::SeededRandom random(1);
  const absl::Status status = LoadOrCreateKey(dir.File("absent/key"), random).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(std::string(status.message()).find("absent/key"), std::string::npos);
}

}  // namespace
}  // namespace splw::identity
