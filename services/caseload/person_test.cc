#include "services/caseload/person.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "services/caseload/limits.h"
#include "services/caseload/testing/builders.h"

namespace splw::caseload {
namespace {

using google::protobuf::util::MessageDifferencer;
using ::testing::ElementsAre;
using testkit::Day;

type::v1::Person FullPerson() {
  type::v1::Person person;
  person.mutable_nhs_number()->set_value("9990000018");
  person.mutable_nhs_number()->set_status(type::v1::NHS_NUMBER_STATUS_VERIFIED);
  person.mutable_name()->set_family("Sample");
  person.mutable_name()->set_given("Jean");
  person.mutable_name()->set_preferred("Jeanie");
  *person.mutable_birth_date() = Day(1948, 3, 7);
  person.set_gender(type::v1::GENDER_FEMALE);
  person.set_ethnicity_code("A");
  person.mutable_address()->add_lines("4 Mill Lane");
  person.mutable_address()->set_postcode("M14 5TP");
  person.set_phone("0161 496 0000");
  person.set_email("jean@example.org");
  person.set_language("ur");
  person.set_interpreter_needed(true);
  person.add_adjustments("Large print");
  return person;
}

TEST(PersonTest, WhatIsNotStatedTakesNothingAway) {
  type::v1::Person nothing;
  nothing.mutable_nhs_number()->set_absent_reason(type::v1::NHS_NUMBER_ABSENT_REASON_NOT_KNOWN);
  nothing.set_gender(type::v1::GENDER_UNKNOWN);
  nothing.mutable_birth_date()->set_year(1950);
  nothing.mutable_address()->set_postcode("m14 5tp");
  EXPECT_TRUE(MessageDifferencer::Equals(MergePerson(FullPerson(), nothing), FullPerson()));
  EXPECT_TRUE(MessageDifferencer::Equals(MergePerson(FullPerson(), {}), FullPerson()));
}

TEST(PersonTest, WhatIsStatedIsTaken) {
  type::v1::Person stated = FullPerson();
  stated.mutable_name()->set_family("Example");
  *stated.mutable_birth_date() = Day(1948, 3, 8);
  stated.mutable_address()->set_lines(0, "9 New Street");
  stated.set_gender(type::v1::GENDER_OTHER);
  stated.set_phone("0161 496 0001");
  EXPECT_TRUE(MessageDifferencer::Equals(MergePerson(FullPerson(), stated), stated));
  EXPECT_TRUE(MessageDifferencer::Equals(MergePerson({}, FullPerson()), FullPerson()));
}

TEST(PersonTest, ARightNumberGivesWayToAnotherRightOneOnly) {
  const auto merged = [](const char* known, const char* stated) {
    type::v1::Person before, after;
    before.mutable_nhs_number()->set_value(known);
    after.mutable_nhs_number()->set_value(stated);
    return MergePerson(before, after).nhs_number().value();
  };
  EXPECT_EQ(merged("9990000018", "3478526985"), "9990000018") << "its check digit is wrong";
  EXPECT_EQ(merged("9990000018", ""), "9990000018");
  EXPECT_EQ(merged("9990000018", "9990000026"), "9990000026");
  EXPECT_EQ(merged("3478526985", "9990000018"), "9990000018");

  type::v1::Person not_traced = FullPerson();
  not_traced.mutable_nhs_number()->set_status(type::v1::NHS_NUMBER_STATUS_NOT_TRACED);
  EXPECT_EQ(MergePerson(FullPerson(), not_traced).nhs_number().status(), type::v1::NHS_NUMBER_STATUS_VERIFIED);
  EXPECT_EQ(MergePerson(not_traced, FullPerson()).nhs_number().status(), type::v1::NHS_NUMBER_STATUS_VERIFIED);
}

TEST(PersonTest, AnAddressIsTakenAsAWhole) {
  type::v1::Person moved;
  moved.mutable_address()->set_postcode("M1 1AA");
  EXPECT_EQ(MergePerson(FullPerson(), moved).address().lines_size(), 0) << "the old street is not in the new postcode";
  type::v1::Person homeless;
  homeless.mutable_address()->set_no_fixed_abode(true);
  EXPECT_EQ(MergePerson(FullPerson(), homeless).address().postcode(), "");
}

TEST(PersonTest, AdjustmentsAreUnitedUpToTheirLimit) {
  type::v1::Person stated;
  stated.add_adjustments("Large print");
  stated.add_adjustments("Home visit");
  EXPECT_THAT(MergePerson(FullPerson(), stated).adjustments(), ElementsAre("Large print", "Home visit"));
  for (int i = 0; i < 2 * kMaxAdjustments; ++i) stated.add_adjustments("Adjustment " + std::to_string(i));
  EXPECT_EQ(MergePerson(FullPerson(), stated).adjustments_size(), kMaxAdjustments);
}

}  // namespace
}  // namespace splw::caseload
