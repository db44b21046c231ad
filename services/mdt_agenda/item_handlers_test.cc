#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/audit/audit_log.h"
#include "common/testing/status_matchers.h"
#include "services/mdt_agenda/testing/agenda_world.h"

namespace splw::mdt_agenda {
namespace {

using identity::Role;
using splw::testing::HasField;
using splw::testing::HasReason;
using splw::testing::IsOk;
using splw::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kFirst[] = "2026-11-26";
constexpr char kSecond[] = "2026-12-03";
constexpr char kThird[] = "2026-12-10";

class ItemHandlersTest : public ::testing::Test, protected testing::AgendaWorld {
 protected:
  void SetUp() override {
    ASSERT_THAT(Create(Team()), IsOk());
    ASSERT_THAT(Nominate("a", false, {type::v1::AGENCY_KIND_HOUSING}), IsOk());
    Hold(kFirst);
  }
  void TearDown() override { EXPECT_THAT(Faults(), IsEmpty()); }

  // The feedback on case "a" is due at the second meeting, which is being held.
  void HoldSecond() {
    ASSERT_THAT(Decide(Plan(Item(kFirst, "a"))), IsOk());
    ASSERT_THAT(Close(kFirst), IsOk());
    Hold(kSecond);
  }

  // Feedback on case "a" was heard while its decision may still be corrected, as by a service that let the second meeting be
  // held before the first was closed.
  void HearAhead() {
    ASSERT_THAT(Decide(Plan(Item(kFirst, "a"))), IsOk());
    ASSERT_THAT(AgendaWorld::Run([](delivery::Change& change) -> absl::Status {
                  AgendaBook book(change);
                  const auto maybe_meeting = book.Meeting("riverside", kSecond);
                  if (!maybe_meeting.ok()) return maybe_meeting.status();
                  auto maybe_items = book.ItemsOf(*maybe_meeting);
                  if (!maybe_items.ok()) return maybe_items.status();
                  maybe_items->front().set_state(api::ITEM_STATE_FEEDBACK_GIVEN);
                  const absl::Status saved = book.Save(maybe_items->front());
                  return saved.ok() ? book.Finish() : saved;
                }),
                IsOk());
    clock_.Set(InstantAt(absl::CivilDay(2026, 12, 4), 480));
  }

  std::vector<api::Action> AllActions(const rpc::Call& call, const std::string& owner = "") {
    api::ListActionsRequest request;
    request.set_parent(testing::kParent);
    request.set_owner_id(owner);
    const auto maybe = Ask(reads, &ReadHandlers::ListActions, request, call);
    EXPECT_THAT(maybe, IsOk());
    return {maybe->actions().begin(), maybe->actions().end()};
  }
  rpc::Call Housing(const std::string& id = "housing.officer") { return As(Role::kAgencyMember, id, "HOUSING"); }
  rpc::Call MentalHealth() { return As(Role::kAgencyMember, "cmht", "MENTAL_HEALTH"); }

  // Case "b" needs housing, to whom the person agreed, and mental health. It is decided at the second meeting, where each gets
  // something to do; the agenda of the third, which asks for feedback, is published.
  void DecideAtSecond() {
    caseload::v1::CaseNominated agreed =
        Nominated("b", false, {type::v1::AGENCY_KIND_HOUSING, type::v1::AGENCY_KIND_MENTAL_HEALTH});
    agreed.add_share_with(type::v1::AGENCY_KIND_HOUSING);
    ASSERT_THAT(Nominate(agreed), IsOk());
    ASSERT_THAT(Close(kFirst), IsOk());
    Hold(kSecond);
    api::RecordDecisionRequest plan = Plan(Item(kSecond, "b"));
    *plan.add_actions() = plan.actions(0);
    plan.mutable_actions(1)->set_description("See her at home");
    *plan.mutable_actions(1)->mutable_owner() = testing::Worker("cmht", type::v1::AGENCY_KIND_MENTAL_HEALTH);
    ASSERT_THAT(Decide(plan), IsOk());
    ASSERT_THAT(Close(kSecond), IsOk());
    ASSERT_THAT(Build(kThird), IsOk());
    ASSERT_THAT(Publish(kThird), IsOk());
  }
  api::AgendaItem ItemSeenBy(const rpc::Call& call, const std::string& date, const std::string& id) {
    api::GetAgendaItemRequest request;
    request.set_name(Item(date, id).name());
    const auto maybe = Ask(reads, &ReadHandlers::GetAgendaItem, request, call);
    EXPECT_THAT(maybe, IsOk());
    return maybe.ok() ? *maybe : api::AgendaItem();
  }
  void ExpectNobodyShown(const api::AgendaItem& item) {
    EXPECT_TRUE(item.person_withheld());
    EXPECT_FALSE(item.has_person());
    EXPECT_EQ(item.question(), "");
    EXPECT_FALSE(item.has_link_worker());
    EXPECT_FALSE(item.has_current_case_holder());
    EXPECT_FALSE(item.has_current_key_worker());
    EXPECT_FALSE(item.has_decision());
    for (const api::Action& action : item.open_actions()) EXPECT_EQ(action.description(), "");
  }
};

TEST_F(ItemHandlersTest, DecisionPutsFeedbackOnTheNextMeetingAndTellsTheCaseload) {
  const auto maybe_item = Decide(Plan(Item(kFirst, "a")));
  ASSERT_THAT(maybe_item, IsOk());
  EXPECT_EQ(maybe_item->state(), api::ITEM_STATE_DECIDED);
  EXPECT_EQ(maybe_item->decision().version(), 1);
  EXPECT_EQ(maybe_item->current_case_holder().id(), "nurse");
  EXPECT_EQ(Nomination("a").state(), api::NOMINATION_STATE_DECIDED);

  const api::AgendaItem feedback = Item(kSecond, "a");
  EXPECT_EQ(feedback.name(), maybe_item->feedback_item());
  EXPECT_EQ(feedback.kind(), api::ITEM_KIND_FEEDBACK);
  EXPECT_EQ(feedback.of_item(), maybe_item->name());
  ASSERT_THAT(feedback.open_actions(), SizeIs(1));
  EXPECT_EQ(feedback.open_actions(0).description(), "Look at the damp");

  const auto told = Told<api::DecisionRecorded>("a");
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].nomination(), testing::NominationName("a"));
  EXPECT_EQ(told[0].case_holder().id(), "nurse");
  EXPECT_EQ(told[0].key_worker().id(), "link.worker");
  EXPECT_THAT(told[0].actions(), SizeIs(1));
  EXPECT_EQ(told[0].feedback_meeting(), testing::MeetingOn(kSecond));
  EXPECT_EQ(told[0].feedback_due_date().day(), 3);
  for (const auto& envelope : Envelopes("a")) EXPECT_EQ(envelope.correlation_id(), "referral-1");
}

TEST_F(ItemHandlersTest, NextAgendaOpensWithTheFeedback) {
  ASSERT_THAT(Decide(Plan(Item(kFirst, "a"))), IsOk());
  ASSERT_THAT(Close(kFirst), IsOk());
  ASSERT_THAT(Nominate("u", /*urgent=*/true), IsOk());
  ASSERT_THAT(Build(kSecond), IsOk());
  const std::vector<api::AgendaItem> agenda = Agenda(kSecond);
  ASSERT_THAT(agenda, SizeIs(2));
  EXPECT_EQ(agenda[0].kind(), api::ITEM_KIND_FEEDBACK);
  EXPECT_EQ(agenda[0].position(), 1);
  EXPECT_EQ(agenda[0].placement_code(), "FEEDBACK_DUE");
}

TEST_F(ItemHandlersTest, AgendaThatWasBuiltBeforeFeedbackCameIsBuiltAgain) {
  ASSERT_THAT(Nominate("b"), IsOk());
  ASSERT_THAT(Build(kSecond), IsOk());
  ASSERT_THAT(Decide(Plan(Item(kFirst, "a"))), IsOk());
  EXPECT_THAT(Publish(kSecond), HasReason("ILLEGAL_TRANSITION"));
  ASSERT_THAT(Build(kSecond), IsOk());
  EXPECT_EQ(Item(kSecond, "a").position(), 1) << "feedback first";
  EXPECT_THAT(Publish(kSecond), IsOk());
}

TEST_F(ItemHandlersTest, FeedbackIsAddedToAnAgendaThatIsPublishedAlready) {
  ASSERT_THAT(Nominate("b"), IsOk());
  ASSERT_THAT(Build(kSecond), IsOk());
  ASSERT_THAT(Publish(kSecond), IsOk());
  ASSERT_THAT(Decide(Plan(Item(kFirst, "a"))), IsOk());
  const api::AgendaItem feedback = Item(kSecond, "a");
  EXPECT_EQ(feedback.position(), 2);
  EXPECT_TRUE(feedback.has_start_time());
  EXPECT_EQ(Meeting(kSecond).planned_minutes(), 11);
}

TEST_F(ItemHandlersTest, AdviceAloneOwesNothing) {
  const auto maybe_item = Decide(Advice(Item(kFirst, "a")));
  ASSERT_THAT(maybe_item, IsOk());
  EXPECT_EQ(maybe_item->feedback_item(), "");
  EXPECT_THAT(Agenda(kSecond), IsEmpty());
  EXPECT_EQ(Told<api::DecisionRecorded>("a")[0].feedback_meeting(), "");
}

TEST_F(ItemHandlersTest, CorrectionReplacesTheDecisionAndKeepsOneFeedbackItem) {
  const auto maybe_first = Decide(Plan(Item(kFirst, "a")));
  api::RecordDecisionRequest correction = Plan(Item(kFirst, "a"));
  correction.mutable_case_holder()->set_id("other.nurse");
  *correction.add_actions() = correction.actions(0);
  correction.mutable_actions(1)->set_description("Ask about arrears");
  const auto maybe_second = Decide(correction);
  ASSERT_THAT(maybe_second, IsOk());
  EXPECT_EQ(maybe_second->decision().version(), 2);
  EXPECT_EQ(maybe_second->current_case_holder().id(), "other.nurse");
  EXPECT_EQ(maybe_second->feedback_item(), maybe_first->feedback_item());
  EXPECT_EQ(maybe_second->decision().actions(0).name(), maybe_first->decision().actions(0).name());
  ASSERT_THAT(Agenda(kSecond), SizeIs(1));
  EXPECT_THAT(Item(kSecond, "a").open_actions(), SizeIs(2));
  EXPECT_EQ(Told<api::DecisionRecorded>("a")[1].version(), 2);
}

TEST_F(ItemHandlersTest, CorrectionThatTakesAllBackRemovesFeedbackActionsAndAssignment) {
  ASSERT_THAT(Decide(Plan(Item(kFirst, "a"))), IsOk());
  const auto maybe_corrected = Decide(Advice(Item(kFirst, "a")));
  ASSERT_THAT(maybe_corrected, IsOk());
  EXPECT_THAT(Agenda(kSecond), IsEmpty());
  EXPECT_FALSE(maybe_corrected->has_current_case_holder());
  ASSERT_THAT(AllActions(Coordinator()), SizeIs(1));
  EXPECT_EQ(AllActions(Coordinator())[0].state(), api::ACTION_STATE_CANCELLED);
  EXPECT_EQ(Told<api::DecisionRecorded>("a")[1].feedback_meeting(), "");
  EXPECT_TRUE(Told<api::DecisionRecorded>("a")[1].has_current_assignment());
  EXPECT_FALSE(Told<api::DecisionRecorded>("a")[1].current_assignment().has_case_holder());
}

TEST_F(ItemHandlersTest, ActionAddedAfterItsFeedbackWasHeardIsOwedAgain) {
  HearAhead();
  ASSERT_THAT(Decide(Plan(Item(kFirst, "a"))), IsOk());
  EXPECT_THAT(Agenda(kThird), IsEmpty()) << "what was heard is settled";
  EXPECT_EQ(Told<api::DecisionRecorded>("a").back().feedback_meeting(), "");

  api::RecordDecisionRequest more = Plan(Item(kFirst, "a"));
  *more.add_actions() = more.actions(0);
  more.mutable_actions(1)->set_description("Ask about arrears");
  const auto maybe_item = Decide(more);
  ASSERT_THAT(maybe_item, IsOk());
  EXPECT_EQ(maybe_item->feedback_item(), Item(kThird, "a").name());
  EXPECT_THAT(Item(kThird, "a").open_actions(), SizeIs(2));
  EXPECT_EQ(Told<api::DecisionRecorded>("a").back().feedback_meeting(), testing::MeetingOn(kThird));
  EXPECT_THAT(Close(kFirst), IsOk());
}

TEST_F(ItemHandlersTest, CaseGivenToSomebodyElseAfterItsFeedbackWasHeardIsOwedAgain) {
  HearAhead();
  api::RecordDecisionRequest other = Plan(Item(kFirst, "a"));
  other.mutable_case_holder()->set_id("other.nurse");
  const auto maybe_item = Decide(other);
  ASSERT_THAT(maybe_item, IsOk());
  EXPECT_EQ(maybe_item->feedback_item(), Item(kThird, "a").name());
  EXPECT_THAT(maybe_item->feedback_item(), Not(IsEmpty()));
}

TEST_F(ItemHandlersTest, FeedbackIsOwedToNoMeetingThatIsOverByPlan) {
  clock_.Set(InstantAt(absl::CivilDay(2026, 12, 3), 12 * 60));  // the second was to be from ten to eleven
  ASSERT_THAT(Decide(Plan(Item(kFirst, "a"))), IsOk());
  EXPECT_THAT(Agenda(kSecond), IsEmpty());
  EXPECT_THAT(Agenda(kThird), SizeIs(1));
}

TEST_F(ItemHandlersTest, WhoTookAnItemOffAPlanIsOnTheRecord) {
  ASSERT_THAT(Decide(Plan(Item(kFirst, "a"))), IsOk());
  const std::string taken_off = Item(kSecond, "a").name();
  ASSERT_THAT(Decide(Advice(Item(kFirst, "a"))), IsOk());
  ASSERT_THAT(Agenda(kSecond), IsEmpty());
  std::vector<std::string> reasons;
  ASSERT_THAT(store_.View({},
                          [&](store::Snapshot& snapshot) -> absl::Status {
                            reasons.clear();
                            const auto maybe_page = audit::ListRecordsOf(snapshot, testing::kNetwork, taken_off, {});
                            if (!maybe_page.ok()) return maybe_page.status();
                            for (const auto& record : maybe_page->records) reasons.push_back(record.reason());
                            return absl::OkStatus();
                          }),
              IsOk());
  EXPECT_THAT(reasons, ElementsAre("", "TAKEN_OFF"));
}

TEST_F(ItemHandlersTest, FeedbackTakenBackStaysListedOnAPublishedAgenda) {
  ASSERT_THAT(Decide(Plan(Item(kFirst, "a"))), IsOk());
  ASSERT_THAT(Build(kSecond), IsOk());
  ASSERT_THAT(Publish(kSecond), IsOk());
  ASSERT_THAT(Decide(Advice(Item(kFirst, "a"))), IsOk());
  EXPECT_EQ(Item(kSecond, "a").state(), api::ITEM_STATE_WITHDRAWN);
}

TEST_F(ItemHandlersTest, DecisionNeedsAMeetingInProgress) {
  const api::AgendaItem item = Item(kFirst, "a");
  ASSERT_THAT(Decide(Advice(item)), IsOk());
  ASSERT_THAT(Close(kFirst), IsOk());
  EXPECT_THAT(Decide(Advice(Item(kFirst, "a"))), HasReason("MEETING_NOT_IN_PROGRESS"));
}

TEST_F(ItemHandlersTest, DecisionWithAStaleEtagIsRefused) {
  const api::AgendaItem item = Item(kFirst, "a");
  ASSERT_THAT(Decide(Advice(item)), IsOk());
  EXPECT_THAT(Decide(Advice(item)), HasReason("ETAG_MISMATCH"));
}

TEST_F(ItemHandlersTest, DueDateBeforeTheMeetingIsRefusedByField) {
  api::RecordDecisionRequest request = Plan(Item(kFirst, "a"));
  *request.mutable_actions(0)->mutable_due_date() = ToDate(absl::CivilDay(2026, 11, 25));
  EXPECT_THAT(Decide(request), HasField("actions[0].due_date"));
  EXPECT_THAT(Decide(request), HasReason("DUE_DATE_IN_PAST"));
}

TEST_F(ItemHandlersTest, RepeatedRequestDecidesOnce) {
  const api::RecordDecisionRequest request = Plan(Item(kFirst, "a"));
  ASSERT_THAT(Decide(request), IsOk());
  ASSERT_THAT(Decide(request), IsOk());
  EXPECT_THAT(Told<api::DecisionRecorded>("a"), SizeIs(1));
  EXPECT_THAT(AllActions(Coordinator()), SizeIs(1));
  api::RecordDecisionRequest other = request;
  other.set_summary("Something else.");
  EXPECT_THAT(Decide(other), HasReason("REQUEST_ID_REUSED"));
}

TEST_F(ItemHandlersTest, FeedbackThatSettlesEverythingEndsTheDebt) {
  HoldSecond();
  const auto maybe_item = GiveFeedback(Report(Item(kSecond, "a"), api::ACTION_STATE_DONE));
  ASSERT_THAT(maybe_item, IsOk());
  EXPECT_EQ(maybe_item->state(), api::ITEM_STATE_FEEDBACK_GIVEN);
  EXPECT_EQ(maybe_item->feedback_item(), "");
  EXPECT_THAT(Agenda(kThird), IsEmpty());
  const auto told = Told<api::FeedbackRecorded>("a");
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].next_feedback_meeting(), "");
  EXPECT_EQ(told[0].of_item(), Item(kFirst, "a").name());
  EXPECT_EQ(told[0].actions(0).state(), api::ACTION_STATE_DONE);
  ASSERT_THAT(Close(kSecond), IsOk());
  EXPECT_EQ(Meeting(kSecond).item_counts().feedback_given(), 1);
}

TEST_F(ItemHandlersTest, OpenActionIsHeardOfAgainAtTheNextMeeting) {
  HoldSecond();
  ASSERT_THAT(GiveFeedback(Report(Item(kSecond, "a"), api::ACTION_STATE_OPEN)), IsOk());
  EXPECT_EQ(Item(kThird, "a").kind(), api::ITEM_KIND_FEEDBACK);
  EXPECT_THAT(Item(kThird, "a").open_actions(), SizeIs(1));
  EXPECT_EQ(Told<api::FeedbackRecorded>("a")[0].next_feedback_meeting(), testing::MeetingOn(kThird));
}

TEST_F(ItemHandlersTest, MeetingMayAskToHearAgain) {
  HoldSecond();
  api::RecordFeedbackRequest report = Report(Item(kSecond, "a"), api::ACTION_STATE_DONE);
  report.set_needs_further_feedback(true);
  ASSERT_THAT(GiveFeedback(report), IsOk());
  EXPECT_THAT(Agenda(kThird), SizeIs(1));
  EXPECT_THAT(Item(kThird, "a").open_actions(), IsEmpty());
  ASSERT_THAT(GiveFeedback(Report(Item(kSecond, "a"), api::ACTION_STATE_DONE)), IsOk());
  EXPECT_THAT(Agenda(kThird), IsEmpty());
}

TEST_F(ItemHandlersTest, FeedbackInvitesWhoeverHasToReportAndNobodyElse) {
  ASSERT_THAT(Nominate("b", false, {type::v1::AGENCY_KIND_HOUSING, type::v1::AGENCY_KIND_MENTAL_HEALTH}), IsOk());
  ASSERT_THAT(Close(kFirst), IsOk());
  Hold(kSecond);
  ASSERT_THAT(Decide(Plan(Item(kSecond, "b"))), IsOk());
  EXPECT_THAT(Item(kThird, "b").agencies_needed(),
              ElementsAre(type::v1::AGENCY_KIND_COMMUNITY_NURSING, type::v1::AGENCY_KIND_SPLW_SERVICE,
                          type::v1::AGENCY_KIND_HOUSING))
      << "case-holder, key worker, the action's owner";
  EXPECT_THAT(ItemSeenBy(MentalHealth(), kSecond, "b").name(), Not(IsEmpty())) << "they were needed for the question";

  api::RecordDecisionRequest correction = Plan(Item(kSecond, "b"));
  *correction.mutable_actions(0)->mutable_owner() = testing::Worker("cmht", type::v1::AGENCY_KIND_MENTAL_HEALTH);
  ASSERT_THAT(Decide(correction), IsOk());
  EXPECT_THAT(Item(kThird, "b").agencies_needed(),
              ElementsAre(type::v1::AGENCY_KIND_COMMUNITY_NURSING, type::v1::AGENCY_KIND_SPLW_SERVICE,
                          type::v1::AGENCY_KIND_MENTAL_HEALTH));
}

TEST_F(ItemHandlersTest, FeedbackOnWhatIsDoneInvitesWhoeverDidItAndNotAllWhoWereNeededForTheQuestion) {
  ASSERT_THAT(Nominate("b", false, {type::v1::AGENCY_KIND_HOUSING, type::v1::AGENCY_KIND_MENTAL_HEALTH}), IsOk());
  ASSERT_THAT(Close(kFirst), IsOk());
  Hold(kSecond);
  const auto ask = [this] {
    api::RecordDecisionRequest request = Plan(Item(kSecond, "b"));
    request.set_outcome(api::DECISION_OUTCOME_MORE_INFORMATION);
    request.clear_case_holder();
    request.clear_key_worker();
    return request;
  };
  ASSERT_THAT(Decide(ask()), IsOk());
  ASSERT_THAT(Build(kThird), IsOk());
  ASSERT_THAT(Publish(kThird), IsOk());
  ASSERT_THAT(GiveFeedback(Report(Item(kThird, "b"), api::ACTION_STATE_DONE), Housing()), IsOk());

  api::RecordDecisionRequest correction = ask();
  correction.set_summary("They look at the damp, and say when they were there.");
  ASSERT_THAT(Decide(correction), IsOk());
  EXPECT_THAT(Item(kThird, "b").agencies_needed(), ElementsAre(type::v1::AGENCY_KIND_HOUSING));
}

TEST_F(ItemHandlersTest, FurtherFeedbackInvitesWhoeverHasNotDoneTheirPartOrThoseAskedBefore) {
  HoldSecond();
  ASSERT_THAT(GiveFeedback(Report(Item(kSecond, "a"), api::ACTION_STATE_OPEN)), IsOk());
  EXPECT_THAT(Item(kThird, "a").agencies_needed(), ElementsAre(type::v1::AGENCY_KIND_HOUSING));
  api::RecordFeedbackRequest corrected = Report(Item(kSecond, "a"), api::ACTION_STATE_DONE);
  corrected.set_needs_further_feedback(true);
  ASSERT_THAT(GiveFeedback(corrected), IsOk());
  EXPECT_EQ(Item(kThird, "a").agencies_needed_size(), 3) << "nothing is to be done: whoever reported does again";
}

TEST_F(ItemHandlersTest, FeedbackThatNobodyGaveMovesToTheNextMeeting) {
  HoldSecond();
  const auto maybe_closed = Close(kSecond);
  ASSERT_THAT(maybe_closed, IsOk());
  ASSERT_THAT(maybe_closed->carried_over(), SizeIs(1));
  EXPECT_EQ(Item(kSecond, "a").state(), api::ITEM_STATE_CARRIED_OVER);
  EXPECT_EQ(Item(kThird, "a").times_carried_over(), 1);
  EXPECT_THAT(Item(kThird, "a").open_actions(), SizeIs(1));
  ASSERT_THAT(Told<api::FeedbackMoved>("a"), SizeIs(1));
  EXPECT_EQ(Told<api::FeedbackMoved>("a")[0].of_item(), Item(kFirst, "a").name());
}

TEST_F(ItemHandlersTest, NewPlanOnAFeedbackItemSupersedesAndDoesNotSettleTheFeedback) {
  HoldSecond();
  api::RecordDecisionRequest replan = Plan(Item(kSecond, "a"));
  replan.mutable_case_holder()->set_id("gp");
  replan.mutable_case_holder()->set_agency(type::v1::AGENCY_KIND_PRIMARY_CARE);
  const auto maybe_item = Decide(replan);
  ASSERT_THAT(maybe_item, IsOk());
  EXPECT_EQ(maybe_item->state(), api::ITEM_STATE_LISTED);
  EXPECT_EQ(Item(kFirst, "a").current_case_holder().id(), "gp");
  EXPECT_EQ(Told<api::DecisionRecorded>("a")[1].nomination(), "");
  ASSERT_THAT(GiveFeedback(Report(Item(kSecond, "a"), api::ACTION_STATE_OPEN)), IsOk());
  ASSERT_THAT(Agenda(kThird), SizeIs(1));
  EXPECT_THAT(Item(kThird, "a").open_actions(), SizeIs(2));

  ASSERT_THAT(Decide(Advice(Item(kSecond, "a"))), IsOk());
  EXPECT_EQ(Item(kFirst, "a").current_case_holder().id(), "nurse") << "the plan before holds again";
  const api::CaseAssignment told = Told<api::DecisionRecorded>("a").back().current_assignment();
  EXPECT_EQ(told.case_holder().id(), "nurse") << "and the caseload hears so";
  EXPECT_EQ(told.key_worker().id(), "link.worker");
}

TEST_F(ItemHandlersTest, NewItemTakesNoFeedback) {
  EXPECT_THAT(GiveFeedback(Report(Item(kFirst, "a"), api::ACTION_STATE_DONE)), HasReason("NOT_A_FEEDBACK_ITEM"));
}

TEST_F(ItemHandlersTest, AgencyMemberReportsOnOwnActionsBeforeTheMeetingHearsIt) {
  ASSERT_THAT(Decide(Plan(Item(kFirst, "a"))), IsOk());
  const api::AgendaItem planned = Item(kSecond, "a");
  EXPECT_THAT(GiveFeedback(Report(planned, api::ACTION_STATE_DONE), Housing()), HasReason("AGENDA_ITEM_NOT_FOUND"));
  ASSERT_THAT(Close(kFirst), IsOk());
  ASSERT_THAT(Build(kSecond), IsOk());
  ASSERT_THAT(Publish(kSecond), IsOk());
  EXPECT_THAT(GiveFeedback(Report(Item(kSecond, "a"), api::ACTION_STATE_DONE), Housing("another.officer")),
              HasReason("NOT_ACTION_OWNER"));
  ASSERT_THAT(ShareWith("a", {type::v1::AGENCY_KIND_HOUSING}), IsOk());
  EXPECT_TRUE(ItemSeenBy(Housing(), kSecond, "a").has_current_case_holder()) << "who reads it sees it";
  const auto maybe_item = GiveFeedback(Report(Item(kSecond, "a"), api::ACTION_STATE_DONE), Housing());
  ASSERT_THAT(maybe_item, IsOk());
  EXPECT_EQ(maybe_item->state(), api::ITEM_STATE_LISTED);
  EXPECT_THAT(Item(kSecond, "a").owner_reports(), SizeIs(1));
  EXPECT_EQ(Item(kSecond, "a").open_actions(0).state(), api::ACTION_STATE_DONE);
  EXPECT_EQ(Told<api::FeedbackRecorded>("a")[0].next_feedback_meeting(), testing::MeetingOn(kSecond));
  ExpectNobodyShown(*maybe_item);  // the answer is kept for repeats
}

TEST_F(ItemHandlersTest, AgencyMemberSeesOnlyPublishedItemsThatNeedTheAgency) {
  ASSERT_THAT(Nominate("b"), IsOk());
  ASSERT_THAT(Nominate("h", false, {type::v1::AGENCY_KIND_HOUSING}), IsOk());
  ASSERT_THAT(Build(kSecond), IsOk());
  EXPECT_THAT(Agenda(kSecond, Housing()), HasReason("MEETING_NOT_FOUND"));
  ASSERT_THAT(Publish(kSecond), IsOk());
  const auto maybe_items = Agenda(kSecond, Housing());
  ASSERT_THAT(maybe_items, IsOk());
  ASSERT_THAT(*maybe_items, SizeIs(1));
  EXPECT_EQ(maybe_items->front().case_(), testing::CaseName("h"));
  api::GetAgendaItemRequest request;
  request.set_name(Item(kSecond, "b").name());
  EXPECT_THAT(Ask(reads, &ReadHandlers::GetAgendaItem, request, Housing()), HasReason("AGENDA_ITEM_NOT_FOUND"));
}

TEST_F(ItemHandlersTest, PersonIsWithheldFromAnAgencyThatThePersonDidNotAgreeTo) {
  caseload::v1::CaseNominated agreed = Nominated("agreed", false, {type::v1::AGENCY_KIND_HOUSING});
  agreed.add_share_with(type::v1::AGENCY_KIND_HOUSING);
  ASSERT_THAT(Nominate(agreed), IsOk());
  ASSERT_THAT(Nominate("silent", false, {type::v1::AGENCY_KIND_HOUSING, type::v1::AGENCY_KIND_MENTAL_HEALTH}), IsOk());
  ASSERT_THAT(Build(kSecond), IsOk());
  ASSERT_THAT(Publish(kSecond), IsOk());
  const auto maybe_for_housing = Agenda(kSecond, Housing());
  ASSERT_THAT(maybe_for_housing, IsOk());
  ASSERT_THAT(*maybe_for_housing, SizeIs(2));
  for (const api::AgendaItem& item : *maybe_for_housing) {
    const bool silent = item.case_() == testing::CaseName("silent");
    EXPECT_EQ(item.person_withheld(), silent);
    EXPECT_EQ(item.has_person(), !silent);
    EXPECT_EQ(item.question().empty(), silent);
    EXPECT_EQ(item.has_link_worker(), !silent) << "who works with somebody tells who that is";
  }
  const auto maybe_items = Agenda(kSecond, As(Role::kAgencyMember, "cmht", "MENTAL_HEALTH"));
  ASSERT_THAT(maybe_items, IsOk());
  ASSERT_THAT(*maybe_items, SizeIs(1));
  EXPECT_FALSE(maybe_items->front().person_withheld());
}

TEST_F(ItemHandlersTest, AgencyThatThePersonDidNotAgreeToIsNotInvited) {
  ASSERT_THAT(Nominate("silent", false, {type::v1::AGENCY_KIND_HOUSING, type::v1::AGENCY_KIND_MENTAL_HEALTH}), IsOk());
  ASSERT_THAT(Build(kSecond), IsOk());
  ASSERT_THAT(Publish(kSecond), IsOk());
  EXPECT_THAT(Item(kSecond, "silent").agencies_without_consent(), ElementsAre(type::v1::AGENCY_KIND_HOUSING));
  EXPECT_THAT(Item(kSecond, "silent").agencies_needed(),
              ElementsAre(type::v1::AGENCY_KIND_HOUSING, type::v1::AGENCY_KIND_MENTAL_HEALTH));
  EXPECT_THAT(ItemSeenBy(Housing(), kSecond, "silent").agencies_without_consent(), IsEmpty());
  ASSERT_THAT(ShareWith("silent", {type::v1::AGENCY_KIND_HOUSING}), IsOk());
  EXPECT_THAT(Item(kSecond, "silent").agencies_without_consent(), IsEmpty()) << "the person was asked";
  ASSERT_THAT(ShareWith("silent", {}, /*declined=*/true), IsOk());
  EXPECT_THAT(Item(kSecond, "silent").agencies_without_consent(),
              ElementsAre(type::v1::AGENCY_KIND_HOUSING, type::v1::AGENCY_KIND_MENTAL_HEALTH));
}

TEST_F(ItemHandlersTest, ItemsAreGroupedByTheAgenciesThatAreInvited) {
  for (const char* id : {"first", "second", "third"}) {
    caseload::v1::CaseNominated event = Nominated(id, false, {type::v1::AGENCY_KIND_HOUSING});
    if (std::string(id) == "second") event.mutable_agencies_needed()->Clear();
    event.add_share_with(type::v1::AGENCY_KIND_HOUSING);
    ASSERT_THAT(Nominate(event), IsOk());
  }
  const auto order = [this] {
    std::vector<std::string> cases;
    for (const api::AgendaItem& item : Agenda(kSecond)) cases.push_back(item.case_());
    return cases;
  };
  ASSERT_THAT(Build(kSecond), IsOk());
  const std::vector<std::string> together = order();
  ASSERT_THAT(ShareWith("third", {}), IsOk());
  ASSERT_THAT(Build(kSecond), IsOk());
  EXPECT_NE(order(), together) << "housing does not come for the third any more";
}

TEST_F(ItemHandlersTest, RecoveryServicesSeeAPersonOnlyWithTheirAgreement) {
  const rpc::Call recovery = As(Role::kAgencyMember, "recovery.worker", "RECOVERY_SERVICES");
  caseload::v1::CaseNominated agreed = Nominated("agreed", false, {type::v1::AGENCY_KIND_RECOVERY_SERVICES});
  agreed.add_share_with(type::v1::AGENCY_KIND_RECOVERY_SERVICES);
  ASSERT_THAT(Nominate(agreed), IsOk());
  ASSERT_THAT(Nominate("silent", false, {type::v1::AGENCY_KIND_RECOVERY_SERVICES}), IsOk());
  ASSERT_THAT(Build(kSecond), IsOk());
  ASSERT_THAT(Publish(kSecond), IsOk());
  EXPECT_TRUE(ItemSeenBy(recovery, kSecond, "agreed").has_person());
  EXPECT_TRUE(ItemSeenBy(recovery, kSecond, "silent").person_withheld());
}

TEST_F(ItemHandlersTest, PersonIsWithheldFromEveryAgencyOnceConsentIsTakenBack) {
  DecideAtSecond();
  for (const char* date : {kSecond, kThird}) {
    EXPECT_TRUE(ItemSeenBy(Housing(), date, "b").has_person());
    EXPECT_TRUE(ItemSeenBy(MentalHealth(), date, "b").has_person());
  }
  ASSERT_THAT(ShareWith("b", {}, /*declined=*/true), IsOk());
  for (const char* date : {kSecond, kThird}) {
    ExpectNobodyShown(ItemSeenBy(Housing(), date, "b"));
    ExpectNobodyShown(ItemSeenBy(MentalHealth(), date, "b"));
    EXPECT_TRUE(ItemSeenBy(Coordinator(), date, "b").has_person());
    EXPECT_TRUE(ItemSeenBy(Coordinator(), date, "b").has_link_worker());
    EXPECT_TRUE(ItemSeenBy(Coordinator(), date, "b").has_current_case_holder());
  }
  ASSERT_THAT(AllActions(Housing()), SizeIs(1));
  EXPECT_TRUE(AllActions(Housing())[0].details_withheld());
  EXPECT_EQ(AllActions(Housing())[0].description(), "");
  EXPECT_EQ(AllActions(Coordinator())[0].description(), "Look at the damp");

  // What is carried over from here on, too.
  ASSERT_THAT(Cancel(kThird), IsOk());
  ASSERT_THAT(Build("2026-12-17"), IsOk());
  ASSERT_THAT(Publish("2026-12-17"), IsOk());
  ExpectNobodyShown(ItemSeenBy(Housing(), "2026-12-17", "b"));
}

TEST_F(ItemHandlersTest, NarrowedConsentIsFollowedOnAPublishedAgenda) {
  DecideAtSecond();
  ASSERT_THAT(ShareWith("b", {type::v1::AGENCY_KIND_VCSE}), IsOk());
  EXPECT_TRUE(ItemSeenBy(Housing(), kThird, "b").person_withheld());
  EXPECT_FALSE(ItemSeenBy(Housing(), kThird, "b").has_person());
  EXPECT_FALSE(ItemSeenBy(MentalHealth(), kThird, "b").person_withheld());
  ASSERT_THAT(ShareWith("b", {type::v1::AGENCY_KIND_HOUSING}), IsOk());
  EXPECT_TRUE(ItemSeenBy(Housing(), kThird, "b").has_person()) << "agreed to again";
}

TEST_F(ItemHandlersTest, WithdrawnItemShowsNobodyToAnAgency) {
  ASSERT_THAT(Nominate("b", false, {type::v1::AGENCY_KIND_MENTAL_HEALTH}), IsOk());
  ASSERT_THAT(Build(kSecond), IsOk());
  ASSERT_THAT(Publish(kSecond), IsOk());
  EXPECT_TRUE(ItemSeenBy(MentalHealth(), kSecond, "b").has_person());
  ASSERT_THAT(Withdraw("b"), IsOk());
  ExpectNobodyShown(ItemSeenBy(MentalHealth(), kSecond, "b"));
}

TEST_F(ItemHandlersTest, ActionsAreListedByOwnerAndAgencyMembersSeeTheirOwn) {
  ASSERT_THAT(Decide(Plan(Item(kFirst, "a"))), IsOk());
  EXPECT_THAT(AllActions(Coordinator()), SizeIs(1));
  EXPECT_THAT(AllActions(Coordinator(), "Housing.Officer"), SizeIs(1));
  EXPECT_THAT(AllActions(Coordinator(), "nurse"), IsEmpty());
  EXPECT_THAT(AllActions(Housing()), SizeIs(1));
  EXPECT_THAT(AllActions(Housing("another.officer")), IsEmpty());
  EXPECT_THAT(AllActions(Housing("another.officer"), "housing.officer"), IsEmpty());
}

TEST_F(ItemHandlersTest, ItemsOfACaseAreListedOverAllMeetings) {
  ASSERT_THAT(Decide(Plan(Item(kFirst, "a"))), IsOk());
  api::ListAgendaItemsRequest request;
  request.set_parent("networks/U12345/mdts/-/meetings/-");
  EXPECT_THAT(Ask(reads, &ReadHandlers::ListAgendaItems, request), HasReason("REQUIRED"));
  request.set_case_(testing::CaseName("a"));
  const auto maybe_items = Ask(reads, &ReadHandlers::ListAgendaItems, request);
  ASSERT_THAT(maybe_items, IsOk());
  ASSERT_THAT(maybe_items->agenda_items(), SizeIs(2));
  EXPECT_EQ(maybe_items->agenda_items(1).kind(), api::ITEM_KIND_FEEDBACK);
}

}  // namespace
}  // namespace splw::mdt_agenda
