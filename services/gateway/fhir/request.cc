#include "services/gateway/fhir/request.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "common/health/snomed.h"
#include "services/gateway/fhir/clinical_status.h"
#include "services/gateway/fhir/datatypes.h"
#include "services/gateway/fhir/limits.h"
#include "services/gateway/fhir/terminology.h"
#include "services/gateway/fhir/usable.h"

namespace splw::fhir {
namespace {

namespace type = splw::type::v1;

// Collects the referrer's words, each line once.
class Reason final {
 public:
  void Add(std::string_view label, const std::string& text) {
    if (!text.empty() && said_.insert(text).second) lines_.push_back(absl::StrCat(std::string(label), ": ", text));
  }
  std::string Text() const { return absl::StrJoin(lines_, "\n"); }

 private:
  std::vector<std::string> lines_;
  std::set<std::string> said_;
};

class Needs final {
 public:
  Needs(splw::referral::v1::Referral& referral, Context& context) : referral_(referral), context_(context) {}

  // Adds the need that the concept codes, if any; `or_other`: a coded concept that no table has is "other".
  // `category_hint` is what the resource says elsewhere (Condition.category).
  void Add(const Element& concept_element, bool or_other, std::optional<type::NeedCategory> category_hint = {}) {
    std::optional<type::NeedCategory> category;
    std::string snomed;
    Element snomed_coding;
    std::vector<Element> known;
    bool is_coded = false;
    for (const Element& coding : concept_element.Each("coding")) {
      const std::string system = coding.Peek("system");
      const std::string code = coding.Peek("code");
      if (code.empty()) continue;
      is_coded = true;
      if (const auto found = NeedCategoryOf(system, code)) {
        if (!category.has_value()) category = found;
        known.push_back(coding);
      }
      if (snomed.empty() && IsSnomed(system)) {
        snomed = code;
        snomed_coding = coding;
      }
    }
    if (!category.has_value()) category = category_hint;
    if (!category.has_value() && !(or_other && is_coded)) return;
    type::Need need;
    need.set_category(category.value_or(type::NEED_CATEGORY_OTHER));
    if (!category.has_value()) {
      context_.issues.Information(concept_element.path(), "need-unknown", "no known kind of need: kept as other");
    }
    if (!snomed.empty()) KeepSnomed(snomed, snomed_coding, need);
    need.set_note(Fit(ConceptText(concept_element), kMaxNeedNote, concept_element.path(), context_));
    Keep(std::move(need), concept_element);
    for (const Element& coding : known) UseCoding(coding);
    if (snomed_coding) UseCoding(snomed_coding);
    UseConceptText(concept_element);
  }

 private:
  // A damaged code is kept and flagged (the intake never passes it on); what is not even digits is no code.
  void KeepSnomed(const std::string& code, const Element& coding, type::Need& need) {
    if (health::IsSnomedId(code)) {
      need.set_snomed_code(code);
      return;
    }
    const bool is_number = code.size() <= 18 && std::all_of(code.begin(), code.end(),
                                                            [](unsigned char c) { return absl::ascii_isdigit(c); });
    if (is_number) need.set_snomed_code(code);
    context_.issues.Warning(coding.path(), "snomed-code-damaged",
                            is_number ? "this SNOMED CT code fails its check: kept, never passed on"
                                      : "this is no SNOMED CT code: only its words are kept");
  }

  void Keep(type::Need need, const Element& from) {
    for (type::Need& other : *referral_.mutable_needs()) {
      if (other.category() != need.category()) continue;
      const bool same =
          need.category() == type::NEED_CATEGORY_OTHER
              ? need.snomed_code() == other.snomed_code() && need.note() == other.note()
              : need.snomed_code().empty() || other.snomed_code().empty() || need.snomed_code() == other.snomed_code();
      if (!same) continue;
      if (other.snomed_code().empty() && !need.snomed_code().empty()) other.Swap(&need);
      return;
    }
    if (static_cast<std::size_t>(referral_.needs_size()) >= kMaxNeeds) {
      context_.issues.Warning(from.path(), "needs-too-many",
                              "more needs than there is room for: kept in the reason only");
      return;
    }
    *referral_.add_needs() = std::move(need);
  }

  splw::referral::v1::Referral& referral_;
  Context& context_;
};

std::optional<type::NeedCategory> CategoryHint(const Element& resource) {
  for (const Element& category : resource.Each("category")) {
    for (const Element& coding : category.Each("coding")) {
      if (const auto found = NeedCategoryOf(coding.Peek("system"), coding.Peek("code"))) {
        UseCode(coding);
        return found;
      }
    }
  }
  return std::nullopt;
}

// A Condition or Observation that the request gives as its reason.
void MapReasonResource(const Resource& resource, Reason& reason, Needs& needs, Context& context) {
  context.Handle(resource);
  const Element element = context.At(resource);
  if (HasModifiers(element)) {
    context.issues.Warning(
        element.path(), "reason-not-usable",
        "given as a reason, but something in it that is not known here may change its meaning: kept out");
    return;
  }
  if (const Standing standing = StandingOf(element); standing != Standing::kHolds) {
    context.issues.Warning(element.path(), "reason-not-current",
                           "given as a reason, but resolved, refuted or in error: kept out");
    return;
  }
  UseStanding(element);
  const Element code = element["code"];
  std::string text = ConceptText(code);
  for (const std::string& answer : {ConceptText(element["valueCodeableConcept"]), element.Take("valueString")}) {
    if (!answer.empty()) absl::StrAppend(&text, text.empty() ? "" : " = ", answer);
  }
  UseConceptText(element["valueCodeableConcept"]);
  reason.Add("Reason", text);
  for (const Element& note : element.Each("note")) reason.Add("Note", note.TakeText("text"));
  needs.Add(code, resource.type == "Condition", CategoryHint(element));
  UseConceptText(code);
}

std::string MapReason(const Resource& resource, const Element& request, splw::referral::v1::Referral& referral,
                      Context& context) {
  Reason reason;
  Needs needs(referral, context);
  std::set<const Resource*> mapped;
  for (const Element& concept_element : request.Each("reasonCode")) {
    reason.Add("Reason", ConceptText(concept_element));
    needs.Add(concept_element, /*or_other=*/true);
    UseConceptText(concept_element);
  }
  for (const Element& reference : request.Each("reasonReference")) {
    const std::string display = reference.Peek("display");
    const Resource* target = Follow(reference, resource, context);
    if (target != nullptr && (target->type == "Condition" || target->type == "Observation")) {
      if (mapped.insert(target).second) MapReasonResource(*target, reason, needs, context);
      continue;
    }
    reason.Add("Reason", display);
    reference.Use("display");
    if (target == nullptr) {
      context.issues.Warning(reference.path(), "reason-unresolved", "this leads to no resource of the message");
    }
  }
  if (const Element code = request["code"]) {
    reason.Add("Asked for", ConceptText(code));
    needs.Add(code, /*or_other=*/false);
    UseConceptText(code);
  }
  for (const Element& detail : request.Each("orderDetail")) {
    reason.Add("Detail", ConceptText(detail));
    UseConceptText(detail);
  }
  for (const Element& note : request.Each("note")) reason.Add("Note", note.TakeText("text"));
  reason.Add("Told to the person", request.TakeText("patientInstruction"));
  for (const Element& category : request.Each("category")) {
    needs.Add(category, /*or_other=*/false);
    for (const Element& coding : category.Each("coding")) {
      if (IsReferralCode(coding.Peek("system"), coding.Peek("code"))) UseCode(coding);
    }
  }
  std::string text = reason.Text();
  if (text.empty()) context.issues.Warning(resource.path, "reason-missing", "why help is asked for is not said");
  return text;
}

void MapPriority(const Element& request, splw::referral::v1::Referral& referral, Context& context) {
  const std::string path = absl::StrCat(request.path(), ".priority");
  const std::string priority = request.Take("priority");
  if (priority.empty() || priority == "routine") {
    referral.set_urgency(type::URGENCY_ROUTINE);
  } else if (IsOneOf(priority, {"urgent", "asap", "stat"})) {
    referral.set_urgency(type::URGENCY_URGENT);
    if (priority == "asap")
      context.issues.Information(path, "priority-asap", "\"as soon as possible\": taken as urgent");
    if (priority == "stat") {
      context.issues.Warning(
          path, "priority-stat",
          "\"at once\": taken as urgent; if there is danger now, this is no referral but an emergency");
    }
  } else {
    context.issues.Warning(path, "priority-unknown-code",
                           "not a code of FHIR's request-priority: how soon must be asked");
  }
}

void MapIdentifier(const Element& request, splw::referral::v1::Referral& referral, Context& context) {
  Element best;
  int best_order = 0;
  for (const Element& identifier : request.Each("identifier")) {
    if (identifier.Peek("value").empty() || identifier.Peek("use") == "old") continue;
    // The placer's own number goes before that of whoever fills the order (HL7 v2 table 0203: PLAC, FILL).
    int order = 1;
    for (const Element& coding : identifier["type"].Each("coding")) {
      if (coding.Peek("code") == "PLAC") order = 0;
      if (coding.Peek("code") == "FILL") order = 2;
    }
    if (!best || order < best_order) {
      best = identifier;
      best_order = order;
    }
  }
  if (!best) best = request["requisition"];
  if (!best || best.Peek("value").empty()) return;
  const std::string system = best.Peek("system");
  const std::string value = best.Peek("value");
  const std::string both = absl::StrCat(system, system.empty() ? "" : "|", value);
  UseIdentifier(best);
  for (const Element& coding : best["type"].Each("coding")) {
    if (IsOneOf(coding.Peek("code"), {"PLAC", "FILL"})) UseCode(coding);
  }
  if (both.size() <= kMaxExternalReference) {
    referral.set_external_reference(both);
    return;
  }
  context.issues.Warning(best.path(), "identifier-too-long", "too long: only the value is kept, without its system");
  referral.set_external_reference(Fit(value, kMaxExternalReference, best.path(), context));
}

void MapAuthoredOn(const Element& request, splw::referral::v1::Referral& referral, Context& context) {
  const Element authored = request["authoredOn"];
  if (!authored) {
    context.issues.Information(request.path(), "authored-on-missing", "when it was asked for is not said");
    return;
  }
  const std::optional<absl::Time> time = ParseInstant(authored.Peek());
  if (!time.has_value()) {
    context.issues.Warning(authored.path(), "authored-on-unreadable", "this is no date and time of FHIR");
    return;
  }
  authored.Use();
  referral.mutable_authored_time()->set_seconds(absl::ToUnixSeconds(*time));
  if (!context.now.has_value()) return;
  if (*time > *context.now + kMaxClockSkew) {
    context.issues.Warning(authored.path(), "authored-on-future", "asked for in the future");
  } else if (*time < *context.now - kOldRequest) {
    context.issues.Warning(
        authored.path(), "authored-on-old",
        absl::StrCat("asked for more than ", absl::ToInt64Hours(kOldRequest) / 24, " days ago: is it still wanted?"));
  }
}

// What a transaction or batch asks to do with the request (FHIR R4 Bundle.entry.request).
void CheckEntry(const Resource& resource, Context& context) {
  if (resource.entry == nullptr) return;
  const std::string path = resource.path.substr(0, resource.path.rfind(".resource"));
  const Element method = Element(resource.entry, path, &context.usage)["request"]["method"];
  if (!method || method.Peek() == "POST") return;
  context.issues.Error(method.path(), "entry-method",
                       "only new referrals are taken in here: updates and deletions are not yet");
}

}  // namespace

void CheckServiceRequest(const Resource& resource, Context& context) {
  context.Handle(resource);
  const Element request = context.At(resource);
  const std::string status = request.Take("status");
  const std::string status_path = absl::StrCat(request.path(), ".status");
  if (IsOneOf(status, {"revoked", "entered-in-error", "completed", "draft"})) {
    context.issues.Error(status_path, "request-status",
                         absl::StrCat("the request is \"", status, "\": there is nothing to act on"));
  } else if (status != "active") {
    context.issues.Warning(status_path, "request-status-doubtful", "the request is not \"active\"");
  }
  const std::string intent = request.Take("intent");
  const std::string intent_path = absl::StrCat(request.path(), ".intent");
  if (intent.empty()) {
    context.issues.Warning(intent_path, "request-intent-missing",
                           "whether this is an order or only an idea is not said");
  } else if (!IsOneOf(intent, {"order", "original-order", "plan", "proposal", "directive"})) {
    context.issues.Error(intent_path, "request-intent", "not the intent of a referral: order, plan or proposal is");
  }
  if (request.TakeBoolean("doNotPerform").value_or(false)) {
    context.issues.Error(absl::StrCat(request.path(), ".doNotPerform"), "do-not-perform",
                         "the request asks that this be not done");
  }
  RefuseModifiers(resource, context);
  CheckEntry(resource, context);
}

std::string MapServiceRequest(const Resource& resource, splw::referral::v1::Referral& referral, Context& context) {
  const Element request = context.At(resource);
  std::string reason = MapReason(resource, request, referral, context);
  MapPriority(request, referral, context);
  MapIdentifier(request, referral, context);
  MapAuthoredOn(request, referral, context);
  return reason;
}

}  // namespace splw::fhir
