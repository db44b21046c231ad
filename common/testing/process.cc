#include "common/testing/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

#include <absl/strings/str_cat.h>

#include "common/testing/temp_dir.h"

namespace splw::testing {
namespace {

// In the child: only what is safe after fork in a program with threads.
[[noreturn]] void Become(const char* program, char* const* arguments, char* const* environment, int in, int out,
                         int errors) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  dup2(in, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(errors, STDERR_FILENO);
  execve(program, arguments, environment);
  _exit(127);
}

int OpenOrNull(const std::string& path, int flags) {
  return open(path.empty() ? "/dev/null" : path.c_str(), flags | O_CLOEXEC, 0600);
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

absl::StatusOr<Process> Process::Start(const ProcessOptions& options) {
  if (access(options.program.c_str(), X_OK) != 0) {
    return absl::NotFoundError(absl::StrCat(options.program, " is not there, or not a program"));
  }
  std::vector<std::string> arguments = {options.program};
  arguments.insert(arguments.end(), options.arguments.begin(), options.arguments.end());
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string text = *variable;
    if (options.environment.count(text.substr(0, text.find('='))) == 0) variables.push_back(text);
  }
  for (const auto& [name, value] : options.environment) variables.push_back(absl::StrCat(name, "=", value));
  std::vector<char*> argument_pointers = Pointers(arguments);
  std::vector<char*> variable_pointers = Pointers(variables);

  const int in = OpenOrNull(options.stdin_file, O_RDONLY);
  const int out = OpenOrNull(options.stdout_file, O_WRONLY | O_CREAT | O_APPEND);
  const int errors = OpenOrNull(options.stderr_file, O_WRONLY | O_CREAT | O_APPEND);
  const pid_t pid = fork();
  if (pid == 0) {
    Become(options.program.c_str(), argument_pointers.data(), variable_pointers.data(), in, out, errors);
  }
  const int failure = errno;
  for (int file : {in, out, errors}) {
    if (file >= 0) close(file);
  }
  if (pid < 0) return absl::InternalError(absl::StrCat("fork: ", std::strerror(failure)));
  return Process(pid);
}

Process::Process(Process&& other) noexcept : pid_(std::exchange(other.pid_, -1)), end_(other.end_) {}

Process& Process::operator=(Process&& other) noexcept {
  if (this != &other) {
    Kill();
    pid_ = std::exchange(other.pid_, -1);
    end_ = other.end_;
  }
  return *this;
}

Process::~Process() {
  Kill();
}

bool Process::Running() {
  return pid_ > 0 && !Wait(absl::ZeroDuration()).has_value();
}

void Process::Signal(int number) {
  if (Running()) kill(pid_, number);
}

std::optional<ProcessEnd> Process::Wait(absl::Duration at_most) {
  if (pid_ <= 0 || end_.has_value()) return end_;
  int status = 0;
  const bool ended = Eventually(at_most, [&] { return waitpid(pid_, &status, WNOHANG) == pid_; });
  if (!ended) return std::nullopt;
  end_.emplace();
  if (WIFEXITED(status)) {
    end_->exit_code = WEXITSTATUS(status);
  } else {
    end_->signal = WTERMSIG(status);
  }
  return end_;
}

void Process::Kill() {
  if (pid_ <= 0 || end_.has_value()) return;
  kill(pid_, SIGKILL);
  Wait(absl::Seconds(30));
}

absl::StatusOr<ProcessOutput> RunProcess(const std::string& program, const std::vector<std::string>& arguments,
                                         absl::Duration at_most, const std::string& input,
                                         const std::map<std::string, std::string>& environment) {
  TempDir folder;
  ProcessOptions options;
  options.program = program;
  options.arguments = arguments;
  options.environment = environment;
  options.stdout_file = folder.path() + "/output";
  options.stderr_file = folder.path() + "/errors";
  if (!input.empty()) {
    options.stdin_file = folder.path() + "/input";
    WriteFile(options.stdin_file, input);
  }
  absl::StatusOr<Process> maybe_process = Process::Start(options);
  if (!maybe_process.ok()) return maybe_process.status();
  const std::optional<ProcessEnd> end = maybe_process->Wait(at_most);
  if (!end.has_value()) {
    maybe_process->Kill();
    return absl::DeadlineExceededError(
        absl::StrCat(program, " did not end by itself; it said: ", ReadFile(options.stderr_file)));
  }
  return ProcessOutput{*end, ReadFile(options.stdout_file), ReadFile(options.stderr_file)};
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void WriteFile(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace splw::testing
