// A sender, a receiver and a core between them, for the tests of DispatcherCore.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/delivery/delivery_test_kit.h"
#include "common/delivery/dispatcher_core.h"
#include "common/testing/status_matchers.h"
#include "common/text/failure.h"

namespace splw::delivery::testkit {

inline constexpr char kPeer[] = "caseload";

// The test drives the core by hand.
class DispatcherCoreTest : public ::testing::Test {
 protected:
  DispatcherCoreTest() {
    subscription_ = sender_.outbox_signal.Subscribe([this](const std::vector<StreamKey>& streams) {
      for (const StreamKey& key : streams) core_->OnSignal(key);
    });
    NewCore();
  }

  void NewCore(DispatcherLimits limits = {}) {
    core_ = std::make_unique<DispatcherCore>(
        sender_.store, random_, std::vector<std::string>{kPeer, "mdt-agenda"}, limits,
        [this](const StreamKey& key, const Parking& parking) { parked_.push_back(key.stream + " " + parking.reason); });
  }

  void Say(std::uint64_t value, const std::string& destination = kPeer) {
    ASSERT_THAT(sender_.Say(destination, value), splw::testing::IsOk());
  }
  void SayMany(std::uint64_t stream, std::uint64_t count) {
    for (std::uint64_t i = 1; i <= count; ++i) Say(stream * 1'000'000 + i);
  }
  std::vector<Send> Next() { return core_->NextSends(clock_.Now()); }
  void Answer(const Send& send, const absl::StatusOr<v1::DeliverResponse>& result) {
    core_->OnResult(send.id, clock_.Now(), result);
  }
  void Pass(const Send& send) { Answer(send, receiver_.Take(send.request)); }
  // Lets everything through until nothing moves any more, without time passing.
  void PassAll() {
    for (std::vector<Send> sends = Next(); !sends.empty(); sends = Next()) {
      for (const Send& send : sends) Pass(send);
    }
  }
  // Jumps to where the core has something to do.
  void Wake() {
    if (core_->NextWakeup() > clock_.Now()) clock_.Set(core_->NextWakeup());
  }
  static std::vector<std::uint64_t> Values(const Send& send) {
    std::vector<std::uint64_t> values;
    for (const v1::Envelope& envelope : send.request.events()) {
      TestEvent event;
      EXPECT_TRUE(envelope.payload().UnpackTo(&event));
      values.push_back(event.value());
    }
    return values;
  }
  absl::StatusOr<store::Position> Retry(const std::string& stream) {
    return sender_.changes->Run({}, Someone("RetryStream"), kNetwork,
                                [&](Change& change) { return RetryStream(change, kPeer, stream).status(); });
  }
  absl::StatusOr<store::Position> Skip(const std::string& stream, const std::string& event_id,
                                       const std::string& reason = "DUPLICATE") {
    return sender_.changes->Run({}, Someone("SkipEvent"), kNetwork, [&](Change& change) {
      return SkipEvent(change, kPeer, stream, event_id, reason).status();
    });
  }
  void RefuseStream0() {
    receiver_.on_event = [](Change&, std::uint64_t value) {
      return value < 1'000'000 ? text::Failure(absl::StatusCode::kFailedPrecondition, "NO_SUCH_CASE", "no such case")
                               : absl::OkStatus();
    };
  }

  time::FakeClock clock_{Start()};
  ids::SeededRandom random_{7};
  TestService sender_{clock_, "referral-intake"};
  TestService receiver_{clock_, kPeer};
  std::vector<std::string> parked_;
  std::unique_ptr<DispatcherCore> core_;
  std::shared_ptr<void> subscription_;
};

}  // namespace splw::delivery::testkit
