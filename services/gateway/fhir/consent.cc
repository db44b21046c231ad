#include "services/gateway/fhir/consent.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "services/gateway/fhir/datatypes.h"

namespace splw::fhir {
namespace {

namespace type = splw::type::v1;

bool HasCode(const Element& concept_element, std::initializer_list<std::string_view> codes) {
  for (const Element& coding : concept_element.Each("coding")) {
    if (std::find(codes.begin(), codes.end(), coding.Peek("code")) != codes.end()) return true;
  }
  return false;
}

bool IsDirectCare(const Element& consent) {
  for (const Element& category : consent.Each("category")) {
    if (HasCode(category, {"DRC"})) return true;  // BaRS consent-categories-bars
  }
  return false;
}

bool IsNamedBy(const Resource& service_request, const Resource& consent, Context& context) {
  for (const Element& info : context.At(service_request).Each("supportingInfo")) {
    if (context.resources.Resolve(info.Peek("reference"), service_request).resource != &consent) continue;
    info.Use();
    return true;
  }
  return false;
}

void UseAll(const Element& consent) {
  for (const char* property : {"status", "scope", "category", "patient", "dateTime", "policyRule"}) {
    consent.Use(property);
  }
  consent["provision"].Use("type");
}

void Agree(const Element& consent, type::Consent& mapped) {
  mapped.set_referral(type::CONSENT_STATUS_AGREED);
  const std::string date_time = consent.Peek("dateTime");
  if (const auto date = ParseDate(date_time.substr(0, 10)); date.has_value() && date->day() != 0) {
    *mapped.mutable_explained_on() = *date;
  }
}

}  // namespace

type::Consent MapConsent(const Resource& service_request, const Resource& patient, Context& context) {
  type::Consent mapped;
  for (const Resource* resource : context.resources.OfType("Consent")) {
    const Element consent = context.At(*resource);
    const Element subject = consent["patient"];
    const Resource* about = context.resources.Resolve(subject.Peek("reference"), *resource).resource;
    if (subject && about != &patient) continue;  // somebody else's, or not known to be this person's
    const bool is_named = IsNamedBy(service_request, *resource, context);
    const std::string status = consent.Peek("status");
    if (status == "entered-in-error" || HasCode(consent["scope"], {"research", "adr"})) continue;
    context.Handle(*resource);
    UseAll(consent);
    const std::string provision = consent["provision"].Peek("type");
    if (status == "rejected" || provision == "deny" ||
        HasCode(consent["policyRule"], {"OPTOUT", "OPTOUTE", "DISSENT"})) {
      mapped.Clear();
      mapped.set_referral(type::CONSENT_STATUS_DECLINED);
      context.issues.Warning(resource->path, "consent-declined", "the person objects: taken as declined");
      return mapped;
    }
    const bool permits = provision == "permit" || HasCode(consent["policyRule"], {"OPTIN"});
    if (status != "active") {
      context.issues.Warning(resource->path, "consent-not-active", "this consent is not in force");
    } else if (HasEnded(consent["provision"]["period"], context)) {
      context.issues.Warning(resource->path, "consent-ended", "this consent has run out");
    } else if (!permits) {
      context.issues.Warning(resource->path, "consent-implied",
                             "implied or not stated: the person was not recorded as agreeing, so ask");
    } else if (!is_named && !IsDirectCare(consent)) {
      context.issues.Warning(resource->path, "consent-other-purpose",
                             "not a consent to this referral, so ask");
    } else {
      Agree(consent, mapped);
    }
  }
  return mapped;
}

}  // namespace splw::fhir
