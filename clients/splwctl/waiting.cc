#include "clients/splwctl/waiting.h"

#include <chrono>
#include <utility>

#include <absl/strings/str_format.h>
#include <absl/time/clock.h>

namespace splw::ctl {
namespace {

constexpr absl::Duration kOnATerminal = absl::Seconds(1);
constexpr absl::Duration kElsewhere = absl::Seconds(2);

}  // namespace

Waiting::Waiting(std::ostream& err, bool terminal, std::string whom, absl::Duration quiet)
    : err_(err), terminal_(terminal), whom_(std::move(whom)), quiet_(quiet), thread_([this] { Run(); }) {}

Waiting::~Waiting() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  over_changed_.notify_one();
  thread_.join();
}

void Waiting::Run() {
  const absl::Time start = absl::Now();
  absl::Duration pause = quiet_;
  bool said = false;
  std::unique_lock lock(mutex_);
  while (!over_changed_.wait_for(lock, absl::ToChronoMilliseconds(pause), [this] { return over_; })) {
    const std::string line =
        absl::StrFormat("  waiting for %s: %d s", whom_, absl::ToInt64Seconds(absl::Now() - start));
    err_ << (terminal_ ? "\r\x1b[K" : "") << line << (terminal_ ? "" : "\n") << std::flush;
    said = true;
    pause = terminal_ ? kOnATerminal : kElsewhere;
  }
  if (said && terminal_) err_ << "\r\x1b[K" << std::flush;
}

}  // namespace splw::ctl
