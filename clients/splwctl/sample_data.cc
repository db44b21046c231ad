#include "clients/splwctl/sample_data.h"

#include <fstream>
#include <iterator>
#include <set>

#include <absl/strings/str_format.h>
#include <google/protobuf/util/json_util.h>
#include <nlohmann/json.hpp>

#include "clients/splwctl/errors.h"
#include "clients/splwctl/names.h"
#include "common/health/nhs_number.h"
#include "common/text/status_macros.h"

namespace splw::ctl {
namespace {

using Json = nlohmann::json;

absl::StatusOr<Json> ReadFile(const std::string& folder, const std::string& name) {
  const std::string path = folder + "/" + name;
  std::ifstream file(path, std::ios::binary);
  if (!file) return UsageError(path, "the file cannot be opened");
  Json json = Json::parse(file, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return UsageError(path, "is not JSON");
  return json;
}

absl::Status ToMessage(const Json& json, std::string_view where, google::protobuf::Message* message) {
  const auto status = google::protobuf::util::JsonStringToMessage(json.dump(), message);
  if (status.ok()) return absl::OkStatus();
  return UsageError(
      where, absl::StrFormat("is not JSON of %s: %s", message->GetDescriptor()->name(), std::string(status.message())));
}

template <typename Message>
absl::Status ReadOne(const std::string& folder, const std::string& name, Message* message) {
  SPLW_ASSIGN_OR_RETURN(const Json json, ReadFile(folder, name));
  return ToMessage(json, folder + "/" + name, message);
}

template <typename Message>
absl::Status ReadAll(const std::string& folder, const std::string& name, std::vector<Message>* messages) {
  SPLW_ASSIGN_OR_RETURN(const Json json, ReadFile(folder, name));
  if (!json.is_array()) return UsageError(folder + "/" + name, "is not an array");
  for (std::size_t i = 0; i < json.size(); ++i) {
    SPLW_RETURN_IF_ERROR(
        ToMessage(json[i], absl::StrFormat("%s/%s[%d]", folder, name, static_cast<int>(i)), &messages->emplace_back()));
  }
  return absl::OkStatus();
}

absl::Status CheckNetwork(const std::string& network, const std::string& parent, std::string_view file) {
  if (parent == network) return absl::OkStatus();
  return UsageError(file, "names another network than the policy does");
}

absl::StatusOr<ScriptedDecision> ParseDecision(const Json& json, std::string_view where) {
  ScriptedDecision decision;
  const std::string outcome = json.at("outcome").get<std::string>();
  if (!mdt::v1::DecisionOutcome_Parse(outcome, &decision.outcome)) return UsageError(where, "unknown decision outcome");
  decision.summary = json.at("summary").get<std::string>();
  decision.case_holder = json.value("caseHolder", "");
  decision.key_worker = json.value("keyWorker", "");
  for (const Json& action : json.at("actions")) {
    decision.actions.push_back({action.at("description").get<std::string>(), action.at("owner").get<std::string>(),
                                action.at("dueInDays").get<int>()});
  }
  return decision;
}

absl::StatusOr<DemoScript> ParseScript(const Json& json, const std::string& where) {
  DemoScript script;
  script.first_run = json.at("firstRun").get<std::string>();
  script.main = json.at("main").get<std::string>();
  script.crisis = json.at("crisis").get<std::string>();
  script.duplicate = json.at("duplicate").get<std::string>();
  script.signpost_to = json.at("signpostTo").get<std::string>();
  script.present = json.at("present").get<std::vector<std::string>>();
  script.apologies = json.at("apologies").get<std::vector<std::string>>();
  SPLW_RETURN_IF_ERROR(ToMessage(json.at("contact"), where + ": contact", &script.contact));
  SPLW_RETURN_IF_ERROR(ToMessage(json.at("assessment"), where + ": assessment", &script.assessment));
  SPLW_RETURN_IF_ERROR(ToMessage(json.at("plan"), where + ": plan", &script.plan));
  for (const Json& each : json.at("nominations")) {
    ScriptedNomination nomination;
    nomination.key = each.at("key").get<std::string>();
    nomination.carry_over_reason = each.value("carryOverReason", "");
    SPLW_RETURN_IF_ERROR(ToMessage(each.at("nominate"), where + ": nominate", &nomination.nomination));
    if (each.contains("decision")) {
      SPLW_ASSIGN_OR_RETURN(nomination.decision, ParseDecision(each.at("decision"), where));
    }
    script.nominations.push_back(std::move(nomination));
  }
  return script;
}

// FNV-1a: the same in every build and on every machine, which std::hash is not.
std::uint64_t Hash(const std::string& text) {
  std::uint64_t hash = 14695981039346656037u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  // FNV's last character hardly reaches the low bits' mix; one more turn does.
  hash ^= hash >> 29;
  return hash * 1099511628211u;
}

// A number of the 999… range, which is never issued.
std::string SafeNhsNumber(std::uint64_t hash) {
  for (std::uint64_t i = 0;; ++i) {
    const std::string nine = absl::StrFormat("999%06d", static_cast<int>((hash + i) % 1'000'000));
    for (char check = '0'; check <= '9'; ++check) {
      if (health::IsNhsNumber(nine + check)) return nine + check;
    }
  }
}

constexpr const char* kFamilyNames[] = {"Abbott",     "Birtwistle", "Clegg",    "Duckworth", "Earnshaw",     "Farrar",
                                        "Greenhalgh", "Haworth",    "Ingham",   "Jagger",    "Kershaw",      "Lomax",
                                        "Mellor",     "Naylor",     "Ogden",    "Pilling",   "Quigley",      "Rigby",
                                        "Schofield",  "Tattersall", "Unsworth", "Varley",    "Wolstenholme", "Yates"};

}  // namespace

absl::StatusOr<SampleWeek> ReadSampleWeek(const std::string& folder) {
  SampleWeek week;
  SPLW_RETURN_IF_ERROR(ReadAll(folder, "practices.json", &week.practices));
  SPLW_RETURN_IF_ERROR(ReadOne(folder, "policy.json", &week.policy));
  SPLW_RETURN_IF_ERROR(ReadAll(folder, "link_workers.json", &week.workers));
  SPLW_RETURN_IF_ERROR(ReadAll(folder, "community_services.json", &week.services));
  SPLW_RETURN_IF_ERROR(ReadOne(folder, "mdt.json", &week.team));
  SPLW_RETURN_IF_ERROR(ReadAll(folder, "referrals.json", &week.referrals));

  SPLW_ASSIGN_OR_RETURN(week.network, NetworkName(NetworkOf(week.policy.policy().name())));
  for (const auto& each : week.workers) {
    SPLW_RETURN_IF_ERROR(CheckNetwork(week.network, each.parent(), "link_workers.json"));
  }
  for (const auto& each : week.services) {
    SPLW_RETURN_IF_ERROR(CheckNetwork(week.network, each.parent(), "community_services.json"));
  }
  SPLW_RETURN_IF_ERROR(CheckNetwork(week.network, week.team.parent(), "mdt.json"));
  std::set<std::string> references;
  for (const auto& each : week.referrals) {
    SPLW_RETURN_IF_ERROR(CheckNetwork(week.network, each.parent(), "referrals.json"));
    if (!references.insert(each.referral().external_reference()).second) {
      return UsageError("referrals.json", "two referrals have the same external reference");
    }
  }
  return week;
}

absl::StatusOr<DemoScript> ReadDemoScript(const std::string& folder) {
  const std::string where = folder + "/demo.json";
  SPLW_ASSIGN_OR_RETURN(const Json json, ReadFile(folder, "demo.json"));
  try {
    return ParseScript(json, where);
  } catch (const Json::exception& error) {  // the library's way of saying that a field is missing or of another type
    return UsageError(where, error.what());
  }
}

std::string KeyOf(const referral::v1::SubmitReferralRequest& request) {
  const std::string& reference = request.referral().external_reference();
  const std::size_t dash = reference.rfind('-');
  return dash == std::string::npos ? reference : reference.substr(dash + 1);
}

referral::v1::SubmitReferralRequest ForRun(referral::v1::SubmitReferralRequest request, const std::string& run) {
  const std::string reference = run + "-" + KeyOf(request);
  referral::v1::Referral& referral = *request.mutable_referral();
  type::v1::Person& person = *referral.mutable_person();
  const std::uint64_t hash = Hash(run + "/" + person.nhs_number().value());
  person.mutable_nhs_number()->set_value(SafeNhsNumber(hash));
  person.mutable_name()->set_family(kFamilyNames[(hash >> 20) % std::size(kFamilyNames)]);
  person.mutable_birth_date()->set_day(static_cast<int>(1 + (hash >> 40) % 28));
  referral.set_external_reference(reference);
  request.set_request_id(reference + "-submit");
  return request;
}

}  // namespace splw::ctl
