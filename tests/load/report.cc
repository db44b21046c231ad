#include "tests/load/report.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

namespace splw::load {
namespace {

double PerSecond(const DriverReport& report, const MethodReport& method) {
  return static_cast<double>(method.answered) / absl::ToDoubleSeconds(report.took);
}

nlohmann::ordered_json ToJson(const Histogram& histogram) {
  return {{"mean_ms", absl::ToDoubleMilliseconds(histogram.mean())},
          {"p50_ms", absl::ToDoubleMilliseconds(histogram.Quantile(0.5))},
          {"p90_ms", absl::ToDoubleMilliseconds(histogram.Quantile(0.9))},
          {"p99_ms", absl::ToDoubleMilliseconds(histogram.Quantile(0.99))},
          {"max_ms", absl::ToDoubleMilliseconds(histogram.max())}};
}

}  // namespace

nlohmann::ordered_json ToJson(const DriverReport& report) {
  nlohmann::ordered_json json;
  json["seconds"] = absl::ToDoubleSeconds(report.took);
  json["clean"] = Clean(report);
  json["methods"] = nlohmann::ordered_json::object();
  for (const auto& [name, method] : report.methods) {
    nlohmann::ordered_json& out = json["methods"][name];
    out["started"] = method.started;
    out["answered"] = method.answered;
    out["wrong"] = method.wrong;
    out["refused"] = method.refused;
    out["failed"] = method.failed;
    out["unsettled"] = method.unsettled;
    out["attempts"] = method.attempts;
    out["per_second"] = PerSecond(report, method);
    out["latency"] = ToJson(method.latency);
    if (method.refusal_latency.count() > 0) out["refusal_latency"] = ToJson(method.refusal_latency);
    out["longest_gap_ms"] = absl::ToDoubleMilliseconds(method.longest_gap);
    out["errors"] = method.errors;
  }
  json["complaints"] = report.complaints;
  return json;
}

std::string ToText(const DriverReport& report) {
  std::string text;
  for (const auto& [name, method] : report.methods) {
    absl::StrAppend(&text, absl::StrFormat("%-16s %8d answered %9.0f /s   p50 %8.2f ms  p99 %8.2f ms  max %8.2f ms",
                                           name, method.answered, PerSecond(report, method),
                                           absl::ToDoubleMilliseconds(method.latency.Quantile(0.5)),
                                           absl::ToDoubleMilliseconds(method.latency.Quantile(0.99)),
                                           absl::ToDoubleMilliseconds(method.latency.max())));
    for (const auto& [what, count] : {std::pair("wrong", method.wrong), std::pair("refused", method.refused),
                                      std::pair("failed", method.failed), std::pair("unsettled", method.unsettled)}) {
      if (count > 0) absl::StrAppend(&text, "  ", count, " ", what);
    }
    absl::StrAppend(&text, "\n");
    for (const auto& [error, count] : method.errors) absl::StrAppend(&text, "    ", count, " times ", error, "\n");
  }
  for (const std::string& complaint : report.complaints) absl::StrAppend(&text, "  ", complaint, "\n");
  return text;
}

}  // namespace splw::load
