#include "common/store/power_loss_file_system.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace splw::store {

class CountedFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  CountedFile(PowerLossFileSystem& system, std::shared_ptr<PowerLossFileSystem::FileState> state,
              std::unique_ptr<rocksdb::FSWritableFile> file)
      : FSWritableFileOwnerWrapper(std::move(file)), system_(system), state_(std::move(state)) {}

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
    if (state_->is_log && system_.fail_writes_) return rocksdb::IOStatus::NoSpace("on command");
    std::lock_guard lock(system_.mutex_);
    const rocksdb::IOStatus status = target()->Append(data, options, debug);
    if (status.ok()) state_->written += data.size();
    return status;
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo& /*info*/, rocksdb::IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  rocksdb::IOStatus Truncate(std::uint64_t size, const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override {
    std::lock_guard lock(system_.mutex_);
    state_->written = std::min(state_->written, size);
    state_->synced = std::min(state_->synced, size);
    return target()->Truncate(size, options, debug);
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& /*options*/, rocksdb::IODebugContext* /*debug*/) override {
    if (state_->is_log && system_.fail_syncs_) return rocksdb::IOStatus::IOError("on command");
    std::unique_lock lock(system_.mutex_);
    const std::uint64_t covered = state_->written;
    if (state_->is_log) {
      ++system_.holding_;
      system_.changed_.notify_all();
      system_.changed_.wait(lock, [this] { return !system_.held_; });
      --system_.holding_;
    }
    state_->synced = std::max(state_->synced, covered);
    return rocksdb::IOStatus::OK();
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
    return Sync(options, debug);
  }
  rocksdb::IOStatus RangeSync(std::uint64_t, std::uint64_t, const rocksdb::IOOptions&,
                              rocksdb::IODebugContext*) override {
    return rocksdb::IOStatus::OK();  // promises nothing
  }

 private:
  PowerLossFileSystem& system_;
  const std::shared_ptr<PowerLossFileSystem::FileState> state_;
};

void PowerLossFileSystem::CopyAsAfterPowerLoss(const std::string& from, const std::string& to, const Keep& keep) {
  std::lock_guard lock(mutex_);
  std::filesystem::remove_all(to);
  std::filesystem::create_directories(to);
  for (const auto& entry : std::filesystem::directory_iterator(from)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (const auto found = files_.find(entry.path().string()); found != files_.end()) {
      const FileState& state = *found->second;
      const std::uint64_t kept = state.synced + keep(entry.path().filename().string(), state.written - state.synced);
      bytes.resize(std::min<std::uint64_t>(bytes.size(), kept));
    }
    std::ofstream(std::filesystem::path(to) / entry.path().filename(), std::ios::binary) << bytes;
  }
}

void PowerLossFileSystem::HoldLogSyncs(bool held) {
  {
    std::lock_guard lock(mutex_);
    held_ = held;
  }
  changed_.notify_all();
}

void PowerLossFileSystem::AwaitHeldLogSync() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return holding_ > 0; });
}

rocksdb::IOStatus PowerLossFileSystem::NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                                       std::unique_ptr<rocksdb::FSWritableFile>* result,
                                                       rocksdb::IODebugContext* debug) {
  std::unique_ptr<rocksdb::FSWritableFile> file;
  std::lock_guard lock(mutex_);
  const rocksdb::IOStatus status = target()->NewWritableFile(name, options, &file, debug);
  if (!status.ok()) return status;
  auto state = std::make_shared<FileState>();
  state->is_log = std::filesystem::path(name).extension() == ".log";
  files_[std::filesystem::path(name).string()] = state;
  *result = std::make_unique<CountedFile>(*this, std::move(state), std::move(file));
  return status;
}

rocksdb::IOStatus PowerLossFileSystem::ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                                          std::unique_ptr<rocksdb::FSWritableFile>* result,
                                                          rocksdb::IODebugContext* debug) {
  std::unique_ptr<rocksdb::FSWritableFile> file;
  std::lock_guard lock(mutex_);
  const rocksdb::IOStatus status = target()->ReopenWritableFile(name, options, &file, debug);
  if (!status.ok()) return status;
  std::shared_ptr<FileState>& state = files_[name];
  if (state == nullptr) {
    state = std::make_shared<FileState>();
    state->is_log = std::filesystem::path(name).extension() == ".log";
    state->written = state->synced = std::filesystem::file_size(name);
  }
  *result = std::make_unique<CountedFile>(*this, state, std::move(file));
  return status;
}

rocksdb::IOStatus PowerLossFileSystem::RenameFile(const std::string& from, const std::string& to,
                                                  const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) {
  std::lock_guard lock(mutex_);
  const rocksdb::IOStatus status = target()->RenameFile(from, to, options, debug);
  if (!status.ok()) return status;
  files_.erase(to);
  if (auto moved = files_.extract(from)) {
    moved.key() = to;
    files_.insert(std::move(moved));
  }
  return status;
}

rocksdb::IOStatus PowerLossFileSystem::DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                                                  rocksdb::IODebugContext* debug) {
  std::lock_guard lock(mutex_);
  files_.erase(name);
  return target()->DeleteFile(name, options, debug);
}

}  // namespace splw::store
