// The resources of a document and the references between them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <absl/time/time.h>

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
  std::string server;                   // what of full_url stands before "Type/id"; empty where it is no http(s) URL
  const Json* entry = nullptr;          // Bundle.entry, for the resources of one
  const Resource* container = nullptr;  // for contained resources

  ResourceKind kind() const { return container == nullptr ? ResourceKind::kOuter : ResourceKind::kContained; }
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
  // absolute URI (urn:uuid:…, https://…) by fullUrl; "Type/id" by the fullUrl of the same server, by the end of a
  // fullUrl, or by type and id. Two things beyond the standard, because published messages need them: an absolute
  // URL also matches, by type and id, a resource whose fullUrl names no server; and a bare id by "urn:uuid:"
  // before it. Never guesses between two, and never takes a resource of another server.
  Resolution Resolve(std::string_view reference, const Resource& from) const;
  // The resource that has an identifier of this system and value (of this type, unless it is empty).
  Resolution WithIdentifier(std::string_view type, std::string_view system, std::string_view value) const;

 private:
  using Index = std::unordered_map<std::string, std::vector<std::size_t>>;

  void Add(const Json& json, const Json* entry, std::string path, std::string full_url);
  void AddContained();
  void AddIdentifiers();

  std::vector<Resource> resources_;
  Index by_url_;         // lower case, without version
  Index by_type_id_;     // "Patient/17"
  Index by_container_;   // place of the container, "#", id
  Index by_identifier_;  // health::PlainSystem, "|", value
};

// What the parts of one mapping share.
struct Context {
  const Resources& resources;
  std::optional<absl::Time> now;
  bool sender_has_organisation = true;
  Usage& usage;  // of the document
  Issues issues;
  std::unordered_set<const Resource*> handled;  // resources whose unused parts are reported element by element

  Element At(const Resource& resource) { return Element(resource.json, resource.path, &usage); }
  void Handle(const Resource& resource) { handled.insert(&resource); }
};

// The resource that a Reference points to, literally or by its identifier. Marks and reports nothing.
Resources::Resolution LookUp(const Element& reference, const Resource& from, const Context& context);

// The same; marks what led there. nullptr if there is none; WARNING "reference-ambiguous" if there are several.
const Resource* Follow(const Element& reference, const Resource& from, Context& context);

// `text` within `limit` characters; WARNING "text-cut" at `location` where something had to go.
std::string Fit(std::string text, std::size_t limit, std::string_view location, Context& context);

}  // namespace splw::fhir
