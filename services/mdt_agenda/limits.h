// Every number of this service, with where it comes from: what is published about MDTs,
// or a choice of this project, marked "ours".
#pragma once

#include <cstddef>

#include <absl/time/time.h>

namespace splw::mdt_agenda {

// Community MDTs take 5 to 10 minutes for a new case and 2 to 3 for feedback (practice guides; cancer MDTs, the best
// measured, take 3.2 minutes a case). Each team sets its own.
inline constexpr int kDefaultNewMinutes = 8;
inline constexpr int kDefaultFeedbackMinutes = 3;
inline constexpr int kDefaultUrgentMinutes = 8;
inline constexpr int kMaxItemMinutes = 60;  // ours: no item takes a whole meeting

// Ours: a third of cases are rolled over on some days in the MDTs that were studied; after the second time a case goes
// first.
inline constexpr int kDefaultMaxCarryOvers = 2;
inline constexpr int kMaxMaxCarryOvers = 10;
// The policy on how often a case may be bumped: left this many times more than the team's max_carry_overs, a nomination is
// on the next agenda whatever time is left. Ours: two more weeks in which an overfull agenda may work off what goes first.
inline constexpr int kMoreTimesLeft = 2;
// How many nominations one agenda lists whatever time is left: far more than a meeting can hear. Bounds what one transaction
// writes, and leaves room for feedback within kMaxMeetingItems.
inline constexpr int kMaxPromisedNominations = 200;

// Community MDTs last 60 to 90 minutes; room for shorter huddles and half days.
inline constexpr int kMinMeetingMinutes = 15;
inline constexpr int kMaxMeetingMinutes = 240;

inline constexpr int kDefaultQuorum = 1;
inline constexpr int kMaxQuorum = 50;  // ours

// Meetings are in the calendar this far ahead: feedback always finds its next meeting, and invitations go out in time
// (ours).
inline constexpr int kCalendarWeeks = 8;
// How far ahead a series may begin: a slip of the year must not send what is owed into another decade (ours).
inline constexpr int kMaxWeeksToFirstDate = 26;
// How far after its meeting an action may be due: one that is due in another century is never overdue (ours).
inline constexpr int kMaxDaysToDueDate = 731;
// How far a search for the next meeting looks where the calendar is empty (ours).
inline constexpr int kCalendarSearchWeeks = 60;
// A meeting that nobody held by then is taken off, and what it owed goes on. Ours: time to write down late what was held,
// and days before the agenda of the next week is built, which must have it.
inline constexpr absl::Duration kNotHeldAfter = absl::Hours(72);

// A meeting that was started and that nobody closed by then is closed, and what has no outcome goes on. Ours: time to write
// up the minutes, and days before the next agenda is built.
inline constexpr absl::Duration kNotClosedAfter = absl::Hours(72);

// Ours: a network is 30,000 to 50,000 people; a few teams discuss them.
inline constexpr std::size_t kMaxMdts = 50;
inline constexpr int kMaxMembers = 100;
inline constexpr int kMaxAttendance = 100;
inline constexpr int kMaxActions = 20;
// Reports that owners of actions send in before a meeting, on one item (ours).
inline constexpr int kMaxOwnerReports = 50;
// How many waiting nominations a plan looks at, the most pressing first.
inline constexpr std::size_t kMaxCandidates = 2'000;
// How many of those without a place are shown and counted as passed over: bounds what one transaction writes.
inline constexpr std::size_t kMaxNotPlaced = 200;
// How many nominations that waited for an MDT are given to a new one in one transaction; the periodic task does the
// rest.
inline constexpr std::size_t kAssignBatch = 200;
// What one meeting can hold: at three minutes an item twice the longest meeting, and room for debts that heap up.
inline constexpr std::size_t kMaxMeetingItems = 500;
// Of how many items of a case watchers hear that the person changed what they share, the newest first: what the next
// weeks' agendas hold, and room (ours). The change itself holds for all of them. Likewise of how many nominations and items of a
// case a new link worker is looked for: at most one nomination is open, and few items are.
inline constexpr std::size_t kMaxMentionedItems = 50;
// How many records a filtered page looks at before it ends early: bounds the time of one call.
inline constexpr std::size_t kMaxScannedPerPage = 2'000;

// Characters (Unicode code points). Ours: what a person reads aloud in the time that an item has.
inline constexpr int kMaxDisplayName = 200;
inline constexpr int kMaxSummary = 4'000;
inline constexpr int kMaxActionDescription = 500;
inline constexpr int kMaxNote = 500;
inline constexpr int kMaxProfessionalId = 64;
inline constexpr int kMaxRoleCode = 16;
inline constexpr int kMaxReasonCode = 64;
inline constexpr int kMaxNominationName = 256;  // as streams of events (proto/splw/delivery/v1)

}  // namespace splw::mdt_agenda
