#include "services/referral_intake/person_keys.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_format.h>

#include "common/health/nhs_number.h"
#include "services/referral_intake/dates.h"

namespace splw::referral_intake {
namespace {

// Letters and digits only, in lower case; characters beyond ASCII stay as they are.
std::string Folded(std::string_view text) {
  std::string folded;
  for (const char c : text) {
    const unsigned char byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || absl::ascii_isalnum(byte)) folded.push_back(absl::ascii_tolower(byte));
  }
  return folded;
}

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
  const std::string family = Folded(person.name().family());
  const std::string postcode = Folded(person.address().postcode());
  const google::type::Date& birth = person.birth_date();
  if (!family.empty() && !postcode.empty() && IsDate(birth) && birth.day() != 0) {
    keys.push_back(by_details_.HexHash(absl::StrFormat("%s\n%s\n%04d-%02d-%02d\n%s", family,
                                                       FirstCharacter(Folded(person.name().given())), birth.year(),
                                                       birth.month(), birth.day(), postcode)));
  }
  return keys;
}

bool CertainlyDifferent(const type::Person& a, const type::Person& b) {
  return health::IsNhsNumber(a.nhs_number().value()) && health::IsNhsNumber(b.nhs_number().value()) &&
         a.nhs_number().value() != b.nhs_number().value();
}

}  // namespace splw::referral_intake
