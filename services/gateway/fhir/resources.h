// The resources of a document and the references between them.
#pragma once

#include <absl/time/time.h>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "services/gateway/fhir/element.h"
#include "services/gateway/fhir/issue.h"
#include "services/gateway/fhir/json_text.h"

namespace splw::fhir {

struct Resource {
  const Json* json = nullptr;
  std::string path;  // "Bundle.entry[2].resource", "ServiceRequest", "….contained[0]"
  std::string type;  // resourceType, or "?" where it is no name of a type
  std::string id;
  std::string full_url;                 // Bundle.entry.fullUrl
  const Resource* container = nullptr;  // for contained resources
};

// All resources of a Bundle's entries, or one resource; with what they contain. Resources inside a Bundle
// that is itself an entry are not looked into. Refers to the document, which must outlive it. Immutable;
// thread-safe.
class Resources final {
 public:
  // `root` is an object with a resourceType.
  explicit Resources(const Json& root);
  Resources(const Resources&) = delete;
  Resources& operator=(const Resources&) = delete;

  const std::vector<Resource>& all() const { return resources_; }
  std::vector<const Resource*> OfType(std::string_view type) const;

  struct Resolution {
    const Resource* resource = nullptr;
    bool ambiguous = false;
  };
  // FHIR R4 "Resolving references in Bundles" and "Contained resources": '#id' inside the same resource; an
  // absolute URI (urn:uuid:…, https://…) by fullUrl; "Type/id" by the end of a fullUrl or by type and id. Two
  // things beyond the standard, because published messages need them: an absolute URL also matches by its
  // ending "Type/id", and a bare id by "urn:uuid:" before it. Never guesses between two.
  Resolution Resolve(std::string_view reference, const Resource& from) const;

 private:
  void Add(const Json& json, std::string path, std::string full_url);

  std::vector<Resource> resources_;
  std::unordered_map<std::string, std::vector<std::size_t>> by_url_;      // lower case, without version
  std::unordered_map<std::string, std::vector<std::size_t>> by_type_id_;  // "Patient/17"
};

// What the parts of one mapping share.
struct Context {
  const Resources& resources;
  std::optional<absl::Time> now;
  Usage usage;
  Issues issues;
  std::unordered_set<const Resource*>
      handled;  // resources whose unused parts are reported element by element

  Element At(const Resource& resource) { return Element(resource.json, resource.path, &usage); }
  void Handle(const Resource& resource) { handled.insert(&resource); }
};

// The resource that a Reference points to, literally or by its identifier; marks the Reference as used.
// nullptr if there is none; WARNING "reference-ambiguous" if there are several.
const Resource* Follow(const Element& reference, const Resource& from, Context& context);

// `text` within `limit` characters; WARNING "text-cut" at `location` where something had to go.
std::string Fit(std::string text, std::size_t limit, std::string_view location, Context& context);

}  // namespace splw::fhir
