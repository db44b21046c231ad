#include "services/referral_intake/submission.h"

#include <algorithm>
#include <set>

#include <absl/strings/ascii.h>

#include "common/delivery/request_rules.h"
#include "common/health/nhs_number.h"
#include "common/health/ods_code.h"
#include "common/health/snomed.h"
#include "common/text/failure.h"
#include "common/text/status_macros.h"
#include "common/text/validate.h"
#include "services/referral_intake/dates.h"
#include "services/referral_intake/limits.h"

namespace splw::referral_intake {
namespace {

class SubmissionReader final {
 public:
  SubmissionReader(const api::Referral& sent, std::string_view submitter_organisation, absl::CivilDay today)
      : sent_(sent),
        submitter_organisation_(submitter_organisation),
        today_(today),
        by_hand_(sent.channel() != api::SUBMISSION_CHANNEL_IMPORT) {}

  void Read() {
    record_.set_channel(by_hand_ ? api::SUBMISSION_CHANNEL_BY_HAND : api::SUBMISSION_CHANNEL_IMPORT);
    if (by_hand_ && !sent_.has_person()) {
      Missing("referral.person", "say who is referred");
    } else {
      ReadPerson();
    }
    ReadReferrer();
    Text("referral.reason_text", sent_.reason_text(), kMaxReasonCharacters, by_hand_, /*allow_lines=*/true);
    record_.set_reason_text(sent_.reason_text());
    absl::StripAsciiWhitespace(record_.mutable_reason_text());
    ReadNeeds();
    ReadCrisisAnswers();
    ReadConsent();
    ReadUrgency();
    Text("referral.external_reference", sent_.external_reference(), kMaxExternalReferenceCharacters, false);
    record_.set_external_reference(sent_.external_reference());
    ReadImport();
  }

  text::Violations& violations() { return violations_; }
  storage::ReferralRecord& record() { return record_; }

 private:
  void Missing(std::string_view field, std::string_view message) { violations_.Missing(field, message); }

  void Text(std::string_view field, std::string_view value, std::size_t max, bool required, bool allow_lines = false) {
    text::CheckText(field, value, {.max_characters = max, .required = required, .allow_lines = allow_lines},
                    violations_);
  }

  bool TooMany(std::string_view field, int count, int max) {
    if (count <= max) return false;
    violations_.Add(field, "TOO_MANY", "holds " + std::to_string(count) + " entries; at most " + std::to_string(max));
    return true;
  }

  void ReadPerson() {
    const type::Person& sent = sent_.person();
    type::Person& person = *record_.mutable_person();
    person = sent;
    ReadNhsNumber(sent.nhs_number(), *person.mutable_nhs_number());

    type::HumanName& name = *person.mutable_name();
    for (std::string* part : {name.mutable_family(), name.mutable_given(), name.mutable_preferred()}) {
      absl::StripAsciiWhitespace(part);
    }
    Text("referral.person.name.family", name.family(), kMaxNameCharacters, false);
    Text("referral.person.name.given", name.given(), kMaxNameCharacters, false);
    Text("referral.person.name.preferred", name.preferred(), kMaxNameCharacters, false);
    if (by_hand_ && name.family().empty() && name.given().empty()) {
      Missing("referral.person.name", "give the family name, the given names, or both");
    }
    ReadBirthDate(sent.birth_date());
    Text("referral.person.ethnicity_code", sent.ethnicity_code(), kMaxEthnicityCharacters, false);
    ReadAddress(sent.address(), *person.mutable_address());
    Text("referral.person.phone", sent.phone(), kMaxPhoneCharacters, false);
    Text("referral.person.email", sent.email(), kMaxContactCharacters, false);
    Text("referral.person.language", sent.language(), kMaxLanguageCharacters, false);
    if (!TooMany("referral.person.adjustments", sent.adjustments_size(), kMaxAdjustments)) {
      for (int i = 0; i < sent.adjustments_size(); ++i) {
        Text("referral.person.adjustments[" + std::to_string(i) + "]", sent.adjustments(i), kMaxAdjustmentCharacters,
             true, true);
      }
    }
  }

  void ReadNhsNumber(const type::NhsNumber& sent, type::NhsNumber& number) {
    static constexpr char kField[] = "referral.person.nhs_number.value";
    Text(kField, sent.value(), kMaxNhsNumberCharacters, false);
    const std::string value = health::NormaliseNhsNumber(sent.value());
    number.set_value(value);
    if (value.empty()) {
      number.clear_status();
      if (by_hand_ && sent.absent_reason() == type::NHS_NUMBER_ABSENT_REASON_UNSPECIFIED) {
        Missing("referral.person.nhs_number.absent_reason", "give the NHS number, or say why there is none");
      }
      return;
    }
    number.clear_absent_reason();
    const health::NhsNumberFault fault = health::CheckNhsNumber(value);
    if (fault == health::NhsNumberFault::kNone) {
      if (sent.status() == type::NHS_NUMBER_STATUS_UNSPECIFIED ||
          sent.status() == type::NHS_NUMBER_STATUS_CHECK_FAILED) {
        number.set_status(type::NHS_NUMBER_STATUS_NOT_TRACED);
      }
      return;
    }
    number.set_status(type::NHS_NUMBER_STATUS_CHECK_FAILED);
    if (!by_hand_) return;
    if (fault == health::NhsNumberFault::kNotTenDigits) {
      violations_.Add(kField, "NHS_NUMBER_NOT_TEN_DIGITS", "an NHS number has ten digits");
    } else {
      violations_.Add(kField, "NHS_NUMBER_CHECK_FAILED",
                      "is not a valid NHS number: compare it with the source, digit by digit");
    }
  }

  void ReadBirthDate(const google::type::Date& sent) {
    static constexpr char kField[] = "referral.person.birth_date";
    if (IsUnset(sent)) {
      if (by_hand_) Missing(kField, "give the date of birth, or the year where no more is known");
    } else if (!IsDate(sent)) {
      violations_.Add(kField, "DATE_INVALID", "is not a date of the calendar");
    } else if (EarliestDay(sent) > today_) {
      violations_.Add(kField, "DATE_IN_FUTURE", "lies in the future");
    } else if (AgeInYears(LatestDay(sent), today_) > kMaxAgeYears) {
      violations_.Add(kField, "DATE_TOO_EARLY", "would make the person older than " + std::to_string(kMaxAgeYears));
    }
  }

  void ReadAddress(const type::Address& sent, type::Address& address) {
    if (!TooMany("referral.person.address.lines", sent.lines_size(), kMaxAddressLines)) {
      for (int i = 0; i < sent.lines_size(); ++i) {
        Text("referral.person.address.lines[" + std::to_string(i) + "]", sent.lines(i), kMaxAddressLineCharacters,
             true);
      }
    }
    Text("referral.person.address.postcode", sent.postcode(), kMaxPostcodeCharacters, false);
    std::string postcode = absl::AsciiStrToUpper(sent.postcode());
    absl::RemoveExtraAsciiWhitespace(&postcode);
    address.set_postcode(postcode);
    if (by_hand_ && !sent.no_fixed_abode() && sent.lines().empty()) {
      Missing("referral.person.address.lines", "give the address, or set no_fixed_abode");
    }
  }

  void ReadReferrer() {
    const type::Referrer& sent = sent_.referrer();
    type::Referrer& referrer = *record_.mutable_referrer();
    referrer = sent;
    type::Organisation& organisation = *referrer.mutable_organisation();
    organisation.set_ods_code(health::NormaliseOdsCode(sent.organisation().ods_code()));
    if (!by_hand_ && OrganisationKey(organisation).empty()) {
      if (const std::string key = OrganisationKey(submitter_organisation_); health::IsOdsCode(key)) {
        organisation.set_ods_code(key);
      } else {
        organisation.set_local_id(std::string(submitter_organisation_));
      }
    }
    if (OrganisationKey(organisation).empty()) {
      Missing("referral.referrer.organisation.ods_code",
              "give the organisation's ODS code, or its local_id if it has none");
    }
    if (!organisation.ods_code().empty() && !health::IsOdsCode(organisation.ods_code())) {
      violations_.Add("referral.referrer.organisation.ods_code", "ODS_CODE_INVALID",
                      "must be 3 to 12 letters and digits");
    }
    Text("referral.referrer.organisation.local_id", organisation.local_id(), kMaxLocalIdCharacters, false);
    // By such an id a practice would be shown what is not theirs: the two kinds share one key.
    if (organisation.ods_code().empty() && health::IsPracticeCode(OrganisationKey(organisation))) {
      violations_.Add("referral.referrer.organisation.local_id", "LOCAL_ID_IS_ODS_CODE",
                      "is written like a practice's ODS code: give it as ods_code, or write the local id otherwise");
    }
    Text("referral.referrer.organisation.display_name", organisation.display_name(), kMaxPersonLabelCharacters, false);
    if (by_hand_ && organisation.agency() == type::AGENCY_KIND_UNSPECIFIED) {
      Missing("referral.referrer.organisation.agency", "say what kind of organisation it is");
    }
    Text("referral.referrer.practitioner_name", sent.practitioner_name(), kMaxPersonLabelCharacters, by_hand_);
    absl::StripAsciiWhitespace(referrer.mutable_practitioner_name());
    Text("referral.referrer.role_title", sent.role_title(), kMaxRoleTitleCharacters, false);
    Text("referral.referrer.contact", sent.contact(), kMaxContactCharacters, false);
  }

  void ReadNeeds() {
    if (TooMany("referral.needs", sent_.needs_size(), kMaxNeeds)) return;
    for (int i = 0; i < sent_.needs_size(); ++i) {
      const std::string field = "referral.needs[" + std::to_string(i) + "]";
      type::Need& need = *record_.add_needs();
      need = sent_.needs(i);
      if (need.category() == type::NEED_CATEGORY_UNSPECIFIED) {
        if (by_hand_) {
          Missing(field + ".category", "say what kind of need it is");
        } else {
          need.set_category(type::NEED_CATEGORY_OTHER);
        }
      }
      Text(field + ".snomed_code", need.snomed_code(), 18, false);  // an SCTID's length: common/health/snomed.h
      if (by_hand_ && !need.snomed_code().empty() && !health::IsSnomedId(need.snomed_code())) {
        violations_.Add(field + ".snomed_code", "SNOMED_CODE_INVALID",
                        "is not a SNOMED CT id: its check digit is wrong");
      }
      Text(field + ".note", need.note(), kMaxNeedNoteCharacters, false, true);
    }
  }

  void ReadCrisisAnswers() {
    const type::CrisisAnswers& answers = sent_.crisis_answers();
    *record_.mutable_crisis_answers() = answers;
    if (!by_hand_) return;
    const auto check = [&](type::CrisisAnswer answer, const char* field) {
      if (answer != type::CRISIS_ANSWER_UNSPECIFIED) return;
      Missing(std::string("referral.crisis_answers.") + field, "ask the question; \"unsure\" is an answer");
    };
    check(answers.feels_unsafe_now(), "feels_unsafe_now");
    check(answers.suicidal_thoughts(), "suicidal_thoughts");
    check(answers.risk_of_harm(), "risk_of_harm");
  }

  void ReadConsent() {
    const type::Consent& sent = sent_.consent();
    type::Consent& consent = *record_.mutable_consent();
    consent = sent;
    consent.clear_share_with();
    if (by_hand_ && sent.referral() == type::CONSENT_STATUS_UNSPECIFIED) {
      Missing("referral.consent.referral", "say whether the person agrees, declines, or was not asked");
    }
    Text("referral.consent.explained_by", sent.explained_by(), kMaxPersonLabelCharacters,
         by_hand_ && sent.referral() == type::CONSENT_STATUS_AGREED);
    absl::StripAsciiWhitespace(consent.mutable_explained_by());
    if (!IsUnset(sent.explained_on())) {
      if (!IsDate(sent.explained_on())) {
        violations_.Add("referral.consent.explained_on", "DATE_INVALID", "is not a date of the calendar");
      } else if (EarliestDay(sent.explained_on()) > today_) {
        violations_.Add("referral.consent.explained_on", "DATE_IN_FUTURE", "lies in the future");
      }
    }
    if (TooMany("referral.consent.share_with", sent.share_with_size(), kMaxShareWith)) return;
    std::set<int> kept;
    for (int i = 0; i < sent.share_with_size(); ++i) {
      if (sent.share_with(i) == type::AGENCY_KIND_UNSPECIFIED) {
        Missing("referral.consent.share_with[" + std::to_string(i) + "]", "say which kind of agency");
      } else if (kept.insert(sent.share_with(i)).second) {
        consent.add_share_with(sent.share_with(i));
      }
    }
  }

  void ReadUrgency() {
    record_.set_urgency(sent_.urgency());
    if (sent_.urgency() != type::URGENCY_UNSPECIFIED) return;
    if (by_hand_) {
      Missing("referral.urgency", "say how soon help is needed");
    } else {
      record_.set_urgency(type::URGENCY_ROUTINE);
    }
  }

  // What only another system can know of its own document.
  void ReadImport() {
    if (by_hand_ && (sent_.import_notes_size() > 0 || sent_.has_authored_time())) {
      violations_.Add(sent_.import_notes_size() > 0 ? "referral.import_notes" : "referral.authored_time", "IMPORT_ONLY",
                      "is for referrals that another system sends: set the channel to IMPORT, or leave it out");
      return;
    }
    if (sent_.has_authored_time()) {
      if (!IsTimestamp(sent_.authored_time())) {
        violations_.Add("referral.authored_time", "TIME_INVALID", "must be an instant of the years 1 to 9999");
      }
      *record_.mutable_authored_time() = sent_.authored_time();
    }
    if (TooMany("referral.import_notes", sent_.import_notes_size(), kMaxImportNotes)) return;
    for (int i = 0; i < sent_.import_notes_size(); ++i) {
      const std::string field = "referral.import_notes[" + std::to_string(i) + "]";
      api::ImportNote& note = *record_.add_import_notes();
      note = sent_.import_notes(i);
      if (note.severity() == api::IMPORT_NOTE_SEVERITY_UNSPECIFIED) {
        note.set_severity(api::IMPORT_NOTE_SEVERITY_WARNING);
      }
      Text(field + ".location", note.location(), kMaxNoteLocationCharacters, false);
      Text(field + ".code", note.code(), kMaxImportNoteCodeCharacters, true);
      Text(field + ".message", note.message(), kMaxNoteMessageCharacters, false);
    }
  }

  const api::Referral& sent_;
  const std::string_view submitter_organisation_;
  const absl::CivilDay today_;
  const bool by_hand_;
  text::Violations violations_;
  storage::ReferralRecord record_;
};

}  // namespace

std::string OrganisationKey(const type::Organisation& organisation) {
  return OrganisationKey(organisation.ods_code().empty() ? organisation.local_id() : organisation.ods_code());
}

std::string OrganisationKey(std::string_view name) {
  return health::NormaliseOdsCode(name);
}

absl::StatusOr<storage::ReferralRecord> ReadSubmission(const api::SubmitReferralRequest& request,
                                                       std::string_view submitter_organisation, absl::CivilDay today) {
  if (!request.has_referral()) return text::MissingField("referral", "send the referral");
  if (request.referral().ByteSizeLong() > kMaxSubmissionBytes) {
    return text::InvalidField("referral", "TOO_LARGE", "must be at most 256 KiB");
  }
  SubmissionReader reader(request.referral(), submitter_organisation, today);
  reader.Read();
  if (!request.validate_only()) delivery::CheckRequestId(request.request_id(), reader.violations());
  SPLW_RETURN_IF_ERROR(reader.violations().ToStatus());
  return std::move(reader.record());
}

}  // namespace splw::referral_intake
