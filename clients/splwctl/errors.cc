#include "clients/splwctl/errors.h"

#include <optional>
#include <vector>

#include <absl/strings/cord.h>
#include <absl/strings/str_format.h>
#include <absl/time/time.h>

#include "clients/splwctl/output.h"
#include "common/text/failure.h"
#include "google/rpc/error_details.pb.h"

namespace splw::ctl {
namespace {

constexpr char kUsageReason[] = "USAGE";
constexpr char kNotMappedReason[] =
    "FHIR_NOT_MAPPED";  // of services/gateway/fhir: nothing of the document could be sent
constexpr char kFaultsPrefix[] = "FAULTS_FOUND_";
constexpr char kRepeatUrl[] = "splwctl/repeat";  // a payload of this program's own: how a repeat is safe

template <typename Details>
std::optional<Details> Attached(const absl::Status& status, const char* url) {
  const auto payload = status.GetPayload(url);
  if (!payload.has_value()) return std::nullopt;
  Details details;
  if (!details.ParseFromString(std::string(*payload))) return std::nullopt;
  return details;
}

// The text field of this name: the message's own, or that of the record in it; empty where there is none.
std::string TextField(const google::protobuf::Message& message, const std::string& name) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  if (const auto* field = message.GetDescriptor()->FindFieldByName(name)) return reflection.GetString(message, field);
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const auto* field : fields) {
    if (field->is_repeated() || field->message_type() == nullptr) continue;
    const auto* inner = field->message_type()->FindFieldByName(name);
    if (inner == nullptr) continue;
    const google::protobuf::Message& part = reflection.GetMessage(message, field);
    return part.GetReflection()->GetString(part, inner);
  }
  return "";
}

bool IsOutcomeUnknown(absl::StatusCode code) {
  return code == absl::StatusCode::kUnavailable || code == absl::StatusCode::kDeadlineExceeded ||
         code == absl::StatusCode::kCancelled || code == absl::StatusCode::kUnknown;
}

// gRPC's own words, which are none: our services answer UNIMPLEMENTED with a reason only.
bool IsOfAnotherService(const absl::Status& status) {
  return absl::IsUnimplemented(status) && text::ReasonOf(status).empty();
}

const char* Kind(const absl::Status& status) {
  switch (ExitStatusOf(status)) {
    case kExitDone:
      return "done";
    case kExitRefused:
      return "refused";
    case kExitNotFound:
      return "not found";
    case kExitUnavailable:
      return "no answer";
    case kExitConflict:
      return "conflict";
    case kExitPermission:
      return "not permitted";
    case kExitFaultsFound:
      return "check failed";
    case kExitUsage:
      return "cannot do that";
    case kExitOutput:
    case kExitDefect:
      break;
  }
  return "defect";
}

}  // namespace

const char kExitStatusHelp[] =
    "Exit status:\n"
    "  0   done\n"
    "  1   refused by the service: the request is wrong, or not possible now\n"
    "  3   not found\n"
    "  4   no answer: a service is unavailable, too slow or too busy (see --wait); a change may have been made\n"
    "  5   conflict: somebody changed it in the meantime (etag)\n"
    "  6   not permitted\n"
    "  7   a check found something wrong (store verify, sample demo)\n"
    "  64  the command line, or a file or an address that it names, is wrong; nothing was done\n"
    "  70  a defect\n"
    "  74  done, but the output could not be written\n";

absl::Status UsageError(std::string_view where, std::string_view message) {
  return text::Failure(absl::StatusCode::kInvalidArgument, kUsageReason,
                       where.empty() ? std::string(message) : absl::StrFormat("%s: %s", where, message));
}

absl::Status FaultsFound(std::string_view reason, std::string_view message) {
  return text::Failure(absl::StatusCode::kDataLoss, kFaultsPrefix + std::string(reason), message);
}

absl::Status WithSafeRepeat(absl::Status status, const google::protobuf::Message& request) {
  const std::string request_id = TextField(request, "request_id");
  if (!IsOutcomeUnknown(status.code()) || request_id.empty()) return status;
  const std::string etag = TextField(request, "etag");
  status.SetPayload(kRepeatUrl, absl::Cord(absl::StrFormat(" with: --request-id %s%s%s", request_id,
                                                           etag.empty() ? "" : " --etag ", etag)));
  return status;
}

absl::Status WithSafeRepeat(absl::Status status) {
  if (IsOutcomeUnknown(status.code())) status.SetPayload(kRepeatUrl, absl::Cord());
  return status;
}

ExitStatus ExitStatusOf(const absl::Status& status) {
  const std::string reason = text::ReasonOf(status);
  if (reason == kUsageReason || reason == kNotMappedReason || IsOfAnotherService(status)) return kExitUsage;
  if (reason.rfind(kFaultsPrefix, 0) == 0) return kExitFaultsFound;
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return kExitDone;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kOutOfRange:
      return kExitRefused;
    case absl::StatusCode::kNotFound:
      return kExitNotFound;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kUnknown:  // a connection that broke, or a service that cannot say whether it was done
      return kExitUnavailable;
    case absl::StatusCode::kAborted:
      return kExitConflict;
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return kExitPermission;
    default:
      return kExitDefect;
  }
}

void PrintError(std::ostream& out, const absl::Status& status, bool color) {
  const std::string reason = text::ReasonOf(status);
  const char* red = color ? "\x1b[1;31m" : "";
  const char* plain = color ? "\x1b[0m" : "";
  const std::string words = IsOfAnotherService(status)
                                ? "what answers at this address is another service, or an older one that does not know "
                                  "this call: check --intake, --caseload and --mdt"
                                : std::string(status.message());
  out << "splwctl: " << red << Kind(status) << plain << ": " << Printable(words);
  if (reason == kUsageReason) {
    out << "\n";
    return;
  }
  out << " [" << (reason.empty() ? absl::StatusCodeToString(status.code()) : Printable(reason)) << "]\n";
  const auto bad_request = Attached<google::rpc::BadRequest>(status, "type.googleapis.com/google.rpc.BadRequest");
  if (bad_request.has_value()) {
    for (const auto& violation : bad_request->field_violations()) {
      out << "  field " << Printable(violation.field()) << ": " << Printable(violation.description()) << "\n";
    }
  }
  const auto info = Attached<google::rpc::ErrorInfo>(status, "type.googleapis.com/google.rpc.ErrorInfo");
  if (info.has_value()) {
    for (const auto& [key, value] : info->metadata()) {
      out << "  " << Printable(key) << ": " << Printable(value) << "\n";
    }
  }
  const auto retry = Attached<google::rpc::RetryInfo>(status, "type.googleapis.com/google.rpc.RetryInfo");
  if (retry.has_value()) {
    const absl::Duration delay =
        absl::Seconds(retry->retry_delay().seconds()) + absl::Nanoseconds(retry->retry_delay().nanos());
    out << "  try again in " << absl::FormatDuration(delay) << "\n";
  }
  const auto repeat = status.GetPayload(kRepeatUrl);
  if (repeat.has_value()) {
    out << "  it may have been done; the same command is safe" << Printable(std::string(*repeat)) << "\n";
  }
}

}  // namespace splw::ctl
