#include "clients/splwctl/render.h"

#include <sstream>

#include <gtest/gtest.h>

#include "clients/splwctl/meeting_view.h"
#include "splw/referral/v1/referral.pb.h"

namespace splw::ctl {
namespace {

referral::v1::Referral SampleReferral() {
  referral::v1::Referral referral;
  referral.set_state(referral::v1::REFERRAL_STATE_ACCEPTED);
  auto& person = *referral.mutable_person();
  person.mutable_name()->set_given("Margaret");
  person.mutable_name()->set_preferred("Peggy");
  person.mutable_name()->set_family("Ellison");
  person.mutable_nhs_number()->set_value("9990001375");
  person.mutable_birth_date()->set_year(1948);
  referral.mutable_submit_time()->set_seconds(1782900000);  // 2026-07-01 10:00 UTC
  referral.add_needs()->set_category(type::v1::NEED_CATEGORY_MONEY);
  return referral;
}

TEST(FieldTextTest, ShowsValuesAsPeopleReadThem) {
  const referral::v1::Referral referral = SampleReferral();
  EXPECT_EQ(FieldText(referral, "state"), "accepted");
  EXPECT_EQ(FieldText(referral, "person.name"), "Margaret “Peggy” Ellison");
  EXPECT_EQ(FieldText(referral, "person.nhs_number"), "999 000 1375");
  EXPECT_EQ(FieldText(referral, "person.birth_date"), "1948");
  EXPECT_EQ(FieldText(referral, "needs"), "1");
  EXPECT_EQ(FieldText(referral, "case"), "");
  EXPECT_EQ(FieldText(referral, "crisis_acknowledgement.acknowledge_time"), "");
}

TEST(FieldTextTest, ShowsInstantsByLondonsClocks) {
  EXPECT_EQ(FieldText(SampleReferral(), "submit_time"), "Wed 1 Jul 2026 11:00");  // summer time
}

TEST(PrintOutlineTest, ShowsEverySetFieldAndNothingElse) {
  std::ostringstream out;
  PrintOutline(out, SampleReferral());
  EXPECT_NE(out.str().find("state                   accepted\n"), std::string::npos);
  EXPECT_NE(out.str().find("needs 1\n  category                money\n"), std::string::npos);
  EXPECT_EQ(out.str().find("urgency"), std::string::npos);
}

MeetingPapers SamplePapers() {
  MeetingPapers papers;
  papers.team.set_display_name("Calderwick MDT");
  papers.team.add_core_agencies(type::v1::AGENCY_KIND_PRIMARY_CARE);
  auto& officer = *papers.team.add_members()->mutable_professional();
  officer.set_display_name("Sue Pemberton");
  officer.set_agency(type::v1::AGENCY_KIND_HOUSING);
  papers.meeting.set_name("networks/U12345/mdts/calderwick/meetings/2026-11-26");
  papers.meeting.mutable_date()->set_year(2026);
  papers.meeting.mutable_date()->set_month(11);
  papers.meeting.mutable_date()->set_day(26);
  papers.meeting.mutable_start_time()->set_seconds(1795701600);  // 14:00 UTC
  papers.meeting.mutable_end_time()->set_seconds(1795701600 + 90 * 60);
  for (int i = 0; i < 2; ++i) {
    auto& item = *papers.items.emplace_back().mutable_start_time();
    item.set_seconds(1795701600 + i * 600);
    papers.items.back().set_position(i + 1);
    papers.items.back().set_length_minutes(10);
    papers.items.back().set_kind(mdt::v1::ITEM_KIND_NEW);
    papers.items.back().mutable_person()->set_display_name(i == 0 ? "Ellison, Margaret" : "Boyle, Terence");
    papers.items.back().set_question("Who holds this together?");
    papers.items.back().add_agencies_needed(type::v1::AGENCY_KIND_HOUSING);
  }
  return papers;
}

TEST(PrintAgendaTest, ShowsTimesAndWhoComesForWhichPart) {
  std::ostringstream out;
  PrintAgenda(out, SamplePapers());
  EXPECT_NE(out.str().find("14:00   1 NEW  ·  Ellison, Margaret  ·  10 minutes"), std::string::npos) << out.str();
  EXPECT_NE(out.str().find("14:10   2 NEW  ·  Boyle, Terence"), std::string::npos);
  EXPECT_NE(out.str().find("14:00–14:20   housing"), std::string::npos);
  EXPECT_NE(out.str().find("Sue Pemberton"), std::string::npos);
  EXPECT_NE(out.str().find("items 1, 2  (20 minutes)"), std::string::npos);
  EXPECT_NE(out.str().find("Throughout: primary care"), std::string::npos);
}

TEST(PrintAgendaTest, SaysThatAPersonIsWithheld) {
  MeetingPapers papers = SamplePapers();
  papers.items[0].clear_person();
  papers.items[0].set_person_withheld(true);
  std::ostringstream out;
  PrintAgenda(out, papers);
  EXPECT_NE(out.str().find("withheld"), std::string::npos);
}

TEST(PrintAgendaTest, InvitesNobodyWhomThePersonDoesNotLetBeTold) {
  MeetingPapers papers = SamplePapers();
  papers.items[0].add_agencies_without_consent(type::v1::AGENCY_KIND_HOUSING);
  std::ostringstream one;
  PrintAgenda(one, papers);
  EXPECT_NE(one.str().find("not invited, the person has not agreed: housing"), std::string::npos) << one.str();
  EXPECT_NE(one.str().find("items 2  (10 minutes)"), std::string::npos);
  papers.items[1].add_agencies_without_consent(type::v1::AGENCY_KIND_HOUSING);
  std::ostringstream none;
  PrintAgenda(none, papers);
  EXPECT_EQ(none.str().find("Invited for their part"), std::string::npos) << none.str();
}

TEST(PrintAgendaTest, ShowsOfAWithdrawnItemThatItIsWithdrawnAndInvitesNobodyForIt) {
  MeetingPapers papers = SamplePapers();
  papers.items[1].set_state(mdt::v1::ITEM_STATE_WITHDRAWN);
  papers.items[1].set_reason_code("CONSENT_WITHDRAWN");
  std::ostringstream out;
  PrintAgenda(out, papers);
  EXPECT_NE(out.str().find("2 WITHDRAWN: not to be discussed  ·  CONSENT_WITHDRAWN"), std::string::npos) << out.str();
  EXPECT_EQ(out.str().find("Boyle"), std::string::npos);
  EXPECT_NE(out.str().find("items 1  (10 minutes)"), std::string::npos);
}

TEST(PrintMinutesTest, ShowsDecisionsAndWhatWasCarriedOver) {
  MeetingPapers papers = SamplePapers();
  papers.items[0].set_name("networks/U12345/mdts/calderwick/meetings/2026-11-26/items/a");
  papers.items[0].set_feedback_item("networks/U12345/mdts/calderwick/meetings/2026-12-03/items/b");
  auto& decision = *papers.items[0].mutable_decision();
  decision.set_outcome(mdt::v1::DECISION_OUTCOME_PLAN_AGREED);
  decision.set_summary("The falls come first.");
  decision.mutable_case_holder()->set_id("grace.adeyemi");
  decision.mutable_case_holder()->set_display_name("Grace Adeyemi");
  decision.mutable_case_holder()->set_agency(type::v1::AGENCY_KIND_COMMUNITY_NURSING);
  auto& left = *papers.meeting.add_carried_over();
  left.set_item(papers.items[0].name());
  left.set_next_meeting("networks/U12345/mdts/calderwick/meetings/2026-12-03");
  left.set_reason_code("NOT_REACHED");
  left.set_times_carried_over(1);
  std::ostringstream out;
  PrintMinutes(out, papers);
  EXPECT_NE(out.str().find("decided: plan agreed. The falls come first."), std::string::npos) << out.str();
  EXPECT_NE(out.str().find("case-holder: Grace Adeyemi (community nursing)"), std::string::npos);
  EXPECT_NE(out.str().find("feedback due: 2026-12-03"), std::string::npos);
  EXPECT_NE(out.str().find("→  2026-12-03  (NOT_REACHED, for the first time)"), std::string::npos);
}

TEST(FieldTextTest, LeadsThroughRepeatedMessages) {
  referral::v1::Referral referral;
  EXPECT_EQ(FieldText(referral, "findings.code"), "");
  referral.add_findings()->set_code(referral::v1::FINDING_CODE_CRISIS_INDICATED);
  referral.add_findings()->set_code(referral::v1::FINDING_CODE_CRISIS_QUESTIONS_NOT_ASKED);
  EXPECT_EQ(FieldText(referral, "findings.code"), "crisis indicated, crisis questions not asked");
}

TEST(StartOfDayTest, GoesByTheClocksOfLondon) {
  google::type::Date date;
  date.set_year(2026);
  date.set_month(7);
  date.set_day(1);
  EXPECT_EQ(LocalTime(StartOfDay(date)), "Wed 1 Jul 2026 00:00");
  EXPECT_EQ(StartOfDay(date).seconds() % 86400, 23 * 3600) << "summer time";
}

}  // namespace
}  // namespace splw::ctl
