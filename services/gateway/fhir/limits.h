// Every number of the FHIR mapping, with where it comes from.
#pragma once

#include <cstddef>

#include <absl/time/time.h>

namespace splw::fhir {

// A message with a few documents' worth of text is well under 1 MiB; BaRS carries no attachments in
// ServiceRequest messages.
inline constexpr std::size_t kMaxInputBytes = 5u << 20;
// The deepest published UK Core sample nests 14 levels; FHIR's recursive types (QuestionnaireResponse.item,
// extension) go deeper.
inline constexpr int kMaxDepth = 64;
// A message asks for one referral; a transaction for a few.
inline constexpr std::size_t kMaxServiceRequests = 50;
// The largest published message has 40 resources. What one mapping does grows with their number.
inline constexpr std::size_t kMaxResources = 2000;
// What a person may be expected to scroll through; what is beyond is counted in one last issue.
inline constexpr std::size_t kMaxIssues = 1000;
// Parts of a location that are not FHIR element names are not repeated back (they may hold anything).
inline constexpr std::size_t kMaxElementNameCharacters = 64;

// Field lengths of splw.referral.v1.Referral (proto/splw/referral/v1/referral.proto), in characters.
inline constexpr std::size_t kMaxReasonText = 4000;
inline constexpr std::size_t kMaxNeeds = 18;
inline constexpr std::size_t kMaxExternalReference = 128;
inline constexpr std::size_t kMaxImportNotes = 100;
inline constexpr std::size_t kMaxNoteLocation = 300;
inline constexpr std::size_t kMaxNoteMessage = 300;
// Field lengths of splw.type.v1 (proto/splw/type/v1/*.proto), in characters.
inline constexpr std::size_t kMaxNamePart = 100;
inline constexpr std::size_t kMaxAddressLines = 5;
inline constexpr std::size_t kMaxAddressLine = 100;
inline constexpr std::size_t kMaxPostcode = 10;
inline constexpr std::size_t kMaxPhone = 32;
inline constexpr std::size_t kMaxEmail = 254;
inline constexpr std::size_t kMaxEthnicityCode = 8;
inline constexpr std::size_t kMaxLanguageTag = 35;  // RFC 5646 section 4.4.1
inline constexpr std::size_t kMaxAdjustments = 10;
inline constexpr std::size_t kMaxAdjustment = 200;
inline constexpr std::size_t kMaxNeedNote = 500;
inline constexpr std::size_t kMaxOrganisationName = 200;
inline constexpr std::size_t kMaxLocalId = 64;
inline constexpr std::size_t kMaxPractitionerName = 200;
inline constexpr std::size_t kMaxRoleTitle = 100;
inline constexpr std::size_t kMaxContact = 254;
// An NHS number that fails its check is kept as it came, but no longer than this.
inline constexpr std::size_t kMaxIdentifierKept = 20;

// As the intake has it (services/referral_intake/limits.h): beyond every age on record.
inline constexpr int kMaxAgeYears = 130;
// Of one resource, so many words of danger are looked at one by one.
inline constexpr std::size_t kMaxDangerTexts = 20;
// So many places where the original speaks of danger are named in the reason; the others are in the notes.
inline constexpr std::size_t kMaxDangerPlaces = 5;
// What the sentence about them is at most, beside the places.
inline constexpr std::size_t kMaxDangerWords = 150;

// Clocks of senders run ahead a little; a request from further in the future has a wrong date.
inline constexpr absl::Duration kMaxClockSkew = absl::Minutes(5);
// A referral older than this is asked about before it is acted on.
inline constexpr absl::Duration kOldRequest = absl::Hours(24 * 180);

}  // namespace splw::fhir
