#include "common/delivery/envelope.h"

#include <algorithm>
#include <string>

#include <google/protobuf/util/time_util.h>

#include "common/ids/ulid.h"
#include "common/text/failure.h"
#include "splw/delivery/v1/skipped_event.pb.h"

namespace splw::delivery {
namespace {

using google::protobuf::util::TimeUtil;

constexpr char kInvalid[] = "ENVELOPE_INVALID";

bool IsInstant(const google::protobuf::Timestamp& timestamp) {
  return timestamp.seconds() >= TimeUtil::kTimestampMinSeconds &&
         timestamp.seconds() <= TimeUtil::kTimestampMaxSeconds && timestamp.nanos() >= 0 &&
         timestamp.nanos() < 1'000'000'000;
}

void CheckEnvelope(const v1::Envelope& envelope, const std::string& path, text::Violations& violations) {
  const auto require = [&](bool holds, const char* field, const char* message) {
    if (!holds) violations.Add(path + "." + field, kInvalid, message);
  };
  require(ids::IsUlid(envelope.event_id()), "event_id", "must be a ULID");
  require(IsPrintableId(envelope.source(), kMaxNameCharacters), "source", "must be the name of a service");
  require(IsPrintableId(envelope.incarnation(), kMaxNameCharacters), "incarnation",
          "must be 1 to 64 printable characters");
  require(IsNetworkId(envelope.network()), "network", "must be 3 to 12 of A-Z and 0-9");
  require(IsPrintableId(envelope.stream(), kMaxStreamCharacters), "stream", "must be 1 to 256 printable characters");
  require(envelope.revision() > 0, "revision", "must be 1 or more");
  require(envelope.has_time() && IsInstant(envelope.time()), "time", "must be an instant");
  require(IsPrintableId(envelope.correlation_id(), kMaxNameCharacters), "correlation_id",
          "must be 1 to 64 printable characters");
  require(!TypeOfUrl(envelope.payload().type_url()).empty(), "payload", "must hold an event");
  v1::SkippedEvent skipped;
  require(!envelope.payload().Is<v1::SkippedEvent>() || envelope.payload().UnpackTo(&skipped), "payload",
          "must hold a SkippedEvent that can be read");
  require(envelope.ByteSizeLong() <= kMaxEventBytes, "payload", "must be at most 512 KiB with its envelope");
}

}  // namespace

bool IsNetworkId(std::string_view network) {
  return network.size() >= 3 && network.size() <= 12 && std::all_of(network.begin(), network.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
         });
}

bool IsPrintableId(std::string_view text, std::size_t max_characters) {
  return !text.empty() && text.size() <= max_characters && text.front() != ' ' && text.back() != ' ' &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7E; });
}

std::string ShortTypeName(std::string_view type) {
  return std::string(type.substr(type.find_last_of("./") + 1));  // npos + 1 is 0: all of it
}

std::string TypeOfUrl(std::string_view type_url) {
  const std::size_t slash = type_url.rfind('/');
  return slash == std::string_view::npos ? std::string() : std::string(type_url.substr(slash + 1));
}

absl::Status CheckDeliverRequest(const v1::DeliverRequest& request) {
  if (request.events().empty() || request.events_size() > static_cast<int>(kMaxBatchEvents)) {
    return text::InvalidField("events", "BATCH_SIZE_INVALID", "must hold 1 to 100 events");
  }
  text::Violations violations;
  for (int i = 0; i < request.events_size(); ++i) {
    CheckEnvelope(request.events(i), "events[" + std::to_string(i) + "]", violations);
  }
  if (violations.empty() && request.ByteSizeLong() > kMaxBatchBytes) {
    return text::InvalidField("events", "BATCH_TOO_LARGE", "must be at most 3 MiB together");
  }
  return violations.ToStatus();
}

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  return TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

absl::Time FromTimestamp(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

}  // namespace splw::delivery
