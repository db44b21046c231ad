#include "services/caseload/mdt_status.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "services/caseload/limits.h"
#include "services/caseload/nomination.h"
#include "services/caseload/testing/builders.h"

namespace splw::caseload {
namespace {

using splw::testing::HasReason;
using splw::testing::IsOk;
using testkit::Action;
using testkit::ActiveCase;
using testkit::ClosedCase;
using testkit::Day;
using testkit::Decision;
using testkit::FeedbackGiven;
using testkit::kCaseId;
using testkit::kNetwork;
using testkit::MeetingName;
using testkit::Professional;
using testkit::Start;
using testkit::WaitingCase;
using testkit::Worker;

constexpr char kNominationId[] = "01J00000000000000000000007";

v1::NominateForMdtRequest Request() {
  v1::NominateForMdtRequest request;
  request.set_parent(CaseName(kNetwork, kCaseId));
  request.set_question("Who can help with the arrears?");
  request.add_agencies_needed(type::v1::AGENCY_KIND_HOUSING);
  request.set_urgency(type::v1::URGENCY_URGENT);
  return request;
}

NominationMade Nominated() {
  return *Nominate(ActiveCase(), Worker("w"), Request(), kNominationId, "amina@splw.example", Start());
}

TEST(NominationTest, ANominationTellsTheMdtWhatItNeedsToKnowAndNoMore) {
  CaseRecord record = ActiveCase();
  record.mutable_person()->add_adjustments("Large print");
  *record.mutable_person()->mutable_birth_date() = Day(1948, 3, 1);
  const NominationMade made = *Nominate(record, Worker("w"), Request(), kNominationId, "amina@splw.example", Start());
  type::v1::Person who;
  *who.mutable_name() = record.person().name();
  *who.mutable_nhs_number() = record.person().nhs_number();
  *who.mutable_birth_date() = record.person().birth_date();
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(made.event.person(), who));
  EXPECT_EQ(made.record.open_nomination_id(), kNominationId);
  EXPECT_EQ(made.record.mdt_status().nomination_state(), v1::NOMINATION_STATE_SENT);
  EXPECT_EQ(made.event.nomination(), NominationName(kNetwork, kCaseId, kNominationId));
  EXPECT_EQ(made.event.question(), "Who can help with the arrears?");
  EXPECT_EQ(made.event.share_with(0), type::v1::AGENCY_KIND_VCSE);
  EXPECT_EQ(made.event.link_worker().id(), "worker.w");
  EXPECT_EQ(made.event.link_worker().agency(), type::v1::AGENCY_KIND_SPLW_SERVICE);
  EXPECT_EQ(made.event.person().name().family(), "Sample");
  EXPECT_EQ(made.event.person().nhs_number().value(), "9990000018");
}

TEST(NominationTest, ANominationNamesTheAgenciesThatThePersonHasNotAgreedTo) {
  v1::NominateForMdtRequest request = Request();
  request.clear_agencies_needed();
  for (const auto agency : {type::v1::AGENCY_KIND_HOUSING, type::v1::AGENCY_KIND_VCSE,
                            type::v1::AGENCY_KIND_SOCIAL_CARE, type::v1::AGENCY_KIND_HOUSING}) {
    request.add_agencies_needed(agency);
  }
  const NominationMade made = *Nominate(ActiveCase(), Worker("w"), request, kNominationId, "by", Start());
  ASSERT_EQ(made.nomination.agencies_without_consent_size(), 1);
  EXPECT_EQ(made.nomination.agencies_without_consent(0), type::v1::AGENCY_KIND_HOUSING);
  EXPECT_EQ(made.event.agencies_needed_size(), 4) << "the MDT follows what the person says from now on";
}

TEST(NominationTest, ANominationTellsTheMdtNoMoreOfThePersonThanTheAgendaShows) {
  CaseRecord record = ActiveCase();
  type::v1::Person& person = *record.mutable_person();
  *person.mutable_birth_date() = Day(1948, 3, 7);
  person.set_ethnicity_code("A");
  person.mutable_address()->add_lines("4 Mill Lane");
  person.set_phone("0161 496 0000");
  person.set_email("jean@example.org");
  person.add_adjustments("Large print");
  const auto maybe_made = Nominate(record, Worker("w"), Request(), kNominationId, "by", Start());
  ASSERT_THAT(maybe_made, IsOk());
  type::v1::Person shown;
  *shown.mutable_name() = person.name();
  *shown.mutable_birth_date() = person.birth_date();
  *shown.mutable_nhs_number() = person.nhs_number();
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(maybe_made->event.person(), shown));
}

TEST(MdtStatusTest, TheTeamThatTakesAWaitingNominationShows) {
  const NominationMade made = Nominated();
  mdt::v1::NominationReceived event;
  event.set_nomination(made.event.nomination());
  MdtChange waiting = ApplyReceived(made.record, made.nomination, event, Start());
  ASSERT_TRUE(waiting.news);
  EXPECT_EQ(waiting.nomination->mdt(), "");
  event.set_mdt("networks/U12345/mdts/01J00000000000000000000002");
  const MdtChange taken = ApplyReceived(waiting.record, waiting.nomination, event, Start());
  ASSERT_TRUE(taken.news);
  EXPECT_EQ(taken.nomination->mdt(), event.mdt());
  EXPECT_EQ(taken.nomination->state(), v1::NOMINATION_STATE_RECEIVED);
  EXPECT_FALSE(ApplyReceived(taken.record, taken.nomination, event, Start()).news);
}

TEST(NominationTest, ACaseHasOneOpenNomination) {
  EXPECT_THAT(Nominate(Nominated().record, Worker("w"), Request(), "id", "by", Start()), HasReason("NOMINATION_OPEN"));
}

TEST(NominationTest, ACaseHoldsABoundedNumberOfNominations) {
  CaseRecord record = ActiveCase();
  record.set_nomination_count(kMaxNominationsPerCase - 1);
  const auto maybe_last = Nominate(record, Worker("w"), Request(), "id", "by", Start());
  ASSERT_THAT(maybe_last, IsOk());
  EXPECT_EQ(maybe_last->record.nomination_count(), kMaxNominationsPerCase);
  record.set_nomination_count(kMaxNominationsPerCase);
  EXPECT_THAT(Nominate(record, Worker("w"), Request(), "id", "by", Start()), HasReason("TOO_MANY_NOMINATIONS"));
}

TEST(NominationTest, OnlyAnActiveCaseIsNominated) {
  EXPECT_THAT(Nominate(WaitingCase(), Worker("w"), Request(), "id", "by", Start()), HasReason("ILLEGAL_TRANSITION"));
  EXPECT_THAT(Nominate(ClosedCase(), Worker("w"), Request(), "id", "by", Start()), HasReason("ILLEGAL_TRANSITION"));
}

TEST(NominationTest, APersonWhoDeclinedIsNotDiscussed) {
  CaseRecord record = ActiveCase();
  record.mutable_consent()->set_referral(type::v1::CONSENT_STATUS_DECLINED);
  EXPECT_THAT(Nominate(record, Worker("w"), Request(), "id", "by", Start()), HasReason("CONSENT_NOT_GIVEN"));
}

TEST(NominationTest, AWithdrawnNominationMakesRoomForAnother) {
  const NominationMade made = Nominated();
  const auto maybe_taken_back = WithdrawNomination(made.record, made.nomination, "SOLVED", Start());
  ASSERT_THAT(maybe_taken_back, IsOk());
  EXPECT_EQ(maybe_taken_back->record.open_nomination_id(), "");
  EXPECT_EQ(maybe_taken_back->nomination.state(), v1::NOMINATION_STATE_WITHDRAWN);
  EXPECT_EQ(maybe_taken_back->event.reason_code(), "SOLVED");
  EXPECT_THAT(WithdrawNomination(maybe_taken_back->record, maybe_taken_back->nomination, "SOLVED", Start()),
              HasReason("ILLEGAL_TRANSITION"));
  EXPECT_THAT(Nominate(maybe_taken_back->record, Worker("w"), Request(), "id", "by", Start()), IsOk());
}

mdt::v1::NominationScheduled Scheduled() {
  mdt::v1::NominationScheduled event;
  event.set_meeting(MeetingName("2026-09-24"));
  *event.mutable_start_time() = ToTimestamp(Start() + absl::Hours(24));
  return event;
}

TEST(MdtStatusTest, ANominationIsFollowedFromReceivedToScheduledToCarriedOver) {
  const NominationMade made = Nominated();
  mdt::v1::NominationReceived received;
  received.set_mdt("networks/U12345/mdts/m");
  MdtChange change = ApplyReceived(made.record, made.nomination, received, Start());
  EXPECT_EQ(change.nomination->state(), v1::NOMINATION_STATE_RECEIVED);
  EXPECT_EQ(change.nomination->mdt(), "networks/U12345/mdts/m");

  change = ApplyScheduled(change.record, change.nomination, Scheduled(), Start());
  EXPECT_EQ(change.record.mdt_status().nomination_state(), v1::NOMINATION_STATE_SCHEDULED);
  EXPECT_EQ(change.record.mdt_status().meeting(), MeetingName("2026-09-24"));
  EXPECT_TRUE(change.record.mdt_status().has_start_time());

  mdt::v1::NominationCarriedOver carried;
  carried.set_nomination(made.event.nomination());
  carried.set_next_meeting(MeetingName("2026-10-01"));
  carried.set_times_carried_over(1);
  change = ApplyCarriedOver(change.record, change.nomination, carried, Start());
  EXPECT_EQ(change.nomination->state(), v1::NOMINATION_STATE_CARRIED_OVER);
  EXPECT_EQ(change.record.mdt_status().meeting(), MeetingName("2026-10-01"));
  EXPECT_EQ(change.record.mdt_status().times_carried_over(), 1);
  EXPECT_FALSE(change.record.mdt_status().has_start_time());
}

TEST(MdtStatusTest, NewsOfAWithdrawnNominationChangesNothing) {
  const NominationMade made = Nominated();
  const NominationTakenBack taken_back = *WithdrawNomination(made.record, made.nomination, "SOLVED", Start());
  EXPECT_FALSE(ApplyReceived(taken_back.record, taken_back.nomination, {}, Start()).news);
  EXPECT_FALSE(ApplyScheduled(taken_back.record, taken_back.nomination, Scheduled(), Start()).news);
  EXPECT_FALSE(ApplyScheduled(taken_back.record, std::nullopt, Scheduled(), Start()).news);
  mdt::v1::NominationCarriedOver carried;
  carried.set_nomination(made.event.nomination());
  EXPECT_FALSE(ApplyCarriedOver(taken_back.record, taken_back.nomination, carried, Start()).news);
}

TEST(MdtStatusTest, ADecisionShowsOnTheCase) {
  const NominationMade made = Nominated();
  const auto maybe_change = ApplyDecision(made.record, made.nomination, Decision(kCaseId, kNominationId), Start());
  ASSERT_THAT(maybe_change, IsOk());
  const MdtStatusRecord& status = maybe_change->record.mdt_status();
  EXPECT_EQ(status.case_holder().id(), "nurse");
  EXPECT_EQ(status.key_worker().id(), "amina");
  EXPECT_EQ(status.actions_size(), 1);
  EXPECT_EQ(status.feedback_due_date().day(), 1);
  EXPECT_EQ(status.nomination_state(), v1::NOMINATION_STATE_DECIDED);
  EXPECT_EQ(maybe_change->record.open_nomination_id(), "");
  EXPECT_EQ(maybe_change->nomination->state(), v1::NOMINATION_STATE_DECIDED);
}

TEST(MdtStatusTest, OnePersonForBothRolesIsRefused) {
  mdt::v1::DecisionRecorded event = Decision(kCaseId);
  for (const char* id : {"nurse", "Nurse"}) {
    event.mutable_key_worker()->set_id(id);
    EXPECT_THAT(ApplyDecision(ActiveCase(), std::nullopt, event, Start()), HasReason("SAME_PERSON_FOR_BOTH_ROLES"));
  }
}

TEST(MdtStatusTest, WhoTakesTheOtherRoleLeavesTheirOwnVacant) {
  const CaseRecord decided = ApplyDecision(ActiveCase(), std::nullopt, Decision(kCaseId), Start())->record;
  mdt::v1::DecisionRecorded next = Decision(kCaseId, "", "item-2");
  next.clear_key_worker();
  *next.mutable_case_holder() = Professional("amina", type::v1::AGENCY_KIND_SOCIAL_CARE);
  const auto maybe_change = ApplyDecision(decided, std::nullopt, next, Start());
  ASSERT_THAT(maybe_change, IsOk());
  EXPECT_EQ(maybe_change->record.mdt_status().case_holder().id(), "amina");
  EXPECT_FALSE(maybe_change->record.mdt_status().has_key_worker());
}

TEST(MdtStatusTest, ARepeatedOrOlderVersionIsNoNews) {
  const CaseRecord decided =
      ApplyDecision(ActiveCase(), std::nullopt, Decision(kCaseId, "", "item-1", 2), Start())->record;
  EXPECT_FALSE(ApplyDecision(decided, std::nullopt, Decision(kCaseId, "", "item-1", 2), Start())->news);
  EXPECT_FALSE(ApplyDecision(decided, std::nullopt, Decision(kCaseId, "", "item-1", 1), Start())->news);
}

TEST(MdtStatusTest, ACorrectionReplacesActions) {
  const CaseRecord decided = ApplyDecision(ActiveCase(), std::nullopt, Decision(kCaseId), Start())->record;
  mdt::v1::DecisionRecorded correction = Decision(kCaseId, "", "item-1", 2);
  correction.clear_actions();
  *correction.add_actions() = Action("action-2");
  const auto maybe_change = ApplyDecision(decided, std::nullopt, correction, Start());
  ASSERT_THAT(maybe_change, IsOk());
  ASSERT_EQ(maybe_change->record.mdt_status().actions_size(), 1);
  EXPECT_EQ(maybe_change->record.mdt_status().actions(0).action(), "action-2");
}

TEST(MdtStatusTest, ACorrectionGivesTheCaseBackOnBothSides) {
  CaseRecord record = ApplyDecision(ActiveCase(), std::nullopt, Decision(kCaseId), Start())->record;
  mdt::v1::DecisionRecorded later = Decision(kCaseId, "", "item-2");
  *later.mutable_case_holder() = Professional("social", type::v1::AGENCY_KIND_SOCIAL_CARE);
  *later.mutable_current_assignment()->mutable_case_holder() = later.case_holder();
  *later.mutable_current_assignment()->mutable_key_worker() = later.key_worker();
  record = ApplyDecision(record, std::nullopt, later, Start())->record;
  EXPECT_EQ(record.mdt_status().case_holder().id(), "social");

  mdt::v1::DecisionRecorded corrected = Decision(kCaseId, "", "item-2", 2);
  *corrected.mutable_current_assignment()->mutable_case_holder() = corrected.case_holder();
  *corrected.mutable_current_assignment()->mutable_key_worker() = corrected.key_worker();
  corrected.clear_case_holder();
  corrected.clear_key_worker();
  record = ApplyDecision(record, std::nullopt, corrected, Start())->record;
  EXPECT_EQ(record.mdt_status().case_holder().id(), "nurse");
  EXPECT_EQ(record.mdt_status().key_worker().id(), "amina");

  mdt::v1::DecisionRecorded taken_back = Decision(kCaseId, "", "item-1", 2);
  taken_back.clear_case_holder();
  taken_back.clear_key_worker();
  taken_back.mutable_current_assignment();
  record = ApplyDecision(record, std::nullopt, taken_back, Start())->record;
  EXPECT_FALSE(record.mdt_status().has_case_holder());
  EXPECT_FALSE(record.mdt_status().has_key_worker());
}

TEST(MdtStatusTest, ADecisionWithoutAssignmentsLeavesThoseOfAnEarlierItem) {
  const CaseRecord decided = ApplyDecision(ActiveCase(), std::nullopt, Decision(kCaseId), Start())->record;
  mdt::v1::DecisionRecorded advice = Decision(kCaseId, "", "item-2");
  advice.clear_case_holder();
  advice.clear_key_worker();
  advice.set_outcome(mdt::v1::DECISION_OUTCOME_ADVICE_GIVEN);
  EXPECT_EQ(ApplyDecision(decided, std::nullopt, advice, Start())->record.mdt_status().case_holder().id(), "nurse");
}

TEST(MdtStatusTest, ACorrectionOfAnEarlierItemDoesNotMoveTheCase) {
  CaseRecord record = ApplyDecision(ActiveCase(), std::nullopt, Decision(kCaseId, "", "item-1"), Start())->record;
  mdt::v1::DecisionRecorded later = Decision(kCaseId, "", "item-2");
  *later.mutable_case_holder() = Professional("social", type::v1::AGENCY_KIND_SOCIAL_CARE);
  record = ApplyDecision(record, std::nullopt, later, Start())->record;
  record = ApplyDecision(record, std::nullopt, Decision(kCaseId, "", "item-1", 2), Start())->record;
  EXPECT_EQ(record.mdt_status().case_holder().id(), "social");
}

TEST(MdtStatusTest, ALateDecisionOnAClosedCaseIsRecorded) {
  const auto maybe_change = ApplyDecision(ClosedCase(), std::nullopt, Decision(kCaseId), Start());
  ASSERT_THAT(maybe_change, IsOk());
  EXPECT_TRUE(maybe_change->record.mdt_status().has_case_holder());
  EXPECT_EQ(maybe_change->record.state(), v1::CASE_STATE_CLOSED);
}

mdt::v1::FeedbackMoved FeedbackMovedTo(const std::string& of_item, const std::string& date,
                                       const google::type::Date& day) {
  mdt::v1::FeedbackMoved event;
  event.set_of_item(of_item);
  event.set_meeting(MeetingName(date));
  *event.mutable_due_date() = day;
  return event;
}

TEST(MdtStatusTest, FeedbackSettlesTheDebtOrMovesIt) {
  const CaseRecord decided = ApplyDecision(ActiveCase(), std::nullopt, Decision(kCaseId), Start())->record;
  const auto moved = FeedbackMovedTo("item-1", "2026-10-08", Day(2026, 10, 8));
  EXPECT_EQ(ApplyFeedbackMoved(decided, moved).record.mdt_status().feedback_due_date().day(), 8);

  mdt::v1::FeedbackRecorded feedback = FeedbackGiven(kCaseId, "item-1", "feedback-1");
  *feedback.add_actions() = Action("action-1", mdt::v1::ACTION_STATE_DONE);
  const MdtStatusRecord settled = ApplyFeedback(decided, feedback).record.mdt_status();
  EXPECT_FALSE(settled.has_feedback_due_date());
  EXPECT_EQ(settled.feedback_meeting(), "");
  EXPECT_EQ(settled.actions(0).state(), mdt::v1::ACTION_STATE_DONE);
  EXPECT_EQ(settled.last_feedback_summary(), "Done.");

  const auto more = FeedbackGiven(kCaseId, "item-1", "feedback-1", "2026-10-15", Day(2026, 10, 15));
  EXPECT_EQ(ApplyFeedback(decided, more).record.mdt_status().feedback_due_date().day(), 15);
}

TEST(MdtStatusTest, AdviceOnOneItemLeavesTheFeedbackOwedOnAnother) {
  CaseRecord record = ApplyDecision(ActiveCase(), std::nullopt, Decision(kCaseId), Start())->record;
  record =
      ApplyFeedback(record, FeedbackGiven(kCaseId, "item-1", "feedback-1", "2026-10-15", Day(2026, 10, 15))).record;
  mdt::v1::DecisionRecorded advice = Decision(kCaseId, "", "item-2");
  advice.clear_feedback_meeting();
  advice.clear_feedback_due_date();
  record = ApplyDecision(record, std::nullopt, advice, Start())->record;
  EXPECT_EQ(record.mdt_status().feedback_due_date().day(), 15);
  EXPECT_EQ(record.mdt_status().feedback_meeting(), MeetingName("2026-10-15"));
  EXPECT_FALSE(CloseCase(record, v1::CASE_OUTCOME_GOALS_MET, false, Start()).ok()) << "feedback is due";
}

TEST(MdtStatusTest, OfSeveralDebtsTheEarliestShowsUntilItIsSettled) {
  CaseRecord record = ApplyDecision(ActiveCase(), std::nullopt, Decision(kCaseId), Start())->record;
  mdt::v1::DecisionRecorded sooner = Decision(kCaseId, "", "item-2");
  sooner.set_feedback_meeting(MeetingName("2026-09-29"));
  *sooner.mutable_feedback_due_date() = Day(2026, 9, 29);
  record = ApplyDecision(record, std::nullopt, sooner, Start())->record;
  EXPECT_EQ(record.mdt_status().feedback_due_date().day(), 29);

  record = ApplyFeedbackMoved(record, FeedbackMovedTo("item-2", "2026-10-06", Day(2026, 10, 6))).record;
  EXPECT_EQ(record.mdt_status().feedback_due_date().day(), 1) << "now the other item's is due first";
  record = ApplyFeedback(record, FeedbackGiven(kCaseId, "item-1", "feedback-1")).record;
  EXPECT_EQ(record.mdt_status().feedback_due_date().day(), 6);
  record = ApplyFeedback(record, FeedbackGiven(kCaseId, "item-2", "feedback-2")).record;
  EXPECT_FALSE(record.mdt_status().has_feedback_due_date());
}

TEST(MdtStatusTest, WhatAnOwnerReportsBeforeTheMeetingSettlesNothing) {
  const CaseRecord decided = ApplyDecision(ActiveCase(), std::nullopt, Decision(kCaseId), Start())->record;
  mdt::v1::FeedbackRecorded report = FeedbackGiven(kCaseId, "item-1", "feedback-1", "2026-10-01", Day(2026, 10, 1));
  *report.add_actions() = Action("action-1", mdt::v1::ACTION_STATE_DONE);
  const MdtStatusRecord status = ApplyFeedback(decided, report).record.mdt_status();
  EXPECT_EQ(status.feedback_due_date().day(), 1);
  EXPECT_EQ(status.actions(0).state(), mdt::v1::ACTION_STATE_DONE);
  EXPECT_FALSE(status.has_last_feedback_time());
}

TEST(MdtStatusTest, FeedbackWithoutItsItemSettlesAllThatACaseOwed) {
  const CaseRecord decided = ApplyDecision(ActiveCase(), std::nullopt, Decision(kCaseId), Start())->record;
  EXPECT_FALSE(
      ApplyFeedback(decided, FeedbackGiven(kCaseId, "", "feedback-1")).record.mdt_status().has_feedback_due_date());
}

TEST(MdtStatusTest, ActionsAreBoundedAndTheFinishedGoFirst) {
  CaseRecord record = ActiveCase();
  mdt::v1::FeedbackRecorded feedback;
  for (std::size_t i = 0; i <= kMaxMdtActionsPerCase; ++i) {
    *feedback.add_actions() =
        Action("action-" + std::to_string(i), i == 50 ? mdt::v1::ACTION_STATE_DONE : mdt::v1::ACTION_STATE_OPEN);
  }
  const MdtStatusRecord status = ApplyFeedback(record, feedback).record.mdt_status();
  EXPECT_EQ(static_cast<std::size_t>(status.actions_size()), kMaxMdtActionsPerCase);
  EXPECT_EQ(status.actions(0).action(), "action-0");
  for (const auto& action : status.actions()) EXPECT_NE(action.action(), "action-50");
}

}  // namespace
}  // namespace splw::caseload
