// What watches are told, and whom they tell it.
#include <absl/functional/function_ref.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "services/mdt_agenda/names.h"
#include "services/mdt_agenda/testing/agenda_world.h"

namespace splw::mdt_agenda {
namespace {

using identity::Role;
using splw::testing::IsOk;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kFirst[] = "2026-11-26";

class WatchShowTest : public ::testing::Test, protected testing::AgendaWorld {
 protected:
  void SetUp() override {
    ASSERT_THAT(Create(Team()), IsOk());
    ASSERT_THAT(Nominate("a", false, {type::v1::AGENCY_KIND_HOUSING}), IsOk());
  }

  // Where the feed stands.
  std::uint64_t Head() {
    std::uint64_t head = 0;
    View([&](store::Snapshot& snapshot) { head = *delivery::FeedHead(snapshot, testing::kNetwork); });
    return head;
  }
  // What a watch of `collection` tells the caller of all that changed since.
  template <typename Response, typename Request>
  std::vector<Response> Told(const char* collection, std::uint64_t since, const Request& request,
                             const rpc::Call& call) {
    std::vector<Response> told;
    View([&](store::Snapshot& snapshot) {
      told.clear();
      const auto maybe_page = delivery::ReadFeed(snapshot, testing::kNetwork, collection, since, 1'000);
      ASSERT_THAT(maybe_page, IsOk());
      for (const delivery::FeedItem& item : maybe_page->items) {
        Response response;
        const auto maybe_told = ShowChange(call, request, snapshot, item, &response);
        ASSERT_THAT(maybe_told, IsOk());
        if (*maybe_told) told.push_back(std::move(response));
      }
    });
    return told;
  }
  std::vector<api::WatchActionsResponse> ActionsTold(std::uint64_t since, const rpc::Call& call) {
    return Told<api::WatchActionsResponse>(kActionCollection, since, api::WatchActionsRequest(), call);
  }
  rpc::Call Housing(const std::string& id) { return As(Role::kAgencyMember, id, "HOUSING"); }

 private:
  void View(absl::FunctionRef<void(store::Snapshot&)> look) {
    ASSERT_THAT(store_.View({},
                            [&](store::Snapshot& snapshot) {
                              look(snapshot);
                              return absl::OkStatus();
                            }),
                IsOk());
  }
};

TEST_F(WatchShowTest, AnItemIsToldAsAChangeOfItsMeeting) {
  Hold(kFirst);
  const std::uint64_t before = Head();
  ASSERT_THAT(Decide(Advice(Item(kFirst, "a"))), IsOk());
  api::WatchMeetingsRequest request;
  request.set_parent(testing::kTeam);
  const auto told = Told<api::WatchMeetingsResponse>(kMeetingCollection, before, request, Coordinator());
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].meeting().name(), testing::MeetingOn(kFirst));
  EXPECT_EQ(told[0].meeting().item_counts().decided(), 1);
  request.set_parent(std::string(testing::kParent) + "/mdts/moorside");
  EXPECT_THAT(Told<api::WatchMeetingsResponse>(kMeetingCollection, before, request, Coordinator()), IsEmpty());
}

TEST_F(WatchShowTest, AnItemThatReadsOtherwiseIsToldAsAChangeOfItsMeeting) {
  ASSERT_THAT(Build(kFirst), IsOk());
  ASSERT_THAT(Publish(kFirst), IsOk());
  api::WatchMeetingsRequest request;
  request.set_parent(testing::kTeam);
  std::uint64_t before = Head();
  ASSERT_THAT(ShareWith("a", {type::v1::AGENCY_KIND_HOUSING}), IsOk());
  EXPECT_THAT(Told<api::WatchMeetingsResponse>(kMeetingCollection, before, request, Coordinator()), SizeIs(1))
      << "what the person shares";
  before = Head();
  ASSERT_THAT(GiveTo("a", "second.worker"), IsOk());
  EXPECT_THAT(Told<api::WatchMeetingsResponse>(kMeetingCollection, before, request, Coordinator()), SizeIs(1))
      << "who knows the person";
}

TEST_F(WatchShowTest, AnActionIsToldToWhoeverOwnsItAndToNoOtherMemberOfAnAgency) {
  Hold(kFirst);
  const std::uint64_t before = Head();
  ASSERT_THAT(Decide(Plan(Item(kFirst, "a"))), IsOk());
  const auto told = ActionsTold(before, Coordinator());
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].kind(), type::v1::CHANGE_KIND_CREATED);
  EXPECT_FALSE(told[0].action().description().empty());
  EXPECT_THAT(ActionsTold(before, Housing(told[0].action().owner().id())), SizeIs(1));
  EXPECT_THAT(ActionsTold(before, Housing("another.officer")), IsEmpty());
}

TEST_F(WatchShowTest, ANominationIsToldAsItGoesItsWay) {
  const api::WatchNominationsRequest request;
  const auto told = [&](std::uint64_t since) {
    return Told<api::WatchNominationsResponse>(kNominationCollection, since, request, Coordinator());
  };
  const auto received = told(0);
  ASSERT_THAT(received, SizeIs(1));
  EXPECT_EQ(received[0].kind(), type::v1::CHANGE_KIND_CREATED);
  EXPECT_EQ(received[0].nomination().name(), testing::NominationName("a"));
  const std::uint64_t before = Head();
  Hold(kFirst);
  const auto scheduled = told(before);
  ASSERT_THAT(scheduled, ::testing::Not(IsEmpty()));
  EXPECT_EQ(scheduled[0].kind(), type::v1::CHANGE_KIND_UPDATED);
  EXPECT_EQ(scheduled[0].nomination().state(), api::NOMINATION_STATE_SCHEDULED);
}

TEST_F(WatchShowTest, ATeamIsToldNewAndChanged) {
  const api::WatchMdtsRequest request;
  const auto told = [&](std::uint64_t since) {
    return Told<api::WatchMdtsResponse>(kMdtCollection, since, request, Housing("housing.officer"));
  };
  ASSERT_THAT(told(0), SizeIs(1));
  EXPECT_EQ(told(0)[0].kind(), type::v1::CHANGE_KIND_CREATED);
  const std::uint64_t before = Head();
  api::UpdateMdtRequest update;
  *update.mutable_mdt() = told(0)[0].mdt();
  update.mutable_mdt()->set_quorum(1);
  update.mutable_update_mask()->add_paths("quorum");
  update.set_request_id(NextRequest());
  ASSERT_THAT(Ask(teams, &TeamHandlers::UpdateMdt, update), IsOk());
  const auto changed = told(before);
  ASSERT_THAT(changed, SizeIs(1));
  EXPECT_EQ(changed[0].kind(), type::v1::CHANGE_KIND_UPDATED);
  EXPECT_EQ(changed[0].mdt().quorum(), 1);
}

}  // namespace
}  // namespace splw::mdt_agenda
