// Every choice of a simulation. The same seed draws the same, on every machine.
#pragma once

#include <cstddef>
#include <cstdint>

namespace splw::simulation {

// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014): a seed that is one higher
// leads to an unrelated sequence, so that each step of a plan can have a draw of its own.
class Draw final {
 public:
  explicit Draw(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next() {
    state_ += 0x9E3779B97F4A7C15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }

  // 0 to n - 1; 0 where n is 0.
  std::size_t Pick(std::size_t n) { return n == 0 ? 0 : static_cast<std::size_t>(Next() % n); }
  // From `first` to `last`, both included.
  int Between(int first, int last) {
    return first + static_cast<int>(Pick(static_cast<std::size_t>(last - first + 1)));
  }
  bool Percent(int percent) { return Pick(100) < static_cast<std::size_t>(percent); }

 private:
  std::uint64_t state_;
};

}  // namespace splw::simulation
