#include "common/ids/ulid.h"

#include <algorithm>
#include <cstdint>

namespace splw::ids {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

std::int64_t MillisOf(absl::Time now) {
  return std::max<std::int64_t>(0, absl::ToUnixMillis(now));
}

UlidEntropy NewEntropy(Random& random) {
  UlidEntropy entropy;
  const std::string bytes = random.Bytes(entropy.size());
  std::copy(bytes.begin(), bytes.end(), entropy.begin());
  return entropy;
}

// Adds 1 to 2^32: the next id is not to be guessed from one before it.
void Step(UlidEntropy& entropy, Random& random) {
  std::uint64_t carry = 0;
  for (const char byte : random.Bytes(4)) carry = carry << 8 | static_cast<std::uint8_t>(byte);
  ++carry;
  for (auto digit = entropy.rbegin(); digit != entropy.rend(); ++digit) {
    carry += *digit;
    *digit = static_cast<std::uint8_t>(carry);
    carry >>= 8;
  }
}

std::string Encode(std::int64_t millis, const UlidEntropy& entropy) {
  std::string text(kUlidLength, '0');
  for (int i = 9; i >= 0; --i) {
    text[static_cast<std::size_t>(i)] = kAlphabet[static_cast<std::size_t>(millis >> (5 * (9 - i))) & 31];
  }
  // 80 bits in 16 groups of 5, most significant first.
  std::uint32_t bits = 0;
  int held = 0;
  std::size_t at = 10;
  for (const std::uint8_t byte : entropy) {
    bits = (bits << 8) | byte;
    held += 8;
    while (held >= 5) {
      held -= 5;
      text[at++] = kAlphabet[(bits >> held) & 31];
    }
  }
  return text;
}

}  // namespace

std::string NewUlid(absl::Time now, Random& random) {
  return Encode(MillisOf(now), NewEntropy(random));
}

std::string UlidSequence::Next(absl::Time now) {
  std::lock_guard lock(mutex_);
  if (MillisOf(now) > last_millis_) {
    last_millis_ = MillisOf(now);
    last_entropy_ = NewEntropy(random_);
    last_entropy_[0] &= 0x7F;  // room for more steps than a millisecond, or a clock that stands still, can take
  } else {
    Step(last_entropy_, random_);
  }
  return Encode(last_millis_, last_entropy_);
}

bool IsUlid(std::string_view text) {
  return text.size() == kUlidLength && text[0] <= '7' &&
         std::all_of(text.begin(), text.end(), [](char c) { return kAlphabet.find(c) != std::string_view::npos; });
}

}  // namespace splw::ids
