#include "clients/splwctl/shell.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include <absl/strings/ascii.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_split.h>
#include <absl/time/clock.h>
#include <google/protobuf/util/json_util.h>

#include "clients/splwctl/errors.h"
#include "clients/splwctl/names.h"
#include "clients/splwctl/render.h"
#include "clients/splwctl/values.h"
#include "common/ids/random.h"
#include "common/ids/ulid.h"
#include "common/text/status_macros.h"
#include "common/text/validate.h"
#include "services/gateway/fhir/json_text.h"

namespace splw::ctl {
namespace {

constexpr char kByteOrderMark[] = "\xEF\xBB\xBF";

constexpr std::size_t kMaxWordsBytes = 64u << 10;  // far more than any field takes
constexpr std::size_t kMaxJsonBytes = 4u << 20;    // what a service takes in one message

// Goes out as a header, which holds printable ASCII only: gRPC ends the program over anything else.
absl::Status CheckHeader(std::string_view flag, std::string_view value) {
  for (const char c : value) {
    if (c < ' ' || c > '~') return UsageError(flag, "may hold letters, digits and signs of ASCII only");
  }
  return absl::OkStatus();
}

// Where an object gives a field as "reason_text" and as "reasonText", which are one to protobuf; empty: nowhere.
std::string FieldSpelledTwice(const fhir::Json& value, const std::string& place) {
  std::set<std::string> names;
  for (const auto& [key, inner] : value.items()) {
    const std::string here = value.is_object() ? place + "." + key : place + "[" + key + "]";
    if (value.is_object()) {
      std::string name = absl::AsciiStrToLower(key);
      name.erase(std::remove(name.begin(), name.end(), '_'), name.end());
      if (!names.insert(std::move(name)).second) return here;
    }
    if (!inner.is_structured()) continue;
    if (std::string found = FieldSpelledTwice(inner, here); !found.empty()) return found;
  }
  return "";
}

}  // namespace

std::string Environment(const char* name) {
  const char* value =
      std::getenv(name);  // NOLINT(concurrency-mt-unsafe): read before there are threads, and nobody changes it
  return value == nullptr ? "" : value;
}

bool Shell::color() const {
  return out_terminal_ && !options_.no_color;
}
bool Shell::error_color() const {
  return err_terminal_ && !options_.no_color;
}

std::size_t Shell::width() const {
  constexpr std::size_t kUsual = 80;
  if (!out_terminal_) return 0;
  std::size_t columns = 0;
  if (absl::SimpleAtoi(Environment("COLUMNS"), &columns) && columns > 0) return columns;
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kUsual;
}

absl::StatusOr<Connection*> Shell::connection() {
  if (connection_ == nullptr) {
    CallSettings settings;
    SPLW_ASSIGN_OR_RETURN(settings.timeout, ParseDuration(options_.timeout, "--timeout"));
    SPLW_ASSIGN_OR_RETURN(settings.wait, ParseDuration(options_.wait, "--wait"));
    if (settings.timeout == absl::ZeroDuration()) return UsageError("--timeout", "must be more than 0");
    SPLW_RETURN_IF_ERROR(CheckHeader("--correlation-id", options_.correlation_id));
    settings.correlation_id = options_.correlation_id;
    connection_ = std::make_unique<Connection>(options_.addresses, settings, err_, err_terminal_);
  }
  return connection_.get();
}

absl::StatusOr<identity::Principal> Shell::Caller(identity::Role usual_role) {
  SPLW_RETURN_IF_ERROR(CheckHeader("--principal", options_.principal));
  SPLW_RETURN_IF_ERROR(CheckHeader("--organisation", options_.organisation));
  SPLW_RETURN_IF_ERROR(CheckHeader("--agency", options_.agency));
  SPLW_RETURN_IF_ERROR(CheckHeader("--networks", options_.networks));
  identity::Principal caller;
  caller.id = options_.principal;
  caller.role = usual_role;
  if (!options_.role.empty()) {
    const auto role = identity::ParseRole(options_.role);
    if (!role.has_value()) {
      std::string choices;
      for (const identity::Role each : identity::kAllRoles) {
        choices += (choices.empty() ? "" : ", ") + std::string(identity::RoleName(each));
      }
      return UsageError("--role", absl::StrFormat("give one of: %s", choices));
    }
    caller.role = *role;
  }
  caller.organisation = options_.organisation;
  caller.agency = options_.agency;
  if (!options_.networks.empty()) {
    caller.networks = absl::StrSplit(options_.networks, ',', absl::SkipEmpty());
  } else if (!options_.network.empty()) {
    SPLW_ASSIGN_OR_RETURN(const std::string network, NetworkName(options_.network));
    caller.networks = {NetworkOf(network)};
  } else {
    caller.networks = {"*"};
  }
  return caller;
}

absl::StatusOr<std::string> Shell::Network() {
  return NetworkName(options_.network);
}

absl::StatusOr<std::string> Shell::Name(std::string_view collection, std::string_view given, std::string_view flag) {
  return ResourceName(options_.network, collection, given, flag);
}

std::string Shell::RequestId() {
  if (!options_.request_id.empty()) return options_.request_id;
  ids::SystemRandom random;
  return ids::NewUlid(absl::Now(), random);
}

absl::StatusOr<std::string> Shell::ReadText(const std::string& path, std::size_t max_bytes) {
  std::ifstream file;
  if (path != "-") {
    file.open(path, std::ios::binary);
    if (!file) return UsageError(path, "the file cannot be opened");
  }
  std::istream& stream = path == "-" ? in_ : file;
  std::string text;
  char block[1 << 16];
  while (stream.read(block, sizeof block) || stream.gcount() > 0) {
    text.append(block, static_cast<std::size_t>(stream.gcount()));
    if (text.size() > max_bytes) {
      return UsageError(path, absl::StrFormat("longer than %d bytes", static_cast<std::int64_t>(max_bytes)));
    }
  }
  if (stream.bad()) return UsageError(path, "the file cannot be read");
  return text;
}

absl::StatusOr<std::string> Shell::Words(const std::string& given, std::string_view flag) {
  if (given != "-" && given.rfind('@', 0) != 0) return given;  // RunProgram has looked at it
  if (given == "@") return UsageError(flag, "say which file: @FILE");
  SPLW_ASSIGN_OR_RETURN(std::string text, ReadText(given == "-" ? given : given.substr(1), kMaxWordsBytes));
  if (!text::CountCharacters(text).has_value()) return UsageError(flag, "is not UTF-8 text: save the file as UTF-8");
  if (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

absl::Status ParseJson(const std::string& json, std::string_view where, google::protobuf::Message* message) {
  // Stricter than protobuf, which takes the last of a field that is given twice: which of two NHS numbers was meant is not known.
  fhir::Issues issues;
  const std::optional<fhir::Json> maybe_json = fhir::ParseJson(json, issues, fhir::Locations::kNames);
  if (!maybe_json.has_value()) {
    const fhir::Issue issue = issues.Take().front();
    return UsageError(
        where, issue.location.empty() ? issue.message : absl::StrFormat("%s: %s", issue.location, issue.message));
  }
  if (const std::string field = FieldSpelledTwice(*maybe_json, "$this"); !field.empty()) {
    return UsageError(
        where, absl::StrFormat("%s: the field is given twice, in two spellings: which is meant is not known", field));
  }
  // As editors on Windows write it; the reading above passes over it likewise.
  const std::size_t begin = json.rfind(kByteOrderMark, 0) == 0 ? sizeof(kByteOrderMark) - 1 : 0;
  const auto status = google::protobuf::util::JsonStringToMessage(json.substr(begin), message);
  if (status.ok()) return absl::OkStatus();
  return UsageError(
      where, absl::StrFormat("is not JSON of %s: %s", message->GetDescriptor()->name(), std::string(status.message())));
}

absl::Status Shell::ReadJson(const std::string& path, google::protobuf::Message* message) {
  SPLW_ASSIGN_OR_RETURN(const std::string json, ReadText(path, kMaxJsonBytes));
  return ParseJson(json, path, message);
}

void Shell::Show(const google::protobuf::Message& message) {
  if (json()) {
    PrintJson(out_, message);
  } else {
    PrintOutline(out_, message);
  }
}

}  // namespace splw::ctl
