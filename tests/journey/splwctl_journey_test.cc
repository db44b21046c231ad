// The command line against the real services: what the documentation shows, and what only both together can show.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "common/testing/status_matchers.h"
#include "tests/journey/world.h"

namespace splw::journey {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using testing::IsOk;

class SplwctlJourney : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_THAT(suite_.StartAll(), IsOk()); }

  testing::ProcessOutput Ctl(std::vector<std::string> line, const std::string& input = "") {
    line.insert(line.begin(), {"--network", kNetwork});
    const auto maybe_output = suite_.Splwctl(line, absl::Seconds(60), input);
    EXPECT_THAT(maybe_output, IsOk());
    return maybe_output.ok() ? *maybe_output : testing::ProcessOutput();
  }

  testing::Suite suite_;
  World world_{suite_};
};

// The first request of the sample week.
json SampleRequest() {
  return json::parse(testing::ReadFile(testing::SourceDir() + "/deploy/sample/referrals.json")).at(0);
}

// The block behind a marker in docs/splwctl.md.
std::string BlockOf(const std::string& marker) {
  const std::string text = testing::ReadFile(testing::SourceDir() + "/docs/splwctl.md");
  const std::size_t begin = text.find("```\n", text.find(marker)) + 4;
  return text.substr(begin, text.find("```", begin) - begin);
}

TEST_F(SplwctlJourney, TheErrorInTheDocumentationIsWhatIsSaid) {
  world_.SetUpIntake();
  json request = SampleRequest();
  request["referral"]["person"]["birthDate"]["year"] = 2148;
  request["referral"].erase("urgency");
  const testing::ProcessOutput answer = Ctl({"referral", "check", "--json", "-"}, request.dump());
  EXPECT_EQ(answer.end.exit_code, 1);
  EXPECT_EQ(answer.errors, BlockOf("<!-- error-example"));
}

TEST_F(SplwctlJourney, TheTemplateOfAReferralIsOneThatWouldBeTaken) {
  world_.SetUpIntake();
  const testing::ProcessOutput printed = Ctl({"referral", "submit", "--template"});
  ASSERT_EQ(printed.end.exit_code, 0) << printed.errors;
  const testing::ProcessOutput answer = Ctl({"referral", "check", "--json", "-"}, printed.output);
  EXPECT_EQ(answer.end.exit_code, 0) << answer.errors;
  EXPECT_THAT(answer.output, HasSubstr("would be: "));
}

TEST_F(SplwctlJourney, JsonAndFlagsOfOneChangeBothCount) {
  world_.SetUpIntake();
  world_.SetUpCaseload();
  const std::string name = world_.NewCase(1).name();
  const testing::ProcessOutput answer =
      Ctl({"--output", "json", "case", "allocate", name, "--json", "-", "--worker", world_.link_worker}, "{}");
  ASSERT_EQ(answer.end.exit_code, 0) << answer.errors;
  EXPECT_EQ(json::parse(answer.output)["linkWorker"], world_.link_worker);

  const testing::ProcessOutput closed =
      Ctl({"case", "close", name, "--json", "-"}, R"({"outcome": "CASE_OUTCOME_GOALS_MET"})");
  EXPECT_EQ(closed.end.exit_code, 0) << closed.errors;
  EXPECT_EQ(world_.GetCase(name).outcome(), caseload::v1::CASE_OUTCOME_GOALS_MET);
}

TEST_F(SplwctlJourney, WhatWasNotedIsReadBack) {
  world_.SetUpIntake();
  world_.SetUpCaseload();
  const std::string name = world_.NewCase(1).name();
  world_.Allocate(name);
  const testing::ProcessOutput noted =
      Ctl({"case", "contact", name, "--mode", "home-visit", "--outcome", "met", "--note", "She grows leeks."});
  ASSERT_EQ(noted.end.exit_code, 0) << noted.errors;
  EXPECT_THAT(Ctl({"case", "contacts", name}).output, HasSubstr("She grows leeks."));
}

TEST_F(SplwctlJourney, WithOneServiceDownTheOthersTellWhatWaits) {
  world_.SetUpIntake();
  ASSERT_THAT(suite_.Stop(testing::kCaseload), IsOk());
  const std::string referral = world_.Submit(ReferralOf(1)).name();
  const testing::ProcessOutput list = Ctl({"--output", "json", "outbox", "list"});
  EXPECT_EQ(list.end.exit_code, 4);
  EXPECT_THAT(list.errors, HasSubstr("caseload at " + suite_.Address(testing::kCaseload)));
  const json streams = json::parse(list.output);
  ASSERT_EQ(streams.size(), 1u) << list.output;
  EXPECT_EQ(streams[0]["service"], "referral-intake");
  EXPECT_EQ(streams[0]["stream"], referral);
}

}  // namespace
}  // namespace splw::journey
