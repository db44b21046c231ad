#include "clients/splwctl/names.h"

#include <gtest/gtest.h>

#include "clients/splwctl/errors.h"

namespace splw::ctl {
namespace {

constexpr char kId[] = "01JD0000000000000000000000";

TEST(NetworkNameTest, TakesTheIdOrTheName) {
  EXPECT_EQ(*NetworkName("U12345"), "networks/U12345");
  EXPECT_EQ(*NetworkName("networks/U12345"), "networks/U12345");
}

TEST(NetworkNameTest, RefusesWhatIsNoId) {
  for (const char* wrong : {"", "u12345", "U1", "U123456789012", "networks/", "U12345/x"}) {
    EXPECT_EQ(ExitStatusOf(NetworkName(wrong).status()), kExitUsage) << wrong;
  }
}

TEST(ResourceNameTest, CompletesAnId) {
  EXPECT_EQ(*ResourceName("U12345", "cases", kId, "CASE"), std::string("networks/U12345/cases/") + kId);
}

TEST(ResourceNameTest, CompletesAShortName) {
  EXPECT_EQ(*ResourceName("U12345", "cases", std::string("cases/") + kId, "CASE"),
            std::string("networks/U12345/cases/") + kId);
}

TEST(ResourceNameTest, LeavesAFullNameAndNeedsNoNetworkForIt) {
  const std::string name = std::string("networks/U99999/cases/") + kId;
  EXPECT_EQ(*ResourceName("", "cases", name, "CASE"), name);
}

TEST(ResourceNameTest, AcceptsAnyOwnerWhereTheCollectionSaysAny) {
  EXPECT_EQ(*ResourceName("U12345", "mdts/-/meetings", "mdts/calderwick/meetings/2026-11-26", "MEETING"),
            "networks/U12345/mdts/calderwick/meetings/2026-11-26");
}

TEST(ResourceNameTest, RefusesAnIdAloneWhereItsOwnerIsUnknown) {
  EXPECT_EQ(ExitStatusOf(ResourceName("U12345", "cases/-/signposts", kId, "SIGNPOST").status()), kExitUsage);
}

TEST(ResourceNameTest, RefusesAnotherCollection) {
  EXPECT_FALSE(ResourceName("U12345", "cases", std::string("networks/U12345/referrals/") + kId, "CASE").ok());
  EXPECT_FALSE(ResourceName("U12345", "cases", std::string("referrals/") + kId, "CASE").ok());
}

TEST(ResourceNameTest, RefusesWhatIsNoName) {
  for (const char* wrong : {"", "a b", "cases/", "/cases/x", "networks/U12345/cases", "networks/U12345/cases/x/y",
                            "networks//cases/x", "cases/x\x1b"}) {
    EXPECT_EQ(ExitStatusOf(ResourceName("U12345", "cases", wrong, "CASE").status()), kExitUsage) << wrong;
  }
}

TEST(ResourceNameTest, AsksForTheNetworkWhereItIsNeeded) {
  const absl::Status status = ResourceName("", "cases", kId, "CASE").status();
  EXPECT_EQ(ExitStatusOf(status), kExitUsage);
  EXPECT_NE(std::string(status.message()).find("--network"), std::string::npos);
}

TEST(ShortIdTest, IsTheLastPart) {
  EXPECT_EQ(ShortId("networks/U1/cases/01J"), "01J");
  EXPECT_EQ(ShortId("01J"), "01J");
  EXPECT_EQ(ShortId(""), "");
}

TEST(NetworkOfTest, IsTheSecondPart) {
  EXPECT_EQ(NetworkOf("networks/U12345/cases/1"), "U12345");
  EXPECT_EQ(NetworkOf("networks/U12345"), "U12345");
  EXPECT_EQ(NetworkOf("cases/1"), "");
}

}  // namespace
}  // namespace splw::ctl
