#include "clients/splwctl/fhir_input.h"

#include <utility>

#include <absl/time/clock.h>

#include "clients/splwctl/output.h"
#include "common/text/status_macros.h"
#include "services/gateway/fhir/referral_mapping.h"

namespace splw::ctl {
namespace {

constexpr std::size_t kMaxDocumentBytes = 5u << 20;  // what the mapping takes

void Say(Shell& shell, const std::vector<fhir::Issue>& issues) {
  shell.err() << fhir::RenderIssues(issues) << std::flush;
}

}  // namespace

absl::StatusOr<FhirReferrals> ReadFhirReferrals(Shell& shell, const std::string& path) {
  SPLW_ASSIGN_OR_RETURN(const std::string json, shell.ReadText(path, kMaxDocumentBytes));
  fhir::MappingOptions options;
  SPLW_ASSIGN_OR_RETURN(options.parent, shell.Network());
  options.now = absl::Now();
  fhir::MappingResult result = fhir::MapReferrals(json, options);
  Say(shell, result.issues);
  SPLW_RETURN_IF_ERROR(result.status());
  FhirReferrals document;
  for (const fhir::Issue& issue : result.issues) {
    if (issue.severity == fhir::Severity::kError) document.refused.push_back(issue.location);
  }
  for (fhir::Mapping& mapping : result.mappings) {
    Say(shell, mapping.issues);
    document.requests.push_back(std::move(mapping.request));
  }
  return document;
}

}  // namespace splw::ctl
