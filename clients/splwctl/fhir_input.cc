#include "clients/splwctl/fhir_input.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <absl/time/clock.h>

#include "common/text/status_macros.h"
#include "services/gateway/fhir/referral_mapping.h"

namespace splw::ctl {
namespace {

constexpr std::size_t kMaxDocumentBytes = 5u << 20;  // what the mapping takes

}  // namespace

absl::StatusOr<FhirReferrals> ReadFhirReferrals(Shell& shell, const std::string& path) {
  SPLW_ASSIGN_OR_RETURN(const std::string json, shell.ReadText(path, kMaxDocumentBytes));
  fhir::MappingOptions options;
  SPLW_ASSIGN_OR_RETURN(options.parent, shell.Network());
  options.now = absl::Now();
  options.sender_has_organisation = !shell.options().organisation.empty();
  fhir::MappingResult result = fhir::MapReferrals(json, options);
  FhirReferrals document;
  document.status = result.status();
  document.issues = std::move(result.issues);
  for (fhir::Mapping& mapping : result.mappings) {
    document.requests.push_back(std::move(mapping.request));
    std::move(mapping.issues.begin(), mapping.issues.end(), std::back_inserter(document.issues));
  }
  shell.err() << fhir::RenderIssues(document.issues);
  if (std::any_of(document.issues.begin(), document.issues.end(),
                  [](const fhir::Issue& issue) { return issue.code == "referrer-unknown"; })) {
    shell.err() << "(--organisation says for which organisation you send.)\n";
  }
  shell.err() << std::flush;
  return document;
}

}  // namespace splw::ctl
