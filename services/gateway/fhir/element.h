// A place in a FHIR document, which remembers what was read: what nobody read is reported, so nothing is
// dropped silently.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "services/gateway/fhir/issue.h"
#include "services/gateway/fhir/json_text.h"

namespace splw::fhir {

// A property's name as it may stand in a location: FHIRPath's name of the element. "_birthDate" → "birthDate"; a choice of
// types without its type: "valueBoolean" → "value"; "?" if it is no name of a FHIR element.
std::string ElementName(std::string_view property);

bool IsOneOf(std::string_view value, std::initializer_list<std::string_view> values);

// Text made safe to carry: carriage returns go, other control characters (U+0000 to U+001F, U+007F to U+009F)
// become spaces, no space at either end. CleanText keeps line feeds and tabs; CleanLine makes spaces of them.
// `text` is UTF-8.
std::string CleanText(std::string_view text);
std::string CleanLine(std::string_view text);

// The values of a document whose content went into the mapping. Not thread-safe.
class Usage final {
 public:
  void Use(const Json* value) { used_.insert(value); }
  bool IsUsed(const Json* value) const { return used_.count(value) > 0; }

 private:
  std::unordered_set<const Json*> used_;
};

// A value of the document with its location; false where there is none. Copyable; refers to the document and
// to the Usage, which must outlive it. Peek… reads, Take… also marks as mapped.
class Element final {
 public:
  Element() = default;
  Element(const Json* value, std::string path, Usage* usage) : value_(value), path_(std::move(path)), usage_(usage) {}

  explicit operator bool() const { return value_ != nullptr; }
  const std::string& path() const { return path_; }
  const Json* json() const { return value_; }

  // The property; no element if it is absent, null, or an empty string, array or object.
  Element operator[](std::string_view property) const;
  // The items of an array property. A single value where FHIR has an array counts as one item (seen in
  // published samples).
  std::vector<Element> Each(std::string_view property) const;

  // A string as one clean line; empty for anything else.
  std::string Peek() const;
  std::string Peek(std::string_view property) const;
  std::string Take() const;
  std::string Take(std::string_view property) const;
  // A string as clean text with its lines.
  std::string PeekText(std::string_view property) const;
  std::string TakeText(std::string_view property) const;
  std::optional<bool> PeekBoolean(std::string_view property) const;
  std::optional<bool> TakeBoolean(std::string_view property) const;
  // A non-negative whole number.
  std::optional<int> PeekCount(std::string_view property) const;

  // Marks this value, or these values of properties, as mapped: each a primitive or a list of primitives. What has parts is
  // marked part by part, so that a part that nobody thought of is reported.
  void Use() const;
  void Use(std::string_view property) const;
  void Use(std::initializer_list<const char*> properties) const;
  // Marks the property if it is one of these strings: what they mean was taken, another would be kept out.
  void UseIf(std::string_view property, std::initializer_list<std::string_view> values) const;

 private:
  // As operator[], without the location, which costs more than everything else.
  Element Unplaced(std::string_view property) const;

  const Json* value_ = nullptr;
  std::string path_;
  Usage* usage_ = nullptr;
};

enum class ResourceKind {
  kOuter,      // what it contains is reported as resources of their own
  kContained,  // can contain nothing, says FHIR R4 ("Contained resources"): what it contains is part of it
  kBundle,     // the resources of its entries are reported as resources of their own
};

// INFORMATION "not-mapped" for every part of the resource that carries information and was not used: the
// highest element of which nothing was used. Technical parts are passed over: resourceType, id, language; of meta its
// version, profiles and source; of a Bundle's entries fullUrl.
void ReportUnused(const Element& resource, ResourceKind kind, const Usage& usage, Issues& issues);

}  // namespace splw::fhir
