#include "common/rpc/worker_pool.h"

#include <atomic>
#include <future>

#include <gtest/gtest.h>

#include "common/testing/process.h"

namespace splw::rpc {
namespace {

using ::splw::testing::Eventually;

constexpr absl::Duration kPatience = absl::Seconds(20);

class WorkerPoolTest : public ::testing::Test {
 protected:
  // Runs a job that takes so long by the pool's clock, and waits until the pool knows.
  void RunJob(WorkerPool& pool, absl::Duration takes) {
    std::promise<void> done;
    pool.Post([&] { clock_.Advance(takes); });
    pool.Post([&] { done.set_value(); });
    done.get_future().wait();
  }
  // Keeps the pool's only thread busy until `open` is set.
  void Block(WorkerPool& pool, std::promise<void>& open) {
    std::atomic<bool> inside = false;
    ASSERT_TRUE(pool.TryPost([&inside, until = open.get_future().share()] {
      inside = true;
      until.wait();
    }));
    ASSERT_TRUE(Eventually(kPatience, [&] { return inside.load(); }));
  }

  time::FakeClock clock_{absl::UnixEpoch()};
};

TEST_F(WorkerPoolTest, KeepsAtMostSoManyWaiting) {
  WorkerPool pool(1, 2, absl::InfiniteDuration(), clock_);
  std::promise<void> open;
  Block(pool, open);
  EXPECT_TRUE(pool.TryPost([] {}));
  EXPECT_TRUE(pool.TryPost([] {}));
  EXPECT_FALSE(pool.TryPost([] {}));
  open.set_value();
}

TEST_F(WorkerPoolTest, RefusesAJobWhoseTurnWouldComeTooLateThoughThereIsRoom) {
  WorkerPool pool(1, 1000, absl::Seconds(1), clock_);
  for (int i = 0; i < 100; ++i) RunJob(pool, absl::Milliseconds(800));  // every other one takes no time: 400 ms each
  std::promise<void> open;
  Block(pool, open);
  EXPECT_TRUE(pool.TryPost([] {}));
  EXPECT_TRUE(pool.TryPost([] {}));
  EXPECT_TRUE(pool.TryPost([] {}));
  EXPECT_FALSE(pool.TryPost([] {}));  // behind three
  pool.Post([] {});                   // without the limit
  open.set_value();
}

TEST_F(WorkerPoolTest, TakesManyAgainWhenJobsAreShortAgain) {
  WorkerPool pool(1, 1000, absl::Seconds(1), clock_);
  RunJob(pool, absl::Minutes(1));
  for (int i = 0; i < 200; ++i) RunJob(pool, absl::ZeroDuration());
  std::promise<void> open;
  Block(pool, open);
  for (int i = 0; i < 500; ++i) EXPECT_TRUE(pool.TryPost([] {}));
  open.set_value();
}

}  // namespace
}  // namespace splw::rpc
