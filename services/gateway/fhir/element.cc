#include "services/gateway/fhir/element.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <utility>

#include <absl/strings/str_cat.h>

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

// True for a primitive, and for a list of primitives.
bool IsPlain(const Json& value) {
  return !value.is_structured() || (value.is_array() && std::none_of(value.begin(), value.end(), [](const Json& item) {
                                      return item.is_structured();
                                    }));
}

// FHIR R4: elements that may have one of several types, and the types ("Choice of data types").
constexpr std::string_view kChoices[] = {
    "abatement", "allowed",   "asNeeded", "author",   "collected",     "content",  "deceased",
    "due",       "effective", "event",    "fasting",  "medication",    "occurred", "occurrence",
    "onset",     "performed", "product",  "quantity", "rate",          "dose",     "reported",
    "scheduled", "serviced",  "source",   "timing",   "multipleBirth", "value"};
constexpr std::string_view kTypes[] = {"Address",      "Age",        "Annotation", "Attachment",      "Base64Binary",
                                       "Boolean",      "Canonical",  "Code",       "CodeableConcept", "Coding",
                                       "ContactPoint", "Count",      "Date",       "DateTime",        "Decimal",
                                       "Distance",     "Dosage",     "Duration",   "Expression",      "HumanName",
                                       "Id",           "Identifier", "Instant",    "Integer",         "Markdown",
                                       "Meta",         "Money",      "Oid",        "Period",          "PositiveInt",
                                       "Quantity",     "Range",      "Ratio",      "Reference",       "SampledData",
                                       "Signature",    "String",     "Time",       "Timing",          "UnsignedInt",
                                       "Uri",          "Url",        "Uuid"};

// "valueBoolean" → "value".
std::string_view WithoutType(std::string_view name) {
  for (const std::string_view choice : kChoices) {
    if (name.substr(0, choice.size()) != choice) continue;
    const std::string_view type = name.substr(choice.size());
    if (std::find(std::begin(kTypes), std::end(kTypes), type) != std::end(kTypes)) return choice;
  }
  return name;
}

// What a value is a part of: it decides which parts are technical, and which are reported elsewhere.
enum class Place { kElement, kResource, kContainedResource, kMeta, kContainedList, kBundle, kEntries, kEntry };

// True for what carries no information about the person or the request.
bool IsTechnical(std::string_view property, const Json& value, Place place) {
  if (!IsPlain(value)) return false;
  switch (place) {
    case Place::kResource:
    case Place::kContainedResource:
    case Place::kBundle:
      return IsOneOf(property, {"resourceType", "id", "language"});
    case Place::kMeta:
      return IsOneOf(property, {"versionId", "lastUpdated", "profile", "source"});
    case Place::kEntry:
      return property == "fullUrl";
    default:
      return false;
  }
}

Place PlaceOf(std::string_view property, const Json& value, Place owner) {
  const bool is_resource = owner == Place::kResource || owner == Place::kContainedResource || owner == Place::kBundle;
  if (is_resource && property == "meta" && value.is_object()) return Place::kMeta;
  if (owner == Place::kResource && property == "contained" && value.is_array()) return Place::kContainedList;
  if (owner == Place::kBundle && property == "entry" && value.is_array()) return Place::kEntries;
  return Place::kElement;
}

// Reports what was not used, element by element.
class UnusedParts final {
 public:
  UnusedParts(const Usage& usage, Issues& issues) : usage_(usage), issues_(issues) {}

  void ReportChildren(const Json& value, const std::string& path, Place place) {
    if (value.is_object()) {
      for (const auto& [property, child] : value.items()) {
        if (IsEmpty(child) || usage_.IsUsed(&child) || IsTechnical(property, child, place)) continue;
        // Resources of their own.
        if (place == Place::kEntry && property == "resource" && child.is_object()) continue;
        Report(child, absl::StrCat(path, ".", ElementName(property)), PlaceOf(property, child, place));
      }
    } else if (value.is_array()) {
      std::size_t index = 0;
      for (const Json& child : value) {
        const bool is_own_resource = place == Place::kContainedList && child.is_object();
        if (!IsEmpty(child) && !usage_.IsUsed(&child) && !is_own_resource) {
          Report(child, absl::StrCat(path, "[", index, "]"),
                 place == Place::kEntries && child.is_object() ? Place::kEntry : Place::kElement);
        }
        ++index;
      }
    }
  }

 private:
  // The value was not used as a whole.
  void Report(const Json& value, const std::string& path, Place place) {
    if (place != Place::kElement || AnyUsed(value)) {
      ReportChildren(value, path, place);
    } else if (Says(value)) {
      issues_.Information(path, "not-mapped", "kept out: there is no field for it here");
    }
  }

  bool AnyUsed(const Json& value) const {
    if (usage_.IsUsed(&value)) return true;
    return value.is_structured() &&
           std::any_of(value.begin(), value.end(), [this](const Json& child) { return AnyUsed(child); });
  }

  // True if there is a value in it anywhere.
  static bool Says(const Json& value) {
    if (!value.is_structured()) return !IsEmpty(value);
    return std::any_of(value.begin(), value.end(), Says);
  }

  const Usage& usage_;
  Issues& issues_;
};

}  // namespace

std::string ElementName(std::string_view property) {
  if (!property.empty() && property.front() == '_') property.remove_prefix(1);
  const bool is_name =
      !property.empty() && property.size() <= kMaxElementNameCharacters &&
      std::all_of(property.begin(), property.end(), [](unsigned char c) { return c < 0x80 && std::isalnum(c); });
  return is_name ? std::string(WithoutType(property)) : "?";
}

bool IsOneOf(std::string_view value, std::initializer_list<std::string_view> values) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

std::string CleanText(std::string_view text) {
  return Clean(text, /*keep_lines=*/true);
}
std::string CleanLine(std::string_view text) {
  return Clean(text, /*keep_lines=*/false);
}

Element Element::Unplaced(std::string_view property) const {
  if (value_ == nullptr || !value_->is_object()) return {};
  const auto found = value_->find(std::string(property));
  if (found == value_->end() || IsEmpty(*found)) return {};
  return Element(&*found, "", usage_);
}

Element Element::operator[](std::string_view property) const {
  Element child = Unplaced(property);
  if (child) child.path_ = absl::StrCat(path_, ".", ElementName(property));
  return child;
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

std::string Element::Peek(std::string_view property) const {
  return Unplaced(property).Peek();
}

std::string Element::PeekText(std::string_view property) const {
  const Element child = Unplaced(property);
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

std::string Element::Take(std::string_view property) const {
  return Unplaced(property).Take();
}

std::optional<bool> Element::PeekBoolean(std::string_view property) const {
  const Element child = Unplaced(property);
  if (!child || !child.value_->is_boolean()) return std::nullopt;
  return child.value_->get<bool>();
}

std::optional<bool> Element::TakeBoolean(std::string_view property) const {
  const std::optional<bool> value = PeekBoolean(property);
  if (value.has_value()) Use(property);
  return value;
}

std::optional<int> Element::PeekCount(std::string_view property) const {
  const Element child = Unplaced(property);
  if (!child || !child.value_->is_number_unsigned()) return std::nullopt;
  const auto count = child.value_->get<std::uint64_t>();
  if (count > 1'000'000) return std::nullopt;
  return static_cast<int>(count);
}

void Element::Use() const {
  if (value_ != nullptr && IsPlain(*value_)) usage_->Use(value_);
}

void Element::Use(std::string_view property) const {
  Unplaced(property).Use();
}

void Element::Use(std::initializer_list<const char*> properties) const {
  for (const char* property : properties) Use(property);
}

void Element::UseIf(std::string_view property, std::initializer_list<std::string_view> values) const {
  if (IsOneOf(Peek(property), values)) Use(property);
}

void ReportUnused(const Element& resource, ResourceKind kind, const Usage& usage, Issues& issues) {
  if (!resource) return;
  const Place place = kind == ResourceKind::kBundle      ? Place::kBundle
                      : kind == ResourceKind::kContained ? Place::kContainedResource
                                                         : Place::kResource;
  UnusedParts(usage, issues).ReportChildren(*resource.json(), resource.path(), place);
}

}  // namespace splw::fhir
