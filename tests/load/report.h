// A driver's report for programs and for people.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "tests/load/driver.h"

namespace splw::load {

// {"seconds": …, "methods": {"GetReferral": {"answered": …, "per_second": …, "p50_ms": …}}, "complaints": […]}
nlohmann::ordered_json ToJson(const DriverReport& report);

// A line a method, and the complaints.
std::string ToText(const DriverReport& report);

}  // namespace splw::load
