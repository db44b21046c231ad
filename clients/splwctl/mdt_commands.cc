// splwctl mdt …, splwctl action …
#include <memory>

#include "clients/splwctl/calls.h"
#include "clients/splwctl/commands.h"
#include "clients/splwctl/values.h"

namespace splw::ctl::mdt_commands {
namespace {

namespace mv1 = mdt::v1;
using Stub = mv1::MdtAgendaService::Stub;
using identity::Role;

struct Arguments {
  std::string name, etag, json, state, owner, due_before, case_name, position;
  std::int64_t limit = 0;
};

absl::Status CreateMdt(Shell& shell, const Arguments& arguments) {
  mv1::CreateMdtRequest request;
  SPLW_RETURN_IF_ERROR(shell.ReadJson(arguments.json, &request));
  if (request.parent().empty()) {
    SPLW_ASSIGN_OR_RETURN(*request.mutable_parent(), shell.Network());
  }
  if (request.request_id().empty() || !shell.options().request_id.empty()) request.set_request_id(shell.RequestId());
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  return AskAndShow(shell, Role::kMdtCoordinator, connection->mdt(), &Stub::CreateMdt, request);
}

absl::Status ListMdts(Shell& shell, const Arguments& arguments) {
  mv1::ListMdtsRequest request;
  SPLW_ASSIGN_OR_RETURN(*request.mutable_parent(), shell.Network());
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  return ListAndShow(shell, Role::kMdtCoordinator, connection->mdt(), &Stub::ListMdts, request,
                     &mv1::ListMdtsResponse::mdts,
                     {{"MDT", "name#"},
                      {"NAME", "display_name"},
                      {"ON", "schedule.day_of_week"},
                      {"AT", "schedule.start_time"},
                      {"MINUTES", "schedule.length_minutes"},
                      {"QUORUM", "quorum"},
                      {"MEMBERS", "members"},
                      {"CORE AGENCIES", "core_agencies"}},
                     arguments.limit);
}

absl::StatusOr<mv1::Mdt> FetchMdt(Shell& shell, const Arguments& arguments) {
  mv1::GetMdtRequest request;
  SPLW_ASSIGN_OR_RETURN(*request.mutable_name(), shell.Name("mdts", arguments.name, "MDT"));
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  return Ask(shell, Role::kMdtCoordinator, connection->mdt(), &Stub::GetMdt, request);
}

absl::Status ShowMdt(Shell& shell, const Arguments& arguments) {
  SPLW_ASSIGN_OR_RETURN(const mv1::Mdt team, FetchMdt(shell, arguments));
  shell.Show(team);
  return absl::OkStatus();
}

absl::Status UpdateMdt(Shell& shell, const Arguments& arguments) {
  mv1::UpdateMdtRequest request;
  SPLW_RETURN_IF_ERROR(shell.ReadJson(arguments.json, &request));
  SPLW_ASSIGN_OR_RETURN(*request.mutable_mdt()->mutable_name(), shell.Name("mdts", arguments.name, "MDT"));
  if (!arguments.etag.empty()) request.mutable_mdt()->set_etag(arguments.etag);
  if (request.mdt().etag().empty()) {
    SPLW_ASSIGN_OR_RETURN(const mv1::Mdt current, FetchMdt(shell, arguments));
    request.mutable_mdt()->set_etag(current.etag());
  }
  if (request.request_id().empty() || !shell.options().request_id.empty()) request.set_request_id(shell.RequestId());
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  return AskAndShow(shell, Role::kMdtCoordinator, connection->mdt(), &Stub::UpdateMdt, request);
}

absl::Status ListActions(Shell& shell, const Arguments& arguments) {
  mv1::ListActionsRequest request;
  SPLW_ASSIGN_OR_RETURN(*request.mutable_parent(), shell.Network());
  if (!arguments.state.empty()) {
    SPLW_ASSIGN_OR_RETURN(const auto state, ParseEnum<mv1::ActionState>(arguments.state, "--state"));
    request.set_state(state);
  }
  request.set_owner_id(arguments.owner);
  if (!arguments.due_before.empty()) {
    SPLW_ASSIGN_OR_RETURN(*request.mutable_due_before(), ParseDate(arguments.due_before, "--due-before"));
  }
  if (!arguments.case_name.empty()) {
    SPLW_ASSIGN_OR_RETURN(*request.mutable_case_(), shell.Name("cases", arguments.case_name, "--case"));
  }
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  return ListAndShow(shell, Role::kMdtCoordinator, connection->mdt(), &Stub::ListActions, request,
                     &mv1::ListActionsResponse::actions,
                     {{"ACTION", "name#"},
                      {"DUE", "due_date"},
                      {"STATE", "state"},
                      {"OWNER", "owner"},
                      {"CASE", "case#"},
                      {"WHAT", "description"},
                      {"NOTE", "note"}},
                     arguments.limit);
}

absl::Status WatchMdts(Shell& shell, const Arguments& arguments) {
  mv1::WatchMdtsRequest request;
  SPLW_ASSIGN_OR_RETURN(*request.mutable_parent(), shell.Network());
  request.set_position(arguments.position);
  return WatchAndShow<mv1::WatchMdtsResponse>(
      shell, Role::kMdtCoordinator, Peer::kMdt, request, &mv1::WatchMdtsResponse::mdt,
      {{"", "name#"}, {"", "display_name"}, {"", "schedule.day_of_week"}, {"", "schedule.start_time"}}, arguments.limit,
      [](Connection& connection, grpc::ClientContext* context, const mv1::WatchMdtsRequest& from) {
        return connection.mdt().WatchMdts(context, from);
      });
}

absl::Status WatchActions(Shell& shell, const Arguments& arguments) {
  mv1::WatchActionsRequest request;
  SPLW_ASSIGN_OR_RETURN(*request.mutable_parent(), shell.Network());
  request.set_position(arguments.position);
  return WatchAndShow<mv1::WatchActionsResponse>(
      shell, Role::kMdtCoordinator, Peer::kMdt, request, &mv1::WatchActionsResponse::action,
      {{"", "name#"}, {"", "due_date"}, {"", "state"}, {"", "owner"}, {"", "case#"}, {"", "description"}},
      arguments.limit, [](Connection& connection, grpc::ClientContext* context, const mv1::WatchActionsRequest& from) {
        return connection.mdt().WatchActions(context, from);
      });
}

}  // namespace

void Add(CLI::App& app, Shell& shell) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* mdt = AddNoun(app, "mdt", "Multidisciplinary teams: members, core agencies, schedule");
  CLI::App* create = AddVerb(*mdt, shell, "create", "Create a team; its meetings go into the calendar",
                             {"mdt create --json deploy/sample/mdt.json", "mdt create --template > mdt.json"},
                             [&shell, arguments] { return CreateMdt(shell, *arguments); });
  create->add_option("--json", arguments->json, "CreateMdtRequest as JSON; \"-\": the input")->required();
  AddTemplate(*create, mv1::CreateMdtRequest());
  AddLimit(*AddVerb(*mdt, shell, "list", "List the teams of a network", {"--network U12345 mdt list"},
                    [&shell, arguments] { return ListMdts(shell, *arguments); }),
           arguments->limit);
  AddVerb(*mdt, shell, "show", "Show a team", {"--network U12345 mdt show calderwick"},
          [&shell, arguments] { return ShowMdt(shell, *arguments); })
      ->add_option("MDT", arguments->name, "Its id, or its full name")
      ->required();
  CLI::App* update = AddVerb(*mdt, shell, "update", "Change the fields of a team that updateMask names",
                             {"--network U12345 mdt update calderwick --json FILE"},
                             [&shell, arguments] { return UpdateMdt(shell, *arguments); });
  update->add_option("MDT", arguments->name, "Its id, or its full name")->required();
  update->add_option("--json", arguments->json, "UpdateMdtRequest as JSON; \"-\": the input")->required();
  AddEtag(*update, arguments->etag);
  AddWatch(*mdt, shell, "teams", arguments->position, arguments->limit,
           [&shell, arguments] { return WatchMdts(shell, *arguments); });

  CLI::App* action = AddNoun(app, "action", "Actions that MDTs agreed");
  CLI::App* list = AddVerb(*action, shell, "list", "List actions, the earliest due first",
                           {"--network U12345 action list --state open --due-before 2026-12-04",
                            "--network U12345 action list --owner sue.pemberton"},
                           [&shell, arguments] { return ListActions(shell, *arguments); });
  list->add_option("--state", arguments->state, EnumChoices(*mv1::ActionState_descriptor()));
  list->add_option("--owner", arguments->owner, "Only those of the owner with this id");
  list->add_option("--due-before", arguments->due_before, "Only those due before this date");
  list->add_option("--case", arguments->case_name, "Only those of this case");
  AddLimit(*list, arguments->limit);
  AddWatch(*action, shell, "actions", arguments->position, arguments->limit,
           [&shell, arguments] { return WatchActions(shell, *arguments); });
}

}  // namespace splw::ctl::mdt_commands
