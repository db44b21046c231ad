// The command line of the programs of the tests. CLI11 is behind it, compiled once: each file that includes it takes seconds for it alone.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace splw::flags {

class CommandLine final {
 public:
  // For --help.
  CommandLine(const std::string& description, const std::string& program);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  // A flag for `value`, which outlives this and keeps what it holds where the flag is not given.
  CommandLine& Add(const std::string& flag, std::string& value, const std::string& help);
  CommandLine& Add(const std::string& flag, int& value, const std::string& help);
  CommandLine& Add(const std::string& flag, unsigned& value, const std::string& help);
  CommandLine& Add(const std::string& flag, std::uint64_t& value, const std::string& help);
  CommandLine& Add(const std::string& flag, double& value, const std::string& help);
  CommandLine& Add(const std::string& flag, bool& value, const std::string& help);                       // given: true
  CommandLine& Add(const std::string& flag, std::vector<std::string>& values, const std::string& help);  // "a,b"

  // Of the flag that was added last.
  CommandLine& Required();
  CommandLine& OneOf(const std::vector<std::string>& words);
  CommandLine& Positive();
  CommandLine& NotNegative();
  CommandLine& Within(unsigned first, unsigned last);

  // The status that the program is to end with, if it is: 0 after --help, 64 for a mistake, which was said on standard error.
  std::optional<int> Parse(int argc, char** argv);
  // After Parse.
  bool Given(const std::string& flag) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace splw::flags
