// The channels to the three services, and a call through them: who asks, until when, and again while nobody answers.
// One thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <thread>

#include <absl/functional/function_ref.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <grpcpp/grpcpp.h>

#include "clients/splwctl/waiting.h"
#include "common/identity/principal.h"
#include "common/rpc/status.h"
#include "splw/caseload/v1/caseload_service.stubs.h"
#include "splw/mdt/v1/mdt_agenda_service.stubs.h"
#include "splw/operations/v1/operations_service.stubs.h"
#include "splw/referral/v1/referral_intake_service.stubs.h"

namespace splw::ctl {

struct Addresses {
  std::string intake = "127.0.0.1:7401";
  std::string caseload = "127.0.0.1:7402";
  std::string mdt = "127.0.0.1:7403";
};

struct CallSettings {
  absl::Duration timeout = absl::Seconds(20);  // of one attempt
  absl::Duration wait;                         // how long to try again while a service is unavailable
  std::string correlation_id;
  absl::Duration quiet = absl::Seconds(1);  // how long nothing is said about a call that waits for its answer
};

enum class Peer { kIntake, kCaseload, kMdt };
// "referral-intake", "caseload", "mdt-agenda".
const char* PeerName(Peer peer);

class Connection final {
 public:
  // Says on `err` when it waits for a service, and when that is over; for a terminal on a line that is wiped again.
  Connection(const Addresses& addresses, CallSettings settings, std::ostream& err, bool err_terminal = false);

  referral::v1::ReferralIntakeService::Stub& intake() { return *intake_; }
  caseload::v1::CaseloadService::Stub& caseload() { return *caseload_; }
  mdt::v1::MdtAgendaService::Stub& mdt() { return *mdt_; }
  operations::v1::OperationsService::Stub& operations(Peer peer);

  const CallSettings& settings() const { return settings_; }
  void set_wait(absl::Duration wait) { settings_.wait = wait; }

  // One call: `method` is a member of the stub, for example &Stub::GetCase. While the service is UNAVAILABLE it sends the very same
  // request again, until `wait` is over; a change with a request_id is applied once however often it is sent.
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(const identity::Principal& caller, Stub& stub,
                                grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                const Request& request) {
    Response response;
    absl::Status status = CallUntilAnswered(caller, PeerOf(&stub), [&](grpc::ClientContext* context) {
      response.Clear();
      return (stub.*method)(context, request, &response);
    });
    if (!status.ok()) return status;
    return response;
  }

  // Reads a stream of `peer` to its end. `open` makes the reader for a context; `each` returns false to stop. While the service is UNAVAILABLE it
  // opens the stream again: `each` has seen what it has seen, so `open` resumes from there.
  template <typename Response>
  absl::Status Read(const identity::Principal& caller, Peer peer,
                    const std::function<stubs::Reader<Response>(grpc::ClientContext*)>& open,
                    const std::function<bool(const Response&)>& each, bool with_deadline) {
    if (const absl::Status sayable = CheckSayable(caller); !sayable.ok()) return sayable;
    return Retried(peer, [&] {
      grpc::ClientContext context;
      Prepare(caller, &context);
      if (!with_deadline) context.set_deadline(std::chrono::system_clock::time_point::max());
      stubs::Reader<Response> reader = open(&context);
      Response response;
      bool stopped = false;
      while (!stopped && reader.Read(&response)) {
        attempt_answered_ = true;
        stopped = !each(response);
      }
      if (stopped) context.TryCancel();
      const absl::Status status = rpc::FromGrpcStatus(reader.Finish());
      return stopped ? absl::OkStatus() : status;
    });
  }

 private:
  // What is the same for every method: each of them compiles Call.
  absl::Status CallUntilAnswered(const identity::Principal& caller, Peer peer,
                                 absl::FunctionRef<grpc::Status(grpc::ClientContext*)> call);
  // Metadata holds printable ASCII only: gRPC ends the program over anything else. An organisation may come out of a document.
  static absl::Status CheckSayable(const identity::Principal& caller);
  void Prepare(const identity::Principal& caller, grpc::ClientContext* context) const;
  Peer PeerOf(const void* stub) const;  // whose stub it is
  // An error that is no answer says of which service, and where it was looked for.
  absl::Status Retried(Peer peer, const std::function<absl::Status()>& attempt);
  std::string Where(Peer peer) const;  // "caseload at 127.0.0.1:7402"

  CallSettings settings_;
  const Addresses addresses_;
  std::ostream& err_;
  const bool err_terminal_;
  std::shared_ptr<grpc::Channel> channels_[3];
  std::unique_ptr<referral::v1::ReferralIntakeService::Stub> intake_;
  std::unique_ptr<caseload::v1::CaseloadService::Stub> caseload_;
  std::unique_ptr<mdt::v1::MdtAgendaService::Stub> mdt_;
  std::unique_ptr<operations::v1::OperationsService::Stub> operations_[3];
  bool attempt_answered_ = false;
};

// Whether asking again with the same request may help: nobody answered, or the service asked for patience.
bool IsWorthRetrying(const absl::Status& status);

}  // namespace splw::ctl
