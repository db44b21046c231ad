#include "services/gateway/fhir/issue.h"

#include <algorithm>
#include <utility>

#include <absl/strings/str_cat.h>

#include "services/gateway/fhir/limits.h"

namespace splw::fhir {
namespace {

const char* SeverityWord(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error   ";
    case Severity::kWarning:
      return "warning ";
    case Severity::kInformation:
      return "note    ";
  }
  return "";
}

}  // namespace

void Issues::Error(std::string_view location, std::string_view code, std::string_view message) {
  Add(Severity::kError, location, code, message);
}

void Issues::Warning(std::string_view location, std::string_view code, std::string_view message) {
  Add(Severity::kWarning, location, code, message);
}

void Issues::Information(std::string_view location, std::string_view code, std::string_view message) {
  Add(Severity::kInformation, location, code, message);
}

void Issues::Add(Severity severity, std::string_view location, std::string_view code, std::string_view message) {
  if (severity == Severity::kError) {
    has_errors_ = true;
  } else if (items_.size() >= kMaxIssues) {
    ++left_out_;
    return;
  }
  items_.push_back({severity, std::string(location), std::string(code), std::string(message)});
}

std::vector<Issue> Issues::Take() {
  std::stable_sort(items_.begin(), items_.end(),
                   [](const Issue& a, const Issue& b) { return a.severity < b.severity; });
  if (left_out_ > 0) {
    items_.push_back({Severity::kWarning, "", "issues-left-out",
                      absl::StrCat(left_out_, " further warnings and notes are not listed; read the original")});
    left_out_ = 0;
  }
  return std::exchange(items_, {});
}

std::string RenderIssues(const std::vector<Issue>& issues) {
  std::string text;
  for (const Issue& issue : issues) {
    absl::StrAppend(&text, SeverityWord(issue.severity), " ", issue.location, issue.location.empty() ? "" : ": ",
                    issue.message, " (", issue.code, ")\n");
  }
  return text;
}

}  // namespace splw::fhir
