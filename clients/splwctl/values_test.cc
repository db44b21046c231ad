#include "clients/splwctl/values.h"

#include <gtest/gtest.h>

#include "clients/splwctl/errors.h"
#include "google/type/dayofweek.pb.h"
#include "splw/referral/v1/referral.pb.h"

namespace splw::ctl {
namespace {

TEST(ParseDurationTest, TakesUnitsAndBareSeconds) {
  EXPECT_EQ(*ParseDuration("90s", "--wait"), absl::Seconds(90));
  EXPECT_EQ(*ParseDuration("1m30s", "--wait"), absl::Seconds(90));
  EXPECT_EQ(*ParseDuration("90", "--wait"), absl::Seconds(90));
  EXPECT_EQ(*ParseDuration("0.5", "--wait"), absl::Milliseconds(500));
  EXPECT_EQ(*ParseDuration("250ms", "--wait"), absl::Milliseconds(250));
  EXPECT_EQ(*ParseDuration("0", "--wait"), absl::ZeroDuration());
}

TEST(ParseDurationTest, RefusesTheRestAndNamesTheFlag) {
  for (const char* wrong : {"", "soon", "-1s", "25h", "nan", "inf", "1x"}) {
    const absl::Status status = ParseDuration(wrong, "--wait").status();
    EXPECT_EQ(ExitStatusOf(status), kExitUsage) << wrong;
    EXPECT_NE(std::string(status.message()).find("--wait"), std::string::npos);
  }
}

TEST(ParseDateTest, TakesDaysOfTheCalendarOnly) {
  EXPECT_EQ(ParseDate("2028-02-29", "--to")->day(), 29);
  for (const char* wrong : {"", "2026-2-1", "2026-02-29", "26-11-2026", "2026-11-26T10:00", "2026-13-01"}) {
    EXPECT_EQ(ExitStatusOf(ParseDate(wrong, "--to").status()), kExitUsage) << wrong;
  }
}

TEST(ParseEnumTest, TakesShortAndWholeNamesInAnyCase) {
  using referral::v1::ReferralState;
  EXPECT_EQ(*ParseEnum<ReferralState>("awaiting-triage", "--state"), referral::v1::REFERRAL_STATE_AWAITING_TRIAGE);
  EXPECT_EQ(*ParseEnum<ReferralState>("AWAITING_TRIAGE", "--state"), referral::v1::REFERRAL_STATE_AWAITING_TRIAGE);
  EXPECT_EQ(*ParseEnum<ReferralState>("REFERRAL_STATE_CLOSED", "--state"), referral::v1::REFERRAL_STATE_CLOSED);
}

TEST(ParseEnumTest, RefusesTheUnspecifiedAndSaysTheChoices) {
  using referral::v1::ReferralState;
  for (const char* wrong : {"unspecified", "REFERRAL_STATE_UNSPECIFIED", "", "open"}) {
    const absl::Status status = ParseEnum<ReferralState>(wrong, "--state").status();
    EXPECT_EQ(ExitStatusOf(status), kExitUsage) << wrong;
    EXPECT_NE(std::string(status.message()).find("awaiting-triage, accepted"), std::string::npos);
  }
}

TEST(EnumWordsTest, AreWords) {
  EXPECT_EQ(EnumWords(referral::v1::REFERRAL_STATE_AWAITING_TRIAGE), "awaiting triage");
  EXPECT_EQ(EnumWords(referral::v1::REFERRAL_STATE_UNSPECIFIED), "");
  EXPECT_EQ(EnumWords(*referral::v1::ReferralState_descriptor(), 77), "unknown (77)");
}

TEST(EnumWordsTest, AreWordsWhereTheNamesHaveNoPrefixInCommon) {
  EXPECT_EQ(EnumWords(google::type::THURSDAY), "thursday");
  EXPECT_EQ(EnumWords(google::type::DAY_OF_WEEK_UNSPECIFIED), "");
  EXPECT_EQ(*ParseEnum<google::type::DayOfWeek>("thursday", "--day"), google::type::THURSDAY);
}

TEST(ParseProfessionalTest, HasThreeOrFourParts) {
  const auto nurse = ParseProfessional("grace.adeyemi|Grace Adeyemi|community-nursing|R0700", "--case-holder");
  ASSERT_TRUE(nurse.ok());
  EXPECT_EQ(nurse->id(), "grace.adeyemi");
  EXPECT_EQ(nurse->agency(), type::v1::AGENCY_KIND_COMMUNITY_NURSING);
  EXPECT_EQ(nurse->role_code(), "R0700");
  for (const char* wrong :
       {"", "grace", "grace|Grace", "|Grace|HOUSING", "grace||HOUSING", "g|G|NOBODY", "a|b|HOUSING|c|d"}) {
    EXPECT_EQ(ExitStatusOf(ParseProfessional(wrong, "--case-holder").status()), kExitUsage) << wrong;
  }
}

TEST(ParseActionTest, HasTextOwnerAndDate) {
  const auto action = ParseAction("Inspect the flat|sue.pemberton|Sue Pemberton|HOUSING|2026-12-03", "--action");
  ASSERT_TRUE(action.ok());
  EXPECT_EQ(action->description(), "Inspect the flat");
  EXPECT_EQ(action->owner().display_name(), "Sue Pemberton");
  EXPECT_EQ(action->due_date().month(), 12);
  for (const char* wrong :
       {"Inspect", "|s|S|HOUSING|2026-12-03", "Inspect|s|S|HOUSING|soon", "Inspect|s|S|X|2026-12-03"}) {
    EXPECT_EQ(ExitStatusOf(ParseAction(wrong, "--action").status()), kExitUsage) << wrong;
  }
}

}  // namespace
}  // namespace splw::ctl
