// A write-ahead log that was damaged while nobody looked. What was acknowledged is there, or the service does not start
// and says what to do; it never goes on without a word.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <vector>

#include <absl/strings/str_cat.h>

#include "tests/faults/faults_fixture.h"

namespace splw::faults {
namespace {

using ::testing::ContainsRegex;
using testing::HasReason;
using ::testing::HasSubstr;
using testing::IsOk;

constexpr int kReferrals = 12;

// referral-intake alone: with nobody to send to, each referral adds one record to the log and nothing else does.
class DamagedLog : public Faults {
 protected:
  void SetUp() override {
    ASSERT_THAT(suite_.Start(testing::kReferralIntake), IsOk());
    world_.SetUpIntake();
    for (int person = 0; person < kReferrals; ++person) {
      ends_.push_back(static_cast<std::size_t>(std::filesystem::file_size(Log())));
      names_.push_back(world_.Submit(journey::ReferralOf(person)).name());
    }
    ends_.push_back(static_cast<std::size_t>(std::filesystem::file_size(Log())));
    suite_.Kill(testing::kReferralIntake);
    bytes_ = testing::ReadFile(Log());
    ASSERT_EQ(bytes_.size(), ends_.back());
    std::filesystem::copy(Folder(), Folder() + ".kept", std::filesystem::copy_options::recursive);
  }

  std::string Folder() const { return suite_.DataDir(testing::kReferralIntake); }
  // As it was when the service was killed.
  void RestoreFolder() {
    std::filesystem::remove_all(Folder());
    std::filesystem::copy(Folder() + ".kept", Folder(), std::filesystem::copy_options::recursive);
  }

  // The newest of the store's logs.
  std::string Log() const {
    std::string newest;
    for (const auto& entry : std::filesystem::directory_iterator(Folder() + "/store")) {
      if (entry.path().extension() == ".log") newest = std::max(newest, entry.path().string());
    }
    return newest;
  }
  // In the middle of the bytes that the referral of this number added to the log.
  std::size_t MiddleOf(int number) const {
    const auto index = static_cast<std::size_t>(number);
    return (ends_[index] + ends_[index + 1]) / 2;
  }
  void Damage(const std::string& bytes) { testing::WriteFile(Log(), bytes); }

  void ExpectRefusal() {
    for (int attempt = 0; attempt < 2; ++attempt) {  // a refused start changes nothing
      const std::size_t said = LogSize(testing::kReferralIntake);
      ASSERT_THAT(suite_.Launch(testing::kReferralIntake), IsOk());
      const auto end = suite_.AwaitEnd(testing::kReferralIntake, kPatience);
      ASSERT_TRUE(end.has_value()) << "it serves, with a damaged log";
      EXPECT_EQ(end->exit_code, kDiskFault);
      const std::string words = LogSince(testing::kReferralIntake, said);
      for (const char* part : {"damaged", "backup", "--restored", "--accept-wal-loss"})
        EXPECT_THAT(words, HasSubstr(part));
    }
  }
  // The referrals before number `first_lost` are there, those from it on are not.
  void ExpectKept(int first_lost) {
    for (int number = 0; number < kReferrals; ++number) {
      referral::v1::GetReferralRequest request;
      request.set_name(names_[static_cast<std::size_t>(number)]);
      const auto maybe_referral = world_.lead.Call(&journey::ReferralStub::GetReferral, request);
      if (number < first_lost) {
        EXPECT_THAT(maybe_referral, IsOk()) << number;
      } else {
        EXPECT_THAT(maybe_referral, HasReason("REFERRAL_NOT_FOUND")) << number;
      }
    }
    EXPECT_THAT(suite_.VerifyStores(), IsOk());
  }

  std::vector<std::string> names_;
  std::vector<std::size_t> ends_;  // of the log, before each referral and after the last
  std::string bytes_;              // of the log
};

TEST_F(DamagedLog, WithAFlippedByteIsRefusedUntilTheOperatorAcceptsTheLossAndThenSaysWhatWasKept) {
  constexpr int kHit = 7;
  std::string damaged = bytes_;
  damaged[MiddleOf(kHit)] ^= 1;
  Damage(damaged);
  ExpectRefusal();

  const std::size_t said = LogSize(testing::kReferralIntake);
  ASSERT_THAT(suite_.Start(testing::kReferralIntake, {"--accept-wal-loss"}), IsOk());
  const std::string words = LogSince(testing::kReferralIntake, said);
  EXPECT_THAT(words, ContainsRegex("the last write that was kept is number [0-9]+, of [-0-9]+T[0-9:.]+"));
  EXPECT_THAT(words, HasSubstr(R"("event":"wal_loss_accepted")"));
  ExpectKept(kHit);

  // Once is enough, and nothing more goes.
  suite_.Kill(testing::kReferralIntake);
  ASSERT_THAT(suite_.Start(testing::kReferralIntake), IsOk());
  ExpectKept(kHit);
}

TEST_F(DamagedLog, WithAFlippedByteInItsLastRecordIsRefusedForThatWasAcknowledgedToo) {
  std::string damaged = bytes_;
  damaged[MiddleOf(kReferrals - 1)] ^= 1;
  Damage(damaged);
  ExpectRefusal();
}

TEST_F(DamagedLog, WithAPieceCutOutOfItIsRefused) {
  std::string damaged = bytes_;
  damaged.erase(MiddleOf(4), 100);
  Damage(damaged);
  ExpectRefusal();
}

// What a crash leaves: the first part of a write that nobody was told of.
TEST_F(DamagedLog, WithATornTailOpensAndLosesNothing) {
  const std::size_t begin = ends_[kReferrals - 1];
  const std::size_t length = bytes_.size() - begin;
  for (const std::size_t torn :
       {std::size_t{1}, std::size_t{6}, std::size_t{7}, std::size_t{8}, length / 2, length - 1}) {
    SCOPED_TRACE(absl::StrCat(torn, " of ", length, " bytes were written"));
    Damage(bytes_.substr(0, begin + torn));
    ASSERT_THAT(suite_.Start(testing::kReferralIntake), IsOk());
    ExpectKept(kReferrals - 1);
    suite_.Kill(testing::kReferralIntake);
    RestoreFolder();
  }
}

}  // namespace
}  // namespace splw::faults
