#include "tests/load/people.h"

#include <set>

#include <gtest/gtest.h>

#include "common/health/nhs_number.h"

namespace splw::load {
namespace {

TEST(People, HaveValidNumbersThatAreNeverIssuedAndNoneTwice) {
  std::set<std::string> seen;
  for (std::uint64_t person = 0; person < kPeopleWithNumbers; person += person < 20'000 ? 1 : 997) {
    const std::string number = NhsNumberOf(person);
    ASSERT_TRUE(health::IsNhsNumber(number)) << person;
    ASSERT_EQ(number.substr(0, 3), "999");
    ASSERT_TRUE(seen.insert(number).second) << person;
  }
  EXPECT_TRUE(health::IsNhsNumber(NhsNumberOf(kPeopleWithNumbers - 1)));
}

TEST(People, WithoutANumberHaveAReason) {
  const referral::v1::Referral referral = ReferralOf(kPeopleWithNumbers);
  EXPECT_EQ(referral.person().nhs_number().value(), "");
  EXPECT_NE(referral.person().nhs_number().absent_reason(), type::v1::NHS_NUMBER_ABSENT_REASON_UNSPECIFIED);
}

TEST(People, HaveReferralsOfARealSize) {
  for (const std::uint64_t person : {0, 1, 2, 3, 899'990}) {
    const std::size_t bytes = ReferralOf(person).ByteSizeLong();
    EXPECT_GT(bytes, 1000u);
    EXPECT_LT(bytes, 2000u);
  }
}

}  // namespace
}  // namespace splw::load
