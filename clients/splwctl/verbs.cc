#include "clients/splwctl/verbs.h"

#include <cstdlib>
#include <memory>

#include <absl/strings/str_format.h>
#include <google/protobuf/util/json_util.h>

#include "clients/splwctl/templates.h"

namespace splw::ctl {

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
