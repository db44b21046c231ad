// mdt-agenda without a network: its handlers and events on a memory store with real changes, and builders of what they
// take.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "common/delivery/changes.h"
#include "common/delivery/delivery_tables.h"
#include "common/delivery/feed.h"
#include "common/delivery/outbox.h"
#include "common/ids/random.h"
#include "common/store/memory_store.h"
#include "common/time/clock.h"
#include "services/mdt_agenda/item_handlers.h"
#include "services/mdt_agenda/mdt_tables.h"
#include "services/mdt_agenda/meeting_handlers.h"
#include "services/mdt_agenda/nomination_events.h"
#include "services/mdt_agenda/read_handlers.h"
#include "services/mdt_agenda/schedule.h"
#include "services/mdt_agenda/team_handlers.h"
#include "services/mdt_agenda/timestamps.h"

namespace splw::mdt_agenda::testing {

inline constexpr char kNetwork[] = "U12345";
inline constexpr char kParent[] = "networks/U12345";
inline constexpr char kTeam[] = "networks/U12345/mdts/riverside";

// Monday 2026-11-23, 08:00 in London; the first Thursday after it is the 26th.
inline absl::Time Monday() {
  return InstantAt(absl::CivilDay(2026, 11, 23), 8 * 60);
}

inline Professional Worker(const std::string& id, AgencyKind agency) {
  Professional professional;
  professional.set_id(id);
  professional.set_display_name("Sam " + id);
  professional.set_agency(agency);
  return professional;
}

inline std::string CaseName(const std::string& id) {
  return std::string(kParent) + "/cases/" + id;
}
inline std::string NominationName(const std::string& id) {
  return CaseName(id) + "/nominations/1";
}
inline std::string MeetingOn(const std::string& date) {
  return std::string(kTeam) + "/meetings/" + date;
}

class AgendaWorld {
 public:
  AgendaWorld()
      : changes_(delivery::MakeChanges({store_, random_, "mdt-agenda", "life-1"})),
        teams(store_, *changes_),
        meetings(*changes_),
        items(*changes_),
        reads(store_) {}

  rpc::Call As(identity::Role role, const std::string& id = "coordinator", const std::string& agency = "") {
    rpc::Call call;
    call.principal = {id, role, "ORG1", agency, {kNetwork}};
    call.method = "Test";
    call.network = kNetwork;
    call.correlation_id = "call";
    call.deadline = absl::InfiniteFuture();
    return call;
  }
  rpc::Call Coordinator() { return As(identity::Role::kMdtCoordinator); }

  std::string NextRequest() { return "request-" + std::to_string(++requests_); }

  // The answer of a handler, or its error.
  template <typename Response, typename Handlers, typename Request>
  absl::StatusOr<Response> Ask(Handlers& handlers,
                               absl::StatusOr<store::Position> (Handlers::*method)(const rpc::Call&, const Request&,
                                                                                   Response*),
                               const Request& request, const rpc::Call& call) {
    Response response;
    const auto maybe_position = (handlers.*method)(call, request, &response);
    if (!maybe_position.ok()) return maybe_position.status();
    return response;
  }
  template <typename Response, typename Handlers, typename Request>
  absl::StatusOr<Response> Ask(Handlers& handlers,
                               absl::StatusOr<store::Position> (Handlers::*method)(const rpc::Call&, const Request&,
                                                                                   Response*),
                               const Request& request) {
    return Ask(handlers, method, request, Coordinator());
  }

  api::Mdt Team(int length_minutes = 60) {
    api::Mdt mdt;
    mdt.set_display_name("Riverside");
    mdt.add_core_agencies(type::v1::AGENCY_KIND_COMMUNITY_NURSING);
    mdt.add_core_agencies(type::v1::AGENCY_KIND_SPLW_SERVICE);
    mdt.mutable_schedule()->set_day_of_week(google::type::THURSDAY);
    mdt.mutable_schedule()->mutable_start_time()->set_hours(10);
    mdt.mutable_schedule()->set_length_minutes(length_minutes);
    return mdt;
  }
  absl::StatusOr<api::Mdt> Create(const api::Mdt& team, const std::string& id = "riverside") {
    api::CreateMdtRequest request;
    request.set_parent(kParent);
    *request.mutable_mdt() = team;
    request.set_mdt_id(id);
    request.set_request_id(NextRequest());
    return Ask(teams, &TeamHandlers::CreateMdt, request);
  }

  caseload::v1::CaseNominated Nominated(const std::string& id, bool urgent = false,
                                        std::vector<AgencyKind> agencies = {}) {
    caseload::v1::CaseNominated event;
    event.set_nomination(NominationName(id));
    event.set_case_(CaseName(id));
    event.set_question("Who can help?");
    for (const AgencyKind agency : agencies) event.add_agencies_needed(agency);
    event.set_urgency(urgent ? type::v1::URGENCY_URGENT : type::v1::URGENCY_ROUTINE);
    event.mutable_person()->mutable_name()->set_given("Jean");
    event.mutable_person()->mutable_name()->set_family("Sample");
    event.mutable_person()->mutable_nhs_number()->set_value("9990000018");
    *event.mutable_link_worker() = Worker("link.worker", type::v1::AGENCY_KIND_SPLW_SERVICE);
    *event.mutable_nominate_time() = ToTimestamp(clock_.Now());
    return event;
  }
  absl::Status Nominate(const caseload::v1::CaseNominated& event) {
    clock_.Advance(absl::Seconds(1));
    return Run([&event](delivery::Change& change) { return OnCaseNominated(change, event); });
  }
  absl::Status Nominate(const std::string& id, bool urgent = false, std::vector<AgencyKind> agencies = {}) {
    return Nominate(Nominated(id, urgent, std::move(agencies)));
  }
  absl::Status Withdraw(const std::string& id) {
    caseload::v1::NominationWithdrawn event;
    event.set_nomination(NominationName(id));
    event.set_case_(CaseName(id));
    event.set_reason_code("CASE_CLOSED");
    return Run([&event](delivery::Change& change) { return OnNominationWithdrawn(change, event); });
  }

  // Another link worker has the case from now on, or since `time`.
  absl::Status GiveTo(const std::string& id, const std::string& link_worker,
                      std::optional<absl::Time> time = std::nullopt) {
    clock_.Advance(absl::Seconds(1));
    caseload::v1::CaseLinkWorkerChanged event;
    event.set_case_(CaseName(id));
    *event.mutable_link_worker() = Worker(link_worker, type::v1::AGENCY_KIND_SPLW_SERVICE);
    *event.mutable_time() = ToTimestamp(time.value_or(clock_.Now()));
    return GiveTo(event);
  }
  absl::Status GiveTo(const caseload::v1::CaseLinkWorkerChanged& event) {
    return Run([&event](delivery::Change& change) { return OnCaseLinkWorkerChanged(change, event); });
  }

  // The person agrees to share with these agencies from now on, or with nobody at all.
  absl::Status ShareWith(const std::string& id, std::vector<AgencyKind> agencies, bool declined = false) {
    clock_.Advance(absl::Seconds(1));
    caseload::v1::CaseSharingChanged event;
    event.set_case_(CaseName(id));
    event.set_declined(declined);
    for (const AgencyKind agency : agencies) event.add_share_with(agency);
    *event.mutable_time() = ToTimestamp(clock_.Now());
    return Share(event);
  }
  absl::Status Share(const caseload::v1::CaseSharingChanged& event) {
    return Run([&event](delivery::Change& change) { return OnCaseSharingChanged(change, event); });
  }

  api::Nomination Nomination(const std::string& id) {
    api::GetNominationRequest request;
    request.set_name(NominationName(id));
    const auto maybe = Ask(reads, &ReadHandlers::GetNomination, request);
    EXPECT_TRUE(maybe.ok()) << maybe.status();
    return maybe.ok() ? *maybe : api::Nomination();
  }
  api::Meeting Meeting(const std::string& date) {
    api::GetMeetingRequest request;
    request.set_name(MeetingOn(date));
    const auto maybe = Ask(reads, &ReadHandlers::GetMeeting, request);
    EXPECT_TRUE(maybe.ok()) << maybe.status();
    return maybe.ok() ? *maybe : api::Meeting();
  }
  std::vector<api::Meeting> Meetings(api::MeetingState state = api::MEETING_STATE_UNSPECIFIED) {
    api::ListMeetingsRequest request;
    request.set_parent(kTeam);
    request.set_state(state);
    const auto maybe = Ask(reads, &ReadHandlers::ListMeetings, request);
    EXPECT_TRUE(maybe.ok()) << maybe.status();
    return {maybe->meetings().begin(), maybe->meetings().end()};
  }
  absl::StatusOr<std::vector<api::AgendaItem>> Agenda(const std::string& date, const rpc::Call& call) {
    api::ListAgendaItemsRequest request;
    request.set_parent(MeetingOn(date));
    const auto maybe = Ask(reads, &ReadHandlers::ListAgendaItems, request, call);
    if (!maybe.ok()) return maybe.status();
    return std::vector<api::AgendaItem>(maybe->agenda_items().begin(), maybe->agenda_items().end());
  }
  std::vector<api::AgendaItem> Agenda(const std::string& date) {
    const auto maybe = Agenda(date, Coordinator());
    EXPECT_TRUE(maybe.ok()) << maybe.status();
    return maybe.ok() ? *maybe : std::vector<api::AgendaItem>();
  }
  // The item of the case on the meeting; one without a name where there is none.
  api::AgendaItem Item(const std::string& date, const std::string& id) {
    for (const api::AgendaItem& item : Agenda(date)) {
      if (item.case_() == CaseName(id)) return item;
    }
    return {};
  }

  // The request of a step, with the meeting's current etag.
  template <typename Request>
  Request Step(const std::string& date) {
    Request request;
    request.set_name(MeetingOn(date));
    request.set_etag(Meeting(date).etag());
    request.set_request_id(NextRequest());
    return request;
  }
  absl::StatusOr<api::Meeting> Build(const std::string& date, bool late = false) {
    auto request = Step<api::BuildAgendaRequest>(date);
    request.set_late_urgent_only(late);
    return Ask(meetings, &MeetingHandlers::BuildAgenda, request);
  }
  absl::StatusOr<api::Meeting> Publish(const std::string& date) {
    return Ask(meetings, &MeetingHandlers::PublishAgenda, Step<api::PublishAgendaRequest>(date));
  }
  // On its day or, with a reason, before.
  absl::StatusOr<api::Meeting> Start(const std::string& date, const std::string& override_reason_code = "TEST") {
    auto request = Step<api::StartMeetingRequest>(date);
    request.set_override_reason_code(override_reason_code);
    return Ask(meetings, &MeetingHandlers::StartMeeting, request);
  }
  absl::StatusOr<api::Meeting> Close(const std::string& date) {
    return Ask(meetings, &MeetingHandlers::CloseMeeting, Step<api::CloseMeetingRequest>(date));
  }
  absl::StatusOr<api::Meeting> Cancel(const std::string& date) {
    auto request = Step<api::CancelMeetingRequest>(date);
    request.set_reason_code("BANK_HOLIDAY");
    return Ask(meetings, &MeetingHandlers::CancelMeeting, request);
  }
  // Builds, publishes and starts.
  void Hold(const std::string& date) {
    ASSERT_TRUE(Build(date).ok());
    ASSERT_TRUE(Publish(date).ok());
    ASSERT_TRUE(Start(date).ok());
  }

  api::RecordDecisionRequest Plan(const api::AgendaItem& item) {
    api::RecordDecisionRequest request;
    request.set_name(item.name());
    request.set_etag(item.etag());
    request.set_outcome(api::DECISION_OUTCOME_PLAN_AGREED);
    request.set_summary("The community nurse leads.");
    *request.mutable_case_holder() = Worker("nurse", type::v1::AGENCY_KIND_COMMUNITY_NURSING);
    *request.mutable_key_worker() = Worker("link.worker", type::v1::AGENCY_KIND_SPLW_SERVICE);
    api::ActionInput* action = request.add_actions();
    action->set_description("Look at the damp");
    *action->mutable_owner() = Worker("housing.officer", type::v1::AGENCY_KIND_HOUSING);
    *action->mutable_due_date() = ToDate(absl::CivilDay(2026, 12, 10));
    request.set_request_id(NextRequest());
    return request;
  }
  api::RecordDecisionRequest Advice(const api::AgendaItem& item) {
    api::RecordDecisionRequest request;
    request.set_name(item.name());
    request.set_etag(item.etag());
    request.set_outcome(api::DECISION_OUTCOME_ADVICE_GIVEN);
    request.set_summary("Go on as before.");
    request.set_request_id(NextRequest());
    return request;
  }
  absl::StatusOr<api::AgendaItem> Decide(const api::RecordDecisionRequest& request) {
    return Ask(items, &ItemHandlers::RecordDecision, request);
  }

  api::RecordFeedbackRequest Report(const api::AgendaItem& item, api::ActionState state) {
    api::RecordFeedbackRequest request;
    request.set_name(item.name());
    request.set_etag(item.etag());
    request.set_summary("The flat was looked at.");
    for (const api::Action& action : item.open_actions()) {
      api::ActionUpdate* update = request.add_action_updates();
      update->set_action(action.name());
      update->set_state(state);
    }
    request.set_request_id(NextRequest());
    return request;
  }
  absl::StatusOr<api::AgendaItem> GiveFeedback(const api::RecordFeedbackRequest& request, const rpc::Call& call) {
    return Ask(items, &ItemHandlers::RecordFeedback, request, call);
  }
  absl::StatusOr<api::AgendaItem> GiveFeedback(const api::RecordFeedbackRequest& request) {
    return GiveFeedback(request, Coordinator());
  }

  // The events of this type that the caseload was told about the case, in order.
  template <typename Event>
  std::vector<Event> Told(const std::string& id) {
    std::vector<Event> events;
    for (const delivery::v1::Envelope& envelope : Envelopes(id)) {
      Event event;
      if (envelope.payload().UnpackTo(&event)) events.push_back(event);
    }
    return events;
  }
  std::vector<delivery::v1::Envelope> Envelopes(const std::string& id) {
    std::vector<delivery::v1::Envelope> envelopes;
    EXPECT_TRUE(store_
                    .View({},
                          [&](store::Snapshot& snapshot) {
                            auto maybe_pending =
                                delivery::ReadPending(snapshot, {kNetwork, kCaseload, CaseName(id)}, 100, 1 << 20);
                            if (!maybe_pending.ok()) return maybe_pending.status();
                            envelopes = maybe_pending->events;
                            return absl::OkStatus();
                          })
                    .ok());
    return envelopes;
  }

  // Everything that `store verify` would find.
  std::vector<store::StoreFault> Faults() {
    std::vector<store::StoreFault> faults;
    for (const store::UntypedTable* table : AllTables()) {
      store::ScanCursor cursor;
      do {
        EXPECT_TRUE(store_
                        .View({},
                              [&](store::Snapshot& snapshot) {
                                auto maybe_next = table->VerifyPage(snapshot, kNetwork, cursor, 1000, faults);
                                if (!maybe_next.ok()) return maybe_next.status();
                                cursor = *maybe_next;
                                return absl::OkStatus();
                              })
                        .ok());
      } while (!cursor.empty());
    }
    return faults;
  }

  absl::Status Run(absl::FunctionRef<absl::Status(delivery::Change&)> body) {
    return changes_->Run({}, {"caseload", "SERVICE", "", "Event", "referral-1"}, kNetwork, body).status();
  }

 protected:
  time::FakeClock clock_{Monday()};
  store::MemoryStore store_{clock_};
  ids::SeededRandom random_{7};
  std::unique_ptr<delivery::Changes> changes_;
  int requests_ = 0;

 public:
  TeamHandlers teams;
  MeetingHandlers meetings;
  ItemHandlers items;
  ReadHandlers reads;
};

}  // namespace splw::mdt_agenda::testing
