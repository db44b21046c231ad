#include "services/gateway/fhir/subject.h"

#include <string>
#include <vector>

#include <absl/strings/str_cat.h>

#include "common/health/nhs_number.h"
#include "services/gateway/fhir/patient.h"
#include "services/gateway/fhir/terminology.h"

namespace splw::fhir {
namespace {

// The good NHS number by which a Reference names a person; empty if it does not.
std::string NhsNumberIn(const Element& reference) {
  const Element identifier = reference["identifier"];
  if (!IsNhsNumberIdentifier(identifier.Peek("system"))) return "";
  const std::string number = health::NormaliseNhsNumber(identifier.Peek("value"));
  return health::IsNhsNumber(number) ? number : "";
}

// The only Patient with this number; ambiguous if there is more than one.
Resources::Resolution PatientWithNumber(const std::string& number, Context& context) {
  Resources::Resolution found;
  for (const Resource* patient : context.resources.OfType("Patient")) {
    if (!HasNhsNumber(context.At(*patient), number)) continue;
    if (found.resource != nullptr) return {nullptr, true};
    found.resource = patient;
  }
  return found;
}

}  // namespace

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
  // A number names one person whatever else carries it: an old number of another is no match.
  const std::string number = NhsNumberIn(subject);
  const bool has_reference = !subject.Peek("reference").empty();
  const bool follows = number.empty() || has_reference;
  const Resource* target = follows ? Follow(subject, request, context) : nullptr;
  bool is_ambiguous = follows && LookUp(subject, request, context).ambiguous;
  if (target == nullptr && !number.empty()) {
    const Resources::Resolution found = PatientWithNumber(number, context);
    target = found.resource;
    is_ambiguous |= found.ambiguous;
  }
  if (target != nullptr && target->type == "Patient") {
    if (!number.empty()) subject["identifier"].Use({"system", "value"});
    return target;
  }
  context.issues.Error(subject_path, "subject-unresolved",
                       is_ambiguous
                           ? "more than one resource of the document answers to this: whom it is about is not known"
                           : "this leads to no Patient of the document");
  return nullptr;
}

Whose WhoseIs(const Resource& resource, const Resource& patient, Context& context) {
  if (&resource == &patient) return Whose::kTheirs;
  if (resource.type == "Patient") return Whose::kAnothers;
  const Element element = context.At(resource);
  for (const char* property : {"subject", "patient", "for"}) {
    const Element reference = element[property];
    if (!reference) continue;
    const Resource* target = LookUp(reference, resource, context).resource;
    const std::string number = NhsNumberIn(reference);
    if (target == nullptr && !number.empty()) {
      if (HasNhsNumber(context.At(patient), number)) return Whose::kTheirs;
      target = PatientWithNumber(number, context).resource;
    }
    if (target != nullptr) return target == &patient ? Whose::kTheirs : Whose::kAnothers;
  }
  return resource.container == nullptr ? Whose::kUnknown : WhoseIs(*resource.container, patient, context);
}

bool IsAbout(const Resource& resource, const Resource& patient, Context& context) {
  return WhoseIs(resource, patient, context) != Whose::kAnothers;
}

}  // namespace splw::fhir
