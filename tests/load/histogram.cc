#include "tests/load/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>

namespace splw::load {
namespace {

constexpr absl::Duration kLongest = absl::Hours(1);
// 128 buckets for each doubling of the duration in nanoseconds; durations below that have a bucket each.
constexpr int kBitsWithin = 7;
constexpr std::uint64_t kWithin = std::uint64_t{1} << kBitsWithin;

std::size_t BucketOf(std::uint64_t nanoseconds) {
  if (nanoseconds < kWithin) return static_cast<std::size_t>(nanoseconds);
  const int shift = std::bit_width(nanoseconds) - 1 - kBitsWithin;
  return static_cast<std::size_t>((static_cast<std::uint64_t>(shift) + 1) * kWithin +
                                  ((nanoseconds >> shift) - kWithin));
}

// The largest number that BucketOf puts there.
std::uint64_t UpperEnd(std::size_t bucket) {
  if (bucket < kWithin) return bucket;
  const std::uint64_t shift = bucket / kWithin - 1;
  return ((bucket % kWithin + kWithin + 1) << shift) - 1;
}

}  // namespace

Histogram::Histogram() : buckets_(BucketOf(static_cast<std::uint64_t>(absl::ToInt64Nanoseconds(kLongest))) + 1) {}

void Histogram::Add(absl::Duration duration) {
  const absl::Duration counted = std::clamp(duration, absl::ZeroDuration(), kLongest);
  ++buckets_[BucketOf(static_cast<std::uint64_t>(absl::ToInt64Nanoseconds(counted)))];
  ++count_;
  sum_ += counted;
  max_ = std::max(max_, counted);
}

void Histogram::Merge(const Histogram& other) {
  for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  max_ = std::max(max_, other.max_);
}

absl::Duration Histogram::Quantile(double quantile) const {
  if (count_ == 0) return absl::ZeroDuration();
  const double wanted = std::ceil(std::clamp(quantile, 0.0, 1.0) * static_cast<double>(count_));
  const std::uint64_t rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(wanted));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen >= rank) return std::min(max_, absl::Nanoseconds(static_cast<std::int64_t>(UpperEnd(i))));
  }
  return max_;
}

absl::Duration Histogram::mean() const {
  return count_ == 0 ? absl::ZeroDuration() : sum_ / static_cast<double>(count_);
}

}  // namespace splw::load
