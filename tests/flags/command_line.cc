#include "tests/flags/command_line.h"

#include <CLI/CLI.hpp>

namespace splw::flags {

constexpr int kUsageStatus = 64;  // sysexits.h

struct CommandLine::Parts {
  CLI::App app;
  CLI::Option* last = nullptr;

  template <typename Value>
  CommandLine& AddOption(CommandLine& line, const std::string& flag, Value& value, const std::string& help) {
    last = app.add_option(flag, value, help);
    return line;
  }
};

CommandLine::CommandLine(const std::string& description, const std::string& program)
    : parts_(new Parts{CLI::App(description, program)}) {
  parts_->app.option_defaults()->always_capture_default();
}

CommandLine::~CommandLine() = default;

CommandLine& CommandLine::Add(const std::string& flag, std::string& value, const std::string& help) {
  return parts_->AddOption(*this, flag, value, help);
}
CommandLine& CommandLine::Add(const std::string& flag, int& value, const std::string& help) {
  return parts_->AddOption(*this, flag, value, help);
}
CommandLine& CommandLine::Add(const std::string& flag, unsigned& value, const std::string& help) {
  return parts_->AddOption(*this, flag, value, help);
}
CommandLine& CommandLine::Add(const std::string& flag, std::uint64_t& value, const std::string& help) {
  return parts_->AddOption(*this, flag, value, help);
}
CommandLine& CommandLine::Add(const std::string& flag, double& value, const std::string& help) {
  return parts_->AddOption(*this, flag, value, help);
}
CommandLine& CommandLine::Add(const std::string& flag, bool& value, const std::string& help) {
  parts_->last = parts_->app.add_flag(flag, value, help);
  return *this;
}
CommandLine& CommandLine::Add(const std::string& flag, std::vector<std::string>& values, const std::string& help) {
  parts_->last = parts_->app.add_option(flag, values, help)->delimiter(',');
  return *this;
}

CommandLine& CommandLine::Required() {
  parts_->last->required();
  return *this;
}
CommandLine& CommandLine::OneOf(const std::vector<std::string>& words) {
  parts_->last->check(CLI::IsMember(words));
  return *this;
}
CommandLine& CommandLine::Positive() {
  parts_->last->check(CLI::PositiveNumber);
  return *this;
}
CommandLine& CommandLine::NotNegative() {
  parts_->last->check(CLI::NonNegativeNumber);
  return *this;
}
CommandLine& CommandLine::Within(unsigned first, unsigned last) {
  parts_->last->check(CLI::Range(first, last));
  return *this;
}

std::optional<int> CommandLine::Parse(int argc, char** argv) {
  try {
    parts_->app.parse(argc, argv);
  } catch (const CLI::ParseError& failure) {
    return parts_->app.exit(failure) == 0 ? 0 : kUsageStatus;
  }
  return std::nullopt;
}

bool CommandLine::Given(const std::string& flag) const {
  return parts_->app.count(flag) > 0;
}

}  // namespace splw::flags
