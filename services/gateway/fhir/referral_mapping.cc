#include "services/gateway/fhir/referral_mapping.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <algorithm>
#include <utility>

#include "common/health/nhs_number.h"
#include "common/health/system_uri.h"
#include "common/text/failure.h"
#include "services/gateway/fhir/consent.h"
#include "services/gateway/fhir/limits.h"
#include "services/gateway/fhir/patient.h"
#include "services/gateway/fhir/referrer.h"
#include "services/gateway/fhir/request.h"
#include "services/gateway/fhir/resources.h"
#include "services/gateway/fhir/risks.h"
#include "services/gateway/fhir/terminology.h"

namespace splw::fhir {
namespace {

constexpr char kNotMapped[] = "FHIR_NOT_MAPPED";

// The header of a message that asks for a new referral; ERRORs where it is another message.
const Resource* CheckMessageHeader(const Resources& resources, Context& context) {
  const Resource* header = resources.all().empty() ? nullptr : &resources.all().front();
  if (header == nullptr || header->type != "MessageHeader") {
    context.issues.Error("Bundle.entry[0].resource", "message-header-missing",
                         "the first entry of a message has to be its MessageHeader");
    return nullptr;
  }
  const Element element = context.At(*header);
  const Element event = element["eventCoding"];
  // HL7 v2 table 0003: I12 is the event of REF messages, a patient referral.
  const bool is_bars = event.Peek("code") == "servicerequest-request" &&
                       (health::SameSystem(event.Peek("system"), kBarsEvents) ||
                        health::SameSystem(event.Peek("system"), kEarlyBarsEvents));
  const bool is_v2 =
      event.Peek("code") == "I12" && event.Peek("system") == "http://terminology.hl7.org/CodeSystem/v2-0003";
  if (!is_bars && !is_v2) {
    context.issues.Error(event ? event.path() : absl::StrCat(header->path, ".event"), "message-event",
                         "only messages of the event \"servicerequest-request\" are referrals");
  }
  if (const Element response = element["response"]) {
    context.issues.Error(response.path(), "message-response",
                         "this is an answer to a message, not a request");
  }
  bool has_reason = false;
  for (const Element& coding : element["reason"].Each("coding")) {
    const std::string code = coding.Peek("code");
    // "update" and "delete" mean what they say whatever system stands beside them.
    if (!health::SameSystem(coding.Peek("system"), kBarsReasons) && code != "update" && code != "delete")
      continue;
    has_reason = true;
    if (code != "new") {
      context.issues.Error(coding.path(), "message-reason",
                           "only new referrals are taken in here: updates and cancellations are not yet");
    }
  }
  if (is_bars && !has_reason) {
    context.issues.Warning(absl::StrCat(header->path, ".reason"), "message-reason-missing",
                           "whether the referral is new is not said: taken as new");
  }
  return header;
}

// The ServiceRequest that a focus leads to, directly or through a Task.
const Resource* RequestOf(const Element& focus, const Resource& from, Context& context) {
  const Resource* target = Follow(focus, from, context);
  if (target != nullptr && target->type == "Task") {
    target = Follow(context.At(*target)["focus"], *target, context);
  }
  return target != nullptr && target->type == "ServiceRequest" ? target : nullptr;
}

std::vector<const Resource*> ServiceRequestsOf(const Resources& resources, const Resource* header,
                                               Context& context) {
  std::vector<const Resource*> requests;
  if (header != nullptr) {
    const Element element = context.At(*header);
    for (const Element& focus : element.Each("focus")) {
      if (const Resource* request = RequestOf(focus, *header, context)) {
        if (std::find(requests.begin(), requests.end(), request) == requests.end())
          requests.push_back(request);
      } else {
        context.issues.Error(focus.path(), "focus-unresolved",
                             "this leads to no ServiceRequest of the message");
      }
    }
    if (element["focus"]) return requests;
    context.issues.Warning(absl::StrCat(header->path, ".focus"), "focus-missing",
                           "what the message is about is not said: each ServiceRequest in it is taken");
  }
  for (const Resource* request : resources.OfType("ServiceRequest")) {
    if (request->container == nullptr) requests.push_back(request);
  }
  return requests;
}

// Whom the request is about; ERROR if that is not in the document. Never guesses: the wrong person is worse
// than none.
const Resource* SubjectOf(const Resource& request, Context& context) {
  const Element subject = context.At(request)["subject"];
  const std::string subject_path = absl::StrCat(request.path, ".subject");
  const std::vector<const Resource*> patients = context.resources.OfType("Patient");
  if (patients.empty()) {
    context.issues.Error(subject_path, "patient-missing", "the Patient is not in the document");
    return nullptr;
  }
  if (!subject) {
    if (patients.size() == 1) {
      context.issues.Warning(subject_path, "subject-missing",
                             "whom it is about is not said: the only Patient is taken");
      return patients.front();
    }
    context.issues.Error(subject_path, "subject-missing",
                         "whom it is about is not said, and there are several Patients");
    return nullptr;
  }
  const Resource* target = Follow(subject, request, context);
  if (target != nullptr && target->type == "Patient") return target;
  const Element identifier = subject["identifier"];
  const std::string number = health::NormaliseNhsNumber(identifier.Peek("value"));
  if (target == nullptr && IsNhsNumberIdentifier(identifier.Peek("system")) && health::IsNhsNumber(number)) {
    const Resource* found = nullptr;
    std::size_t matches = 0;
    for (const Resource* patient : patients) {
      if (NhsNumberOf(context.At(*patient)) != number) continue;
      found = patient;
      ++matches;
    }
    if (matches == 1) {
      subject.Use();
      return found;
    }
  }
  context.issues.Error(subject_path, "subject-unresolved", "this leads to no Patient of the document");
  return nullptr;
}

void ReportKeptOut(Context& context) {
  for (const Resource& resource : context.resources.all()) {
    if (context.handled.count(&resource) > 0) {
      ReportUnused(context.At(resource), context.usage, context.issues);
    } else if (resource.type == "Bundle") {
      context.issues.Warning(resource.path, "nested-bundle",
                             "kept out: a Bundle inside the Bundle is not looked into");
    } else {
      context.issues.Information(resource.path, "kept-out", absl::StrCat("kept out: ", resource.type));
    }
  }
}

void MapOne(const Resources& resources, const Resource* header, const Resource& request,
            const MappingOptions& options, MappingResult& result) {
  Context context{resources, options.now, {}, {}, {}};
  CheckServiceRequest(request, context);
  const Resource* patient = SubjectOf(request, context);
  Mapping mapping;
  if (patient != nullptr) {
    mapping.request.set_parent(options.parent);
    splw::referral::v1::Referral& referral = *mapping.request.mutable_referral();
    referral.set_channel(splw::referral::v1::SUBMISSION_CHANNEL_IMPORT);
    *referral.mutable_person() = MapPatient(*patient, context);
    *referral.mutable_referrer() = MapReferrer(request, header, context);
    MapServiceRequest(request, referral, context);
    *referral.mutable_consent() = MapConsent(request, *patient, context);
    MapRisks(request, *patient, referral, context);
    ReportKeptOut(context);
  }
  const bool is_refused = context.issues.has_errors();
  std::vector<Issue> issues = context.issues.Take();
  if (is_refused) {
    for (Issue& issue : issues) {
      if (issue.severity == Severity::kError) result.issues.push_back(std::move(issue));
    }
    return;
  }
  mapping.issues = std::move(issues);
  result.mappings.push_back(std::move(mapping));
}

bool CheckBundle(const Json& root, Issues& issues) {
  const auto type = root.find("type");
  const std::string name = type != root.end() && type->is_string() ? type->get<std::string>() : "";
  for (const char* taken : {"message", "collection", "transaction", "batch", "searchset", "document"}) {
    if (name == taken) return true;
  }
  issues.Error("Bundle.type", "bundle-type",
               "a message, collection, transaction, batch, searchset or document is taken in here");
  return false;
}

// ERRORs to `issues` where there is nothing to map.
void MapDocument(const Json& root, const MappingOptions& options, Issues& issues, MappingResult& result) {
  const auto type = root.is_object() ? root.find("resourceType") : root.end();
  if (!root.is_object() || type == root.end() || !type->is_string()) {
    issues.Error("$this", "resource-type", "this is no FHIR resource: there is no resourceType");
    return;
  }
  const bool is_bundle = *type == "Bundle";
  if (!is_bundle && *type != "ServiceRequest") {
    issues.Error("$this.resourceType", "resource-type", "a Bundle or a ServiceRequest is taken in here");
    return;
  }
  if (is_bundle && !CheckBundle(root, issues)) return;
  if (is_bundle && root.find("implicitRules") != root.end()) {
    issues.Error("Bundle.implicitRules", "implicit-rules",
                 "rules that are not known here may change the meaning");
    return;
  }

  const Resources resources(root);
  Context context{resources, options.now, {}, {}, {}};
  const bool is_message = is_bundle && root["type"] == "message";
  const Resource* header = is_message ? CheckMessageHeader(resources, context) : nullptr;
  std::vector<const Resource*> requests;
  if (!context.issues.has_errors()) requests = ServiceRequestsOf(resources, header, context);
  if (requests.empty() && !context.issues.has_errors()) {
    context.issues.Error(is_bundle ? "Bundle" : "ServiceRequest", "service-request-missing",
                         "there is no ServiceRequest");
  }
  if (requests.size() > kMaxServiceRequests) {
    context.issues.Error(
        "Bundle.entry", "too-many-requests",
        absl::StrCat("more than ", kMaxServiceRequests, " ServiceRequests: send them in parts"));
    requests.clear();
  }
  for (const Resource* request : requests) MapOne(resources, header, *request, options, result);
  std::vector<Issue> found = context.issues.Take();
  result.issues.insert(result.issues.begin(), found.begin(), found.end());
}

}  // namespace

absl::Status MappingResult::status() const {
  if (!mappings.empty()) return absl::OkStatus();
  text::Violations violations;
  for (const Issue& issue : issues) {
    if (issue.severity == Severity::kError) violations.Add(issue.location, kNotMapped, issue.message);
  }
  return violations.ToStatus();
}

MappingResult MapReferrals(std::string_view json, const MappingOptions& options) {
  MappingResult result;
  Issues issues;
  if (const std::optional<Json> root = ParseJson(json, issues)) MapDocument(*root, options, issues, result);
  std::vector<Issue> found = issues.Take();
  result.issues.insert(result.issues.begin(), found.begin(), found.end());
  return result;
}

}  // namespace splw::fhir
