// Code systems: what a code from outside means here. Every table names where its codes come from. Pure;
// thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "services/gateway/fhir/element.h"
#include "splw/type/v1/agency.pb.h"
#include "splw/type/v1/need.pb.h"
#include "splw/type/v1/person.pb.h"

namespace splw::fhir {

inline constexpr char kBarsEvents[] = "https://fhir.nhs.uk/CodeSystem/message-events-bars";
// As in the examples of BaRS before 1.0.
inline constexpr char kEarlyBarsEvents[] = "https://fhir.nhs.uk/CodeSystem/message-event-servicerequest";
inline constexpr char kBarsReasons[] = "https://fhir.nhs.uk/CodeSystem/message-reason-bars";

// health::IsNhsNumberSystem, and the systems that came before: the STU3 URI and the OID of CDA messages (NHS
// Data Dictionary).
bool IsNhsNumberIdentifier(std::string_view system);
// health::IsSnomedSystem, also with an edition and version after it.
bool IsSnomed(std::string_view system);

// What a code says about a need; nullopt if the tables do not have it. SNOMED CT, ICD-10 (WHO and CM), and
// the categories of the Gravity Project's SDOH Clinical Care guide.
std::optional<splw::type::v1::NeedCategory> NeedCategoryOf(std::string_view system, std::string_view code);

// True for SNOMED CT codes that say that somebody may come to harm: risk of deliberate self-harm, risk of
// domestic violence, adult and child safeguarding concern, self-neglect.
bool IsCrisisCode(std::string_view system, std::string_view code);
// True for the BaRS flag category SG, "Safeguarding Concern"; and RA, "Reasonable Adjustment".
bool IsSafeguardingCategory(std::string_view system, std::string_view code);
bool IsAdjustmentCategory(std::string_view system, std::string_view code);

// UK Core NHSNumberVerificationStatus, by name or by number; nullopt for others.
std::optional<splw::type::v1::NhsNumberStatus> NhsNumberStatusOf(std::string_view code);

// The kind of agency that a role (SDS job role code) or specialty (SNOMED CT) tells of, and that the shape of
// an ODS code tells of. AGENCY_KIND_UNSPECIFIED where nothing is told.
splw::type::v1::AgencyKind AgencyOfRole(std::string_view code);
splw::type::v1::AgencyKind AgencyOfOdsCode(std::string_view ods_code);

// BCP 47 tag of a code of UKCore-HumanLanguage or BCP 47, lower case; empty for English, nullopt if it is no
// language tag.
std::optional<std::string> LanguageTag(std::string_view code);

// True for what says no more than "this is a referral": SNOMED CT 3457005 patient referral and
// 871731000000106 referral to social prescribing service; BaRS message-category-servicerequest "referral".
bool IsReferralCode(std::string_view system, std::string_view code);

// A CodeableConcept for a person to read: "text: display; display", without repeating; "code …" where there
// is no word.
std::string ConceptText(const Element& concept_element);
// Marks what says which code it is: its system only where it is one whose codes are read here (a code may be recognised
// whatever system stands beside it), and its words only where they are those of the code. UseCoding marks all its words, for
// those who keep them.
void UseCode(const Element& coding);
void UseCoding(const Element& coding);
// Marks the words that ConceptText took. Codes stay unmarked, unless they say no more than "this is a
// referral": who keeps one marks it.
void UseConceptText(const Element& concept_element);

}  // namespace splw::fhir
