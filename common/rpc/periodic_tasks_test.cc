#include "common/rpc/periodic_tasks.h"

#include <atomic>

#include <gtest/gtest.h>

#include "common/testing/process.h"

namespace splw::rpc {
namespace {

using ::splw::testing::Eventually;

constexpr absl::Duration kPatience = absl::Seconds(20);

TEST(PeriodicTasks, GoOnWhenTheClockIsSetBack) {
  time::FakeClock clock(absl::FromUnixSeconds(1'700'000'000));
  telemetry::Metrics metrics;
  std::atomic<int> hourly = 0;
  std::atomic<int> often = 0;
  std::vector<PeriodicTask> list;
  list.push_back({"hourly", absl::Hours(1), [&]() -> absl::StatusOr<bool> {
                    ++hourly;
                    return false;
                  }});
  // Has the thread look at the clock again soon, whatever the clock says.
  list.push_back({"often", absl::Milliseconds(1), [&]() -> absl::StatusOr<bool> {
                    ++often;
                    return false;
                  }});
  const PeriodicTasks tasks(std::move(list), metrics, clock);
  // The second task runs when it is settled when the first is due again.
  ASSERT_TRUE(Eventually(kPatience, [&] { return often == 1; }));
  ASSERT_EQ(hourly, 1);
  clock.Advance(-absl::Hours(24));
  EXPECT_TRUE(Eventually(kPatience, [&] { return hourly == 2; }));
}

TEST(PeriodicTasks, AreCountedWhenTheyFailAndRunAgainAfterTheirInterval) {
  time::FakeClock clock(absl::FromUnixSeconds(1'700'000'000));
  telemetry::Metrics metrics;
  std::atomic<int> runs = 0;
  std::vector<PeriodicTask> list;
  list.push_back({"failing", absl::Milliseconds(1), [&]() -> absl::StatusOr<bool> {
                    clock.Advance(absl::Milliseconds(1));
                    if (++runs == 1) return absl::UnavailableError("for the test");
                    return false;
                  }});
  const PeriodicTasks tasks(std::move(list), metrics, clock);
  ASSERT_TRUE(Eventually(kPatience, [&] {
    clock.Advance(absl::Milliseconds(1));
    return runs >= 2;
  }));
  EXPECT_NE(metrics.Text().find(R"(splw_task_failures_total{task="failing"} 1)"), std::string::npos);
}

}  // namespace
}  // namespace splw::rpc
