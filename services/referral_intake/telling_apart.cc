#include "services/referral_intake/telling_apart.h"

#include <algorithm>
#include <cstddef>

#include "common/health/same_person.h"
#include "common/text/status_macros.h"
#include "services/referral_intake/errors.h"

namespace splw::referral_intake {
namespace {

template <typename Names>
bool Contains(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool IsNamedByFinding(const storage::ReferralRecord& record, const std::string& name) {
  return std::any_of(record.findings().begin(), record.findings().end(), [&](const storage::FindingRecord& finding) {
    return !finding.related_referral().empty() && finding.related_referral() == name;
  });
}

bool SharesAKey(const storage::ReferralRecord& one, const storage::ReferralRecord& other) {
  return std::any_of(one.person_keys().begin(), one.person_keys().end(),
                     [&other](const std::string& key) { return Contains(other.person_keys(), key); });
}

absl::Status CheckNames(const storage::ReferralRecord& record, const std::vector<std::string>& not_same,
                        const std::vector<OtherReferral>& others) {
  for (std::size_t i = 0; i < not_same.size(); ++i) {
    const auto other =
        std::find_if(others.begin(), others.end(), [&](const OtherReferral& each) { return each.name == not_same[i]; });
    const bool alike = other != others.end() && SharesAKey(record, other->record);
    const auto here = not_same.begin() + static_cast<std::ptrdiff_t>(i);
    const bool repeated = std::find(not_same.begin(), here, not_same[i]) != here;
    if ((!alike && !IsNamedByFinding(record, not_same[i])) || repeated) return NotRelated(i);
    if (other != others.end() && health::CertainlyOne(record.person(), other->record.person())) {
      return SameNhsNumber(i);
    }
  }
  return absl::OkStatus();
}

// The caseload has a case for it, or is about to open one.
bool HasOpenCase(const storage::ReferralRecord& record) {
  return IsOpen(record) && (record.state() == api::REFERRAL_STATE_ACCEPTED || !record.case_().empty());
}

bool AreInOneCase(const OtherReferral& one, const OtherReferral& other) {
  return !one.record.case_().empty() && one.record.case_() == other.record.case_();
}

// What is stated of them, or a triage, says so. Two cases that may be of one person are no choice between people.
bool AreTwoPeople(const OtherReferral& one, const OtherReferral& other) {
  return !health::MayBeOnePerson(one.record.person(), other.record.person()) || SaysIsNot(one.record, other.name) ||
         SaysIsNot(other.record, one.name);
}

}  // namespace

bool SaysIsNot(const storage::ReferralRecord& record, const std::string& name) {
  return Contains(record.triage().not_same_person_as(), name);
}

absl::Status CheckToldApart(const storage::ReferralRecord& record, const std::vector<std::string>& not_same,
                            const std::vector<OtherReferral>& others) {
  SPLW_RETURN_IF_ERROR(CheckNames(record, not_same, others));
  std::vector<const OtherReferral*> candidates;
  std::vector<std::string> excluded_cases;  // with one referral that is somebody else's, the whole case is
  for (const OtherReferral& other : others) {
    if (other.told_apart || Contains(not_same, other.name)) {
      if (!other.record.case_().empty()) excluded_cases.push_back(other.record.case_());
      continue;
    }
    if (!HasOpenCase(other.record) || !SharesAKey(record, other.record)) continue;
    if (!health::MayBeOnePerson(record.person(), other.record.person())) continue;
    // The number decides: the caseload looks for it first.
    if (health::CertainlyOne(record.person(), other.record.person())) return absl::OkStatus();
    candidates.push_back(&other);
  }
  const auto excluded = [&excluded_cases](const OtherReferral* candidate) {
    return Contains(excluded_cases, candidate->record.case_());
  };
  candidates.erase(std::remove_if(candidates.begin(), candidates.end(), excluded), candidates.end());
  std::vector<std::string> names;
  bool ambiguous = false;
  for (const OtherReferral* one : candidates) {
    names.push_back(one->name);
    ambiguous = ambiguous || std::any_of(candidates.begin(), candidates.end(), [one](const OtherReferral* other) {
                  return !AreInOneCase(*one, *other) && AreTwoPeople(*one, *other);
                });
  }
  return ambiguous ? AmbiguousPerson(names) : absl::OkStatus();
}

}  // namespace splw::referral_intake
