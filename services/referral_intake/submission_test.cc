#include "services/referral_intake/submission.h"

#include <functional>

#include <gmock/gmock.h>

#include "common/testing/status_matchers.h"
#include "services/referral_intake/limits.h"
#include "services/referral_intake/testing/builders.h"

namespace splw::referral_intake {
namespace {

using ::splw::referral_intake::testing::CleanReferral;
using ::splw::referral_intake::testing::Date;
using ::splw::referral_intake::testing::SubmitRequest;
using ::splw::referral_intake::testing::TestToday;
using ::splw::testing::HasField;
using ::splw::testing::HasReason;
using ::splw::testing::IsOk;
using ::splw::testing::StatusIs;
using ::testing::ElementsAre;

absl::StatusOr<storage::ReferralRecord> Read(const api::Referral& referral) {
  return ReadSubmission(SubmitRequest(referral), "", TestToday());
}

api::Referral Imported() {
  api::Referral referral = CleanReferral();
  referral.set_channel(api::SUBMISSION_CHANNEL_IMPORT);
  return referral;
}

TEST(SubmissionTest, CleanReferralIsTakenAsItIs) {
  const auto maybe = Read(CleanReferral());
  ASSERT_THAT(maybe, IsOk());
  EXPECT_EQ(maybe->person().nhs_number().status(), type::NHS_NUMBER_STATUS_NOT_TRACED);
  EXPECT_EQ(maybe->channel(), api::SUBMISSION_CHANNEL_BY_HAND);
}

struct Spoilt {
  const char* name;
  std::function<void(api::Referral&)> spoil;
  const char* reason;
  const char* field;
};

std::string Long(std::size_t characters) {
  return std::string(characters + 1, 'x');
}

TEST(SubmissionTest, EachMistakeByHandIsNamedWithReasonAndField) {
  const Spoilt cases[] = {
      {"no person", [](auto& r) { r.clear_person(); }, "REQUIRED", "referral.person"},
      {"check digit", [](auto& r) { r.mutable_person()->mutable_nhs_number()->set_value("9990000019"); },
       "NHS_NUMBER_CHECK_FAILED", "referral.person.nhs_number.value"},
      {"repeated digit", [](auto& r) { r.mutable_person()->mutable_nhs_number()->set_value("4444444444"); },
       "NHS_NUMBER_CHECK_FAILED", "referral.person.nhs_number.value"},
      {"nine digits", [](auto& r) { r.mutable_person()->mutable_nhs_number()->set_value("999000001"); },
       "NHS_NUMBER_NOT_TEN_DIGITS", "referral.person.nhs_number.value"},
      {"no number, no reason", [](auto& r) { r.mutable_person()->mutable_nhs_number()->clear_value(); }, "REQUIRED",
       "referral.person.nhs_number.absent_reason"},
      {"no name", [](auto& r) { r.mutable_person()->clear_name(); }, "REQUIRED", "referral.person.name"},
      {"long name", [](auto& r) { r.mutable_person()->mutable_name()->set_family(Long(kMaxNameCharacters)); },
       "TEXT_TOO_LONG", "referral.person.name.family"},
      {"no birth date", [](auto& r) { r.mutable_person()->clear_birth_date(); }, "REQUIRED",
       "referral.person.birth_date"},
      {"31 February", [](auto& r) { *r.mutable_person()->mutable_birth_date() = Date(1948, 2, 31); }, "DATE_INVALID",
       "referral.person.birth_date"},
      {"month 13", [](auto& r) { *r.mutable_person()->mutable_birth_date() = Date(1948, 13, 1); }, "DATE_INVALID",
       "referral.person.birth_date"},
      {"day without month", [](auto& r) { *r.mutable_person()->mutable_birth_date() = Date(1948, 0, 1); },
       "DATE_INVALID", "referral.person.birth_date"},
      {"tomorrow", [](auto& r) { *r.mutable_person()->mutable_birth_date() = Date(2026, 11, 20); }, "DATE_IN_FUTURE",
       "referral.person.birth_date"},
      {"131 years", [](auto& r) { *r.mutable_person()->mutable_birth_date() = Date(1895, 11, 19); }, "DATE_TOO_EARLY",
       "referral.person.birth_date"},
      {"no address", [](auto& r) { r.mutable_person()->clear_address(); }, "REQUIRED", "referral.person.address.lines"},
      {"six lines",
       [](auto& r) {
         for (int i = 0; i < 5; ++i) r.mutable_person()->mutable_address()->add_lines("x");
       },
       "TOO_MANY", "referral.person.address.lines"},
      {"long postcode",
       [](auto& r) { r.mutable_person()->mutable_address()->set_postcode(Long(kMaxPostcodeCharacters)); },
       "TEXT_TOO_LONG", "referral.person.address.postcode"},
      {"long phone", [](auto& r) { r.mutable_person()->set_phone(Long(kMaxPhoneCharacters)); }, "TEXT_TOO_LONG",
       "referral.person.phone"},
      {"eleven adjustments",
       [](auto& r) {
         for (int i = 0; i < 11; ++i) r.mutable_person()->add_adjustments("ramp");
       },
       "TOO_MANY", "referral.person.adjustments"},
      {"empty adjustment", [](auto& r) { r.mutable_person()->add_adjustments(""); }, "REQUIRED",
       "referral.person.adjustments[0]"},
      {"no organisation", [](auto& r) { r.mutable_referrer()->mutable_organisation()->clear_ods_code(); }, "REQUIRED",
       "referral.referrer.organisation.ods_code"},
      {"odd ODS code", [](auto& r) { r.mutable_referrer()->mutable_organisation()->set_ods_code("G8-080"); },
       "ODS_CODE_INVALID", "referral.referrer.organisation.ods_code"},
      {"no agency", [](auto& r) { r.mutable_referrer()->mutable_organisation()->clear_agency(); }, "REQUIRED",
       "referral.referrer.organisation.agency"},
      {"no practitioner", [](auto& r) { r.mutable_referrer()->clear_practitioner_name(); }, "REQUIRED",
       "referral.referrer.practitioner_name"},
      {"no reason", [](auto& r) { r.clear_reason_text(); }, "REQUIRED", "referral.reason_text"},
      {"long reason", [](auto& r) { r.set_reason_text(Long(kMaxReasonCharacters)); }, "TEXT_TOO_LONG",
       "referral.reason_text"},
      {"need of no kind", [](auto& r) { r.mutable_needs(0)->clear_category(); }, "REQUIRED",
       "referral.needs[0].category"},
      {"damaged SNOMED", [](auto& r) { r.mutable_needs(0)->set_snomed_code("401206009"); }, "SNOMED_CODE_INVALID",
       "referral.needs[0].snomed_code"},
      {"nineteen needs",
       [](auto& r) {
         for (int i = 0; i < 18; ++i) *r.add_needs() = r.needs(0);
       },
       "TOO_MANY", "referral.needs"},
      {"safety not asked", [](auto& r) { r.mutable_crisis_answers()->clear_feels_unsafe_now(); }, "REQUIRED",
       "referral.crisis_answers.feels_unsafe_now"},
      {"suicide not asked", [](auto& r) { r.mutable_crisis_answers()->clear_suicidal_thoughts(); }, "REQUIRED",
       "referral.crisis_answers.suicidal_thoughts"},
      {"harm not asked", [](auto& r) { r.mutable_crisis_answers()->clear_risk_of_harm(); }, "REQUIRED",
       "referral.crisis_answers.risk_of_harm"},
      {"consent not said", [](auto& r) { r.mutable_consent()->clear_referral(); }, "REQUIRED",
       "referral.consent.referral"},
      {"explainer not said", [](auto& r) { r.mutable_consent()->clear_explained_by(); }, "REQUIRED",
       "referral.consent.explained_by"},
      {"explained tomorrow", [](auto& r) { *r.mutable_consent()->mutable_explained_on() = Date(2026, 11, 20); },
       "DATE_IN_FUTURE", "referral.consent.explained_on"},
      {"shared with nobody", [](auto& r) { r.mutable_consent()->add_share_with(type::AGENCY_KIND_UNSPECIFIED); },
       "REQUIRED", "referral.consent.share_with[0]"},
      {"urgency not said", [](auto& r) { r.clear_urgency(); }, "REQUIRED", "referral.urgency"},
      {"long reference", [](auto& r) { r.set_external_reference(Long(kMaxExternalReferenceCharacters)); },
       "TEXT_TOO_LONG", "referral.external_reference"},
  };
  for (const Spoilt& c : cases) {
    SCOPED_TRACE(c.name);
    api::Referral referral = CleanReferral();
    c.spoil(referral);
    const auto maybe = Read(referral);
    EXPECT_THAT(maybe, StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(maybe, HasReason(c.reason));
    EXPECT_THAT(maybe, HasField(c.field));
  }
}

TEST(SubmissionTest, EverythingThatIsWrongIsSaidAtOnce) {
  api::Referral referral = CleanReferral();
  referral.mutable_person()->mutable_nhs_number()->set_value("123");
  referral.clear_urgency();
  api::SubmitReferralRequest request = SubmitRequest(referral, "");
  const auto maybe = ReadSubmission(request, "", TestToday());
  EXPECT_THAT(splw::text::FieldsOf(maybe.status()),
              ElementsAre("referral.person.nhs_number.value", "referral.urgency", "request_id"));
  request.set_validate_only(true);
  EXPECT_EQ(splw::text::FieldsOf(ReadSubmission(request, "", TestToday()).status()).size(), 2u);
}

TEST(SubmissionTest, RequestWithoutReferralIsRefused) {
  EXPECT_THAT(ReadSubmission(api::SubmitReferralRequest(), "", TestToday()), HasField("referral"));
}

TEST(SubmissionTest, GiantIsRefusedBeforeItIsRead) {
  api::Referral referral = CleanReferral();
  referral.set_reason_text(std::string(kMaxSubmissionBytes, 'x'));
  EXPECT_THAT(Read(referral), HasReason("TOO_LARGE"));
}

TEST(SubmissionTest, WritingIsNormalised) {
  api::Referral referral = CleanReferral();
  referral.mutable_person()->mutable_nhs_number()->set_value("999 000-0018");
  referral.mutable_person()->mutable_address()->set_postcode(" m14  5tp ");
  referral.mutable_referrer()->mutable_organisation()->set_ods_code("g82080");
  const auto maybe = Read(referral);
  ASSERT_THAT(maybe, IsOk());
  EXPECT_EQ(maybe->person().nhs_number().value(), "9990000018");
  EXPECT_EQ(maybe->person().address().postcode(), "M14 5TP");
  EXPECT_EQ(maybe->referrer().organisation().ods_code(), "G82080");
}

TEST(SubmissionTest, NamesOfSpacesAreNoNames) {
  api::Referral referral = CleanReferral();
  referral.mutable_person()->mutable_name()->set_family("  ");
  referral.mutable_person()->mutable_name()->set_given(" ");
  EXPECT_THAT(Read(referral), HasField("referral.person.name"));

  api::Referral imported = Imported();
  *imported.mutable_person() = referral.person();
  imported.mutable_person()->mutable_name()->set_given(" ");
  imported.mutable_referrer()->set_practitioner_name(" ");
  imported.mutable_consent()->set_explained_by(" ");
  imported.set_reason_text("  ");
  const auto maybe = Read(imported);
  ASSERT_THAT(maybe, IsOk());
  EXPECT_EQ(maybe->person().name().family() + maybe->person().name().given(), "");
  EXPECT_EQ(maybe->referrer().practitioner_name(), "");
  EXPECT_EQ(maybe->consent().explained_by(), "");
  EXPECT_EQ(maybe->reason_text(), "");
}

TEST(SubmissionTest, OldestAndNewestPeopleAreTaken) {
  for (const auto& birth : {Date(1896, 11, 19), Date(2026, 11, 19), Date(1948), Date(1948, 3)}) {
    api::Referral referral = CleanReferral();
    *referral.mutable_person()->mutable_birth_date() = birth;
    EXPECT_THAT(Read(referral), IsOk()) << birth.ShortDebugString();
  }
}

TEST(SubmissionTest, NoFixedAbodeNeedsNoAddress) {
  api::Referral referral = CleanReferral();
  referral.mutable_person()->clear_address();
  referral.mutable_person()->mutable_address()->set_no_fixed_abode(true);
  EXPECT_THAT(Read(referral), IsOk());
}

TEST(SubmissionTest, ImportKeepsWhatIsDamagedAndMissing) {
  api::Referral referral;
  referral.set_channel(api::SUBMISSION_CHANNEL_IMPORT);
  referral.mutable_person()->mutable_nhs_number()->set_value("347 852 6985");
  referral.add_needs()->set_snomed_code("401206009");
  const auto maybe = ReadSubmission(SubmitRequest(referral), testing::kPractice, TestToday());
  ASSERT_THAT(maybe, IsOk());
  EXPECT_EQ(maybe->person().nhs_number().value(), "3478526985");
  EXPECT_EQ(maybe->person().nhs_number().status(), type::NHS_NUMBER_STATUS_CHECK_FAILED);
  EXPECT_EQ(maybe->needs(0).category(), type::NEED_CATEGORY_OTHER);
  EXPECT_EQ(maybe->urgency(), type::URGENCY_ROUTINE);
  EXPECT_EQ(OrganisationKey(maybe->referrer().organisation()), testing::kPractice);
}

TEST(SubmissionTest, ImportFromNobodyIsRefused) {
  api::Referral referral = Imported();
  referral.mutable_referrer()->clear_organisation();
  EXPECT_THAT(Read(referral), HasField("referral.referrer.organisation.ods_code"));
}

TEST(SubmissionTest, ImportIsStillHeldToLimitsAndDates) {
  api::Referral referral = Imported();
  *referral.mutable_person()->mutable_birth_date() = Date(2026, 12, 1);
  EXPECT_THAT(Read(referral), HasReason("DATE_IN_FUTURE"));
  referral = Imported();
  referral.mutable_person()->mutable_nhs_number()->set_value(Long(kMaxNhsNumberCharacters));
  EXPECT_THAT(Read(referral), HasReason("TEXT_TOO_LONG"));
}

TEST(SubmissionTest, ClaimedFailureOfARightNumberIsNotBelieved) {
  api::Referral referral = Imported();
  referral.mutable_person()->mutable_nhs_number()->set_status(type::NHS_NUMBER_STATUS_CHECK_FAILED);
  const auto maybe = Read(referral);
  ASSERT_THAT(maybe, IsOk());
  EXPECT_EQ(maybe->person().nhs_number().status(), type::NHS_NUMBER_STATUS_NOT_TRACED);
}

TEST(SubmissionTest, AgencyIsSharedWithOnce) {
  api::Referral referral = CleanReferral();
  referral.mutable_consent()->add_share_with(type::AGENCY_KIND_HOUSING);
  referral.mutable_consent()->add_share_with(type::AGENCY_KIND_HOUSING);
  const auto maybe = Read(referral);
  ASSERT_THAT(maybe, IsOk());
  EXPECT_EQ(maybe->consent().share_with_size(), 1);
}

TEST(SubmissionTest, WhatTheServiceSetsIsIgnored) {
  api::Referral referral = CleanReferral();
  referral.set_state(api::REFERRAL_STATE_ACCEPTED);
  referral.set_case_("networks/U12345/cases/x");
  referral.mutable_crisis_acknowledgement()->set_acknowledged_by("me");
  const auto maybe = Read(referral);
  ASSERT_THAT(maybe, IsOk());
  EXPECT_EQ(maybe->state(), api::REFERRAL_STATE_UNSPECIFIED);
  EXPECT_EQ(maybe->case_(), "");
  EXPECT_FALSE(maybe->has_crisis_acknowledgement());
}

TEST(SubmissionTest, ImportNotesAreKeptAndAreForImportsAlone) {
  api::Referral referral = Imported();
  referral.add_import_notes()->set_code("restricted-record");
  referral.mutable_import_notes(0)->set_location("Bundle.entry[2].resource.meta.security[0]");
  referral.mutable_authored_time()->set_seconds(1'700'000'000);
  const auto maybe = Read(referral);
  ASSERT_THAT(maybe, IsOk());
  ASSERT_EQ(maybe->import_notes_size(), 1);
  EXPECT_EQ(maybe->import_notes(0).severity(), api::IMPORT_NOTE_SEVERITY_WARNING) << "not said is a warning";
  EXPECT_EQ(maybe->authored_time().seconds(), 1'700'000'000);

  referral.set_channel(api::SUBMISSION_CHANNEL_BY_HAND);
  EXPECT_THAT(Read(referral), HasField("referral.import_notes"));
  referral.clear_import_notes();
  EXPECT_THAT(Read(referral), HasField("referral.authored_time"));
}

TEST(SubmissionTest, ImportNotesHaveLimits) {
  const auto refused = [](const std::function<void(api::Referral&)>& spoil) {
    api::Referral referral = Imported();
    referral.add_import_notes()->set_code("kept-out");
    spoil(referral);
    return Read(referral).status();
  };
  EXPECT_THAT(refused([](auto& r) { r.mutable_import_notes(0)->clear_code(); }),
              HasField("referral.import_notes[0].code"));
  EXPECT_THAT(refused([](auto& r) { r.mutable_import_notes(0)->set_location(Long(kMaxNoteLocationCharacters)); }),
              HasField("referral.import_notes[0].location"));
  EXPECT_THAT(refused([](auto& r) { r.mutable_import_notes(0)->set_message(Long(kMaxNoteMessageCharacters)); }),
              HasField("referral.import_notes[0].message"));
  EXPECT_THAT(refused([](auto& r) {
                while (r.import_notes_size() <= kMaxImportNotes) *r.add_import_notes() = r.import_notes(0);
              }),
              HasField("referral.import_notes"));
  EXPECT_THAT(refused([](auto& r) { r.mutable_authored_time()->set_nanos(-1); }), HasField("referral.authored_time"));
}

}  // namespace
}  // namespace splw::referral_intake
