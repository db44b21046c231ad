// hop and drain: how fast what happened in one service is known in the next.
#include <atomic>
#include <thread>

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include "common/rpc/channel.h"
#include "common/rpc/status.h"
#include "common/text/status_macros.h"
#include "splw/caseload/v1/caseload_service.stubs.h"
#include "splw/mdt/v1/mdt_agenda_service.stubs.h"
#include "splw/operations/v1/operations_service.stubs.h"
#include "splw/referral/v1/referral_intake_service.stubs.h"
#include "tests/bench/bench.h"
#include "tests/bench/raw_store.h"
#include "tests/load/people.h"
#include "tests/load/referral_work.h"

namespace splw::bench {
namespace {

using testing::Suite;

constexpr char kParent[] = "networks/U12345";
constexpr absl::Duration kLongestHop = absl::Seconds(10);
// A link worker holds at most so many (limits.h of the caseload: 500, counted by weight).
constexpr int kMostNominations = 100;

template <typename Service>
std::unique_ptr<typename Service::Stub> StubOf(const Suite& suite, const std::string& service) {
  return Service::NewStub(rpc::MakeChannel(suite.Address(service)));
}

// One call by `principal`.
template <typename Stub, typename Request, typename Response>
absl::StatusOr<Response> Ask(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                             const Request& request, const identity::Principal& principal = LeadPrincipal()) {
  grpc::ClientContext context;
  rpc::PrepareContext(context, principal);
  Response response;
  const grpc::Status status = (stub.*method)(&context, request, &response);
  if (!status.ok()) return rpc::FromGrpcStatus(status);
  return response;
}

// Asks until the answer holds, without a pause, and says when that was.
absl::StatusOr<absl::Time> AskUntil(const std::function<absl::StatusOr<bool>()>& holds) {
  const absl::Time until = absl::Now() + kLongestHop;
  while (absl::Now() < until) {
    SPLW_ASSIGN_OR_RETURN(const bool there, holds());
    if (there) return absl::Now();
  }
  return absl::DeadlineExceededError("what happened is not known in the next service");
}

// The suite, and a person of each kind that the hops need.
class Hops final {
 public:
  explicit Hops(const Suite& suite)
      : intake_(StubOf<referral::v1::ReferralIntakeService>(suite, testing::kReferralIntake)),
        caseload_(StubOf<caseload::v1::CaseloadService>(suite, testing::kCaseload)),
        mdt_(StubOf<mdt::v1::MdtAgendaService>(suite, testing::kMdtAgenda)) {}

  absl::Status SetUp() {
    caseload::v1::CreateLinkWorkerRequest create;
    create.set_parent(kParent);
    create.set_request_id("bench-link-worker");
    caseload::v1::LinkWorker& worker = *create.mutable_link_worker();
    worker.set_professional_id("worker@splw.example");
    worker.set_display_name("Idris Fennimore");
    worker.set_role_code("R9815");
    worker.set_wte(1.0);
    worker.set_weighted_case_limit(500);
    worker.set_active(true);
    return Ask(*caseload_, &caseload::v1::CaseloadService::Stub::CreateLinkWorker, create).status();
  }

  // From the reply to SubmitReferral until the case is readable.
  absl::StatusOr<absl::Duration> FromReferralToCase(std::uint64_t person) {
    referral::v1::SubmitReferralRequest submit;
    submit.set_parent(kParent);
    *submit.mutable_referral() = load::ReferralOf(person);
    submit.set_request_id(absl::StrCat("load-", person));
    SPLW_ASSIGN_OR_RETURN(const referral::v1::Referral referral,
                          Ask(*intake_, &referral::v1::ReferralIntakeService::Stub::SubmitReferral, submit,
                              load::PracticePrincipal({"U12345"})));
    const absl::Time replied = absl::Now();
    caseload::v1::ListCasesRequest list;
    list.set_parent(kParent);
    list.set_page_size(1);
    list.set_order(caseload::v1::CASE_ORDER_OPEN_TIME_DESCENDING);
    SPLW_ASSIGN_OR_RETURN(const absl::Time there, AskUntil([&]() -> absl::StatusOr<bool> {
                            SPLW_ASSIGN_OR_RETURN(
                                const caseload::v1::ListCasesResponse page,
                                Ask(*caseload_, &caseload::v1::CaseloadService::Stub::ListCases, list));
                            if (page.cases().empty() || page.cases(0).referrals(0) != referral.name()) return false;
                            newest_case_ = page.cases(0);
                            return true;
                          }));
    return there - replied;
  }

  // From the reply to NominateForMdt, for the case of the last referral, until the nomination is readable.
  absl::StatusOr<absl::Duration> FromNominationToMdt() {
    caseload::v1::NominateForMdtRequest nominate;
    nominate.set_parent(newest_case_.name());
    nominate.set_etag(newest_case_.etag());
    nominate.set_question("Who leads on the falls while the arrears are sorted?");
    nominate.add_agencies_needed(type::v1::AGENCY_KIND_HOUSING);
    nominate.set_urgency(type::v1::URGENCY_ROUTINE);
    nominate.set_request_id(absl::StrCat("nominate-", newest_case_.name().substr(newest_case_.name().rfind('/') + 1)));
    SPLW_ASSIGN_OR_RETURN(const caseload::v1::Nomination nomination,
                          Ask(*caseload_, &caseload::v1::CaseloadService::Stub::NominateForMdt, nominate));
    const absl::Time replied = absl::Now();
    mdt::v1::GetNominationRequest get;
    get.set_name(nomination.name());
    SPLW_ASSIGN_OR_RETURN(const absl::Time there, AskUntil([&]() -> absl::StatusOr<bool> {
                            const absl::Status status =
                                Ask(*mdt_, &mdt::v1::MdtAgendaService::Stub::GetNomination, get).status();
                            if (absl::IsNotFound(status)) return false;
                            SPLW_RETURN_IF_ERROR(status);
                            return true;
                          }));
    return there - replied;
  }

  absl::Status AllocateNewestCase(int number) {
    caseload::v1::AllocateCaseRequest allocate;
    allocate.set_name(newest_case_.name());
    allocate.set_etag(newest_case_.etag());
    allocate.set_request_id(absl::StrCat("allocate-", number));
    SPLW_ASSIGN_OR_RETURN(newest_case_, Ask(*caseload_, &caseload::v1::CaseloadService::Stub::AllocateCase, allocate));
    return absl::OkStatus();
  }

 private:
  const std::unique_ptr<referral::v1::ReferralIntakeService::Stub> intake_;
  const std::unique_ptr<caseload::v1::CaseloadService::Stub> caseload_;
  const std::unique_ptr<mdt::v1::MdtAgendaService::Stub> mdt_;
  caseload::v1::Case newest_case_;
};

void AddHop(Bench& bench, const std::string& name, const load::Histogram& hops, double yardstick_ms) {
  const double p50 = Milliseconds(hops.Quantile(0.5));
  bench.figures.Add({"hop", name + ": p50", p50, "ms"});
  bench.figures.Add({"hop", name + ": p99", Milliseconds(hops.Quantile(0.99)), "ms"});
  bench.figures.Add({"hop", name + ": one after the other", 1000 / Milliseconds(hops.mean()), "/s"});
  bench.figures.Add({"hop", name + ": p50 against echo and one sync", p50 / yardstick_ms, "x", AtMost(2)});
}

// When the oldest event that waits was made; InfiniteFuture: none waits.
absl::StatusOr<absl::Time> OldestWaiting(operations::v1::OperationsService::Stub& stub) {
  operations::v1::ListOutboxStreamsRequest list;
  list.set_page_size(1);
  const identity::Principal operator_principal = {.id = "operator@it.example",
                                                  .role = identity::Role::kOperator,
                                                  .organisation = "U12345",
                                                  .agency = "",
                                                  .networks = {"*"}};
  SPLW_ASSIGN_OR_RETURN(
      const operations::v1::ListOutboxStreamsResponse page,
      Ask(stub, &operations::v1::OperationsService::Stub::ListOutboxStreams, list, operator_principal));
  if (page.streams().empty()) return absl::InfiniteFuture();
  if (page.streams(0).parked()) return absl::InternalError("a stream is parked: " + page.streams(0).parked_reason());
  const auto& time = page.streams(0).first_event_time();
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

}  // namespace

absl::Status MeasureHop(Bench& bench) {
  SPLW_ASSIGN_OR_RETURN(const std::vector<store::Entry> writes, WritesOfOneSubmission());
  SPLW_ASSIGN_OR_RETURN(const std::unique_ptr<Program> echo, Program::StartEcho());
  Suite suite;
  SPLW_RETURN_IF_ERROR(suite.StartAll());
  Hops hops(suite);
  SPLW_RETURN_IF_ERROR(hops.SetUp());
  load::Histogram cases, nominations;
  Side echoed;
  std::vector<double> sync_ms;
  int number = 0;
  for (int round = 0; round < bench.effort.rounds; ++round) {
    load::ReferralWork work({.first_person = bench.next_person});
    SPLW_ASSIGN_OR_RETURN(const load::DriverReport report,
                          DriveCleanly({.address = echo->address(),
                                        .principal = load::PracticePrincipal({"U12345"}),
                                        .in_flight = 1,
                                        .duration = bench.effort.slice / 3},
                                       work));
    echoed.Add(report);
    const testing::TempDir folder;
    SPLW_ASSIGN_OR_RETURN(const load::Histogram syncs, SyncRaw(folder.File("sync"), writes, bench.effort.slice / 6));
    sync_ms.push_back(Milliseconds(syncs.Quantile(0.5)));
    for (int i = 0; i < bench.effort.hops / bench.effort.rounds; ++i) {
      SPLW_ASSIGN_OR_RETURN(const absl::Duration to_case, hops.FromReferralToCase(bench.next_person++));
      cases.Add(to_case);
      // A link worker's load has a limit: so many cases are allocated as it holds.
      if (number >= kMostNominations) continue;
      SPLW_RETURN_IF_ERROR(hops.AllocateNewestCase(number++));
      SPLW_ASSIGN_OR_RETURN(const absl::Duration to_mdt, hops.FromNominationToMdt());
      nominations.Add(to_mdt);
    }
  }
  const double yardstick_ms = Median(echoed.p50_ms) + Median(sync_ms);
  bench.figures.Add({"hop", "echo p50 and one sync", yardstick_ms, "ms"});
  AddHop(bench, "SubmitReferral to case", cases, yardstick_ms);
  AddHop(bench, "NominateForMdt to nomination", nominations, yardstick_ms);
  return absl::OkStatus();
}

absl::Status MeasureDrain(Bench& bench) {
  Suite suite;
  SPLW_RETURN_IF_ERROR(suite.Start(testing::kReferralIntake));
  load::DriverOptions fill = {.address = suite.Address(testing::kReferralIntake),
                              .principal = load::PracticePrincipal({"U12345"}),
                              .in_flight = 64,
                              .count = bench.effort.waiting_events};
  load::ReferralWork backlog({.first_person = bench.next_person});
  SPLW_RETURN_IF_ERROR(DriveCleanly(fill, backlog).status());
  bench.next_person = backlog.next_person();

  // The usual load: about a hundred times what a region of England sends.
  std::atomic<bool> stop = false;
  load::ReferralWork usual({.get = 1, .first_person = bench.next_person});
  load::DriverOptions usual_options = fill;
  usual_options.rate = 50;
  usual_options.count = UINT64_MAX;
  usual_options.stop = &stop;
  absl::StatusOr<load::DriverReport> maybe_usual = absl::InternalError("not run");
  std::thread load([&] { maybe_usual = DriveCleanly(usual_options, usual); });
  const auto drain = [&]() -> absl::StatusOr<absl::Duration> {
    const absl::Time begun = absl::Now();
    SPLW_RETURN_IF_ERROR(suite.Start(testing::kCaseload));
    const auto operations = StubOf<operations::v1::OperationsService>(suite, testing::kReferralIntake);
    while (true) {
      SPLW_ASSIGN_OR_RETURN(const absl::Time oldest, OldestWaiting(*operations));
      if (oldest > begun) return absl::Now() - begun;
      if (absl::Now() - begun > absl::Minutes(20)) return absl::DeadlineExceededError("the events are not drained");
      absl::SleepFor(absl::Milliseconds(100));
    }
  };
  const absl::StatusOr<absl::Duration> maybe_took = drain();
  stop = true;
  load.join();
  bench.next_person = usual.next_person();
  SPLW_RETURN_IF_ERROR(maybe_took.status());
  SPLW_RETURN_IF_ERROR(maybe_usual.status());
  const double seconds = absl::ToDoubleSeconds(*maybe_took);
  const double events = static_cast<double>(bench.effort.waiting_events);
  bench.figures.Add({"drain", absl::StrCat(bench.effort.waiting_events, " events, after the peer was started"), seconds,
                     "s", AtMost(60 * events / 100'000)});
  bench.figures.Add({"drain", "events", events / seconds, "/s"});
  const load::Histogram latency = maybe_usual->Sum().latency;
  bench.figures.Add({"drain", "the usual load meanwhile: p50", Milliseconds(latency.Quantile(0.5)), "ms"});
  bench.figures.Add({"drain", "the usual load meanwhile: p99", Milliseconds(latency.Quantile(0.99)), "ms"});
  return suite.VerifyStores();
}

}  // namespace splw::bench
