#include "common/store/rocksdb_open.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <absl/strings/match.h>
#include <absl/strings/str_format.h>
#include <absl/time/time.h>
#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/options.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include "common/store/folder.h"
#include "common/store/keys.h"
#include "common/store/log_check.h"
#include "common/store/table.h"
#include "common/text/status_macros.h"

namespace splw::store {
namespace {

constexpr char kMetaFamily[] = "meta";
constexpr double kBloomBitsPerKey = 10;  // one in a hundred look-ups of a missing key reads a block for nothing

class ErrorListener final : public rocksdb::EventListener {
 public:
  ErrorListener(std::function<void(absl::Status)> report, std::shared_ptr<LogGuard> log_guard)
      : report_(std::move(report)), log_guard_(std::move(log_guard)) {}

  bool ShouldBeNotifiedOnFileIO() override { return true; }
  // RocksDB calls it before it remembers that the file failed, which LogGuard needs.
  void OnIOError(const rocksdb::IOErrorInfo& error) override {
    if (error.operation == rocksdb::FileOperationType::kAppend && absl::EndsWith(error.file_path, ".log")) {
      log_guard_->Refuse();
    }
  }

  void OnBackgroundError(rocksdb::BackgroundErrorReason /*reason*/, rocksdb::Status* error) override {
    const absl::Status status = FromRocksDb(*error);
    std::fprintf(stderr, "store: RocksDB stopped writing: %s\n", status.ToString().c_str());
    if (report_) report_(status);
  }
  // Nothing resumes by itself: what happened in between would be unknown.
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason /*reason*/, rocksdb::Status /*error*/,
                            bool* auto_recovery) override {
    *auto_recovery = false;
  }

 private:
  const std::function<void(absl::Status)> report_;
  const std::shared_ptr<LogGuard> log_guard_;
};

// RocksDB's own warnings, in the file LOG of its folder. Its own writer of that file ends the process (an assertion of
// its) at the second line that a full disk refuses, before anybody is told; this one drops what it cannot write.
class WarningLog final : public rocksdb::Logger {
 public:
  explicit WarningLog(const RocksDbOptions& options)
      : Logger(rocksdb::WARN_LEVEL), clock_(options.clock), file_(std::fopen((options.path + "/LOG").c_str(), "ae")) {}
  ~WarningLog() override {
    if (file_ != nullptr) std::fclose(file_);
  }

  using Logger::Logv;
  void LogHeader(const char* /*format*/, va_list /*arguments*/) override {}
  void Logv(const char* format, va_list arguments) override {
    if (file_ == nullptr) return;
    char line[kMaxLogLine];
    std::vsnprintf(line, sizeof(line), format, arguments);
    const std::string time = absl::FormatTime(clock_->Now(), absl::UTCTimeZone());
    std::fprintf(file_, "%s %s\n", time.c_str(), line);
    std::fflush(file_);
    std::clearerr(file_);
  }

 private:
  static constexpr std::size_t kMaxLogLine = 4096;
  const time::Clock* const clock_;
  std::FILE* const file_;
};

// Of a key: what stands before its own part, "network / table / r" or "network / table / i / index" (common/store/table.h).
// Most of what one table or index gets is put behind what it got last, because ids and sequences grow: RocksDB then begins
// to look for the place of a key where it put the last one with the same beginning.
class TablePrefix final : public rocksdb::SliceTransform {
 public:
  const char* Name() const override { return "splw.TablePrefix"; }
  bool InDomain(const rocksdb::Slice& key) const override { return Length(key) != 0; }
  rocksdb::Slice Transform(const rocksdb::Slice& key) const override { return {key.data(), Length(key)}; }

 private:
  // 0: the key is none of a table's.
  static std::size_t Length(const rocksdb::Slice& key) {
    std::string_view own(key.data(), key.size());
    TakeText(own);  // the network
    TakeText(own);  // the table
    const std::optional<std::string_view> mark = TakeText(own);
    if (!mark.has_value() || (*mark == kIndexMark && !TakeText(own).has_value())) return 0;
    return key.size() - own.size();
  }
};

rocksdb::DBOptions DatabaseOptions(const RocksDbOptions& options, rocksdb::WALRecoveryMode recovery,
                                   std::shared_ptr<LogGuard> log_guard) {
  rocksdb::DBOptions result;
  result.create_if_missing = true;
  result.create_missing_column_families = true;
  result.paranoid_checks = true;
  result.wal_recovery_mode = recovery;
  result.max_bgerror_resume_count = 0;
  result.recycle_log_file_num = 0;
  result.max_background_jobs = 2;
  result.info_log = std::make_shared<WarningLog>(options);
  result.info_log_level = rocksdb::WARN_LEVEL;
  result.stats_dump_period_sec = 0;
  result.stats_persist_period_sec = 0;
  result.listeners.push_back(std::make_shared<ErrorListener>(options.on_background_error, std::move(log_guard)));
  if (options.env != nullptr) result.env = options.env;
  return result;
}

rocksdb::ColumnFamilyOptions FamilyOptions(const RocksDbOptions& options) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
  table.whole_key_filtering = true;

  rocksdb::ColumnFamilyOptions result;
  result.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  result.write_buffer_size = options.write_buffer_bytes;
  result.memtable_insert_with_hint_prefix_extractor = std::make_shared<TablePrefix>();
  const std::vector<rocksdb::CompressionType> supported = rocksdb::GetSupportedCompressions();
  const bool lz4 = std::find(supported.begin(), supported.end(), rocksdb::kLZ4Compression) != supported.end();
  result.compression = lz4 ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
  return result;
}

rocksdb::Status TryOpen(const RocksDbOptions& options, rocksdb::WALRecoveryMode recovery, OpenRocksDb& opened) {
  const rocksdb::ColumnFamilyOptions family = FamilyOptions(options);  // one block cache for both
  const std::vector<rocksdb::ColumnFamilyDescriptor> families = {{rocksdb::kDefaultColumnFamilyName, family},
                                                                 {kMetaFamily, family}};
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  auto log_guard = std::make_shared<LogGuard>();
  const rocksdb::Status status = rocksdb::DB::Open(
      rocksdb::Options(DatabaseOptions(options, recovery, log_guard), family), options.path, families, &handles, &db);
  if (status.ok()) {
    opened.db.reset(db);
    opened.data = handles[0];
    opened.meta = handles[1];
    opened.log_guard = std::move(log_guard);
  }
  return status;
}

rocksdb::Env* EnvOf(const RocksDbOptions& options) {
  return options.env != nullptr ? options.env : rocksdb::Env::Default();
}

// Beside RocksDB's own files, which leaves alone what it does not know: a copy of the folder takes it along.
std::string WalLossMarker(const RocksDbOptions& options) {
  return options.path + "/SPLW-WAL-LOSS-ACCEPTED";
}

absl::Status SyncFolder(const RocksDbOptions& options) {
  std::unique_ptr<rocksdb::Directory> folder;
  rocksdb::Status status = EnvOf(options)->NewDirectory(options.path, &folder);
  if (status.ok()) status = folder->Fsync();
  return FromRocksDb(status);
}

absl::Status MarkWalLoss(const RocksDbOptions& options) {
  SPLW_RETURN_IF_ERROR(FromRocksDb(rocksdb::WriteStringToFile(
      EnvOf(options), "the loss of the end of the log was accepted\n", WalLossMarker(options), /*should_sync=*/true)));
  return SyncFolder(options);
}

absl::Status MakePrivateFolder(const std::string& path) {
  SPLW_RETURN_IF_ERROR(MakeFolder(path).status());
  // What is in it is about people: nobody but the service's own account reads it.
  std::error_code error;
  std::filesystem::permissions(path, std::filesystem::perms::owner_all, error);
  if (error) {
    return absl::UnavailableError(
        absl::StrFormat("the folder of the store, %s, cannot be made private: %s", path, error.message()));
  }
  return absl::OkStatus();
}

bool IsLocked(const rocksdb::Status& status) {
  if (!status.IsIOError()) return false;
  const std::string text = status.ToString();
  return absl::StrContains(text, "While lock file") || absl::StrContains(text, "lock hold by current process");
}

absl::Status Damaged(const RocksDbOptions& options, const rocksdb::Status& status) {
  return absl::DataLossError(absl::StrFormat(
      "the store in %s is damaged and was not opened, so that nothing acknowledged is lost in silence (%s). "
      "Copy the "
      "folder away; then restore a backup and start once with --restored, or, if the write-ahead log is what is "
      "damaged, "
      "start once with "
      "--accept-wal-loss: this keeps everything before the damage, drops everything behind it, and prints "
      "the last "
      "write that was kept",
      options.path, status.ToString()));
}

}  // namespace

absl::Status FromRocksDb(const rocksdb::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const std::string text = status.ToString();
  if (status.IsCorruption()) return absl::DataLossError(text);
  if (status.IsNoSpace()) return absl::ResourceExhaustedError(text);
  if (status.IsIOError() || status.IsShutdownInProgress()) return absl::UnavailableError(text);
  return absl::InternalError(text);
}

absl::StatusOr<OpenRocksDb> OpenDatabase(const RocksDbOptions& options) {
  SPLW_RETURN_IF_ERROR(MakePrivateFolder(options.path));
  OpenRocksDb opened;
  // A torn last record is what a crash leaves; damage before that is not, and the default mode of RocksDB
  // would drop everything behind it without a word; in this mode it does so only for what CheckLogs finds.
  rocksdb::Status status;
  if (const absl::Status logs = CheckLogs(*EnvOf(options), options.path); absl::IsDataLoss(logs)) {
    status = rocksdb::Status::Corruption(std::string(logs.message()));
  } else {
    SPLW_RETURN_IF_ERROR(logs);
    status = TryOpen(options, rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords, opened);
  }
  if (status.IsCorruption()) {
    if (!options.accept_wal_loss) return Damaged(options, status);
    std::fprintf(stderr, "store: %s is damaged (%s); opening it with --accept-wal-loss\n", options.path.c_str(),
                 status.ToString().c_str());
    // First, so that a crash between the loss and the new incarnation is seen at the next start.
    SPLW_RETURN_IF_ERROR(MarkWalLoss(options));
    status = TryOpen(options, rocksdb::WALRecoveryMode::kPointInTimeRecovery, opened);
    if (status.IsCorruption()) return Damaged(options, status);
  }
  if (status.ok()) {
    const rocksdb::Status marked = EnvOf(options)->FileExists(WalLossMarker(options));
    if (!marked.ok() && !marked.IsNotFound()) {
      CloseDatabase(opened);
      return FromRocksDb(marked);
    }
    opened.wal_loss_accepted = marked.ok();
  }
  if (IsLocked(status)) {
    return absl::FailedPreconditionError(
        absl::StrFormat("another process has the store in %s open (its file LOCK is locked); one store belongs to one "
                        "process: stop the other, or use another --data-dir",
                        options.path));
  }
  if (!status.ok()) {
    const absl::Status cause = FromRocksDb(status);
    return absl::Status(cause.code(), absl::StrFormat("the store in %s cannot be opened: %s", options.path,
                                                      std::string(cause.message())));
  }
  return opened;
}

absl::Status ForgetWalLoss(const RocksDbOptions& options) {
  SPLW_RETURN_IF_ERROR(FromRocksDb(EnvOf(options)->DeleteFile(WalLossMarker(options))));
  return SyncFolder(options);
}

void CloseDatabase(OpenRocksDb& database) {
  if (database.db == nullptr) return;
  database.db->DestroyColumnFamilyHandle(database.data);
  database.db->DestroyColumnFamilyHandle(database.meta);
  database.data = nullptr;
  database.meta = nullptr;
  if (const rocksdb::Status status = database.db->Close(); !status.ok()) {
    std::fprintf(stderr, "store: closing RocksDB: %s\n", status.ToString().c_str());
  }
  database.db.reset();
}

}  // namespace splw::store
