#include "common/telemetry/log.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>

#include <absl/strings/str_cat.h>
#include <nlohmann/json.hpp>
#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace splw::telemetry {
namespace {

// Lines that may wait for the writing thread.
constexpr std::size_t kMaxWaitingLines = 8192;

struct LogState {
  std::mutex mutex;  // for all below
  std::shared_ptr<spdlog::details::thread_pool> writer;
  std::shared_ptr<spdlog::logger> logger;
  std::string service;
  Level level = Level::kWarning;
  std::function<void(const std::string&)> capture;
};

LogState& State() {
  // Never destroyed: threads may log until the process is gone.
  static LogState* const state = new LogState;
  return *state;
}

// What follows the time: spdlog adds that, since no clock is read here.
constexpr char kPattern[] = R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ",%v})";

std::shared_ptr<spdlog::sinks::sink> StandardError() {
  return std::make_shared<spdlog::sinks::stderr_sink_mt>();
}

void Prepare(spdlog::logger& logger) {
  logger.set_pattern(kPattern, spdlog::pattern_time_type::utc);
  logger.set_level(spdlog::level::trace);  // levels are decided in Log
  logger.flush_on(spdlog::level::trace);
}

const char* LevelName(Level level) {
  switch (level) {
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarning:
      return "warning";
    case Level::kError:
      return "error";
  }
  return "error";
}

spdlog::level::level_enum ToSpdlog(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

void AppendValue(std::string_view text, std::string& line) {
  const bool plain =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
  if (plain) {
    line.push_back('"');
    line += text;
    line.push_back('"');
    return;
  }
  // Bytes that are not UTF-8 are replaced, so that every line can be read.
  line += nlohmann::json(std::string(text)).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}
void AppendValue(std::int64_t number, std::string& line) {
  absl::StrAppend(&line, number);
}
void AppendValue(double number, std::string& line) {
  // JSON has no other numbers.
  absl::StrAppend(&line, std::isfinite(number) ? absl::StrCat(number) : "null");
}
void AppendValue(bool truth, std::string& line) {
  line += truth ? "true" : "false";
}

// Written by hand: it is done for every call that a service answers. Keys are literals of our own and need no escapes.
std::string Members(Level level, const std::string& service, std::string_view event,
                    std::initializer_list<Field> fields) {
  constexpr std::size_t kUsualLine = 256;
  std::string line;
  line.reserve(kUsualLine);
  line += R"("level":")";
  line += LevelName(level);
  line.push_back('"');
  const auto append = [&line](std::string_view key, const auto& value) {
    line += ",\"";
    line += key;
    line += "\":";
    AppendValue(value, line);
  };
  if (!service.empty()) append("service", std::string_view(service));
  append("event", event);
  for (const Field& field : fields) {
    std::visit([&](const auto& value) { append(field.key, value); }, field.value);
  }
  return line;
}

}  // namespace

std::optional<Level> ParseLevel(std::string_view name) {
  for (Level level : {Level::kDebug, Level::kInfo, Level::kWarning, Level::kError}) {
    if (name == LevelName(level)) return level;
  }
  return std::nullopt;
}

void StartLog(std::string service, Level level) {
  LogState& state = State();
  std::lock_guard lock(state.mutex);
  state.service = std::move(service);
  state.level = level;
  state.writer = std::make_shared<spdlog::details::thread_pool>(kMaxWaitingLines, 1);
  state.logger = std::make_shared<spdlog::async_logger>("splw", StandardError(), state.writer,
                                                        spdlog::async_overflow_policy::overrun_oldest);
  Prepare(*state.logger);
}

void StopLog() {
  LogState& state = State();
  std::shared_ptr<spdlog::details::thread_pool> writer;
  {
    std::lock_guard lock(state.mutex);
    state.logger.reset();
    writer = std::move(state.writer);
    state.service.clear();
    state.level = Level::kWarning;
  }
  // The last reference: writes what waits and joins the thread.
  writer.reset();
}

void Log(Level level, std::string_view event, std::initializer_list<Field> fields) {
  LogState& state = State();
  std::shared_ptr<spdlog::logger> logger;
  std::string service;
  {
    std::lock_guard lock(state.mutex);
    if (state.capture) {
      state.capture("{" + Members(level, state.service, event, fields) + "}");
      return;
    }
    if (level < state.level) return;
    if (state.logger == nullptr) {
      state.logger = std::make_shared<spdlog::logger>("splw", StandardError());
      Prepare(*state.logger);
    }
    logger = state.logger;
    service = state.service;
  }
  // As a string view: a line is no format.
  const std::string members = Members(level, service, event, fields);
  logger->log(ToSpdlog(level), spdlog::string_view_t(members));
}

LogCapture::LogCapture(std::function<void(const std::string& line)> write) {
  LogState& state = State();
  std::lock_guard lock(state.mutex);
  state.capture = std::move(write);
}

LogCapture::~LogCapture() {
  LogState& state = State();
  std::lock_guard lock(state.mutex);
  state.capture = nullptr;
}

}  // namespace splw::telemetry
