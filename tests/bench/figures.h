// What a run measured, next to what it was to reach.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <absl/time/time.h>
#include <nlohmann/json.hpp>

namespace splw::bench {

// The middle one of the values, or the mean of the two in the middle; 0 of none.
double Median(std::vector<double> values);
double Milliseconds(absl::Duration duration);

struct Target {
  enum class Kind { kAtLeast, kAtMost } kind = Kind::kAtMost;
  double value = 0;
};
inline Target AtLeast(double value) {
  return {Target::Kind::kAtLeast, value};
}
inline Target AtMost(double value) {
  return {Target::Kind::kAtMost, value};
}

struct Figure {
  std::string row;   // "submit"
  std::string name;  // "64 in flight: throughput against echo"
  double value = 0;
  std::string unit;  // "/s", "ms", "x" for ratios
  std::optional<Target> target;

  bool Reached() const;
};

// Not thread-safe.
class Figures final {
 public:
  // Prints it at once, too: a run takes minutes.
  void Add(Figure figure);

  const std::vector<Figure>& all() const { return all_; }
  // A line a figure.
  std::string ToTable() const;
  // With the machine that it was measured on.
  nlohmann::ordered_json ToJson() const;

 private:
  std::vector<Figure> all_;
};

// "AMD EPYC 7B13, 2 cores, 23.4 GiB, Linux 6.1.0"
std::string DescribeMachine();

}  // namespace splw::bench
