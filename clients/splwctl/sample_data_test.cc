#include "clients/splwctl/sample_data.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include <gtest/gtest.h>

#include "clients/splwctl/errors.h"
#include "common/health/nhs_number.h"

namespace splw::ctl {
namespace {

std::string SampleFolder() {
  const char* source = std::getenv("SPLW_SOURCE_DIR");
  return std::string(source == nullptr ? "." : source) + "/deploy/sample";
}

TEST(SampleWeekTest, HoldsWhatTheReadmePromises) {
  const auto week = ReadSampleWeek(SampleFolder());
  ASSERT_TRUE(week.ok()) << week.status();
  EXPECT_EQ(week->practices.size(), 6u);
  EXPECT_EQ(week->workers.size(), 5u);
  EXPECT_EQ(week->services.size(), 12u);
  EXPECT_EQ(week->referrals.size(), 41u);
  EXPECT_EQ(week->network, "networks/U12345");
}

TEST(SampleWeekTest, EveryNhsNumberIsWellFormedAndNeverIssued) {
  const auto week = ReadSampleWeek(SampleFolder());
  ASSERT_TRUE(week.ok());
  std::set<std::string> numbers;
  for (const auto& each : week->referrals) {
    const std::string& number = each.referral().person().nhs_number().value();
    EXPECT_TRUE(health::IsNhsNumber(number)) << each.request_id();
    EXPECT_EQ(number.substr(0, 3), "999");
    numbers.insert(number);
  }
  EXPECT_EQ(numbers.size(), 40u) << "forty people; one of them is referred twice";
}

TEST(SampleWeekTest, RequestIdsAreUnique) {
  const auto week = ReadSampleWeek(SampleFolder());
  ASSERT_TRUE(week.ok());
  std::set<std::string> ids;
  std::size_t count = 2;
  ids.insert(week->policy.request_id());
  ids.insert(week->team.request_id());
  for (const auto& each : week->workers) count += ids.insert(each.request_id()).second ? 1 : 100;
  for (const auto& each : week->services) count += ids.insert(each.request_id()).second ? 1 : 100;
  for (const auto& each : week->referrals) count += ids.insert(each.request_id()).second ? 1 : 100;
  EXPECT_EQ(count, ids.size());
}

TEST(SampleWeekTest, TheScriptSpeaksOfPeopleAndMembersThatExist) {
  const auto week = ReadSampleWeek(SampleFolder());
  const auto script = ReadDemoScript(SampleFolder());
  ASSERT_TRUE(week.ok());
  ASSERT_TRUE(script.ok()) << script.status();
  std::set<std::string> keys, members = {kLinkWorker, ""};
  for (const auto& each : week->referrals) keys.insert(KeyOf(each));
  for (const auto& each : week->team.mdt().members()) members.insert(each.professional().id());
  EXPECT_EQ(keys.count(script->main), 1u);
  EXPECT_EQ(keys.count(script->crisis), 1u);
  EXPECT_EQ(keys.count(script->duplicate), 1u);
  for (const ScriptedNomination& each : script->nominations) {
    EXPECT_EQ(keys.count(each.key), 1u) << each.key;
    EXPECT_EQ(members.count(each.decision.case_holder), 1u) << each.decision.case_holder;
    EXPECT_EQ(members.count(each.decision.key_worker), 1u) << each.decision.key_worker;
    for (const ScriptedAction& action : each.decision.actions)
      EXPECT_EQ(members.count(action.owner), 1u) << action.owner;
  }
  for (const std::string& id : script->present) EXPECT_EQ(members.count(id), 1u) << id;
  for (const std::string& id : script->apologies) EXPECT_EQ(members.count(id), 1u) << id;
}

TEST(ForRunTest, MakesOtherPeopleForAnotherRunAndTheSameForTheSame) {
  const auto week = ReadSampleWeek(SampleFolder());
  ASSERT_TRUE(week.ok());
  const auto& original = week->referrals[0];
  const auto second = ForRun(original, "demo-2");
  const auto third = ForRun(original, "demo-3");
  const std::string number = second.referral().person().nhs_number().value();
  EXPECT_TRUE(health::IsNhsNumber(number));
  EXPECT_EQ(number.substr(0, 3), "999");
  EXPECT_NE(number, original.referral().person().nhs_number().value());
  EXPECT_NE(number, third.referral().person().nhs_number().value());
  EXPECT_NE(second.request_id(), third.request_id());
  EXPECT_EQ(second.SerializeAsString(), ForRun(original, "demo-2").SerializeAsString());
  EXPECT_EQ(second.referral().external_reference(), "demo-2-01");
}

TEST(ForRunTest, KeepsOnePersonOnePerson) {
  const auto week = ReadSampleWeek(SampleFolder());
  ASSERT_TRUE(week.ok());
  const auto first = ForRun(week->referrals[0], "demo-2").referral().person();
  const auto again = ForRun(week->referrals[7], "demo-2").referral().person();
  EXPECT_EQ(first.nhs_number().value(), again.nhs_number().value());
  EXPECT_EQ(first.name().family(), again.name().family());
  EXPECT_EQ(first.birth_date().day(), again.birth_date().day());
}

TEST(ReadSampleWeekTest, NamesTheFileThatIsMissingOrBroken) {
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / ("sample-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  absl::Status status = ReadSampleWeek(folder.string()).status();
  EXPECT_EQ(ExitStatusOf(status), kExitUsage);
  EXPECT_NE(std::string(status.message()).find("practices.json"), std::string::npos);

  std::ofstream(folder / "practices.json") << "[{\"odsCode\": 7, \"nothing\": 1}]";
  status = ReadSampleWeek(folder.string()).status();
  EXPECT_EQ(ExitStatusOf(status), kExitUsage);
  EXPECT_NE(std::string(status.message()).find("practices.json[0]"), std::string::npos) << status;

  std::ofstream(folder / "demo.json") << "{\"firstRun\": 3}";
  EXPECT_EQ(ExitStatusOf(ReadDemoScript(folder.string()).status()), kExitUsage);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace splw::ctl
