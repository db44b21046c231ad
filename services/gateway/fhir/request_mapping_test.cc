// How a ServiceRequest and its referrer become a referral.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/health/snomed.h"
#include "services/gateway/fhir/mapping_testing.h"
#include "services/gateway/fhir/terminology.h"

namespace splw::fhir {
namespace {

namespace type = splw::type::v1;
using ::nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

json WithRequest(void (*change)(json&)) {
  json message = SampleMessage();
  change(message["entry"][1]["resource"]);
  return message;
}

struct PriorityCase {
  const char* priority;
  type::Urgency urgency;
  const char* issue;
};

class Priorities : public ::testing::TestWithParam<PriorityCase> {};

TEST_P(Priorities, BecomeUrgencies) {
  json message = SampleMessage();
  message["entry"][1]["resource"]["priority"] = GetParam().priority;
  const Mapping mapping = MapOk(message);
  EXPECT_EQ(mapping.request.referral().urgency(), GetParam().urgency);
  if (*GetParam().issue != '\0') {
    EXPECT_THAT(LocationsOf(mapping.issues, GetParam().issue), ElementsAre("Bundle.entry[1].resource.priority"));
  }
}

INSTANTIATE_TEST_SUITE_P(All, Priorities,
                         ::testing::Values(PriorityCase{"", type::URGENCY_ROUTINE, ""},
                                           PriorityCase{"routine", type::URGENCY_ROUTINE, ""},
                                           PriorityCase{"urgent", type::URGENCY_URGENT, ""},
                                           PriorityCase{"asap", type::URGENCY_URGENT, "priority-asap"},
                                           PriorityCase{"stat", type::URGENCY_URGENT, "priority-stat"},
                                           PriorityCase{"soon", type::URGENCY_UNSPECIFIED, "priority-unknown-code"}));

struct NeedCase {
  const char* system;
  const char* code;
  type::NeedCategory category;
};

class NeedCodes : public ::testing::TestWithParam<NeedCase> {};

TEST_P(NeedCodes, HaveACategory) {
  json message = SampleMessage();
  message["entry"][1]["resource"]["reasonCode"] = json::array({Coded(GetParam().system, GetParam().code, "Words")});
  const auto referral = MapOk(message).request.referral();
  ASSERT_EQ(referral.needs_size(), 1);
  EXPECT_EQ(referral.needs(0).category(), GetParam().category);
  EXPECT_EQ(referral.needs(0).note(), "Words");
}

INSTANTIATE_TEST_SUITE_P(
    All, NeedCodes,
    ::testing::Values(NeedCase{kGravity, "food-insecurity", type::NEED_CATEGORY_FOOD},
                      NeedCase{kGravity, "transportation-insecurity", type::NEED_CATEGORY_TRANSPORT},
                      NeedCase{kGravity, "veteran-status", type::NEED_CATEGORY_OTHER},
                      NeedCase{kSct, "32911000", type::NEED_CATEGORY_HOUSING},
                      NeedCase{"http://snomed.info/sct/83821000000107", "73438004", type::NEED_CATEGORY_EMPLOYMENT},
                      NeedCase{"http://hl7.org/fhir/sid/icd-10", "Z63.4", type::NEED_CATEGORY_BEREAVEMENT},
                      NeedCase{"http://hl7.org/fhir/sid/icd-10-cm", "z59.41", type::NEED_CATEGORY_FOOD},
                      NeedCase{"http://hl7.org/fhir/sid/icd-10-cm", "Z59.00", type::NEED_CATEGORY_HOUSING},
                      NeedCase{kSct, "271594007", type::NEED_CATEGORY_OTHER},
                      NeedCase{"https://local.example/codes", "32911000", type::NEED_CATEGORY_OTHER}));

TEST(Terminology, SnomedCodesOfTheTablesAreWellFormed) {
  // Those of the tables that tests cannot reach by name are reached by trying: a code with a wrong check
  // digit would never match what a sender writes.
  for (const char* code :
       {"422650009", "423315002",       "32911000",        "1156191002",      "105531004", "266935003", "365510008",
        "105526001", "160700001",       "224226001",       "224228000",       "224229008", "224231004", "224232006",
        "224233001", "266940006",       "381751000000106", "160932005",       "73438004",  "73595000",  "48694002",
        "35489007",  "414916001",       "3723001",         "44054006",        "13645005",  "224484003", "302767002",
        "276040005", "276047008",       "407542009",       "824401000000105", "129839007", "161898004", "248054003",
        "733423003", "467771000124109", "706893006",       "707087005",       "15167005",  "7200002",   "713458007",
        "266934004"}) {
    EXPECT_TRUE(health::IsSnomedId(code)) << code;
    EXPECT_TRUE(NeedCategoryOf(kSct, code).has_value()) << code;
  }
  for (const char* code : {"401206008", "707087005", "766561000000109", "836881000000105", "248054003"}) {
    EXPECT_TRUE(health::IsSnomedId(code)) << code;
    EXPECT_TRUE(IsCrisisCode(kSct, code)) << code;
  }
}

TEST(RequestMapping, DamagedSnomedCodeIsKeptAndFlagged) {
  const Mapping mapping = MapOk(
      WithRequest([](json& request) { request["reasonCode"] = json::array({Coded(kSct, "422650008", "Lonely")}); }));
  EXPECT_EQ(mapping.request.referral().needs(0).snomed_code(), "422650008");
  EXPECT_EQ(mapping.request.referral().needs(0).category(), type::NEED_CATEGORY_OTHER);
  EXPECT_THAT(LocationsOf(mapping.issues, "snomed-code-damaged"),
              ElementsAre("Bundle.entry[1].resource.reasonCode[0].coding[0]"));
}

TEST(RequestMapping, CodeThatIsNoNumberKeepsOnlyItsWords) {
  const Mapping mapping = MapOk(WithRequest(
      [](json& request) { request["reasonCode"] = json::array({Coded(kSct, "LivesAlone", "Lives alone")}); }));
  EXPECT_EQ(mapping.request.referral().needs(0).snomed_code(), "");
  EXPECT_EQ(mapping.request.referral().needs(0).note(), "Lives alone");
}

TEST(RequestMapping, ReasonHoldsEverythingThatWasSaid) {
  json message = WithRequest([](json& request) {
    request["reasonCode"] = {{{"text", "Lonely since her husband died"}}};
    request["reasonReference"] = {{{"reference", "urn:uuid:77"}}, {{"display", "See letter"}}};
    request["code"] = Coded(kSct, "871731000000106", "Referral to social prescribing service");
    request["orderDetail"] = {{{"text", "A walking group"}}};
    request["note"] = {{{"text", "Line one\nline two"}}};
    request["patientInstruction"] = "A link worker will ring you";
  });
  message["entry"].push_back(Entry("urn:uuid:77", {{"resourceType", "Condition"},
                                                   {"subject", {{"reference", kPatientUrl}}},
                                                   {"category", json::array({Coded(kGravity, "stress", "Stress")})},
                                                   {"code", {{"text", "Cannot sleep"}}},
                                                   {"note", {{{"text", "For two months"}}}}}));
  const Mapping mapping = MapOk(message);
  EXPECT_EQ(mapping.request.referral().reason_text(),
            "Reason: Lonely since her husband died\nReason: Cannot sleep\nNote: For two months\nReason: See "
            "letter\n"
            "Asked for: Referral to social prescribing service\nDetail: A walking group\nNote: Line one\nline two\n"
            "Told to the person: A link worker will ring you");
  ASSERT_EQ(mapping.request.referral().needs_size(), 1);
  EXPECT_EQ(mapping.request.referral().needs(0).category(), type::NEED_CATEGORY_EMOTIONAL_WELLBEING);
  EXPECT_THAT(LocationsOf(mapping.issues, "not-mapped"), IsEmpty()) << RenderIssues(mapping.issues);
}

TEST(RequestMapping, OfACodeThatWasUnderstoodOnlyWhatSaysMoreIsNamed) {
  const auto not_mapped = [](const json& category) {
    json message = WithRequest([](json& request) { request["reasonReference"] = {{{"reference", "urn:uuid:77"}}}; });
    message["entry"].push_back(Entry(
        "urn:uuid:77",
        {{"resourceType", "Condition"}, {"category", json::array({category})}, {"code", {{"text", "Cannot pay"}}}}));
    return LocationsOf(MapOk(message).issues, "not-mapped");
  };
  EXPECT_THAT(not_mapped(Coded(kGravity, "food-insecurity", "Food Insecurity")), IsEmpty());
  EXPECT_THAT(not_mapped(Coded(kGravity, "food-insecurity", "Food insecurity since May")),
              ElementsAre("Bundle.entry[6].resource.category[0].coding[0].display"));
}

TEST(RequestMapping, SystemThatIsNotReadHereIsNamed) {
  const auto not_mapped = [](const char* system) {
    json message = SampleMessage();
    message["entry"][1]["resource"]["identifier"] = {
        {{"value", "R-1"}, {"type", {{"coding", {{{"system", system}, {"code", "PLAC"}}}}}}}};
    return LocationsOf(MapOk(message).issues, "not-mapped");
  };
  EXPECT_THAT(not_mapped("http://terminology.hl7.org/CodeSystem/v2-0203"), IsEmpty());
  EXPECT_THAT(not_mapped("https://a.example/types"),
              ElementsAre("Bundle.entry[1].resource.identifier[0].type.coding[0].system"));
}

TEST(RequestMapping, RefutedConditionIsNoReason) {
  json message = WithRequest([](json& request) { request["reasonReference"] = {{{"reference", "urn:uuid:77"}}}; });
  message["entry"].push_back(Entry("urn:uuid:77", {{"resourceType", "Condition"},
                                                   {"verificationStatus", {{"coding", {{{"code", "refuted"}}}}}},
                                                   {"code", Coded(kSct, "32911000", "Homeless")}}));
  const Mapping mapping = MapOk(message);
  EXPECT_EQ(mapping.request.referral().needs_size(), 1);
  EXPECT_THAT(LocationsOf(mapping.issues, "reason-not-current"), ElementsAre("Bundle.entry[6].resource"));
}

TEST(RequestMapping, SameNeedIsKeptOnceWithItsCode) {
  const Mapping mapping = MapOk(WithRequest([](json& request) {
    request["category"] = json::array({Coded(kGravity, "food-insecurity", "Food")});
    request["reasonCode"] = {Coded(kGravity, "food-insecurity", "Food"), Coded(kSct, "733423003", "Food insecurity")};
  }));
  ASSERT_EQ(mapping.request.referral().needs_size(), 1);
  EXPECT_EQ(mapping.request.referral().needs(0).snomed_code(), "733423003");
}

TEST(RequestMapping, TooManyNeedsAreSaid) {
  json message = SampleMessage();
  json& reasons = message["entry"][1]["resource"]["reasonCode"];
  reasons = json::array();
  for (int i = 0; i < 25; ++i)
    reasons.push_back(Coded("https://local.example", "x", ("Need " + std::to_string(i)).c_str()));
  const Mapping mapping = MapOk(message);
  EXPECT_EQ(mapping.request.referral().needs_size(), 18);
  EXPECT_EQ(LocationsOf(mapping.issues, "needs-too-many").size(), 7u);
}

TEST(RequestMapping, LongReasonIsCutAndSaid) {
  json message = SampleMessage();
  message["entry"][1]["resource"]["note"] = {{{"text", std::string(5000, 'x')}}};
  const Mapping mapping = MapOk(message);
  EXPECT_EQ(mapping.request.referral().reason_text().size(), 4000u);
  EXPECT_THAT(LocationsOf(mapping.issues, "text-cut"), ElementsAre("Bundle.entry[1].resource"));
}

TEST(RequestMapping, PlacersIdentifierIsTheReference) {
  const Mapping mapping = MapOk(WithRequest([](json& request) {
    request["identifier"] = {
        {{"type", {{"coding", {{{"code", "FILL"}}}}}}, {"value", "2"}},
        {{"type", {{"coding", {{{"code", "PLAC"}}}}}}, {"system", "https://a.example"}, {"value", "1"}}};
  }));
  EXPECT_EQ(mapping.request.referral().external_reference(), "https://a.example|1");
  EXPECT_THAT(LocationsOf(mapping.issues, "not-mapped"), Contains("Bundle.entry[1].resource.identifier[0]"));
}

TEST(RequestMapping, DatesOfTheRequestAreLookedAt) {
  const auto issues_for = [](const char* authored) {
    json message = SampleMessage();
    message["entry"][1]["resource"]["authoredOn"] = authored;
    return MapOk(message).issues;
  };
  EXPECT_THAT(LocationsOf(issues_for("2026-12-24"), "authored-on-future"), ::testing::SizeIs(1));
  EXPECT_THAT(LocationsOf(issues_for("2025-01-01T10:00:00+07:00"), "authored-on-old"), ::testing::SizeIs(1));
  EXPECT_THAT(LocationsOf(issues_for("yesterday"), "authored-on-unreadable"), ::testing::SizeIs(1));
  EXPECT_THAT(LocationsOf(issues_for("2026-11-22T23:00:00+11:00"), "authored-on-future"), IsEmpty());
}

TEST(ReferrerMapping, RoleOfThePractitionerIsFoundAndOrganisationFollows) {
  json message = SampleMessage();
  message["entry"][1]["resource"]["requester"] = {{"reference", kRoleUrl}};
  EXPECT_EQ(MapOk(message).request.referral().referrer().practitioner_name(), "Priya Shaw");
  message["entry"][1]["resource"]["requester"] = {{"reference", kOrganisationUrl}};
  const Mapping mapping = MapOk(message);
  EXPECT_EQ(mapping.request.referral().referrer().organisation().ods_code(), "G82080");
  EXPECT_THAT(LocationsOf(mapping.issues, "referrer-without-name"), ElementsAre("Bundle.entry[1].resource.requester"));
}

TEST(ReferrerMapping, SenderStandsInForAMissingOrganisation) {
  json message = SampleMessage();
  message["entry"][4]["resource"].erase("organization");
  message["entry"][0]["resource"]["sender"] = {{"reference", kOrganisationUrl}};
  const Mapping mapping = MapOk(message);
  EXPECT_EQ(mapping.request.referral().referrer().organisation().ods_code(), "G82080");
  EXPECT_THAT(LocationsOf(mapping.issues, "referrer-from-sender"), ElementsAre("Bundle.entry[0].resource.sender"));
}

TEST(ReferrerMapping, ReferenceWithoutAResourceStillNames) {
  json message = SampleMessage();
  message["entry"][1]["resource"]["requester"] = {
      {"type", "Organization"},
      {"identifier", {{"system", "https://fhir.nhs.uk/Id/ods-organization-code"}, {"value", "B81001"}}},
      {"display", "Far Surgery"}};
  const auto referrer = MapOk(message).request.referral().referrer();
  EXPECT_EQ(referrer.organisation().ods_code(), "B81001");
  EXPECT_EQ(referrer.organisation().display_name(), "Far Surgery");
  message["entry"][1]["resource"]["requester"] = {{"reference", "Practitioner/9"}, {"display", "Dr Ames"}};
  EXPECT_EQ(MapOk(message).request.referral().referrer().practitioner_name(), "Dr Ames");
}

TEST(ReferrerMapping, OrganisationWithoutOdsKeepsItsOwnNumber) {
  json message = SampleMessage();
  message["entry"][5]["resource"]["identifier"] = {{{"system", "https://charity.example"}, {"value", "1099999"}}};
  const Mapping mapping = MapOk(message);
  EXPECT_EQ(mapping.request.referral().referrer().organisation().local_id(), "1099999");
  EXPECT_EQ(mapping.request.referral().referrer().organisation().agency(), type::AGENCY_KIND_OTHER);
  EXPECT_THAT(LocationsOf(mapping.issues, "referrer-without-ods"), ::testing::SizeIs(1));
}

// Without an organisation of the sender's own there has to be one in the request.
std::vector<std::string> UnknownReferrers(const json& message) {
  MappingOptions options = SampleOptions();
  options.sender_has_organisation = false;
  const MappingResult result = MapReferrals(message.dump(), options);
  EXPECT_EQ(result.mappings.empty(), !result.issues.empty());
  return LocationsOf(result.issues, "referrer-unknown");
}

TEST(ReferrerMapping, RequestOfNoOrganisationIsRefusedWithThePlaceThatLacksIt) {
  json message = SampleMessage();
  EXPECT_THAT(UnknownReferrers(message), IsEmpty());
  message["entry"][5]["resource"].erase("identifier");
  EXPECT_THAT(UnknownReferrers(message), ElementsAre("Bundle.entry[5].resource.identifier"));
  EXPECT_TRUE(Map(message).status().ok());
  message["entry"][4]["resource"].erase("organization");
  EXPECT_THAT(UnknownReferrers(message), ElementsAre("Bundle.entry[1].resource.requester"));
  message["entry"][1]["resource"]["requester"] = {{"reference", kPatientUrl}};
  EXPECT_THAT(UnknownReferrers(message), ElementsAre("Bundle.entry[1].resource.requester"));
}

TEST(ReferrerMapping, SelfReferralIsSaid) {
  json message = SampleMessage();
  message["entry"][1]["resource"]["requester"] = {{"reference", kPatientUrl}};
  const Mapping mapping = MapOk(message);
  EXPECT_EQ(mapping.request.referral().referrer().role_title(), "Self-referral");
  EXPECT_THAT(LocationsOf(mapping.issues, "lay-referrer"), ElementsAre("Bundle.entry[2].resource"));
}

TEST(ReferrerMapping, APatientWhoIsNotTheSubjectIsNoSelfReferral) {
  json message = SampleMessage();
  json mother = SamplePatient();
  mother["identifier"][0]["value"] = "9990000026";
  mother["name"][0]["given"] = {"Adaeze"};
  message["entry"].push_back(Entry("urn:uuid:77", mother));
  message["entry"][1]["resource"]["requester"] = {{"reference", "urn:uuid:77"}};
  const auto referrer = MapOk(message).request.referral().referrer();
  EXPECT_EQ(referrer.role_title(), "Relative or friend");
  EXPECT_EQ(referrer.practitioner_name(), "Adaeze Okafor");
}

TEST(ReferrerMapping, LocalIdThatNobodyCanActUnderIsKeptAsAName) {
  json message = SampleMessage();
  for (const std::string& value :
       {std::string("MM 12"), std::string("Café"), std::string("g82080"), std::string(65, 'x')}) {
    message["entry"][5]["resource"] = {{"resourceType", "Organization"},
                                       {"identifier", {{{"system", "https://charity.example"}, {"value", value}}}}};
    const Mapping mapping = MapOk(message);
    EXPECT_EQ(mapping.request.referral().referrer().organisation().local_id(), "");
    EXPECT_EQ(mapping.request.referral().referrer().organisation().display_name(), value);
    EXPECT_THAT(LocationsOf(mapping.issues, "local-id"), ElementsAre("Bundle.entry[5].resource.identifier[0].value"));
  }
}

TEST(RequestMapping, WhenItWasAskedForIsKept) {
  EXPECT_EQ(MapOk(SampleMessage()).request.referral().authored_time().seconds(), 1'795'165'200);  // 2026-11-20T09:00Z
}

TEST(RequestMapping, LongIdentifierLosesItsSystemAndSaysSo) {
  json message = SampleMessage();
  message["entry"][1]["resource"]["identifier"] = {
      {{"system", "https://a.example/" + std::string(120, 's')}, {"value", "R-1"}}};
  const Mapping mapping = MapOk(message);
  EXPECT_EQ(mapping.request.referral().external_reference(), "R-1");
  EXPECT_THAT(LocationsOf(mapping.issues, "identifier-too-long"),
              ElementsAre("Bundle.entry[1].resource.identifier[0]"));
}

TEST(RequestMapping, ReasonWithAModifierIsKeptOut) {
  json message = WithResource({{"resourceType", "Condition"},
                               {"modifierExtension", {{{"url", "https://a.example/not"}, {"valueBoolean", true}}}},
                               {"code", Coded(kSct, "32911000", "Homeless")}});
  message["entry"][1]["resource"]["reasonReference"] = {{{"reference", "urn:uuid:77"}}};
  const Mapping mapping = MapOk(message);
  EXPECT_EQ(mapping.request.referral().needs_size(), 1);
  EXPECT_THAT(LocationsOf(mapping.issues, "modifier-extension"),
              ElementsAre("Bundle.entry[6].resource.modifierExtension"));
}

}  // namespace
}  // namespace splw::fhir
