#include "services/gateway/fhir/usable.h"

#include <string>

#include <absl/strings/str_cat.h>

namespace splw::fhir {
namespace {

constexpr char kModifierMessage[] = "a modifier extension that is not known here may change the meaning";
constexpr char kRulesMessage[] = "rules that are not known here may change the meaning";

// Each modifierExtension below a part of a resource. `path` is put back as it was.
void WarnBelow(const Json& value, std::string& path, Issues& issues) {
  const std::size_t length = path.size();
  if (value.is_object()) {
    for (const auto& [property, child] : value.items()) {
      if (!child.is_structured() || child.empty() || property == "contained") continue;
      absl::StrAppend(&path, ".", ElementName(property));
      if (property == "modifierExtension") {
        issues.Warning(path, "modifier-extension", kModifierMessage);
      } else {
        WarnBelow(child, path, issues);
      }
      path.resize(length);
    }
  } else if (value.is_array()) {
    std::size_t index = 0;
    for (const Json& child : value) {
      absl::StrAppend(&path, "[", index++, "]");
      WarnBelow(child, path, issues);
      path.resize(length);
    }
  }
}

bool WarnOfLabels(const Element& resource, Issues& issues) {
  bool is_restricted = false;
  for (const Element& label : resource["meta"].Each("security")) {
    const std::string code = label.Peek("code");
    if (code != "R" && code != "V") continue;
    is_restricted = true;
    label.Use({"system", "version", "code", "display"});
    issues.Warning(label.path(), "restricted-record",
                   "the record is restricted: where the person is must not become known");
  }
  return is_restricted;
}

}  // namespace

bool HasModifiers(const Element& resource) {
  return resource["modifierExtension"] || resource["implicitRules"];
}

void RefuseModifiers(const Resource& resource, Context& context) {
  const Element element = context.At(resource);
  if (const Element modifier = element["modifierExtension"]) {
    context.issues.Error(modifier.path(), "modifier-extension", kModifierMessage);
  }
  if (const Element rules = element["implicitRules"]) {
    context.issues.Error(rules.path(), "implicit-rules", kRulesMessage);
  }
}

void WarnOfModifiers(Context& context) {
  for (const Resource& resource : context.resources.all()) {
    if (context.handled.count(&resource) == 0) continue;
    std::string path = resource.path;
    WarnBelow(*resource.json, path, context.issues);
    if (const Element rules = context.At(resource)["implicitRules"]) {
      context.issues.Warning(rules.path(), "implicit-rules", kRulesMessage);
      rules.Use();
    }
  }
}

bool WarnOfRestriction(const Element& bundle, Context& context) {
  bool is_restricted = WarnOfLabels(bundle, context.issues);
  for (const Resource& resource : context.resources.all()) {
    if (context.handled.count(&resource) > 0) is_restricted |= WarnOfLabels(context.At(resource), context.issues);
  }
  return is_restricted;
}

}  // namespace splw::fhir
