// A disk of a few megabytes for one folder, that can be filled up: a tmpfs in a mount namespace of this process's own,
// which goes with it.
#pragma once

#include <string>

#include <absl/status/status.h>

namespace splw::faults {

class SmallDisk final {
 public:
  // Call it before this process has a second thread: without the right to mount, a user namespace has to give it. Not
  // OK: this machine lets the process mount nothing.
  static absl::Status MayMount();

  // Mounts it at `folder`, which is made if missing.
  SmallDisk(std::string folder, std::size_t megabytes);
  // Nobody may use it any more.
  ~SmallDisk();

  void Fill();
  void Free();

 private:
  const std::string folder_;
};

}  // namespace splw::faults
