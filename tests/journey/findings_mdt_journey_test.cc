// What the study found, as journeys: what mdt-agenda answers, and what all services answer together. See
// findings_intake_journey_test.cc for the numbers, and for the findings whose features come later.
#include <absl/time/civil_time.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "tests/journey/invariants.h"
#include "tests/journey/world.h"

namespace splw::journey {
namespace {

namespace api = mdt::v1;
using testing::HasReason;
using testing::IsOk;
using type::v1::AGENCY_KIND_DWP;
using type::v1::AGENCY_KIND_HOUSING;
using type::v1::AGENCY_KIND_VCSE;

class MdtFindings : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_THAT(suite_.StartAll(), IsOk());
    world_.SetUpAll();
    meetings_ = world_.ComingMeetings();
    ASSERT_GE(meetings_.size(), 5u);
  }
  void TearDown() override { CheckInvariants(suite_, world_); }

  std::string Meeting(std::size_t which) const { return meetings_[which].name(); }
  absl::StatusOr<api::Meeting> Attend(const std::string& meeting, const type::v1::Professional& who) {
    api::RecordAttendanceRequest request;
    request.set_name(meeting);
    request.set_etag(world_.GetMeeting(meeting).etag());
    *request.add_attendance()->mutable_professional() = who;
    request.mutable_attendance(0)->set_status(api::ATTENDANCE_STATUS_PRESENT);
    request.set_request_id(RequestId());
    return world_.coordinator.Call(&MdtStub::RecordAttendance, request);
  }
  std::vector<api::AgendaItem> ItemsSeenBy(Caller& caller, const std::string& meeting) {
    api::ListAgendaItemsRequest list;
    list.set_parent(meeting);
    const auto maybe_page = caller.Call(&MdtStub::ListAgendaItems, list);
    EXPECT_THAT(maybe_page, IsOk());
    if (!maybe_page.ok()) return {};
    return {maybe_page->agenda_items().begin(), maybe_page->agenda_items().end()};
  }

  testing::Suite suite_;
  World world_{suite_};
  std::vector<api::Meeting> meetings_;
};

TEST_F(MdtFindings, Finding25_TheTeamMeetsWeeklyAtTheSameLondonTimeForEightWeeks) {
  absl::TimeZone london;
  ASSERT_TRUE(absl::LoadTimeZone("Europe/London", &london));
  EXPECT_GE(meetings_.size(), 8u);
  absl::CivilDay before;
  for (std::size_t i = 0; i < meetings_.size(); ++i) {
    const auto starts = absl::ToCivilSecond(absl::FromUnixSeconds(meetings_[i].start_time().seconds()), london);
    const absl::CivilDay day(starts);
    EXPECT_EQ(absl::GetWeekday(day), absl::Weekday::thursday);
    EXPECT_EQ(starts.hour(), 14);
    EXPECT_EQ(starts.minute(), 0);
    if (i > 0) {
      EXPECT_EQ(day - before, 7);
    }
    before = day;
  }
}

TEST_F(MdtFindings, Finding25_WhetherTheQuorumWasThereIsKeptWithEachDecision) {
  const std::string case_name = world_.NewNominatedCase(1);
  world_.HoldMeeting(Meeting(0));
  const auto maybe_alone = Attend(Meeting(0), CommunityNurse());
  ASSERT_THAT(maybe_alone, IsOk());
  EXPECT_FALSE(maybe_alone->quorum_met()) << "one of two";
  const api::AgendaItem without = world_.Decide(world_.ItemOf(Meeting(0), case_name));
  EXPECT_FALSE(without.decision().quorum_met());

  const auto maybe_visitor = Attend(Meeting(0), HousingOfficer());
  ASSERT_THAT(maybe_visitor, IsOk());
  EXPECT_FALSE(maybe_visitor->quorum_met()) << "a visitor is not of a core agency";
  const auto maybe_quorate = Attend(Meeting(0), KeyLinkWorker());
  ASSERT_THAT(maybe_quorate, IsOk());
  EXPECT_TRUE(maybe_quorate->quorum_met());
  const api::AgendaItem with = world_.Decide(world_.ItemOf(Meeting(0), case_name));
  EXPECT_TRUE(with.decision().quorum_met());
  EXPECT_EQ(with.decision().version(), 2);
}

TEST_F(MdtFindings, Finding26_AVisitingAgencyComesForOneBlock) {
  int person = 0;
  for (const auto agency :
       {AGENCY_KIND_HOUSING, AGENCY_KIND_VCSE, AGENCY_KIND_HOUSING, AGENCY_KIND_VCSE, AGENCY_KIND_HOUSING}) {
    world_.NewNominatedCase(++person, {agency});
  }
  world_.BuildAgenda(Meeting(0));
  std::vector<int> agencies;
  for (const api::AgendaItem& item : world_.Items(Meeting(0))) {
    EXPECT_EQ(item.position(), static_cast<int>(agencies.size()) + 1);
    agencies.push_back(item.agencies_needed(0));
  }
  EXPECT_THAT(agencies, ::testing::ElementsAre(AGENCY_KIND_HOUSING, AGENCY_KIND_HOUSING, AGENCY_KIND_HOUSING,
                                               AGENCY_KIND_VCSE, AGENCY_KIND_VCSE));
}

TEST_F(MdtFindings, Finding27_AMeetingClosesWithADecisionOnEachItemOrCarriesItOver) {
  const std::string decided = world_.NewNominatedCase(1);
  const std::string left = world_.NewNominatedCase(2);
  world_.HoldMeeting(Meeting(0));
  api::RecordDecisionRequest no_plan = world_.PlanAgreed(world_.ItemOf(Meeting(0), decided));
  no_plan.clear_actions();
  EXPECT_THAT(world_.chair.Call(&MdtStub::RecordDecision, no_plan), HasReason("REQUIRED"));
  world_.Decide(world_.ItemOf(Meeting(0), decided));
  const api::Meeting closed = world_.Close(Meeting(0));

  EXPECT_EQ(closed.item_counts().listed(), 0) << "an item without an outcome";
  ASSERT_EQ(closed.carried_over_size(), 1);
  EXPECT_EQ(closed.carried_over(0).case_(), left);
  EXPECT_EQ(closed.carried_over(0).reason_code(), "NOT_REACHED");
  EXPECT_EQ(closed.carried_over(0).next_meeting(), Meeting(1));
  EXPECT_EQ(world_.NominationAtMdt(left).state(), api::NOMINATION_STATE_WAITING);
  WaitUntil("the case to show that it waits again",
            [&] { return world_.GetCase(left).mdt_status().times_carried_over() == 1 || HasFailure(); });
  world_.BuildAgenda(Meeting(1));
  EXPECT_EQ(world_.ItemOf(Meeting(1), left).times_carried_over(), 1);
}

TEST_F(MdtFindings, Finding28_OnlySomebodyClinicalOrOfSocialCareHoldsACase) {
  const std::string case_name = world_.NewNominatedCase(1);
  world_.HoldMeeting(Meeting(0));
  const api::AgendaItem item = world_.ItemOf(Meeting(0), case_name);
  for (const auto agency :
       {type::v1::AGENCY_KIND_SPLW_SERVICE, AGENCY_KIND_HOUSING, AGENCY_KIND_DWP, type::v1::AGENCY_KIND_VCSE,
        type::v1::AGENCY_KIND_POLICE, type::v1::AGENCY_KIND_RECOVERY_SERVICES, type::v1::AGENCY_KIND_OTHER}) {
    api::RecordDecisionRequest request = world_.PlanAgreed(item);
    request.mutable_case_holder()->set_agency(agency);
    EXPECT_THAT(world_.chair.Call(&MdtStub::RecordDecision, request), HasReason("CASE_HOLDER_NOT_ELIGIBLE"))
        << type::v1::AgencyKind_Name(agency);
  }
  for (const auto agency :
       {type::v1::AGENCY_KIND_PRIMARY_CARE, type::v1::AGENCY_KIND_COMMUNITY_NURSING, type::v1::AGENCY_KIND_HOSPITAL,
        type::v1::AGENCY_KIND_MENTAL_HEALTH, type::v1::AGENCY_KIND_SOCIAL_CARE}) {
    api::RecordDecisionRequest request = world_.PlanAgreed(world_.ItemOf(Meeting(0), case_name));
    request.mutable_case_holder()->set_agency(agency);
    EXPECT_THAT(world_.chair.Call(&MdtStub::RecordDecision, request), IsOk()) << type::v1::AgencyKind_Name(agency);
  }
}

TEST_F(MdtFindings, Finding29_OnlyALinkOrRecoveryWorkerIsKeyWorkerAndNeverTheCaseHolder) {
  const std::string case_name = world_.NewNominatedCase(1);
  world_.HoldMeeting(Meeting(0));
  api::RecordDecisionRequest nurse = world_.PlanAgreed(world_.ItemOf(Meeting(0), case_name));
  nurse.mutable_key_worker()->set_agency(type::v1::AGENCY_KIND_COMMUNITY_NURSING);
  EXPECT_THAT(world_.chair.Call(&MdtStub::RecordDecision, nurse), HasReason("KEY_WORKER_NOT_ELIGIBLE"));
  api::RecordDecisionRequest both = world_.PlanAgreed(world_.ItemOf(Meeting(0), case_name));
  both.mutable_key_worker()->set_id("NURSE@community.example");
  EXPECT_THAT(world_.chair.Call(&MdtStub::RecordDecision, both), HasReason("KEY_WORKER_IS_CASE_HOLDER"));
  api::RecordDecisionRequest recovery = world_.PlanAgreed(world_.ItemOf(Meeting(0), case_name));
  recovery.mutable_key_worker()->set_agency(type::v1::AGENCY_KIND_RECOVERY_SERVICES);
  EXPECT_THAT(world_.chair.Call(&MdtStub::RecordDecision, recovery), IsOk());
}

TEST_F(MdtFindings, Finding30_FeedbackIsDueAtTheNextMeetingWhateverBecomesOfIt) {
  const std::string case_name = world_.NewNominatedCase(1);
  world_.HoldMeeting(Meeting(0));
  world_.Decide(world_.ItemOf(Meeting(0), case_name));
  world_.Close(Meeting(0));
  EXPECT_EQ(world_.ItemOf(Meeting(1), case_name).kind(), api::ITEM_KIND_FEEDBACK);

  // Nobody asks for it, and the meeting closes: it moves.
  world_.HoldMeeting(Meeting(1));
  world_.Close(Meeting(1));
  const api::AgendaItem left = world_.ItemOf(Meeting(1), case_name);
  EXPECT_EQ(left.state(), api::ITEM_STATE_CARRIED_OVER);
  EXPECT_EQ(left.moved_to(), world_.ItemOf(Meeting(2), case_name).name());
  // The meeting is cancelled: it moves.
  world_.Cancel(Meeting(2));
  EXPECT_EQ(world_.ItemOf(Meeting(3), case_name).times_carried_over(), 2);
  WaitUntil("the case to know where the feedback is owed",
            [&] { return world_.GetCase(case_name).mdt_status().feedback_meeting() == Meeting(3) || HasFailure(); });

  // Before it is given, it opens the agenda, and nobody closes the case over it unawares.
  world_.NewNominatedCase(2, {}, type::v1::URGENCY_URGENT);
  world_.HoldMeeting(Meeting(3));
  const api::AgendaItem due = world_.ItemOf(Meeting(3), case_name);
  EXPECT_EQ(due.position(), 1);
  caseload::v1::CloseCaseRequest close;
  close.set_name(case_name);
  close.set_etag(world_.GetCase(case_name).etag());
  close.set_outcome(caseload::v1::CASE_OUTCOME_GOALS_MET);
  close.set_request_id(RequestId());
  EXPECT_THAT(world_.worker.Call(&CaseloadStub::CloseCase, close), HasReason("FEEDBACK_DUE"));

  // Given, but an action is still open: due again.
  api::RecordFeedbackRequest feedback;
  feedback.set_name(due.name());
  feedback.set_etag(due.etag());
  feedback.set_summary("The landlord has not answered yet.");
  feedback.set_request_id(RequestId());
  ASSERT_THAT(world_.chair.Call(&MdtStub::RecordFeedback, feedback), IsOk());
  world_.Close(Meeting(3));
  EXPECT_EQ(world_.ItemOf(Meeting(4), case_name).kind(), api::ITEM_KIND_FEEDBACK);
}

TEST_F(MdtFindings, Finding32_UrgentCasesComeFirstAndStillGetOnAPublishedAgenda) {
  const std::string routine = world_.NewNominatedCase(1);
  const std::string urgent = world_.NewNominatedCase(2, {}, type::v1::URGENCY_URGENT);
  world_.BuildAgenda(Meeting(0));
  EXPECT_EQ(world_.ItemOf(Meeting(0), urgent).position(), 1);
  EXPECT_EQ(world_.ItemOf(Meeting(0), urgent).kind(), api::ITEM_KIND_URGENT);
  EXPECT_EQ(world_.ItemOf(Meeting(0), routine).position(), 2);
  world_.Publish(Meeting(0));

  const std::string late = world_.NewNominatedCase(3, {}, type::v1::URGENCY_URGENT);
  api::BuildAgendaRequest build;
  build.set_name(Meeting(0));
  build.set_etag(world_.GetMeeting(Meeting(0)).etag());
  build.set_late_urgent_only(true);
  build.set_request_id(RequestId());
  ASSERT_THAT(world_.coordinator.Call(&MdtStub::BuildAgenda, build), IsOk());
  EXPECT_EQ(world_.ItemOf(Meeting(0), late).position(), 3) << "what is published does not move";
  EXPECT_EQ(world_.ItemOf(Meeting(0), urgent).position(), 1);
}

TEST_F(MdtFindings, Finding33_OfSeveralMdtsTheOneThatIsAskedDiscussesTheCaseAndNoOther) {
  api::CreateMdtRequest create;
  create.set_parent(kParent);
  create.set_mdt_id("hospital");
  create.set_request_id(RequestId());
  create.mutable_mdt()->set_display_name("Hospital discharge MDT");
  create.mutable_mdt()->add_core_agencies(type::v1::AGENCY_KIND_HOSPITAL);
  create.mutable_mdt()->mutable_schedule()->set_day_of_week(google::type::MONDAY);
  create.mutable_mdt()->mutable_schedule()->mutable_start_time()->set_hours(9);
  create.mutable_mdt()->mutable_schedule()->set_length_minutes(60);
  const auto maybe_hospital = world_.coordinator.Call(&MdtStub::CreateMdt, create);
  ASSERT_THAT(maybe_hospital, IsOk());

  const std::string case_name = world_.NewCase(1).name();
  world_.Allocate(case_name);
  caseload::v1::NominateForMdtRequest nominate;
  nominate.set_parent(case_name);
  nominate.set_etag(world_.GetCase(case_name).etag());
  nominate.set_question("Who is there when she comes home?");
  nominate.add_agencies_needed(type::v1::AGENCY_KIND_HOSPITAL);
  nominate.set_urgency(type::v1::URGENCY_ROUTINE);
  nominate.set_mdt(maybe_hospital->name());
  nominate.set_request_id(RequestId());
  ASSERT_THAT(world_.worker.Call(&CaseloadStub::NominateForMdt, nominate), IsOk());
  EXPECT_EQ(world_.NominationAtMdt(case_name).mdt(), maybe_hospital->name());
  world_.BuildAgenda(Meeting(0));
  EXPECT_TRUE(world_.Items(Meeting(0)).empty());

  WaitUntil("the case to show that the MDT has it, which changes its etag", [&] {
    return world_.GetCase(case_name).mdt_status().nomination_state() == caseload::v1::NOMINATION_STATE_RECEIVED ||
           HasFailure();
  });
  nominate.set_etag(world_.GetCase(case_name).etag());
  nominate.set_mdt(world_.mdt);
  nominate.set_request_id(RequestId());
  EXPECT_THAT(world_.worker.Call(&CaseloadStub::NominateForMdt, nominate), HasReason("NOMINATION_OPEN"));
}

TEST_F(MdtFindings, Finding35_OneCorrelationIdLeadsFromTheReferralToTheOutcome) {
  const referral::v1::Referral referral = world_.Submit(ReferralOf(1));
  const std::string case_name = world_.CaseOf(referral.name()).name();
  EXPECT_EQ(world_.GetCase(case_name).correlation_id(), referral.correlation_id());
  world_.Allocate(case_name);
  world_.Nominate(case_name);
  world_.NominationAtMdt(case_name);
  world_.HoldMeeting(Meeting(0));
  world_.Decide(world_.ItemOf(Meeting(0), case_name));
  WaitUntil("the decision on the case",
            [&] { return world_.GetCase(case_name).mdt_status().has_case_holder() || HasFailure(); });

  const auto did = [&](const char* service, const std::string& action) {
    world_.auditor.OperateOn(suite_, service);
    operations::v1::ListAuditRecordsRequest list;
    list.set_parent(kParent);
    list.set_page_size(1000);
    const auto maybe_page = world_.auditor.Call(&OperationsStub::ListAuditRecords, list);
    EXPECT_THAT(maybe_page, IsOk());
    if (!maybe_page.ok()) return false;
    for (const auto& record : maybe_page->records()) {
      if (record.action() == action && record.correlation_id() == referral.correlation_id()) return true;
    }
    return false;
  };
  EXPECT_TRUE(did(testing::kReferralIntake, "SubmitReferral"));
  EXPECT_TRUE(did(testing::kCaseload, "AllocateCase"));
  EXPECT_TRUE(did(testing::kCaseload, "NominateForMdt"));
  EXPECT_TRUE(did(testing::kMdtAgenda, "RecordDecision"));
}

TEST_F(MdtFindings, Finding36_AnAgencyMemberSeesTheItemsThatNeedTheirAgencyAndNoOthers) {
  const std::string needs_housing = world_.NewNominatedCase(1, {AGENCY_KIND_HOUSING});
  world_.NewNominatedCase(2, {type::v1::AGENCY_KIND_MENTAL_HEALTH});
  const std::string needs_dwp = world_.NewNominatedCase(3, {AGENCY_KIND_DWP});
  Caller housing(suite_, AgencyMember("HOUSING"));
  Caller dwp(suite_, AgencyMember("DWP"));
  world_.BuildAgenda(Meeting(0));
  api::GetMeetingRequest get;
  get.set_name(Meeting(0));
  EXPECT_THAT(housing.Call(&MdtStub::GetMeeting, get), HasReason("MEETING_NOT_FOUND")) << "not published yet";

  world_.Publish(Meeting(0));
  const auto seen = ItemsSeenBy(housing, Meeting(0));
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].case_(), needs_housing);
  EXPECT_FALSE(seen[0].person_withheld());
  EXPECT_FALSE(seen[0].person().display_name().empty());
  api::GetAgendaItemRequest get_item;
  get_item.set_name(world_.ItemOf(Meeting(0), needs_dwp).name());
  EXPECT_THAT(housing.Call(&MdtStub::GetAgendaItem, get_item), HasReason("AGENDA_ITEM_NOT_FOUND"));

  // The person agreed to share with housing, not with the DWP: it learns that it is needed, and of nobody.
  const auto withheld = ItemsSeenBy(dwp, Meeting(0));
  ASSERT_EQ(withheld.size(), 1u);
  EXPECT_TRUE(withheld[0].person_withheld());
  EXPECT_FALSE(withheld[0].has_person());
  EXPECT_EQ(withheld[0].question(), "");
  EXPECT_EQ(withheld[0].needs_size(), 0);
  EXPECT_FALSE(withheld[0].has_link_worker());
}

TEST_F(MdtFindings, Finding36_ConsentTakenBackIsFollowedOnEveryAgendaThatIsOut) {
  const std::string case_name = world_.NewNominatedCase(1, {AGENCY_KIND_HOUSING});
  Caller housing(suite_, AgencyMember("HOUSING"));
  world_.HoldMeeting(Meeting(0));
  world_.Decide(world_.ItemOf(Meeting(0), case_name));
  world_.Close(Meeting(0));
  world_.BuildAgenda(Meeting(1));
  world_.Publish(Meeting(1));
  ASSERT_EQ(ItemsSeenBy(housing, Meeting(1)).size(), 1u);
  EXPECT_TRUE(ItemsSeenBy(housing, Meeting(1))[0].has_person());

  caseload::v1::RecordAssessmentRequest request;
  request.set_parent(case_name);
  request.set_etag(world_.GetCase(case_name).etag());
  request.set_what_matters("To be left alone.");
  request.mutable_consent()->set_referral(type::v1::CONSENT_STATUS_DECLINED);
  request.set_request_id(RequestId());
  ASSERT_THAT(world_.worker.Call(&CaseloadStub::RecordAssessment, request), IsOk());
  WaitUntil("the MDT to withhold the person from agencies", [&] {
    const auto seen = ItemsSeenBy(housing, Meeting(1));
    return (seen.size() == 1 && seen[0].person_withheld() && !seen[0].has_person()) || HasFailure();
  });
  // CheckInvariants looks at every other item and agency.
}

TEST_F(MdtFindings, Finding39_EachActionShowsTheAgencyThatOwnsIt) {
  const std::string case_name = world_.NewNominatedCase(1);
  world_.HoldMeeting(Meeting(0));
  world_.Decide(world_.ItemOf(Meeting(0), case_name));
  api::ListActionsRequest list;
  list.set_parent(kParent);
  const auto maybe_page = world_.lead.Call(&MdtStub::ListActions, list);
  ASSERT_THAT(maybe_page, IsOk());
  ASSERT_EQ(maybe_page->actions_size(), 1);
  EXPECT_EQ(maybe_page->actions(0).owner().agency(), AGENCY_KIND_HOUSING);
  EXPECT_EQ(maybe_page->actions(0).case_(), case_name);
}

}  // namespace
}  // namespace splw::journey
