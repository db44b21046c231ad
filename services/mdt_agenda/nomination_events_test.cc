#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "services/mdt_agenda/testing/agenda_world.h"

namespace splw::mdt_agenda {
namespace {

using splw::testing::HasReason;
using splw::testing::IsOk;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class NominationEventsTest : public ::testing::Test, protected testing::AgendaWorld {
 protected:
  void TearDown() override { EXPECT_THAT(Faults(), IsEmpty()); }
};

TEST_F(NominationEventsTest, NominationWaitsForTheTeamAndTheCaseloadHears) {
  ASSERT_THAT(Create(Team()), IsOk());
  ASSERT_THAT(Nominate("a"), IsOk());
  const api::Nomination nomination = Nomination("a");
  EXPECT_EQ(nomination.state(), api::NOMINATION_STATE_WAITING);
  EXPECT_EQ(nomination.mdt(), testing::kTeam);
  EXPECT_EQ(nomination.person().display_name(), "Jean Sample");
  const auto told = Told<api::NominationReceived>("a");
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].mdt(), testing::kTeam);
  EXPECT_EQ(Envelopes("a")[0].correlation_id(), "referral-1");
}

TEST_F(NominationEventsTest, NominationBeforeAnyTeamWaitsAndIsGivenToTheFirst) {
  ASSERT_THAT(Nominate("a"), IsOk());
  EXPECT_EQ(Nomination("a").waiting_reason(), "NO_MDT");
  EXPECT_EQ(Nomination("a").mdt(), "");
  ASSERT_THAT(Create(Team()), IsOk());
  EXPECT_EQ(Nomination("a").waiting_reason(), "");
  EXPECT_EQ(Nomination("a").mdt(), testing::kTeam);
  EXPECT_THAT(Told<api::NominationReceived>("a"), SizeIs(2));
  EXPECT_EQ(Envelopes("a")[1].correlation_id(), "referral-1");
}

TEST_F(NominationEventsTest, NominationForAnUnknownTeamIsNotLost) {
  ASSERT_THAT(Create(Team()), IsOk());
  caseload::v1::CaseNominated event = Nominated("a");
  event.set_mdt("networks/U12345/mdts/elsewhere");
  ASSERT_THAT(Nominate(event), IsOk());
  EXPECT_EQ(Nomination("a").mdt(), testing::kTeam);
  EXPECT_EQ(Nomination("a").waiting_reason(), "UNKNOWN_MDT");
}

TEST_F(NominationEventsTest, AgendaSaysThatACaseWasMeantForATeamThatIsNotKnown) {
  ASSERT_THAT(Create(Team()), IsOk());
  caseload::v1::CaseNominated event = Nominated("a");
  event.set_mdt("networks/U12345/mdts/elsewhere");
  ASSERT_THAT(Nominate(event), IsOk());
  ASSERT_THAT(Nominate("b"), IsOk());
  for (int builds = 0; builds < 2; ++builds) {
    ASSERT_THAT(Build("2026-11-26"), IsOk());
    EXPECT_EQ(Nomination("a").waiting_reason(), "UNKNOWN_MDT") << "it is planned, and nobody has agreed to it yet";
    EXPECT_THAT(Item("2026-11-26", "a").placement_reason(), HasSubstr("asked of a team that is not known"));
    EXPECT_THAT(Item("2026-11-26", "b").placement_reason(), Not(HasSubstr("not known")));
  }
  ASSERT_THAT(Publish("2026-11-26"), IsOk());
  EXPECT_EQ(Nomination("a").waiting_reason(), "");
}

TEST_F(NominationEventsTest, TeamThatIsAskedForGetsTheNomination) {
  ASSERT_THAT(Create(Team()), IsOk());
  clock_.Advance(absl::Seconds(1));
  ASSERT_THAT(Create(Team(), "hospital"), IsOk());
  caseload::v1::CaseNominated event = Nominated("a");
  event.set_mdt("networks/U12345/mdts/hospital");
  ASSERT_THAT(Nominate(event), IsOk());
  EXPECT_EQ(Nomination("a").mdt(), event.mdt());
  ASSERT_THAT(Nominate("b"), IsOk());
  EXPECT_EQ(Nomination("b").mdt(), testing::kTeam);
}

TEST_F(NominationEventsTest, RepeatedNominationChangesNothing) {
  ASSERT_THAT(Create(Team()), IsOk());
  ASSERT_THAT(Nominate("a"), IsOk());
  const std::string etag = Nomination("a").etag();
  ASSERT_THAT(Nominate("a"), IsOk());
  EXPECT_EQ(Nomination("a").etag(), etag);
  EXPECT_THAT(Told<api::NominationReceived>("a"), SizeIs(1));
}

TEST_F(NominationEventsTest, NominationOfAnotherNetworkIsRefused) {
  caseload::v1::CaseNominated event = Nominated("a");
  event.set_nomination("networks/U99999/cases/a/nominations/1");
  EXPECT_THAT(Nominate(event), HasReason("NAME_INVALID"));
}

TEST_F(NominationEventsTest, WithdrawnNominationIsNotPlannedAnyMore) {
  ASSERT_THAT(Create(Team()), IsOk());
  ASSERT_THAT(Nominate("a"), IsOk());
  ASSERT_THAT(Build("2026-11-26"), IsOk());
  ASSERT_THAT(Agenda("2026-11-26"), SizeIs(1));
  ASSERT_THAT(Withdraw("a"), IsOk());
  EXPECT_EQ(Nomination("a").state(), api::NOMINATION_STATE_WITHDRAWN);
  EXPECT_THAT(Agenda("2026-11-26"), IsEmpty());
  const auto maybe_built = Build("2026-11-26");
  ASSERT_THAT(maybe_built, IsOk());
  EXPECT_EQ(maybe_built->item_counts().total(), 0);
}

TEST_F(NominationEventsTest, WithdrawnNominationStaysListedOnAPublishedAgenda) {
  ASSERT_THAT(Create(Team()), IsOk());
  ASSERT_THAT(Nominate("a"), IsOk());
  ASSERT_THAT(Build("2026-11-26"), IsOk());
  ASSERT_THAT(Publish("2026-11-26"), IsOk());
  ASSERT_THAT(Withdraw("a"), IsOk());
  EXPECT_EQ(Item("2026-11-26", "a").state(), api::ITEM_STATE_WITHDRAWN);
  EXPECT_EQ(Item("2026-11-26", "a").reason_code(), "CASE_CLOSED");
  EXPECT_EQ(Meeting("2026-11-26").item_counts().withdrawn(), 1);
  ASSERT_THAT(Start("2026-11-26"), IsOk());
  EXPECT_THAT(Decide(Advice(Item("2026-11-26", "a"))), HasReason("ILLEGAL_TRANSITION"));
}

TEST_F(NominationEventsTest, WithdrawalAfterTheDecisionChangesNothing) {
  ASSERT_THAT(Create(Team()), IsOk());
  ASSERT_THAT(Nominate("a"), IsOk());
  Hold("2026-11-26");
  ASSERT_THAT(Decide(Advice(Item("2026-11-26", "a"))), IsOk());
  ASSERT_THAT(Withdraw("a"), IsOk());
  EXPECT_EQ(Nomination("a").state(), api::NOMINATION_STATE_DECIDED);
  EXPECT_EQ(Item("2026-11-26", "a").state(), api::ITEM_STATE_DECIDED);
}

TEST_F(NominationEventsTest, WithdrawalOfWhatNeverArrivedIsDone) {
  EXPECT_THAT(Withdraw("a"), IsOk());
}

TEST_F(NominationEventsTest, WhatThePersonSharesIsKeptInWhateverOrderItArrives) {
  ASSERT_THAT(Create(Team()), IsOk());
  caseload::v1::CaseNominated nominated = Nominated("a", false, {type::v1::AGENCY_KIND_HOUSING});
  nominated.add_share_with(type::v1::AGENCY_KIND_HOUSING);
  ASSERT_THAT(ShareWith("a", {}), IsOk());
  ASSERT_THAT(Nominate(nominated), IsOk());
  ASSERT_THAT(Build("2026-11-26"), IsOk());
  ASSERT_THAT(Publish("2026-11-26"), IsOk());
  const auto seen = [this] {
    return Agenda("2026-11-26", As(identity::Role::kAgencyMember, "officer", "HOUSING"))->front().has_person();
  };
  EXPECT_FALSE(seen()) << "what the nomination says is older";

  caseload::v1::CaseSharingChanged older;
  older.set_case_(testing::CaseName("a"));
  older.add_share_with(type::v1::AGENCY_KIND_HOUSING);
  *older.mutable_time() = ToTimestamp(testing::Monday());
  ASSERT_THAT(Share(older), IsOk());
  EXPECT_FALSE(seen()) << "older than what is known";

  clock_.Advance(absl::Seconds(1));
  caseload::v1::CaseSharingChanged newer = older;
  *newer.mutable_time() = ToTimestamp(clock_.Now());
  ASSERT_THAT(Share(newer), IsOk());
  ASSERT_THAT(Share(newer), IsOk()) << "a repeat";
  EXPECT_TRUE(seen());
}

TEST_F(NominationEventsTest, SharingOfAnotherNetworksCaseIsRefused) {
  caseload::v1::CaseSharingChanged event;
  event.set_case_("networks/U99999/cases/a");
  EXPECT_THAT(Share(event), HasReason("NAME_INVALID"));
}

TEST_F(NominationEventsTest, NewLinkWorkerIsNamedOnWhatIsStillToBeDiscussed) {
  ASSERT_THAT(Create(Team()), IsOk());
  ASSERT_THAT(Nominate("a"), IsOk());
  ASSERT_THAT(Nominate("b"), IsOk());
  ASSERT_THAT(GiveTo("a", "second.worker"), IsOk());
  EXPECT_EQ(Nomination("a").link_worker().id(), "second.worker") << "while it waits";
  ASSERT_THAT(Build("2026-11-26"), IsOk());
  ASSERT_THAT(Publish("2026-11-26"), IsOk());
  EXPECT_EQ(Item("2026-11-26", "a").link_worker().id(), "second.worker");
  const absl::Time then = clock_.Now();
  ASSERT_THAT(GiveTo("a", "third.worker"), IsOk());
  EXPECT_EQ(Nomination("a").link_worker().id(), "third.worker");
  EXPECT_EQ(Item("2026-11-26", "a").link_worker().id(), "third.worker") << "on a published agenda, too";
  EXPECT_EQ(Item("2026-11-26", "b").link_worker().id(), "link.worker") << "another case";

  const std::string nomination = Nomination("a").etag();
  const std::string item = Item("2026-11-26", "a").etag();
  ASSERT_THAT(GiveTo("a", "third.worker", clock_.Now()), IsOk()) << "a repeat";
  ASSERT_THAT(GiveTo("a", "second.worker", then), IsOk()) << "older than what is known";
  EXPECT_EQ(Nomination("a").etag(), nomination);
  EXPECT_EQ(Item("2026-11-26", "a").etag(), item);
}

TEST_F(NominationEventsTest, FeedbackNamesTheLinkWorkerWhoHasTheCaseThen) {
  ASSERT_THAT(Create(Team()), IsOk());
  ASSERT_THAT(Nominate("a"), IsOk());
  Hold("2026-11-26");
  ASSERT_THAT(Decide(Plan(Item("2026-11-26", "a"))), IsOk());
  ASSERT_THAT(GiveTo("a", "second.worker"), IsOk());
  EXPECT_EQ(Item("2026-12-03", "a").link_worker().id(), "second.worker");
  ASSERT_THAT(Decide(Advice(Item("2026-11-26", "a"))), IsOk());
  ASSERT_THAT(Decide(Plan(Item("2026-11-26", "a"))), IsOk());
  EXPECT_EQ(Item("2026-12-03", "a").link_worker().id(), "second.worker") << "owed anew by a correction";

  ASSERT_THAT(Close("2026-11-26"), IsOk());
  ASSERT_THAT(GiveTo("a", "third.worker"), IsOk());
  EXPECT_EQ(Item("2026-12-03", "a").link_worker().id(), "third.worker");
  EXPECT_EQ(Item("2026-11-26", "a").link_worker().id(), "second.worker") << "what is over names who had it then";
  EXPECT_EQ(Nomination("a").link_worker().id(), "link.worker");
}

TEST_F(NominationEventsTest, LinkWorkerOfAnotherNetworksCaseIsRefused) {
  caseload::v1::CaseLinkWorkerChanged event;
  event.set_case_("networks/U99999/cases/a");
  EXPECT_THAT(GiveTo(event), HasReason("NAME_INVALID"));
}

TEST_F(NominationEventsTest, NominationsAreListedByStateTeamAndCase) {
  ASSERT_THAT(Create(Team()), IsOk());
  for (const char* id : {"a", "b", "c"}) ASSERT_THAT(Nominate(id), IsOk());
  ASSERT_THAT(Withdraw("b"), IsOk());
  api::ListNominationsRequest request;
  request.set_parent(testing::kParent);
  const auto count = [&] { return Ask(reads, &ReadHandlers::ListNominations, request)->nominations_size(); };
  EXPECT_EQ(count(), 3);
  request.set_state(api::NOMINATION_STATE_WAITING);
  EXPECT_EQ(count(), 2);
  request.set_mdt(testing::kTeam);
  EXPECT_EQ(count(), 2);
  request.set_case_(testing::CaseName("b"));
  EXPECT_EQ(count(), 0);
  request.clear_state();
  EXPECT_EQ(count(), 1);
}

}  // namespace
}  // namespace splw::mdt_agenda
