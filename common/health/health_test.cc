#include <gtest/gtest.h>

#include "common/health/danger_words.h"
#include "common/health/nhs_number.h"
#include "common/health/ods_code.h"
#include "common/health/same_person.h"
#include "common/health/snomed.h"

namespace splw::health {
namespace {

TEST(NhsNumberTest, SampleNumbersPass) {
  for (const char* number : {"9990000018", "9990000026", "9990000034", "9990000042", "9990000050", "9990000069",
                             "9990000077", "9990000085", "9990000093"}) {
    EXPECT_TRUE(IsNhsNumber(number)) << number;
  }
}

TEST(NhsNumberTest, EveryOtherCheckDigitFails) {
  const std::string stem = "999000001";
  for (char digit = '0'; digit <= '9'; ++digit) {
    EXPECT_EQ(IsNhsNumber(stem + digit), digit == '8') << digit;
  }
}

TEST(NhsNumberTest, RemainderThatWouldGiveTenIsNeverValid) {
  // 999000010x: some nine digits have no check digit at all; such a stem fails with all ten.
  int stems_without_check = 0;
  for (int serial = 0; serial < 100; ++serial) {
    const std::string stem = "9990000" + std::to_string(100 + serial).substr(1);
    int valid = 0;
    for (char digit = '0'; digit <= '9'; ++digit) valid += IsNhsNumber(stem + digit) ? 1 : 0;
    EXPECT_LE(valid, 1);
    stems_without_check += valid == 0 ? 1 : 0;
  }
  EXPECT_GT(stems_without_check, 0);
}

TEST(NhsNumberTest, RepeatedDigitsAreNotNumbers) {
  for (char digit = '0'; digit <= '9'; ++digit) {
    EXPECT_EQ(CheckNhsNumber(std::string(10, digit)), NhsNumberFault::kRepeatedDigit);
  }
}

TEST(NhsNumberTest, SamplesOfBarsWithWrongCheckDigitFail) {
  for (const char* number : {"3478526985", "7778521234", "4857773456"}) {
    EXPECT_EQ(CheckNhsNumber(number), NhsNumberFault::kCheckDigit) << number;
  }
}

TEST(NhsNumberTest, LettersAndLengthsAreNamed) {
  for (const char* number : {"", "999000001", "99900000180", "999000001X", "９990000018"}) {
    EXPECT_EQ(CheckNhsNumber(number), NhsNumberFault::kNotTenDigits) << number;
  }
}

TEST(NhsNumberTest, SpacesAndHyphensAreTakenOutAndPutBack) {
  EXPECT_EQ(NormaliseNhsNumber("999 000-0018"), "9990000018");
  EXPECT_EQ(FormatNhsNumber("9990000018"), "999 000 0018");
  EXPECT_EQ(FormatNhsNumber("123"), "123");
}

TEST(NhsNumberTest, SystemIsRecognisedAsSendersWriteIt) {
  EXPECT_TRUE(IsNhsNumberSystem("http://fhir.nhs.uk/id/NHS-number/"));
  EXPECT_FALSE(IsNhsNumberSystem("https://fhir.nhs.uk/Id/ods-organization-code"));
}

TEST(OdsCodeTest, ThreeToTwelveCapitalsAndDigits) {
  for (const char* code : {"G82", "G82080", "U12345", "ABCDEFGHIJ12"}) EXPECT_TRUE(IsOdsCode(code)) << code;
  for (const char* code : {"", "G8", "ABCDEFGHIJ123", "g82080", "G82-80", "G82 80"})
    EXPECT_FALSE(IsOdsCode(code)) << code;
  EXPECT_EQ(NormaliseOdsCode(" g82080 "), "G82080");
}

TEST(OdsCodeTest, NetworkIsNotPractice) {
  EXPECT_TRUE(IsPracticeCode("G82080"));
  EXPECT_FALSE(IsPracticeCode("U12345"));
  EXPECT_FALSE(IsPracticeCode("G8208"));
  EXPECT_FALSE(IsPracticeCode("RW3"));
}

TEST(OdsCodeTest, SystemIsRecognisedAsSendersWriteIt) {
  EXPECT_TRUE(IsOdsCodeSystem("https://fhir.nhs.uk/id/ods-organization-code"));
  EXPECT_TRUE(IsOdsCodeSystem("http://fhir.nhs.uk/Id/ods-organization-code"));
  EXPECT_FALSE(IsOdsCodeSystem("https://fhir.nhs.uk/Id/nhs-number"));
}

TEST(SnomedTest, PublishedIdentifiersPass) {
  for (const char* id : {"871731000000106", "871711000000103", "871691000000100", "401206008", "707087005",
                         "766561000000109", "836881000000105", "248054003"}) {
    EXPECT_TRUE(IsSnomedId(id)) << id;
  }
}

TEST(SnomedTest, OneWrongDigitOrTwoSwappedAreFound) {
  const std::string id = "871731000000106";
  for (std::size_t place = 0; place < id.size(); ++place) {
    std::string damaged = id;
    damaged[place] = damaged[place] == '9' ? '1' : static_cast<char>(damaged[place] + 1);
    EXPECT_FALSE(IsSnomedId(damaged)) << damaged;
    if (place > 0 && id[place] != id[place - 1]) {
      std::string swapped = id;
      std::swap(swapped[place], swapped[place - 1]);
      EXPECT_FALSE(IsSnomedId(swapped)) << swapped;
    }
  }
}

TEST(SnomedTest, ShortLongAndOtherTextFail) {
  for (const char* id : {"", "12345", "8717310000001060000", "0401206008", "40120600x", "8.71731E14"}) {
    EXPECT_FALSE(IsSnomedId(id)) << id;
  }
}

type::v1::Person PersonOf(const char* number, const char* given, const char* preferred = "") {
  type::v1::Person person;
  person.mutable_nhs_number()->set_value(number);
  person.mutable_name()->set_given(given);
  person.mutable_name()->set_preferred(preferred);
  return person;
}

TEST(SamePersonTest, TwoRightNumbersDecide) {
  EXPECT_TRUE(CertainlyDifferent(PersonOf("9990000018", "Jean"), PersonOf("9990000026", "Jean")));
  EXPECT_FALSE(MayBeOnePerson(PersonOf("9990000018", "Jean"), PersonOf("9990000026", "Jean")));
  EXPECT_FALSE(CertainlyDifferent(PersonOf("9990000018", "James"), PersonOf("9990000018", "Jane")));
  EXPECT_TRUE(MayBeOnePerson(PersonOf("9990000018", "James"), PersonOf("9990000018", "Jane")));
  EXPECT_FALSE(CertainlyDifferent(PersonOf("9990000018", "Jean"), PersonOf("3478526985", "Jean")))
      << "a wrong check digit decides nothing";
}

TEST(SamePersonTest, TheSameRightNumberIsOnePersonWhateverTheNames) {
  EXPECT_TRUE(CertainlyOne(PersonOf("9990000018", "James"), PersonOf("9990000018", "Jane")));
  EXPECT_FALSE(CertainlyOne(PersonOf("9990000018", "Jean"), PersonOf("9990000026", "Jean")));
  EXPECT_FALSE(CertainlyOne(PersonOf("9990000019", "Jean"), PersonOf("9990000019", "Jean"))) << "a wrong check digit";
  EXPECT_FALSE(CertainlyOne(PersonOf("", "Jean"), PersonOf("", "Jean")));
  EXPECT_TRUE(CalledAlike(PersonOf("9990000018", "Jean"), PersonOf("9990000026", "Jean Mary")));
  EXPECT_FALSE(CalledAlike(PersonOf("9990000018", "James"), PersonOf("9990000026", "Jane")));
}

TEST(SamePersonTest, WithoutTwoNumbersTheNamesMustMeet) {
  EXPECT_FALSE(MayBeOnePerson(PersonOf("", "James"), PersonOf("", "Jane")));
  EXPECT_FALSE(MayBeOnePerson(PersonOf("9990000018", "James"), PersonOf("", "Jane")));
  EXPECT_TRUE(MayBeOnePerson(PersonOf("9990000018", "Jean Mary"), PersonOf("", "JEAN")));
  EXPECT_TRUE(MayBeOnePerson(PersonOf("", "Margaret", "Maggie"), PersonOf("", "Maggie")));
  EXPECT_TRUE(MayBeOnePerson(PersonOf("", ""), PersonOf("", "Jane"))) << "nothing stated speaks against it";
}

// The words themselves are tested where they raise a finding: services/referral_intake/screening_test.cc.
TEST(DangerWordsTest, AreFoundWhereverTheyStand) {
  EXPECT_FALSE(SpeaksOfDanger(""));
  EXPECT_TRUE(SpeaksOfDanger("Suicide"));
  EXPECT_TRUE(SpeaksOfDanger("\"self-harm\""));
  std::string text;
  while (text.size() < 100'000) text += "Lives alone, and wants to live in a bungalow. ";
  EXPECT_FALSE(SpeaksOfDanger(text));
  EXPECT_TRUE(SpeaksOfDanger(text + "She wants to\ndie"));
  EXPECT_TRUE(SpeaksOfDanger("Would kill him. " + text));
}

}  // namespace
}  // namespace splw::health
