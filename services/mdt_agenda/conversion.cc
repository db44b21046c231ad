#include "services/mdt_agenda/conversion.h"

#include <optional>

#include "common/delivery/request_rules.h"
#include "common/text/status_macros.h"
#include "services/mdt_agenda/calendar.h"
#include "services/mdt_agenda/feedback.h"
#include "services/mdt_agenda/mdt_tables.h"
#include "services/mdt_agenda/names.h"
#include "services/mdt_agenda/schedule.h"
#include "services/mdt_agenda/timestamps.h"

namespace splw::mdt_agenda {
namespace {

using Ids = google::protobuf::RepeatedPtrField<std::string>;

api::Action ToAction(const std::string& network, const stored::ActionRecord& action, bool details) {
  api::Action shown;
  shown.set_name(ActionName(network, action.id()));
  shown.set_case_(action.case_());
  shown.set_item(action.item());
  *shown.mutable_owner() = action.owner();
  if (details) {
    shown.set_description(action.description());
    shown.set_note(action.note());
  }
  shown.set_details_withheld(!details);
  *shown.mutable_due_date() = ToDate(*ParseDay(action.due_date()));
  shown.set_state(action.state());
  *shown.mutable_create_time() = action.create_time();
  *shown.mutable_update_time() = action.update_time();
  return shown;
}

absl::Status ShowActions(store::Snapshot& snapshot, const std::string& network, const Ids& ids,
                         google::protobuf::RepeatedPtrField<api::Action>* shown) {
  for (const std::string& id : ids) {
    SPLW_ASSIGN_OR_RETURN(const std::optional<stored::ActionRecord> action,
                          Actions().Get(snapshot, network, TextKey(id)));
    if (action) *shown->Add() = ToAction(network, *action, /*details=*/true);
  }
  return absl::OkStatus();
}

void ShowPerson(const stored::SubjectRecord& subject, api::PersonSummary* person) {
  person->set_display_name(subject.person_display_name());
  *person->mutable_birth_date() = subject.birth_date();
  person->set_nhs_number(subject.nhs_number());
}

void ShowFeedback(const stored::AgendaItemRecord& item, api::AgendaItem& shown) {
  if (item.has_feedback()) {
    shown.mutable_feedback()->set_summary(item.feedback().summary());
    shown.mutable_feedback()->set_needs_further_feedback(item.feedback().needs_further_feedback());
    *shown.mutable_feedback()->mutable_record_time() = item.feedback().record_time();
  }
  for (const stored::OwnerReportRecord& report : item.owner_reports()) {
    api::OwnerReport* added = shown.add_owner_reports();
    added->set_professional_id(report.professional_id());
    added->set_summary(report.summary());
    *added->mutable_record_time() = report.record_time();
  }
}

absl::Status ShowDecision(store::Snapshot& snapshot, const std::string& network, const stored::DecisionRecord& decision,
                          api::Decision* shown) {
  shown->set_outcome(decision.outcome());
  shown->set_summary(decision.summary());
  if (decision.has_case_holder()) *shown->mutable_case_holder() = decision.case_holder();
  if (decision.has_key_worker()) *shown->mutable_key_worker() = decision.key_worker();
  shown->set_version(decision.version());
  shown->set_quorum_met(decision.quorum_met());
  *shown->mutable_record_time() = decision.record_time();
  return ShowActions(snapshot, network, decision.action_ids(), shown->mutable_actions());
}

absl::StatusOr<bool> OwnsAction(store::Snapshot& snapshot, const std::string& network, const Viewer& viewer,
                                const stored::AgendaItemRecord& item) {
  for (const Ids* ids : {&item.open_action_ids(), &item.decision().action_ids()}) {
    for (const std::string& id : *ids) {
      SPLW_ASSIGN_OR_RETURN(const std::optional<stored::ActionRecord> action,
                            Actions().Get(snapshot, network, TextKey(id)));
      if (action && MaySee(viewer, *action)) return true;
    }
  }
  return false;
}

// What a person must have agreed to before it is shown.
absl::Status ShowSensitive(store::Snapshot& snapshot, const std::string& network, const stored::AgendaItemRecord& item,
                           api::AgendaItem& shown) {
  ShowPerson(item.subject(), shown.mutable_person());
  shown.set_question(item.subject().question());
  *shown.mutable_needs() = item.subject().needs();
  // Who works with somebody tells who that is, to whoever knows them.
  if (item.subject().has_link_worker()) *shown.mutable_link_worker() = item.subject().link_worker();
  SPLW_ASSIGN_OR_RETURN(const std::optional<stored::AssignmentRecord> assignment,
                        Assignments().Get(snapshot, network, TextKey(item.subject().case_())));
  if (assignment && assignment->has_case_holder()) *shown.mutable_current_case_holder() = assignment->case_holder();
  if (assignment && assignment->has_key_worker()) *shown.mutable_current_key_worker() = assignment->key_worker();
  SPLW_RETURN_IF_ERROR(ShowActions(snapshot, network, item.open_action_ids(), shown.mutable_open_actions()));
  ShowFeedback(item, shown);
  if (!item.has_decision()) return absl::OkStatus();
  return ShowDecision(snapshot, network, item.decision(), shown.mutable_decision());
}

// Whoever may not see the person still sees which actions are their own.
absl::Status ShowOwnActions(store::Snapshot& snapshot, const std::string& network, const Viewer& viewer,
                            const stored::AgendaItemRecord& item, const stored::SharingRecord& sharing,
                            api::AgendaItem& shown) {
  for (const std::string& id : item.open_action_ids()) {
    SPLW_ASSIGN_OR_RETURN(const std::optional<stored::ActionRecord> action,
                          Actions().Get(snapshot, network, TextKey(id)));
    if (!action || !MaySee(viewer, *action)) continue;
    *shown.add_open_actions() = ToAction(network, *action, MaySeeDetails(viewer, sharing));
  }
  return absl::OkStatus();
}

}  // namespace

api::Meeting ShowMeeting(const std::string& network, const Viewer& viewer, const stored::MeetingRecord& meeting) {
  api::Meeting shown;
  shown.set_name(MeetingName(network, meeting));
  shown.set_etag(delivery::EtagOf(meeting.version()));
  shown.set_state(meeting.state());
  *shown.mutable_date() = ToDate(*ParseDay(meeting.date()));
  *shown.mutable_start_time() = meeting.start_time();
  *shown.mutable_end_time() = ToTimestamp(EndOf(meeting));
  shown.set_quorum(meeting.quorum());
  shown.set_quorum_met(meeting.quorum_met());
  for (const stored::AttendanceRecord& attendance : meeting.attendance()) {
    api::Attendance* added = shown.add_attendance();
    *added->mutable_professional() = attendance.professional();
    added->set_status(attendance.status());
    *added->mutable_record_time() = attendance.record_time();
  }
  shown.set_planned_minutes(meeting.planned_minutes());
  api::ItemCounts* counts = shown.mutable_item_counts();
  counts->set_listed(meeting.listed());
  counts->set_decided(meeting.decided());
  counts->set_feedback_given(meeting.feedback_given());
  counts->set_carried_over(meeting.carried_over_count());
  counts->set_withdrawn(meeting.withdrawn());
  counts->set_total(meeting.listed() + meeting.decided() + meeting.feedback_given() + meeting.carried_over_count() +
                    meeting.withdrawn());
  if (meeting.has_build_time()) *shown.mutable_build_time() = meeting.build_time();
  if (meeting.has_publish_time()) *shown.mutable_publish_time() = meeting.publish_time();
  if (meeting.has_actual_start_time()) *shown.mutable_actual_start_time() = meeting.actual_start_time();
  if (meeting.has_close_time()) *shown.mutable_close_time() = meeting.close_time();
  if (meeting.has_cancel_time()) *shown.mutable_cancel_time() = meeting.cancel_time();
  shown.set_cancel_reason_code(meeting.cancel_reason_code());
  shown.set_start_override_reason_code(meeting.start_override_reason_code());
  if (viewer.agency_member) return shown;
  for (const stored::NotPlacedRecord& not_placed : meeting.not_placed()) {
    api::NotPlaced* added = shown.add_not_placed();
    added->set_nomination(not_placed.nomination());
    added->set_case_(not_placed.case_());
    added->set_reason_code(not_placed.reason_code());
    added->set_reason(not_placed.reason());
  }
  for (const stored::CarriedOverRecord& carried_over : meeting.carried_over()) {
    api::CarriedOver* added = shown.add_carried_over();
    added->set_item(carried_over.item());
    added->set_nomination(carried_over.nomination());
    added->set_case_(carried_over.case_());
    added->set_next_meeting(carried_over.next_meeting());
    added->set_reason_code(carried_over.reason_code());
    added->set_times_carried_over(carried_over.times_carried_over());
  }
  return shown;
}

api::Nomination ShowNomination(const std::string& network, const stored::NominationRecord& nomination) {
  api::Nomination shown;
  shown.set_name(nomination.name());
  shown.set_etag(delivery::EtagOf(nomination.version()));
  shown.set_case_(nomination.subject().case_());
  if (!nomination.mdt_id().empty()) shown.set_mdt(MdtName(network, nomination.mdt_id()));
  shown.set_state(nomination.state());
  shown.set_question(nomination.subject().question());
  *shown.mutable_agencies_needed() = nomination.subject().agencies_needed();
  shown.set_urgency(nomination.subject().urgency());
  ShowPerson(nomination.subject(), shown.mutable_person());
  *shown.mutable_needs() = nomination.subject().needs();
  if (nomination.subject().has_link_worker()) *shown.mutable_link_worker() = nomination.subject().link_worker();
  shown.set_waiting_reason(nomination.waiting_reason());
  shown.set_times_carried_over(nomination.times_carried_over());
  shown.set_times_passed_over(nomination.times_passed_over());
  *shown.mutable_nominate_time() = nomination.nominate_time();
  *shown.mutable_receive_time() = nomination.receive_time();
  if (!nomination.item_id().empty()) {
    shown.set_meeting(MeetingName(network, nomination.mdt_id(), nomination.meeting_date()));
    shown.set_item(shown.meeting() + "/items/" + nomination.item_id());
  }
  return shown;
}

absl::StatusOr<api::Action> ShowAction(store::Snapshot& snapshot, const std::string& network, const Viewer& viewer,
                                       const stored::ActionRecord& action) {
  SPLW_ASSIGN_OR_RETURN(const std::optional<stored::SharingRecord> sharing,
                        Sharings().Get(snapshot, network, TextKey(action.case_())));
  return ToAction(network, action, MaySeeDetails(viewer, sharing.value_or(stored::SharingRecord())));
}

absl::StatusOr<api::AgendaItem> ShowItem(store::Snapshot& snapshot, const std::string& network, const Viewer& viewer,
                                         const stored::MeetingRecord& meeting, const stored::AgendaItemRecord& item) {
  api::AgendaItem shown;
  shown.set_name(ItemName(network, item));
  shown.set_etag(delivery::EtagOf(item.version()));
  shown.set_kind(item.kind());
  shown.set_state(item.state());
  shown.set_case_(item.subject().case_());
  shown.set_nomination(item.nomination());
  *shown.mutable_agencies_needed() = item.subject().agencies_needed();
  shown.set_urgency(item.subject().urgency());
  shown.set_position(item.position());
  if (item.position() > 0) {
    *shown.mutable_start_time() = ToTimestamp(ToInstant(meeting.start_time()) + absl::Minutes(item.start_minute()));
  }
  shown.set_length_minutes(item.length_minutes());
  shown.set_placement_code(item.placement_code());
  shown.set_placement_reason(item.placement_reason());
  shown.set_times_carried_over(item.times_carried_over());
  shown.set_of_item(item.of_item());
  shown.set_feedback_item(item.feedback_item());
  shown.set_moved_to(item.moved_to());
  shown.set_reason_code(item.reason_code());
  SPLW_ASSIGN_OR_RETURN(const stored::SharingRecord sharing, SharingOf(snapshot, network, item.subject()));
  if (!viewer.agency_member) {
    for (const AgencyKind agency : WithoutConsent(item.subject(), sharing)) shown.add_agencies_without_consent(agency);
  }
  if (MaySeePerson(viewer, item, sharing)) {
    SPLW_RETURN_IF_ERROR(ShowSensitive(snapshot, network, item, shown));
  } else {
    shown.set_person_withheld(true);
    SPLW_RETURN_IF_ERROR(ShowOwnActions(snapshot, network, viewer, item, sharing, shown));
  }
  return shown;
}

absl::StatusOr<bool> IsVisible(store::Snapshot& snapshot, const std::string& network, const Viewer& viewer,
                               const stored::MeetingRecord& meeting, const stored::AgendaItemRecord& item) {
  if (!viewer.agency_member) return true;
  if (!MaySee(viewer, meeting)) return false;
  SPLW_ASSIGN_OR_RETURN(const bool owns_action, OwnsAction(snapshot, network, viewer, item));
  return MaySee(viewer, item, owns_action);
}

}  // namespace splw::mdt_agenda
