#include "common/rpc/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "common/text/failure.h"

namespace splw::rpc {
namespace {

using ::splw::testing::HasField;
using ::splw::testing::HasReason;
using ::splw::testing::IsOk;
using ::splw::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

absl::Status ThereAndBack(const absl::Status& status) {
  return FromGrpcStatus(ToGrpcStatus(status));
}

TEST(Status, KeepsCodeMessageReasonAndFieldsOnTheWay) {
  const absl::Status received = ThereAndBack(text::InvalidField("person.birth_date", "IN_FUTURE", "is in the future"));
  EXPECT_THAT(received, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(received, HasReason("IN_FUTURE"));
  EXPECT_THAT(received, HasField("person.birth_date"));
  EXPECT_THAT(std::string(received.message()), HasSubstr("is in the future"));
}

TEST(Status, KeepsWhenToTryAgain) {
  const absl::Status received = ThereAndBack(text::WithRetryDelay(
      text::Failure(absl::StatusCode::kResourceExhausted, "OVERLOADED", "later"), absl::Seconds(1)));
  EXPECT_TRUE(received.GetPayload("type.googleapis.com/google.rpc.RetryInfo").has_value());
}

TEST(Status, GivesAReasonToWhatHasNone) {
  EXPECT_THAT(ThereAndBack(absl::AbortedError("again")), HasReason("ABORTED"));
  EXPECT_THAT(ThereAndBack(absl::NotFoundError("gone")), HasReason("NOT_FOUND"));
}

TEST(Status, KeepsTheTextOfDefects) {
  for (const absl::Status& status :
       {absl::InternalError("secret"), absl::UnknownError("secret"), absl::DataLossError("secret"),
        text::Failure(absl::StatusCode::kInternal, "BROKEN", "secret")}) {
    const absl::Status received = ThereAndBack(status);
    EXPECT_EQ(received.code(), status.code());
    EXPECT_THAT(std::string(received.message()), Not(HasSubstr("secret")));
    EXPECT_FALSE(received.message().empty());
  }
}

TEST(Status, OfTheStoreKeepsItsFilesToTheServer) {
  for (const absl::Status& status : {absl::UnavailableError("IO error: /srv/store/000012.log"),
                                     absl::ResourceExhaustedError("/srv/store: no space")}) {
    EXPECT_TRUE(StaysInside(status));
    const absl::Status received = ThereAndBack(status);
    EXPECT_EQ(received.code(), status.code());
    EXPECT_THAT(std::string(received.message()), Not(HasSubstr("/srv")));
    EXPECT_THAT(std::string(received.message()), HasSubstr("try again"));
    const absl::Status meant = text::Failure(status.code(), "MEANT", "for the caller");
    EXPECT_FALSE(StaysInside(meant));
    EXPECT_THAT(std::string(ThereAndBack(meant).message()), HasSubstr("for the caller"));
  }
}

TEST(Status, FitsIntoTrailersWhateverItHolds) {
  absl::Status status(absl::StatusCode::kInvalidArgument, std::string(700, 'a') + "\xc3\xa9");
  for (int i = 0; i < 20; ++i) {
    status.SetPayload("type.googleapis.com/google.rpc.Part" + std::to_string(i), absl::Cord(std::string(500, 'x')));
  }
  const grpc::Status sent = ToGrpcStatus(status);
  EXPECT_LE(sent.error_message().size(), kMaxStatusMessageBytes);
  EXPECT_LE(sent.error_details().size(), kMaxDetailsBytes);
  EXPECT_THAT(FromGrpcStatus(sent), HasReason("INVALID_ARGUMENT"));
}

TEST(Status, IsCutBetweenCharacters) {
  const std::string message = std::string(kMaxStatusMessageBytes - 1, 'a') + "\xc3\xa9";
  EXPECT_EQ(ToGrpcStatus(absl::AbortedError(message)).error_message(), std::string(kMaxStatusMessageBytes - 1, 'a'));
}

TEST(Status, OfSuccessIsOk) {
  EXPECT_THAT(ThereAndBack(absl::OkStatus()), IsOk());
}

TEST(Status, OfAServerThatIsNotOursIsReadWithoutDetails) {
  const absl::Status received =
      FromGrpcStatus(grpc::Status(grpc::StatusCode::UNAVAILABLE, "no route", "not a message\xff"));
  EXPECT_THAT(received, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(received, HasReason(""));
}

}  // namespace
}  // namespace splw::rpc
