// SIGKILL of any services at any moment under load, again and again. SPLW_KILLS says how often; tests/run faults
// --kills N sets it.
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include <absl/strings/numbers.h>
#include <absl/strings/str_format.h>
#include <absl/time/clock.h>

#include "tests/faults/carers.h"
#include "tests/faults/faults_fixture.h"

namespace splw::faults {
namespace {

using testing::IsOk;

constexpr int kDefaultKills = 40;
constexpr int kReferralsPerSecond = 100;
constexpr absl::Duration kProgressInterval = absl::Seconds(15);

class Kills : public Faults {
 protected:
  void SetUp() override { StartAll(); }

  int Draw(int least, int most) { return std::uniform_int_distribution<int>(least, most)(dice_); }
  // The instant is what the dice say, not something to wait for.
  void LetSomeTimePass(int least_milliseconds, int most_milliseconds) {
    absl::SleepFor(absl::Milliseconds(Draw(least_milliseconds, most_milliseconds)));
  }

  // Mostly one service, sometimes two or all three.
  std::vector<std::string> DrawServices() {
    std::vector<std::string> drawn(testing::kServices.begin(), testing::kServices.end());
    std::shuffle(drawn.begin(), drawn.end(), dice_);
    const int number = Draw(1, 10);
    drawn.resize(number <= 7 ? 1 : number <= 9 ? 2 : 3);
    return drawn;
  }

  void KillAndStartAgain(const std::vector<std::string>& services) {
    for (const std::string& service : services) Kill(service);
    for (const std::string& service : services) ASSERT_THAT(suite_.Launch(service), IsOk());
    // One time in five again, while it comes up: recovery has to stand a crash too.
    if (Draw(1, 5) == 1) {
      LetSomeTimePass(0, 100);
      Kill(services.front());
      ASSERT_THAT(suite_.Launch(services.front()), IsOk());
    }
    for (const std::string& service : services) ASSERT_THAT(suite_.AwaitServing(service), IsOk());
  }

  void Kill(const std::string& service) {
    ASSERT_TRUE(suite_.Running(service)) << service << " ended by itself";
    suite_.Kill(service);
    ++killed_;
  }

  const unsigned seed_ = std::random_device()();
  std::mt19937 dice_{seed_};
  int killed_ = 0;
};

TEST_F(Kills, LoseNothingThatWasAcknowledgedAndDoubleNothing) {
  SCOPED_TRACE(absl::StrFormat("seed %u", seed_));
  const int wanted = NumberWanted("SPLW_KILLS", kDefaultKills);
  const absl::Time start = absl::Now();
  absl::Time last_told = start;
  Load load(suite_, "load");
  load.Start(Steady(kReferralsPerSecond));
  Carers carers(suite_, load, world_.link_worker);
  load.AwaitMore(20);
  while (killed_ < wanted && !HasFailure()) {
    LetSomeTimePass(5, 400);
    KillAndStartAgain(DrawServices());
    if (absl::Now() - last_told >= kProgressInterval) {
      last_told = absl::Now();
      std::cout << absl::StrFormat("%d of %d kills, %d referrals acknowledged, after %s\n", killed_, wanted,
                                   load.Acknowledged().size(),
                                   absl::FormatDuration(absl::Trunc(last_told - start, absl::Seconds(1))))
                << std::flush;
    }
  }
  const LoadReport report = load.Stop();
  const std::vector<std::string> nominations = carers.Stop();
  const absl::Time load_over = absl::Now();
  EXPECT_GT(report.unknown, 0u) << "no call was under way when a service was killed";
  EXPECT_FALSE(nominations.empty());

  CheckAcknowledged(suite_, world_, load.Acknowledged());
  CheckNominated(world_, nominations);
  std::cout << absl::StrFormat(
      "%d kills in %s: %d referrals acknowledged, %d attempts with unknown outcome settled, %d cases nominated; "
      "checked in %s\n",
      killed_, absl::FormatDuration(absl::Trunc(load_over - start, absl::Seconds(1))), report.answered, report.unknown,
      nominations.size(), absl::FormatDuration(absl::Trunc(absl::Now() - load_over, absl::Seconds(1))));
}

}  // namespace
}  // namespace splw::faults
