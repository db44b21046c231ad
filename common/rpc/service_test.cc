// What a service may say that it offers.
#include "common/rpc/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/rpc/testing_server.h"

namespace splw::rpc {
namespace {

class Offering final : public Service {
 public:
  Offering(Calls& calls, const std::string& service) : Service(calls, service) {}

  template <typename Request, typename Response>
  void Offer(const char* method) {
    Unary<Request, Response>(method, [](const Call&, const Request&, Response*) -> absl::StatusOr<store::Position> {
      return store::Position();
    });
  }
};

constexpr char kName[] = "splw.referral.v1.ReferralIntakeService";
using referral::v1::GetReferralRequest;
using referral::v1::ListReferralsRequest;
using referral::v1::Referral;
using referral::v1::WatchReferralsRequest;
using referral::v1::WatchReferralsResponse;

void OfferNoService() {
  TestServer server;
  Offering offering(server.calls, "splw.referral.v1.Nothing");
}

template <typename Request, typename Response>
void Offer(const char* method, int times) {
  TestServer server;
  Offering offering(server.calls, kName);
  for (int time = 0; time < times; ++time) offering.Offer<Request, Response>(method);
}

class ServiceDeathTest : public ::testing::Test {
 protected:
  ServiceDeathTest() { ::testing::FLAGS_gtest_death_test_style = "threadsafe"; }
};

TEST_F(ServiceDeathTest, AServiceThatNoProtoFileHasEndsTheProcess) {
  EXPECT_DEATH(OfferNoService(), "splw.referral.v1.Nothing is no service");
}

TEST_F(ServiceDeathTest, AMethodThatTheProtoFileDoesNotHaveEndsTheProcess) {
  const auto offer = Offer<GetReferralRequest, Referral>;
  EXPECT_DEATH(offer("FindReferral", 1), "FindReferral is no method");
}

TEST_F(ServiceDeathTest, AMethodWithOtherMessagesEndsTheProcess) {
  const auto other_request = Offer<ListReferralsRequest, Referral>;
  EXPECT_DEATH(other_request("GetReferral", 1), "GetReferral has other messages");
  const auto other_response = Offer<GetReferralRequest, GetReferralRequest>;
  EXPECT_DEATH(other_response("GetReferral", 1), "GetReferral has other messages");
}

TEST_F(ServiceDeathTest, AMethodThatIsOfferedTwiceEndsTheProcess) {
  const auto offer = Offer<GetReferralRequest, Referral>;
  EXPECT_DEATH(offer("GetReferral", 2), "GetReferral is offered twice");
}

TEST_F(ServiceDeathTest, AWatchOfferedAsOneAnswerEndsTheProcess) {
  const auto offer = Offer<WatchReferralsRequest, WatchReferralsResponse>;
  EXPECT_DEATH(offer("WatchReferrals", 1), "WatchReferrals has other messages");
}

// The clients that are built with other .proto files.
TEST(Service, AMethodThatIsLeftOutIsUnimplemented) {
  TestServer server;
  grpc::ClientContext context;
  PrepareContext(context, TestServer::LinkWorker(), "", absl::Seconds(10));
  referral::v1::ListReferralsResponse response;
  EXPECT_EQ(server.stub->ListReferrals(&context, ListReferralsRequest(), &response).error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
}

}  // namespace
}  // namespace splw::rpc
