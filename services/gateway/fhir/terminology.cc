#include "services/gateway/fhir/terminology.h"

#include <algorithm>
#include <set>
#include <vector>

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "common/health/nhs_number.h"
#include "common/health/ods_code.h"
#include "common/health/snomed.h"
#include "common/health/system_uri.h"
#include "services/gateway/fhir/datatypes.h"
#include "services/gateway/fhir/limits.h"

namespace splw::fhir {
namespace {

namespace type = splw::type::v1;

// Lower case, without http:// or https://.
std::string WithoutScheme(std::string_view uri) {
  std::string text = absl::AsciiStrToLower(std::string(uri));
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (text.compare(0, scheme.size(), scheme) == 0) return text.substr(scheme.size());
  }
  return text;
}

struct NeedRow {
  std::string_view code;
  type::NeedCategory category;
};

// Gravity Project, SDOH Clinical Care STU 2.3, value set SDOHCC-ValueSetSDOHCategory (code system
// SDOHCC-CodeSystemTemporaryCodes). health-insurance-coverage-status and veteran-status have no counterpart
// here: OTHER.
constexpr NeedRow kGravityCategories[] = {
    {"food-insecurity", type::NEED_CATEGORY_FOOD},
    {"housing-instability", type::NEED_CATEGORY_HOUSING},
    {"homelessness", type::NEED_CATEGORY_HOUSING},
    {"inadequate-housing", type::NEED_CATEGORY_HOUSING},
    {"transportation-insecurity", type::NEED_CATEGORY_TRANSPORT},
    {"financial-insecurity", type::NEED_CATEGORY_MONEY},
    {"material-hardship", type::NEED_CATEGORY_MONEY},
    {"medical-cost-burden", type::NEED_CATEGORY_MONEY},
    {"utility-insecurity", type::NEED_CATEGORY_MONEY},
    {"employment-status", type::NEED_CATEGORY_EMPLOYMENT},
    {"educational-attainment", type::NEED_CATEGORY_LEARNING},
    {"personal-health-literacy", type::NEED_CATEGORY_LEARNING},
    {"language-access", type::NEED_CATEGORY_LEARNING},
    {"digital-literacy", type::NEED_CATEGORY_DIGITAL},
    {"digital-access", type::NEED_CATEGORY_DIGITAL},
    {"stress", type::NEED_CATEGORY_EMOTIONAL_WELLBEING},
    {"social-connection", type::NEED_CATEGORY_LONELINESS},
    {"intimate-partner-violence", type::NEED_CATEGORY_DOMESTIC_ABUSE},
    {"elder-abuse", type::NEED_CATEGORY_DOMESTIC_ABUSE},
    {"incarceration-status", type::NEED_CATEGORY_LEGAL},
    {"health-insurance-coverage-status", type::NEED_CATEGORY_OTHER},
    {"veteran-status", type::NEED_CATEGORY_OTHER},
};

// SNOMED CT. Sources: NHS Digital primary care reference sets HOMELESS_COD and RESNONE_COD (2024-12-05),
// PRIMIS CARER_COD v1, Gravity Project value sets, UK Core and Gravity sample messages, and the flags of the
// intake's crisis rule.
constexpr NeedRow kSnomedNeeds[] = {
    {"422650009", type::NEED_CATEGORY_LONELINESS},          // Social isolation
    {"423315002", type::NEED_CATEGORY_LONELINESS},          // Limited social contact
    {"32911000", type::NEED_CATEGORY_HOUSING},              // Homeless
    {"1156191002", type::NEED_CATEGORY_HOUSING},            // Housing instability
    {"105531004", type::NEED_CATEGORY_HOUSING},             // Housing unsatisfactory
    {"266935003", type::NEED_CATEGORY_HOUSING},             // Housing lack
    {"365510008", type::NEED_CATEGORY_HOUSING},             // Temporary shelter arrangements
    {"105526001", type::NEED_CATEGORY_HOUSING},             // Homeless family
    {"160700001", type::NEED_CATEGORY_HOUSING},             // Homeless single person
    {"224226001", type::NEED_CATEGORY_HOUSING},             // No fixed abode
    {"224228000", type::NEED_CATEGORY_HOUSING},             // Living rough
    {"224229008", type::NEED_CATEGORY_HOUSING},             // Sleeping out
    {"224231004", type::NEED_CATEGORY_HOUSING},             // Sleeping in night shelter
    {"224232006", type::NEED_CATEGORY_HOUSING},             // Sleeping at friends' home
    {"224233001", type::NEED_CATEGORY_HOUSING},             // Sleeping in vehicle
    {"266940006", type::NEED_CATEGORY_HOUSING},             // Lives in squat
    {"381751000000106", type::NEED_CATEGORY_HOUSING},       // Sofa surfer
    {"160932005", type::NEED_CATEGORY_MONEY},               // Low income
    {"73438004", type::NEED_CATEGORY_EMPLOYMENT},           // Unemployed
    {"73595000", type::NEED_CATEGORY_EMOTIONAL_WELLBEING},  // Stress
    {"48694002", type::NEED_CATEGORY_EMOTIONAL_WELLBEING},  // Anxiety
    {"35489007", type::NEED_CATEGORY_EMOTIONAL_WELLBEING},  // Depressive disorder
    {"414916001", type::NEED_CATEGORY_PHYSICAL_ACTIVITY},   // Obesity
    {"3723001", type::NEED_CATEGORY_LONG_TERM_CONDITION},   // Arthritis
    {"44054006", type::NEED_CATEGORY_LONG_TERM_CONDITION},  // Type 2 diabetes mellitus
    {"13645005", type::NEED_CATEGORY_LONG_TERM_CONDITION},  // Chronic obstructive lung disease
    {"224484003", type::NEED_CATEGORY_CARING},              // Patient themselves providing care
    {"302767002", type::NEED_CATEGORY_CARING},              // Cares for a relative
    {"276040005", type::NEED_CATEGORY_CARING},              // Looks after someone
    {"276047008", type::NEED_CATEGORY_CARING},              // Looks after elderly dependent
    {"407542009", type::NEED_CATEGORY_CARING},              // Informal caregiver
    {"824401000000105", type::NEED_CATEGORY_CARING},        // Carer of person with dementia
    {"129839007", type::NEED_CATEGORY_MANAGING_AT_HOME},    // At risk for falls
    {"161898004", type::NEED_CATEGORY_MANAGING_AT_HOME},    // Falls
    {"248054003", type::NEED_CATEGORY_MANAGING_AT_HOME},    // Self-neglect
    {"733423003", type::NEED_CATEGORY_FOOD},                // Food insecurity
    {"467771000124109", type::NEED_CATEGORY_FOOD},          // Assistance with application for food pantry program
    {"706893006", type::NEED_CATEGORY_DOMESTIC_ABUSE},      // Victim of intimate partner abuse
    {"707087005", type::NEED_CATEGORY_DOMESTIC_ABUSE},      // At risk of domestic violence
    {"15167005", type::NEED_CATEGORY_SUBSTANCE_USE},        // Alcohol abuse
    {"7200002", type::NEED_CATEGORY_SUBSTANCE_USE},         // Alcoholism
    {"713458007", type::NEED_CATEGORY_TRANSPORT},           // Lack of access to transportation
    {"266934004", type::NEED_CATEGORY_TRANSPORT},           // Transport problem
};

// ICD-10 by prefix, the longest first among those that overlap. WHO ICD-10 chapters V and XXI; rows marked CM
// are of ICD-10-CM alone.
constexpr NeedRow kIcd10Needs[] = {
    {"Z59.82", type::NEED_CATEGORY_TRANSPORT},           // CM: transportation insecurity
    {"Z59.86", type::NEED_CATEGORY_MONEY},               // CM: financial insecurity
    {"Z59.87", type::NEED_CATEGORY_MONEY},               // CM: material hardship
    {"Z59.4", type::NEED_CATEGORY_FOOD},                 // Lack of adequate food
    {"Z59.5", type::NEED_CATEGORY_MONEY},                // Extreme poverty
    {"Z59.6", type::NEED_CATEGORY_MONEY},                // Low income
    {"Z59.7", type::NEED_CATEGORY_MONEY},                // Insufficient social insurance and welfare support
    {"Z59", type::NEED_CATEGORY_HOUSING},                // Housing and economic circumstances
    {"Z55", type::NEED_CATEGORY_LEARNING},               // Education and literacy
    {"Z56", type::NEED_CATEGORY_EMPLOYMENT},             // Employment and unemployment
    {"Z60.2", type::NEED_CATEGORY_LONELINESS},           // Living alone
    {"Z60.4", type::NEED_CATEGORY_LONELINESS},           // Social exclusion and rejection
    {"Z63.4", type::NEED_CATEGORY_BEREAVEMENT},          // Disappearance and death of family member
    {"Z63.6", type::NEED_CATEGORY_CARING},               // Dependent relative needing care at home
    {"Z65.0", type::NEED_CATEGORY_LEGAL},                // Conviction without imprisonment
    {"Z65.1", type::NEED_CATEGORY_LEGAL},                // Imprisonment
    {"Z65.2", type::NEED_CATEGORY_LEGAL},                // Release from prison
    {"Z65.3", type::NEED_CATEGORY_LEGAL},                // Other legal circumstances
    {"Z72.3", type::NEED_CATEGORY_PHYSICAL_ACTIVITY},    // Lack of physical exercise
    {"Z73.3", type::NEED_CATEGORY_EMOTIONAL_WELLBEING},  // Stress
    {"Z74", type::NEED_CATEGORY_MANAGING_AT_HOME},       // Care-provider dependency
    {"R29.6", type::NEED_CATEGORY_MANAGING_AT_HOME},     // Tendency to fall
    {"E66", type::NEED_CATEGORY_PHYSICAL_ACTIVITY},      // Obesity
    {"F10", type::NEED_CATEGORY_SUBSTANCE_USE},          // Alcohol
    {"F11", type::NEED_CATEGORY_SUBSTANCE_USE},          // Opioids
    {"F19", type::NEED_CATEGORY_SUBSTANCE_USE},          // Several drugs
    {"F32", type::NEED_CATEGORY_EMOTIONAL_WELLBEING},    // Depressive episode
    {"F33", type::NEED_CATEGORY_EMOTIONAL_WELLBEING},    // Recurrent depressive disorder
    {"F41", type::NEED_CATEGORY_EMOTIONAL_WELLBEING},    // Other anxiety disorders
};

// The systems whose codes are read here, beside those that need predicates: HL7 Terminology, FHIR R4, UK Core, BaRS and SDS, and
// IETF BCP 47.
constexpr std::string_view kKnownSystems[] = {
    kBarsEvents,
    kEarlyBarsEvents,
    kBarsReasons,
    "https://fhir.nhs.uk/CodeSystem/message-category-servicerequest",
    "https://fhir.nhs.uk/CodeSystem/flag-categories-bars",
    "https://fhir.nhs.uk/CodeSystem/consent-categories-bars",
    "https://fhir.nhs.uk/England/CodeSystem/England-SDSJobRoleName",
    "https://fhir.nhs.uk/England/CodeSystem/England-JobRoleCode",
    "https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategory",
    "https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategoryEngland",
    "https://fhir.hl7.org.uk/CodeSystem/UKCore-HumanLanguage",
    "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatus",
    "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland",
    "https://fhir.hl7.org.uk/CodeSystem/UKCore-SDSJobRoleName",
    "http://terminology.hl7.org/CodeSystem/v2-0003",
    "http://terminology.hl7.org/CodeSystem/v2-0136",
    "http://terminology.hl7.org/CodeSystem/v2-0203",
    "http://terminology.hl7.org/CodeSystem/v3-ActCode",
    "http://terminology.hl7.org/CodeSystem/v3-Confidentiality",
    "http://terminology.hl7.org/CodeSystem/v3-RoleCode",
    "http://terminology.hl7.org/CodeSystem/condition-clinical",
    "http://terminology.hl7.org/CodeSystem/condition-ver-status",
    "http://terminology.hl7.org/CodeSystem/consentscope",
    "http://tools.ietf.org/html/bcp47",
    "urn:ietf:bcp:47",
};

bool IsGravity(std::string_view system) {
  return absl::EndsWith(WithoutScheme(system), "/sdohcc-codesystemtemporarycodes");
}

bool IsIcd10(std::string_view system) {
  return absl::StartsWith(WithoutScheme(system), "hl7.org/fhir/sid/icd-10");
}

bool IsKnownSystem(std::string_view system) {
  static const std::set<std::string> plain_systems = [] {
    std::set<std::string> plain;
    for (const std::string_view known : kKnownSystems) plain.insert(health::PlainSystem(known));
    return plain;
  }();
  return IsSnomed(system) || IsGravity(system) || IsIcd10(system) ||
         plain_systems.count(health::PlainSystem(system)) > 0;
}

void UseSystemAndCode(const Element& coding) {
  coding.Use({"version", "code", "userSelected"});
  if (IsKnownSystem(coding.Peek("system"))) coding.Use("system");
}

template <std::size_t kSize>
std::optional<type::NeedCategory> Exactly(const NeedRow (&rows)[kSize], std::string_view code) {
  for (const NeedRow& row : rows) {
    if (row.code == code) return row.category;
  }
  return std::nullopt;
}

}  // namespace

bool IsNhsNumberIdentifier(std::string_view system) {
  return health::IsNhsNumberSystem(system) || health::SameSystem(system, "http://fhir.nhs.net/Id/nhs-number") ||
         health::SameSystem(system, "urn:oid:2.16.840.1.113883.2.1.4.1");
}

bool IsSnomed(std::string_view system) {
  return health::IsSnomedSystem(system) || absl::StartsWith(WithoutScheme(system), "snomed.info/sct/");
}

std::optional<type::NeedCategory> NeedCategoryOf(std::string_view system, std::string_view code) {
  if (IsSnomed(system)) return Exactly(kSnomedNeeds, code);
  if (IsGravity(system)) return Exactly(kGravityCategories, code);
  if (IsIcd10(system)) {
    const std::string upper = absl::AsciiStrToUpper(std::string(code));
    for (const NeedRow& row : kIcd10Needs) {
      if (absl::StartsWith(upper, absl::string_view(row.code.data(), row.code.size()))) return row.category;
    }
  }
  return std::nullopt;
}

bool IsCrisisCode(std::string_view system, std::string_view code) {
  return IsSnomed(system) && health::IsRiskOfHarm(code);
}

bool IsSafeguardingCategory(std::string_view system, std::string_view code) {
  return code == "SG" && WithoutScheme(system).find("flag-categor") != std::string::npos;
}

bool IsAdjustmentCategory(std::string_view system, std::string_view code) {
  return code == "RA" && WithoutScheme(system).find("flag-categor") != std::string::npos;
}

std::optional<type::NhsNumberStatus> NhsNumberStatusOf(std::string_view code) {
  struct Row {
    std::string_view name, number;
    type::NhsNumberStatus status;
  };
  // UK Core CodeSystem NHSNumberVerificationStatus (by name) and NHSNumberVerificationStatusEngland (by
  // number).
  constexpr Row kRows[] = {
      {"number-present-and-verified", "01", type::NHS_NUMBER_STATUS_VERIFIED},
      {"number-present-but-not-traced", "02", type::NHS_NUMBER_STATUS_NOT_TRACED},
      {"trace-required", "03", type::NHS_NUMBER_STATUS_TRACE_REQUIRED},
      {"trace-attempted-no-match-or-multiple-match-found", "04", type::NHS_NUMBER_STATUS_TRACE_REQUIRED},
      {"trace-needs-to-be-resolved-nhs-number-or-patient-detail-conflict", "05",
       type::NHS_NUMBER_STATUS_TRACE_REQUIRED},
      {"trace-in-progress", "06", type::NHS_NUMBER_STATUS_TRACE_REQUIRED},
      {"trace-postponed-baby-under-six-weeks-old", "08", type::NHS_NUMBER_STATUS_TRACE_REQUIRED},
  };
  for (const Row& row : kRows) {
    if (code == row.name || code == row.number) return row.status;
  }
  return std::nullopt;
}

type::AgencyKind AgencyOfRole(std::string_view code) {
  struct Row {
    std::string_view code;
    type::AgencyKind agency;
  };
  // SDS job role codes; SNOMED CT 408443003 general medical practice (UK Core PractitionerRole.specialty).
  constexpr Row kRows[] = {
      {"R9815", type::AGENCY_KIND_SPLW_SERVICE},     {"R1330", type::AGENCY_KIND_SOCIAL_CARE},
      {"R1340", type::AGENCY_KIND_SOCIAL_CARE},      {"R9575", type::AGENCY_KIND_SOCIAL_CARE},
      {"R0260", type::AGENCY_KIND_PRIMARY_CARE},     {"R0700", type::AGENCY_KIND_COMMUNITY_NURSING},
      {"R1975", type::AGENCY_KIND_MENTAL_HEALTH},    {"R9808", type::AGENCY_KIND_MENTAL_HEALTH},
      {"408443003", type::AGENCY_KIND_PRIMARY_CARE},
  };
  for (const Row& row : kRows) {
    if (row.code == code) return row.agency;
  }
  return type::AGENCY_KIND_UNSPECIFIED;
}

type::AgencyKind AgencyOfOdsCode(std::string_view ods_code) {
  // ODS: practices are a letter and five digits; primary care networks U and five digits.
  const bool is_network =
      ods_code.size() == 6 && ods_code[0] == 'U' &&
      std::all_of(ods_code.begin() + 1, ods_code.end(), [](unsigned char c) { return absl::ascii_isdigit(c); });
  return health::IsPracticeCode(ods_code) || is_network ? type::AGENCY_KIND_PRIMARY_CARE
                                                        : type::AGENCY_KIND_UNSPECIFIED;
}

std::optional<std::string> LanguageTag(std::string_view code) {
  std::string tag = absl::AsciiStrToLower(std::string(code));
  // UKCore-HumanLanguage has codes of its own for what BCP 47 names otherwise: q4 is British Sign Language.
  if (tag == "q4") return "bfi";
  const bool is_tag =
      tag.size() >= 2 && tag.size() <= kMaxLanguageTag && absl::ascii_isalpha(static_cast<unsigned char>(tag[0])) &&
      absl::ascii_isalpha(static_cast<unsigned char>(tag[1])) &&
      std::all_of(tag.begin(), tag.end(), [](unsigned char c) { return absl::ascii_isalnum(c) || c == '-'; });
  if (!is_tag) return std::nullopt;
  if (tag == "en" || absl::StartsWith(tag, "en-")) return "";
  return tag;
}

bool IsReferralCode(std::string_view system, std::string_view code) {
  if (IsSnomed(system)) return code == "3457005" || code == "871731000000106";
  return code == "referral" &&
         health::SameSystem(system, "https://fhir.nhs.uk/CodeSystem/message-category-servicerequest");
}

void UseCode(const Element& coding) {
  UseSystemAndCode(coding);
  UseIfRedundant(coding, "display");
}

void UseCoding(const Element& coding) {
  UseSystemAndCode(coding);
  coding.Use("display");
}

void UseConceptText(const Element& concept_element) {
  concept_element.Use("text");
  for (const Element& coding : concept_element.Each("coding")) {
    const std::string code = coding.Peek("code");
    if (code.empty() || IsReferralCode(coding.Peek("system"), code)) UseCoding(coding);
  }
}

std::string ConceptText(const Element& concept_element) {
  const std::string text = concept_element.Peek("text");
  std::vector<std::string> displays;
  std::set<std::string> said = {"", text};
  std::string first_code;
  for (const Element& coding : concept_element.Each("coding")) {
    std::string display = coding.Peek("display");
    if (said.insert(display).second) displays.push_back(std::move(display));
    if (first_code.empty()) first_code = coding.Peek("code");
  }
  if (text.empty() && displays.empty()) return first_code.empty() ? "" : absl::StrCat("code ", first_code);
  if (displays.empty()) return text;
  return absl::StrCat(text, text.empty() ? "" : ": ", absl::StrJoin(displays, "; "));
}

}  // namespace splw::fhir
