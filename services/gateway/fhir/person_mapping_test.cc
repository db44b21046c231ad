// How a Patient becomes a person.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/gateway/fhir/datatypes.h"
#include "services/gateway/fhir/mapping_testing.h"

namespace splw::fhir {
namespace {

namespace type = splw::type::v1;
using ::nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;

constexpr char kPath[] = "Bundle.entry[2].resource";

// The sample message with this Patient, mapped; the test ends if it was refused.
Mapping MapPerson(json patient) {
  json message = SampleMessage();
  message["entry"][2]["resource"] = std::move(patient);
  MappingResult result = Map(message);
  EXPECT_EQ(result.mappings.size(), 1u) << RenderIssues(result.issues);
  return result.mappings.empty() ? Mapping() : result.mappings[0];
}

const type::Person& PersonOf(const Mapping& mapping) {
  return mapping.request.referral().person();
}

struct NumberCase {
  const char* name;
  const char* system;
  const char* value;
  const char* kept;
  const char* status_code;
  type::NhsNumberStatus status;
};

class NhsNumbers : public ::testing::TestWithParam<NumberCase> {};

TEST_P(NhsNumbers, AreKeptWithWhatIsKnownOfThem) {
  json patient = SamplePatient();
  patient["identifier"][0] = {{"system", GetParam().system}, {"value", GetParam().value}};
  if (*GetParam().status_code != '\0') {
    patient["identifier"][0]["extension"] = {
        {{"url", "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus"},
         {"valueCodeableConcept", {{"coding", {{{"code", GetParam().status_code}}}}}}}};
  }
  const Mapping mapping = MapPerson(patient);
  EXPECT_EQ(PersonOf(mapping).nhs_number().value(), GetParam().kept);
  EXPECT_EQ(PersonOf(mapping).nhs_number().status(), GetParam().status);
}

INSTANTIATE_TEST_SUITE_P(All, NhsNumbers,
                         ::testing::Values(NumberCase{"Plain", "https://fhir.nhs.uk/Id/nhs-number", "9990000018",
                                                      "9990000018", "", type::NHS_NUMBER_STATUS_NOT_TRACED},
                                           NumberCase{"HttpLowerCase", "http://fhir.nhs.uk/id/NHS-number",
                                                      "999-000-0018", "9990000018", "number-present-and-verified",
                                                      type::NHS_NUMBER_STATUS_VERIFIED},
                                           NumberCase{"ByNumber", "https://fhir.nhs.uk/Id/nhs-number", "999 000 0018",
                                                      "9990000018", "03", type::NHS_NUMBER_STATUS_TRACE_REQUIRED},
                                           NumberCase{"CheckFails", "https://fhir.nhs.uk/Id/nhs-number", "9990000019",
                                                      "9990000019", "01", type::NHS_NUMBER_STATUS_CHECK_FAILED},
                                           NumberCase{"Repeated", "https://fhir.nhs.uk/Id/nhs-number", "9999999999",
                                                      "9999999999", "", type::NHS_NUMBER_STATUS_CHECK_FAILED}),
                         [](const auto& tested) { return tested.param.name; });

TEST(PersonMapping, NhsNumberThatFailsItsCheckIsAWarning) {
  json patient = SamplePatient();
  patient["identifier"][0]["value"] = "9990000019";
  EXPECT_THAT(LocationsOf(MapPerson(patient).issues, "nhs-number-check"),
              ElementsAre(std::string(kPath) + ".identifier[0].value"));
}

TEST(PersonMapping, TwoNhsNumbersHaveToBeTraced) {
  json patient = SamplePatient();
  patient["identifier"].push_back({{"system", "https://fhir.nhs.uk/Id/nhs-number"}, {"value", "9990000026"}});
  const Mapping mapping = MapPerson(patient);
  EXPECT_EQ(PersonOf(mapping).nhs_number().value(), "9990000018");
  EXPECT_EQ(PersonOf(mapping).nhs_number().status(), type::NHS_NUMBER_STATUS_TRACE_REQUIRED);
  EXPECT_THAT(LocationsOf(mapping.issues, "nhs-number-several"), ElementsAre(std::string(kPath) + ".identifier[1]"));
}

TEST(PersonMapping, NoNumberIsNotKnown) {
  json patient = SamplePatient();
  patient["identifier"][0]["system"] = "https://hospital.example/mrn";
  const Mapping mapping = MapPerson(patient);
  EXPECT_EQ(PersonOf(mapping).nhs_number().absent_reason(), type::NHS_NUMBER_ABSENT_REASON_NOT_KNOWN);
  EXPECT_THAT(LocationsOf(mapping.issues, "not-mapped"), Contains(std::string(kPath) + ".identifier"));
}

TEST(PersonMapping, OfficialNameWinsAndUsualOneIsPreferred) {
  json patient = SamplePatient();
  patient["name"] = {{{"use", "maiden"}, {"family", "Adeyemi"}},
                     {{"use", "usual"}, {"given", {"Gracie"}}},
                     {{"use", "official"}, {"family", "Okafor"}, {"given", {"Grace"}}}};
  const Mapping mapping = MapPerson(patient);
  EXPECT_EQ(PersonOf(mapping).name().family(), "Okafor");
  EXPECT_EQ(PersonOf(mapping).name().given(), "Grace");
  EXPECT_EQ(PersonOf(mapping).name().preferred(), "Gracie");
  EXPECT_THAT(LocationsOf(mapping.issues, "not-mapped"), Contains(std::string(kPath) + ".name[0]"));
}

TEST(PersonMapping, NameAsTextOnlyIsKeptWholeAndFlagged) {
  json patient = SamplePatient();
  patient["name"] = {{{"text", "Grace Okafor"}}};
  const Mapping mapping = MapPerson(patient);
  EXPECT_EQ(PersonOf(mapping).name().family(), "Grace Okafor");
  EXPECT_THAT(LocationsOf(mapping.issues, "name-unstructured"), ElementsAre(std::string(kPath) + ".name[0].text"));
}

TEST(PersonMapping, NameTextThatSaysNothingNewIsNoLoss) {
  json patient = SamplePatient();
  patient["name"][0]["text"] = "OKAFOR, Grace Ada";
  EXPECT_THAT(LocationsOf(MapPerson(patient).issues, "not-mapped"), ::testing::IsEmpty());
  patient["name"][0]["extra"] = {{{"a", 1}, {"b", true}, {"c", nullptr}}};
  EXPECT_THAT(LocationsOf(MapPerson(patient).issues, "not-mapped"), ElementsAre(std::string(kPath) + ".name[0].extra"));
  patient["name"][0].erase("extra");
  patient["name"][0]["text"] = "OKAFOR, Grace Ada (known as Gigi)";
  EXPECT_THAT(LocationsOf(MapPerson(patient).issues, "not-mapped"), ElementsAre(std::string(kPath) + ".name[0].text"));
}

TEST(PersonMapping, NhsNumberWithoutANameIsEnough) {
  json patient = SamplePatient();
  patient.erase("name");
  EXPECT_THAT(LocationsOf(MapPerson(patient).issues, "name-missing"), ElementsAre(kPath));
}

struct DateCase {
  const char* text;
  int year, month, day;
  const char* issue;
};

class BirthDates : public ::testing::TestWithParam<DateCase> {};

TEST_P(BirthDates, AreReadAsFarAsTheyGo) {
  json patient = SamplePatient();
  patient["birthDate"] = GetParam().text;
  const Mapping mapping = MapPerson(patient);
  EXPECT_EQ(PersonOf(mapping).birth_date().year(), GetParam().year);
  EXPECT_EQ(PersonOf(mapping).birth_date().month(), GetParam().month);
  EXPECT_EQ(PersonOf(mapping).birth_date().day(), GetParam().day);
  if (*GetParam().issue != '\0') {
    EXPECT_THAT(LocationsOf(mapping.issues, GetParam().issue), ElementsAre(std::string(kPath) + ".birthDate"));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, BirthDates,
    ::testing::Values(DateCase{"1951-03-09", 1951, 3, 9, ""}, DateCase{"1951", 1951, 0, 0, ""},
                      DateCase{"1951-03", 1951, 0, 0, "birth-date-partial"},
                      DateCase{"1951-03-09T00:00:00Z", 1951, 3, 9, ""}, DateCase{"2000-02-29", 2000, 2, 29, ""},
                      DateCase{"1900-02-29", 0, 0, 0, "birth-date-unreadable"},
                      DateCase{"09/03/1951", 0, 0, 0, "birth-date-unreadable"},
                      DateCase{"1951-13-01", 0, 0, 0, "birth-date-unreadable"},
                      DateCase{"2026-11-22", 2026, 11, 22, ""}, DateCase{"2026-11-23", 0, 0, 0, "birth-date-future"},
                      DateCase{"1850-01-01", 0, 0, 0, "birth-date-too-early"}, DateCase{"1895-11-23", 1895, 11, 23, ""},
                      DateCase{"1895-11-22", 0, 0, 0, "birth-date-too-early"}, DateCase{"1895", 1895, 0, 0, ""}));

TEST(PersonMapping, MissingParticularsAreWarnings) {
  json patient = SamplePatient();
  patient.erase("birthDate");
  patient.erase("address");
  const Mapping mapping = MapPerson(patient);
  EXPECT_THAT(LocationsOf(mapping.issues, "birth-date-missing"), ElementsAre(kPath));
  EXPECT_THAT(LocationsOf(mapping.issues, "address-missing"), ElementsAre(kPath));
}

TEST(PersonMapping, PseudoPostcodeMeansNoFixedAbode) {
  json patient = SamplePatient();
  patient["address"] = {{{"line", {"NFA"}}, {"city", "Leeds"}, {"postalCode", "ZZ99 3VZ"}}};
  const type::Address address = PersonOf(MapPerson(patient)).address();
  EXPECT_TRUE(address.no_fixed_abode());
  EXPECT_THAT(address.lines(), ElementsAre("Leeds"));
  EXPECT_EQ(address.postcode(), "");
}

TEST(PersonMapping, PresentHomeAddressIsTaken) {
  json patient = SamplePatient();
  patient["address"] = {{{"use", "old"}, {"line", {"1 Old Street"}}},
                        {{"use", "home"}, {"line", {"2 Past Place"}}, {"period", {{"end", "2020-01-01"}}}},
                        {{"use", "home"}, {"text", "3 Now Lane, Leeds\nLS9 1AA"}}};
  const Mapping mapping = MapPerson(patient);
  EXPECT_THAT(PersonOf(mapping).address().lines(), ElementsAre("3 Now Lane", "Leeds", "LS9 1AA"));
  EXPECT_THAT(LocationsOf(mapping.issues, "not-mapped"), Contains(std::string(kPath) + ".address[1]"));
}

TEST(PersonMapping, LongAddressSharesItsLastLine) {
  json patient = SamplePatient();
  patient["address"] = {{{"line", {"A", "B", "C", "D"}}, {"city", "E"}, {"district", "F"}}};
  EXPECT_THAT(PersonOf(MapPerson(patient)).address().lines(), ElementsAre("A", "B", "C", "D", "E, F"));
}

TEST(PersonMapping, TelephoneByRankThenMobile) {
  json patient = SamplePatient();
  patient["telecom"] = {{{"system", "phone"}, {"value", "1"}, {"use", "home"}},
                        {{"system", "phone"}, {"value", "2"}, {"use", "mobile"}},
                        {{"system", "email"}, {"value", "grace@example.org"}}};
  EXPECT_EQ(PersonOf(MapPerson(patient)).phone(), "2");
  EXPECT_EQ(PersonOf(MapPerson(patient)).email(), "grace@example.org");
  patient["telecom"][0]["rank"] = 1;
  EXPECT_EQ(PersonOf(MapPerson(patient)).phone(), "1");
}

TEST(PersonMapping, ContactThatIsThePersonThemselvesIsTaken) {
  json patient = SamplePatient();
  patient.erase("telecom");
  json other = {{"telecom", {{{"system", "phone"}, {"value", "1"}}}}};
  json self = {{"relationship", {{{"coding", {{{"code", "ONESELF"}}}}}}},
               {"telecom", {{{"system", "phone"}, {"value", "2"}}}}};
  patient["contact"] = {other, self};
  const Mapping mapping = MapPerson(patient);
  EXPECT_EQ(PersonOf(mapping).phone(), "2");
  EXPECT_THAT(LocationsOf(mapping.issues, "not-mapped"), Contains(std::string(kPath) + ".contact[0]"));
}

TEST(PersonMapping, LanguageInterpreterAndEthnicity) {
  json patient = SamplePatient();
  patient["communication"] = {{{"language", {{"coding", {{{"code", "en"}}}}}}},
                              {{"language", {{"coding", {{{"code", "UR"}}}}}}, {"preferred", true}}};
  patient["extension"] = {{{"url", "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory"},
                           {"valueCodeableConcept", {{"coding", {{{"code", "J"}}}}}}},
                          {{"url", "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSCommunication"},
                           {"extension", {{{"url", "interpreterRequired"}, {"valueBoolean", true}}}}},
                          {{"url", "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-ContactPreference"},
                           {"extension",
                            {{{"url", "PreferredWrittenCommunicationFormat"},
                              {"valueCodeableConcept", {{"coding", {{{"display", "Large print"}}}}}}}}}},
                          {{"url", "http://hl7.org/fhir/StructureDefinition/patient-religion"}, {"valueString", "x"}}};
  const Mapping mapping = MapPerson(patient);
  EXPECT_EQ(PersonOf(mapping).language(), "ur");
  EXPECT_TRUE(PersonOf(mapping).interpreter_needed());
  EXPECT_EQ(PersonOf(mapping).ethnicity_code(), "J");
  EXPECT_THAT(PersonOf(mapping).adjustments(), ElementsAre("Written information: Large print"));
  EXPECT_THAT(LocationsOf(mapping.issues, "not-mapped"), Contains(std::string(kPath) + ".extension[3]"));
}

TEST(PersonMapping, RestrictedRecordIsFlagged) {
  json patient = SamplePatient();
  patient["meta"]["security"] = {{{"code", "R"}}};
  EXPECT_THAT(LocationsOf(MapPerson(patient).issues, "restricted-record"),
              ElementsAre(std::string(kPath) + ".meta.security[0]"));
}

TEST(PersonMapping, ValuesOfTheWrongTypeAreReportedNotRead) {
  json patient = SamplePatient();
  patient["birthDate"] = 1951;
  patient["gender"] = {"female"};
  patient["name"][0]["given"] = 7;
  patient["telecom"] = "0113";
  const Mapping mapping = MapPerson(patient);
  EXPECT_EQ(PersonOf(mapping).gender(), type::GENDER_UNSPECIFIED);
  EXPECT_FALSE(PersonOf(mapping).has_birth_date());
  EXPECT_THAT(LocationsOf(mapping.issues, "not-mapped"),
              ::testing::IsSupersetOf({std::string(kPath) + ".birthDate", std::string(kPath) + ".gender",
                                       std::string(kPath) + ".name[0].given", std::string(kPath) + ".telecom"}));
}

TEST(PersonMapping, ControlCharactersNeverReachThePerson) {
  json patient = SamplePatient();
  patient["name"][0]["family"] =
      "Oka\x01\xC2\x85"
      "for\n";
  EXPECT_EQ(PersonOf(MapPerson(patient)).name().family(), "Oka  for");
}

TEST(PersonMapping, TooLongIsCutAtACharacterAndSaid) {
  json patient = SamplePatient();
  std::string family;
  for (int i = 0; i < 150; ++i) family += "é";
  patient["name"][0]["family"] = family;
  const Mapping mapping = MapPerson(patient);
  EXPECT_EQ(PersonOf(mapping).name().family().size(), 200u);
  EXPECT_THAT(LocationsOf(mapping.issues, "text-cut"), ElementsAre(std::string(kPath) + ".name[0].family"));
}

TEST(ParseInstant, TakesAnyOffset) {
  EXPECT_EQ(ParseInstant("2021-10-13T16:28:00+07:00"), ParseInstant("2021-10-13T09:28:00Z"));
  EXPECT_TRUE(ParseInstant("2021-10-13T16:28:00.123-00:30").has_value());
  EXPECT_TRUE(ParseInstant("2021").has_value());
  EXPECT_FALSE(ParseInstant("2021-10-13T16:28").has_value());
  EXPECT_FALSE(ParseInstant("2021-02-30T16:28:00Z").has_value());
  EXPECT_FALSE(ParseInstant("0001-01-01T00:00:00+14:00").has_value());
  EXPECT_FALSE(ParseInstant("9999-12-31T23:59:59-14:00").has_value());
  EXPECT_FALSE(ParseInstant("infinite-future-now-ok").has_value());
}

}  // namespace
}  // namespace splw::fhir
