// Real messages, written by others: each is accepted, waits for triage with named findings, or is refused
// with a location in FHIRPath; none crashes or hangs anything; one goes the whole way.
#include <algorithm>
#include <filesystem>
#include <functional>
#include <iostream>
#include <set>

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "common/testing/status_matchers.h"
#include "common/testing/temp_dir.h"
#include "tests/journey/invariants.h"
#include "tests/journey/world.h"

namespace splw::journey {
namespace {

using nlohmann::json;
using testing::IsOk;

// The types of all resources anywhere in a document.
std::set<std::string> ResourceTypes(const json& document) {
  std::set<std::string> types;
  const std::function<void(const json&)> look = [&](const json& node) {
    if (node.is_object()) {
      const auto type = node.find("resourceType");
      if (type != node.end() && type->is_string()) types.insert(type->get<std::string>());
    }
    if (node.is_structured()) {
      for (const json& child : node) look(child);
    }
  };
  look(document);
  return types;
}

// Every file under `folder` that carries a person and a ServiceRequest.
std::vector<std::string> ReferralMessages(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.path().extension() != ".json") continue;
    const json document = json::parse(testing::ReadFile(entry.path()), nullptr, /*allow_exceptions=*/false);
    const std::set<std::string> types = ResourceTypes(document);
    if (types.count("ServiceRequest") > 0 && types.count("Patient") > 0) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

class FhirJourney : public ::testing::Test {
 protected:
  void SetUp() override {
    if (testing::SharedDataDir().empty()) {
      GTEST_SKIP() << "the folder of real messages is not here: set SPLW_SHARED_DATA to read it";
    }
    Start();
  }
  void Start() {
    ASSERT_THAT(suite_.StartAll(), IsOk());
    world_.SetUpAll();
  }

  testing::ProcessOutput Submit(const std::string& file) {
    const auto maybe_output =
        suite_.Splwctl({"--network", kNetwork, "--role", "service-lead", "--principal", "lead@splw.example",
                        "--organisation", kNetwork, "--output", "json", "referral", "submit", "--fhir", file},
                       absl::Seconds(30));
    EXPECT_THAT(maybe_output, IsOk()) << file;
    return maybe_output.ok() ? *maybe_output : testing::ProcessOutput();
  }

  std::size_t CountReferrals() {
    const auto maybe_list = suite_.Splwctl({"--network", kNetwork, "--output", "json", "referral", "list"});
    EXPECT_THAT(maybe_list, IsOk());
    return maybe_list.ok() ? json::parse(maybe_list->output).size() : 0;
  }

  testing::Suite suite_;
  World world_{suite_};
};

// The referrals of an answer.
std::vector<referral::v1::Referral> ReferralsOf(const std::string& output) {
  std::vector<referral::v1::Referral> referrals;
  const json document = json::parse(output, nullptr, false);
  if (!document.is_object()) return referrals;
  for (const json& each : document.value("referrals", json::array())) {
    referral::v1::Referral referral;
    const auto status = google::protobuf::util::JsonStringToMessage(each.dump(), &referral);
    EXPECT_TRUE(status.ok()) << status.ToString();
    referrals.push_back(referral);
  }
  return referrals;
}

TEST_F(FhirJourney, EveryReferralMessageIsAcceptedOrWaitsWithFindingsOrIsRefusedWithALocation) {
  const std::vector<std::string> files = ReferralMessages(testing::SharedDataDir() + "/fhir");
  ASSERT_FALSE(files.empty());
  int accepted = 0;
  int waiting = 0;
  int refused = 0;
  std::string waits;
  for (const std::string& file : files) {
    SCOPED_TRACE(file);
    const testing::ProcessOutput answer = Submit(file);
    if (answer.end.exit_code == 0) {
      const auto referrals = ReferralsOf(answer.output);
      EXPECT_FALSE(referrals.empty()) << answer.output;
      for (const auto& referral : referrals) {
        if (referral.state() == referral::v1::REFERRAL_STATE_ACCEPTED) {
          ++accepted;
        } else {
          EXPECT_EQ(referral.state(), referral::v1::REFERRAL_STATE_AWAITING_TRIAGE);
          EXPECT_GT(referral.findings_size(), 0);
          for (const auto& finding : referral.findings()) {
            EXPECT_NE(finding.code(), referral::v1::FINDING_CODE_UNSPECIFIED);
          }
          ++waiting;
          waits = referral.name();
        }
      }
    } else {
      // 1: the service refused; 64: the file itself is not a referral. Nothing else, and never a signal.
      EXPECT_THAT(answer.end.exit_code, ::testing::AnyOf(1, 64)) << answer.errors;
      // An error of the mapping, not one of its notes: the service has nothing to refuse in what the mapping sends.
      EXPECT_THAT(answer.errors,
                  ::testing::ContainsRegex("(^|\n)error +([$]this|Bundle|ServiceRequest|Patient)(\\.|\\[)"))
          << answer.errors;
      ++refused;
    }
    for (const char* service : testing::kServices) ASSERT_TRUE(suite_.Running(service)) << service;
  }
  std::cout << files.size() << " messages: " << accepted << " accepted, " << waiting << " wait for triage, " << refused
            << " refused with a location\n";
  ASSERT_FALSE(waits.empty()) << "no message came as far as triage";
  CheckInvariants(suite_, world_);
}

TEST_F(FhirJourney, TheSameDocumentTwiceIsOneReferral) {
  for (const std::string& file : ReferralMessages(testing::SharedDataDir() + "/fhir")) {
    const testing::ProcessOutput first = Submit(file);
    if (first.end.exit_code != 0) continue;
    const std::size_t before = CountReferrals();
    const testing::ProcessOutput second = Submit(file);
    EXPECT_EQ(second.end.exit_code, 0) << second.errors;
    EXPECT_EQ(ReferralsOf(second.output).at(0).name(), ReferralsOf(first.output).at(0).name());
    EXPECT_EQ(CountReferrals(), before);
    return;
  }
  FAIL() << "no message was taken";
}

TEST_F(FhirJourney, ARealMessageGoesAllTheWayToADecisionAndAFeedbackItem) {
  std::string name;
  for (const std::string& file : ReferralMessages(testing::SharedDataDir() + "/fhir")) {
    const testing::ProcessOutput answer = Submit(file);
    if (answer.end.exit_code != 0) continue;
    const auto referrals = ReferralsOf(answer.output);
    if (referrals.empty() || referrals[0].consent().referral() == type::v1::CONSENT_STATUS_DECLINED) continue;
    name = referrals[0].name();
    break;
  }
  ASSERT_FALSE(name.empty());

  // FHIR carries no answers to the crisis questions: the triaging clinician asks, and accepts.
  const referral::v1::Referral waiting = world_.GetReferral(name);
  if (waiting.state() == referral::v1::REFERRAL_STATE_AWAITING_TRIAGE) {
    referral::v1::AcceptReferralRequest accept;
    accept.set_name(name);
    accept.set_etag(waiting.etag());
    accept.set_request_id(RequestId());
    for (const auto& finding : waiting.findings()) {
      if (finding.code() != referral::v1::FINDING_CODE_CRISIS_QUESTIONS_NOT_ASKED) continue;
      accept.mutable_crisis_answers()->set_feels_unsafe_now(type::v1::CRISIS_ANSWER_NO);
      accept.mutable_crisis_answers()->set_suicidal_thoughts(type::v1::CRISIS_ANSWER_NO);
      accept.mutable_crisis_answers()->set_risk_of_harm(type::v1::CRISIS_ANSWER_NO);
    }
    ASSERT_THAT(world_.lead.Call(&ReferralStub::AcceptReferral, accept), IsOk());
  }
  const std::string case_name = world_.CaseOf(name).name();
  world_.Allocate(case_name);
  world_.Nominate(case_name);
  world_.NominationAtMdt(case_name);
  const auto coming = world_.ComingMeetings();
  ASSERT_GE(coming.size(), 2u);
  world_.BuildAgenda(coming[0].name());
  world_.Publish(coming[0].name());
  world_.StartMeeting(coming[0].name());
  world_.Decide(world_.ItemOf(coming[0].name(), case_name));
  world_.Close(coming[0].name());
  world_.BuildAgenda(coming[1].name());
  EXPECT_EQ(world_.ItemOf(coming[1].name(), case_name).kind(), mdt::v1::ITEM_KIND_FEEDBACK);
  CheckInvariants(suite_, world_);
}

TEST_F(FhirJourney, FilesThatAreNotJsonAreRefusedWithWords) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(testing::SharedDataDir() + "/malformed")) {
    if (!entry.is_regular_file()) continue;
    SCOPED_TRACE(entry.path());
    const testing::ProcessOutput answer = Submit(entry.path());
    EXPECT_THAT(answer.end.exit_code, ::testing::AnyOf(0, 1, 64)) << answer.errors;
    EXPECT_TRUE(answer.end.exit_code == 0 || !answer.errors.empty());
  }
  for (const char* service : testing::kServices) EXPECT_TRUE(suite_.Running(service)) << service;
}

// Needs no folder of messages: its message is made up.
class MadeUpMessage : public FhirJourney {
 protected:
  void SetUp() override { Start(); }

  // A document with one ServiceRequest, submitted; nothing if it was refused.
  referral::v1::Referral SubmitDocument(const json& document) {
    const std::string file = folder_.File("message.json");
    testing::WriteFile(file, document.dump());
    const testing::ProcessOutput answer = Submit(file);
    std::vector<referral::v1::Referral> referrals;
    if (answer.end.exit_code == 0) referrals = ReferralsOf(answer.output);
    EXPECT_EQ(referrals.size(), 1u) << answer.errors;
    return referrals.empty() ? referral::v1::Referral() : world_.GetReferral(referrals[0].name());
  }

  testing::TempDir folder_;
};

std::set<referral::v1::FindingCode> CodesOf(const referral::v1::Referral& referral) {
  std::set<referral::v1::FindingCode> codes;
  for (const auto& finding : referral.findings()) codes.insert(finding.code());
  return codes;
}

TEST_F(MadeUpMessage, WhatTheMappingWarnsOfReachesThePersonWhoDecides) {
  const json request = json::parse(R"({
    "resourceType": "ServiceRequest", "status": "active", "intent": "plan", "subject": {"reference": "#p"},
    "requester": {"reference": "#o"}, "reasonCode": [{"text": "Lonely"}],
    "supportingInfo": [{"display": "A letter in which she says that there is no reason to live"}],
    "contained": [
      {"resourceType": "Patient", "id": "p", "name": [{"family": "Okafor", "given": ["Grace"]}], "birthDate": "2940-01-01",
       "meta": {"security": [{"code": "R"}]}},
      {"resourceType": "Organization", "id": "o", "identifier": [{"system": "https://charity.example", "value": "MM 12"}]}]
  })");
  const referral::v1::Referral referral = SubmitDocument(request);
  EXPECT_EQ(referral.state(), referral::v1::REFERRAL_STATE_AWAITING_TRIAGE);
  EXPECT_THAT(CodesOf(referral), ::testing::IsSupersetOf({referral::v1::FINDING_CODE_IMPORT_NOTES,
                                                          referral::v1::FINDING_CODE_CRISIS_WORDS_IN_TEXT,
                                                          referral::v1::FINDING_CODE_INCOMPLETE_PERSON}));
  EXPECT_FALSE(referral.urgent_advice().text().empty());
  std::set<std::string> notes;
  for (const auto& note : referral.import_notes()) notes.insert(note.location() + " " + note.code());
  EXPECT_THAT(notes, ::testing::IsSupersetOf({"ServiceRequest.contained[0].meta.security[0] restricted-record",
                                              "ServiceRequest.contained[0].birthDate birth-date-future",
                                              "ServiceRequest.supportingInfo[0].display danger-words",
                                              "ServiceRequest.contained[1].identifier[0].value local-id"}));
  EXPECT_THAT(referral.reason_text(), ::testing::HasSubstr("do not disclose where the person is"));
}

}  // namespace
}  // namespace splw::journey
