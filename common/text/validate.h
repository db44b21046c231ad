// Checks of text that came from outside. Pure; thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "common/text/failure.h"

namespace splw::text {

// The number of Unicode characters; nullopt if the bytes are not UTF-8 (overlong forms and surrogates are not).
std::optional<std::size_t> CountCharacters(std::string_view text);

// True if it holds a control character: U+0000 to U+001F, U+007F to U+009F. `text` is UTF-8.
// `allow_lines`: tab, line feed and carriage return do not count.
bool HasControls(std::string_view text, bool allow_lines);

struct TextRule {
  std::size_t max_characters = 256;
  bool required = false;  // empty, or nothing but spaces, is a violation
  bool allow_lines = false;
};

// Adds what is wrong with `text` to `violations`: reason REQUIRED, TEXT_NOT_UTF8, TEXT_HAS_CONTROLS or TEXT_TOO_LONG.
void CheckText(std::string_view field, std::string_view text, const TextRule& rule, Violations& violations);

}  // namespace splw::text
