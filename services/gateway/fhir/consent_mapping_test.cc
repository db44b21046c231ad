// What a Consent says of the person's agreement.
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/gateway/fhir/mapping_testing.h"

namespace splw::fhir {
namespace {

namespace type = splw::type::v1;
using ::nlohmann::json;
using ::testing::ElementsAre;

json Consent(const char* category, const char* policy, const char* status) {
  return {{"resourceType", "Consent"},
          {"status", status},
          {"category", {{{"coding", {{{"code", category}}}}}}},
          {"patient", {{"reference", kPatientUrl}}},
          {"dateTime", "2026-11-19"},
          {"policyRule", {{"coding", {{{"code", policy}}}}}}};
}

TEST(ConsentMapping, ExplicitDirectCareConsentIsAgreed) {
  const auto consent = MapOk(WithResource(Consent("DRC", "OPTIN", "active"))).request.referral().consent();
  EXPECT_EQ(consent.referral(), type::CONSENT_STATUS_AGREED);
  EXPECT_EQ(consent.explained_on().day(), 19);
  EXPECT_EQ(consent.explained_by(), "");
}

TEST(ConsentMapping, ImpliedConsentIsNotAgreement) {
  const Mapping mapping = MapOk(WithResource(Consent("DRC", "IMPLIED", "active")));
  EXPECT_EQ(mapping.request.referral().consent().referral(), type::CONSENT_STATUS_UNSPECIFIED);
  EXPECT_THAT(LocationsOf(mapping.issues, "consent-implied"), ElementsAre("Bundle.entry[6].resource"));
}

TEST(ConsentMapping, ConsentToSomethingElseIsNotAgreement) {
  const Mapping mapping = MapOk(WithResource(Consent("INFA", "OPTIN", "active")));
  EXPECT_EQ(mapping.request.referral().consent().referral(), type::CONSENT_STATUS_UNSPECIFIED);
  EXPECT_THAT(LocationsOf(mapping.issues, "consent-other-purpose"), ElementsAre("Bundle.entry[6].resource"));
}

TEST(ConsentMapping, ConsentThatTheRequestNamesIsAgreement) {
  json message = WithResource(Consent("INFA", "OPTIN", "active"));
  message["entry"][1]["resource"]["supportingInfo"] = {{{"reference", "urn:uuid:77"}}};
  EXPECT_EQ(MapOk(message).request.referral().consent().referral(), type::CONSENT_STATUS_AGREED);
}

TEST(ConsentMapping, ObjectionWinsOverAgreement) {
  json message = WithResource(Consent("DRC", "OPTIN", "active"));
  message["entry"].push_back(Entry("urn:uuid:78", Consent("DRC", "OPTOUT", "active")));
  EXPECT_EQ(MapOk(message).request.referral().consent().referral(), type::CONSENT_STATUS_DECLINED);
}

TEST(ConsentMapping, ConsentThatRanOutOrIsAnothersDoesNotCount) {
  json ended = Consent("DRC", "OPTIN", "active");
  ended["provision"]["period"]["end"] = "2026-11-01";
  EXPECT_EQ(MapOk(WithResource(ended)).request.referral().consent().referral(), type::CONSENT_STATUS_UNSPECIFIED);
  json others = Consent("DRC", "OPTIN", "active");
  others["patient"]["reference"] = "Patient/other";
  EXPECT_EQ(MapOk(WithResource(others)).request.referral().consent().referral(), type::CONSENT_STATUS_UNSPECIFIED);
  EXPECT_EQ(MapOk(WithResource(Consent("DRC", "OPTIN", "inactive"))).request.referral().consent().referral(),
            type::CONSENT_STATUS_UNSPECIFIED);
}

// A Consent that would be agreement, changed.
Mapping MapConsentWith(const std::function<void(json&)>& change) {
  json consent = Consent("DRC", "OPTIN", "active");
  change(consent);
  return MapOk(WithResource(consent));
}

void ExpectNotAgreed(const std::function<void(json&)>& change, const char* code, const char* location) {
  const Mapping mapping = MapConsentWith(change);
  EXPECT_EQ(mapping.request.referral().consent().referral(), type::CONSENT_STATUS_UNSPECIFIED) << code;
  EXPECT_THAT(LocationsOf(mapping.issues, code), ElementsAre(std::string("Bundle.entry[6].resource") + location));
}

TEST(ConsentMapping, NestedDenyIsNotAgreement) {
  const auto deny_to = [](const char* property) {
    return [property](json& consent) {
      consent["provision"] = {{"type", "permit"}, {"provision", {{{"type", "deny"}, {property, {{{"code", "x"}}}}}}}};
    };
  };
  ExpectNotAgreed(deny_to("purpose"), "consent-limited", ".provision.provision");
  ExpectNotAgreed(deny_to("actor"), "consent-limited", ".provision.provision");
  const Mapping in_whole = MapConsentWith([](json& consent) {
    consent["provision"] = {{"type", "permit"}, {"provision", {{{"type", "deny"}}}}};
  });
  EXPECT_EQ(in_whole.request.referral().consent().referral(), type::CONSENT_STATUS_DECLINED);
}

TEST(ConsentMapping, LimitedToOthersIsNotAgreement) {
  for (const char* limit : {"actor", "purpose", "action", "class", "code", "data", "securityLabel"}) {
    ExpectNotAgreed(
        [limit](json& consent) {
          consent["provision"] = {{"type", "permit"}, {limit, {{{"code", "x"}}}}};
        },
        "consent-limited", (std::string(".provision.") + limit).c_str());
  }
}

TEST(ConsentMapping, UnknownModifierIsNotAgreement) {
  ExpectNotAgreed(
      [](json& consent) {
        consent["modifierExtension"] = {{{"url", "https://a.example/x"}}};
      },
      "consent-limited", ".modifierExtension");
  ExpectNotAgreed([](json& consent) { consent["implicitRules"] = "https://a.example/rules"; }, "consent-limited",
                  ".implicitRules");
}

TEST(ConsentMapping, NotYetInForceIsNotAgreement) {
  ExpectNotAgreed([](json& consent) { consent["provision"]["period"]["start"] = "2026-12-01"; }, "consent-not-begun",
                  ".provision.period");
}

TEST(ConsentMapping, ImpliedWinsOverPermit) {
  ExpectNotAgreed(
      [](json& consent) {
        consent["policyRule"]["coding"][0]["code"] = "IMPLIED";
        consent["provision"]["type"] = "permit";
      },
      "consent-implied", "");
}

TEST(ConsentMapping, DenialCountsUnlessItIsKnownToBeAnothers) {
  const auto status_with = [](const json& patient) {
    return MapConsentWith([&](json& consent) {
             consent["provision"]["type"] = "deny";
             consent["patient"] = patient;
           })
        .request.referral()
        .consent()
        .referral();
  };
  const auto number = [](const char* value) {
    return json{{"identifier", {{"system", "https://fhir.nhs.uk/Id/nhs-number"}, {"value", value}}}};
  };
  EXPECT_EQ(status_with(number("9990000018")), type::CONSENT_STATUS_DECLINED);
  EXPECT_EQ(status_with(number("9990000026")), type::CONSENT_STATUS_DECLINED) << "leads nowhere";
  EXPECT_EQ(status_with({{"reference", "Patient/other"}}), type::CONSENT_STATUS_DECLINED) << "leads nowhere";
  EXPECT_EQ(status_with(nullptr), type::CONSENT_STATUS_DECLINED);

  json message = WithResource(Consent("DRC", "OPTOUT", "active"));
  json other = SamplePatient();
  other["identifier"][0]["value"] = "9990000026";
  message["entry"].push_back(Entry("urn:uuid:78", other));
  message["entry"][6]["resource"]["patient"] = number("9990000026");
  EXPECT_EQ(MapOk(message).request.referral().consent().referral(), type::CONSENT_STATUS_UNSPECIFIED);
}

TEST(ConsentMapping, PermissionByNhsNumberIsAgreement) {
  const Mapping mapping = MapConsentWith([](json& consent) {
    consent["patient"] = {{"identifier", {{"system", "https://fhir.nhs.uk/Id/nhs-number"}, {"value", "999 000 0018"}}}};
  });
  EXPECT_EQ(mapping.request.referral().consent().referral(), type::CONSENT_STATUS_AGREED);
}

TEST(ConsentMapping, FutureDateIsLeftOut) {
  const Mapping mapping = MapConsentWith([](json& consent) { consent["dateTime"] = "2026-11-24"; });
  EXPECT_EQ(mapping.request.referral().consent().referral(), type::CONSENT_STATUS_AGREED);
  EXPECT_FALSE(mapping.request.referral().consent().has_explained_on());
  EXPECT_THAT(LocationsOf(mapping.issues, "consent-date-future"), ElementsAre("Bundle.entry[6].resource.dateTime"));
}

}  // namespace
}  // namespace splw::fhir
