#include "services/mdt_agenda/checks.h"

#include <algorithm>

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>

#include "services/mdt_agenda/limits.h"

namespace splw::mdt_agenda {
namespace {

bool IsIdCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '-' || c == '@' || c == '/';
}

text::TextRule Line(int max_characters, bool required) {
  return {.max_characters = static_cast<std::size_t>(max_characters), .required = required};
}

}  // namespace

void CheckAgency(text::Violations& violations, std::string_view field, int agency) {
  if (agency == type::v1::AGENCY_KIND_UNSPECIFIED) {
    violations.Missing(field, "is required");
  } else if (!type::v1::AgencyKind_IsValid(agency)) {
    violations.Add(field, "UNKNOWN_ENUM_VALUE", "is not a kind of agency that this service knows");
  }
}

void CheckProfessional(text::Violations& violations, const std::string& field, const Professional& professional) {
  text::CheckText(field + ".id", professional.id(), Line(kMaxProfessionalId, true), violations);
  if (!std::all_of(professional.id().begin(), professional.id().end(), IsIdCharacter)) {
    violations.Add(field + ".id", "ID_INVALID", "may hold letters, digits, '.', '_', '-', '@' and '/'");
  }
  text::CheckText(field + ".display_name", professional.display_name(), Line(kMaxDisplayName, true), violations);
  CheckAgency(violations, field + ".agency", professional.agency());
  text::CheckText(field + ".role_code", professional.role_code(), Line(kMaxRoleCode, false), violations);
}

void CheckProse(text::Violations& violations, std::string_view field, std::string_view value, int max_characters) {
  text::CheckText(field, value,
                  {.max_characters = static_cast<std::size_t>(max_characters), .required = true, .allow_lines = true},
                  violations);
}

absl::Status CheckReasonCode(std::string_view field, std::string_view code) {
  constexpr char kForm[] = "must be 1 to 64 of A-Z, 0-9 and '_'";
  if (code.empty()) return text::MissingField(field, kForm);
  const bool valid =
      code.size() <= static_cast<std::size_t>(kMaxReasonCode) && std::all_of(code.begin(), code.end(), [](char c) {
        return absl::ascii_isupper(static_cast<unsigned char>(c)) ||
               absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '_';
      });
  return valid ? absl::OkStatus() : text::InvalidField(field, "REASON_CODE_INVALID", kForm);
}

bool SameProfessional(const Professional& a, const Professional& b) {
  return absl::EqualsIgnoreCase(a.id(), b.id());
}

}  // namespace splw::mdt_agenda
