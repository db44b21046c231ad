// The handlers on a store in memory, with the real changes, outbox and inbox: everything but gRPC.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "common/delivery/changes.h"
#include "common/delivery/delivery_tables.h"
#include "common/delivery/outbox.h"
#include "common/store/memory_store.h"
#include "common/testing/status_matchers.h"
#include "services/referral_intake/names.h"
#include "services/referral_intake/referral_intake.h"
#include "services/referral_intake/referral_tables.h"
#include "services/referral_intake/testing/builders.h"
#include "splw/caseload/v1/case_events.pb.h"
#include "splw/referral/v1/referral_events.pb.h"

namespace splw::referral_intake::testing {

inline constexpr char kCase[] = "networks/U12345/cases/01JD0000000000000000000000";

class IntakeFixture : public ::testing::Test {
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
    request.set_referrer_informed("Nurse Sample, Mill Lane Surgery");
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
  absl::StatusOr<Response> Ask(absl::StatusOr<store::Position> (ReferralIntake::*handler)(const rpc::Call&,
                                                                                          const Request&, Response*),
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
      EXPECT_THAT(maybe, ::splw::testing::IsOk());
      if (!maybe.ok()) break;
      for (const auto& referral : maybe->referrals()) names.push_back(referral.name());
      request.set_page_token(maybe->next_page_token());
    } while (!request.page_token().empty());
    return names;
  }

  // The events that wait for the caseload about this referral.
  std::vector<splw::delivery::v1::Envelope> Outbox(const std::string& referral) {
    std::vector<splw::delivery::v1::Envelope> events;
    EXPECT_THAT(
        store_.View({},
                    [&](store::Snapshot& snapshot) -> absl::Status {
                      auto pending = delivery::ReadPending(snapshot, {kNetwork, "caseload", referral}, 100, 1 << 20);
                      if (pending.ok()) events = pending->events;
                      return absl::OkStatus();
                    }),
        ::splw::testing::IsOk());
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
    EXPECT_THAT(inbox_.Deliver({}, request, &response), ::splw::testing::IsOk());
    return response.results_size() == 1 ? response.results(0) : splw::delivery::v1::DeliveryResult();
  }

  // After every test: no index entry without its record, no record without its entries.
  void TearDown() override {
    std::vector<store::StoreFault> faults;
    EXPECT_THAT(
        store_.View({},
                    [&](store::Snapshot& snapshot) -> absl::Status {
                      for (const store::UntypedTable* table : {static_cast<const store::UntypedTable*>(&Referrals()),
                                                               static_cast<const store::UntypedTable*>(&Policies())}) {
                        EXPECT_THAT(table->VerifyPage(snapshot, kNetwork, "", 1000, faults), ::splw::testing::IsOk());
                      }
                      return absl::OkStatus();
                    }),
        ::splw::testing::IsOk());
    EXPECT_EQ(faults.size(), 0u);
  }

  IntakeFixture() { intake_.RegisterEvents(inbox_); }

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

inline api::Referral UrgentReferral() {
  api::Referral referral = CleanReferral();
  referral.set_urgency(type::URGENCY_URGENT);
  return referral;
}
inline api::Referral CrisisReferral() {
  api::Referral referral = CleanReferral();
  referral.mutable_crisis_answers()->set_suicidal_thoughts(type::CRISIS_ANSWER_UNSURE);
  return referral;
}
inline api::Referral OfPerson(const std::string& nhs_number, const std::string& family) {
  api::Referral referral = CleanReferral();
  referral.mutable_person()->mutable_nhs_number()->set_value(nhs_number);
  referral.mutable_person()->mutable_name()->set_family(family);
  return referral;
}

}  // namespace splw::referral_intake::testing
