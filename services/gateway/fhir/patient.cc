#include "services/gateway/fhir/patient.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>

#include "common/health/nhs_number.h"
#include "services/gateway/fhir/datatypes.h"
#include "services/gateway/fhir/limits.h"
#include "services/gateway/fhir/terminology.h"
#include "services/gateway/fhir/usable.h"

namespace splw::fhir {
namespace {

namespace type = splw::type::v1;

bool IsExtension(const Element& extension, std::string_view name) {
  return absl::EndsWith(extension.Peek("url"), absl::StrCat("/", std::string(name)));
}

void MapNhsNumber(const Element& patient, type::Person& person, Context& context) {
  type::NhsNumber& number = *person.mutable_nhs_number();
  std::vector<Element> candidates;
  for (const Element& identifier : patient.Each("identifier")) {
    if (IsNhsNumberIdentifier(identifier.Peek("system")) && identifier.Peek("use") != "old" &&
        !identifier.Peek("value").empty()) {
      candidates.push_back(identifier);
    }
  }
  if (candidates.empty()) {
    number.set_absent_reason(type::NHS_NUMBER_ABSENT_REASON_NOT_KNOWN);
    context.issues.Information(patient.path(), "nhs-number-absent", "there is no NHS number: taken as not known");
    return;
  }
  const auto normalised = [](const Element& identifier) {
    return health::NormaliseNhsNumber(identifier.Peek("value"));
  };
  // A number that passes its check goes before one that does not.
  const auto chosen = std::find_if(candidates.begin(), candidates.end(), [&](const Element& identifier) {
    return health::IsNhsNumber(normalised(identifier));
  });
  const Element identifier = chosen == candidates.end() ? candidates.front() : *chosen;
  const std::string value = normalised(identifier);

  number.set_status(type::NHS_NUMBER_STATUS_NOT_TRACED);
  for (const Element& extension : identifier.Each("extension")) {
    if (!IsExtension(extension, "Extension-UKCore-NHSNumberVerificationStatus")) continue;
    for (const Element& coding : extension["valueCodeableConcept"].Each("coding")) {
      if (const auto status = NhsNumberStatusOf(coding.Peek("code"))) {
        number.set_status(*status);
        extension.Use("url");
        UseCode(coding);
      }
    }
  }
  for (const Element& other : candidates) {
    if (normalised(other) == value) continue;
    number.set_status(type::NHS_NUMBER_STATUS_TRACE_REQUIRED);
    context.issues.Warning(other.path(), "nhs-number-several",
                           "there is more than one NHS number: the first good one is kept and has to be traced");
  }
  if (!health::IsNhsNumber(value)) {
    number.set_status(type::NHS_NUMBER_STATUS_CHECK_FAILED);
    context.issues.Warning(absl::StrCat(identifier.path(), ".value"), "nhs-number-check",
                           "the NHS number fails its check: kept as received, never matched on");
  }
  number.set_value(Fit(value, kMaxIdentifierKept, absl::StrCat(identifier.path(), ".value"), context));
  UseIdentifier(identifier);
}

void MapName(const Element& patient, type::Person& person, Context& context) {
  const Element name = BestName(patient, context);
  if (!name) return;
  type::HumanName& mapped = *person.mutable_name();
  std::vector<std::string> given;
  for (const Element& part : name.Each("given")) given.push_back(part.Take());
  mapped.set_given(Fit(absl::StrJoin(given, " "), kMaxNamePart, absl::StrCat(name.path(), ".given"), context));
  mapped.set_family(Fit(name.Take("family"), kMaxNamePart, absl::StrCat(name.path(), ".family"), context));
  const std::string use = name.Peek("use");
  name.UseIf("use", {"official", "usual"});
  if (mapped.given().empty() && mapped.family().empty()) {
    const std::string text = name.Take("text");
    mapped.set_family(Fit(text, kMaxNamePart, absl::StrCat(name.path(), ".text"), context));
    if (!text.empty()) {
      context.issues.Warning(absl::StrCat(name.path(), ".text"), "name-unstructured",
                             "the name is given as text only: kept whole as the family name");
    }
  } else {
    UseIfRedundant(name, "text");
  }
  if (use == "old" || use == "maiden" || use == "anonymous") {
    context.issues.Warning(name.path(), "name-use", "the only name is an old, maiden or assumed one");
  }
  for (const Element& other : patient.Each("name")) {
    const std::string other_use = other.Peek("use");
    if (other.json() == name.json() || (other_use != "nickname" && other_use != "usual")) continue;
    std::string preferred = other.Take("text");
    if (preferred.empty()) preferred = TakeNameText(other);
    other.Use("use");
    mapped.set_preferred(Fit(preferred, kMaxNamePart, other.path(), context));
    break;
  }
}

bool IsBeyondEveryAge(const google::type::Date& date, const Context& context) {
  if (!context.now.has_value()) return false;
  const bool is_year = date.month() == 0;
  const absl::CivilDay first_day_too_old(date.year() + kMaxAgeYears + 1, is_year ? 12 : date.month(),
                                         is_year ? 31 : date.day());
  return first_day_too_old <= absl::ToCivilDay(*context.now, absl::UTCTimeZone());
}

void MapBirthDate(const Element& patient, type::Person& person, Context& context) {
  const Element element = patient["birthDate"];
  if (!element) {
    context.issues.Warning(patient.path(), "birth-date-missing", "there is no date of birth");
    return;
  }
  std::string text = element.Peek();
  if (text.size() > 10 && text[10] == 'T') text.resize(10);  // a dateTime where FHIR has a date: seen in exports
  std::optional<google::type::Date> date = ParseDate(text);
  if (!date.has_value()) {
    context.issues.Warning(element.path(), "birth-date-unreadable", "this is no date of the calendar");
    return;
  }
  if (date->month() != 0 && date->day() == 0) {
    date->clear_month();
    context.issues.Warning(element.path(), "birth-date-partial", "there is no day: only the year is kept");
  }
  // What the intake refuses from everybody is left out: it asks for what is missing.
  if (IsInFuture(*date, context)) {
    context.issues.Warning(element.path(), "birth-date-future", "the date of birth is in the future: kept out");
    return;
  }
  if (IsBeyondEveryAge(*date, context)) {
    context.issues.Warning(element.path(), "birth-date-too-early",
                           absl::StrCat("it would make the person older than ", kMaxAgeYears, ": kept out"));
    return;
  }
  element.Use();
  *person.mutable_birth_date() = *date;
}

void MapGender(const Element& patient, type::Person& person, Context& context) {
  const std::string gender = patient.Peek("gender");
  if (gender.empty()) return;
  if (gender == "female") {
    person.set_gender(type::GENDER_FEMALE);
  } else if (gender == "male") {
    person.set_gender(type::GENDER_MALE);
  } else if (gender == "other") {
    person.set_gender(type::GENDER_OTHER);
  } else if (gender == "unknown") {
    person.set_gender(type::GENDER_UNKNOWN);
  } else {
    context.issues.Warning(absl::StrCat(patient.path(), ".gender"), "gender-unknown-code",
                           "not a code of FHIR's administrative-gender");
    return;
  }
  patient.Use("gender");
}

// The pseudo postcode of the NHS Postcode Directory for no fixed abode is ZZ99 3VZ.
bool SaysNoFixedAbode(std::string_view text) {
  std::string letters;
  for (const char character : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(character))) {
      letters.push_back(absl::ascii_toupper(static_cast<unsigned char>(character)));
    }
  }
  return letters == "ZZ993VZ" || letters == "NOFIXEDABODE" || letters == "NFA" || letters == "NOFIXEDADDRESS";
}

Element BestAddress(const Element& patient, const Context& context) {
  Element best;
  int best_order = 0;
  for (const Element& address : patient.Each("address")) {
    const std::string use = address.Peek("use");
    if (use == "old" || HasEnded(address["period"], context)) continue;
    int order = use == "home" ? 0 : use.empty() ? 2 : use == "temp" ? 4 : 6;
    if (address.Peek("type") == "postal") ++order;
    if (!best || order < best_order) {
      best = address;
      best_order = order;
    }
  }
  return best;
}

void MapAddress(const Element& patient, type::Person& person, Context& context) {
  const Element address = BestAddress(patient, context);
  if (!address) {
    context.issues.Warning(patient.path(), "address-missing", "there is no present address");
    return;
  }
  type::Address& mapped = *person.mutable_address();
  std::vector<std::string> lines;
  const auto add = [&lines](std::string line) {
    if (!line.empty()) lines.push_back(std::move(line));
  };
  for (const Element& line : address.Each("line")) add(line.Take());
  for (const char* part : {"city", "district", "state"}) add(address.Take(part));
  std::string postcode = address.Take("postalCode");
  if (lines.empty() && postcode.empty()) {
    for (const absl::string_view part : absl::StrSplit(address.TakeText("text"), absl::ByAnyChar(",\n"))) {
      add(CleanLine(std::string(part)));
    }
  } else {
    UseIfRedundant(address, "text");
  }
  const auto no_abode = std::remove_if(lines.begin(), lines.end(), SaysNoFixedAbode);
  if (no_abode != lines.end() || SaysNoFixedAbode(postcode)) {
    mapped.set_no_fixed_abode(true);
    if (SaysNoFixedAbode(postcode)) postcode.clear();
    lines.erase(no_abode, lines.end());
  }
  // Five lines are kept: what is more shares the last.
  if (lines.size() > kMaxAddressLines) {
    const auto rest = lines.begin() + kMaxAddressLines - 1;
    const std::string last = absl::StrJoin(rest, lines.end(), ", ");
    lines.erase(rest, lines.end());
    lines.push_back(last);
  }
  for (const std::string& line : lines) mapped.add_lines(Fit(line, kMaxAddressLine, address.path(), context));
  mapped.set_postcode(Fit(postcode, kMaxPostcode, absl::StrCat(address.path(), ".postalCode"), context));
  address.UseIf("use", {"home"});
  address.UseIf("type", {"physical", "both"});
  const std::string country = absl::AsciiStrToUpper(address.Peek("country"));
  for (const char* home : {"GB", "GBR", "UK", "UNITED KINGDOM", "ENGLAND"}) {
    if (country == home) address.Use("country");
  }
}

// Takes the telephone and the e-mail address of a Patient, or of a contact that is the person themselves.
void MapTelecom(const Element& owner, type::Person& person, Context& context) {
  const Element phone = person.phone().empty() ? BestContact(owner, "phone", false, context) : Element();
  const Element email = person.email().empty() ? BestContact(owner, "email", false, context) : Element();
  if (phone) {
    const std::string value = phone.Peek("value");
    if (value.size() <= kMaxPhone) {
      person.set_phone(value);
      UseContact(phone, {"home", "mobile"});
    } else {
      context.issues.Warning(phone.path(), "phone-too-long", "too long for a telephone number: kept out");
    }
  }
  if (email) {
    const std::string value = email.Peek("value");
    if (value.size() <= kMaxEmail && value.find('@') != std::string::npos) {
      person.set_email(value);
      UseContact(email, {"home", "mobile"});
    } else {
      context.issues.Warning(email.path(), "email-unreadable", "this is no e-mail address: kept out");
    }
  }
}

bool IsThemselves(const Element& contact) {
  for (const Element& relationship : contact.Each("relationship")) {
    for (const Element& coding : relationship.Each("coding")) {
      const std::string code = absl::AsciiStrToUpper(coding.Peek("code"));
      if (code == "ONESELF" || code == "SELF") return true;  // HL7 v3 RoleCode ONESELF, as BaRS samples use it
    }
  }
  return false;
}

void AddAdjustment(const std::string& text, const Element& from, type::Person& person, Context& context) {
  if (text.empty()) return;
  if (static_cast<std::size_t>(person.adjustments_size()) >= kMaxAdjustments) {
    context.issues.Warning(from.path(), "adjustments-too-many", "more adjustments than there is room for: kept out");
    return;
  }
  person.add_adjustments(Fit(text, kMaxAdjustment, from.path(), context));
  from.Use("url");
  UseConceptText(from["valueCodeableConcept"]);
}

// True if the concept named a language.
bool MapLanguageConcept(const Element& language, type::Person& person) {
  for (const Element& coding : language.Each("coding")) {
    if (IsSnomed(coding.Peek("system"))) continue;
    if (const auto tag = LanguageTag(coding.Peek("code"))) {
      person.set_language(*tag);
      UseCode(coding);
      return true;
    }
  }
  return false;
}

void MapLanguage(const Element& patient, type::Person& person) {
  const std::vector<Element> all = patient.Each("communication");
  Element chosen;
  for (const Element& communication : all) {
    if (communication.PeekBoolean("preferred").value_or(false)) {
      chosen = communication;
      break;
    }
  }
  if (!chosen && all.size() == 1) chosen = all.front();
  if (chosen && MapLanguageConcept(chosen["language"], person)) chosen.Use("preferred");
}

void MapExtensions(const Element& patient, type::Person& person, Context& context) {
  for (const Element& extension : patient.Each("extension")) {
    if (IsExtension(extension, "Extension-UKCore-EthnicCategory")) {
      for (const Element& coding : extension["valueCodeableConcept"].Each("coding")) {
        const std::string code = coding.Peek("code");
        if (code.empty() || code.size() > kMaxEthnicityCode) continue;
        person.set_ethnicity_code(code);
        extension.Use("url");
        UseCode(coding);
        break;
      }
    } else if (IsExtension(extension, "patient-interpreterRequired")) {
      if (const auto needed = extension.TakeBoolean("valueBoolean")) {
        person.set_interpreter_needed(*needed);
        extension.Use("url");
      }
    } else if (IsExtension(extension, "Extension-UKCore-NHSCommunication")) {
      for (const Element& part : extension.Each("extension")) {
        const std::string url = part.Peek("url");
        if (url == "interpreterRequired") {
          if (const auto needed = part.PeekBoolean("valueBoolean")) {
            person.set_interpreter_needed(person.interpreter_needed() || *needed);
            part.Use({"url", "valueBoolean"});
          }
        } else if (url == "language" && person.language().empty()) {
          if (MapLanguageConcept(part["valueCodeableConcept"], person)) part.Use("url");
        }
      }
      extension.Use("url");
    } else if (IsExtension(extension, "Extension-UKCore-ContactPreference")) {
      for (const Element& part : extension.Each("extension")) {
        if (part.Peek("url") != "PreferredWrittenCommunicationFormat") continue;
        const std::string format = ConceptText(part["valueCodeableConcept"]);
        if (!format.empty()) AddAdjustment(absl::StrCat("Written information: ", format), part, person, context);
      }
      extension.Use("url");
    }
  }
}

void CheckWhetherUsable(const Resource& resource, Context& context) {
  RefuseModifiers(resource, context);
  const Element patient = context.At(resource);
  const std::optional<bool> deceased = patient.TakeBoolean("deceasedBoolean");
  if (deceased.value_or(false) || patient["deceasedDateTime"]) {
    context.issues.Error(absl::StrCat(patient.path(), ".deceased"), "person-deceased",
                         "the person is recorded as having died: nothing is opened for them");
  }
  if (patient.PeekBoolean("active") == std::optional<bool>(true)) patient.Use("active");
  if (patient.PeekBoolean("active") == std::optional<bool>(false)) {
    context.issues.Warning(absl::StrCat(patient.path(), ".active"), "person-inactive",
                           "the sender no longer uses this record of the person");
    patient.Use("active");
  }
  for (const Element& link : patient.Each("link")) {
    if (link.Peek("type") != "replaced-by") continue;
    context.issues.Warning(link.path(), "person-replaced", "the sender's record of the person was replaced by another");
    link.Use("type");
  }
}

}  // namespace

bool HasNhsNumber(const Element& patient, std::string_view number) {
  for (const Element& identifier : patient.Each("identifier")) {
    if (IsNhsNumberIdentifier(identifier.Peek("system")) && identifier.Peek("use") != "old" &&
        health::NormaliseNhsNumber(identifier.Peek("value")) == number) {
      return true;
    }
  }
  return false;
}

type::Person MapPatient(const Resource& resource, Context& context) {
  context.Handle(resource);
  const Element patient = context.At(resource);
  type::Person person;
  CheckWhetherUsable(resource, context);
  MapNhsNumber(patient, person, context);
  MapName(patient, person, context);
  const bool has_name = !person.name().family().empty() || !person.name().given().empty();
  if (!has_name && person.nhs_number().value().empty()) {
    context.issues.Error(patient.path(), "person-unknown", "there is neither a name nor an NHS number");
  } else if (!has_name) {
    context.issues.Warning(patient.path(), "name-missing", "there is no name");
  }
  MapBirthDate(patient, person, context);
  MapGender(patient, person, context);
  MapAddress(patient, person, context);
  MapTelecom(patient, person, context);
  for (const Element& contact : patient.Each("contact")) {
    if (!IsThemselves(contact)) continue;
    MapTelecom(contact, person, context);
    for (const Element& relationship : contact.Each("relationship")) {
      for (const Element& coding : relationship.Each("coding")) UseCode(coding);
    }
  }
  MapLanguage(patient, person);
  MapExtensions(patient, person, context);
  return person;
}

}  // namespace splw::fhir
