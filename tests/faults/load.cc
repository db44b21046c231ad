#include "tests/faults/load.h"

#include <signal.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include <absl/strings/str_cat.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace splw::faults {
namespace {

// The load generator asks so long for what became of its last calls, and ends then.
constexpr absl::Duration kSettleTime = absl::Seconds(60);

absl::Duration Milliseconds(const nlohmann::json& latency, const char* name) {
  return absl::Milliseconds(latency.value(name, 0.0));
}

LoadReport ParseReport(const std::string& text) {
  LoadReport report;
  report.text = text;
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return report;
  report.clean = json.value("clean", false);
  const nlohmann::json methods = json.value("methods", nlohmann::json::object());
  if (!methods.contains("SubmitReferral")) return report;
  const nlohmann::json& submit = methods["SubmitReferral"];
  report.started = submit.value("started", std::uint64_t{0});
  report.answered = submit.value("answered", std::uint64_t{0});
  report.refused = submit.value("refused", std::uint64_t{0});
  report.unknown = submit.value("attempts", std::uint64_t{0}) - report.started;
  report.errors = submit.value("errors", std::map<std::string, std::uint64_t>());
  report.per_second = submit.value("per_second", 0.0);
  const nlohmann::json latency = submit.value("latency", nlohmann::json::object());
  report.p50 = Milliseconds(latency, "p50_ms");
  report.p99 = Milliseconds(latency, "p99_ms");
  report.refusal_p99 = Milliseconds(submit.value("refusal_latency", nlohmann::json::object()), "p99_ms");
  return report;
}

}  // namespace

Load::Load(const testing::Suite& suite, std::string name, std::uint64_t first_person)
    : suite_(suite), name_(std::move(name)), first_person_(first_person) {}

void Load::Start(const std::vector<std::string>& flags) {
  testing::ProcessOptions options;
  options.program = testing::Suite::Program("load-generator");
  options.arguments = {"--target",
                       suite_.Address(testing::kReferralIntake),
                       "--acknowledgements",
                       File("acknowledged"),
                       "--json",
                       File("json"),
                       "--first-person",
                       absl::StrCat(first_person_),
                       "--settle-seconds",
                       absl::StrCat(absl::ToInt64Seconds(kSettleTime))};
  options.arguments.insert(options.arguments.end(), flags.begin(), flags.end());
  options.stdout_file = File("out");
  options.stderr_file = options.stdout_file;
  auto maybe_process = testing::Process::Start(options);
  ASSERT_TRUE(maybe_process.ok()) << maybe_process.status();
  process_ = std::make_unique<testing::Process>(*std::move(maybe_process));
}

LoadReport Load::Stop() {
  process_->Signal(SIGTERM);
  return Finish(absl::ZeroDuration());
}

LoadReport Load::Finish(absl::Duration at_most) {
  const bool ended = process_->Wait(at_most + kSettleTime + absl::Seconds(10)).has_value();
  EXPECT_TRUE(ended) << "the load generator does not end";
  LoadReport report = ParseReport(testing::ReadFile(File("json")));
  EXPECT_TRUE(report.clean) << testing::ReadFile(File("out")) << report.text;
  return report;
}

std::vector<load::Acknowledgement> Load::Acknowledged() const {
  auto maybe_all = load::ReadAcknowledgements(File("acknowledged"));
  return maybe_all.ok() ? *std::move(maybe_all) : std::vector<load::Acknowledgement>();
}

std::string Load::NewestReferral() const {
  constexpr std::streamoff kMoreThanALine = 512;
  std::ifstream file(File("acknowledged"), std::ios::binary | std::ios::ate);
  file.seekg(std::max<std::streamoff>(0, file.tellg() - kMoreThanALine));
  const std::string end(std::istreambuf_iterator<char>(file), {});
  const std::size_t last_end = end.rfind('\n');
  if (last_end == std::string::npos || last_end == 0) return "";
  const std::size_t line = end.rfind('\n', last_end - 1) + 1;  // npos + 1: there is one line only
  return end.substr(line, end.find(' ', line) - line);
}

std::string Load::File(const char* kind) const {
  return absl::StrCat(suite_.folder(), "/", name_, ".", kind);
}

void Load::AwaitMore(std::size_t count) const {
  const std::size_t before = Acknowledged().size();
  EXPECT_TRUE(testing::Eventually(absl::Minutes(2), [&] { return Acknowledged().size() >= before + count; }))
      << "no " << count << " referrals more were acknowledged within two minutes";
}

}  // namespace splw::faults
