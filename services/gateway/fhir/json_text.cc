#include "services/gateway/fhir/json_text.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

#include "common/text/validate.h"
#include "services/gateway/fhir/element.h"
#include "services/gateway/fhir/limits.h"

namespace splw::fhir {
namespace {

// Walks the text once without building anything, so that a document made to exhaust memory never is built.
class Inspector final : public nlohmann::json_sax<Json> {
 public:
  Inspector(std::string_view text, Issues& issues, Locations locations)
      : text_(text), issues_(issues), locations_(locations) {}

  bool null() override { return Value(); }
  bool boolean(bool) override { return Value(); }
  bool number_integer(number_integer_t) override { return Value(); }
  bool number_unsigned(number_unsigned_t) override { return Value(); }
  bool number_float(number_float_t, const string_t&) override { return Value(); }
  bool binary(binary_t&) override { return Value(); }
  bool string(string_t& value) override {
    if (value.find('\0') != std::string::npos) {
      issues_.Error(Path(), "json-nul", "a string holds the character U+0000");
      return false;
    }
    return Value();
  }
  bool key(string_t& name) override {
    Level& level = levels_.back();
    level.property = name;
    if (!level.names.insert(name).second) {
      issues_.Error(Path(), "json-duplicate", "the property is given twice in one object: which is meant is not known");
      return false;
    }
    return true;
  }
  bool start_object(std::size_t) override { return Open(false); }
  bool start_array(std::size_t) override { return Open(true); }
  bool end_object() override { return Close(); }
  bool end_array() override { return Close(); }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    // The library's message quotes the text, which may be personal: only the place is told.
    const std::size_t end = std::min(position, text_.size());
    const std::string_view before = text_.substr(0, end == 0 ? 0 : end - 1);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::size_t line_start = before.rfind('\n');
    const std::size_t column = before.size() - (line_start == std::string_view::npos ? 0 : line_start + 1) + 1;
    // A wrong byte is noticed at the latest three bytes on.
    const std::string_view last = text_.substr(end < 4 ? 0 : end - 4, std::min<std::size_t>(end, 4));
    const bool is_encoding = std::any_of(last.begin(), last.end(), [](unsigned char c) { return c >= 0x80; }) &&
                             !text::CountCharacters(text_).has_value();
    issues_.Error(absl::StrCat("line ", line, ", column ", column), "json-invalid",
                  is_encoding ? "this is not UTF-8: save the text in that encoding" : "this is not well-formed JSON");
    return false;
  }

 private:
  struct Level {
    bool is_array = false;
    std::size_t index = 0;
    std::string property;
    std::set<std::string> names;
  };

  bool Open(bool is_array) {
    if (levels_.size() >= static_cast<std::size_t>(kMaxDepth)) {
      issues_.Error(Path(), "json-depth", absl::StrCat("nested deeper than ", kMaxDepth, " levels"));
      return false;
    }
    Level level;
    level.is_array = is_array;
    levels_.push_back(std::move(level));
    return true;
  }
  bool Close() {
    levels_.pop_back();
    return Value();
  }
  bool Value() {
    if (!levels_.empty() && levels_.back().is_array) ++levels_.back().index;
    return true;
  }
  std::string Path() const {
    std::string path = locations_ == Locations::kFhirPath ? "$this" : "";
    for (const Level& level : levels_) {
      if (level.is_array) {
        absl::StrAppend(&path, "[", level.index, "]");
      } else if (!level.property.empty()) {
        absl::StrAppend(&path, path.empty() ? "" : ".", NameOf(level.property));
      }
    }
    return path;
  }
  std::string NameOf(const std::string& property) const {
    if (locations_ == Locations::kFhirPath) return ElementName(property);
    const bool is_name = property.size() <= kMaxElementNameCharacters &&
                         std::all_of(property.begin(), property.end(),
                                     [](unsigned char c) { return absl::ascii_isalnum(c) || c == '_'; });
    return is_name ? property : "?";
  }

  std::string_view text_;
  Issues& issues_;
  const Locations locations_;
  std::vector<Level> levels_;
};

}  // namespace

std::optional<Json> ParseJson(std::string_view text, Issues& issues, Locations locations) {
  if (text.size() > kMaxInputBytes) {
    issues.Error("", "too-large", absl::StrCat("larger than ", kMaxInputBytes >> 20, " MiB"));
    return std::nullopt;
  }
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) text.remove_prefix(kByteOrderMark.size());
  // The parser takes U+0000 between values for the end of the text: what follows would go unread.
  if (text.find('\0') != std::string_view::npos) {
    issues.Error("", "json-nul", "the text holds the character U+0000");
    return std::nullopt;
  }
  Inspector inspector(text, issues, locations);
  if (!Json::sax_parse(text.begin(), text.end(), &inspector)) {
    if (!issues.has_errors()) issues.Error("", "json-invalid", "this is not well-formed JSON");
    return std::nullopt;
  }
  Json document = Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (document.is_discarded()) {
    issues.Error("", "json-invalid", "this is not well-formed JSON");
    return std::nullopt;
  }
  return document;
}

}  // namespace splw::fhir
