#include "services/caseload/directory.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>
#include <vector>

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>

#include "common/text/failure.h"
#include "common/text/status_macros.h"
#include "common/text/validate.h"
#include "services/caseload/conversion.h"
#include "services/caseload/errors.h"
#include "services/caseload/limits.h"
#include "services/caseload/requests.h"

namespace splw::caseload {
namespace {

using text::Violations;

constexpr char kDefaultRoleCode[] = "R9815";  // SDS: social prescribing link worker (standards.md)

const std::vector<std::string>& LinkWorkerPaths() {
  static const auto* const kPaths =
      new std::vector<std::string>{"display_name", "role_code",           "employer",   "skills", "languages",
                                   "wte",          "weighted_case_limit", "supervisor", "active"};
  return *kPaths;
}

const std::vector<std::string>& CommunityServicePaths() {
  static const auto* const kPaths =
      new std::vector<std::string>{"display_name",   "description", "needs",   "agency", "places_offered",
                                   "capacity_as_of", "accepting",   "contact", "url"};
  return *kPaths;
}

// `target` with the masked fields of `source`, unset ones too.
template <typename Message>
absl::Status TakeMasked(const Message& source, const google::protobuf::FieldMask& mask,
                        const std::vector<std::string>& allowed, Message& target) {
  std::set<const google::protobuf::FieldDescriptor*> fields;
  for (const std::string& path : mask.paths()) {
    if (std::find(allowed.begin(), allowed.end(), path) == allowed.end()) {
      return errors::UpdateMaskInvalid(absl::StrJoin(allowed, ", "));
    }
    fields.insert(Message::descriptor()->FindFieldByName(path));
  }
  if (fields.empty()) return errors::UpdateMaskInvalid(absl::StrJoin(allowed, ", "));
  Message copy = source;
  target.GetReflection()->SwapFields(&copy, &target, {fields.begin(), fields.end()});
  return absl::OkStatus();
}

template <typename Categories>
void CheckCategories(std::string_view field, const Categories& categories, bool required, Violations& violations) {
  if (required && categories.empty()) violations.Missing(field, "name at least one need");
  std::set<int> seen;
  for (int index = 0; index < categories.size(); ++index) {
    const std::string path = absl::StrFormat("%s[%d]", field, index);
    if (categories[index] == type::v1::NEED_CATEGORY_UNSPECIFIED ||
        !type::v1::NeedCategory_IsValid(categories[index])) {
      violations.Missing(path, "must be a kind of need");
    } else if (!seen.insert(categories[index]).second) {
      violations.Add(path, "REPEATED", "must stand once");
    }
  }
}

// RFC 5646, loosely: letters, digits and hyphens, a letter first.
bool LooksLikeLanguage(const std::string& tag) {
  return tag.size() >= 2 && tag.size() <= kMaxLanguageCharacters && absl::ascii_isalpha(tag[0]) &&
         std::all_of(tag.begin(), tag.end(), [](unsigned char c) { return absl::ascii_isalnum(c) || c == '-'; });
}

absl::Status CheckLinkWorker(const v1::LinkWorker& worker) {
  Violations violations;
  if (!IsProfessionalId(worker.professional_id())) {
    constexpr char kField[] = "link_worker.professional_id";
    constexpr char kForm[] = "must be 1 to 64 letters, digits, '.', '_', '-', '@' or '/'";
    if (worker.professional_id().empty()) {
      violations.Missing(kField, kForm);
    } else {
      violations.Add(kField, "FORMAT_INVALID", kForm);
    }
  }
  text::CheckText("link_worker.display_name", worker.display_name(),
                  {.max_characters = kMaxDisplayNameCharacters, .required = true}, violations);
  text::CheckText("link_worker.role_code", worker.role_code(), {.max_characters = kMaxRoleCodeCharacters}, violations);
  text::CheckText("link_worker.employer", worker.employer(), {.max_characters = kMaxDisplayNameCharacters}, violations);
  CheckCategories("link_worker.skills", worker.skills(), /*required=*/false, violations);
  if (static_cast<std::size_t>(worker.languages_size()) > kMaxLanguages) {
    violations.Add("link_worker.languages", "TOO_MANY", absl::StrFormat("at most %d", kMaxLanguages));
  }
  for (int index = 0; index < worker.languages_size(); ++index) {
    if (LooksLikeLanguage(worker.languages(index))) continue;
    violations.Add(absl::StrFormat("link_worker.languages[%d]", index), "FORMAT_INVALID",
                   "must be a BCP 47 language tag such as \"ur\"");
  }
  if (!(worker.wte() > 0 && worker.wte() <= kMaxWte)) {  // NaN fails both
    violations.Add("link_worker.wte", "OUT_OF_RANGE", absl::StrFormat("must be above 0 and at most %.1f", kMaxWte));
  }
  if (worker.weighted_case_limit() < 0 || worker.weighted_case_limit() > kMaxWeightedCaseLimit) {
    violations.Add("link_worker.weighted_case_limit", "OUT_OF_RANGE",
                   absl::StrFormat("must be 0 (derived) to %d", kMaxWeightedCaseLimit));
  }
  if (!worker.supervisor().empty() && !IsProfessionalId(worker.supervisor())) {
    violations.Add("link_worker.supervisor", "FORMAT_INVALID", "must be a professional id");
  } else if (!worker.supervisor().empty() && absl::EqualsIgnoreCase(worker.supervisor(), worker.professional_id())) {
    violations.Add("link_worker.supervisor", "SUPERVISOR_IS_SELF", "nobody supervises themselves");
  }
  return violations.ToStatus();
}

absl::Status CheckCommunityService(const v1::CommunityService& service, absl::Time now) {
  Violations violations;
  text::CheckText("community_service.display_name", service.display_name(),
                  {.max_characters = kMaxDisplayNameCharacters, .required = true}, violations);
  text::CheckText("community_service.description", service.description(),
                  {.max_characters = kMaxDescriptionCharacters, .allow_lines = true}, violations);
  CheckCategories("community_service.needs", service.needs(), /*required=*/true, violations);
  if (service.agency() == type::v1::AGENCY_KIND_UNSPECIFIED || !type::v1::AgencyKind_IsValid(service.agency())) {
    violations.Missing("community_service.agency", "must say what kind of organisation runs it");
  }
  if (service.places_offered() < 0 || service.places_offered() > kMaxPlaces) {
    violations.Add("community_service.places_offered", "OUT_OF_RANGE", absl::StrFormat("must be 0 to %d", kMaxPlaces));
  }
  if (!service.has_capacity_as_of()) {
    violations.Missing("community_service.capacity_as_of", "say of which day the number of places is");
  } else if (!IsFullDate(service.capacity_as_of())) {
    violations.Add("community_service.capacity_as_of", "DATE_INVALID", "must be a day that exists");
  } else if (ToCivilDay(service.capacity_as_of()) > absl::ToCivilDay(now, absl::UTCTimeZone()) + 1) {
    violations.Add("community_service.capacity_as_of", "IN_THE_FUTURE", "must not be after tomorrow");
  }
  text::CheckText("community_service.contact", service.contact(), {.max_characters = kMaxContactCharacters},
                  violations);
  text::CheckText("community_service.url", service.url(), {.max_characters = kMaxUrlCharacters}, violations);
  if (!service.url().empty() && service.url().rfind("https://", 0) != 0 && service.url().rfind("http://", 0) != 0) {
    violations.Add("community_service.url", "FORMAT_INVALID", "must start with https:// or http://");
  }
  return violations.ToStatus();
}

void Fill(LinkWorkerRecord& record, const v1::LinkWorker& worker) {
  record.set_professional_id(worker.professional_id());
  record.set_display_name(worker.display_name());
  record.set_role_code(worker.role_code().empty() ? kDefaultRoleCode : worker.role_code());
  record.set_employer(worker.employer());
  *record.mutable_skills() = worker.skills();
  *record.mutable_languages() = worker.languages();
  record.set_wte(worker.wte());
  record.set_weighted_case_limit(worker.weighted_case_limit());
  record.set_supervisor(worker.supervisor());
  record.set_active(worker.active());
}

void Fill(CommunityServiceRecord& record, const v1::CommunityService& service) {
  record.set_display_name(service.display_name());
  record.set_description(service.description());
  *record.mutable_needs() = service.needs();
  record.set_agency(service.agency());
  record.set_places_offered(service.places_offered());
  *record.mutable_capacity_as_of() = service.capacity_as_of();
  record.set_accepting(service.accepting());
  record.set_contact(service.contact());
  record.set_url(service.url());
}

}  // namespace

absl::StatusOr<LinkWorkerRecord> NewLinkWorker(const v1::LinkWorker& link_worker, const std::string& id) {
  SPLW_RETURN_IF_ERROR(CheckLinkWorker(link_worker));
  LinkWorkerRecord record;
  record.set_id(id);
  record.set_version(1);
  Fill(record, link_worker);
  return record;
}

absl::StatusOr<LinkWorkerRecord> UpdateLinkWorker(const LinkWorkerRecord& record, const v1::LinkWorker& link_worker,
                                                  const google::protobuf::FieldMask& mask) {
  v1::LinkWorker next = ToLinkWorker("", record);
  SPLW_RETURN_IF_ERROR(TakeMasked(link_worker, mask, LinkWorkerPaths(), next));
  SPLW_RETURN_IF_ERROR(CheckLinkWorker(next));
  LinkWorkerRecord result = record;
  Fill(result, next);
  result.set_version(record.version() + 1);
  return result;
}

absl::StatusOr<CommunityServiceRecord> NewCommunityService(const v1::CommunityService& service, const std::string& id,
                                                           absl::Time now) {
  SPLW_RETURN_IF_ERROR(CheckCommunityService(service, now));
  CommunityServiceRecord record;
  record.set_id(id);
  record.set_version(1);
  Fill(record, service);
  return record;
}

absl::StatusOr<CommunityServiceRecord> UpdateCommunityService(const CommunityServiceRecord& record,
                                                              const v1::CommunityService& service,
                                                              const google::protobuf::FieldMask& mask, absl::Time now) {
  v1::CommunityService next = ToCommunityService("", record);
  SPLW_RETURN_IF_ERROR(TakeMasked(service, mask, CommunityServicePaths(), next));
  SPLW_RETURN_IF_ERROR(CheckCommunityService(next, now));
  if (next.places_offered() < record.places_held()) return errors::PlacesHeld(record.places_held());
  CommunityServiceRecord result = record;
  Fill(result, next);
  result.set_version(record.version() + 1);
  return result;
}

}  // namespace splw::caseload
