#include "clients/splwctl/output.h"

#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "google/type/timeofday.pb.h"
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
  EXPECT_EQ(Printable("a\u202Eb"), "a b");                    // right-to-left override
  EXPECT_EQ(Printable("a\u200Fb\u200Ec\u061Cd"), "a b c d");  // right-to-left, left-to-right and Arabic letter mark
  EXPECT_EQ(Printable("a\u2028b\u2029c"), "a b c");
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
  table.Print(out, /*color=*/false, /*terminal_width=*/0);
  EXPECT_EQ(out.str(),
            "NAME       AGE\n"
            "Zielińska  34\n"
            "王         7\n");
}

TEST(TableTest, CutsTheWidestColumnsUntilTheTerminalTakesThemButNeverTheFirst) {
  Table table({"NAME", "TEXT", "X"});
  table.Add({"networks/U12345", "abcdefghijklmnop", "1"});
  std::ostringstream narrow, wide, file;
  table.Print(narrow, /*color=*/false, /*terminal_width=*/28);
  EXPECT_EQ(narrow.str(), "NAME             TEXT      X\nnetworks/U12345  abcdefg…  1\n");
  table.Print(wide, false, 80);
  table.Print(file, false, 0);
  EXPECT_EQ(wide.str(), "NAME             TEXT              X\nnetworks/U12345  abcdefghijklmnop  1\n");
  EXPECT_EQ(file.str(), wide.str());
}

TEST(TableTest, IsAFieldALineWhereTheTerminalIsTooNarrow) {
  Table table({"NAME", "TEXT", "X"});
  table.Add({"networks/U12345", "abcdefghijklmnop", ""});
  table.Add({"networks/U12346", "a", "2"});
  std::ostringstream out;
  table.Print(out, /*color=*/false, /*terminal_width=*/20);
  EXPECT_EQ(out.str(),
            "networks/U12345\n"
            "  TEXT  abcdefghijklmnop\n"
            "\n"
            "networks/U12346\n"
            "  TEXT  a\n"
            "  X     2\n");
}

TEST(TableTest, FillsMissingCells) {
  Table table({"A", "B"});
  table.Add({"1"});
  std::ostringstream out;
  table.Print(out, /*color=*/false, /*terminal_width=*/0);
  EXPECT_EQ(out.str(), "A  B\n1\n");
}

TEST(TableTest, ColoursOnlyTheHeading) {
  Table table({"A"});
  table.Add({"1"});
  std::ostringstream out;
  table.Print(out, /*color=*/true, /*terminal_width=*/0);
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
  JsonArray().Print(empty);
  EXPECT_EQ(empty.str(), "[]\n");

  std::ostringstream out;
  JsonArray array;
  google::type::TimeOfDay time;
  time.set_hours(14);
  array.Add(time);
  array.Add(time);
  array.Print(out);
  const Json read = Json::parse(out.str());
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[1]["hours"], 14);
  EXPECT_EQ(read[1]["minutes"], 0) << "nought is a value";
}

TEST(JsonTest, ALineIsOneDocument) {
  std::ostringstream out;
  PrintJsonLine(out, type::v1::Professional());
  EXPECT_EQ(out.str().find('\n'), out.str().size() - 1);
  EXPECT_TRUE(Json::accept(out.str()));
}

TEST(JsonTest, BytesThatAreNoTextDoNoHarm) {
  std::ostringstream out;
  PrintDocument(out, Json("\xff"));
  EXPECT_EQ(out.str(), "\"\xEF\xBF\xBD\"\n");
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
