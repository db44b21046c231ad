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
#include "clients/splwctl/templates.h"
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

std::string Environment(const char* name) {
  const char* value =
      std::getenv(name);  // NOLINT(concurrency-mt-unsafe): read before there are threads, and nobody changes it
  return value == nullptr ? "" : value;
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

void AddGlobalOptions(CLI::App& app, GlobalOptions& options) {
  const auto add = [&](const std::string& flag, std::string& target, const std::string& environment,
                       const std::string& help) {
    return app.add_option(flag, target, help)->envname("SPLWCTL_" + environment)->group("Global options");
  };
  add("--network", options.network, "NETWORK", "The network, for example U12345")->type_name("ID");
  add("--intake", options.addresses.intake, "INTAKE", "Address of referral-intake")->capture_default_str();
  add("--caseload", options.addresses.caseload, "CASELOAD", "Address of caseload")->capture_default_str();
  add("--mdt", options.addresses.mdt, "MDT", "Address of mdt-agenda")->capture_default_str();
  add("--principal", options.principal, "PRINCIPAL", "Who you are")->capture_default_str();
  add("--role", options.role, "ROLE",
      "Your role: referrer, link-worker, service-lead, mdt-coordinator, mdt-chair, agency-member, auditor, operator "
      "(default: the one that usually gives the command)");
  add("--organisation", options.organisation, "ORGANISATION", "ODS code or local id of your organisation");
  add("--agency", options.agency, "AGENCY", "Your agency, for agency members: HOUSING, DWP, …");
  add("--networks", options.networks, "NETWORKS",
      "Networks you may act in, comma separated, or * (default: --network)");
  add("--output", options.output, "OUTPUT", "table for people, json for programs")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  add("--request-id", options.request_id, "REQUEST_ID",
      "Makes a repeat of the same change harmless; give --etag too, or the repeat is a different request (default: a "
      "new one)");
  add("--timeout", options.timeout, "TIMEOUT", "For one call")->capture_default_str();
  add("--wait", options.wait, "WAIT", "Keep trying this long while a service is unavailable")->capture_default_str();
  add("--correlation-id", options.correlation_id, "CORRELATION_ID", "Your id for what this call belongs to");
  // Not by CLI11, which takes some words for a flag's value only: any value says so (no-color.org).
  options.no_color =
      !Environment("SPLWCTL_NO_COLOR").empty() || !Environment("NO_COLOR").empty() || Environment("TERM") == "dumb";
  app.add_flag("--no-color", options.no_color,
               "Plain text on a terminal too (also: SPLWCTL_NO_COLOR or NO_COLOR with any value, TERM=dumb)")
      ->group("Global options");
}

void AddLimit(CLI::App& verb, std::int64_t& limit) {
  verb.add_option("--limit", limit, "At most this many (default: all)")->check(CLI::PositiveNumber);
}

void AddEtag(CLI::App& verb, std::string& etag) {
  verb.add_option("--etag", etag, "The version that was read (default: the current one)")
      ->check(CLI::Validator(
          [](const std::string& given) { return given.empty() ? std::string("is empty") : std::string(); }, ""));
}

CLI::App* AddNoun(CLI::App& app, const std::string& noun, const std::string& description) {
  CLI::App* added = app.add_subcommand(noun, description);
  added->require_subcommand(1);
  added->fallthrough();
  return added;
}

CLI::App* AddVerb(CLI::App& noun, Shell& shell, const std::string& verb, const std::string& description,
                  const std::vector<std::string>& examples, std::function<absl::Status()> run) {
  CLI::App* added = noun.add_subcommand(verb, description);
  added->fallthrough();
  std::string footer;
  for (const std::string& example : examples)
    footer += (footer.empty() ? "Examples:" : "") + ("\n  splwctl " + example);
  footer += "\n\nGlobal options (--network, --output, --wait, …) and exit statuses: splwctl --help";
  added->footer(footer);
  added->callback([&shell, run = std::move(run)] { shell.command = run; });
  return added;
}

void AddRepeated(CLI::App& verb, const std::string& flag, std::vector<std::string>& values, const std::string& help) {
  verb.add_option(flag, values, help + "; may be repeated")->allow_extra_args(false);
}

void AddTemplate(CLI::App& verb, const google::protobuf::Message& request) {
  const google::protobuf::Descriptor& type = *request.GetDescriptor();
  const char* const example = ExampleOf(type);
  const google::protobuf::Message* const prototype =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type);
  verb.add_flag_callback(
      "--template",
      [example, prototype] {
        const std::unique_ptr<google::protobuf::Message> filled(prototype->New());
        if (!google::protobuf::util::JsonStringToMessage(example, filled.get()).ok())
          std::abort();  // a test reads each
        throw TemplateAsked(example, ChoicesIn(*filled));
      },
      absl::StrFormat("Print an example of %s (proto/%s) to start from", type.name(), type.file()->name()));
}

void AddWords(CLI::App& verb, const std::string& flag, std::string& words, const std::string& help) {
  verb.add_option(flag, words, help + "; @FILE or - reads it")->type_name("TEXT|@FILE|-");
}

void AddWatch(CLI::App& noun, Shell& shell, const std::string& what, std::string& position, std::int64_t& count,
              std::function<absl::Status()> run) {
  const std::string line = "--network U12345 " + noun.get_name() + " watch";
  const std::string one = "--network U12345 --output json " + noun.get_name() + " watch --count 1";
  CLI::App* watch = AddVerb(noun, shell, "watch", "Show changes of " + what + " as they happen",
                            {line + " --from now", one}, std::move(run));
  watch->add_option("--from", position, "\"now\", or a position from before (default: the oldest kept)");
  watch->add_option("--count", count, "Stop after this many (default: never)");
}

}  // namespace splw::ctl
