#include "services/referral_intake/telling_apart.h"

#include <gmock/gmock.h>

#include "common/testing/status_matchers.h"
#include "services/referral_intake/testing/builders.h"

namespace splw::referral_intake {
namespace {

using ::splw::testing::HasField;
using ::splw::testing::HasReason;
using ::splw::testing::IsOk;

constexpr char kFirstNumber[] = "9990000018";
constexpr char kSecondNumber[] = "9990000026";

storage::ReferralRecord Record(const std::string& number, const std::string& given = "Anna") {
  storage::ReferralRecord record;
  record.set_state(api::REFERRAL_STATE_AWAITING_TRIAGE);
  record.mutable_person()->mutable_nhs_number()->set_value(number);
  record.mutable_person()->mutable_name()->set_given(given);
  record.add_person_keys("name");
  if (!number.empty()) record.add_person_keys("number-" + number);
  return record;
}

OtherReferral InCase(const std::string& name, const std::string& case_name, const std::string& number,
                     const std::string& given = "Anna") {
  OtherReferral other{name, Record(number, given)};
  other.record.set_state(api::REFERRAL_STATE_ACCEPTED);
  other.record.set_case_(case_name);
  return other;
}

TEST(TellingApartTest, TwoPeoplesCasesAreNotGuessedBetween) {
  const std::vector<OtherReferral> others = {InCase("r/1", "c/1", kFirstNumber), InCase("r/2", "c/2", kSecondNumber)};
  const absl::Status refused = CheckToldApart(Record(""), {}, others);
  EXPECT_THAT(refused, HasReason("AMBIGUOUS_PERSON"));
  EXPECT_THAT(CheckToldApart(Record(""), {"r/1"}, others), IsOk());
  EXPECT_THAT(CheckToldApart(Record(""), {"r/1", "r/2"}, others), IsOk());
  EXPECT_THAT(CheckToldApart(Record(""), {}, {others[0]}), IsOk());
}

TEST(TellingApartTest, ACaseThatIsNotOpenedYetCounts) {
  EXPECT_THAT(CheckToldApart(Record(""), {}, {InCase("r/1", "c/1", kFirstNumber), InCase("r/2", "", kSecondNumber)}),
              HasReason("AMBIGUOUS_PERSON"));
  EXPECT_THAT(CheckToldApart(Record(""), {}, {InCase("r/1", "c/1", kFirstNumber), InCase("r/2", "", "")}), IsOk());
}

TEST(TellingApartTest, TheNhsNumberDecides) {
  EXPECT_THAT(CheckToldApart(Record(kFirstNumber), {},
                             {InCase("r/1", "c/1", "", "Ann"), InCase("r/2", "c/2", "", "Anna Maria"),
                              InCase("r/3", "c/3", kFirstNumber)}),
              IsOk());
}

TEST(TellingApartTest, WhomATriageToldApartAreTwoPeople) {
  std::vector<OtherReferral> others = {InCase("r/1", "c/1", ""), InCase("r/2", "c/2", "")};
  EXPECT_THAT(CheckToldApart(Record(kFirstNumber), {}, others), IsOk()) << "for all that is known one person";
  others[1].record.mutable_triage()->add_not_same_person_as("r/1");
  EXPECT_THAT(CheckToldApart(Record(kFirstNumber), {}, others), HasReason("AMBIGUOUS_PERSON"));
}

TEST(TellingApartTest, WhoeverIsCalledOtherwiseIsNoCandidate) {
  EXPECT_THAT(CheckToldApart(Record("", "Anna"), {},
                             {InCase("r/1", "c/1", kFirstNumber), InCase("r/2", "c/2", kSecondNumber, "Alice")}),
              IsOk());
}

TEST(TellingApartTest, OneReferralOfACaseExcludesTheCase) {
  const std::vector<OtherReferral> others = {InCase("r/1", "c/1", kFirstNumber), InCase("r/1b", "c/1", kFirstNumber),
                                             InCase("r/2", "c/2", kSecondNumber)};
  EXPECT_THAT(CheckToldApart(Record(""), {"r/1b"}, others), IsOk());
  EXPECT_THAT(CheckToldApart(Record(""), {}, {others[0], others[1]}), IsOk()) << "two referrals of one case";
  std::vector<OtherReferral> told_apart = others;
  told_apart[2].told_apart = true;
  EXPECT_THAT(CheckToldApart(Record(""), {}, told_apart), IsOk());
}

TEST(TellingApartTest, WhatWaitsOrEndedHasNoCaseToJoin) {
  std::vector<OtherReferral> others = {InCase("r/1", "c/1", kFirstNumber), InCase("r/2", "", kSecondNumber)};
  for (const auto state : {api::REFERRAL_STATE_AWAITING_TRIAGE, api::REFERRAL_STATE_RETURNED}) {
    others[1].record.set_state(state);
    EXPECT_THAT(CheckToldApart(Record(""), {}, others), IsOk());
  }
  others[1].record.set_state(api::REFERRAL_STATE_CLOSED);
  others[1].record.set_case_("c/2");
  EXPECT_THAT(CheckToldApart(Record(""), {}, others), IsOk());
}

TEST(TellingApartTest, NobodyWithTheSameNumberIsSomebodyElse) {
  const absl::Status refused = CheckToldApart(Record(kFirstNumber), {"r/1"}, {InCase("r/1", "c/1", kFirstNumber)});
  EXPECT_THAT(refused, HasReason("SAME_NHS_NUMBER"));
  EXPECT_THAT(refused, HasField("not_same_person_as[0]"));
}

TEST(TellingApartTest, OnlyWhoIsAlikeIsToldApart) {
  OtherReferral stranger = InCase("r/x", "c/x", kSecondNumber);
  stranger.record.clear_person_keys();
  EXPECT_THAT(CheckToldApart(Record(""), {"r/x"}, {stranger}), HasReason("NOT_RELATED"));
}

}  // namespace
}  // namespace splw::referral_intake
