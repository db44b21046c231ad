// splwctl worker …, splwctl service …
#include <memory>

#include "clients/splwctl/calls.h"
#include "clients/splwctl/commands.h"
#include "clients/splwctl/errors.h"
#include "clients/splwctl/values.h"

namespace splw::ctl::directory_commands {
namespace {

namespace cv1 = caseload::v1;
using Stub = cv1::CaseloadService::Stub;
using identity::Role;

struct Arguments {
  std::string name, etag, json, need, position;
  bool only = false;
  std::int64_t limit = 0;
};

template <typename Request>
void SetRequestId(Shell& shell, Request* request) {
  if (request->request_id().empty() || !shell.options().request_id.empty()) request->set_request_id(shell.RequestId());
}

absl::StatusOr<cv1::LinkWorker> FetchWorker(Shell& shell, const std::string& name) {
  cv1::GetLinkWorkerRequest request;
  SPLW_ASSIGN_OR_RETURN(*request.mutable_name(), shell.Name("linkWorkers", name, "WORKER"));
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  return Ask(shell, Role::kServiceLead, connection->caseload(), &Stub::GetLinkWorker, request);
}

absl::StatusOr<cv1::CommunityService> FetchService(Shell& shell, const std::string& name) {
  cv1::GetCommunityServiceRequest request;
  SPLW_ASSIGN_OR_RETURN(*request.mutable_name(), shell.Name("communityServices", name, "SERVICE"));
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  return Ask(shell, Role::kServiceLead, connection->caseload(), &Stub::GetCommunityService, request);
}

absl::Status ListWorkers(Shell& shell, const Arguments& arguments) {
  cv1::ListLinkWorkersRequest request;
  SPLW_ASSIGN_OR_RETURN(*request.mutable_parent(), shell.Network());
  request.set_active_only(arguments.only);
  if (!arguments.need.empty()) {
    SPLW_ASSIGN_OR_RETURN(const auto skill, ParseEnum<type::v1::NeedCategory>(arguments.need, "--skill"));
    request.set_skill(skill);
  }
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  return ListAndShow(shell, Role::kServiceLead, connection->caseload(), &Stub::ListLinkWorkers, request,
                     &cv1::ListLinkWorkersResponse::link_workers,
                     {{"WORKER", "name#"},
                      {"NAME", "display_name"},
                      {"WTE", "wte"},
                      {"CASES", "open_cases"},
                      {"LOAD", "weighted_load"},
                      {"LIMIT", "effective_case_limit"},
                      {"ACTIVE", "active"},
                      {"SKILLS", "skills"},
                      {"LANGUAGES", "languages"}},
                     arguments.limit);
}

absl::Status CreateWorker(Shell& shell, const Arguments& arguments) {
  cv1::CreateLinkWorkerRequest request;
  SPLW_RETURN_IF_ERROR(shell.ReadJson(arguments.json, &request));
  if (request.parent().empty()) {
    SPLW_ASSIGN_OR_RETURN(*request.mutable_parent(), shell.Network());
  }
  SetRequestId(shell, &request);
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  return AskAndShow(shell, Role::kServiceLead, connection->caseload(), &Stub::CreateLinkWorker, request);
}

absl::Status UpdateWorker(Shell& shell, const Arguments& arguments) {
  cv1::UpdateLinkWorkerRequest request;
  SPLW_RETURN_IF_ERROR(shell.ReadJson(arguments.json, &request));
  SPLW_ASSIGN_OR_RETURN(*request.mutable_link_worker()->mutable_name(),
                        shell.Name("linkWorkers", arguments.name, "WORKER"));
  if (!arguments.etag.empty()) request.mutable_link_worker()->set_etag(arguments.etag);
  if (request.link_worker().etag().empty()) {
    SPLW_ASSIGN_OR_RETURN(const cv1::LinkWorker current, FetchWorker(shell, arguments.name));
    request.mutable_link_worker()->set_etag(current.etag());
  }
  SetRequestId(shell, &request);
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  return AskAndShow(shell, Role::kServiceLead, connection->caseload(), &Stub::UpdateLinkWorker, request);
}

absl::Status ListServices(Shell& shell, const Arguments& arguments) {
  cv1::ListCommunityServicesRequest request;
  SPLW_ASSIGN_OR_RETURN(*request.mutable_parent(), shell.Network());
  request.set_with_free_places(arguments.only);
  if (!arguments.need.empty()) {
    SPLW_ASSIGN_OR_RETURN(const auto need, ParseEnum<type::v1::NeedCategory>(arguments.need, "--need"));
    request.set_need(need);
  }
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  return ListAndShow(shell, Role::kServiceLead, connection->caseload(), &Stub::ListCommunityServices, request,
                     &cv1::ListCommunityServicesResponse::community_services,
                     {{"SERVICE", "name#"},
                      {"NAME", "display_name"},
                      {"OFFERED", "places_offered"},
                      {"HELD", "places_held"},
                      {"AS OF", "capacity_as_of"},
                      {"ACCEPTING", "accepting"},
                      {"NEEDS", "needs"}},
                     arguments.limit);
}

absl::Status CreateService(Shell& shell, const Arguments& arguments) {
  cv1::CreateCommunityServiceRequest request;
  SPLW_RETURN_IF_ERROR(shell.ReadJson(arguments.json, &request));
  if (request.parent().empty()) {
    SPLW_ASSIGN_OR_RETURN(*request.mutable_parent(), shell.Network());
  }
  SetRequestId(shell, &request);
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  return AskAndShow(shell, Role::kServiceLead, connection->caseload(), &Stub::CreateCommunityService, request);
}

absl::Status UpdateService(Shell& shell, const Arguments& arguments) {
  cv1::UpdateCommunityServiceRequest request;
  SPLW_RETURN_IF_ERROR(shell.ReadJson(arguments.json, &request));
  SPLW_ASSIGN_OR_RETURN(*request.mutable_community_service()->mutable_name(),
                        shell.Name("communityServices", arguments.name, "SERVICE"));
  if (!arguments.etag.empty()) request.mutable_community_service()->set_etag(arguments.etag);
  if (request.community_service().etag().empty()) {
    SPLW_ASSIGN_OR_RETURN(const cv1::CommunityService current, FetchService(shell, arguments.name));
    request.mutable_community_service()->set_etag(current.etag());
  }
  SetRequestId(shell, &request);
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  return AskAndShow(shell, Role::kServiceLead, connection->caseload(), &Stub::UpdateCommunityService, request);
}

absl::Status WatchWorkers(Shell& shell, const Arguments& arguments) {
  cv1::WatchLinkWorkersRequest request;
  SPLW_ASSIGN_OR_RETURN(*request.mutable_parent(), shell.Network());
  request.set_position(arguments.position);
  return WatchAndShow<cv1::WatchLinkWorkersResponse>(
      shell, Role::kServiceLead, Peer::kCaseload, request, &cv1::WatchLinkWorkersResponse::link_worker,
      {{"", "name#"}, {"", "display_name"}, {"", "open_cases"}, {"", "weighted_load"}, {"", "active"}}, arguments.limit,
      [](Connection& connection, grpc::ClientContext* context, const cv1::WatchLinkWorkersRequest& from) {
        return connection.caseload().WatchLinkWorkers(context, from);
      });
}

absl::Status WatchServices(Shell& shell, const Arguments& arguments) {
  cv1::WatchCommunityServicesRequest request;
  SPLW_ASSIGN_OR_RETURN(*request.mutable_parent(), shell.Network());
  request.set_position(arguments.position);
  return WatchAndShow<cv1::WatchCommunityServicesResponse>(
      shell, Role::kServiceLead, Peer::kCaseload, request, &cv1::WatchCommunityServicesResponse::community_service,
      {{"", "name#"}, {"", "display_name"}, {"", "places_offered"}, {"", "places_held"}, {"", "accepting"}},
      arguments.limit,
      [](Connection& connection, grpc::ClientContext* context, const cv1::WatchCommunityServicesRequest& from) {
        return connection.caseload().WatchCommunityServices(context, from);
      });
}

using Run = absl::Status (*)(Shell&, const Arguments&);

void AddCreateAndUpdate(CLI::App& noun, Shell& shell, const std::shared_ptr<Arguments>& arguments,
                        const std::string& word, const std::string& target, const std::string& message,
                        const google::protobuf::Message& request, Run create, Run update) {
  CLI::App* add =
      AddVerb(noun, shell, "create", "Add a " + word, {"--network U12345 " + noun.get_name() + " create --json FILE"},
              [&shell, arguments, create] { return create(shell, *arguments); });
  add->add_option("--json", arguments->json, "Create" + message + "Request as JSON; \"-\": the input")->required();
  AddTemplate(*add, request);
  CLI::App* change = AddVerb(noun, shell, "update", "Change the fields of a " + word + " that updateMask names",
                             {"--network U12345 " + noun.get_name() + " update 01JC… --json FILE"},
                             [&shell, arguments, update] { return update(shell, *arguments); });
  change->add_option(target, arguments->name, "Its id, or its full name")->required();
  change->add_option("--json", arguments->json, "Update" + message + "Request as JSON; \"-\": the input")->required();
  AddEtag(*change, arguments->etag);
}

}  // namespace

void Add(CLI::App& app, Shell& shell) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* worker = AddNoun(app, "worker", "Link workers: skills, working time, load");
  CLI::App* workers =
      AddVerb(*worker, shell, "list", "List link workers", {"--network U12345 worker list --skill housing"},
              [&shell, arguments] { return ListWorkers(shell, *arguments); });
  workers->add_flag("--active", arguments->only, "Only those who take cases");
  workers->add_option("--skill", arguments->need, EnumChoices(*type::v1::NeedCategory_descriptor()));
  AddLimit(*workers, arguments->limit);
  AddVerb(*worker, shell, "show", "Show a link worker", {"--network U12345 worker show 01JC…"},
          [&shell, arguments]() -> absl::Status {
            SPLW_ASSIGN_OR_RETURN(const cv1::LinkWorker found, FetchWorker(shell, arguments->name));
            shell.Show(found);
            return absl::OkStatus();
          })
      ->add_option("WORKER", arguments->name, "Its id, or its full name")
      ->required();
  AddCreateAndUpdate(*worker, shell, arguments, "link worker", "WORKER", "LinkWorker", cv1::CreateLinkWorkerRequest(),
                     &CreateWorker, &UpdateWorker);
  AddWatch(*worker, shell, "link workers and their load", arguments->position, arguments->limit,
           [&shell, arguments] { return WatchWorkers(shell, *arguments); });

  CLI::App* service = AddNoun(app, "service", "Community services, and the places that they offer");
  CLI::App* services = AddVerb(*service, shell, "list", "List community services",
                               {"--network U12345 service list --need loneliness --with-free-places"},
                               [&shell, arguments] { return ListServices(shell, *arguments); });
  services->add_option("--need", arguments->need, EnumChoices(*type::v1::NeedCategory_descriptor()));
  services->add_flag("--with-free-places", arguments->only, "Only those that take people and have a free place");
  AddLimit(*services, arguments->limit);
  AddVerb(*service, shell, "show", "Show a community service", {"--network U12345 service show 01JC…"},
          [&shell, arguments]() -> absl::Status {
            SPLW_ASSIGN_OR_RETURN(const cv1::CommunityService found, FetchService(shell, arguments->name));
            shell.Show(found);
            return absl::OkStatus();
          })
      ->add_option("SERVICE", arguments->name, "Its id, or its full name")
      ->required();
  AddCreateAndUpdate(*service, shell, arguments, "community service", "SERVICE", "CommunityService",
                     cv1::CreateCommunityServiceRequest(), &CreateService, &UpdateService);
  AddWatch(*service, shell, "community services and their places", arguments->position, arguments->limit,
           [&shell, arguments] { return WatchServices(shell, *arguments); });
}

}  // namespace splw::ctl::directory_commands
