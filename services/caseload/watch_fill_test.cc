// What watches are told: every change that a list would show, of the resource itself or of what belongs to it.
#include <absl/functional/function_ref.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "services/caseload/names.h"
#include "services/caseload/testing/caseload_fixture.h"

namespace splw::caseload {
namespace {

using splw::testing::IsOk;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testkit::kNetwork;

class WatchFillTest : public testkit::CaseloadTest {
 protected:
  // What a watch of `collection` tells of what `change` does.
  template <typename Response>
  std::vector<Response> Watched(const char* collection, absl::FunctionRef<void()> change) {
    std::uint64_t before = 0;
    View([&](store::Snapshot& snapshot) { before = *delivery::FeedHead(snapshot, kNetwork); });
    change();
    std::vector<Response> told;
    View([&](store::Snapshot& snapshot) {
      told.clear();
      const auto maybe_page = delivery::ReadFeed(snapshot, kNetwork, collection, before, 1'000);
      ASSERT_THAT(maybe_page, IsOk());
      for (const delivery::FeedItem& item : maybe_page->items) {
        Response response;
        const auto maybe_told = FillChange(Call("Watch"), snapshot, item, &response);
        ASSERT_THAT(maybe_told, IsOk());
        if (*maybe_told) told.push_back(std::move(response));
      }
    });
    return told;
  }
  // Expects that `change` is told as one change of this case.
  void ExpectCaseTold(const std::string& name, absl::FunctionRef<void()> change) {
    const auto told = Watched<v1::WatchCasesResponse>(kCaseCollection, change);
    ASSERT_THAT(told, SizeIs(1));
    EXPECT_EQ(told[0].kind(), type::v1::CHANGE_KIND_UPDATED);
    EXPECT_EQ(told[0].case_().name(), name);
    EXPECT_EQ(told[0].case_().etag(), GetCase(name).etag());
  }

  void EndSignpost(const v1::Signpost& signpost, v1::SignpostOutcome outcome) {
    v1::RecordSignpostOutcomeRequest request;
    request.set_name(signpost.name());
    request.set_etag(signpost.etag());
    request.set_outcome(outcome);
    request.set_request_id(RequestId());
    v1::Signpost response;
    EXPECT_THAT(commands_.RecordSignpostOutcome(Call("RecordSignpostOutcome"), request, &response), IsOk());
  }
  void WithdrawNomination(const v1::Nomination& nomination) {
    v1::WithdrawNominationRequest request;
    request.set_name(nomination.name());
    request.set_etag(nomination.etag());
    request.set_reason_code("SOLVED");
    request.set_request_id(RequestId());
    v1::Nomination response;
    EXPECT_THAT(commands_.WithdrawNomination(Call("WithdrawNomination"), request, &response), IsOk());
  }
  // Active and assessed.
  std::string NewCase(int number) {
    const std::string name = OpenCaseFor(number);
    EXPECT_THAT(Allocate(name), IsOk());
    EXPECT_THAT(Assess(name), IsOk());
    return name;
  }

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

TEST_F(WatchFillTest, WhateverBelongsToACaseIsToldAsAChangeOfTheCase) {
  AddWorker("amina");
  const std::string service = AddService(1).name();
  const std::string name = OpenCaseFor(1);
  ExpectCaseTold(name, [&] { EXPECT_THAT(Allocate(name), IsOk()); });
  ExpectCaseTold(name, [&] {
    v1::RecordContactRequest request;
    request.set_parent(name);
    request.set_mode(v1::CONTACT_MODE_PHONE);
    request.set_outcome(v1::CONTACT_OUTCOME_MET);
    request.set_request_id(RequestId());
    v1::Contact response;
    EXPECT_THAT(commands_.RecordContact(Call("RecordContact"), request, &response), IsOk());
  });
  ExpectCaseTold(name, [&] { EXPECT_THAT(Assess(name), IsOk()); });
  ExpectCaseTold(name, [&] {
    v1::UpdatePlanRequest request;
    request.set_name(name);
    request.set_etag(GetCase(name).etag());
    request.mutable_plan()->set_what_matters("To see the sea.");
    request.set_request_id(RequestId());
    v1::Case response;
    EXPECT_THAT(commands_.UpdatePlan(Call("UpdatePlan"), request, &response), IsOk());
  });
  absl::StatusOr<v1::Signpost> maybe_signpost = absl::UnknownError("");
  ExpectCaseTold(name, [&] { maybe_signpost = Signpost(name, service); });
  ASSERT_THAT(maybe_signpost, IsOk());
  ExpectCaseTold(name, [&] { EndSignpost(*maybe_signpost, v1::SIGNPOST_OUTCOME_COMPLETED); });
  absl::StatusOr<v1::Nomination> maybe_nomination = absl::UnknownError("");
  ExpectCaseTold(name, [&] { maybe_nomination = Nominate(name); });
  ASSERT_THAT(maybe_nomination, IsOk());
  ExpectCaseTold(name, [&] { WithdrawNomination(*maybe_nomination); });
  ExpectCaseTold(name, [&] { EXPECT_THAT(Close(name), IsOk()); });
}

TEST_F(WatchFillTest, NominationsAreToldNewAndChanged) {
  AddWorker("amina");
  const std::string name = NewCase(1);
  absl::StatusOr<v1::Nomination> maybe_nomination = absl::UnknownError("");
  const auto made =
      Watched<v1::WatchNominationsResponse>(kNominationCollection, [&] { maybe_nomination = Nominate(name); });
  ASSERT_THAT(maybe_nomination, IsOk());
  ASSERT_THAT(made, SizeIs(1));
  EXPECT_EQ(made[0].kind(), type::v1::CHANGE_KIND_CREATED);
  EXPECT_EQ(made[0].nomination().name(), maybe_nomination->name());
  // By whatever ends it: here the case's end.
  const auto ended =
      Watched<v1::WatchNominationsResponse>(kNominationCollection, [&] { EXPECT_THAT(Close(name), IsOk()); });
  ASSERT_THAT(ended, SizeIs(1));
  EXPECT_EQ(ended[0].kind(), type::v1::CHANGE_KIND_UPDATED);
  EXPECT_EQ(ended[0].nomination().state(), v1::NOMINATION_STATE_WITHDRAWN);
}

TEST_F(WatchFillTest, ALinkWorkerIsToldWithTheirLoad) {
  std::string worker;
  const auto added =
      Watched<v1::WatchLinkWorkersResponse>(kLinkWorkerCollection, [&] { worker = AddWorker("amina").name(); });
  ASSERT_THAT(added, SizeIs(1));
  EXPECT_EQ(added[0].kind(), type::v1::CHANGE_KIND_CREATED);

  const std::string name = OpenCaseFor(1);
  const auto loaded =
      Watched<v1::WatchLinkWorkersResponse>(kLinkWorkerCollection, [&] { EXPECT_THAT(Allocate(name), IsOk()); });
  ASSERT_THAT(loaded, SizeIs(1));
  EXPECT_EQ(loaded[0].kind(), type::v1::CHANGE_KIND_UPDATED);
  EXPECT_EQ(loaded[0].link_worker().name(), worker);
  EXPECT_EQ(loaded[0].link_worker().open_cases(), 1);
  EXPECT_EQ(loaded[0].link_worker().etag(), added[0].link_worker().etag()) << "an edit under way goes on";

  const auto moved = Watched<v1::WatchLinkWorkersResponse>(
      kLinkWorkerCollection, [&] { EXPECT_THAT(Allocate(name, AddWorker("bo").name()), IsOk()); });
  EXPECT_THAT(moved, SizeIs(3)) << "the new one, and both whose load changed";
  const auto unloaded =
      Watched<v1::WatchLinkWorkersResponse>(kLinkWorkerCollection, [&] { EXPECT_THAT(Close(name), IsOk()); });
  ASSERT_THAT(unloaded, SizeIs(1));
  EXPECT_EQ(unloaded[0].link_worker().open_cases(), 0);
}

TEST_F(WatchFillTest, ACommunityServiceIsToldWithItsHeldPlaces) {
  AddWorker("amina");
  const std::string service = AddService(2).name();
  const std::string name = NewCase(1);
  const auto held = [&](absl::FunctionRef<void()> change) {
    return Watched<v1::WatchCommunityServicesResponse>(kCommunityServiceCollection, change);
  };
  absl::StatusOr<v1::Signpost> maybe_signpost = absl::UnknownError("");
  const auto taken = held([&] { maybe_signpost = Signpost(name, service); });
  ASSERT_THAT(maybe_signpost, IsOk());
  ASSERT_THAT(taken, SizeIs(1));
  EXPECT_EQ(taken[0].kind(), type::v1::CHANGE_KIND_UPDATED);
  EXPECT_EQ(taken[0].community_service().name(), service);
  EXPECT_EQ(taken[0].community_service().places_held(), 1);

  EXPECT_THAT(held([&] { EndSignpost(*maybe_signpost, v1::SIGNPOST_OUTCOME_ATTENDED); }), IsEmpty())
      << "the place is held on";
  const auto given_back = held([&] { EXPECT_THAT(Close(name), IsOk()); });
  ASSERT_THAT(given_back, SizeIs(1));
  EXPECT_EQ(given_back[0].community_service().places_held(), 0);
}

}  // namespace
}  // namespace splw::caseload
