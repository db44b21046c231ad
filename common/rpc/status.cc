#include "common/rpc/status.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <absl/strings/cord.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>

#include "common/text/failure.h"

namespace splw::rpc {
namespace {

constexpr std::string_view kDetailsPrefix = "type.googleapis.com/google.rpc.";
constexpr char kErrorInfoUrl[] = "type.googleapis.com/google.rpc.ErrorInfo";

std::string Shortened(std::string text) {
  if (text.size() <= kMaxStatusMessageBytes) return text;
  std::size_t end = kMaxStatusMessageBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // not within a UTF-8 character
  text.resize(end);
  return text;
}

std::string PublicMessage(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInternal:
      return "the server met a defect of its own; its log tells more under this call's correlation id";
    case absl::StatusCode::kUnknown:
      return "whether this was done is not known; send it again with the same request_id";
    case absl::StatusCode::kDataLoss:
      return "the server cannot read what it stored; its log tells more under this call's correlation id";
    case absl::StatusCode::kUnavailable:
      if (!StaysInside(status)) break;
      return "the server cannot do this now; try again later";
    case absl::StatusCode::kResourceExhausted:
      if (!StaysInside(status)) break;
      return "the server lacks the room to do this now; try again later";
    default:
      break;
  }
  return Shortened(std::string(status.message()));
}

}  // namespace

bool StaysInside(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDataLoss:
      return true;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
      return !status.GetPayload(kErrorInfoUrl).has_value();
    default:
      return false;
  }
}

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  google::rpc::Status details;
  details.set_code(static_cast<int>(status.code()));
  details.set_message(PublicMessage(status));

  google::protobuf::Any* info = details.add_details();
  info->set_type_url(kErrorInfoUrl);
  if (const auto payload = status.GetPayload(kErrorInfoUrl)) {
    info->set_value(std::string(*payload));
  } else {
    google::rpc::ErrorInfo by_code;
    by_code.set_reason(absl::StatusCodeToString(status.code()));
    by_code.set_domain(text::kErrorDomain);
    info->set_value(by_code.SerializeAsString());
  }
  if (!StaysInside(status)) {
    status.ForEachPayload([&details](absl::string_view url, const absl::Cord& payload) {
      const std::string type_url(url);
      if (type_url == kErrorInfoUrl || type_url.compare(0, kDetailsPrefix.size(), kDetailsPrefix) != 0) return;
      google::protobuf::Any* detail = details.add_details();
      detail->set_type_url(type_url);
      detail->set_value(std::string(payload));
      if (details.ByteSizeLong() > kMaxDetailsBytes) details.mutable_details()->RemoveLast();
    });
  }
  if (details.ByteSizeLong() > kMaxDetailsBytes) details.clear_details();  // an ErrorInfo beyond all measure
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), details.message(), details.SerializeAsString());
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  google::rpc::Status details;
  if (details.ParseFromString(status.error_details())) {
    for (const google::protobuf::Any& detail : details.details()) {
      result.SetPayload(detail.type_url(), absl::Cord(detail.value()));
    }
  }
  return result;
}

}  // namespace splw::rpc
