#include "common/rpc/request_checks.h"

#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "splw/delivery/v1/delivery_service.pb.h"
#include "splw/operations/v1/operations_service.pb.h"
#include "splw/referral/v1/referral_intake_service.pb.h"
#include "splw/type/v1/person.pb.h"

namespace splw::rpc {
namespace {

using ::splw::testing::HasField;
using ::splw::testing::HasReason;
using ::splw::testing::IsOk;
using ::splw::testing::StatusIs;
using type::v1::Person;

TEST(CheckWellFormed, TakesTextOfAnyLanguageWithLines) {
  Person person;
  person.mutable_name()->set_family("Ó Súilleabháin");
  person.add_adjustments("large print\n\tplease");
  person.set_gender(type::v1::GENDER_FEMALE);
  EXPECT_THAT(CheckWellFormed(person), IsOk());
}

TEST(CheckWellFormed, RefusesControlCharactersAtTheirPath) {
  Person person;
  person.mutable_name()->set_family(std::string("a\0b", 3));
  EXPECT_THAT(CheckWellFormed(person), HasReason("TEXT_HAS_CONTROLS"));
  EXPECT_THAT(CheckWellFormed(person), HasField("name.family"));
}

TEST(CheckWellFormed, NamesTheElementOfARepeatedField) {
  Person person;
  person.mutable_address()->add_lines("1 High Street");
  person.mutable_address()->add_lines("bell \x07");
  EXPECT_THAT(CheckWellFormed(person), HasField("address.lines[1]"));
}

TEST(CheckWellFormed, RefusesEnumValuesThatItDoesNotKnow) {
  Person person;
  person.mutable_nhs_number()->set_status(static_cast<type::v1::NhsNumberStatus>(77));
  EXPECT_THAT(CheckWellFormed(person), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(CheckWellFormed(person), HasReason("UNKNOWN_ENUM_VALUE"));
  EXPECT_THAT(CheckWellFormed(person), HasField("nhs_number.status"));
}

TEST(CheckWellFormed, NamesEveryFieldThatIsWrong) {
  Person person;
  person.set_phone("\x01");
  person.set_gender(static_cast<type::v1::Gender>(99));
  EXPECT_THAT(CheckWellFormed(person), HasField("phone"));
  EXPECT_THAT(CheckWellFormed(person), HasField("gender"));
}

TEST(CheckWellFormed, LooksIntoRepeatedMessagesButNotIntoPayloads) {
  delivery::v1::DeliverRequest request;
  request.add_events()->mutable_payload()->set_value(std::string("\0\x01", 2));
  EXPECT_THAT(CheckWellFormed(request), IsOk());
  request.add_events()->set_stream("\x02");
  EXPECT_THAT(CheckWellFormed(request), HasField("events[1].stream"));
}

TEST(NetworkOf, ReadsTheParent) {
  operations::v1::RetryStreamRequest request;
  request.set_parent("networks/U12345");
  EXPECT_EQ(*NetworkOf(request), "U12345");
  request.set_parent("networks/U12345/referrals/01J");
  EXPECT_EQ(*NetworkOf(request), "U12345");
}

TEST(NetworkOf, RefusesWhatNamesNoNetwork) {
  operations::v1::RetryStreamRequest request;
  EXPECT_THAT(NetworkOf(request), HasReason("REQUIRED"));
  EXPECT_THAT(NetworkOf(request), HasField("parent"));
  for (const char* parent : {"U12345", "networks/", "networks/u12345", "networks/U1", "networks/U123456789012",
                             "networks/U12-45/x", "networks//x", "network/U12345", "networks/*"}) {
    request.set_parent(parent);
    EXPECT_THAT(NetworkOf(request), StatusIs(absl::StatusCode::kInvalidArgument)) << parent;
    EXPECT_THAT(NetworkOf(request), HasField("parent")) << parent;
    EXPECT_THAT(NetworkOf(request), HasReason("NETWORK_INVALID")) << parent;
  }
}

TEST(NetworkOf, ReadsTheNameOfTheResourceThatAnUpdateCarries) {
  referral::v1::UpdateNetworkPolicyRequest request;
  EXPECT_THAT(NetworkOf(request), HasField("policy.name"));
  request.mutable_policy()->set_name("networks/U12345/policy");
  EXPECT_EQ(*NetworkOf(request), "U12345");
}

TEST(NetworkFieldOf, IsEmptyWhereARequestNamesNone) {
  EXPECT_EQ(NetworkFieldOf(*operations::v1::VerifyStoreRequest::descriptor()), "");
  EXPECT_EQ(NetworkFieldOf(*operations::v1::RetryStreamRequest::descriptor()), "parent");
}

}  // namespace
}  // namespace splw::rpc
