// Small FHIR documents for tests. Names and numbers are made up; NHS numbers are 999… ones, which are never
// issued.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "services/gateway/fhir/element.h"
#include "services/gateway/fhir/referral_mapping.h"

namespace splw::fhir {

inline constexpr char kPatientUrl[] = "urn:uuid:11111111-0000-4000-8000-000000000001";
inline constexpr char kRequestUrl[] = "urn:uuid:11111111-0000-4000-8000-000000000002";
inline constexpr char kPractitionerUrl[] = "urn:uuid:11111111-0000-4000-8000-000000000003";
inline constexpr char kRoleUrl[] = "urn:uuid:11111111-0000-4000-8000-000000000004";
inline constexpr char kOrganisationUrl[] = "urn:uuid:11111111-0000-4000-8000-000000000005";

inline nlohmann::json SamplePatient() {
  return nlohmann::json::parse(R"({
    "resourceType": "Patient",
    "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000018"}],
    "name": [{"use": "official", "family": "Okafor", "given": ["Grace", "Ada"]}],
    "gender": "female", "birthDate": "1951-03-09",
    "address": [{"use": "home", "line": ["4 Mill Row"], "city": "Leeds", "postalCode": "LS9 1AA"}],
    "telecom": [{"system": "phone", "value": "0113 496 0000", "use": "home"}]
  })");
}

inline nlohmann::json SampleRequest() {
  return {{"resourceType", "ServiceRequest"},
          {"status", "active"},
          {"intent", "plan"},
          {"priority", "routine"},
          {"authoredOn", "2026-11-20T09:00:00+00:00"},
          {"subject", {{"reference", kPatientUrl}}},
          {"requester", {{"reference", kPractitionerUrl}}},
          {"reasonCode",
           {{{"coding",
              {{{"system", "http://snomed.info/sct"}, {"code", "422650009"}, {"display", "Social isolation"}}}}}}}};
}

inline nlohmann::json Entry(std::string_view full_url, nlohmann::json resource) {
  return {{"fullUrl", std::string(full_url)}, {"resource", std::move(resource)}};
}

// A BaRS message: entry[0] MessageHeader, [1] ServiceRequest, [2] Patient, [3] Practitioner, [4]
// PractitionerRole, [5] Organization.
inline nlohmann::json SampleMessage() {
  nlohmann::json header = {
      {"resourceType", "MessageHeader"},
      {"eventCoding",
       {{"system", "https://fhir.nhs.uk/CodeSystem/message-events-bars"}, {"code", "servicerequest-request"}}},
      {"reason", {{"coding", {{{"system", "https://fhir.nhs.uk/CodeSystem/message-reason-bars"}, {"code", "new"}}}}}},
      {"focus", {{{"reference", kRequestUrl}}}}};
  nlohmann::json practitioner = {{"resourceType", "Practitioner"},
                                 {"name", {{{"family", "Shaw"}, {"given", {"Priya"}}}}},
                                 {"telecom", {{{"system", "phone"}, {"value", "0113 496 0001"}, {"use", "work"}}}}};
  nlohmann::json role = {{"resourceType", "PractitionerRole"},
                         {"practitioner", {{"reference", kPractitionerUrl}}},
                         {"organization", {{"reference", kOrganisationUrl}}},
                         {"code", {{{"text", "General practitioner"}}}}};
  nlohmann::json organisation = {
      {"resourceType", "Organization"},
      {"name", "Mill Row Surgery"},
      {"identifier", {{{"system", "http://fhir.nhs.uk/id/ODS-organization-code"}, {"value", "g82080"}}}}};
  return {
      {"resourceType", "Bundle"},
      {"type", "message"},
      {"entry",
       {Entry("urn:uuid:11111111-0000-4000-8000-000000000000", std::move(header)), Entry(kRequestUrl, SampleRequest()),
        Entry(kPatientUrl, SamplePatient()), Entry(kPractitionerUrl, std::move(practitioner)),
        Entry(kRoleUrl, std::move(role)), Entry(kOrganisationUrl, std::move(organisation))}}};
}

inline MappingOptions SampleOptions() {
  MappingOptions options;
  options.parent = "networks/U12345";
  options.now = absl::FromUnixSeconds(1795348800);  // 2026-11-22T12:00:00Z
  return options;
}

inline MappingResult Map(const nlohmann::json& document) {
  return MapReferrals(document.dump(), SampleOptions());
}

// The locations of the issues with this code, in their order.
inline std::vector<std::string> LocationsOf(const std::vector<Issue>& issues, std::string_view code) {
  std::vector<std::string> locations;
  for (const Issue& issue : issues) {
    if (issue.code == code) locations.push_back(issue.location);
  }
  return locations;
}

inline constexpr char kGravity[] =
    "http://hl7.org/fhir/us/sdoh-clinicalcare/CodeSystem/SDOHCC-CodeSystemTemporaryCodes";
inline constexpr char kSct[] = "http://snomed.info/sct";

inline nlohmann::json Coded(const char* system, const char* code, const char* display) {
  return {{"coding", {{{"system", system}, {"code", code}, {"display", display}}}}};
}

// The only Mapping of a document; an empty one, and a failure, if it was refused.
inline Mapping MapOk(const nlohmann::json& message) {
  MappingResult result = Map(message);
  EXPECT_EQ(result.mappings.size(), 1u) << RenderIssues(result.issues);
  return result.mappings.empty() ? Mapping() : result.mappings[0];
}

// The sample message and one more resource: "urn:uuid:77" at entry[6].
inline nlohmann::json WithResource(nlohmann::json resource) {
  nlohmann::json message = SampleMessage();
  message["entry"].push_back(Entry("urn:uuid:77", std::move(resource)));
  return message;
}

}  // namespace splw::fhir
