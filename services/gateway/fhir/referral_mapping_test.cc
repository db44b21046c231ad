#include "services/gateway/fhir/referral_mapping.h"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/text/failure.h"
#include "services/gateway/fhir/mapping_testing.h"

namespace splw::fhir {
namespace {

namespace type = splw::type::v1;
using ::nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

json& Resource(json& bundle, int entry) {
  return bundle["entry"][entry]["resource"];
}
json& Request(json& bundle) {
  return Resource(bundle, 1);
}
json& Patient(json& bundle) {
  return Resource(bundle, 2);
}

TEST(MapReferrals, MapsABarsMessage) {
  const MappingResult result = Map(SampleMessage());
  ASSERT_TRUE(result.status().ok()) << RenderIssues(result.issues);
  ASSERT_EQ(result.mappings.size(), 1u);
  EXPECT_THAT(result.issues, IsEmpty());
  const auto& request = result.mappings[0].request;
  const auto& referral = request.referral();
  EXPECT_EQ(request.parent(), "networks/U12345");
  EXPECT_EQ(referral.channel(), splw::referral::v1::SUBMISSION_CHANNEL_IMPORT);
  EXPECT_EQ(referral.person().nhs_number().value(), "9990000018");
  EXPECT_EQ(referral.person().name().given(), "Grace Ada");
  EXPECT_EQ(referral.person().name().family(), "Okafor");
  EXPECT_EQ(referral.person().gender(), type::GENDER_FEMALE);
  EXPECT_EQ(referral.person().phone(), "0113 496 0000");
  EXPECT_THAT(referral.person().address().lines(), ElementsAre("4 Mill Row", "Leeds"));
  EXPECT_EQ(referral.person().address().postcode(), "LS9 1AA");
  EXPECT_EQ(referral.person().birth_date().year(), 1951);
  EXPECT_EQ(referral.referrer().organisation().ods_code(), "G82080");
  EXPECT_EQ(referral.referrer().organisation().display_name(), "Mill Row Surgery");
  EXPECT_EQ(referral.referrer().organisation().agency(), type::AGENCY_KIND_PRIMARY_CARE);
  EXPECT_EQ(referral.referrer().practitioner_name(), "Priya Shaw");
  EXPECT_EQ(referral.referrer().role_title(), "General practitioner");
  EXPECT_EQ(referral.referrer().contact(), "0113 496 0001");
  EXPECT_EQ(referral.reason_text(), "Reason: Social isolation");
  EXPECT_EQ(referral.urgency(), type::URGENCY_ROUTINE);
  ASSERT_EQ(referral.needs_size(), 1);
  EXPECT_EQ(referral.needs(0).category(), type::NEED_CATEGORY_LONELINESS);
  EXPECT_EQ(referral.needs(0).snomed_code(), "422650009");
  EXPECT_FALSE(referral.has_crisis_answers());
  EXPECT_EQ(referral.consent().referral(), type::CONSENT_STATUS_UNSPECIFIED);
}

struct RefusedCase {
  const char* name;
  void (*change)(json&);
  const char* code;
  const char* location;
};

class Refused : public ::testing::TestWithParam<RefusedCase> {};

TEST_P(Refused, IsRefusedWithItsLocation) {
  json message = SampleMessage();
  GetParam().change(message);
  const MappingResult result = Map(message);
  EXPECT_THAT(result.mappings, IsEmpty());
  EXPECT_THAT(LocationsOf(result.issues, GetParam().code), ElementsAre(GetParam().location))
      << RenderIssues(result.issues);
  EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(text::ReasonOf(result.status()), "FHIR_NOT_MAPPED");
  EXPECT_THAT(text::FieldsOf(result.status()), Contains(GetParam().location));
}

INSTANTIATE_TEST_SUITE_P(
    Messages, Refused,
    ::testing::Values(
        RefusedCase{"Revoked", [](json& m) { Request(m)["status"] = "revoked"; }, "request-status",
                    "Bundle.entry[1].resource.status"},
        RefusedCase{"EnteredInError", [](json& m) { Request(m)["status"] = "entered-in-error"; }, "request-status",
                    "Bundle.entry[1].resource.status"},
        RefusedCase{"Draft", [](json& m) { Request(m)["status"] = "draft"; }, "request-status",
                    "Bundle.entry[1].resource.status"},
        RefusedCase{"Option", [](json& m) { Request(m)["intent"] = "option"; }, "request-intent",
                    "Bundle.entry[1].resource.intent"},
        RefusedCase{"DoNotPerform", [](json& m) { Request(m)["doNotPerform"] = true; }, "do-not-perform",
                    "Bundle.entry[1].resource.doNotPerform"},
        RefusedCase{"ModifierExtension",
                    [](json& m) {
                      Request(m)["modifierExtension"] = {{{"url", "http://example.org/not"}}};
                    },
                    "modifier-extension", "Bundle.entry[1].resource.modifierExtension"},
        RefusedCase{"Update", [](json& m) { Resource(m, 0)["reason"]["coding"][0]["code"] = "update"; },
                    "message-reason", "Bundle.entry[0].resource.reason.coding[0]"},
        RefusedCase{"Delete", [](json& m) { Resource(m, 0)["reason"]["coding"][0]["code"] = "delete"; },
                    "message-reason", "Bundle.entry[0].resource.reason.coding[0]"},
        RefusedCase{"Booking", [](json& m) { Resource(m, 0)["eventCoding"]["code"] = "booking-request"; },
                    "message-event", "Bundle.entry[0].resource.event"},
        RefusedCase{"Response",
                    [](json& m) {
                      Resource(m, 0)["response"] = {{"code", "ok"}};
                    },
                    "message-response", "Bundle.entry[0].resource.response"},
        RefusedCase{"NoHeader", [](json& m) { m["entry"].erase(0); }, "message-header-missing",
                    "Bundle.entry[0].resource"},
        RefusedCase{"FocusElsewhere", [](json& m) { Resource(m, 0)["focus"][0]["reference"] = "urn:uuid:0"; },
                    "focus-unresolved", "Bundle.entry[0].resource.focus[0]"},
        RefusedCase{"NoPatient", [](json& m) { m["entry"].erase(2); }, "patient-missing",
                    "Bundle.entry[1].resource.subject"},
        RefusedCase{"SubjectElsewhere", [](json& m) { Request(m)["subject"]["reference"] = "Patient/77"; },
                    "subject-unresolved", "Bundle.entry[1].resource.subject"},
        RefusedCase{"Nameless",
                    [](json& m) {
                      Patient(m).erase("name");
                      Patient(m).erase("identifier");
                    },
                    "person-unknown", "Bundle.entry[2].resource"},
        RefusedCase{"Deceased", [](json& m) { Patient(m)["deceasedDateTime"] = "2026-01-01"; }, "person-deceased",
                    "Bundle.entry[2].resource.deceased"},
        RefusedCase{"HeaderWithAModifier",
                    [](json& m) {
                      Resource(m, 0)["modifierExtension"] = {{{"url", "http://example.org/not"}}};
                    },
                    "modifier-extension", "Bundle.entry[0].resource.modifierExtension"},
        RefusedCase{"PatientWithAModifier",
                    [](json& m) {
                      Patient(m)["modifierExtension"] = {{{"url", "http://example.org/not"}}};
                    },
                    "modifier-extension", "Bundle.entry[2].resource.modifierExtension"},
        RefusedCase{"TwoPatientsOfOneUrl", [](json& m) { m["entry"].push_back(Entry(kPatientUrl, SamplePatient())); },
                    "subject-unresolved", "Bundle.entry[1].resource.subject"},
        RefusedCase{"DeletedRequest",
                    [](json& m) {
                      m["entry"][1]["request"] = {{"method", "DELETE"}, {"url", "ServiceRequest/1"}};
                    },
                    "entry-method", "Bundle.entry[1].request.method"},
        RefusedCase{"UpdatedRequest",
                    [](json& m) {
                      m["type"] = "transaction";
                      m["entry"][1]["request"] = {{"method", "PUT"}, {"url", "ServiceRequest/1"}};
                    },
                    "entry-method", "Bundle.entry[1].request.method"},
        RefusedCase{"TaskThatHasEnded",
                    [](json& m) {
                      m["entry"].push_back(Entry("urn:uuid:7", {{"resourceType", "Task"},
                                                                {"status", "cancelled"},
                                                                {"focus", {{"reference", kRequestUrl}}}}));
                    },
                    "task-status", "Bundle.entry[6].resource.status"},
        RefusedCase{"TooManyResources",
                    [](json& m) {
                      for (int i = 0; i < 2000; ++i) m["entry"].push_back(Entry("", {{"resourceType", "Location"}}));
                    },
                    "too-many-resources", "Bundle.entry"},
        RefusedCase{"HistoryBundle", [](json& m) { m["type"] = "history"; }, "bundle-type", "Bundle.type"}),
    [](const auto& tested) { return tested.param.name; });

TEST(MapReferrals, TwoPatientsThatAnswerAreNotCalledNone) {
  json message = SampleMessage();
  message["entry"].push_back(Entry(kPatientUrl, SamplePatient()));
  EXPECT_THAT(RenderIssues(Map(message).issues), ::testing::HasSubstr("more than one resource"));
  Request(message)["subject"] = {{"identifier", SamplePatient()["identifier"][0]}};
  EXPECT_THAT(RenderIssues(Map(message).issues), ::testing::HasSubstr("more than one resource"));
  Request(message)["subject"] = {{"reference", "Patient/77"}};
  EXPECT_THAT(RenderIssues(Map(message).issues), ::testing::HasSubstr("this leads to no Patient"));
}

TEST(MapReferrals, AliveIsNotDeceased) {
  json message = SampleMessage();
  Patient(message)["deceasedBoolean"] = false;
  EXPECT_TRUE(Map(message).status().ok());
}

struct TextCase {
  const char* name;
  std::string text;
  const char* code;
};

class Unreadable : public ::testing::TestWithParam<TextCase> {};

TEST_P(Unreadable, IsRefused) {
  const MappingResult result = MapReferrals(GetParam().text, SampleOptions());
  EXPECT_THAT(result.mappings, IsEmpty());
  EXPECT_THAT(LocationsOf(result.issues, GetParam().code), ::testing::SizeIs(1)) << RenderIssues(result.issues);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, Unreadable,
    ::testing::Values(
        TextCase{"Empty", "", "json-invalid"}, TextCase{"Half", R"({"resourceType": )", "json-invalid"},
        TextCase{"Twice", R"({} {})", "json-invalid"},
        TextCase{"NotUtf8", "{\"resourceType\": \"\xFF\"}", "json-invalid"},
        TextCase{"HugeNumber", R"({"resourceType": "Bundle", "total": 1e999})", "json-invalid"},
        TextCase{"Array", "[]", "resource-type"}, TextCase{"Null", "null", "resource-type"},
        TextCase{"TypeIsNumber", R"({"resourceType": 3})", "resource-type"},
        TextCase{"OtherType", R"({"resourceType": "Patient"})", "resource-type"},
        TextCase{"EmptyBundle", R"({"resourceType": "Bundle", "type": "collection"})", "service-request-missing"},
        TextCase{"EntryIsObject", R"({"resourceType": "Bundle", "type": "collection", "entry": {"a": 1}})",
                 "service-request-missing"},
        TextCase{"Duplicate", R"({"resourceType": "Bundle", "type": "message", "type": "collection"})",
                 "json-duplicate"},
        TextCase{"NulInString", R"({"resourceType": "Bun\u0000dle"})", "json-nul"},
        TextCase{"NulAfter", std::string("{}\0{", 4), "json-nul"},
        TextCase{"Deep", std::string(100'000, '['), "json-depth"},
        TextCase{"Large", std::string((5u << 20) + 1, ' '), "too-large"}),
    [](const auto& tested) { return tested.param.name; });

TEST(MapReferrals, SaysWhereTheTextIsBroken) {
  const MappingResult result = MapReferrals("{\n  \"a\": 1,\n  \"b\" 2}", SampleOptions());
  EXPECT_THAT(LocationsOf(result.issues, "json-invalid"), ElementsAre("line 3, column 7"));
  EXPECT_THAT(RenderIssues(result.issues), ::testing::HasSubstr("not well-formed"));
}

TEST(MapReferrals, SaysThatATextIsNotUtf8) {
  const MappingResult result = MapReferrals(
      "{\n\"city\": \"Orl\xE9"
      "ans\"}",
      SampleOptions());
  EXPECT_THAT(LocationsOf(result.issues, "json-invalid"), ElementsAre(::testing::StartsWith("line 2, column 1")));
  EXPECT_THAT(RenderIssues(result.issues), ::testing::HasSubstr("not UTF-8"));
}

TEST(ParseJson, NamesPlacesByThePropertiesWhereItIsNoFhir) {
  Issues issues;
  EXPECT_FALSE(
      ParseJson(R"({"referral": {"needs": [{}, {"reason_text": "\u0000"}]}})", issues, Locations::kNames).has_value());
  const std::vector<Issue> found = issues.Take();
  EXPECT_THAT(LocationsOf(found, "json-nul"), ElementsAre("referral.needs[1].reason_text"));
  EXPECT_THAT(RenderIssues(found), Not(::testing::HasSubstr("FHIR")));
}

TEST(MapReferrals, PassesOverAByteOrderMark) {
  EXPECT_TRUE(MapReferrals("\xEF\xBB\xBF" + SampleMessage().dump(), SampleOptions()).status().ok());
}

TEST(MapReferrals, ErrorsNeverRepeatWhatWasSent) {
  json message = SampleMessage();
  Patient(message)["SURNAME OKAFOR 9990000018"] = "x";
  Patient(message)["name"][0]["suffix"] = {"Okafor-Lane"};
  const MappingResult result = Map(message);
  ASSERT_EQ(result.mappings.size(), 1u);
  const std::string text = RenderIssues(result.mappings[0].issues);
  EXPECT_THAT(text, Not(::testing::HasSubstr("9990000018")));
  EXPECT_THAT(text, Not(::testing::HasSubstr("Okafor")));
  EXPECT_THAT(LocationsOf(result.mappings[0].issues, "not-mapped"), Contains("Bundle.entry[2].resource.?"));
}

TEST(MapReferrals, WhatIsNotMappedIsReported) {
  json message = SampleMessage();
  Patient(message)["maritalStatus"] = {{"text", "Widowed"}};
  Patient(message)["telecom"].push_back({{"system", "phone"}, {"value", "0113 496 0009"}, {"use", "work"}});
  Request(message)["occurrenceDateTime"] = "2026-12-01";
  Resource(message, 5)["address"] = {{{"city", "Leeds"}}};
  message["entry"].push_back(Entry("urn:uuid:9", {{"resourceType", "CarePlan"}, {"status", "active"}}));
  const MappingResult result = Map(message);
  ASSERT_EQ(result.mappings.size(), 1u);
  EXPECT_THAT(
      LocationsOf(result.mappings[0].issues, "not-mapped"),
      ::testing::UnorderedElementsAre("Bundle.entry[1].resource.occurrence", "Bundle.entry[2].resource.maritalStatus",
                                      "Bundle.entry[2].resource.telecom[1]", "Bundle.entry[5].resource.address"));
  EXPECT_THAT(LocationsOf(result.issues, "kept-out"), ElementsAre("Bundle.entry[6].resource"));
}

TEST(MapReferrals, MapsARequestThatContainsItsPatient) {
  json request = SampleRequest();
  json patient = SamplePatient();
  patient["id"] = "p";
  request["contained"] = json::array({patient});
  request["subject"]["reference"] = "#p";
  const MappingResult result = Map(request);
  ASSERT_EQ(result.mappings.size(), 1u) << RenderIssues(result.issues);
  EXPECT_EQ(result.mappings[0].request.referral().person().name().family(), "Okafor");
}

TEST(MapReferrals, MapsEachRequestOfACollection) {
  json bundle = SampleMessage();
  bundle["type"] = "collection";
  bundle["entry"].erase(0);
  json second = SampleRequest();
  second["status"] = "revoked";
  bundle["entry"].push_back(Entry("urn:uuid:8", second));
  json third = SampleRequest();
  third["priority"] = "urgent";
  bundle["entry"].push_back(Entry("urn:uuid:9", third));
  const MappingResult result = Map(bundle);
  ASSERT_EQ(result.mappings.size(), 2u);
  EXPECT_EQ(result.mappings[1].request.referral().urgency(), type::URGENCY_URGENT);
  EXPECT_THAT(LocationsOf(result.issues, "request-status"), ElementsAre("Bundle.entry[5].resource.status"));
}

struct ReferenceCase {
  const char* name;
  const char* full_url;
  const char* id;
  const char* reference;
  bool resolves;
};

class References : public ::testing::TestWithParam<ReferenceCase> {};

TEST_P(References, ResolveAsFhirSays) {
  json bundle = {{"resourceType", "Bundle"}, {"type", "collection"}};
  json patient = SamplePatient();
  if (*GetParam().id != '\0') patient["id"] = GetParam().id;
  json request = SampleRequest();
  request["subject"]["reference"] = GetParam().reference;
  bundle["entry"] = {Entry(GetParam().full_url, patient), Entry(kRequestUrl, request)};
  const MappingResult result = Map(bundle);
  EXPECT_EQ(result.mappings.size(), GetParam().resolves ? 1u : 0u) << RenderIssues(result.issues);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, References,
    ::testing::Values(ReferenceCase{"Uuid", "urn:uuid:AB-1", "", "urn:uuid:ab-1", true},
                      ReferenceCase{"Relative", "https://a.example/fhir/Patient/7", "7", "Patient/7", true},
                      ReferenceCase{"RelativeByUrlOnly", "https://a.example/fhir/Patient/7", "", "Patient/7", true},
                      ReferenceCase{"RelativeByIdOnly", "", "7", "Patient/7", true},
                      ReferenceCase{"Absolute", "https://a.example/fhir/Patient/7", "7",
                                    "https://a.example/fhir/Patient/7", true},
                      ReferenceCase{"AbsoluteEnding", "urn:uuid:ab-1", "7", "https://a.example/fhir/Patient/7", true},
                      ReferenceCase{"OtherServer", "https://b.example/fhir/Patient/7", "7",
                                    "https://a.example/fhir/Patient/7", false},
                      ReferenceCase{"Versioned", "https://a.example/fhir/Patient/7", "7", "Patient/7/_history/2", true},
                      ReferenceCase{"BareUuid", "urn:uuid:ab-1", "", "ab-1", true},
                      ReferenceCase{"OtherType", "https://a.example/fhir/Patient/7", "7", "Group/7", false},
                      ReferenceCase{"OtherId", "https://a.example/fhir/Patient/7", "7", "Patient/8", false},
                      ReferenceCase{"ContainedElsewhere", "", "7", "#7", false}),
    [](const auto& tested) { return tested.param.name; });

TEST(MapReferrals, ARelativeReferenceIsOfTheServerOfTheEntryItStandsIn) {
  json request = SampleRequest();
  request["subject"]["reference"] = "Patient/7";
  json mine = SamplePatient(), other = SamplePatient();
  mine["id"] = other["id"] = "7";
  other["name"][0]["family"] = "Another";
  json bundle = {{"resourceType", "Bundle"}, {"type", "collection"}};
  bundle["entry"] = {Entry("https://b.example/fhir/Patient/7", other), Entry("https://a.example/fhir/Patient/7", mine),
                     Entry("https://a.example/fhir/ServiceRequest/1", request)};
  const MappingResult result = Map(bundle);
  ASSERT_EQ(result.mappings.size(), 1u) << RenderIssues(result.issues);
  EXPECT_EQ(result.mappings[0].request.referral().person().name().family(), "Okafor");
  bundle["entry"].erase(1);
  EXPECT_THAT(Map(bundle).mappings, IsEmpty()) << "another server's Patient/7 is another person";
}

TEST(MapReferrals, TakesNoneOfTwoThatAnswerToOneReference) {
  json bundle = {{"resourceType", "Bundle"}, {"type", "collection"}};
  json request = SampleRequest();
  request["subject"]["reference"] = "Patient/7";
  json patient = SamplePatient();
  patient["id"] = "7";
  bundle["entry"] = {Entry("", patient), Entry("", patient), Entry(kRequestUrl, request)};
  EXPECT_THAT(LocationsOf(Map(bundle).issues, "subject-unresolved"), ElementsAre("Bundle.entry[2].resource.subject"));
}

TEST(MapReferrals, FindsThePatientByNhsNumberAlone) {
  json bundle = SampleMessage();
  Request(bundle)["subject"] = {
      {"identifier", {{"system", "http://fhir.nhs.uk/id/nhs-number"}, {"value", "999 000 0018"}}}};
  EXPECT_EQ(Map(bundle).mappings.size(), 1u);
}

TEST(MapReferrals, FindsThePatientByAnyPresentNhsNumberAndByNoOldOne) {
  json bundle = SampleMessage();
  const auto number = [](const char* value, const char* use) {
    return json{{"system", "https://fhir.nhs.uk/Id/nhs-number"}, {"value", value}, {"use", use}};
  };
  Patient(bundle)["identifier"] = {number("9990000026", "old"), number("9990000034", "official"),
                                   number("9990000018", "official")};
  const auto count = [&](const char* value) {
    Request(bundle)["subject"] = {{"identifier", {{"system", "https://fhir.nhs.uk/Id/nhs-number"}, {"value", value}}}};
    return Map(bundle).mappings.size();
  };
  EXPECT_EQ(count("9990000018"), 1u);
  EXPECT_EQ(count("9990000034"), 1u);
  EXPECT_EQ(count("9990000026"), 0u) << "a superseded number may be another's";
}

TEST(MapReferrals, TwoRequestsForTwoPeopleDoNotCallEachOtherKeptOut) {
  json bundle = SampleMessage();
  bundle["type"] = "collection";
  bundle["entry"].erase(0);
  json patient = SamplePatient();
  patient["identifier"][0]["value"] = "9990000026";
  json request = SampleRequest();
  request["subject"]["reference"] = "urn:uuid:p2";
  bundle["entry"].push_back(Entry("urn:uuid:p2", patient));
  bundle["entry"].push_back(Entry("urn:uuid:r2", request));
  bundle["entry"].push_back(Entry("", {{"resourceType", "CarePlan"}, {"subject", {{"reference", "urn:uuid:p2"}}}}));
  bundle["entry"].push_back(Entry("", {{"resourceType", "Endpoint"}}));
  const MappingResult result = Map(bundle);
  ASSERT_EQ(result.mappings.size(), 2u) << RenderIssues(result.issues);
  EXPECT_THAT(LocationsOf(result.mappings[0].issues, "kept-out"), IsEmpty());
  EXPECT_THAT(LocationsOf(result.mappings[1].issues, "kept-out"), ElementsAre("Bundle.entry[7].resource"));
  EXPECT_THAT(LocationsOf(result.issues, "kept-out"), ElementsAre("Bundle.entry[8].resource")) << "once";
}

TEST(MapReferrals, WhatWasWarnedOfAndKeptOutGoesWithTheReferral) {
  json message = SampleMessage();
  Patient(message)["meta"]["security"] = {{{"code", "R"}}};
  Patient(message)["maritalStatus"] = {{"text", "Widowed"}};
  message["entry"].push_back(Entry("", {{"resourceType", "Endpoint"}, {"name", "secret"}}));
  const auto referral = Map(message).mappings.at(0).request.referral();
  std::vector<std::string> notes;
  for (const auto& note : referral.import_notes()) {
    notes.push_back(splw::referral::v1::ImportNoteSeverity_Name(note.severity()) + " " + note.location() + " " +
                    note.code());
    EXPECT_THAT(note.message(), Not(::testing::HasSubstr("Widowed")));
  }
  EXPECT_THAT(notes,
              ElementsAre("IMPORT_NOTE_SEVERITY_WARNING Bundle.entry[2].resource.meta.security[0] restricted-record",
                          "IMPORT_NOTE_SEVERITY_INFORMATION Bundle.entry[2].resource.maritalStatus not-mapped",
                          "IMPORT_NOTE_SEVERITY_INFORMATION Bundle.entry[6].resource kept-out"));
}

TEST(MapReferrals, NotesBeyondTheirLimitAreCounted) {
  json message = SampleMessage();
  for (int i = 0; i < 150; ++i) message["entry"].push_back(Entry("", {{"resourceType", "Endpoint"}}));
  const auto referral = Map(message).mappings.at(0).request.referral();
  ASSERT_EQ(referral.import_notes_size(), 100);
  EXPECT_EQ(referral.import_notes(99).code(), "issues-left-out");
  EXPECT_EQ(referral.import_notes(99).severity(), splw::referral::v1::IMPORT_NOTE_SEVERITY_INFORMATION);
  EXPECT_THAT(referral.import_notes(99).message(), ::testing::StartsWith("51 "));
}

TEST(MapReferrals, TakesTheEventSystemOfEarlyBars) {
  json message = SampleMessage();
  Resource(message, 0)["eventCoding"]["system"] = "https://fhir.nhs.uk/CodeSystem/message-event-servicerequest";
  EXPECT_EQ(Map(message).mappings.size(), 1u);
}

TEST(MapReferrals, FocusMayLeadThroughATask) {
  json message = SampleMessage();
  Resource(message, 0)["focus"][0]["reference"] = "urn:uuid:7";
  message["entry"].push_back(Entry("urn:uuid:7", {{"resourceType", "Task"}, {"focus", {{"reference", kRequestUrl}}}}));
  EXPECT_EQ(Map(message).mappings.size(), 1u);
}

TEST(RenderIssues, ListsErrorsFirst) {
  Issues issues;
  issues.Information("Bundle.entry[3].resource", "kept-out", "kept out: CarePlan");
  issues.Error("Bundle.type", "bundle-type", "not this");
  EXPECT_EQ(RenderIssues(issues.Take()),
            "error    Bundle.type: not this (bundle-type)\n"
            "note     Bundle.entry[3].resource: kept out: CarePlan (kept-out)\n");
}

TEST(Issues, CountsWhatThereIsNoRoomFor) {
  Issues issues;
  for (int i = 0; i < 1200; ++i) issues.Information("Bundle", "kept-out", "kept out");
  issues.Error("Bundle", "late", "an error is always listed");
  const std::vector<Issue> all = issues.Take();
  EXPECT_EQ(all.size(), 1002u);
  EXPECT_EQ(all.front().code, "late");
  EXPECT_THAT(all.back().message, ::testing::StartsWith("200 "));
}

}  // namespace
}  // namespace splw::fhir
