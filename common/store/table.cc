#include "common/store/table.h"

#include <algorithm>
#include <utility>

#include <absl/strings/escaping.h>
#include <absl/strings/str_format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "common/text/failure.h"
#include "common/text/status_macros.h"

namespace splw::store {
namespace {

using google::protobuf::Message;

// A cursor begins with this, so that the cursor after a first entry that has nothing behind its prefix is not
// empty.
constexpr char kCursorMark = 'c';

// The same bytes for the same content within one build, map fields too: an unchanged record is then seen to
// be so.
std::string Serialize(const Message& record) {
  std::string bytes;
  bytes.reserve(record.ByteSizeLong());
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    record.SerializeToCodedStream(&coded);
  }
  return bytes;
}

std::vector<std::string> EntriesOf(const UntypedIndex& index, const Message& record) {
  std::vector<std::string> entries = index.entries(record);
  std::sort(entries.begin(), entries.end());
  entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
  return entries;
}

bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}
bool EndsWith(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

absl::Status Unreadable(const UntypedTable& table) {
  return absl::DataLossError(
      absl::StrFormat("a record of table %s cannot be read; verify the store to see which", table.name()));
}

ScanCursor CursorAfter(const Entry& entry, std::string_view base) {
  return kCursorMark + entry.key.substr(base.size());
}

struct RawPage {
  std::vector<Entry> entries;
  ScanCursor next;
};

// The entries under `prefix`, from where `page.after` ended. Cursors hold what stands behind `base`, of which
// `prefix` is a continuation: a cursor can therefore never lead out of the table and network that it is used
// for.
absl::StatusOr<RawPage> ReadPage(Snapshot& snapshot, std::string_view base, std::string_view prefix,
                                 const PageRequest& page) {
  if (page.size == 0) return absl::InvalidArgumentError("a page holds at least one entry");
  KeyRange range = PrefixRange(prefix);
  if (!page.from.empty()) range.begin = std::string(prefix) + page.from;
  if (!page.until.empty()) range.end = std::string(prefix) + page.until;
  if (!page.after.empty()) {
    const std::string last = std::string(base) + page.after.substr(1);
    if (page.after.front() != kCursorMark || !StartsWith(last, prefix)) {
      // A cursor comes from a page token, or from this file.
      return text::InvalidField("page_token", "PAGE_TOKEN_INVALID",
                                "this token does not belong to this list; send none to start again");
    }
    if (page.order == Order::kAscending) {
      range.begin = last + '\0';
    } else {
      range.end = last;
    }
  }
  if (!range.end.empty() && range.begin >= range.end) return RawPage{};
  // One more than asked for, to know whether there is a next page.
  SPLW_ASSIGN_OR_RETURN(std::vector<Entry> entries,
                        snapshot.Scan(range, {.max_entries = page.size + 1, .order = page.order}));
  RawPage result{std::move(entries), {}};
  if (result.entries.size() > page.size) {
    result.entries.resize(page.size);
    result.next = CursorAfter(result.entries.back(), base);
  }
  return result;
}

// Counts the bytes of a page's records.
class PageBudget final {
 public:
  explicit PageBudget(const PageRequest& page) : max_bytes_(page.max_bytes) {}
  // Whether a record of so many bytes still belongs to the page.
  bool Take(std::size_t bytes) {
    if (max_bytes_ != 0 && taken_ != 0 && taken_ + bytes > max_bytes_) return false;
    taken_ += std::max<std::size_t>(bytes, 1);
    return true;
  }

 private:
  const std::size_t max_bytes_;
  std::size_t taken_ = 0;
};

}  // namespace

const char* StoreFaultName(StoreFault::Kind kind) {
  switch (kind) {
    case StoreFault::Kind::kIndexEntryMissing:
      return "INDEX_ENTRY_MISSING";
    case StoreFault::Kind::kIndexEntryStray:
      return "INDEX_ENTRY_STRAY";
    case StoreFault::Kind::kRecordUnreadable:
      return "RECORD_UNREADABLE";
    case StoreFault::Kind::kRecordKeyMismatch:
      return "RECORD_KEY_MISMATCH";
    case StoreFault::Kind::kUnknownTable:
      return "UNKNOWN_TABLE";
  }
  return "UNKNOWN_FAULT";
}

UntypedTable::UntypedTable(std::string name, const Message& prototype, std::function<std::string(const Message&)> key,
                           std::vector<UntypedIndex> indexes)
    : name_(std::move(name)), prototype_(prototype.New()), key_(std::move(key)), indexes_(std::move(indexes)) {}

std::string UntypedTable::Prefix(std::string_view network) const {
  return KeyBuilder().Text(network).Text(name_).str();
}

std::string UntypedTable::RecordPrefix(std::string_view network) const {
  return KeyBuilder(Prefix(network)).Text(kRecordMark).str();
}

std::string UntypedTable::RecordKey(std::string_view network, std::string_view encoded_key) const {
  return KeyBuilder(RecordPrefix(network)).Raw(encoded_key).str();
}

std::string UntypedTable::IndexPrefix(std::string_view network, std::string_view index) const {
  return KeyBuilder(Prefix(network)).Text(kIndexMark).Text(index).str();
}

absl::Status UntypedTable::PutRecord(Transaction& txn, std::string_view network, const Message& record) const {
  const std::string key = KeyOf(record);
  std::string bytes = Serialize(record);
  SPLW_ASSIGN_OR_RETURN(const std::optional<std::string> old_bytes, txn.Get(RecordKey(network, key)));
  if (!old_bytes.has_value()) return Write(txn, network, key, nullptr, record, std::move(bytes));
  if (*old_bytes == bytes) return absl::OkStatus();
  const std::unique_ptr<Message> old(prototype_->New());
  if (!old->ParseFromString(*old_bytes)) return Unreadable(*this);
  return Write(txn, network, key, old.get(), record, std::move(bytes));
}

absl::Status UntypedTable::PutRecordOver(Transaction& txn, std::string_view network, const Message* old,
                                         const Message& record) const {
  const std::string key = KeyOf(record);
  if (old != nullptr && KeyOf(*old) != key) {
    return absl::InternalError(absl::StrFormat("a record of table %s would replace one of another key", name_));
  }
  return Write(txn, network, key, old, record, Serialize(record));
}

absl::Status UntypedTable::Write(Transaction& txn, std::string_view network, const std::string& key, const Message* old,
                                 const Message& record, std::string bytes) const {
  if (key.empty()) return absl::InvalidArgumentError(absl::StrFormat("a record of table %s has no key", name_));
  for (const UntypedIndex& index : indexes_) {
    const std::string prefix = IndexPrefix(network, index.name);
    const std::vector<std::string> entries = EntriesOf(index, record);
    const std::vector<std::string> old_entries = old != nullptr ? EntriesOf(index, *old) : std::vector<std::string>();
    for (const std::string& entry : old_entries) {
      if (!std::binary_search(entries.begin(), entries.end(), entry)) txn.Erase(prefix + entry + key);
    }
    for (const std::string& entry : entries) {
      if (std::binary_search(old_entries.begin(), old_entries.end(), entry)) continue;
      if (index.unique) {
        SPLW_ASSIGN_OR_RETURN(const std::vector<Entry> holders,
                              txn.Scan(PrefixRange(prefix + entry), {.max_entries = 2}));
        for (const Entry& holder : holders) {
          if (holder.value != key) {
            return absl::AlreadyExistsError(
                absl::StrFormat("another record of table %s has this entry in its index %s", name_, index.name));
          }
        }
      }
      txn.Put(prefix + entry + key, key);
    }
  }
  txn.Put(RecordKey(network, key), std::move(bytes));
  return absl::OkStatus();
}

absl::Status UntypedTable::EraseRecord(Transaction& txn, std::string_view network, std::string_view encoded_key) const {
  const std::unique_ptr<Message> record(prototype_->New());
  SPLW_ASSIGN_OR_RETURN(const bool found, GetRecord(txn, network, encoded_key, *record));
  if (!found) return absl::OkStatus();
  for (const UntypedIndex& index : indexes_) {
    const std::string prefix = IndexPrefix(network, index.name);
    for (const std::string& entry : EntriesOf(index, *record)) {
      txn.Erase(KeyBuilder(prefix).Raw(entry).Raw(encoded_key).str());
    }
  }
  txn.Erase(RecordKey(network, encoded_key));
  return absl::OkStatus();
}

absl::StatusOr<bool> UntypedTable::GetRecord(Snapshot& snapshot, std::string_view network, std::string_view encoded_key,
                                             Message& record) const {
  SPLW_ASSIGN_OR_RETURN(const std::optional<std::string> bytes, snapshot.Get(RecordKey(network, encoded_key)));
  if (!bytes.has_value()) return false;
  if (!record.ParseFromString(*bytes)) return Unreadable(*this);
  return true;
}

absl::StatusOr<ScanCursor> UntypedTable::ScanRecords(
    Snapshot& snapshot, std::string_view network, const PageRequest& page,
    absl::FunctionRef<absl::Status(std::unique_ptr<Message>)> visit) const {
  const std::string prefix = RecordPrefix(network);
  SPLW_ASSIGN_OR_RETURN(RawPage raw, ReadPage(snapshot, prefix, prefix, page));
  PageBudget budget(page);
  for (std::size_t i = 0; i < raw.entries.size(); ++i) {
    const Entry& entry = raw.entries[i];
    if (!budget.Take(entry.value.size())) return CursorAfter(raw.entries[i - 1], prefix);
    std::unique_ptr<Message> record(prototype_->New());
    if (!record->ParseFromString(entry.value)) return Unreadable(*this);
    SPLW_RETURN_IF_ERROR(visit(std::move(record)));
  }
  return std::move(raw.next);
}

absl::StatusOr<ScanCursor> UntypedTable::ScanIndexed(
    Snapshot& snapshot, std::string_view network, std::string_view index, std::string_view entry_prefix,
    const PageRequest& page, absl::FunctionRef<absl::Status(std::unique_ptr<Message>)> visit) const {
  if (std::none_of(indexes_.begin(), indexes_.end(), [&](const UntypedIndex& i) { return i.name == index; })) {
    return absl::InternalError(absl::StrFormat("table %s has no index %s", name_, index));
  }
  const std::string base = IndexPrefix(network, index);
  SPLW_ASSIGN_OR_RETURN(RawPage raw, ReadPage(snapshot, base, KeyBuilder(base).Raw(entry_prefix).str(), page));
  PageBudget budget(page);
  for (std::size_t i = 0; i < raw.entries.size(); ++i) {
    const Entry& entry = raw.entries[i];
    std::unique_ptr<Message> record(prototype_->New());
    const absl::StatusOr<bool> maybe_found = GetRecord(snapshot, network, entry.value, *record);
    const bool unreadable = maybe_found.ok() ? !*maybe_found : absl::IsDataLoss(maybe_found.status());
    if (page.skip_unreadable && unreadable) continue;
    SPLW_ASSIGN_OR_RETURN(const bool found, maybe_found);
    if (found && !budget.Take(record->ByteSizeLong())) return CursorAfter(raw.entries[i - 1], base);
    if (!found) {
      return absl::DataLossError(absl::StrFormat(
          "an entry of index %s of table %s has no record; verify the store to see which", index, name_));
    }
    SPLW_RETURN_IF_ERROR(visit(std::move(record)));
  }
  return std::move(raw.next);
}

absl::StatusOr<ScanCursor> UntypedTable::VerifyPage(Snapshot& snapshot, std::string_view network,
                                                    const ScanCursor& cursor, std::size_t max_entries,
                                                    std::vector<StoreFault>& faults, VerifyCounts* counts) const {
  const std::string prefix = Prefix(network);
  SPLW_ASSIGN_OR_RETURN(RawPage raw, ReadPage(snapshot, prefix, prefix, {.size = max_entries, .after = cursor}));

  for (const Entry& entry : raw.entries) {
    const auto fault = [&](StoreFault::Kind kind, std::string_view index = "") {
      faults.push_back({kind, name_, std::string(index), absl::BytesToHexString(entry.key)});
    };
    KeyReader reader(std::string_view(entry.key).substr(prefix.size()));
    const absl::StatusOr<std::string> maybe_mark = reader.Text();
    if (maybe_mark.ok() && *maybe_mark == kRecordMark) {
      if (counts != nullptr) ++counts->records;
      const std::unique_ptr<Message> record(prototype_->New());
      if (!record->ParseFromString(entry.value)) {
        fault(StoreFault::Kind::kRecordUnreadable);
        continue;
      }
      if (KeyOf(*record) != reader.rest()) fault(StoreFault::Kind::kRecordKeyMismatch);
      for (const UntypedIndex& index : indexes_) {
        for (const std::string& wanted : EntriesOf(index, *record)) {
          SPLW_ASSIGN_OR_RETURN(
              const std::optional<std::string> value,
              snapshot.Get(KeyBuilder(IndexPrefix(network, index.name)).Raw(wanted).Raw(reader.rest()).str()));
          if (value != reader.rest()) fault(StoreFault::Kind::kIndexEntryMissing, index.name);
        }
      }
      continue;
    }
    if (maybe_mark.ok() && *maybe_mark == kIndexMark) {
      if (counts != nullptr) ++counts->index_entries;
      const absl::StatusOr<std::string> maybe_index = reader.Text();
      const auto index = std::find_if(indexes_.begin(), indexes_.end(), [&](const UntypedIndex& i) {
        return maybe_index.ok() && i.name == *maybe_index;
      });
      if (index == indexes_.end()) {
        fault(StoreFault::Kind::kIndexEntryStray, maybe_index.ok() ? *maybe_index : "");
        continue;
      }
      if (!EndsWith(reader.rest(), entry.value)) {
        fault(StoreFault::Kind::kIndexEntryStray, index->name);
        continue;
      }
      SPLW_ASSIGN_OR_RETURN(const std::optional<std::string> bytes, snapshot.Get(RecordKey(network, entry.value)));
      const std::unique_ptr<Message> record(prototype_->New());
      // A record that cannot be read is one fault, found where it stands, and not one more for each of its
      // entries.
      if (bytes.has_value() && !record->ParseFromString(*bytes)) continue;
      const std::string_view held = reader.rest().substr(0, reader.rest().size() - entry.value.size());
      const std::vector<std::string> entries = bytes ? EntriesOf(*index, *record) : std::vector<std::string>();
      if (!std::binary_search(entries.begin(), entries.end(), held)) {
        fault(StoreFault::Kind::kIndexEntryStray, index->name);
      }
      continue;
    }
    fault(StoreFault::Kind::kUnknownTable);  // neither a record nor an index entry of this table
  }
  return std::move(raw.next);
}

absl::StatusOr<std::vector<std::string>> ListNetworks(Snapshot& snapshot) {
  std::vector<std::string> networks;
  KeyRange rest;
  while (true) {
    SPLW_ASSIGN_OR_RETURN(const std::vector<Entry> entries, snapshot.Scan(rest, {.max_entries = 1}));
    if (entries.empty()) return networks;
    KeyReader reader(entries.front().key);
    absl::StatusOr<std::string> maybe_network = reader.Text();
    if (!maybe_network.ok()) {
      return absl::DataLossError("a key in the store does not begin with a network; verify the store to see which");
    }
    rest.begin = PrefixEnd(KeyBuilder().Text(*maybe_network).str());
    networks.push_back(*std::move(maybe_network));
  }
}

}  // namespace splw::store
