#include "tests/load/histogram.h"

#include <algorithm>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace splw::load {
namespace {

TEST(Histogram, HoldsNothingAtFirst) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.Quantile(0.5), absl::ZeroDuration());
  EXPECT_EQ(histogram.mean(), absl::ZeroDuration());
}

TEST(Histogram, TellsOneDurationExactly) {
  Histogram histogram;
  histogram.Add(absl::Microseconds(1234));
  for (const double quantile : {0.0, 0.5, 0.99, 1.0}) {
    EXPECT_EQ(histogram.Quantile(quantile), absl::Microseconds(1234));
  }
}

TEST(Histogram, QuantilesAreWithinOnePercentOfTheSortedList) {
  std::mt19937_64 random(7);
  std::lognormal_distribution<double> spread(13, 3);  // from nanoseconds to minutes
  Histogram histogram;
  std::vector<double> all;
  for (int i = 0; i < 20'000; ++i) {
    all.push_back(std::floor(spread(random)));
    histogram.Add(absl::Nanoseconds(all.back()));
  }
  std::sort(all.begin(), all.end());
  for (const double quantile : {0.01, 0.5, 0.9, 0.99, 0.999}) {
    const double exact = all[static_cast<std::size_t>(quantile * static_cast<double>(all.size())) - 1];
    EXPECT_NEAR(absl::ToDoubleNanoseconds(histogram.Quantile(quantile)), exact, exact * 0.01 + 1) << quantile;
  }
  EXPECT_EQ(absl::ToDoubleNanoseconds(histogram.max()), all.back());
}

TEST(Histogram, MergesWhatTwoHaveSeen) {
  Histogram first;
  Histogram second;
  first.Add(absl::Milliseconds(1));
  second.Add(absl::Milliseconds(3));
  first.Merge(second);
  EXPECT_EQ(first.count(), 2u);
  EXPECT_EQ(first.mean(), absl::Milliseconds(2));
  EXPECT_EQ(first.max(), absl::Milliseconds(3));
}

TEST(Histogram, KeepsDurationsThatNoCallHasWithinItsEnds) {
  Histogram histogram;
  histogram.Add(absl::Seconds(-1));
  histogram.Add(absl::InfiniteDuration());
  EXPECT_EQ(histogram.Quantile(0.5), absl::ZeroDuration());
  EXPECT_EQ(histogram.max(), absl::Hours(1));
}

}  // namespace
}  // namespace splw::load
