// A real program, started by a test and never left behind. Linux only.
#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

namespace splw::testing {

struct ProcessOptions {
  std::string program;  // a path
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment;  // added to this process's own
  std::string stdin_file;                          // empty: /dev/null
  std::string stdout_file;                         // appended to; empty: /dev/null
  std::string stderr_file;                         // appended to; empty: /dev/null
};

// How a process ended.
struct ProcessEnd {
  int exit_code = -1;  // -1: by a signal
  int signal = 0;      // 0: it exited
};

// Not thread-safe. Ends with SIGKILL when destroyed, or when this process dies.
class Process final {
 public:
  static absl::StatusOr<Process> Start(const ProcessOptions& options);

  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  pid_t pid() const { return pid_; }
  bool Running();
  void Signal(int number);
  // Waits for the end; nullopt if it has not come by then.
  std::optional<ProcessEnd> Wait(absl::Duration at_most);
  // SIGKILL, and waits.
  void Kill();

 private:
  explicit Process(pid_t pid) : pid_(pid) {}
  pid_t pid_ = -1;
  std::optional<ProcessEnd> end_;
};

// Runs a program to its end. DEADLINE_EXCEEDED (and it is killed) if that takes longer than `at_most`.
struct ProcessOutput {
  ProcessEnd end;
  std::string output;  // standard output
  std::string errors;  // standard error
};
absl::StatusOr<ProcessOutput> RunProcess(const std::string& program, const std::vector<std::string>& arguments,
                                         absl::Duration at_most, const std::string& input = "",
                                         const std::map<std::string, std::string>& environment = {});

// A whole file; empty if it is not there.
std::string ReadFile(const std::string& path);
void WriteFile(const std::string& path, const std::string& text);

// Calls `condition` until it is true, with short pauses: for what happens in other processes. False after
// `at_most`.
template <typename Condition>
bool Eventually(absl::Duration at_most, Condition condition);

}  // namespace splw::testing

#include <absl/time/clock.h>

template <typename Condition>
bool splw::testing::Eventually(absl::Duration at_most, Condition condition) {
  const absl::Time until = absl::Now() + at_most;
  while (!condition()) {
    if (absl::Now() >= until) return false;
    absl::SleepFor(absl::Milliseconds(5));
  }
  return true;
}
