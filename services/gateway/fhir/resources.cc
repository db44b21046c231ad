#include "services/gateway/fhir/resources.h"

#include <utility>

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

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

// What stands before "Type/id" in a http(s) URL, in lower case; empty for other URLs, which name no server.
std::string ServerOf(std::string_view url) {
  const std::string plain = absl::AsciiStrToLower(WithoutVersion(url));
  if (!absl::StartsWith(plain, "http://") && !absl::StartsWith(plain, "https://")) return "";
  return plain.substr(0, plain.size() - TypeAndId(WithoutVersion(url)).size());
}

std::string IdentifierKey(std::string_view system, std::string_view value) {
  return absl::StrCat(health::PlainSystem(system), "|", std::string(value));
}

Resources::Resolution Only(const std::vector<Resource>& resources, const std::vector<std::size_t>& found) {
  if (found.empty()) return {};
  if (found.size() > 1) return {nullptr, true};
  return {&resources[found.front()], false};
}

}  // namespace

Resources::Resources(const Json& root) {
  if (StringAt(root, "resourceType") != "Bundle") {
    Add(root, nullptr, ElementName(StringAt(root, "resourceType")), "");
  } else {
    const auto entries = root.find("entry");
    if (entries != root.end() && entries->is_array()) {
      std::size_t index = 0;
      for (const Json& entry : *entries) {
        if (entry.is_object()) {
          const auto resource = entry.find("resource");
          if (resource != entry.end() && resource->is_object()) {
            Add(*resource, &entry, absl::StrCat("Bundle.entry[", index, "].resource"), StringAt(entry, "fullUrl"));
          }
        }
        ++index;
      }
    }
  }
  AddContained();
  AddIdentifiers();
}

void Resources::Add(const Json& json, const Json* entry, std::string path, std::string full_url) {
  Resource resource;
  resource.json = &json;
  resource.entry = entry;
  resource.path = std::move(path);
  resource.type = ElementName(StringAt(json, "resourceType"));
  resource.id = StringAt(json, "id");
  resource.server = ServerOf(full_url);
  resource.full_url = std::move(full_url);
  const std::size_t index = resources_.size();
  if (!resource.full_url.empty()) by_url_[absl::AsciiStrToLower(WithoutVersion(resource.full_url))].push_back(index);
  const std::string by_url = TypeAndId(WithoutVersion(resource.full_url));
  const std::string by_id = resource.id.empty() ? "" : absl::StrCat(resource.type, "/", resource.id);
  if (!by_id.empty()) by_type_id_[by_id].push_back(index);
  if (!by_url.empty() && by_url != by_id) by_type_id_[by_url].push_back(index);
  resources_.push_back(std::move(resource));
}

// What is contained comes after everything else: pointers into the vector are taken only once it is complete.
void Resources::AddContained() {
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
        by_container_[absl::StrCat(i, "#", resource.id)].push_back(resources_.size());
        resources_.push_back(std::move(resource));
        container_of.push_back(i);
      }
      ++index;
    }
  }
  for (std::size_t i = outer; i < resources_.size(); ++i) resources_[i].container = &resources_[container_of[i]];
}

void Resources::AddIdentifiers() {
  for (std::size_t i = 0; i < resources_.size(); ++i) {
    const auto identifiers = resources_[i].json->find("identifier");
    if (identifiers == resources_[i].json->end()) continue;
    const auto add = [&](const Json& identifier) {
      if (!identifier.is_object()) return;
      const std::string system = StringAt(identifier, "system");
      const std::string value = CleanLine(StringAt(identifier, "value"));
      if (system.empty() || value.empty()) return;
      std::vector<std::size_t>& places = by_identifier_[IdentifierKey(system, value)];
      if (places.empty() || places.back() != i) places.push_back(i);
    };
    if (identifiers->is_array()) {
      for (const Json& identifier : *identifiers) add(identifier);
    } else {
      add(*identifiers);
    }
  }
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
  const Resource& owner = from.container != nullptr ? *from.container : from;
  if (reference.front() == '#') {
    if (reference.size() == 1) return {&owner, false};
    const auto found =
        by_container_.find(absl::StrCat(&owner - resources_.data(), "#", std::string(reference.substr(1))));
    return found == by_container_.end() ? Resolution() : Only(resources_, found->second);
  }
  const std::string plain = WithoutVersion(reference);
  const std::string lower = absl::AsciiStrToLower(plain);
  if (const auto found = by_url_.find(lower); found != by_url_.end()) return Only(resources_, found->second);
  const bool is_relative = plain.find(':') == std::string::npos;
  if (is_relative && plain.find('/') == std::string::npos) {
    const auto found = by_url_.find(absl::StrCat("urn:uuid:", lower));
    return found == by_url_.end() ? Resolution() : Only(resources_, found->second);
  }
  const std::string server = is_relative ? owner.server : ServerOf(plain);
  if (is_relative && !server.empty()) {
    if (const auto found = by_url_.find(server + lower); found != by_url_.end()) return Only(resources_, found->second);
  }
  const auto found = by_type_id_.find(TypeAndId(plain));
  if (found == by_type_id_.end()) return {};
  std::vector<std::size_t> of_server;
  for (const std::size_t place : found->second) {
    const std::string& its_server = resources_[place].server;
    if (server.empty() || its_server.empty() || server == its_server) of_server.push_back(place);
    if (of_server.size() > 1) break;
  }
  return Only(resources_, of_server);
}

Resources::Resolution Resources::WithIdentifier(std::string_view type, std::string_view system,
                                                std::string_view value) const {
  if (system.empty() || value.empty()) return {};
  const auto found = by_identifier_.find(IdentifierKey(system, value));
  if (found == by_identifier_.end()) return {};
  Resolution resolution;
  for (const std::size_t place : found->second) {
    if (!type.empty() && resources_[place].type != type) continue;
    if (resolution.resource != nullptr) return {nullptr, true};
    resolution.resource = &resources_[place];
  }
  return resolution;
}

Resources::Resolution LookUp(const Element& reference, const Resource& from, const Context& context) {
  const Resources::Resolution found = context.resources.Resolve(reference.Peek("reference"), from);
  if (found.resource != nullptr || found.ambiguous) return found;
  const Element identifier = reference["identifier"];
  return context.resources.WithIdentifier(reference.Peek("type"), identifier.Peek("system"), identifier.Peek("value"));
}

const Resource* Follow(const Element& reference, const Resource& from, Context& context) {
  if (!reference) return nullptr;
  const Resources::Resolution found = LookUp(reference, from, context);
  if (found.ambiguous) {
    context.issues.Warning(reference.path(), "reference-ambiguous",
                           "several resources answer to this reference: none was taken");
    return nullptr;
  }
  if (found.resource == nullptr) return nullptr;
  if (context.resources.Resolve(reference.Peek("reference"), from).resource != nullptr) {
    reference.Use("reference");
  } else {
    reference["identifier"].Use({"system", "value", "use"});
  }
  if (reference.Peek("type") == found.resource->type) reference.Use("type");
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
