// How a noun gets its verbs, and a verb its options. CLI11 is in here, and nothing else of splwctl includes it: each file that
// does compiles all of it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <absl/status/status.h>
#include <google/protobuf/message.h>

#include "clients/splwctl/shell.h"

namespace splw::ctl {

void AddGlobalOptions(CLI::App& app, GlobalOptions& options);

// A noun with its verbs behind it.
CLI::App* AddNoun(CLI::App& app, const std::string& noun, const std::string& description);

// A verb: `run` is what it does. `examples` end its --help, one a line without "splwctl" in front.
CLI::App* AddVerb(CLI::App& noun, Shell& shell, const std::string& verb, const std::string& description,
                  const std::vector<std::string>& examples, std::function<absl::Status()> run);

// "--limit" of a list: at least 1; 0 as long as it is not given.
void AddLimit(CLI::App& verb, std::int64_t& limit);
// "--etag" of a change. An empty one, as an unset variable of a script gives, is refused: it would change whatever is there.
void AddEtag(CLI::App& verb, std::string& etag);

// An option that may be given several times, one value each time: a value that follows another belongs to the next argument, and
// "[a, b]" is one text. `help` gets "; may be repeated" behind it.
void AddRepeated(CLI::App& verb, const std::string& flag, std::vector<std::string>& values, const std::string& help);

// The flag --template: prints an example of `request`, and what its enumerations take, instead of doing what the verb does.
void AddTemplate(CLI::App& verb, const google::protobuf::Message& request);

// Ends the reading of the line, as --help does.
struct TemplateAsked final : CLI::Success {
  TemplateAsked(std::string given_example, std::string given_choices)
      : example(std::move(given_example)), choices(std::move(given_choices)) {}
  std::string example, choices;
};

// An option for words about a person (Shell::Words).
void AddWords(CLI::App& verb, const std::string& flag, std::string& words, const std::string& help);

// The verb "watch": shows changes of `what` ("cases") as they come. `run` reads --from into `position`, --count into `count`.
void AddWatch(CLI::App& noun, Shell& shell, const std::string& what, std::string& position, std::int64_t& count,
              std::function<absl::Status()> run);

}  // namespace splw::ctl
