#include "services/referral_intake/screening.h"

#include <gmock/gmock.h>

#include "common/health/danger_words.h"
#include "services/referral_intake/crisis.h"
#include "services/referral_intake/finding_texts.h"
#include "services/referral_intake/submission.h"
#include "services/referral_intake/testing/builders.h"

namespace splw::referral_intake {
namespace {

using ::splw::referral_intake::testing::CleanReferral;
using ::splw::referral_intake::testing::CrisisAnswers;
using ::splw::referral_intake::testing::Date;
using ::splw::referral_intake::testing::TestToday;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

storage::ReferralRecord Read(const api::Referral& referral) {
  const auto maybe = ReadSubmission(testing::SubmitRequest(referral), "", TestToday());
  EXPECT_TRUE(maybe.ok()) << maybe.status();
  return maybe.ok() ? *maybe : storage::ReferralRecord();
}

std::vector<storage::FindingRecord> Find(const api::Referral& referral, std::vector<KnownReferral> same_person = {},
                                         const storage::NetworkPolicyRecord& policy = DefaultPolicy()) {
  return Screen(Read(referral), policy, {std::move(same_person), TestToday()});
}

std::vector<api::FindingCode> Codes(const std::vector<storage::FindingRecord>& findings) {
  std::vector<api::FindingCode> codes;
  for (const auto& finding : findings) codes.push_back(finding.code());
  return codes;
}

api::Referral Imported() {
  api::Referral referral = CleanReferral();
  referral.set_channel(api::SUBMISSION_CHANNEL_IMPORT);
  return referral;
}

TEST(ScreeningTest, CleanRoutineReferralHasNoFindingsAndIsAccepted) {
  const auto findings = Find(CleanReferral());
  EXPECT_THAT(findings, IsEmpty());
  EXPECT_TRUE(AcceptedByPolicy(findings, DefaultPolicy()));
}

TEST(ScreeningTest, PolicyMayLeaveEverythingToTriage) {
  storage::NetworkPolicyRecord policy = DefaultPolicy();
  policy.set_auto_accept_routine(false);
  EXPECT_FALSE(AcceptedByPolicy({}, policy));
}

TEST(ScreeningTest, YesAndUnsureToAnyQuestionCountAsCrisis) {
  for (const auto answer : {type::CRISIS_ANSWER_YES, type::CRISIS_ANSWER_UNSURE}) {
    for (int question = 0; question < 3; ++question) {
      const auto at = [&](int i) { return i == question ? answer : type::CRISIS_ANSWER_NO; };
      api::Referral referral = CleanReferral();
      *referral.mutable_crisis_answers() = CrisisAnswers(at(0), at(1), at(2));
      const auto findings = Find(referral);
      ASSERT_THAT(Codes(findings), ElementsAre(api::FINDING_CODE_CRISIS_INDICATED));
      EXPECT_EQ(findings[0].severity(), api::FINDING_SEVERITY_CRISIS);
      EXPECT_FALSE(AcceptedByPolicy(findings, DefaultPolicy()));
    }
  }
}

TEST(ScreeningTest, ACodedRiskIsACrisisWhateverTheAnswers) {
  for (const char* code : {"401206008", "707087005", "766561000000109", "836881000000105", "248054003"}) {
    api::Referral referral = CleanReferral();
    *referral.add_needs() = referral.needs(0);
    referral.mutable_needs(1)->set_snomed_code(code);
    const auto findings = Find(referral);
    ASSERT_THAT(Codes(findings), ElementsAre(api::FINDING_CODE_CRISIS_CODED)) << code;
    EXPECT_EQ(findings[0].severity(), api::FINDING_SEVERITY_CRISIS);
    EXPECT_EQ(findings[0].field(), "needs[1].snomed_code");
    EXPECT_FALSE(AcceptedByPolicy(findings, DefaultPolicy()));
  }
}

TEST(ScreeningTest, CrisisComesBeforeAllOtherFindings) {
  api::Referral referral = CleanReferral();
  referral.clear_needs();
  referral.set_urgency(type::URGENCY_URGENT);
  referral.mutable_crisis_answers()->set_risk_of_harm(type::CRISIS_ANSWER_UNSURE);
  EXPECT_THAT(Codes(Find(referral)), ElementsAre(api::FINDING_CODE_CRISIS_INDICATED, api::FINDING_CODE_URGENT_REQUESTED,
                                                 api::FINDING_CODE_NEEDS_NOT_STATED));
}

TEST(ScreeningTest, ImportWithoutCrisisAnswersWaitsForAClinicianToAsk) {
  api::Referral referral = Imported();
  referral.clear_crisis_answers();
  EXPECT_THAT(Codes(Find(referral)), ElementsAre(api::FINDING_CODE_CRISIS_QUESTIONS_NOT_ASKED));
}

TEST(ScreeningTest, OneYesAmongUnaskedQuestionsIsBoth) {
  api::Referral referral = Imported();
  *referral.mutable_crisis_answers() =
      CrisisAnswers(type::CRISIS_ANSWER_YES, type::CRISIS_ANSWER_UNSPECIFIED, type::CRISIS_ANSWER_NO);
  EXPECT_THAT(Codes(Find(referral)),
              ElementsAre(api::FINDING_CODE_CRISIS_INDICATED, api::FINDING_CODE_CRISIS_QUESTIONS_NOT_ASKED));
}

TEST(ScreeningTest, WordsOfDangerInTheTextAreReadByAPerson) {
  for (const char* text :
       {"She says she wants to die.", "History of Self-Harm", "took an OVERDOSE in May", "suicidal\nthoughts",
        // as word processors and clinical systems write it
        "self\u2011harm", "self\u2013harm last year", "self\u00ADharm", "wants to kill\u00A0herself",
        "don\u2019t want to live", "I don't want to be here any more", "DOES NOT WANT TO LIVE",
        "no longer wants to live",
        // to oneself
        "talks of hanging himself", "found cutting herself", "Hang   himself", "wants to end it all",
        "wishes she was dead", "took his life savings and spoke of taking her life",
        "has thought of taking their own life", "harming themselves",
        // to others
        "threatens to kill his wife", "afraid that she may hurt her children", "said he would kill her",
        "talks of harming his neighbour", "wants to hurt someone"}) {
    api::Referral referral = CleanReferral();
    referral.set_reason_text(text);
    EXPECT_THAT(Codes(Find(referral)), ElementsAre(api::FINDING_CODE_CRISIS_WORDS_IN_TEXT)) << text;
  }
  api::Referral in_note = CleanReferral();
  in_note.mutable_needs(0)->set_note("talks of ending her life");
  const auto findings = Find(in_note);
  ASSERT_THAT(Codes(findings), ElementsAre(api::FINDING_CODE_CRISIS_WORDS_IN_TEXT));
  EXPECT_EQ(findings[0].field(), "needs[0].note");
  api::Referral in_adjustment = CleanReferral();
  in_adjustment.mutable_person()->add_adjustments("Large print");
  in_adjustment.mutable_person()->add_adjustments("Not alone in a room: may harm herself");
  EXPECT_EQ(Find(in_adjustment)[0].field(), "person.adjustments[1]");
  api::Referral in_consent = CleanReferral();
  in_consent.mutable_consent()->set_explained_by("Dr Sample, who thinks him suicidal");
  EXPECT_EQ(Find(in_consent)[0].field(), "consent.explained_by");
}

TEST(ScreeningTest, AWarningOfTheImportIsReadByAPersonAndANoteHoldsNothingUp) {
  api::Referral referral = CleanReferral();
  referral.set_channel(api::SUBMISSION_CHANNEL_IMPORT);
  api::ImportNote& note = *referral.add_import_notes();
  note.set_code("kept-out");
  note.set_severity(api::IMPORT_NOTE_SEVERITY_INFORMATION);
  EXPECT_THAT(Codes(Find(referral)), ::testing::IsEmpty());
  for (const auto severity : {api::IMPORT_NOTE_SEVERITY_WARNING, api::IMPORT_NOTE_SEVERITY_UNSPECIFIED}) {
    note.set_severity(severity);
    const auto findings = Find(referral);
    ASSERT_THAT(Codes(findings), ElementsAre(api::FINDING_CODE_IMPORT_NOTES));
    EXPECT_EQ(findings[0].field(), "import_notes");
    EXPECT_FALSE(AcceptedByPolicy(findings, DefaultPolicy()));
  }
}

TEST(ScreeningTest, OrdinaryTroubleIsNotTakenForDanger) {
  for (const char* text : {"Unharmed after a fall.", "Her husband died in May.", "Overdue rent; lives alone.", "",
                           "Fell and hurt her hip.", "Wants to live in a bungalow, to be here for the grandchildren.",
                           "A course would upskill him", "Hip is hurting her at night", "Cut her hours at work"}) {
    EXPECT_FALSE(health::SpeaksOfDanger(text)) << text;
  }
}

TEST(ScreeningTest, MissingNhsNumberHoldsNothingUp) {
  api::Referral referral = CleanReferral();
  referral.mutable_person()->mutable_nhs_number()->clear_value();
  referral.mutable_person()->mutable_nhs_number()->set_absent_reason(type::NHS_NUMBER_ABSENT_REASON_NONE_ISSUED);
  const auto findings = Find(referral);
  EXPECT_THAT(Codes(findings), ElementsAre(api::FINDING_CODE_NHS_NUMBER_MISSING));
  EXPECT_TRUE(AcceptedByPolicy(findings, DefaultPolicy()));
}

TEST(ScreeningTest, ImportedNumberWithWrongCheckDigitNeedsTriage) {
  api::Referral referral = Imported();
  referral.mutable_person()->mutable_nhs_number()->set_value("3478526985");
  const auto findings = Find(referral);
  EXPECT_THAT(Codes(findings), ElementsAre(api::FINDING_CODE_NHS_NUMBER_CHECK_FAILED));
  EXPECT_FALSE(AcceptedByPolicy(findings, DefaultPolicy()));
}

TEST(ScreeningTest, ConsentIsNeverTakenForGranted) {
  const struct {
    type::ConsentStatus status;
    api::FindingCode code;
  } cases[] = {{type::CONSENT_STATUS_NOT_ASKED, api::FINDING_CODE_CONSENT_NOT_ASKED},
               {type::CONSENT_STATUS_DECLINED, api::FINDING_CODE_CONSENT_DECLINED},
               {type::CONSENT_STATUS_UNSPECIFIED, api::FINDING_CODE_CONSENT_NOT_ASKED}};
  for (const auto& c : cases) {
    api::Referral referral = Imported();
    referral.mutable_consent()->set_referral(c.status);
    const auto findings = Find(referral);
    EXPECT_THAT(Codes(findings), ElementsAre(c.code));
    EXPECT_FALSE(AcceptedByPolicy(findings, DefaultPolicy()));
  }
}

TEST(ScreeningTest, WhoExplainedItIsAskedForOnImport) {
  api::Referral referral = Imported();
  referral.mutable_consent()->clear_explained_by();
  EXPECT_THAT(Codes(Find(referral)), ElementsAre(api::FINDING_CODE_CONSENT_EXPLAINER_NOT_STATED));
}

TEST(ScreeningTest, AgeIsTakenOnTheDay) {
  const struct {
    google::type::Date birth;
    bool under_age;
  } cases[] = {{Date(2008, 11, 19), false}, {Date(2008, 11, 20), true}, {Date(2008, 12), true},
               {Date(2008, 10), false},     {Date(2008), true},         {Date(2007), false}};
  for (const auto& c : cases) {
    api::Referral referral = CleanReferral();
    *referral.mutable_person()->mutable_birth_date() = c.birth;
    const auto codes = Codes(Find(referral));
    EXPECT_EQ(codes == std::vector<api::FindingCode>{api::FINDING_CODE_UNDER_AGE}, c.under_age)
        << c.birth.ShortDebugString();
    EXPECT_EQ(codes.empty(), !c.under_age) << c.birth.ShortDebugString();
  }
}

TEST(ScreeningTest, MinimumAgeIsTheNetworks) {
  storage::NetworkPolicyRecord policy = DefaultPolicy();
  policy.set_minimum_age(16);
  api::Referral referral = CleanReferral();
  *referral.mutable_person()->mutable_birth_date() = Date(2010, 1, 1);
  EXPECT_THAT(Codes(Find(referral, {}, policy)), IsEmpty());
}

TEST(ScreeningTest, PracticeOfAnotherNetworkNeedsTriageButAHospitalDoesNot) {
  storage::NetworkPolicyRecord policy = DefaultPolicy();
  policy.add_member_practices("P84001");
  EXPECT_THAT(Codes(Find(CleanReferral(), {}, policy)), ElementsAre(api::FINDING_CODE_PRACTICE_OUTSIDE_NETWORK));
  policy.add_member_practices(testing::kPractice);
  EXPECT_THAT(Find(CleanReferral(), {}, policy), IsEmpty());
  api::Referral from_hospital = CleanReferral();
  from_hospital.mutable_referrer()->mutable_organisation()->set_ods_code("R0A");
  from_hospital.mutable_referrer()->mutable_organisation()->set_agency(type::AGENCY_KIND_HOSPITAL);
  EXPECT_THAT(Find(from_hospital, {}, policy), IsEmpty());
}

TEST(ScreeningTest, OtherReferralsOfThePersonAreNamed) {
  const auto findings = Find(CleanReferral(), {{"r/waiting", true, "", "G82080"},
                                               {"r/accepted", true, "", ""},
                                               {"r/with-case", true, "c/1", ""},
                                               {"r/closed", false, "c/0", "P84001"},
                                               {"r/returned", false, "", ""}});
  ASSERT_THAT(Codes(findings),
              ElementsAre(api::FINDING_CODE_OPEN_REFERRAL_EXISTS, api::FINDING_CODE_OPEN_REFERRAL_EXISTS,
                          api::FINDING_CODE_OPEN_CASE_EXISTS, api::FINDING_CODE_PRESENTED_BEFORE));
  EXPECT_EQ(findings[0].related_referral(), "r/waiting");
  EXPECT_EQ(findings[1].related_referral(), "r/accepted");
  EXPECT_EQ(findings[2].related_referral(), "r/with-case");
  EXPECT_EQ(findings[2].related_case(), "c/1");
  EXPECT_EQ(findings[3].related_referral(), "r/closed");
  EXPECT_EQ(findings[0].related_organisation(), "G82080");
  EXPECT_EQ(findings[3].related_organisation(), "P84001");
}

TEST(ScreeningTest, AnotherNhsNumberOfALikePersonIsLookedAt) {
  const auto findings = Find(CleanReferral(), {{"r/with-case", true, "c/1", "G82080", /*other_number=*/true},
                                               {"r/closed", false, "c/0", "P84001", /*other_number=*/true}});
  ASSERT_THAT(Codes(findings), ElementsAre(api::FINDING_CODE_ALIKE_WITH_OTHER_NHS_NUMBER));
  EXPECT_EQ(findings[0].field(), "person.nhs_number.value");
  EXPECT_EQ(findings[0].related_referral(), "r/with-case");
  EXPECT_EQ(findings[0].related_case(), "c/1");
  EXPECT_FALSE(AcceptedByPolicy(findings, DefaultPolicy()));
}

TEST(ScreeningTest, PersonWithoutAFamilyNameIsAskedFor) {
  api::Referral referral = CleanReferral();
  referral.mutable_person()->mutable_name()->set_family(" \t ");
  const auto findings = Find(referral);
  ASSERT_THAT(Codes(findings), ElementsAre(api::FINDING_CODE_INCOMPLETE_PERSON));
  EXPECT_EQ(findings[0].field(), "person.name.family");
  EXPECT_FALSE(AcceptedByPolicy(findings, DefaultPolicy()));
}

TEST(ScreeningTest, EarlierReferralAloneHoldsNothingUp) {
  const auto findings = Find(CleanReferral(), {{"r/closed", false, "c/0", "P84001"}});
  EXPECT_TRUE(AcceptedByPolicy(findings, DefaultPolicy()));
}

TEST(ScreeningTest, GapsOfAnImportAreNamedByField) {
  api::Referral referral = Imported();
  referral.clear_person();
  referral.mutable_referrer()->clear_practitioner_name();
  referral.mutable_referrer()->mutable_organisation()->clear_agency();
  referral.clear_reason_text();
  std::vector<std::pair<api::FindingCode, std::string>> found;
  for (const auto& finding : Find(referral)) found.emplace_back(finding.code(), finding.field());
  EXPECT_THAT(found, ElementsAre(std::pair(api::FINDING_CODE_REASON_NOT_STATED, "reason_text"),
                                 std::pair(api::FINDING_CODE_INCOMPLETE_PERSON, "person.name"),
                                 std::pair(api::FINDING_CODE_INCOMPLETE_PERSON, "person.birth_date"),
                                 std::pair(api::FINDING_CODE_INCOMPLETE_PERSON, "person.address"),
                                 std::pair(api::FINDING_CODE_INCOMPLETE_REFERRER, "referrer.practitioner_name"),
                                 std::pair(api::FINDING_CODE_INCOMPLETE_REFERRER, "referrer.organisation.agency"),
                                 std::pair(api::FINDING_CODE_NHS_NUMBER_MISSING, "person.nhs_number")));
}

TEST(ScreeningTest, DamagedSnomedCodeOfAnImportIsKeptAndNamed) {
  api::Referral referral = Imported();
  referral.mutable_needs(0)->set_snomed_code("401206009");
  EXPECT_THAT(Codes(Find(referral)), ElementsAre(api::FINDING_CODE_SNOMED_CODE_DAMAGED));
}

TEST(ScreeningTest, EveryFindingHasWordsAndAdvice) {
  for (int number = api::FindingCode_MIN + 1; number <= api::FindingCode_MAX; ++number) {
    const auto code = static_cast<api::FindingCode>(number);
    EXPECT_STRNE(TextOf(code).message, "") << api::FindingCode_Name(code);
    EXPECT_STRNE(TextOf(code).advice, "") << api::FindingCode_Name(code);
  }
}

}  // namespace
}  // namespace splw::referral_intake
