// Resource names of the caseload. Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

namespace splw::caseload {

// Collections, as names and the feed of changes have them.
inline constexpr char kCaseCollection[] = "cases";
inline constexpr char kContactCollection[] = "contacts";
inline constexpr char kAssessmentCollection[] = "assessments";
inline constexpr char kSignpostCollection[] = "signposts";
inline constexpr char kNominationCollection[] = "nominations";
inline constexpr char kLinkWorkerCollection[] = "linkWorkers";
inline constexpr char kCommunityServiceCollection[] = "communityServices";

// "networks/U12345/cases/01J…" and so on, from ids.
std::string NetworkName(std::string_view network);
std::string CaseName(std::string_view network, std::string_view case_id);
std::string ContactName(std::string_view network, std::string_view case_id, std::string_view id);
std::string AssessmentName(std::string_view network, std::string_view case_id, std::string_view id);
std::string SignpostName(std::string_view network, std::string_view case_id, std::string_view id);
std::string NominationName(std::string_view network, std::string_view case_id, std::string_view id);
std::string LinkWorkerName(std::string_view network, std::string_view id);
std::string CommunityServiceName(std::string_view network, std::string_view id);

// A record of a case, by the ids in its name.
struct CaseChild {
  std::string case_id;
  std::string id;
};

// INVALID_ARGUMENT NAME_INVALID with `field` where the name is not that of `network`.
absl::Status CheckNetworkName(std::string_view field, std::string_view network, std::string_view name);

// The ids in a name. INVALID_ARGUMENT NAME_INVALID with `field` where the name is not of this kind, or not in
// `network`.
absl::StatusOr<std::string> ParseCaseName(std::string_view field, std::string_view network, std::string_view name);
absl::StatusOr<CaseChild> ParseContactName(std::string_view field, std::string_view network, std::string_view name);
absl::StatusOr<CaseChild> ParseAssessmentName(std::string_view field, std::string_view network, std::string_view name);
absl::StatusOr<CaseChild> ParseSignpostName(std::string_view field, std::string_view network, std::string_view name);
absl::StatusOr<CaseChild> ParseNominationName(std::string_view field, std::string_view network, std::string_view name);
absl::StatusOr<std::string> ParseLinkWorkerName(std::string_view field, std::string_view network,
                                                std::string_view name);
absl::StatusOr<std::string> ParseCommunityServiceName(std::string_view field, std::string_view network,
                                                      std::string_view name);

}  // namespace splw::caseload
