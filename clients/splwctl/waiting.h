// Says that a call is waited for, while the thread that made it cannot.
#pragma once

#include <condition_variable>
#include <mutex>
#include <ostream>
#include <string>
#include <thread>

#include <absl/time/time.h>

namespace splw::ctl {

// While it lives, nothing else may write to `err`. Says nothing within `quiet`; then, on a terminal, how long it has been, on one line that is
// wiped at the end; elsewhere a line every two seconds.
class Waiting final {
 public:
  Waiting(std::ostream& err, bool terminal, std::string whom, absl::Duration quiet);
  ~Waiting();
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

 private:
  void Run();

  std::ostream& err_;
  const bool terminal_;
  const std::string whom_;
  const absl::Duration quiet_;
  std::mutex mutex_;
  std::condition_variable over_changed_;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace splw::ctl
