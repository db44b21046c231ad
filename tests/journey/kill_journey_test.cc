// SIGKILL of any service at any moment of the demonstration, and started again: the demonstration completes,
// nothing is lost, nothing happens twice.
#include <random>

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "tests/journey/invariants.h"
#include "tests/journey/world.h"

namespace splw::journey {
namespace {

using testing::IsOk;

constexpr absl::Duration kDemoTime = absl::Seconds(120);

// The demonstration, running as a process of its own.
class Demo final {
 public:
  explicit Demo(testing::Suite& suite)
      : suite_(suite), output_(suite.folder() + "/demo.out"), errors_(suite.folder() + "/demo.err") {}

  void Start() {
    auto maybe_process =
        suite_.StartSplwctl({"sample", "demo", "--dir", testing::SourceDir() + "/deploy/sample"}, output_, errors_);
    ASSERT_THAT(maybe_process, IsOk());
    process_ = std::make_unique<testing::Process>(*std::move(maybe_process));
  }
  // Waits until it says that it begins this step. False if it ended before.
  bool WaitForStep(int step) {
    const std::string line = absl::StrCat("step ", step, "/");
    return testing::Eventually(kDemoTime, [&] { return Said(line) || !process_->Running(); }) && Said(line);
  }
  bool Running() { return process_->Running(); }
  void ExpectSuccess() {
    const auto end = process_->Wait(kDemoTime);
    ASSERT_TRUE(end.has_value()) << "the demonstration hangs; it said: " << testing::ReadFile(errors_);
    EXPECT_EQ(end->exit_code, 0) << testing::ReadFile(errors_);
  }
  // How many steps it announced.
  int Steps() const {
    const std::string text = testing::ReadFile(errors_);
    int steps = 0;
    const std::size_t at = text.find("step 1/");
    if (at != std::string::npos) {
      const std::size_t slash = at + 7;
      if (!absl::SimpleAtoi(text.substr(slash, text.find_first_not_of("0123456789", slash) - slash), &steps)) return 0;
    }
    return steps;
  }

 private:
  bool Said(const std::string& line) const { return testing::ReadFile(errors_).find(line) != std::string::npos; }

  testing::Suite& suite_;
  const std::string output_;
  const std::string errors_;
  std::unique_ptr<testing::Process> process_;
};

int StepsOfTheDemo() {
  static const int steps = [] {
    testing::Suite suite;
    EXPECT_THAT(suite.StartAll(), IsOk());
    Demo demo(suite);
    demo.Start();
    demo.ExpectSuccess();
    World world(suite);
    CheckInvariants(suite, world);
    return demo.Steps();
  }();
  return steps;
}

class KillAtEachStep : public ::testing::TestWithParam<const char*> {};

TEST_P(KillAtEachStep, TheDemoCompletesAndNothingIsLostOrDoubled) {
  const int steps = StepsOfTheDemo();
  ASSERT_GE(steps, 8) << "the demonstration announces its steps";
  for (int step = 1; step <= steps && !HasFailure(); ++step) {
    SCOPED_TRACE(absl::StrFormat("%s killed at step %d of %d", GetParam(), step, steps));
    testing::Suite suite;
    ASSERT_THAT(suite.StartAll(), IsOk());
    Demo demo(suite);
    demo.Start();
    ASSERT_TRUE(demo.WaitForStep(step));
    suite.Kill(GetParam());
    ASSERT_THAT(suite.Start(GetParam()), IsOk());
    demo.ExpectSuccess();
    World world(suite);
    CheckInvariants(suite, world);
  }
}

INSTANTIATE_TEST_SUITE_P(EachService, KillAtEachStep, ::testing::ValuesIn(testing::kServices),
                         [](const auto& instance) {
                           const std::string name = instance.param;
                           return name == testing::kReferralIntake ? "ReferralIntake"
                                  : name == testing::kCaseload     ? "Caseload"
                                                                   : "MdtAgenda";
                         });

// Not at the steps' borders but whenever the dice say, again and again while the demonstration runs.
TEST(KillAtRandomMoments, TheDemoCompletesAndNothingIsLostOrDoubled) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(absl::StrFormat("seed %u", seed));
  std::mt19937 dice(seed);
  for (int run = 0; run < 5 && !HasFailure(); ++run) {
    testing::Suite suite;
    ASSERT_THAT(suite.StartAll(), IsOk());
    Demo demo(suite);
    demo.Start();
    int kills = 0;
    while (demo.Running() && kills < 12) {
      absl::SleepFor(absl::Milliseconds(std::uniform_int_distribution<int>(1, 250)(dice)));
      const char* service = testing::kServices[std::uniform_int_distribution<std::size_t>(0, 2)(dice)];
      suite.Kill(service);
      ASSERT_THAT(suite.Start(service), IsOk());
      ++kills;
    }
    demo.ExpectSuccess();
    World world(suite);
    CheckInvariants(suite, world);
  }
}

// The demonstration on data where it has been before.
TEST(Repeated, TheDemoCompletesASecondTimeOnTheSameStores) {
  testing::Suite suite;
  ASSERT_THAT(suite.StartAll(), IsOk());
  for (int run = 0; run < 2; ++run) {
    Demo demo(suite);
    demo.Start();
    demo.ExpectSuccess();
  }
  World world(suite);
  CheckInvariants(suite, world);
}

}  // namespace
}  // namespace splw::journey
