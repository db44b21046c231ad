#include "common/store/conformance.h"

#include <rocksdb/env.h>

#include "common/ids/random.h"
#include "common/store/memory_store.h"
#include "common/store/power_loss_file_system.h"
#include "common/store/rocksdb_store.h"
#include "common/testing/temp_dir.h"

namespace splw::store {
namespace {

constexpr std::int64_t kStart = 1'700'000'000;

class MemoryEngine final : public EngineUnderTest {
 public:
  Store& store() override { return store_; }
  time::FakeClock& clock() override { return clock_; }
  void HoldSyncs(bool held) override { store_.SetAutomaticSync(!held); }
  void LosePower() override {
    store_.Crash();
    store_.SetAutomaticSync(true);
  }
  bool RerunNext(int count) override {
    store_.RerunNext(count);
    return true;
  }

 private:
  time::FakeClock clock_{absl::FromUnixSeconds(kStart)};
  MemoryStore store_{clock_};
};

class RocksDbEngine final : public EngineUnderTest {
 public:
  RocksDbEngine() { Open(); }
  ~RocksDbEngine() override { files_->HoldLogSyncs(false); }

  Store& store() override { return *store_; }
  time::FakeClock& clock() override { return clock_; }
  void HoldSyncs(bool held) override { files_->HoldLogSyncs(held); }
  void LosePower() override {
    const std::string before = Folder();
    ++lives_;
    files_->CopyAsAfterPowerLoss(before, Folder(), [](const std::string&, std::uint64_t) { return 0; });
    files_->HoldLogSyncs(false);  // what the old process still does happens where nobody looks
    Open();
  }
  bool RerunNext(int) override { return false; }

 private:
  std::string Folder() const { return folder_.File("life" + std::to_string(lives_)); }
  void Open() {
    store_.reset();
    auto maybe_store = RocksDbStore::Open({.path = Folder(), .clock = &clock_, .random = &random_, .env = env_.get()});
    ASSERT_TRUE(maybe_store.ok()) << maybe_store.status();
    store_ = *std::move(maybe_store);
  }

  testing::TempDir folder_;
  int lives_ = 0;
  time::FakeClock clock_{absl::FromUnixSeconds(kStart)};
  ids::SeededRandom random_{1};
  std::shared_ptr<PowerLossFileSystem> files_ = std::make_shared<PowerLossFileSystem>();
  std::unique_ptr<rocksdb::Env> env_ = rocksdb::NewCompositeEnv(files_);
  std::unique_ptr<RocksDbStore> store_;
};

INSTANTIATE_TEST_SUITE_P(Engines, StoreConformance,
                         ::testing::Values(EngineCase{"Memory", [] { return std::make_unique<MemoryEngine>(); }},
                                           EngineCase{"RocksDb", [] { return std::make_unique<RocksDbEngine>(); }}),
                         [](const auto& engine) { return engine.param.name; });

}  // namespace
}  // namespace splw::store
