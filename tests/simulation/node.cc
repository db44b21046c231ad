#include "tests/simulation/node.h"

#include <utility>

#include "common/delivery/delivery_tables.h"
#include "common/delivery/sweep.h"
#include "common/text/status_macros.h"

namespace splw::simulation {

Node::Node(NodeDefinition definition, std::uint64_t seed, absl::Time start, Plant plant, OnCommit on_commit,
           OnParked on_parked)
    : definition_(std::move(definition)),
      on_parked_(std::move(on_parked)),
      random_(seed),
      clock(start),
      disk(clock, plant,
           [this, on_commit = std::move(on_commit)](const std::vector<Write>& writes) { on_commit(*this, writes); }) {
  subscription_ = signal_.Subscribe([this](const std::vector<delivery::StreamKey>& streams) {
    for (const auto& dispatcher : dispatchers_) {
      if (dispatcher == nullptr) continue;
      for (const delivery::StreamKey& stream : streams) dispatcher->OnSignal(stream);
    }
  });
  Start();
}

std::vector<const store::UntypedTable*> Node::tables() const {
  std::vector<const store::UntypedTable*> tables = definition_.tables;
  for (const store::UntypedTable* table : delivery::DeliveryTables()) tables.push_back(table);
  return tables;
}

void Node::Start() {
  ++life_;
  const std::string incarnation = "life-" + std::to_string(restores_ + 1);
  changes_ = delivery::MakeChanges({disk, random_, definition_.name, incarnation, &signal_, nullptr});
  inbox_ = std::make_unique<delivery::Inbox>(disk, *changes_);
  process_ = definition_.make({disk, *changes_, clock});
  process_->RegisterEvents(*inbox_);
  for (std::size_t replica = 0; replica < kReplicas; ++replica) RestartDispatcher(replica);
}

void Node::Crash() {
  disk.Crash();
  Start();
}

void Node::RestartDispatcher(std::size_t replica) {
  ++dispatcher_lives_[replica];
  dispatchers_[replica] = std::make_unique<delivery::DispatcherCore>(
      disk, random_, definition_.peers, delivery::DispatcherLimits{},
      [this](const delivery::StreamKey& key, const delivery::Parking& parking) { on_parked_(*this, key, parking); });
}

void Node::Restore(const Backup& backup) {
  ++restores_;
  disk.Replace(backup);
  Start();
}

absl::Status Node::RunTasks() {
  for (bool more = true; more;) {
    SPLW_ASSIGN_OR_RETURN(const bool more_tasks, process_->RunTasks());
    SPLW_ASSIGN_OR_RETURN(const bool more_requests, delivery::SweepExpiredRequests(disk));
    SPLW_ASSIGN_OR_RETURN(const bool more_feed, delivery::SweepFeed(disk));
    more = more_tasks || more_requests || more_feed;
  }
  return absl::OkStatus();
}

}  // namespace splw::simulation
