#include "services/mdt_agenda/errors.h"

#include <absl/strings/str_format.h>

#include "common/text/failure.h"

namespace splw::mdt_agenda::errors {
namespace {

using text::Failure;
using text::InvalidField;

// "PUBLISHED" for MEETING_STATE_PUBLISHED.
std::string StateName(api::MeetingState state) {
  return api::MeetingState_Name(state).substr(std::string("MEETING_STATE_").size());
}

}  // namespace

absl::Status MdtNotFound() {
  return Failure(absl::StatusCode::kNotFound, "MDT_NOT_FOUND",
                 "there is no such MDT; ListMdts shows those of the network");
}

absl::Status MeetingNotFound() {
  return Failure(absl::StatusCode::kNotFound, "MEETING_NOT_FOUND",
                 "there is no such meeting; ListMeetings shows those of the MDT");
}

absl::Status ItemNotFound() {
  return Failure(absl::StatusCode::kNotFound, "AGENDA_ITEM_NOT_FOUND",
                 "there is no such agenda item; ListAgendaItems shows those of the meeting");
}

absl::Status NominationNotFound() {
  return Failure(absl::StatusCode::kNotFound, "NOMINATION_NOT_FOUND", "there is no such nomination");
}

absl::Status ActionNotFound() {
  return Failure(absl::StatusCode::kNotFound, "ACTION_NOT_FOUND", "there is no such action");
}

absl::Status MdtExists() {
  return Failure(absl::StatusCode::kAlreadyExists, "MDT_EXISTS",
                 "the network has an MDT with this id; choose another mdt_id, or leave it empty");
}

absl::Status TooManyMdts() {
  return Failure(absl::StatusCode::kResourceExhausted, "TOO_MANY_MDTS",
                 "the network has as many MDTs as it may have (50)");
}

absl::Status TooManyReports() {
  return Failure(absl::StatusCode::kResourceExhausted, "TOO_MANY_REPORTS",
                 "the item has as many reports as it may have (50); tell the meeting");
}

absl::Status NameInvalid(std::string_view field, std::string_view form) {
  return InvalidField(field, "NAME_INVALID", absl::StrFormat("must have the form %s", form));
}

absl::Status CaseFilterRequired() {
  return text::MissingField("case", "is required where the parent names no single meeting");
}

absl::Status CarryOverItemNotOpen(std::string_view field) {
  return InvalidField(field, "ITEM_NOT_OPEN", "must be an item of this meeting that has no outcome yet, named once");
}

absl::Status MaskPathUnknown() {
  return InvalidField(
      "update_mask", "MASK_PATH_UNKNOWN",
      "may hold display_name, core_agencies, members, schedule, quorum, item_lengths and max_carry_overs");
}

absl::Status LateOnlyAfterPublication() {
  return InvalidField("late_urgent_only", "LATE_ONLY_AFTER_PUBLICATION",
                      "may be set only when the agenda is published; leave it out to plan the whole agenda");
}

absl::Status IllegalTransition(std::string_view step, api::MeetingState state) {
  return Failure(absl::StatusCode::kFailedPrecondition, "ILLEGAL_TRANSITION",
                 absl::StrFormat("%s is not possible while the meeting is %s", step, StateName(state)),
                 {{"state", StateName(state)}});
}

absl::Status AgendaPublished() {
  return Failure(
      absl::StatusCode::kFailedPrecondition, "AGENDA_PUBLISHED",
      "the agenda is published and stays as it is; set late_urgent_only to add urgent nominations at its end");
}

absl::Status TooEarly(std::string_view date) {
  return Failure(absl::StatusCode::kFailedPrecondition, "TOO_EARLY",
                 absl::StrFormat("the meeting is on %s, for which its agencies were invited: start it then; where it "
                                 "really is held before, give an override_reason_code",
                                 date),
                 {{"date", std::string(date)}});
}

absl::Status EarlierMeetingInProgress() {
  return Failure(absl::StatusCode::kFailedPrecondition, "EARLIER_MEETING_IN_PROGRESS",
                 "an earlier meeting of the team is still in progress; close it first, so that what it leaves is here");
}

absl::Status MeetingNotInProgress(api::MeetingState state) {
  return Failure(absl::StatusCode::kFailedPrecondition, "MEETING_NOT_IN_PROGRESS",
                 absl::StrFormat("outcomes are recorded while the meeting is in progress; it is %s", StateName(state)),
                 {{"state", StateName(state)}});
}

absl::Status ItemClosed(api::ItemState state) {
  const std::string name = api::ItemState_Name(state).substr(std::string("ITEM_STATE_").size());
  return Failure(absl::StatusCode::kFailedPrecondition, "ILLEGAL_TRANSITION",
                 absl::StrFormat("the item takes no outcome any more: it is %s", name), {{"state", name}});
}

absl::Status NotAFeedbackItem() {
  return Failure(absl::StatusCode::kFailedPrecondition, "NOT_A_FEEDBACK_ITEM",
                 "no feedback is owed on this item; record a decision instead");
}

absl::Status NotActionOwner() {
  return Failure(absl::StatusCode::kPermissionDenied, "NOT_ACTION_OWNER",
                 "agency members report on actions that they own, and on nothing else");
}

}  // namespace splw::mdt_agenda::errors
