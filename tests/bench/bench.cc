#include "tests/bench/bench.h"

#include <filesystem>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "common/text/status_macros.h"

namespace splw::bench {

using testing::Suite;

absl::StatusOr<std::unique_ptr<Program>> Program::Start(const std::string& name, std::vector<std::string> arguments) {
  std::unique_ptr<Program> program(new Program());
  const std::string port_file = program->folder_.File("port");
  const std::string log = program->folder_.File("log");
  arguments.insert(arguments.end(), {"--port-file", port_file});
  SPLW_ASSIGN_OR_RETURN(testing::Process process, testing::Process::Start({.program = Suite::Program(name),
                                                                           .arguments = std::move(arguments),
                                                                           .environment = {},
                                                                           .stdin_file = "",
                                                                           .stdout_file = log,
                                                                           .stderr_file = log}));
  program->process_.emplace(std::move(process));
  if (!testing::Eventually(absl::Seconds(30), [&] { return std::filesystem::exists(port_file); })) {
    return absl::UnavailableError(absl::StrCat(name, " did not start: ", testing::ReadFile(log)));
  }
  // The first line; a service writes the port of its metrics behind it.
  const std::string ports = testing::ReadFile(port_file);
  program->address_ = absl::StrCat("127.0.0.1:", ports.substr(0, ports.find('\n')));
  return program;
}

absl::StatusOr<Suite*> CaseStores::With(std::uint64_t cases) {
  std::unique_ptr<Suite>& suite = suites_[cases];
  if (suite != nullptr) return suite.get();
  auto filled = std::make_unique<Suite>();
  SPLW_ASSIGN_OR_RETURN(
      const testing::ProcessOutput output,
      testing::RunProcess(Suite::Program("store-filler"),
                          {"--data-dir", filled->DataDir(testing::kCaseload), "--cases", absl::StrCat(cases)},
                          absl::Hours(1)));
  if (output.end.exit_code != 0) return absl::InternalError(absl::StrCat("store-filler: ", output.errors));
  SPLW_RETURN_IF_ERROR(filled->Start(testing::kCaseload));
  suite = std::move(filled);
  return suite.get();
}

absl::StatusOr<load::DriverReport> DriveCleanly(const load::DriverOptions& options, load::Work& work) {
  load::DriverReport report = load::Drive(options, work);
  const load::MethodReport sum = report.Sum();
  if (load::Clean(report) && sum.refused == 0 && sum.answered > 0) return report;
  return absl::InternalError(absl::StrCat(sum.answered, " calls were answered well, ", sum.started - sum.answered,
                                          " were not: ", absl::StrJoin(report.complaints, "; ")));
}

void Side::Add(const load::DriverReport& report) {
  const load::MethodReport sum = report.Sum();
  per_second.push_back(static_cast<double>(sum.answered) / absl::ToDoubleSeconds(report.took));
  p50_ms.push_back(Milliseconds(sum.latency.Quantile(0.5)));
  p99_ms.push_back(Milliseconds(sum.latency.Quantile(0.99)));
}

identity::Principal LeadPrincipal() {
  return {.id = "lead@splw.example",
          .role = identity::Role::kServiceLead,
          .organisation = "U12345",
          .agency = "",
          .networks = {"*"}};
}

}  // namespace splw::bench
