#include "services/gateway/fhir/resources.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <algorithm>
#include <utility>

#include "common/health/system_uri.h"

namespace splw::fhir {
namespace {

std::string StringAt(const Json& object, const char* property) {
  const auto found = object.find(property);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string WithoutVersion(std::string_view url) {
  const std::size_t history = url.find("/_history/");
  return std::string(url.substr(0, history));
}

// "Patient/17" at the end of a URL; empty if there is nothing of the kind.
std::string TypeAndId(std::string_view url) {
  const std::size_t last = url.rfind('/');
  if (last == std::string_view::npos || last == 0 || last + 1 == url.size()) return "";
  const std::size_t before = url.rfind('/', last - 1);
  const std::string_view pair = before == std::string_view::npos ? url : url.substr(before + 1);
  return absl::ascii_isupper(static_cast<unsigned char>(pair.front())) ? std::string(pair) : "";
}

Resources::Resolution Only(const std::vector<Resource>& resources, const std::vector<std::size_t>& found) {
  if (found.empty()) return {};
  if (found.size() > 1) return {nullptr, true};
  return {&resources[found.front()], false};
}

}  // namespace

Resources::Resources(const Json& root) {
  if (StringAt(root, "resourceType") != "Bundle") {
    Add(root, ElementName(StringAt(root, "resourceType")), "");
  } else {
    const auto entries = root.find("entry");
    if (entries != root.end() && entries->is_array()) {
      std::size_t index = 0;
      for (const Json& entry : *entries) {
        if (entry.is_object()) {
          const auto resource = entry.find("resource");
          if (resource != entry.end() && resource->is_object()) {
            Add(*resource, absl::StrCat("Bundle.entry[", index, "].resource"), StringAt(entry, "fullUrl"));
          }
        }
        ++index;
      }
    }
  }
  // What is contained comes after everything else: pointers into the vector are taken only once it is
  // complete.
  const std::size_t outer = resources_.size();
  std::vector<std::size_t> container_of(outer);
  for (std::size_t i = 0; i < outer; ++i) {
    const auto contained = resources_[i].json->find("contained");
    if (contained == resources_[i].json->end() || !contained->is_array()) continue;
    std::size_t index = 0;
    for (const Json& json : *contained) {
      if (json.is_object()) {
        Resource resource;
        resource.json = &json;
        resource.path = absl::StrCat(resources_[i].path, ".contained[", index, "]");
        resource.type = ElementName(StringAt(json, "resourceType"));
        resource.id = StringAt(json, "id");
        resources_.push_back(std::move(resource));
        container_of.push_back(i);
      }
      ++index;
    }
  }
  for (std::size_t i = outer; i < resources_.size(); ++i)
    resources_[i].container = &resources_[container_of[i]];
}

void Resources::Add(const Json& json, std::string path, std::string full_url) {
  Resource resource;
  resource.json = &json;
  resource.path = std::move(path);
  resource.type = ElementName(StringAt(json, "resourceType"));
  resource.id = StringAt(json, "id");
  resource.full_url = std::move(full_url);
  const std::size_t index = resources_.size();
  if (!resource.full_url.empty())
    by_url_[absl::AsciiStrToLower(WithoutVersion(resource.full_url))].push_back(index);
  const std::string by_url = TypeAndId(WithoutVersion(resource.full_url));
  const std::string by_id = resource.id.empty() ? "" : absl::StrCat(resource.type, "/", resource.id);
  if (!by_id.empty()) by_type_id_[by_id].push_back(index);
  if (!by_url.empty() && by_url != by_id) by_type_id_[by_url].push_back(index);
  resources_.push_back(std::move(resource));
}

std::vector<const Resource*> Resources::OfType(std::string_view type) const {
  std::vector<const Resource*> found;
  for (const Resource& resource : resources_) {
    if (resource.type == type) found.push_back(&resource);
  }
  return found;
}

Resources::Resolution Resources::Resolve(std::string_view reference, const Resource& from) const {
  if (reference.empty()) return {};
  if (reference.front() == '#') {
    const Resource* owner = from.container != nullptr ? from.container : &from;
    if (reference.size() == 1) return {owner, false};
    Resolution found;
    for (const Resource& resource : resources_) {
      if (resource.container != owner || resource.id != reference.substr(1)) continue;
      if (found.resource != nullptr) return {nullptr, true};
      found.resource = &resource;
    }
    return found;
  }
  const std::string plain = WithoutVersion(reference);
  const std::string lower = absl::AsciiStrToLower(plain);
  if (const auto found = by_url_.find(lower); found != by_url_.end()) return Only(resources_, found->second);
  if (plain.find(':') == std::string::npos && plain.find('/') == std::string::npos) {
    const auto found = by_url_.find(absl::StrCat("urn:uuid:", lower));
    return found == by_url_.end() ? Resolution() : Only(resources_, found->second);
  }
  const auto found = by_type_id_.find(TypeAndId(plain));
  return found == by_type_id_.end() ? Resolution() : Only(resources_, found->second);
}

const Resource* Follow(const Element& reference, const Resource& from, Context& context) {
  if (!reference) return nullptr;
  Resources::Resolution found = context.resources.Resolve(reference.Peek("reference"), from);
  const Element identifier = reference["identifier"];
  if (found.resource == nullptr && !found.ambiguous && !identifier.Peek("value").empty()) {
    for (const Resource& resource : context.resources.all()) {
      const std::string type = reference.Peek("type");
      if (!type.empty() && type != resource.type) continue;
      for (const Element& candidate : context.At(resource).Each("identifier")) {
        if (identifier.Peek("system").empty() ||
            !health::SameSystem(candidate.Peek("system"), identifier.Peek("system")) ||
            candidate.Peek("value") != identifier.Peek("value")) {
          continue;
        }
        if (found.resource != nullptr && found.resource != &resource) found.ambiguous = true;
        found.resource = &resource;
      }
    }
  }
  if (found.ambiguous) {
    context.issues.Warning(reference.path(), "reference-ambiguous",
                           "several resources answer to this reference: none was taken");
    return nullptr;
  }
  if (found.resource != nullptr) reference.Use();
  return found.resource;
}

std::string Fit(std::string text, std::size_t limit, std::string_view location, Context& context) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) == 0x80) continue;
    if (characters == limit) {
      context.issues.Warning(
          location, "text-cut",
          absl::StrCat("longer than ", limit, " characters: the end was left out; read the original"));
      text.resize(i);
      return CleanText(text);
    }
    ++characters;
  }
  return text;
}

}  // namespace splw::fhir
