#include "common/store/folder.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "common/testing/sync_recorder.h"
#include "common/testing/temp_dir.h"

namespace splw::store {
namespace {

using splw::testing::StatusIs;
using splw::testing::SyncRecorder;
using splw::testing::TempDir;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

TEST(MakeFolder, SyncsTheFolderThatEachNewOneStandsIn) {
  const TempDir dir;
  SyncRecorder::Take();
  EXPECT_EQ(*MakeFolder(dir.File("a/b/c")), true);
  EXPECT_TRUE(std::filesystem::is_directory(dir.File("a/b/c")));
  EXPECT_THAT(SyncRecorder::Take(), UnorderedElementsAre(dir.path(), dir.File("a"), dir.File("a/b")));
}

TEST(MakeFolder, SyncsTheNameOfOneThatWasThere) {
  const TempDir dir;
  ASSERT_TRUE(std::filesystem::create_directory(dir.File("a")));
  for (const char* path : {"a", "a/"}) {
    SyncRecorder::Take();
    EXPECT_EQ(*MakeFolder(dir.File(path)), false);
    EXPECT_THAT(SyncRecorder::Take(), ElementsAre(dir.path())) << path;
  }
}

TEST(MakeFolder, SaysWhatStandsInItsWay) {
  const TempDir dir;
  ASSERT_TRUE(MakeFolder(dir.File("a")).ok());
  std::ofstream(dir.File("a/file")) << "in the way";
  const auto maybe_made = MakeFolder(dir.File("a/file/b"));
  EXPECT_THAT(maybe_made, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_NE(std::string(maybe_made.status().message()).find("a/file/b"), std::string::npos);
}

}  // namespace
}  // namespace splw::store
