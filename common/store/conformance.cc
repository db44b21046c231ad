#include "common/store/conformance.h"

#include <atomic>
#include <condition_variable>
#include <future>
#include <latch>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <stdexcept>
#include <thread>
#include <vector>

#include "common/text/status_macros.h"

namespace splw::store {
namespace {

constexpr char kNone[] = "(none)";

std::string GetOrNone(Snapshot& snapshot, const std::string& key) {
  const auto maybe_value = snapshot.Get(key);
  if (!maybe_value.ok()) return maybe_value.status().ToString();
  return maybe_value->value_or(kNone);
}

int GetNumber(Snapshot& snapshot, const std::string& key) {
  return std::stoi(GetOrNone(snapshot, key));
}

std::string Join(const std::vector<Entry>& entries) {
  std::string text;
  for (const Entry& entry : entries) text += (text.empty() ? "" : " ") + entry.key;
  return text;
}

// Runs `work(i)` in `count` threads that begin together.
void RunTogether(int count, const std::function<void(int)>& work) {
  std::latch start(count);
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      work(i);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// Commits like a real caller: an engine may give up with ABORTED.
absl::StatusOr<Position> CommitUntilDecided(Store& store, absl::FunctionRef<absl::Status(Transaction&)> body) {
  while (true) {
    absl::StatusOr<Position> maybe_position = store.Commit({}, body);
    if (maybe_position.status().code() != absl::StatusCode::kAborted) return maybe_position;
  }
}

}  // namespace

Position StoreConformance::Commit(absl::FunctionRef<absl::Status(Transaction&)> body) {
  const auto maybe_position = store().Commit({}, body);
  EXPECT_TRUE(maybe_position.ok()) << maybe_position.status();
  return maybe_position.value_or(Position{});
}

Position StoreConformance::View(absl::FunctionRef<void(Snapshot&)> body) {
  const auto maybe_position = store().View({}, [&](Snapshot& snapshot) {
    body(snapshot);
    return absl::OkStatus();
  });
  EXPECT_TRUE(maybe_position.ok()) << maybe_position.status();
  return maybe_position.value_or(Position{});
}

Position StoreConformance::Put(const std::string& key, const std::string& value) {
  return Commit([&](Transaction& txn) {
    txn.Put(key, value);
    return absl::OkStatus();
  });
}

std::string StoreConformance::Get(const std::string& key) {
  std::string value;
  View([&](Snapshot& snapshot) { value = GetOrNone(snapshot, key); });
  return value;
}

std::string StoreConformance::Keys(const KeyRange& range, const ScanLimit& limit) {
  std::string keys;
  View([&](Snapshot& snapshot) {
    const auto maybe_entries = snapshot.Scan(range, limit);
    keys = maybe_entries.ok() ? Join(*maybe_entries) : maybe_entries.status().ToString();
  });
  return keys;
}

// --- One body ---

TEST_P(StoreConformance, BodySeesItsOwnWrites) {
  Put("a", "old");
  Put("gone", "1");
  Commit([](Transaction& txn) {
    txn.Put("a", "new");
    txn.Put("b", "1");
    txn.Put("b", "2");
    txn.Erase("gone");
    txn.Put("brief", "1");
    txn.Erase("brief");
    EXPECT_EQ(GetOrNone(txn, "a"), "new");
    EXPECT_EQ(GetOrNone(txn, "b"), "2");
    EXPECT_EQ(GetOrNone(txn, "gone"), kNone);
    EXPECT_EQ(GetOrNone(txn, "brief"), kNone);
    EXPECT_EQ(Join(*txn.Scan({}, {})), "a b");
    return absl::OkStatus();
  });
  EXPECT_EQ(Get("a"), "new");
  EXPECT_EQ(Keys({}, {}), "a b");
}

TEST_P(StoreConformance, AnyBytesAreKeptAsTheyAre) {
  std::string all;
  for (int c = 0; c < 256; ++c) all.push_back(static_cast<char>(c));
  Put(all, all);
  Put("empty", "");
  EXPECT_EQ(Get(all), all);
  EXPECT_EQ(Get("empty"), "");
}

TEST_P(StoreConformance, AbortedBodyLeavesNothing) {
  Put("a", "old");
  const auto maybe_position = store().Commit({}, [](Transaction& txn) {
    txn.Put("a", "new");
    txn.Put("b", "new");
    txn.Erase("a");
    return absl::NotFoundError("no such person");
  });
  EXPECT_EQ(maybe_position.status(), absl::NotFoundError("no such person"));
  EXPECT_EQ(Get("a"), "old");
  EXPECT_EQ(Get("b"), kNone);
}

TEST_P(StoreConformance, BodyThatThrowsIsAnInternalErrorAndLeavesNothing) {
  const auto maybe_position = store().Commit({}, [](Transaction& txn) -> absl::Status {
    txn.Put("a", "new");
    throw std::runtime_error("a mistake");
  });
  EXPECT_EQ(maybe_position.status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(Get("a"), kNone);
  const auto maybe_view = store().View({}, [](Snapshot&) -> absl::Status { throw std::runtime_error("a mistake"); });
  EXPECT_EQ(maybe_view.status().code(), absl::StatusCode::kInternal);
  Put("a", "1");  // and the store goes on
  EXPECT_EQ(Get("a"), "1");
}

TEST_P(StoreConformance, EraseOfMissingKeyHasNoEffect) {
  Commit([](Transaction& txn) {
    txn.Erase("nothing");
    return absl::OkStatus();
  });
  EXPECT_EQ(Keys({}, {}), "");
}

TEST_P(StoreConformance, PositionsGrowAndBodyWithoutWritesCommitsLikeAView) {
  const Position first = Put("a", "1");
  const Position second = Put("a", "2");
  EXPECT_LT(first, second);
  const Position read = Commit([](Transaction&) { return absl::OkStatus(); });
  EXPECT_EQ(read, View([](Snapshot&) {}));
  EXPECT_GE(read, second);
}

TEST_P(StoreConformance, RerunBodyWritesWhatItsLastRunWrote) {
  if (!engine_->RerunNext(2)) GTEST_SKIP() << "this engine runs each body once";
  int runs = 0;
  Commit([&](Transaction& txn) {
    ++runs;
    EXPECT_EQ(GetOrNone(txn, "a1"), kNone);  // nothing of the run before
    txn.Put("a" + std::to_string(runs), "1");
    return absl::OkStatus();
  });
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(Keys({}, {}), "a3");
}

// --- Scans ---

TEST_P(StoreConformance, ScanKeepsBoundsAndLimitInBothOrders) {
  for (const char* key : {"a", "b", "ba", "c", "d"}) Put(key, "1");
  const auto both = [&](const KeyRange& range, std::size_t max) {
    return Keys(range, {.max_entries = max}) + " | " + Keys(range, {.max_entries = max, .order = Order::kDescending});
  };
  EXPECT_EQ(both({}, 10), "a b ba c d | d c ba b a");
  EXPECT_EQ(both({"b", "d"}, 10), "b ba c | c ba b");  // begin is in, end is not
  EXPECT_EQ(both({"b", ""}, 2), "b ba | d c");
  EXPECT_EQ(both({"", "b"}, 10), "a | a");
  EXPECT_EQ(both({"aa", "bb"}, 10), "b ba | ba b");  // bounds that are no keys
  EXPECT_EQ(both({"b", "b"}, 10), " | ");
  EXPECT_EQ(both({"c", "b"}, 10), " | ");
  EXPECT_EQ(both({"e", ""}, 10), " | ");
  EXPECT_EQ(both({}, 0), " | ");
}

TEST_P(StoreConformance, KeysSortAsUnsignedBytes) {
  const std::string nul("\0", 1);
  Put("\x7f", "1");
  Put("\x80", "1");
  Put("\xff", "1");
  Put(nul, "1");
  EXPECT_EQ(Keys({}, {}), nul + " \x7f \x80 \xff");
  EXPECT_EQ(Keys({"\x80", "\xff"}, {}), "\x80");
}

TEST_P(StoreConformance, ScanMergesOwnWritesLikeOneMap) {
  std::mt19937 random(2);
  const auto pick = [&random](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
  const auto key = [&] { return std::string(1 + pick(2), static_cast<char>('a' + pick(8))) + std::to_string(pick(3)); };
  std::map<std::string, std::string> committed;
  for (int round = 0; round < 60; ++round) {
    std::map<std::string, std::string> model;
    Commit([&](Transaction& txn) {
      model = committed;
      for (int step = 0; step < 12; ++step) {
        const std::string k = key();
        if (pick(3) == 0) {
          txn.Erase(k);
          model.erase(k);
        } else {
          txn.Put(k, std::to_string(round));
          model[k] = std::to_string(round);
        }
        KeyRange range{pick(3) == 0 ? "" : key(), pick(3) == 0 ? "" : key()};
        const ScanLimit limit{.max_entries = static_cast<std::size_t>(1 + pick(12)),
                              .order = pick(2) == 0 ? Order::kAscending : Order::kDescending};
        std::vector<Entry> expected;
        for (const auto& [model_key, value] : model) {
          if (model_key >= range.begin && (range.end.empty() || model_key < range.end)) {
            expected.push_back({model_key, value});
          }
        }
        if (limit.order == Order::kDescending) expected = {expected.rbegin(), expected.rend()};
        if (expected.size() > limit.max_entries) expected.resize(limit.max_entries);
        const auto maybe_entries = txn.Scan(range, limit);
        EXPECT_TRUE(maybe_entries.ok()) << maybe_entries.status();
        EXPECT_EQ(*maybe_entries, expected) << "round " << round << " step " << step;
      }
      return absl::OkStatus();
    });
    committed = model;
  }
}

// --- Limits ---

TEST_P(StoreConformance, LimitsAreKeptWhateverTheBodySays) {
  const Limits limits = store().limits();
  const std::string longest_key(limits.max_key_bytes, 'k');
  const std::string longest_value(limits.max_value_bytes, 'v');
  Put(longest_key, longest_value);
  EXPECT_EQ(Get(longest_key), longest_value);

  const auto refused = [&](absl::FunctionRef<void(Transaction&)> mistake) {
    const auto maybe_position = store().Commit({}, [&](Transaction& txn) {
      txn.Put("seen", "1");
      mistake(txn);
      return absl::OkStatus();
    });
    EXPECT_EQ(Get("seen"), kNone);
    return maybe_position.status().code() == absl::StatusCode::kInvalidArgument;
  };
  EXPECT_TRUE(refused([&](Transaction& txn) { txn.Put(longest_key + "k", "v"); }));
  EXPECT_TRUE(refused([&](Transaction& txn) { txn.Erase(longest_key + "k"); }));
  EXPECT_TRUE(refused([&](Transaction& txn) { txn.Put("k", longest_value + "v"); }));
  EXPECT_TRUE(refused([&](Transaction& txn) {
    for (std::size_t bytes = 0; bytes < limits.max_transaction_bytes; bytes += longest_value.size()) {
      txn.Put("same", longest_value);
    }
  }));
  EXPECT_TRUE(refused([&](Transaction& txn) {
    EXPECT_EQ(txn.Scan({}, {.max_entries = limits.max_scan_entries + 1}).status().code(),
              absl::StatusCode::kInvalidArgument);
  }));
  EXPECT_EQ(Keys({}, {.max_entries = limits.max_scan_entries}), longest_key);
}

// --- Many at once ---

TEST_P(StoreConformance, NoTwoBodiesMissEachOthersPhantoms) {
  constexpr std::size_t kPlaces = 5;
  constexpr int kThreads = 4;
  for (int round = 0; round < 20; ++round) {
    const std::string prefix = "service" + std::to_string(round) + "/";
    RunTogether(kThreads, [&](int thread) {
      for (int i = 0; i < 5; ++i) {
        const auto maybe_position = CommitUntilDecided(store(), [&](Transaction& txn) {
          SPLW_ASSIGN_OR_RETURN(const std::vector<Entry> taken, txn.Scan({prefix, prefix + "\xff"}, {}));
          if (taken.size() < kPlaces) {
            txn.Put(prefix + std::to_string(thread) + "-" + std::to_string(i), "held");
          }
          return absl::OkStatus();
        });
        EXPECT_TRUE(maybe_position.ok()) << maybe_position.status();
      }
    });
    View([&](Snapshot& snapshot) { EXPECT_EQ(snapshot.Scan({prefix, prefix + "\xff"}, {})->size(), kPlaces); });
  }
}

TEST_P(StoreConformance, NoWriteSkew) {
  // Two workers on call, either may leave while the other stays.
  for (int round = 0; round < 100; ++round) {
    Commit([](Transaction& txn) {
      txn.Put("worker0", "1");
      txn.Put("worker1", "1");
      return absl::OkStatus();
    });
    RunTogether(2, [&](int thread) {
      const auto maybe_position = CommitUntilDecided(store(), [&](Transaction& txn) {
        if (GetNumber(txn, "worker0") + GetNumber(txn, "worker1") == 2) {
          txn.Put("worker" + std::to_string(thread), "0");
        }
        return absl::OkStatus();
      });
      EXPECT_TRUE(maybe_position.ok()) << maybe_position.status();
    });
    ASSERT_NE(Get("worker0") + Get("worker1"), "00") << "round " << round;
  }
}

TEST_P(StoreConformance, NoUpdateIsLost) {
  Put("count", "0");
  RunTogether(4, [&](int) {
    for (int i = 0; i < 100; ++i) {
      const auto maybe_position = CommitUntilDecided(store(), [](Transaction& txn) {
        txn.Put("count", std::to_string(GetNumber(txn, "count") + 1));
        return absl::OkStatus();
      });
      EXPECT_TRUE(maybe_position.ok()) << maybe_position.status();
    }
  });
  EXPECT_EQ(Get("count"), "400");
}

TEST_P(StoreConformance, ViewIsOneStateAndSeesEveryCommitThatReturnedBefore) {
  Put("a", "0");
  Put("b", "1000");
  std::atomic<int> done = 0;  // commits that have returned
  std::atomic<bool> stop = false;
  RunTogether(3, [&](int thread) {
    if (thread == 0) {
      for (int i = 1; i <= 300; ++i) {
        const auto maybe_position = CommitUntilDecided(store(), [&](Transaction& txn) {
          txn.Put("a", std::to_string(i));
          txn.Put("b", std::to_string(1000 - i));
          return absl::OkStatus();
        });
        EXPECT_TRUE(maybe_position.ok()) << maybe_position.status();
        done = i;
      }
      stop = true;
      return;
    }
    while (!stop) {
      const int before = done;
      View([&](Snapshot& snapshot) {
        const int a = GetNumber(snapshot, "a");
        EXPECT_GE(a, before);
        EXPECT_EQ(a + GetNumber(snapshot, "b"), 1000);
        const auto maybe_entries = snapshot.Scan({}, {});
        EXPECT_EQ(maybe_entries->at(0).value, std::to_string(a));
      });
    }
  });
}

// --- Time ---

TEST_P(StoreConformance, NowStandsStillInABodyAndNeverGoesBack) {
  time::FakeClock& clock = engine_->clock();
  const absl::Time start = clock.Now();
  clock.Advance(absl::Seconds(10));
  Commit([&](Transaction& txn) {
    EXPECT_EQ(txn.Now(), start + absl::Seconds(10));
    clock.Advance(absl::Seconds(1));
    EXPECT_EQ(txn.Now(), start + absl::Seconds(10));
    txn.Put("a", "1");
    return absl::OkStatus();
  });
  clock.Set(start);  // the machine's clock is put back
  View([&](Snapshot& snapshot) { EXPECT_EQ(snapshot.Now(), start + absl::Seconds(10)); });
  Commit([&](Transaction& txn) {
    EXPECT_EQ(txn.Now(), start + absl::Seconds(10));
    return absl::OkStatus();
  });
}

TEST_P(StoreConformance, NowAfterACrashIsLaterThanEveryDurableCommit) {
  time::FakeClock& clock = engine_->clock();
  const absl::Time start = clock.Now();
  clock.Advance(absl::Seconds(10));
  WaitDurable(store(), Put("a", "1"));
  clock.Set(start);
  engine_->LosePower();
  View([&](Snapshot& snapshot) { EXPECT_EQ(snapshot.Now(), start + absl::Seconds(10) + absl::Milliseconds(1)); });
}

TEST_P(StoreConformance, PastTheDeadlineNothingIsWritten) {
  const auto put = [](Transaction& txn) {
    txn.Put("a", "1");
    return absl::OkStatus();
  };
  const absl::Time now = engine_->clock().Now();
  EXPECT_EQ(store().Commit({.deadline = now}, put).status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(store().View({.deadline = now}, [](Snapshot&) { return absl::OkStatus(); }).status().code(),
            absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(Get("a"), kNone);
  EXPECT_TRUE(store().Commit({.deadline = now + absl::Seconds(60)}, put).ok());
}

TEST_P(StoreConformance, DeadlineThatPassesWhileTheBodyRunsWritesNothing) {
  const auto maybe_position =
      store().Commit({.deadline = engine_->clock().Now() + absl::Seconds(1)}, [&](Transaction& txn) {
        txn.Put("a", "1");
        engine_->clock().Advance(absl::Seconds(2));
        return absl::OkStatus();
      });
  EXPECT_EQ(maybe_position.status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(Get("a"), kNone);
}

TEST_P(StoreConformance, CommitBehindASlowBodyGivesUpAtItsDeadline) {
  std::promise<void> running;
  std::promise<void> release;
  std::thread slow([&] {
    Commit([&](Transaction& txn) {
      running.set_value();
      release.get_future().wait();
      txn.Put("slow", "1");
      return absl::OkStatus();
    });
  });
  running.get_future().wait();
  const auto maybe_position =
      store().Commit({.deadline = engine_->clock().Now() + absl::Milliseconds(20)}, [](Transaction& txn) {
        txn.Put("hasty", "1");
        return absl::OkStatus();
      });
  release.set_value();
  slow.join();
  EXPECT_EQ(maybe_position.status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(Keys({}, {}), "slow");
}

// --- Durability ---

TEST_P(StoreConformance, CallbacksComeOnceEachInTheOrderOfPositions) {
  // Shared with the callbacks: they may be the last to hold it.
  struct Calls {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::uint64_t> positions;
  };
  const auto calls = std::make_shared<Calls>();
  engine_->HoldSyncs(true);
  std::vector<Position> positions;
  for (int i = 0; i < 5; ++i) positions.push_back(Put("a", std::to_string(i)));
  std::vector<std::uint64_t> expected;
  for (const Position position : positions) expected.push_back(position.value);
  for (const int i : {3, 0, 4, 2, 1}) {
    const std::uint64_t value = positions[static_cast<std::size_t>(i)].value;
    store().WhenDurable(Position{value}, [calls, value] {
      std::lock_guard lock(calls->mutex);
      calls->positions.push_back(value);
      calls->changed.notify_all();
    });
  }
  {
    std::lock_guard lock(calls->mutex);
    EXPECT_TRUE(calls->positions.empty());
  }
  engine_->HoldSyncs(false);
  WaitDurable(store(), positions.back());
  {
    std::unique_lock lock(calls->mutex);
    calls->changed.wait(lock, [&] { return calls->positions.size() >= 5; });
    EXPECT_EQ(calls->positions, expected);
  }
  bool at_once = false;
  store().WhenDurable(positions.front(), [&] { at_once = true; });
  EXPECT_TRUE(at_once);
}

TEST_P(StoreConformance, CallbackMayUseTheStore) {
  std::promise<bool> done;
  const Position position = Put("a", "1");
  store().WhenDurable(position, [&] { store().WhenDurable(position, [&] { done.set_value(true); }); });
  EXPECT_TRUE(done.get_future().get());
}

TEST_P(StoreConformance, CrashLosesNothingDurableAndOnlyATail) {
  WaitDurable(store(), Put("a", "durable"));
  WaitDurable(store(), Put("b", "durable"));
  engine_->HoldSyncs(true);
  Put("a", "lost");
  Put("c", "lost");
  Commit([](Transaction& txn) {
    txn.Erase("b");
    return absl::OkStatus();
  });
  EXPECT_EQ(Keys({}, {}), "a c");  // seen, though not durable
  engine_->LosePower();
  EXPECT_EQ(Keys({}, {}), "a b");
  EXPECT_EQ(Get("a"), "durable");
  WaitDurable(store(), Put("a", "again"));
  engine_->LosePower();
  EXPECT_EQ(Get("a"), "again");
}

TEST_P(StoreConformance, ReaderWhoWaitsIsNeverToldOfWhatACrashTakesBack) {
  WaitDurable(store(), Put("a", "durable"));
  engine_->HoldSyncs(true);
  const Position written = Put("a", "in doubt");
  std::string seen;
  const Position read = View([&](Snapshot& snapshot) { seen = GetOrNone(snapshot, "a"); });
  ASSERT_EQ(seen, "in doubt");
  EXPECT_GE(read, written);
  const auto told = std::make_shared<std::atomic<bool>>(false);
  store().WhenDurable(read, [told] { *told = true; });
  EXPECT_FALSE(*told);  // and cannot be while syncs are held
  engine_->LosePower();
  EXPECT_EQ(Get("a"), "durable");
}

}  // namespace splw::store
