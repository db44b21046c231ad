#include "common/text/validate.h"

#include <cstdint>
#include <string>

namespace splw::text {
namespace {

// Calls `visit` with each character; false at the first bytes that are not UTF-8 (RFC 3629, section 3).
template <typename Visit>
bool EachCharacter(std::string_view text, Visit visit) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto lead = static_cast<unsigned char>(text[at]);
    std::size_t length = 1;
    std::uint32_t value = lead;
    std::uint32_t smallest = 0;
    if (lead >= 0x80) {
      if ((lead & 0xE0) == 0xC0) {
        length = 2, value = lead & 0x1F, smallest = 0x80;
      } else if ((lead & 0xF0) == 0xE0) {
        length = 3, value = lead & 0x0F, smallest = 0x800;
      } else if ((lead & 0xF8) == 0xF0) {
        length = 4, value = lead & 0x07, smallest = 0x10000;
      } else {
        return false;
      }
      if (text.size() - at < length) return false;
      for (std::size_t i = 1; i < length; ++i) {
        const auto next = static_cast<unsigned char>(text[at + i]);
        if ((next & 0xC0) != 0x80) return false;
        value = value << 6 | (next & 0x3F);
      }
      if (value < smallest || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return false;
    }
    visit(value);
    at += length;
  }
  return true;
}

}  // namespace

std::optional<std::size_t> CountCharacters(std::string_view text) {
  std::size_t count = 0;
  if (!EachCharacter(text, [&](std::uint32_t) { ++count; })) return std::nullopt;
  return count;
}

bool HasControls(std::string_view text, bool allow_lines) {
  // By bytes: no byte of a longer character is below 0x80, and U+0080 to U+009F are C2 80 to C2 9F.
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte >= 0x20 && byte < 0x7F) continue;
    if (byte < 0x20 && !(allow_lines && (byte == '\t' || byte == '\n' || byte == '\r'))) return true;
    if (byte == 0x7F) return true;
    if (byte == 0xC2 && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) <= 0x9F) return true;
  }
  return false;
}

void CheckText(std::string_view field, std::string_view text, const TextRule& rule, Violations& violations) {
  const std::optional<std::size_t> count = CountCharacters(text);
  if (!count.has_value()) return violations.Add(field, "TEXT_NOT_UTF8", "must be UTF-8 text");
  if (rule.required && text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return violations.Missing(field, "must be given");
  }
  if (*count > rule.max_characters) {
    return violations.Add(field, "TEXT_TOO_LONG",
                          "must have at most " + std::to_string(rule.max_characters) + " characters");
  }
  if (HasControls(text, rule.allow_lines)) {
    violations.Add(field, "TEXT_HAS_CONTROLS", "must not hold control characters; remove them");
  }
}

}  // namespace splw::text
