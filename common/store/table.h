// A record kind, declared once: its name, its message, its key, its indexes.
//
//   const Table<ReferralRecord> kReferrals({
//       .name = "referral",
//       .key = [](const ReferralRecord& r) { return KeyBuilder().Text(r.id()).str(); },
//       .indexes = {{.name = "state", .entries = [](const ReferralRecord& r) -> std::vector<std::string> { …
//       }}},
//   });
//
// Writing a record keeps its indexes. No handler builds a key. Records live under network / name / 'r' / key,
// index entries under network / name / 'i' / index / entry / record key, with the record's key as their
// value. A Table is immutable and thread-safe; it holds no data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/functional/function_ref.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <google/protobuf/message.h>

#include "common/store/keys.h"
#include "common/store/store.h"

namespace splw::store {

// What stands behind network and table in a key: of a record, of an index entry.
inline constexpr std::string_view kRecordMark = "r";
inline constexpr std::string_view kIndexMark = "i";

// Where a page ended: the position of its last entry. Empty: from the start. Opaque to all but this file and
// the page tokens that wrap it; holds keys only, and keys hold no personal data.
using ScanCursor = std::string;

template <typename Record>
struct PageOf {
  std::vector<Record> records;
  ScanCursor next;  // empty: this was the last page
};

// What the records of one page of an API may take together: with what a reply adds to them, below the 4 MiB of a message.
inline constexpr std::size_t kMaxPageBytes = std::size_t{2} << 20;

struct PageRequest {
  std::size_t size = 50;
  ScanCursor after;
  Order order = Order::kAscending;
  // Encoded key parts, as they follow the prefix that is scanned: only entries at `from` or later, only
  // entries before `until`. Empty: no bound. The pages of one scan all have the same bounds.
  std::string from;
  std::string until;
  // Of an index: leave out entries whose record is missing or cannot be read, rather than end with DATA_LOSS. For what must
  // go on with the others.
  bool skip_unreadable = false;
  // A page ends before the record with which it would pass this many stored bytes, but holds at least one. 0: no limit.
  std::size_t max_bytes = 0;
};

// One index of a table, on messages of any kind.
struct UntypedIndex {
  std::string name;
  // The entries of this record in this index: encoded key parts (KeyBuilder), none if the record is not in
  // it. All entries of one index have the same kinds of part in the same order, so that none is the beginning
  // of another.
  std::function<std::vector<std::string>(const google::protobuf::Message&)> entries;
  // At most one record may have an entry; a second Put is ALREADY_EXISTS.
  bool unique = false;
};

// A fault that `verify` found. Says which key, never what a record holds.
struct StoreFault {
  enum class Kind { kIndexEntryMissing, kIndexEntryStray, kRecordUnreadable, kRecordKeyMismatch, kUnknownTable };
  Kind kind;
  std::string table;
  std::string index;  // empty for faults of records
  std::string key_hex;
};
// INDEX_ENTRY_MISSING and so on: for reports, stable.
const char* StoreFaultName(StoreFault::Kind kind);

// How much a walk has looked at.
struct VerifyCounts {
  std::uint64_t records = 0;
  std::uint64_t index_entries = 0;
};

// The part of a Table that does not depend on the message type.
class UntypedTable {
 public:
  UntypedTable(std::string name, const google::protobuf::Message& prototype,
               std::function<std::string(const google::protobuf::Message&)> key, std::vector<UntypedIndex> indexes);
  virtual ~UntypedTable() = default;
  UntypedTable(const UntypedTable&) = delete;
  UntypedTable& operator=(const UntypedTable&) = delete;

  const std::string& name() const { return name_; }
  const std::vector<UntypedIndex>& indexes() const { return indexes_; }
  const google::protobuf::Message& prototype() const { return *prototype_; }
  // Under which everything of this table in `network` stands.
  std::string Prefix(std::string_view network) const;
  std::string RecordKey(std::string_view network, std::string_view encoded_key) const;
  std::string RecordPrefix(std::string_view network) const;
  std::string IndexPrefix(std::string_view network, std::string_view index) const;
  // The encoded key of a record, as `key` of the declaration gives it.
  std::string KeyOf(const google::protobuf::Message& record) const { return key_(record); }

  // INVALID_ARGUMENT if the record has no key; ALREADY_EXISTS if another has its entry in a unique index.
  absl::Status PutRecord(Transaction& txn, std::string_view network, const google::protobuf::Message& record) const;
  // The same without a look at what is there: `old` is the record that this transaction read or wrote last under this key; null:
  // there is none. Of anything else, index entries would stay behind (`store verify` finds them).
  absl::Status PutRecordOver(Transaction& txn, std::string_view network, const google::protobuf::Message* old,
                             const google::protobuf::Message& record) const;
  absl::Status EraseRecord(Transaction& txn, std::string_view network, std::string_view encoded_key) const;
  // True, and `record` filled, if it is there. DATA_LOSS if its bytes cannot be read.
  absl::StatusOr<bool> GetRecord(Snapshot& snapshot, std::string_view network, std::string_view encoded_key,
                                 google::protobuf::Message& record) const;
  // Calls `visit` for each record of the page; returns the cursor of the next.
  // INVALID_ARGUMENT for a page of no entries, or (PAGE_TOKEN_INVALID, field "page_token") for a cursor of
  // another scan; DATA_LOSS as above, and where an index entry has no record. Errors of `visit` end the scan
  // and are returned.
  absl::StatusOr<ScanCursor> ScanRecords(
      Snapshot& snapshot, std::string_view network, const PageRequest& page,
      absl::FunctionRef<absl::Status(std::unique_ptr<google::protobuf::Message>)> visit) const;
  absl::StatusOr<ScanCursor> ScanIndexed(
      Snapshot& snapshot, std::string_view network, std::string_view index, std::string_view entry_prefix,
      const PageRequest& page, absl::FunctionRef<absl::Status(std::unique_ptr<google::protobuf::Message>)> visit) const;

  // Compares every record of `network` with every index entry, in both directions, a bounded page at a time:
  // each call looks at no more than `max_entries` entries from `cursor` on, and returns where to go on
  // (empty: done).
  absl::StatusOr<ScanCursor> VerifyPage(Snapshot& snapshot, std::string_view network, const ScanCursor& cursor,
                                        std::size_t max_entries, std::vector<StoreFault>& faults,
                                        VerifyCounts* counts = nullptr) const;

 private:
  absl::Status Write(Transaction& txn, std::string_view network, const std::string& key,
                     const google::protobuf::Message* old, const google::protobuf::Message& record,
                     std::string bytes) const;

  std::string name_;
  std::unique_ptr<google::protobuf::Message> prototype_;
  std::function<std::string(const google::protobuf::Message&)> key_;
  std::vector<UntypedIndex> indexes_;
};

template <typename Record>
class Table final : public UntypedTable {
 public:
  struct Index {
    std::string name;
    std::function<std::vector<std::string>(const Record&)> entries;
    bool unique = false;
  };
  struct Declaration {
    std::string name;
    std::function<std::string(const Record&)> key;
    std::vector<Index> indexes;
  };

  explicit Table(Declaration declaration)
      : UntypedTable(
            declaration.name, Record::default_instance(),
            [key = declaration.key](const google::protobuf::Message& m) { return key(static_cast<const Record&>(m)); },
            Untyped(std::move(declaration.indexes))) {}

  // Writes the record and brings its indexes up to date.
  absl::Status Put(Transaction& txn, std::string_view network, const Record& record) const {
    return PutRecord(txn, network, record);
  }

  // Writes a record whose key nothing was ever written under: a new id, the next number of a sequence. Spares a read.
  absl::Status PutNew(Transaction& txn, std::string_view network, const Record& record) const {
    return PutRecordOver(txn, network, nullptr, record);
  }
  // Writes the successor of a record that this transaction read or wrote; `old` and `record` have one key. Spares a read.
  absl::Status Replace(Transaction& txn, std::string_view network, const Record& old, const Record& record) const {
    return PutRecordOver(txn, network, &old, record);
  }
  // Replace, or PutNew where the transaction found none.
  absl::Status PutOver(Transaction& txn, std::string_view network, const std::optional<Record>& old,
                       const Record& record) const {
    return PutRecordOver(txn, network, old.has_value() ? &*old : nullptr, record);
  }

  absl::StatusOr<std::optional<Record>> Get(Snapshot& snapshot, std::string_view network,
                                            std::string_view encoded_key) const {
    Record record;
    absl::StatusOr<bool> found = GetRecord(snapshot, network, encoded_key, record);
    if (!found.ok()) return found.status();
    if (!*found) return std::optional<Record>();
    return std::optional<Record>(std::move(record));
  }

  // Removes the record and its index entries. No effect if it is not there.
  absl::Status Erase(Transaction& txn, std::string_view network, std::string_view encoded_key) const {
    return EraseRecord(txn, network, encoded_key);
  }

  // A page of all records in the order of their keys.
  absl::StatusOr<PageOf<Record>> Scan(Snapshot& snapshot, std::string_view network, const PageRequest& page) const {
    PageOf<Record> result;
    absl::StatusOr<ScanCursor> next = ScanRecords(snapshot, network, page, Collect(result.records));
    if (!next.ok()) return next.status();
    result.next = *std::move(next);
    return result;
  }

  // A page of the records whose entry in `index` starts with `entry_prefix`, in the order of the entries.
  absl::StatusOr<PageOf<Record>> ScanIndex(Snapshot& snapshot, std::string_view network, std::string_view index,
                                           std::string_view entry_prefix, const PageRequest& page) const {
    PageOf<Record> result;
    absl::StatusOr<ScanCursor> next =
        ScanIndexed(snapshot, network, index, entry_prefix, page, Collect(result.records));
    if (!next.ok()) return next.status();
    result.next = *std::move(next);
    return result;
  }

 private:
  static auto Collect(std::vector<Record>& records) {
    return [&records](std::unique_ptr<google::protobuf::Message> m) {
      records.push_back(std::move(static_cast<Record&>(*m)));
      return absl::OkStatus();
    };
  }
  static std::vector<UntypedIndex> Untyped(std::vector<Index> indexes) {
    std::vector<UntypedIndex> result;
    for (Index& index : indexes) {
      result.push_back({std::move(index.name),
                        [entries = std::move(index.entries)](const google::protobuf::Message& m) {
                          return entries(static_cast<const Record&>(m));
                        },
                        index.unique});
    }
    return result;
  }
};

// The networks that have at least one key in this store, in order; costs one seek a network.
absl::StatusOr<std::vector<std::string>> ListNetworks(Snapshot& snapshot);

}  // namespace splw::store
