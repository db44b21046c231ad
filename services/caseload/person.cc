#include "services/caseload/person.h"

#include <algorithm>
#include <string>

#include "common/health/nhs_number.h"
#include "common/health/same_person.h"
#include "services/caseload/limits.h"

namespace splw::caseload {
namespace {

void TakeText(const std::string& stated, std::string& known) {
  if (!stated.empty()) known = stated;
}

bool StatesSomething(const type::v1::NhsNumber& number) {
  return !number.value().empty() || number.absent_reason() != type::v1::NHS_NUMBER_ABSENT_REASON_UNSPECIFIED;
}

void TakeNumber(const type::v1::NhsNumber& stated, type::v1::NhsNumber& known) {
  const bool sound = health::IsNhsNumber(stated.value());
  if (health::IsNhsNumber(known.value()) && !sound) return;
  const bool traced = known.value() == stated.value() && known.status() == type::v1::NHS_NUMBER_STATUS_VERIFIED;
  if (!StatesSomething(stated) || traced) return;
  known = stated;
}

// Asked and not known is not known.
bool IsGender(type::v1::Gender gender) {
  return gender != type::v1::GENDER_UNSPECIFIED && gender != type::v1::GENDER_UNKNOWN;
}

int PartsOf(const google::type::Date& date) {
  return (date.year() != 0 ? 1 : 0) + (date.month() != 0 ? 1 : 0) + (date.day() != 0 ? 1 : 0);
}

void TakeAddress(const type::v1::Address& stated, type::v1::Address& known) {
  if (stated.no_fixed_abode() || stated.lines_size() > 0) {
    known = stated;
    return;
  }
  // A postcode alone tells nothing new of an address in it, and that the person has moved where it is another.
  const bool moved = health::FoldedName(stated.postcode()) != health::FoldedName(known.postcode());
  if (!stated.postcode().empty() && moved) known = stated;
}

}  // namespace

type::v1::Person MergePerson(type::v1::Person known, const type::v1::Person& stated) {
  if (stated.has_nhs_number()) TakeNumber(stated.nhs_number(), *known.mutable_nhs_number());
  TakeText(stated.name().family(), *known.mutable_name()->mutable_family());
  TakeText(stated.name().given(), *known.mutable_name()->mutable_given());
  TakeText(stated.name().preferred(), *known.mutable_name()->mutable_preferred());
  if (PartsOf(stated.birth_date()) > 0 && PartsOf(stated.birth_date()) >= PartsOf(known.birth_date())) {
    *known.mutable_birth_date() = stated.birth_date();
  }
  if (IsGender(stated.gender()) || !IsGender(known.gender())) known.set_gender(stated.gender());
  TakeText(stated.ethnicity_code(), *known.mutable_ethnicity_code());
  if (stated.has_address()) TakeAddress(stated.address(), *known.mutable_address());
  TakeText(stated.phone(), *known.mutable_phone());
  TakeText(stated.email(), *known.mutable_email());
  TakeText(stated.language(), *known.mutable_language());
  if (stated.interpreter_needed()) known.set_interpreter_needed(true);
  for (const std::string& adjustment : stated.adjustments()) {
    const auto& kept = known.adjustments();
    if (kept.size() >= kMaxAdjustments || std::find(kept.begin(), kept.end(), adjustment) != kept.end()) continue;
    known.add_adjustments(adjustment);
  }
  return known;
}

}  // namespace splw::caseload
