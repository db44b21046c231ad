// A disk that is full, and a disk that fails under the log's sync: the service says so and ends; nothing that was
// acknowledged is lost; once there is space, or the disk is another one, starting it again is all that is needed.
#include <csignal>
#include <optional>

#include "tests/faults/faults_fixture.h"
#include "tests/faults/health_watch.h"
#include "tests/faults/small_disk.h"

namespace splw::faults {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;

constexpr std::size_t kMegabytes = 24;

class FullDisk : public Faults, public ::testing::WithParamInterface<const char*> {
 protected:
  static void SetUpTestSuite() { may_mount_ = SmallDisk::MayMount(); }
  void SetUp() override {
    if (!may_mount_.ok()) {
      GTEST_SKIP() << "this machine lets us mount no small disk (" << may_mount_
                   << "); what a service does when it cannot write is also in service_process_test";
    }
    disk_.emplace(suite_.DataDir(service()), kMegabytes);
    StartAll();
  }
  std::string service() const { return GetParam(); }

  // Ends by itself, as a service does that the disk refuses.
  void ExpectDiskFault() {
    const auto end = suite_.AwaitEnd(service(), kPatience);
    ASSERT_TRUE(end.has_value()) << service() << " goes on with a full disk";
    const std::string log = LogSince(service(), 0);
    EXPECT_EQ(end->exit_code, kDiskFault) << "signal " << end->signal << "; it said last:\n"
                                          << log.substr(log.size() - std::min<std::size_t>(log.size(), 2000));
  }

  static absl::Status may_mount_;
  std::optional<SmallDisk> disk_;
};
absl::Status FullDisk::may_mount_;

TEST_P(FullDisk, EndsTheServiceWhichLosesNothingAndServesAgainOnceThereIsSpace) {
  Load load(suite_, "load");
  load.Start(Steady(100));
  load.AwaitMore(50);
  const HealthWatch health(suite_.Address(service()));
  ASSERT_TRUE(testing::Eventually(kPatience, [&] { return health.saw_serving(); }));

  disk_->Fill();
  ExpectDiskFault();
  EXPECT_TRUE(health.saw_not_serving()) << "health went on saying that it serves";
  EXPECT_THAT(LogSince(service(), 0), HasSubstr(R"("event":"store_failed")"));

  // As a supervisor would, again and again.
  for (int attempt = 0; attempt < 2; ++attempt) {
    const std::size_t said = LogSize(service());
    ASSERT_THAT(suite_.Launch(service()), IsOk());
    ExpectDiskFault();
    EXPECT_THAT(LogSince(service(), said), HasSubstr("No space left on device"));
  }

  disk_->Free();
  ASSERT_THAT(suite_.Start(service()), IsOk());
  load.AwaitMore(50);
  load.Stop();
  CheckAcknowledged(suite_, world_, load.Acknowledged());
}

INSTANTIATE_TEST_SUITE_P(EachService, FullDisk, ::testing::Values(testing::kReferralIntake, testing::kCaseload),
                         NameOfService);

class FailingSync : public Faults, public ::testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    suite_.SetEnvironment(GetParam(), {{"LD_PRELOAD", SPLW_FAULTY_DISK}, {"SPLW_FAULT_FAIL_SYNCS_WHILE", fault_}});
    StartAll();
  }
  const std::string fault_ = suite_.folder() + "/syncs-fail";
};

// What was written since the last sync that succeeded is gone with it: whoever had been told of it would miss it.
TEST_P(FailingSync, EndsTheProcessAndNothingWasAcknowledgedThatTheDiskDidNotKeep) {
  Load load(suite_, "load");
  load.Start(Steady(200));
  load.AwaitMore(50);
  for (int time = 0; time < 3; ++time) {
    const std::size_t said = LogSize(GetParam());
    testing::WriteFile(fault_, "");
    const auto end = suite_.AwaitEnd(GetParam(), kPatience);
    ASSERT_TRUE(end.has_value()) << GetParam() << " goes on although its log cannot be synced";
    EXPECT_EQ(end->signal, SIGABRT) << "exit status " << end->exit_code;
    EXPECT_THAT(LogSince(GetParam(), said), HasSubstr("the log could not be synced"));
    ASSERT_EQ(std::remove(fault_.c_str()), 0);
    ASSERT_THAT(suite_.Start(GetParam()), IsOk());
    load.AwaitMore(20);
  }
  load.Stop();
  CheckAcknowledged(suite_, world_, load.Acknowledged());
}

INSTANTIATE_TEST_SUITE_P(EachService, FailingSync, ::testing::Values(testing::kReferralIntake, testing::kCaseload),
                         NameOfService);

}  // namespace
}  // namespace splw::faults
