// What every service's main.cc says, and nothing else of a process: RunService does the flags, the store, the server,
// the dispatcher, the timers, metrics, health, draining and stopping.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <grpcpp/grpcpp.h>

#include "common/delivery/change.h"
#include "common/delivery/inbox.h"
#include "common/identity/policy.h"
#include "common/ids/random.h"
#include "common/rpc/calls.h"
#include "common/store/store.h"
#include "common/store/table.h"
#include "common/time/clock.h"

namespace splw::rpc {

// What a service is built on. All of it outlives the service's objects.
struct ServiceParts {
  store::Store& store;
  delivery::Changes& changes;
  Calls& calls;
  time::Clock& clock;
  ids::Random& random;
  std::string data_dir;  // for keys of the service's own
};

// Runs every `interval`, on a thread of the process; must be harmless to repeat and bounded (it is called again at once
// when it returns true: more to do).
struct PeriodicTask {
  std::string name;
  absl::Duration interval;
  std::function<absl::StatusOr<bool>()> run;
};

// A service's objects, made when the store is open.
class ServiceObjects {
 public:
  virtual ~ServiceObjects() = default;
  virtual std::vector<grpc::Service*> services() = 0;
  virtual void RegisterEvents(delivery::Inbox& inbox) = 0;
  virtual std::vector<PeriodicTask> tasks() { return {}; }
};

struct PeerDefinition {
  std::string name;             // "caseload": the destination of events; the flag is --caseload-address
  std::string default_address;  // "127.0.0.1:7402"
};

struct ServiceDefinition {
  std::string name;         // "referral-intake": also the source of its events
  std::string description;  // for --help
  int default_port = 0;
  int default_metrics_port = 0;
  std::vector<PeerDefinition> peers;               // to whom it sends events
  std::vector<const store::UntypedTable*> tables;  // for `store verify`; delivery's own are added
  std::vector<identity::PolicyRow> policy;         // delivery's, operations' and health's rows are added
  std::vector<std::string> store_keys;  // files of the data folder that are made for its store, once it is open
  // An error: the service must not start; its message says why and what to do.
  std::function<absl::StatusOr<std::unique_ptr<ServiceObjects>>(const ServiceParts&)> make;
};

// Returns the exit status (sysexits.h): 0 after an orderly stop; 64 for bad flags; 69 where a port or the store is
// taken; 70 for a defect; 74 for a store, or what belongs to it, that cannot be used, and where the disk refused writes
// while it served (start it again: what was acknowledged is there).
int RunService(int argc, char** argv, const ServiceDefinition& definition);

}  // namespace splw::rpc
