// For tests: splwctl in this process.
#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "clients/splwctl/program.h"

namespace splw::ctl {

struct Outcome {
  int status = -1;
  std::string out, err;
};

// Runs the line (without "splwctl" in front) as where no terminal is.
inline Outcome Ctl(std::vector<const char*> arguments, const std::string& input = "") {
  arguments.insert(arguments.begin(), "splwctl");
  std::istringstream in(input);
  std::ostringstream out, err;
  Outcome outcome;
  outcome.status = RunProgram(static_cast<int>(arguments.size()), arguments.data(), in, out, err, false, false);
  outcome.out = out.str();
  outcome.err = err.str();
  return outcome;
}

}  // namespace splw::ctl
