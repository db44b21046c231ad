// Records: what was acknowledged is there for ever and in its order; indexes match; the audit record has every change
// once.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "common/audit/audit_log.h"
#include "common/delivery/delivery_tables.h"
#include "common/store/verify.h"
#include "tests/simulation/features.h"
#include "tests/simulation/records.h"

namespace splw::simulation {
namespace {

void CheckIndexes(World& world, Node& node) {
  const auto maybe_report = store::VerifyStore(node.disk, node.tables(), {.page_entries = 5'000});
  if (!maybe_report.ok()) {
    return world.Fail("indexes match records", node.name() + ": " + std::string(maybe_report.status().message()));
  }
  if (!maybe_report->sound()) {
    world.Fail("indexes match records", node.name() + ": " + std::to_string(maybe_report->fault_count) +
                                            " faults, the first in table " + maybe_report->faults.front().table);
  }
}

bool IsUser(const delivery::storage::v1::AuditRecord& record) {
  return record.role() != "SERVICE";
}

void CheckAudit(World& world, Node& node) {
  std::uint64_t sequence = 0;
  std::set<std::tuple<std::string, std::string, std::string>> seen;
  for (const auto& record : AllOf(world, node, audit::AuditRecords())) {
    if (record.sequence() != ++sequence) {
      return world.Fail("the audit record has every change once",
                        node.name() + " lacks record " + std::to_string(sequence));
    }
    // A user of the simulation makes one call.
    if (IsUser(record) && !seen.emplace(record.actor(), record.action(), record.resource()).second) {
      world.Fail("the audit record has every change once",
                 record.actor() + "'s " + record.action() + " of " + Short(record.resource()) + " is there twice");
    }
  }
  std::uint64_t fed = 0;
  for (const auto& entry : AllOf(world, node, delivery::FeedEntries())) {
    if (fed != 0 && entry.sequence() != fed + 1) {
      world.Fail("the feed has every change once", node.name() + " lacks entry " + std::to_string(fed + 1));
    }
    fed = entry.sequence();
  }
}

// Every record of an acknowledged call is where it was, in the audit with the same bytes.
void CheckKept(World& world, const UserCall& call) {
  if (call.audit.empty()) {
    return world.Fail("the audit record has every change once", call.words + " was acknowledged, and is not in it");
  }
  const auto look = [&](store::Snapshot& snapshot) -> absl::Status {
    for (const auto& [key, bytes] : call.audit) {
      const auto maybe_value = snapshot.Get(key);
      if (!maybe_value.ok()) return maybe_value.status();
      if (*maybe_value != bytes) {
        world.Fail("what was acknowledged is kept", call.words + " was acknowledged, and its audit record is gone");
      }
    }
    for (const std::string& key : call.records) {
      const auto maybe_value = snapshot.Get(key);
      if (!maybe_value.ok()) return maybe_value.status();
      if (!maybe_value->has_value()) {
        world.Fail("what was acknowledged is kept", call.words + " was acknowledged, and its record is gone");
      }
    }
    return absl::OkStatus();
  };
  (void)call.node->disk.View({}, look);
}

using Calls = std::vector<const UserCall*>;

// Whoever was acknowledged before another began stands before it: `place` gives each call's place.
template <typename Place>
void CheckOrder(World& world, Calls calls, const char* what, const Place& place) {
  std::sort(calls.begin(), calls.end(), [&](const UserCall* a, const UserCall* b) { return place(*a) < place(*b); });
  const UserCall* last = nullptr;  // of those so far, the one that began last
  for (const UserCall* call : calls) {
    if (last != nullptr && call->acknowledged_at < last->tried_at) {
      world.Fail("history reads back in the order in which it was acknowledged",
                 call->words + " was acknowledged before " + last->words + " began, and stands after it in " + what);
    }
    if (last == nullptr || call->tried_at > last->tried_at) last = call;
  }
}

void CheckHistory(World& world, Node& node) {
  Calls calls;
  std::map<std::string, Calls> lists;  // by the part of a list's keys that all have
  for (const auto& call : world.ledger().calls()) {
    if (call->node != &node || !call->acknowledged || call->taken_back) continue;
    CheckKept(world, *call);
    if (call->audit.empty()) continue;
    calls.push_back(call.get());
    if (!call->listed.empty())
      lists[call->listed.substr(0, call->listed.size() - kListedIdBytes)].push_back(call.get());
  }
  CheckOrder(world, calls, "the audit record", [](const UserCall& call) { return call.audit.front().first; });
  for (const auto& [prefix, listed] : lists) {
    CheckOrder(world, listed, "its list", [](const UserCall& call) { return call.listed; });
  }
}

void CheckSettled(World& world) {
  for (std::size_t i = 0; i < World::kNodes; ++i) {
    Node& node = world.node(i);
    CheckIndexes(world, node);
    CheckAudit(world, node);
    CheckHistory(world, node);
  }
}

}  // namespace

Feature RecordFeature() {
  return {.name = "record rules", .actions = {}, .check_settled = CheckSettled};
}

}  // namespace splw::simulation
