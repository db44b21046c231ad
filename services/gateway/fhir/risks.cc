#include "services/gateway/fhir/risks.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <string>
#include <vector>

#include "services/gateway/fhir/clinical_status.h"
#include "services/gateway/fhir/limits.h"
#include "services/gateway/fhir/terminology.h"

namespace splw::fhir {
namespace {

namespace type = splw::type::v1;

bool HasCrisisCode(const Element& owner, std::string_view property) {
  for (const Element& concept_element : owner.Each(property)) {
    for (const Element& coding : concept_element.Each("coding")) {
      if (IsCrisisCode(coding.Peek("system"), coding.Peek("code"))) return true;
    }
  }
  return false;
}

bool HasCategory(const Element& resource, bool (*is)(std::string_view, std::string_view)) {
  for (const Element& category : resource.Each("category")) {
    for (const Element& coding : category.Each("coding")) {
      if (is(coding.Peek("system"), coding.Peek("code"))) return true;
    }
  }
  return false;
}

// False if the resource is about somebody else.
bool IsAbout(const Resource& resource, const Resource& patient, Context& context) {
  const Element subject = context.At(resource)["subject"];
  if (!subject) return true;
  const Resource* target = context.resources.Resolve(subject.Peek("reference"), resource).resource;
  // What leads nowhere is taken to be about the person: a risk is not left out for a broken reference.
  return target == nullptr || target == &patient;
}

void AddAdjustment(const Resource& resource, type::Person& person, Context& context) {
  const Element flag = context.At(resource);
  const std::string text = ConceptText(flag["code"]);
  if (text.empty() || static_cast<std::size_t>(person.adjustments_size()) >= kMaxAdjustments) {
    context.issues.Warning(resource.path, "adjustment-left-out",
                           "a reasonable adjustment that could not be kept");
    return;
  }
  context.Handle(resource);
  person.add_adjustments(Fit(text, kMaxAdjustment, flag.path() + ".code", context));
  UseConceptText(flag["code"]);
  for (const char* property : {"category", "status", "subject", "encounter"}) flag.Use(property);
}

}  // namespace

void MapRisks(const Resource& service_request, const Resource& patient,
              splw::referral::v1::Referral& referral, Context& context) {
  std::vector<std::string> risks;
  const auto potential_crisis = [&](const std::string& location, const std::string& words) {
    if (!words.empty()) risks.push_back(absl::StrCat("Risk recorded: ", words));
    referral.mutable_crisis_answers()->set_risk_of_harm(type::CRISIS_ANSWER_YES);
    context.issues.Warning(
        location, "crisis-flag",
        "coded as a risk of harm: counts as a potential crisis, act on it before anything else");
  };
  for (const char* property : {"reasonCode", "code"}) {
    // Its words are in the reason already.
    if (HasCrisisCode(context.At(service_request), property))
      potential_crisis(service_request.path + "." + property, "");
  }
  for (const Resource& resource : context.resources.all()) {
    const bool is_flag = resource.type == "Flag";
    if (!is_flag && resource.type != "Condition" && resource.type != "Observation") continue;
    if (!IsAbout(resource, patient, context)) continue;
    const Element element = context.At(resource);
    const Standing standing = StandingOf(element);
    if (HasCrisisCode(element, "code") || HasCrisisCode(element, "valueCodeableConcept") ||
        (is_flag && HasCategory(element, IsSafeguardingCategory))) {
      if (standing == Standing::kHolds) {
        potential_crisis(resource.path, ConceptText(element["code"]));
      } else {
        context.issues.Warning(resource.path, "crisis-flag-past",
                               "a risk of harm that no longer holds, or was denied: kept out, read it");
      }
      context.Handle(resource);
      for (const char* part : {"code", "category", "status", "clinicalStatus", "verificationStatus",
                               "subject", "valueCodeableConcept", "valueBoolean"}) {
        element.Use(part);
      }
    } else if (is_flag && HasCategory(element, IsAdjustmentCategory) && standing == Standing::kHolds) {
      AddAdjustment(resource, *referral.mutable_person(), context);
    } else if (is_flag && standing == Standing::kHolds) {
      context.issues.Warning(resource.path, "flag-unknown",
                             "an alert that is not understood here: kept out, read it");
      context.Handle(resource);
      element.Use("code");
      for (const char* part : {"category", "status", "subject", "encounter", "period"}) element.Use(part);
    }
  }
  if (risks.empty()) return;
  // First, so that they are never what a limit cuts off.
  if (!referral.reason_text().empty()) risks.push_back(referral.reason_text());
  referral.set_reason_text(Fit(absl::StrJoin(risks, "\n"), kMaxReasonText, service_request.path, context));
}

}  // namespace splw::fhir
