#include "services/gateway/fhir/risks.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <absl/strings/str_cat.h>

#include "services/gateway/fhir/clinical_status.h"
#include "services/gateway/fhir/limits.h"
#include "services/gateway/fhir/subject.h"
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

// Marks the categories that were understood.
void UseCategories(const Element& resource, bool (*is)(std::string_view, std::string_view)) {
  for (const Element& category : resource.Each("category")) {
    for (const Element& coding : category.Each("coding")) {
      if (is(coding.Peek("system"), coding.Peek("code"))) UseCode(coding);
    }
  }
}

void AddAdjustment(const Resource& resource, type::Person& person, Context& context) {
  const Element flag = context.At(resource);
  const std::string text = ConceptText(flag["code"]);
  if (text.empty() || static_cast<std::size_t>(person.adjustments_size()) >= kMaxAdjustments) {
    context.issues.Warning(resource.path, "adjustment-left-out", "a reasonable adjustment that could not be kept");
    return;
  }
  context.Handle(resource);
  person.add_adjustments(Fit(text, kMaxAdjustment, flag.path() + ".code", context));
  UseConceptText(flag["code"]);
  UseCategories(flag, IsAdjustmentCategory);
  UseStanding(flag);
}

// Its code or its answer, or those of a component.
bool HasCodedRisk(const Resource& resource, Context& context) {
  const Element element = context.At(resource);
  if (HasCrisisCode(element, "code") || HasCrisisCode(element, "valueCodeableConcept")) return true;
  if (resource.type == "Flag" && HasCategory(element, IsSafeguardingCategory)) return true;
  for (const Element& component : element.Each("component")) {
    if (HasCrisisCode(component, "code") || HasCrisisCode(component, "valueCodeableConcept")) return true;
  }
  return false;
}

bool HasWordedRisk(const Resource& resource, const DangerousTexts& danger) {
  const auto texts = danger.find(&resource);
  return texts != danger.end() && std::any_of(texts->second.begin(), texts->second.end(), [](const auto& text) {
           return text.property == "code" || text.property == "valueCodeableConcept" ||
                  text.property == "valueString" || text.property == "component";
         });
}

// Marks the words, and the codes that say what counts: that there is a risk.
void UseRisk(const Element& concept_element) {
  UseConceptText(concept_element);
  for (const Element& coding : concept_element.Each("coding")) {
    if (IsCrisisCode(coding.Peek("system"), coding.Peek("code"))) UseCoding(coding);
  }
}

// "code = answer; component = answer", marked.
std::string WordsOf(const Element& element) {
  std::string words;
  const auto add = [&words](const Element& owner) {
    std::string answer = ConceptText(owner["valueCodeableConcept"]);
    if (answer.empty()) answer = owner.Take("valueString");
    for (const char* property : {"code", "valueCodeableConcept"}) UseRisk(owner[property]);
    const std::string text = ConceptText(owner["code"]);
    if (text.empty() && answer.empty()) return;
    absl::StrAppend(&words, words.empty() ? "" : "; ", text, text.empty() || answer.empty() ? "" : " = ", answer);
  };
  add(element);
  for (const Element& component : element.Each("component")) add(component);
  return words;
}

}  // namespace

std::vector<std::string> MapRisks(const Resource& service_request, const Resource& patient,
                                  const DangerousTexts& danger, splw::referral::v1::Referral& referral,
                                  Context& context) {
  std::vector<std::string> lines;
  const auto say = [&lines](const char* label, const std::string& words) {
    if (!words.empty()) lines.push_back(absl::StrCat(label, ": ", words));
  };
  const auto coded_risk = [&](const std::string& location) {
    referral.mutable_crisis_answers()->set_risk_of_harm(type::CRISIS_ANSWER_YES);
    context.issues.Warning(location, "crisis-flag",
                           "coded as a risk of harm: counts as a potential crisis, act on it before anything else");
  };
  const auto worded_risk = [&](const std::string& location) {
    if (referral.crisis_answers().risk_of_harm() != type::CRISIS_ANSWER_YES) {
      referral.mutable_crisis_answers()->set_risk_of_harm(type::CRISIS_ANSWER_UNSURE);
    }
    context.issues.Warning(
        location, "crisis-words",
        "its words speak of suicide, self-harm or harm to others: counts as a potential crisis, act on it "
        "before anything else");
  };
  for (const char* property : {"reasonCode", "code"}) {
    // Its words are in the reason already.
    if (HasCrisisCode(context.At(service_request), property)) coded_risk(service_request.path + "." + property);
  }
  for (const Resource& resource : context.resources.all()) {
    const bool is_flag = resource.type == "Flag";
    if (!is_flag && resource.type != "Condition" && resource.type != "Observation") continue;
    if (!IsAbout(resource, patient, context)) continue;
    const Element element = context.At(resource);
    const bool holds = StandingOf(element) == Standing::kHolds;
    const bool is_coded = HasCodedRisk(resource, context);
    if (is_coded && !holds) {
      context.Handle(resource);
      context.issues.Warning(resource.path, "crisis-flag-past",
                             "a risk of harm that no longer holds, or was denied: kept out, read it");
    } else if (is_coded || (holds && HasWordedRisk(resource, danger))) {
      is_coded ? coded_risk(resource.path) : worded_risk(resource.path);
      context.Handle(resource);
      say("Risk recorded", WordsOf(element));
      UseCategories(element, IsSafeguardingCategory);
      UseStanding(element);
    } else if (is_flag && holds && HasCategory(element, IsAdjustmentCategory)) {
      AddAdjustment(resource, *referral.mutable_person(), context);
    } else if (is_flag && holds) {
      context.Handle(resource);
      context.issues.Warning(resource.path, "flag-unknown", "an alert that is not understood here: read it");
      say("Alert recorded", WordsOf(element));
      UseStanding(element);
    }
  }
  return lines;
}

}  // namespace splw::fhir
