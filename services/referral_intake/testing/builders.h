// Well-formed messages for the tests of this service; each test spoils what it is about. Sample NHS numbers are
// never issued.
#pragma once

#include <string>

#include <absl/time/time.h>

#include "services/referral_intake/dates.h"
#include "services/referral_intake/messages.h"
#include "services/referral_intake/network_policy.h"
#include "splw/referral/v1/referral_intake_service.pb.h"

namespace splw::referral_intake::testing {

inline constexpr char kNetwork[] = "U12345";
inline constexpr char kParent[] = "networks/U12345";
inline constexpr char kPractice[] = "G82080";

// Thursday, 19 November 2026, 09:30 in London.
inline absl::Time TestNow() {
  return absl::FromCivil(absl::CivilSecond(2026, 11, 19, 9, 30, 0), absl::UTCTimeZone());
}
inline absl::CivilDay TestToday() {
  return absl::CivilDay(2026, 11, 19);
}

inline google::type::Date Date(int year, int month = 0, int day = 0) {
  google::type::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

inline type::CrisisAnswers CrisisAnswers(type::CrisisAnswer unsafe, type::CrisisAnswer suicide,
                                         type::CrisisAnswer harm) {
  type::CrisisAnswers answers;
  answers.set_feels_unsafe_now(unsafe);
  answers.set_suicidal_thoughts(suicide);
  answers.set_risk_of_harm(harm);
  return answers;
}
inline type::CrisisAnswers NoCrisisAnswers() {
  return CrisisAnswers(type::CRISIS_ANSWER_NO, type::CRISIS_ANSWER_NO, type::CRISIS_ANSWER_NO);
}

// A clean routine referral by hand.
inline api::Referral CleanReferral() {
  api::Referral referral;
  type::Person& person = *referral.mutable_person();
  person.mutable_nhs_number()->set_value("9990000018");
  person.mutable_name()->set_family("Ashworth");
  person.mutable_name()->set_given("Margaret");
  *person.mutable_birth_date() = Date(1948, 3, 7);
  person.mutable_address()->add_lines("4 Mill Lane");
  person.mutable_address()->set_postcode("M14 5TP");
  type::Referrer& referrer = *referral.mutable_referrer();
  referrer.mutable_organisation()->set_ods_code(kPractice);
  referrer.mutable_organisation()->set_display_name("Mill Lane Surgery");
  referrer.mutable_organisation()->set_agency(type::AGENCY_KIND_PRIMARY_CARE);
  referrer.set_practitioner_name("Dr Sample");
  referral.set_reason_text("Falls, arrears, lives alone.");
  referral.add_needs()->set_category(type::NEED_CATEGORY_LONELINESS);
  *referral.mutable_crisis_answers() = NoCrisisAnswers();
  referral.mutable_consent()->set_referral(type::CONSENT_STATUS_AGREED);
  referral.mutable_consent()->set_explained_by("Dr Sample, GP");
  referral.set_urgency(type::URGENCY_ROUTINE);
  referral.set_channel(api::SUBMISSION_CHANNEL_BY_HAND);
  return referral;
}

inline api::SubmitReferralRequest SubmitRequest(const api::Referral& referral,
                                                const std::string& request_id = "submit-1") {
  api::SubmitReferralRequest request;
  request.set_parent(kParent);
  *request.mutable_referral() = referral;
  request.set_request_id(request_id);
  return request;
}

}  // namespace splw::referral_intake::testing
