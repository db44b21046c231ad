// Hashes that need a key: for looking a person up by a number without keeping the number in a key, and for comparing without
// telling. HMAC-SHA256 (RFC 2104, FIPS 198-1).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <absl/status/statusor.h>

#include "common/ids/random.h"

struct evp_mac_ctx_st;  // OpenSSL's EVP_MAC_CTX

namespace splw::identity {

inline constexpr std::size_t kHashKeyBytes = 32;
inline constexpr std::size_t kKeyedHashBytes = 32;

// One key, one domain: the same value hashes differently in each domain, so that hashes of different uses cannot be
// compared. Immutable and thread-safe. Never printed.
class KeyedHash final {
 public:
  // `key`: kHashKeyBytes bytes. `domain`: what is hashed, a literal: "nhs-number".
  KeyedHash(std::string_view key, std::string domain);

  // kKeyedHashBytes bytes.
  std::string Hash(std::string_view value) const;
  // The same in lower-case hexadecimal.
  std::string HexHash(std::string_view value) const;

 private:
  std::shared_ptr<const evp_mac_ctx_st> keyed_;  // HMAC-SHA256 that has read the key and nothing else
  std::string domain_;
};

// The key kept in the file `path`. NOT_FOUND where there is none; otherwise as LoadOrCreateKey.
absl::StatusOr<std::string> LoadKey(const std::string& path);

// The key kept in the file `path`, which only its owner may read; made, and durable, when there is none. Two processes that
// make it at once get the same key. UNAVAILABLE with the path and the system's words where the file cannot be read or written;
// DATA_LOSS where it holds something else; PERMISSION_DENIED where others can read it.
absl::StatusOr<std::string> LoadOrCreateKey(const std::string& path, ids::Random& random);

}  // namespace splw::identity
