#include "common/rpc/page.h"

#include <absl/strings/escaping.h>
#include <gtest/gtest.h>

#include "common/delivery/delivery_test_kit.h"
#include "common/testing/status_matchers.h"
#include "splw/operations/v1/operations_service.pb.h"
#include "splw/referral/v1/referral_intake_service.pb.h"

namespace splw::rpc {
namespace {

using operations::v1::ListAuditRecordsRequest;
using operations::v1::ListOutboxStreamsRequest;
using ::splw::testing::HasField;
using ::splw::testing::HasReason;
using ::splw::testing::IsOk;
using ::splw::testing::StatusIs;

const store::ScanCursor kCursor = std::string("key\0\x01\xff", 6);

ListAuditRecordsRequest Request() {
  ListAuditRecordsRequest request;
  request.set_parent("networks/U12345");
  request.set_resource("networks/U12345/referrals/1");
  return request;
}

TEST(ReadPage, StartsWithTheDefaultSizeAndNoCursor) {
  const auto maybe_page = ReadPage(Request(), {.default_size = 7, .max_size = 9}, store::Order::kDescending);
  ASSERT_TRUE(maybe_page.ok());
  EXPECT_EQ(maybe_page->size, 7u);
  EXPECT_EQ(maybe_page->after, "");
  EXPECT_EQ(maybe_page->order, store::Order::kDescending);
}

TEST(ReadPage, TakesNoMoreThanTheMaximum) {
  ListAuditRecordsRequest request = Request();
  request.set_page_size(9);
  EXPECT_EQ(ReadPage(request, {.default_size = 7, .max_size = 9})->size, 9u);
  request.set_page_size(1'000'000);
  EXPECT_EQ(ReadPage(request, {.default_size = 7, .max_size = 9})->size, 9u);
}

TEST(ReadPage, LimitsThePageToWhatAMessageHolds) {
  EXPECT_EQ(ReadPage(Request())->max_bytes, store::kMaxPageBytes);
}

TEST(ReadPage, RefusesANegativeSize) {
  ListAuditRecordsRequest request = Request();
  request.set_page_size(-1);
  const auto maybe_page = ReadPage(request);
  EXPECT_THAT(maybe_page, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(maybe_page, HasField("page_size"));
}

TEST(PageToken, LeadsToItsCursor) {
  ListAuditRecordsRequest request = Request();
  request.set_page_token(MakePageToken(request, kCursor));
  const auto maybe_page = ReadPage(request);
  ASSERT_TRUE(maybe_page.ok()) << maybe_page.status();
  EXPECT_EQ(maybe_page->after, kCursor);
}

TEST(PageToken, IsEmptyAfterTheLastPage) {
  EXPECT_EQ(MakePageToken(Request(), ""), "");
}

TEST(PageToken, HoldsWhateverThePageSize) {
  ListAuditRecordsRequest request = Request();
  request.set_page_token(MakePageToken(request, kCursor));
  request.set_page_size(3);
  EXPECT_TRUE(ReadPage(request).ok());
}

TEST(PageToken, OfAnotherQueryIsRefused) {
  ListAuditRecordsRequest request = Request();
  request.set_page_token(MakePageToken(request, kCursor));
  request.set_resource("networks/U12345/referrals/2");
  EXPECT_THAT(ReadPage(request), HasReason("PAGE_TOKEN_INVALID"));
  EXPECT_THAT(ReadPage(request), HasField("page_token"));
}

TEST(PageToken, OfAnotherMethodIsRefused) {
  ListOutboxStreamsRequest other;
  other.set_parent("networks/U12345");
  ListAuditRecordsRequest request;
  request.set_parent("networks/U12345");
  request.set_page_token(MakePageToken(other, kCursor));
  EXPECT_THAT(ReadPage(request), HasReason("PAGE_TOKEN_INVALID"));
}

TEST(PageToken, ThatIsNotOneIsRefused) {
  ListAuditRecordsRequest request = Request();
  const std::string token = MakePageToken(request, kCursor);
  std::string bytes;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(token, &bytes));
  std::string other_version = bytes;
  other_version[0] = 2;
  std::string other_fingerprint = bytes;
  other_fingerprint[5] = static_cast<char>(other_fingerprint[5] ^ 1);
  for (const std::string& broken :
       {std::string("!"), std::string("AAAA"), token.substr(0, 8), absl::WebSafeBase64Escape(bytes.substr(0, 17)),
        absl::WebSafeBase64Escape(other_version), absl::WebSafeBase64Escape(other_fingerprint),
        std::string(100'000, 'A')}) {
    request.set_page_token(broken);
    EXPECT_THAT(ReadPage(request), HasReason("PAGE_TOKEN_INVALID")) << broken.substr(0, 80);
  }
}

TEST(EndPage, TellsOnTheFirstPageWhereAWatchGoesOn) {
  const time::SystemClock clock;
  delivery::testkit::TestService service(clock, "referral-intake");
  const auto change = [&](const std::string& resource) {
    EXPECT_THAT(service.changes->Run({}, delivery::testkit::Someone(), delivery::testkit::kNetwork,
                                     [&](delivery::Change& made) { return made.Changed("referrals", resource, true); }),
                IsOk());
  };
  Call call;
  call.network = delivery::testkit::kNetwork;
  call.incarnation = "life-1";
  const auto end = [&](const std::string& page_token) {
    referral::v1::ListReferralsRequest request;
    request.set_page_token(page_token);
    return service.View([&](store::Snapshot& snapshot) {
      referral::v1::ListReferralsResponse response;
      EXPECT_THAT(EndPage(call, snapshot, "referrals", request, kCursor, &response), IsOk());
      return response;
    });
  };
  change("before");
  const referral::v1::ListReferralsResponse first = end("");
  EXPECT_FALSE(first.next_page_token().empty());
  change("after");
  EXPECT_EQ(end(first.next_page_token()).watch_position(), "") << "a later page knows less of what was missed";

  const auto maybe_position = delivery::DecodeFeedPosition("life-1", call.network, "referrals", first.watch_position());
  ASSERT_THAT(maybe_position, IsOk());
  const auto told = service.View([&](store::Snapshot& snapshot) {
    auto maybe_page = delivery::ReadFeed(snapshot, call.network, "referrals", *maybe_position, 10);
    EXPECT_THAT(maybe_page, IsOk());
    return maybe_page.value_or(delivery::FeedPage());
  });
  ASSERT_EQ(told.items.size(), 1u);
  EXPECT_EQ(told.items[0].resource, "after");
}

}  // namespace
}  // namespace splw::rpc
