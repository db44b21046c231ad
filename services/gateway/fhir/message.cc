#include "services/gateway/fhir/message.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <unordered_set>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "common/health/system_uri.h"
#include "services/gateway/fhir/terminology.h"
#include "services/gateway/fhir/usable.h"

namespace splw::fhir {
namespace {

constexpr std::string_view kBundleTypes[] = {"message", "collection", "transaction", "batch", "searchset", "document"};
// FHIR R4 task-status.
constexpr std::string_view kEndedTasks[] = {"cancelled", "rejected", "failed", "completed", "entered-in-error"};

template <std::size_t kSize>
bool IsIn(const std::string_view (&values)[kSize], std::string_view value) {
  return std::find(std::begin(values), std::end(values), value) != std::end(values);
}

// ERROR where the event is no referral's; true if it is that of BaRS.
bool CheckEvent(const Resource& header, Context& context) {
  const Element event = context.At(header)["eventCoding"];
  const bool is_bars =
      event.Peek("code") == "servicerequest-request" && (health::SameSystem(event.Peek("system"), kBarsEvents) ||
                                                         health::SameSystem(event.Peek("system"), kEarlyBarsEvents));
  // HL7 v2 table 0003: I12 is the event of REF messages, a patient referral.
  const bool is_v2 =
      event.Peek("code") == "I12" && event.Peek("system") == "http://terminology.hl7.org/CodeSystem/v2-0003";
  if (is_bars || is_v2) {
    UseCode(event);
  } else {
    context.issues.Error(event ? event.path() : absl::StrCat(header.path, ".event"), "message-event",
                         "only messages of the event \"servicerequest-request\" are referrals");
  }
  return is_bars;
}

void CheckReason(const Resource& header, bool is_bars, Context& context) {
  bool has_reason = false;
  for (const Element& coding : context.At(header)["reason"].Each("coding")) {
    const std::string code = coding.Peek("code");
    // "update" and "delete" mean what they say whatever system stands beside them.
    if (!health::SameSystem(coding.Peek("system"), kBarsReasons) && code != "update" && code != "delete") continue;
    has_reason = true;
    if (code == "new") {
      UseCode(coding);
    } else {
      context.issues.Error(coding.path(), "message-reason",
                           "only new referrals are taken in here: updates and cancellations are not yet");
    }
  }
  if (is_bars && !has_reason) {
    context.issues.Warning(absl::StrCat(header.path, ".reason"), "message-reason-missing",
                           "whether the referral is new is not said: taken as new");
  }
}

// The ServiceRequest that a focus leads to, directly or through a Task.
const Resource* RequestOf(const Element& focus, const Resource& from, Context& context) {
  const Resource* target = Follow(focus, from, context);
  if (target != nullptr && target->type == "Task") {
    target = Follow(context.At(*target)["focus"], *target, context);
  }
  return target != nullptr && target->type == "ServiceRequest" ? target : nullptr;
}

}  // namespace

bool CheckBundle(const Element& bundle, Context& context) {
  if (!IsIn(kBundleTypes, bundle.Peek("type"))) {
    context.issues.Error("Bundle.type", "bundle-type",
                         "a message, collection, transaction, batch, searchset or document is taken in here");
    return false;
  }
  bundle.Use("type");
  if (!bundle["implicitRules"]) return true;
  context.issues.Error("Bundle.implicitRules", "implicit-rules",
                       "rules that are not known here may change the meaning");
  return false;
}

void CheckEntries(const Element& bundle, Context& context) {
  const Element entries = bundle["entry"];
  if (!entries || !entries.json()->is_array()) return;
  for (const Element& entry : bundle.Each("entry")) {
    const Element request = entry["request"];
    const std::string method = request.Peek("method");
    const Element resource = entry["resource"];
    if (method == "POST") {
      request.Use("method");
      request.UseIf("url", {resource.Peek("resourceType")});
    } else if (method == "DELETE" && resource.Peek("resourceType") != "ServiceRequest") {
      // Of a ServiceRequest that is there, CheckServiceRequest says it.
      const bool is_of_request = !resource && absl::StartsWith(request.Peek("url"), "ServiceRequest");
      const std::string path = request["method"].path();
      if (is_of_request) {
        context.issues.Error(path, "entry-method", "asks for a referral's deletion: that is not taken in here yet");
      } else {
        context.issues.Warning(path, "entry-method", "asks for a deletion: nothing is deleted here");
      }
    }
    if (!resource || !resource.json()->is_object()) {
      context.issues.Information(entry.path(), "entry-empty", "kept out: there is no resource in it");
    }
  }
}

const Resource* CheckMessageHeader(Context& context) {
  const std::vector<Resource>& all = context.resources.all();
  if (all.empty() || all.front().type != "MessageHeader") {
    context.issues.Error("Bundle.entry[0].resource", "message-header-missing",
                         "the first entry of a message has to be its MessageHeader");
    return nullptr;
  }
  const Resource& header = all.front();
  context.Handle(header);
  const bool is_bars = CheckEvent(header, context);
  if (const Element response = context.At(header)["response"]) {
    context.issues.Error(response.path(), "message-response", "this is an answer to a message, not a request");
  }
  CheckReason(header, is_bars, context);
  RefuseModifiers(header, context);
  return &header;
}

std::vector<const Resource*> ServiceRequestsOf(const Resource* header, Context& context) {
  std::vector<const Resource*> requests;
  if (header != nullptr) {
    const Element element = context.At(*header);
    std::unordered_set<const Resource*> known;
    for (const Element& focus : element.Each("focus")) {
      if (const Resource* request = RequestOf(focus, *header, context)) {
        if (known.insert(request).second) requests.push_back(request);
      } else {
        context.issues.Error(focus.path(), "focus-unresolved", "this leads to no ServiceRequest of the message");
      }
    }
    if (element["focus"]) return requests;
    context.issues.Warning(absl::StrCat(header->path, ".focus"), "focus-missing",
                           "what the message is about is not said: each ServiceRequest in it is taken");
  }
  for (const Resource* request : context.resources.OfType("ServiceRequest")) {
    if (request->container == nullptr) requests.push_back(request);
  }
  return requests;
}

void CheckTasks(const Resource& service_request, Context& context) {
  for (const Resource* resource : context.resources.OfType("Task")) {
    const Element task = context.At(*resource);
    if (LookUp(task["focus"], *resource, context).resource != &service_request) continue;
    context.Handle(*resource);
    Follow(task["focus"], *resource, context);
    const std::string status = task.Peek("status");
    if (IsIn(kEndedTasks, status)) {
      context.issues.Error(absl::StrCat(resource->path, ".status"), "task-status",
                           absl::StrCat("the task to act on it is \"", status, "\": there is nothing to act on"));
    } else {
      task.UseIf("status", {"draft", "requested", "received", "accepted", "ready", "in-progress"});
    }
    task["for"].Use({"reference", "type"});
  }
}

}  // namespace splw::fhir
