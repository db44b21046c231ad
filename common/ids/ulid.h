// ULIDs (github.com/ulid/spec): 26 characters of Crockford's base 32, 48 bits of milliseconds, then 80 random
// bits. They sort by the time they were made, and say nothing about a person.
#pragma once

#include <string>
#include <string_view>

#include <absl/time/time.h>

#include "common/ids/random.h"

namespace splw::ids {

inline constexpr std::size_t kUlidLength = 26;

// A new ULID for `now`. Instants before 1970 count as 1970.
std::string NewUlid(absl::Time now, Random& random);

// True for 26 characters of Crockford's alphabet in upper case whose first is at most '7' (the value fits 128 bits).
bool IsUlid(std::string_view text);

}  // namespace splw::ids
