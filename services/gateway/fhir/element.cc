#include "services/gateway/fhir/element.h"

#include <absl/strings/str_cat.h>
#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "services/gateway/fhir/limits.h"

namespace splw::fhir {
namespace {

bool IsEmpty(const Json& value) {
  if (value.is_null()) return true;
  if (value.is_string()) return value.get_ref<const std::string&>().empty();
  return (value.is_object() || value.is_array()) && value.empty();
}

std::string Clean(std::string_view text, bool keep_lines) {
  std::string clean;
  clean.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
    if (byte == '\r') continue;
    if (byte == 0xC2 && next >= 0x80 && next <= 0x9F) {  // U+0080 to U+009F
      clean.push_back(' ');
      ++i;
    } else if (byte == '\n' || byte == '\t') {
      clean.push_back(keep_lines ? text[i] : ' ');
    } else {
      clean.push_back(byte < 0x20 || byte == 0x7F ? ' ' : text[i]);
    }
  }
  const auto is_space = [](char c) { return c == ' ' || c == '\n' || c == '\t'; };
  while (!clean.empty() && is_space(clean.back())) clean.pop_back();
  clean.erase(clean.begin(), std::find_if_not(clean.begin(), clean.end(), is_space));
  return clean;
}

constexpr std::array<std::string_view, 5> kTechnical = {"resourceType", "id", "meta", "language",
                                                        "contained"};

// Appends what is unused below `value`; true if anything below (or it) was used.
bool CollectUnused(const Json& value, const std::string& path, const Usage& usage, bool is_resource,
                   std::vector<std::string>& unused) {
  if (usage.IsUsed(&value)) return true;
  const std::size_t start = unused.size();
  bool any_used = false;
  if (value.is_object()) {
    for (const auto& [property, child] : value.items()) {
      if (IsEmpty(child)) continue;
      if (is_resource && std::find(kTechnical.begin(), kTechnical.end(), property) != kTechnical.end())
        continue;
      any_used |= CollectUnused(child, absl::StrCat(path, ".", ElementName(property)), usage, false, unused);
    }
  } else if (value.is_array()) {
    std::size_t index = 0;
    for (const Json& child : value) {
      if (!IsEmpty(child)) {
        any_used |= CollectUnused(child, absl::StrCat(path, "[", index, "]"), usage, false, unused);
      }
      ++index;
    }
  }
  if (!any_used && !is_resource) {
    unused.resize(start);
    unused.push_back(path);
  }
  return any_used;
}

}  // namespace

std::string ElementName(std::string_view property) {
  if (!property.empty() && property.front() == '_') property.remove_prefix(1);
  const bool is_name = !property.empty() && property.size() <= kMaxElementNameCharacters &&
                       std::all_of(property.begin(), property.end(),
                                   [](unsigned char c) { return c < 0x80 && std::isalnum(c); });
  return is_name ? std::string(property) : "?";
}

std::string CleanText(std::string_view text) {
  return Clean(text, /*keep_lines=*/true);
}
std::string CleanLine(std::string_view text) {
  return Clean(text, /*keep_lines=*/false);
}

Element Element::operator[](std::string_view property) const {
  if (value_ == nullptr || !value_->is_object()) return {};
  const auto found = value_->find(std::string(property));
  if (found == value_->end() || IsEmpty(*found)) return {};
  return Element(&*found, absl::StrCat(path_, ".", ElementName(property)), usage_);
}

std::vector<Element> Element::Each(std::string_view property) const {
  const Element all = (*this)[property];
  std::vector<Element> items;
  if (!all) return items;
  if (!all.value_->is_array()) {
    items.push_back(all);
    return items;
  }
  std::size_t index = 0;
  for (const Json& item : *all.value_) {
    if (!IsEmpty(item)) items.emplace_back(&item, absl::StrCat(all.path_, "[", index, "]"), usage_);
    ++index;
  }
  return items;
}

std::string Element::Peek() const {
  if (value_ == nullptr || !value_->is_string()) return "";
  return CleanLine(value_->get_ref<const std::string&>());
}

std::string Element::PeekText(std::string_view property) const {
  const Element child = (*this)[property];
  if (!child || !child.value_->is_string()) return "";
  return CleanText(child.value_->get_ref<const std::string&>());
}

std::string Element::TakeText(std::string_view property) const {
  std::string text = PeekText(property);
  if (!text.empty()) Use(property);
  return text;
}

std::string Element::Take() const {
  std::string text = Peek();
  if (value_ != nullptr && value_->is_string()) usage_->Use(value_);
  return text;
}

std::optional<bool> Element::PeekBoolean(std::string_view property) const {
  const Element child = (*this)[property];
  if (!child || !child.value_->is_boolean()) return std::nullopt;
  return child.value_->get<bool>();
}

std::optional<bool> Element::TakeBoolean(std::string_view property) const {
  const std::optional<bool> value = PeekBoolean(property);
  if (value.has_value()) Use(property);
  return value;
}

std::optional<int> Element::PeekCount(std::string_view property) const {
  const Element child = (*this)[property];
  if (!child || !child.value_->is_number_unsigned()) return std::nullopt;
  const auto count = child.value_->get<std::uint64_t>();
  if (count > 1'000'000) return std::nullopt;
  return static_cast<int>(count);
}

void Element::Use() const {
  if (value_ != nullptr) usage_->Use(value_);
}

void ReportUnused(const Element& resource, const Usage& usage, Issues& issues) {
  if (!resource) return;
  std::vector<std::string> unused;
  CollectUnused(*resource.json(), resource.path(), usage, /*is_resource=*/true, unused);
  for (const std::string& path : unused) {
    issues.Information(path, "not-mapped", "kept out: there is no field for it here");
  }
}

}  // namespace splw::fhir
