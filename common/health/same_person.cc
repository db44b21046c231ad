#include "common/health/same_person.h"

#include <algorithm>
#include <vector>

#include <absl/strings/ascii.h>

#include "common/health/nhs_number.h"

namespace splw::health {
namespace {

bool BothHaveNumbers(const type::v1::Person& one, const type::v1::Person& other) {
  return IsNhsNumber(one.nhs_number().value()) && IsNhsNumber(other.nhs_number().value());
}

// Those that are stated of: given names, and how the person likes to be called.
std::vector<std::string> CalledNames(const type::v1::HumanName& name) {
  std::vector<std::string> names;
  for (const std::string& text : {name.given(), name.preferred()}) {
    if (std::string folded = FoldedName(text); !folded.empty()) names.push_back(std::move(folded));
  }
  return names;
}

// "Jean" and "Jean Mary".
bool IsBeginning(const std::string& one, const std::string& other) {
  const std::size_t length = std::min(one.size(), other.size());
  return one.compare(0, length, other, 0, length) == 0;
}

}  // namespace

std::string FoldedName(std::string_view text) {
  std::string folded;
  for (const char c : text) {
    const unsigned char byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || absl::ascii_isalnum(byte)) folded.push_back(absl::ascii_tolower(byte));
  }
  return folded;
}

bool CertainlyDifferent(const type::v1::Person& one, const type::v1::Person& other) {
  return BothHaveNumbers(one, other) && one.nhs_number().value() != other.nhs_number().value();
}

bool CertainlyOne(const type::v1::Person& one, const type::v1::Person& other) {
  return BothHaveNumbers(one, other) && one.nhs_number().value() == other.nhs_number().value();
}

bool CalledAlike(const type::v1::Person& one, const type::v1::Person& other) {
  const std::vector<std::string> names = CalledNames(one.name());
  const std::vector<std::string> others = CalledNames(other.name());
  if (names.empty() || others.empty()) return true;
  return std::any_of(names.begin(), names.end(), [&others](const std::string& name) {
    return std::any_of(others.begin(), others.end(),
                       [&name](const std::string& each) { return IsBeginning(name, each); });
  });
}

bool MayBeOnePerson(const type::v1::Person& one, const type::v1::Person& other) {
  return BothHaveNumbers(one, other) ? CertainlyOne(one, other) : CalledAlike(one, other);
}

}  // namespace splw::health
