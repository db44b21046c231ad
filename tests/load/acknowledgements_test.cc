#include "tests/load/acknowledgements.h"

#include <gmock/gmock.h>

#include "common/testing/process.h"
#include "common/testing/status_matchers.h"
#include "common/testing/temp_dir.h"
#include "tests/load/people.h"

namespace splw::load {
namespace {

using ::splw::testing::IsOk;
using ::splw::testing::StatusIs;

TEST(Acknowledgements, AreReadBackAsTheyWereWritten) {
  const testing::TempDir folder;
  const std::string path = folder.path() + "/list";
  for (const char* name : {"networks/U12345/referrals/A", "networks/U12345/referrals/B"}) {
    auto maybe_writer = AcknowledgementWriter::Open(path);  // the second appends
    ASSERT_THAT(maybe_writer, IsOk());
    ASSERT_THAT(maybe_writer->Write({name, "load-1", "00ff"}), IsOk());
  }
  const auto maybe_all = ReadAcknowledgements(path);
  ASSERT_THAT(maybe_all, IsOk());
  ASSERT_EQ(maybe_all->size(), 2u);
  EXPECT_EQ(maybe_all->at(1).name, "networks/U12345/referrals/B");
  EXPECT_EQ(maybe_all->at(1).request_id, "load-1");
  EXPECT_EQ(maybe_all->at(1).digest, "00ff");
}

TEST(Acknowledgements, LineThatIsNotYetCompleteIsLeftOut) {
  const testing::TempDir folder;
  testing::WriteFile(folder.path() + "/list", "a b c\nd e f");
  const auto maybe_all = ReadAcknowledgements(folder.path() + "/list");
  ASSERT_THAT(maybe_all, IsOk());
  EXPECT_EQ(maybe_all->size(), 1u);
}

TEST(Acknowledgements, DamageAndAbsenceAreSaid) {
  const testing::TempDir folder;
  EXPECT_THAT(ReadAcknowledgements(folder.path() + "/list"), StatusIs(absl::StatusCode::kNotFound));
  testing::WriteFile(folder.path() + "/list", "a b\n");
  EXPECT_THAT(ReadAcknowledgements(folder.path() + "/list"), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(Acknowledgements, DigestIsOfWhatWasSaidAndNotOfWhatBecameOfIt) {
  referral::v1::Referral referral = ReferralOf(1);
  const std::string digest = DigestOf(referral);
  EXPECT_EQ(digest.size(), 32u);
  referral.set_state(referral::v1::REFERRAL_STATE_CLOSED);
  referral.set_case_("networks/U12345/cases/x");
  referral.add_progress()->set_stage(referral::v1::PROGRESS_STAGE_CASE_OPENED);
  EXPECT_EQ(DigestOf(referral), digest);
  referral.set_reason_text("Other words.");
  EXPECT_NE(DigestOf(referral), digest);
}

}  // namespace
}  // namespace splw::load
