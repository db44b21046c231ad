// A peer that is away while many events are made for it, then back: all of them arrive, once, in their order, while
// ordinary load goes on. SPLW_AWAY_EVENTS says how many; tests/run faults --away-events N sets it.
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/time/clock.h>

#include "tests/faults/faults_fixture.h"

namespace splw::faults {
namespace {

using testing::IsOk;

constexpr int kDefaultEvents = 5'000;
constexpr std::size_t kWithdrawn = 50;
constexpr int kOrdinaryPerSecond = 50;

class PeerAway : public Faults {
 protected:
  void SetUp() override { StartAll(); }

  void Withdraw(const std::string& referral) {
    referral::v1::WithdrawReferralRequest request;
    request.set_name(referral);
    request.set_etag(world_.GetReferral(referral).etag());
    request.set_reason(referral::v1::WITHDRAW_REASON_NO_LONGER_NEEDED);
    request.set_request_id(journey::RequestId());
    EXPECT_THAT(world_.lead.Call(&journey::ReferralStub::WithdrawReferral, request), IsOk());
  }

  // Whether referral-intake has events waiting that were made before `time`.
  bool EventsWaitFrom(absl::Time time) {
    operations::v1::ListOutboxStreamsRequest request;
    request.set_page_size(1);  // the oldest
    const auto maybe_page = world_.operator_.Call(&journey::OperationsStub::ListOutboxStreams, request);
    EXPECT_THAT(maybe_page, IsOk());
    return maybe_page.ok() && maybe_page->streams_size() > 0 &&
           maybe_page->streams(0).first_event_time().seconds() < absl::ToUnixSeconds(time);
  }
};

TEST_F(PeerAway, GetsEverythingOnceAndInOrderWhenItIsBackWhileOrdinaryLoadGoesOn) {
  const int events = NumberWanted("SPLW_AWAY_EVENTS", kDefaultEvents);
  suite_.Kill(testing::kCaseload);
  Load backlog(suite_, "backlog");
  backlog.Start({"--count", absl::StrCat(events), "--in-flight", "64", "--seconds", "0"});
  backlog.Finish(absl::Minutes(10));
  const std::vector<load::Acknowledgement> waiting = backlog.Acknowledged();
  ASSERT_EQ(waiting.size(), static_cast<std::size_t>(events));
  // A second event on the streams of some: out of order, it would find no case to close, and the case would stay open.
  std::vector<std::string> withdrawn;
  for (std::size_t i = 0; i < waiting.size(); i += waiting.size() / kWithdrawn + 1)
    withdrawn.push_back(waiting[i].name);
  for (const std::string& referral : withdrawn) Withdraw(referral);

  Load ordinary(suite_, "ordinary", static_cast<std::uint64_t>(events));
  ordinary.Start(Steady(kOrdinaryPerSecond));
  ordinary.AwaitMore(10);
  const absl::Time back = absl::Now();
  ASSERT_THAT(suite_.Start(testing::kCaseload), IsOk());
  ASSERT_TRUE(testing::Eventually(absl::Minutes(10), [&] { return !EventsWaitFrom(back); }));
  const absl::Duration took = absl::Now() - back;
  const LoadReport report = ordinary.Stop();
  EXPECT_EQ(report.unknown, 0u) << report.text;
  std::cout << absl::StrFormat("%d events arrived within %s of the peer's return, beside %.0f referrals a second\n",
                               events + static_cast<int>(withdrawn.size()), absl::FormatDuration(took),
                               report.per_second);

  std::vector<load::Acknowledgement> acknowledged = ordinary.Acknowledged();
  acknowledged.insert(acknowledged.end(), waiting.begin(), waiting.end());
  CheckAcknowledged(suite_, world_, acknowledged);
  for (const std::string& referral : withdrawn) {
    EXPECT_EQ(world_.CaseOf(referral).state(), caseload::v1::CASE_STATE_CLOSED) << referral;
    EXPECT_EQ(world_.CaseOf(referral).outcome(), caseload::v1::CASE_OUTCOME_REFERRAL_WITHDRAWN) << referral;
  }
}

}  // namespace
}  // namespace splw::faults
