// The thread around the core: with real threads, and waits on conditions only.
#include "common/delivery/dispatcher.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/delivery/delivery_test_kit.h"
#include "common/testing/status_matchers.h"

namespace splw::delivery {
namespace {

using splw::testing::IsOk;

constexpr char kPeer[] = "caseload";

// Hands batches to a receiver in this process, from a thread of its own as gRPC does; can be away.
class LocalPeer final : public Peer {
 public:
  explicit LocalPeer(testkit::TestService& receiver) : receiver_(receiver) {}
  ~LocalPeer() override {
    for (std::thread& thread : threads_) thread.join();
  }

  void Deliver(const v1::DeliverRequest& request, absl::Time, Done done) override {
    std::lock_guard lock(mutex_);
    ++calls_;
    changed_.notify_all();
    if (away_) return done(absl::UnavailableError("away"));
    threads_.emplace_back([this, &request, done = std::move(done)] {
      v1::DeliverResponse response = receiver_.Take(request);
      std::lock_guard applied_lock(mutex_);
      applied_ += static_cast<std::size_t>(response.results_size());
      done(std::move(response));
      changed_.notify_all();
    });
  }

  void SetAway(bool away) {
    std::lock_guard lock(mutex_);
    away_ = away;
  }
  std::size_t calls() {
    std::lock_guard lock(mutex_);
    return calls_;
  }
  bool WaitForCalls(std::size_t calls) {
    return Wait([&] { return calls_ >= calls; });
  }
  bool WaitForApplied(std::size_t applied) {
    return Wait([&] { return applied_ >= applied; });
  }

 private:
  template <typename Condition>
  bool Wait(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(30), condition);
  }

  testkit::TestService& receiver_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::thread> threads_;
  std::size_t calls_ = 0;
  std::size_t applied_ = 0;
  bool away_ = false;
};

// Tells when somebody began to wait for a commit to be durable.
class ObservedStore final : public store::Store {
 public:
  explicit ObservedStore(store::Store& store) : store_(store) {}

  absl::StatusOr<store::Position> Commit(const store::Attempt& attempt,
                                         absl::FunctionRef<absl::Status(store::Transaction&)> body) override {
    return store_.Commit(attempt, body);
  }
  absl::StatusOr<store::Position> View(const store::Attempt& attempt,
                                       absl::FunctionRef<absl::Status(store::Snapshot&)> body) override {
    return store_.View(attempt, body);
  }
  void WhenDurable(store::Position position, std::function<void()> callback) override {
    store_.WhenDurable(position, std::move(callback));
    std::lock_guard lock(mutex_);
    asked_ = true;
    changed_.notify_all();
  }
  store::Limits limits() const override { return store_.limits(); }

  bool WaitUntilAsked() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(30), [&] { return asked_; });
  }

 private:
  store::Store& store_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool asked_ = false;
};

class DispatcherTest : public ::testing::Test {
 protected:
  std::unique_ptr<Dispatcher> NewDispatcher(testkit::TestService& sender) {
    return std::make_unique<Dispatcher>(
        DispatcherOptions{sender.store, sender.outbox_signal, clock_, random_, {{kPeer, peer_}}, {}, nullptr});
  }

  time::SystemClock clock_;
  ids::SeededRandom random_{3};
  testkit::TestService sender_{clock_, "referral-intake"};
  testkit::TestService receiver_{clock_, kPeer};
  std::shared_ptr<LocalPeer> peer_ = std::make_shared<LocalPeer>(receiver_);
};

TEST_F(DispatcherTest, ADurableCommitIsSentWithoutWaitingForARescan) {
  const auto dispatcher = NewDispatcher(sender_);
  dispatcher->Start();
  for (std::uint64_t value = 1; value <= 20; ++value) {
    ASSERT_THAT(sender_.Say(kPeer, value), IsOk());
    // Rescans are five seconds apart: twenty of these would not fit the limit of the wait.
    ASSERT_TRUE(peer_->WaitForApplied(value));
  }
  dispatcher->Stop();
  EXPECT_EQ(receiver_.List("heard", "s0"), sender_.List("said", "s0"));
}

TEST_F(DispatcherTest, APeerThatWasAwayGetsEverythingWhenItIsBack) {
  peer_->SetAway(true);
  const auto dispatcher = NewDispatcher(sender_);
  dispatcher->Start();
  for (std::uint64_t value = 1; value <= 300; ++value) {
    ASSERT_THAT(sender_.Say(kPeer, (value % 7) * 1'000'000 + value), IsOk());
  }
  ASSERT_TRUE(peer_->WaitForCalls(3));
  peer_->SetAway(false);
  ASSERT_TRUE(peer_->WaitForApplied(300));
  dispatcher->Stop();
  for (std::uint64_t stream = 0; stream < 7; ++stream) {
    const std::string name = testkit::StreamOf(stream * 1'000'000);
    EXPECT_EQ(receiver_.List("heard", name), sender_.List("said", name));
  }
}

TEST_F(DispatcherTest, WhatIsNotDurableIsNotSent) {
  testkit::TestService sender(clock_, "referral-intake", /*automatic_sync=*/false);
  ASSERT_THAT(sender.Say(kPeer, 1), IsOk());  // and no sync
  ObservedStore observed(sender.store);
  Dispatcher dispatcher({observed, sender.outbox_signal, clock_, random_, {{kPeer, peer_}}, {}, nullptr});
  dispatcher.Start();  // its first look finds the event
  ASSERT_TRUE(observed.WaitUntilAsked());
  EXPECT_EQ(peer_->calls(), 0u);
  sender.store.Sync();
  ASSERT_TRUE(peer_->WaitForApplied(1));
  dispatcher.Stop();
  EXPECT_EQ(peer_->calls(), 1u);
  EXPECT_THAT(receiver_.List("heard", "s0"), ::testing::ElementsAre(1));
}

TEST_F(DispatcherTest, ANewDispatcherGoesOnWhereTheLastOneStopped) {
  for (std::uint64_t value = 1; value <= 50; ++value) ASSERT_THAT(sender_.Say(kPeer, value), IsOk());
  for (int i = 0; i < 5; ++i) {
    const auto dispatcher = NewDispatcher(sender_);
    dispatcher->Start();
    dispatcher->Stop();
  }
  const auto dispatcher = NewDispatcher(sender_);
  dispatcher->Start();
  ASSERT_TRUE(peer_->WaitForApplied(50));
  dispatcher->Stop();
  EXPECT_EQ(receiver_.List("heard", "s0"), sender_.List("said", "s0"));
}

}  // namespace
}  // namespace splw::delivery
