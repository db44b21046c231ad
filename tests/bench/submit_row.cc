// submit: durable SubmitReferral against an echo of the same messages and against RocksDB alone.
#include <absl/strings/str_cat.h>

#include "common/text/status_macros.h"
#include "tests/bench/bench.h"
#include "tests/bench/raw_store.h"
#include "tests/load/referral_work.h"

namespace splw::bench {
namespace {

constexpr char kRow[] = "submit";

absl::StatusOr<load::DriverReport> SubmitTo(Bench& bench, const std::string& address, int in_flight) {
  load::ReferralWork work({.first_person = bench.next_person});
  const absl::StatusOr<load::DriverReport> maybe_report =
      DriveCleanly({.address = address,
                    .principal = load::PracticePrincipal({"U12345"}),
                    .in_flight = in_flight,
                    .duration = bench.effort.slice},
                   work);
  bench.next_person = work.next_person();
  return maybe_report;
}

// The three sides of one number of calls in flight.
absl::Status MeasureLevel(Bench& bench, const Program& echo, const testing::Suite& suite,
                          const std::vector<store::Entry>& writes, int in_flight) {
  Side echoed;
  Side submitted;
  Side raw;
  std::vector<double> sync_ms;
  for (int round = 0; round < bench.effort.rounds; ++round) {
    // In turns, so that neither side always comes first.
    for (const bool echo_now : {round % 2 == 0, round % 2 != 0}) {
      const std::string address = echo_now ? echo.address() : suite.Address(testing::kReferralIntake);
      SPLW_ASSIGN_OR_RETURN(const load::DriverReport report, SubmitTo(bench, address, in_flight));
      (echo_now ? echoed : submitted).Add(report);
    }
    const testing::TempDir folder;
    SPLW_ASSIGN_OR_RETURN(const RawFigures figures,
                          WriteRaw(folder.File("raw"), writes, in_flight, bench.effort.slice / 2));
    raw.per_second.push_back(figures.per_second);
    SPLW_ASSIGN_OR_RETURN(const load::Histogram syncs, SyncRaw(folder.File("sync"), writes, bench.effort.slice / 6));
    sync_ms.push_back(Milliseconds(syncs.Quantile(0.5)));
  }
  const auto add = [&](const char* name, double value, const char* unit, std::optional<Target> target = {}) {
    bench.figures.Add({kRow, absl::StrCat(in_flight, " in flight: ", name), value, unit, target});
  };
  add("echo", Median(echoed.per_second), "/s");
  add("SubmitReferral", Median(submitted.per_second), "/s");
  add("RocksDB alone, synced, as many threads", Median(raw.per_second), "/s");
  const bool many = in_flight == 64 || in_flight == 256;
  add("throughput against echo", Median(submitted.per_second) / Median(echoed.per_second), "x",
      many ? std::optional(AtLeast(0.65)) : std::nullopt);
  add("throughput against RocksDB alone", Median(submitted.per_second) / Median(raw.per_second), "x");
  add("echo p50", Median(echoed.p50_ms), "ms");
  add("p50", Median(submitted.p50_ms), "ms");
  add("echo p99", Median(echoed.p99_ms), "ms");
  add("p99", Median(submitted.p99_ms), "ms");
  add("p99 against echo's", Median(submitted.p99_ms) / Median(echoed.p99_ms), "x",
      in_flight == 64 ? std::optional(AtMost(2.5)) : std::nullopt);
  if (in_flight == 1) {
    add("one sync, p50", Median(sync_ms), "ms");
    add("p50 beyond echo's, in syncs", (Median(submitted.p50_ms) - Median(echoed.p50_ms)) / Median(sync_ms), "x",
        AtMost(1.3));
  }
  return absl::OkStatus();
}

// A front door under one threading model.
struct Model {
  std::string name;
  std::unique_ptr<testing::TempDir> folder;
  std::unique_ptr<Program> program;
  Side submitted;
  Side got;
};

absl::StatusOr<Model> StartModel(const std::string& name, const std::string& program,
                                 std::vector<std::string> arguments) {
  Model model{
      .name = name, .folder = std::make_unique<testing::TempDir>(), .program = nullptr, .submitted = {}, .got = {}};
  arguments.insert(arguments.end(), {"--data-dir", model.folder->File("data")});
  SPLW_ASSIGN_OR_RETURN(model.program, Program::Start(program, std::move(arguments)));
  return model;
}

}  // namespace

absl::Status MeasureSubmit(Bench& bench) {
  SPLW_ASSIGN_OR_RETURN(const std::vector<store::Entry> writes, WritesOfOneSubmission());
  std::size_t bytes = 0;
  for (const store::Entry& entry : writes) bytes += entry.key.size() + entry.value.size();
  bench.figures.Add({kRow, "keys written by one submission", static_cast<double>(writes.size()), ""});
  bench.figures.Add({kRow, "bytes written by one submission", static_cast<double>(bytes), "B"});
  SPLW_ASSIGN_OR_RETURN(const std::unique_ptr<Program> echo, Program::StartEcho());
  testing::Suite suite;
  SPLW_RETURN_IF_ERROR(suite.Start(testing::kReferralIntake));
  for (const int in_flight : {1, 16, 64, 256}) {
    SPLW_RETURN_IF_ERROR(MeasureLevel(bench, *echo, suite, writes, in_flight));
  }
  return suite.VerifyStores();
}

absl::Status MeasureThreads(Bench& bench) {
  std::vector<Model> models;
  const auto start = [&](const std::string& name, const std::string& program,
                         const std::vector<std::string>& arguments) -> absl::Status {
    SPLW_ASSIGN_OR_RETURN(Model model, StartModel(name, program, arguments));
    models.push_back(std::move(model));
    return absl::OkStatus();
  };
  for (const int threads : {1, 2, 4, 8}) {
    SPLW_RETURN_IF_ERROR(start(absl::StrCat("callbacks and a pool of ", threads), "referral-intake",
                               {"--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--dev-principals",
                                "--threads", absl::StrCat(threads)}));
  }
  SPLW_RETURN_IF_ERROR(start("callbacks in gRPC's own threads", "bench-models", {"--model", "inline"}));
  for (const int pollers : {2, 8}) {
    SPLW_RETURN_IF_ERROR(start(absl::StrCat("synchronous, at most ", pollers, " pollers"), "bench-models",
                               {"--model", "sync", "--pollers", absl::StrCat(pollers)}));
  }
  for (const int in_flight : {1, 64, 256}) {
    for (int round = 0; round < bench.effort.rounds; ++round) {
      for (std::size_t i = 0; i < models.size(); ++i) {
        Model& model = models[(i + static_cast<std::size_t>(round)) % models.size()];  // another one first each time
        load::ReferralWork work({.first_person = bench.next_person});
        load::DriverOptions options = {.address = model.program->address(),
                                       .principal = load::PracticePrincipal({"U12345"}),
                                       .in_flight = in_flight,
                                       .duration = bench.effort.slice};
        SPLW_ASSIGN_OR_RETURN(const load::DriverReport submitted, DriveCleanly(options, work));
        bench.next_person = work.next_person();
        model.submitted.Add(submitted);
        load::ReferralWork looks({.submit = 0, .get = 1, .names = work.names()});
        options.duration = bench.effort.slice / 2;
        SPLW_ASSIGN_OR_RETURN(const load::DriverReport got, DriveCleanly(options, looks));
        model.got.Add(got);
      }
    }
    for (Model& model : models) {
      const std::string name = absl::StrCat(in_flight, " in flight, ", model.name, ": ");
      bench.figures.Add({"threads", name + "SubmitReferral", Median(model.submitted.per_second), "/s", {}});
      bench.figures.Add({"threads", name + "SubmitReferral p99", Median(model.submitted.p99_ms), "ms", {}});
      bench.figures.Add({"threads", name + "GetReferral", Median(model.got.per_second), "/s", {}});
      model.submitted = {};
      model.got = {};
    }
  }
  return absl::OkStatus();
}

}  // namespace splw::bench
