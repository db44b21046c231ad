#include "clients/splwctl/program.h"

#include "clients/splwctl/commands.h"
#include "clients/splwctl/errors.h"
#include "clients/splwctl/output.h"
#include "clients/splwctl/shell.h"
#include "clients/splwctl/verbs.h"
#include "common/text/validate.h"

namespace splw::ctl {

namespace {

// The word of the line that stands where a noun or a verb of `app` should, and is none; empty where there is no such word.
std::string UnknownWord(const CLI::App& app, int argc, const char* const* argv) {
  const CLI::App* level = &app;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word.size() > 1 && word[0] == '-') {
      const CLI::Option* option = app.get_option_no_throw(word);
      if (option != nullptr && option->get_items_expected_max() > 0) ++i;  // its value
      continue;
    }
    const auto named = level->get_subcommands([&word](const CLI::App* each) { return each->get_name() == word; });
    if (named.empty()) return word;
    level = named.front();
    const bool is_verb = level->get_subcommands([](const CLI::App*) { return true; }).empty();
    if (is_verb) return "";
  }
  return "";
}

}  // namespace

int RunProgram(int argc, const char* const* argv, std::istream& in, std::ostream& out, std::ostream& err,
               bool out_terminal, bool err_terminal) {
  for (int i = 1; i < argc; ++i) {
    if (text::CountCharacters(argv[i]).has_value()) continue;
    err << "splwctl: argument " << i << " (" << Printable(argv[i]) << ") is not UTF-8 text\n";
    return kExitUsage;
  }
  Shell shell(in, out, err, out_terminal, err_terminal);
  CLI::App app(
      "splwctl: the command line of the social prescribing suite.\n"
      "A noun, then a verb: splwctl referral list. Every level has --help.",
      "splwctl");
  app.require_subcommand(1);
  app.set_version_flag("--version", "splwctl " SPLW_VERSION, "Print the version and end");
  AddGlobalOptions(app, shell.options());
  referral_commands::Add(app, shell);
  case_commands::Add(app, shell);
  signpost_commands::Add(app, shell);
  directory_commands::Add(app, shell);
  mdt_commands::Add(app, shell);
  meeting_commands::Add(app, shell);
  operations_commands::Add(app, shell);
  sample_commands::Add(app, shell);
  app.footer(
      std::string(
          "Examples:\n"
          "  splwctl --network U12345 referral list --state awaiting-triage\n"
          "  splwctl --network U12345 meeting agenda 2026-11-26\n"
          "  splwctl --output json --network U12345 case list\n\n"
          "Every global option is read from the environment too: SPLWCTL_NETWORK for --network, and so on.\n\n") +
      kExitStatusHelp);
  try {
    app.parse(argc, argv);
  } catch (const TemplateAsked& asked) {
    out << asked.example;
    err << asked.choices;
    return kExitDone;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {  // --help, --version
      app.exit(error, out, err);
      return kExitDone;
    }
    if (const std::string word = UnknownWord(app, argc, argv); !word.empty()) {
      err << "splwctl: there is no \"" << Printable(word) << "\" here; --help at each level lists what there is\n";
      return kExitUsage;
    }
    app.exit(error, err, err);
    return kExitUsage;
  }
  const absl::Status status = shell.command();
  out.flush();
  if (!status.ok()) {
    PrintError(err, status, shell.error_color());
    return ExitStatusOf(status);
  }
  if (!out) {
    err << "splwctl: done, but the output could not be written\n";
    return kExitOutput;
  }
  return kExitDone;
}

}  // namespace splw::ctl
