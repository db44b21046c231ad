#include "common/identity/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace splw::identity {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

PolicyTable TwoMethods() {
  return *PolicyTable::Make(
      {{"splw.S/Get", {Role::kLinkWorker, Role::kServiceLead}}, {"splw.S/List", {Role::kOperator}, false}});
}

TEST(PolicyTable, AllowsTheRolesOfTheRowOnly) {
  const PolicyTable table = TwoMethods();
  EXPECT_TRUE(table.Allows("splw.S/Get", Role::kLinkWorker));
  EXPECT_FALSE(table.Allows("splw.S/Get", Role::kOperator));
  EXPECT_FALSE(table.Allows("splw.S/Unknown", Role::kLinkWorker));
}

TEST(PolicyTable, SaysWhichMethodsNameANetwork) {
  const PolicyTable table = TwoMethods();
  EXPECT_TRUE(table.Find("splw.S/Get")->network_scoped);
  EXPECT_FALSE(table.Find("splw.S/List")->network_scoped);
  EXPECT_EQ(table.Find("splw.S/Unknown"), nullptr);
}

TEST(PolicyTable, RefusesAMethodListedTwice) {
  const auto maybe_table = PolicyTable::Make({{"splw.S/Get", {Role::kLinkWorker}}, {"splw.S/Get", {Role::kAuditor}}});
  EXPECT_EQ(maybe_table.status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(PolicyTable, RefusesARowWithoutRoles) {
  EXPECT_EQ(PolicyTable::Make({{"splw.S/Get", {}}}).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(PolicyTable, CoversExactlyItsMethods) {
  const PolicyTable table = TwoMethods();
  EXPECT_TRUE(table.CheckCovers({"splw.S/List", "splw.S/Get"}).ok());
}

TEST(PolicyTable, NamesTheMethodsThatItDoesNotCover) {
  const absl::Status status = TwoMethods().CheckCovers({"splw.S/Get", "splw.S/List", "splw.S/New"});
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("splw.S/New"));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("splw.S/Get")));
}

TEST(PolicyTable, NamesRowsOfMethodsThatNobodyServes) {
  const absl::Status status = TwoMethods().CheckCovers({"splw.S/Get"});
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("splw.S/List"));
}

}  // namespace
}  // namespace splw::identity
