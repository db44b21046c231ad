#include "tests/journey/world.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/time/civil_time.h>
#include <gtest/gtest.h>

namespace splw::journey {
namespace {

// The value of a call that must succeed; a failure fails the test and gives an empty value.
template <typename T>
T Must(absl::StatusOr<T> maybe, const char* what) {
  if (maybe.ok()) return *std::move(maybe);
  ADD_FAILURE() << what << ": " << maybe.status();
  return T();
}

absl::TimeZone London() {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone("Europe/London", &zone)) ADD_FAILURE() << "there is no Europe/London (package tzdata)";
  return zone;
}

google::type::Date DateOf(absl::CivilDay day) {
  google::type::Date date;
  date.set_year(static_cast<int>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

type::v1::Professional MakeProfessional(const char* id, const char* name, type::v1::AgencyKind agency) {
  type::v1::Professional professional;
  professional.set_id(id);
  professional.set_display_name(name);
  professional.set_agency(agency);
  return professional;
}

}  // namespace

std::string NhsNumberOf(int person) {
  // 999 is never issued. The check digit as the NHS Data Dictionary has it: weights 10 to 2, modulus 11.
  int found = -1;
  for (int middle = 0;; ++middle) {
    const std::string nine = absl::StrFormat("999%06d", middle);
    int sum = 0;
    for (int i = 0; i < 9; ++i) sum += (nine[static_cast<std::size_t>(i)] - '0') * (10 - i);
    const int check = (11 - sum % 11) % 11;
    if (check == 10 || ++found < person) continue;
    return absl::StrCat(nine, check);
  }
}

referral::v1::Referral ReferralOf(int person) {
  referral::v1::Referral referral;
  referral.set_channel(referral::v1::SUBMISSION_CHANNEL_BY_HAND);
  type::v1::Person& who = *referral.mutable_person();
  who.mutable_nhs_number()->set_value(NhsNumberOf(person));
  who.mutable_name()->set_family(absl::StrCat("Quillfeather-", person));
  who.mutable_name()->set_given("Ottoline");
  *who.mutable_birth_date() = DateOf(absl::CivilDay(1948, 1, 1) + person % 10'000);
  who.set_gender(type::v1::GENDER_FEMALE);
  who.mutable_address()->add_lines(absl::StrCat(person, " Thistledown Row"));
  who.mutable_address()->set_postcode("M99 9ZZ");
  who.set_phone("0161 496 0000");
  type::v1::Referrer& referrer = *referral.mutable_referrer();
  referrer.mutable_organisation()->set_ods_code("P84001");
  referrer.mutable_organisation()->set_display_name("Thistledown Surgery");
  referrer.mutable_organisation()->set_agency(type::v1::AGENCY_KIND_PRIMARY_CARE);
  referrer.set_practitioner_name("Dr Peverell Oakapple");
  referral.set_reason_text("Fell twice this winter, behind with the rent, low, sees nobody from week to week.");
  for (const auto category : {type::v1::NEED_CATEGORY_LONELINESS, type::v1::NEED_CATEGORY_MONEY}) {
    referral.add_needs()->set_category(category);
  }
  type::v1::CrisisAnswers& crisis = *referral.mutable_crisis_answers();
  crisis.set_feels_unsafe_now(type::v1::CRISIS_ANSWER_NO);
  crisis.set_suicidal_thoughts(type::v1::CRISIS_ANSWER_NO);
  crisis.set_risk_of_harm(type::v1::CRISIS_ANSWER_NO);
  type::v1::Consent& consent = *referral.mutable_consent();
  consent.set_referral(type::v1::CONSENT_STATUS_AGREED);
  consent.set_explained_by("Dr Peverell Oakapple, GP");
  consent.add_share_with(type::v1::AGENCY_KIND_VCSE);
  consent.add_share_with(type::v1::AGENCY_KIND_HOUSING);
  referral.set_urgency(type::v1::URGENCY_ROUTINE);
  return referral;
}

type::v1::Professional CommunityNurse() {
  return MakeProfessional("nurse@community.example", "Bethan Larkspur", type::v1::AGENCY_KIND_COMMUNITY_NURSING);
}
type::v1::Professional KeyLinkWorker() {
  return MakeProfessional("worker@splw.example", "Idris Fennimore", type::v1::AGENCY_KIND_SPLW_SERVICE);
}
type::v1::Professional HousingOfficer() {
  return MakeProfessional("officer@housing.example", "Nan Copperwheat", type::v1::AGENCY_KIND_HOUSING);
}

google::type::Date LondonDate(int days_from_now) {
  return DateOf(absl::ToCivilDay(absl::Now(), London()) + days_from_now);
}

World::World(testing::Suite& suite)
    : practice(suite, Practice()),
      worker(suite, LinkWorkerWho()),
      lead(suite, Lead()),
      coordinator(suite, Coordinator()),
      chair(suite, Chair()),
      operator_(suite, Operator()),
      auditor(suite, Auditor()) {}

void World::SetUpIntake() {
  referral::v1::GetNetworkPolicyRequest get;
  get.set_name(absl::StrCat(kParent, "/policy"));
  const auto policy = Must(lead.Call(&ReferralStub::GetNetworkPolicy, get), "GetNetworkPolicy");
  referral::v1::UpdateNetworkPolicyRequest update;
  *update.mutable_policy() = policy;
  update.mutable_policy()->clear_member_practices();
  update.mutable_policy()->add_member_practices("P84001");
  update.mutable_policy()->add_member_practices("P84002");
  update.mutable_policy()->set_auto_accept_routine(true);
  update.mutable_update_mask()->add_paths("member_practices");
  update.mutable_update_mask()->add_paths("auto_accept_routine");
  update.set_request_id(RequestId());
  Must(lead.Call(&ReferralStub::UpdateNetworkPolicy, update), "UpdateNetworkPolicy");
}

void World::SetUpCaseload() {
  caseload::v1::CreateLinkWorkerRequest create;
  create.set_parent(kParent);
  create.set_request_id("world-link-worker");
  caseload::v1::LinkWorker& made = *create.mutable_link_worker();
  made.set_professional_id(KeyLinkWorker().id());
  made.set_display_name(KeyLinkWorker().display_name());
  made.set_role_code("R9815");
  made.set_employer("Thistledown Community Trust");
  made.add_skills(type::v1::NEED_CATEGORY_LONELINESS);
  made.add_skills(type::v1::NEED_CATEGORY_MONEY);
  made.set_wte(1.0);
  made.set_weighted_case_limit(500);
  made.set_active(true);
  link_worker = Must(lead.Call(&CaseloadStub::CreateLinkWorker, create), "CreateLinkWorker").name();

  caseload::v1::CreateCommunityServiceRequest service;
  service.set_parent(kParent);
  service.set_request_id("world-community-service");
  caseload::v1::CommunityService& group = *service.mutable_community_service();
  group.set_display_name("Tuesday befriending");
  group.add_needs(type::v1::NEED_CATEGORY_LONELINESS);
  group.set_agency(type::v1::AGENCY_KIND_VCSE);
  group.set_places_offered(100);
  *group.mutable_capacity_as_of() = LondonDate();
  group.set_accepting(true);
  community_service = Must(lead.Call(&CaseloadStub::CreateCommunityService, service), "CreateCommunityService").name();
}

void World::SetUpMdt() {
  mdt::v1::CreateMdtRequest create;
  create.set_parent(kParent);
  create.set_mdt_id("thistledown");
  create.set_request_id("world-mdt");
  mdt::v1::Mdt& team = *create.mutable_mdt();
  team.set_display_name("Thistledown neighbourhood MDT");
  team.add_core_agencies(type::v1::AGENCY_KIND_PRIMARY_CARE);
  team.add_core_agencies(type::v1::AGENCY_KIND_COMMUNITY_NURSING);
  team.add_core_agencies(type::v1::AGENCY_KIND_SPLW_SERVICE);
  *team.add_members()->mutable_professional() = CommunityNurse();
  *team.add_members()->mutable_professional() = KeyLinkWorker();
  team.mutable_schedule()->set_day_of_week(google::type::THURSDAY);
  team.mutable_schedule()->mutable_start_time()->set_hours(14);
  team.mutable_schedule()->set_length_minutes(90);
  team.mutable_schedule()->set_time_zone("Europe/London");
  team.set_quorum(2);
  mdt = Must(coordinator.Call(&MdtStub::CreateMdt, create), "CreateMdt").name();
}

void World::SetUpAll() {
  SetUpIntake();
  SetUpCaseload();
  SetUpMdt();
}

referral::v1::Referral World::Submit(const referral::v1::Referral& referral, const std::string& request_id) {
  referral::v1::SubmitReferralRequest request;
  request.set_parent(kParent);
  *request.mutable_referral() = referral;
  request.set_request_id(request_id);
  return Must(practice.Call(&ReferralStub::SubmitReferral, request), "SubmitReferral");
}

referral::v1::Referral World::GetReferral(const std::string& name) {
  referral::v1::GetReferralRequest request;
  request.set_name(name);
  return Must(lead.Call(&ReferralStub::GetReferral, request), "GetReferral");
}

caseload::v1::Case World::CaseOf(const std::string& referral) {
  std::string found;
  WaitUntil(absl::StrCat("a case for ", referral), [&] {
    found = GetReferral(referral).case_();
    return !found.empty() || ::testing::Test::HasFailure();
  });
  return GetCase(found);
}

caseload::v1::Case World::GetCase(const std::string& name) {
  caseload::v1::GetCaseRequest request;
  request.set_name(name);
  return Must(lead.Call(&CaseloadStub::GetCase, request), "GetCase");
}

std::vector<caseload::v1::Case> World::AllCases() {
  std::vector<caseload::v1::Case> cases;
  caseload::v1::ListCasesRequest request;
  request.set_parent(kParent);
  request.set_page_size(200);
  do {
    const auto page = Must(lead.Call(&CaseloadStub::ListCases, request), "ListCases");
    cases.insert(cases.end(), page.cases().begin(), page.cases().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return cases;
}

caseload::v1::Case World::NewCase(int person) {
  return CaseOf(Submit(ReferralOf(person)).name());
}

std::string World::NewNominatedCase(int person, const std::vector<type::v1::AgencyKind>& agencies_needed,
                                    type::v1::Urgency urgency) {
  const std::string name = NewCase(person).name();
  Allocate(name);
  caseload::v1::NominateForMdtRequest request;
  request.set_parent(name);
  request.set_etag(GetCase(name).etag());
  request.set_question("What would help most?");
  for (const auto agency : agencies_needed) request.add_agencies_needed(agency);
  if (agencies_needed.empty()) request.add_agencies_needed(type::v1::AGENCY_KIND_COMMUNITY_NURSING);
  request.set_urgency(urgency);
  request.set_request_id(RequestId());
  Must(worker.Call(&CaseloadStub::NominateForMdt, request), "NominateForMdt");
  NominationAtMdt(name);
  return name;
}

caseload::v1::Case World::Allocate(const std::string& case_name) {
  caseload::v1::AllocateCaseRequest request;
  request.set_name(case_name);
  request.set_etag(GetCase(case_name).etag());
  request.set_request_id(RequestId());
  return Must(lead.Call(&CaseloadStub::AllocateCase, request), "AllocateCase");
}

caseload::v1::Assessment World::Assess(const std::string& case_name) {
  caseload::v1::RecordAssessmentRequest request;
  request.set_parent(case_name);
  request.set_etag(GetCase(case_name).etag());
  request.set_what_matters("To sleep through, and to see the sea once more.");
  request.mutable_ons4()->set_satisfied(3);
  request.mutable_ons4()->set_anxious_yesterday(8);
  request.set_request_id(RequestId());
  return Must(worker.Call(&CaseloadStub::RecordAssessment, request), "RecordAssessment");
}

caseload::v1::Signpost World::Signpost(const std::string& case_name) {
  caseload::v1::SignpostPersonRequest request;
  request.set_parent(case_name);
  request.set_etag(GetCase(case_name).etag());
  request.set_community_service(community_service);
  request.set_request_id(RequestId());
  return Must(worker.Call(&CaseloadStub::SignpostPerson, request), "SignpostPerson");
}

caseload::v1::Nomination World::Nominate(const std::string& case_name, type::v1::Urgency urgency) {
  caseload::v1::NominateForMdtRequest request;
  request.set_parent(case_name);
  request.set_etag(GetCase(case_name).etag());
  request.set_question("Who leads on the falls while the arrears are sorted?");
  request.add_agencies_needed(type::v1::AGENCY_KIND_HOUSING);
  request.add_agencies_needed(type::v1::AGENCY_KIND_COMMUNITY_NURSING);
  request.set_urgency(urgency);
  request.set_request_id(RequestId());
  return Must(worker.Call(&CaseloadStub::NominateForMdt, request), "NominateForMdt");
}

mdt::v1::Nomination World::NominationAtMdt(const std::string& case_name) {
  mdt::v1::ListNominationsRequest request;
  request.set_parent(kParent);
  request.set_case_(case_name);
  mdt::v1::Nomination found;
  WaitUntil(absl::StrCat("the nomination of ", case_name, " at the MDT"), [&] {
    const auto page = Must(coordinator.Call(&MdtStub::ListNominations, request), "ListNominations");
    if (page.nominations_size() > 0) found = page.nominations(0);
    return page.nominations_size() > 0 || ::testing::Test::HasFailure();
  });
  return found;
}

std::vector<mdt::v1::Meeting> World::ComingMeetings() {
  mdt::v1::ListMeetingsRequest request;
  request.set_parent(mdt);
  request.set_page_size(50);
  const auto page = Must(coordinator.Call(&MdtStub::ListMeetings, request), "ListMeetings");
  std::vector<mdt::v1::Meeting> meetings;
  for (const mdt::v1::Meeting& meeting : page.meetings()) {
    if (meeting.state() != mdt::v1::MEETING_STATE_CLOSED && meeting.state() != mdt::v1::MEETING_STATE_CANCELLED) {
      meetings.push_back(meeting);
    }
  }
  return meetings;
}

mdt::v1::Meeting World::GetMeeting(const std::string& name) {
  mdt::v1::GetMeetingRequest request;
  request.set_name(name);
  return Must(coordinator.Call(&MdtStub::GetMeeting, request), "GetMeeting");
}

mdt::v1::Meeting World::BuildAgenda(const std::string& meeting) {
  mdt::v1::BuildAgendaRequest request;
  request.set_name(meeting);
  request.set_etag(GetMeeting(meeting).etag());
  request.set_request_id(RequestId());
  return Must(coordinator.Call(&MdtStub::BuildAgenda, request), "BuildAgenda");
}

mdt::v1::Meeting World::Publish(const std::string& meeting) {
  mdt::v1::PublishAgendaRequest request;
  request.set_name(meeting);
  request.set_etag(GetMeeting(meeting).etag());
  request.set_request_id(RequestId());
  return Must(coordinator.Call(&MdtStub::PublishAgenda, request), "PublishAgenda");
}

mdt::v1::Meeting World::StartMeeting(const std::string& meeting) {
  mdt::v1::StartMeetingRequest request;
  request.set_name(meeting);
  request.set_etag(GetMeeting(meeting).etag());
  request.set_override_reason_code("HELD_EARLIER");  // journeys wait for no Thursday
  request.set_request_id(RequestId());
  return Must(chair.Call(&MdtStub::StartMeeting, request), "StartMeeting");
}

mdt::v1::Meeting World::Close(const std::string& meeting) {
  mdt::v1::CloseMeetingRequest request;
  request.set_name(meeting);
  request.set_etag(GetMeeting(meeting).etag());
  request.set_request_id(RequestId());
  return Must(coordinator.Call(&MdtStub::CloseMeeting, request), "CloseMeeting");
}

mdt::v1::Meeting World::Cancel(const std::string& meeting) {
  mdt::v1::CancelMeetingRequest request;
  request.set_name(meeting);
  request.set_etag(GetMeeting(meeting).etag());
  request.set_reason_code("BANK_HOLIDAY");
  request.set_request_id(RequestId());
  return Must(coordinator.Call(&MdtStub::CancelMeeting, request), "CancelMeeting");
}

void World::HoldMeeting(const std::string& meeting) {
  BuildAgenda(meeting);
  Publish(meeting);
  StartMeeting(meeting);
}

std::vector<mdt::v1::AgendaItem> World::Items(const std::string& meeting) {
  mdt::v1::ListAgendaItemsRequest request;
  request.set_parent(meeting);
  request.set_page_size(200);
  const auto page = Must(coordinator.Call(&MdtStub::ListAgendaItems, request), "ListAgendaItems");
  return {page.agenda_items().begin(), page.agenda_items().end()};
}

mdt::v1::AgendaItem World::ItemOf(const std::string& meeting, const std::string& case_name) {
  for (const mdt::v1::AgendaItem& item : Items(meeting)) {
    if (item.case_() == case_name) return item;
  }
  ADD_FAILURE() << meeting << " has no item of " << case_name;
  return {};
}

mdt::v1::RecordDecisionRequest World::PlanAgreed(const mdt::v1::AgendaItem& item) {
  mdt::v1::RecordDecisionRequest request;
  request.set_name(item.name());
  request.set_etag(item.etag());
  request.set_outcome(mdt::v1::DECISION_OUTCOME_PLAN_AGREED);
  request.set_summary("One plan: falls clinic, rent arrears agreement, befriending goes on.");
  *request.mutable_case_holder() = CommunityNurse();
  *request.mutable_key_worker() = KeyLinkWorker();
  mdt::v1::ActionInput& action = *request.add_actions();
  action.set_description("Agree a repayment plan for the rent arrears");
  *action.mutable_owner() = HousingOfficer();
  *action.mutable_due_date() = LondonDate(60);
  request.set_request_id(RequestId());
  return request;
}

mdt::v1::AgendaItem World::Decide(const mdt::v1::AgendaItem& item) {
  return Must(chair.Call(&MdtStub::RecordDecision, PlanAgreed(item)), "RecordDecision");
}

void WaitUntil(const std::string& what, const std::function<bool()>& condition) {
  EXPECT_TRUE(testing::Eventually(absl::Seconds(30), condition)) << "half a minute passed without " << what;
}

}  // namespace splw::journey
