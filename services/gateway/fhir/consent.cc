#include "services/gateway/fhir/consent.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "services/gateway/fhir/datatypes.h"
#include "services/gateway/fhir/subject.h"
#include "services/gateway/fhir/terminology.h"
#include "services/gateway/fhir/usable.h"

namespace splw::fhir {
namespace {

namespace type = splw::type::v1;

bool HasCode(const Element& concept_element, std::initializer_list<std::string_view> codes) {
  for (const Element& coding : concept_element.Each("coding")) {
    if (std::find(codes.begin(), codes.end(), coding.Peek("code")) == codes.end()) continue;
    UseCode(coding);
    return true;
  }
  return false;
}

bool IsDirectCare(const Element& consent) {
  for (const Element& category : consent.Each("category")) {
    if (HasCode(category, {"DRC"})) return true;  // BaRS consent-categories-bars
  }
  return false;
}

// The Consents that the request names among what supports it.
std::unordered_set<const Resource*> NamedConsents(const Resource& service_request, Context& context) {
  std::unordered_set<const Resource*> named;
  for (const Element& info : context.At(service_request).Each("supportingInfo")) {
    const Resource* target = LookUp(info, service_request, context).resource;
    if (target == nullptr || target->type != "Consent") continue;
    Follow(info, service_request, context);
    named.insert(target);
  }
  return named;
}

// What makes a consent, or a part of one, less than a plain yes or no (FHIR R4 Consent.provision).
constexpr const char* kLimits[] = {"actor",      "purpose",       "action",           "class", "code", "data",
                                   "dataPeriod", "securityLabel", "modifierExtension"};

Element LimitOf(const Element& provision) {
  for (const char* limit : kLimits) {
    if (const Element found = provision[limit]) return found;
  }
  return {};
}

// True if a part of the provision denies, at any depth, and nothing limits what it denies.
bool DeniesInPart(const Element& provision) {
  for (const Element& part : provision.Each("provision")) {
    if (part.Peek("type") == "deny" && !LimitOf(part) && !part["period"] && !part["provision"]) return true;
    if (DeniesInPart(part)) return true;
  }
  return false;
}

// What limits a consent; no element if nothing does.
Element LimitOfConsent(const Element& consent) {
  for (const char* modifier : {"modifierExtension", "implicitRules"}) {
    if (const Element found = consent[modifier]) return found;
  }
  const Element provision = consent["provision"];
  if (const Element limit = LimitOf(provision)) return limit;
  return provision["provision"];
}

bool Denies(const Element& consent) {
  const Element provision = consent["provision"];
  const bool by_policy = HasCode(consent["policyRule"], {"OPTOUT", "OPTOUTE", "DISSENT"});
  return consent.Peek("status") == "rejected" || provision.Peek("type") == "deny" || by_policy ||
         DeniesInPart(provision);
}

bool IsKnownToBeTheirs(const Resource& resource, const Resource& patient, Context& context) {
  if (WhoseIs(resource, patient, context) == Whose::kTheirs) return true;
  return !context.At(resource)["patient"] && context.resources.OfType("Patient").size() == 1;
}

// Why a consent that does not deny is no agreement to this referral; true if it is one.
bool Agrees(const Resource& resource, const Resource& patient, bool is_named, Context& context) {
  const Element consent = context.At(resource);
  const Element provision = consent["provision"];
  const bool is_implied = HasCode(consent["policyRule"], {"IMPLIED"});
  const bool opts_in = HasCode(consent["policyRule"], {"OPTIN"});
  const bool permits = provision.Peek("type") == "permit" || opts_in;
  const bool is_direct_care = IsDirectCare(consent);
  const auto warn = [&](const std::string& location, const char* code, const char* message) {
    context.issues.Warning(location, code, message);
    return false;
  };
  if (consent.Peek("status") != "active") {
    return warn(resource.path, "consent-not-active", "this consent is not in force");
  }
  if (HasEnded(provision["period"], context)) return warn(resource.path, "consent-ended", "this consent has run out");
  if (HasNotBegun(provision["period"], context)) {
    return warn(provision["period"].path(), "consent-not-begun", "this consent is not in force yet");
  }
  if (is_implied || !permits) {
    return warn(resource.path, "consent-implied",
                "implied or not stated: the person was not recorded as agreeing, so ask");
  }
  if (const Element limit = LimitOfConsent(consent)) {
    return warn(limit.path(), "consent-limited",
                "limited, or of a meaning that is not known here: not taken for agreement to this referral, so ask");
  }
  if (!is_named && !is_direct_care) {
    return warn(resource.path, "consent-other-purpose", "not a consent to this referral, so ask");
  }
  if (!IsKnownToBeTheirs(resource, patient, context)) {
    return warn(resource.path + ".patient", "consent-person-unknown",
                "whose consent this is is not known here, so ask");
  }
  return true;
}

void Agree(const Element& consent, type::Consent& mapped, Context& context) {
  mapped.set_referral(type::CONSENT_STATUS_AGREED);
  consent.Use("status");
  consent["provision"].UseIf("type", {"permit"});
  const Element date_time = consent["dateTime"];
  const std::optional<google::type::Date> date = ParseDate(date_time.Peek().substr(0, 10));
  if (!date.has_value() || date->day() == 0) return;
  if (IsInFuture(*date, context)) {
    context.issues.Warning(date_time.path(), "consent-date-future", "the date lies in the future: kept out");
    return;
  }
  *mapped.mutable_explained_on() = *date;
  if (date_time.Peek().size() == 10) date_time.Use();
}

}  // namespace

type::Consent MapConsent(const Resource& service_request, const Resource& patient, Context& context) {
  type::Consent mapped;
  const std::unordered_set<const Resource*> named = NamedConsents(service_request, context);
  for (const Resource* resource : context.resources.OfType("Consent")) {
    const Element consent = context.At(*resource);
    if (!IsAbout(*resource, patient, context)) continue;
    if (consent.Peek("status") == "entered-in-error" || HasCode(consent["scope"], {"research", "adr"})) continue;
    context.Handle(*resource);
    consent["patient"].Use({"reference", "type"});
    if (Denies(consent)) {
      mapped.Clear();
      mapped.set_referral(type::CONSENT_STATUS_DECLINED);
      context.issues.Warning(resource->path, "consent-declined", "the person objects: taken as declined");
      return mapped;
    }
    if (Agrees(*resource, patient, named.count(resource) > 0, context)) Agree(consent, mapped, context);
  }
  return mapped;
}

}  // namespace splw::fhir
