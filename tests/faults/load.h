// The load generator (tests/load) as a process beside the services: referrals of new people arrive while things break,
// and each acknowledgement is written down.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <absl/time/time.h>

#include "common/testing/process.h"
#include "common/testing/suite.h"
#include "tests/load/acknowledgements.h"

namespace splw::faults {

// What the load generator says of its SubmitReferral calls, or of all.
struct LoadReport {
  bool clean = false;  // every answer was as it must be, or a refusal for overload; no outcome stayed unknown
  std::uint64_t started = 0;
  std::uint64_t answered = 0;
  std::uint64_t refused = 0;
  std::uint64_t unknown =
      0;  // attempts whose outcome was not known, and that were made again under the same request id
  std::map<std::string, std::uint64_t> errors;
  double per_second = 0;  // answered
  absl::Duration p50;     // of those answered, from when the call was meant to start
  absl::Duration p99;
  absl::Duration refusal_p99;
  std::string text;  // the whole report
};

// Not thread-safe. Kills the load generator when destroyed.
class Load final {
 public:
  // `suite` must outlive it. Several loads of one suite need names of their own and people of their own: the first is
  // `first_person`.
  Load(const testing::Suite& suite, std::string name, std::uint64_t first_person = 0);

  // Starts with these flags of load-generator besides.
  void Start(const std::vector<std::string>& flags);
  // No more calls are started; waits until what became of each is known.
  LoadReport Stop();
  // Waits for the end that its flags set.
  LoadReport Finish(absl::Duration at_most);

  // So far; in the order of the acknowledgements.
  std::vector<load::Acknowledgement> Acknowledged() const;
  // The name of the last one's referral; empty before the first.
  std::string NewestReferral() const;
  // Waits until there are so many more than when it is called.
  void AwaitMore(std::size_t count) const;

 private:
  std::string File(const char* kind) const;

  const testing::Suite& suite_;
  const std::string name_;
  const std::uint64_t first_person_;
  std::unique_ptr<testing::Process> process_;
};

}  // namespace splw::faults
