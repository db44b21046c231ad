// The process's log: one JSON object a line on standard error, with "time" (UTC), "level", "service", "event" and the fields.
// Never personal data: no names, numbers, free text or request contents. Names of resources may be logged (they say nothing
// about a person).
//
// The one process-wide object of this tree, because every layer says something and none should be handed a logger for it.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace splw::telemetry {

enum class Level { kDebug, kInfo, kWarning, kError };

// "debug", "info", "warning", "error".
std::optional<Level> ParseLevel(std::string_view name);

// Refers to its key and text: for the length of one call of Log.
struct Field {
  Field(std::string_view field_key, std::string_view text) : key(field_key), value(text) {}
  Field(std::string_view field_key, const std::string& text) : key(field_key), value(std::string_view(text)) {}
  Field(std::string_view field_key, const char* text) : key(field_key), value(std::string_view(text)) {}
  Field(std::string_view field_key, bool truth) : key(field_key), value(truth) {}
  Field(std::string_view field_key, double number) : key(field_key), value(number) {}
  Field(std::string_view field_key, int number) : key(field_key), value(std::int64_t{number}) {}
  Field(std::string_view field_key, std::int64_t number) : key(field_key), value(number) {}
  Field(std::string_view field_key, std::uint64_t number) : key(field_key), value(static_cast<std::int64_t>(number)) {}

  std::string_view key;  // a literal
  std::variant<std::string_view, std::int64_t, double, bool> value;
};

// Begins the log of a program. Before it, Log writes warnings and errors only, without a service's name. Lines are written
// by a thread of the log's own, so that no caller ever waits for whoever reads standard error; where it does not keep up, the
// oldest lines are dropped. After it, no fork.
void StartLog(std::string service, Level level);

// Writes what is still waiting, and goes back to the state before StartLog.
void StopLog();

// `event`: snake_case, one of few, a literal: "call", "stream_parked". Thread-safe; does not block.
void Log(Level level, std::string_view event, std::initializer_list<Field> fields = {});

// For tests: while it lives, lines (of every level, without time) go to `write` and nowhere else. One at a time.
class LogCapture final {
 public:
  explicit LogCapture(std::function<void(const std::string& line)> write);
  ~LogCapture();
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;
};

}  // namespace splw::telemetry
