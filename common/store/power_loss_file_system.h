// For tests: a file system for RocksDB that knows what a power loss would take.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <rocksdb/file_system.h>

namespace splw::store {

// Counts what is written to each file and what of it was synced. Syncs are only counted: nothing reaches the
// disk for them, which makes tests fast. Names are kept as if every change to a folder were durable at once.
// Thread-safe.
class PowerLossFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  PowerLossFileSystem() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "PowerLossFileSystem"; }

  // How many of the `unsynced` bytes of the file `name` a power loss leaves.
  using Keep = std::function<std::uint64_t(const std::string& name, std::uint64_t unsynced)>;

  // Copies the folder `from` to `to` (made anew) as a power loss at this moment would leave it: each file
  // holds what was synced and the first bytes of what was not, as many as `keep` says.
  void CopyAsAfterPowerLoss(const std::string& from, const std::string& to, const Keep& keep);

  // While held, syncs of logs wait.
  void HoldLogSyncs(bool held);
  // Until one waits.
  void AwaitHeldLogSync();
  void FailLogSyncs() { fail_syncs_ = true; }
  void FailLogWrites() { fail_writes_ = true; }

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* result,
                                       rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;

 private:
  friend class CountedFile;
  struct FileState {
    bool is_log = false;
    std::uint64_t written = 0;
    std::uint64_t synced = 0;
  };

  std::mutex mutex_;  // held through every write too, so that a copy is of one moment
  std::condition_variable changed_;
  bool held_ = false;
  int holding_ = 0;                                          // syncs that wait
  std::map<std::string, std::shared_ptr<FileState>> files_;  // those that are or were open for writing
  std::atomic<bool> fail_syncs_ = false;
  std::atomic<bool> fail_writes_ = false;
};

}  // namespace splw::store
