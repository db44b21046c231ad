#include "clients/splwctl/program.h"

#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "clients/splwctl/errors.h"

namespace splw::ctl {
namespace {

struct Outcome {
  int status = -1;
  std::string out, err;
};

Outcome Ctl(std::vector<const char*> arguments, const std::string& input = "") {
  arguments.insert(arguments.begin(), "splwctl");
  std::istringstream in(input);
  std::ostringstream out, err;
  Outcome outcome;
  outcome.status = RunProgram(static_cast<int>(arguments.size()), arguments.data(), in, out, err, false, false);
  outcome.out = out.str();
  outcome.err = err.str();
  return outcome;
}

TEST(ProgramTest, HelpIsOnTheOutputAndEndsWell) {
  const Outcome outcome = Ctl({"--help"});
  EXPECT_EQ(outcome.status, kExitDone);
  EXPECT_NE(outcome.out.find("Exit status"), std::string::npos);
  EXPECT_NE(outcome.out.find("SPLWCTL_NETWORK"), std::string::npos);
  EXPECT_EQ(outcome.err, "");
}

TEST(ProgramTest, EveryVerbHasHelpWithAnExample) {
  const std::vector<std::vector<const char*>> verbs = {
      {"referral", "submit"}, {"referral", "check"},      {"referral", "list"},     {"referral", "show"},
      {"referral", "accept"}, {"referral", "return"},     {"referral", "withdraw"}, {"referral", "acknowledge-crisis"},
      {"referral", "watch"},  {"policy", "show"},         {"policy", "update"},     {"case", "list"},
      {"case", "show"},       {"case", "allocate"},       {"case", "contact"},      {"case", "assess"},
      {"case", "plan"},       {"case", "signpost"},       {"case", "nominate"},     {"case", "close"},
      {"case", "watch"},      {"signpost", "list"},       {"signpost", "outcome"},  {"nomination", "list"},
      {"nomination", "show"}, {"nomination", "withdraw"}, {"worker", "create"},     {"worker", "update"},
      {"worker", "list"},     {"worker", "show"},         {"service", "create"},    {"service", "update"},
      {"service", "list"},    {"service", "show"},        {"mdt", "create"},        {"mdt", "list"},
      {"mdt", "show"},        {"meeting", "list"},        {"meeting", "show"},      {"meeting", "build"},
      {"meeting", "agenda"},  {"meeting", "publish"},     {"meeting", "start"},     {"meeting", "attend"},
      {"meeting", "decide"},  {"meeting", "feedback"},    {"meeting", "close"},     {"meeting", "cancel"},
      {"meeting", "minutes"}, {"action", "list"},         {"outbox", "list"},       {"outbox", "retry"},
      {"outbox", "skip"},     {"audit", "list"},          {"store", "verify"},      {"sample", "load"},
      {"sample", "demo"},     {"meeting", "watch"},       {"nomination", "watch"},  {"worker", "watch"},
      {"service", "watch"},   {"mdt", "watch"},           {"action", "watch"}};
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

TEST(ProgramTest, NobodyThereIsUnavailable) {
  // Port 1 of loopback: nothing listens there.
  const Outcome outcome = Ctl({"--network", "U12345", "--caseload", "127.0.0.1:1", "--timeout", "5s", "case", "list"});
  EXPECT_EQ(outcome.status, kExitUnavailable);
  EXPECT_NE(outcome.err.find("no answer"), std::string::npos);
}

TEST(ProgramTest, WaitingSaysSoAndEnds) {
  const Outcome outcome = Ctl({"--network", "U12345", "--caseload", "127.0.0.1:1", "--wait", "100ms", "case", "list"});
  EXPECT_EQ(outcome.status, kExitUnavailable);
  EXPECT_NE(outcome.err.find("trying again for up to 100ms"), std::string::npos);
}

TEST(ProgramTest, TheEnvironmentGivesGlobalOptions) {
  ::setenv("SPLWCTL_NETWORK", "not a network", 1);
  const Outcome outcome = Ctl({"case", "list"});
  ::unsetenv("SPLWCTL_NETWORK");
  EXPECT_EQ(outcome.status, kExitUsage);
  EXPECT_NE(outcome.err.find("capital letters"), std::string::npos) << outcome.err;
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
  EXPECT_EQ(outcome.status, kExitRefused);
  EXPECT_NE(outcome.err.find("error"), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace splw::ctl
