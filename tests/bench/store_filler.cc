// store-filler: makes the store of a caseload service with a given number of cases.
#include <cstdint>
#include <iostream>
#include <optional>
#include <string>

#include "tests/bench/case_filler.h"
#include "tests/flags/command_line.h"

int main(int argc, char** argv) {
  std::string data_dir;
  std::uint64_t cases = 0;
  splw::flags::CommandLine line("Makes the store of a caseload service, with cases of invented people.",
                                "store-filler");
  line.Add("--data-dir", data_dir, "The service's folder, which has no store yet").Required();
  line.Add("--cases", cases, "How many cases").Required();
  if (const std::optional<int> status = line.Parse(argc, argv)) return *status;
  const absl::Status filled = splw::bench::FillCases(data_dir + "/store", cases);
  if (filled.ok()) return 0;
  std::cerr << "store-filler: " << filled << "\n";
  return 1;
}
