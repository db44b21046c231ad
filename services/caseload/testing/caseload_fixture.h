// The caseload's handlers and events over a real store with real changes, and calls that say what a test does in one line.
#pragma once

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/delivery/changes.h"
#include "common/delivery/outbox.h"
#include "common/ids/random.h"
#include "common/store/memory_store.h"
#include "common/testing/status_matchers.h"
#include "services/caseload/caseload_tables.h"
#include "services/caseload/commands.h"
#include "services/caseload/events.h"
#include "services/caseload/queries.h"
#include "services/caseload/testing/builders.h"

namespace splw::caseload::testkit {

using splw::testing::IsOk;
using ::testing::IsEmpty;

class CaseloadTest : public ::testing::Test {
 protected:
  // Whatever a test did, the store is sound: indexes match records, and so do loads and held places.
  void TearDown() override {
    const auto maybe_position = store_.View({}, [this](store::Snapshot& snapshot) -> absl::Status {
      for (const store::UntypedTable* table : AllTables()) {
        std::vector<store::StoreFault> faults;
        store::ScanCursor cursor;
        do {
          auto maybe_next = table->VerifyPage(snapshot, kNetwork, cursor, 1'000, faults);
          EXPECT_THAT(maybe_next, IsOk());
          cursor = maybe_next.value_or("");
        } while (!cursor.empty());
        EXPECT_THAT(faults, IsEmpty()) << table->name();
      }
      ExpectSumsMatch(snapshot);
      return absl::OkStatus();
    });
    EXPECT_THAT(maybe_position, IsOk());
  }

  void ExpectSumsMatch(store::Snapshot& snapshot) {
    std::map<std::string, std::pair<int, int>> loads;
    std::map<std::string, int> held;
    store::PageRequest all;
    all.size = 1'000;
    const auto cases = Cases().Scan(snapshot, kNetwork, all);
    for (const CaseRecord& record : cases->records) {
      if (record.state() != v1::CASE_STATE_ACTIVE) continue;
      loads[record.link_worker_id()].first += 1;
      loads[record.link_worker_id()].second += record.weight();
    }
    const auto signposts = Signposts().Scan(snapshot, kNetwork, all);
    for (const SignpostRecord& record : signposts->records) {
      if (record.state() == v1::SIGNPOST_STATE_OPEN) held[record.community_service_id()] += 1;
    }
    const auto workers = LinkWorkers().Scan(snapshot, kNetwork, all);
    for (const LinkWorkerRecord& worker : workers->records) {
      EXPECT_EQ(worker.open_cases(), loads[worker.id()].first);
      EXPECT_EQ(worker.weighted_load(), loads[worker.id()].second);
    }
    const auto services = CommunityServices().Scan(snapshot, kNetwork, all);
    for (const CommunityServiceRecord& service : services->records) {
      EXPECT_EQ(service.places_held(), held[service.id()]);
      EXPECT_LE(service.places_held(), service.places_offered());
    }
  }

  rpc::Call Call(const std::string& method, identity::Role role = identity::Role::kLinkWorker) const {
    rpc::Call call;
    call.principal.id = "amina.khan@splw.example";
    call.principal.role = role;
    call.method = method;
    call.network = kNetwork;
    call.correlation_id = "call";
    call.deadline = absl::InfiniteFuture();
    return call;
  }

  std::string RequestId() { return "request-" + std::to_string(++request_ids_); }

  template <typename Event>
  absl::Status Tell(absl::Status (*handler)(delivery::Change&, const Event&), const Event& event,
                    const std::string& correlation_id = "correlation-1") {
    const delivery::Origin origin{"peer", "SERVICE", "", Event::descriptor()->name(), correlation_id};
    return changes_->Run({}, origin, kNetwork, [&](delivery::Change& change) { return handler(change, event); })
        .status();
  }

  // The events that wait for `destination`, of every stream, as text "Type" in order of stream and revision.
  std::vector<std::string> Told(const std::string& destination, const std::string& case_name) {
    std::vector<std::string> types;
    const auto maybe_position = store_.View({}, [&](store::Snapshot& snapshot) -> absl::Status {
      types.clear();
      auto maybe_pending = delivery::ReadPending(snapshot, {kNetwork, destination, case_name}, 1000, 1 << 20);
      EXPECT_THAT(maybe_pending, IsOk());
      for (const auto& envelope : maybe_pending->events) {
        const std::string& url = envelope.payload().type_url();
        std::string type = url.substr(url.rfind('.') + 1);
        v1::CaseProgressed progressed;
        if (envelope.payload().UnpackTo(&progressed)) {
          type = v1::CaseStage_Name(progressed.stage()).substr(sizeof("CASE_STAGE_") - 1);
        }
        types.push_back(std::move(type));
        correlation_ids_.push_back(envelope.correlation_id());
      }
      return absl::OkStatus();
    });
    EXPECT_THAT(maybe_position, IsOk());
    return types;
  }

  std::vector<v1::Case> ListCases(v1::ListCasesRequest request = {},
                                  identity::Role role = identity::Role::kLinkWorker) {
    request.set_parent(NetworkName(kNetwork));
    std::vector<v1::Case> cases;
    do {
      v1::ListCasesResponse response;
      const auto maybe_position = queries_.ListCases(Call("ListCases", role), request, &response);
      EXPECT_THAT(maybe_position, IsOk());
      if (!maybe_position.ok()) return cases;
      for (const v1::Case& one : response.cases()) cases.push_back(one);
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    return cases;
  }

  v1::Case GetCase(const std::string& name) {
    v1::GetCaseRequest request;
    request.set_name(name);
    v1::Case response;
    EXPECT_THAT(queries_.GetCase(Call("GetCase"), request, &response), IsOk());
    return response;
  }

  v1::LinkWorker AddWorker(const std::string& professional_id, double wte = 1.0) {
    v1::CreateLinkWorkerRequest request;
    request.set_parent(NetworkName(kNetwork));
    request.set_request_id(RequestId());
    request.mutable_link_worker()->set_professional_id(professional_id);
    request.mutable_link_worker()->set_display_name("Worker");
    request.mutable_link_worker()->set_wte(wte);
    request.mutable_link_worker()->set_active(true);
    v1::LinkWorker response;
    EXPECT_THAT(commands_.CreateLinkWorker(Call("CreateLinkWorker"), request, &response), IsOk());
    return response;
  }

  v1::LinkWorker GetWorker(const std::string& name) {
    v1::GetLinkWorkerRequest request;
    request.set_name(name);
    v1::LinkWorker response;
    EXPECT_THAT(queries_.GetLinkWorker(Call("GetLinkWorker"), request, &response), IsOk());
    return response;
  }

  v1::CommunityService AddService(int places) {
    v1::CreateCommunityServiceRequest request;
    request.set_parent(NetworkName(kNetwork));
    request.set_request_id(RequestId());
    v1::CommunityService& service = *request.mutable_community_service();
    service.set_display_name("Befrienders");
    service.add_needs(type::v1::NEED_CATEGORY_LONELINESS);
    service.set_agency(type::v1::AGENCY_KIND_VCSE);
    service.set_places_offered(places);
    service.set_accepting(true);
    *service.mutable_capacity_as_of() = Day(2026, 9, 1);
    v1::CommunityService response;
    EXPECT_THAT(commands_.CreateCommunityService(Call("CreateCommunityService"), request, &response), IsOk());
    return response;
  }

  v1::CommunityService GetService(const std::string& name) {
    v1::GetCommunityServiceRequest request;
    request.set_name(name);
    v1::CommunityService response;
    EXPECT_THAT(queries_.GetCommunityService(Call("GetCommunityService"), request, &response), IsOk());
    return response;
  }

  // Opens the case of referral `number` and returns its name.
  std::string OpenCaseFor(int number, std::vector<std::string> person_keys = {}) {
    if (person_keys.empty()) person_keys = {"key-" + std::to_string(number)};
    EXPECT_THAT(Tell(OnReferralAccepted, Accepted(number, std::move(person_keys))), IsOk());
    for (const v1::Case& one : ListCases()) {
      for (const std::string& referral : one.referrals()) {
        if (referral == ReferralName(number)) return one.name();
      }
    }
    ADD_FAILURE() << "no case was opened";
    return "";
  }

  absl::Status Allocate(const std::string& case_name, const std::string& worker = "") {
    v1::AllocateCaseRequest request;
    request.set_name(case_name);
    request.set_etag(GetCase(case_name).etag());
    request.set_link_worker(worker);
    request.set_request_id(RequestId());
    v1::Case response;
    return commands_.AllocateCase(Call("AllocateCase"), request, &response).status();
  }

  absl::StatusOr<v1::Assessment> Assess(const std::string& case_name, v1::RecordAssessmentRequest request = {}) {
    request.set_parent(case_name);
    request.set_etag(GetCase(case_name).etag());
    request.set_what_matters("Seeing people again");
    request.set_request_id(RequestId());
    v1::Assessment response;
    const auto maybe_position = commands_.RecordAssessment(Call("RecordAssessment"), request, &response);
    if (!maybe_position.ok()) return maybe_position.status();
    return response;
  }

  absl::StatusOr<v1::Signpost> Signpost(const std::string& case_name, const std::string& service) {
    v1::SignpostPersonRequest request;
    request.set_parent(case_name);
    request.set_community_service(service);
    request.set_request_id(RequestId());
    v1::Signpost response;
    const auto maybe_position = commands_.SignpostPerson(Call("SignpostPerson"), request, &response);
    if (!maybe_position.ok()) return maybe_position.status();
    return response;
  }

  absl::StatusOr<v1::Nomination> Nominate(const std::string& case_name) {
    v1::NominateForMdtRequest request;
    request.set_parent(case_name);
    request.set_etag(GetCase(case_name).etag());
    request.set_question("Who can help?");
    request.add_agencies_needed(type::v1::AGENCY_KIND_HOUSING);
    request.set_urgency(type::v1::URGENCY_URGENT);
    request.set_request_id(RequestId());
    v1::Nomination response;
    const auto maybe_position = commands_.NominateForMdt(Call("NominateForMdt"), request, &response);
    if (!maybe_position.ok()) return maybe_position.status();
    return response;
  }

  absl::StatusOr<v1::Case> Close(const std::string& case_name, bool acknowledged = false,
                                 v1::CaseOutcome outcome = v1::CASE_OUTCOME_GOALS_MET) {
    v1::CloseCaseRequest request;
    request.set_name(case_name);
    request.set_etag(GetCase(case_name).etag());
    request.set_outcome(outcome);
    request.set_feedback_owed_acknowledged(acknowledged);
    request.set_request_id(RequestId());
    v1::Case response;
    const auto maybe_position = commands_.CloseCase(Call("CloseCase"), request, &response);
    if (!maybe_position.ok()) return maybe_position.status();
    return response;
  }

  static std::string IdOf(const std::string& name) { return name.substr(name.rfind('/') + 1); }

  time::FakeClock clock_{Start()};
  store::MemoryStore store_{clock_};
  ids::SeededRandom random_{1};
  std::unique_ptr<delivery::Changes> changes_ =
      delivery::MakeChanges({store_, random_, "caseload", "life-1", nullptr, nullptr});
  Commands commands_{*changes_};
  Queries queries_{store_};
  int request_ids_ = 0;
  std::vector<std::string> correlation_ids_;  // of all that Told has seen
};

}  // namespace splw::caseload::testkit
