// Which step a meeting may take from which state, and what each state allows. Pure.
#pragma once

#include <set>
#include <string>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "services/mdt_agenda/messages.h"

namespace splw::mdt_agenda {

enum class MeetingStep { kBuildAgenda, kAddUrgent, kPublishAgenda, kStart, kRecordAttendance, kClose, kCancel };

// The state after `step`. FAILED_PRECONDITION: AGENDA_PUBLISHED for planning a published agenda anew, otherwise
// ILLEGAL_TRANSITION.
//   SCHEDULED → AGENDA_BUILT → PUBLISHED → IN_PROGRESS → CLOSED; building again stays; all before IN_PROGRESS →
//   CANCELLED.
absl::StatusOr<api::MeetingState> NextState(api::MeetingState state, MeetingStep step);

// OK on the meeting's day in London and later, and before with a reason code, which is then kept with the meeting; otherwise
// FAILED_PRECONDITION TOO_EARLY. A whole day, since a meeting may well begin before its hour, and nobody means another day.
absl::Status NoteStart(const std::string& override_reason_code, absl::Time now, stored::MeetingRecord& meeting);

// OK while outcomes are recorded; otherwise FAILED_PRECONDITION MEETING_NOT_IN_PROGRESS.
absl::Status CheckTakesOutcomes(api::MeetingState state);

// True where feedback may be put onto it: it has not started.
bool TakesFeedback(api::MeetingState state);

// True where its agenda may still be planned: nominations that are left go there.
bool IsPlannable(api::MeetingState state);

// Whether enough people of core agencies are present.
bool QuorumMet(const stored::MeetingRecord& meeting, const std::set<AgencyKind>& core_agencies);

}  // namespace splw::mdt_agenda
