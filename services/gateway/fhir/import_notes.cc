#include "services/gateway/fhir/import_notes.h"

#include <string>

#include <absl/strings/str_cat.h>

#include "services/gateway/fhir/limits.h"

namespace splw::fhir {
namespace {

namespace api = splw::referral::v1;

api::ImportNoteSeverity SeverityOf(const Issue& issue) {
  return issue.severity == Severity::kWarning ? api::IMPORT_NOTE_SEVERITY_WARNING
                                              : api::IMPORT_NOTE_SEVERITY_INFORMATION;
}

}  // namespace

void AddImportNotes(const std::vector<Issue>& of_referral, const std::vector<Issue>& of_document,
                    api::Referral& referral) {
  std::vector<const Issue*> issues;
  for (const Severity severity : {Severity::kWarning, Severity::kInformation}) {
    for (const auto* list : {&of_referral, &of_document}) {
      for (const Issue& issue : *list) {
        if (issue.severity == severity) issues.push_back(&issue);
      }
    }
  }
  const std::size_t room = issues.size() > kMaxImportNotes ? kMaxImportNotes - 1 : issues.size();
  for (std::size_t i = 0; i < room; ++i) {
    api::ImportNote& note = *referral.add_import_notes();
    note.set_severity(SeverityOf(*issues[i]));
    note.set_location(issues[i]->location.substr(0, kMaxNoteLocation));
    note.set_code(issues[i]->code);
    note.set_message(issues[i]->message.substr(0, kMaxNoteMessage));
  }
  if (room == issues.size()) return;
  api::ImportNote& note = *referral.add_import_notes();
  note.set_severity(SeverityOf(*issues[room]));  // the gravest of those that are left out
  note.set_code("issues-left-out");
  note.set_message(absl::StrCat(issues.size() - room, " further notes are not listed; read the original"));
}

}  // namespace splw::fhir
