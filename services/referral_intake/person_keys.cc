#include "services/referral_intake/person_keys.h"

#include <absl/strings/str_format.h>

#include "common/health/nhs_number.h"
#include "common/health/same_person.h"
#include "services/referral_intake/dates.h"

namespace splw::referral_intake {
namespace {

// The first character of UTF-8 text.
std::string FirstCharacter(const std::string& text) {
  std::size_t end = text.empty() ? 0 : 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
  return text.substr(0, end);
}

}  // namespace

std::vector<std::string> PersonKeys::Of(const type::Person& person) const {
  std::vector<std::string> keys;
  if (health::IsNhsNumber(person.nhs_number().value())) keys.push_back(by_number_.HexHash(person.nhs_number().value()));
  const std::string family = health::FoldedName(person.name().family());
  const std::string postcode = health::FoldedName(person.address().postcode());
  const google::type::Date& birth = person.birth_date();
  if (!family.empty() && !postcode.empty() && IsDate(birth) && birth.day() != 0) {
    keys.push_back(by_details_.HexHash(absl::StrFormat("%s\n%s\n%04d-%02d-%02d\n%s", family,
                                                       FirstCharacter(health::FoldedName(person.name().given())),
                                                       birth.year(), birth.month(), birth.day(), postcode)));
  }
  return keys;
}

}  // namespace splw::referral_intake
