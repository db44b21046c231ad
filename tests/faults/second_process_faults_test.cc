// Two processes on one store, or on one port: the second is refused at once and says why; the first does not notice.
#include <filesystem>
#include <utility>

#include <absl/strings/str_cat.h>

#include "tests/faults/faults_fixture.h"

namespace splw::faults {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;

// "At once": before a supervisor or a person would look.
constexpr absl::Duration kAtOnce = absl::Seconds(10);

class SecondProcess : public Faults, public ::testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override { StartAll(); }

  // Starts another process of the service. Its exit status and what it said.
  std::pair<int, std::string> StartSecond(const std::string& listen, const std::string& metrics_listen,
                                          const std::string& data_dir) {
    const auto maybe_output = testing::RunProcess(
        testing::Suite::Program(GetParam()),
        {"--listen", listen, "--metrics-listen", metrics_listen, "--data-dir", data_dir, "--dev-principals"}, kAtOnce);
    EXPECT_THAT(maybe_output, IsOk());
    if (!maybe_output.ok()) return {-1, ""};
    return {maybe_output->end.exit_code, maybe_output->errors};
  }
};

TEST_P(SecondProcess, OnTheSameStoreOrPortIsRefusedAtOnceAndTheFirstIsNotDisturbed) {
  const std::string other_folder = suite_.folder() + "/other";
  const std::string same_folder_otherwise = suite_.folder() + "/link";
  std::filesystem::create_directory_symlink(suite_.DataDir(GetParam()), same_folder_otherwise);
  Load load(suite_, "load");
  load.Start(Steady(100));
  load.AwaitMore(20);
  for (int time = 0; time < 3; ++time) {
    for (const std::string& folder : {suite_.DataDir(GetParam()), same_folder_otherwise}) {
      const auto [status, words] = StartSecond("127.0.0.1:0", "127.0.0.1:0", folder);
      EXPECT_EQ(status, kTaken) << words;
      EXPECT_THAT(words, HasSubstr("another process has the store"));
    }
    const auto [port_status, port_words] = StartSecond(suite_.Address(GetParam()), "127.0.0.1:0", other_folder);
    EXPECT_EQ(port_status, kTaken) << port_words;
    EXPECT_THAT(port_words, HasSubstr(absl::StrCat("cannot listen on ", suite_.Address(GetParam()))));
    const auto [metrics_status, metrics_words] =
        StartSecond("127.0.0.1:0", suite_.MetricsAddress(GetParam()), other_folder);
    EXPECT_EQ(metrics_status, kTaken) << metrics_words;
  }
  load.AwaitMore(20);
  const LoadReport report = load.Stop();
  EXPECT_EQ(report.unknown, 0u) << "the first was disturbed: " << report.text;
  for (const char* service : testing::kServices) EXPECT_TRUE(suite_.Running(service));
  CheckAcknowledged(suite_, world_, load.Acknowledged());
}

INSTANTIATE_TEST_SUITE_P(EachService, SecondProcess, ::testing::ValuesIn(testing::kServices), NameOfService);

}  // namespace
}  // namespace splw::faults
