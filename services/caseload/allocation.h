// Who should have a case. Pure.
//
// Gates first: an inactive worker gets none; nor one whose weighted load, with this case, would pass their
// limit (unless the caller gives a reason code, which is recorded). Then points (limits.h): has had the
// person before; has the skills for the needs; speaks the person's language; has room. Most points wins; then
// the lower share of the limit used; then the lower id.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "services/caseload/records.h"

namespace splw::caseload {

// The limit that was set for the worker, or kDefaultCaseLimitPerWte times their working time, at least 1.
int EffectiveCaseLimit(const LinkWorkerRecord& worker);

// The worker's load if they had this case: it is not counted twice where they have it.
int LoadWith(const LinkWorkerRecord& worker, const CaseRecord& record);

struct Candidate {
  LinkWorkerRecord worker;
  bool had_person_before = false;  // in an earlier case of the same person
};

struct RankedWorker {
  LinkWorkerRecord worker;
  int points = 0;
  std::vector<std::string> reasons;  // in words, the weightiest first; about the worker and the work, never the person
};

// The workers that may take the case, best first. For a case that nobody has.
std::vector<RankedWorker> RankWorkers(const CaseRecord& record, const std::vector<Candidate>& candidates);

struct AllocationCommand {
  std::string by;                    // the principal's id
  std::string override_reason_code;  // passes over the limit; recorded only where it was needed
};

// Gives the case to the best candidate. ILLEGAL_TRANSITION for a closed case; ALREADY_ALLOCATED where somebody has it: the
// person's alliance with their worker (finding 13) ends on nobody's slip, only where the next worker is named;
// NO_LINK_WORKER_AVAILABLE.
absl::StatusOr<CaseRecord> AllocateToBest(CaseRecord record, const std::vector<Candidate>& candidates,
                                          const AllocationCommand& command, absl::Time now);

// Gives the case to this one. ILLEGAL_TRANSITION for a closed case; ALREADY_ALLOCATED (to them); LINK_WORKER_INACTIVE;
// CASE_LIMIT_REACHED.
absl::StatusOr<CaseRecord> AllocateTo(CaseRecord record, const Candidate& candidate, const AllocationCommand& command,
                                      absl::Time now);

}  // namespace splw::caseload
