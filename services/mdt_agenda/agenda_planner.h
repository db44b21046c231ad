// Plans a meeting's agenda. Pure and deterministic: the same candidates, in whatever order, give the same plan.
//
// The rules, in this order, so that no promise is dropped and no case waits for ever:
//   1. Feedback comes first, the longest owed first, and is always listed: what was promised is not dropped for lack of
//      time.
//   2. Then nominations that were left for a later meeting as often as the team allows, the longest waiting first.
//   3. Then urgent nominations, the longest waiting first; then all others, the longest waiting first.
//   4. A nomination is listed if what is left of the meeting's time is long enough; a case is listed once.
//   5. Whatever is left, also where feedback alone fills the meeting, are listed: the first of those left too often, the
//      first of the urgent ones, and every nomination that was left as often as anybody may be (MaxTimesLeft). So a
//      nomination that is among the candidates is left at most MaxTimesLeft times for lack of time, and is on the next
//      agenda. One bound: an agenda lists no more than kMaxPromisedNominations by this rule.
//   6. Within one of these ranks, whoever is listed may stand anywhere: there, items that need the same invited (not
//      core) agency stand together, so that a visitor comes for one block of time.
#pragma once

#include <set>
#include <string>
#include <vector>

#include <absl/time/time.h>

#include "services/mdt_agenda/messages.h"

namespace splw::mdt_agenda {

// Something that may come onto the agenda.
struct Candidate {
  std::string id;  // of the feedback item or of the nomination
  std::string case_name;
  api::ItemKind kind = api::ITEM_KIND_NEW;
  absl::Time waiting_since;
  int times_left = 0;  // how often it was carried over or passed over
  int length_minutes = 0;
  std::vector<AgencyKind> agencies_needed;  // those that come for it: not whom the person does not let be told
};

struct PlanRules {
  int meeting_minutes = 0;
  int max_carry_overs = 0;
  std::set<AgencyKind> core_agencies;
};

// How often a nomination may be left for a later meeting: the policy of rule 5.
int MaxTimesLeft(const PlanRules& rules);

struct PlacedItem {
  std::string id;
  int position = 0;      // 1 is the first
  int start_minute = 0;  // from the meeting's start
  int length_minutes = 0;
  std::string code;  // FEEDBACK_DUE, LEFT_TOO_OFTEN, URGENT, WAITING, ADDED_LATE
  std::string reason;
};

// The codes of what is left out.
inline constexpr char kNoTimeLeft[] = "NO_TIME_LEFT";
inline constexpr char kCaseAlreadyListed[] = "CASE_ALREADY_LISTED";

struct LeftOutItem {
  std::string id;
  std::string case_name;
  std::string code;
  std::string reason;
};

struct AgendaPlan {
  std::vector<PlacedItem> placed;     // in the order of the agenda
  std::vector<LeftOutItem> left_out;  // the most pressing first
  int planned_minutes = 0;
};

AgendaPlan PlanAgenda(const PlanRules& rules, std::vector<Candidate> candidates);

// What a published agenda already holds.
struct PublishedAgenda {
  int last_position = 0;
  int planned_minutes = 0;
  std::set<std::string> listed_cases;  // with a nomination without an outcome
};

// Urgent nominations among `candidates`, added at the end while there is time (rule 5 is for the agenda as a whole); the
// others are neither placed nor left out.
AgendaPlan AddUrgent(const PlanRules& rules, const PublishedAgenda& published, std::vector<Candidate> candidates);

}  // namespace splw::mdt_agenda
