#include "tests/faults/carers.h"

#include <map>
#include <utility>

#include <absl/time/clock.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"

namespace splw::faults {
namespace {

using testing::IsOk;

// Longer than any service is away in these tests.
constexpr absl::Duration kPatience = absl::Minutes(2);

bool OutcomeUnknown(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || absl::IsUnknown(status) ||
         absl::IsCancelled(status);
}

// Asks again, with the same request, until it is known what became of it.
template <typename Stub, typename Request, typename Response>
absl::StatusOr<Response> Settle(journey::Caller& caller,
                                grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                const Request& request) {
  const absl::Time until = absl::Now() + kPatience;
  absl::StatusOr<Response> maybe_response;
  do {
    maybe_response = caller.Call(method, request, absl::Seconds(5));
  } while (OutcomeUnknown(maybe_response.status()) && absl::Now() < until);
  return maybe_response;
}

}  // namespace

Carers::Carers(const testing::Suite& suite, const Load& load, std::string link_worker)
    : load_(load),
      link_worker_(std::move(link_worker)),
      lead_(suite, journey::Lead()),
      worker_(suite, journey::LinkWorkerWho()),
      thread_([this] { Work(); }) {}

Carers::~Carers() {
  Stop();
}

std::vector<std::string> Carers::Stop() {
  stopping_.store(true);
  if (thread_.joinable()) thread_.join();
  return nominations_;
}

void Carers::Work() {
  std::string last;
  while (!stopping_.load()) {
    // Always the newest: its events are still on their way.
    const std::string newest = load_.NewestReferral();
    if (newest.empty() || newest == last) {
      absl::SleepFor(absl::Milliseconds(5));
      continue;
    }
    last = newest;
    Carry(last);
  }
}

void Carers::Carry(const std::string& referral) {
  referral::v1::GetReferralRequest get_referral;
  get_referral.set_name(referral);
  std::string case_name;
  EXPECT_TRUE(testing::Eventually(kPatience,
                                  [&] {
                                    const auto maybe_referral =
                                        Settle(lead_, &journey::ReferralStub::GetReferral, get_referral);
                                    EXPECT_THAT(maybe_referral, IsOk());
                                    if (!maybe_referral.ok()) return true;
                                    case_name = maybe_referral->case_();
                                    return !case_name.empty();
                                  }))
      << referral << " gets no case";
  if (case_name.empty()) return;

  caseload::v1::GetCaseRequest get_case;
  get_case.set_name(case_name);
  const auto maybe_case = Settle(lead_, &journey::CaseloadStub::GetCase, get_case);
  ASSERT_THAT(maybe_case, IsOk());

  caseload::v1::AllocateCaseRequest allocate;
  allocate.set_name(case_name);
  allocate.set_etag(maybe_case->etag());
  allocate.set_link_worker(link_worker_);
  allocate.set_override_reason_code("FAULT_TEST");
  allocate.set_request_id(journey::RequestId());
  const auto maybe_allocated = Settle(lead_, &journey::CaseloadStub::AllocateCase, allocate);
  ASSERT_THAT(maybe_allocated, IsOk());

  caseload::v1::NominateForMdtRequest nominate;
  nominate.set_parent(case_name);
  nominate.set_etag(maybe_allocated->etag());
  nominate.set_question("What would help most?");
  nominate.add_agencies_needed(type::v1::AGENCY_KIND_COMMUNITY_NURSING);
  nominate.set_urgency(type::v1::URGENCY_ROUTINE);
  nominate.set_request_id(journey::RequestId());
  const auto maybe_nomination = Settle(worker_, &journey::CaseloadStub::NominateForMdt, nominate);
  ASSERT_THAT(maybe_nomination, IsOk());
  nominations_.push_back(maybe_nomination->name());
}

void CheckNominated(journey::World& world, const std::vector<std::string>& nominations) {
  std::map<std::string, int> at_mdt;
  mdt::v1::ListNominationsRequest request;
  request.set_parent(journey::kParent);
  for (const auto& nomination :
       journey::ListAll<mdt::v1::Nomination>(world.coordinator, &journey::MdtStub::ListNominations, request,
                                             [](const auto& page) { return page.nominations(); })) {
    ++at_mdt[nomination.name()];
  }
  for (const std::string& name : nominations) EXPECT_EQ(at_mdt[name], 1) << name;
}

}  // namespace splw::faults
