// What the commands send and show, against services that answer as the test says.
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "clients/splwctl/errors.h"
#include "clients/splwctl/testing/fake_service.h"
#include "clients/splwctl/testing/run_program.h"
#include "common/text/failure.h"
#include "services/gateway/fhir/mapping_testing.h"
#include "splw/caseload/v1/caseload_service.pb.h"
#include "splw/mdt/v1/mdt_agenda_service.pb.h"
#include "splw/operations/v1/operations_service.pb.h"
#include "splw/referral/v1/referral_intake_service.pb.h"

namespace splw::ctl {
namespace {

namespace cv1 = caseload::v1;
namespace mv1 = mdt::v1;
namespace ov1 = operations::v1;
namespace rv1 = referral::v1;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class CommandsTest : public ::testing::Test {
 protected:
  CommandsTest() {
    cv1::Case current;
    current.set_name("networks/U12345/cases/C1");
    current.set_etag("7");
    caseload_.On<cv1::GetCaseRequest, cv1::Case>(current);
  }

  // The line in the network U12345.
  Outcome Run(const std::vector<const char*>& line, const std::string& input = "") {
    const std::string intake = intake_.address();
    const std::string mdt = mdt_.address();
    std::vector<const char*> all = {"--network",    "U12345",     "--intake",
                                    intake.c_str(), "--caseload", caseload_address_.c_str(),
                                    "--mdt",        mdt.c_str()};
    all.insert(all.end(), line.begin(), line.end());
    return Ctl(all, input);
  }

  // The only request of this type that was sent.
  template <typename Request>
  static Request Only(const FakeService& service) {
    const std::vector<Request> asked = service.Asked<Request>();
    EXPECT_THAT(asked, SizeIs(1)) << Request::descriptor()->name();
    return asked.empty() ? Request() : asked.front();
  }

  FakeService intake_, caseload_, mdt_;
  std::string caseload_address_ = caseload_.address();
};

TEST_F(CommandsTest, AFlagGoesOnTopOfTheJson) {
  caseload_.On<cv1::AllocateCaseRequest, cv1::Case>(cv1::Case());
  const Outcome outcome =
      Run({"case", "allocate", "C1", "--json", "-", "--worker", "W2"},
          R"({"linkWorker": "networks/U12345/linkWorkers/W1", "overrideReasonCode": "LEAD_DECIDED"})");
  ASSERT_EQ(outcome.status, kExitDone) << outcome.err;
  const auto sent = Only<cv1::AllocateCaseRequest>(caseload_);
  EXPECT_EQ(sent.name(), "networks/U12345/cases/C1");
  EXPECT_EQ(sent.etag(), "7");
  EXPECT_EQ(sent.link_worker(), "networks/U12345/linkWorkers/W2");
  EXPECT_EQ(sent.override_reason_code(), "LEAD_DECIDED");
}

TEST_F(CommandsTest, AFlagThatIsNotGivenLeavesWhatTheJsonSays) {
  caseload_.On<cv1::CloseCaseRequest, cv1::Case>(cv1::Case());
  caseload_.On<cv1::SignpostPersonRequest, cv1::Signpost>(cv1::Signpost());
  Outcome outcome = Run({"case", "close", "C1", "--json", "-"},
                        R"({"outcome": "CASE_OUTCOME_GOALS_MET", "feedbackOwedAcknowledged": true, "etag": "6"})");
  ASSERT_EQ(outcome.status, kExitDone) << outcome.err;
  const auto close = Only<cv1::CloseCaseRequest>(caseload_);
  EXPECT_EQ(close.outcome(), cv1::CASE_OUTCOME_GOALS_MET);
  EXPECT_TRUE(close.feedback_owed_acknowledged());
  EXPECT_EQ(close.etag(), "6");

  outcome =
      Run({"case", "signpost", "C1", "--json", "-"},
          R"({"communityService": "networks/U12345/communityServices/S1", "overrideReasonCode": "ASKED_FOR_IT"})");
  ASSERT_EQ(outcome.status, kExitDone) << outcome.err;
  const auto signpost = Only<cv1::SignpostPersonRequest>(caseload_);
  EXPECT_EQ(signpost.community_service(), "networks/U12345/communityServices/S1");
  EXPECT_EQ(signpost.override_reason_code(), "ASKED_FOR_IT");
}

TEST_F(CommandsTest, WhatNeitherJsonNorFlagSaysIsAskedForBeforeAnythingIsSent) {
  EXPECT_THAT(Run({"case", "close", "C1"}).err, HasSubstr("--outcome"));
  EXPECT_EQ(Run({"case", "close", "C1", "--json", "-"}, "{}").status, kExitUsage);
  EXPECT_EQ(Run({"case", "signpost", "C1", "--json", "-"}, "{}").status, kExitUsage);
  EXPECT_THAT(caseload_.Asked<cv1::GetCaseRequest>(), SizeIs(0));
}

TEST_F(CommandsTest, AByteOrderMarkOfAnEditorIsPassedOver) {
  caseload_.On<cv1::CloseCaseRequest, cv1::Case>(cv1::Case());
  const Outcome outcome = Run({"case", "close", "C1", "--etag", "1", "--json", "-"},
                              "\xEF\xBB\xBF{\"outcome\": \"CASE_OUTCOME_GOALS_MET\"}");
  EXPECT_EQ(outcome.status, kExitDone) << outcome.err;
  EXPECT_EQ(Only<cv1::CloseCaseRequest>(caseload_).outcome(), cv1::CASE_OUTCOME_GOALS_MET);
}

TEST_F(CommandsTest, AnOptionThatMayBeRepeatedTakesOneValueEachTime) {
  caseload_.On<cv1::NominateForMdtRequest, cv1::Nomination>(cv1::Nomination());
  caseload_.On<cv1::UpdatePlanRequest, cv1::Case>(cv1::Case());
  Outcome outcome = Run({"case", "nominate", "--agency-needed", "housing", "C1", "--question", "Where next?",
                         "--agency-needed", "social-care"});
  ASSERT_EQ(outcome.status, kExitDone) << outcome.err;
  const auto nomination = Only<cv1::NominateForMdtRequest>(caseload_);
  EXPECT_EQ(nomination.parent(), "networks/U12345/cases/C1");
  EXPECT_THAT(nomination.agencies_needed(),
              ElementsAre(type::v1::AGENCY_KIND_HOUSING, type::v1::AGENCY_KIND_SOCIAL_CARE));

  outcome = Run({"case", "plan", "--goal", "[x, y]", "C1", "--what-matters", "The dog"});
  ASSERT_EQ(outcome.status, kExitDone) << outcome.err;
  const auto plan = Only<cv1::UpdatePlanRequest>(caseload_).plan();
  ASSERT_EQ(plan.goals_size(), 1);
  EXPECT_EQ(plan.goals(0).text(), "[x, y]");
}

TEST_F(CommandsTest, AProxyOfTheEnvironmentIsNotAskedForTheServices) {
  caseload_.On<cv1::ListCasesRequest, cv1::ListCasesResponse>(cv1::ListCasesResponse());
  const char* const variables[] = {"grpc_proxy", "https_proxy", "http_proxy"};
  for (const char* variable : variables) ::setenv(variable, "http://127.0.0.1:1", 1);
  const Outcome outcome = Run({"case", "list"});
  for (const char* variable : variables) ::unsetenv(variable);
  EXPECT_EQ(outcome.status, kExitDone) << outcome.err;
}

// Of three requests the second is revoked.
std::string CollectionWithOneRevoked() {
  nlohmann::json bundle = fhir::SampleMessage();
  bundle["type"] = "collection";
  bundle["entry"].erase(0);
  nlohmann::json second = fhir::SampleRequest();
  second["status"] = "revoked";
  bundle["entry"].push_back(fhir::Entry("urn:uuid:8", second));
  nlohmann::json third = fhir::SampleRequest();
  third["priority"] = "urgent";
  bundle["entry"].push_back(fhir::Entry("urn:uuid:9", third));
  return bundle.dump();
}

TEST_F(CommandsTest, ADocumentOfWhichAPartWasRefusedIsNotDone) {
  intake_.On<rv1::SubmitReferralRequest, rv1::Referral>(rv1::Referral());
  const Outcome outcome = Run({"referral", "submit", "--fhir", "-"}, CollectionWithOneRevoked());
  EXPECT_EQ(outcome.status, kExitRefused);
  EXPECT_THAT(intake_.Asked<rv1::SubmitReferralRequest>(), SizeIs(2));
  EXPECT_THAT(outcome.err, HasSubstr("2 sent, but not all of the document"));
  EXPECT_THAT(outcome.err, HasSubstr("refused: Bundle.entry[5].resource.status [FHIR_PARTLY_MAPPED]"));
}

TEST_F(CommandsTest, AReferralThatTheServiceRefusesDoesNotHoldUpTheNext) {
  intake_.On<rv1::SubmitReferralRequest, rv1::Referral>(
      [](const rv1::SubmitReferralRequest& request) -> absl::StatusOr<rv1::Referral> {
        if (request.referral().urgency() == type::v1::URGENCY_URGENT) return rv1::Referral();
        return text::InvalidField("referral.person.name", "REQUIRED", "give a name");
      });
  const Outcome outcome = Run({"referral", "submit", "--fhir", "-"}, CollectionWithOneRevoked());
  EXPECT_EQ(outcome.status, kExitRefused);
  EXPECT_THAT(intake_.Asked<rv1::SubmitReferralRequest>(), SizeIs(2));
  EXPECT_THAT(outcome.err, HasSubstr("referral.person.name"));
  EXPECT_THAT(outcome.err, HasSubstr("refused: Bundle.entry[5].resource.status, referral 1 of 2"));
}

TEST_F(CommandsTest, AnUnknownOutcomeIsSentAgainWithTheSameId) {
  int calls = 0;
  caseload_.On<cv1::CloseCaseRequest, cv1::Case>([&](const cv1::CloseCaseRequest&) -> absl::StatusOr<cv1::Case> {
    if (++calls == 1) return text::Failure(absl::StatusCode::kUnknown, "UNKNOWN", "whether this was done is not known");
    return cv1::Case();
  });
  const Outcome outcome = Run({"--wait", "10s", "case", "close", "C1", "--outcome", "goals-met"});
  EXPECT_EQ(outcome.status, kExitDone) << outcome.err;
  const auto asked = caseload_.Asked<cv1::CloseCaseRequest>();
  ASSERT_THAT(asked, SizeIs(2));
  EXPECT_EQ(asked[0].SerializeAsString(), asked[1].SerializeAsString());
  EXPECT_NE(asked[0].request_id(), "");
}

TEST_F(CommandsTest, AChangeThatStandsIsSaidWhereItCannotBeReadAfterwards) {
  int reads = 0;
  mdt_.On<mv1::GetMeetingRequest, mv1::Meeting>([&](const mv1::GetMeetingRequest&) -> absl::StatusOr<mv1::Meeting> {
    if (++reads > 1) return absl::UnavailableError("gone");
    return mv1::Meeting();
  });
  mdt_.On<mv1::BuildAgendaRequest, mv1::Meeting>(mv1::Meeting());
  const Outcome outcome = Run({"meeting", "build", "2026-11-26", "--team", "calderwick"});
  EXPECT_EQ(outcome.status, kExitUnavailable);
  EXPECT_THAT(outcome.err, HasSubstr("the agenda is built; reading it afterwards failed"));
}

TEST_F(CommandsTest, WithOneServiceDownTheOthersAreShownAndTheErrorNamesIt) {
  ov1::ListOutboxStreamsResponse waiting;
  waiting.add_streams()->set_stream("networks/U12345/referrals/R1");
  waiting.mutable_streams(0)->set_parked_message("the event type is not known here");
  intake_.On<ov1::ListOutboxStreamsRequest, ov1::ListOutboxStreamsResponse>(waiting);
  mdt_.On<ov1::ListOutboxStreamsRequest, ov1::ListOutboxStreamsResponse>(ov1::ListOutboxStreamsResponse());
  caseload_address_ = "127.0.0.1:1";  // nothing listens there
  Outcome outcome = Run({"outbox", "list"});
  EXPECT_EQ(outcome.status, kExitUnavailable);
  EXPECT_THAT(outcome.out, HasSubstr("networks/U12345/referrals/R1"));
  EXPECT_THAT(outcome.out, HasSubstr("the event type is not known here"));
  EXPECT_THAT(outcome.err, HasSubstr("no answer: caseload at 127.0.0.1:1: "));

  outcome = Run({"--output", "json", "outbox", "list"});
  EXPECT_EQ(outcome.status, kExitUnavailable);
  EXPECT_THAT(nlohmann::json::parse(outcome.out, nullptr, false), SizeIs(1)) << outcome.out;
}

TEST_F(CommandsTest, AFaultFoundOutweighsAServiceThatIsDown) {
  ov1::VerifyStoreResponse walked;
  walked.set_done(true);
  walked.set_fault_count(1);
  walked.add_faults()->set_kind("INDEX_ENTRY_STRAY");
  intake_.On<ov1::VerifyStoreRequest, ov1::VerifyStoreResponse>(walked);
  walked = ov1::VerifyStoreResponse();
  walked.set_done(true);
  mdt_.On<ov1::VerifyStoreRequest, ov1::VerifyStoreResponse>(walked);
  caseload_address_ = "127.0.0.1:1";
  const Outcome outcome = Run({"store", "verify"});
  EXPECT_EQ(outcome.status, kExitFaultsFound);
  EXPECT_THAT(outcome.out, HasSubstr("INDEX_ENTRY_STRAY"));
  EXPECT_THAT(outcome.out, HasSubstr("mdt-agenda: 0 records"));
  EXPECT_THAT(outcome.err, HasSubstr("no answer: caseload at 127.0.0.1:1: "));
}

TEST_F(CommandsTest, TheSameReferralTwiceIsTheSameRequest) {
  intake_.On<rv1::SubmitReferralRequest, rv1::Referral>(rv1::Referral());
  nlohmann::json mended = nlohmann::json::parse(CollectionWithOneRevoked());
  mended["entry"][5]["resource"]["status"] = "active";
  mended["entry"][5]["resource"]["priority"] = "urgent";
  mended["entry"][5]["resource"]["identifier"] = {{{"system", "https://example.org"}, {"value", "2"}}};
  Run({"referral", "submit", "--fhir", "-"}, CollectionWithOneRevoked());
  Run({"referral", "submit", "--fhir", "-"}, mended.dump());
  const auto asked = intake_.Asked<rv1::SubmitReferralRequest>();
  ASSERT_THAT(asked, SizeIs(5));
  EXPECT_EQ(asked[2].request_id(), asked[0].request_id()) << "sent the first time";
  EXPECT_EQ(asked[4].request_id(), asked[1].request_id()) << "sent the first time";
  EXPECT_NE(asked[3].request_id(), asked[1].request_id()) << "mended";
  EXPECT_NE(asked[1].request_id(), asked[0].request_id());
}

TEST_F(CommandsTest, AGivenRequestIdIsToldApartByThePlaceInTheDocument) {
  intake_.On<rv1::SubmitReferralRequest, rv1::Referral>(rv1::Referral());
  Run({"--request-id", "B7", "referral", "submit", "--fhir", "-"}, CollectionWithOneRevoked());
  const auto asked = intake_.Asked<rv1::SubmitReferralRequest>();
  ASSERT_THAT(asked, SizeIs(2));
  EXPECT_EQ(asked[0].request_id(), "B7");
  EXPECT_EQ(asked[1].request_id(), "B7-2");
  const std::string too_long(64, 'x');
  EXPECT_EQ(
      Run({"--request-id", too_long.c_str(), "referral", "submit", "--fhir", "-"}, CollectionWithOneRevoked()).status,
      kExitUsage);
  EXPECT_THAT(intake_.Asked<rv1::SubmitReferralRequest>(), SizeIs(2)) << "nothing was sent";
}

// A line for each verb but those of the sample week; "{}" is on the input.
const std::vector<std::vector<const char*>>& EveryVerb() {
  static const std::vector<std::vector<const char*>> lines = {
      {"referral", "submit", "--json", "-"},
      {"referral", "check", "--json", "-"},
      {"referral", "list"},
      {"referral", "show", "R1"},
      {"referral", "accept", "R1"},
      {"referral", "return", "R1", "--reason", "outside-remit", "--advice", "Ask the falls clinic"},
      {"referral", "withdraw", "R1", "--reason", "no-longer-needed"},
      {"referral", "acknowledge-crisis", "R1", "--urgent-advice-given", "--by", "Dr Marsh"},
      {"referral", "watch"},
      {"policy", "show"},
      {"policy", "update", "--json", "-"},
      {"case", "list"},
      {"case", "show", "C1"},
      {"case", "contacts", "C1"},
      {"case", "assessments", "C1"},
      {"case", "allocate", "C1"},
      {"case", "contact", "C1", "--mode", "phone", "--outcome", "met"},
      {"case", "assess", "C1", "--satisfied", "3"},
      {"case", "plan", "C1", "--goal", "The sea"},
      {"case", "signpost", "C1", "--service", "S1"},
      {"case", "nominate", "C1", "--question", "Where next?"},
      {"case", "close", "C1", "--outcome", "goals-met"},
      {"case", "watch"},
      {"signpost", "list", "--case", "C1"},
      {"signpost", "outcome", "cases/C1/signposts/P1", "--outcome", "attended"},
      {"nomination", "list"},
      {"nomination", "show", "cases/C1/nominations/N1"},
      {"nomination", "withdraw", "cases/C1/nominations/N1", "--reason", "PERSON_DECLINED"},
      {"nomination", "watch"},
      {"worker", "create", "--json", "-"},
      {"worker", "update", "W1", "--json", "-"},
      {"worker", "list"},
      {"worker", "show", "W1"},
      {"worker", "watch"},
      {"service", "create", "--json", "-"},
      {"service", "update", "S1", "--json", "-"},
      {"service", "list"},
      {"service", "show", "S1"},
      {"service", "watch"},
      {"mdt", "create", "--json", "-"},
      {"mdt", "update", "M1", "--json", "-"},
      {"mdt", "list"},
      {"mdt", "show", "M1"},
      {"mdt", "watch"},
      {"meeting", "list"},
      {"meeting", "waiting"},
      {"meeting", "show", "2026-11-26", "--team", "M1"},
      {"meeting", "build", "2026-11-26", "--team", "M1"},
      {"meeting", "agenda", "2026-11-26", "--team", "M1"},
      {"meeting", "publish", "2026-11-26", "--team", "M1"},
      {"meeting", "start", "2026-11-26", "--team", "M1"},
      {"meeting", "attend", "2026-11-26", "--team", "M1", "--present", "ruth|Dr Ruth Okonjo|PRIMARY_CARE"},
      {"meeting", "decide", "2026-11-26", "--team", "M1", "--item", "1", "--outcome", "plan-agreed"},
      {"meeting", "feedback", "2026-11-26", "--team", "M1", "--item", "1", "--summary", "Well"},
      {"meeting", "close", "2026-11-26", "--team", "M1"},
      {"meeting", "cancel", "2026-11-26", "--team", "M1", "--reason", "HOLIDAY"},
      {"meeting", "minutes", "2026-11-26", "--team", "M1"},
      {"meeting", "watch"},
      {"action", "list"},
      {"action", "watch"},
      {"outbox", "list"},
      {"outbox", "retry", "--service", "caseload", "--to", "mdt-agenda", "--stream", "networks/U12345/cases/C1"},
      {"outbox", "skip", "--service", "caseload", "--to", "mdt-agenda", "--stream", "networks/U12345/cases/C1",
       "--reason", "AGREED"},
      {"audit", "list", "--service", "caseload"},
      {"store", "verify"},
  };
  return lines;
}

// The services with an answer to everything.
class VerbsTest : public CommandsTest {
 protected:
  VerbsTest() {
    for (FakeService* service : {&intake_, &caseload_, &mdt_}) {
      service->AnswerEverything();
      ov1::VerifyStoreResponse walked;
      walked.set_done(true);
      service->On<ov1::VerifyStoreRequest, ov1::VerifyStoreResponse>(walked);
    }
    mv1::ListAgendaItemsResponse items;
    items.add_agenda_items()->set_position(1);
    mdt_.On<mv1::ListAgendaItemsRequest, mv1::ListAgendaItemsResponse>(items);
  }
};

TEST_F(VerbsTest, JsonIsOneDocument) {
  for (std::vector<const char*> line : EveryVerb()) {
    line.insert(line.begin(), {"--output", "json"});
    const Outcome outcome = Run(line, "{}");
    EXPECT_EQ(outcome.status, kExitDone) << line[2] << " " << line[3] << ": " << outcome.err;
    EXPECT_TRUE(nlohmann::json::accept(outcome.out)) << line[2] << " " << line[3] << ": " << outcome.out;
  }
}

TEST_F(VerbsTest, WhatTheServicesOfferCanBeAskedFor) {
  for (const std::vector<const char*>& line : EveryVerb()) {
    const Outcome outcome = Run(line, "{}");
    EXPECT_EQ(outcome.status, kExitDone) << line[0] << " " << line[1] << ": " << outcome.err;
  }
  std::set<std::string> called;
  for (const FakeService* service : {&intake_, &caseload_, &mdt_}) called.merge(service->Called());
  std::set<std::string> missing;
  for (const auto* file :
       {cv1::GetCaseRequest::descriptor()->file(), mv1::GetMdtRequest::descriptor()->file(),
        rv1::GetReferralRequest::descriptor()->file(), ov1::VerifyStoreRequest::descriptor()->file()}) {
    const auto& service = *file->service(0);
    for (int i = 0; i < service.method_count(); ++i) {
      const std::string path = "/" + service.full_name() + "/" + service.method(i)->name();
      if (called.count(path) == 0) missing.insert(path);
    }
  }
  EXPECT_THAT(missing, ElementsAre(
                           // Their lists show the whole record.
                           "/splw.caseload.v1.CaseloadService/GetAssessment",
                           "/splw.caseload.v1.CaseloadService/GetContact", "/splw.mdt.v1.MdtAgendaService/GetAction",
                           "/splw.mdt.v1.MdtAgendaService/GetAgendaItem", "/splw.mdt.v1.MdtAgendaService/GetNomination",
                           // `nomination watch` shows them as the caseload knows them.
                           "/splw.mdt.v1.MdtAgendaService/WatchNominations"));
}

TEST_F(VerbsTest, AnItemThatTheMeetingDoesNotHaveIsNotFound) {
  const Outcome outcome =
      Run({"meeting", "decide", "2026-11-26", "--team", "M1", "--item", "9", "--outcome", "plan-agreed"});
  EXPECT_EQ(outcome.status, kExitNotFound);
  EXPECT_THAT(outcome.err, HasSubstr("--item"));
}

TEST_F(CommandsTest, AnOutputThatCannotBeWrittenIsNoDefectAndWhatWasDoneIsDone) {
  caseload_.On<cv1::CloseCaseRequest, cv1::Case>(cv1::Case());
  std::istringstream in;
  std::ostream out(nullptr);  // takes nothing, as a full disk
  std::ostringstream err;
  const char* const line[] = {"splwctl", "--network", "U12345", "--caseload", caseload_address_.c_str(),
                              "case",    "close",     "C1",     "--outcome",  "goals-met"};
  EXPECT_EQ(RunProgram(static_cast<int>(std::size(line)), line, in, out, err, false, false), kExitOutput);
  EXPECT_THAT(err.str(), HasSubstr("done, but the output could not be written"));
  EXPECT_THAT(caseload_.Asked<cv1::CloseCaseRequest>(), SizeIs(1));
}

TEST_F(CommandsTest, WordsAboutAPersonNeedNotStandOnTheCommandLine) {
  caseload_.On<cv1::RecordContactRequest, cv1::Contact>(cv1::Contact());
  const std::vector<const char*> line = {"case", "contact", "C1", "--mode", "phone", "--outcome", "met", "--note", "-"};
  EXPECT_EQ(Run(line, "Her sister moved in.\nShe is glad.\n").status, kExitDone);
  EXPECT_EQ(Only<cv1::RecordContactRequest>(caseload_).note(), "Her sister moved in.\nShe is glad.");
  EXPECT_EQ(Run({"case", "contact", "C1", "--note", "@/nowhere/note"}).status, kExitUsage);
}

TEST_F(CommandsTest, ALinkWorkerReadsWhatWasNoted) {
  cv1::ListContactsResponse contacts;
  contacts.add_contacts()->set_note(
      "Her daughter brings the shopping on Fridays, and she would like to come to the allotment.");
  caseload_.On<cv1::ListContactsRequest, cv1::ListContactsResponse>(contacts);
  const Outcome outcome = Run({"case", "contacts", "C1"});
  EXPECT_EQ(outcome.status, kExitDone) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("brings the shopping on Fridays"));
  EXPECT_THAT(outcome.out, HasSubstr("allotment."));
}

TEST_F(CommandsTest, ACoordinatorSeesWhoWaitsAndWhy) {
  mv1::ListNominationsResponse waiting;
  mv1::Nomination& nomination = *waiting.add_nominations();
  nomination.mutable_person()->set_display_name("Okafor, Grace");
  nomination.set_question("Is home still safe?");
  nomination.set_waiting_reason("NO_TIME_LEFT");
  mdt_.On<mv1::ListNominationsRequest, mv1::ListNominationsResponse>(waiting);
  const Outcome outcome = Run({"meeting", "waiting"});
  EXPECT_EQ(outcome.status, kExitDone) << outcome.err;
  for (const char* part : {"Okafor, Grace", "Is home still safe?", "NO_TIME_LEFT"}) {
    EXPECT_THAT(outcome.out, HasSubstr(part));
  }
  EXPECT_EQ(Only<mv1::ListNominationsRequest>(mdt_).state(), mv1::NOMINATION_STATE_WAITING);
}

TEST_F(CommandsTest, LinkWorkersAreShownByTheirNames) {
  cv1::ListLinkWorkersResponse workers;
  workers.add_link_workers()->set_name("networks/U12345/linkWorkers/W1");
  workers.mutable_link_workers(0)->set_display_name("Amina Khan");
  caseload_.On<cv1::ListLinkWorkersRequest, cv1::ListLinkWorkersResponse>(workers);
  cv1::ListCasesResponse cases;
  cases.add_cases()->set_link_worker("networks/U12345/linkWorkers/W1");
  cases.add_cases()->set_link_worker("networks/U12345/linkWorkers/W2");
  caseload_.On<cv1::ListCasesRequest, cv1::ListCasesResponse>(cases);
  caseload_.On<cv1::AllocateCaseRequest, cv1::Case>(cases.cases(0));
  const Outcome list = Run({"case", "list"});
  EXPECT_THAT(list.out, HasSubstr("Amina Khan"));
  EXPECT_THAT(list.out, HasSubstr("W2")) << "not known by name";
  EXPECT_THAT(Run({"case", "allocate", "C1"}).out, HasSubstr("allocated to Amina Khan"));
}

TEST_F(CommandsTest, JsonSaysWhoseItIsAndLeavesNothingOut) {
  ov1::ListOutboxStreamsResponse waiting;
  waiting.add_streams()->set_stream("networks/U12345/referrals/R1");
  intake_.On<ov1::ListOutboxStreamsRequest, ov1::ListOutboxStreamsResponse>(waiting);
  const auto streams =
      nlohmann::json::parse(Run({"--output", "json", "outbox", "list", "--service", "referral-intake"}).out);
  EXPECT_EQ(streams[0]["service"], "referral-intake");
  EXPECT_EQ(streams[0]["stream"], "networks/U12345/referrals/R1");
  EXPECT_EQ(streams[0]["parkedReason"], "");

  mdt_.AnswerEverything();
  mv1::ListAgendaItemsResponse items;
  items.add_agenda_items()->set_position(1);
  mdt_.On<mv1::ListAgendaItemsRequest, mv1::ListAgendaItemsResponse>(items);
  const auto papers =
      nlohmann::json::parse(Run({"--output", "json", "meeting", "agenda", "2026-11-26", "--team", "M1"}).out);
  EXPECT_EQ(papers["items"][0]["position"], 1);
  EXPECT_EQ(papers["meeting"]["quorumMet"], false);
  EXPECT_TRUE(papers["team"].contains("members"));
}

TEST_F(CommandsTest, JsonOfADocumentHoldsItsReferralsAndItsIssues) {
  intake_.On<rv1::SubmitReferralRequest, rv1::Referral>(rv1::Referral());
  auto answer = nlohmann::json::parse(
      Run({"--output", "json", "referral", "submit", "--fhir", "-"}, CollectionWithOneRevoked()).out);
  EXPECT_THAT(answer["referrals"], SizeIs(2));
  EXPECT_EQ(answer["issues"][0]["severity"], "error");
  EXPECT_EQ(answer["issues"][0]["location"], "Bundle.entry[5].resource.status");

  answer = nlohmann::json::parse(Run({"--output", "json", "referral", "submit", "--fhir", "-"}, "{}").out);
  EXPECT_THAT(answer["referrals"], SizeIs(0));
  EXPECT_EQ(answer["issues"][0]["code"], "resource-type");
}

TEST_F(CommandsTest, AListThatBreaksOffLeavesNoHalfOfIt) {
  caseload_.On<cv1::ListCasesRequest, cv1::ListCasesResponse>(
      [](const cv1::ListCasesRequest& request) -> absl::StatusOr<cv1::ListCasesResponse> {
        if (!request.page_token().empty()) return absl::UnavailableError("gone");
        cv1::ListCasesResponse first;
        first.add_cases();
        first.set_next_page_token("more");
        return first;
      });
  const Outcome outcome = Run({"--output", "json", "case", "list"});
  EXPECT_EQ(outcome.status, kExitUnavailable);
  EXPECT_EQ(outcome.out, "");
}

TEST_F(CommandsTest, AWatchIsOneObjectALine) {
  cv1::WatchCasesResponse change;
  change.mutable_case_()->set_name("networks/U12345/cases/C1");
  caseload_.OnStream<cv1::WatchCasesRequest, cv1::WatchCasesResponse>(
      [&](const cv1::WatchCasesRequest&) -> std::pair<std::vector<cv1::WatchCasesResponse>, absl::Status> {
        return {{change, change}, absl::OkStatus()};
      });
  std::istringstream lines(Run({"--output", "json", "case", "watch"}).out);
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) EXPECT_TRUE(nlohmann::json::accept(line)) << line;
  EXPECT_EQ(count, 2);
}

}  // namespace
}  // namespace splw::ctl
