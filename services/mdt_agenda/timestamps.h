// Instants as messages and back. Pure. Whole microseconds: what the store's clock gives.
#pragma once

#include <cstdint>

#include <absl/time/time.h>
#include <google/protobuf/timestamp.pb.h>

namespace splw::mdt_agenda {

inline google::protobuf::Timestamp ToTimestamp(absl::Time instant) {
  constexpr std::int64_t kMicrosInSecond = 1'000'000;
  constexpr std::int64_t kNanosInMicro = 1'000;
  const absl::Time whole = absl::FromUnixMicros(absl::ToUnixMicros(instant));
  const std::int64_t seconds = absl::ToUnixSeconds(whole);
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(
      static_cast<std::int32_t>((absl::ToUnixMicros(whole) - seconds * kMicrosInSecond) * kNanosInMicro));
  return timestamp;
}

inline absl::Time ToInstant(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

}  // namespace splw::mdt_agenda
