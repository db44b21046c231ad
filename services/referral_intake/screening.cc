#include "services/referral_intake/screening.h"

#include <algorithm>

#include "common/health/danger_words.h"
#include "common/health/nhs_number.h"
#include "common/health/ods_code.h"
#include "common/health/snomed.h"
#include "services/referral_intake/crisis.h"
#include "services/referral_intake/dates.h"
#include "services/referral_intake/limits.h"

namespace splw::referral_intake {
namespace {

using Findings = std::vector<storage::FindingRecord>;

storage::FindingRecord& Add(Findings& findings, api::FindingCode code, std::string_view field) {
  storage::FindingRecord& finding = findings.emplace_back();
  finding.set_code(code);
  finding.set_severity(SeverityOf(code));
  finding.set_field(std::string(field));
  return finding;
}

// The first of the fields in which somebody wrote what they liked; empty: none.
std::string FieldThatSpeaksOfDanger(const storage::ReferralRecord& submission) {
  if (health::SpeaksOfDanger(submission.reason_text())) return "reason_text";
  for (int i = 0; i < submission.needs_size(); ++i) {
    if (health::SpeaksOfDanger(submission.needs(i).note())) return "needs[" + std::to_string(i) + "].note";
  }
  for (int i = 0; i < submission.person().adjustments_size(); ++i) {
    if (health::SpeaksOfDanger(submission.person().adjustments(i))) {
      return "person.adjustments[" + std::to_string(i) + "]";
    }
  }
  return health::SpeaksOfDanger(submission.consent().explained_by()) ? "consent.explained_by" : "";
}

void ScreenCrisis(const storage::ReferralRecord& submission, Findings& findings) {
  bool crisis = IndicatesCrisis(submission.crisis_answers());
  if (crisis) Add(findings, api::FINDING_CODE_CRISIS_INDICATED, "crisis_answers");
  for (int i = 0; i < submission.needs_size(); ++i) {
    if (!health::IsRiskOfHarm(submission.needs(i).snomed_code())) continue;
    crisis = true;
    Add(findings, api::FINDING_CODE_CRISIS_CODED, "needs[" + std::to_string(i) + "].snomed_code");
  }
  if (!AllAsked(submission.crisis_answers())) {
    Add(findings, api::FINDING_CODE_CRISIS_QUESTIONS_NOT_ASKED, "crisis_answers");
  }
  if (crisis) return;
  const std::string field = FieldThatSpeaksOfDanger(submission);
  if (!field.empty()) Add(findings, api::FINDING_CODE_CRISIS_WORDS_IN_TEXT, field);
}

void ScreenIdentity(const type::Person& person, Findings& findings) {
  if (person.nhs_number().value().empty()) {
    Add(findings, api::FINDING_CODE_NHS_NUMBER_MISSING, "person.nhs_number");
  } else if (!health::IsNhsNumber(person.nhs_number().value())) {
    Add(findings, api::FINDING_CODE_NHS_NUMBER_CHECK_FAILED, "person.nhs_number.value");
  }
  if (person.name().family().empty()) {
    // Without it nobody is recognised by name; one who has but one name says so when asked.
    Add(findings, api::FINDING_CODE_INCOMPLETE_PERSON,
        person.name().given().empty() ? "person.name" : "person.name.family");
  }
  if (IsUnset(person.birth_date())) Add(findings, api::FINDING_CODE_INCOMPLETE_PERSON, "person.birth_date");
  const type::Address& address = person.address();
  if (!address.no_fixed_abode() && address.lines().empty() && address.postcode().empty()) {
    Add(findings, api::FINDING_CODE_INCOMPLETE_PERSON, "person.address");
  }
}

void ScreenReferrer(const type::Referrer& referrer, const storage::NetworkPolicyRecord& policy, Findings& findings) {
  const type::Organisation& organisation = referrer.organisation();
  if (referrer.practitioner_name().empty()) {
    Add(findings, api::FINDING_CODE_INCOMPLETE_REFERRER, "referrer.practitioner_name");
  }
  if (organisation.agency() == type::AGENCY_KIND_UNSPECIFIED) {
    Add(findings, api::FINDING_CODE_INCOMPLETE_REFERRER, "referrer.organisation.agency");
  }
  const bool practice =
      organisation.agency() == type::AGENCY_KIND_PRIMARY_CARE || health::IsPracticeCode(organisation.ods_code());
  const auto& members = policy.member_practices();
  if (practice && !members.empty() &&
      std::find(members.begin(), members.end(), organisation.ods_code()) == members.end()) {
    Add(findings, api::FINDING_CODE_PRACTICE_OUTSIDE_NETWORK, "referrer.organisation.ods_code");
  }
}

void ScreenConsent(const type::Consent& consent, Findings& findings) {
  switch (consent.referral()) {
    case type::CONSENT_STATUS_DECLINED:
      Add(findings, api::FINDING_CODE_CONSENT_DECLINED, "consent.referral");
      return;
    case type::CONSENT_STATUS_AGREED:
      if (consent.explained_by().empty()) {
        Add(findings, api::FINDING_CODE_CONSENT_EXPLAINER_NOT_STATED, "consent.explained_by");
      }
      return;
    default:  // not asked, not said: nobody may take it for agreed
      Add(findings, api::FINDING_CODE_CONSENT_NOT_ASKED, "consent.referral");
      return;
  }
}

void ScreenNeeds(const storage::ReferralRecord& submission, Findings& findings) {
  if (submission.needs().empty()) Add(findings, api::FINDING_CODE_NEEDS_NOT_STATED, "needs");
  for (int i = 0; i < submission.needs_size(); ++i) {
    const std::string& code = submission.needs(i).snomed_code();
    if (!code.empty() && !health::IsSnomedId(code)) {
      Add(findings, api::FINDING_CODE_SNOMED_CODE_DAMAGED, "needs[" + std::to_string(i) + "].snomed_code");
    }
  }
  if (submission.reason_text().empty()) Add(findings, api::FINDING_CODE_REASON_NOT_STATED, "reason_text");
  if (submission.urgency() == type::URGENCY_URGENT) Add(findings, api::FINDING_CODE_URGENT_REQUESTED, "urgency");
}

void ScreenImport(const storage::ReferralRecord& submission, Findings& findings) {
  const auto& notes = submission.import_notes();
  if (std::any_of(notes.begin(), notes.end(), [](const api::ImportNote& note) {
        return note.severity() != api::IMPORT_NOTE_SEVERITY_INFORMATION;
      })) {
    Add(findings, api::FINDING_CODE_IMPORT_NOTES, "import_notes");
  }
}

void ScreenSamePerson(const std::vector<KnownReferral>& same_person, Findings& findings) {
  std::size_t related = 0;
  bool presented_before = false;
  for (const KnownReferral& other : same_person) {
    if (other.open) {
      if (related++ >= kMaxRelatedFindings) continue;
      const bool has_case = !other.case_name.empty();
      const api::FindingCode same =
          has_case ? api::FINDING_CODE_OPEN_CASE_EXISTS : api::FINDING_CODE_OPEN_REFERRAL_EXISTS;
      storage::FindingRecord& finding =
          other.other_number ? Add(findings, api::FINDING_CODE_ALIKE_WITH_OTHER_NHS_NUMBER, "person.nhs_number.value")
                             : Add(findings, same, "person");
      finding.set_related_referral(other.name);
      finding.set_related_organisation(other.organisation);
      if (has_case) finding.set_related_case(other.case_name);
    } else if (!other.other_number && !presented_before) {
      presented_before = true;
      storage::FindingRecord& finding = Add(findings, api::FINDING_CODE_PRESENTED_BEFORE, "person");
      finding.set_related_referral(other.name);
      finding.set_related_organisation(other.organisation);
    }
  }
}

}  // namespace

std::vector<storage::FindingRecord> Screen(const storage::ReferralRecord& submission,
                                           const storage::NetworkPolicyRecord& policy, const ScreeningFacts& facts) {
  Findings findings;
  ScreenCrisis(submission, findings);
  ScreenIdentity(submission.person(), findings);
  ScreenConsent(submission.consent(), findings);
  // Where only the year or month of birth is known, the youngest age that it allows counts.
  if (const google::type::Date& birth = submission.person().birth_date();
      IsDate(birth) && AgeInYears(LatestDay(birth), facts.today) < policy.minimum_age()) {
    Add(findings, api::FINDING_CODE_UNDER_AGE, "person.birth_date");
  }
  ScreenReferrer(submission.referrer(), policy, findings);
  ScreenNeeds(submission, findings);
  ScreenImport(submission, findings);
  ScreenSamePerson(facts.same_person, findings);
  SortFindings(findings);
  return findings;
}

bool AcceptedByPolicy(const std::vector<storage::FindingRecord>& findings, const storage::NetworkPolicyRecord& policy) {
  return policy.auto_accept_routine() &&
         std::all_of(findings.begin(), findings.end(), [](const storage::FindingRecord& finding) {
           return finding.severity() == api::FINDING_SEVERITY_INFO;
         });
}

api::FindingSeverity SeverityOf(api::FindingCode code) {
  switch (code) {
    case api::FINDING_CODE_CRISIS_INDICATED:
    case api::FINDING_CODE_CRISIS_CODED:
      return api::FINDING_SEVERITY_CRISIS;
    case api::FINDING_CODE_NHS_NUMBER_MISSING:
    case api::FINDING_CODE_PRESENTED_BEFORE:
    case api::FINDING_CODE_SNOMED_CODE_DAMAGED:
      return api::FINDING_SEVERITY_INFO;
    default:
      return api::FINDING_SEVERITY_NEEDS_TRIAGE;
  }
}

api::FindingSeverity GravestSeverity(const storage::ReferralRecord& record) {
  api::FindingSeverity gravest = api::FINDING_SEVERITY_UNSPECIFIED;
  for (const storage::FindingRecord& finding : record.findings()) gravest = std::max(gravest, finding.severity());
  return gravest;
}

void SortFindings(std::vector<storage::FindingRecord>& findings) {
  std::stable_sort(findings.begin(), findings.end(),
                   [](const storage::FindingRecord& a, const storage::FindingRecord& b) {
                     if (a.severity() != b.severity()) return a.severity() > b.severity();
                     return a.code() < b.code();
                   });
}

}  // namespace splw::referral_intake
