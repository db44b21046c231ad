// splwctl meeting …
#include <memory>

#include <absl/strings/numbers.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_split.h>
#include <nlohmann/json.hpp>

#include "clients/splwctl/calls.h"
#include "clients/splwctl/commands.h"
#include "clients/splwctl/errors.h"
#include "clients/splwctl/meeting_view.h"
#include "clients/splwctl/names.h"
#include "clients/splwctl/values.h"
#include "common/text/failure.h"

namespace splw::ctl::meeting_commands {
namespace {

namespace mv1 = mdt::v1;
using Stub = mv1::MdtAgendaService::Stub;
using identity::Role;

constexpr char kMeetings[] = "mdts/-/meetings";

struct Arguments {
  std::string name, team, item, etag, json, state, from_date, to_date, order, outcome, summary, case_holder, key_worker;
  std::string reason, position, override_code;
  std::vector<std::string> actions, present, apologies, reasons, done, cancelled;
  bool late = false, further = false;
  std::int64_t limit = 0;
};

// The team that was named; where none was, the network's only one.
absl::StatusOr<std::string> TeamName(Shell& shell, const std::string& team) {
  if (!team.empty()) return shell.Name("mdts", team, "--team");
  mv1::ListMdtsRequest request;
  SPLW_ASSIGN_OR_RETURN(*request.mutable_parent(), shell.Network());
  request.set_page_size(2);
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  SPLW_ASSIGN_OR_RETURN(const mv1::ListMdtsResponse teams,
                        Ask(shell, Role::kMdtCoordinator, connection->mdt(), &Stub::ListMdts, request));
  if (teams.mdts_size() == 1) return teams.mdts(0).name();
  return UsageError("--team", teams.mdts().empty()
                                  ? "the network has no MDT yet"
                                  : "the network has several MDTs: say which, for example --team calderwick");
}

// A meeting by its full name, by "mdts/calderwick/meetings/2026-11-26", or by its date alone.
absl::StatusOr<std::string> MeetingName(Shell& shell, const Arguments& arguments) {
  if (arguments.name.find('/') != std::string::npos) return shell.Name(kMeetings, arguments.name, "MEETING");
  SPLW_RETURN_IF_ERROR(ParseDate(arguments.name, "MEETING").status());
  SPLW_ASSIGN_OR_RETURN(const std::string team, TeamName(shell, arguments.team));
  return team + "/meetings/" + arguments.name;
}

absl::StatusOr<mv1::Meeting> FetchMeeting(Shell& shell, const std::string& name) {
  mv1::GetMeetingRequest request;
  request.set_name(name);
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  return Ask(shell, Role::kMdtCoordinator, connection->mdt(), &Stub::GetMeeting, request);
}

absl::StatusOr<std::vector<mv1::AgendaItem>> FetchItems(Shell& shell, const std::string& meeting) {
  mv1::ListAgendaItemsRequest request;
  request.set_parent(meeting);
  std::vector<mv1::AgendaItem> items;
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  SPLW_ASSIGN_OR_RETURN(const identity::Principal caller, shell.Caller(Role::kMdtCoordinator));
  const std::function<void(const mv1::AgendaItem&)> each = [&](const mv1::AgendaItem& item) { items.push_back(item); };
  SPLW_RETURN_IF_ERROR(ForEach(*connection, caller, connection->mdt(), &Stub::ListAgendaItems, request,
                               &mv1::ListAgendaItemsResponse::agenda_items, 0, each));
  return items;
}

absl::StatusOr<MeetingPapers> FetchPapers(Shell& shell, const Arguments& arguments) {
  SPLW_ASSIGN_OR_RETURN(const std::string name, MeetingName(shell, arguments));
  MeetingPapers papers;
  SPLW_ASSIGN_OR_RETURN(papers.meeting, FetchMeeting(shell, name));
  SPLW_ASSIGN_OR_RETURN(papers.items, FetchItems(shell, name));
  mv1::GetMdtRequest request;
  request.set_name(name.substr(0, name.rfind("/meetings/")));
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  SPLW_ASSIGN_OR_RETURN(papers.team, Ask(shell, Role::kMdtCoordinator, connection->mdt(), &Stub::GetMdt, request));
  return papers;
}

// An item by its full name; by its position or id on the meeting that was named.
absl::StatusOr<mv1::AgendaItem> FindItem(Shell& shell, const Arguments& arguments) {
  SPLW_ASSIGN_OR_RETURN(const std::string meeting, MeetingName(shell, arguments));
  SPLW_ASSIGN_OR_RETURN(const std::vector<mv1::AgendaItem> items, FetchItems(shell, meeting));
  std::int64_t position = 0;
  const bool by_position = absl::SimpleAtoi(arguments.item, &position);
  for (const mv1::AgendaItem& item : items) {
    if (by_position ? item.position() == position
                    : (item.name() == arguments.item || ShortId(item.name()) == arguments.item)) {
      return item;
    }
  }
  return text::Failure(absl::StatusCode::kNotFound, "AGENDA_ITEM_NOT_FOUND",
                       absl::StrFormat("--item: the meeting has no such item; it has %d (meeting agenda shows them)",
                                       static_cast<int>(items.size())));
}

template <typename Request>
void SetRequestId(Shell& shell, Request* request) {
  if (request->request_id().empty() || !shell.options().request_id.empty()) request->set_request_id(shell.RequestId());
}

template <typename Request>
absl::Status IdentifyMeeting(Shell& shell, const Arguments& arguments, Request* request) {
  SPLW_ASSIGN_OR_RETURN(*request->mutable_name(), MeetingName(shell, arguments));
  if (!arguments.etag.empty()) request->set_etag(arguments.etag);
  if (request->etag().empty()) {
    SPLW_ASSIGN_OR_RETURN(const mv1::Meeting current, FetchMeeting(shell, request->name()));
    request->set_etag(current.etag());
  }
  SetRequestId(shell, request);
  return absl::OkStatus();
}

template <typename Request>
absl::Status IdentifyItem(Shell& shell, const Arguments& arguments, Request* request) {
  SPLW_ASSIGN_OR_RETURN(const mv1::AgendaItem item, FindItem(shell, arguments));
  request->set_name(item.name());
  if (!arguments.etag.empty()) request->set_etag(arguments.etag);
  if (request->etag().empty()) request->set_etag(item.etag());
  SetRequestId(shell, request);
  return absl::OkStatus();
}

template <typename Request, typename Response>
absl::Status Send(Shell& shell, Method<Stub, Request, Response> method, const Request& request) {
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  return AskAndShow(shell, Role::kMdtCoordinator, connection->mdt(), method, request);
}

absl::Status List(Shell& shell, const Arguments& arguments) {
  mv1::ListMeetingsRequest request;
  if (arguments.team.empty()) {
    SPLW_ASSIGN_OR_RETURN(const std::string network, shell.Network());
    request.set_parent(network + "/mdts/-");
  } else {
    SPLW_ASSIGN_OR_RETURN(*request.mutable_parent(), shell.Name("mdts", arguments.team, "--team"));
  }
  if (!arguments.state.empty()) {
    SPLW_ASSIGN_OR_RETURN(const auto state, ParseEnum<mv1::MeetingState>(arguments.state, "--state"));
    request.set_state(state);
  }
  if (!arguments.from_date.empty()) {
    SPLW_ASSIGN_OR_RETURN(*request.mutable_from_date(), ParseDate(arguments.from_date, "--from"));
  }
  if (!arguments.to_date.empty()) {
    SPLW_ASSIGN_OR_RETURN(*request.mutable_to_date(), ParseDate(arguments.to_date, "--to"));
  }
  if (!arguments.order.empty()) {
    SPLW_ASSIGN_OR_RETURN(const auto order, ParseEnum<mv1::MeetingOrder>(arguments.order, "--order"));
    request.set_order(order);
  }
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  return ListAndShow(shell, Role::kMdtCoordinator, connection->mdt(), &Stub::ListMeetings, request,
                     &mv1::ListMeetingsResponse::meetings,
                     {{"MEETING", "name"},
                      {"STARTS", "start_time"},
                      {"STATE", "state"},
                      {"ITEMS", "item_counts.total"},
                      {"DECIDED", "item_counts.decided"},
                      {"MINUTES PLANNED", "planned_minutes"}},
                     arguments.limit);
}

// Who waits to be discussed, as the MDT sees it.
absl::Status ListWaiting(Shell& shell, const Arguments& arguments) {
  mv1::ListNominationsRequest request;
  SPLW_ASSIGN_OR_RETURN(*request.mutable_parent(), shell.Network());
  request.set_state(mv1::NOMINATION_STATE_WAITING);
  if (!arguments.team.empty()) {
    SPLW_ASSIGN_OR_RETURN(*request.mutable_mdt(), shell.Name("mdts", arguments.team, "--team"));
  }
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  return ListAndShow(shell, Role::kMdtCoordinator, connection->mdt(), &Stub::ListNominations, request,
                     &mv1::ListNominationsResponse::nominations,
                     {{"CASE", "case#"},
                      {"PERSON", "person"},
                      {"SINCE", "receive_time"},
                      {"URGENCY", "urgency"},
                      {"QUESTION", "question"},
                      {"AGENCIES", "agencies_needed"},
                      {"CARRIED OVER", "times_carried_over"},
                      {"PASSED OVER", "times_passed_over"},
                      {"WHY", "waiting_reason"}},
                     arguments.limit);
}

absl::Status Papers(Shell& shell, const Arguments& arguments, bool minutes) {
  SPLW_ASSIGN_OR_RETURN(const MeetingPapers papers, FetchPapers(shell, arguments));
  if (shell.json()) {
    Json document;
    document["meeting"] = JsonOf(papers.meeting);
    document["team"] = JsonOf(papers.team);
    document["items"] = Json::array();
    for (const mv1::AgendaItem& item : papers.items) document["items"].push_back(JsonOf(item));
    PrintDocument(shell.out(), document);
  } else if (minutes) {
    PrintMinutes(shell.out(), papers);
  } else {
    PrintAgenda(shell.out(), papers);
  }
  return absl::OkStatus();
}

// The papers after a change, which stands even where they cannot be read.
absl::Status PapersAfter(const char* what_is_done, Shell& shell, const Arguments& arguments, bool minutes) {
  const absl::Status status = Papers(shell, arguments, minutes);
  if (!status.ok()) shell.err() << "  " << what_is_done << "; reading it afterwards failed\n";
  return status;
}

absl::Status Show(Shell& shell, const Arguments& arguments) {
  SPLW_ASSIGN_OR_RETURN(const std::string name, MeetingName(shell, arguments));
  SPLW_ASSIGN_OR_RETURN(const mv1::Meeting meeting, FetchMeeting(shell, name));
  shell.Show(meeting);
  return absl::OkStatus();
}

absl::Status Build(Shell& shell, const Arguments& arguments) {
  mv1::BuildAgendaRequest request;
  request.set_late_urgent_only(arguments.late);
  SPLW_RETURN_IF_ERROR(IdentifyMeeting(shell, arguments, &request));
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  SPLW_RETURN_IF_ERROR(Ask(shell, Role::kMdtCoordinator, connection->mdt(), &Stub::BuildAgenda, request).status());
  return PapersAfter("the agenda is built", shell, arguments, /*minutes=*/false);
}

absl::Status Publish(Shell& shell, const Arguments& arguments) {
  mv1::PublishAgendaRequest request;
  SPLW_RETURN_IF_ERROR(IdentifyMeeting(shell, arguments, &request));
  return Send(shell, &Stub::PublishAgenda, request);
}

absl::Status Start(Shell& shell, const Arguments& arguments) {
  mv1::StartMeetingRequest request;
  request.set_override_reason_code(arguments.override_code);
  SPLW_RETURN_IF_ERROR(IdentifyMeeting(shell, arguments, &request));
  return Send(shell, &Stub::StartMeeting, request);
}

absl::Status Attend(Shell& shell, const Arguments& arguments) {
  mv1::RecordAttendanceRequest request;
  if (!arguments.json.empty()) SPLW_RETURN_IF_ERROR(shell.ReadJson(arguments.json, &request));
  for (const bool came : {true, false}) {
    for (const std::string& text : came ? arguments.present : arguments.apologies) {
      mv1::Attendance& attendance = *request.add_attendance();
      SPLW_ASSIGN_OR_RETURN(*attendance.mutable_professional(),
                            ParseProfessional(text, came ? "--present" : "--apologies"));
      attendance.set_status(came ? mv1::ATTENDANCE_STATUS_PRESENT : mv1::ATTENDANCE_STATUS_APOLOGIES);
    }
  }
  SPLW_RETURN_IF_ERROR(IdentifyMeeting(shell, arguments, &request));
  return Send(shell, &Stub::RecordAttendance, request);
}

absl::Status Decide(Shell& shell, const Arguments& arguments) {
  mv1::RecordDecisionRequest request;
  if (!arguments.json.empty()) SPLW_RETURN_IF_ERROR(shell.ReadJson(arguments.json, &request));
  if (!arguments.outcome.empty()) {
    SPLW_ASSIGN_OR_RETURN(const auto outcome, ParseEnum<mv1::DecisionOutcome>(arguments.outcome, "--outcome"));
    request.set_outcome(outcome);
  }
  if (!arguments.summary.empty()) {
    SPLW_ASSIGN_OR_RETURN(*request.mutable_summary(), shell.Words(arguments.summary, "--summary"));
  }
  if (!arguments.case_holder.empty()) {
    SPLW_ASSIGN_OR_RETURN(*request.mutable_case_holder(), ParseProfessional(arguments.case_holder, "--case-holder"));
  }
  if (!arguments.key_worker.empty()) {
    SPLW_ASSIGN_OR_RETURN(*request.mutable_key_worker(), ParseProfessional(arguments.key_worker, "--key-worker"));
  }
  for (const std::string& text : arguments.actions) {
    SPLW_ASSIGN_OR_RETURN(*request.add_actions(), ParseAction(text, "--action"));
  }
  SPLW_RETURN_IF_ERROR(IdentifyItem(shell, arguments, &request));
  return Send(shell, &Stub::RecordDecision, request);
}

absl::Status GiveFeedback(Shell& shell, const Arguments& arguments) {
  mv1::RecordFeedbackRequest request;
  if (!arguments.json.empty()) SPLW_RETURN_IF_ERROR(shell.ReadJson(arguments.json, &request));
  if (!arguments.summary.empty()) {
    SPLW_ASSIGN_OR_RETURN(*request.mutable_summary(), shell.Words(arguments.summary, "--summary"));
  }
  if (arguments.further) request.set_needs_further_feedback(true);
  for (const bool done : {true, false}) {
    for (const std::string& text : done ? arguments.done : arguments.cancelled) {
      const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits('|', 1));
      mv1::ActionUpdate& update = *request.add_action_updates();
      SPLW_ASSIGN_OR_RETURN(*update.mutable_action(), shell.Name("actions", parts[0], done ? "--done" : "--cancelled"));
      update.set_state(done ? mv1::ACTION_STATE_DONE : mv1::ACTION_STATE_CANCELLED);
      if (parts.size() == 2) update.set_note(parts[1]);
    }
  }
  SPLW_RETURN_IF_ERROR(IdentifyItem(shell, arguments, &request));
  return Send(shell, &Stub::RecordFeedback, request);
}

absl::Status Close(Shell& shell, const Arguments& arguments) {
  mv1::CloseMeetingRequest request;
  for (const std::string& text : arguments.reasons) {
    const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits('|', 1));
    if (parts.size() != 2)
      return UsageError("--not-discussed", "give \"item|CODE\", for example \"5|LINK_WORKER_ABSENT\"");
    Arguments of_item = arguments;
    of_item.item = parts[0];
    SPLW_ASSIGN_OR_RETURN(const mv1::AgendaItem item, FindItem(shell, of_item));
    mv1::CarryOverReason& reason = *request.add_carry_over_reasons();
    reason.set_item(item.name());
    reason.set_reason_code(parts[1]);
  }
  SPLW_RETURN_IF_ERROR(IdentifyMeeting(shell, arguments, &request));
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  SPLW_RETURN_IF_ERROR(Ask(shell, Role::kMdtCoordinator, connection->mdt(), &Stub::CloseMeeting, request).status());
  return PapersAfter("the meeting is closed", shell, arguments, /*minutes=*/true);
}

absl::Status Cancel(Shell& shell, const Arguments& arguments) {
  mv1::CancelMeetingRequest request;
  request.set_reason_code(arguments.reason);
  SPLW_RETURN_IF_ERROR(IdentifyMeeting(shell, arguments, &request));
  return Send(shell, &Stub::CancelMeeting, request);
}

absl::Status Watch(Shell& shell, const Arguments& arguments) {
  mv1::WatchMeetingsRequest request;
  SPLW_ASSIGN_OR_RETURN(*request.mutable_parent(), shell.Network());
  request.set_position(arguments.position);
  return WatchAndShow<mv1::WatchMeetingsResponse>(
      shell, Role::kMdtCoordinator, Peer::kMdt, request, &mv1::WatchMeetingsResponse::meeting,
      {{"", "name#"}, {"", "state"}, {"", "item_counts.total"}}, arguments.limit,
      [](Connection& connection, grpc::ClientContext* context, const mv1::WatchMeetingsRequest& from) {
        return connection.mdt().WatchMeetings(context, from);
      });
}

using Run = absl::Status (*)(Shell&, const Arguments&);

CLI::App* AddStep(CLI::App& noun, Shell& shell, const std::shared_ptr<Arguments>& arguments, const std::string& verb,
                  const std::string& description, const std::string& example, Run run, bool changes = true) {
  CLI::App* added =
      AddVerb(noun, shell, verb, description, {example}, [&shell, arguments, run] { return run(shell, *arguments); });
  added->add_option("MEETING", arguments->name, "Its date, or its full name")->required();
  added->add_option("--team", arguments->team, "The MDT (default: the network's only one)");
  if (changes) AddEtag(*added, arguments->etag);
  return added;
}

}  // namespace

void Add(CLI::App& app, Shell& shell) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* noun = AddNoun(app, "meeting", "Meetings of MDTs: agenda, decisions, feedback, minutes");

  CLI::App* list = AddVerb(*noun, shell, "list", "List meetings by date",
                           {"--network U12345 meeting list --from 2026-11-23 --state published"},
                           [&shell, arguments] { return List(shell, *arguments); });
  list->add_option("--team", arguments->team, "Only those of this MDT");
  list->add_option("--state", arguments->state, EnumChoices(*mv1::MeetingState_descriptor()));
  list->add_option("--from", arguments->from_date, "On this date or later");
  list->add_option("--to", arguments->to_date, "On this date or earlier");
  list->add_option("--order", arguments->order, EnumChoices(*mv1::MeetingOrder_descriptor()));
  AddLimit(*list, arguments->limit);

  CLI::App* waiting =
      AddVerb(*noun, shell, "waiting", "List who waits to be discussed, with the question and why they wait",
              {"--network U12345 meeting waiting"}, [&shell, arguments] { return ListWaiting(shell, *arguments); });
  waiting->add_option("--team", arguments->team, "Only those of this MDT");
  AddLimit(*waiting, arguments->limit);

  AddStep(*noun, shell, arguments, "show", "Show a meeting", "--network U12345 meeting show 2026-11-26", &Show, false);
  AddStep(
      *noun, shell, arguments, "agenda", "Print the agenda, with times and who is invited when",
      "--network U12345 meeting agenda 2026-11-26", [](Shell& s, const Arguments& a) { return Papers(s, a, false); },
      false);
  AddStep(
      *noun, shell, arguments, "minutes", "Print the minutes: decisions, case-holders, key workers, actions",
      "--network U12345 meeting minutes 2026-11-26", [](Shell& s, const Arguments& a) { return Papers(s, a, true); },
      false);
  AddStep(*noun, shell, arguments, "build", "Plan the agenda and print it", "--network U12345 meeting build 2026-11-26",
          &Build)
      ->add_flag("--late-urgent-only", arguments->late, "After publication: add urgent nominations at the end");
  AddStep(*noun, shell, arguments, "publish", "Publish the agenda", "--network U12345 meeting publish 2026-11-26",
          &Publish);
  AddStep(*noun, shell, arguments, "start", "Open the meeting for decisions",
          "--network U12345 meeting start 2026-11-26", &Start)
      ->add_option("--override", arguments->override_code, "Code with which it is held before its day");

  CLI::App* attend = AddStep(
      *noun, shell, arguments, "attend", "Record who came and who sent apologies",
      "--network U12345 meeting attend 2026-11-26 --present \"ruth.okonjo|Dr Ruth Okonjo|PRIMARY_CARE\"", &Attend);
  AddRepeated(*attend, "--present", arguments->present, "\"id|name|AGENCY\"");
  AddRepeated(*attend, "--apologies", arguments->apologies, "\"id|name|AGENCY\"");
  attend->add_option("--json", arguments->json,
                     "RecordAttendanceRequest as JSON; \"-\": the input. Flags go on top of it");

  CLI::App* decide =
      AddStep(*noun, shell, arguments, "decide", "Record what the meeting concluded for an item",
              "--network U12345 meeting decide 2026-11-26 --item 2 --outcome plan-agreed --summary \"…\""
              " --case-holder \"grace.adeyemi|Grace Adeyemi|COMMUNITY_NURSING\" --key-worker \"amina.khan|Amina "
              "Khan|SPLW_SERVICE\""
              " --action \"Falls assessment at home|grace.adeyemi|Grace Adeyemi|COMMUNITY_NURSING|2026-12-03\"",
              &Decide);
  decide->add_option("--item", arguments->item, "Its position on the agenda, or its id")->required();
  decide->add_option("--outcome", arguments->outcome, EnumChoices(*mv1::DecisionOutcome_descriptor()));
  AddWords(*decide, "--summary", arguments->summary, "In words");
  decide->add_option("--case-holder", arguments->case_holder, "\"id|name|AGENCY\": clinical or social care");
  decide->add_option("--key-worker", arguments->key_worker, "\"id|name|AGENCY\": SPLW service or recovery services");
  AddRepeated(*decide, "--action", arguments->actions, "\"text|owner id|owner name|AGENCY|due date\"");
  decide->add_option("--json", arguments->json,
                     "RecordDecisionRequest as JSON; \"-\": the input. Flags go on top of it");

  CLI::App* feedback =
      AddStep(*noun, shell, arguments, "feedback", "Record the feedback owed on an item",
              "--network U12345 meeting feedback 2026-12-03 --item 1 --summary \"…\" --done 01JF…", &GiveFeedback);
  feedback->add_option("--item", arguments->item, "Its position on the agenda, or its id")->required();
  AddWords(*feedback, "--summary", arguments->summary, "What is reported");
  AddRepeated(*feedback, "--done", arguments->done, "\"action\" or \"action|note\"");
  AddRepeated(*feedback, "--cancelled", arguments->cancelled, "\"action|why\"");
  feedback->add_flag("--further", arguments->further, "Ask to hear again at the next meeting");
  feedback->add_option("--json", arguments->json,
                       "RecordFeedbackRequest as JSON; \"-\": the input. Flags go on top of it");

  CLI::App* close =
      AddStep(*noun, shell, arguments, "close", "Close the meeting and print the minutes",
              "--network U12345 meeting close 2026-11-26 --not-discussed \"5|LINK_WORKER_ABSENT\"", &Close);
  AddRepeated(*close, "--not-discussed", arguments->reasons, "\"item|CODE\": why an item goes to a later meeting");
  AddStep(*noun, shell, arguments, "cancel", "Cancel a meeting that has not started",
          "--network U12345 meeting cancel 2026-12-24 --reason HOLIDAY", &Cancel)
      ->add_option("--reason", arguments->reason, "A code of A-Z, 0-9 and _")
      ->required();

  AddWatch(*noun, shell, "meetings", arguments->position, arguments->limit,
           [&shell, arguments] { return Watch(shell, *arguments); });
}

}  // namespace splw::ctl::meeting_commands
