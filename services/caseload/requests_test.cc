#include "services/caseload/requests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "services/caseload/directory.h"
#include "services/caseload/limits.h"
#include "services/caseload/names.h"
#include "services/caseload/policy.h"
#include "services/caseload/records.h"
#include "services/caseload/testing/builders.h"

namespace splw::caseload {
namespace {

using splw::testing::HasField;
using splw::testing::HasReason;
using splw::testing::IsOk;
using splw::testing::StatusIs;
using testkit::Day;
using testkit::kCaseId;
using testkit::Start;

TEST(RequestsTest, AContactIsOfThePastAndOfAKnownKind) {
  v1::RecordContactRequest request;
  request.set_mode(v1::CONTACT_MODE_PHONE);
  request.set_outcome(v1::CONTACT_OUTCOME_MET);
  EXPECT_THAT(CheckRequest(request, Start()), IsOk());

  *request.mutable_time() = ToTimestamp(Start() + kClockSkew);
  EXPECT_THAT(CheckRequest(request, Start()), IsOk());
  *request.mutable_time() = ToTimestamp(Start() + kClockSkew + absl::Seconds(1));
  EXPECT_THAT(CheckRequest(request, Start()), HasReason("IN_THE_FUTURE"));
  request.clear_time();

  request.set_note(std::string(kMaxNoteCharacters + 1, 'x'));
  EXPECT_THAT(CheckRequest(request, Start()), HasField("note"));
  request.clear_note();
  request.clear_mode();
  request.set_outcome(static_cast<v1::ContactOutcome>(99));
  EXPECT_THAT(CheckRequest(request, Start()), HasField("mode"));
  EXPECT_THAT(CheckRequest(request, Start()), HasField("outcome"));
}

TEST(RequestsTest, Ons4ScoresAreZeroToTenAndOptional) {
  v1::RecordAssessmentRequest request;
  request.set_what_matters("My garden");
  EXPECT_THAT(CheckRequest(request, Start()), IsOk());
  request.mutable_ons4()->set_satisfied(0);
  request.mutable_ons4()->set_anxious_yesterday(10);
  EXPECT_THAT(CheckRequest(request, Start()), IsOk());
  request.mutable_ons4()->set_worthwhile(11);
  request.mutable_ons4()->set_happy_yesterday(-1);
  EXPECT_THAT(CheckRequest(request, Start()), HasField("ons4.worthwhile"));
  EXPECT_THAT(CheckRequest(request, Start()), HasField("ons4.happy_yesterday"));
}

TEST(RequestsTest, AnAssessmentStartsWithWhatMatters) {
  EXPECT_THAT(CheckRequest(v1::RecordAssessmentRequest(), Start()), HasField("what_matters"));
}

TEST(RequestsTest, ConsentThatWasGivenSaysWhoExplainedIt) {
  v1::RecordAssessmentRequest request;
  request.set_what_matters("My garden");
  request.mutable_consent()->set_referral(type::v1::CONSENT_STATUS_AGREED);
  EXPECT_THAT(CheckRequest(request, Start()), HasField("consent.explained_by"));
  EXPECT_THAT(CheckRequest(request, Start()), HasField("etag")) << "it replaces what may have changed meanwhile";
  request.set_etag("1");
  request.mutable_consent()->set_explained_by("Link worker");
  EXPECT_THAT(CheckRequest(request, Start()), IsOk());
  *request.mutable_consent()->mutable_explained_on() = Day(2026, 9, 21);  // Start() is on this day
  EXPECT_THAT(CheckRequest(request, Start()), IsOk());
  *request.mutable_consent()->mutable_explained_on() = Day(2026, 9, 22);
  EXPECT_THAT(CheckRequest(request, Start()), HasField("consent.explained_on"));
}

TEST(RequestsTest, ANominationAsksSomebodySomething) {
  v1::NominateForMdtRequest request;
  request.set_parent(CaseName("U12345", kCaseId));
  const absl::Status status = CheckRequest(request);
  for (const char* field : {"etag", "question", "agencies_needed", "urgency"}) EXPECT_THAT(status, HasField(field));
  request.set_etag("1");
  request.set_question(std::string(kMaxQuestionCharacters, 'x'));
  request.add_agencies_needed(type::v1::AGENCY_KIND_HOUSING);
  request.set_urgency(type::v1::URGENCY_ROUTINE);
  EXPECT_THAT(CheckRequest(request), IsOk());
  request.set_mdt("networks/U99999/mdts/x");
  EXPECT_THAT(CheckRequest(request), HasField("mdt"));
  request.set_mdt("networks/U12345/mdts/x");
  EXPECT_THAT(CheckRequest(request), IsOk());
  request.add_agencies_needed(type::v1::AGENCY_KIND_HOUSING);
  EXPECT_THAT(CheckRequest(request), HasField("agencies_needed[1]"));
  request.set_question(std::string(kMaxQuestionCharacters + 1, 'x'));
  EXPECT_THAT(CheckRequest(request), HasReason("TEXT_TOO_LONG"));
}

TEST(RequestsTest, ABounceHasACauseAndNothingElseHas) {
  v1::RecordSignpostOutcomeRequest request;
  request.set_etag("1");
  request.set_outcome(v1::SIGNPOST_OUTCOME_BOUNCED);
  EXPECT_THAT(CheckRequest(request), HasField("bounce_cause"));
  request.set_bounce_cause(v1::BOUNCE_CAUSE_NO_CAPACITY);
  EXPECT_THAT(CheckRequest(request), IsOk());
  request.set_outcome(v1::SIGNPOST_OUTCOME_ATTENDED);
  EXPECT_THAT(CheckRequest(request), HasReason("NOT_BOUNCED"));
  request.clear_bounce_cause();
  request.set_outcome(v1::SIGNPOST_OUTCOME_CASE_CLOSED);
  EXPECT_THAT(CheckRequest(request), HasField("outcome"));
}

TEST(RequestsTest, AReasonToPassTheLimitNeedsANamedWorker) {
  v1::AllocateCaseRequest request;
  request.set_etag("1");
  request.set_override_reason_code("NOBODY_ELSE");
  EXPECT_THAT(CheckRequest(request), HasField("override_reason_code"));
  request.set_link_worker("networks/U12345/linkWorkers/x");
  EXPECT_THAT(CheckRequest(request), IsOk());
  request.set_override_reason_code("in words");
  EXPECT_THAT(CheckRequest(request), HasReason("FORMAT_INVALID"));
}

TEST(RequestsTest, WhatChangesAnExistingRecordNeedsItsEtag) {
  EXPECT_THAT(CheckRequest(v1::AllocateCaseRequest()), HasField("etag"));
  EXPECT_THAT(CheckRequest(v1::UpdatePlanRequest(), Start()), HasField("etag"));
  EXPECT_THAT(CheckRequest(v1::CloseCaseRequest()), HasField("etag"));
  EXPECT_THAT(CheckRequest(v1::WithdrawNominationRequest()), HasField("etag"));
  EXPECT_THAT(CheckRequest(v1::UpdateLinkWorkerRequest()), HasField("link_worker.etag"));
  EXPECT_THAT(CheckRequest(v1::UpdateCommunityServiceRequest()), HasField("community_service.etag"));
}

TEST(RequestsTest, APlanHasLimitsAndDaysThatExist) {
  v1::UpdatePlanRequest request;
  request.set_etag("1");
  for (std::size_t i = 0; i <= kMaxGoals; ++i) request.mutable_plan()->add_goals()->set_text("x");
  v1::PlanAction& action = *request.mutable_plan()->add_actions();
  *action.mutable_due_date() = Day(2026, 4, 31);
  const absl::Status status = CheckRequest(request, Start());
  EXPECT_THAT(status, HasField("plan.goals"));
  EXPECT_THAT(status, HasField("plan.actions[0].text"));
  EXPECT_THAT(status, HasField("plan.actions[0].due_date"));

  request.mutable_plan()->clear_goals();
  action.set_text("Ring the council");
  *action.mutable_due_date() = Day(2026 + kMaxYearsAhead, 9, 21);  // Start() is 21 September 2026
  EXPECT_THAT(CheckRequest(request, Start()), IsOk());
  *action.mutable_due_date() = Day(2026 + kMaxYearsAhead, 9, 22);
  EXPECT_THAT(CheckRequest(request, Start()), HasReason("TOO_FAR_AHEAD"));
}

TEST(RequestsTest, DaysExistOrNot) {
  EXPECT_TRUE(IsFullDate(Day(2028, 2, 29)));
  EXPECT_FALSE(IsFullDate(Day(2026, 2, 29)));
  EXPECT_FALSE(IsFullDate(Day(2026, 0, 1)));
  EXPECT_FALSE(IsFullDate(Day(2026, 13, 1)));
  EXPECT_FALSE(IsFullDate(Day(0, 1, 1)));
}

TEST(NamesTest, ANameIsOfItsKindAndNetwork) {
  EXPECT_THAT(ParseCaseName("name", "U12345", CaseName("U12345", kCaseId)), IsOk());
  for (const std::string& name : {std::string(), CaseName("U99999", kCaseId), LinkWorkerName("U12345", kCaseId),
                                  CaseName("U12345", "not-a-ulid"), CaseName("U12345", kCaseId) + "/contacts/x"}) {
    const auto maybe_id = ParseCaseName("name", "U12345", name);
    EXPECT_THAT(maybe_id, StatusIs(absl::StatusCode::kInvalidArgument)) << name;
    EXPECT_THAT(maybe_id, HasField("name"));
  }
}

v1::LinkWorker GoodWorker() {
  v1::LinkWorker worker;
  worker.set_professional_id("amina.khan@splw.example");
  worker.set_display_name("Amina");
  worker.set_wte(0.8);
  worker.add_skills(type::v1::NEED_CATEGORY_MONEY);
  worker.add_languages("ur");
  worker.set_active(true);
  return worker;
}

TEST(DirectoryTest, ALinkWorkerIsCheckedFieldByField) {
  const auto maybe_record = NewLinkWorker(GoodWorker(), kCaseId);
  ASSERT_THAT(maybe_record, IsOk());
  EXPECT_EQ(maybe_record->role_code(), "R9815");
  EXPECT_EQ(maybe_record->version(), 1u);

  v1::LinkWorker bad;
  bad.set_professional_id("with space");
  bad.set_wte(2);
  bad.add_skills(type::v1::NEED_CATEGORY_UNSPECIFIED);
  bad.add_languages("1");
  bad.set_weighted_case_limit(-1);
  bad.set_supervisor("with space");
  const auto maybe_bad = NewLinkWorker(bad, kCaseId);
  for (const char* field :
       {"professional_id", "display_name", "wte", "skills[0]", "languages[0]", "weighted_case_limit", "supervisor"}) {
    EXPECT_THAT(maybe_bad, HasField(std::string("link_worker.") + field));
  }
  v1::LinkWorker own_supervisor = GoodWorker();
  own_supervisor.set_supervisor(own_supervisor.professional_id());
  EXPECT_THAT(NewLinkWorker(own_supervisor, kCaseId), HasReason("SUPERVISOR_IS_SELF"));
}

TEST(DirectoryTest, AnUpdateTakesTheMaskedFieldsAlone) {
  LinkWorkerRecord record = *NewLinkWorker(GoodWorker(), kCaseId);
  record.set_weighted_load(7);
  v1::LinkWorker update;
  update.set_display_name("Not asked for");
  google::protobuf::FieldMask mask;
  mask.add_paths("active");
  mask.add_paths("languages");
  const auto maybe_record = UpdateLinkWorker(record, update, mask);
  ASSERT_THAT(maybe_record, IsOk());
  EXPECT_FALSE(maybe_record->active());
  EXPECT_EQ(maybe_record->languages_size(), 0);
  EXPECT_EQ(maybe_record->display_name(), "Amina");
  EXPECT_EQ(maybe_record->weighted_load(), 7);
  EXPECT_EQ(maybe_record->version(), 2u);
}

TEST(DirectoryTest, AMaskNamesFieldsThatMayChange) {
  const LinkWorkerRecord record = *NewLinkWorker(GoodWorker(), kCaseId);
  for (const char* path : {"professional_id", "name", "open_cases", "weighted_load", "no_such_field"}) {
    google::protobuf::FieldMask mask;
    mask.add_paths(path);
    EXPECT_THAT(UpdateLinkWorker(record, GoodWorker(), mask), HasReason("UPDATE_MASK_INVALID")) << path;
  }
  EXPECT_THAT(UpdateLinkWorker(record, GoodWorker(), {}), HasField("update_mask"));
}

v1::CommunityService GoodService() {
  v1::CommunityService service;
  service.set_display_name("Befrienders");
  service.add_needs(type::v1::NEED_CATEGORY_LONELINESS);
  service.set_agency(type::v1::AGENCY_KIND_VCSE);
  service.set_places_offered(3);
  *service.mutable_capacity_as_of() = Day(2026, 9, 1);
  service.set_accepting(true);
  service.set_url("https://befrienders.example");
  return service;
}

TEST(DirectoryTest, ACommunityServiceIsCheckedFieldByField) {
  EXPECT_THAT(NewCommunityService(GoodService(), kCaseId, Start()), IsOk());
  v1::CommunityService bad;
  bad.set_places_offered(-1);
  bad.set_url("javascript:alert(1)");
  *bad.mutable_capacity_as_of() = Day(2030, 1, 1);
  const auto maybe_bad = NewCommunityService(bad, kCaseId, Start());
  for (const char* field : {"display_name", "needs", "agency", "places_offered", "capacity_as_of", "url"}) {
    EXPECT_THAT(maybe_bad, HasField(std::string("community_service.") + field));
  }
}

TEST(DirectoryTest, NoFewerPlacesAreOfferedThanAreHeld) {
  CommunityServiceRecord record = *NewCommunityService(GoodService(), kCaseId, Start());
  record.set_places_held(2);
  v1::CommunityService update;
  google::protobuf::FieldMask mask;
  mask.add_paths("places_offered");
  update.set_places_offered(1);
  EXPECT_THAT(UpdateCommunityService(record, update, mask, Start()), HasReason("PLACES_HELD"));
  update.set_places_offered(2);
  EXPECT_THAT(UpdateCommunityService(record, update, mask, Start()), IsOk());
}

TEST(PolicyTest, EveryMethodHasARowAndNoOther) {
  const auto maybe_table = identity::PolicyTable::Make(CaseloadPolicy());
  ASSERT_THAT(maybe_table, IsOk());
  std::vector<std::string> methods;
  const auto* service =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName("splw.caseload.v1.CaseloadService");
  ASSERT_NE(service, nullptr);
  for (int i = 0; i < service->method_count(); ++i) {
    methods.push_back(service->full_name() + "/" + service->method(i)->name());
  }
  EXPECT_THAT(maybe_table->CheckCovers(methods), IsOk());
}

TEST(PolicyTest, OnlyTheTeamWritesAndOnlyTheLeadManagesWorkers) {
  const auto table = *identity::PolicyTable::Make(CaseloadPolicy());
  const auto allows = [&table](const char* method, identity::Role role) {
    return table.Allows(std::string("splw.caseload.v1.CaseloadService/") + method, role);
  };
  using identity::Role;
  EXPECT_TRUE(allows("AllocateCase", Role::kLinkWorker));
  EXPECT_TRUE(allows("CreateLinkWorker", Role::kServiceLead));
  EXPECT_FALSE(allows("CreateLinkWorker", Role::kLinkWorker));
  EXPECT_FALSE(allows("CloseCase", Role::kMdtChair));
  EXPECT_TRUE(allows("GetCase", Role::kMdtCoordinator));
  EXPECT_FALSE(allows("ListContacts", Role::kMdtCoordinator));
  EXPECT_TRUE(allows("ListContacts", Role::kAuditor));
  for (const identity::PolicyRow& row : table.rows()) {
    for (Role role : {Role::kReferrer, Role::kAgencyMember, Role::kOperator, Role::kService}) {
      EXPECT_FALSE(table.Allows(row.method, role)) << row.method;
    }
  }
}

}  // namespace
}  // namespace splw::caseload
