#include "common/delivery/request_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"

namespace splw::delivery {
namespace {

using splw::testing::HasField;
using splw::testing::HasReason;
using splw::testing::IsOk;
using splw::testing::StatusIs;

absl::Status Checked(std::string_view request_id) {
  text::Violations violations;
  CheckRequestId(request_id, violations);
  return violations.ToStatus();
}

TEST(RequestRules, AnIdIsShortAndPrintable) {
  for (const std::string& id :
       {std::string("1"), std::string("01ARZ3NDEKTSV4RRFFQ69G5FAV"), std::string("a b"), std::string(64, 'x')}) {
    EXPECT_THAT(Checked(id), IsOk()) << id;
  }
  for (const std::string& id :
       {std::string(65, 'x'), std::string(" a"), std::string("a "), std::string("a\tb"), std::string("réf")}) {
    EXPECT_THAT(Checked(id), StatusIs(absl::StatusCode::kInvalidArgument)) << id;
    EXPECT_THAT(Checked(id), HasReason("REQUEST_ID_INVALID")) << id;
    EXPECT_THAT(Checked(id), HasField("request_id")) << id;
  }
}

TEST(RequestRules, WhatIsMissingIsRequiredWhicheverItIs) {
  EXPECT_THAT(Checked(""), HasReason("REQUIRED"));
  EXPECT_THAT(Checked(""), HasField("request_id"));
  const absl::Status no_etag = CheckEtag("policy.etag", "", 3);
  EXPECT_THAT(no_etag, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(no_etag, HasReason("REQUIRED"));
  EXPECT_THAT(no_etag, HasField("policy.etag"));
}

TEST(RequestRules, AnEtagIsThatOfTheVersionOrStale) {
  EXPECT_THAT(CheckEtag("etag", EtagOf(3), 3), IsOk());
  for (const char* stale : {"2", "4", "03", "x"}) {
    EXPECT_THAT(CheckEtag("etag", stale, 3), StatusIs(absl::StatusCode::kAborted)) << stale;
    EXPECT_THAT(CheckEtag("etag", stale, 3), HasReason("ETAG_MISMATCH")) << stale;
  }
}

}  // namespace
}  // namespace splw::delivery
