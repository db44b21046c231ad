#include "clients/splwctl/connection.h"

#include <condition_variable>
#include <mutex>
#include <sstream>

#include <gtest/gtest.h>

#include "clients/splwctl/testing/fake_service.h"

namespace splw::ctl {
namespace {

// A stream that other threads may write to, and that can be waited on.
class Heard final : public std::stringbuf {
 public:
  void WaitFor(const std::string& words) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return heard_.find(words) != std::string::npos; });
  }
  std::string All() {
    const std::lock_guard lock(mutex_);
    return heard_;
  }

 private:
  std::streamsize xsputn(const char* text, std::streamsize size) override {
    const std::lock_guard lock(mutex_);
    heard_.append(text, static_cast<std::size_t>(size));
    changed_.notify_all();
    return size;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::string heard_;
};

class WaitingForAnAnswer : public ::testing::TestWithParam<bool> {};

TEST_P(WaitingForAnAnswer, IsSaidWhileTheCallIsUnderWay) {
  Heard heard;
  std::ostream err(&heard);
  FakeService caseload;
  caseload.On<caseload::v1::GetCaseRequest, caseload::v1::Case>(
      [&](const caseload::v1::GetCaseRequest&) -> absl::StatusOr<caseload::v1::Case> {
        heard.WaitFor("waiting for caseload: ");  // the answer comes when it was said, not before
        return caseload::v1::Case();
      });
  CallSettings settings;
  settings.quiet = absl::ZeroDuration();
  Connection connection({.caseload = caseload.address()}, settings, err, /*err_terminal=*/GetParam());
  const auto maybe_case = connection.Call({.id = "worker", .role = identity::Role::kLinkWorker, .networks = {"U12345"}},
                                          connection.caseload(), &caseload::v1::CaseloadService::Stub::GetCase,
                                          caseload::v1::GetCaseRequest());
  EXPECT_TRUE(maybe_case.ok()) << maybe_case.status();
  const std::string said = heard.All();
  const std::string end = GetParam() ? "\r\x1b[K" : "\n";
  EXPECT_EQ(said.substr(said.size() - end.size()), end) << "nothing stands behind it";
}

INSTANTIATE_TEST_SUITE_P(OnATerminalAndElsewhere, WaitingForAnAnswer, ::testing::Bool());

TEST(Waiting, SaysNothingOfWhatIsAnsweredAtOnce) {
  std::ostringstream err;
  { const Waiting waiting(err, /*terminal=*/true, "caseload", absl::Hours(1)); }
  EXPECT_EQ(err.str(), "");
}

}  // namespace
}  // namespace splw::ctl
