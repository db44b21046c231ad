#include "clients/splwctl/errors.h"

#include <sstream>

#include <gtest/gtest.h>

#include "common/text/failure.h"
#include "splw/caseload/v1/caseload_service.pb.h"

namespace splw::ctl {
namespace {

std::string Rendered(const absl::Status& status, bool color = false) {
  std::ostringstream out;
  PrintError(out, status, color);
  return out.str();
}

TEST(ExitStatusTest, FollowsTheTableInTheDocumentation) {
  EXPECT_EQ(ExitStatusOf(absl::OkStatus()), 0);
  EXPECT_EQ(ExitStatusOf(absl::InvalidArgumentError("")), 1);
  EXPECT_EQ(ExitStatusOf(absl::FailedPreconditionError("")), 1);
  EXPECT_EQ(ExitStatusOf(absl::AlreadyExistsError("")), 1);
  EXPECT_EQ(ExitStatusOf(absl::NotFoundError("")), 3);
  EXPECT_EQ(ExitStatusOf(absl::UnavailableError("")), 4);
  EXPECT_EQ(ExitStatusOf(absl::DeadlineExceededError("")), 4);
  EXPECT_EQ(ExitStatusOf(absl::ResourceExhaustedError("")), 4);
  EXPECT_EQ(ExitStatusOf(absl::AbortedError("")), 5);
  EXPECT_EQ(ExitStatusOf(absl::PermissionDeniedError("")), 6);
  EXPECT_EQ(ExitStatusOf(absl::UnauthenticatedError("")), 6);
  EXPECT_EQ(ExitStatusOf(FaultsFound("STORE", "2 faults")), 7);
  EXPECT_EQ(ExitStatusOf(UsageError("--date", "wrong")), 64);
  EXPECT_EQ(ExitStatusOf(text::Failure(absl::StatusCode::kInvalidArgument, "FHIR_NOT_MAPPED", "")), 64);
  EXPECT_EQ(ExitStatusOf(absl::InternalError("")), 70);
  EXPECT_EQ(ExitStatusOf(absl::DataLossError("")), 70);
}

TEST(PrintErrorTest, NamesEveryFieldWithItsReason) {
  text::Violations violations;
  violations.Add("person.birth_date", "BIRTH_DATE_IN_FUTURE", "must not be in the future");
  violations.Add("urgency", "REQUIRED", "say how soon");
  EXPECT_EQ(Rendered(violations.ToStatus()),
            "splwctl: refused: person.birth_date: must not be in the future (and 1 more) [BIRTH_DATE_IN_FUTURE]\n"
            "  field person.birth_date: BIRTH_DATE_IN_FUTURE: must not be in the future\n"
            "  field urgency: REQUIRED: say how soon\n");
}

TEST(PrintErrorTest, ShowsMetadataAndWhenToTryAgain) {
  const absl::Status status = text::WithRetryDelay(
      text::Failure(absl::StatusCode::kFailedPrecondition, "ILLEGAL_TRANSITION", "not now", {{"from", "CLOSED"}}),
      absl::Seconds(2));
  EXPECT_EQ(Rendered(status), "splwctl: refused: not now [ILLEGAL_TRANSITION]\n  from: CLOSED\n  try again in 2s\n");
}

TEST(PrintErrorTest, GivesTheCodeWhereThereIsNoReason) {
  EXPECT_EQ(Rendered(absl::UnavailableError("failed to connect")),
            "splwctl: no answer: failed to connect [UNAVAILABLE]\n");
}

TEST(PrintErrorTest, SaysThatAnAddressIsOfAnotherService) {
  const absl::Status status = absl::UnimplementedError("");
  EXPECT_EQ(
      Rendered(status),
      "splwctl: cannot do that: what answers at this address is another service, or an older one that does not know "
      "this call: check --intake, --caseload and --mdt [UNIMPLEMENTED]\n");
  EXPECT_EQ(ExitStatusOf(status), 64);
}

TEST(ExitStatusTest, UnknownIsNoAnswer) {
  EXPECT_EQ(ExitStatusOf(absl::UnknownError("Stream removed")), kExitUnavailable);
  EXPECT_EQ(ExitStatusOf(text::Failure(absl::StatusCode::kUnknown, "UNKNOWN", "not known")), kExitUnavailable);
}

TEST(PrintErrorTest, SaysHowAChangeOfUnknownOutcomeIsRepeated) {
  caseload::v1::CloseCaseRequest close;
  close.set_request_id("01JD");
  close.set_etag("7");
  EXPECT_NE(
      Rendered(WithSafeRepeat(absl::DeadlineExceededError("too late"), close)).find("--request-id 01JD --etag 7\n"),
      std::string::npos);
  caseload::v1::UpdateLinkWorkerRequest update;
  update.set_request_id("01JE");
  update.mutable_link_worker()->set_etag("3");
  EXPECT_NE(Rendered(WithSafeRepeat(absl::UnknownError(""), update)).find("--request-id 01JE --etag 3\n"),
            std::string::npos);
  EXPECT_EQ(WithSafeRepeat(absl::NotFoundError("x"), close), absl::NotFoundError("x")) << "it was not done";
  EXPECT_EQ(WithSafeRepeat(absl::UnavailableError("x"), caseload::v1::GetCaseRequest()), absl::UnavailableError("x"))
      << "nothing was to be done";
}

TEST(PrintErrorTest, UsageIsWordsAlone) {
  EXPECT_EQ(Rendered(UsageError("--date", "give a date")), "splwctl: cannot do that: --date: give a date\n");
}

TEST(PrintErrorTest, MakesWhatAServiceSaidHarmless) {
  EXPECT_EQ(Rendered(absl::NotFoundError("x\x1b[2Jy")).find('\x1b'), std::string::npos);
}

TEST(PrintErrorTest, ColoursOnlyWhereAsked) {
  EXPECT_NE(Rendered(absl::NotFoundError("x"), true).find("\x1b[1;31m"), std::string::npos);
}

}  // namespace
}  // namespace splw::ctl
