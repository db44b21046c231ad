#include "services/mdt_agenda/agenda_planner.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "services/mdt_agenda/limits.h"

namespace splw::mdt_agenda {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using type::v1::AGENCY_KIND_DWP;
using type::v1::AGENCY_KIND_HOUSING;
using type::v1::AGENCY_KIND_PRIMARY_CARE;

const absl::Time kMonday = absl::FromUnixSeconds(1'795'000'000);

Candidate Make(const std::string& id, api::ItemKind kind, int days_waiting, std::vector<AgencyKind> agencies = {}) {
  return {id,
          "case-" + id,
          kind,
          kMonday - absl::Hours(24 * days_waiting),
          0,
          kind == api::ITEM_KIND_FEEDBACK ? 3 : 8,
          std::move(agencies)};
}
Candidate New(const std::string& id, int days_waiting, std::vector<AgencyKind> agencies = {}) {
  return Make(id, api::ITEM_KIND_NEW, days_waiting, std::move(agencies));
}
Candidate Urgent(const std::string& id, int days_waiting) {
  return Make(id, api::ITEM_KIND_URGENT, days_waiting);
}
Candidate Feedback(const std::string& id, int days_waiting) {
  return Make(id, api::ITEM_KIND_FEEDBACK, days_waiting);
}
Candidate Left(Candidate candidate, int times) {
  candidate.times_left = times;
  return candidate;
}

PlanRules Rules(int minutes = 60) {
  return {minutes, 2, {AGENCY_KIND_PRIMARY_CARE}};
}

std::vector<std::string> Order(const AgendaPlan& plan) {
  std::vector<std::string> ids;
  for (const PlacedItem& item : plan.placed) ids.push_back(item.id);
  return ids;
}

std::vector<std::pair<std::string, std::string>> LeftOut(const AgendaPlan& plan) {
  std::vector<std::pair<std::string, std::string>> ids;
  for (const LeftOutItem& item : plan.left_out) ids.emplace_back(item.id, item.code);
  return ids;
}

TEST(AgendaPlannerTest, FeedbackComesBeforeNewCases) {
  const AgendaPlan plan = PlanAgenda(Rules(), {Urgent("u", 1), New("n", 20), Feedback("f", 7)});
  EXPECT_THAT(Order(plan), ElementsAre("f", "u", "n"));
  EXPECT_EQ(plan.placed[0].code, "FEEDBACK_DUE");
  EXPECT_EQ(plan.placed[1].code, "URGENT");
  EXPECT_EQ(plan.placed[2].code, "WAITING");
}

TEST(AgendaPlannerTest, TheLongestOwedFeedbackIsFirst) {
  EXPECT_THAT(Order(PlanAgenda(Rules(), {Feedback("new", 7), Feedback("old", 14)})), ElementsAre("old", "new"));
}

TEST(AgendaPlannerTest, CaseLeftTooOftenGoesAheadOfUrgentOnes) {
  const AgendaPlan plan = PlanAgenda(Rules(), {Urgent("u", 9), Left(New("left", 3), 2), Left(New("once", 5), 1)});
  EXPECT_THAT(Order(plan), ElementsAre("left", "u", "once"));
  EXPECT_EQ(plan.placed[0].code, "LEFT_TOO_OFTEN");
}

TEST(AgendaPlannerTest, UrgentGoesAheadOfLongerWaiting) {
  EXPECT_THAT(Order(PlanAgenda(Rules(), {New("n", 30), Urgent("u", 1)})), ElementsAre("u", "n"));
}

TEST(AgendaPlannerTest, LongerWaitingGoesFirstAmongEquals) {
  EXPECT_THAT(Order(PlanAgenda(Rules(), {New("a", 2), New("b", 9), New("c", 5)})), ElementsAre("b", "c", "a"));
}

TEST(AgendaPlannerTest, ItemsFollowEachOtherFromTheStart) {
  const AgendaPlan plan = PlanAgenda(Rules(), {Feedback("f", 7), Urgent("u", 1), New("n", 1)});
  ASSERT_EQ(plan.placed.size(), 3u);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(plan.placed[static_cast<std::size_t>(i)].position, i + 1);
  EXPECT_EQ(plan.placed[0].start_minute, 0);
  EXPECT_EQ(plan.placed[1].start_minute, 3);
  EXPECT_EQ(plan.placed[2].start_minute, 11);
  EXPECT_EQ(plan.planned_minutes, 19);
}

TEST(AgendaPlannerTest, WhatDoesNotFitIsLeftOutWithTheReason) {
  const AgendaPlan plan = PlanAgenda(Rules(16), {New("a", 3), New("b", 2), New("c", 1)});
  EXPECT_THAT(Order(plan), ElementsAre("a", "b"));
  EXPECT_THAT(LeftOut(plan), ElementsAre(Pair("c", "NO_TIME_LEFT")));
  EXPECT_EQ(plan.left_out[0].reason, "needs 8 minutes; 0 of 16 are left");
}

TEST(AgendaPlannerTest, ShorterItemTakesTimeThatALongerOneCannotUse) {
  Candidate longer = New("long", 9);
  longer.length_minutes = 20;
  EXPECT_THAT(Order(PlanAgenda(Rules(16), {longer, New("short", 1)})), ElementsAre("short"));
}

TEST(AgendaPlannerTest, FeedbackIsListedEvenPastTheMeetingsTime) {
  const AgendaPlan plan = PlanAgenda(Rules(5), {Feedback("a", 9), Feedback("b", 8), Feedback("c", 7), New("n", 99)});
  EXPECT_THAT(Order(plan), ElementsAre("a", "b", "c"));
  EXPECT_EQ(plan.planned_minutes, 9);
  EXPECT_THAT(LeftOut(plan), ElementsAre(Pair("n", "NO_TIME_LEFT")));
}

TEST(AgendaPlannerTest, FeedbackThatFillsTheMeetingDoesNotStarveTheLongestWaiting) {
  const AgendaPlan plan =
      PlanAgenda(Rules(6), {Feedback("f", 9), Feedback("g", 8), Left(New("left", 9), 2), Left(New("later", 8), 2),
                            Urgent("u", 3), Urgent("v", 2), New("n", 99)});
  EXPECT_THAT(Order(plan), ElementsAre("f", "g", "left", "u"));
  EXPECT_THAT(LeftOut(plan),
              ElementsAre(Pair("later", "NO_TIME_LEFT"), Pair("v", "NO_TIME_LEFT"), Pair("n", "NO_TIME_LEFT")));
}

TEST(AgendaPlannerTest, WhoWasLeftAsOftenAsAnybodyMayIsListedWhateverIsLeft) {
  const int most = MaxTimesLeft(Rules());
  std::vector<Candidate> candidates = {Feedback("f", 9), Left(New("once", 50), most - 1)};
  for (const char* id : {"a", "b", "c"}) candidates.push_back(Left(New(id, 1), most));
  const AgendaPlan plan = PlanAgenda(Rules(5), candidates);
  EXPECT_THAT(Order(plan), ElementsAre("f", "once", "a", "b", "c")) << "the first of its rank, and all that are due";
  EXPECT_EQ(plan.placed[2].code, "LEFT_TOO_OFTEN");
  EXPECT_EQ(plan.placed[2].reason, "was left for a later meeting 4 times, and is discussed now whatever time is left");
}

TEST(AgendaPlannerTest, WhatIsListedWhateverIsLeftHasABound) {
  std::vector<Candidate> candidates;
  for (int i = 0; i <= kMaxPromisedNominations; ++i) {
    candidates.push_back(Left(New("n" + std::to_string(i), 1), MaxTimesLeft(Rules())));
  }
  EXPECT_EQ(PlanAgenda(Rules(15), candidates).placed.size(), static_cast<std::size_t>(kMaxPromisedNominations));
}

// Weeks of a team whose meetings are too short for what comes: whatever else is nominated and owed, and whatever the
// meetings reach, nobody is left without a place more often than the policy allows.
TEST(AgendaPlannerTest, NobodyIsLeftMoreOftenThanThePolicyAllows) {
  rc::check([] {
    PlanRules rules = Rules(*rc::gen::inRange(15, 60));
    rules.max_carry_overs = *rc::gen::inRange(1, 4);
    std::vector<Candidate> waiting;
    std::map<std::string, int> times_without_place;
    int made = 0;
    for (int week = 0; week < 20; ++week) {
      for (int arrivals = *rc::gen::inRange(0, 6); arrivals > 0; --arrivals) {
        const auto kind = *rc::gen::element(api::ITEM_KIND_NEW, api::ITEM_KIND_URGENT);
        waiting.push_back(Make("c" + std::to_string(made++), kind, -7 * week));
      }
      std::vector<Candidate> candidates = waiting;
      for (int owed = *rc::gen::inRange(0, 30); owed > 0; --owed) {
        candidates.push_back(Feedback("f" + std::to_string(made++), 0));
      }
      const AgendaPlan plan = PlanAgenda(rules, candidates);
      std::set<std::string> left;
      for (const LeftOutItem& item : plan.left_out) {
        left.insert(item.id);
        RC_ASSERT(++times_without_place[item.id] <= MaxTimesLeft(rules));
      }
      std::vector<Candidate> still_waiting;
      for (Candidate& candidate : waiting) {
        const bool reached = left.count(candidate.id) == 0 && *rc::gen::arbitrary<bool>();
        if (reached) continue;
        ++candidate.times_left;
        still_waiting.push_back(std::move(candidate));
      }
      waiting = std::move(still_waiting);
      RC_ASSERT(waiting.size() < static_cast<std::size_t>(kMaxPromisedNominations));
    }
  });
}

TEST(AgendaPlannerTest, CaseNominatedTwiceIsListedOnce) {
  Candidate again = New("again", 1);
  again.case_name = "case-first";
  const AgendaPlan plan = PlanAgenda(Rules(), {again, New("first", 5)});
  EXPECT_THAT(Order(plan), ElementsAre("first"));
  EXPECT_THAT(LeftOut(plan), ElementsAre(Pair("again", "CASE_ALREADY_LISTED")));
}

TEST(AgendaPlannerTest, CaseWithFeedbackMayAlsoBeDiscussedAnew) {
  Candidate again = New("again", 1);
  again.case_name = "case-f";
  EXPECT_THAT(Order(PlanAgenda(Rules(), {Feedback("f", 7), again})), ElementsAre("f", "again"));
}

TEST(AgendaPlannerTest, VisitingAgencyComesForOneBlock) {
  const AgendaPlan plan =
      PlanAgenda(Rules(), {New("h1", 9, {AGENCY_KIND_HOUSING}), New("a", 8), New("h2", 7, {AGENCY_KIND_HOUSING}),
                           New("b", 6), New("h3", 5, {AGENCY_KIND_HOUSING, AGENCY_KIND_PRIMARY_CARE})});
  EXPECT_THAT(Order(plan), ElementsAre("h1", "h2", "h3", "a", "b"));
}

TEST(AgendaPlannerTest, SharedVisitorJoinsTwoBlocks) {
  const AgendaPlan plan = PlanAgenda(
      Rules(), {New("h1", 9, {AGENCY_KIND_HOUSING}), New("d", 8, {AGENCY_KIND_DWP}),
                New("both", 7, {AGENCY_KIND_DWP, AGENCY_KIND_HOUSING}), New("h2", 6, {AGENCY_KIND_HOUSING})});
  EXPECT_THAT(Order(plan), ElementsAre("h1", "h2", "both", "d"));
}

TEST(AgendaPlannerTest, BlockNeverPutsACaseBehindOneOfLowerRank) {
  Candidate urgent_housing = Urgent("uh", 1);
  urgent_housing.agencies_needed = {AGENCY_KIND_HOUSING};
  const AgendaPlan plan =
      PlanAgenda(Rules(), {New("h", 30, {AGENCY_KIND_HOUSING}), urgent_housing, Urgent("u", 0), New("n", 40)});
  EXPECT_THAT(Order(plan), ElementsAre("uh", "u", "n", "h"));
}

TEST(AgendaPlannerTest, BlockGoesOnIntoTheNextRank) {
  Candidate urgent_housing = Urgent("uh", 0);
  urgent_housing.agencies_needed = {AGENCY_KIND_HOUSING};
  const AgendaPlan plan = PlanAgenda(Rules(), {New("n", 40), New("h", 30, {AGENCY_KIND_HOUSING}), urgent_housing});
  EXPECT_THAT(Order(plan), ElementsAre("uh", "h", "n"));
}

TEST(AgendaPlannerTest, CoreAgenciesMakeNoBlocks) {
  const AgendaPlan plan = PlanAgenda(
      Rules(), {New("a", 9, {AGENCY_KIND_PRIMARY_CARE}), New("b", 8), New("c", 7, {AGENCY_KIND_PRIMARY_CARE})});
  EXPECT_THAT(Order(plan), ElementsAre("a", "b", "c"));
}

TEST(AgendaPlannerTest, NothingToDiscussGivesAnEmptyAgenda) {
  const AgendaPlan plan = PlanAgenda(Rules(), {});
  EXPECT_THAT(plan.placed, IsEmpty());
  EXPECT_EQ(plan.planned_minutes, 0);
}

TEST(AgendaPlannerTest, PlanDoesNotDependOnTheOrderOfCandidates) {
  rc::check([] {
    const int count = *rc::gen::inRange(0, 20);
    std::vector<Candidate> candidates;
    for (int i = 0; i < count; ++i) {
      const auto kind = *rc::gen::element(api::ITEM_KIND_NEW, api::ITEM_KIND_URGENT, api::ITEM_KIND_FEEDBACK);
      std::vector<AgencyKind> agencies =
          *rc::gen::element(std::vector<AgencyKind>{}, std::vector<AgencyKind>{AGENCY_KIND_HOUSING},
                            std::vector<AgencyKind>{AGENCY_KIND_DWP, AGENCY_KIND_HOUSING},
                            std::vector<AgencyKind>{AGENCY_KIND_PRIMARY_CARE});
      candidates.push_back(
          Left(Make("c" + std::to_string(i), kind, *rc::gen::inRange(0, 5), agencies), *rc::gen::inRange(0, 4)));
    }
    const PlanRules rules = Rules(*rc::gen::inRange(15, 90));
    const AgendaPlan plan = PlanAgenda(rules, candidates);
    std::mt19937 shuffler(*rc::gen::arbitrary<unsigned>());
    std::shuffle(candidates.begin(), candidates.end(), shuffler);
    RC_ASSERT(Order(PlanAgenda(rules, candidates)) == Order(plan));
    RC_ASSERT(plan.placed.size() + plan.left_out.size() == candidates.size());
    int minute = 0;
    for (const PlacedItem& item : plan.placed) {
      RC_ASSERT(item.start_minute == minute);
      minute += item.length_minutes;
      RC_ASSERT(item.code != "WAITING" || minute <= rules.meeting_minutes);
    }
  });
}

TEST(AgendaPlannerTest, LateUrgentCaseGoesToTheEndOfThePublishedAgenda) {
  const AgendaPlan plan = AddUrgent(Rules(), {4, 30, {"case-listed"}},
                                    {New("n", 30), Urgent("u2", 1), Urgent("u1", 2), Urgent("listed", 3)});
  EXPECT_THAT(Order(plan), ElementsAre("u1", "u2"));
  EXPECT_EQ(plan.placed[0].position, 5);
  EXPECT_EQ(plan.placed[0].start_minute, 30);
  EXPECT_EQ(plan.placed[0].code, "ADDED_LATE");
  EXPECT_THAT(LeftOut(plan), ElementsAre(Pair("listed", "CASE_ALREADY_LISTED")));
}

TEST(AgendaPlannerTest, LateUrgentCaseNeedsTimeThatIsLeft) {
  EXPECT_THAT(LeftOut(AddUrgent(Rules(), {6, 55, {}}, {Urgent("u", 1)})), ElementsAre(Pair("u", "NO_TIME_LEFT")));
}

}  // namespace
}  // namespace splw::mdt_agenda
