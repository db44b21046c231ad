#include "services/gateway/fhir/referral_mapping.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "common/text/failure.h"
#include "services/gateway/fhir/consent.h"
#include "services/gateway/fhir/danger.h"
#include "services/gateway/fhir/import_notes.h"
#include "services/gateway/fhir/limits.h"
#include "services/gateway/fhir/message.h"
#include "services/gateway/fhir/patient.h"
#include "services/gateway/fhir/referrer.h"
#include "services/gateway/fhir/request.h"
#include "services/gateway/fhir/resources.h"
#include "services/gateway/fhir/risks.h"
#include "services/gateway/fhir/subject.h"
#include "services/gateway/fhir/usable.h"

namespace splw::fhir {
namespace {

constexpr char kNotMapped[] = "FHIR_NOT_MAPPED";
constexpr char kRestricted[] = "The sender marks this record as restricted: do not disclose where the person is.";

// One ServiceRequest on its way to a Mapping.
struct Draft {
  Mapping mapping;
  const Resource* patient = nullptr;
  Context context;
};

// Maps the documents of one call, step by step.
class DocumentMapper final {
 public:
  DocumentMapper(const Json& root, const MappingOptions& options, MappingResult& result)
      : options_(options),
        result_(result),
        bundle_(root["resourceType"] == "Bundle" ? Element(&root, "Bundle", &usage_) : Element()),
        resources_(root),
        document_(NewContext()) {}

  void Map() {
    if (bundle_ && !CheckBundle(bundle_, document_)) return Finish();
    if (resources_.all().size() > kMaxResources) {
      document_.issues.Error("Bundle.entry", "too-many-resources",
                             absl::StrCat("more than ", kMaxResources, " resources: send them in parts"));
      return Finish();
    }
    const std::vector<const Resource*> requests = Requests();
    if (requests.empty()) return Finish();
    danger_ = FindDanger(resources_);
    WarnOfModifiers(document_);
    is_restricted_ = WarnOfRestriction(bundle_, document_);
    for (const Resource* request : requests) MapOne(*request);
    Finish();
  }

 private:
  Context NewContext() { return Context{resources_, options_.now, options_.sender_has_organisation, usage_, {}, {}}; }

  std::vector<const Resource*> Requests() {
    if (bundle_) CheckEntries(bundle_, document_);
    if (bundle_.Peek("type") == "message") header_ = CheckMessageHeader(document_);
    if (document_.issues.has_errors()) return {};
    std::vector<const Resource*> requests = ServiceRequestsOf(header_, document_);
    if (requests.empty() && !document_.issues.has_errors()) {
      document_.issues.Error(bundle_ ? "Bundle" : "ServiceRequest", "service-request-missing",
                             "there is no ServiceRequest");
    }
    if (requests.size() > kMaxServiceRequests) {
      document_.issues.Error("Bundle.entry", "too-many-requests",
                             absl::StrCat("more than ", kMaxServiceRequests, " ServiceRequests: send them in parts"));
      return {};
    }
    return requests;
  }

  void MapOne(const Resource& request) {
    Draft draft{{}, nullptr, NewContext()};
    Context& context = draft.context;
    CheckServiceRequest(request, context);
    CheckTasks(request, context);
    draft.patient = SubjectOf(request, context);
    if (draft.patient != nullptr) Fill(request, *draft.patient, draft.mapping.request, context);
    handled_.insert(context.handled.begin(), context.handled.end());
    if (context.issues.has_errors()) {
      for (Issue& issue : context.issues.Take()) {
        if (issue.severity == Severity::kError) refusals_.push_back(std::move(issue));
      }
      return;
    }
    drafts_.push_back(std::move(draft));
  }

  void Fill(const Resource& request, const Resource& patient, splw::referral::v1::SubmitReferralRequest& submit,
            Context& context) {
    submit.set_parent(options_.parent);
    splw::referral::v1::Referral& referral = *submit.mutable_referral();
    referral.set_channel(splw::referral::v1::SUBMISSION_CHANNEL_IMPORT);
    *referral.mutable_person() = MapPatient(patient, context);
    *referral.mutable_referrer() = MapReferrer(request, patient, header_, context);
    const std::string reason = MapServiceRequest(request, referral, context);
    *referral.mutable_consent() = MapConsent(request, patient, context);
    // What must not be overlooked goes first, so that it is never what a limit cuts off.
    std::vector<std::string> lines = MapRisks(request, patient, danger_, referral, context);
    WarnOfModifiers(context);
    if (WarnOfRestriction({}, context) || is_restricted_) lines.insert(lines.begin(), kRestricted);
    if (!reason.empty()) lines.push_back(reason);
    const std::string kept =
        absl::StrJoin(lines, "\n").substr(0, kMaxReasonText - kMaxDangerPlaces * kMaxNoteLocation - kMaxDangerWords);
    std::string danger = ReportDanger(danger_, patient, referral, kept, context);
    if (!danger.empty()) lines.insert(lines.begin(), std::move(danger));
    referral.set_reason_text(Fit(absl::StrJoin(lines, "\n"), kMaxReasonText, request.path, context));
  }

  // Says of each resource that no request led to that it was kept out: with the referrals of the person whose it is; otherwise of
  // the document.
  void ReportKeptOut() {
    for (const Resource& resource : resources_.all()) {
      const bool is_inside_kept_out = resource.container != nullptr && handled_.count(resource.container) == 0;
      if (handled_.count(&resource) > 0 || is_inside_kept_out) continue;
      if (resource.type == "Bundle") {
        document_.issues.Warning(resource.path, "nested-bundle",
                                 "kept out: a Bundle inside the Bundle is not looked into");
        continue;
      }
      bool is_somebodys = false;
      for (Draft& draft : drafts_) {
        if (WhoseIs(resource, *draft.patient, draft.context) != Whose::kTheirs) continue;
        is_somebodys = true;
        SayKeptOut(resource, draft.context);
      }
      if (!is_somebodys) SayKeptOut(resource, document_);
    }
  }

  static void SayKeptOut(const Resource& resource, Context& context) {
    context.issues.Information(resource.path, "kept-out", absl::StrCat("kept out: ", resource.type));
  }

  void ReportUnusedOf(Context& context) {
    for (const Resource& resource : resources_.all()) {
      if (context.handled.count(&resource) == 0) continue;
      ReportUnused(context.At(resource), resource.kind(), usage_, context.issues);
    }
  }

  void Finish() {
    handled_.insert(document_.handled.begin(), document_.handled.end());
    if (!drafts_.empty()) {
      for (Draft& draft : drafts_) ReportUnusedOf(draft.context);
      ReportKeptOut();
      ReportUnused(bundle_, ResourceKind::kBundle, usage_, document_.issues);
      ReportUnusedOf(document_);
    }
    std::vector<Issue> of_document = document_.issues.Take();
    for (Draft& draft : drafts_) {
      draft.mapping.issues = draft.context.issues.Take();
      AddImportNotes(draft.mapping.issues, of_document, *draft.mapping.request.mutable_referral());
      result_.mappings.push_back(std::move(draft.mapping));
    }
    // Errors first.
    const auto rest = std::find_if(of_document.begin(), of_document.end(),
                                   [](const Issue& issue) { return issue.severity != Severity::kError; });
    result_.issues.insert(result_.issues.end(), of_document.begin(), rest);
    result_.issues.insert(result_.issues.end(), refusals_.begin(), refusals_.end());
    result_.issues.insert(result_.issues.end(), rest, of_document.end());
  }

  const MappingOptions& options_;
  MappingResult& result_;
  Usage usage_;
  const Element bundle_;  // none where the document is a ServiceRequest
  const Resources resources_;
  const Resource* header_ = nullptr;
  bool is_restricted_ = false;  // the document as a whole
  DangerousTexts danger_;
  Context document_;  // what is of no single request
  std::vector<Draft> drafts_;
  std::vector<Issue> refusals_;
  std::unordered_set<const Resource*> handled_;  // by anything
};

// ERRORs to `issues` where there is nothing to map.
void MapDocument(const Json& root, const MappingOptions& options, Issues& issues, MappingResult& result) {
  const auto type = root.is_object() ? root.find("resourceType") : root.end();
  if (!root.is_object() || type == root.end() || !type->is_string()) {
    issues.Error("$this", "resource-type", "this is no FHIR resource: there is no resourceType");
    return;
  }
  if (*type != "Bundle" && *type != "ServiceRequest") {
    issues.Error("$this.resourceType", "resource-type", "a Bundle or a ServiceRequest is taken in here");
    return;
  }
  DocumentMapper(root, options, result).Map();
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
