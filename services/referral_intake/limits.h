// Every number of this service. Where no other source is given, the number is that of the contract in
// proto/splw/referral/v1 and proto/splw/type/v1, which clients read.
#pragma once

#include <cstddef>

namespace splw::referral_intake {

// A referral. With all fields at their limits and four bytes a character it stays below a quarter of a store's value.
inline constexpr std::size_t kMaxReasonCharacters = 4000;
inline constexpr std::size_t kMaxExternalReferenceCharacters = 128;
inline constexpr int kMaxNeeds = 18;  // one of each category
inline constexpr std::size_t kMaxNeedNoteCharacters = 500;
inline constexpr std::size_t kMaxSubmissionBytes = 256 * 1024;

// What the reading of a sender's document said.
inline constexpr int kMaxImportNotes = 100;
inline constexpr std::size_t kMaxNoteLocationCharacters = 300;
inline constexpr std::size_t kMaxImportNoteCodeCharacters = 64;
inline constexpr std::size_t kMaxNoteMessageCharacters = 300;

// A person.
inline constexpr std::size_t kMaxNameCharacters = 100;
inline constexpr std::size_t kMaxNhsNumberCharacters = 20;  // as received on import; a right one has ten digits
inline constexpr std::size_t kMaxEthnicityCharacters = 8;
inline constexpr int kMaxAddressLines = 5;
inline constexpr std::size_t kMaxAddressLineCharacters = 100;
inline constexpr std::size_t kMaxPostcodeCharacters = 10;
inline constexpr std::size_t kMaxPhoneCharacters = 32;
inline constexpr std::size_t kMaxContactCharacters = 254;  // RFC 5321, 4.5.3.1.3: a path less its brackets
inline constexpr std::size_t kMaxLanguageCharacters = 35;  // RFC 5646, 4.4.1
inline constexpr int kMaxAdjustments = 10;
inline constexpr std::size_t kMaxAdjustmentCharacters = 200;
inline constexpr int kMaxAgeYears = 130;  // beyond every age on record: a slip of the pen

// A referrer, and others who are named.
inline constexpr std::size_t kMaxPersonLabelCharacters = 200;  // a name, or name and role
inline constexpr std::size_t kMaxRoleTitleCharacters = 100;
inline constexpr std::size_t kMaxLocalIdCharacters = 64;
inline constexpr int kMaxShareWith = 12;  // one of each kind of agency

// A decision.
inline constexpr std::size_t kMaxAdviceCharacters = 1000;
inline constexpr std::size_t kMaxNoteCodeCharacters = 64;

// A network's policy.
inline constexpr std::size_t kMaxRemitCharacters = 4000;
inline constexpr int kMaxMemberPractices = 200;  // the largest networks have fewer than 100
inline constexpr int kDefaultMinimumAge = 18;    // most link workers serve adults

// How much of what is known of the same person a screening looks at, and how much of it a referral shows.
inline constexpr std::size_t kMaxOpenReferralsLookedAt = 20;
// And how much acceptance does, so that nobody who may be meant is passed over: those of ten cases that are full (limits.h of the
// caseload).
inline constexpr std::size_t kMaxOpenReferralsToTellApart = 1000;
inline constexpr std::size_t kMaxRelatedFindings = 3;

// Steps of what became of a referral that are kept, the latest.
inline constexpr int kMaxProgressSteps = 100;

}  // namespace splw::referral_intake
