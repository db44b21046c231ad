#include "common/telemetry/log.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace splw::telemetry {
namespace {

TEST(Log, WritesOneJsonObjectWithItsFields) {
  std::vector<std::string> lines;
  {
    const LogCapture capture([&lines](const std::string& line) { lines.push_back(line); });
    Log(Level::kWarning, "store_slow",
        {{"milliseconds", 12.5}, {"count", 3}, {"again", true}, {"text", "two \"lines\"\nand \xff bytes"}});
  }
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].find('\n'), std::string::npos);
  const auto line = nlohmann::json::parse(lines[0]);
  EXPECT_EQ(line["level"], "warning");
  EXPECT_EQ(line["event"], "store_slow");
  EXPECT_EQ(line["milliseconds"], 12.5);
  EXPECT_EQ(line["count"], 3);
  EXPECT_EQ(line["again"], true);
  EXPECT_EQ(line["text"].get<std::string>().substr(0, 11), "two \"lines\"");
}

TEST(Log, OfAProgramGoesToStandardErrorWithTimeAndServiceFromItsLevelOn) {
  ::testing::internal::CaptureStderr();
  StartLog("caseload", Level::kInfo);
  Log(Level::kDebug, "unseen");
  Log(Level::kInfo, "started", {{"port", 7402}});
  StopLog();
  const std::string written = ::testing::internal::GetCapturedStderr();
  ASSERT_EQ(written.find('\n'), written.size() - 1) << written;
  const auto line = nlohmann::json::parse(written);
  EXPECT_EQ(line["service"], "caseload");
  EXPECT_EQ(line["event"], "started");
  EXPECT_EQ(line["port"], 7402);
  EXPECT_EQ(line["time"].get<std::string>().back(), 'Z');
}

TEST(Log, ReadsLevelsByName) {
  EXPECT_EQ(ParseLevel("debug"), Level::kDebug);
  EXPECT_EQ(ParseLevel("error"), Level::kError);
  EXPECT_EQ(ParseLevel("loud"), std::nullopt);
}

}  // namespace
}  // namespace splw::telemetry
