// Streams of changes that begin where a list ended, and go on where they were cut off.
#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "tests/journey/invariants.h"
#include "tests/journey/world.h"

namespace splw::journey {
namespace {

using testing::IsOk;

// Follows a Watch in a thread of its own.
template <typename Response>
class Follower final {
 public:
  using Open = std::function<stubs::Reader<Response>(grpc::ClientContext*, const std::string& position)>;
  Follower(const Caller& caller, Open open) : caller_(caller), open_(std::move(open)) {}
  ~Follower() { Stop(); }

  // From the last message received on; from the beginning the first time.
  void Follow() {
    Stop();
    context_ = std::make_unique<grpc::ClientContext>();
    caller_.Introduce(*context_, absl::Minutes(5));
    thread_ = std::thread([this, position = position_] {
      stubs::Reader<Response> stream = open_(context_.get(), position);
      Response message;
      while (stream.Read(&message)) {
        std::lock_guard lock(mutex_);
        messages_.push_back(message);
      }
      (void)stream.Finish();
    });
  }
  void Stop() {
    if (!thread_.joinable()) return;
    context_->TryCancel();
    thread_.join();
    if (!messages_.empty()) position_ = messages_.back().position();
  }
  std::vector<Response> messages() {
    std::lock_guard lock(mutex_);
    return messages_;
  }

 private:
  const Caller& caller_;
  const Open open_;
  std::string position_;
  std::unique_ptr<grpc::ClientContext> context_;
  std::thread thread_;
  std::mutex mutex_;
  std::vector<Response> messages_;  // guarded by mutex_ while the thread runs
};

int VersionOf(std::string etag) {
  etag.erase(std::remove(etag.begin(), etag.end(), '"'), etag.end());
  return std::stoi(etag);
}

// What was told must be what is, each change once, no resource going back, and new ones as new.
template <typename Response, typename ResourceOf>
void ExpectTrue(const std::vector<Response>& messages, const std::map<std::string, std::string>& now,
                ResourceOf resource_of) {
  std::set<std::string> positions;
  std::map<std::string, int> versions;
  for (const Response& message : messages) {
    EXPECT_TRUE(positions.insert(message.position()).second) << "a change was told twice";
    const auto& resource = resource_of(message);
    EXPECT_EQ(now.count(resource.name()), 1u) << resource.name() << " was never there";
    const bool is_new = versions.count(resource.name()) == 0;
    EXPECT_EQ(message.kind() == type::v1::CHANGE_KIND_CREATED, is_new) << resource.name();
    EXPECT_GE(VersionOf(resource.etag()), versions[resource.name()]) << resource.name() << " went back";
    versions[resource.name()] = VersionOf(resource.etag());
  }
}

template <typename Response, typename ResourceOf>
std::map<std::string, std::string> LastTold(const std::vector<Response>& messages, ResourceOf resource_of) {
  std::map<std::string, std::string> last;
  for (const Response& message : messages) last[resource_of(message).name()] = resource_of(message).etag();
  return last;
}

constexpr int kCrashes = 4;

class Watches : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_THAT(suite_.StartAll(), IsOk());
    world_.SetUpAll();
  }
  void TearDown() override { CheckInvariants(suite_, world_); }

  testing::Suite suite_;
  World world_{suite_};
};

// Whoever lists while others work, and watches from where the list's first page says, has all of it.
TEST_F(Watches, AListAndTheWatchThatFollowsItMissNothingThatHappensMeanwhile) {
  constexpr int kReferrals = 30;
  std::thread others([this] {
    for (int person = 1; person <= kReferrals; ++person) world_.Submit(ReferralOf(person));
  });
  Caller reader(suite_, Lead());
  std::map<std::string, std::string> known;  // etags by name
  referral::v1::ListReferralsRequest list;
  list.set_parent(kParent);
  list.set_page_size(2);
  referral::v1::WatchReferralsRequest watch;
  watch.set_parent(kParent);
  do {
    const auto maybe_page = reader.Call(&ReferralStub::ListReferrals, list);
    EXPECT_THAT(maybe_page, IsOk());
    if (!maybe_page.ok()) break;
    for (const auto& referral : maybe_page->referrals()) known[referral.name()] = referral.etag();
    EXPECT_NE(maybe_page->watch_position().empty(), watch.position().empty()) << "of the first page, and of no other";
    if (watch.position().empty()) watch.set_position(maybe_page->watch_position());
    list.set_page_token(maybe_page->next_page_token());
  } while (!list.page_token().empty());
  Follower<referral::v1::WatchReferralsResponse> follower(
      reader, [&](grpc::ClientContext* context, const std::string& position) {
        if (!position.empty()) watch.set_position(position);
        return reader.StubFor(static_cast<ReferralStub*>(nullptr)).WatchReferrals(context, watch);
      });
  follower.Follow();
  others.join();
  std::map<std::string, std::string> now;
  WaitUntil("the list and the watch to be all that is", [&] {
    referral::v1::ListReferralsRequest all;
    all.set_parent(kParent);
    all.set_page_size(200);
    const auto maybe_page = world_.lead.Call(&ReferralStub::ListReferrals, all);
    EXPECT_THAT(maybe_page, IsOk());
    if (!maybe_page.ok()) return true;
    now.clear();
    for (const auto& referral : maybe_page->referrals()) now[referral.name()] = referral.etag();
    for (const auto& message : follower.messages()) known[message.referral().name()] = message.referral().etag();
    return known == now || HasFailure();
  });
  EXPECT_EQ(now.size(), static_cast<std::size_t>(kReferrals));
}

TEST_F(Watches, AWatchOfReferralsGoesOnAfterACrashWithoutMissingOrInventingAnything) {
  using Response = referral::v1::WatchReferralsResponse;
  Caller watching(suite_, Lead());
  Follower<Response> follower(watching, [&](grpc::ClientContext* context, const std::string& position) {
    referral::v1::WatchReferralsRequest request;
    request.set_parent(kParent);
    request.set_position(position);
    return watching.StubFor(static_cast<ReferralStub*>(nullptr)).WatchReferrals(context, request);
  });
  int person = 0;
  follower.Follow();
  for (int crash = 0; crash < kCrashes; ++crash) {
    for (int i = 0; i < 4; ++i) world_.Submit(ReferralOf(++person));
    suite_.Kill(testing::kReferralIntake);
    ASSERT_THAT(suite_.Start(testing::kReferralIntake), IsOk());
    follower.Follow();
  }
  world_.CaseOf(world_.Submit(ReferralOf(++person)).name());
  const auto referral_of = [](const Response& message) { return message.referral(); };
  std::map<std::string, std::string> now;
  WaitUntil("all that happened to be told", [&] {
    referral::v1::ListReferralsRequest list;
    list.set_parent(kParent);
    list.set_page_size(200);
    const auto maybe_page = world_.lead.Call(&ReferralStub::ListReferrals, list);
    EXPECT_THAT(maybe_page, IsOk());
    if (!maybe_page.ok()) return true;
    now.clear();
    for (const auto& referral : maybe_page->referrals()) now[referral.name()] = referral.etag();
    return LastTold(follower.messages(), referral_of) == now;
  });
  EXPECT_EQ(now.size(), static_cast<std::size_t>(person));
  follower.Stop();
  ExpectTrue(follower.messages(), now, referral_of);
}

TEST_F(Watches, AWatchOfCasesGoesOnAfterACrashWithoutMissingOrInventingAnything) {
  using Response = caseload::v1::WatchCasesResponse;
  Caller watching(suite_, Lead());
  Follower<Response> follower(watching, [&](grpc::ClientContext* context, const std::string& position) {
    caseload::v1::WatchCasesRequest request;
    request.set_parent(kParent);
    request.set_position(position);
    return watching.StubFor(static_cast<CaseloadStub*>(nullptr)).WatchCases(context, request);
  });
  int person = 0;
  follower.Follow();
  for (int crash = 0; crash < kCrashes; ++crash) {
    const std::string name = world_.NewCase(++person).name();
    world_.Submit(ReferralOf(++person));  // its case opens whenever
    world_.Allocate(name);
    world_.Assess(name);
    suite_.Kill(testing::kCaseload);
    ASSERT_THAT(suite_.Start(testing::kCaseload), IsOk());
    follower.Follow();
    world_.Nominate(name);
  }
  const auto case_of = [](const Response& message) { return message.case_(); };
  std::map<std::string, std::string> now;
  WaitUntil("all that happened to be told", [&] {
    now.clear();
    for (const auto& each : world_.AllCases()) now[each.name()] = each.etag();
    return (now.size() == static_cast<std::size_t>(person) && LastTold(follower.messages(), case_of) == now) ||
           HasFailure();
  });
  follower.Stop();
  ExpectTrue(follower.messages(), now, case_of);
}

TEST_F(Watches, AWatchOfMeetingsGoesOnAfterACrashWithoutMissingOrInventingAnything) {
  using Response = mdt::v1::WatchMeetingsResponse;
  Caller watching(suite_, Coordinator());
  Follower<Response> follower(watching, [&](grpc::ClientContext* context, const std::string& position) {
    mdt::v1::WatchMeetingsRequest request;
    request.set_parent(world_.mdt);
    request.set_position(position);
    return watching.StubFor(static_cast<MdtStub*>(nullptr)).WatchMeetings(context, request);
  });
  follower.Follow();
  const auto meetings = world_.ComingMeetings();
  ASSERT_GE(meetings.size(), static_cast<std::size_t>(kCrashes));
  for (std::size_t crash = 0; crash < kCrashes; ++crash) {
    const std::string meeting = meetings[crash].name();
    world_.NewNominatedCase(static_cast<int>(crash) + 1);
    world_.BuildAgenda(meeting);
    world_.Publish(meeting);
    suite_.Kill(testing::kMdtAgenda);
    ASSERT_THAT(suite_.Start(testing::kMdtAgenda), IsOk());
    follower.Follow();
    world_.StartMeeting(meeting);
    world_.Close(meeting);
  }
  const auto meeting_of = [](const Response& message) { return message.meeting(); };
  std::map<std::string, std::string> now;
  WaitUntil("all that happened to be told", [&] {
    mdt::v1::ListMeetingsRequest list;
    list.set_parent(world_.mdt);
    const auto maybe_page = world_.coordinator.Call(&MdtStub::ListMeetings, list);
    EXPECT_THAT(maybe_page, IsOk());
    if (!maybe_page.ok()) return true;
    now.clear();
    for (const auto& meeting : maybe_page->meetings()) now[meeting.name()] = meeting.etag();
    return LastTold(follower.messages(), meeting_of) == now;
  });
  follower.Stop();
  ExpectTrue(follower.messages(), now, meeting_of);
}

}  // namespace
}  // namespace splw::journey
