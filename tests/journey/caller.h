// A person or system that calls the services, as themselves.
//
//   Caller lead(suite, {.id = "lead@splw.example", .role = "SERVICE_LEAD", .organisation = "U12345"});
//   absl::StatusOr<Case> maybe_case = lead.Call(&CaseloadStub::AllocateCase, request);
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <absl/functional/function_ref.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/clock.h>
#include <absl/time/time.h>
#include <grpcpp/grpcpp.h>

#include "common/testing/suite.h"
#include "splw/caseload/v1/caseload_service.stubs.h"
#include "splw/delivery/v1/delivery_service.stubs.h"
#include "splw/mdt/v1/mdt_agenda_service.stubs.h"
#include "splw/operations/v1/operations_service.stubs.h"
#include "splw/referral/v1/referral_intake_service.stubs.h"

namespace splw::journey {

using ReferralStub = referral::v1::ReferralIntakeService::Stub;
using CaseloadStub = caseload::v1::CaseloadService::Stub;
using MdtStub = mdt::v1::MdtAgendaService::Stub;
using OperationsStub = operations::v1::OperationsService::Stub;
using DeliveryStub = delivery::v1::DeliveryService::Stub;

inline constexpr char kNetwork[] = "U12345";
inline constexpr char kParent[] = "networks/U12345";

struct Who {
  std::string id;
  std::string role;
  std::string organisation = "U12345";
  std::string agency;
  std::string networks = kNetwork;
};

// Not thread-safe. Waits for services that are not there yet, and asks again where a connection breaks, up to the deadline.
class Caller final {
 public:
  Caller(const testing::Suite& suite, Who who);

  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                const Request& request, absl::Duration at_most = absl::Seconds(20)) {
    Response response;
    absl::Status status = CallUntilAnswered(at_most, [&](grpc::ClientContext* context) {
      response.Clear();
      return (StubFor(static_cast<Stub*>(nullptr)).*method)(context, request, &response);
    });
    if (!status.ok()) return status;
    return response;
  }

  // Metadata and deadline of a call, for those that make it by hand.
  void Introduce(grpc::ClientContext& context, absl::Duration at_most) const;

  ReferralStub& StubFor(ReferralStub*) { return *referral_; }
  CaseloadStub& StubFor(CaseloadStub*) { return *caseload_; }
  MdtStub& StubFor(MdtStub*) { return *mdt_; }
  OperationsStub& StubFor(OperationsStub*) { return *operations_; }
  // Which service's store the operations calls look into (at first: referral-intake's).
  void OperateOn(const testing::Suite& suite, const std::string& service);

  Who who;

 private:
  // What is the same for every method: each of them compiles Call.
  absl::Status CallUntilAnswered(absl::Duration at_most,
                                 absl::FunctionRef<grpc::Status(grpc::ClientContext*)> call) const;

  std::unique_ptr<ReferralStub> referral_;
  std::unique_ptr<CaseloadStub> caseload_;
  std::unique_ptr<MdtStub> mdt_;
  std::unique_ptr<OperationsStub> operations_;
};

// The usual people of the tests.
Who Practice(const std::string& ods_code = "P84001");
Who LinkWorkerWho();
Who Lead();
Who Coordinator();
Who Chair();
Who Operator();
Who Auditor();
Who AgencyMember(const std::string& agency);

// A new request id.
std::string RequestId();

}  // namespace splw::journey
