#include "clients/splwctl/sample_loader.h"

#include <set>

#include <absl/strings/str_format.h>
#include <absl/time/clock.h>

#include "clients/splwctl/calls.h"
#include "clients/splwctl/errors.h"
#include "clients/splwctl/names.h"
#include "clients/splwctl/values.h"

namespace splw::ctl {
namespace {

namespace cv1 = caseload::v1;
namespace mv1 = mdt::v1;
namespace rv1 = referral::v1;
using CaseloadStub = cv1::CaseloadService::Stub;
using IntakeStub = rv1::ReferralIntakeService::Stub;
using MdtStub = mv1::MdtAgendaService::Stub;
using identity::Role;

identity::Principal Person(std::string id, Role role, const std::string& network) {
  identity::Principal principal;
  principal.id = std::move(id);
  principal.role = role;
  principal.organisation = "calderwick-splw";
  principal.networks = {NetworkOf(network)};
  return principal;
}

absl::Status LoadPolicy(Connection& connection, const SampleWeek& week, LoadReport* report) {
  rv1::GetNetworkPolicyRequest get;
  get.set_name(week.policy.policy().name());
  SPLW_ASSIGN_OR_RETURN(
      const rv1::NetworkPolicy current,
      connection.Call(ServiceLead(week.network), connection.intake(), &IntakeStub::GetNetworkPolicy, get));
  if (current.has_update_time()) return absl::OkStatus();  // somebody has set one: it stays
  rv1::UpdateNetworkPolicyRequest update = week.policy;
  update.mutable_policy()->set_etag(current.etag());
  const auto updated =
      connection.Call(ServiceLead(week.network), connection.intake(), &IntakeStub::UpdateNetworkPolicy, update);
  if (absl::IsAborted(updated.status())) return absl::OkStatus();  // set by somebody in this very moment
  if (updated.ok()) ++report->policies;
  return updated.status();
}

absl::Status LoadDirectory(Connection& connection, const SampleWeek& week, Progress* progress, LoadReport* report) {
  const identity::Principal lead = ServiceLead(week.network);
  std::set<std::string> workers, services;
  cv1::ListLinkWorkersRequest list_workers;
  list_workers.set_parent(week.network);
  const std::function<void(const cv1::LinkWorker&)> worker = [&](const cv1::LinkWorker& each) {
    workers.insert(each.professional_id());
  };
  SPLW_RETURN_IF_ERROR(ForEach(connection, lead, connection.caseload(), &CaseloadStub::ListLinkWorkers, list_workers,
                               &cv1::ListLinkWorkersResponse::link_workers, 0, worker));
  cv1::ListCommunityServicesRequest list_services;
  list_services.set_parent(week.network);
  const std::function<void(const cv1::CommunityService&)> service = [&](const cv1::CommunityService& each) {
    services.insert(each.display_name());
  };
  SPLW_RETURN_IF_ERROR(ForEach(connection, lead, connection.caseload(), &CaseloadStub::ListCommunityServices,
                               list_services, &cv1::ListCommunityServicesResponse::community_services, 0, service));

  for (const auto& request : week.workers) {
    progress->Add(1);
    if (workers.count(request.link_worker().professional_id()) > 0) continue;
    SPLW_RETURN_IF_ERROR(
        connection.Call(lead, connection.caseload(), &CaseloadStub::CreateLinkWorker, request).status());
    ++report->workers;
  }
  for (cv1::CreateCommunityServiceRequest request : week.services) {
    progress->Add(1);
    if (services.count(request.community_service().display_name()) > 0) continue;
    if (!request.community_service().has_capacity_as_of()) {  // a sample never goes stale
      *request.mutable_community_service()->mutable_capacity_as_of() =
          DateOf(absl::ToCivilDay(absl::Now(), absl::UTCTimeZone()));
    }
    SPLW_RETURN_IF_ERROR(
        connection.Call(lead, connection.caseload(), &CaseloadStub::CreateCommunityService, request).status());
    ++report->services;
  }
  return absl::OkStatus();
}

absl::Status LoadTeam(Connection& connection, const SampleWeek& week, LoadReport* report) {
  const identity::Principal coordinator = Coordinator(week.network);
  mv1::GetMdtRequest get;
  get.set_name(week.network + "/mdts/" + week.team.mdt_id());
  const auto found = connection.Call(coordinator, connection.mdt(), &MdtStub::GetMdt, get);
  if (!absl::IsNotFound(found.status())) return found.status();
  SPLW_RETURN_IF_ERROR(connection.Call(coordinator, connection.mdt(), &MdtStub::CreateMdt, week.team).status());
  ++report->teams;
  return absl::OkStatus();
}

}  // namespace

identity::Principal ServiceLead(const std::string& network) {
  return Person("gillian.hart", Role::kServiceLead, network);
}
identity::Principal Coordinator(const std::string& network) {
  return Person("lesley.crane", Role::kMdtCoordinator, network);
}
identity::Principal Chair(const std::string& network) {
  return Person("ruth.okonjo", Role::kMdtChair, network);
}
identity::Principal LinkWorkerPrincipal(const std::string& network, const std::string& professional_id) {
  return Person(professional_id, Role::kLinkWorker, network);
}
identity::Principal ReferrerOf(const std::string& network, const rv1::Referral& referral) {
  const auto& organisation = referral.referrer().organisation();
  const std::string& id = organisation.ods_code().empty() ? organisation.local_id() : organisation.ods_code();
  identity::Principal referrer = Person("referrer." + id, Role::kReferrer, network);
  referrer.organisation = id;
  return referrer;
}

absl::StatusOr<std::map<std::string, rv1::Referral>> ReferralsByReference(Connection& connection,
                                                                          const std::string& network) {
  rv1::ListReferralsRequest request;
  request.set_parent(network);
  std::map<std::string, rv1::Referral> referrals;
  std::string doubled;
  const std::function<void(const rv1::Referral&)> each = [&](const rv1::Referral& referral) {
    if (referral.external_reference().empty()) return;
    if (!referrals.emplace(referral.external_reference(), referral).second) doubled = referral.external_reference();
  };
  SPLW_RETURN_IF_ERROR(ForEach(connection, ServiceLead(network), connection.intake(), &IntakeStub::ListReferrals,
                               request, &rv1::ListReferralsResponse::referrals, 0, each));
  if (!doubled.empty()) {
    return FaultsFound("LOST_OR_DOUBLED",
                       absl::StrFormat("there are several referrals with the reference %s", doubled));
  }
  return referrals;
}

absl::StatusOr<rv1::Referral> Submit(Connection& connection, const rv1::SubmitReferralRequest& request) {
  return connection.Call(ReferrerOf(request.parent(), request.referral()), connection.intake(),
                         &IntakeStub::SubmitReferral, request);
}

absl::StatusOr<LoadReport> LoadSampleWeek(Connection& connection, const SampleWeek& week, std::ostream& err,
                                          bool err_terminal) {
  LoadReport report;
  Progress progress(err, err_terminal, "sample week",
                    static_cast<std::int64_t>(2 + week.workers.size() + week.services.size() + week.referrals.size()));
  SPLW_RETURN_IF_ERROR(LoadPolicy(connection, week, &report));
  progress.Add(1);
  SPLW_RETURN_IF_ERROR(LoadDirectory(connection, week, &progress, &report));
  SPLW_RETURN_IF_ERROR(LoadTeam(connection, week, &report));
  progress.Add(1);
  SPLW_ASSIGN_OR_RETURN(report.by_reference, ReferralsByReference(connection, week.network));
  for (const rv1::SubmitReferralRequest& request : week.referrals) {
    progress.Add(1);
    const std::string& reference = request.referral().external_reference();
    if (report.by_reference.count(reference) > 0) continue;
    SPLW_ASSIGN_OR_RETURN(rv1::Referral submitted, Submit(connection, request));
    report.by_reference.emplace(reference, std::move(submitted));
    ++report.referrals;
  }
  return report;
}

}  // namespace splw::ctl
