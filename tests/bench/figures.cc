#include "tests/bench/figures.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <thread>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

namespace splw::bench {
namespace {

std::string Number(double value) {
  if (value >= 1000) return absl::StrFormat("%.0f", value);
  return absl::StrFormat("%.*f", value >= 100 ? 1 : 2, value);
}

// By how much of the target it was missed, or "reached".
std::string Verdict(const Figure& figure) {
  if (!figure.target.has_value()) return "";
  if (figure.Reached()) return "reached";
  return absl::StrFormat("MISSED by %.0f %%",
                         std::abs(figure.value - figure.target->value) / figure.target->value * 100);
}

std::string Wanted(const Figure& figure) {
  if (!figure.target.has_value()) return "";
  const bool least = figure.target->kind == Target::Kind::kAtLeast;
  return absl::StrCat(least ? ">= " : "<= ", Number(figure.target->value), " ", figure.unit);
}

std::string Line(const Figure& figure) {
  return absl::StrFormat("%-8s %-62s %12s %-4s %14s  %s\n", figure.row, figure.name, Number(figure.value), figure.unit,
                         Wanted(figure), Verdict(figure));
}

}  // namespace

double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double Milliseconds(absl::Duration duration) {
  return absl::ToDoubleMilliseconds(duration);
}

bool Figure::Reached() const {
  if (!target.has_value()) return true;
  return target->kind == Target::Kind::kAtLeast ? value >= target->value : value <= target->value;
}

void Figures::Add(Figure figure) {
  std::cout << Line(figure) << std::flush;
  all_.push_back(std::move(figure));
}

std::string Figures::ToTable() const {
  std::string table;
  for (const Figure& figure : all_) absl::StrAppend(&table, Line(figure));
  return table;
}

nlohmann::ordered_json Figures::ToJson() const {
  nlohmann::ordered_json json;
  json["machine"] = DescribeMachine();
  json["figures"] = nlohmann::ordered_json::array();
  for (const Figure& figure : all_) {
    nlohmann::ordered_json out = {
        {"row", figure.row}, {"name", figure.name}, {"value", figure.value}, {"unit", figure.unit}};
    if (figure.target.has_value()) {
      out[figure.target->kind == Target::Kind::kAtLeast ? "at_least" : "at_most"] = figure.target->value;
      out["reached"] = figure.Reached();
    }
    json["figures"].push_back(std::move(out));
  }
  return json;
}

std::string DescribeMachine() {
  std::string model = "unknown processor";
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);) {
    if (absl::StartsWith(line, "model name")) {
      model = line.substr(line.find(':') + 2);
      break;
    }
  }
  utsname system = {};
  uname(&system);
  const double bytes = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGE_SIZE));
  return absl::StrFormat("%s, %d cores, %.1f GiB, %s %s", model, std::thread::hardware_concurrency(), bytes / (1 << 30),
                         system.sysname, system.release);
}

}  // namespace splw::bench
