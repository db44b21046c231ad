#include "common/text/validate.h"

#include <gtest/gtest.h>

namespace splw::text {
namespace {

std::string ReasonFor(std::string_view text, const TextRule& rule) {
  Violations violations;
  CheckText("note", text, rule, violations);
  return ReasonOf(violations.ToStatus());
}

TEST(ValidateTest, CountsCharactersAndNotBytes) {
  EXPECT_EQ(CountCharacters("Si\xC3\xB4n"), 4u);
  EXPECT_EQ(CountCharacters("\xF0\x9F\x99\x82"), 1u);
  EXPECT_EQ(CountCharacters(""), 0u);
}

TEST(ValidateTest, BytesThatAreNotUtf8AreSeen) {
  for (const char* bad : {"\xFF", "\x80", "\xC3", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x28\xA1"}) {
    EXPECT_EQ(CountCharacters(bad), std::nullopt);
  }
}

TEST(ValidateTest, EachRuleHasItsReason) {
  EXPECT_EQ(ReasonFor("fine", {.max_characters = 4, .required = true}), "");
  EXPECT_EQ(ReasonFor("", {}), "");
  EXPECT_EQ(ReasonFor(" \n", {.required = true}), "REQUIRED");
  EXPECT_EQ(ReasonFor("five5", {.max_characters = 4}), "TEXT_TOO_LONG");
  EXPECT_EQ(ReasonFor("\xFF", {}), "TEXT_NOT_UTF8");
  EXPECT_EQ(ReasonFor(std::string_view("a\0b", 3), {}), "TEXT_HAS_CONTROLS");
  EXPECT_EQ(ReasonFor("a\xC2\x85", {}), "TEXT_HAS_CONTROLS");
}

TEST(ValidateTest, LinesAreControlsUnlessTheyAreAllowed) {
  EXPECT_EQ(ReasonFor("a\nb", {}), "TEXT_HAS_CONTROLS");
  EXPECT_EQ(ReasonFor("a\nb\tc\r", {.allow_lines = true}), "");
}

}  // namespace
}  // namespace splw::text
