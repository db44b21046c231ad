#include "common/identity/principal.h"

#include <gtest/gtest.h>

namespace splw::identity {
namespace {

TEST(Principal, EveryRoleIsReadBackFromItsName) {
  for (Role role : kAllRoles) EXPECT_EQ(ParseRole(RoleName(role)), role) << RoleName(role);
}

TEST(Principal, RoleNamesAreReadInEitherCaseAndWithHyphens) {
  EXPECT_EQ(ParseRole("link-worker"), Role::kLinkWorker);
  EXPECT_EQ(ParseRole("Mdt_Chair"), Role::kMdtChair);
}

TEST(Principal, OtherRoleNamesAreNone) {
  EXPECT_EQ(ParseRole(""), std::nullopt);
  EXPECT_EQ(ParseRole("ADMIN"), std::nullopt);
  EXPECT_EQ(ParseRole("LINKWORKER"), std::nullopt);
}

TEST(Principal, ActsInTheNetworksItWasGivenOnly) {
  const Principal principal{.id = "lead", .role = Role::kServiceLead, .networks = {"U12345", "U6"}};
  EXPECT_TRUE(principal.MayActIn("U12345"));
  EXPECT_FALSE(principal.MayActIn("U1234"));
  EXPECT_FALSE(principal.MayActIn("U65432"));
  EXPECT_FALSE(principal.MayActIn(""));
}

TEST(Principal, WithoutNetworksActsNowhere) {
  EXPECT_FALSE(Principal{}.MayActIn("U12345"));
}

TEST(Principal, StarMeansEveryNetwork) {
  const Principal principal{.id = "caseload", .role = Role::kService, .networks = {"*"}};
  EXPECT_TRUE(principal.MayActIn("U12345"));
}

}  // namespace
}  // namespace splw::identity
