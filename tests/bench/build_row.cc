// build: from nothing, and after one domain file was touched.
#include <filesystem>
#include <thread>

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include "common/testing/process.h"
#include "common/testing/suite.h"
#include "common/testing/temp_dir.h"
#include "common/text/status_macros.h"
#include "tests/bench/bench.h"

namespace splw::bench {
namespace {

constexpr char kDomainFile[] = "services/caseload/allocation.cc";

absl::StatusOr<double> TimeCommand(const std::string& program, const std::vector<std::string>& arguments) {
  const absl::Time begun = absl::Now();
  // Without the cache of compiled files: what a machine does that never built this.
  SPLW_ASSIGN_OR_RETURN(const testing::ProcessOutput output,
                        testing::RunProcess(program, arguments, absl::Hours(2), "", {{"CCACHE_DISABLE", "1"}}));
  if (output.end.exit_code != 0) {
    return absl::InternalError(absl::StrCat(program, " failed: ", output.errors, output.output));
  }
  return absl::ToDoubleSeconds(absl::Now() - begun);
}

}  // namespace

absl::Status MeasureBuild(Bench& bench) {
  const testing::TempDir folder;
  const std::string source = testing::SourceDir();
  const std::string build = folder.File("build");
  SPLW_ASSIGN_OR_RETURN(const double configure,
                        TimeCommand("cmake", {"--preset", "release", "-S", source, "-B", build}));
  const std::vector<std::string> all = {"--build", build, "-j", absl::StrCat(std::thread::hardware_concurrency())};
  SPLW_ASSIGN_OR_RETURN(const double clean, TimeCommand("cmake", all));
  std::filesystem::last_write_time(absl::StrCat(source, "/", kDomainFile),
                                   std::filesystem::file_time_type::clock::now());
  SPLW_ASSIGN_OR_RETURN(const double touched, TimeCommand("cmake", all));
  bench.figures.Add({"build", "configure", configure, "s"});
  bench.figures.Add({"build", "everything, from nothing", clean, "s"});
  bench.figures.Add({"build", absl::StrCat("after ", kDomainFile, " was touched"), touched, "s"});
  return absl::OkStatus();
}

}  // namespace splw::bench
