#include "tests/load/people.h"

#include <array>
#include <cstddef>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/time/civil_time.h>

namespace splw::load {
namespace {

constexpr std::array<const char*, 8> kFamilies = {"Quillfeather", "Thistlewood", "Marchbanks",  "Oakapple",
                                                  "Fennimore",    "Larkspur",    "Copperwheat", "Winterbourne"};
constexpr std::array<const char*, 8> kGivens = {"Ottoline", "Barnaby", "Ishani", "Peverell",
                                                "Marigold", "Tobias",  "Yusra",  "Clement"};
constexpr std::array<const char*, 4> kStreets = {"Thistledown Row", "Marl Pits Lane", "Old Tannery Court",
                                                 "Bleachworks Street"};
// As referrers write: several findings, what was tried, what is hoped for.
constexpr std::array<const char*, 4> kReasons = {
    "Lives alone since her husband moved into residential care in spring. Has fallen twice this winter, both times in "
    "the "
    "kitchen, without injury. Behind with the rent after a change of benefits and afraid to open letters. Sees nobody "
    "from "
    "week to week but the neighbour who brings the shopping. Low in mood, sleeps badly, has stopped going to the "
    "choir. "
    "Would like company in the daytime and somebody to go through the letters with.",
    "Long-term back pain, out of work for fourteen months, has lost the structure of the day. Reviewed three times "
    "this "
    "quarter without a medical cause for the tiredness. Says that what is missing is people and something to do. Used "
    "to "
    "repair bicycles and would teach it. Does not use the internet, the bus is difficult because of the stairs at the "
    "stop. Interested in a walking group if somebody comes along the first time.",
    "Carer for his mother, who has dementia, day and night; no respite since the summer. Comes for himself with "
    "headaches "
    "and high blood pressure, and talks about forms that he cannot get done. Has not seen friends for half a year. "
    "Asks "
    "what help there is at home, whether there is a carers' group in the evening, and who could look at the attendance "
    "allowance with him. His sister would sit with the mother on Thursdays.",
    "Moved into the area in January and knows nobody. Two children at primary school, works nights in a warehouse, "
    "damp "
    "in both bedrooms and a landlord who does not answer. Uses the food bank twice a month. English is good in "
    "conversation, letters are hard. Would like to meet other parents, help with the housing letter, and a course that "
    "fits around the shifts. Agreed to be called in the afternoons only.",
};
constexpr std::array<type::v1::NeedCategory, 6> kNeeds = {
    type::v1::NEED_CATEGORY_LONELINESS,        type::v1::NEED_CATEGORY_MONEY,
    type::v1::NEED_CATEGORY_HOUSING,           type::v1::NEED_CATEGORY_CARING,
    type::v1::NEED_CATEGORY_PHYSICAL_ACTIVITY, type::v1::NEED_CATEGORY_LEARNING};

template <typename Values>
const auto& Pick(const Values& values, std::uint64_t number) {
  return values[static_cast<std::size_t>(number % values.size())];
}

void Describe(std::uint64_t person, type::v1::Person& who) {
  type::v1::NhsNumber& number = *who.mutable_nhs_number();
  number.set_value(NhsNumberOf(person));
  if (number.value().empty()) {
    number.set_absent_reason(type::v1::NHS_NUMBER_ABSENT_REASON_NOT_KNOWN);
  } else {
    number.set_status(type::v1::NHS_NUMBER_STATUS_NOT_TRACED);
  }
  // With the number in it, so that no two are taken for the same person by name, date of birth and postcode.
  who.mutable_name()->set_family(absl::StrCat(Pick(kFamilies, person), "-", person));
  who.mutable_name()->set_given(Pick(kGivens, person / 3));
  const absl::CivilDay born = absl::CivilDay(1931, 4, 5) + static_cast<std::int64_t>(person % 25'000);
  who.mutable_birth_date()->set_year(static_cast<int>(born.year()));
  who.mutable_birth_date()->set_month(born.month());
  who.mutable_birth_date()->set_day(born.day());
  who.set_gender(person % 3 == 0 ? type::v1::GENDER_MALE : type::v1::GENDER_FEMALE);
  who.set_ethnicity_code("A");
  who.mutable_address()->add_lines(absl::StrCat("Flat ", 1 + person % 40));
  who.mutable_address()->add_lines(absl::StrCat(1 + person % 180, " ", Pick(kStreets, person / 7)));
  who.mutable_address()->set_postcode(absl::StrFormat("M99 %dZZ", person % 10));
  who.set_phone("0161 496 0000");  // Ofcom's numbers for drama
  who.set_email("person@example.org");
  who.add_adjustments("Prefers to be called before a visit");
}

}  // namespace

std::string NhsNumberOf(std::uint64_t person) {
  if (person >= kPeopleWithNumbers) return "";
  // The check digit as the NHS Data Dictionary has it: weights 10 to 2, modulus 11; 10 is no digit. Whatever the first
  // eight digits are, at most one ninth digit leads to that: nine people share them.
  const std::string eight = absl::StrFormat("999%05d", person / 9);
  int sum = 0;
  for (int i = 0; i < 8; ++i) sum += (eight[static_cast<std::size_t>(i)] - '0') * (10 - i);
  std::uint64_t valid = 0;
  for (int ninth = 0; ninth <= 9; ++ninth) {
    const int check = (11 - (sum + 2 * ninth) % 11) % 11;
    if (check != 10 && valid++ == person % 9) return absl::StrCat(eight, ninth, check);
  }
  return "";  // not reached: nine of ten are valid at least
}

referral::v1::Referral ReferralOf(std::uint64_t person) {
  referral::v1::Referral referral;
  referral.set_channel(referral::v1::SUBMISSION_CHANNEL_BY_HAND);
  Describe(person, *referral.mutable_person());
  type::v1::Referrer& referrer = *referral.mutable_referrer();
  referrer.mutable_organisation()->set_ods_code(kPractice);
  referrer.mutable_organisation()->set_display_name("Thistledown Surgery");
  referrer.mutable_organisation()->set_agency(type::v1::AGENCY_KIND_PRIMARY_CARE);
  referrer.set_practitioner_name("Dr Peverell Oakapple");
  referrer.set_role_title("General practitioner");
  referrer.set_contact("reception@thistledown.example");
  referral.set_reason_text(Pick(kReasons, person));
  for (const std::uint64_t offset : {0, 1, 3}) {
    type::v1::Need& need = *referral.add_needs();
    need.set_category(Pick(kNeeds, person + offset));
    need.set_note("Spoken about at the last two appointments; would welcome somebody to go along the first time.");
  }
  type::v1::CrisisAnswers& crisis = *referral.mutable_crisis_answers();
  crisis.set_feels_unsafe_now(type::v1::CRISIS_ANSWER_NO);
  crisis.set_suicidal_thoughts(type::v1::CRISIS_ANSWER_NO);
  crisis.set_risk_of_harm(type::v1::CRISIS_ANSWER_NO);
  type::v1::Consent& consent = *referral.mutable_consent();
  consent.set_referral(type::v1::CONSENT_STATUS_AGREED);
  consent.set_explained_by("Dr Peverell Oakapple, GP");
  consent.add_share_with(type::v1::AGENCY_KIND_VCSE);
  consent.add_share_with(type::v1::AGENCY_KIND_HOUSING);
  referral.set_urgency(type::v1::URGENCY_ROUTINE);
  referral.set_external_reference(absl::StrCat("load-", person));
  return referral;
}

}  // namespace splw::load
