// Runs every published sample message through the mapping, where the folder of shared data is there.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "services/gateway/fhir/mapping_testing.h"
#include "services/referral_intake/submission.h"

namespace splw::fhir {
namespace {

namespace filesystem = std::filesystem;

// SPLW_SHARED_DATA, or ../shared/data beside the source tree (SPLW_SOURCE_DIR).
filesystem::path SharedData() {
  if (const char* data = std::getenv("SPLW_SHARED_DATA")) return data;
  const char* source = std::getenv("SPLW_SOURCE_DIR");
  return filesystem::path(source == nullptr ? "." : source) / ".." / "shared" / "data";
}

std::vector<filesystem::path> FilesUnder(const filesystem::path& folder) {
  std::vector<filesystem::path> files;
  std::error_code error;
  for (filesystem::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->is_regular_file()) files.push_back(it->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string Read(const filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

// True for a Bundle of which one entry is a ServiceRequest and one a Patient.
bool CarriesReferral(const std::string& text) {
  const nlohmann::json document = nlohmann::json::parse(text, nullptr, false);
  if (!document.is_object() || document.value("resourceType", "") != "Bundle" || !document.contains("entry"))
    return false;
  bool has_request = false, has_patient = false;
  for (const auto& entry : document["entry"]) {
    if (!entry.is_object() || !entry.contains("resource")) continue;
    const std::string type = entry["resource"].value("resourceType", "");
    has_request |= type == "ServiceRequest";
    has_patient |= type == "Patient";
  }
  return has_request && has_patient;
}

// The intake refuses nothing that comes out of the mapping, from a sender that acts for some organisation: a refusal there would
// name no place in the document.
void ExpectTakenIn(const MappingResult& result) {
  for (const Mapping& mapping : result.mappings) {
    splw::referral::v1::SubmitReferralRequest request = mapping.request;
    request.set_request_id("1");
    EXPECT_THAT(
        referral_intake::ReadSubmission(request, "U12345", absl::ToCivilDay(*SampleOptions().now, absl::UTCTimeZone())),
        splw::testing::IsOk());
  }
}

TEST(FhirSamples, EachIsMappedOrRefusedWithALocation) {
  const filesystem::path data = SharedData();
  std::vector<filesystem::path> files = FilesUnder(data / "fhir");
  const std::vector<filesystem::path> malformed = FilesUnder(data / "malformed");
  files.insert(files.end(), malformed.begin(), malformed.end());
  if (files.empty()) GTEST_SKIP() << "no sample messages under " << data << " (set SPLW_SHARED_DATA)";

  int referrals = 0, mapped = 0, refused = 0;
  std::map<std::string, int> refusals;
  for (const filesystem::path& file : files) {
    SCOPED_TRACE(file.string());
    const std::string text = Read(file);
    const MappingResult result = MapReferrals(text, SampleOptions());
    ExpectTakenIn(result);
    const bool is_refused = result.mappings.empty();
    is_refused ? ++refused : ++mapped;
    if (is_refused) {
      ASSERT_FALSE(result.issues.empty());
      EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument);
      EXPECT_EQ(result.issues.front().severity, Severity::kError);
      ++refusals[result.issues.front().code];
    }
    for (const Issue& issue : result.issues) EXPECT_TRUE(!issue.location.empty()) << issue.code;
    for (const Mapping& mapping : result.mappings) {
      EXPECT_TRUE(mapping.request.referral().has_person());
      EXPECT_TRUE(mapping.request.IsInitialized());
      for (const Issue& issue : mapping.issues) {
        EXPECT_TRUE(!issue.location.empty()) << issue.code;
        EXPECT_NE(issue.severity, Severity::kError) << issue.code;
      }
    }
    if (CarriesReferral(text)) {
      ++referrals;
      std::cout << (is_refused ? "refused " : "mapped  ") << filesystem::relative(file, data).string() << "\n";
      if (is_refused) std::cout << RenderIssues(result.issues);
    }
  }
  std::cout << files.size() << " files: " << referrals << " carry a referral, " << mapped << " mapped, " << refused
            << " refused\n";
  for (const auto& [code, count] : refusals) std::cout << "  " << count << " " << code << "\n";
  EXPECT_GT(referrals, 0);
  EXPECT_GT(mapped, 0);
}

// Every prefix of a message, and the message with one byte changed, is mapped or refused: never more than
// that.
TEST(FhirSamples, CutAndChangedMessagesEndInAnAnswer) {
  const std::string whole = SampleMessage().dump();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_TRUE(MapReferrals(std::string_view(whole).substr(0, i), SampleOptions()).mappings.empty()) << i;
    for (const char byte : {'\0', '"', '{', '[', '0', '\xFF'}) {
      std::string changed = whole;
      changed[i] = byte;
      const MappingResult result = MapReferrals(changed, SampleOptions());
      EXPECT_EQ(result.mappings.empty(), !result.status().ok()) << i;
    }
  }
}

// Every place of a message below its root, each once.
std::set<std::string> PlacesOf(const nlohmann::json& message) {
  std::set<std::string> places;
  const nlohmann::json flat = message.flatten();
  for (const auto& [pointer, ignored] : flat.items()) {
    for (nlohmann::json::json_pointer place(pointer); !place.empty(); place = place.parent_pointer()) {
      places.insert(place.to_string());
    }
  }
  return places;
}

// Each value of a message, replaced by a value of every other type.
TEST(FhirSamples, ValuesOfEveryTypeInEveryPlaceEndInAnAnswer) {
  for (const std::string& place : PlacesOf(SampleMessage())) {
    for (const char* value :
         {"null", "true", "-1", "1.5", "\"\"", "\"x\"", "[]", "[[]]", "[null]", "{}", "{\"a\":[1]}"}) {
      nlohmann::json changed = SampleMessage();
      changed[nlohmann::json::json_pointer(place)] = nlohmann::json::parse(value);
      const MappingResult result = Map(changed);
      EXPECT_EQ(result.mappings.empty(), !result.status().ok()) << place << " " << value;
      ExpectTakenIn(result);
    }
  }
}

// The sample message with as much of what messages carry as one can be made to hold.
nlohmann::json RichMessage() {
  nlohmann::json message = SampleMessage();
  message["identifier"] = {{"system", "https://a.example/messages"}, {"value", "17"}};
  message["timestamp"] = "2026-11-20T09:00:00Z";
  message["link"] = {{{"relation", "self"}, {"url", "https://a.example/messages/17"}}};
  message["meta"] = {{"tag", {{{"code", "pilot"}}}}, {"profile", {"https://a.example/p"}}};
  message["entry"][0]["search"] = {{"mode", "include"}};
  message["entry"][0]["resource"]["source"] = {{"endpoint", "https://a.example"}};
  message["entry"][1]["request"] = {{"method", "POST"}, {"url", "ServiceRequest"}, {"ifNoneExist", "identifier=1"}};
  message["entry"][1]["resource"].merge_patch(nlohmann::json::parse(R"({
    "identifier": [{"use": "official", "system": "https://a.example/requests", "value": "R-1", "period": {"start": "2026"},
                    "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "PLAC"}]}}],
    "meta": {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "N"}]},
    "category": [{"coding": [{"system": "https://fhir.nhs.uk/CodeSystem/message-category-servicerequest", "code": "referral",
                              "display": "Transfer of care"}]}],
    "code": {"coding": [{"system": "http://snomed.info/sct", "code": "871731000000106", "display": "Social prescribing"}]},
    "orderDetail": [{"text": "A walking group"}],
    "occurrencePeriod": {"start": "2026-12-01"},
    "reasonReference": [{"reference": "urn:uuid:c1", "display": "Her condition"}],
    "supportingInfo": [{"reference": "urn:uuid:k1"}, {"display": "A letter"}],
    "performer": [{"display": "The link workers"}],
    "note": [{"text": "Prefers mornings", "authorString": "The practice", "time": "2026-11-20"}],
    "patientInstruction": "We will ring you",
    "contained": [{"resourceType": "Location", "id": "l1", "name": "The hall"}]
  })"));
  message["entry"][2]["resource"].merge_patch(nlohmann::json::parse(R"({
    "active": true, "maritalStatus": {"text": "Widowed"}, "multipleBirthInteger": 2,
    "meta": {"security": [{"code": "R", "display": "restricted"}]},
    "identifier": [{"use": "official", "system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000018",
      "extension": [{"url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
                     "valueCodeableConcept": {"coding": [{"code": "01", "display": "Verified"}]}}]}],
    "name": [{"use": "official", "prefix": ["Mrs"], "family": "Okafor", "given": ["Grace", "Ada"], "text": "Grace Ada Okafor"},
             {"use": "nickname", "text": "Gracie", "period": {"start": "1990"}}],
    "telecom": [{"system": "phone", "value": "0113 496 0000", "use": "home", "rank": 1, "period": {"start": "2020-01-01"}},
                {"system": "email", "value": "grace@example.org"}],
    "address": [{"use": "home", "type": "both", "line": ["4 Mill Row"], "city": "Leeds", "postalCode": "LS9 1AA",
                 "country": "GB", "period": {"start": "2020-01-01"}}],
    "communication": [{"language": {"coding": [{"code": "ur", "display": "Urdu"}]}, "preferred": true}],
    "contact": [{"relationship": [{"text": "Daughter"}], "name": {"family": "Okafor-Lane"},
                 "telecom": [{"system": "phone", "value": "0113 496 0002"}]}],
    "generalPractitioner": [{"display": "Mill Row Surgery"}],
    "link": [{"type": "replaced-by", "other": {"reference": "Patient/77"}}],
    "extension": [{"url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory",
                   "valueCodeableConcept": {"coding": [{"system": "https://a.example/e", "code": "J", "display": "Pakistani"}]}},
                  {"url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSCommunication",
                   "extension": [{"url": "interpreterRequired", "valueBoolean": true}]},
                  {"url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-ContactPreference",
                   "extension": [{"url": "PreferredWrittenCommunicationFormat",
                                  "valueCodeableConcept": {"coding": [{"code": "12", "display": "Large print"}]}}]}]
  })"));
  message["entry"][3]["resource"]["qualification"] = {{{"code", {{"text", "MRCGP"}}}}};
  message["entry"][4]["resource"]["specialty"] = {
      {{"coding", {{{"code", "408443003"}, {"display", "General practice"}}}}}};
  message["entry"][5]["resource"]["address"] = {{{"city", "Leeds"}}};
  message["entry"][5]["resource"]["identifier"][0]["assigner"] = {{"display", "NHS"}};
  const char* more[] = {
      R"({"resourceType": "Condition", "clinicalStatus": {"coding": [{"code": "active", "display": "Active"}]},
          "verificationStatus": {"coding": [{"code": "provisional"}]}, "code": {"text": "Cannot sleep"},
          "category": [{"text": "Problem", "coding": [{"code": "stress", "display": "Stress",
            "system": "http://hl7.org/fhir/us/sdoh-clinicalcare/CodeSystem/SDOHCC-CodeSystemTemporaryCodes"}]}],
          "onsetString": "in May", "note": [{"text": "For two months"}], "subject": {"reference": "Patient/x"}})",
      R"({"resourceType": "Flag", "status": "active", "period": {"start": "2021-01-01"},
          "category": [{"coding": [{"system": "https://fhir.nhs.uk/CodeSystem/flag-categories-bars", "code": "RA"}]}],
          "code": {"text": "Home visit", "coding": [{"system": "https://a.example", "code": "hv"}]}})",
      R"({"resourceType": "Flag", "status": "active", "code": {"text": "Dog in house"}, "author": {"display": "Nurse"}})",
      R"({"resourceType": "Flag", "status": "active", "encounter": {"display": "Visit"}, "code": {"coding": [
          {"system": "http://snomed.info/sct", "code": "401206008", "display": "Risk of deliberate self harm"}]}})",
      R"({"resourceType": "Consent", "status": "active", "scope": {"coding": [{"code": "patient-privacy"}]},
          "category": [{"coding": [{"code": "DRC", "display": "Direct care"}]}], "dateTime": "2026-11-19T10:00:00Z",
          "policyRule": {"text": "Opt in", "coding": [{"code": "OPTIN"}]}, "provision": {"type": "permit", "period":
          {"start": "2020-01-01"}}, "performer": [{"display": "Grace"}]})",
      R"({"resourceType": "CarePlan", "status": "active", "description": "Walks on Tuesdays"})"};
  const char* urls[] = {"urn:uuid:c1", "urn:uuid:f1", "urn:uuid:f2", "urn:uuid:f3", "urn:uuid:k1", "urn:uuid:p1"};
  for (std::size_t i = 0; i < std::size(more); ++i) {
    message["entry"].push_back(Entry(urls[i], nlohmann::json::parse(more[i])));
  }
  message["entry"][10]["resource"]["patient"]["reference"] = kPatientUrl;
  return message;
}

constexpr char kMark[] = "MARK";

// FHIRPath of a place in a Bundle, as issues write it.
std::string LocationOf(const nlohmann::json::json_pointer& place) {
  std::string location = "Bundle";
  std::istringstream tokens(place.to_string());
  std::string token;
  std::getline(tokens, token, '/');  // what stands before the first
  while (std::getline(tokens, token, '/')) {
    const bool is_index = !token.empty() && token.find_first_not_of("0123456789") == std::string::npos;
    location += is_index ? "[" + token + "]" : "." + ElementName(token);
  }
  return location;
}

// True if the issue names this place or one above it. That something is missing from a resource, or noteworthy about it, does
// not name each of its parts.
bool Names(const Issue& issue, const std::string& location) {
  const std::string& above = issue.location;
  if (location.compare(0, above.size(), above) != 0) return false;
  if (location.size() > above.size() && location[above.size()] != '.' && location[above.size()] != '[') return false;
  const bool is_resource = above.size() >= 9 && above.compare(above.size() - 9, 9, ".resource") == 0;
  return issue.code == "kept-out" || (!is_resource && above != "Bundle");
}

void ExpectAccountedFor(const nlohmann::json& message, const std::string& location) {
  const MappingResult result = Map(message);
  bool is_named = false;
  const auto look = [&](const std::vector<Issue>& issues) {
    is_named |= std::any_of(issues.begin(), issues.end(), [&](const Issue& issue) { return Names(issue, location); });
  };
  look(result.issues);
  for (const Mapping& mapping : result.mappings) {
    is_named |= mapping.request.DebugString().find(kMark) != std::string::npos;
    look(mapping.issues);
  }
  EXPECT_TRUE(is_named) << location << "\n" << RenderIssues(result.issues);
}

// How a document hangs together; a change there is a change of what it says elsewhere.
bool IsStructure(const std::string& property) {
  for (const char* name : {"resourceType", "fullUrl", "reference", "id"}) {
    if (property == name) return true;
  }
  return false;
}

TEST(FhirSamples, EveryTextOfAMessageIsInTheRequestOrNamed) {
  const nlohmann::json message = RichMessage();
  ASSERT_TRUE(Map(message).status().ok()) << RenderIssues(Map(message).issues);
  const nlohmann::json flat = message.flatten();
  for (const auto& [pointer, value] : flat.items()) {
    const nlohmann::json::json_pointer place(pointer);
    const std::string location = LocationOf(place);
    // Profiles say how a resource is built.
    if (!value.is_string() || IsStructure(place.back()) || location == "Bundle.meta.profile[0]") continue;
    nlohmann::json changed = message;
    changed[place] = value.get<std::string>() + " " + kMark;
    ExpectAccountedFor(changed, location);
  }
}

TEST(FhirSamples, EveryUnknownPartOfAMessageIsNamed) {
  const nlohmann::json message = RichMessage();
  std::set<std::string> places = PlacesOf(message);
  places.insert("");
  for (const std::string& pointer : places) {
    const nlohmann::json::json_pointer place(pointer);
    if (!message[place].is_object()) continue;
    nlohmann::json changed = message;
    changed[place]["extra"] = kMark;
    ExpectAccountedFor(changed, LocationOf(place) + ".extra");
  }
}

// Each text of a message, made long and of characters that nobody should send.
TEST(FhirSamples, WhateverTextsHoldIsTakenInOrRefusedWithALocation) {
  const nlohmann::json message = RichMessage();
  const nlohmann::json flat = message.flatten();
  for (const auto& [pointer, value] : flat.items()) {
    if (!value.is_string()) continue;
    for (const std::string& text :
         {std::string(6000, 'x'), std::string(" "), std::string("a\tb\x01\xC2\x85\xE2\x80\xAE"),
          std::string("999 000 0018 999 000 0018 9"), std::string("0001-01-01")}) {
      nlohmann::json changed = message;
      changed[nlohmann::json::json_pointer(pointer)] = text;
      SCOPED_TRACE(pointer + " " + text.substr(0, 10));
      ExpectTakenIn(Map(changed));
    }
  }
}

TEST(FhirSamples, OddlyShapedPartsAreNamed) {
  struct {
    const char* place;
    const char* value;
    const char* location;
  } const cases[] = {
      {"/entry/12", R"({"fullUrl": "urn:uuid:1", "request": {"method": "DELETE", "url": "Patient/1"}})",
       "Bundle.entry[12].request.method"},
      {"/entry/12", R"("MARK")", "Bundle.entry[12]"},
      {"/entry/12", R"({"fullUrl": "urn:uuid:1", "resource": "MARK"})", "Bundle.entry[12].resource"},
      {"/entry/1/resource/contained/1", R"("MARK")", "Bundle.entry[1].resource.contained[1]"},
      {"/entry/1/resource/contained", R"("MARK")", "Bundle.entry[1].resource.contained"},
      {"/entry/5/resource/contained", R"([{"resourceType": "Endpoint", "contained": [{"name": "MARK"}]}])",
       "Bundle.entry[5].resource.contained[0].contained[0].name"},
      {"/entry/2/resource/_birthDate", R"({"extension": [{"valueString": "MARK"}]})",
       "Bundle.entry[2].resource.birthDate.extension[0].value"}};
  for (const auto& each : cases) {
    nlohmann::json changed = RichMessage();
    changed[nlohmann::json::json_pointer(each.place)] = nlohmann::json::parse(each.value);
    ExpectAccountedFor(changed, each.location);
  }
}

// Documents whose size is all in what a careless reader would go through again and again. What is tested is that each ends: in
// the time that ctest gives to all of them.
class Hostile : public ::testing::Test {
 protected:
  static constexpr std::size_t kBytes = 4'900'000;

  // Fills the array with what `make` gives for 0, 1, 2 … until it is large.
  static void Fill(nlohmann::json& array, std::size_t bytes, const std::function<nlohmann::json(std::size_t)>& make) {
    array = nlohmann::json::array();
    for (std::size_t size = 0; size < bytes;) {
      array.push_back(make(array.size()));
      size += array.back().dump().size() + 1;
    }
  }
  static void ExpectAnAnswer(const nlohmann::json& document) {
    const std::string text = document.dump();
    ASSERT_LE(text.size(), 5u << 20);
    const MappingResult result = MapReferrals(text, SampleOptions());
    EXPECT_FALSE(result.mappings.empty() && result.issues.empty());
  }
  static nlohmann::json& Request(nlohmann::json& message) { return message["entry"][1]["resource"]; }
};

TEST_F(Hostile, ReferencesByIdentifier) {
  nlohmann::json message = SampleMessage();
  const auto identifier = [](std::size_t i) {
    return nlohmann::json{{"system", "https://a.example"}, {"value", std::to_string(i)}};
  };
  Fill(message["entry"][5]["resource"]["identifier"], kBytes / 2, identifier);
  Fill(Request(message)["reasonReference"], kBytes / 2, [&](std::size_t i) {
    return nlohmann::json{{"identifier", identifier(i + 1'000'000)}};
  });
  ExpectAnAnswer(message);
}

TEST_F(Hostile, ReferencesToWhatIsContained) {
  nlohmann::json message = SampleMessage();
  Fill(Request(message)["contained"], 90'000, [](std::size_t i) {
    return nlohmann::json{{"resourceType", "Basic"}, {"id", std::to_string(i)}};
  });
  Fill(Request(message)["reasonReference"], kBytes - 100'000, [](std::size_t i) {
    return nlohmann::json{{"reference", "#" + std::to_string(i)}};
  });
  ExpectAnAnswer(message);
}

TEST_F(Hostile, ConsentsAndWhatTheRequestNames) {
  nlohmann::json message = SampleMessage();
  for (int i = 0; i < 1900; ++i) {
    message["entry"].push_back(
        Entry("urn:uuid:c" + std::to_string(i), {{"resourceType", "Consent"}, {"status", "active"}}));
  }
  Fill(Request(message)["supportingInfo"], kBytes - 300'000, [](std::size_t i) {
    return nlohmann::json{{"reference", "urn:uuid:c" + std::to_string(i)}};
  });
  ExpectAnAnswer(message);
}

TEST_F(Hostile, OneLargeResourceThatIsNamedAgainAndAgain) {
  nlohmann::json message = SampleMessage();
  nlohmann::json condition = {{"resourceType", "Condition"}};
  Fill(condition["code"]["coding"], kBytes / 2, [](std::size_t i) {
    return nlohmann::json{{"display", std::to_string(i)}};
  });
  message["entry"].push_back(Entry("urn:uuid:c", condition));
  Fill(Request(message)["reasonReference"], kBytes / 2, [](std::size_t) {
    return nlohmann::json{{"reference", "urn:uuid:c"}};
  });
  ExpectAnAnswer(message);
}

TEST_F(Hostile, ManyRequestsThatShareEverything) {
  nlohmann::json message = SampleMessage();
  message["type"] = "collection";
  message["entry"].erase(0);
  for (int i = 0; i < 49; ++i) message["entry"].push_back(Entry("", SampleRequest()));
  nlohmann::json condition = {{"resourceType", "Condition"}};
  Fill(condition["note"], kBytes - 200'000, [](std::size_t) {
    return nlohmann::json{{"text", "has no reason to live"}};
  });
  message["entry"].push_back(Entry("", condition));
  ExpectAnAnswer(message);
}

TEST_F(Hostile, ManyUnknownValuesFarDown) {
  nlohmann::json message = SampleMessage();
  nlohmann::json values = nlohmann::json::array();
  for (std::size_t i = 0; i < kBytes / 8; ++i) values.push_back({{"a", 1}});
  for (int depth = 0; depth < 50; ++depth) values = {{std::string(60, 'p'), std::move(values)}};
  Request(message)["extra"] = std::move(values);
  ExpectAnAnswer(message);
}

}  // namespace
}  // namespace splw::fhir
