// The three services as real processes on loopback, on ports and in folders of their own.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "common/testing/process.h"
#include "common/testing/temp_dir.h"

namespace splw::testing {

inline constexpr char kReferralIntake[] = "referral-intake";
inline constexpr char kCaseload[] = "caseload";
inline constexpr char kMdtAgenda[] = "mdt-agenda";
inline constexpr std::array<const char*, 3> kServices = {kReferralIntake, kCaseload, kMdtAgenda};

// Not thread-safe. Kills what it started when destroyed.
class Suite final {
 public:
  // Programs come from $SPLW_BIN_DIR (ctest sets it). Starts nothing.
  Suite();

  // Starts a service and waits until it serves; no effect if it runs. A service that was started before comes up on the same port
  // and store.
  absl::Status Start(const std::string& service, const std::vector<std::string>& more_flags = {});
  absl::Status StartAll();
  // The same without waiting: whether it serves, AwaitServing tells.
  absl::Status Launch(const std::string& service, const std::vector<std::string>& more_flags = {});
  absl::Status AwaitServing(const std::string& service);
  // Variables of the environment that the service is started with from here on, beside this process's own.
  void SetEnvironment(const std::string& service, std::map<std::string, std::string> environment);
  // SIGKILL: as a crash.
  void Kill(const std::string& service);
  // SIGTERM: as an operator. The end must come within `at_most`.
  absl::StatusOr<ProcessEnd> Stop(const std::string& service, absl::Duration at_most = absl::Seconds(6));
  // Waits for an end that comes of itself; nullopt if it has not come by then.
  std::optional<ProcessEnd> AwaitEnd(const std::string& service, absl::Duration at_most);
  bool Running(const std::string& service);
  // NOT_FOUND for a service that was never started.
  absl::StatusOr<pid_t> Pid(const std::string& service) const;

  // "127.0.0.1:12345". Fixed for the life of the suite.
  std::string Address(const std::string& service) const;
  std::string MetricsAddress(const std::string& service) const;
  std::string DataDir(const std::string& service) const;
  std::string LogFile(const std::string& service) const;
  const std::string& folder() const { return folder_.path(); }

  // Runs splwctl against these services, to its end.
  absl::StatusOr<ProcessOutput> Splwctl(std::vector<std::string> arguments, absl::Duration at_most = absl::Seconds(60),
                                        const std::string& input = "") const;
  // Starts splwctl against these services; its output goes to files in folder().
  absl::StatusOr<Process> StartSplwctl(std::vector<std::string> arguments, const std::string& output_file,
                                       const std::string& error_file) const;
  // The flags that point splwctl here.
  std::vector<std::string> ClientFlags() const;

  // `store verify` of each running service: OK if none has a fault.
  absl::Status VerifyStores() const;

  static std::string Program(const std::string& name);  // its path

 private:
  std::string PortFile(const std::string& service) const;

  TempDir folder_;
  std::map<std::string, int> ports_;
  std::map<std::string, int> metrics_ports_;
  std::map<std::string, std::map<std::string, std::string>> environments_;
  std::map<std::string, std::unique_ptr<Process>> processes_;
};

// The project's folder ($SPLW_SOURCE_DIR).
std::string SourceDir();
// The folder of real messages and data, or empty where it is not there ($SPLW_SHARED_DATA, or
// ../shared/data).
std::string SharedDataDir();

}  // namespace splw::testing
