#include "services/referral_intake/conversion.h"

#include <gmock/gmock.h>

#include "common/testing/status_matchers.h"
#include "services/referral_intake/network_policy.h"
#include "services/referral_intake/person_keys.h"
#include "services/referral_intake/policy.h"
#include "services/referral_intake/testing/builders.h"

namespace splw::referral_intake {
namespace {

using ::splw::referral_intake::testing::CleanReferral;
using ::splw::referral_intake::testing::Date;
using ::splw::referral_intake::testing::kNetwork;
using ::splw::referral_intake::testing::TestNow;
using ::splw::testing::HasField;
using ::splw::testing::HasReason;
using ::splw::testing::IsOk;
using ::splw::testing::StatusIs;

constexpr char kId[] = "01JD0000000000000000000000";

// Every field of the record has something in it, so that one which is forgotten shows.
storage::ReferralRecord FullRecord() {
  const api::Referral referral = CleanReferral();
  storage::ReferralRecord record;
  record.set_id(kId);
  record.set_version(7);
  record.set_state(api::REFERRAL_STATE_CLOSED);
  *record.mutable_person() = referral.person();
  *record.mutable_referrer() = referral.referrer();
  record.set_reason_text(referral.reason_text());
  *record.mutable_needs() = referral.needs();
  *record.mutable_crisis_answers() = referral.crisis_answers();
  *record.mutable_consent() = referral.consent();
  record.set_urgency(referral.urgency());
  record.add_findings()->set_code(api::FINDING_CODE_OPEN_CASE_EXISTS);
  record.mutable_findings(0)->set_severity(api::FINDING_SEVERITY_NEEDS_TRIAGE);
  record.mutable_findings(0)->set_field("person");
  record.mutable_findings(0)->set_related_referral("r/1");
  record.mutable_findings(0)->set_related_case("c/1");
  record.set_channel(api::SUBMISSION_CHANNEL_IMPORT);
  record.set_external_reference("ref-1");
  *record.mutable_submit_time() = ToTimestamp(TestNow());
  *record.mutable_update_time() = ToTimestamp(TestNow());
  record.mutable_triage()->set_decided_by("lead");
  record.mutable_triage()->set_by_policy(true);
  record.mutable_triage()->set_return_reason(api::RETURN_REASON_DUPLICATE);
  record.mutable_triage()->set_advice("advice");
  record.mutable_triage()->set_note_code("NOTE");
  record.mutable_triage()->add_not_same_person_as("r/2");
  *record.mutable_triage()->mutable_decide_time() = ToTimestamp(TestNow());
  record.mutable_crisis_acknowledgement()->set_acknowledged_by("dr");
  record.mutable_crisis_acknowledgement()->set_practitioner_name("Dr");
  record.mutable_crisis_acknowledgement()->set_referrer_informed("Dr");
  *record.mutable_crisis_acknowledgement()->mutable_acknowledge_time() = ToTimestamp(TestNow());
  record.mutable_urgent_advice()->set_text("call");
  record.mutable_urgent_advice()->set_contact("999");
  record.set_case_("c/1");
  storage::ProgressRecord& step = *record.add_progress();
  step.set_stage(api::PROGRESS_STAGE_MDT_DECIDED);
  *step.mutable_time() = ToTimestamp(TestNow());
  step.mutable_case_holder()->set_id("nurse");
  step.mutable_key_worker()->set_id("worker");
  step.set_action_count(3);
  *step.mutable_feedback_due_date() = Date(2026, 11, 26);
  step.set_outcome(api::REFERRAL_OUTCOME_GOALS_MET);
  record.set_outcome(api::REFERRAL_OUTCOME_GOALS_MET);
  record.set_correlation_id("correlation");
  record.set_withdraw_reason(api::WITHDRAW_REASON_DIED);
  record.add_person_keys("key");
  record.add_import_notes()->set_severity(api::IMPORT_NOTE_SEVERITY_WARNING);
  record.mutable_import_notes(0)->set_location("Bundle");
  record.mutable_import_notes(0)->set_code("kept-out");
  record.mutable_import_notes(0)->set_message("kept out");
  *record.mutable_authored_time() = ToTimestamp(TestNow());
  return record;
}

void ExpectEveryFieldSet(const google::protobuf::Message& message, const std::string& path) {
  const auto* descriptor = message.GetDescriptor();
  const auto* reflection = message.GetReflection();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const auto* field = descriptor->field(i);
    const bool set =
        field->is_repeated() ? reflection->FieldSize(message, field) > 0 : reflection->HasField(message, field);
    EXPECT_TRUE(set) << path << field->name();
    if (!set || field->type() != google::protobuf::FieldDescriptor::TYPE_MESSAGE) continue;
    const auto& child = field->is_repeated() ? reflection->GetRepeatedMessage(message, field, 0)
                                             : reflection->GetMessage(message, field);
    if (child.GetDescriptor()->file()->package() == "splw.referral.v1")
      ExpectEveryFieldSet(child, path + field->name() + ".");
  }
}

TEST(ConversionTest, NoFieldOfTheReferralIsForgotten) {
  const api::Referral referral = ToReferral(kNetwork, FullRecord(), {});
  ExpectEveryFieldSet(referral, "");
  EXPECT_EQ(referral.name(), std::string("networks/U12345/referrals/") + kId);
  EXPECT_EQ(referral.etag(), "7");
}

TEST(ConversionTest, AReferrerIsToldWhichReferralsAreKnownOfTheirOrganisationOnly) {
  storage::ReferralRecord record = FullRecord();
  record.mutable_findings(0)->set_related_organisation("G82080");
  const api::Referral own = ToReferral(kNetwork, record, {true, "G82080"});
  EXPECT_EQ(own.findings(0).related_referral(), "r/1");
  EXPECT_EQ(own.findings(0).related_case(), "c/1");
  for (const char* before : {"P84001", ""}) {  // empty: a finding of before it was kept
    record.mutable_findings(0)->set_related_organisation(before);
    const api::Referral others = ToReferral(kNetwork, record, {true, "G82080"});
    EXPECT_EQ(others.findings(0).code(), api::FINDING_CODE_OPEN_CASE_EXISTS);
    EXPECT_EQ(others.findings(0).related_referral(), "");
    EXPECT_EQ(others.findings(0).related_case(), "");
    EXPECT_EQ(others.triage().not_same_person_as_size(), 0);
  }
}

TEST(ConversionTest, NoFieldOfTheEventIsForgotten) {
  storage::ReferralRecord record = FullRecord();
  record.mutable_findings(0)->set_severity(api::FINDING_SEVERITY_CRISIS);
  ExpectEveryFieldSet(ToReferralAccepted(kNetwork, record), "");
}

TEST(ConversionTest, NoFieldOfThePolicyIsForgotten) {
  storage::NetworkPolicyRecord policy = DefaultPolicy();
  policy.add_member_practices("G82080");
  *policy.mutable_update_time() = ToTimestamp(TestNow());
  ExpectEveryFieldSet(ToNetworkPolicy(kNetwork, policy), "");
}

TEST(ConversionTest, ReferralAsItWouldBeHasNoName) {
  storage::ReferralRecord record = FullRecord();
  record.clear_id();
  EXPECT_EQ(ToReferral(kNetwork, record, {}).name(), "");
  EXPECT_EQ(ToReferral(kNetwork, record, {}).etag(), "");
}

TEST(ConversionTest, ConsentIsOfTheDayOnWhichItWasExplained) {
  storage::ReferralRecord record = FullRecord();
  record.mutable_consent()->clear_explained_on();
  EXPECT_EQ(FromTimestamp(ToReferralAccepted(kNetwork, record).consent_time()), TestNow());
  *record.mutable_consent()->mutable_explained_on() = Date(2026, 11, 19);  // the day of the submission
  EXPECT_EQ(FromTimestamp(ToReferralAccepted(kNetwork, record).consent_time()), TestNow());
  *record.mutable_consent()->mutable_explained_on() = Date(2026, 11, 16);
  EXPECT_EQ(FromTimestamp(ToReferralAccepted(kNetwork, record).consent_time()),
            absl::FromCivil(absl::CivilDay(2026, 11, 17), absl::UTCTimeZone()));
}

TEST(ConversionTest, TheCaseloadIsToldOfACrisisWhateverTheAnswers) {
  storage::ReferralRecord record = FullRecord();
  record.mutable_findings(0)->set_severity(api::FINDING_SEVERITY_NEEDS_TRIAGE);
  EXPECT_FALSE(ToReferralAccepted(kNetwork, record).crisis_indicated());
  record.mutable_findings(0)->set_severity(api::FINDING_SEVERITY_CRISIS);
  EXPECT_TRUE(ToReferralAccepted(kNetwork, record).crisis_indicated());
}

TEST(ConversionTest, DamagedSnomedCodesStayBehind) {
  storage::ReferralRecord record = FullRecord();
  record.mutable_needs(0)->set_snomed_code("401206009");
  record.add_needs()->set_snomed_code("401206008");
  const api::ReferralAccepted event = ToReferralAccepted(kNetwork, record);
  EXPECT_EQ(event.needs(0).snomed_code(), "");
  EXPECT_EQ(event.needs(1).snomed_code(), "401206008");
}

TEST(ConversionTest, EveryStageAndOutcomeOfTheCaseloadHasItsWord) {
  for (int stage = caseload::v1::CaseStage_MIN + 1; stage <= caseload::v1::CaseStage_MAX; ++stage) {
    caseload::v1::CaseProgressed event;
    event.set_stage(static_cast<caseload::v1::CaseStage>(stage));
    EXPECT_THAT(ToProgress(event), IsOk()) << stage;
  }
  for (int outcome = caseload::v1::CaseOutcome_MIN + 1; outcome <= caseload::v1::CaseOutcome_MAX; ++outcome) {
    caseload::v1::CaseClosed event;
    event.set_outcome(static_cast<caseload::v1::CaseOutcome>(outcome));
    EXPECT_THAT(ToProgress(event), IsOk()) << outcome;
  }
}

TEST(ConversionTest, WordsOfANewerCaseloadAreRefused) {
  caseload::v1::CaseProgressed progressed;
  progressed.set_stage(static_cast<caseload::v1::CaseStage>(999));
  EXPECT_THAT(ToProgress(progressed), HasReason("UNKNOWN_CASE_STAGE"));
  caseload::v1::CaseClosed closed;
  EXPECT_THAT(ToProgress(closed), HasReason("UNKNOWN_CASE_OUTCOME"));
}

TEST(PersonKeysTest, SamePersonHasTheSameKeysHoweverWritten) {
  const PersonKeys keys(std::string(identity::kHashKeyBytes, 'k'));
  const type::Person person = CleanReferral().person();
  type::Person other = person;
  other.mutable_name()->set_family("ASH-WORTH");
  other.mutable_name()->set_given("Maggie");
  other.mutable_address()->set_postcode("m145tp");
  ASSERT_EQ(keys.Of(person).size(), 2u);
  EXPECT_EQ(keys.Of(person), keys.Of(other));
}

TEST(PersonKeysTest, KeysTellNothingAndDependOnTheKey) {
  const type::Person person = CleanReferral().person();
  const auto a = PersonKeys(std::string(identity::kHashKeyBytes, 'a')).Of(person);
  const auto b = PersonKeys(std::string(identity::kHashKeyBytes, 'b')).Of(person);
  ASSERT_EQ(a.size(), 2u);
  EXPECT_NE(a[0], b[0]);
  EXPECT_NE(a[1], b[1]);
  for (const std::string& key : a) EXPECT_EQ(key.size(), 2 * identity::kKeyedHashBytes);
}

TEST(PersonKeysTest, NumberWithWrongCheckDigitAndPartialDatesAreNotMatchedOn) {
  const PersonKeys keys(std::string(identity::kHashKeyBytes, 'k'));
  type::Person person = CleanReferral().person();
  person.mutable_nhs_number()->set_value("3478526985");
  EXPECT_EQ(keys.Of(person).size(), 1u);
  *person.mutable_birth_date() = Date(1948);
  EXPECT_TRUE(keys.Of(person).empty());
}

TEST(PersonKeysTest, TwinsWithDifferentInitialsAreTwoPeople) {
  const PersonKeys keys(std::string(identity::kHashKeyBytes, 'k'));
  type::Person person = CleanReferral().person();
  person.clear_nhs_number();
  type::Person twin = person;
  twin.mutable_name()->set_given("Joan");
  EXPECT_NE(keys.Of(person), keys.Of(twin));
}

api::UpdateNetworkPolicyRequest UpdateRequest() {
  api::UpdateNetworkPolicyRequest request;
  *request.mutable_policy() = ToNetworkPolicy(kNetwork, DefaultPolicy());
  return request;
}

TEST(NetworkPolicyTest, MaskLimitsWhatChanges) {
  api::UpdateNetworkPolicyRequest request = UpdateRequest();
  request.mutable_policy()->set_minimum_age(16);
  request.mutable_policy()->set_auto_accept_routine(false);
  request.mutable_policy()->add_member_practices("g82080");
  request.mutable_policy()->add_member_practices("G82080");
  request.mutable_update_mask()->add_paths("minimum_age");
  request.mutable_update_mask()->add_paths("member_practices");
  const auto maybe = UpdatePolicy(DefaultPolicy(), request, TestNow());
  ASSERT_THAT(maybe, IsOk());
  EXPECT_EQ(maybe->minimum_age(), 16);
  EXPECT_TRUE(maybe->auto_accept_routine());
  EXPECT_THAT(maybe->member_practices(), ::testing::ElementsAre("G82080"));
  EXPECT_EQ(maybe->version(), 1u);
}

TEST(NetworkPolicyTest, EachMistakeIsNamed) {
  const auto expect = [](const api::UpdateNetworkPolicyRequest& request, const char* reason, const char* field) {
    const auto maybe = UpdatePolicy(DefaultPolicy(), request, TestNow());
    EXPECT_THAT(maybe, StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(maybe, HasReason(reason));
    EXPECT_THAT(maybe, HasField(field));
  };
  auto request = UpdateRequest();
  request.mutable_policy()->clear_etag();
  expect(request, "REQUIRED", "policy.etag");
  request = UpdateRequest();
  request.mutable_update_mask()->add_paths("etag");
  expect(request, "UNKNOWN_FIELD", "update_mask");
  request = UpdateRequest();
  request.mutable_policy()->clear_remit();
  expect(request, "REQUIRED", "policy.remit");
  request = UpdateRequest();
  request.mutable_policy()->set_minimum_age(131);
  expect(request, "OUT_OF_RANGE", "policy.minimum_age");
  request = UpdateRequest();
  request.mutable_policy()->add_member_practices("no code");
  expect(request, "ODS_CODE_INVALID", "policy.member_practices[0]");
  request = UpdateRequest();
  for (int i = 0; i < 201; ++i) request.mutable_policy()->add_member_practices("G82080");
  expect(request, "TOO_MANY", "policy.member_practices");
  request = UpdateRequest();
  request.mutable_policy()->mutable_urgent_advice()->clear_text();
  expect(request, "REQUIRED", "policy.urgent_advice.text");
  request = UpdateRequest();
  request.mutable_policy()->mutable_urgent_advice()->clear_contact();
  expect(request, "REQUIRED", "policy.urgent_advice.contact");
}

TEST(NetworkPolicyTest, OldEtagIsAborted) {
  auto request = UpdateRequest();
  request.mutable_policy()->set_etag("4");
  const auto maybe = UpdatePolicy(DefaultPolicy(), request, TestNow());
  EXPECT_THAT(maybe, StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(maybe, HasReason("ETAG_MISMATCH"));
}

TEST(PolicyRowsTest, TriageIsNotForReferrersAndNothingIsForServices) {
  const auto maybe = identity::PolicyTable::Make(PolicyRows());
  ASSERT_THAT(maybe, IsOk());
  const std::string service = "splw.referral.v1.ReferralIntakeService/";
  EXPECT_FALSE(maybe->Allows(service + "AcceptReferral", identity::Role::kReferrer));
  EXPECT_FALSE(maybe->Allows(service + "AcceptReferral", identity::Role::kAuditor));
  EXPECT_TRUE(maybe->Allows(service + "GetReferral", identity::Role::kAuditor));
  EXPECT_FALSE(maybe->Allows(service + "SubmitReferral", identity::Role::kAuditor));
  EXPECT_FALSE(maybe->Allows(service + "UpdateNetworkPolicy", identity::Role::kLinkWorker));
  for (const auto& row : maybe->rows()) {
    EXPECT_FALSE(maybe->Allows(row.method, identity::Role::kService)) << row.method;
    EXPECT_TRUE(row.network_scoped) << row.method;
  }
  // Each method of the service has its row, and no row is without its method.
  const auto* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName("splw.referral.v1.ReferralIntakeService");
  ASSERT_NE(descriptor, nullptr);
  std::vector<std::string> methods;
  for (int i = 0; i < descriptor->method_count(); ++i) methods.push_back(service + descriptor->method(i)->name());
  EXPECT_THAT(maybe->CheckCovers(methods), IsOk());
}

}  // namespace
}  // namespace splw::referral_intake
