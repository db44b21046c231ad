// Every RPC by every role, over the wire, against the policy tables; other networks; nobody at all; and no
// personal data in what operators read.
#include <algorithm>
#include <map>

#include <absl/strings/str_cat.h>
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include "common/rpc/admission.h"
#include "common/rpc/channel.h"
#include "common/testing/status_matchers.h"
#include "services/caseload/policy.h"
#include "services/mdt_agenda/policy.h"
#include "services/referral_intake/policy.h"
#include "tests/journey/world.h"

namespace splw::journey {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using testing::IsOk;

struct ServiceUnderTest {
  const char* process;
  const char* service;
  std::vector<identity::PolicyRow> rows;
};

std::vector<ServiceUnderTest> ServicesUnderTest() {
  return {{testing::kReferralIntake, "splw.referral.v1.ReferralIntakeService", referral_intake::PolicyRows()},
          {testing::kCaseload, "splw.caseload.v1.CaseloadService", caseload::CaseloadPolicy()},
          {testing::kMdtAgenda, "splw.mdt.v1.MdtAgendaService", mdt_agenda::MdtAgendaPolicy()}};
}

// A request that names a network and nothing that exists.
std::unique_ptr<Message> RequestIn(const google::protobuf::MethodDescriptor& method, const std::string& network) {
  std::unique_ptr<Message> request(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(method.input_type())->New());
  const std::string name = absl::StrCat("networks/", network, "/nothings/00000000000000000000000000");
  const auto set = [&](Message& message) {
    for (const char* field_name : {"parent", "name"}) {
      const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(field_name);
      if (field == nullptr || field->type() != FieldDescriptor::TYPE_STRING) continue;
      const bool parent = std::string_view(field_name) == "parent";
      message.GetReflection()->SetString(&message, field, parent ? absl::StrCat("networks/", network) : name);
      return true;
    }
    return false;
  };
  if (set(*request)) return request;
  for (int i = 0; i < request->GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = request->GetDescriptor()->field(i);
    if (field->type() == FieldDescriptor::TYPE_MESSAGE && !field->is_repeated() &&
        set(*request->GetReflection()->MutableMessage(request.get(), field))) {
      return request;
    }
  }
  return request;
}

// One call of any method, to its first answer or its end. A stream that opens counts as OK.
grpc::StatusCode CallByName(const std::string& address, const std::string& method, const Message& request,
                            const Caller& caller) {
  grpc::GenericStub stub(
      grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), rpc::ClientArguments()));
  grpc::CompletionQueue queue;
  grpc::ClientContext context;
  caller.Introduce(context, absl::Seconds(10));
  grpc::Slice slice(request.SerializeAsString());
  grpc::ByteBuffer message(&slice, 1);
  grpc::ByteBuffer answer;
  grpc::Status status;
  void* tag = nullptr;
  bool ok = false;
  auto stream = stub.PrepareCall(&context, "/" + method, &queue);
  stream->StartCall(reinterpret_cast<void*>(1));
  queue.Next(&tag, &ok);
  stream->WriteLast(message, grpc::WriteOptions(), reinterpret_cast<void*>(2));
  queue.Next(&tag, &ok);
  // A watch that opens answers with headers and then waits for changes; a refusal has none of its own.
  if (method.find("/Watch") != std::string::npos) {
    stream->ReadInitialMetadata(reinterpret_cast<void*>(3));
    queue.Next(&tag, &ok);
    const bool opened = context.GetServerInitialMetadata().count(rpc::kCorrelationIdKey) > 0;
    if (opened) context.TryCancel();
    stream->Finish(&status, reinterpret_cast<void*>(4));
    queue.Next(&tag, &ok);
    return opened ? grpc::StatusCode::OK : status.error_code();
  }
  stream->Read(&answer, reinterpret_cast<void*>(3));
  queue.Next(&tag, &ok);
  stream->Finish(&status, reinterpret_cast<void*>(4));
  queue.Next(&tag, &ok);
  return status.error_code();
}

class Access : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = new testing::Suite();
    ASSERT_THAT(suite_->StartAll(), IsOk());
  }
  static void TearDownTestSuite() {
    delete suite_;
    suite_ = nullptr;
  }
  static testing::Suite* suite_;
};
testing::Suite* Access::suite_ = nullptr;

TEST_F(Access, EachRoleMayCallWhatThePolicySaysAndNothingElse) {
  int checked = 0;
  for (const ServiceUnderTest& service : ServicesUnderTest()) {
    const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(service.service);
    ASSERT_NE(descriptor, nullptr);
    std::map<std::string, const identity::PolicyRow*> rows;
    for (const auto& row : service.rows) rows[row.method] = &row;
    ASSERT_EQ(rows.size(), static_cast<std::size_t>(descriptor->method_count()));
    for (const identity::Role role : identity::kAllRoles) {
      Caller caller(*suite_, {"someone@test.example", identity::RoleName(role), "P84001", "HOUSING"});
      for (int i = 0; i < descriptor->method_count(); ++i) {
        const auto& method = *descriptor->method(i);
        const std::string name = absl::StrCat(service.service, "/", method.name());
        SCOPED_TRACE(absl::StrCat(identity::RoleName(role), " calls ", name));
        ASSERT_EQ(rows.count(name), 1u);
        const auto& roles = rows[name]->roles;
        const bool allowed = std::find(roles.begin(), roles.end(), role) != roles.end();
        const grpc::StatusCode code =
            CallByName(suite_->Address(service.process), name, *RequestIn(method, kNetwork), caller);
        if (!allowed) {
          EXPECT_EQ(code, grpc::StatusCode::PERMISSION_DENIED);
        } else {
          EXPECT_NE(code, grpc::StatusCode::UNAUTHENTICATED);
          // Referrers and agency members are not told whether what they may not see exists.
          if (role != identity::Role::kReferrer && role != identity::Role::kAgencyMember) {
            EXPECT_NE(code, grpc::StatusCode::PERMISSION_DENIED);
          }
        }
        ++checked;
      }
    }
  }
  EXPECT_GT(checked, 400);
}

TEST_F(Access, NobodyActsInANetworkThatIsNotTheirs) {
  for (const ServiceUnderTest& service : ServicesUnderTest()) {
    const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(service.service);
    for (const identity::PolicyRow& row : service.rows) {
      SCOPED_TRACE(row.method);
      const auto* method = descriptor->FindMethodByName(row.method.substr(row.method.find('/') + 1));
      Caller caller(*suite_, {"someone@test.example", identity::RoleName(row.roles[0]), "P84001", "HOUSING", "U99998"});
      EXPECT_EQ(CallByName(suite_->Address(service.process), row.method, *RequestIn(*method, kNetwork), caller),
                grpc::StatusCode::PERMISSION_DENIED);
    }
  }
}

TEST_F(Access, WhoDoesNotSayWhoTheyAreGetsNothing) {
  Caller nobody(*suite_, {});
  for (const ServiceUnderTest& service : ServicesUnderTest()) {
    const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(service.service);
    for (int i = 0; i < descriptor->method_count(); ++i) {
      const std::string name = absl::StrCat(service.service, "/", descriptor->method(i)->name());
      EXPECT_EQ(
          CallByName(suite_->Address(service.process), name, *RequestIn(*descriptor->method(i), kNetwork), nobody),
          grpc::StatusCode::UNAUTHENTICATED)
          << name;
    }
  }
}

TEST_F(Access, APracticeSeesItsOwnReferralsOnly) {
  World world(*suite_);
  world.SetUpIntake();
  const auto referral = world.Submit(ReferralOf(7));
  referral::v1::GetReferralRequest get;
  get.set_name(referral.name());
  EXPECT_THAT(world.practice.Call(&ReferralStub::GetReferral, get), IsOk());
  Caller other(*suite_, Practice("P84002"));
  EXPECT_THAT(other.Call(&ReferralStub::GetReferral, get), testing::StatusIs(absl::StatusCode::kPermissionDenied));
  // The same words for what does not exist.
  referral::v1::GetReferralRequest none;
  none.set_name(absl::StrCat(kParent, "/referrals/01ARZ3NDEKTSV4RRFFQ69G5FAV"));
  const auto existing = other.Call(&ReferralStub::GetReferral, get).status();
  const auto missing = other.Call(&ReferralStub::GetReferral, none).status();
  EXPECT_EQ(existing.code(), missing.code());
  EXPECT_EQ(existing.message(), missing.message());
  referral::v1::ListReferralsRequest list;
  list.set_parent(kParent);
  const auto maybe_page = other.Call(&ReferralStub::ListReferrals, list);
  ASSERT_THAT(maybe_page, IsOk());
  EXPECT_EQ(maybe_page->referrals_size(), 0);
}

TEST(Privacy, NothingOfAPersonIsInLogsMetricsOrErrors) {
  testing::Suite suite;
  ASSERT_THAT(suite.StartAll(), IsOk());
  World world(suite);
  world.SetUpAll();
  const referral::v1::Referral sent = ReferralOf(3);
  const auto referral = world.Submit(sent);
  const std::string name = world.CaseOf(referral.name()).name();
  world.Allocate(name);
  world.Assess(name);
  world.Nominate(name);
  world.NominationAtMdt(name);
  const auto coming = world.ComingMeetings();
  ASSERT_FALSE(coming.empty());
  world.BuildAgenda(coming[0].name());
  world.Publish(coming[0].name());
  world.StartMeeting(coming[0].name());
  world.Decide(world.ItemOf(coming[0].name(), name));
  world.Close(coming[0].name());

  // And calls that are refused: their errors must not repeat what was sent.
  std::string errors;
  referral::v1::SubmitReferralRequest wrong;
  wrong.set_parent(kParent);
  *wrong.mutable_referral() = sent;
  wrong.mutable_referral()->mutable_person()->mutable_nhs_number()->set_value("9990000019");
  wrong.mutable_referral()->mutable_person()->mutable_birth_date()->set_year(2999);
  wrong.set_request_id(RequestId());
  const auto maybe_wrong = world.practice.Call(&ReferralStub::SubmitReferral, wrong);
  EXPECT_THAT(maybe_wrong, testing::StatusIs(absl::StatusCode::kInvalidArgument));
  errors += maybe_wrong.status().ToString();

  const std::vector<std::string> personal = {sent.person().nhs_number().value(),
                                             sent.person().name().family(),
                                             sent.person().name().given(),
                                             sent.person().address().lines(0),
                                             sent.person().address().postcode(),
                                             sent.person().phone(),
                                             sent.referrer().practitioner_name(),
                                             "9990000019",

                                             "behind with the rent",
                                             "see the sea",
                                             CommunityNurse().display_name()};
  for (const char* service : testing::kServices) {
    const std::string log = testing::ReadFile(suite.LogFile(service));
    EXPECT_FALSE(log.empty());
    const auto maybe_metrics = testing::RunProcess(
        "/usr/bin/curl", {"-sf", absl::StrCat("http://", suite.MetricsAddress(service), "/metrics")},
        absl::Seconds(20));
    ASSERT_THAT(maybe_metrics, IsOk());
    EXPECT_THAT(maybe_metrics->output, ::testing::HasSubstr("splw_calls_total"));
    for (const std::string& text : personal) {
      EXPECT_THAT(log, ::testing::Not(::testing::HasSubstr(text))) << service;
      EXPECT_THAT(maybe_metrics->output, ::testing::Not(::testing::HasSubstr(text))) << service;
      EXPECT_THAT(errors, ::testing::Not(::testing::HasSubstr(text)));
    }
  }
}

}  // namespace
}  // namespace splw::journey
