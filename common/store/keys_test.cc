#include "common/store/keys.h"

#include <tuple>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace splw::store {
namespace {

std::string TextKey(std::string_view text) {
  return KeyBuilder().Text(text).str();
}

TEST(Keys, ShorterTextSortsBeforeItsContinuation) {
  EXPECT_LT(TextKey("a"), TextKey("aa"));
  EXPECT_LT(TextKey(""), TextKey("a"));
  EXPECT_LT(TextKey("a"), TextKey(std::string("a\0", 2)));
  EXPECT_LT(KeyBuilder().Text("a").Text("z").str(), KeyBuilder().Text("aa").Text("a").str());
}

TEST(Keys, NoTextIsThePrefixOfAnother) {
  const std::vector<std::string> texts = {"", "a", "aa", std::string("a\0", 2), std::string("\0\1", 2), "\xff"};
  for (const std::string& one : texts) {
    for (const std::string& other : texts) {
      if (one == other) continue;
      EXPECT_NE(TextKey(other).substr(0, TextKey(one).size()), TextKey(one));
    }
  }
}

TEST(Keys, InstantsSortAcross1970AndNeverComesLast) {
  const absl::Time early = absl::FromCivil(absl::CivilDay(1931, 5, 4), absl::UTCTimeZone());
  const auto key = [](absl::Time time) { return KeyBuilder().Instant(time).str(); };
  EXPECT_LT(key(absl::InfinitePast()), key(early));
  EXPECT_LT(key(early), key(absl::UnixEpoch()));
  EXPECT_LT(key(absl::UnixEpoch()), key(absl::UnixEpoch() + absl::Microseconds(1)));
  EXPECT_LT(key(absl::UnixEpoch() + absl::Hours(1'000'000)), key(absl::InfiniteFuture()));
  for (const absl::Time time : {absl::InfinitePast(), early, absl::UnixEpoch(), absl::InfiniteFuture()}) {
    EXPECT_EQ(*KeyReader(key(time)).Instant(), time);
  }
}

TEST(Keys, BrokenBytesAreRefused) {
  EXPECT_EQ(KeyReader("").Text().status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(KeyReader("abc").Text().status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(KeyReader(std::string("abc\0", 4)).Text().status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(KeyReader(std::string("a\0\2", 3)).Text().status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(KeyReader("1234567").Number().status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(KeyReader("1234567").Instant().status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Keys, PrefixEndComesAfterEverythingWithThePrefix) {
  EXPECT_EQ(PrefixEnd("ab"), "ac");
  EXPECT_EQ(PrefixEnd("a\xff"), "b");
  EXPECT_EQ(PrefixEnd("\xff\xff"), "");  // no end
  EXPECT_EQ(PrefixEnd(""), "");
  EXPECT_GT(PrefixEnd("ab"), "ab\xff\xff\xff");
}

RC_GTEST_PROP(KeysProperty, KeysSortAsTheirPartsDo,
              (const std::string& text_a, std::uint64_t number_a, std::int64_t time_a, const std::string& text_b,
               std::uint64_t number_b, std::int64_t time_b)) {
  const auto key = [](const std::string& text, std::uint64_t number, std::int64_t micros) {
    return KeyBuilder().Text(text).Number(number).Instant(absl::FromUnixMicros(micros)).str();
  };
  RC_ASSERT((key(text_a, number_a, time_a) < key(text_b, number_b, time_b)) ==
            (std::tie(text_a, number_a, time_a) < std::tie(text_b, number_b, time_b)));
  // The same text before different numbers: the case that random texts hardly ever make.
  RC_ASSERT((key(text_a, number_a, time_a) < key(text_a, number_b, time_b)) ==
            (std::tie(number_a, time_a) < std::tie(number_b, time_b)));
}

RC_GTEST_PROP(KeysProperty, TextsWithNulsSortAsTextsDo, ()) {
  // Few different bytes, so that common prefixes, NULs and 0xFF meet often.
  const auto text = rc::gen::container<std::string>(rc::gen::element<char>('\0', '\1', 'a', '\xfe', '\xff'));
  const std::string a = *text;
  const std::string b = *text;
  RC_ASSERT((TextKey(a) < TextKey(b)) == (a < b));
  const std::string key = TextKey(a) + TextKey(b);
  KeyReader reader(key);
  RC_ASSERT(*reader.Text() == a);
  RC_ASSERT(*reader.Text() == b);
  RC_ASSERT(reader.done());

  std::string_view rest = key;
  RC_ASSERT(std::string(*TakeText(rest)) + TextKey("") == TextKey(a));
  RC_ASSERT(rest == TextKey(b));
  RC_ASSERT(TakeText(rest).has_value());
  RC_ASSERT(!TakeText(rest).has_value());
}

RC_GTEST_PROP(KeysProperty, PrefixRangeHoldsExactlyTheKeysWithThePrefix, ()) {
  const auto text = rc::gen::container<std::string>(rc::gen::element<char>('\0', 'a', '\xfe', '\xff'));
  const std::string prefix = *text;
  const std::string key = *text;
  const KeyRange range = PrefixRange(prefix);
  const bool in_range = key >= range.begin && (range.end.empty() || key < range.end);
  RC_ASSERT(in_range == (key.substr(0, prefix.size()) == prefix));
}

}  // namespace
}  // namespace splw::store
