// read: GetReferral and GetCase against the same echo.
#include <cstdint>

#include <absl/strings/str_cat.h>

#include "common/text/status_macros.h"
#include "splw/caseload/v1/caseload_service.pb.h"
#include "tests/bench/bench.h"
#include "tests/bench/case_filler.h"
#include "tests/load/messages.h"
#include "tests/load/referral_work.h"

namespace splw::bench {
namespace {

constexpr char kRow[] = "read";
constexpr int kInFlight = 64;
constexpr std::uint64_t kReferrals = 5'000;
constexpr std::uint64_t kCases = 100'000;

absl::StatusOr<load::DriverReport> GetReferrals(const Bench& bench, const std::string& address,
                                                const std::vector<std::string>& names) {
  load::ReferralWork work({.submit = 0, .get = 1, .names = names});
  return DriveCleanly({.address = address,
                       .principal = load::PracticePrincipal({"U12345"}),
                       .in_flight = kInFlight,
                       .duration = bench.effort.slice},
                      work);
}

absl::StatusOr<load::DriverReport> GetCases(const Bench& bench, const std::string& address, std::uint64_t cases) {
  std::uint64_t number = 0;
  Calls work(
      [&] {
        caseload::v1::GetCaseRequest request;
        // A stride that visits all of them, far apart.
        request.set_name(CaseNameOf(number = (number + 37'813) % cases));
        return load::Call{"/splw.caseload.v1.CaseloadService/GetCase", load::ToBytes(request)};
      },
      [](grpc::ByteBuffer& reply) -> absl::Status {
        SPLW_ASSIGN_OR_RETURN(const caseload::v1::Case got, load::FromBytes<caseload::v1::Case>(reply));
        return got.reason_text().empty() ? absl::DataLossError("a case without its text") : absl::OkStatus();
      });
  return DriveCleanly(
      {.address = address, .principal = LeadPrincipal(), .in_flight = kInFlight, .duration = bench.effort.slice}, work);
}

void AddFigures(Bench& bench, const char* method, const Side& echoed, const Side& real, bool has_target) {
  const auto add = [&](const char* name, double value, const char* unit, std::optional<Target> target = {}) {
    bench.figures.Add({kRow, absl::StrCat(method, ", ", kInFlight, " in flight: ", name), value, unit, target});
  };
  add("echo", Median(echoed.per_second), "/s");
  add("service", Median(real.per_second), "/s");
  add("throughput against echo", Median(real.per_second) / Median(echoed.per_second), "x",
      has_target ? std::optional(AtLeast(0.85)) : std::nullopt);
  add("p50", Median(real.p50_ms), "ms");
  add("p99", Median(real.p99_ms), "ms");
  add("p99 against echo's", Median(real.p99_ms) / Median(echoed.p99_ms), "x");
}

}  // namespace

absl::Status MeasureRead(Bench& bench) {
  SPLW_ASSIGN_OR_RETURN(const std::unique_ptr<Program> echo, Program::StartEcho());
  testing::Suite intake;
  SPLW_RETURN_IF_ERROR(intake.Start(testing::kReferralIntake));
  load::ReferralWork referrals({.first_person = bench.next_person});
  SPLW_RETURN_IF_ERROR(DriveCleanly({.address = intake.Address(testing::kReferralIntake),
                                     .principal = load::PracticePrincipal({"U12345"}),
                                     .in_flight = kInFlight,
                                     .count = kReferrals},
                                    referrals)
                           .status());
  bench.next_person = referrals.next_person();
  const std::uint64_t cases = std::min(kCases, bench.effort.most_cases);
  SPLW_ASSIGN_OR_RETURN(testing::Suite* const caseload, bench.stores.With(cases));

  Side echoed_referrals, got_referrals, echoed_cases, got_cases;
  for (int round = 0; round < bench.effort.rounds; ++round) {
    for (const bool echo_now : {round % 2 == 0, round % 2 != 0}) {
      SPLW_ASSIGN_OR_RETURN(const load::DriverReport of_referrals,
                            GetReferrals(bench, echo_now ? echo->address() : intake.Address(testing::kReferralIntake),
                                         referrals.names()));
      (echo_now ? echoed_referrals : got_referrals).Add(of_referrals);
      SPLW_ASSIGN_OR_RETURN(const load::DriverReport of_cases,
                            GetCases(bench, echo_now ? echo->address() : caseload->Address(testing::kCaseload), cases));
      (echo_now ? echoed_cases : got_cases).Add(of_cases);
    }
  }
  AddFigures(bench, "GetReferral", echoed_referrals, got_referrals, true);
  AddFigures(bench, "GetCase", echoed_cases, got_cases, false);
  return absl::OkStatus();
}

}  // namespace splw::bench
