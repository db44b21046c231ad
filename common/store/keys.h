// Keys that sort as their parts do.
//
// A key is a list of parts. Text is written with 0x00 escaped as 00 FF and closed with 00 01, so that no text
// is a prefix of another's encoding and "a" sorts before "aa"; numbers are eight bytes, most significant
// first. Every key starts with its network (product.md: the tenant boundary), then the table, then 'r' for a
// record or 'i' for an index entry. No part of a key may hold personal data: what identifies a person goes
// through a keyed hash first.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "common/store/store.h"

namespace splw::store {

class KeyBuilder final {
 public:
  KeyBuilder() { key_.reserve(kUsualBytes); }
  explicit KeyBuilder(std::string prefix) : key_(std::move(prefix)) { key_.reserve(key_.size() + kUsualBytes / 2); }

  KeyBuilder& Text(std::string_view text);
  KeyBuilder& Number(std::uint64_t number);
  // Microseconds since 1970, moved so that earlier sorts first, years before 1970 too.
  KeyBuilder& Instant(absl::Time time);
  // Already encoded parts, as they are.
  KeyBuilder& Raw(std::string_view encoded);

  std::string Build() && { return std::move(key_); }
  const std::string& str() const { return key_; }

 private:
  static constexpr std::size_t kUsualBytes = 128;  // most keys need no more: they grow in one place
  std::string key_;
};

// Takes a key apart again, in the order in which it was built. INVALID_ARGUMENT where the bytes are not such
// a part.
class KeyReader final {
 public:
  explicit KeyReader(std::string_view key) : rest_(key) {}

  absl::StatusOr<std::string> Text();
  absl::StatusOr<std::uint64_t> Number();
  absl::StatusOr<absl::Time> Instant();
  std::string_view rest() const { return rest_; }
  bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

// Takes the part Text off the beginning of `key` and returns it as it is encoded, without its end; nullopt, and `key` as it
// was, where none begins there. Spares the copy that KeyReader makes.
std::optional<std::string_view> TakeText(std::string_view& key);

// The first key after all keys that start with `prefix`; empty (no end) if there is none.
std::string PrefixEnd(std::string_view prefix);
KeyRange PrefixRange(std::string_view prefix);

}  // namespace splw::store
