// Matchers for absl::Status and absl::StatusOr.
//   EXPECT_THAT(status, StatusIs(absl::StatusCode::kAborted));   EXPECT_THAT(status, HasReason("ETAG_MISMATCH"));
//   EXPECT_THAT(status, HasField("person.birth_date"));          EXPECT_THAT(maybe_value, IsOk());
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <gmock/gmock.h>

#include "common/text/failure.h"

namespace splw::testing {

inline const absl::Status& StatusOf(const absl::Status& status) {
  return status;
}
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& maybe) {
  return maybe.status();
}

MATCHER(IsOk, negation ? "is not OK" : "is OK") {
  *result_listener << "whose status is " << StatusOf(arg).ToString();
  return StatusOf(arg).ok();
}

MATCHER_P(StatusIs, code, "has status code " + absl::StatusCodeToString(code)) {
  *result_listener << "whose status is " << StatusOf(arg).ToString();
  return StatusOf(arg).code() == code;
}

// The stable reason of google.rpc.ErrorInfo.
MATCHER_P(HasReason, reason, "has reason " + std::string(reason)) {
  *result_listener << "whose reason is '" << text::ReasonOf(StatusOf(arg)) << "', status " << StatusOf(arg).ToString();
  return text::ReasonOf(StatusOf(arg)) == reason;
}

// A field among the violations of google.rpc.BadRequest.
MATCHER_P(HasField, field, "has a violation of field " + std::string(field)) {
  const std::vector<std::string> fields = text::FieldsOf(StatusOf(arg));
  *result_listener << "whose fields are " << ::testing::PrintToString(fields) << ", status "
                   << StatusOf(arg).ToString();
  return std::find(fields.begin(), fields.end(), field) != fields.end();
}

}  // namespace splw::testing
