// bench: measures the suite next to its yardsticks, and says what was reached and what was missed.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <absl/time/clock.h>

#include "tests/bench/bench.h"
#include "tests/flags/command_line.h"

namespace splw::bench {
namespace {

struct Row {
  const char* name;
  absl::Status (*measure)(Bench&);
  bool by_default = true;
};

constexpr Row kRows[] = {{"submit", MeasureSubmit},     {"read", MeasureRead},
                         {"hop", MeasureHop},           {"drain", MeasureDrain},
                         {"list", MeasureList},         {"memory", MeasureMemory},
                         {"start", MeasureStart},       {"threads", MeasureThreads, false},
                         {"build", MeasureBuild, false}};

std::vector<std::string> RowNames() {
  std::vector<std::string> names;
  for (const Row& row : kRows) names.emplace_back(row.name);
  return names;
}

int Run(const std::vector<std::string>& only, bool with_build, bool quick, const std::string& json_file) {
  Bench bench;
  if (quick) {
    bench.effort = {
        .rounds = 5, .slice = absl::Milliseconds(600), .most_cases = 20'000, .waiting_events = 5'000, .hops = 50};
  }
  std::cout << DescribeMachine() << "\n";
  int status = 0;
  for (const Row& row : kRows) {
    const bool named = std::find(only.begin(), only.end(), row.name) != only.end();
    const bool wanted = only.empty() ? row.by_default : named;
    if (!wanted && !(with_build && std::string(row.name) == "build")) continue;
    const absl::Time begun = absl::Now();
    if (const absl::Status measured = row.measure(bench); !measured.ok()) {
      std::cerr << "bench: " << row.name << ": " << measured << "\n";
      status = 1;
    }
    std::cout << "-- " << row.name << ": " << absl::FormatDuration(absl::Trunc(absl::Now() - begun, absl::Seconds(1)))
              << "\n"
              << std::flush;
  }
  std::cout << "\n" << DescribeMachine() << "\n" << bench.figures.ToTable() << std::flush;
  nlohmann::ordered_json json = bench.figures.ToJson();
  json["quick"] = quick;
  std::ofstream file(json_file, std::ios::trunc);
  file << json.dump(2) << "\n" << std::flush;
  if (!file) {
    std::cerr << "bench: cannot write " << json_file << "\n";
    return 73;  // sysexits.h: EX_CANTCREAT
  }
  return status;
}

}  // namespace
}  // namespace splw::bench

int main(int argc, char** argv) {
  std::vector<std::string> only;
  bool with_build = false;
  bool quick = false;
  std::string json = "bench.json";
  splw::flags::CommandLine line(
      "Measures the suite next to an echo service and RocksDB alone. Status 0: everything was measured, whether the "
      "targets "
      "were reached or not; 1: something could not be, or an answer was wrong.",
      "bench");
  line.Add("--only", only, "Only these rows").OneOf(splw::bench::RowNames());
  line.Add("--build", with_build, "Time the build too, which takes long");
  line.Add("--quick", quick, "Short rounds and small stores: to see that it works, not for figures to quote");
  line.Add("--json", json, "Write the figures here");
  if (const std::optional<int> status = line.Parse(argc, argv)) return *status;
  return splw::bench::Run(only, with_build, quick, json);
}
