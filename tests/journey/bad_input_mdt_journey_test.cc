// Bad input to mdt-agenda: for each method the mistakes that a caller can make, and the code, the reason and the field that the
// caller is told (proto/splw/mdt/v1).
#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "tests/journey/bad_input.h"
#include "tests/journey/bad_input_team.h"
#include "tests/journey/invariants.h"

namespace splw::journey {
namespace {

namespace api = mdt::v1;
using testing::IsOk;

const Told kIllegal = Precondition("ILLEGAL_TRANSITION");
const Told kNotInProgress = Precondition("MEETING_NOT_IN_PROGRESS");

class BadInputMdt : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = new testing::Suite();
    ASSERT_THAT(suite_->StartAll(), IsOk());
    world_ = new World(*suite_);
    world_->SetUpAll();
    input_ = new BadInput(*suite_, testing::kMdtAgenda, "splw.mdt.v1.MdtAgendaService");
  }
  static void TearDownTestSuite() {
    CheckInvariants(*suite_, *world_);
    delete input_;
    delete world_;
    delete suite_;
  }

  static State StateOfTeams() {
    return [] {
      api::ListMdtsRequest list;
      list.set_parent(kParent);
      const auto maybe_page = world_->coordinator.Call(&MdtStub::ListMdts, list);
      EXPECT_THAT(maybe_page, IsOk());
      return maybe_page.ok() ? StateOfPage(*maybe_page) : std::string();
    };
  }
  // A meeting with its items, and the one after it, where feedback goes.
  static State StateOf(const std::string& meeting) {
    return [meeting] {
      std::string all = world_->GetMeeting(meeting).SerializeAsString();
      for (const api::AgendaItem& item : world_->Items(meeting)) all += item.SerializeAsString();
      return all;
    };
  }
  template <typename Request>
  static Request About(const std::string& meeting) {
    Request request;
    request.set_name(meeting);
    request.set_etag(world_->GetMeeting(meeting).etag());
    request.set_request_id(RequestId());
    return request;
  }
  static api::RecordAttendanceRequest AttendanceAt(const std::string& meeting) {
    auto request = About<api::RecordAttendanceRequest>(meeting);
    *request.add_attendance()->mutable_professional() = CommunityNurse();
    request.mutable_attendance(0)->set_status(api::ATTENDANCE_STATUS_PRESENT);
    return request;
  }
  static api::CancelMeetingRequest CancellationOf(const std::string& meeting) {
    auto request = About<api::CancelMeetingRequest>(meeting);
    request.set_reason_code("BANK_HOLIDAY");
    return request;
  }
  static api::RecordFeedbackRequest FeedbackOn(const api::AgendaItem& item) {
    api::RecordFeedbackRequest request;
    request.set_name(item.name());
    request.set_etag(item.etag());
    request.set_summary("The repayment plan is signed.");
    request.set_request_id(RequestId());
    return request;
  }
  // What a step of any meeting can be asked for wrongly.
  template <typename Request>
  static std::vector<Mistake<Request>> StepMistakes() {
    const std::string unknown = absl::StrCat(world_->mdt, "/meetings/2001-01-04");
    return {NoEtag<Request>(),
            {"a meeting that does not exist", [unknown](Request& r) { r.set_name(unknown); },
             NotFound("MEETING_NOT_FOUND")}};
  }
  static void RefuseSteps(const std::string& meeting, const std::set<std::string>& steps) {
    SCOPED_TRACE(api::MeetingState_Name(world_->GetMeeting(meeting).state()));
    const State state = StateOf(meeting);
    for (const std::string& step : steps) {
      SCOPED_TRACE(step);
      if (step == "RecordAttendance") {
        input_->Refuse(world_->coordinator, step, AttendanceAt(meeting), kIllegal, state);
      } else if (step == "CancelMeeting") {
        input_->Refuse(world_->coordinator, step, CancellationOf(meeting), kIllegal, state);
      } else {
        // All the others ask for nothing but the name, the etag and the request_id, in fields of the same numbers …
        api::PublishAgendaRequest plain = About<api::PublishAgendaRequest>(meeting);
        if (step != "CloseMeeting") {
          input_->Refuse(world_->coordinator, step, plain, kIllegal, state);
        } else {  // … but this one
          input_->Refuse(world_->coordinator, step, About<api::CloseMeetingRequest>(meeting), kIllegal, state);
        }
      }
    }
  }
  static std::string NominatedCase(int person) {
    const std::string name = world_->CaseOf(world_->Submit(ReferralOf(person)).name()).name();
    world_->Allocate(name);
    world_->Nominate(name);
    world_->NominationAtMdt(name);
    return name;
  }

  static void DecisionMistakes(const std::string& meeting, const api::AgendaItem& item);
  static void FeedbackMistakes(const std::string& meeting, const api::AgendaItem& item);
  static void Reads(const std::string& meeting, const std::string& case_name);

  static testing::Suite* suite_;
  static World* world_;
  static BadInput* input_;
};
testing::Suite* BadInputMdt::suite_ = nullptr;
World* BadInputMdt::world_ = nullptr;
BadInput* BadInputMdt::input_ = nullptr;

TEST_F(BadInputMdt, Teams) {
  using Create = api::CreateMdtRequest;
  using Update = api::UpdateMdtRequest;
  Create create;
  create.set_parent(kParent);
  create.set_mdt_id("riverside");
  create.set_request_id(RequestId());
  api::Mdt& team = *create.mutable_mdt();
  team.set_display_name("Riverside MDT");
  team.add_core_agencies(type::v1::AGENCY_KIND_PRIMARY_CARE);
  *team.add_members()->mutable_professional() = CommunityNurse();
  team.mutable_schedule()->set_day_of_week(google::type::TUESDAY);
  team.mutable_schedule()->mutable_start_time()->set_hours(10);
  team.mutable_schedule()->set_length_minutes(60);
  auto mistakes = MistakesAboutATeam<Create>();
  mistakes.push_back({"no team", [](Create& r) { r.clear_mdt(); }, Invalid("REQUIRED", "mdt.display_name")});
  mistakes.push_back({"an id of two", [](Create& r) { r.set_mdt_id("ab"); }, Invalid("MDT_ID_INVALID", "mdt_id")});
  mistakes.push_back(
      {"an id of 41", [](Create& r) { r.set_mdt_id(Characters(41)); }, Invalid("MDT_ID_INVALID", "mdt_id")});
  mistakes.push_back(
      {"an id with capitals", [](Create& r) { r.set_mdt_id("Riverside"); }, Invalid("MDT_ID_INVALID", "mdt_id")});
  mistakes.push_back({"an id that another team has",
                      [](Create& r) { r.set_mdt_id("thistledown"); },
                      {absl::StatusCode::kAlreadyExists, "MDT_EXISTS", ""}});
  const auto made = input_->Change<api::Mdt>(world_->coordinator, "CreateMdt", create, mistakes, StateOfTeams(),
                                             [](Create& r) { r.mutable_mdt()->set_quorum(3); });

  Update update;
  *update.mutable_mdt() = made;
  update.mutable_mdt()->set_display_name("Riverside and Moorside MDT");
  update.set_request_id(RequestId());
  auto wrong_updates = MistakesAboutATeam<Update>();
  wrong_updates.push_back(
      {"no etag", [](Update& r) { r.mutable_mdt()->clear_etag(); }, Invalid("REQUIRED", "mdt.etag")});
  wrong_updates.push_back({"a stale etag", [](Update& r) { r.mutable_mdt()->set_etag("999"); }, Stale()});
  wrong_updates.push_back({"a path that is none", [](Update& r) { r.mutable_update_mask()->add_paths("colour"); },
                           Invalid("MASK_PATH_UNKNOWN", "update_mask")});
  wrong_updates.push_back({"a path that cannot be changed",
                           [](Update& r) { r.mutable_update_mask()->add_paths("etag"); },
                           Invalid("MASK_PATH_UNKNOWN", "update_mask")});
  wrong_updates.push_back({"a team that does not exist",
                           [](Update& r) { r.mutable_mdt()->set_name(absl::StrCat(kParent, "/mdts/nowhere")); },
                           NotFound("MDT_NOT_FOUND")});
  input_->Change<api::Mdt>(world_->coordinator, "UpdateMdt", update, wrong_updates, StateOfTeams(),
                           [](Update& r) { r.mutable_mdt()->set_quorum(3); });

  api::GetMdtRequest get;
  get.set_name(made.name());
  input_->Read<api::Mdt, api::GetMdtRequest>(
      world_->lead, "GetMdt", get,
      {{"a team that does not exist", [](auto& r) { r.set_name(absl::StrCat(kParent, "/mdts/nowhere")); },
        NotFound("MDT_NOT_FOUND")}});
  api::ListMdtsRequest list;
  list.set_parent(kParent);
  input_->Read<api::ListMdtsResponse>(world_->lead, "ListMdts", list);
}

void BadInputMdt::DecisionMistakes(const std::string& meeting, const api::AgendaItem& item) {
  using Decide = api::RecordDecisionRequest;
  Decide good = world_->PlanAgreed(item);
  *good.add_actions() = good.actions(0);
  good.mutable_actions(1)->set_description("Ask for a falls assessment");
  const auto outcome = [](api::DecisionOutcome value) {
    return [value](Decide& r) {
      r.set_outcome(value);
      r.clear_actions();
    };
  };
  const std::string unknown = absl::StrCat(meeting, "/items/", kNobodysId);
  input_->Change<api::AgendaItem, Decide>(
      world_->chair, "RecordDecision", good,
      {NoEtag<Decide>(),
       {"an item that does not exist", [unknown](Decide& r) { r.set_name(unknown); },
        NotFound("AGENDA_ITEM_NOT_FOUND")},
       {"an item of a day that is none",
        [](Decide& r) {
          r.set_name(absl::StrCat(kParent, "/mdts/thistledown/meetings/2026-13-45/items/", kNobodysId));
        },
        NotFound("AGENDA_ITEM_NOT_FOUND")},
       {"no outcome", [](Decide& r) { r.clear_outcome(); }, Invalid("REQUIRED", "outcome")},
       {"no summary", [](Decide& r) { r.clear_summary(); }, Invalid("REQUIRED", "summary")},
       {"a summary of 4,001", [](Decide& r) { r.set_summary(Characters(4001)); }, Invalid("TEXT_TOO_LONG", "summary")},
       {"nobody holds the case", [](Decide& r) { r.clear_case_holder(); }, Invalid("REQUIRED", "case_holder")},
       {"nobody works with the person", [](Decide& r) { r.clear_key_worker(); }, Invalid("REQUIRED", "key_worker")},
       {"housing holds the case", [](Decide& r) { *r.mutable_case_holder() = HousingOfficer(); },
        Invalid("CASE_HOLDER_NOT_ELIGIBLE", "case_holder.agency")},
       {"the link worker holds the case",
        [](Decide& r) { r.mutable_case_holder()->set_agency(type::v1::AGENCY_KIND_SPLW_SERVICE); },
        Invalid("CASE_HOLDER_NOT_ELIGIBLE", "case_holder.agency")},
       {"a nurse as key worker",
        [](Decide& r) { r.mutable_key_worker()->set_agency(type::v1::AGENCY_KIND_COMMUNITY_NURSING); },
        Invalid("KEY_WORKER_NOT_ELIGIBLE", "key_worker.agency")},
       {"one person for both", [](Decide& r) { r.mutable_key_worker()->set_id(r.case_holder().id()); },
        Invalid("KEY_WORKER_IS_CASE_HOLDER", "key_worker")},
       {"one person for both, in capitals",
        [](Decide& r) { r.mutable_key_worker()->set_id(absl::AsciiStrToUpper(r.case_holder().id())); },
        Invalid("KEY_WORKER_IS_CASE_HOLDER", "key_worker")},
       {"a case-holder without an id", [](Decide& r) { r.mutable_case_holder()->clear_id(); },
        Invalid("REQUIRED", "case_holder.id")},
       {"a case-holder's id of 65", [](Decide& r) { r.mutable_case_holder()->set_id(Characters(65)); },
        Invalid("TEXT_TOO_LONG", "case_holder.id")},
       {"a case-holder of no agency", [](Decide& r) { r.mutable_case_holder()->clear_agency(); },
        Invalid("REQUIRED", "case_holder.agency")},
       {"a plan without actions", outcome(api::DECISION_OUTCOME_PLAN_AGREED), Invalid("REQUIRED", "actions")},
       {"more information from nobody", outcome(api::DECISION_OUTCOME_MORE_INFORMATION),
        Invalid("REQUIRED", "actions")},
       {"21 actions",
        [](Decide& r) {
          while (r.actions_size() < 21) *r.add_actions() = r.actions(0);
        },
        Invalid("TOO_MANY_ACTIONS", "actions")},
       {"an action without words", [](Decide& r) { r.mutable_actions(0)->clear_description(); },
        Invalid("REQUIRED", "actions[0].description")},
       {"an action of 501", [](Decide& r) { r.mutable_actions(1)->set_description(Characters(501)); },
        Invalid("TEXT_TOO_LONG", "actions[1].description")},
       {"an action of nobody's", [](Decide& r) { r.mutable_actions(0)->clear_owner(); },
        Invalid("REQUIRED", "actions[0].owner")},
       {"an action without a date", [](Decide& r) { r.mutable_actions(0)->clear_due_date(); },
        Invalid("REQUIRED", "actions[0].due_date")},
       {"an action due in the past", [](Decide& r) { *r.mutable_actions(0)->mutable_due_date() = LondonDate(-1); },
        Invalid("DUE_DATE_IN_PAST", "actions[0].due_date")},
       {"an action due after years", [](Decide& r) { *r.mutable_actions(0)->mutable_due_date() = LondonDate(9999); },
        Invalid("DUE_DATE_TOO_FAR", "actions[0].due_date")},
       {"an action due on no day", [](Decide& r) { r.mutable_actions(0)->mutable_due_date()->set_day(0); },
        Invalid("DUE_DATE_INVALID", "actions[0].due_date")}},
      StateOf(meeting));
}

void BadInputMdt::FeedbackMistakes(const std::string& meeting, const api::AgendaItem& item) {
  using Report = api::RecordFeedbackRequest;
  Report good = FeedbackOn(item);
  ASSERT_EQ(item.open_actions_size(), 2);
  for (const api::Action& action : item.open_actions()) {
    good.add_action_updates()->set_action(action.name());
    good.mutable_action_updates(good.action_updates_size() - 1)->set_state(api::ACTION_STATE_DONE);
  }
  const std::string unknown = absl::StrCat(meeting, "/items/", kNobodysId);
  input_->Change<api::AgendaItem, Report>(
      world_->chair, "RecordFeedback", good,
      {NoEtag<Report>(),
       {"an item that does not exist", [unknown](Report& r) { r.set_name(unknown); },
        NotFound("AGENDA_ITEM_NOT_FOUND")},
       {"no summary", [](Report& r) { r.clear_summary(); }, Invalid("REQUIRED", "summary")},
       {"a summary of 4,001", [](Report& r) { r.set_summary(Characters(4001)); }, Invalid("TEXT_TOO_LONG", "summary")},
       {"an action of another item",
        [](Report& r) { r.mutable_action_updates(0)->set_action(absl::StrCat(kParent, "/actions/", kNobodysId)); },
        Invalid("ACTION_NOT_OF_ITEM", "action_updates[0].action")},
       {"an action twice", [](Report& r) { r.mutable_action_updates(1)->set_action(r.action_updates(0).action()); },
        Invalid("ACTION_REPEATED", "action_updates[1].action")},
       {"an action of no state", [](Report& r) { r.mutable_action_updates(0)->clear_state(); },
        Invalid("REQUIRED", "action_updates[0].state")},
       {"cancelled without a word",
        [](Report& r) { r.mutable_action_updates(0)->set_state(api::ACTION_STATE_CANCELLED); },
        Invalid("REQUIRED", "action_updates[0].note")},
       {"a note of 501", [](Report& r) { r.mutable_action_updates(0)->set_note(Characters(501)); },
        Invalid("TEXT_TOO_LONG", "action_updates[0].note")}},
      StateOf(meeting));
}

void BadInputMdt::Reads(const std::string& meeting, const std::string& case_name) {
  const auto no_day = [](google::type::Date* date) { date->set_year(2026); };
  api::GetMeetingRequest get_meeting;
  get_meeting.set_name(meeting);
  input_->Read<api::Meeting, api::GetMeetingRequest>(
      world_->lead, "GetMeeting", get_meeting,
      {{"a meeting that does not exist", [](auto& r) { r.set_name(absl::StrCat(world_->mdt, "/meetings/2001-01-04")); },
        NotFound("MEETING_NOT_FOUND")}});
  api::ListMeetingsRequest meetings;
  meetings.set_parent(world_->mdt);
  input_->TokenOfAnotherQuery<api::ListMeetingsRequest>(world_->lead, "ListMeetings", meetings,
                                                        [](auto& r) { r.set_order(api::MEETING_ORDER_LATEST_FIRST); });
  input_->Read<api::ListMeetingsResponse, api::ListMeetingsRequest>(
      world_->lead, "ListMeetings", meetings,
      {{"from no day", [no_day](auto& r) { no_day(r.mutable_from_date()); }, Invalid("DATE_INVALID", "from_date")},
       {"to no day", [no_day](auto& r) { no_day(r.mutable_to_date()); }, Invalid("DATE_INVALID", "to_date")}});
  input_->Watch<api::WatchMeetingsRequest>(world_->lead, "WatchMeetings", world_->mdt);
  input_->Watch<api::WatchMdtsRequest>(world_->lead, "WatchMdts", kParent);
  input_->Watch<api::WatchNominationsRequest>(world_->lead, "WatchNominations", kParent);
  input_->Watch<api::WatchActionsRequest>(world_->lead, "WatchActions", kParent);

  api::GetAgendaItemRequest get_item;
  get_item.set_name(world_->ItemOf(meeting, case_name).name());
  input_->Read<api::AgendaItem, api::GetAgendaItemRequest>(
      world_->lead, "GetAgendaItem", get_item,
      {{"an item that does not exist", [meeting](auto& r) { r.set_name(absl::StrCat(meeting, "/items/", kNobodysId)); },
        NotFound("AGENDA_ITEM_NOT_FOUND")}});
  api::ListAgendaItemsRequest items;
  items.set_parent(meeting);
  input_->TokenOfAnotherQuery<api::ListAgendaItemsRequest>(world_->lead, "ListAgendaItems", items,
                                                           [case_name](auto& r) { r.set_case_(case_name); });
  input_->Read<api::ListAgendaItemsResponse, api::ListAgendaItemsRequest>(
      world_->lead, "ListAgendaItems", items,
      {{"all meetings and no case", [](auto& r) { r.set_parent(absl::StrCat(kParent, "/mdts/-/meetings/-")); },
        Invalid("REQUIRED", "case")},
       {"a meeting that does not exist",
        [](auto& r) { r.set_parent(absl::StrCat(world_->mdt, "/meetings/2001-01-04")); },
        NotFound("MEETING_NOT_FOUND")}});

  api::ListNominationsRequest nominations;
  nominations.set_parent(kParent);
  input_->TokenOfAnotherQuery<api::ListNominationsRequest>(world_->lead, "ListNominations", nominations,
                                                           [](auto& r) { r.set_state(api::NOMINATION_STATE_DECIDED); });
  input_->Read<api::ListNominationsResponse, api::ListNominationsRequest>(
      world_->lead, "ListNominations", nominations,
      {{"an MDT that is a case", [case_name](auto& r) { r.set_mdt(case_name); }, Invalid("NAME_INVALID", "mdt")},
       {"an MDT of another network", [](auto& r) { r.set_mdt("networks/U99998/mdts/riverside"); },
        Invalid("NAME_INVALID", "mdt")}});
  api::GetNominationRequest get_nomination;
  get_nomination.set_name(world_->NominationAtMdt(case_name).name());
  input_->names_of_other_kinds_are_refused = false;  // the caseload gave it the name; here it is only looked up
  input_->Read<api::Nomination, api::GetNominationRequest>(
      world_->lead, "GetNomination", get_nomination,
      {{"a nomination that does not exist",
        [case_name](auto& r) { r.set_name(absl::StrCat(case_name, "/nominations/", kNobodysId)); },
        NotFound("NOMINATION_NOT_FOUND")}});
  input_->names_of_other_kinds_are_refused = true;

  api::ListActionsRequest actions;
  actions.set_parent(kParent);
  input_->TokenOfAnotherQuery<api::ListActionsRequest>(world_->lead, "ListActions", actions,
                                                       [case_name](auto& r) { r.set_case_(case_name); });
  const auto listed = input_->Read<api::ListActionsResponse, api::ListActionsRequest>(
      world_->lead, "ListActions", actions,
      {{"before no day", [no_day](auto& r) { no_day(r.mutable_due_before()); },
        Invalid("DATE_INVALID", "due_before")}});
  ASSERT_GT(listed.actions_size(), 0);
  api::GetActionRequest get_action;
  get_action.set_name(listed.actions(0).name());
  input_->Read<api::Action, api::GetActionRequest>(
      world_->lead, "GetAction", get_action,
      {{"an action that does not exist", [](auto& r) { r.set_name(absl::StrCat(kParent, "/actions/", kNobodysId)); },
        NotFound("ACTION_NOT_FOUND")}});
}

// Through all states of a meeting: in each, the steps that are not for it, then the table of the step that leads on.
TEST_F(BadInputMdt, MeetingsTheirItemsAndActions) {
  const std::string decided = NominatedCase(1);
  const std::string withdrawn = NominatedCase(2);
  const std::string not_reached = NominatedCase(3);
  const auto coming = world_->ComingMeetings();
  ASSERT_GE(coming.size(), 3u);
  const std::string meeting = coming[0].name();
  const std::string next = coming[1].name();
  const State state = StateOf(meeting);

  using Build = api::BuildAgendaRequest;
  RefuseSteps(meeting, {"PublishAgenda", "StartMeeting", "RecordAttendance", "CloseMeeting"});
  auto build_mistakes = StepMistakes<Build>();
  build_mistakes.push_back({"late before publication", [](Build& r) { r.set_late_urgent_only(true); },
                            Invalid("LATE_ONLY_AFTER_PUBLICATION", "late_urgent_only")});
  input_->Change<api::Meeting>(world_->coordinator, "BuildAgenda", About<Build>(meeting), build_mistakes, state);
  ASSERT_EQ(world_->Items(meeting).size(), 3u);

  RefuseSteps(meeting, {"StartMeeting", "RecordAttendance", "CloseMeeting"});
  input_->Change<api::Meeting>(world_->coordinator, "PublishAgenda", About<api::PublishAgendaRequest>(meeting),
                               StepMistakes<api::PublishAgendaRequest>(), state);

  RefuseSteps(meeting, {"PublishAgenda", "CloseMeeting"});
  input_->Refuse(world_->coordinator, "BuildAgenda", About<Build>(meeting), Precondition("AGENDA_PUBLISHED"), state);
  input_->Refuse(world_->chair, "RecordDecision", world_->PlanAgreed(world_->ItemOf(meeting, decided)), kNotInProgress,
                 state);
  using Attend = api::RecordAttendanceRequest;
  auto attend_mistakes = StepMistakes<Attend>();
  const auto person = [](Attend& r) { return r.mutable_attendance(0)->mutable_professional(); };
  for (const Mistake<Attend>& mistake : std::vector<Mistake<Attend>>{
           {"nobody", [](Attend& r) { r.clear_attendance(); }, Invalid("REQUIRED", "attendance")},
           {"101 people",
            [](Attend& r) {
              while (r.attendance_size() < 101) *r.add_attendance() = r.attendance(0);
            },
            Invalid("TOO_MANY_PEOPLE", "attendance")},
           {"somebody twice", [](Attend& r) { *r.add_attendance() = r.attendance(0); },
            Invalid("PERSON_REPEATED", "attendance[1].professional.id")},
           {"there or not", [](Attend& r) { r.mutable_attendance(0)->clear_status(); },
            Invalid("REQUIRED", "attendance[0].status")},
           {"no id", [person](Attend& r) { person(r)->clear_id(); },
            Invalid("REQUIRED", "attendance[0].professional.id")},
           {"no name", [person](Attend& r) { person(r)->clear_display_name(); },
            Invalid("REQUIRED", "attendance[0].professional.display_name")},
           {"a name of 201", [person](Attend& r) { person(r)->set_display_name(Characters(201)); },
            Invalid("TEXT_TOO_LONG", "attendance[0].professional.display_name")},
           {"no agency", [person](Attend& r) { person(r)->clear_agency(); },
            Invalid("REQUIRED", "attendance[0].professional.agency")},
           {"a role code of 17", [person](Attend& r) { person(r)->set_role_code(Characters(17)); },
            Invalid("TEXT_TOO_LONG", "attendance[0].professional.role_code")}}) {
    attend_mistakes.push_back(mistake);
  }
  input_->Change<api::Meeting>(world_->coordinator, "RecordAttendance", AttendanceAt(meeting), attend_mistakes, state);

  caseload::v1::WithdrawNominationRequest withdraw;
  withdraw.set_name(world_->GetCase(withdrawn).open_nomination());
  caseload::v1::GetNominationRequest get;
  get.set_name(withdraw.name());
  WaitUntil("the caseload to hear that the case is on the agenda", [&] {
    const auto maybe_nomination = world_->worker.Call(&CaseloadStub::GetNomination, get);
    EXPECT_THAT(maybe_nomination, IsOk());
    if (maybe_nomination.ok()) withdraw.set_etag(maybe_nomination->etag());
    return !maybe_nomination.ok() || maybe_nomination->state() == caseload::v1::NOMINATION_STATE_SCHEDULED;
  });
  withdraw.set_reason_code("MOVED_AWAY");
  withdraw.set_request_id(RequestId());
  ASSERT_THAT(world_->worker.Call(&CaseloadStub::WithdrawNomination, withdraw), IsOk());
  WaitUntil("the item to be withdrawn",
            [&] { return world_->ItemOf(meeting, withdrawn).state() == api::ITEM_STATE_WITHDRAWN || HasFailure(); });

  using Start = api::StartMeetingRequest;
  auto start = About<Start>(meeting);
  start.set_override_reason_code("HELD_EARLIER");
  auto start_mistakes = StepMistakes<Start>();
  start_mistakes.push_back({"a code in small letters", [](Start& r) { r.set_override_reason_code("holiday"); },
                            Invalid("REASON_CODE_INVALID", "override_reason_code")});
  start_mistakes.push_back({"a code of 65", [](Start& r) { r.set_override_reason_code(std::string(65, 'A')); },
                            Invalid("REASON_CODE_INVALID", "override_reason_code")});
  input_->Change<api::Meeting>(world_->chair, "StartMeeting", start, start_mistakes, state);

  RefuseSteps(meeting, {"BuildAgenda", "PublishAgenda", "StartMeeting", "CancelMeeting"});
  input_->Refuse(world_->chair, "RecordDecision", world_->PlanAgreed(world_->ItemOf(meeting, withdrawn)), kIllegal,
                 state);
  input_->Refuse(world_->chair, "RecordFeedback", FeedbackOn(world_->ItemOf(meeting, decided)),
                 Precondition("NOT_A_FEEDBACK_ITEM"), state);
  DecisionMistakes(meeting, world_->ItemOf(meeting, decided));
  input_->Refuse(world_->chair, "RecordFeedback", FeedbackOn(world_->ItemOf(next, decided)), kNotInProgress,
                 StateOf(next));

  using Close = api::CloseMeetingRequest;
  auto close_mistakes = StepMistakes<Close>();
  const std::string open_item = world_->ItemOf(meeting, not_reached).name();
  const std::string done_item = world_->ItemOf(meeting, decided).name();
  const auto reason = [](const std::string& item, const char* code) {
    return [item, code](Close& r) {
      api::CarryOverReason& added = *r.add_carry_over_reasons();
      added.set_item(item);
      added.set_reason_code(code);
    };
  };
  close_mistakes.push_back({"a reason for what was decided", reason(done_item, "NOT_REACHED"),
                            Invalid("ITEM_NOT_OPEN", "carry_over_reasons[0].item")});
  close_mistakes.push_back({"a reason in small letters", reason(open_item, "later"),
                            Invalid("REASON_CODE_INVALID", "carry_over_reasons[0].reason_code")});
  close_mistakes.push_back(
      {"no reason", reason(open_item, ""), Invalid("REQUIRED", "carry_over_reasons[0].reason_code")});
  close_mistakes.push_back({"two reasons for one item",
                            [&](Close& r) {
                              reason(open_item, "NOT_REACHED")(r);
                              reason(open_item, "NOT_REACHED")(r);
                            },
                            Invalid("ITEM_NOT_OPEN", "carry_over_reasons[1].item")});
  input_->Change<api::Meeting>(world_->coordinator, "CloseMeeting", About<Close>(meeting), close_mistakes, state);
  const std::set<std::string> all_steps = {"BuildAgenda",      "PublishAgenda", "StartMeeting",
                                           "RecordAttendance", "CloseMeeting",  "CancelMeeting"};
  RefuseSteps(meeting, all_steps);
  input_->Refuse(world_->chair, "RecordDecision", world_->PlanAgreed(world_->ItemOf(meeting, decided)), kNotInProgress,
                 state);

  Reads(meeting, decided);

  world_->BuildAgenda(next);
  world_->Publish(next);
  Caller stranger(*suite_, {"stranger@housing.example", "AGENCY_MEMBER", "HOUSING1", "HOUSING"});
  input_->Refuse(stranger, "RecordFeedback", FeedbackOn(world_->ItemOf(next, decided)),
                 {absl::StatusCode::kPermissionDenied, "NOT_ACTION_OWNER", ""}, StateOf(next));
  input_->Refuse(world_->chair, "StartMeeting", About<Start>(next), Precondition("TOO_EARLY"), StateOf(next));
  world_->StartMeeting(next);
  FeedbackMistakes(next, world_->ItemOf(next, decided));
  world_->Close(next);

  using Cancel = api::CancelMeetingRequest;
  const std::string last = coming[2].name();
  auto cancel_mistakes = StepMistakes<Cancel>();
  cancel_mistakes.push_back(
      {"no reason", [](Cancel& r) { r.clear_reason_code(); }, Invalid("REQUIRED", "reason_code")});
  cancel_mistakes.push_back({"a reason in small letters", [](Cancel& r) { r.set_reason_code("holiday"); },
                             Invalid("REASON_CODE_INVALID", "reason_code")});
  cancel_mistakes.push_back({"a reason of 65", [](Cancel& r) { r.set_reason_code(std::string(65, 'A')); },
                             Invalid("REASON_CODE_INVALID", "reason_code")});
  input_->Change<api::Meeting>(world_->coordinator, "CancelMeeting", CancellationOf(last), cancel_mistakes,
                               StateOf(last));
  RefuseSteps(last, all_steps);
}

// Last: looks at what the tests before it did.
TEST_F(BadInputMdt, EveryMethodHasItsTable) {
  const auto* tests = ::testing::UnitTest::GetInstance()->current_test_suite();
  if (tests->test_to_run_count() != tests->total_test_count()) GTEST_SKIP() << "not all tables were run";
  input_->ExpectEveryMethodWasRefused([](const std::string&) { return true; });
}

}  // namespace
}  // namespace splw::journey
