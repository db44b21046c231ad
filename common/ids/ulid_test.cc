#include "common/ids/ulid.h"

#include <mutex>
#include <set>
#include <string>
#include <thread>

#include <gtest/gtest.h>

namespace splw::ids {
namespace {

TEST(Ulid, SortsByTheTimeItWasMade) {
  SeededRandom random(1);
  const absl::Time now = absl::FromUnixMillis(1'700'000'000'000);
  EXPECT_LT(NewUlid(now, random), NewUlid(now + absl::Milliseconds(1), random));
}

TEST(Ulid, WritesTheTimeOfTheSpecificationsExample) {
  // github.com/ulid/spec: the time part of 1469918176385 is 01ARYZ6S41.
  SeededRandom random(1);
  EXPECT_EQ(NewUlid(absl::FromUnixMillis(1469918176385), random).substr(0, 10), "01ARYZ6S41");
}

TEST(Ulid, DoesNotRepeatWithinOneMillisecond) {
  SystemRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 10'000; ++i) seen.insert(NewUlid(absl::FromUnixMillis(5), random));
  EXPECT_EQ(seen.size(), 10'000u);
}

// Small draws are made ahead, by each thread for itself: none is given out twice, nor to two.
TEST(SystemRandom, GivesNoBytesTwice) {
  SystemRandom random;
  std::mutex mutex;
  std::set<std::string> seen;
  const auto draw = [&] {
    for (int i = 0; i < 2'000; ++i) {
      const std::string ten = random.Bytes(10);
      const std::string sixteen = random.Bytes(16);
      std::lock_guard lock(mutex);
      EXPECT_EQ(ten.size(), 10U);
      EXPECT_EQ(sixteen.size(), 16U);
      // By their first eight bytes, so that a draw that overlaps another is seen too where it begins with it.
      EXPECT_TRUE(seen.insert(ten.substr(0, 8)).second);
      EXPECT_TRUE(seen.insert(sixteen.substr(0, 8)).second);
    }
  };
  std::thread other(draw);
  draw();
  other.join();
  EXPECT_EQ(random.Bytes(1'000).size(), 1'000U);
}

TEST(UlidSequence, SortsInTheOrderOfMaking) {
  SystemRandom random;
  UlidSequence sequence(random);
  const absl::Time now = absl::FromUnixMillis(1'700'000'000'000);
  std::string last;
  for (int i = 0; i < 1'000; ++i) {
    // Forwards, standing still, and back by a minute.
    const absl::Time at = now + absl::Milliseconds(i / 10) - (i % 10 == 3 ? absl::Minutes(1) : absl::ZeroDuration());
    const std::string next = sequence.Next(at);
    EXPECT_TRUE(IsUlid(next));
    EXPECT_GT(next, last);
    last = next;
  }
}

TEST(Ulid, RecognisesItsOwnAndNothingElse) {
  SystemRandom random;
  EXPECT_TRUE(IsUlid(NewUlid(absl::FromUnixMillis(5), random)));
  EXPECT_FALSE(IsUlid(""));
  EXPECT_FALSE(IsUlid("01ARYZ6S41"));
  EXPECT_FALSE(IsUlid("81ARYZ6S410000000000000000"));  // over 128 bits
  EXPECT_FALSE(IsUlid("01aryz6s410000000000000000"));  // lower case
  EXPECT_FALSE(IsUlid("01ARYZ6S41000000000000000U"));  // U is not in the alphabet
}

}  // namespace
}  // namespace splw::ids
