#include "common/text/failure.h"

#include <algorithm>
#include <optional>

#include <absl/strings/cord.h>
#include <google/protobuf/message.h>

#include "google/rpc/error_details.pb.h"

namespace splw::text {
namespace {

constexpr char kErrorInfoUrl[] = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr char kBadRequestUrl[] = "type.googleapis.com/google.rpc.BadRequest";
constexpr char kRetryInfoUrl[] = "type.googleapis.com/google.rpc.RetryInfo";

// The details of one status together, of which metadata in trailers can hold about 8 KiB after base 64.
constexpr std::size_t kMaxBadRequestBytes = 2048;

void Attach(absl::Status& status, const char* url, const google::protobuf::Message& details) {
  status.SetPayload(url, absl::Cord(details.SerializeAsString()));
}

template <typename Details>
std::optional<Details> Attached(const absl::Status& status, const char* url) {
  const auto payload = status.GetPayload(url);
  if (!payload.has_value()) return std::nullopt;
  Details details;
  if (!details.ParseFromString(std::string(*payload))) return std::nullopt;
  return details;
}

}  // namespace

std::string Shortened(std::string_view message) {
  if (message.size() <= kMaxFailureMessageBytes) return std::string(message);
  std::size_t end = kMaxFailureMessageBytes;
  while (end > 0 && (static_cast<unsigned char>(message[end]) & 0xC0) == 0x80) --end;
  return std::string(message.substr(0, end));
}

absl::Status Failure(absl::StatusCode code, std::string_view reason, std::string_view message,
                     std::vector<std::pair<std::string, std::string>> metadata) {
  absl::Status status(code, Shortened(message));
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(reason));
  info.set_domain(kErrorDomain);
  for (auto& [key, value] : metadata) (*info.mutable_metadata())[key] = std::move(value);
  Attach(status, kErrorInfoUrl, info);
  return status;
}

absl::Status InvalidField(std::string_view field, std::string_view reason, std::string_view message) {
  Violations violations;
  violations.Add(field, reason, message);
  return violations.ToStatus();
}

absl::Status MissingField(std::string_view field, std::string_view message) {
  Violations violations;
  violations.Missing(field, message);
  return violations.ToStatus();
}

absl::Status WithRetryDelay(absl::Status status, absl::Duration delay) {
  google::rpc::RetryInfo info;
  const absl::Duration shown = std::clamp(delay, absl::ZeroDuration(), absl::Hours(24));
  const std::int64_t milliseconds = absl::ToInt64Milliseconds(shown);
  info.mutable_retry_delay()->set_seconds(milliseconds / 1000);
  info.mutable_retry_delay()->set_nanos(static_cast<std::int32_t>(milliseconds % 1000 * 1'000'000));
  Attach(status, kRetryInfoUrl, info);
  return status;
}

std::string ReasonOf(const absl::Status& status) {
  const auto info = Attached<google::rpc::ErrorInfo>(status, kErrorInfoUrl);
  return info.has_value() ? info->reason() : std::string();
}

std::vector<std::string> FieldsOf(const absl::Status& status) {
  std::vector<std::string> fields;
  const auto bad_request = Attached<google::rpc::BadRequest>(status, kBadRequestUrl);
  if (!bad_request.has_value()) return fields;
  for (const auto& violation : bad_request->field_violations()) fields.push_back(violation.field());
  return fields;
}

void Violations::Add(std::string_view field, std::string_view reason, std::string_view message) {
  items_.push_back({std::string(field), std::string(reason), std::string(message)});
}

void Violations::Missing(std::string_view field, std::string_view message) {
  Add(field, "REQUIRED", message);
}

absl::Status Violations::ToStatus() const {
  if (items_.empty()) return absl::OkStatus();
  const Item& first = items_.front();
  std::string message = first.field + ": " + first.message;
  if (items_.size() > 1) message += " (and " + std::to_string(items_.size() - 1) + " more)";
  absl::Status status = Failure(absl::StatusCode::kInvalidArgument, first.reason, message);

  google::rpc::BadRequest bad_request;
  for (const Item& item : items_) {
    if (bad_request.field_violations_size() == static_cast<int>(kMaxFieldViolations)) break;
    auto* violation = bad_request.add_field_violations();
    violation->set_field(Shortened(item.field));
    // The packaged google.rpc has no field for a violation's reason: it leads the description.
    violation->set_description(Shortened(item.reason + ": " + item.message));
    if (bad_request.ByteSizeLong() > kMaxBadRequestBytes && bad_request.field_violations_size() > 1) {
      bad_request.mutable_field_violations()->RemoveLast();
      break;
    }
  }
  Attach(status, kBadRequestUrl, bad_request);
  return status;
}

}  // namespace splw::text
