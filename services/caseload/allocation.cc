#include "services/caseload/allocation.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <absl/strings/ascii.h>
#include <absl/strings/str_format.h>

#include "common/text/status_macros.h"
#include "services/caseload/case_lifecycle.h"
#include "services/caseload/errors.h"
#include "services/caseload/limits.h"

namespace splw::caseload {
namespace {

struct Ground {
  int points = 0;
  std::string reason;
};

// "ur-PK" and "ur" are one language here: who speaks it will be understood.
std::string PrimaryLanguage(const std::string& tag) {
  return absl::AsciiStrToLower(tag.substr(0, tag.find('-')));
}

bool NeedsAnotherLanguage(const CaseRecord& record) {
  const std::string language = PrimaryLanguage(record.person().language());
  return !language.empty() && language != "en";
}

bool Speaks(const LinkWorkerRecord& worker, const std::string& tag) {
  const std::string wanted = PrimaryLanguage(tag);
  return std::any_of(worker.languages().begin(), worker.languages().end(),
                     [&wanted](const std::string& spoken) { return PrimaryLanguage(spoken) == wanted; });
}

Ground SkillGround(const CaseRecord& record, const LinkWorkerRecord& worker) {
  std::set<int> needed;
  for (const type::v1::Need& need : record.needs()) needed.insert(need.category());
  if (needed.empty()) return {};
  const std::set<int> skills(worker.skills().begin(), worker.skills().end());
  int matched = 0;
  for (int category : needed) matched += skills.count(category) > 0 ? 1 : 0;
  if (matched == 0) return {};
  const int total = static_cast<int>(needed.size());
  return {kSkillPoints * matched / total, absl::StrFormat("skilled in %d of %d needs", matched, total)};
}

Ground RoomGround(const CaseRecord& record, const LinkWorkerRecord& worker) {
  const int limit = EffectiveCaseLimit(worker);
  const int load = LoadWith(worker, record);
  const int points = load >= limit ? 0 : kRoomPoints * (limit - load) / limit;
  return {points, absl::StrFormat("carries %d of %d with this case", load, limit)};
}

RankedWorker Rank(const CaseRecord& record, const Candidate& candidate) {
  std::vector<Ground> grounds;
  if (candidate.had_person_before) grounds.push_back({kContinuityPoints, "has worked with the person before"});
  grounds.push_back(SkillGround(record, candidate.worker));
  if (NeedsAnotherLanguage(record) && Speaks(candidate.worker, record.person().language())) {
    grounds.push_back({kLanguagePoints, "speaks the person's language"});
  }
  grounds.push_back(RoomGround(record, candidate.worker));
  std::stable_sort(grounds.begin(), grounds.end(),
                   [](const Ground& a, const Ground& b) { return a.points > b.points; });
  RankedWorker ranked;
  ranked.worker = candidate.worker;
  for (Ground& ground : grounds) {
    ranked.points += ground.points;
    if (!ground.reason.empty()) ranked.reasons.push_back(std::move(ground.reason));
  }
  return ranked;
}

bool HasRoom(const CaseRecord& record, const LinkWorkerRecord& worker) {
  return LoadWith(worker, record) <= EffectiveCaseLimit(worker);
}

bool IsPresentHolder(const CaseRecord& record, const LinkWorkerRecord& worker) {
  return record.link_worker_id() == worker.id();
}

CaseRecord Give(CaseRecord record, RankedWorker ranked, const std::string& by, bool automatic,
                const std::string& override_reason_code, absl::Time now) {
  record.set_state(v1::CASE_STATE_ACTIVE);
  record.set_link_worker_id(ranked.worker.id());
  storage::v1::AllocationRecord allocation;
  allocation.set_link_worker_id(ranked.worker.id());
  *allocation.mutable_time() = ToTimestamp(now);
  allocation.set_by(by);
  allocation.set_automatic(automatic);
  allocation.set_override_reason_code(override_reason_code);
  for (std::string& reason : ranked.reasons) allocation.add_reasons(std::move(reason));
  *record.mutable_allocation() = std::move(allocation);
  return record;
}

}  // namespace

int EffectiveCaseLimit(const LinkWorkerRecord& worker) {
  if (worker.weighted_case_limit() > 0) return worker.weighted_case_limit();
  return std::max(1, static_cast<int>(std::floor(kDefaultCaseLimitPerWte * worker.wte())));
}

int LoadWith(const LinkWorkerRecord& worker, const CaseRecord& record) {
  const bool counted = record.state() == v1::CASE_STATE_ACTIVE && IsPresentHolder(record, worker);
  return worker.weighted_load() + (counted ? 0 : CaseWeight(record));
}

std::vector<RankedWorker> RankWorkers(const CaseRecord& record, const std::vector<Candidate>& candidates) {
  std::vector<RankedWorker> ranked;
  for (const Candidate& candidate : candidates) {
    if (!candidate.worker.active() || !HasRoom(record, candidate.worker)) continue;
    ranked.push_back(Rank(record, candidate));
  }
  std::sort(ranked.begin(), ranked.end(), [](const RankedWorker& a, const RankedWorker& b) {
    if (a.points != b.points) return a.points > b.points;
    // load / limit, compared without dividing.
    const std::int64_t used_a = std::int64_t{a.worker.weighted_load()} * EffectiveCaseLimit(b.worker);
    const std::int64_t used_b = std::int64_t{b.worker.weighted_load()} * EffectiveCaseLimit(a.worker);
    if (used_a != used_b) return used_a < used_b;
    return a.worker.id() < b.worker.id();
  });
  return ranked;
}

absl::StatusOr<CaseRecord> AllocateToBest(CaseRecord record, const std::vector<Candidate>& candidates,
                                          const AllocationCommand& command, absl::Time now) {
  SPLW_RETURN_IF_ERROR(RequireOpen(record, "allocating it"));
  if (!record.link_worker_id().empty()) return errors::AllocatedUnnamed();
  std::vector<RankedWorker> ranked = RankWorkers(record, candidates);
  if (ranked.empty()) {
    int inactive = 0;
    int full = 0;
    for (const Candidate& candidate : candidates) ++(candidate.worker.active() ? full : inactive);
    return errors::NoLinkWorkerAvailable(inactive, full);
  }
  return Give(std::move(record), std::move(ranked.front()), command.by, /*automatic=*/true, "", now);
}

absl::StatusOr<CaseRecord> AllocateTo(CaseRecord record, const Candidate& candidate, const AllocationCommand& command,
                                      absl::Time now) {
  SPLW_RETURN_IF_ERROR(RequireOpen(record, "allocating it"));
  if (IsPresentHolder(record, candidate.worker)) return errors::AlreadyAllocated();
  if (!candidate.worker.active()) return errors::LinkWorkerInactive();
  const bool has_room = HasRoom(record, candidate.worker);
  if (!has_room && command.override_reason_code.empty()) {
    return errors::CaseLimitReached(candidate.worker.weighted_load(), CaseWeight(record),
                                    EffectiveCaseLimit(candidate.worker));
  }
  RankedWorker ranked = Rank(record, candidate);
  ranked.reasons.insert(ranked.reasons.begin(), "named by the one who allocated");
  return Give(std::move(record), std::move(ranked), command.by, /*automatic=*/false,
              has_room ? "" : command.override_reason_code, now);
}

}  // namespace splw::caseload
