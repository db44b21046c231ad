// What the rows of the table are measured with.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "common/testing/process.h"
#include "common/testing/suite.h"
#include "common/testing/temp_dir.h"
#include "tests/bench/figures.h"
#include "tests/load/driver.h"

namespace splw::bench {

// How long and how often.
struct Effort {
  int rounds = 5;                           // of each side, interleaved: figures are their medians
  absl::Duration slice = absl::Seconds(3);  // of one side in one round
  std::uint64_t most_cases = 1'000'000;     // in the largest store
  std::uint64_t waiting_events = 100'000;   // to be drained
  int hops = 300;                           // of each kind
};

// A server of this folder, as a process with a folder of its own.
class Program final {
 public:
  // Programs take --port-file.
  static absl::StatusOr<std::unique_ptr<Program>> Start(const std::string& name,
                                                        std::vector<std::string> arguments = {});
  static absl::StatusOr<std::unique_ptr<Program>> StartEcho() { return Start("bench-echo"); }
  const std::string& address() const { return address_; }

 private:
  Program() = default;
  testing::TempDir folder_;
  std::optional<testing::Process> process_;
  std::string address_;
};

// Caseload services, each with a store of so many cases; filled when first asked for, and kept running.
class CaseStores final {
 public:
  // Owned here.
  absl::StatusOr<testing::Suite*> With(std::uint64_t cases);

 private:
  std::map<std::uint64_t, std::unique_ptr<testing::Suite>> suites_;
};

struct Bench {
  Effort effort;
  Figures figures;
  CaseStores stores;
  // People who were referred so far: nobody is referred twice.
  std::uint64_t next_person = 0;
};

// Makes calls by `next`, until it gives none, and checks the answers by `check`.
class Calls final : public load::Work {
 public:
  Calls(std::function<std::optional<load::Call>()> next, std::function<absl::Status(grpc::ByteBuffer&)> check)
      : next_(std::move(next)), check_(std::move(check)) {}
  std::optional<load::Call> Next() override { return next_(); }
  absl::Status Check(const load::Call&, grpc::ByteBuffer& reply) override { return check_(reply); }

 private:
  const std::function<std::optional<load::Call>()> next_;
  const std::function<absl::Status(grpc::ByteBuffer&)> check_;
};

// A load whose every call was answered as it must be; otherwise an error that says what was not.
absl::StatusOr<load::DriverReport> DriveCleanly(const load::DriverOptions& options, load::Work& work);

// One side of a comparison: what each round gave.
struct Side {
  std::vector<double> per_second, p50_ms, p99_ms;
  void Add(const load::DriverReport& report);
};

// A principal of the service's team, in every network.
identity::Principal LeadPrincipal();

// The rows. Each adds its figures; an error: what made the measurement worthless.
absl::Status MeasureSubmit(Bench& bench);
absl::Status MeasureRead(Bench& bench);
absl::Status MeasureList(Bench& bench);
absl::Status MeasureHop(Bench& bench);
absl::Status MeasureDrain(Bench& bench);
absl::Status MeasureStart(Bench& bench);
absl::Status MeasureMemory(Bench& bench);
absl::Status MeasureThreads(Bench& bench);
absl::Status MeasureBuild(Bench& bench);

}  // namespace splw::bench
