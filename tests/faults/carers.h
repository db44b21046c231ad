// Link workers who take the cases of acknowledged referrals further while things break: allocate each and nominate it
// for the MDT.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "tests/faults/load.h"
#include "tests/journey/world.h"

namespace splw::faults {

class Carers final {
 public:
  // Starts them. `suite` and `load` must outlive it; `link_worker` gets the cases.
  Carers(const testing::Suite& suite, const Load& load, std::string link_worker);
  ~Carers();

  // Lets what was begun come to its end. The names of the nominations that were acknowledged.
  std::vector<std::string> Stop();

 private:
  void Work();
  // Allocates and nominates the case of a referral, once it has one.
  void Carry(const std::string& referral);

  const Load& load_;
  const std::string link_worker_;
  journey::Caller lead_;
  journey::Caller worker_;
  std::atomic<bool> stopping_ = false;
  std::vector<std::string> nominations_;  // the thread's, until it has ended
  std::thread thread_;
};

// Fails the test unless each of these is known at the MDT, once.
void CheckNominated(journey::World& world, const std::vector<std::string>& nominations);

}  // namespace splw::faults
