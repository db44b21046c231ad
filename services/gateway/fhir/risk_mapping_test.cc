// What counts as a sign of danger, and where it is found.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/health/danger_words.h"
#include "services/gateway/fhir/mapping_testing.h"

namespace splw::fhir {
namespace {

namespace type = splw::type::v1;
using ::nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct DangerCase {
  const char* name;
  const char* resource;
  const char* code;
  const char* location;  // below the resource
  bool is_answered;      // with UNSURE: said of the person by a coded element of its own
};

class Danger : public ::testing::TestWithParam<DangerCase> {};

// Potential crisis: either the crisis question is answered, or the reason holds words that the intake's search finds.
TEST_P(Danger, AnywhereInTheDocumentIsAPotentialCrisis) {
  json message = WithResource(json::parse(GetParam().resource));
  message["entry"][1]["resource"]["supportingInfo"] = {{{"reference", "urn:uuid:77"}}};
  const Mapping mapping = MapOk(message);
  const auto& referral = mapping.request.referral();
  EXPECT_THAT(LocationsOf(mapping.issues, GetParam().code),
              ElementsAre(std::string("Bundle.entry[6].resource") + GetParam().location))
      << RenderIssues(mapping.issues);
  EXPECT_TRUE(health::SpeaksOfDanger(referral.reason_text())) << referral.reason_text();
  EXPECT_EQ(referral.crisis_answers().risk_of_harm(),
            GetParam().is_answered ? type::CRISIS_ANSWER_UNSURE : type::CRISIS_ANSWER_UNSPECIFIED);
}

INSTANTIATE_TEST_SUITE_P(
    Places, Danger,
    ::testing::Values(
        DangerCase{"Condition", R"({"resourceType": "Condition", "code": {"coding": [
            {"system": "http://snomed.info/sct", "code": "6471006", "display": "Suicidal thoughts"}]}})",
                   "crisis-words", "", true},
        DangerCase{"FlagText",
                   R"({"resourceType": "Flag", "status": "active", "code": {"text": "Threatens to kill his wife"}})",
                   "crisis-words", "", true},
        DangerCase{"ObservationAnswer", R"({"resourceType": "Observation", "status": "final", "code": {"text": "Mood"},
            "valueString": "wants to die"})",
                   "crisis-words", "", true},
        DangerCase{"ObservationComponent",
                   R"({"resourceType": "Observation", "status": "final", "code": {"text": "PHQ"},
            "component": [{"code": {"text": "Thoughts of self-harm"}, "valueInteger": 2}]})",
                   "crisis-words", "", true},
        DangerCase{"ConditionNote", R"({"resourceType": "Condition", "code": {"text": "Low mood"},
            "note": [{"text": "has spoken of\nending her life"}]})",
                   "danger-words", ".note[0].text", false},
        DangerCase{"CarePlan", R"({"resourceType": "CarePlan", "status": "active", "description": "Has self-harmed"})",
                   "danger-words", ".description", false},
        DangerCase{"Questionnaire", R"({"resourceType": "QuestionnaireResponse", "item": [{"linkId": "1", "answer": [
            {"valueString": "I want to end it all"}]}]})",
                   "danger-words", ".item[0].answer[0].value", false},
        DangerCase{"NestedBundle",
                   R"({"resourceType": "Bundle", "entry": [{"resource": {"note": "took an overdose"}}]})",
                   "danger-words", ".entry[0].resource.note", false}),
    [](const auto& tested) { return tested.param.name; });

TEST(DangerMapping, OfSomebodyElseOrThatWasRefutedIsNoCrisis) {
  json others = WithResource({{"resourceType", "Condition"},
                              {"subject", {{"reference", "urn:uuid:78"}}},
                              {"code", {{"text", "Suicidal thoughts"}}}});
  others["entry"].push_back(Entry("urn:uuid:78", {{"resourceType", "Patient"}}));
  const Mapping refuted = MapOk(WithResource({{"resourceType", "Condition"},
                                              {"verificationStatus", {{"coding", {{{"code", "refuted"}}}}}},
                                              {"code", {{"text", "Suicidal thoughts"}}}}));
  for (const Mapping& mapping : {MapOk(others), refuted}) {
    EXPECT_FALSE(mapping.request.referral().has_crisis_answers());
    EXPECT_EQ(mapping.request.referral().reason_text(), "Reason: Social isolation");
  }
  EXPECT_THAT(LocationsOf(refuted.issues, "danger-words-past"), ElementsAre("Bundle.entry[6].resource"));
}

TEST(DangerMapping, ThatALimitWouldCutOffIsSaidAtTheHead) {
  json message = SampleMessage();
  message["entry"][1]["resource"]["note"] = {{{"text", std::string(5000, 'x') + " wants to die"}}};
  const Mapping mapping = MapOk(message);
  EXPECT_THAT(mapping.request.referral().reason_text(), ::testing::StartsWith("The original speaks of suicide"));
  EXPECT_THAT(mapping.request.referral().reason_text(), ::testing::HasSubstr("Bundle.entry[1].resource.note[0].text"));
}

TEST(DangerMapping, ThatIsInTheReasonAnywayIsNotSaidTwice) {
  json message = SampleMessage();
  message["entry"][1]["resource"]["note"] = {{{"text", "She says:\nI want to die."}}};
  const Mapping mapping = MapOk(message);
  EXPECT_THAT(LocationsOf(mapping.issues, "danger-words"), IsEmpty());
  EXPECT_EQ(mapping.request.referral().reason_text(), "Reason: Social isolation\nNote: She says:\nI want to die.");
}

TEST(RiskMapping, RestrictedRecordIsSaidInTheReferral) {
  for (const int entry : {0, 1, 2, 5}) {
    json message = SampleMessage();
    message["entry"][entry]["resource"]["meta"]["security"] = {{{"code", "V"}}};
    const Mapping mapping = MapOk(message);
    if (entry != 0) {
      EXPECT_THAT(LocationsOf(mapping.issues, "restricted-record"), ::testing::SizeIs(1)) << entry;
    }
    EXPECT_THAT(mapping.request.referral().reason_text(),
                ::testing::StartsWith("The sender marks this record as restricted"))
        << entry;
  }
}

TEST(RiskMapping, CodedRiskIsAPotentialCrisisAndSaysWhich) {
  const Mapping mapping = MapOk(WithResource({{"resourceType", "Flag"},
                                              {"status", "active"},
                                              {"subject", {{"reference", kPatientUrl}}},
                                              {"code", Coded(kSct, "401206008", "At risk of deliberate self harm")}}));
  const auto& answers = mapping.request.referral().crisis_answers();
  EXPECT_EQ(answers.risk_of_harm(), type::CRISIS_ANSWER_YES);
  EXPECT_EQ(answers.suicidal_thoughts(), type::CRISIS_ANSWER_UNSPECIFIED);
  EXPECT_EQ(answers.feels_unsafe_now(), type::CRISIS_ANSWER_UNSPECIFIED);
  EXPECT_EQ(mapping.request.referral().reason_text(),
            "Risk recorded: At risk of deliberate self harm\nReason: Social isolation");
  EXPECT_THAT(LocationsOf(mapping.issues, "crisis-flag"), ElementsAre("Bundle.entry[6].resource"));
}

TEST(RiskMapping, SafeguardingFlagOfBarsCountsEvenPastItsPeriod) {
  const Mapping mapping = MapOk(WithResource(
      {{"resourceType", "Flag"},
       {"status", "active"},
       {"subject", {{"reference", kPatientUrl}}},
       {"category",
        json::array({Coded("https://fhir.nhs.uk/CodeSystem/flag-categories-bars", "SG", "Safeguarding Concern")})},
       {"code", {{"text", "Child at risk"}}},
       {"period", {{"end", "2021-01-01"}}}}));
  EXPECT_EQ(mapping.request.referral().crisis_answers().risk_of_harm(), type::CRISIS_ANSWER_YES);
}

TEST(RiskMapping, DeniedOrPastRiskIsNoCrisisButIsSaid) {
  for (json resource :
       {json{{"resourceType", "Flag"}, {"status", "entered-in-error"}, {"code", Coded(kSct, "401206008", "x")}},
        json{{"resourceType", "Observation"},
             {"status", "final"},
             {"valueBoolean", false},
             {"code", Coded(kSct, "401206008", "x")}},
        json{{"resourceType", "Condition"},
             {"clinicalStatus", {{"coding", {{{"code", "resolved"}}}}}},
             {"code", Coded(kSct, "248054003", "x")}}}) {
    const Mapping mapping = MapOk(WithResource(resource));
    EXPECT_FALSE(mapping.request.referral().has_crisis_answers()) << resource.dump();
    EXPECT_THAT(LocationsOf(mapping.issues, "crisis-flag-past"), ElementsAre("Bundle.entry[6].resource"));
  }
}

TEST(RiskMapping, RiskOfSomebodyElseIsNotThePersons) {
  json message = WithResource({{"resourceType", "Flag"},
                               {"status", "active"},
                               {"subject", {{"reference", "urn:uuid:78"}}},
                               {"code", Coded(kSct, "401206008", "x")}});
  message["entry"].push_back(Entry("urn:uuid:78", {{"resourceType", "Patient"}}));
  EXPECT_FALSE(MapOk(message).request.referral().has_crisis_answers());
}

TEST(RiskMapping, UnknownAlertIsCarriedInTheReasonAndAdjustmentKept) {
  json message = WithResource({{"resourceType", "Flag"}, {"status", "active"}, {"code", {{"text", "Dog in house"}}}});
  message["entry"].push_back(
      Entry("urn:uuid:78",
            {{"resourceType", "Flag"},
             {"status", "active"},
             {"category", json::array({Coded("https://fhir.nhs.uk/CodeSystem/flag-categories-bars", "RA", "RA")})},
             {"code", {{"text", "Home visit"}}}}));
  const Mapping mapping = MapOk(message);
  EXPECT_THAT(LocationsOf(mapping.issues, "flag-unknown"), ElementsAre("Bundle.entry[6].resource"));
  EXPECT_EQ(mapping.request.referral().reason_text(), "Alert recorded: Dog in house\nReason: Social isolation");
  EXPECT_THAT(mapping.request.referral().person().adjustments(), ElementsAre("Home visit"));
}

}  // namespace
}  // namespace splw::fhir
