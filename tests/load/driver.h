// Calls a server asynchronously, from one thread: a number of calls in flight (closed loop), or calls at a rate (open
// loop, latencies from when a call was meant to start). Checks every answer, and asks again, with the same bytes, where
// the outcome is not known.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/time/time.h>
#include <grpcpp/support/byte_buffer.h>

#include "common/identity/principal.h"
#include "tests/load/histogram.h"

namespace splw::load {

// One call to be made. Asking again sends the same.
struct Call {
  std::string method;  // full: "/splw.referral.v1.ReferralIntakeService/GetReferral"
  grpc::ByteBuffer request;
  std::uint64_t id = 0;  // the work's own
};

// What a driver does. Called in the driver's thread only.
class Work {
 public:
  virtual ~Work() = default;
  // Nullopt: nothing more is to be done.
  virtual std::optional<Call> Next() = 0;
  // An OK answer to a call. What is wrong with it, or OK.
  virtual absl::Status Check(const Call& call, grpc::ByteBuffer& reply) = 0;
};

struct DriverOptions {
  std::string address;            // "host:port"
  identity::Principal principal;  // who calls
  // Calls under way at most, those that wait to be tried again included.
  int in_flight = 16;
  // Calls a second; 0: as many as `in_flight` allows.
  double rate = 0;
  absl::Duration duration = absl::InfiniteDuration();
  std::uint64_t count = UINT64_MAX;                  // of calls
  absl::Duration call_deadline = absl::Seconds(10);  // of one attempt
  absl::Duration settle_time = absl::Seconds(60);    // for what is under way when the load is over
  // Ask again after RESOURCE_EXHAUSTED, when its retry delay is over. Otherwise that is the call's end.
  bool retry_refused = false;
  int connections = 1;
  // Becomes true: no more calls are started. May be null.
  const std::atomic<bool>* stop = nullptr;
};

// What became of the calls of one method.
struct MethodReport {
  std::uint64_t started = 0;
  std::uint64_t answered = 0;   // OK, and as it must be
  std::uint64_t wrong = 0;      // OK, and not as it must be
  std::uint64_t refused = 0;    // RESOURCE_EXHAUSTED in the end
  std::uint64_t failed = 0;     // with another error that is final
  std::uint64_t unsettled = 0;  // the outcome was still not known after the settle time
  std::uint64_t attempts = 0;
  std::map<std::string, std::uint64_t> errors;  // of attempts: "UNAVAILABLE", "INVALID_ARGUMENT NETWORK_INVALID"
  Histogram latency;                            // of those answered: from the intended start to the answer
  Histogram refusal_latency;                    // of refusals
  absl::Duration longest_gap;                   // between two answers
};

struct DriverReport {
  absl::Duration took;                          // until the last call was settled
  std::map<std::string, MethodReport> methods;  // by short name
  std::vector<std::string> complaints;          // the first few wrong answers and failures, in words

  // All methods together.
  MethodReport Sum() const;
};

// Runs a load to its end.
DriverReport Drive(const DriverOptions& options, Work& work);

// Everything was answered as it must be, or refused.
bool Clean(const DriverReport& report);

}  // namespace splw::load
