// The suite with what its people need, a load, and at the end the reckoning.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include <absl/strings/numbers.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "tests/faults/acknowledged.h"
#include "tests/faults/load.h"
#include "tests/journey/world.h"

namespace splw::faults {

// sysexits.h, as the services use it (common/rpc/service_process.h).
inline constexpr int kTaken = 69;
inline constexpr int kDiskFault = 74;

// Longer than anything takes here that comes at all.
inline constexpr absl::Duration kPatience = absl::Minutes(1);

class Faults : public ::testing::Test {
 protected:
  void StartAll() {
    ASSERT_THAT(suite_.StartAll(), testing::IsOk());
    world_.SetUpAll();
  }
  // What a service has written to its log since the log had `from` bytes.
  std::string LogSince(const std::string& service, std::size_t from) const {
    const std::string log = testing::ReadFile(suite_.LogFile(service));
    return log.substr(std::min(from, log.size()));
  }
  std::size_t LogSize(const std::string& service) const { return testing::ReadFile(suite_.LogFile(service)).size(); }

  testing::Suite suite_;
  journey::World world_{suite_};
};

// A positive number from the environment, where tests/run puts what its caller wants.
inline int NumberWanted(const char* variable, int otherwise) {
  const char* wanted = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): nobody changes it
  int number = 0;
  return wanted != nullptr && absl::SimpleAtoi(wanted, &number) && number > 0 ? number : otherwise;
}

// A steady load that leaves the processors room: `per_second` referrals, whatever waits.
inline std::vector<std::string> Steady(int per_second) {
  return {"--rate", std::to_string(per_second), "--in-flight", "5000", "--seconds", "0"};
}

// The name of a test that is run for each service.
inline std::string NameOfService(const ::testing::TestParamInfo<const char*>& instance) {
  const std::string name = instance.param;
  return name == testing::kReferralIntake ? "ReferralIntake" : name == testing::kCaseload ? "Caseload" : "MdtAgenda";
}

}  // namespace splw::faults
