#include "common/testing/suite.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <set>

#include <absl/strings/str_cat.h>

#include "common/text/status_macros.h"

namespace splw::testing {
namespace {

// The ports of this process: a hundred that no other test process on this machine takes while this one lives. A suite names its ports
// before all of its services run; a stranger on one of them would take its events.
int FirstPortOfThisProcess() {
  static const int first = [] {
    constexpr int kFirst = 10'000;  // up to 19'900: deploy/run and what the system gives to others lie above
    constexpr int kBlock = 100;
    for (int block = 0; block < 99; ++block) {
      const std::string path =
          absl::StrCat(std::filesystem::temp_directory_path().string(), "/splw-test-ports.", block);
      const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
      // Never closed: the lock ends with the process.
      if (file >= 0 && flock(file, LOCK_EX | LOCK_NB) == 0) return kFirst + block * kBlock;
      if (file >= 0) close(file);
    }
    std::abort();
  }();
  return first;
}

// A free port of this process's.
int FreePort() {
  static int next = 0;
  while (true) {
    const int port = FirstPortOfThisProcess() + next++ % 100;
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    const int one = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    const bool free = bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
    close(listener);
    if (free) return port;
  }
}

std::string Loopback(int port) {
  return absl::StrCat("127.0.0.1:", port);
}

std::vector<std::string> PeersOf(const std::string& service) {
  if (service == kReferralIntake) return {kCaseload};
  if (service == kCaseload) return {kReferralIntake, kMdtAgenda};
  return {kCaseload};
}

}  // namespace

Suite::Suite() {
  for (const char* service : kServices) {
    ports_[service] = FreePort();
    metrics_ports_[service] = FreePort();
  }
}

absl::Status Suite::Start(const std::string& service, const std::vector<std::string>& more_flags) {
  SPLW_RETURN_IF_ERROR(Launch(service, more_flags));
  return AwaitServing(service);
}

absl::Status Suite::Launch(const std::string& service, const std::vector<std::string>& more_flags) {
  if (Running(service)) return absl::OkStatus();
  ProcessOptions options;
  options.program = Program(service);
  std::filesystem::remove(PortFile(service));
  options.arguments = {"--listen",       Address(service), "--metrics-listen", MetricsAddress(service), "--data-dir",
                       DataDir(service), "--port-file",    PortFile(service),  "--dev-principals",      "--reflection"};
  for (const std::string& peer : PeersOf(service)) {
    options.arguments.push_back(absl::StrCat("--", peer, "-address"));
    options.arguments.push_back(Address(peer));
  }
  options.arguments.insert(options.arguments.end(), more_flags.begin(), more_flags.end());
  options.environment = environments_[service];
  options.stdout_file = LogFile(service);
  options.stderr_file = LogFile(service);
  SPLW_ASSIGN_OR_RETURN(Process process, Process::Start(options));
  processes_[service] = std::make_unique<Process>(std::move(process));
  return absl::OkStatus();
}

absl::Status Suite::AwaitServing(const std::string& service) {
  const bool ended_or_serving =
      Eventually(absl::Seconds(30), [&] { return std::filesystem::exists(PortFile(service)) || !Running(service); });
  if (!ended_or_serving || !Running(service)) {
    return absl::UnavailableError(absl::StrCat(service, " did not start; it said: ", ReadFile(LogFile(service))));
  }
  return absl::OkStatus();
}

void Suite::SetEnvironment(const std::string& service, std::map<std::string, std::string> environment) {
  environments_[service] = std::move(environment);
}

absl::Status Suite::StartAll() {
  for (const char* service : kServices) SPLW_RETURN_IF_ERROR(Start(service));
  return absl::OkStatus();
}

void Suite::Kill(const std::string& service) {
  if (const auto found = processes_.find(service); found != processes_.end()) found->second->Kill();
}

absl::StatusOr<ProcessEnd> Suite::Stop(const std::string& service, absl::Duration at_most) {
  const auto found = processes_.find(service);
  if (found == processes_.end()) return absl::NotFoundError(absl::StrCat(service, " was never started"));
  found->second->Signal(SIGTERM);
  const std::optional<ProcessEnd> end = found->second->Wait(at_most);
  if (!end.has_value()) return absl::DeadlineExceededError(absl::StrCat(service, " did not stop in time"));
  return *end;
}

std::optional<ProcessEnd> Suite::AwaitEnd(const std::string& service, absl::Duration at_most) {
  const auto found = processes_.find(service);
  return found == processes_.end() ? std::nullopt : found->second->Wait(at_most);
}

bool Suite::Running(const std::string& service) {
  const auto found = processes_.find(service);
  return found != processes_.end() && found->second->Running();
}

absl::StatusOr<pid_t> Suite::Pid(const std::string& service) const {
  const auto found = processes_.find(service);
  if (found == processes_.end()) return absl::NotFoundError(absl::StrCat(service, " was never started"));
  return found->second->pid();
}

std::string Suite::Address(const std::string& service) const {
  return Loopback(ports_.at(service));
}
std::string Suite::MetricsAddress(const std::string& service) const {
  return Loopback(metrics_ports_.at(service));
}
std::string Suite::DataDir(const std::string& service) const {
  return absl::StrCat(folder(), "/", service);
}
std::string Suite::PortFile(const std::string& service) const {
  return absl::StrCat(folder(), "/", service, ".port");
}
std::string Suite::LogFile(const std::string& service) const {
  return absl::StrCat(folder(), "/", service, ".log");
}

std::vector<std::string> Suite::ClientFlags() const {
  return {"--intake", Address(kReferralIntake), "--caseload", Address(kCaseload), "--mdt", Address(kMdtAgenda)};
}

absl::StatusOr<ProcessOutput> Suite::Splwctl(std::vector<std::string> arguments, absl::Duration at_most,
                                             const std::string& input) const {
  std::vector<std::string> all = ClientFlags();
  all.insert(all.end(), arguments.begin(), arguments.end());
  return RunProcess(Program("splwctl"), all, at_most, input);
}

absl::StatusOr<Process> Suite::StartSplwctl(std::vector<std::string> arguments, const std::string& output_file,
                                            const std::string& error_file) const {
  ProcessOptions options;
  options.program = Program("splwctl");
  options.arguments = ClientFlags();
  options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
  options.stdout_file = output_file;
  options.stderr_file = error_file;
  return Process::Start(options);
}

absl::Status Suite::VerifyStores() const {
  for (const auto& [service, process] : processes_) {
    if (!process->Running()) continue;
    // Again where a connection fails: gRPC 1.51 reads errno after calls that may have set it anew (tcp_client_posix), so in rare
    // cases it takes one that is under way for a failure.
    SPLW_ASSIGN_OR_RETURN(const ProcessOutput verified,
                          Splwctl({"--wait", "10s", "store", "verify", "--service", service}));
    if (verified.end.exit_code != 0) {
      return absl::DataLossError(absl::StrCat("store verify of ", service, ": ", verified.output, verified.errors));
    }
  }
  return absl::OkStatus();
}

std::string Suite::Program(const std::string& name) {
  const char* folder = std::getenv("SPLW_BIN_DIR");  // NOLINT(concurrency-mt-unsafe): nobody changes it
  return absl::StrCat(folder == nullptr ? "build/release/bin" : folder, "/", name);
}

std::string SourceDir() {
  const char* folder = std::getenv("SPLW_SOURCE_DIR");  // NOLINT(concurrency-mt-unsafe): nobody changes it
  return folder == nullptr ? "." : folder;
}

std::string SharedDataDir() {
  const char* named = std::getenv("SPLW_SHARED_DATA");  // NOLINT(concurrency-mt-unsafe): nobody changes it
  const std::string folder = named == nullptr ? SourceDir() + "/../shared/data" : named;
  return std::filesystem::is_directory(folder) ? folder : "";
}

}  // namespace splw::testing
