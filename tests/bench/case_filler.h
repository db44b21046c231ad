// Fills the store of a caseload service with cases, through the service's own tables: as the API would leave them, in a
// fraction of the time. For measuring what grows with the number of cases.
#pragma once

#include <cstdint>
#include <string>

#include <absl/status/status.h>

namespace splw::bench {

// The network that the cases are of.
inline constexpr char kCaseNetwork[] = "U12345";

// The name of case number `number`.
std::string CaseNameOf(std::uint64_t number);

// Makes `count` cases, which wait for a link worker, in a new store in the folder `path`.
absl::Status FillCases(const std::string& path, std::uint64_t count);

}  // namespace splw::bench
