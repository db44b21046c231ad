#include "clients/splwctl/output.h"

#include <sstream>

#include <gtest/gtest.h>

#include "splw/type/v1/professional.pb.h"

namespace splw::ctl {
namespace {

TEST(DisplayWidthTest, CountsColumnsNotBytes) {
  EXPECT_EQ(DisplayWidth("Zieliński"), 9u);
  EXPECT_EQ(DisplayWidth("e\u0301"), 1u);  // a letter and a combining accent
  EXPECT_EQ(DisplayWidth("王小明"), 6u);
  EXPECT_EQ(DisplayWidth("\xff\xfe"), 2u);  // no UTF-8: a column a byte
  EXPECT_EQ(DisplayWidth("\xe2\x80"), 2u);  // cut off in the middle
}

TEST(PrintableTest, TakesAwayWhatMovesACursor) {
  EXPECT_EQ(Printable("a\x1b[31mb\nc\x7f"), "a [31mb c ");
  EXPECT_EQ(Printable("a\u202Eb"), "a b");  // right-to-left override
  EXPECT_EQ(Printable("\xc2\x9b"
                      "31m"),
            " 31m");  // the one-byte form of escape [
  EXPECT_EQ(Printable("Łucja"), "Łucja");
  EXPECT_EQ(Printable("\xff"), "\xEF\xBF\xBD");
}

TEST(TableTest, AlignsColumnsByWidthAndLeavesNoTrailingSpaces) {
  Table table({"NAME", "AGE"});
  table.Add({"Zielińska", "34"});
  table.Add({"王", "7"});
  std::ostringstream out;
  table.Print(out, /*color=*/false);
  EXPECT_EQ(out.str(),
            "NAME       AGE\n"
            "Zielińska  34\n"
            "王         7\n");
}

TEST(TableTest, CutsWideColumnsWithAnEllipsisButNeverTheFirst) {
  Table table({"NAME", "TEXT", "X"});
  table.Add({"networks/U12345", "abcdefghij", "1"});
  std::ostringstream out;
  table.Print(out, /*color=*/false, /*max_column=*/5);
  EXPECT_EQ(out.str(), "NAME             TEXT   X\nnetworks/U12345  abcd…  1\n");
}

TEST(TableTest, FillsMissingCells) {
  Table table({"A", "B"});
  table.Add({"1"});
  std::ostringstream out;
  table.Print(out, /*color=*/false);
  EXPECT_EQ(out.str(), "A  B\n1\n");
}

TEST(TableTest, ColoursOnlyTheHeading) {
  Table table({"A"});
  table.Add({"1"});
  std::ostringstream out;
  table.Print(out, /*color=*/true);
  EXPECT_EQ(out.str(), "\x1b[1mA\x1b[0m\n1\n");
}

TEST(WrappedTest, BreaksAtSpacesAndKeepsLongWords) {
  EXPECT_EQ(Wrapped("one two three", 7), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(Wrapped("extraordinarily so", 5), (std::vector<std::string>{"extraordinarily", "so"}));
  EXPECT_EQ(Wrapped("a\nb", 10), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(Wrapped("", 10), (std::vector<std::string>{""}));
}

TEST(JsonArrayTest, IsAnArrayAlsoOfNothing) {
  std::ostringstream empty;
  JsonArray(empty).Finish();
  EXPECT_EQ(empty.str(), "[]\n");

  std::ostringstream out;
  JsonArray array(out);
  type::v1::Professional worker;
  worker.set_display_name("Amina Khan");
  array.Add(worker);
  array.Add(worker);
  array.Finish();
  EXPECT_EQ(out.str(), "[\n{\n \"displayName\": \"Amina Khan\"\n},\n{\n \"displayName\": \"Amina Khan\"\n}\n]\n");
}

TEST(ProgressTest, SaysHowFar) {
  EXPECT_EQ(ProgressLine("reading", 5, 0, true), "reading: 5");
  EXPECT_EQ(ProgressLine("reading", 1, 4, false), "reading: 1 of 4 (25%)");
  EXPECT_NE(ProgressLine("reading", 2, 4, true).find("███████████████···············"), std::string::npos);
  EXPECT_EQ(ProgressLine("reading", 9, 4, false), "reading: 4 of 4 (100%)");
}

TEST(ProgressTest, SaysNothingOfWhatIsDoneAtOnce) {
  std::ostringstream err;
  {
    Progress progress(err, /*terminal=*/true, "reading", 2);
    progress.Add(1);
    progress.Add(1);
  }
  EXPECT_EQ(err.str(), "");
}

}  // namespace
}  // namespace splw::ctl
