#include "tests/journey/caller.h"

#include <utility>

#include "common/ids/random.h"
#include "common/ids/ulid.h"
#include "common/rpc/status.h"
#include "common/text/failure.h"

namespace splw::journey {
namespace {

std::shared_ptr<grpc::Channel> Connect(const std::string& address) {
  grpc::ChannelArguments arguments;
  // A service that comes up again is to be found at once.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 20);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 20);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
  // A connection of its own for each caller: otherwise callers of one process share what they should not.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace

Caller::Caller(const testing::Suite& suite, Who given) : who(std::move(given)) {
  const auto intake = Connect(suite.Address(testing::kReferralIntake));
  referral_ = referral::v1::ReferralIntakeService::NewStub(intake);
  operations_ = operations::v1::OperationsService::NewStub(intake);
  caseload_ = caseload::v1::CaseloadService::NewStub(Connect(suite.Address(testing::kCaseload)));
  mdt_ = mdt::v1::MdtAgendaService::NewStub(Connect(suite.Address(testing::kMdtAgenda)));
}

void Caller::OperateOn(const testing::Suite& suite, const std::string& service) {
  operations_ = operations::v1::OperationsService::NewStub(Connect(suite.Address(service)));
}

void Caller::Introduce(grpc::ClientContext& context, absl::Duration at_most) const {
  if (!who.id.empty()) {
    context.AddMetadata("splw-principal-id", who.id);
    context.AddMetadata("splw-principal-role", who.role);
    context.AddMetadata("splw-principal-organisation", who.organisation);
    context.AddMetadata("splw-principal-networks", who.networks);
    if (!who.agency.empty()) context.AddMetadata("splw-principal-agency", who.agency);
  }
  context.set_wait_for_ready(true);
  context.set_deadline(absl::ToChronoTime(absl::Now() + at_most));
}

absl::Status Caller::CallUntilAnswered(absl::Duration at_most,
                                       absl::FunctionRef<grpc::Status(grpc::ClientContext*)> call) const {
  const absl::Time until = absl::Now() + at_most;
  while (true) {
    grpc::ClientContext context;
    Introduce(context, until - absl::Now());
    const absl::Status status = rpc::FromGrpcStatus(call(&context));
    // A connection that broke under the call, as every client has to expect; a refusal of the service has a reason.
    if (!absl::IsUnavailable(status) || !text::ReasonOf(status).empty()) return status;
  }
}

Who Practice(const std::string& ods_code) {
  return {"reception@" + ods_code + ".example", "REFERRER", ods_code};
}
Who LinkWorkerWho() {
  return {"worker@splw.example", "LINK_WORKER"};
}
Who Lead() {
  return {"lead@splw.example", "SERVICE_LEAD"};
}
Who Coordinator() {
  return {"coordinator@mdt.example", "MDT_COORDINATOR"};
}
Who Chair() {
  return {"chair@mdt.example", "MDT_CHAIR"};
}
Who Operator() {
  return {"operator@it.example", "OPERATOR", "U12345", "", "*"};
}
Who Auditor() {
  return {"auditor@icb.example", "AUDITOR"};
}
Who AgencyMember(const std::string& agency) {
  return {"member@agency.example", "AGENCY_MEMBER", "AGENCY1", agency};
}

std::string RequestId() {
  static ids::SystemRandom random;
  return ids::NewUlid(absl::Now(), random);
}

}  // namespace splw::journey
