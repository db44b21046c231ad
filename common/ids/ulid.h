// ULIDs (github.com/ulid/spec): 26 characters of Crockford's base 32, 48 bits of milliseconds, then 80 random
// bits. They sort by the time they were made, and say nothing about a person.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include <absl/time/time.h>

#include "common/ids/random.h"

namespace splw::ids {

inline constexpr std::size_t kUlidLength = 26;
using UlidEntropy = std::array<std::uint8_t, 10>;  // most significant byte first

// A new ULID for `now`. Instants before 1970 count as 1970.
std::string NewUlid(absl::Time now, Random& random);

// Makes ULIDs that sort in the order in which they were made, within one millisecond too, and where the clock is behind
// an instant that was given before. Thread-safe.
class UlidSequence final {
 public:
  // `random` must outlive it.
  explicit UlidSequence(Random& random) : random_(random) {}

  std::string Next(absl::Time now);

 private:
  Random& random_;
  std::mutex mutex_;
  std::int64_t last_millis_ = -1;
  UlidEntropy last_entropy_{};
};

// True for 26 characters of Crockford's alphabet in upper case whose first is at most '7' (the value fits 128 bits).
bool IsUlid(std::string_view text);

}  // namespace splw::ids
