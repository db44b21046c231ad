#include "tests/bench/figures.h"

#include <gmock/gmock.h>

namespace splw::bench {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Figures, MedianIsTheMiddleWhateverTheOrder) {
  EXPECT_EQ(Median({3, 100, 1}), 3);
  EXPECT_EQ(Median({4, 1, 3, 2}), 2.5);
  EXPECT_EQ(Median({}), 0);
}

TEST(Figures, SayWhatWasReachedAndByHowMuchOneWasMissed) {
  Figures figures;
  figures.Add({"submit", "throughput", 0.7, "x", AtLeast(0.65)});
  EXPECT_THAT(figures.ToTable(), HasSubstr("reached"));
  EXPECT_THAT(figures.ToTable(), Not(HasSubstr("MISSED")));
  figures.Add({"submit", "p99", 5, "x", AtMost(2.5)});
  EXPECT_THAT(figures.ToTable(), HasSubstr("MISSED by 100 %"));
}

TEST(Figures, JsonHoldsEachWithItsTarget) {
  Figures figures;
  figures.Add({"start", "open", 1.5, "s", AtMost(2)});
  figures.Add({"submit", "echo", 9000, "/s"});
  const nlohmann::ordered_json json = figures.ToJson();
  EXPECT_EQ(json["figures"][0]["at_most"], 2);
  EXPECT_EQ(json["figures"][0]["reached"], true);
  EXPECT_FALSE(json["figures"][1].contains("reached"));
}

}  // namespace
}  // namespace splw::bench
