#include "tests/faults/small_disk.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include <absl/strings/str_cat.h>
#include <gtest/gtest.h>

#include "common/testing/process.h"

namespace splw::faults {
namespace {

absl::Status Failed(const char* what) {
  return absl::PermissionDeniedError(absl::StrCat(what, ": ", std::strerror(errno)));
}

std::string BallastFile(const std::string& folder) {
  return folder + "/ballast";
}

}  // namespace

absl::Status SmallDisk::MayMount() {
  const uid_t user = getuid();
  const gid_t group = getgid();
  if (unshare(CLONE_NEWNS) != 0) {
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return Failed("no mount namespace (unshare)");
    testing::WriteFile("/proc/self/setgroups", "deny");
    testing::WriteFile("/proc/self/uid_map", absl::StrCat("0 ", user, " 1\n"));
    testing::WriteFile("/proc/self/gid_map", absl::StrCat("0 ", group, " 1\n"));
  }
  // What is mounted here stays here.
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return Failed("no private mounts");
  return absl::OkStatus();
}

SmallDisk::SmallDisk(std::string folder, std::size_t megabytes) : folder_(std::move(folder)) {
  std::filesystem::create_directories(folder_);
  const std::string size = absl::StrCat("size=", megabytes, "m,mode=0700");
  EXPECT_EQ(mount("tmpfs", folder_.c_str(), "tmpfs", 0, size.c_str()), 0) << Failed("mount");
}

SmallDisk::~SmallDisk() {
  umount2(folder_.c_str(), MNT_DETACH);
}

void SmallDisk::Fill() {
  const std::string ballast = BallastFile(folder_);
  const int file = open(ballast.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  ASSERT_GE(file, 0) << Failed("ballast");
  constexpr std::array<char, 4096> kPage{};
  while (write(file, kPage.data(), kPage.size()) > 0) {
  }
  EXPECT_EQ(errno, ENOSPC) << Failed("ballast");
  close(file);
}

void SmallDisk::Free() {
  std::filesystem::remove(BallastFile(folder_));
}

}  // namespace splw::faults
