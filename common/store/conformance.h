// What every engine must keep, as tests: one suite, run for each engine that conformance_test.cc names.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include <gtest/gtest.h>

#include "common/store/store.h"
#include "common/time/clock.h"

namespace splw::store {

// An engine with an empty store of its own, and what can be done to it.
class EngineUnderTest {
 public:
  virtual ~EngineUnderTest() = default;

  virtual Store& store() = 0;
  virtual time::FakeClock& clock() = 0;
  // While held, nothing becomes durable, though all else goes on.
  virtual void HoldSyncs(bool held) = 0;
  // What is not durable is gone, held syncs are free again, and store() is what a new start finds. Callbacks
  // given before may or may not have been called by then.
  virtual void LosePower() = 0;
  // Makes the next `count` bodies run again. False: this engine runs each body once.
  virtual bool RerunNext(int count) = 0;
};

struct EngineCase {
  std::string name;
  std::function<std::unique_ptr<EngineUnderTest>()> make;
};
inline void PrintTo(const EngineCase& engine, std::ostream* out) {
  *out << engine.name;
}

class StoreConformance : public ::testing::TestWithParam<EngineCase> {
 protected:
  void SetUp() override { engine_ = GetParam().make(); }

  Store& store() { return engine_->store(); }
  Position Commit(absl::FunctionRef<absl::Status(Transaction&)> body);  // must be OK
  Position View(absl::FunctionRef<void(Snapshot&)> body);               // must be OK
  Position Put(const std::string& key, const std::string& value);
  std::string Get(const std::string& key);                          // "(none)" if there is none
  std::string Keys(const KeyRange& range, const ScanLimit& limit);  // joined by blanks

  std::unique_ptr<EngineUnderTest> engine_;
};

}  // namespace splw::store
