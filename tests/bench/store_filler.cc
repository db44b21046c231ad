// store-filler: makes the store of a caseload service with a given number of cases.
#include <cstdint>
#include <iostream>
#include <string>

#include <CLI/CLI.hpp>

#include "tests/bench/case_filler.h"

int main(int argc, char** argv) {
  std::string data_dir;
  std::uint64_t cases = 0;
  CLI::App app("Makes the store of a caseload service, with cases of invented people.", "store-filler");
  app.add_option("--data-dir", data_dir, "The service's folder, which has no store yet")->required();
  app.add_option("--cases", cases, "How many cases")->required();
  CLI11_PARSE(app, argc, argv);
  const absl::Status filled = splw::bench::FillCases(data_dir + "/store", cases);
  if (filled.ok()) return 0;
  std::cerr << "store-filler: " << filled << "\n";
  return 1;
}
