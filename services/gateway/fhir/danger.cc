#include "services/gateway/fhir/danger.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "common/health/danger_words.h"
#include "services/gateway/fhir/clinical_status.h"
#include "services/gateway/fhir/limits.h"
#include "services/gateway/fhir/subject.h"

namespace splw::fhir {
namespace {

class DangerSearch final {
 public:
  explicit DangerSearch(const Resource& resource) : resource_(resource) {}

  void Look(const Json& value) {
    if (texts_.size() >= kMaxDangerTexts) return;
    if (value.is_string()) {
      const std::string& words = value.get_ref<const std::string&>();
      if (!health::SpeaksOfDanger(words)) return;
      texts_.push_back(
          {Path().substr(0, kMaxNoteLocation), steps_.empty() ? "" : *steps_.front().name, CleanLine(words)});
    } else if (value.is_object()) {
      for (auto child = value.begin(); child != value.end(); ++child) {
        // What is contained is a resource of its own.
        if (steps_.empty() && child.key() == "contained" && child->is_array()) continue;
        steps_.push_back({&child.key(), 0});
        Look(*child);
        steps_.pop_back();
      }
    } else if (value.is_array()) {
      steps_.push_back({nullptr, 0});
      for (const Json& child : value) {
        Look(child);
        ++steps_.back().index;
      }
      steps_.pop_back();
    }
  }
  std::vector<DangerousText>& texts() { return texts_; }

 private:
  // A property, or an item of an array. A resource is an object: its first step is a property.
  struct Step {
    const std::string* name;
    std::size_t index;
  };

  // Written only where something was found: most values of a document are harmless.
  std::string Path() const {
    std::string path = resource_.path;
    for (const Step& step : steps_) {
      if (step.name != nullptr) {
        absl::StrAppend(&path, ".", ElementName(*step.name));
      } else {
        absl::StrAppend(&path, "[", step.index, "]");
      }
    }
    return path;
  }

  const Resource& resource_;
  std::vector<Step> steps_;
  std::vector<DangerousText> texts_;
};

bool IsCarried(const std::string& words, const splw::referral::v1::Referral& referral, std::string_view reason) {
  const auto holds = [&](std::string_view text) { return text.find(words) != std::string_view::npos; };
  return holds(reason) ||
         std::any_of(referral.needs().begin(), referral.needs().end(),
                     [&](const auto& need) { return holds(need.note()); }) ||
         std::any_of(referral.person().adjustments().begin(), referral.person().adjustments().end(), holds);
}

}  // namespace

DangerousTexts FindDanger(const Resources& resources) {
  DangerousTexts found;
  for (const Resource& resource : resources.all()) {
    DangerSearch search(resource);
    search.Look(*resource.json);
    if (!search.texts().empty()) found[&resource] = std::move(search.texts());
  }
  return found;
}

std::string ReportDanger(const DangerousTexts& found, const Resource& patient,
                         const splw::referral::v1::Referral& referral, std::string_view reason, Context& context) {
  std::string kept = CleanLine(reason);  // so that words of several lines are found
  std::vector<std::string> places;
  std::size_t others = 0;
  for (const Resource& resource : context.resources.all()) {
    const auto texts = found.find(&resource);
    if (texts == found.end() || !IsAbout(resource, patient, context)) continue;
    if (StandingOf(context.At(resource)) != Standing::kHolds) {
      context.issues.Warning(
          resource.path, "danger-words-past",
          "speaks of suicide, self-harm or harm to others, but is marked as over, denied or in error: read it");
      continue;
    }
    for (const DangerousText& text : texts->second) {
      if (IsCarried(text.words, referral, kept)) continue;
      context.issues.Warning(text.path, "danger-words",
                             "the original speaks of suicide, self-harm or harm to others here: read it");
      if (places.size() < kMaxDangerPlaces) {
        places.push_back(text.path);
      } else {
        ++others;
      }
    }
  }
  if (places.empty()) return "";
  return absl::StrCat("The original speaks of suicide, self-harm or harm to others, read it: ",
                      absl::StrJoin(places, ", "), others > 0 ? absl::StrCat(" and ", others, " more places") : "");
}

}  // namespace splw::fhir
