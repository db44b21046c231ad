#include "services/mdt_agenda/feedback.h"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/text/failure.h"
#include "services/mdt_agenda/limits.h"
#include "services/mdt_agenda/timestamps.h"

namespace splw::mdt_agenda {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr char kDamp[] = "networks/U12345/actions/damp";
constexpr char kVisit[] = "networks/U12345/actions/visit";

OwedActions Owed() {
  OwedActions owed;
  stored::ActionRecord& damp = owed[kDamp];
  damp.set_id("damp");
  damp.mutable_owner()->set_id("housing.officer");
  damp.set_state(api::ACTION_STATE_OPEN);
  stored::ActionRecord& visit = owed[kVisit];
  visit.set_id("visit");
  visit.mutable_owner()->set_id("nurse");
  visit.set_state(api::ACTION_STATE_OPEN);
  return owed;
}

api::RecordFeedbackRequest Report() {
  api::RecordFeedbackRequest request;
  request.set_summary("The flat is dry.");
  api::ActionUpdate* update = request.add_action_updates();
  update->set_action(kDamp);
  update->set_state(api::ACTION_STATE_DONE);
  return request;
}

TEST(FeedbackTest, ReportOnTheItemsActionsIsTaken) {
  EXPECT_TRUE(CheckFeedback(Report(), Owed()).ok());
}

struct Mistake {
  const char* behaviour;
  const char* field;
  const char* reason;
  std::function<void(api::RecordFeedbackRequest&)> make;
};

class FeedbackMistakeTest : public ::testing::TestWithParam<Mistake> {};

TEST_P(FeedbackMistakeTest, IsRefusedWithItsFieldAndReason) {
  api::RecordFeedbackRequest request = Report();
  GetParam().make(request);
  const absl::Status status = CheckFeedback(request, Owed());
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(text::ReasonOf(status), GetParam().reason);
  EXPECT_THAT(text::FieldsOf(status), ElementsAre(GetParam().field));
}

const Mistake kMistakes[] = {
    {"SummaryIsRequired", "summary", "REQUIRED", [](auto& r) { r.clear_summary(); }},
    {"SummaryHasALimit", "summary", "TEXT_TOO_LONG", [](auto& r) { r.set_summary(std::string(kMaxSummary + 1, 'x')); }},
    {"ActionMustBeOfTheItem", "action_updates[0].action", "ACTION_NOT_OF_ITEM",
     [](auto& r) { r.mutable_action_updates(0)->set_action("networks/U12345/actions/other"); }},
    {"ActionIsNamedOnce", "action_updates[1].action", "ACTION_REPEATED",
     [](auto& r) { *r.add_action_updates() = r.action_updates(0); }},
    {"StateIsRequired", "action_updates[0].state", "REQUIRED",
     [](auto& r) { r.mutable_action_updates(0)->clear_state(); }},
    {"CancelledActionNeedsAReason", "action_updates[0].note", "REQUIRED",
     [](auto& r) { r.mutable_action_updates(0)->set_state(api::ACTION_STATE_CANCELLED); }},
    {"NoteHasALimit", "action_updates[0].note", "TEXT_TOO_LONG",
     [](auto& r) { r.mutable_action_updates(0)->set_note(std::string(kMaxNote + 1, 'x')); }},
};

INSTANTIATE_TEST_SUITE_P(Feedback, FeedbackMistakeTest, ::testing::ValuesIn(kMistakes),
                         [](const auto& param_info) { return param_info.param.behaviour; });

TEST(FeedbackTest, AgencyMemberReportsOnOwnActionsOnly) {
  EXPECT_TRUE(CheckOwnActionsOnly(Report(), Owed(), "Housing.Officer").ok());
  for (const char* other : {"nurse", "stranger"}) {
    const absl::Status status = CheckOwnActionsOnly(Report(), Owed(), other);
    EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied) << other;
    EXPECT_EQ(text::ReasonOf(status), "NOT_ACTION_OWNER") << other;
  }
  api::RecordFeedbackRequest only_words = Report();
  only_words.clear_action_updates();
  EXPECT_TRUE(CheckOwnActionsOnly(only_words, Owed(), "nurse").ok());
  EXPECT_FALSE(CheckOwnActionsOnly(only_words, Owed(), "stranger").ok());
}

TEST(FeedbackTest, AgencyMemberDoesNotDecideThatMoreIsOwed) {
  api::RecordFeedbackRequest request = Report();
  request.set_needs_further_feedback(true);
  EXPECT_FALSE(CheckOwnActionsOnly(request, Owed(), "housing.officer").ok());
}

TEST(FeedbackTest, UpdatesChangeTheNamedActionsOnly) {
  const absl::Time now = absl::FromUnixSeconds(1'795'000'000);
  const std::vector<stored::ActionRecord> changed = ApplyUpdates(Report(), Owed(), now);
  ASSERT_THAT(changed, SizeIs(1));
  EXPECT_EQ(changed[0].id(), "damp");
  EXPECT_EQ(changed[0].state(), api::ACTION_STATE_DONE);
  EXPECT_EQ(ToInstant(changed[0].update_time()), now);
  EXPECT_FALSE(IsOpen(changed[0]));
}

}  // namespace
}  // namespace splw::mdt_agenda
