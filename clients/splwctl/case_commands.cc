// splwctl case …
#include <map>
#include <memory>

#include <absl/strings/str_format.h>

#include "clients/splwctl/calls.h"
#include "clients/splwctl/commands.h"
#include "clients/splwctl/errors.h"
#include "clients/splwctl/names.h"
#include "clients/splwctl/values.h"

namespace splw::ctl::case_commands {
namespace {

namespace cv1 = caseload::v1;
using Stub = cv1::CaseloadService::Stub;
using identity::Role;

struct Arguments {
  std::string name, etag, json, state, worker, urgency, due_before, order, override_code, mode, outcome, note, matters;
  std::string service, question, mdt, position;
  std::vector<std::string> agencies, goals;
  int satisfied = -1, worthwhile = -1, happy = -1, anxious = -1;
  bool crisis = false, feedback_owed = false;
  std::int64_t limit = 0;
};

absl::StatusOr<cv1::Case> Fetch(Shell& shell, const std::string& name) {
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  cv1::GetCaseRequest request;
  request.set_name(name);
  return Ask(shell, Role::kServiceLead, connection->caseload(), &Stub::GetCase, request);
}

// A change begins with what --json says: reading it clears the request. Flags go on top.
absl::Status ReadBody(Shell& shell, const Arguments& arguments, google::protobuf::Message* request) {
  return arguments.json.empty() ? absl::OkStatus() : shell.ReadJson(arguments.json, request);
}

// Completes a change of a case: which case (`name`: the request's field for it), which version, which request.
template <typename Request>
absl::Status Identify(Shell& shell, const Arguments& arguments, std::string* name, Request* request) {
  SPLW_ASSIGN_OR_RETURN(*name, shell.Name("cases", arguments.name, "CASE"));
  if (!arguments.etag.empty()) request->set_etag(arguments.etag);
  if (request->etag().empty()) {
    SPLW_ASSIGN_OR_RETURN(const cv1::Case current, Fetch(shell, *name));
    request->set_etag(current.etag());
  }
  if (request->request_id().empty() || !shell.options().request_id.empty()) request->set_request_id(shell.RequestId());
  return absl::OkStatus();
}

template <typename Request, typename Response>
absl::Status Send(Shell& shell, Method<Stub, Request, Response> method, const Request& request) {
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  return AskAndShow(shell, Role::kServiceLead, connection->caseload(), method, request);
}

// Link workers of the network by what they are called. Who may not see them, or cannot now, sees their ids.
std::map<std::string, std::string> WorkersByName(Shell& shell, Connection& connection, const std::string& network) {
  std::map<std::string, std::string> names;
  const auto maybe_caller = shell.Caller(Role::kServiceLead);
  if (!maybe_caller.ok()) return names;
  cv1::ListLinkWorkersRequest request;
  request.set_parent(network);
  const std::function<void(const cv1::LinkWorker&)> each = [&](const cv1::LinkWorker& worker) {
    names[worker.name()] = worker.display_name();
  };
  const absl::Status listed = ForEach(connection, *maybe_caller, connection.caseload(), &Stub::ListLinkWorkers, request,
                                      &cv1::ListLinkWorkersResponse::link_workers, 0, each);
  if (!listed.ok()) names.clear();
  return names;
}

std::string WorkerWords(const std::map<std::string, std::string>& names, const std::string& worker) {
  const auto found = names.find(worker);
  return found == names.end() || found->second.empty() ? ShortId(worker) : found->second;
}

absl::Status List(Shell& shell, const Arguments& arguments) {
  cv1::ListCasesRequest request;
  SPLW_ASSIGN_OR_RETURN(*request.mutable_parent(), shell.Network());
  if (!arguments.state.empty()) {
    SPLW_ASSIGN_OR_RETURN(const auto state, ParseEnum<cv1::CaseState>(arguments.state, "--state"));
    request.set_state(state);
  }
  if (!arguments.worker.empty()) {
    SPLW_ASSIGN_OR_RETURN(*request.mutable_link_worker(), shell.Name("linkWorkers", arguments.worker, "--worker"));
  }
  if (!arguments.urgency.empty()) {
    SPLW_ASSIGN_OR_RETURN(const auto urgency, ParseEnum<type::v1::Urgency>(arguments.urgency, "--urgency"));
    request.set_urgency(urgency);
  }
  if (!arguments.due_before.empty()) {
    SPLW_ASSIGN_OR_RETURN(*request.mutable_feedback_due_before(),
                          ParseDate(arguments.due_before, "--feedback-due-before"));
  }
  if (!arguments.order.empty()) {
    SPLW_ASSIGN_OR_RETURN(const auto order, ParseEnum<cv1::CaseOrder>(arguments.order, "--order"));
    request.set_order(order);
  }
  request.set_crisis_only(arguments.crisis);
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  std::map<std::string, std::string> workers;
  if (!shell.json()) workers = WorkersByName(shell, *connection, request.parent());
  return ListAndShow(
      shell, Role::kServiceLead, connection->caseload(), &Stub::ListCases, request, &cv1::ListCasesResponse::cases,
      {{"CASE", "name#"},
       {"OPENED", "open_time"},
       {"STATE", "state"},
       {"PERSON", "person.name"},
       {"CONSENT", "consent.referral"},
       {"URGENCY", "urgency"},
       {"LINK WORKER", "link_worker", [&](const std::string& name) { return WorkerWords(workers, name); }},
       {"CONTACTS", "contact_count"},
       {"CASE-HOLDER", "mdt_status.case_holder"},
       {"FEEDBACK DUE", "mdt_status.feedback_due_date"}},
      arguments.limit);
}

absl::Status ListContacts(Shell& shell, const Arguments& arguments) {
  cv1::ListContactsRequest request;
  SPLW_ASSIGN_OR_RETURN(*request.mutable_parent(), shell.Name("cases", arguments.name, "CASE"));
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  return ListInFull(shell, Role::kServiceLead, connection->caseload(), &Stub::ListContacts, request,
                    &cv1::ListContactsResponse::contacts, arguments.limit);
}

absl::Status ListAssessments(Shell& shell, const Arguments& arguments) {
  cv1::ListAssessmentsRequest request;
  SPLW_ASSIGN_OR_RETURN(*request.mutable_parent(), shell.Name("cases", arguments.name, "CASE"));
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  return ListInFull(shell, Role::kServiceLead, connection->caseload(), &Stub::ListAssessments, request,
                    &cv1::ListAssessmentsResponse::assessments, arguments.limit);
}

absl::Status Allocate(Shell& shell, const Arguments& arguments) {
  cv1::AllocateCaseRequest request;
  SPLW_RETURN_IF_ERROR(ReadBody(shell, arguments, &request));
  if (!arguments.worker.empty()) {
    SPLW_ASSIGN_OR_RETURN(*request.mutable_link_worker(), shell.Name("linkWorkers", arguments.worker, "--worker"));
  }
  if (!arguments.override_code.empty()) request.set_override_reason_code(arguments.override_code);
  SPLW_RETURN_IF_ERROR(Identify(shell, arguments, request.mutable_name(), &request));
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  SPLW_ASSIGN_OR_RETURN(const cv1::Case allocated,
                        Ask(shell, Role::kServiceLead, connection->caseload(), &Stub::AllocateCase, request));
  if (shell.json()) {
    PrintJson(shell.out(), allocated);
    return absl::OkStatus();
  }
  const auto workers = WorkersByName(shell, *connection, request.name().substr(0, request.name().find("/cases/")));
  shell.out() << "allocated to " << Printable(WorkerWords(workers, allocated.link_worker())) << "\n";
  for (const std::string& reason : allocated.allocation().reasons()) shell.out() << "  " << Printable(reason) << "\n";
  return absl::OkStatus();
}

absl::Status RecordContact(Shell& shell, const Arguments& arguments) {
  cv1::RecordContactRequest request;
  SPLW_RETURN_IF_ERROR(ReadBody(shell, arguments, &request));
  if (!arguments.mode.empty()) {
    SPLW_ASSIGN_OR_RETURN(const auto mode, ParseEnum<cv1::ContactMode>(arguments.mode, "--mode"));
    request.set_mode(mode);
  }
  if (!arguments.outcome.empty()) {
    SPLW_ASSIGN_OR_RETURN(const auto outcome, ParseEnum<cv1::ContactOutcome>(arguments.outcome, "--outcome"));
    request.set_outcome(outcome);
  }
  if (!arguments.note.empty()) {
    SPLW_ASSIGN_OR_RETURN(*request.mutable_note(), shell.Words(arguments.note, "--note"));
  }
  SPLW_RETURN_IF_ERROR(Identify(shell, arguments, request.mutable_parent(), &request));
  return Send(shell, &Stub::RecordContact, request);
}

absl::Status Assess(Shell& shell, const Arguments& arguments) {
  cv1::RecordAssessmentRequest request;
  SPLW_RETURN_IF_ERROR(ReadBody(shell, arguments, &request));
  if (!arguments.matters.empty()) {
    SPLW_ASSIGN_OR_RETURN(*request.mutable_what_matters(), shell.Words(arguments.matters, "--what-matters"));
  }
  if (arguments.satisfied >= 0) request.mutable_ons4()->set_satisfied(arguments.satisfied);
  if (arguments.worthwhile >= 0) request.mutable_ons4()->set_worthwhile(arguments.worthwhile);
  if (arguments.happy >= 0) request.mutable_ons4()->set_happy_yesterday(arguments.happy);
  if (arguments.anxious >= 0) request.mutable_ons4()->set_anxious_yesterday(arguments.anxious);
  if (arguments.crisis) request.set_crisis_indicated(true);
  SPLW_RETURN_IF_ERROR(Identify(shell, arguments, request.mutable_parent(), &request));
  return Send(shell, &Stub::RecordAssessment, request);
}

absl::Status UpdatePlan(Shell& shell, const Arguments& arguments) {
  cv1::UpdatePlanRequest request;
  SPLW_RETURN_IF_ERROR(ReadBody(shell, arguments, &request));
  if (!arguments.matters.empty()) {
    SPLW_ASSIGN_OR_RETURN(*request.mutable_plan()->mutable_what_matters(),
                          shell.Words(arguments.matters, "--what-matters"));
  }
  for (const std::string& goal : arguments.goals) request.mutable_plan()->add_goals()->set_text(goal);
  if (!request.has_plan())
    return UsageError("case plan", "give the whole plan with --json, or --what-matters and --goal");
  SPLW_RETURN_IF_ERROR(Identify(shell, arguments, request.mutable_name(), &request));
  return Send(shell, &Stub::UpdatePlan, request);
}

absl::Status Signpost(Shell& shell, const Arguments& arguments) {
  cv1::SignpostPersonRequest request;
  SPLW_RETURN_IF_ERROR(ReadBody(shell, arguments, &request));
  if (!arguments.service.empty()) {
    SPLW_ASSIGN_OR_RETURN(*request.mutable_community_service(),
                          shell.Name("communityServices", arguments.service, "--service"));
  }
  if (request.community_service().empty()) return UsageError("--service", "say to which community service");
  if (!arguments.override_code.empty()) request.set_override_reason_code(arguments.override_code);
  SPLW_RETURN_IF_ERROR(Identify(shell, arguments, request.mutable_parent(), &request));
  return Send(shell, &Stub::SignpostPerson, request);
}

absl::Status Nominate(Shell& shell, const Arguments& arguments) {
  cv1::NominateForMdtRequest request;
  SPLW_RETURN_IF_ERROR(ReadBody(shell, arguments, &request));
  if (!arguments.question.empty()) {
    SPLW_ASSIGN_OR_RETURN(*request.mutable_question(), shell.Words(arguments.question, "--question"));
  }
  for (const std::string& agency : arguments.agencies) {
    SPLW_ASSIGN_OR_RETURN(const auto kind, ParseEnum<type::v1::AgencyKind>(agency, "--agency-needed"));
    request.add_agencies_needed(kind);
  }
  if (!arguments.urgency.empty()) {
    SPLW_ASSIGN_OR_RETURN(const auto urgency, ParseEnum<type::v1::Urgency>(arguments.urgency, "--urgency"));
    request.set_urgency(urgency);
  } else if (request.urgency() == type::v1::URGENCY_UNSPECIFIED) {
    request.set_urgency(type::v1::URGENCY_ROUTINE);
  }
  if (!arguments.mdt.empty()) {
    SPLW_ASSIGN_OR_RETURN(*request.mutable_mdt(), shell.Name("mdts", arguments.mdt, "--team"));
  }
  SPLW_RETURN_IF_ERROR(Identify(shell, arguments, request.mutable_parent(), &request));
  return Send(shell, &Stub::NominateForMdt, request);
}

absl::Status Close(Shell& shell, const Arguments& arguments) {
  cv1::CloseCaseRequest request;
  SPLW_RETURN_IF_ERROR(ReadBody(shell, arguments, &request));
  if (!arguments.outcome.empty()) {
    SPLW_ASSIGN_OR_RETURN(const auto outcome, ParseEnum<cv1::CaseOutcome>(arguments.outcome, "--outcome"));
    request.set_outcome(outcome);
  }
  if (request.outcome() == cv1::CASE_OUTCOME_UNSPECIFIED) {
    return UsageError("--outcome", absl::StrFormat("give one of: %s", EnumChoices(*cv1::CaseOutcome_descriptor())));
  }
  if (arguments.feedback_owed) request.set_feedback_owed_acknowledged(true);
  SPLW_RETURN_IF_ERROR(Identify(shell, arguments, request.mutable_name(), &request));
  return Send(shell, &Stub::CloseCase, request);
}

absl::Status Watch(Shell& shell, const Arguments& arguments) {
  cv1::WatchCasesRequest request;
  SPLW_ASSIGN_OR_RETURN(*request.mutable_parent(), shell.Network());
  request.set_position(arguments.position);
  return WatchAndShow<cv1::WatchCasesResponse>(
      shell, Role::kServiceLead, Peer::kCaseload, request, &cv1::WatchCasesResponse::case_,
      {{"", "name#"}, {"", "state"}, {"", "person.name"}, {"", "link_worker#"}, {"", "mdt_status.case_holder"}},
      arguments.limit, [](Connection& connection, grpc::ClientContext* context, const cv1::WatchCasesRequest& from) {
        return connection.caseload().WatchCases(context, from);
      });
}

void AddReading(CLI::App& noun, Shell& shell, const std::shared_ptr<Arguments>& arguments, const std::string& verb,
                const std::string& description, absl::Status (*run)(Shell&, const Arguments&)) {
  CLI::App* added = AddVerb(noun, shell, verb, description, {"--network U12345 case " + verb + " 01JD…"},
                            [&shell, arguments, run] { return run(shell, *arguments); });
  added->add_option("CASE", arguments->name, "Its id, or its full name")->required();
  AddLimit(*added, arguments->limit);
}

CLI::App* AddChange(CLI::App& noun, Shell& shell, const std::shared_ptr<Arguments>& arguments, const std::string& verb,
                    const std::string& description, const std::string& example, const std::string& request,
                    absl::Status (*run)(Shell&, const Arguments&)) {
  CLI::App* added =
      AddVerb(noun, shell, verb, description, {example}, [&shell, arguments, run] { return run(shell, *arguments); });
  added->add_option("CASE", arguments->name, "Its id, or its full name")->required();
  AddEtag(*added, arguments->etag);
  added->add_option("--json", arguments->json, request + " as JSON; \"-\": the input. Flags go on top of it");
  return added;
}

}  // namespace

void Add(CLI::App& app, Shell& shell) {
  CLI::App* noun = AddNoun(app, "case", "Cases: allocate, meet, assess, plan, signpost, nominate, close");
  const auto arguments = std::make_shared<Arguments>();

  CLI::App* list = AddVerb(*noun, shell, "list", "List cases",
                           {"--network U12345 case list --state waiting-for-allocation",
                            "--network U12345 case list --feedback-due-before 2026-12-04"},
                           [&shell, arguments] { return List(shell, *arguments); });
  list->add_option("--state", arguments->state, EnumChoices(*cv1::CaseState_descriptor()));
  list->add_option("--worker", arguments->worker, "Only cases of this link worker");
  list->add_option("--urgency", arguments->urgency, EnumChoices(*type::v1::Urgency_descriptor()));
  list->add_option("--feedback-due-before", arguments->due_before, "Only those that owe feedback before this date");
  list->add_flag("--crisis", arguments->crisis, "Only those with signs of a crisis");
  list->add_option("--order", arguments->order, EnumChoices(*cv1::CaseOrder_descriptor()));
  AddLimit(*list, arguments->limit);

  AddVerb(*noun, shell, "show", "Show a case", {"--network U12345 case show 01JD…"},
          [&shell, arguments]() -> absl::Status {
            SPLW_ASSIGN_OR_RETURN(const std::string name, shell.Name("cases", arguments->name, "CASE"));
            SPLW_ASSIGN_OR_RETURN(const cv1::Case found, Fetch(shell, name));
            shell.Show(found);
            return absl::OkStatus();
          })
      ->add_option("CASE", arguments->name, "Its id, or its full name")
      ->required();

  AddReading(*noun, shell, arguments, "contacts", "Read what was noted at each contact", &ListContacts);
  AddReading(*noun, shell, arguments, "assessments", "Read each assessment: what matters, ONS4", &ListAssessments);

  CLI::App* allocate =
      AddChange(*noun, shell, arguments, "allocate", "Give a case to the best link worker, or to the one named",
                "--network U12345 case allocate 01JD…", "AllocateCaseRequest", &Allocate);
  allocate->add_option("--worker", arguments->worker,
                       "The link worker (default: the best is chosen); needed to move a case that somebody has");
  allocate->add_option("--override", arguments->override_code, "Code with which the worker's limit is passed over");

  CLI::App* contact = AddChange(*noun, shell, arguments, "contact", "Record a contact",
                                "--network U12345 case contact 01JD… --mode home-visit --outcome met --note \"…\"",
                                "RecordContactRequest", &RecordContact);
  contact->add_option("--mode", arguments->mode, EnumChoices(*cv1::ContactMode_descriptor()));
  contact->add_option("--outcome", arguments->outcome, EnumChoices(*cv1::ContactOutcome_descriptor()));
  AddWords(*contact, "--note", arguments->note, "In words");

  CLI::App* assess = AddChange(*noun, shell, arguments, "assess", "Record an assessment: what matters, ONS4",
                               "--network U12345 case assess 01JD… --what-matters \"…\" --satisfied 3 --anxious 8",
                               "RecordAssessmentRequest", &Assess);
  AddWords(*assess, "--what-matters", arguments->matters, "In the person's words");
  assess->add_option("--satisfied", arguments->satisfied, "ONS4, 0 to 10");
  assess->add_option("--worthwhile", arguments->worthwhile, "ONS4, 0 to 10");
  assess->add_option("--happy", arguments->happy, "ONS4, happy yesterday, 0 to 10");
  assess->add_option("--anxious", arguments->anxious, "ONS4, anxious yesterday, 0 to 10");
  assess->add_flag("--crisis", arguments->crisis, "There are signs of a crisis; unsure counts as yes");

  CLI::App* plan = AddChange(*noun, shell, arguments, "plan", "Replace the plan",
                             "--network U12345 case plan 01JD… --json plan.json", "UpdatePlanRequest", &UpdatePlan);
  AddTemplate(*plan, cv1::UpdatePlanRequest());
  AddWords(*plan, "--what-matters", arguments->matters, "In the person's words");
  AddRepeated(*plan, "--goal", arguments->goals, "A goal");

  CLI::App* signpost =
      AddChange(*noun, shell, arguments, "signpost", "Signpost the person and hold a place",
                "--network U12345 case signpost 01JD… --service 01JC…", "SignpostPersonRequest", &Signpost);
  signpost->add_option("--service", arguments->service, "The community service");
  signpost->add_option("--override", arguments->override_code, "Code with which the missing assessment is passed over");

  CLI::App* nominate = AddChange(
      *noun, shell, arguments, "nominate", "Ask for the case to be discussed at an MDT",
      "--network U12345 case nominate 01JD… --question \"…\" --agency-needed housing --agency-needed social-care",
      "NominateForMdtRequest", &Nominate);
  AddWords(*nominate, "--question", arguments->question, "What the MDT is to answer");
  AddRepeated(*nominate, "--agency-needed", arguments->agencies, EnumChoices(*type::v1::AgencyKind_descriptor()));
  nominate->add_option("--urgency", arguments->urgency, "routine or urgent (default: routine)");
  nominate->add_option("--team,--mdt-name", arguments->mdt, "The MDT (default: the network's own)");

  CLI::App* close = AddChange(*noun, shell, arguments, "close", "Close a case with its outcome",
                              "--network U12345 case close 01JD… --outcome goals-met", "CloseCaseRequest", &Close);
  close->add_option("--outcome", arguments->outcome, EnumChoices(*cv1::CaseOutcome_descriptor()));
  close->add_flag("--feedback-owed-acknowledged", arguments->feedback_owed, "Although feedback is owed to an MDT");

  AddWatch(*noun, shell, "cases", arguments->position, arguments->limit,
           [&shell, arguments] { return Watch(shell, *arguments); });
}

}  // namespace splw::ctl::case_commands
