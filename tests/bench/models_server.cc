// bench-models: the front door's own handlers and checks under the threading models that the suite does not have. Only
// for comparing: docs/decisions/0002-threading-model.md.
// It sends no events: a service does, and pays for that too.
//   sync    gRPC's synchronous API: a thread belongs to a call until its reply is durable
//   inline  the callback API, handlers in gRPC's own threads: nothing bounds how many calls wait
#include <csignal>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/str_cat.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/resource_quota.h>

#include "common/delivery/changes.h"
#include "common/identity/policy.h"
#include "common/ids/random.h"
#include "common/rpc/calls.h"
#include "common/rpc/calls_core.h"
#include "common/rpc/status.h"
#include "common/store/rocksdb_store.h"
#include "common/telemetry/log.h"
#include "common/telemetry/metrics.h"
#include "common/testing/process.h"
#include "common/time/clock.h"
#include "services/referral_intake/policy.h"
#include "services/referral_intake/referral_intake.h"
#include "splw/referral/v1/referral_intake_service.pb.h"
#include "tests/bench/plain_service.h"
#include "tests/flags/command_line.h"

namespace splw::bench {
namespace {

namespace api = referral::v1;
using referral_intake::ReferralIntake;

constexpr char kService[] = "splw.referral.v1.ReferralIntakeService/";
// A call that finds no thread is refused by gRPC: more than any row has in flight.
constexpr int kMostThreads = 600;

// What both do before the reply is waited for.
struct Answered {
  rpc::Arrival arrival;
  absl::StatusOr<rpc::Call> maybe_call;
  absl::StatusOr<store::Position> maybe_position;
};

template <typename Request, typename Response>
using Handler = absl::StatusOr<store::Position> (ReferralIntake::*)(const rpc::Call&, const Request&, Response*);

template <typename Request, typename Response>
Answered Handle(rpc::CallsCore& core, ReferralIntake& intake, grpc::ServerContextBase& context, const char* method,
                const Request& request, Response* response, Handler<Request, Response> handle) {
  Answered answered{core.Arrive(context, absl::StrCat(kService, method)), absl::UnknownError(""), store::Position()};
  answered.maybe_call = core.AdmitArrival(answered.arrival, &request);
  if (!answered.maybe_call.ok()) {
    answered.maybe_position = answered.maybe_call.status();
  } else {
    answered.maybe_position = (intake.*handle)(*answered.maybe_call, request, response);
  }
  return answered;
}

grpc::Status Conclude(rpc::CallsCore& core, const Answered& answered) {
  const absl::Status& status = answered.maybe_position.status();
  core.Record(answered.arrival, answered.maybe_call.ok() ? &*answered.maybe_call : nullptr, status);
  return rpc::ToGrpcStatus(status);
}

class SyncReferrals final : public PlainService {
 public:
  SyncReferrals(rpc::CallsCore& core, ReferralIntake& intake) : core_(core), intake_(intake) {
    AddSynchronous<api::SubmitReferralRequest, api::Referral>(
        "/splw.referral.v1.ReferralIntakeService/SubmitReferral",
        [this](grpc::ServerContext* context, const api::SubmitReferralRequest* request, api::Referral* response) {
          return Answer(*context, "SubmitReferral", *request, response, &ReferralIntake::Submit);
        });
    AddSynchronous<api::GetReferralRequest, api::Referral>(
        "/splw.referral.v1.ReferralIntakeService/GetReferral",
        [this](grpc::ServerContext* context, const api::GetReferralRequest* request, api::Referral* response) {
          return Answer(*context, "GetReferral", *request, response, &ReferralIntake::Get);
        });
  }

 private:
  template <typename Request, typename Response>
  grpc::Status Answer(grpc::ServerContext& context, const char* method, const Request& request, Response* response,
                      Handler<Request, Response> handle) {
    const Answered answered = Handle(core_, intake_, context, method, request, response, handle);
    if (answered.maybe_position.ok() && !store::WaitDurable(*core_.options.store, *answered.maybe_position)) {
      return {grpc::StatusCode::UNAVAILABLE, "the store went away"};
    }
    return Conclude(core_, answered);
  }

  rpc::CallsCore& core_;
  ReferralIntake& intake_;
};

class InlineReferrals final : public PlainService {
 public:
  InlineReferrals(rpc::CallsCore& core, ReferralIntake& intake) : core_(core), intake_(intake) {
    AddCallback<api::SubmitReferralRequest, api::Referral>(
        "/splw.referral.v1.ReferralIntakeService/SubmitReferral",
        [this](grpc::CallbackServerContext* context, const api::SubmitReferralRequest* request,
               api::Referral* response) {
          return Answer(*context, "SubmitReferral", *request, response, &ReferralIntake::Submit);
        });
    AddCallback<api::GetReferralRequest, api::Referral>(
        "/splw.referral.v1.ReferralIntakeService/GetReferral",
        [this](grpc::CallbackServerContext* context, const api::GetReferralRequest* request, api::Referral* response) {
          return Answer(*context, "GetReferral", *request, response, &ReferralIntake::Get);
        });
  }

 private:
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext& context, const char* method, const Request& request,
                                   Response* response, Handler<Request, Response> handle) {
    grpc::ServerUnaryReactor* const reactor = context.DefaultReactor();
    const auto answered =
        std::make_shared<Answered>(Handle(core_, intake_, context, method, request, response, handle));
    const auto finish = [this, reactor, answered] { reactor->Finish(Conclude(core_, *answered)); };
    if (answered->maybe_position.ok()) {
      store::WhenDurableOrLost(*core_.options.store, *answered->maybe_position, finish, finish);
    } else {
      finish();
    }
    return reactor;
  }

  rpc::CallsCore& core_;
  ReferralIntake& intake_;
};

int Serve(const std::string& model, const std::string& data_dir, const std::string& port_file, int pollers) {
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);
  telemetry::StartLog("referral-intake", telemetry::Level::kInfo);

  const time::SystemClock clock;
  ids::SystemRandom random;
  telemetry::Metrics metrics;
  const auto maybe_store = store::RocksDbStore::Open(
      {.path = data_dir + "/store",
       .clock = &clock,
       .random = &random,
       .hooks = {.on_commit = [&](const char* label, absl::Duration took) { metrics.CountCommit(label, took); },
                 .on_sync = [&](absl::Duration took, std::size_t group) { metrics.CountSync(took, group); }}});
  const auto maybe_policy = identity::PolicyTable::Make(referral_intake::PolicyRows());
  if (!maybe_store.ok() || !maybe_policy.ok()) {
    std::cerr << "bench-models: " << maybe_store.status() << maybe_policy.status() << "\n";
    return 74;  // sysexits.h: EX_IOERR
  }
  const std::unique_ptr<delivery::Changes> changes =
      delivery::MakeChanges({.store = **maybe_store,
                             .random = random,
                             .source = "referral-intake",
                             .incarnation = (*maybe_store)->incarnation()});
  rpc::CallsCore core({.store = maybe_store->get(),
                       .policy = &*maybe_policy,
                       .clock = &clock,
                       .random = &random,
                       .metrics = &metrics,
                       .dev_principals = true,
                       .threads = 1});
  ReferralIntake intake(**maybe_store, *changes, clock, referral_intake::PersonKeys(random.Bytes(32)));
  SyncReferrals synchronous(core, intake);
  InlineReferrals in_place(core, intake);

  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 2);
  builder.SetSyncServerOption(grpc::ServerBuilder::MIN_POLLERS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, pollers);
  builder.SetResourceQuota(grpc::ResourceQuota("splw").SetMaxThreads(kMostThreads));
  if (model == "sync") {
    builder.RegisterService(&synchronous);
  } else {
    builder.RegisterService(&in_place);
  }
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return 69;  // EX_UNAVAILABLE
  const std::string draft = port_file + ".new";
  testing::WriteFile(draft, absl::StrCat(port, "\n"));
  if (std::rename(draft.c_str(), port_file.c_str()) != 0) return 74;
  int received = 0;
  sigwait(&stop_signals, &received);
  server->Shutdown();
  telemetry::StopLog();
  return 0;
}

}  // namespace
}  // namespace splw::bench

int main(int argc, char** argv) {
  std::string model;
  std::string data_dir;
  std::string port_file;
  int pollers = 2;
  splw::flags::CommandLine line("The front door under other threading models.", "bench-models");
  line.Add("--model", model, "sync or inline").Required().OneOf({"sync", "inline"});
  line.Add("--data-dir", data_dir, "Folder of the store").Required();
  line.Add("--port-file", port_file, "Once serving, write the port here").Required();
  line.Add("--pollers", pollers, "MAX_POLLERS of each of two completion queues");
  if (const std::optional<int> status = line.Parse(argc, argv)) return *status;
  return splw::bench::Serve(model, data_dir, port_file, pollers);
}
