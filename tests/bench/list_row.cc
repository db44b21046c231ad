// list, start and memory: what must not grow with the number of cases that are stored.
#include <algorithm>
#include <cstdint>
#include <fstream>

#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include "common/text/status_macros.h"
#include "splw/caseload/v1/caseload_service.pb.h"
#include "tests/bench/bench.h"
#include "tests/bench/case_filler.h"
#include "tests/load/messages.h"

namespace splw::bench {
namespace {

using caseload::v1::ListCasesRequest;
using caseload::v1::ListCasesResponse;

constexpr char kMethod[] = "/splw.caseload.v1.CaseloadService/ListCases";
constexpr int kPageSize = 50;
constexpr int kLargestPage = 200;

ListCasesRequest Request(int page_size, const std::string& page_token) {
  ListCasesRequest request;
  request.set_parent(absl::StrCat("networks/", kCaseNetwork));
  request.set_page_size(page_size);
  request.set_page_token(page_token);
  return request;
}

// Reads on from the first page until `cases` were seen; then the token of the next page, empty at the end.
absl::StatusOr<std::string> WalkTo(const std::string& address, std::uint64_t cases) {
  std::uint64_t seen = 0;
  std::string token;
  bool at_end = false;
  Calls walk(
      [&]() -> std::optional<load::Call> {
        if (seen >= cases || at_end) return std::nullopt;
        const std::uint64_t left = cases - seen;
        const int size = static_cast<int>(std::min<std::uint64_t>(left, kLargestPage));
        return load::Call{kMethod, load::ToBytes(Request(size, token))};
      },
      [&](grpc::ByteBuffer& reply) -> absl::Status {
        SPLW_ASSIGN_OR_RETURN(const ListCasesResponse page, load::FromBytes<ListCasesResponse>(reply));
        seen += static_cast<std::uint64_t>(page.cases_size());
        token = page.next_page_token();
        at_end = token.empty();
        return absl::OkStatus();
      });
  SPLW_RETURN_IF_ERROR(DriveCleanly({.address = address, .principal = LeadPrincipal(), .in_flight = 1}, walk).status());
  if (seen != cases) return absl::DataLossError(absl::StrCat(seen, " cases were listed, not ", cases));
  return token;
}

// One page, again and again: how long it takes.
absl::StatusOr<load::DriverReport> TimePage(const Bench& bench, const std::string& address, const std::string& token) {
  Calls pages(
      [&] {
        return load::Call{kMethod, load::ToBytes(Request(kPageSize, token))};
      },
      [](grpc::ByteBuffer& reply) -> absl::Status {
        SPLW_ASSIGN_OR_RETURN(const ListCasesResponse page, load::FromBytes<ListCasesResponse>(reply));
        return page.cases_size() == kPageSize ? absl::OkStatus() : absl::DataLossError("not a full page");
      });
  return DriveCleanly(
      {.address = address, .principal = LeadPrincipal(), .in_flight = 1, .duration = bench.effort.slice / 3}, pages);
}

struct Sized {
  std::uint64_t cases = 0;
  std::string address;
  std::string deep_token;
  Side first;
  Side deep;
};

absl::StatusOr<double> ResidentMegabytes(pid_t pid) {
  std::ifstream status(absl::StrCat("/proc/", pid, "/status"));
  for (std::string line; std::getline(status, line);) {
    if (!absl::StartsWith(line, "VmRSS:")) continue;
    double kilobytes = 0;
    if (absl::SimpleAtod(line.substr(6, line.find("kB") - 6), &kilobytes)) return kilobytes / 1024;
  }
  return absl::NotFoundError("the process has no VmRSS");
}

}  // namespace

absl::Status MeasureList(Bench& bench) {
  std::vector<Sized> sizes;
  for (const std::uint64_t cases : {std::uint64_t{1'000}, bench.effort.most_cases / 10, bench.effort.most_cases}) {
    SPLW_ASSIGN_OR_RETURN(testing::Suite* const suite, bench.stores.With(cases));
    Sized sized{
        .cases = cases, .address = suite->Address(testing::kCaseload), .deep_token = "", .first = {}, .deep = {}};
    SPLW_ASSIGN_OR_RETURN(sized.deep_token, WalkTo(sized.address, cases / 2));
    sizes.push_back(std::move(sized));
  }
  for (int round = 0; round < bench.effort.rounds; ++round) {
    for (Sized& sized : sizes) {
      SPLW_ASSIGN_OR_RETURN(const load::DriverReport first, TimePage(bench, sized.address, ""));
      sized.first.Add(first);
      SPLW_ASSIGN_OR_RETURN(const load::DriverReport deep, TimePage(bench, sized.address, sized.deep_token));
      sized.deep.Add(deep);
    }
  }
  for (const bool deep : {false, true}) {
    const std::string name = deep ? "page of 50 in the middle" : "first page of 50";
    const auto p50 = [&](const Sized& sized) { return Median(deep ? sized.deep.p50_ms : sized.first.p50_ms); };
    for (const Sized& sized : sizes) {
      bench.figures.Add({"list", absl::StrCat(name, ", ", sized.cases, " cases: p50"), p50(sized), "ms"});
    }
    bench.figures.Add({"list", absl::StrCat(name, ": most cases against 1000"), p50(sizes.back()) / p50(sizes.front()),
                       "x", AtMost(1.3)});
  }
  return absl::OkStatus();
}

absl::Status MeasureStart(Bench& bench) {
  SPLW_ASSIGN_OR_RETURN(testing::Suite* const suite, bench.stores.With(bench.effort.most_cases));
  std::vector<double> after_stop, after_kill;
  for (int round = 0; round < bench.effort.rounds; ++round) {
    for (const bool kill : {false, true}) {
      if (kill) {
        suite->Kill(testing::kCaseload);
      } else {
        SPLW_RETURN_IF_ERROR(suite->Stop(testing::kCaseload).status());
      }
      const absl::Time begun = absl::Now();
      SPLW_RETURN_IF_ERROR(suite->Start(testing::kCaseload));
      (kill ? after_kill : after_stop).push_back(absl::ToDoubleSeconds(absl::Now() - begun));
    }
  }
  const std::string cases = absl::StrCat(bench.effort.most_cases, " cases: from start to serving, ");
  bench.figures.Add({"start", cases + "after an orderly stop", Median(after_stop), "s", AtMost(2)});
  bench.figures.Add({"start", cases + "after a kill", Median(after_kill), "s", AtMost(2)});
  return absl::OkStatus();
}

absl::Status MeasureMemory(Bench& bench) {
  SPLW_ASSIGN_OR_RETURN(testing::Suite* const suite, bench.stores.With(bench.effort.most_cases));
  // A process that has done nothing yet.
  SPLW_RETURN_IF_ERROR(suite->Stop(testing::kCaseload).status());
  SPLW_RETURN_IF_ERROR(suite->Start(testing::kCaseload));
  SPLW_ASSIGN_OR_RETURN(const pid_t pid, suite->Pid(testing::kCaseload));
  SPLW_ASSIGN_OR_RETURN(const double at_rest, ResidentMegabytes(pid));
  SPLW_RETURN_IF_ERROR(WalkTo(suite->Address(testing::kCaseload), bench.effort.most_cases).status());
  SPLW_ASSIGN_OR_RETURN(const double after_scan, ResidentMegabytes(pid));
  // Longer than any test waits for it: some millions of records and index entries.
  SPLW_ASSIGN_OR_RETURN(
      const testing::ProcessOutput verified,
      suite->Splwctl({"store", "verify", "--service", testing::kCaseload}, /*at_most=*/absl::Minutes(15)));
  if (verified.end.exit_code != 0) return absl::DataLossError(absl::StrCat("store verify: ", verified.output));
  SPLW_ASSIGN_OR_RETURN(const double after_verify, ResidentMegabytes(pid));
  const std::string cases = absl::StrCat(bench.effort.most_cases, " cases: resident ");
  bench.figures.Add({"memory", cases + "at rest", at_rest, "MiB"});
  bench.figures.Add({"memory", cases + "after all cases were listed", after_scan, "MiB", AtMost(400)});
  bench.figures.Add({"memory", cases + "after the store was verified", after_verify, "MiB", AtMost(400)});
  return absl::OkStatus();
}

}  // namespace splw::bench
