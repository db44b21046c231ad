// Bad input to referral-intake: for each method the mistakes that a caller can make, and the code, the reason and the field that
// the caller is told (proto/splw/referral/v1).
#include <memory>

#include <absl/strings/str_cat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "tests/journey/bad_input.h"
#include "tests/journey/invariants.h"

namespace splw::journey {
namespace {

namespace api = referral::v1;
using testing::IsOk;
using Submit = api::SubmitReferralRequest;

constexpr char kService[] = "splw.referral.v1.ReferralIntakeService";

google::type::Date Date(int year, int month, int day) {
  google::type::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

// One that a person has to decide on.
api::Referral UrgentReferralOf(int person) {
  api::Referral referral = ReferralOf(person);
  referral.set_urgency(type::v1::URGENCY_URGENT);
  return referral;
}
api::Referral CrisisReferralOf(int person) {
  api::Referral referral = ReferralOf(person);
  referral.mutable_crisis_answers()->set_feels_unsafe_now(type::v1::CRISIS_ANSWER_UNSURE);
  return referral;
}
api::Referral ImportedReferralOf(int person) {
  api::Referral referral = ReferralOf(person);
  referral.set_channel(api::SUBMISSION_CHANNEL_IMPORT);
  referral.clear_crisis_answers();
  return referral;
}

template <typename Request>
Request About(const api::Referral& referral) {
  Request request;
  request.set_name(referral.name());
  request.set_etag(referral.etag());
  request.set_request_id(RequestId());
  return request;
}

api::AcceptReferralRequest AcceptanceOf(const api::Referral& referral) {
  return About<api::AcceptReferralRequest>(referral);
}
api::ReturnReferralRequest ReturnOf(const api::Referral& referral) {
  auto request = About<api::ReturnReferralRequest>(referral);
  request.set_reason(api::RETURN_REASON_OUTSIDE_REMIT);
  request.set_advice("Please refer to the falls clinic.");
  return request;
}
api::WithdrawReferralRequest WithdrawalOf(const api::Referral& referral) {
  auto request = About<api::WithdrawReferralRequest>(referral);
  request.set_reason(api::WITHDRAW_REASON_NO_LONGER_NEEDED);
  return request;
}
api::AcknowledgeCrisisRequest AcknowledgementOf(const api::Referral& referral) {
  auto request = About<api::AcknowledgeCrisisRequest>(referral);
  request.set_urgent_advice_given(true);
  request.set_practitioner_name("Dr Peverell Oakapple, GP");
  request.set_referrer_informed("Dr Peverell Oakapple, GP");
  return request;
}

// The mistakes of every request that changes a referral.
template <typename Request>
std::vector<Mistake<Request>> ChangeMistakes() {
  return {
      {"no etag", [](Request& r) { r.clear_etag(); }, Invalid("REQUIRED", "etag")},
      {"a referral that does not exist",
       [](Request& r) { r.set_name(absl::StrCat(kParent, "/referrals/", kNobodysId)); },
       NotFound("REFERRAL_NOT_FOUND")},
      {"an id that is no ULID", [](Request& r) { r.set_name(absl::StrCat(kParent, "/referrals/12")); },
       Invalid("NAME_INVALID", "name")},
  };
}

class BadInputReferral : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = new testing::Suite();
    ASSERT_THAT(suite_->Start(testing::kReferralIntake), IsOk());  // alone: nothing changes a referral but this test
    world_ = new World(*suite_);
    world_->SetUpIntake();
    input_ = new BadInput(*suite_, testing::kReferralIntake, kService);
  }
  static void TearDownTestSuite() {
    EXPECT_THAT(suite_->StartAll(), IsOk());
    CheckInvariants(*suite_, *world_);
    delete input_;
    delete world_;
    delete suite_;
  }

  static State StateOf(const api::Referral& referral) {
    return [name = referral.name()] { return world_->GetReferral(name).SerializeAsString(); };
  }
  static State AllReferrals() {
    return [] {
      api::ListReferralsRequest list;
      list.set_parent(kParent);
      list.set_page_size(200);
      const auto maybe_page = world_->lead.Call(&ReferralStub::ListReferrals, list);
      EXPECT_THAT(maybe_page, IsOk());
      return maybe_page.ok() ? StateOfPage(*maybe_page) : std::string();
    };
  }
  static Submit SubmissionOf(const api::Referral& referral) {
    Submit request;
    request.set_parent(kParent);
    *request.mutable_referral() = referral;
    request.set_request_id(RequestId());
    return request;
  }

  static testing::Suite* suite_;
  static World* world_;
  static BadInput* input_;
};
testing::Suite* BadInputReferral::suite_ = nullptr;
World* BadInputReferral::world_ = nullptr;
BadInput* BadInputReferral::input_ = nullptr;

type::v1::Person& PersonOf(Submit& request) {
  return *request.mutable_referral()->mutable_person();
}
type::v1::Organisation& OrganisationOf(Submit& request) {
  return *request.mutable_referral()->mutable_referrer()->mutable_organisation();
}

std::vector<Mistake<Submit>> MistakesAboutThePerson() {
  return {
      {"no referral", [](Submit& r) { r.clear_referral(); }, Invalid("REQUIRED", "referral")},
      {"no person", [](Submit& r) { r.mutable_referral()->clear_person(); }, Invalid("REQUIRED", "referral.person")},
      {"no name", [](Submit& r) { PersonOf(r).clear_name(); }, Invalid("REQUIRED", "referral.person.name")},
      {"a family name of 101", [](Submit& r) { PersonOf(r).mutable_name()->set_family(Characters(101)); },
       Invalid("TEXT_TOO_LONG", "referral.person.name.family")},
      {"given names of 101", [](Submit& r) { PersonOf(r).mutable_name()->set_given(Characters(101)); },
       Invalid("TEXT_TOO_LONG", "referral.person.name.given")},
      {"a line break in a name", [](Submit& r) { PersonOf(r).mutable_name()->set_preferred("Otti\nlie"); },
       Invalid("TEXT_HAS_CONTROLS", "referral.person.name.preferred")},
      {"a wrong check digit", [](Submit& r) { PersonOf(r).mutable_nhs_number()->set_value("9990000019"); },
       Invalid("NHS_NUMBER_CHECK_FAILED", "referral.person.nhs_number.value")},
      {"nine digits", [](Submit& r) { PersonOf(r).mutable_nhs_number()->set_value("999000001"); },
       Invalid("NHS_NUMBER_NOT_TEN_DIGITS", "referral.person.nhs_number.value")},
      {"21 digits", [](Submit& r) { PersonOf(r).mutable_nhs_number()->set_value(std::string(21, '9')); },
       Invalid("TEXT_TOO_LONG", "referral.person.nhs_number.value")},
      {"no NHS number and no reason", [](Submit& r) { PersonOf(r).clear_nhs_number(); },
       Invalid("REQUIRED", "referral.person.nhs_number.absent_reason")},
      {"no date of birth", [](Submit& r) { PersonOf(r).clear_birth_date(); },
       Invalid("REQUIRED", "referral.person.birth_date")},
      {"30 February", [](Submit& r) { *PersonOf(r).mutable_birth_date() = Date(1948, 2, 30); },
       Invalid("DATE_INVALID", "referral.person.birth_date")},
      {"born tomorrow", [](Submit& r) { *PersonOf(r).mutable_birth_date() = LondonDate(1); },
       Invalid("DATE_IN_FUTURE", "referral.person.birth_date")},
      {"born in 1800", [](Submit& r) { *PersonOf(r).mutable_birth_date() = Date(1800, 1, 1); },
       Invalid("DATE_TOO_EARLY", "referral.person.birth_date")},
      {"no address", [](Submit& r) { PersonOf(r).clear_address(); },
       Invalid("REQUIRED", "referral.person.address.lines")},
      {"six address lines",
       [](Submit& r) {
         for (int i = 0; i < 5; ++i) PersonOf(r).mutable_address()->add_lines("Thistledown Row");
       },
       Invalid("TOO_MANY", "referral.person.address.lines")},
      {"an address line of 101", [](Submit& r) { PersonOf(r).mutable_address()->set_lines(0, Characters(101)); },
       Invalid("TEXT_TOO_LONG", "referral.person.address.lines[0]")},
      {"an empty address line", [](Submit& r) { PersonOf(r).mutable_address()->add_lines(""); },
       Invalid("REQUIRED", "referral.person.address.lines[1]")},
      {"a postcode of 11", [](Submit& r) { PersonOf(r).mutable_address()->set_postcode(Characters(11)); },
       Invalid("TEXT_TOO_LONG", "referral.person.address.postcode")},
      {"a telephone number of 33", [](Submit& r) { PersonOf(r).set_phone(Characters(33)); },
       Invalid("TEXT_TOO_LONG", "referral.person.phone")},
      {"an e-mail address of 255", [](Submit& r) { PersonOf(r).set_email(Characters(255)); },
       Invalid("TEXT_TOO_LONG", "referral.person.email")},
      {"a language of 36", [](Submit& r) { PersonOf(r).set_language(Characters(36)); },
       Invalid("TEXT_TOO_LONG", "referral.person.language")},
      {"an ethnic category of 9", [](Submit& r) { PersonOf(r).set_ethnicity_code(Characters(9)); },
       Invalid("TEXT_TOO_LONG", "referral.person.ethnicity_code")},
      {"eleven adjustments",
       [](Submit& r) {
         for (int i = 0; i < 11; ++i) PersonOf(r).add_adjustments("large print");
       },
       Invalid("TOO_MANY", "referral.person.adjustments")},
      {"an adjustment of 201", [](Submit& r) { PersonOf(r).add_adjustments(Characters(201)); },
       Invalid("TEXT_TOO_LONG", "referral.person.adjustments[0]")},
  };
}

std::vector<Mistake<Submit>> MistakesAboutTheReferral() {
  return {
      {"no referrer", [](Submit& r) { r.mutable_referral()->clear_referrer(); },
       Invalid("REQUIRED", "referral.referrer.organisation.ods_code")},
      {"an ODS code with a sign", [](Submit& r) { OrganisationOf(r).set_ods_code("P84-01"); },
       Invalid("ODS_CODE_INVALID", "referral.referrer.organisation.ods_code")},
      {"an organisation of no kind", [](Submit& r) { OrganisationOf(r).clear_agency(); },
       Invalid("REQUIRED", "referral.referrer.organisation.agency")},
      {"a local id of 65", [](Submit& r) { OrganisationOf(r).set_local_id(Characters(65)); },
       Invalid("TEXT_TOO_LONG", "referral.referrer.organisation.local_id")},
      {"an organisation's name of 201", [](Submit& r) { OrganisationOf(r).set_display_name(Characters(201)); },
       Invalid("TEXT_TOO_LONG", "referral.referrer.organisation.display_name")},
      {"nobody at the organisation",
       [](Submit& r) { r.mutable_referral()->mutable_referrer()->clear_practitioner_name(); },
       Invalid("REQUIRED", "referral.referrer.practitioner_name")},
      {"a role title of 101",
       [](Submit& r) { r.mutable_referral()->mutable_referrer()->set_role_title(Characters(101)); },
       Invalid("TEXT_TOO_LONG", "referral.referrer.role_title")},
      {"no reason", [](Submit& r) { r.mutable_referral()->clear_reason_text(); },
       Invalid("REQUIRED", "referral.reason_text")},
      {"a reason of spaces", [](Submit& r) { r.mutable_referral()->set_reason_text("  \n "); },
       Invalid("REQUIRED", "referral.reason_text")},
      {"a reason of 4,001", [](Submit& r) { r.mutable_referral()->set_reason_text(Characters(4001)); },
       Invalid("TEXT_TOO_LONG", "referral.reason_text")},
      {"more than 256 KiB", [](Submit& r) { r.mutable_referral()->set_reason_text(Characters(257 * 1024)); },
       Invalid("TOO_LARGE", "referral")},
      {"nineteen needs",
       [](Submit& r) {
         while (r.referral().needs_size() < 19) *r.mutable_referral()->add_needs() = r.referral().needs(0);
       },
       Invalid("TOO_MANY", "referral.needs")},
      {"a need of no kind", [](Submit& r) { r.mutable_referral()->mutable_needs(1)->clear_category(); },
       Invalid("REQUIRED", "referral.needs[1].category")},
      {"a SNOMED code with a wrong check digit",
       [](Submit& r) { r.mutable_referral()->mutable_needs(0)->set_snomed_code("160725001"); },
       Invalid("SNOMED_CODE_INVALID", "referral.needs[0].snomed_code")},
      {"a SNOMED code of 19",
       [](Submit& r) { r.mutable_referral()->mutable_needs(0)->set_snomed_code(std::string(19, '1')); },
       Invalid("TEXT_TOO_LONG", "referral.needs[0].snomed_code")},
      {"a need's note of 501", [](Submit& r) { r.mutable_referral()->mutable_needs(0)->set_note(Characters(501)); },
       Invalid("TEXT_TOO_LONG", "referral.needs[0].note")},
      {"the first crisis question not asked",
       [](Submit& r) { r.mutable_referral()->mutable_crisis_answers()->clear_feels_unsafe_now(); },
       Invalid("REQUIRED", "referral.crisis_answers.feels_unsafe_now")},
      {"the second crisis question not asked",
       [](Submit& r) { r.mutable_referral()->mutable_crisis_answers()->clear_suicidal_thoughts(); },
       Invalid("REQUIRED", "referral.crisis_answers.suicidal_thoughts")},
      {"the third crisis question not asked",
       [](Submit& r) { r.mutable_referral()->mutable_crisis_answers()->clear_risk_of_harm(); },
       Invalid("REQUIRED", "referral.crisis_answers.risk_of_harm")},
      {"nothing about consent", [](Submit& r) { r.mutable_referral()->clear_consent(); },
       Invalid("REQUIRED", "referral.consent.referral")},
      {"agreed, and nobody explained it",
       [](Submit& r) { r.mutable_referral()->mutable_consent()->clear_explained_by(); },
       Invalid("REQUIRED", "referral.consent.explained_by")},
      {"explained tomorrow",
       [](Submit& r) { *r.mutable_referral()->mutable_consent()->mutable_explained_on() = LondonDate(1); },
       Invalid("DATE_IN_FUTURE", "referral.consent.explained_on")},
      {"explained on 31 April",
       [](Submit& r) { *r.mutable_referral()->mutable_consent()->mutable_explained_on() = Date(2020, 4, 31); },
       Invalid("DATE_INVALID", "referral.consent.explained_on")},
      {"shared with no kind of agency",
       [](Submit& r) { r.mutable_referral()->mutable_consent()->add_share_with(type::v1::AGENCY_KIND_UNSPECIFIED); },
       Invalid("REQUIRED", "referral.consent.share_with[2]")},
      {"shared with thirteen",
       [](Submit& r) {
         auto& consent = *r.mutable_referral()->mutable_consent();
         while (consent.share_with_size() < 13) consent.add_share_with(type::v1::AGENCY_KIND_VCSE);
       },
       Invalid("TOO_MANY", "referral.consent.share_with")},
      {"no urgency", [](Submit& r) { r.mutable_referral()->clear_urgency(); }, Invalid("REQUIRED", "referral.urgency")},
      {"a sender's id of 129", [](Submit& r) { r.mutable_referral()->set_external_reference(Characters(129)); },
       Invalid("TEXT_TOO_LONG", "referral.external_reference")},
  };
}

TEST_F(BadInputReferral, SubmitReferral) {
  auto mistakes = MistakesAboutThePerson();
  for (auto& mistake : MistakesAboutTheReferral()) mistakes.push_back(std::move(mistake));
  const auto made = input_->Change<api::Referral>(
      world_->lead, "SubmitReferral", SubmissionOf(ReferralOf(1)), mistakes, AllReferrals(),
      [](Submit& r) { r.mutable_referral()->set_reason_text("Something else."); });
  EXPECT_EQ(made.state(), api::REFERRAL_STATE_ACCEPTED);
}

TEST_F(BadInputReferral, AReferrerSubmitsForTheirOwnOrganisationOnly) {
  input_->Refuse(world_->practice, "SubmitReferral", SubmissionOf([] {
                   api::Referral referral = ReferralOf(2);
                   referral.mutable_referrer()->mutable_organisation()->set_ods_code("P84002");
                   return referral;
                 }()),
                 {absl::StatusCode::kPermissionDenied, "NOT_YOUR_ORGANISATION", ""}, AllReferrals());
}

TEST_F(BadInputReferral, EverythingThatIsWrongIsToldAtOnce) {
  Submit request = SubmissionOf(ReferralOf(2));
  request.mutable_referral()->clear_reason_text();
  request.mutable_referral()->clear_urgency();
  request.mutable_referral()->mutable_person()->clear_birth_date();
  const absl::Status status = world_->lead.Call(&ReferralStub::SubmitReferral, request).status();
  for (const char* field : {"referral.reason_text", "referral.urgency", "referral.person.birth_date"}) {
    EXPECT_THAT(status, testing::HasField(field));
  }
}

TEST_F(BadInputReferral, AcceptReferral) {
  using Accept = api::AcceptReferralRequest;
  const api::Referral referral = world_->Submit(UrgentReferralOf(10));
  auto mistakes = ChangeMistakes<Accept>();
  mistakes.push_back(
      {"a note in small letters", [](Accept& r) { r.set_note_code("fine"); }, Invalid("CODE_INVALID", "note_code")});
  mistakes.push_back(
      {"a note of 65", [](Accept& r) { r.set_note_code(std::string(65, 'A')); }, Invalid("CODE_INVALID", "note_code")});
  mistakes.push_back({"one crisis answer of three",
                      [](Accept& r) { r.mutable_crisis_answers()->set_risk_of_harm(type::v1::CRISIS_ANSWER_NO); },
                      Invalid("REQUIRED", "crisis_answers")});
  mistakes.push_back({"crisis answers that were given before",
                      [](Accept& r) { *r.mutable_crisis_answers() = ReferralOf(1).crisis_answers(); },
                      Invalid("CRISIS_ANSWERS_NOT_EXPECTED", "crisis_answers")});
  input_->Change<api::Referral>(world_->worker, "AcceptReferral", AcceptanceOf(referral), mistakes, StateOf(referral));
}

TEST_F(BadInputReferral, AcceptReferralWhereTheQuestionsWereNotAskedOrThePersonDeclined) {
  const api::Referral imported = world_->Submit(ImportedReferralOf(11));
  input_->Refuse(world_->worker, "AcceptReferral", AcceptanceOf(imported), Precondition("CRISIS_QUESTIONS_NOT_ASKED"),
                 StateOf(imported));
  api::Referral unwilling = ReferralOf(12);
  unwilling.mutable_consent()->set_referral(type::v1::CONSENT_STATUS_DECLINED);
  const api::Referral declined = world_->Submit(unwilling);
  input_->Refuse(world_->worker, "AcceptReferral", AcceptanceOf(declined), Precondition("CONSENT_DECLINED"),
                 StateOf(declined));
}

TEST_F(BadInputReferral, ReturnReferral) {
  using Return = api::ReturnReferralRequest;
  const api::Referral referral = world_->Submit(UrgentReferralOf(13));
  auto mistakes = ChangeMistakes<Return>();
  mistakes.push_back({"no reason", [](Return& r) { r.clear_reason(); }, Invalid("REQUIRED", "reason")});
  mistakes.push_back({"no advice", [](Return& r) { r.clear_advice(); }, Invalid("REQUIRED", "advice")});
  mistakes.push_back(
      {"advice of 1,001", [](Return& r) { r.set_advice(Characters(1001)); }, Invalid("TEXT_TOO_LONG", "advice")});
  input_->Change<api::Referral>(world_->worker, "ReturnReferral", ReturnOf(referral), mistakes, StateOf(referral));
}

TEST_F(BadInputReferral, ACrisisIsNotReturnedBeforeSomebodyKnows) {
  const api::Referral referral = world_->Submit(CrisisReferralOf(14));
  input_->Refuse(world_->worker, "ReturnReferral", ReturnOf(referral), Precondition("CRISIS_NOT_ACKNOWLEDGED"),
                 StateOf(referral));
}

TEST_F(BadInputReferral, ACrisisIsNotWithdrawnBeforeSomebodyKnows) {
  const api::Referral referral = world_->Submit(CrisisReferralOf(14));
  input_->Refuse(world_->lead, "WithdrawReferral", WithdrawalOf(referral), Precondition("CRISIS_NOT_ACKNOWLEDGED"),
                 StateOf(referral));
}

TEST_F(BadInputReferral, WithdrawReferral) {
  using Withdraw = api::WithdrawReferralRequest;
  const api::Referral referral = world_->Submit(UrgentReferralOf(15));
  auto mistakes = ChangeMistakes<Withdraw>();
  mistakes.push_back({"no reason", [](Withdraw& r) { r.clear_reason(); }, Invalid("REQUIRED", "reason")});
  input_->Change<api::Referral>(world_->lead, "WithdrawReferral", WithdrawalOf(referral), mistakes, StateOf(referral));
}

TEST_F(BadInputReferral, AcknowledgeCrisis) {
  using Acknowledge = api::AcknowledgeCrisisRequest;
  const api::Referral referral = world_->Submit(CrisisReferralOf(16));
  auto mistakes = ChangeMistakes<Acknowledge>();
  mistakes.push_back({"the advice not given", [](Acknowledge& r) { r.clear_urgent_advice_given(); },
                      Invalid("REQUIRED", "urgent_advice_given")});
  mistakes.push_back({"nobody who gave it", [](Acknowledge& r) { r.clear_practitioner_name(); },
                      Invalid("REQUIRED", "practitioner_name")});
  mistakes.push_back({"a name of 201", [](Acknowledge& r) { r.set_practitioner_name(Characters(201)); },
                      Invalid("TEXT_TOO_LONG", "practitioner_name")});
  mistakes.push_back({"nobody at the referrer who knows", [](Acknowledge& r) { r.clear_referrer_informed(); },
                      Invalid("REQUIRED", "referrer_informed")});
  mistakes.push_back({"a referrer of 201", [](Acknowledge& r) { r.set_referrer_informed(Characters(201)); },
                      Invalid("TEXT_TOO_LONG", "referrer_informed")});
  const auto known = input_->Change<api::Referral>(world_->lead, "AcknowledgeCrisis", AcknowledgementOf(referral),
                                                   mistakes, StateOf(referral));
  input_->Refuse(world_->lead, "AcknowledgeCrisis", AcknowledgementOf(known), Precondition("ALREADY_ACKNOWLEDGED"),
                 StateOf(referral));
  const api::Referral calm = world_->Submit(UrgentReferralOf(17));
  input_->Refuse(world_->lead, "AcknowledgeCrisis", AcknowledgementOf(calm), Precondition("NO_CRISIS"), StateOf(calm));
}

TEST_F(BadInputReferral, GetReferral) {
  api::GetReferralRequest get;
  get.set_name(world_->Submit(UrgentReferralOf(18)).name());
  input_->Read<api::Referral>(
      world_->lead, "GetReferral", get,
      {{"a referral that does not exist",
        [](api::GetReferralRequest& r) { r.set_name(absl::StrCat(kParent, "/referrals/", kNobodysId)); },
        NotFound("REFERRAL_NOT_FOUND")}});
}

TEST_F(BadInputReferral, ListReferrals) {
  using List = api::ListReferralsRequest;
  world_->Submit(UrgentReferralOf(19));
  world_->Submit(UrgentReferralOf(20));
  List list;
  list.set_parent(kParent);
  input_->TokenOfAnotherQuery<List>(world_->lead, "ListReferrals", list,
                                    [](List& r) { r.set_order(api::REFERRAL_ORDER_NEWEST_FIRST); });
  input_->TokenOfAnotherQuery<List>(world_->lead, "ListReferrals", list,
                                    [](List& r) { r.set_state(api::REFERRAL_STATE_ACCEPTED); });
  input_->Read<api::ListReferralsResponse>(
      world_->lead, "ListReferrals", list,
      {{"two filters that contradict each other",
        [](List& r) {
          r.set_crisis_only(true);
          r.set_severity(api::FINDING_SEVERITY_INFO);
        },
        Invalid("FILTERS_CONTRADICT", "crisis_only")},
       {"an organisation of 65", [](List& r) { r.set_referrer_organisation(Characters(65)); },
        Invalid("TEXT_TOO_LONG", "referrer_organisation")},
       {"a time before all time", [](List& r) { r.mutable_submitted_after()->set_seconds(-99'999'999'999); },
        Invalid("TIME_INVALID", "submitted_after")},
       {"a time of too many nanoseconds", [](List& r) { r.mutable_submitted_before()->set_nanos(1'000'000'000); },
        Invalid("TIME_INVALID", "submitted_before")}});
}

TEST_F(BadInputReferral, WatchReferrals) {
  input_->Watch<api::WatchReferralsRequest>(world_->lead, "WatchReferrals", kParent);
}

TEST_F(BadInputReferral, NetworkPolicy) {
  using Update = api::UpdateNetworkPolicyRequest;
  api::GetNetworkPolicyRequest get;
  get.set_name(absl::StrCat(kParent, "/policy"));
  Update update;
  *update.mutable_policy() = input_->Read<api::NetworkPolicy>(world_->lead, "GetNetworkPolicy", get);
  update.mutable_policy()->set_minimum_age(16);
  update.mutable_update_mask()->add_paths("minimum_age");
  update.set_request_id(RequestId());
  const auto with = [](const char* path, std::function<void(api::NetworkPolicy&)> change) {
    return [path, change = std::move(change)](Update& r) {
      r.mutable_update_mask()->add_paths(path);
      change(*r.mutable_policy());
    };
  };
  const std::vector<Mistake<Update>> mistakes = {
      {"no etag", [](Update& r) { r.mutable_policy()->clear_etag(); }, Invalid("REQUIRED", "policy.etag")},
      {"a stale etag", [](Update& r) { r.mutable_policy()->set_etag("999"); }, Stale()},
      {"a path that is none", [](Update& r) { r.mutable_update_mask()->add_paths("colour"); },
       Invalid("UNKNOWN_FIELD", "update_mask")},
      {"a path that cannot be changed", [](Update& r) { r.mutable_update_mask()->add_paths("etag"); },
       Invalid("UNKNOWN_FIELD", "update_mask")},
      {"a negative age", [](Update& r) { r.mutable_policy()->set_minimum_age(-1); },
       Invalid("OUT_OF_RANGE", "policy.minimum_age")},
      {"an age of 131", [](Update& r) { r.mutable_policy()->set_minimum_age(131); },
       Invalid("OUT_OF_RANGE", "policy.minimum_age")},
      {"no remit", with("remit", [](auto& policy) { policy.clear_remit(); }), Invalid("REQUIRED", "policy.remit")},
      {"a remit of 4,001", with("remit", [](auto& policy) { policy.set_remit(Characters(4001)); }),
       Invalid("TEXT_TOO_LONG", "policy.remit")},
      {"a practice that is no ODS code",
       with("member_practices", [](auto& policy) { policy.set_member_practices(0, "P-1"); }),
       Invalid("ODS_CODE_INVALID", "policy.member_practices[0]")},
      {"201 practices",
       with("member_practices",
            [](auto& policy) {
              while (policy.member_practices_size() < 201) policy.add_member_practices("P84001");
            }),
       Invalid("TOO_MANY", "policy.member_practices")},
      {"no urgent advice", with("urgent_advice", [](auto& policy) { policy.mutable_urgent_advice()->clear_text(); }),
       Invalid("REQUIRED", "policy.urgent_advice.text")},
      {"nobody to call", with("urgent_advice", [](auto& policy) { policy.mutable_urgent_advice()->clear_contact(); }),
       Invalid("REQUIRED", "policy.urgent_advice.contact")},
  };
  const auto state = [&] {
    const auto maybe_policy = world_->lead.Call(&ReferralStub::GetNetworkPolicy, get);
    EXPECT_THAT(maybe_policy, IsOk());
    return maybe_policy.ok() ? maybe_policy->SerializeAsString() : std::string();
  };
  input_->Change<api::NetworkPolicy>(world_->lead, "UpdateNetworkPolicy", update, mistakes, state,
                                     [](Update& r) { r.mutable_policy()->set_minimum_age(17); });
}

// Each state and each method that is not for it.
TEST(BadInputReferralStates, NoStateTakesAStepThatIsNotItsOwn) {
  testing::Suite suite;
  ASSERT_THAT(suite.StartAll(), IsOk());
  World world(suite);
  world.SetUpAll();
  BadInput input(suite, testing::kReferralIntake, kService);

  const api::Referral accepted = world.Submit(ReferralOf(1));
  world.CaseOf(accepted.name());
  const auto maybe_returned =
      world.worker.Call(&ReferralStub::ReturnReferral, ReturnOf(world.Submit(UrgentReferralOf(2))));
  ASSERT_THAT(maybe_returned, IsOk());
  const auto maybe_withdrawn =
      world.worker.Call(&ReferralStub::WithdrawReferral, WithdrawalOf(world.Submit(UrgentReferralOf(3))));
  ASSERT_THAT(maybe_withdrawn, IsOk());
  const api::Referral to_close = world.Submit(ReferralOf(4));
  caseload::v1::CloseCaseRequest close;
  close.set_name(world.CaseOf(to_close.name()).name());
  close.set_etag(world.GetCase(close.name()).etag());
  close.set_outcome(caseload::v1::CASE_OUTCOME_NO_CONTACT);
  close.set_request_id(RequestId());
  ASSERT_THAT(world.worker.Call(&CaseloadStub::CloseCase, close), IsOk());
  WaitUntil("the outcome on the referral",
            [&] { return world.GetReferral(to_close.name()).state() == api::REFERRAL_STATE_CLOSED || HasFailure(); });

  const Told illegal = Precondition("ILLEGAL_TRANSITION");
  for (const auto& [name, may_withdraw] :
       {std::pair(accepted.name(), true), std::pair(maybe_returned->name(), false),
        std::pair(maybe_withdrawn->name(), false), std::pair(to_close.name(), false)}) {
    const api::Referral referral = world.GetReferral(name);
    SCOPED_TRACE(api::ReferralState_Name(referral.state()));
    const State state = [&world, at = name] { return world.GetReferral(at).SerializeAsString(); };
    input.Refuse(world.worker, "AcceptReferral", AcceptanceOf(referral), illegal, state);
    input.Refuse(world.worker, "ReturnReferral", ReturnOf(referral), illegal, state);
    if (!may_withdraw) input.Refuse(world.worker, "WithdrawReferral", WithdrawalOf(referral), illegal, state);
    input.Refuse(world.worker, "AcknowledgeCrisis", AcknowledgementOf(referral), Precondition("NO_CRISIS"), state);
  }
  CheckInvariants(suite, world);
}

// Last: looks at what the tests before it did.
TEST_F(BadInputReferral, EveryMethodHasItsTable) {
  const auto* tests = ::testing::UnitTest::GetInstance()->current_test_suite();
  if (tests->test_to_run_count() != tests->total_test_count()) GTEST_SKIP() << "not all tables were run";
  input_->ExpectEveryMethodWasRefused([](const std::string&) { return true; });
}

}  // namespace
}  // namespace splw::journey
