// bench-echo: the yardstick. The suite's own server with its own settings, whose handlers do nothing but fill an answer
// as large as the real one: what any service of this build could answer at most.
#include <csignal>
#include <cstdio>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include <absl/strings/str_cat.h>

#include "common/identity/policy.h"
#include "common/ids/random.h"
#include "common/ids/ulid.h"
#include "common/rpc/calls.h"
#include "common/rpc/server.h"
#include "common/store/memory_store.h"
#include "common/testing/process.h"
#include "common/time/clock.h"
#include "splw/caseload/v1/caseload_service.pb.h"
#include "splw/referral/v1/referral_intake_service.pb.h"
#include "tests/bench/plain_service.h"
#include "tests/bench/samples.h"
#include "tests/flags/command_line.h"

namespace splw::bench {
namespace {

grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

class EchoReferrals final : public PlainService {
 public:
  EchoReferrals() {
    AddCallback<referral::v1::SubmitReferralRequest, referral::v1::Referral>(
        "/splw.referral.v1.ReferralIntakeService/SubmitReferral",
        [](grpc::CallbackServerContext* context, const referral::v1::SubmitReferralRequest* request,
           referral::v1::Referral* response) {
          *response = request->referral();
          Complete(request->parent() + "/referrals/" + kSampleUlid, *response);
          return Answer(context);
        });
    AddCallback<referral::v1::GetReferralRequest, referral::v1::Referral>(
        "/splw.referral.v1.ReferralIntakeService/GetReferral",
        [this](grpc::CallbackServerContext* context, const referral::v1::GetReferralRequest* request,
               referral::v1::Referral* response) {
          *response = sample_;
          response->set_name(request->name());
          return Answer(context);
        });
  }

 private:
  const referral::v1::Referral sample_ = SampleReferral();
};

class EchoCases final : public PlainService {
 public:
  EchoCases() {
    AddCallback<caseload::v1::GetCaseRequest, caseload::v1::Case>(
        "/splw.caseload.v1.CaseloadService/GetCase",
        [this](grpc::CallbackServerContext* context, const caseload::v1::GetCaseRequest* request,
               caseload::v1::Case* response) {
          *response = sample_;
          response->set_name(request->name());
          return Answer(context);
        });
  }

 private:
  const caseload::v1::Case sample_ = SampleCase();
};

std::vector<identity::PolicyRow> EveryMethodOf(const google::protobuf::ServiceDescriptor& service) {
  std::vector<identity::PolicyRow> rows;
  for (int i = 0; i < service.method_count(); ++i) {
    rows.push_back(
        {absl::StrCat(service.full_name(), "/", service.method(i)->name()), {identity::Role::kReferrer}, false});
  }
  return rows;
}

int Serve(const std::string& address, const std::string& port_file) {
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGTERM);
  sigaddset(&stop_signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);

  std::vector<identity::PolicyRow> rows;
  const auto& pool = *google::protobuf::DescriptorPool::generated_pool();
  for (const char* name : {"splw.referral.v1.ReferralIntakeService", "splw.caseload.v1.CaseloadService"}) {
    for (identity::PolicyRow& row : EveryMethodOf(*pool.FindServiceByName(name))) rows.push_back(std::move(row));
  }
  const absl::StatusOr<identity::PolicyTable> maybe_policy = identity::PolicyTable::Make(std::move(rows));
  if (!maybe_policy.ok()) {
    std::cerr << "bench-echo: " << maybe_policy.status().message() << "\n";
    return 70;  // sysexits.h: EX_SOFTWARE
  }
  const identity::PolicyTable& policy = *maybe_policy;
  const time::SystemClock clock;
  ids::SystemRandom random;
  store::MemoryStore store(clock);
  rpc::Calls calls({.store = &store, .policy = &policy, .clock = &clock, .random = &random, .threads = 1});
  EchoReferrals referrals;
  EchoCases cases;
  const auto maybe_server =
      rpc::Server::Start(calls, {.address = address, .policy = &policy, .services = {&referrals, &cases}});
  if (!maybe_server.ok()) {
    std::cerr << "bench-echo: " << maybe_server.status().message() << "\n";
    return 69;  // sysexits.h: EX_UNAVAILABLE
  }
  const std::string draft = port_file + ".new";
  testing::WriteFile(draft, absl::StrCat((*maybe_server)->port(), "\n"));
  if (std::rename(draft.c_str(), port_file.c_str()) != 0) return 74;  // EX_IOERR
  int received = 0;
  sigwait(&stop_signals, &received);
  (*maybe_server)->Drain();
  return 0;
}

}  // namespace
}  // namespace splw::bench

int main(int argc, char** argv) {
  std::string address = "127.0.0.1:0";
  std::string port_file;
  splw::flags::CommandLine line("Answers as large as the suite's, and does nothing else.", "bench-echo");
  line.Add("--listen", address, "Address to serve on");
  line.Add("--port-file", port_file, "Once serving, write the port here").Required();
  if (const std::optional<int> status = line.Parse(argc, argv)) return *status;
  return splw::bench::Serve(address, port_file);
}
