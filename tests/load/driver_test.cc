// The driver against a real referral-intake service.
#include "tests/load/driver.h"

#include <atomic>
#include <optional>
#include <thread>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "common/testing/status_matchers.h"
#include "common/testing/suite.h"
#include "splw/referral/v1/referral_intake_service.pb.h"
#include "tests/load/acknowledgements.h"
#include "tests/load/messages.h"
#include "tests/load/referral_work.h"

namespace splw::load {
namespace {

using ::splw::testing::IsOk;
using ::splw::testing::Suite;
using ::testing::IsEmpty;

class DriverTest : public ::testing::Test {
 protected:
  DriverTest() {
    EXPECT_THAT(suite_.Start(testing::kReferralIntake), IsOk());
    options_.address = suite_.Address(testing::kReferralIntake);
    options_.principal = PracticePrincipal({"U12345", "U54321"});
    options_.in_flight = 8;
  }

  Suite suite_;
  DriverOptions options_;
};

// Gets each referral of a list, and compares it with what was acknowledged.
class Comparison final : public Work {
 public:
  explicit Comparison(std::vector<Acknowledgement> all) : all_(std::move(all)) {}
  std::optional<Call> Next() override {
    if (next_ == all_.size()) return std::nullopt;
    referral::v1::GetReferralRequest request;
    request.set_name(all_[next_].name);
    return Call{"/splw.referral.v1.ReferralIntakeService/GetReferral", ToBytes(request), next_++};
  }
  absl::Status Check(const Call& call, grpc::ByteBuffer& reply) override {
    const absl::StatusOr<referral::v1::Referral> maybe_referral = FromBytes<referral::v1::Referral>(reply);
    if (!maybe_referral.ok()) return maybe_referral.status();
    if (DigestOf(*maybe_referral) != all_[call.id].digest) return absl::DataLossError("another content");
    return absl::OkStatus();
  }

 private:
  const std::vector<Acknowledgement> all_;
  std::size_t next_ = 0;
};

// Every answer is wrong.
class Sceptic final : public Work {
 public:
  std::optional<Call> Next() override { return inner_.Next(); }
  absl::Status Check(const Call&, grpc::ByteBuffer&) override { return absl::DataLossError("not believed"); }

 private:
  ReferralWork inner_{{}};
};

TEST_F(DriverTest, ClosedLoopSubmitsReadsAndLists) {
  options_.count = 300;
  ReferralWork work({.networks = {"U12345", "U54321"}, .get = 1, .list = 1});
  const DriverReport report = Drive(options_, work);
  EXPECT_TRUE(Clean(report));
  EXPECT_THAT(report.complaints, IsEmpty());
  EXPECT_EQ(report.Sum().answered, 300u);
  EXPECT_EQ(report.methods.size(), 3u);
  EXPECT_EQ(report.methods.at("SubmitReferral").answered, work.names().size());
}

TEST_F(DriverTest, OpenLoopHoldsItsRateAndTimesFromTheIntendedStart) {
  options_.count = 50;
  options_.rate = 100;
  ReferralWork work({});
  const DriverReport report = Drive(options_, work);
  EXPECT_TRUE(Clean(report));
  EXPECT_GE(report.took, absl::Milliseconds(490));
}

TEST_F(DriverTest, WhatWasAcknowledgedWhileTheServiceWasKilledIsThere) {
  const std::string list = suite_.folder() + "/acknowledgements";
  auto maybe_writer = AcknowledgementWriter::Open(list);
  ASSERT_THAT(maybe_writer, IsOk());
  ReferralWork work({.acknowledgements = &*maybe_writer});
  std::atomic<bool> stop = false;
  options_.stop = &stop;
  options_.rate = 500;
  DriverReport report;
  std::thread load([&] { report = Drive(options_, work); });
  for (int kills = 0; kills < 3; ++kills) {
    const auto count = [&] { return ReadAcknowledgements(list).value_or(std::vector<Acknowledgement>()).size(); };
    const std::size_t before = count();
    EXPECT_TRUE(testing::Eventually(absl::Seconds(20), [&] { return count() > before + 20; }));
    suite_.Kill(testing::kReferralIntake);
    EXPECT_THAT(suite_.Start(testing::kReferralIntake), IsOk());
  }
  stop = true;
  load.join();
  EXPECT_TRUE(Clean(report)) << ::testing::PrintToString(report.complaints);
  const MethodReport& submitted = report.methods.at("SubmitReferral");
  EXPECT_GT(submitted.attempts, submitted.answered);

  const auto maybe_all = ReadAcknowledgements(list);
  ASSERT_THAT(maybe_all, IsOk());
  EXPECT_EQ(maybe_all->size(), submitted.answered);
  Comparison comparison(*maybe_all);
  options_.stop = nullptr;
  options_.rate = 0;
  const DriverReport compared = Drive(options_, comparison);
  EXPECT_TRUE(Clean(compared)) << ::testing::PrintToString(compared.complaints);
  EXPECT_EQ(compared.Sum().answered, maybe_all->size());
}

TEST_F(DriverTest, WrongAnswersAndFinalErrorsAreCountedAndDescribed) {
  options_.count = 5;
  Sceptic sceptic;
  const DriverReport wrong = Drive(options_, sceptic);
  EXPECT_FALSE(Clean(wrong));
  EXPECT_EQ(wrong.Sum().wrong, 5u);
  EXPECT_THAT(wrong.complaints, ::testing::Contains(::testing::HasSubstr("not believed")));

  options_.principal.networks = {"U00000"};
  ReferralWork work({});
  const DriverReport failed = Drive(options_, work);
  EXPECT_EQ(failed.Sum().failed, 5u);
  EXPECT_EQ(failed.Sum().errors.at("PERMISSION_DENIED NETWORK_NOT_ALLOWED"), 5u);
}

TEST_F(DriverTest, WhatNobodyAnswersIsUnsettledWhenTheTimeIsOver) {
  suite_.Kill(testing::kReferralIntake);
  options_.count = 3;
  options_.settle_time = absl::Milliseconds(200);
  ReferralWork work({});
  const DriverReport report = Drive(options_, work);
  EXPECT_FALSE(Clean(report));
  EXPECT_EQ(report.Sum().unsettled, 3u);
}

TEST_F(DriverTest, ProgramWritesItsReportAndList) {
  const auto maybe_output =
      testing::RunProcess(Suite::Program("load-generator"),
                          {"--target", options_.address, "--count", "40", "--get", "1", "--networks", "U12345,U54321",
                           "--acknowledgements", suite_.folder() + "/list", "--json", suite_.folder() + "/report.json"},
                          absl::Seconds(60));
  ASSERT_THAT(maybe_output, IsOk());
  EXPECT_EQ(maybe_output->end.exit_code, 0) << maybe_output->output << maybe_output->errors;
  const auto json = nlohmann::json::parse(testing::ReadFile(suite_.folder() + "/report.json"));
  const auto maybe_list = ReadAcknowledgements(suite_.folder() + "/list");
  ASSERT_THAT(maybe_list, IsOk());
  EXPECT_EQ(json["methods"]["SubmitReferral"]["answered"], maybe_list->size());
}

}  // namespace
}  // namespace splw::load
