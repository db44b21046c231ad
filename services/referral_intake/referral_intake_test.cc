// The handlers on a store in memory, with the real changes, outbox and inbox: everything but gRPC.
#include "services/referral_intake/referral_intake.h"

#include <memory>

#include <gmock/gmock.h>

#include "common/delivery/changes.h"
#include "common/delivery/delivery_tables.h"
#include "common/delivery/outbox.h"
#include "common/store/memory_store.h"
#include "common/testing/status_matchers.h"
#include "services/referral_intake/names.h"
#include "services/referral_intake/referral_tables.h"
#include "services/referral_intake/testing/builders.h"
#include "splw/caseload/v1/case_events.pb.h"
#include "splw/referral/v1/referral_events.pb.h"

namespace splw::referral_intake {
namespace {

using ::splw::referral_intake::testing::CleanReferral;
using ::splw::referral_intake::testing::kNetwork;
using ::splw::referral_intake::testing::kParent;
using ::splw::referral_intake::testing::kPractice;
using ::splw::referral_intake::testing::NoCrisisAnswers;
using ::splw::referral_intake::testing::SubmitRequest;
using ::splw::referral_intake::testing::TestNow;
using ::splw::testing::HasField;
using ::splw::testing::HasReason;
using ::splw::testing::IsOk;
using ::splw::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kCase[] = "networks/U12345/cases/01JD0000000000000000000000";

class ReferralIntakeTest : public ::testing::Test {
 protected:
  rpc::Call Caller(identity::Role role, const std::string& organisation = "", const std::string& method = "Test") {
    rpc::Call call;
    call.principal = {std::string("test.") + identity::RoleName(role), role, organisation, "", {kNetwork}};
    call.method = method;
    call.network = kNetwork;
    call.correlation_id = "correlation-" + std::to_string(++calls_);
    call.deadline = absl::InfiniteFuture();
    return call;
  }
  rpc::Call Lead() { return Caller(identity::Role::kServiceLead); }
  rpc::Call Practice(const std::string& organisation = kPractice) {
    return Caller(identity::Role::kReferrer, organisation);
  }
  std::string NewRequestId() { return "request-" + std::to_string(++requests_); }

  absl::StatusOr<api::Referral> Submit(const api::Referral& referral) { return Submit(Lead(), referral); }
  absl::StatusOr<api::Referral> Submit(const rpc::Call& call, const api::Referral& referral) {
    return Ask<api::Referral>(&ReferralIntake::Submit, call, SubmitRequest(referral, NewRequestId()));
  }
  absl::StatusOr<api::Referral> Get(const rpc::Call& call, const std::string& name) {
    api::GetReferralRequest request;
    request.set_name(name);
    return Ask<api::Referral>(&ReferralIntake::Get, call, request);
  }
  api::AcceptReferralRequest AcceptRequest(const api::Referral& referral) {
    return Change<api::AcceptReferralRequest>(referral);
  }
  api::ReturnReferralRequest ReturnRequest(const api::Referral& referral) {
    auto request = Change<api::ReturnReferralRequest>(referral);
    request.set_reason(api::RETURN_REASON_OUTSIDE_REMIT);
    request.set_advice("Please refer to the falls clinic.");
    return request;
  }
  api::WithdrawReferralRequest WithdrawRequest(const api::Referral& referral) {
    auto request = Change<api::WithdrawReferralRequest>(referral);
    request.set_reason(api::WITHDRAW_REASON_SENT_IN_ERROR);
    return request;
  }
  api::AcknowledgeCrisisRequest AcknowledgeRequest(const api::Referral& referral) {
    auto request = Change<api::AcknowledgeCrisisRequest>(referral);
    request.set_urgent_advice_given(true);
    request.set_practitioner_name("Dr Sample, GP");
    return request;
  }
  template <typename Request>
  Request Change(const api::Referral& referral) {
    Request request;
    request.set_name(referral.name());
    request.set_etag(referral.etag());
    request.set_request_id(NewRequestId());
    return request;
  }
  template <typename Response, typename Request>
  absl::StatusOr<Response> Ask(absl::StatusOr<store::Position> (ReferralIntake::*handler)(const rpc::Call&, const Request&,
                                                                                         Response*),
                               const rpc::Call& call, const Request& request) {
    Response response;
    const auto maybe = (intake_.*handler)(call, request, &response);
    if (!maybe.ok()) return maybe.status();
    return response;
  }

  std::vector<std::string> ListNames(const rpc::Call& call, api::ListReferralsRequest request) {
    request.set_parent(kParent);
    std::vector<std::string> names;
    do {
      const auto maybe = Ask<api::ListReferralsResponse>(&ReferralIntake::List, call, request);
      EXPECT_THAT(maybe, IsOk());
      if (!maybe.ok()) break;
      for (const auto& referral : maybe->referrals()) names.push_back(referral.name());
      request.set_page_token(maybe->next_page_token());
    } while (!request.page_token().empty());
    return names;
  }

  // The events that wait for the caseload about this referral.
  std::vector<splw::delivery::v1::Envelope> Outbox(const std::string& referral) {
    std::vector<splw::delivery::v1::Envelope> events;
    EXPECT_THAT(store_.View({}, [&](store::Snapshot& snapshot) -> absl::Status {
      auto pending = delivery::ReadPending(snapshot, {kNetwork, "caseload", referral}, 100, 1 << 20);
      if (pending.ok()) events = pending->events;
      return absl::OkStatus();
    }), IsOk());
    return events;
  }

  template <typename Event>
  splw::delivery::v1::DeliveryResult Deliver(const Event& event, std::uint64_t revision) {
    splw::delivery::v1::DeliverRequest request;
    auto& envelope = *request.add_events();
    envelope.set_event_id("01JD00000000000000000000" + std::to_string(10 + revision));
    envelope.set_source("caseload");
    envelope.set_incarnation("one");
    envelope.set_network(kNetwork);
    envelope.set_stream(kCase);
    envelope.set_revision(revision);
    *envelope.mutable_time() = ToTimestamp(TestNow());
    envelope.set_correlation_id("correlation-of-the-case");
    envelope.mutable_payload()->PackFrom(event);
    splw::delivery::v1::DeliverResponse response;
    EXPECT_THAT(inbox_.Deliver({}, request, &response), IsOk());
    return response.results_size() == 1 ? response.results(0) : splw::delivery::v1::DeliveryResult();
  }

  // After every test: no index entry without its record, no record without its entries.
  void TearDown() override {
    std::vector<store::StoreFault> faults;
    EXPECT_THAT(store_.View({}, [&](store::Snapshot& snapshot) -> absl::Status {
      for (const store::UntypedTable* table : {static_cast<const store::UntypedTable*>(&Referrals()),
                                               static_cast<const store::UntypedTable*>(&Policies())}) {
        EXPECT_THAT(table->VerifyPage(snapshot, kNetwork, "", 1000, faults), IsOk());
      }
      return absl::OkStatus();
    }), IsOk());
    EXPECT_EQ(faults.size(), 0u);
  }

  ReferralIntakeTest() { intake_.RegisterEvents(inbox_); }

  time::FakeClock clock_{TestNow()};
  store::MemoryStore store_{clock_};
  ids::SeededRandom random_{42};
  std::unique_ptr<delivery::Changes> changes_ =
      delivery::MakeChanges({.store = store_, .random = random_, .source = "referral-intake", .incarnation = "one"});
  ReferralIntake intake_{store_, *changes_, clock_, PersonKeys(std::string(identity::kHashKeyBytes, 'k'))};
  delivery::Inbox inbox_{store_, *changes_};
  int requests_ = 0;
  int calls_ = 0;
};

api::Referral UrgentReferral() {
  api::Referral referral = CleanReferral();
  referral.set_urgency(type::URGENCY_URGENT);
  return referral;
}
api::Referral CrisisReferral() {
  api::Referral referral = CleanReferral();
  referral.mutable_crisis_answers()->set_suicidal_thoughts(type::CRISIS_ANSWER_UNSURE);
  return referral;
}
api::Referral OfPerson(const std::string& nhs_number, const std::string& family) {
  api::Referral referral = CleanReferral();
  referral.mutable_person()->mutable_nhs_number()->set_value(nhs_number);
  referral.mutable_person()->mutable_name()->set_family(family);
  return referral;
}

TEST_F(ReferralIntakeTest, CleanRoutineReferralIsAcceptedAtOnceWithItsEvent) {
  const rpc::Call call = Practice();
  const auto maybe = Submit(call, CleanReferral());
  ASSERT_THAT(maybe, IsOk());
  EXPECT_EQ(maybe->state(), api::REFERRAL_STATE_ACCEPTED);
  EXPECT_TRUE(maybe->triage().by_policy());
  EXPECT_EQ(maybe->etag(), "1");
  EXPECT_EQ(maybe->correlation_id(), call.correlation_id);
  EXPECT_FALSE(maybe->has_urgent_advice());

  const auto events = Outbox(maybe->name());
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].correlation_id(), call.correlation_id);
  api::ReferralAccepted event;
  ASSERT_TRUE(events[0].payload().UnpackTo(&event));
  EXPECT_EQ(event.referral(), maybe->name());
  EXPECT_EQ(event.person().name().family(), "Ashworth");
  EXPECT_EQ(event.person_keys_size(), 2);
  EXPECT_THAT(Get(call, maybe->name()), IsOk());
}

TEST_F(ReferralIntakeTest, ReferralWithFindingsWaitsAndTellsNobody) {
  const auto maybe = Submit(UrgentReferral());
  ASSERT_THAT(maybe, IsOk());
  EXPECT_EQ(maybe->state(), api::REFERRAL_STATE_AWAITING_TRIAGE);
  ASSERT_EQ(maybe->findings_size(), 1);
  EXPECT_EQ(maybe->findings(0).code(), api::FINDING_CODE_URGENT_REQUESTED);
  EXPECT_FALSE(maybe->has_triage());
  EXPECT_THAT(Outbox(maybe->name()), IsEmpty());
}

TEST_F(ReferralIntakeTest, CrisisGetsUrgentAdviceInTheAnswer) {
  const auto maybe = Submit(Practice(), CrisisReferral());
  ASSERT_THAT(maybe, IsOk());
  EXPECT_EQ(maybe->state(), api::REFERRAL_STATE_AWAITING_TRIAGE);
  EXPECT_EQ(maybe->findings(0).severity(), api::FINDING_SEVERITY_CRISIS);
  EXPECT_THAT(maybe->urgent_advice().text(), ::testing::HasSubstr("999"));
}

TEST_F(ReferralIntakeTest, ValidateOnlyTellsTheSameAndWritesNothing) {
  api::SubmitReferralRequest request = SubmitRequest(CrisisReferral(), "");
  request.set_validate_only(true);
  const store::Position before = store_.committed();
  const auto maybe = Ask<api::Referral>(&ReferralIntake::Submit, Practice(), request);
  ASSERT_THAT(maybe, IsOk());
  EXPECT_EQ(maybe->name(), "");
  EXPECT_EQ(maybe->findings(0).code(), api::FINDING_CODE_CRISIS_INDICATED);
  EXPECT_TRUE(maybe->has_urgent_advice());
  EXPECT_EQ(store_.committed(), before);
  EXPECT_THAT(ListNames(Lead(), {}), IsEmpty());
}

TEST_F(ReferralIntakeTest, RepeatedSubmissionIsTakenOnce) {
  const rpc::Call call = Practice();
  const auto request = SubmitRequest(CleanReferral(), "same");
  const auto first = Ask<api::Referral>(&ReferralIntake::Submit, call, request);
  const auto second = Ask<api::Referral>(&ReferralIntake::Submit, call, request);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(first->name(), second->name());
  EXPECT_EQ(ListNames(Lead(), {}).size(), 1u);
  EXPECT_EQ(Outbox(first->name()).size(), 1u);

  const auto other = Ask<api::Referral>(&ReferralIntake::Submit, call, SubmitRequest(UrgentReferral(), "same"));
  EXPECT_THAT(other, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(other, HasReason("REQUEST_ID_REUSED"));
}

TEST_F(ReferralIntakeTest, BodyThatRunsAgainTakesTheReferralOnce) {
  store_.RerunNext(1);
  const auto maybe = Submit(CleanReferral());
  ASSERT_THAT(maybe, IsOk());
  EXPECT_THAT(ListNames(Lead(), {}), ElementsAre(maybe->name()));
  EXPECT_EQ(Outbox(maybe->name()).size(), 1u);
}

TEST_F(ReferralIntakeTest, MistakesInTheRequestAreRefused) {
  auto request = SubmitRequest(CleanReferral(), "id");
  request.set_parent("networks/U12345/referrals/x");
  EXPECT_THAT(Ask<api::Referral>(&ReferralIntake::Submit, Lead(), request), HasField("parent"));
  request = SubmitRequest(CleanReferral(), "");
  EXPECT_THAT(Ask<api::Referral>(&ReferralIntake::Submit, Lead(), request), HasField("request_id"));
  EXPECT_THAT(Get(Lead(), "networks/U12345/referrals/short"), HasReason("NAME_INVALID"));
}

TEST_F(ReferralIntakeTest, SamePersonIsRecognisedByNumberAndByDetails) {
  const auto first = Submit(CleanReferral());
  ASSERT_THAT(first, IsOk());
  const auto by_number = Submit(OfPerson("9990000018", "Other-Name"));
  ASSERT_THAT(by_number, IsOk());
  ASSERT_EQ(by_number->findings_size(), 1);
  EXPECT_EQ(by_number->findings(0).code(), api::FINDING_CODE_OPEN_REFERRAL_EXISTS);
  EXPECT_EQ(by_number->findings(0).related_referral(), first->name());
  EXPECT_EQ(by_number->state(), api::REFERRAL_STATE_AWAITING_TRIAGE);

  api::Referral without_number = CleanReferral();
  without_number.mutable_person()->mutable_nhs_number()->clear_value();
  without_number.mutable_person()->mutable_nhs_number()->set_absent_reason(type::NHS_NUMBER_ABSENT_REASON_NOT_KNOWN);
  const auto by_details = Submit(without_number);
  ASSERT_THAT(by_details, IsOk());
  ASSERT_EQ(by_details->findings_size(), 2);
  EXPECT_EQ(by_details->findings(0).code(), api::FINDING_CODE_OPEN_REFERRAL_EXISTS);
  EXPECT_EQ(by_details->findings(0).related_referral(), first->name());
}

TEST_F(ReferralIntakeTest, PeopleWithDifferentNumbersAreNotTakenForOne) {
  ASSERT_THAT(Submit(CleanReferral()), IsOk());
  const auto other = Submit(OfPerson("9990000026", "Ashworth"));
  ASSERT_THAT(other, IsOk());
  EXPECT_EQ(other->findings_size(), 0);
  EXPECT_EQ(other->state(), api::REFERRAL_STATE_ACCEPTED);
}

TEST_F(ReferralIntakeTest, EndedReferralIsShownAndHoldsNothingUp) {
  const auto first = Submit(CleanReferral());
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(Ask<api::Referral>(&ReferralIntake::Withdraw, Lead(), WithdrawRequest(*first)), IsOk());
  const auto second = Submit(CleanReferral());
  ASSERT_THAT(second, IsOk());
  ASSERT_EQ(second->findings_size(), 1);
  EXPECT_EQ(second->findings(0).code(), api::FINDING_CODE_PRESENTED_BEFORE);
  EXPECT_EQ(second->state(), api::REFERRAL_STATE_ACCEPTED);
}

TEST_F(ReferralIntakeTest, TriageAcceptsOnceAndSendsOneEvent) {
  const auto waiting = Submit(UrgentReferral());
  ASSERT_THAT(waiting, IsOk());
  const rpc::Call call = Lead();
  const auto request = AcceptRequest(*waiting);
  const auto accepted = Ask<api::Referral>(&ReferralIntake::Accept, call, request);
  ASSERT_THAT(accepted, IsOk());
  EXPECT_EQ(accepted->state(), api::REFERRAL_STATE_ACCEPTED);
  EXPECT_EQ(accepted->triage().decided_by(), call.principal.id);
  EXPECT_EQ(accepted->etag(), "2");
  EXPECT_THAT(Ask<api::Referral>(&ReferralIntake::Accept, call, request), IsOk());
  const auto events = Outbox(waiting->name());
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].correlation_id(), waiting->correlation_id());

  const auto again = Ask<api::Referral>(&ReferralIntake::Accept, call, AcceptRequest(*accepted));
  EXPECT_THAT(again, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(again, HasReason("ILLEGAL_TRANSITION"));
}

TEST_F(ReferralIntakeTest, ChangesAskForNameEtagAndRequestId) {
  const auto maybe = Ask<api::Referral>(&ReferralIntake::Accept, Lead(), api::AcceptReferralRequest());
  EXPECT_THAT(splw::text::FieldsOf(maybe.status()), ElementsAre("name", "etag", "request_id"));
  const auto waiting = Submit(UrgentReferral());
  ASSERT_THAT(waiting, IsOk());
  auto request = AcceptRequest(*waiting);
  request.set_note_code("not a code");
  request.mutable_crisis_answers()->set_risk_of_harm(type::CRISIS_ANSWER_NO);
  EXPECT_THAT(splw::text::FieldsOf(Ask<api::Referral>(&ReferralIntake::Accept, Lead(), request).status()),
              ElementsAre("note_code", "crisis_answers"));
  auto back = ReturnRequest(*waiting);
  back.clear_reason();
  back.clear_advice();
  EXPECT_THAT(splw::text::FieldsOf(Ask<api::Referral>(&ReferralIntake::Return, Lead(), back).status()),
              ElementsAre("reason", "advice"));
  auto withdraw = WithdrawRequest(*waiting);
  withdraw.clear_reason();
  EXPECT_THAT(Ask<api::Referral>(&ReferralIntake::Withdraw, Lead(), withdraw), HasField("reason"));
  auto acknowledge = AcknowledgeRequest(*waiting);
  acknowledge.clear_urgent_advice_given();
  acknowledge.clear_practitioner_name();
  EXPECT_THAT(splw::text::FieldsOf(Ask<api::Referral>(&ReferralIntake::AcknowledgeCrisis, Lead(), acknowledge).status()),
              ElementsAre("urgent_advice_given", "practitioner_name"));
}

TEST_F(ReferralIntakeTest, OldEtagIsAborted) {
  const auto waiting = Submit(CrisisReferral());
  ASSERT_THAT(waiting, IsOk());
  ASSERT_THAT(Ask<api::Referral>(&ReferralIntake::AcknowledgeCrisis, Lead(), AcknowledgeRequest(*waiting)), IsOk());
  const auto stale = Ask<api::Referral>(&ReferralIntake::Accept, Lead(), AcceptRequest(*waiting));
  EXPECT_THAT(stale, StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(stale, HasReason("ETAG_MISMATCH"));
}

TEST_F(ReferralIntakeTest, CrisisIsReturnedOnlyAfterItsAcknowledgement) {
  const auto waiting = Submit(Practice(), CrisisReferral());
  ASSERT_THAT(waiting, IsOk());
  EXPECT_THAT(Ask<api::Referral>(&ReferralIntake::Return, Lead(), ReturnRequest(*waiting)),
              HasReason("CRISIS_NOT_ACKNOWLEDGED"));
  const auto known = Ask<api::Referral>(&ReferralIntake::AcknowledgeCrisis, Practice(), AcknowledgeRequest(*waiting));
  ASSERT_THAT(known, IsOk());
  const auto returned = Ask<api::Referral>(&ReferralIntake::Return, Lead(), ReturnRequest(*known));
  ASSERT_THAT(returned, IsOk());
  EXPECT_EQ(returned->state(), api::REFERRAL_STATE_RETURNED);
  EXPECT_EQ(returned->triage().return_reason(), api::RETURN_REASON_OUTSIDE_REMIT);
  EXPECT_THAT(Outbox(waiting->name()), IsEmpty());
}

TEST_F(ReferralIntakeTest, DeclinedPersonIsNotAccepted) {
  api::Referral declined = CleanReferral();
  declined.mutable_consent()->set_referral(type::CONSENT_STATUS_DECLINED);
  const auto waiting = Submit(declined);
  ASSERT_THAT(waiting, IsOk());
  EXPECT_THAT(Ask<api::Referral>(&ReferralIntake::Accept, Lead(), AcceptRequest(*waiting)), HasReason("CONSENT_DECLINED"));
}

TEST_F(ReferralIntakeTest, ImportIsAcceptedWithTheAnswersThatTheClinicianGot) {
  api::Referral imported = CleanReferral();
  imported.set_channel(api::SUBMISSION_CHANNEL_IMPORT);
  imported.clear_crisis_answers();
  const auto waiting = Submit(Practice(), imported);
  ASSERT_THAT(waiting, IsOk());
  EXPECT_THAT(Ask<api::Referral>(&ReferralIntake::Accept, Lead(), AcceptRequest(*waiting)),
              HasReason("CRISIS_QUESTIONS_NOT_ASKED"));
  auto request = AcceptRequest(*waiting);
  *request.mutable_crisis_answers() = NoCrisisAnswers();
  request.mutable_crisis_answers()->set_feels_unsafe_now(type::CRISIS_ANSWER_YES);
  const auto accepted = Ask<api::Referral>(&ReferralIntake::Accept, Lead(), request);
  ASSERT_THAT(accepted, IsOk());
  EXPECT_EQ(accepted->findings(0).code(), api::FINDING_CODE_CRISIS_INDICATED);
  EXPECT_THAT(accepted->urgent_advice().text(), ::testing::HasSubstr("999"));
}

TEST_F(ReferralIntakeTest, WithdrawnAfterAcceptanceTheCaseloadIsTold) {
  const auto accepted = Submit(CleanReferral());
  ASSERT_THAT(accepted, IsOk());
  const auto withdrawn = Ask<api::Referral>(&ReferralIntake::Withdraw, Practice(), WithdrawRequest(*accepted));
  ASSERT_THAT(withdrawn, IsOk());
  EXPECT_EQ(withdrawn->state(), api::REFERRAL_STATE_WITHDRAWN);
  const auto events = Outbox(accepted->name());
  ASSERT_EQ(events.size(), 2u);
  api::ReferralWithdrawn event;
  ASSERT_TRUE(events[1].payload().UnpackTo(&event));
  EXPECT_EQ(event.reason_code(), "SENT_IN_ERROR");
}

TEST_F(ReferralIntakeTest, WithdrawnBeforeAcceptanceNobodyIsTold) {
  const auto waiting = Submit(UrgentReferral());
  ASSERT_THAT(waiting, IsOk());
  ASSERT_THAT(Ask<api::Referral>(&ReferralIntake::Withdraw, Lead(), WithdrawRequest(*waiting)), IsOk());
  EXPECT_THAT(Outbox(waiting->name()), IsEmpty());
}

TEST_F(ReferralIntakeTest, ReferrerHasToDoWithTheirOwnOrganisationOnly) {
  const auto own = Submit(Practice(), CrisisReferral());
  ASSERT_THAT(own, IsOk());
  const rpc::Call stranger = Practice("P84001");
  const auto expect_denied = [](const auto& maybe) {
    EXPECT_THAT(maybe, StatusIs(absl::StatusCode::kPermissionDenied));
    EXPECT_THAT(maybe, HasReason("NOT_YOUR_ORGANISATION"));
  };
  expect_denied(Submit(stranger, CleanReferral()));
  expect_denied(Ask<api::Referral>(&ReferralIntake::Withdraw, stranger, WithdrawRequest(*own)));
  expect_denied(Ask<api::Referral>(&ReferralIntake::AcknowledgeCrisis, stranger, AcknowledgeRequest(*own)));
  api::ListReferralsRequest of_practice;
  of_practice.set_parent(kParent);
  of_practice.set_referrer_organisation(kPractice);
  expect_denied(Ask<api::ListReferralsResponse>(&ReferralIntake::List, stranger, of_practice));
  expect_denied(Ask<api::ListReferralsResponse>(&ReferralIntake::List, Practice(""), of_practice));
  of_practice.clear_referrer_organisation();
  expect_denied(Ask<api::ListReferralsResponse>(&ReferralIntake::List, Practice(""), of_practice));

  // There or not there: the same words.
  const auto theirs = Get(stranger, own->name());
  const auto nobodys = Get(stranger, "networks/U12345/referrals/01JD0000000000000000000000");
  expect_denied(theirs);
  EXPECT_EQ(theirs.status(), nobodys.status());
  EXPECT_THAT(Get(Lead(), "networks/U12345/referrals/01JD0000000000000000000000"), HasReason("REFERRAL_NOT_FOUND"));
  EXPECT_THAT(ListNames(stranger, {}), IsEmpty());
  EXPECT_THAT(ListNames(Practice(), {}), ElementsAre(own->name()));
}

TEST_F(ReferralIntakeTest, WatchersSeeWhatTheyMaySee) {
  const auto own = Submit(CleanReferral());
  ASSERT_THAT(own, IsOk());
  EXPECT_THAT(store_.View({}, [&](store::Snapshot& snapshot) -> absl::Status {
    const delivery::FeedItem item{1, kReferralCollection, own->name(), true, TestNow()};
    api::WatchReferralsResponse response;
    EXPECT_TRUE(*intake_.FillChange(Practice(), snapshot, item, &response));
    EXPECT_EQ(response.kind(), type::CHANGE_KIND_CREATED);
    EXPECT_EQ(response.referral().name(), own->name());
    EXPECT_FALSE(*intake_.FillChange(Practice("P84001"), snapshot, item, &response));
    return absl::OkStatus();
  }), IsOk());
}

TEST_F(ReferralIntakeTest, ListsAreFilteredAndOrderedByTheirIndex) {
  const auto routine = Submit(CleanReferral());
  clock_.Advance(absl::Minutes(1));
  api::Referral hospital = OfPerson("9990000026", "Bell");
  hospital.mutable_referrer()->mutable_organisation()->set_ods_code("R0A");
  hospital.mutable_referrer()->mutable_organisation()->set_agency(type::AGENCY_KIND_HOSPITAL);
  hospital.set_urgency(type::URGENCY_URGENT);
  const auto urgent = Submit(hospital);
  clock_.Advance(absl::Minutes(1));
  api::Referral danger = OfPerson("9990000034", "Cole");
  danger.mutable_crisis_answers()->set_risk_of_harm(type::CRISIS_ANSWER_YES);
  const auto crisis = Submit(danger);
  ASSERT_THAT(routine, IsOk());
  ASSERT_THAT(urgent, IsOk());
  ASSERT_THAT(crisis, IsOk());
  const std::string a = routine->name(), b = urgent->name(), c = crisis->name();

  api::ListReferralsRequest request;
  request.set_page_size(1);
  EXPECT_THAT(ListNames(Lead(), request), ElementsAre(a, b, c));
  request.set_order(api::REFERRAL_ORDER_NEWEST_FIRST);
  EXPECT_THAT(ListNames(Lead(), request), ElementsAre(c, b, a));
  request.set_state(api::REFERRAL_STATE_AWAITING_TRIAGE);
  EXPECT_THAT(ListNames(Lead(), request), ElementsAre(c, b));
  request.set_referrer_organisation("R0A");
  EXPECT_THAT(ListNames(Lead(), request), ElementsAre(b));

  request = {};
  request.set_severity(api::FINDING_SEVERITY_NEEDS_TRIAGE);
  EXPECT_THAT(ListNames(Lead(), request), ElementsAre(b));
  request = {};
  request.set_crisis_only(true);
  EXPECT_THAT(ListNames(Lead(), request), ElementsAre(c));

  request = {};
  *request.mutable_submitted_after() = urgent->submit_time();
  EXPECT_THAT(ListNames(Lead(), request), ElementsAre(b, c));
  *request.mutable_submitted_before() = crisis->submit_time();
  EXPECT_THAT(ListNames(Lead(), request), ElementsAre(b));
  request.set_order(api::REFERRAL_ORDER_NEWEST_FIRST);
  EXPECT_THAT(ListNames(Lead(), request), ElementsAre(b));

  // A referral that moves on leaves its old lists.
  ASSERT_THAT(Ask<api::Referral>(&ReferralIntake::Accept, Lead(), AcceptRequest(*urgent)), IsOk());
  request = {};
  request.set_state(api::REFERRAL_STATE_AWAITING_TRIAGE);
  EXPECT_THAT(ListNames(Lead(), request), ElementsAre(c));
}

TEST_F(ReferralIntakeTest, BrokenListsAreRefused) {
  ASSERT_THAT(Submit(CleanReferral()), IsOk());
  ASSERT_THAT(Submit(OfPerson("9990000026", "Bell")), IsOk());
  const auto list = [&](const api::ListReferralsRequest& request) {
    return Ask<api::ListReferralsResponse>(&ReferralIntake::List, Lead(), request);
  };
  api::ListReferralsRequest request;
  request.set_parent(kParent);
  request.set_page_size(1);
  const auto first = list(request);
  ASSERT_THAT(first, IsOk());
  ASSERT_NE(first->next_page_token(), "");

  auto other_query = request;
  other_query.set_page_token(first->next_page_token());
  other_query.set_crisis_only(true);
  EXPECT_THAT(list(other_query), HasReason("PAGE_TOKEN_INVALID"));
  auto garbage = request;
  garbage.set_page_token("garbage");
  EXPECT_THAT(list(garbage), HasField("page_token"));
  auto negative = request;
  negative.set_page_size(-1);
  EXPECT_THAT(list(negative), HasField("page_size"));
  auto contradiction = request;
  contradiction.set_crisis_only(true);
  contradiction.set_severity(api::FINDING_SEVERITY_INFO);
  EXPECT_THAT(list(contradiction), HasReason("FILTERS_CONTRADICT"));
  auto no_time = request;
  no_time.mutable_submitted_after()->set_nanos(-1);
  EXPECT_THAT(list(no_time), HasField("submitted_after"));
  auto no_parent = request;
  no_parent.set_parent("networks/U12345/referrals");
  EXPECT_THAT(list(no_parent), HasField("parent"));
}

TEST_F(ReferralIntakeTest, PolicyOfTheNetworkDecidesFromTheNextReferralOn) {
  api::GetNetworkPolicyRequest get;
  get.set_name("networks/U12345/policy");
  const auto policy = Ask<api::NetworkPolicy>(&ReferralIntake::GetNetworkPolicy, Lead(), get);
  ASSERT_THAT(policy, IsOk());
  EXPECT_EQ(policy->etag(), "0");
  EXPECT_EQ(policy->minimum_age(), 18);

  api::UpdateNetworkPolicyRequest update;
  *update.mutable_policy() = *policy;
  update.mutable_policy()->set_auto_accept_routine(false);
  update.mutable_update_mask()->add_paths("auto_accept_routine");
  update.set_request_id("policy-1");
  const auto updated = Ask<api::NetworkPolicy>(&ReferralIntake::UpdateNetworkPolicy, Lead(), update);
  ASSERT_THAT(updated, IsOk());
  EXPECT_EQ(updated->etag(), "1");
  const auto waiting = Submit(CleanReferral());
  ASSERT_THAT(waiting, IsOk());
  EXPECT_EQ(waiting->state(), api::REFERRAL_STATE_AWAITING_TRIAGE);

  update.set_request_id("policy-2");
  EXPECT_THAT(Ask<api::NetworkPolicy>(&ReferralIntake::UpdateNetworkPolicy, Lead(), update), HasReason("ETAG_MISMATCH"));
  get.set_name("networks/U12345/policies");
  EXPECT_THAT(Ask<api::NetworkPolicy>(&ReferralIntake::GetNetworkPolicy, Lead(), get), HasField("name"));
}

TEST_F(ReferralIntakeTest, ReferrerSeesWhatBecameOfTheirReferral) {
  const auto submitted = Submit(Practice(), CleanReferral());
  ASSERT_THAT(submitted, IsOk());
  caseload::v1::CaseOpened opened;
  opened.set_referral(submitted->name());
  opened.set_case_(kCase);
  *opened.mutable_time() = ToTimestamp(TestNow());
  caseload::v1::CaseProgressed decided;
  decided.set_referral(submitted->name());
  decided.set_case_(kCase);
  decided.set_stage(caseload::v1::CASE_STAGE_MDT_DECIDED);
  decided.mutable_case_holder()->set_id("nurse");
  decided.mutable_key_worker()->set_id("worker");
  decided.set_action_count(3);
  *decided.mutable_feedback_due_date() = testing::Date(2026, 11, 26);
  caseload::v1::CaseClosed closed;
  closed.set_referral(submitted->name());
  closed.set_case_(kCase);
  closed.set_outcome(caseload::v1::CASE_OUTCOME_GOALS_MET);

  EXPECT_EQ(Deliver(opened, 1).disposition(), splw::delivery::v1::DISPOSITION_APPLIED);
  EXPECT_EQ(Deliver(opened, 1).disposition(), splw::delivery::v1::DISPOSITION_ALREADY_APPLIED);
  EXPECT_EQ(Deliver(decided, 2).disposition(), splw::delivery::v1::DISPOSITION_APPLIED);

  // A referral for somebody who is being supported already names that case.
  const auto second = Submit(CleanReferral());
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->findings(0).code(), api::FINDING_CODE_OPEN_CASE_EXISTS);
  EXPECT_EQ(second->findings(0).related_case(), kCase);

  EXPECT_EQ(Deliver(closed, 3).disposition(), splw::delivery::v1::DISPOSITION_APPLIED);
  const auto now = Get(Practice(), submitted->name());
  ASSERT_THAT(now, IsOk());
  EXPECT_EQ(now->state(), api::REFERRAL_STATE_CLOSED);
  EXPECT_EQ(now->outcome(), api::REFERRAL_OUTCOME_GOALS_MET);
  EXPECT_EQ(now->case_(), kCase);
  EXPECT_EQ(now->correlation_id(), submitted->correlation_id());
  ASSERT_EQ(now->progress_size(), 3);
  EXPECT_EQ(now->progress(1).case_holder().id(), "nurse");
  EXPECT_EQ(now->progress(1).action_count(), 3);
}

TEST_F(ReferralIntakeTest, EventAboutAMissingReferralIsRefused) {
  caseload::v1::CaseOpened opened;
  opened.set_referral("networks/U12345/referrals/01JD0000000000000000000000");
  opened.set_case_(kCase);
  const auto result = Deliver(opened, 1);
  EXPECT_EQ(result.disposition(), splw::delivery::v1::DISPOSITION_REFUSED);
  EXPECT_EQ(result.reason(), "REFERRAL_NOT_FOUND");
  EXPECT_EQ(result.applied_revision(), 0u);
}

TEST_F(ReferralIntakeTest, EventAboutAReferralOfAnotherNetworkIsRefused) {
  caseload::v1::CaseOpened opened;
  opened.set_referral("networks/U99999/referrals/01JD0000000000000000000000");
  EXPECT_EQ(Deliver(opened, 1).disposition(), splw::delivery::v1::DISPOSITION_REFUSED);
}

}  // namespace
}  // namespace splw::referral_intake
