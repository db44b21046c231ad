// What the journeys are made of: a network with its policy, workers, services and MDT, referrals of invented
// people, and the steps of the main job, each through the public APIs. Steps end the test when they fail.
#pragma once

#include <string>
#include <vector>

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "common/testing/suite.h"
#include "tests/journey/caller.h"

namespace splw::journey {

// Tells apart the people of one test: each has another valid NHS number that is never issued (999 …), name
// and date of birth.
referral::v1::Referral ReferralOf(int person);
std::string NhsNumberOf(int person);

type::v1::Professional CommunityNurse();  // may hold cases
type::v1::Professional KeyLinkWorker();   // may be key worker
type::v1::Professional HousingOfficer();

// Today in London, and so many days later.
google::type::Date LondonDate(int days_from_now = 0);

// The people who act, and the names of what they made.
class World final {
 public:
  // The suite must outlive the world; it need not run yet.
  explicit World(testing::Suite& suite);

  // Policy, a link worker, a community service, an MDT: safe to repeat.
  void SetUpIntake();
  void SetUpCaseload();
  void SetUpMdt();
  void SetUpAll();

  referral::v1::Referral Submit(const referral::v1::Referral& referral, const std::string& request_id = RequestId());
  referral::v1::Referral GetReferral(const std::string& name);

  // Waits until the referral has its case, and returns it.
  caseload::v1::Case CaseOf(const std::string& referral);
  caseload::v1::Case GetCase(const std::string& name);
  std::vector<caseload::v1::Case> AllCases();
  // The case of a new referral of this person.
  caseload::v1::Case NewCase(int person);
  // The same, allocated, nominated, and known to the MDT.
  std::string NewNominatedCase(int person, const std::vector<type::v1::AgencyKind>& agencies_needed = {},
                               type::v1::Urgency urgency = type::v1::URGENCY_ROUTINE);
  caseload::v1::Case Allocate(const std::string& case_name);
  caseload::v1::Assessment Assess(const std::string& case_name);
  caseload::v1::Signpost Signpost(const std::string& case_name);
  caseload::v1::Nomination Nominate(const std::string& case_name,
                                    type::v1::Urgency urgency = type::v1::URGENCY_ROUTINE);

  // Waits until the MDT knows the nomination.
  mdt::v1::Nomination NominationAtMdt(const std::string& case_name);
  // The series' meetings that are not over, in order.
  std::vector<mdt::v1::Meeting> ComingMeetings();
  mdt::v1::Meeting GetMeeting(const std::string& name);
  mdt::v1::Meeting BuildAgenda(const std::string& meeting);
  mdt::v1::Meeting Publish(const std::string& meeting);
  mdt::v1::Meeting StartMeeting(const std::string& meeting);
  mdt::v1::Meeting Close(const std::string& meeting);
  mdt::v1::Meeting Cancel(const std::string& meeting);
  // All three steps.
  void HoldMeeting(const std::string& meeting);
  std::vector<mdt::v1::AgendaItem> Items(const std::string& meeting);
  mdt::v1::AgendaItem ItemOf(const std::string& meeting, const std::string& case_name);
  mdt::v1::RecordDecisionRequest PlanAgreed(const mdt::v1::AgendaItem& item);
  mdt::v1::AgendaItem Decide(const mdt::v1::AgendaItem& item);

  Caller practice;
  Caller worker;
  Caller lead;
  Caller coordinator;
  Caller chair;
  Caller operator_;
  Caller auditor;

  std::string link_worker;  // its resource name
  std::string community_service;
  std::string mdt;
};

// Until `condition` holds; fails the test with `what` if that takes longer than half a minute.
void WaitUntil(const std::string& what, const std::function<bool()>& condition);

}  // namespace splw::journey
