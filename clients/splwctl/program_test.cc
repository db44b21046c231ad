#include "clients/splwctl/program.h"

#include <cstdlib>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "clients/splwctl/errors.h"
#include "clients/splwctl/shell.h"
#include "clients/splwctl/testing/run_program.h"

namespace splw::ctl {
namespace {

TEST(ProgramTest, HelpIsOnTheOutputAndEndsWell) {
  const Outcome outcome = Ctl({"--help"});
  EXPECT_EQ(outcome.status, kExitDone);
  EXPECT_NE(outcome.out.find("Exit status"), std::string::npos);
  EXPECT_NE(outcome.out.find("SPLWCTL_NETWORK"), std::string::npos);
  EXPECT_EQ(outcome.err, "");
}

TEST(ProgramTest, EveryVerbHasHelpWithAnExample) {
  const std::vector<std::vector<const char*>> verbs = {
      {"referral", "submit"},  {"referral", "check"},      {"referral", "list"},     {"referral", "show"},
      {"referral", "accept"},  {"referral", "return"},     {"referral", "withdraw"}, {"referral", "acknowledge-crisis"},
      {"referral", "watch"},   {"policy", "show"},         {"policy", "update"},     {"case", "list"},
      {"case", "show"},        {"case", "allocate"},       {"case", "contact"},      {"case", "assess"},
      {"case", "plan"},        {"case", "signpost"},       {"case", "nominate"},     {"case", "close"},
      {"case", "watch"},       {"signpost", "list"},       {"signpost", "outcome"},  {"nomination", "list"},
      {"nomination", "show"},  {"nomination", "withdraw"}, {"worker", "create"},     {"worker", "update"},
      {"worker", "list"},      {"worker", "show"},         {"service", "create"},    {"service", "update"},
      {"service", "list"},     {"service", "show"},        {"mdt", "create"},        {"mdt", "list"},
      {"mdt", "show"},         {"meeting", "list"},        {"meeting", "show"},      {"meeting", "build"},
      {"meeting", "agenda"},   {"meeting", "publish"},     {"meeting", "start"},     {"meeting", "attend"},
      {"meeting", "decide"},   {"meeting", "feedback"},    {"meeting", "close"},     {"meeting", "cancel"},
      {"meeting", "minutes"},  {"action", "list"},         {"outbox", "list"},       {"outbox", "retry"},
      {"outbox", "skip"},      {"audit", "list"},          {"store", "verify"},      {"sample", "load"},
      {"sample", "demo"},      {"meeting", "watch"},       {"nomination", "watch"},  {"worker", "watch"},
      {"service", "watch"},    {"mdt", "watch"},           {"action", "watch"},      {"case", "contacts"},
      {"case", "assessments"}, {"mdt", "update"},          {"meeting", "waiting"}};
  for (std::vector<const char*> verb : verbs) {
    verb.push_back("--help");
    const Outcome outcome = Ctl(verb);
    EXPECT_EQ(outcome.status, kExitDone) << verb[0] << " " << verb[1];
    EXPECT_NE(outcome.out.find("Examples:\n  splwctl "), std::string::npos) << verb[0] << " " << verb[1];
  }
}

TEST(ProgramTest, AWrongLineIsUsageAndSendsNothing) {
  EXPECT_EQ(Ctl({}).status, kExitUsage);
  EXPECT_EQ(Ctl({"referral"}).status, kExitUsage);
  EXPECT_EQ(Ctl({"referral", "fetch"}).status, kExitUsage);
  EXPECT_EQ(Ctl({"--output", "yaml", "case", "list"}).status, kExitUsage);
  EXPECT_EQ(Ctl({"referral", "return", "01J"}).status, kExitUsage) << "a reason and advice are required";
  EXPECT_EQ(Ctl({"case", "list"}).status, kExitUsage) << "no network";
  EXPECT_EQ(Ctl({"--network", "U12345", "--role", "king", "case", "list"}).status, kExitUsage);
  EXPECT_EQ(Ctl({"--network", "U12345", "--timeout", "soon", "case", "list"}).status, kExitUsage);
  EXPECT_EQ(Ctl({"--network", "U12345", "referral", "submit", "--json", "/nowhere/x.json"}).status, kExitUsage);
  EXPECT_EQ(Ctl({"--network", "U12345", "referral", "submit", "--json", "-"}, "{\"nothing\": 1}").status, kExitUsage);
  EXPECT_EQ(Ctl({"store", "verify", "--service", "gateway"}).status, kExitUsage);
}

TEST(ProgramTest, ATemplateIsABodyThatTheVerbTakes) {
  const std::vector<std::pair<std::vector<const char*>, const google::protobuf::Message*>> bodies = {
      {{"referral", "submit"}, &referral::v1::SubmitReferralRequest::default_instance()},
      {{"referral", "check"}, &referral::v1::SubmitReferralRequest::default_instance()},
      {{"policy", "update"}, &referral::v1::UpdateNetworkPolicyRequest::default_instance()},
      {{"worker", "create"}, &caseload::v1::CreateLinkWorkerRequest::default_instance()},
      {{"service", "create"}, &caseload::v1::CreateCommunityServiceRequest::default_instance()},
      {{"case", "plan"}, &caseload::v1::UpdatePlanRequest::default_instance()},
      {{"mdt", "create"}, &mdt::v1::CreateMdtRequest::default_instance()}};
  for (const auto& [verb, prototype] : bodies) {
    std::vector<const char*> line = verb;
    line.push_back("--template");
    const Outcome outcome = Ctl(line);
    EXPECT_EQ(outcome.status, kExitDone) << outcome.err;
    const std::unique_ptr<google::protobuf::Message> body(prototype->New());
    const absl::Status read = ParseJson(outcome.out, "--template", body.get());
    EXPECT_TRUE(read.ok()) << verb[0] << ": " << read;
    EXPECT_GT(body->ByteSizeLong(), 0u);
  }
  EXPECT_NE(Ctl({"referral", "submit", "--template"}).err.find("referral.urgency: URGENCY_ROUTINE, URGENCY_"),
            std::string::npos);
}

TEST(ProgramTest, AFieldThatIsGivenInTwoSpellingsIsNotGuessed) {
  const Outcome outcome = Ctl({"--network", "U12345", "referral", "submit", "--json", "-"},
                              R"({"referral": {"reason_text": "first", "reasonText": "second"}})");
  EXPECT_EQ(outcome.status, kExitUsage);
  EXPECT_NE(outcome.err.find("$this.referral.reason_text: the field is given twice"), std::string::npos) << outcome.err;
}

TEST(ProgramTest, AFieldThatIsGivenTwiceIsNotGuessed) {
  const Outcome outcome =
      Ctl({"--network", "U12345", "referral", "submit", "--json", "-"},
          R"({"referral": {"person": {"nhsNumber": {"value": "9990000018", "value": "9990000026"}}}})");
  EXPECT_EQ(outcome.status, kExitUsage);
  EXPECT_NE(outcome.err.find(": referral.person.nhsNumber.value: the property is given twice"), std::string::npos)
      << outcome.err;
}

TEST(ProgramTest, AWordThatIsNoVerbIsNamed) {
  for (const std::vector<const char*>& line :
       {std::vector<const char*>{"frobnicate"},
        std::vector<const char*>{"--network", "U12345", "case", "frobnicate", "C1"}}) {
    const Outcome outcome = Ctl(line);
    EXPECT_EQ(outcome.status, kExitUsage);
    EXPECT_NE(outcome.err.find("\"frobnicate\""), std::string::npos) << outcome.err;
  }
  EXPECT_NE(Ctl({"case"}).err.find("subcommand"), std::string::npos);
}

TEST(ProgramTest, AnEmptyEtagAndALimitBelowOneAreRefused) {
  Outcome outcome = Ctl({"--network", "U12345", "case", "close", "C1", "--outcome", "goals-met", "--etag", ""});
  EXPECT_EQ(outcome.status, kExitUsage);
  EXPECT_NE(outcome.err.find("--etag"), std::string::npos) << outcome.err;
  outcome = Ctl({"--network", "U12345", "case", "list", "--limit", "-5"});
  EXPECT_EQ(outcome.status, kExitUsage);
  EXPECT_NE(outcome.err.find("--limit"), std::string::npos) << outcome.err;
}

TEST(ProgramTest, WhatIsNotUtf8IsAUsageError) {
  const Outcome outcome = Ctl({"--network", "U12345", "case", "contact", "C1", "--mode", "phone", "--note", "caf\xe9"});
  EXPECT_EQ(outcome.status, kExitUsage);
  EXPECT_NE(outcome.err.find("UTF-8"), std::string::npos) << outcome.err;
}

TEST(ProgramTest, NobodyThereIsUnavailable) {
  // Port 1 of loopback: nothing listens there.
  const Outcome outcome = Ctl({"--network", "U12345", "--caseload", "127.0.0.1:1", "--timeout", "5s", "case", "list"});
  EXPECT_EQ(outcome.status, kExitUnavailable);
  EXPECT_NE(outcome.err.find("no answer"), std::string::npos);
}

TEST(ProgramTest, AChangeWithoutAnAnswerSaysHowToAskAgain) {
  const Outcome outcome = Ctl({"--network", "U12345", "--caseload", "127.0.0.1:1", "case", "close", "01JD", "--outcome",
                               "goals-met", "--etag", "3"});
  EXPECT_EQ(outcome.status, kExitUnavailable);
  EXPECT_NE(outcome.err.find("--request-id 0"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find(" --etag 3\n"), std::string::npos) << outcome.err;
}

TEST(ProgramTest, WaitingSaysSoAndEnds) {
  const Outcome outcome = Ctl({"--network", "U12345", "--caseload", "127.0.0.1:1", "--wait", "100ms", "case", "list"});
  EXPECT_EQ(outcome.status, kExitUnavailable);
  EXPECT_NE(outcome.err.find("no answer from caseload at 127.0.0.1:1; trying again for up to 100ms"),
            std::string::npos);
}

TEST(ProgramTest, TheEnvironmentGivesGlobalOptions) {
  ::setenv("SPLWCTL_NETWORK", "not a network", 1);
  const Outcome outcome = Ctl({"case", "list"});
  ::unsetenv("SPLWCTL_NETWORK");
  EXPECT_EQ(outcome.status, kExitUsage);
  EXPECT_NE(outcome.err.find("capital letters"), std::string::npos) << outcome.err;
}

TEST(ProgramTest, SaysItsVersion) {
  const Outcome outcome = Ctl({"--version"});
  EXPECT_EQ(outcome.status, kExitDone);
  EXPECT_EQ(outcome.out.rfind("splwctl 0.", 0), 0u) << outcome.out;
}

TEST(ProgramTest, ColoursAreForTerminalsThatWantThem) {
  const std::string coloured = "\x1b[1;31m";
  const auto error = [] {
    std::istringstream in;
    std::ostringstream out, err;
    const char* const line[] = {"splwctl", "case", "list"};  // no network
    RunProgram(3, line, in, out, err, true, true);
    return err.str();
  };
  const char* term = std::getenv("TERM");
  const std::string before = term == nullptr ? "" : term;
  ::setenv("TERM", "xterm", 1);
  EXPECT_NE(error().find(coloured), std::string::npos);
  for (const auto& [name, value] : {std::pair("NO_COLOR", "1"), std::pair("SPLWCTL_NO_COLOR", "anything")}) {
    ::setenv(name, value, 1);
    EXPECT_EQ(error().find(coloured), std::string::npos) << name;
    ::unsetenv(name);
  }
  ::setenv("TERM", "dumb", 1);
  EXPECT_EQ(error().find(coloured), std::string::npos);
  ::setenv("TERM", before.c_str(), 1);
}

TEST(ProgramTest, WhatNoHeaderCanHoldIsAUsageError) {
  for (const char* flag : {"--principal", "--organisation", "--agency", "--networks", "--correlation-id"}) {
    const Outcome outcome =
        Ctl({"--network", "U12345", "--caseload", "127.0.0.1:1", flag, "Zo\xc3\xab\n", "case", "list"});
    EXPECT_EQ(outcome.status, kExitUsage) << flag;
    EXPECT_NE(outcome.err.find(flag), std::string::npos) << outcome.err;
  }
}

TEST(ProgramTest, GlobalOptionsMayStandBehindTheVerb) {
  EXPECT_EQ(Ctl({"case", "list", "--network", "U12345", "--caseload", "127.0.0.1:1"}).status, kExitUnavailable);
}

TEST(ProgramTest, AFhirDocumentThatIsNoneSaysWhere) {
  const Outcome outcome =
      Ctl({"--network", "U12345", "referral", "check", "--fhir", "-"}, "{\"resourceType\": \"Patient\"}");
  EXPECT_EQ(outcome.status, kExitUsage) << "a file that is wrong; nothing was sent";
  EXPECT_NE(outcome.err.find("error"), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace splw::ctl
