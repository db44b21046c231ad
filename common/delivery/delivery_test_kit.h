// A service as far as delivery goes, for tests: store, changes, inbox, signals.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>

#include "common/delivery/changes.h"
#include "common/delivery/delivery_tables.h"
#include "common/delivery/feed.h"
#include "common/delivery/inbox.h"
#include "common/delivery/outbox.h"
#include "common/delivery/outbox_signal.h"
#include "common/ids/random.h"
#include "common/store/memory_store.h"
#include "common/time/clock.h"

namespace splw::delivery::testkit {

inline constexpr char kNetwork[] = "U12345";
using TestEvent = google::protobuf::UInt64Value;  // any message will do

// The stream of a value, for streams that are numbered: 3'000'017 belongs to "s3".
inline std::string StreamOf(std::uint64_t value) {
  return "s" + std::to_string(value / 1'000'000);
}

inline absl::Time Start() {
  return absl::FromUnixSeconds(1'790'000'000);
}

inline Origin Someone(std::string action = "Act") {
  return {"amina.khan@splw.example", "LINK_WORKER", "A81001", std::move(action), "correlation-1"};
}

// A list of numbers under a name, in a service's own records: what it said, what it heard.
inline std::string ListKey(std::string_view network, std::string_view list, std::string_view stream, std::uint64_t at) {
  return store::KeyBuilder().Text(network).Text(list).Text("r").Text(stream).Number(at).str();
}

inline std::vector<std::uint64_t> ReadList(store::Snapshot& snapshot, std::string_view network, std::string_view list,
                                           std::string_view stream) {
  std::vector<std::uint64_t> values;
  const auto entries =
      snapshot.Scan(store::PrefixRange(store::KeyBuilder().Text(network).Text(list).Text("r").Text(stream).str()), {});
  EXPECT_TRUE(entries.ok());
  for (const store::Entry& entry : *entries) values.push_back(std::stoull(entry.value));
  return values;
}

inline void AppendToList(store::Transaction& txn, std::string_view network, std::string_view list,
                         std::string_view stream, std::uint64_t value) {
  const std::size_t size = ReadList(txn, network, list, stream).size();
  txn.Put(ListKey(network, list, stream, size), std::to_string(value));
}

class TestService final {
 public:
  TestService(const time::Clock& clock, std::string name, bool automatic_sync = true, std::uint64_t seed = 1)
      : store(clock, {.automatic_sync = automatic_sync, .limits = {}}), random(seed), name_(std::move(name)) {
    Restart("life-1");
  }

  // A new process on the same store.
  void Restart(const std::string& incarnation) {
    changes = MakeChanges({store, random, name_, incarnation, &outbox_signal, &feed_signal});
    inbox = std::make_unique<Inbox>(store, *changes);
    inbox->Handle<TestEvent>([this](Change& change, const TestEvent& event) {
      if (on_event) {
        if (absl::Status status = on_event(change, event.value()); !status.ok()) return status;
      }
      const std::string stream = StreamOf(event.value());
      AppendToList(change.txn(), change.network(), "heard", stream, event.value());
      return change.Changed("things", stream, false);
    });
  }

  // Says `value` on its stream to `destination`.
  absl::StatusOr<store::Position> Say(const std::string& destination, std::uint64_t value) {
    return Say(destination, StreamOf(value), value);
  }
  // Says `value` on `stream`: notes it and emits it, in one change.
  absl::StatusOr<store::Position> Say(const std::string& destination, const std::string& stream, std::uint64_t value,
                                      const std::string& network = kNetwork) {
    return changes->Run({}, Someone("Say"), network, [&](Change& change) -> absl::Status {
      AppendToList(change.txn(), network, "said", stream, value);
      TestEvent event;
      event.set_value(value);
      if (absl::Status status = change.Emit(destination, stream, event); !status.ok()) return status;
      return change.Changed("things", stream, false);
    });
  }

  // What becomes of a batch here.
  v1::DeliverResponse Take(const v1::DeliverRequest& request) {
    v1::DeliverResponse response;
    const auto maybe_position = inbox->Deliver({}, request, &response);
    EXPECT_TRUE(maybe_position.ok()) << maybe_position.status();
    return response;
  }

  template <typename Read>
  auto View(Read read) {
    decltype(read(std::declval<store::Snapshot&>())) result;
    EXPECT_TRUE(store
                    .View({},
                          [&](store::Snapshot& snapshot) {
                            result = read(snapshot);
                            return absl::OkStatus();
                          })
                    .ok());
    return result;
  }

  std::vector<std::uint64_t> List(std::string_view list, std::string_view stream, std::string_view network = kNetwork) {
    return View([&](store::Snapshot& snapshot) { return ReadList(snapshot, network, list, stream); });
  }

  PendingEvents Pending(const std::string& destination, const std::string& stream) {
    return View([&](store::Snapshot& snapshot) {
      auto maybe = ReadPending(snapshot, {kNetwork, destination, stream}, 100, 1 << 20);
      EXPECT_TRUE(maybe.ok()) << maybe.status();
      return *std::move(maybe);
    });
  }

  std::vector<WaitingStream> Waiting(bool parked_only = false) {
    return View([&](store::Snapshot& snapshot) {
      auto maybe = ListWaitingStreams(snapshot, "", parked_only, {.size = 1000, .after = {}});
      EXPECT_TRUE(maybe.ok()) << maybe.status();
      return maybe->streams;
    });
  }

  std::vector<storage::v1::AuditRecord> Audit() {
    return View([&](store::Snapshot& snapshot) { return AllOf<storage::v1::AuditRecord>(snapshot, "audit"); });
  }

  // Every fault that `store verify` would find in delivery's tables.
  std::vector<store::StoreFault> Faults() {
    return View([&](store::Snapshot& snapshot) {
      std::vector<store::StoreFault> faults;
      for (const store::UntypedTable* table : DeliveryTables()) {
        EXPECT_TRUE(table->VerifyPage(snapshot, kNetwork, "", 9'000, faults).ok());
      }
      return faults;
    });
  }

  OutboxSignal outbox_signal;  // before the store: its last callbacks come here
  FeedSignal feed_signal;
  store::MemoryStore store;
  ids::SeededRandom random;
  std::unique_ptr<Changes> changes;
  std::unique_ptr<Inbox> inbox;
  std::function<absl::Status(Change&, std::uint64_t)> on_event;  // before the handler's effect; may refuse

 private:
  template <typename Record>
  static std::vector<Record> AllOf(store::Snapshot& snapshot, std::string_view table_name) {
    for (const store::UntypedTable* table : DeliveryTables()) {
      if (table->name() != table_name) continue;
      auto maybe_page =
          static_cast<const store::Table<Record>*>(table)->Scan(snapshot, kNetwork, {.size = 5'000, .after = {}});
      EXPECT_TRUE(maybe_page.ok());
      return maybe_page->records;
    }
    return {};
  }

  std::string name_;
};

}  // namespace splw::delivery::testkit
