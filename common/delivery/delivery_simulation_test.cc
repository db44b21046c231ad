// Exactly once in effect, whatever happens: two services in one thread, a network that drops, repeats and reorders, crashes of
// either side at any moment, handlers that refuse. Everything follows from the seed.

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/delivery/delivery_test_kit.h"
#include "common/delivery/dispatcher_core.h"

namespace splw::delivery {
namespace {

using testkit::kNetwork;

constexpr char kPeer[] = "caseload";
constexpr std::uint64_t kStreams = 4;

class Simulation final {
 public:
  explicit Simulation(std::uint64_t seed) : chance_(seed), random_(seed) {
    subscription_ = sender_.outbox_signal.Subscribe([this](const std::vector<StreamKey>& streams) {
      if (core_ == nullptr) return;
      for (const StreamKey& key : streams) core_->OnSignal(key);
    });
    StartSender();
    receiver_.on_event = [this](Change&, std::uint64_t) {
      if (!chaos_) return absl::OkStatus();
      switch (Pick(12)) {
        case 0:
          return absl::AbortedError("busy");
        case 1:
          return Pick(4) == 0 ? absl::FailedPreconditionError("no") : absl::OkStatus();
        default:
          return absl::OkStatus();
      }
    };
  }

  void Run(int steps) {
    for (int i = 0; i < steps; ++i) Step();
    chaos_ = false;
    // All is well again: everything must arrive, without anybody's help but that of the operator who looks at parked streams.
    for (int i = 0; i < 100'000 && !Quiet(); ++i) Heal();
  }

  std::vector<std::uint64_t> Said(std::uint64_t stream) { return sender_.List("said", Name(stream)); }
  std::vector<std::uint64_t> Heard(std::uint64_t stream) { return receiver_.List("heard", Name(stream)); }
  bool Quiet() { return calls_.empty() && sender_.Waiting().empty(); }
  int sender_crashes() const { return sender_crashes_; }
  int receiver_crashes() const { return receiver_crashes_; }
  testkit::TestService& sender() { return sender_; }
  testkit::TestService& receiver() { return receiver_; }

 private:
  // A request or an answer on the wire. `life`: of the sender that waits for the answer.
  struct Message {
    std::uint64_t life = 0;
    std::uint64_t id = 0;
    v1::DeliverRequest request;
    std::shared_ptr<v1::DeliverResponse> answer;  // null: a request
  };

  static std::string Name(std::uint64_t stream) { return "s" + std::to_string(stream); }
  std::uint64_t Pick(std::uint64_t n) { return chance_() % n; }

  void StartSender() {
    ++life_;
    sender_.Restart("life-1");  // the same store goes on
    core_ = std::make_unique<DispatcherCore>(sender_.store, random_, std::vector<std::string>{kPeer});
  }

  void Step() {
    switch (Pick(14)) {
      case 0:
      case 1:
      case 2: {
        const std::uint64_t stream = Pick(kStreams);
        if (Pick(10) == 0) sender_.store.RerunNext(1);
        EXPECT_TRUE(sender_.Say(kPeer, stream * 1'000'000 + ++last_value_).ok());
        break;
      }
      case 3:
      case 4:
        sender_.store.Sync();
        break;
      case 5:
        receiver_.store.Sync();
        break;
      case 6:
      case 7:
        Dispatch();
        break;
      case 8:
      case 9:
      case 10:
        Carry();
        break;
      case 11:
        clock_.Advance(absl::Milliseconds(static_cast<std::int64_t>(Pick(Pick(5) == 0 ? 20'000 : 100))));
        break;
      case 12:
        RetryParked();
        break;
      case 13:
        if (Pick(8) != 0) break;
        if (Pick(2) == 0) {
          ++sender_crashes_;
          sender_.store.Crash();
          StartSender();
        } else {
          ++receiver_crashes_;
          receiver_.store.Crash();
          receiver_.Restart("life-1");
        }
        break;
    }
  }

  void Heal() {
    sender_.store.Sync();
    receiver_.store.Sync();
    RetryParked();
    sender_.store.Sync();
    Dispatch();
    if (calls_.empty()) {
      clock_.Set(std::max(clock_.Now() + absl::Milliseconds(1), core_->NextWakeup()));
    } else {
      Carry();
    }
  }

  void Dispatch() {
    for (Send& next : core_->NextSends(clock_.Now())) {
      auto send = std::make_shared<Send>(std::move(next));
      sender_.store.WhenDurable(send->position, [this, send, life = life_] {
        calls_.push_back({life, send->id, send->request, nullptr});
      });
    }
  }

  // Takes any message from the wire: the network keeps no order.
  void Carry() {
    if (calls_.empty()) return;
    const std::size_t at = Pick(calls_.size());
    Message message = calls_[at];
    const bool repeated = chaos_ && Pick(10) == 0;  // it stays on the wire and comes again
    if (!repeated) calls_.erase(calls_.begin() + static_cast<std::ptrdiff_t>(at));
    if (chaos_ && Pick(8) == 0) return;  // lost, request or answer
    if (message.answer != nullptr) {
      if (message.life == life_) core_->OnResult(message.id, clock_.Now(), *message.answer);
      return;
    }
    if (chaos_ && Pick(10) == 0) {
      if (message.life == life_) core_->OnResult(message.id, clock_.Now(), absl::UnavailableError("away"));
      return;
    }
    auto answer = std::make_shared<v1::DeliverResponse>();
    const auto maybe_position = receiver_.inbox->Deliver({}, message.request, answer.get());
    ASSERT_TRUE(maybe_position.ok()) << maybe_position.status();
    // The answer leaves when all that it tells of is durable; a crash before that takes it along.
    receiver_.store.WhenDurable(*maybe_position, [this, message, answer] {
      calls_.push_back({message.life, message.id, {}, answer});
    });
  }

  void RetryParked() {
    for (const WaitingStream& waiting : sender_.Waiting(/*parked_only=*/true)) {
      const auto maybe_retried =
          sender_.changes->Run({}, testkit::Someone("RetryStream"), kNetwork,
                               [&](Change& change) { return RetryStream(change, kPeer, waiting.key.stream).status(); });
      EXPECT_TRUE(maybe_retried.ok()) << maybe_retried.status();
    }
  }

  std::mt19937_64 chance_;
  ids::SeededRandom random_;
  time::FakeClock clock_{testkit::Start()};
  std::vector<Message> calls_;  // before the services: their stores call back as they close
  std::unique_ptr<DispatcherCore> core_;
  testkit::TestService sender_{clock_, "referral-intake", /*automatic_sync=*/false, 11};
  testkit::TestService receiver_{clock_, kPeer, /*automatic_sync=*/false, 12};
  std::shared_ptr<void> subscription_;
  std::uint64_t life_ = 0;
  std::uint64_t last_value_ = 0;
  bool chaos_ = true;
  int sender_crashes_ = 0;
  int receiver_crashes_ = 0;
};

TEST(DeliverySimulationTest, EveryEventThatWasKeptIsAppliedOnceAndInOrder) {
  std::size_t events = 0;
  int sender_crashes = 0;
  int receiver_crashes = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Simulation simulation(seed);
    simulation.Run(600);
    ASSERT_TRUE(simulation.Quiet());
    for (std::uint64_t stream = 0; stream < kStreams; ++stream) {
      ASSERT_EQ(simulation.Heard(stream), simulation.Said(stream));
      events += simulation.Said(stream).size();
    }
    ASSERT_TRUE(simulation.sender().Faults().empty());
    ASSERT_TRUE(simulation.receiver().Faults().empty());
    ASSERT_EQ(simulation.receiver().inbox->rewound_count(), 0u);
    sender_crashes += simulation.sender_crashes();
    receiver_crashes += simulation.receiver_crashes();
  }
  // The runs must have been what they are meant to be.
  EXPECT_GT(events, 5'000u);
  EXPECT_GT(sender_crashes, 100);
  EXPECT_GT(receiver_crashes, 100);
}

}  // namespace
}  // namespace splw::delivery
