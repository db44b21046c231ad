// Every number of the caseload, with where it comes from.
#pragma once

#include <cstddef>

#include <absl/time/time.h>

namespace splw::caseload {

// --- Work ---

// The weight of a case: 1, and 1 more for each of: many needs, urgent, signs of a crisis. So 1 to 4. Our own
// scale, to be tuned by a network's policy later; the study (finding 21) and NHS England's guidance ask for
// limits "by complexity" without giving one.
inline constexpr int kBaseCaseWeight = 1;
inline constexpr int kManyNeeds = 3;  // this many or more

// The default limit of one full-time worker. NHS England: 200 to 250 people a year by complexity
// (standards.md, "Link workers"); 6 to 12 contacts each, about a quarter of a year: 225 × 12 / 52 ≈ 52 at a
// time, rounded down. Weighted, so that it is 50 simple cases or a dozen of the hardest.
inline constexpr int kDefaultCaseLimitPerWte = 50;
inline constexpr int kMaxWeightedCaseLimit = 500;  // far above any real one: catches slips of the keyboard
inline constexpr double kMaxWte = 1.5;             // overtime included

// How much each ground counts when a worker is chosen (allocation.h). The person's alliance with a worker
// comes first (finding 13), then whether the worker can do what is needed (16), then being understood, then
// room (21).
inline constexpr int kContinuityPoints = 40;
inline constexpr int kSkillPoints = 40;  // for all needs; a share of it for some
inline constexpr int kLanguagePoints = 30;
inline constexpr int kRoomPoints = 20;               // for an empty caseload; a share of it otherwise
inline constexpr std::size_t kMaxEarlierCases = 20;  // looked at for continuity, per key of the person

// --- Records of a case ---

// One person is referred a few times in the months that a case is open. What a sender repeats without end goes to another case,
// where somebody looks; each of its referrals has its answers all the same.
inline constexpr int kMaxReferralsPerCase = 100;
inline constexpr std::size_t kMaxPersonKeysPerCase = 64;
inline constexpr int kMaxAdjustments = 10;  // splw.type.v1.Person.adjustments
// How many open cases with the same key are looked at for the person of a referral: more than one only where people
// share all but the NHS number (twins at one address), or where a case is full of referrals.
inline constexpr std::size_t kMaxOpenCasesPerPersonKey = 10;
inline constexpr std::size_t kMaxNeedsPerCase = 20;  // there are 18 categories; some twice, with different words
inline constexpr int kMaxContactsPerCase = 1000;     // 6 to 12 are usual (standards.md)
inline constexpr int kMaxAssessmentsPerCase = 100;
inline constexpr int kMaxOpenSignpostsPerCase = 20;
inline constexpr int kMaxSignpostsPerCase = 500;           // ended ones too: a few are usual
inline constexpr int kMaxNominationsPerCase = 200;         // decided and withdrawn ones too: one a week for four years
inline constexpr std::size_t kMaxMdtActionsPerCase = 100;  // the newest are kept; mdt-agenda keeps all
inline constexpr std::size_t kMaxDecisionsPerCase = 20;    // likewise
inline constexpr int kMaxFeedbackDebtsPerCase = 20;        // the earliest due are kept; mdt-agenda keeps all

inline constexpr std::size_t kMaxNoteCharacters = 2000;
inline constexpr std::size_t kMaxWhatMattersCharacters = 2000;
inline constexpr std::size_t kMaxQuestionCharacters = 1000;
inline constexpr std::size_t kMaxNeedNoteCharacters = 500;
inline constexpr std::size_t kMaxExplainedByCharacters = 200;
inline constexpr int kMaxOns4Score = 10;  // ONS4: whole numbers 0 to 10 (standards.md)

inline constexpr std::size_t kMaxGoals = 20;
inline constexpr std::size_t kMaxPlanActions = 50;
inline constexpr std::size_t kMaxPlanItemCharacters = 500;
inline constexpr std::size_t kMaxPlanItemIdCharacters = 26;
inline constexpr std::size_t kMaxOwnerCharacters = 200;

// --- The directory ---

// Each allocation looks at all of them, so that every worker is a candidate; a network has some tens.
inline constexpr std::size_t kMaxLinkWorkers = 500;
inline constexpr std::size_t kMaxCommunityServices = 2000;  // a city's directory has hundreds
inline constexpr std::size_t kMaxDisplayNameCharacters = 200;
inline constexpr std::size_t kMaxProfessionalIdCharacters = 64;  // splw.type.v1.Professional.id
inline constexpr std::size_t kMaxRoleCodeCharacters = 16;
inline constexpr std::size_t kMaxLanguages = 20;
inline constexpr std::size_t kMaxLanguageCharacters = 35;  // RFC 5646, section 4.4.1
inline constexpr std::size_t kMaxDescriptionCharacters = 2000;
inline constexpr std::size_t kMaxContactCharacters = 254;  // RFC 5321: the longest e-mail address
inline constexpr std::size_t kMaxUrlCharacters = 500;
inline constexpr int kMaxPlaces = 10'000;

// --- Requests ---

inline constexpr std::size_t kMaxReasonCodeCharacters = 64;
inline constexpr std::size_t kMaxNameCharacters = 256;
// Clocks of callers differ; a contact "now" must not be refused for that.
inline constexpr absl::Duration kClockSkew = absl::Minutes(5);
// What happened before a case was opened may be written down too, within reason: an earlier instant is a slip of the
// pen.
inline constexpr absl::Duration kMaxBeforeOpening = absl::Hours(24 * 366);
// An action that is due later is never overdue.
inline constexpr int kMaxYearsAhead = 5;
// Entries that one page of a list looks at before it ends short: what a filter without an index of its own
// may cost.
inline constexpr std::size_t kMaxExaminedPerPage = 1000;

}  // namespace splw::caseload
