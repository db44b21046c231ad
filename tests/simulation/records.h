// What the invariants look at: records as the services keep them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/store/table.h"
#include "tests/simulation/disk.h"
#include "tests/simulation/node.h"
#include "tests/simulation/world.h"

namespace splw::simulation {

// All records of a table, in the order of their keys. A run writes hundreds, not thousands.
template <typename Record>
std::vector<Record> AllOf(World& world, Node& node, const store::Table<Record>& table) {
  std::vector<Record> records;
  const auto read = [&](store::Snapshot& snapshot) -> absl::Status {
    auto maybe_page = table.Scan(snapshot, kNetwork, {.size = 9'000, .after = {}});
    if (!maybe_page.ok()) return maybe_page.status();
    records = std::move(maybe_page->records);
    return absl::OkStatus();
  };
  if (const auto maybe = node.disk.View({}, read); !maybe.ok()) {
    world.Fail("every record can be read", table.name() + ": " + std::string(maybe.status().message()));
  }
  return records;
}

template <typename Record>
std::optional<Record> OneOf(Node& node, const store::Table<Record>& table, const std::string& encoded_key) {
  std::optional<Record> record;
  const auto read = [&](store::Snapshot& snapshot) -> absl::Status {
    auto maybe_record = table.Get(snapshot, kNetwork, encoded_key);
    if (!maybe_record.ok()) return maybe_record.status();
    record = *std::move(maybe_record);
    return absl::OkStatus();
  };
  (void)node.disk.View({}, read);  // what cannot be read is not there; VerifyStore tells of it
  return record;
}

// How many records have an entry under this prefix of the index.
template <typename Record>
std::size_t CountOf(Node& node, const store::Table<Record>& table, const char* index, const std::string& prefix) {
  std::size_t count = 0;
  const auto read = [&](store::Snapshot& snapshot) -> absl::Status {
    auto maybe_page = table.ScanIndex(snapshot, kNetwork, index, prefix, {.size = 9'000, .after = {}});
    if (!maybe_page.ok()) return maybe_page.status();
    count = maybe_page->records.size();
    return absl::OkStatus();
  };
  (void)node.disk.View({}, read);
  return count;
}

// A write of a record of this kind, taken apart; nothing where it is of another table or service, or erases.
template <typename Record>
struct Changed {
  std::optional<Record> before;
  Record after;
};
template <typename Record>
std::optional<Changed<Record>> ChangeOf(const Node& node, const Node& expected, const Write& write,
                                        const store::Table<Record>& table) {
  if (&node != &expected || write.table != table.name() || !write.after.has_value()) return std::nullopt;
  Changed<Record> changed;
  if (!changed.after.ParseFromString(*write.after)) return std::nullopt;
  if (write.before.has_value()) changed.before.emplace().ParseFromString(*write.before);
  return changed;
}

// Every write of a record raises its version.
template <typename Record>
void CheckVersion(World& world, const Changed<Record>& changed, const std::string& what) {
  if (changed.before.has_value() && changed.after.version() <= changed.before->version()) {
    world.Fail("every change has a version of its own", what);
  }
}

// An etag as the user has it: one in ten was overtaken.
inline std::string EtagSeen(Draw& draw, const std::string& etag) {
  return draw.Percent(10) ? "0" : etag;
}

}  // namespace splw::simulation
