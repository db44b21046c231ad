// What the mapping has to say about a FHIR document: what refuses it, what a person has to look at, what was
// kept out.
//
// An issue never holds personal data: it says where (a FHIRPath location), not what stood there.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace splw::fhir {

// As OperationOutcome.issue.severity (FHIR R4), without `fatal`.
enum class Severity {
  kError,        // The referral, or the whole document, is refused for it.
  kWarning,      // Mapped, but a person has to look at it.
  kInformation,  // Kept out, or understood in a way that is worth knowing.
};

struct Issue {
  Severity severity = Severity::kInformation;
  // FHIRPath from the document's root, for example "Bundle.entry[2].resource.birthDate". Where the text is no
  // JSON, the line and column: "line 13, column 2". An extension on a primitive has the primitive's path.
  std::string location;
  // Stable, lower-case words with hyphens, for example "not-mapped".
  std::string code;
  // In words, for a person. No values of the document.
  std::string message;
};

// Collects issues in the order in which they were found, at most kMaxIssues beside errors; what is beyond is
// counted. Not thread-safe.
class Issues final {
 public:
  void Error(std::string_view location, std::string_view code, std::string_view message);
  void Warning(std::string_view location, std::string_view code, std::string_view message);
  void Information(std::string_view location, std::string_view code, std::string_view message);

  bool has_errors() const { return has_errors_; }
  // Ends the collection: errors first, then warnings, then information, each in the order in which it was
  // found.
  std::vector<Issue> Take();

 private:
  void Add(Severity severity, std::string_view location, std::string_view code, std::string_view message);

  std::vector<Issue> items_;
  std::size_t left_out_ = 0;
  bool has_errors_ = false;
};

// One line for each issue: "error    Bundle.entry[1].resource.status: … (request-status)". For people.
std::string RenderIssues(const std::vector<Issue>& issues);

}  // namespace splw::fhir
