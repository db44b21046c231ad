#include "common/ids/ulid.h"

#include <algorithm>
#include <cstdint>

namespace splw::ids {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

}  // namespace

std::string NewUlid(absl::Time now, Random& random) {
  const std::int64_t millis = std::max<std::int64_t>(0, absl::ToUnixMillis(now));
  const std::string entropy = random.Bytes(10);

  std::string text(kUlidLength, '0');
  for (int i = 9; i >= 0; --i) {
    text[static_cast<std::size_t>(i)] = kAlphabet[static_cast<std::size_t>(millis >> (5 * (9 - i))) & 31];
  }
  // 80 bits in 16 groups of 5, most significant first.
  std::uint32_t bits = 0;
  int held = 0;
  std::size_t at = 10;
  for (char byte : entropy) {
    bits = (bits << 8) | static_cast<std::uint8_t>(byte);
    held += 8;
    while (held >= 5) {
      held -= 5;
      text[at++] = kAlphabet[(bits >> held) & 31];
    }
  }
  return text;
}

bool IsUlid(std::string_view text) {
  return text.size() == kUlidLength && text[0] <= '7' &&
         std::all_of(text.begin(), text.end(), [](char c) { return kAlphabet.find(c) != std::string_view::npos; });
}

}  // namespace splw::ids
