#include "common/store/table.h"

#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>

#include "common/store/memory_store.h"
#include "common/text/status_macros.h"

namespace splw::store {
namespace {

using google::protobuf::StringValue;
using google::protobuf::Struct;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kNetwork[] = "U00001";

std::string Field(const Struct& record, const std::string& name) {
  const auto found = record.fields().find(name);
  return found == record.fields().end() ? "" : found->second.string_value();
}

std::string Key(std::string_view id) {
  return KeyBuilder().Text(id).str();
}

const Table<Struct>& People() {
  static const Table<Struct> table({
      .name = "person",
      .key = [](const Struct& r) { return Field(r, "id").empty() ? "" : Key(Field(r, "id")); },
      .indexes = {{.name = "colour",
                   .entries = [](const Struct& r) -> std::vector<std::string> {
                     if (Field(r, "colour").empty()) return {};
                     return {Key(Field(r, "colour"))};
                   }},
                  {.name = "badge",
                   .entries = [](const Struct& r) -> std::vector<std::string> {
                     if (Field(r, "badge").empty()) return {};
                     return {Key(Field(r, "badge"))};
                   },
                   .unique = true}},
  });
  return table;
}

Struct Person(const std::string& id, const std::string& colour, const std::string& badge = "") {
  Struct record;
  (*record.mutable_fields())["id"].set_string_value(id);
  (*record.mutable_fields())["colour"].set_string_value(colour);
  if (!badge.empty()) (*record.mutable_fields())["badge"].set_string_value(badge);
  return record;
}

class TableTest : public ::testing::Test {
 protected:
  absl::Status Write(absl::FunctionRef<absl::Status(Transaction&)> body) { return store_.Commit({}, body).status(); }

  absl::Status Put(const Struct& record, std::string_view network = kNetwork) {
    return Write([&](Transaction& txn) { return People().Put(txn, network, record); });
  }

  void Read(absl::FunctionRef<void(Snapshot&)> body) {
    ASSERT_TRUE(store_
                    .View({},
                          [&](Snapshot& snapshot) {
                            body(snapshot);
                            return absl::OkStatus();
                          })
                    .ok());
  }

  std::vector<std::string> IdsByColour(const std::string& colour, Order order = Order::kAscending) {
    std::vector<std::string> ids;
    Read([&](Snapshot& snapshot) {
      const auto maybe_page =
          People().ScanIndex(snapshot, kNetwork, "colour", Key(colour), {.size = 100, .order = order});
      ASSERT_TRUE(maybe_page.ok()) << maybe_page.status();
      for (const Struct& record : maybe_page->records) ids.push_back(Field(record, "id"));
    });
    return ids;
  }

  std::size_t StoredEntries() {
    std::size_t count = 0;
    Read([&](Snapshot& snapshot) { count = snapshot.Scan({}, {})->size(); });
    return count;
  }

  std::vector<std::string> Faults(std::size_t page) {
    std::vector<StoreFault> faults;
    ScanCursor cursor;
    do {
      Read([&](Snapshot& snapshot) {
        auto maybe_next = People().VerifyPage(snapshot, kNetwork, cursor, page, faults);
        ASSERT_TRUE(maybe_next.ok()) << maybe_next.status();
        cursor = *std::move(maybe_next);
      });
    } while (!cursor.empty());
    std::vector<std::string> names;
    for (const StoreFault& fault : faults) names.push_back(std::string(StoreFaultName(fault.kind)) + " " + fault.index);
    return names;
  }

  time::FakeClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  MemoryStore store_{clock_};
};

TEST_F(TableTest, RecordIsReadBackAsItWasWritten) {
  ASSERT_TRUE(Put(Person("1", "red")).ok());
  Read([](Snapshot& snapshot) {
    const auto maybe_record = People().Get(snapshot, kNetwork, Key("1"));
    ASSERT_TRUE(maybe_record.ok());
    ASSERT_TRUE(maybe_record->has_value());
    EXPECT_EQ(Field(**maybe_record, "colour"), "red");
    EXPECT_FALSE(People().Get(snapshot, kNetwork, Key("2"))->has_value());
    EXPECT_FALSE(People().Get(snapshot, "U00002", Key("1"))->has_value());
  });
}

TEST_F(TableTest, ChangedRecordLeavesItsOldIndexEntry) {
  ASSERT_TRUE(Put(Person("1", "red")).ok());
  ASSERT_TRUE(Put(Person("2", "red")).ok());
  ASSERT_TRUE(Put(Person("1", "blue")).ok());
  EXPECT_THAT(IdsByColour("red"), ElementsAre("2"));
  EXPECT_THAT(IdsByColour("blue"), ElementsAre("1"));
  EXPECT_THAT(Faults(1), IsEmpty());
}

TEST_F(TableTest, UnchangedRecordWritesNothing) {
  ASSERT_TRUE(Put(Person("1", "red", "b1")).ok());
  const Position before = store_.committed();
  ASSERT_TRUE(Put(Person("1", "red", "b1")).ok());  // a map field: its order in bytes must not matter
  EXPECT_EQ(store_.committed(), before);
}

TEST_F(TableTest, ARecordThatIsWrittenOverOneAtHandKeepsItsIndexesToo) {
  ASSERT_TRUE(Write([](Transaction& txn) { return People().PutNew(txn, kNetwork, Person("1", "red")); }).ok());
  EXPECT_THAT(IdsByColour("red"), ElementsAre("1"));

  ASSERT_TRUE(Write([](Transaction& txn) {
                return People().Replace(txn, kNetwork, Person("1", "red"), Person("1", "blue"));
              }).ok());
  EXPECT_THAT(IdsByColour("red"), IsEmpty());
  EXPECT_THAT(IdsByColour("blue"), ElementsAre("1"));

  EXPECT_EQ(Write([](Transaction& txn) {
              return People().Replace(txn, kNetwork, Person("1", "blue"), Person("2", "blue"));
            }).code(),
            absl::StatusCode::kInternal);
}

TEST_F(TableTest, ErasedRecordTakesItsIndexEntriesAlong) {
  ASSERT_TRUE(Put(Person("1", "red", "b1")).ok());
  ASSERT_TRUE(Write([](Transaction& txn) { return People().Erase(txn, kNetwork, Key("1")); }).ok());
  EXPECT_EQ(StoredEntries(), 0u);
  ASSERT_TRUE(Write([](Transaction& txn) { return People().Erase(txn, kNetwork, Key("1")); }).ok());
}

TEST_F(TableTest, IndexSeesWritesOfTheSameTransaction) {
  ASSERT_TRUE(Put(Person("1", "red")).ok());
  ASSERT_TRUE(Write([](Transaction& txn) {
                SPLW_RETURN_IF_ERROR(People().Put(txn, kNetwork, Person("1", "blue")));
                SPLW_RETURN_IF_ERROR(People().Put(txn, kNetwork, Person("1", "green")));
                const auto maybe_red = People().ScanIndex(txn, kNetwork, "colour", Key("red"), {});
                EXPECT_THAT(maybe_red->records, IsEmpty());
                const auto maybe_green = People().ScanIndex(txn, kNetwork, "colour", Key("green"), {});
                EXPECT_EQ(maybe_green->records.size(), 1u);
                return absl::OkStatus();
              }).ok());
  EXPECT_EQ(StoredEntries(), 2u);
}

TEST_F(TableTest, UniqueEntryBelongsToOneRecord) {
  ASSERT_TRUE(Put(Person("1", "red", "b1")).ok());
  EXPECT_EQ(Put(Person("2", "red", "b1")).code(), absl::StatusCode::kAlreadyExists);
  ASSERT_TRUE(Put(Person("2", "red", "b11")).ok());  // another entry with the same beginning
  ASSERT_TRUE(Put(Person("1", "blue", "b1")).ok());  // its holder may keep it
  ASSERT_TRUE(Put(Person("1", "blue"), "U00002").ok());
  ASSERT_TRUE(Put(Person("3", "red", "b1"), "U00002").ok());  // another network is another world
  ASSERT_TRUE(Put(Person("1", "blue")).ok());                 // given up ...
  ASSERT_TRUE(Put(Person("2", "red", "b1")).ok());            // ... it may be taken
}

TEST_F(TableTest, RecordWithoutKeyIsRefused) {
  EXPECT_EQ(Put(Person("", "red")).code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(TableTest, PagesCoverEachRecordOnceInBothOrders) {
  for (int i = 0; i < 25; ++i) ASSERT_TRUE(Put(Person(std::string(1, static_cast<char>('a' + i)), "red")).ok());
  ASSERT_TRUE(Put(Person("a", "red"), "U00000").ok());
  ASSERT_TRUE(Put(Person("a", "red"), "U00002").ok());
  for (const bool by_index : {false, true}) {
    for (const Order order : {Order::kAscending, Order::kDescending}) {
      for (const std::size_t size : {1u, 4u, 5u, 25u, 26u}) {
        std::string seen;
        std::size_t pages = 0;
        PageRequest request{.size = size, .order = order};
        do {
          Read([&](Snapshot& snapshot) {
            auto maybe_page = by_index ? People().ScanIndex(snapshot, kNetwork, "colour", Key("red"), request)
                                       : People().Scan(snapshot, kNetwork, request);
            ASSERT_TRUE(maybe_page.ok()) << maybe_page.status();
            ASSERT_LE(maybe_page->records.size(), size);
            for (const Struct& record : maybe_page->records) seen += Field(record, "id");
            request.after = maybe_page->next;
          });
          ++pages;
        } while (!request.after.empty());
        std::string expected = "abcdefghijklmnopqrstuvwxy";
        if (order == Order::kDescending) expected.assign(expected.rbegin(), expected.rend());
        EXPECT_EQ(seen, expected);
        EXPECT_EQ(pages, (25 + size - 1) / size);
      }
    }
  }
}

TEST_F(TableTest, BoundsOfAnIndexScanHoldInBothOrdersAndAcrossPages) {
  for (const char* id : {"1", "2", "3", "4", "5"}) ASSERT_TRUE(Put(Person(id, "red")).ok());
  const std::string red = Key("red");
  for (const Order order : {Order::kAscending, Order::kDescending}) {
    std::vector<std::string> ids;
    Read([&](Snapshot& snapshot) {
      PageRequest page{.size = 2, .order = order, .from = Key("2"), .until = Key("5")};
      do {
        const auto found = People().ScanIndex(snapshot, kNetwork, "colour", red, page);
        ASSERT_TRUE(found.ok()) << found.status();
        for (const Struct& record : found->records) ids.push_back(Field(record, "id"));
        page.after = found->next;
      } while (!page.after.empty());
    });
    if (order == Order::kAscending) {
      EXPECT_THAT(ids, ElementsAre("2", "3", "4"));
    } else {
      EXPECT_THAT(ids, ElementsAre("4", "3", "2"));
    }
  }
  Read([&](Snapshot& snapshot) {
    const auto found = People().ScanIndex(snapshot, kNetwork, "colour", red, {.from = Key("4"), .until = Key("2")});
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_THAT(found->records, IsEmpty());
  });
}

TEST_F(TableTest, PageGoesOnAfterItsLastRecordWasErased) {
  for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(Put(Person(id, "red")).ok());
  PageRequest request{.size = 2};
  Read([&](Snapshot& snapshot) { request.after = People().Scan(snapshot, kNetwork, request)->next; });
  ASSERT_TRUE(Write([](Transaction& txn) { return People().Erase(txn, kNetwork, Key("b")); }).ok());
  Read([&](Snapshot& snapshot) {
    const auto maybe_page = People().Scan(snapshot, kNetwork, request);
    ASSERT_EQ(maybe_page->records.size(), 1u);
    EXPECT_EQ(Field(maybe_page->records[0], "id"), "c");
  });
}

TEST_F(TableTest, PagesEndBeforeTheyTakeTooManyBytesButHoldARecord) {
  for (const char* id : {"a", "b", "c", "d"}) {
    Struct record = Person(id, "red");
    (*record.mutable_fields())["note"].set_string_value(std::string(1000, 'x'));
    ASSERT_TRUE(Put(record).ok());
  }
  for (const bool by_index : {false, true}) {
    for (const auto& [max_bytes, sizes] : std::vector<std::pair<std::size_t, std::vector<std::size_t>>>{
             {0, {4}}, {100, {1, 1, 1, 1}}, {2500, {2, 2}}, {3500, {3, 1}}}) {
      std::vector<std::size_t> found;
      std::string ids;
      PageRequest page{.size = 100};
      page.max_bytes = max_bytes;
      do {
        Read([&](Snapshot& snapshot) {
          const auto maybe_page = by_index ? People().ScanIndex(snapshot, kNetwork, "colour", Key("red"), page)
                                           : People().Scan(snapshot, kNetwork, page);
          ASSERT_TRUE(maybe_page.ok()) << maybe_page.status();
          found.push_back(maybe_page->records.size());
          for (const Struct& record : maybe_page->records) ids += Field(record, "id");
          page.after = maybe_page->next;
        });
      } while (!page.after.empty() && found.size() < 10);
      EXPECT_EQ(found, sizes) << max_bytes;
      EXPECT_EQ(ids, "abcd") << max_bytes;
    }
  }
}

TEST_F(TableTest, CursorOfAnotherScanIsRefused) {
  for (const char* id : {"a", "b"}) ASSERT_TRUE(Put(Person(id, "red")).ok());
  Read([&](Snapshot& snapshot) {
    const auto maybe_page = People().ScanIndex(snapshot, kNetwork, "colour", Key("red"), {.size = 1});
    ASSERT_FALSE(maybe_page->next.empty());
    EXPECT_EQ(People()
                  .ScanIndex(snapshot, kNetwork, "colour", Key("blue"), {.size = 1, .after = maybe_page->next})
                  .status()
                  .code(),
              absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(People().Scan(snapshot, kNetwork, {.size = 1, .after = "nonsense"}).status().code(),
              absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(People().Scan(snapshot, kNetwork, {.size = 0}).status().code(), absl::StatusCode::kInvalidArgument);
  });
}

TEST_F(TableTest, UnreadableRecordIsDataLoss) {
  ASSERT_TRUE(Write([](Transaction& txn) {
                txn.Put(People().RecordKey(kNetwork, Key("1")), "\xff\xff");
                return absl::OkStatus();
              }).ok());
  Read([](Snapshot& snapshot) {
    EXPECT_EQ(People().Get(snapshot, kNetwork, Key("1")).status().code(), absl::StatusCode::kDataLoss);
    EXPECT_EQ(People().Scan(snapshot, kNetwork, {}).status().code(), absl::StatusCode::kDataLoss);
  });
  EXPECT_EQ(Put(Person("1", "red")).code(), absl::StatusCode::kDataLoss);
}

TEST_F(TableTest, VerifyNamesEachKindOfFaultWhateverThePageSize) {
  for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(Put(Person(id, "red")).ok());
  ASSERT_TRUE(Write([](Transaction& txn) {
                const std::string red = People().IndexPrefix(kNetwork, "colour") + Key("red");
                txn.Erase(red + Key("a"));          // missing
                txn.Put(red + Key("x"), Key("x"));  // stray: no such record
                txn.Put(People().IndexPrefix(kNetwork, "badge") + Key("9") + Key("b"), Key("b"));  // stray: not held
                txn.Put(People().IndexPrefix(kNetwork, "old") + Key("9") + Key("b"), Key("b"));    // no such index
                txn.Put(People().RecordKey(kNetwork, Key("y")), "\xff\xff");                       // unreadable
                txn.Put(People().RecordKey(kNetwork, Key("z")), Person("q", "").SerializeAsString());  // wrong key
                txn.Put(People().Prefix(kNetwork), "");                                                // neither
                return absl::OkStatus();
              }).ok());
  for (const std::size_t page : {1u, 2u, 100u}) {
    EXPECT_THAT(Faults(page),
                ::testing::UnorderedElementsAre("INDEX_ENTRY_MISSING colour", "INDEX_ENTRY_STRAY colour",
                                                "INDEX_ENTRY_STRAY badge", "INDEX_ENTRY_STRAY old",
                                                "RECORD_UNREADABLE ", "RECORD_KEY_MISMATCH ", "UNKNOWN_TABLE "));
  }
}

TEST_F(TableTest, NetworksAreListedOnceEachInOrder) {
  for (const char* network : {"U00010", "U00002", "U0000"}) {
    for (const char* id : {"1", "2"}) ASSERT_TRUE(Put(Person(id, "red"), network).ok());
  }
  Read([](Snapshot& snapshot) { EXPECT_THAT(*ListNetworks(snapshot), ElementsAre("U0000", "U00002", "U00010")); });
}

TEST_F(TableTest, EmptyStoreHasNoNetworks) {
  Read([](Snapshot& snapshot) { EXPECT_THAT(*ListNetworks(snapshot), IsEmpty()); });
}

}  // namespace
}  // namespace splw::store
