// What kind of run a seed gives: how bad its network is, how lazy its disks, how many people there are. Drawn once a
// seed, so that some runs are all losses and others all races, and kept while a failure is shrunk.
#pragma once

#include <cstddef>
#include <cstdint>

namespace splw::simulation {

struct Profile {
  int steps = 0;

  // Percent.
  int lost = 0;       // messages and answers, of services and of users
  int repeated = 0;   // messages
  int late = 0;       // a message stays under way for another round
  int synced = 0;     // a disk syncs in a round
  int conflicts = 0;  // a commit's body runs again, or the commit gives up
  int forgotten = 0;  // a commit's answer is lost (UNKNOWN)

  bool crashes = false;
  bool partitions = false;
  bool clock_jumps = false;
  bool restores = false;
  bool finishes = false;  // afterwards every case is brought to its end

  // Percent: how many of the steps are of one part of the suite alone, and which (an index into AllFeatures).
  int focus = 0;
  std::size_t focus_on = 0;

  int people = 1;            // who are referred: few people have more referrals each
  int places = 1;            // of a community service
  int meeting_minutes = 60;  // short meetings leave cases for the next
  int feedback_minutes = 0;  // long feedback leaves no time for cases; 0: the service's own length
};

Profile ProfileOf(std::uint64_t seed);

}  // namespace splw::simulation
