// splwctl signpost …, splwctl nomination …
#include <memory>

#include "clients/splwctl/calls.h"
#include "clients/splwctl/commands.h"
#include "clients/splwctl/errors.h"
#include "clients/splwctl/values.h"

namespace splw::ctl::signpost_commands {
namespace {

namespace cv1 = caseload::v1;
using Stub = cv1::CaseloadService::Stub;
using identity::Role;

struct Arguments {
  std::string name, etag, parent, service, state, outcome, cause, reason, position;
  std::int64_t limit = 0;
};

// The case that was asked for, or the whole network.
absl::StatusOr<std::string> CaseOrNetwork(Shell& shell, const Arguments& arguments) {
  if (arguments.parent.empty()) return shell.Network();
  return shell.Name("cases", arguments.parent, "--case");
}

absl::Status ListSignposts(Shell& shell, const Arguments& arguments) {
  if (arguments.parent.empty() && arguments.service.empty()) {
    return UsageError("signpost list", "say of which case (--case) or to which community service (--service)");
  }
  cv1::ListSignpostsRequest request;
  SPLW_ASSIGN_OR_RETURN(*request.mutable_parent(), CaseOrNetwork(shell, arguments));
  if (!arguments.service.empty()) {
    SPLW_ASSIGN_OR_RETURN(*request.mutable_community_service(),
                          shell.Name("communityServices", arguments.service, "--service"));
  }
  if (!arguments.state.empty()) {
    SPLW_ASSIGN_OR_RETURN(const auto state, ParseEnum<cv1::SignpostState>(arguments.state, "--state"));
    request.set_state(state);
  }
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  return ListAndShow(shell, Role::kServiceLead, connection->caseload(), &Stub::ListSignposts, request,
                     &cv1::ListSignpostsResponse::signposts,
                     {{"SIGNPOST", "name"},
                      {"SINCE", "create_time"},
                      {"TO", "community_service#"},
                      {"STATE", "state"},
                      {"OUTCOME", "outcome"},
                      {"CAUSE", "bounce_cause"}},
                     arguments.limit);
}

absl::Status RecordOutcome(Shell& shell, const Arguments& arguments) {
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  cv1::RecordSignpostOutcomeRequest request;
  SPLW_ASSIGN_OR_RETURN(const auto outcome, ParseEnum<cv1::SignpostOutcome>(arguments.outcome, "--outcome"));
  request.set_outcome(outcome);
  if (!arguments.cause.empty()) {
    SPLW_ASSIGN_OR_RETURN(const auto cause, ParseEnum<cv1::BounceCause>(arguments.cause, "--cause"));
    request.set_bounce_cause(cause);
  }
  SPLW_ASSIGN_OR_RETURN(*request.mutable_name(), shell.Name("cases/-/signposts", arguments.name, "SIGNPOST"));
  request.set_etag(arguments.etag);
  if (request.etag().empty()) {
    cv1::GetSignpostRequest get;
    get.set_name(request.name());
    SPLW_ASSIGN_OR_RETURN(const cv1::Signpost current,
                          Ask(shell, Role::kServiceLead, connection->caseload(), &Stub::GetSignpost, get));
    request.set_etag(current.etag());
  }
  request.set_request_id(shell.RequestId());
  return AskAndShow(shell, Role::kServiceLead, connection->caseload(), &Stub::RecordSignpostOutcome, request);
}

absl::Status ListNominations(Shell& shell, const Arguments& arguments) {
  cv1::ListNominationsRequest request;
  SPLW_ASSIGN_OR_RETURN(*request.mutable_parent(), CaseOrNetwork(shell, arguments));
  if (!arguments.state.empty()) {
    SPLW_ASSIGN_OR_RETURN(const auto state, ParseEnum<cv1::NominationState>(arguments.state, "--state"));
    request.set_state(state);
  }
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  return ListAndShow(shell, Role::kServiceLead, connection->caseload(), &Stub::ListNominations, request,
                     &cv1::ListNominationsResponse::nominations,
                     {{"NOMINATION", "name"},
                      {"STATE", "state"},
                      {"URGENCY", "urgency"},
                      {"AGENCIES", "agencies_needed"},
                      {"MEETING", "meeting#"},
                      {"CARRIED OVER", "times_carried_over"}},
                     arguments.limit);
}

absl::StatusOr<cv1::Nomination> FetchNomination(Shell& shell, const Arguments& arguments) {
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  cv1::GetNominationRequest request;
  SPLW_ASSIGN_OR_RETURN(*request.mutable_name(), shell.Name("cases/-/nominations", arguments.name, "NOMINATION"));
  return Ask(shell, Role::kServiceLead, connection->caseload(), &Stub::GetNomination, request);
}

absl::Status Withdraw(Shell& shell, const Arguments& arguments) {
  cv1::WithdrawNominationRequest request;
  SPLW_ASSIGN_OR_RETURN(*request.mutable_name(), shell.Name("cases/-/nominations", arguments.name, "NOMINATION"));
  request.set_etag(arguments.etag);
  if (request.etag().empty()) {
    SPLW_ASSIGN_OR_RETURN(const cv1::Nomination current, FetchNomination(shell, arguments));
    request.set_etag(current.etag());
  }
  request.set_reason_code(arguments.reason);
  request.set_request_id(shell.RequestId());
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  return AskAndShow(shell, Role::kServiceLead, connection->caseload(), &Stub::WithdrawNomination, request);
}

absl::Status WatchNominations(Shell& shell, const Arguments& arguments) {
  cv1::WatchNominationsRequest request;
  SPLW_ASSIGN_OR_RETURN(*request.mutable_parent(), shell.Network());
  request.set_position(arguments.position);
  return WatchAndShow<cv1::WatchNominationsResponse>(
      shell, Role::kServiceLead, Peer::kCaseload, request, &cv1::WatchNominationsResponse::nomination,
      {{"", "name"}, {"", "state"}, {"", "urgency"}, {"", "meeting#"}}, arguments.limit,
      [](Connection& connection, grpc::ClientContext* context, const cv1::WatchNominationsRequest& from) {
        return connection.caseload().WatchNominations(context, from);
      });
}

}  // namespace

void Add(CLI::App& app, Shell& shell) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* signpost = AddNoun(app, "signpost", "Signposts: places held at community services, and what came of them");
  CLI::App* list = AddVerb(*signpost, shell, "list", "List the signposts of a case, or those to a community service",
                           {"--network U12345 signpost list --case 01JD…"},
                           [&shell, arguments] { return ListSignposts(shell, *arguments); });
  list->add_option("--case", arguments->parent, "Only those of this case");
  list->add_option("--service", arguments->service, "Only those to this community service");
  list->add_option("--state", arguments->state, EnumChoices(*cv1::SignpostState_descriptor()));
  AddLimit(*list, arguments->limit);

  CLI::App* outcome =
      AddVerb(*signpost, shell, "outcome", "Record what came of a signpost",
              {"--network U12345 signpost outcome cases/01JD…/signposts/01JE… --outcome attended",
               "--network U12345 signpost outcome cases/01JD…/signposts/01JE… --outcome bounced --cause no-capacity"},
              [&shell, arguments] { return RecordOutcome(shell, *arguments); });
  outcome->add_option("SIGNPOST", arguments->name, "Its name, as the list shows it")->required();
  outcome->add_option("--outcome", arguments->outcome, EnumChoices(*cv1::SignpostOutcome_descriptor()))->required();
  outcome->add_option("--cause", arguments->cause, "For bounced: " + EnumChoices(*cv1::BounceCause_descriptor()));
  AddEtag(*outcome, arguments->etag);

  CLI::App* nomination = AddNoun(app, "nomination", "Nominations of cases for an MDT");
  CLI::App* nominations = AddVerb(*nomination, shell, "list", "List nominations of a case or of the network",
                                  {"--network U12345 nomination list --state received"},
                                  [&shell, arguments] { return ListNominations(shell, *arguments); });
  nominations->add_option("--case", arguments->parent, "Only those of this case");
  nominations->add_option("--state", arguments->state, EnumChoices(*cv1::NominationState_descriptor()));
  AddLimit(*nominations, arguments->limit);

  AddVerb(*nomination, shell, "show", "Show a nomination",
          {"--network U12345 nomination show cases/01JD…/nominations/01JE…"},
          [&shell, arguments]() -> absl::Status {
            SPLW_ASSIGN_OR_RETURN(const cv1::Nomination found, FetchNomination(shell, *arguments));
            shell.Show(found);
            return absl::OkStatus();
          })
      ->add_option("NOMINATION", arguments->name, "Its name, as the list shows it")
      ->required();

  CLI::App* withdraw =
      AddVerb(*nomination, shell, "withdraw", "Withdraw an open nomination",
              {"--network U12345 nomination withdraw cases/01JD…/nominations/01JE… --reason PERSON_DECLINED"},
              [&shell, arguments] { return Withdraw(shell, *arguments); });
  withdraw->add_option("NOMINATION", arguments->name, "Its name, as the list shows it")->required();
  withdraw->add_option("--reason", arguments->reason, "A code of A-Z, 0-9 and _")->required();
  AddEtag(*withdraw, arguments->etag);
  AddWatch(*nomination, shell, "nominations", arguments->position, arguments->limit,
           [&shell, arguments] { return WatchNominations(shell, *arguments); });
}

}  // namespace splw::ctl::signpost_commands
