#include "clients/splwctl/connection.h"

#include <algorithm>

#include <absl/strings/cord.h>
#include <absl/strings/str_format.h>
#include <absl/time/clock.h>

#include "clients/splwctl/errors.h"
#include "common/rpc/admission.h"
#include "common/rpc/channel.h"
#include "common/text/status_macros.h"

namespace splw::ctl {
namespace {

constexpr absl::Duration kFirstPause = absl::Milliseconds(50);
constexpr absl::Duration kLongestPause = absl::Milliseconds(500);

// The same error with words in front of its own.
absl::Status WithPrefix(const absl::Status& status, const std::string& prefix) {
  absl::Status named(status.code(), absl::StrFormat("%s: %s", prefix, std::string(status.message())));
  status.ForEachPayload([&named](absl::string_view url, const absl::Cord& payload) { named.SetPayload(url, payload); });
  return named;
}

}  // namespace

const char* PeerName(Peer peer) {
  switch (peer) {
    case Peer::kIntake:
      return "referral-intake";
    case Peer::kCaseload:
      return "caseload";
    case Peer::kMdt:
      break;
  }
  return "mdt-agenda";
}

bool IsWorthRetrying(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    // Whether it was done is not known: gRPC's word for a connection that broke, a service's for a commit that it cannot tell about.
    // A change has a request id and is done once.
    case absl::StatusCode::kUnknown:
      return true;
    case absl::StatusCode::kResourceExhausted:
      // Overload answers with this and a delay; a limit of the domain without one.
      return status.GetPayload("type.googleapis.com/google.rpc.RetryInfo").has_value();
    default:
      return false;
  }
}

Connection::Connection(const Addresses& addresses, CallSettings settings, std::ostream& err, bool err_terminal)
    : settings_(std::move(settings)), addresses_(addresses), err_(err), err_terminal_(err_terminal) {
  // Without the retries of rpc::MakeChannel: a person is told when a service is waited for.
  channels_[0] = rpc::MakeChannelWithoutRetries(addresses.intake);
  channels_[1] = rpc::MakeChannelWithoutRetries(addresses.caseload);
  channels_[2] = rpc::MakeChannelWithoutRetries(addresses.mdt);
  intake_ = referral::v1::ReferralIntakeService::NewStub(channels_[0]);
  caseload_ = caseload::v1::CaseloadService::NewStub(channels_[1]);
  mdt_ = mdt::v1::MdtAgendaService::NewStub(channels_[2]);
  for (int i = 0; i < 3; ++i) operations_[i] = operations::v1::OperationsService::NewStub(channels_[i]);
}

operations::v1::OperationsService::Stub& Connection::operations(Peer peer) {
  return *operations_[static_cast<int>(peer)];
}

absl::Status Connection::CheckSayable(const identity::Principal& caller) {
  for (const auto& [key, value] : rpc::MetadataOf(caller)) {
    for (const char c : value) {
      if (c < ' ' || c > '~') {
        return UsageError("", absl::StrFormat("%s may hold letters, digits and signs of ASCII only", key));
      }
    }
  }
  return absl::OkStatus();
}

Peer Connection::PeerOf(const void* stub) const {
  if (stub == intake_.get() || stub == operations_[0].get()) return Peer::kIntake;
  if (stub == caseload_.get() || stub == operations_[1].get()) return Peer::kCaseload;
  return Peer::kMdt;
}

absl::Status Connection::CallUntilAnswered(const identity::Principal& caller, Peer peer,
                                           absl::FunctionRef<grpc::Status(grpc::ClientContext*)> call) {
  SPLW_RETURN_IF_ERROR(CheckSayable(caller));
  return Retried(peer, [&] {
    grpc::ClientContext context;
    Prepare(caller, &context);
    const Waiting waiting(err_, err_terminal_, PeerName(peer), settings_.quiet);
    return rpc::FromGrpcStatus(call(&context));
  });
}

void Connection::Prepare(const identity::Principal& caller, grpc::ClientContext* context) const {
  for (const auto& [key, value] : rpc::MetadataOf(caller)) context->AddMetadata(key, value);
  if (!settings_.correlation_id.empty()) context->AddMetadata(rpc::kCorrelationIdKey, settings_.correlation_id);
  context->set_deadline(absl::ToChronoTime(absl::Now() + settings_.timeout));
}

std::string Connection::Where(Peer peer) const {
  const std::string* const addresses[] = {&addresses_.intake, &addresses_.caseload, &addresses_.mdt};
  return absl::StrFormat("%s at %s", PeerName(peer), *addresses[static_cast<int>(peer)]);
}

absl::Status Connection::Retried(Peer peer, const std::function<absl::Status()>& attempt) {
  absl::Time give_up = absl::Now() + settings_.wait;
  absl::Duration pause = kFirstPause;
  bool announced = false;
  while (true) {
    attempt_answered_ = false;
    const absl::Status status = attempt();
    if (attempt_answered_) give_up = absl::Now() + settings_.wait;  // a stream that worked and broke: wait anew
    if (!IsWorthRetrying(status) || absl::Now() + pause > give_up) {
      if (announced) err_ << (status.ok() ? "  it answers again\n" : "") << std::flush;
      return IsWorthRetrying(status) ? WithPrefix(status, Where(peer)) : status;
    }
    if (!announced) {
      err_ << absl::StrFormat("  no answer from %s; trying again for up to %s\n", Where(peer),
                              absl::FormatDuration(settings_.wait))
           << std::flush;
      announced = true;
    }
    // Not a plain sleep: this looks after the connection all the time, and returns as soon as the service is there again.
    grpc::Channel& channel = *channels_[static_cast<int>(peer)];
    const absl::Time pause_end = absl::Now() + pause;
    const bool connected = channel.WaitForConnected(absl::ToChronoTime(pause_end));
    // Connected and yet UNAVAILABLE: the service is starting, or stopping.
    if (connected) std::this_thread::sleep_for(absl::ToChronoMilliseconds(std::min(pause, kFirstPause)));
    pause = std::min(pause * 2, kLongestPause);
  }
}

}  // namespace splw::ctl
