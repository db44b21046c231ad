#include "services/caseload/names.h"

#include <vector>

#include <absl/strings/str_format.h>

#include "common/ids/ulid.h"
#include "services/caseload/errors.h"

namespace splw::caseload {
namespace {

std::string Join(std::string_view network, std::string_view collection, std::string_view id) {
  return absl::StrFormat("networks/%s/%s/%s", network, collection, id);
}

std::string JoinChild(std::string_view network, std::string_view case_id, std::string_view collection,
                      std::string_view id) {
  return absl::StrFormat("networks/%s/cases/%s/%s/%s", network, case_id, collection, id);
}

std::vector<std::string_view> Segments(std::string_view name) {
  std::vector<std::string_view> segments;
  while (true) {
    const std::size_t slash = name.find('/');
    segments.push_back(name.substr(0, slash));
    if (slash == std::string_view::npos) return segments;
    name.remove_prefix(slash + 1);
  }
}

absl::StatusOr<std::string> Parse(std::string_view field, std::string_view network, std::string_view name,
                                  std::string_view collection) {
  const std::vector<std::string_view> segments = Segments(name);
  if (segments.size() != 4 || segments[0] != "networks" || segments[1] != network || segments[2] != collection ||
      !ids::IsUlid(segments[3])) {
    return errors::NameInvalid(field, absl::StrFormat("networks/{network}/%s/{id}", collection));
  }
  return std::string(segments[3]);
}

absl::StatusOr<CaseChild> ParseChild(std::string_view field, std::string_view network, std::string_view name,
                                     std::string_view collection) {
  const std::vector<std::string_view> segments = Segments(name);
  if (segments.size() != 6 || segments[0] != "networks" || segments[1] != network || segments[2] != "cases" ||
      !ids::IsUlid(segments[3]) || segments[4] != collection || !ids::IsUlid(segments[5])) {
    return errors::NameInvalid(field, absl::StrFormat("networks/{network}/cases/{case}/%s/{id}", collection));
  }
  return CaseChild{std::string(segments[3]), std::string(segments[5])};
}

}  // namespace

std::string NetworkName(std::string_view network) {
  return absl::StrFormat("networks/%s", network);
}
std::string CaseName(std::string_view network, std::string_view case_id) {
  return Join(network, "cases", case_id);
}
std::string ContactName(std::string_view network, std::string_view case_id, std::string_view id) {
  return JoinChild(network, case_id, "contacts", id);
}
std::string AssessmentName(std::string_view network, std::string_view case_id, std::string_view id) {
  return JoinChild(network, case_id, "assessments", id);
}
std::string SignpostName(std::string_view network, std::string_view case_id, std::string_view id) {
  return JoinChild(network, case_id, "signposts", id);
}
std::string NominationName(std::string_view network, std::string_view case_id, std::string_view id) {
  return JoinChild(network, case_id, "nominations", id);
}
std::string LinkWorkerName(std::string_view network, std::string_view id) {
  return Join(network, "linkWorkers", id);
}
std::string CommunityServiceName(std::string_view network, std::string_view id) {
  return Join(network, "communityServices", id);
}

absl::Status CheckNetworkName(std::string_view field, std::string_view network, std::string_view name) {
  return name == NetworkName(network) ? absl::OkStatus() : errors::NameInvalid(field, "networks/{network}");
}

absl::StatusOr<std::string> ParseCaseName(std::string_view field, std::string_view network, std::string_view name) {
  return Parse(field, network, name, "cases");
}
absl::StatusOr<CaseChild> ParseContactName(std::string_view field, std::string_view network, std::string_view name) {
  return ParseChild(field, network, name, "contacts");
}
absl::StatusOr<CaseChild> ParseAssessmentName(std::string_view field, std::string_view network, std::string_view name) {
  return ParseChild(field, network, name, "assessments");
}
absl::StatusOr<CaseChild> ParseSignpostName(std::string_view field, std::string_view network, std::string_view name) {
  return ParseChild(field, network, name, "signposts");
}
absl::StatusOr<CaseChild> ParseNominationName(std::string_view field, std::string_view network, std::string_view name) {
  return ParseChild(field, network, name, "nominations");
}
absl::StatusOr<std::string> ParseLinkWorkerName(std::string_view field, std::string_view network,
                                                std::string_view name) {
  return Parse(field, network, name, "linkWorkers");
}
absl::StatusOr<std::string> ParseCommunityServiceName(std::string_view field, std::string_view network,
                                                      std::string_view name) {
  return Parse(field, network, name, "communityServices");
}

}  // namespace splw::caseload
