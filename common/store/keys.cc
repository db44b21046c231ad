#include "common/store/keys.h"

#include <algorithm>
#include <limits>

namespace splw::store {
namespace {

constexpr char kEscape = '\0';
constexpr char kEscapedNul = '\xff';
constexpr char kTextEnd = '\x01';
constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;

absl::Status NotAPart(const char* part) {
  return absl::InvalidArgumentError(std::string("the key does not hold ") + part + " here");
}

}  // namespace

KeyBuilder& KeyBuilder::Text(std::string_view text) {
  for (std::size_t begin = 0; begin < text.size();) {  // as many bytes at once as need no escape
    const std::size_t nul = std::min(text.find(kEscape, begin), text.size());
    key_.append(text, begin, nul - begin);
    if (nul < text.size()) key_.append({kEscape, kEscapedNul});
    begin = nul + 1;
  }
  key_.push_back(kEscape);
  key_.push_back(kTextEnd);
  return *this;
}

KeyBuilder& KeyBuilder::Number(std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    key_.push_back(static_cast<char>(static_cast<unsigned char>(number >> shift)));
  }
  return *this;
}

KeyBuilder& KeyBuilder::Instant(absl::Time time) {
  return Number(static_cast<std::uint64_t>(absl::ToUnixMicros(time)) ^ kSignBit);
}

KeyBuilder& KeyBuilder::Raw(std::string_view encoded) {
  key_.append(encoded);
  return *this;
}

absl::StatusOr<std::string> KeyReader::Text() {
  std::string text;
  for (std::size_t i = 0; i < rest_.size(); ++i) {
    if (rest_[i] != kEscape) {
      text.push_back(rest_[i]);
      continue;
    }
    if (++i == rest_.size()) break;
    if (rest_[i] == kTextEnd) {
      rest_.remove_prefix(i + 1);
      return text;
    }
    if (rest_[i] != kEscapedNul) break;
    text.push_back(kEscape);
  }
  return NotAPart("a text");
}

absl::StatusOr<std::uint64_t> KeyReader::Number() {
  if (rest_.size() < sizeof(std::uint64_t)) return NotAPart("a number");
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof(std::uint64_t); ++i) {
    number = (number << 8) | static_cast<unsigned char>(rest_[i]);
  }
  rest_.remove_prefix(sizeof(std::uint64_t));
  return number;
}

absl::StatusOr<absl::Time> KeyReader::Instant() {
  const absl::StatusOr<std::uint64_t> maybe_number = Number();
  if (!maybe_number.ok()) return NotAPart("an instant");
  const auto microseconds = static_cast<std::int64_t>(*maybe_number ^ kSignBit);
  // ToUnixMicros puts what is out of range at the ends of the scale; "never" must come back as never.
  if (microseconds == std::numeric_limits<std::int64_t>::max()) return absl::InfiniteFuture();
  if (microseconds == std::numeric_limits<std::int64_t>::min()) return absl::InfinitePast();
  return absl::FromUnixMicros(microseconds);
}

std::optional<std::string_view> TakeText(std::string_view& key) {
  constexpr char kEnd[] = {kEscape, kTextEnd};  // nowhere else in an encoded text: see Text
  const std::size_t end = key.find(std::string_view(kEnd, sizeof kEnd));
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view text = key.substr(0, end);
  key.remove_prefix(end + sizeof kEnd);
  return text;
}

std::string PrefixEnd(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

KeyRange PrefixRange(std::string_view prefix) {
  return {std::string(prefix), PrefixEnd(prefix)};
}

}  // namespace splw::store
