// The demonstration, steps 11 and 12: what came of it, and what next week owes.
#include <algorithm>

#include <absl/strings/str_format.h>

#include "clients/splwctl/calls.h"
#include "clients/splwctl/demo.h"
#include "clients/splwctl/errors.h"
#include "clients/splwctl/names.h"
#include "clients/splwctl/render.h"
#include "clients/splwctl/values.h"

namespace splw::ctl {
namespace {

namespace cv1 = caseload::v1;
namespace mv1 = mdt::v1;
namespace rv1 = referral::v1;
using MdtStub = mv1::MdtAgendaService::Stub;

int DecisionsTold(const rv1::Referral& referral) {
  return static_cast<int>(std::count_if(referral.progress().begin(), referral.progress().end(), [](const auto& step) {
    return step.stage() == rv1::PROGRESS_STAGE_MDT_DECIDED;
  }));
}

}  // namespace

absl::Status Demo::ShowOutcome() {
  for (Journey& journey : journeys_) {
    if (journey.script->decision.outcome == mv1::DECISION_OUTCOME_UNSPECIFIED) continue;
    SPLW_RETURN_IF_ERROR(Await("the decision at the caseload", [&]() -> absl::StatusOr<bool> {
      SPLW_ASSIGN_OR_RETURN(const cv1::Case current, GetCase(journey.case_name));
      return current.mdt_status().last_outcome() != mv1::DECISION_OUTCOME_UNSPECIFIED;
    }));
    SPLW_RETURN_IF_ERROR(Await("the decision at the referral", [&]() -> absl::StatusOr<bool> {
      SPLW_ASSIGN_OR_RETURN(journey.referral, GetReferral(journey.referral.name()));
      return DecisionsTold(journey.referral) > 0;
    }));
    if (DecisionsTold(journey.referral) != 1) return LostOrDoubled("a referrer was told of one decision twice");
  }
  SPLW_RETURN_IF_ERROR(CheckItems());

  SPLW_ASSIGN_OR_RETURN(const cv1::Case current, GetCase(main().case_name));
  const cv1::MdtStatus& status = current.mdt_status();
  Line("  The case:");
  Line("    case-holder   " + Printable(FieldText(status, "case_holder")));
  Line("    key worker    " + Printable(FieldText(status, "key_worker")));
  for (const mv1::ActionSummary& action : status.actions()) {
    Line("    action        " + Printable(action.description()) + "  —  " + Printable(FieldText(action, "owner")) +
         ", by " + DateText(action.due_date()) + " [" + EnumWords(action.state()) + "]");
  }
  if (status.feedback_due_date().year() != 0) Line("    feedback due  " + DateText(status.feedback_due_date()));
  if (status.actions_size() != static_cast<int>(main().script->decision.actions.size())) {
    return LostOrDoubled("the case has not the actions that the meeting agreed");
  }

  SPLW_RETURN_IF_ERROR(Await("the decision at the second referral", [&]() -> absl::StatusOr<bool> {
    SPLW_ASSIGN_OR_RETURN(duplicate_, GetReferral(duplicate_.name()));
    return DecisionsTold(duplicate_) > 0;
  }));
  Line("\n  The practice's referral:");
  for (const rv1::ReferralProgress& step : main().referral.progress()) {
    std::string line = "    " + Padded(LocalTime(step.time()), 24) + EnumWords(step.stage());
    if (step.has_case_holder()) line += "  case-holder " + Printable(FieldText(step, "case_holder"));
    if (step.has_key_worker()) line += "  with " + Printable(FieldText(step, "key_worker"));
    if (step.action_count() > 0) line += absl::StrFormat("  %d actions", step.action_count());
    if (step.feedback_due_date().year() != 0) line += "  feedback due " + DateText(step.feedback_due_date());
    Line(line);
  }
  Line("  The hospital hears the same of its own.");
  return CheckOneCase();
}

absl::Status Demo::CheckItems() {
  for (Journey& journey : journeys_) {
    const ScriptedDecision& decision = journey.script->decision;
    if (decision.outcome == mv1::DECISION_OUTCOME_UNSPECIFIED) continue;
    SPLW_ASSIGN_OR_RETURN(const std::vector<mv1::AgendaItem> items, ItemsOf("", journey.case_name));
    int decided = 0, owed = 0;
    for (const mv1::AgendaItem& item : items) {
      if (item.kind() != mv1::ITEM_KIND_FEEDBACK && item.has_decision()) ++decided;
      // An item that was carried over lives on as the one that it was moved to.
      if (item.of_item() == journey.item.name() && item.state() != mv1::ITEM_STATE_CARRIED_OVER) {
        ++owed;
        if (&journey == main_) next_meeting_ = item.name().substr(0, item.name().rfind("/items/"));
      }
    }
    if (decided != 1) return LostOrDoubled(absl::StrFormat("a case was decided %d times instead of once", decided));
    if (owed > 1 || (owed == 0 && &journey == main_)) {
      return LostOrDoubled(absl::StrFormat("%d feedback items are owed on one decision instead of one", owed));
    }

    mv1::ListActionsRequest request;
    request.set_parent(week_.network);
    request.set_case_(journey.case_name);
    int actions = 0;
    const std::function<void(const mv1::Action&)> each = [&](const mv1::Action& action) {
      if (action.item() == journey.item.name()) ++actions;
    };
    SPLW_RETURN_IF_ERROR(ForEach(connection_, coordinator_, connection_.mdt(), &MdtStub::ListActions, request,
                                 &mv1::ListActionsResponse::actions, 0, each));
    if (actions != static_cast<int>(decision.actions.size())) {
      return LostOrDoubled(
          absl::StrFormat("%d actions instead of %d", actions, static_cast<int>(decision.actions.size())));
    }
  }
  return absl::OkStatus();
}

absl::Status Demo::ShowNextAgenda() {
  mv1::Meeting meeting;
  std::vector<mv1::AgendaItem> owed;
  SPLW_RETURN_IF_ERROR(Ensure(
      "the next agenda",
      [&]() -> absl::StatusOr<bool> {
        SPLW_ASSIGN_OR_RETURN(meeting, GetMeeting(next_meeting_));
        owed.clear();
        SPLW_ASSIGN_OR_RETURN(const std::vector<mv1::AgendaItem> items, ItemsOf(next_meeting_, main().case_name));
        std::copy_if(items.begin(), items.end(), std::back_inserter(owed),
                     [](const mv1::AgendaItem& item) { return item.kind() == mv1::ITEM_KIND_FEEDBACK; });
        if (owed.size() != 1) return LostOrDoubled("the next meeting has not exactly one feedback item for the case");
        // After publication the agenda is what it is.
        return owed.front().position() > 0 ||
               (meeting.state() != mv1::MEETING_STATE_SCHEDULED && meeting.state() != mv1::MEETING_STATE_AGENDA_BUILT);
      },
      [&]() -> absl::Status {
        mv1::BuildAgendaRequest request;
        request.set_name(next_meeting_);
        request.set_etag(meeting.etag());
        request.set_request_id(RequestId("build-" + ShortId(next_meeting_), meeting.etag()));
        return connection_.Call(coordinator_, connection_.mdt(), &MdtStub::BuildAgenda, request).status();
      }));
  SPLW_ASSIGN_OR_RETURN(const MeetingPapers papers, PapersOf(next_meeting_));
  PrintAgenda(out_, papers);
  if (papers.items.empty() || papers.items.front().kind() != mv1::ITEM_KIND_FEEDBACK) {
    return LostOrDoubled("the next agenda does not open with feedback");
  }
  return absl::OkStatus();
}

}  // namespace splw::ctl
