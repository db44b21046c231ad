// Ten times more calls than a service can take. A disk that is slow on purpose makes its capacity small and the same on
// every machine, so that the load generator has the processors that it needs.
#include <algorithm>
#include <iostream>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include "common/rpc/worker_pool.h"
#include "tests/faults/faults_fixture.h"
#include "tests/load/people.h"

namespace splw::faults {
namespace {

using testing::IsOk;

constexpr char kWriteMicroseconds[] = "4000";  // so at most 250 commits a second
// As many as a service has threads: the disk always has somebody to write for, and nobody waits for a thread. Where some
// wait, it rightly refuses others as soon as a busy machine holds its threads up.
constexpr int kInFlight = 8;
constexpr std::uint64_t kOtherPeople = 100'000;

class Overload : public Faults {
 protected:
  void SetUp() override {
    suite_.SetEnvironment(testing::kReferralIntake,
                          {{"LD_PRELOAD", SPLW_FAULTY_DISK}, {"SPLW_FAULT_WRITE_MICROSECONDS", kWriteMicroseconds}});
    StartAll();
  }

  // A call that is refused says when to come again. Asks until one is.
  void ExpectRefusalWithDelay() {
    referral::v1::SubmitReferralRequest request;
    request.set_parent(journey::kParent);
    *request.mutable_referral() = load::ReferralOf(kOtherPeople);
    request.set_request_id("overload");
    absl::Status status;
    ASSERT_TRUE(testing::Eventually(kPatience, [&] {
      status = world_.practice.Call(&journey::ReferralStub::SubmitReferral, request).status();
      return !status.ok();
    })) << "nothing was refused";
    EXPECT_THAT(status, testing::StatusIs(absl::StatusCode::kResourceExhausted));
    EXPECT_THAT(status, testing::HasReason("OVERLOADED"));
    EXPECT_TRUE(status.GetPayload("type.googleapis.com/google.rpc.RetryInfo").has_value()) << "it does not say when";
  }
};

TEST_F(Overload, IsRefusedEarlyWithADelayWhileTheCallsThatAreTakenKeepTheirLatency) {
  Load full(suite_, "full");
  full.Start({"--in-flight", absl::StrCat(kInFlight), "--seconds", "4"});
  const LoadReport at_capacity = full.Finish(kPatience);
  ASSERT_GT(at_capacity.per_second, 0);
  EXPECT_EQ(at_capacity.refused, 0u) << "refused without need: " << at_capacity.text;

  const double rate = 10 * at_capacity.per_second;
  Load load(suite_, "overload", kOtherPeople / 2);
  load.Start({"--rate", absl::StrCat(rate), "--in-flight", "50000", "--connections", "16", "--seconds", "8"});
  load.AwaitMore(20);
  ExpectRefusalWithDelay();
  const LoadReport overloaded = load.Finish(kPatience);
  std::cout << absl::StrFormat("capacity %.0f/s, p99 %s; at %.0f/s: %.0f/s taken, p99 %s; %d refused, p99 %s\n",
                               at_capacity.per_second, absl::FormatDuration(at_capacity.p99), rate,
                               overloaded.per_second, absl::FormatDuration(overloaded.p99), overloaded.refused,
                               absl::FormatDuration(overloaded.refusal_p99));

  EXPECT_EQ(overloaded.started, overloaded.answered + overloaded.refused) << overloaded.text;
  EXPECT_GT(overloaded.refused, overloaded.answered) << "this was no overload";
  EXPECT_GT(overloaded.per_second, at_capacity.per_second / 2) << "refusing keeps the service from its work";
  // What a call has waited for its turn, and then what it takes when all threads are at work. Twice that: this machine
  // has others.
  const absl::Duration bound = 2 * (rpc::kLongestQueueWait + at_capacity.p99);
  EXPECT_LT(overloaded.p99, bound) << "what is taken waits too long";
  EXPECT_LT(overloaded.refusal_p99, bound) << "refusals come late";

  std::vector<load::Acknowledgement> acknowledged = load.Acknowledged();
  const std::vector<load::Acknowledgement> before = full.Acknowledged();
  acknowledged.insert(acknowledged.end(), before.begin(), before.end());
  CheckAcknowledged(suite_, world_, acknowledged);
}

}  // namespace
}  // namespace splw::faults
