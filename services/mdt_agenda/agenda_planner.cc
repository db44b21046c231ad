#include "services/mdt_agenda/agenda_planner.h"

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <utility>

#include <absl/strings/str_format.h>

#include "services/mdt_agenda/limits.h"

namespace splw::mdt_agenda {
namespace {

enum class Rank { kFeedback, kLeftTooOften, kUrgent, kWaiting };

Rank RankOf(const PlanRules& rules, const Candidate& candidate) {
  if (candidate.kind == api::ITEM_KIND_FEEDBACK) return Rank::kFeedback;
  if (candidate.times_left >= rules.max_carry_overs) return Rank::kLeftTooOften;
  return candidate.kind == api::ITEM_KIND_URGENT ? Rank::kUrgent : Rank::kWaiting;
}

void SortByPriority(const PlanRules& rules, std::vector<Candidate>& candidates) {
  std::sort(candidates.begin(), candidates.end(), [&rules](const Candidate& a, const Candidate& b) {
    return std::forward_as_tuple(RankOf(rules, a), a.waiting_since, a.id) <
           std::forward_as_tuple(RankOf(rules, b), b.waiting_since, b.id);
  });
}

std::set<AgencyKind> VisitorsOf(const PlanRules& rules, const Candidate& candidate) {
  std::set<AgencyKind> visitors;
  for (const AgencyKind agency : candidate.agencies_needed) {
    if (rules.core_agencies.count(agency) == 0) visitors.insert(agency);
  }
  return visitors;
}

// The next of one rank to stand after an item with the visitors `present`: one that shares a visitor with it, and of
// those the one that brings the fewest others, so that a block is not torn; otherwise the first.
std::size_t NextInRank(const PlanRules& rules, const std::set<AgencyKind>& present,
                       const std::vector<Candidate>& remaining) {
  std::size_t best = 0;
  std::size_t best_shared = 0;
  std::size_t best_added = 0;
  for (std::size_t i = 0; i < remaining.size(); ++i) {
    const std::set<AgencyKind> visitors = VisitorsOf(rules, remaining[i]);
    const auto shared = static_cast<std::size_t>(std::count_if(
        visitors.begin(), visitors.end(), [&present](AgencyKind agency) { return present.count(agency) > 0; }));
    if (shared == 0) continue;
    const std::size_t added = visitors.size() - shared;
    if (best_shared == 0 || added < best_added || (added == best_added && shared > best_shared)) {
      best = i;
      best_shared = shared;
      best_added = added;
    }
  }
  return best;
}

// `selected` in the order of priority; the same with visitors' items together within each rank.
std::vector<Candidate> GroupVisitors(const PlanRules& rules, const std::vector<Candidate>& selected) {
  std::vector<Candidate> ordered;
  std::set<AgencyKind> present;
  for (auto begin = selected.begin(); begin != selected.end();) {
    const Rank rank = RankOf(rules, *begin);
    const auto end = std::find_if(begin, selected.end(), [&](const Candidate& c) { return RankOf(rules, c) != rank; });
    std::vector<Candidate> remaining(begin, end);
    while (!remaining.empty()) {
      const std::size_t next = NextInRank(rules, present, remaining);
      present = VisitorsOf(rules, remaining[next]);
      ordered.push_back(std::move(remaining[next]));
      remaining.erase(remaining.begin() + static_cast<std::ptrdiff_t>(next));
    }
    begin = end;
  }
  return ordered;
}

std::pair<const char*, std::string> ReasonOf(const PlanRules& rules, const Candidate& candidate) {
  switch (RankOf(rules, candidate)) {
    case Rank::kFeedback:
      return {"FEEDBACK_DUE", "feedback is owed to this meeting, and comes before new cases"};
    case Rank::kLeftTooOften:
      if (candidate.times_left >= MaxTimesLeft(rules)) {
        return {"LEFT_TOO_OFTEN",
                absl::StrFormat("was left for a later meeting %d times, and is discussed now whatever time is left",
                                candidate.times_left)};
      }
      return {"LEFT_TOO_OFTEN",
              absl::StrFormat("was left for a later meeting %d times, and now goes ahead of other cases",
                              candidate.times_left)};
    case Rank::kUrgent:
      return {"URGENT", "was nominated as urgent"};
    case Rank::kWaiting:
      break;
  }
  return {"WAITING", "in the order of waiting"};
}

LeftOutItem LeaveOut(const Candidate& candidate, const char* code, std::string reason) {
  return {candidate.id, candidate.case_name, code, std::move(reason)};
}

// What is on the agenda already.
struct Taken {
  int minutes = 0;
  std::set<std::string> cases;
};

// Who is listed whatever time is left (rule 5).
class Promises final {
 public:
  explicit Promises(const PlanRules& rules) : rules_(rules) {}

  // To be asked in order of priority, once for each nomination that may be listed.
  bool Cover(const Candidate& candidate) {
    const Rank rank = RankOf(rules_, candidate);
    const bool first = rank != Rank::kWaiting && ranks_.insert(rank).second;
    if (!first && candidate.times_left < MaxTimesLeft(rules_)) return false;
    return covered_++ < kMaxPromisedNominations;
  }

 private:
  const PlanRules& rules_;
  std::set<Rank> ranks_;
  int covered_ = 0;
};

// Lists what fits, in order of priority; with `promises` also what they cover.
std::vector<Candidate> Select(const PlanRules& rules, Taken taken, Promises* promises,
                              const std::vector<Candidate>& candidates, std::vector<LeftOutItem>& left_out) {
  std::vector<Candidate> selected;
  for (const Candidate& candidate : candidates) {
    if (candidate.kind != api::ITEM_KIND_FEEDBACK) {
      if (taken.cases.count(candidate.case_name) > 0) {
        left_out.push_back(LeaveOut(candidate, kCaseAlreadyListed, "another nomination of the case is on this agenda"));
        continue;
      }
      const bool promised = promises != nullptr && promises->Cover(candidate);
      if (!promised && taken.minutes + candidate.length_minutes > rules.meeting_minutes) {
        left_out.push_back(
            LeaveOut(candidate, kNoTimeLeft,
                     absl::StrFormat("needs %d minutes; %d of %d are left", candidate.length_minutes,
                                     std::max(0, rules.meeting_minutes - taken.minutes), rules.meeting_minutes)));
        continue;
      }
      taken.cases.insert(candidate.case_name);
    }
    taken.minutes += candidate.length_minutes;
    selected.push_back(candidate);
  }
  return selected;
}

void Place(const PlanRules& rules, int position, int minute, const std::vector<Candidate>& ordered, AgendaPlan& plan) {
  for (const Candidate& candidate : ordered) {
    auto [code, reason] = ReasonOf(rules, candidate);
    plan.placed.push_back({candidate.id, ++position, minute, candidate.length_minutes, code, std::move(reason)});
    minute += candidate.length_minutes;
  }
  plan.planned_minutes = minute;
}

}  // namespace

int MaxTimesLeft(const PlanRules& rules) {
  return rules.max_carry_overs + kMoreTimesLeft;
}

AgendaPlan PlanAgenda(const PlanRules& rules, std::vector<Candidate> candidates) {
  SortByPriority(rules, candidates);
  AgendaPlan plan;
  Promises promises(rules);
  const std::vector<Candidate> selected = Select(rules, {}, &promises, candidates, plan.left_out);
  Place(rules, 0, 0, GroupVisitors(rules, selected), plan);
  return plan;
}

AgendaPlan AddUrgent(const PlanRules& rules, const PublishedAgenda& published, std::vector<Candidate> candidates) {
  candidates.erase(std::remove_if(candidates.begin(), candidates.end(),
                                  [](const Candidate& c) { return c.kind != api::ITEM_KIND_URGENT; }),
                   candidates.end());
  SortByPriority(rules, candidates);
  AgendaPlan plan;
  const std::vector<Candidate> selected =
      Select(rules, {published.planned_minutes, published.listed_cases}, nullptr, candidates, plan.left_out);
  Place(rules, published.last_position, published.planned_minutes, GroupVisitors(rules, selected), plan);
  for (PlacedItem& item : plan.placed) {
    item.code = "ADDED_LATE";
    item.reason = "urgent, and added after the agenda was published";
  }
  return plan;
}

}  // namespace splw::mdt_agenda
