#include "common/health/direct_care.h"

#include <set>

#include <gtest/gtest.h>

namespace splw::health {
namespace {

TEST(DirectCareTest, OnlyHealthAndSocialCareNeedNoAgreementOfTheirOwn) {
  const std::set<int> direct_care = {
      type::v1::AGENCY_KIND_PRIMARY_CARE,  type::v1::AGENCY_KIND_SPLW_SERVICE,      type::v1::AGENCY_KIND_SOCIAL_CARE,
      type::v1::AGENCY_KIND_MENTAL_HEALTH, type::v1::AGENCY_KIND_COMMUNITY_NURSING, type::v1::AGENCY_KIND_HOSPITAL,
  };
  for (int kind = type::v1::AgencyKind_MIN; kind <= type::v1::AgencyKind_MAX; ++kind) {
    EXPECT_EQ(IsDirectCare(static_cast<type::v1::AgencyKind>(kind)), direct_care.count(kind) > 0) << kind;
  }
}

TEST(DirectCareTest, OthersMayBeToldOfWhoAgreedToTheirKind) {
  google::protobuf::RepeatedField<int> agreed;
  EXPECT_TRUE(MayBeTold(type::v1::AGENCY_KIND_SOCIAL_CARE, agreed));
  EXPECT_FALSE(MayBeTold(type::v1::AGENCY_KIND_HOUSING, agreed));
  agreed.Add(type::v1::AGENCY_KIND_HOUSING);
  EXPECT_TRUE(MayBeTold(type::v1::AGENCY_KIND_HOUSING, agreed));
  EXPECT_FALSE(MayBeTold(type::v1::AGENCY_KIND_POLICE, agreed));
}

}  // namespace
}  // namespace splw::health
