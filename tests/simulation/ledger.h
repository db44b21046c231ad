// What users were told: every call that changes something, from its first try to its acknowledgement. The services are
// held to it: what was acknowledged stays, happened once, and reads back in the order in which it was acknowledged.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "common/rpc/call.h"
#include "common/store/store.h"

namespace splw::simulation {

class Node;

// One request of one user, with all its tries: they have the same request id.
struct UserCall {
  std::size_t number = 0;
  Node* node = nullptr;
  rpc::Call call;  // its principal makes no other call, so that the audit record shows which call a record is of
  std::string words;
  // Runs the handler; on success `reply` holds the response's bytes.
  std::function<absl::StatusOr<store::Position>(const rpc::Call&, std::string* reply)> run;

  std::uint64_t tried_at = 0;  // the ledger's moment of the first try
  absl::Time tried_time;       // the same by the service's clock
  bool acknowledged = false;   // an answer came: a moment later than all it tells of is durable
  std::uint64_t acknowledged_at = 0;
  std::string reply;                                       // the first answer that came
  bool refused = false;                                    // a definite error: nothing happened
  std::uint64_t commit = 0;                                // which commit of its node did it; 0: none that is known
  bool taken_back = false;                                 // by a restore from a backup: nothing is promised any more
  std::vector<std::pair<std::string, std::string>> audit;  // keys and bytes of its records in the audit
  std::vector<std::string> records;  // keys of the records that it wrote and that are never erased
  std::string listed;  // key of the record that it added to a list of a case, in the order of its recording; or empty
};

// Of a key in such a list: the ULID at its end, with what closes it (common/store/keys.h).
inline constexpr std::size_t kListedIdBytes = 28;

class Ledger final {
 public:
  std::shared_ptr<UserCall> Open(Node& node, rpc::Call call, std::string words);
  std::uint64_t NextMoment() { return ++moment_; }

  const std::deque<std::shared_ptr<UserCall>>& calls() const { return calls_; }

 private:
  std::uint64_t moment_ = 0;
  std::deque<std::shared_ptr<UserCall>> calls_;
};

}  // namespace splw::simulation
