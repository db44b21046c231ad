// Durations, counted in buckets whose width is under one percent of their value: exact enough for percentiles, small
// enough to hold every call of a long run.
#pragma once

#include <cstdint>
#include <vector>

#include <absl/time/time.h>

namespace splw::load {

// Not thread-safe.
class Histogram final {
 public:
  Histogram();

  // Negative durations count as zero, those over an hour as an hour.
  void Add(absl::Duration duration);
  void Merge(const Histogram& other);

  std::uint64_t count() const { return count_; }
  // The upper end of the bucket in which the `quantile` (0 to 1) of the durations lies, at most max(). Zero without
  // any.
  absl::Duration Quantile(double quantile) const;
  absl::Duration mean() const;
  absl::Duration max() const { return max_; }

 private:
  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
  absl::Duration sum_;
  absl::Duration max_;
};

}  // namespace splw::load
