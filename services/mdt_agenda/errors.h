// Every mistake that this service answers: its code, its stable reason, its words. No text here holds what was sent.
#pragma once

#include <string>
#include <string_view>

#include <absl/status/status.h>

#include "services/mdt_agenda/messages.h"

namespace splw::mdt_agenda::errors {

// NOT_FOUND.
absl::Status MdtNotFound();
absl::Status MeetingNotFound();
absl::Status ItemNotFound();
absl::Status NominationNotFound();
absl::Status ActionNotFound();

// ALREADY_EXISTS; RESOURCE_EXHAUSTED.
absl::Status MdtExists();
absl::Status TooManyMdts();
absl::Status TooManyReports();

// INVALID_ARGUMENT: `form` is the form that the name must have.
absl::Status NameInvalid(std::string_view field, std::string_view form);
absl::Status CaseFilterRequired();
absl::Status CarryOverItemNotOpen(std::string_view field);
absl::Status MaskPathUnknown();
absl::Status LateOnlyAfterPublication();

// FAILED_PRECONDITION.
absl::Status IllegalTransition(std::string_view step, api::MeetingState state);
absl::Status AgendaPublished();
// `date`: the meeting's, "2026-11-26".
absl::Status TooEarly(std::string_view date);
absl::Status EarlierMeetingInProgress();
absl::Status MeetingNotInProgress(api::MeetingState state);
absl::Status ItemClosed(api::ItemState state);
absl::Status NotAFeedbackItem();

// PERMISSION_DENIED.
absl::Status NotActionOwner();

}  // namespace splw::mdt_agenda::errors
