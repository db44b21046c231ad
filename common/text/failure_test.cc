#include "common/text/failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "google/rpc/error_details.pb.h"

namespace splw::text {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(FailureTest, CarriesReasonDomainAndMetadata) {
  const absl::Status status = Failure(absl::StatusCode::kAborted, "ETAG_MISMATCH", "read it again", {{"etag", "7"}});

  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ReasonOf(status), "ETAG_MISMATCH");
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(info.ParseFromString(std::string(*status.GetPayload("type.googleapis.com/google.rpc.ErrorInfo"))));
  EXPECT_EQ(info.domain(), "splw");
  EXPECT_EQ(info.metadata().at("etag"), "7");
}

TEST(FailureTest, OtherErrorsHaveNeitherReasonNorFields) {
  EXPECT_EQ(ReasonOf(absl::NotFoundError("gone")), "");
  EXPECT_EQ(ReasonOf(absl::OkStatus()), "");
  EXPECT_THAT(FieldsOf(absl::NotFoundError("gone")), IsEmpty());
}

TEST(FailureTest, InvalidFieldNamesTheField) {
  const absl::Status status = InvalidField("person.birth_date", "DATE_IN_FUTURE", "must not be after today");

  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), "DATE_IN_FUTURE");
  EXPECT_THAT(FieldsOf(status), ElementsAre("person.birth_date"));
}

TEST(FailureTest, ViolationsTellAllFieldsUpToTheLimit) {
  Violations violations;
  EXPECT_TRUE(violations.ToStatus().ok());
  for (int i = 0; i < 40; ++i) violations.Add("needs[" + std::to_string(i) + "]", "REQUIRED", "must be given");

  const absl::Status status = violations.ToStatus();

  EXPECT_EQ(ReasonOf(status), "REQUIRED");
  EXPECT_THAT(FieldsOf(status), SizeIs(kMaxFieldViolations));
}

TEST(FailureTest, DetailsStaySmallEnoughForTrailers) {
  Violations violations;
  for (int i = 0; i < 16; ++i) violations.Add(std::string(400, 'f'), "REQUIRED", std::string(2000, 'm'));

  const absl::Status status = violations.ToStatus();

  EXPECT_LE(status.message().size(), kMaxFailureMessageBytes);
  EXPECT_LE(status.GetPayload("type.googleapis.com/google.rpc.BadRequest")->size(), 2048u);
  EXPECT_FALSE(FieldsOf(status).empty());
}

TEST(FailureTest, LongMessagesAreCutBetweenCharacters) {
  const std::string message = std::string(kMaxFailureMessageBytes - 1, 'a') + "\xC3\xA9";

  EXPECT_EQ(Failure(absl::StatusCode::kInternal, "X", message).message().size(), kMaxFailureMessageBytes - 1);
}

TEST(FailureTest, RetryDelayIsKeptBesideTheReason) {
  const absl::Status status =
      WithRetryDelay(Failure(absl::StatusCode::kUnavailable, "DRAINING", "try again"), absl::Milliseconds(1500));

  google::rpc::RetryInfo info;
  ASSERT_TRUE(info.ParseFromString(std::string(*status.GetPayload("type.googleapis.com/google.rpc.RetryInfo"))));
  EXPECT_EQ(info.retry_delay().seconds(), 1);
  EXPECT_EQ(info.retry_delay().nanos(), 500'000'000);
  EXPECT_EQ(ReasonOf(status), "DRAINING");
}

}  // namespace
}  // namespace splw::text
