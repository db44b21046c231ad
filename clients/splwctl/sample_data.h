// The sample week as it lies in a folder (deploy/sample): proto JSON of the requests that load it, with request ids that
// never change, and the script of the demonstration.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "splw/caseload/v1/caseload_service.pb.h"
#include "splw/mdt/v1/mdt_agenda_service.pb.h"
#include "splw/referral/v1/referral_intake_service.pb.h"
#include "splw/type/v1/referrer.pb.h"

namespace splw::ctl {

struct SampleWeek {
  std::string network;                                                // "networks/U12345": the same in all files
  std::vector<type::v1::Organisation> practices;                      // practices.json
  referral::v1::UpdateNetworkPolicyRequest policy;                    // policy.json
  std::vector<caseload::v1::CreateLinkWorkerRequest> workers;         // link_workers.json
  std::vector<caseload::v1::CreateCommunityServiceRequest> services;  // community_services.json
  mdt::v1::CreateMdtRequest team;                                     // mdt.json
  std::vector<referral::v1::SubmitReferralRequest> referrals;  // referrals.json; told apart by external_reference
};

// A usage error that names the file and what is wrong with it.
absl::StatusOr<SampleWeek> ReadSampleWeek(const std::string& folder);

// What a meeting decides on a case, with the owners by their ids in the team and the due dates by days after the meeting.
struct ScriptedAction {
  std::string description, owner;
  int due_in_days = 0;
};
struct ScriptedDecision {
  mdt::v1::DecisionOutcome outcome = mdt::v1::DECISION_OUTCOME_UNSPECIFIED;
  std::string summary, case_holder, key_worker;  // ids; empty: nobody; kLinkWorker: the case's own link worker
  std::vector<ScriptedAction> actions;
};
inline constexpr char kLinkWorker[] = "link-worker";

struct ScriptedNomination {
  std::string key;                                 // of the referral
  caseload::v1::NominateForMdtRequest nomination;  // without names
  ScriptedDecision decision;                       // outcome unspecified: not discussed, for `carry_over_reason`
  std::string carry_over_reason;
};

// demo.json. A referral's key is the last part of its external_reference: "01" of "sample-week-01".
struct DemoScript {
  std::string first_run;                // the run that the sample week's own referrals belong to
  std::string main, crisis, duplicate;  // keys
  caseload::v1::RecordContactRequest contact;
  caseload::v1::RecordAssessmentRequest assessment;
  caseload::v1::UpdatePlanRequest plan;
  std::string signpost_to;  // the community service's display name
  std::vector<ScriptedNomination> nominations;
  std::vector<std::string> present, apologies;  // ids of members of the team
};

absl::StatusOr<DemoScript> ReadDemoScript(const std::string& folder);

// The key of a referral of the sample: "01".
std::string KeyOf(const referral::v1::SubmitReferralRequest& request);

// The same request for another run of the demonstration: another person with the same story (a never issued NHS number, family name
// and day of birth that follow from `run`), another reference and request id. Equal persons stay equal.
referral::v1::SubmitReferralRequest ForRun(referral::v1::SubmitReferralRequest request, const std::string& run);

}  // namespace splw::ctl
