// The simulated suite and everything around it: three services, their network, their users, their operator, and time.
// One thread; what happens follows from the seed and the steps alone.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <absl/strings/str_format.h>
#include <absl/time/time.h>

#include "common/identity/principal.h"
#include "common/rpc/call.h"
#include "tests/simulation/draw.h"
#include "tests/simulation/ledger.h"
#include "tests/simulation/network.h"
#include "tests/simulation/node.h"
#include "tests/simulation/plant.h"
#include "tests/simulation/profile.h"

namespace splw::simulation {

inline constexpr char kNetwork[] = "U12345";
inline constexpr char kParent[] = "networks/U12345";

struct Failure {
  std::string rule;   // which promise was broken
  std::string words;  // what was seen
};

// Who calls.
struct Role {
  const char* title;  // in traces
  identity::Role role;
  const char* organisation = "";
};

class World final {
 public:
  // `tells`: keeps the story of the run in words.
  World(std::uint64_t seed, Plant plant, bool tells);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  const Profile& profile() const { return profile_; }
  Node& intake() { return *nodes_[0]; }
  Node& caseload() { return *nodes_[1]; }
  Node& mdt() { return *nodes_[2]; }
  Node& node(std::size_t index) { return *nodes_[index]; }
  static constexpr std::size_t kNodes = 3;
  Network& network() { return network_; }
  const Ledger& ledger() const { return ledger_; }

  // --- Users ---

  // A user asks for a change, for the first time. `words` is what they do, for the story. The request gets an id of its
  // own.
  template <typename Handlers, typename Request, typename Response>
  void Send(Draw& draw, Node& node, const Role& role, Handlers& (*handlers)(World&),
            absl::StatusOr<store::Position> (Handlers::*method)(const rpc::Call&, const Request&, Response*),
            Request request, const char* name, std::string words) {
    const std::shared_ptr<UserCall> call = ledger_.Open(node, CallOf(role, name), std::move(words));
    request.set_request_id("request-" + std::to_string(call->number));
    call->run = [this, handlers, method, request = std::move(request)](const rpc::Call& made, std::string* reply) {
      Response response;
      const absl::StatusOr<store::Position> maybe_position = (handlers(*this).*method)(made, request, &response);
      if (maybe_position.ok()) *reply = response.SerializeAsString();
      return maybe_position;
    };
    Try(draw, call);
  }
  // The same request once more: its answer was lost, or the user is not sure.
  void Repeat(Draw& draw, const std::shared_ptr<UserCall>& call) { Try(draw, call); }

  // A user looks something up, and waits for it. Nothing if the reader had no patience with a disk that had not synced.
  template <typename Handlers, typename Request, typename Response>
  std::optional<Response> Read(Draw& draw, Node& node, Handlers& (*handlers)(World&),
                               absl::StatusOr<store::Position> (Handlers::*method)(const rpc::Call&, const Request&,
                                                                                   Response*),
                               const Request& request) {
    Response response;
    const absl::StatusOr<store::Position> maybe_position =
        (handlers(*this).*method)(CallOf(kReader, "Read"), request, &response);
    if (!Readable(draw, node, maybe_position)) return std::nullopt;
    return response;
  }

  // --- Time, network, disasters ---

  absl::Time now() const { return now_; }
  void Advance(absl::Duration step);
  // Moves one service's wall clock against the time that passes.
  void JumpClock(Node& node, absl::Duration by);
  // The services send what they have to send, and some of it arrives.
  void Carry(Draw& draw, int rounds);
  void Crash(Node& node);
  void TakeBackup(Node& node);
  // Where there is a backup of one: once a run.
  void Restore();
  bool restored() const { return restored_; }

  // All is well again: no loss, no partition, every disk syncs, and everything that is under way arrives. Fails where
  // events still wait after that.
  void Settle();
  bool settled() const { return settled_; }

  // --- The story ---

  bool tells() const { return tells_; }
  template <typename... Args>
  void Say(const absl::FormatSpec<Args...>& format, const Args&... args) {
    if (tells_) story_.push_back(absl::StrFormat(format, args...));
  }
  const std::vector<std::string>& story() const { return story_; }
  // Remembers the first failure.
  void Fail(std::string_view rule, const std::string& words);
  const std::optional<Failure>& failure() const { return failure_; }

  // How often which call ended how ("NominateForMdt OK", "CloseCase FEEDBACK_DUE"): shows what the simulation reaches.
  const std::map<std::string, std::uint64_t>& outcomes() const { return outcomes_; }
  void Count(const std::string& what) { ++outcomes_[what]; }

 private:
  static constexpr Role kReader{"a reader", identity::Role::kAuditor};

  rpc::Call CallOf(const Role& role, const char* method);
  void Try(Draw& draw, const std::shared_ptr<UserCall>& call);
  void Acknowledge(const std::shared_ptr<UserCall>& call, const std::string& reply);
  void NoteCommit(UserCall& call);
  bool Readable(Draw& draw, Node& node, const absl::StatusOr<store::Position>& maybe_position);
  void InjectFaults(Draw& draw, Node& node);
  void OnCommit(Node& node, const std::vector<Write>& writes);
  void OnParked(Node& node, const delivery::StreamKey& stream, const delivery::Parking& parking);
  bool NothingWaits();

  const Profile profile_;
  const bool tells_;
  absl::Time now_;
  Ledger ledger_;
  std::array<std::unique_ptr<Node>, kNodes> nodes_;
  Network network_;
  std::array<absl::Duration, kNodes> clock_offsets_;
  std::optional<std::pair<Node*, Backup>> backup_;
  bool restored_ = false;
  bool settled_ = false;
  std::vector<std::string> story_;
  std::optional<Failure> failure_;
  std::map<std::string, std::uint64_t> outcomes_;
};

// A resource's name with its ULIDs cut to what tells them apart.
std::string Short(std::string_view name);

}  // namespace splw::simulation
