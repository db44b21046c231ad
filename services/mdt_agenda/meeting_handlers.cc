#include "services/mdt_agenda/meeting_handlers.h"

#include <set>
#include <string>
#include <vector>

#include <absl/strings/ascii.h>
#include <absl/strings/str_format.h>

#include "common/delivery/request_rules.h"
#include "common/text/failure.h"
#include "common/text/status_macros.h"
#include "services/mdt_agenda/agenda_building.h"
#include "services/mdt_agenda/carry_over.h"
#include "services/mdt_agenda/checks.h"
#include "services/mdt_agenda/conversion.h"
#include "services/mdt_agenda/errors.h"
#include "services/mdt_agenda/handling.h"
#include "services/mdt_agenda/limits.h"
#include "services/mdt_agenda/mdt_tables.h"
#include "services/mdt_agenda/meeting_lifecycle.h"
#include "services/mdt_agenda/names.h"
#include "services/mdt_agenda/timestamps.h"

namespace splw::mdt_agenda {
namespace {

constexpr char kNotReached[] = "NOT_REACHED";

// Those who may take steps see the whole meeting.
const Viewer kInsider{};

std::set<AgencyKind> CoreAgenciesOf(const stored::MdtRecord& mdt) {
  std::set<AgencyKind> agencies;
  for (const int agency : mdt.core_agencies()) agencies.insert(static_cast<AgencyKind>(agency));
  return agencies;
}

// Runs a step: the meeting is read, its etag and state checked, `work` done, the meeting written in its next state and
// shown.
template <typename Request, typename Work>
absl::StatusOr<store::Position> TakeStep(delivery::Changes& changes, const rpc::Call& call, const Request& request,
                                         MeetingStep step, api::Meeting* response, const Work& work) {
  SPLW_ASSIGN_OR_RETURN(const Place place, ParseMeeting("name", request.name()));
  return ChangeOnce(changes, call, request, response, [&](AgendaBook& book, api::Meeting& shown) -> absl::Status {
    SPLW_ASSIGN_OR_RETURN(stored::MeetingRecord meeting, book.Meeting(place.mdt_id, place.date));
    SPLW_RETURN_IF_ERROR(delivery::CheckEtag("etag", request.etag(), meeting.version()));
    SPLW_ASSIGN_OR_RETURN(const api::MeetingState next, NextState(meeting.state(), step));
    SPLW_ASSIGN_OR_RETURN(const stored::MdtRecord mdt, book.Mdt(meeting.mdt_id()));
    SPLW_RETURN_IF_ERROR(work(book, mdt, meeting));
    meeting.set_state(next);
    const bool starts = step == MeetingStep::kStart;
    SPLW_RETURN_IF_ERROR(
        book.Save(meeting, starts ? meeting.start_override_reason_code() : meeting.cancel_reason_code()));
    SPLW_RETURN_IF_ERROR(book.Finish());
    SPLW_ASSIGN_OR_RETURN(const stored::MeetingRecord counted, book.Meeting(place.mdt_id, place.date));
    shown = ShowMeeting(book.network(), kInsider, counted);
    return absl::OkStatus();
  });
}

absl::Status CheckAttendance(const api::RecordAttendanceRequest& request) {
  text::Violations violations;
  if (request.attendance().empty()) violations.Missing("attendance", "must hold at least one person");
  if (request.attendance_size() > kMaxAttendance) {
    violations.Add("attendance", "TOO_MANY_PEOPLE", absl::StrFormat("may hold at most %d people", kMaxAttendance));
    return violations.ToStatus();
  }
  std::set<std::string> seen;
  for (int i = 0; i < request.attendance_size(); ++i) {
    const std::string field = absl::StrFormat("attendance[%d]", i);
    const api::Attendance& attendance = request.attendance(i);
    CheckProfessional(violations, field + ".professional", attendance.professional());
    if (!seen.insert(absl::AsciiStrToLower(attendance.professional().id())).second) {
      violations.Add(field + ".professional.id", "PERSON_REPEATED", "may be named once");
    }
    if (attendance.status() == api::ATTENDANCE_STATUS_UNSPECIFIED ||
        !api::AttendanceStatus_IsValid(attendance.status())) {
      violations.Missing(field + ".status", "is required: present or apologies");
    }
  }
  return violations.ToStatus();
}

absl::Status Attend(const api::RecordAttendanceRequest& request, absl::Time now, stored::MeetingRecord& meeting) {
  for (const api::Attendance& attendance : request.attendance()) {
    stored::AttendanceRecord* record = nullptr;
    for (stored::AttendanceRecord& earlier : *meeting.mutable_attendance()) {
      if (SameProfessional(earlier.professional(), attendance.professional())) record = &earlier;
    }
    if (record == nullptr) record = meeting.add_attendance();
    *record->mutable_professional() = attendance.professional();
    record->set_status(attendance.status());
    *record->mutable_record_time() = ToTimestamp(now);
  }
  if (meeting.attendance_size() > kMaxAttendance) {
    return text::InvalidField("attendance", "TOO_MANY_PEOPLE",
                              absl::StrFormat("the meeting may have at most %d people", kMaxAttendance));
  }
  return absl::OkStatus();
}

// The reasons by item. INVALID_ARGUMENT for one that names no open item of the meeting, or has no proper code.
absl::StatusOr<CarryOverReasons> ReasonsOf(const api::CloseMeetingRequest& request, const std::string& network,
                                           const std::vector<stored::AgendaItemRecord>& items) {
  std::set<std::string> open;
  for (const stored::AgendaItemRecord& item : items) {
    if (item.state() == api::ITEM_STATE_LISTED) open.insert(ItemName(network, item));
  }
  CarryOverReasons reasons;
  for (int i = 0; i < request.carry_over_reasons_size(); ++i) {
    const api::CarryOverReason& reason = request.carry_over_reasons(i);
    const std::string field = absl::StrFormat("carry_over_reasons[%d]", i);
    if (open.count(reason.item()) == 0 || reasons.count(reason.item()) > 0) {
      return errors::CarryOverItemNotOpen(field + ".item");
    }
    SPLW_RETURN_IF_ERROR(CheckReasonCode(field + ".reason_code", reason.reason_code()));
    reasons[reason.item()] = reason.reason_code();
  }
  return reasons;
}

// What an earlier meeting owes and leaves must have found its place before this one is held.
absl::Status CheckEarlierAreOver(AgendaBook& book, const stored::MeetingRecord& meeting) {
  SPLW_ASSIGN_OR_RETURN(const store::PageOf<stored::MeetingRecord> page,
                        Meetings().ScanIndex(book.txn(), book.network(), "team_state_date",
                                             TextKey(meeting.mdt_id()) + NumberKey(api::MEETING_STATE_IN_PROGRESS),
                                             {.size = 1, .until = TextKey(meeting.date())}));
  return page.records.empty() ? absl::OkStatus() : errors::EarlierMeetingInProgress();
}

}  // namespace

absl::StatusOr<store::Position> MeetingHandlers::BuildAgenda(const rpc::Call& call,
                                                             const api::BuildAgendaRequest& request,
                                                             api::Meeting* response) {
  const bool late = request.late_urgent_only();
  return TakeStep(changes_, call, request, late ? MeetingStep::kAddUrgent : MeetingStep::kBuildAgenda, response,
                  [late](AgendaBook& book, const stored::MdtRecord& mdt, stored::MeetingRecord& meeting) {
                    if (late) return AddLateUrgent(book, mdt, meeting);
                    *meeting.mutable_build_time() = ToTimestamp(book.now());
                    return BuildWholeAgenda(book, mdt, meeting);
                  });
}

absl::StatusOr<store::Position> MeetingHandlers::PublishAgenda(const rpc::Call& call,
                                                               const api::PublishAgendaRequest& request,
                                                               api::Meeting* response) {
  return TakeStep(changes_, call, request, MeetingStep::kPublishAgenda, response,
                  [](AgendaBook& book, const stored::MdtRecord&, stored::MeetingRecord& meeting) {
                    *meeting.mutable_publish_time() = ToTimestamp(book.now());
                    return Announce(book, meeting);
                  });
}

absl::StatusOr<store::Position> MeetingHandlers::StartMeeting(const rpc::Call& call,
                                                              const api::StartMeetingRequest& request,
                                                              api::Meeting* response) {
  if (!request.override_reason_code().empty()) {
    SPLW_RETURN_IF_ERROR(CheckReasonCode("override_reason_code", request.override_reason_code()));
  }
  return TakeStep(changes_, call, request, MeetingStep::kStart, response,
                  [&request](AgendaBook& book, const stored::MdtRecord&, stored::MeetingRecord& meeting) {
                    SPLW_RETURN_IF_ERROR(NoteStart(request.override_reason_code(), book.now(), meeting));
                    return CheckEarlierAreOver(book, meeting);
                  });
}

absl::StatusOr<store::Position> MeetingHandlers::RecordAttendance(const rpc::Call& call,
                                                                  const api::RecordAttendanceRequest& request,
                                                                  api::Meeting* response) {
  SPLW_RETURN_IF_ERROR(CheckAttendance(request));
  return TakeStep(changes_, call, request, MeetingStep::kRecordAttendance, response,
                  [&request](AgendaBook& book, const stored::MdtRecord& mdt, stored::MeetingRecord& meeting) {
                    SPLW_RETURN_IF_ERROR(Attend(request, book.now(), meeting));
                    meeting.set_quorum_met(QuorumMet(meeting, CoreAgenciesOf(mdt)));
                    return absl::OkStatus();
                  });
}

absl::StatusOr<store::Position> MeetingHandlers::CloseMeeting(const rpc::Call& call,
                                                              const api::CloseMeetingRequest& request,
                                                              api::Meeting* response) {
  return TakeStep(
      changes_, call, request, MeetingStep::kClose, response,
      [&request](AgendaBook& book, const stored::MdtRecord& mdt, stored::MeetingRecord& meeting) -> absl::Status {
        SPLW_ASSIGN_OR_RETURN(const std::vector<stored::AgendaItemRecord> items, book.ItemsOf(meeting));
        SPLW_ASSIGN_OR_RETURN(const CarryOverReasons reasons, ReasonsOf(request, book.network(), items));
        return CloseOver(book, mdt, reasons, kNotReached, meeting);
      });
}

absl::StatusOr<store::Position> MeetingHandlers::CancelMeeting(const rpc::Call& call,
                                                               const api::CancelMeetingRequest& request,
                                                               api::Meeting* response) {
  SPLW_RETURN_IF_ERROR(CheckReasonCode("reason_code", request.reason_code()));
  return TakeStep(changes_, call, request, MeetingStep::kCancel, response,
                  [&request](AgendaBook& book, const stored::MdtRecord& mdt, stored::MeetingRecord& meeting) {
                    return TakeOff(book, mdt, request.reason_code(), meeting);
                  });
}

}  // namespace splw::mdt_agenda
