#include "tests/simulation/world.h"

#include <algorithm>
#include <cctype>

#include "common/delivery/outbox.h"
#include "common/text/failure.h"
#include "common/text/status_macros.h"
#include "tests/simulation/feature.h"
#include "tests/simulation/services.h"

namespace splw::simulation {
namespace {

// Thursday, 1 October 2026, 08:00 UTC: the clocks of London change in the fourth week.
constexpr std::int64_t kStart = 1'790'841'600;
// A reader waits for the disk more often than not.
constexpr int kPatience = 80;
constexpr absl::Duration kFurthestClock = absl::Hours(72);
// A round moves what can move; what waits longest is an outage's delay, seconds of simulated time.
constexpr int kSettleRounds = 3'000;

// Of the tables whose records nobody ever takes away.
bool IsKept(const std::string& table) {
  static const auto* const kTables = new std::set<std::string>{
      "referral",          "policy", "case",    "contact", "assessment", "signpost", "nomination", "link_worker",
      "community_service", "mdt",    "meeting", "action"};
  return kTables->count(table) > 0;
}

// Of the tables that a case's history is read from, in the order of recording.
bool IsListed(const std::string& table) {
  return table == "contact" || table == "assessment" || table == "signpost";
}

// An error after which nobody knows whether it happened.
bool IsUncertain(const absl::Status& status) {
  return absl::IsUnknown(status) || (absl::IsAborted(status) && text::ReasonOf(status).empty());
}

// An error that says that a service, not a request, is wrong.
bool IsDefect(const absl::Status& status) {
  return absl::IsInternal(status) || absl::IsDataLoss(status);
}

std::string Outcome(const absl::Status& status) {
  const std::string reason = text::ReasonOf(status);
  return reason.empty() ? absl::StatusCodeToString(status.code()) : reason;
}

}  // namespace

std::string Short(std::string_view name) {
  constexpr std::size_t kUlid = 26;
  constexpr std::size_t kTail = 4;
  constexpr std::string_view kPrefix = "networks/U12345/";
  if (name.substr(0, kPrefix.size()) == kPrefix) name.remove_prefix(kPrefix.size());
  std::string result;
  std::string part;
  const auto flush = [&] {
    result += part.size() == kUlid && part[0] == '0' ? "…" + part.substr(kUlid - kTail) : part;
    part.clear();
  };
  for (const char c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      part += c;
      continue;
    }
    flush();
    result += c;
  }
  flush();
  return result;
}

World::World(std::uint64_t seed, Plant plant, bool tells)
    : profile_(ProfileOf(seed)),
      tells_(tells),
      now_(absl::FromUnixSeconds(kStart)),
      network_(
          profile_, plant,
          [this](Node& to, const delivery::v1::DeliverRequest& request, const delivery::v1::DeliverResponse& response) {
            for (const Feature& feature : AllFeatures()) {
              if (feature.check_delivered != nullptr) feature.check_delivered(*this, to, request, response);
            }
          }) {
  std::vector<NodeDefinition> definitions = AllServices();
  for (std::size_t i = 0; i < kNodes; ++i) {
    nodes_[i] = std::make_unique<Node>(
        std::move(definitions[i]), seed * kNodes + i, now_, plant,
        [this](Node& node, const std::vector<Write>& writes) { OnCommit(node, writes); },
        [this](Node& node, const delivery::StreamKey& stream, const delivery::Parking& parking) {
          OnParked(node, stream, parking);
        });
    network_.Connect(*nodes_[i]);
  }
}

void World::Fail(std::string_view rule, const std::string& words) {
  if (failure_.has_value()) return;
  failure_ = Failure{std::string(rule), words};
  Say("BROKEN: %s: %s", failure_->rule, words);
}

// --- Users ---

rpc::Call World::CallOf(const Role& role, const char* method) {
  rpc::Call call;
  call.principal.role = role.role;
  call.principal.organisation = role.organisation;
  call.principal.networks = {kNetwork};
  call.principal.id = role.title;
  call.method = method;
  call.network = kNetwork;
  call.correlation_id = "reader";
  call.deadline = absl::InfiniteFuture();
  return call;
}

void World::InjectFaults(Draw& draw, Node& node) {
  if (settled_) return;
  if (draw.Percent(profile_.conflicts)) node.disk.RerunNext(1);
  if (draw.Percent(profile_.conflicts)) node.disk.AbortNext(1);
  if (draw.Percent(profile_.forgotten)) node.disk.ForgetNextAnswer();
}

void World::Try(Draw& draw, const std::shared_ptr<UserCall>& call) {
  Node& node = *call->node;
  if (call->tried_at == 0) {
    call->tried_at = ledger_.NextMoment();
    call->tried_time = node.disk.StoreNow();
  }
  if (!settled_ && draw.Percent(profile_.lost)) {
    Say("  %s: the request is lost", call->words);
    return;
  }
  InjectFaults(draw, node);
  const std::uint64_t before = node.disk.commits();
  std::string reply;
  const absl::StatusOr<store::Position> maybe_position = call->run(call->call, &reply);
  if (node.disk.commits() != before) NoteCommit(*call);
  Count(call->call.method + " " + Outcome(maybe_position.status()));
  Say("  %s: %s", call->words, Outcome(maybe_position.status()));
  if (!maybe_position.ok()) {
    const absl::Status& status = maybe_position.status();
    if (IsDefect(status)) return Fail("no error inside", call->words + ": " + status.ToString());
    if (IsUncertain(status)) return;
    if (call->commit != 0 && !call->taken_back) {
      return Fail("a repeat gets the first answer",
                  call->words + " was done, and its repeat is refused: " + std::string(status.message()));
    }
    call->refused = true;
    return;
  }
  const bool lost = !settled_ && draw.Percent(profile_.lost);
  node.disk.WhenDurable(*maybe_position, [this, call, reply = std::move(reply), lost] {
    if (!lost) Acknowledge(call, reply);
  });
}

void World::Acknowledge(const std::shared_ptr<UserCall>& call, const std::string& reply) {
  if (call->acknowledged) {
    if (call->reply != reply && !call->taken_back) {
      Fail("a repeat gets the first answer", call->words + ": the second answer is another one");
    }
    return;
  }
  call->acknowledged = true;
  call->acknowledged_at = ledger_.NextMoment();
  call->reply = reply;
}

void World::NoteCommit(UserCall& call) {
  if (call.commit != 0 && !call.taken_back) Fail("once", call.words + " was done twice");
  call.commit = call.node->disk.commits();
  call.audit.clear();
  call.records.clear();
  call.listed.clear();
  for (const Write& write : call.node->disk.last_writes()) {
    if (!write.after.has_value()) continue;
    if (write.table == "audit") call.audit.emplace_back(write.key, *write.after);
    if (IsKept(write.table)) call.records.push_back(write.key);
    if (!write.before.has_value() && IsListed(write.table)) call.listed = write.key;
  }
}

bool World::Readable(Draw& draw, Node& node, const absl::StatusOr<store::Position>& maybe_position) {
  if (!maybe_position.ok()) {
    if (IsDefect(maybe_position.status())) Fail("no error inside", "a read: " + maybe_position.status().ToString());
    return false;
  }
  if (node.disk.IsDurable(*maybe_position)) return true;
  if (!draw.Percent(kPatience)) return false;
  node.disk.Sync();
  return true;
}

// --- Time, network, disasters ---

void World::Advance(absl::Duration step) {
  now_ += step;
  for (const auto& node : nodes_) node->clock.Advance(step);
}

void World::JumpClock(Node& node, absl::Duration by) {
  absl::Duration& offset = clock_offsets_[static_cast<std::size_t>(
      std::find_if(nodes_.begin(), nodes_.end(), [&](const auto& each) { return each.get() == &node; }) -
      nodes_.begin())];
  const absl::Duration next = std::clamp(offset + by, -kFurthestClock, kFurthestClock);
  node.clock.Advance(next - offset);
  offset = next;
}

void World::Carry(Draw& draw, int rounds) {
  for (int i = 0; i < rounds && !failure_.has_value(); ++i) {
    for (const auto& node : nodes_) {
      InjectFaults(draw, *node);
      if (draw.Percent(profile_.synced)) node->disk.Sync();
    }
    network_.Collect();
    network_.CarryRound(draw, /*fair=*/false);
    Advance(absl::Milliseconds(5));
  }
}

void World::Crash(Node& node) {
  node.Crash();
  for (const std::shared_ptr<UserCall>& call : ledger_.calls()) {
    if (call->node != &node || call->commit <= node.disk.commits() || call->taken_back) continue;
    if (call->acknowledged) {
      Fail("what was acknowledged is kept", call->words + " was acknowledged, and is gone after the power failed");
    }
    call->commit = 0;
    call->listed.clear();
  }
}

void World::TakeBackup(Node& node) {
  if (!backup_.has_value()) backup_.emplace(&node, node.disk.Copy());
}

void World::Restore() {
  if (!backup_.has_value() || restored_) return;
  restored_ = true;
  const auto& [node, backup] = *backup_;
  Say("%s is put back as it was in its backup", node->name());
  for (const std::shared_ptr<UserCall>& call : ledger_.calls()) {
    if (call->node == node && (call->commit > backup.commits || call->commit == 0)) call->taken_back = true;
  }
  node->Restore(backup);
}

void World::OnCommit(Node& node, const std::vector<Write>& writes) {
  for (const Write& write : writes) {
    if (!write.after.has_value() && IsKept(write.table)) {
      Fail("what was acknowledged is kept", node.name() + " erases a record of table " + write.table);
    }
    for (const Feature& feature : AllFeatures()) {
      if (feature.check_write != nullptr) feature.check_write(*this, node, write);
    }
  }
}

void World::OnParked(Node& node, const delivery::StreamKey& stream, const delivery::Parking& parking) {
  Say("%s parks its stream %s for %s: %s (%s)", node.name(), Short(stream.stream), stream.destination, parking.reason,
      parking.message);
  Count("parked " + parking.reason);
  // Revision 0: its records could not be read or settled; on command that is so for a while.
  const bool defect =
      parking.revision == 0 ? parking.reason == "DATA_LOSS" || parking.reason == "INTERNAL" : !restored_;
  if (defect) {
    Fail("no stream is parked", node.name() + " parks " + Short(stream.stream) + " for " + stream.destination + ": " +
                                    parking.reason + ", " + parking.message);
  }
}

bool World::NothingWaits() {
  for (const auto& node : nodes_) {
    bool waits = false;
    const auto look = [&](store::Snapshot& snapshot) -> absl::Status {
      SPLW_ASSIGN_OR_RETURN(const delivery::WaitingPage page,
                            delivery::ListWaitingStreams(snapshot, "", false, {.size = 1'000, .after = {}}));
      waits = std::any_of(page.streams.begin(), page.streams.end(),
                          [](const delivery::WaitingStream& stream) { return !stream.parked; });
      return absl::OkStatus();
    };
    if (!node->disk.View({}, look).ok() || waits) return false;
  }
  return true;
}

void World::Settle() {
  if (!settled_) Say("All is well again: the network is mended, the disks sync, everything arrives");
  settled_ = true;
  network_.Mend();
  for (const auto& node : nodes_) node->disk.SyncAlways();
  Draw draw(0);
  for (int i = 0; i < kSettleRounds && !failure_.has_value(); ++i) {
    network_.Collect();
    if (network_.empty() && NothingWaits()) return;
    absl::Duration wait = network_.empty() ? absl::Seconds(5) : absl::Milliseconds(1);
    network_.CarryRound(draw, /*fair=*/true);
    for (const auto& node : nodes_) {
      for (std::size_t replica = 0; replica < kReplicas; ++replica) {
        wait = std::min(wait, node->dispatcher(replica).NextWakeup() - node->clock.Now());
      }
    }
    Advance(std::max(wait, absl::Milliseconds(1)));
  }
  if (!failure_.has_value()) Fail("every event arrives", "events still wait long after all was well again");
}

std::shared_ptr<UserCall> Ledger::Open(Node& node, rpc::Call call, std::string words) {
  auto opened = std::make_shared<UserCall>();
  opened->number = calls_.size() + 1;
  opened->node = &node;
  opened->call = std::move(call);
  opened->call.principal.id += "." + std::to_string(opened->number);
  opened->call.correlation_id = "call-" + std::to_string(opened->number);
  opened->words = opened->call.principal.id + " " + std::move(words);
  calls_.push_back(opened);
  return opened;
}

}  // namespace splw::simulation
