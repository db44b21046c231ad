#include "services/caseload/policy.h"

#include <string>

namespace splw::caseload {

std::vector<identity::PolicyRow> CaseloadPolicy() {
  using identity::Role;
  const std::vector<Role> team = {Role::kLinkWorker, Role::kServiceLead};
  const std::vector<Role> lead = {Role::kServiceLead};
  // What an MDT needs to plan and chair; of cases, those of SeesNominatedCasesOnly.
  const std::vector<Role> team_and_mdt = {Role::kLinkWorker, Role::kServiceLead, Role::kMdtCoordinator, Role::kMdtChair,
                                          Role::kAuditor};
  // What was said between the person and the team.
  const std::vector<Role> team_and_audit = {Role::kLinkWorker, Role::kServiceLead, Role::kAuditor};

  std::vector<identity::PolicyRow> rows;
  const auto allow = [&rows](const char* method, const std::vector<Role>& roles) {
    rows.push_back({std::string("splw.caseload.v1.CaseloadService/") + method, roles});
  };
  allow("GetCase", team_and_mdt);
  allow("ListCases", team_and_mdt);
  allow("WatchCases", team_and_mdt);
  allow("AllocateCase", team);
  allow("UpdatePlan", team);
  allow("CloseCase", team);
  allow("RecordContact", team);
  allow("GetContact", team_and_audit);
  allow("ListContacts", team_and_audit);
  allow("RecordAssessment", team);
  allow("GetAssessment", team_and_audit);
  allow("ListAssessments", team_and_audit);
  allow("SignpostPerson", team);
  allow("RecordSignpostOutcome", team);
  allow("GetSignpost", team_and_audit);
  allow("ListSignposts", team_and_audit);
  allow("NominateForMdt", team);
  allow("WithdrawNomination", team);
  allow("GetNomination", team_and_mdt);
  allow("ListNominations", team_and_mdt);
  allow("WatchNominations", team_and_mdt);
  allow("CreateLinkWorker", lead);
  allow("UpdateLinkWorker", lead);
  allow("GetLinkWorker", team_and_mdt);
  allow("ListLinkWorkers", team_and_mdt);
  allow("WatchLinkWorkers", team_and_mdt);
  allow("CreateCommunityService", team);
  allow("UpdateCommunityService", team);
  allow("GetCommunityService", team_and_mdt);
  allow("ListCommunityServices", team_and_mdt);
  allow("WatchCommunityServices", team_and_mdt);
  return rows;
}

bool SeesNominatedCasesOnly(identity::Role role) {
  return role == identity::Role::kMdtCoordinator || role == identity::Role::kMdtChair;
}

}  // namespace splw::caseload
