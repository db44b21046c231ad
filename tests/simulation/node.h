// One service of the simulated suite, as its main.cc would put it together, without gRPC and threads: a disk that
// outlives its processes, and on it the handlers, the inbox, the timers and two dispatchers, as two replicas would have
// them.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "common/delivery/changes.h"
#include "common/delivery/dispatcher_core.h"
#include "common/delivery/inbox.h"
#include "common/delivery/outbox_signal.h"
#include "common/ids/random.h"
#include "common/store/table.h"
#include "common/time/clock.h"
#include "tests/simulation/disk.h"

namespace splw::simulation {

inline constexpr std::size_t kReplicas = 2;

// A service's objects, made anew with every process.
class Process {
 public:
  virtual ~Process() = default;
  virtual void RegisterEvents(delivery::Inbox& inbox) = 0;
  // Its periodic tasks but for those that every service has; true: there is more to do at once.
  virtual absl::StatusOr<bool> RunTasks() { return false; }
};

struct NodeParts {
  store::Store& store;
  delivery::Changes& changes;
  const time::Clock& clock;
};

struct NodeDefinition {
  std::string name;                // "caseload"
  std::vector<std::string> peers;  // to whom it sends events
  std::vector<const store::UntypedTable*> tables;
  std::function<std::unique_ptr<Process>(const NodeParts&)> make;
};

class Node final {
 public:
  using OnParked = std::function<void(Node&, const delivery::StreamKey&, const delivery::Parking&)>;
  using OnCommit = std::function<void(Node&, const std::vector<Write>&)>;

  Node(NodeDefinition definition, std::uint64_t seed, absl::Time start, Plant plant, OnCommit on_commit,
       OnParked on_parked);
  ~Node() { disk.Crash(); }  // nobody is told of anything any more
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  const std::string& name() const { return definition_.name; }
  // Its own and delivery's.
  std::vector<const store::UntypedTable*> tables() const;

  // The power fails, and a new process starts on what was synced.
  void Crash();
  // The process of one replica starts anew: what its dispatcher had in mind is gone.
  void RestartDispatcher(std::size_t replica);
  // The disk is put back as it was in `backup`; the operator says so (--restored), and its events come from a new life.
  void Restore(const Backup& backup);
  // All periodic tasks once, until they have no more to do.
  absl::Status RunTasks();

  Process& process() { return *process_; }
  delivery::Inbox& inbox() { return *inbox_; }
  delivery::Changes& changes() { return *changes_; }
  delivery::DispatcherCore& dispatcher(std::size_t replica) { return *dispatchers_[replica]; }
  // Changes with every new process: what was meant for an earlier one finds nobody.
  std::uint64_t life() const { return life_; }
  // Which of its replicas' dispatchers: changes with every restart.
  std::uint64_t dispatcher_life(std::size_t replica) const { return dispatcher_lives_[replica]; }

 private:
  void Start();

  const NodeDefinition definition_;
  const OnParked on_parked_;
  ids::SeededRandom random_;
  delivery::OutboxSignal signal_;  // before the disk: its last callbacks come here

 public:
  time::FakeClock clock;
  Disk disk;

 private:
  std::uint64_t life_ = 0;
  std::uint64_t restores_ = 0;
  std::unique_ptr<delivery::Changes> changes_;
  std::unique_ptr<delivery::Inbox> inbox_;
  std::unique_ptr<Process> process_;
  std::array<std::unique_ptr<delivery::DispatcherCore>, kReplicas> dispatchers_;
  std::array<std::uint64_t, kReplicas> dispatcher_lives_{};
  std::shared_ptr<void> subscription_;
};

}  // namespace splw::simulation
