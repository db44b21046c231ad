// The flags of every service, and their environment variables.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "common/rpc/service_process.h"
#include "common/telemetry/log.h"

namespace splw::rpc {

struct ServiceFlags {
  std::string listen;
  std::string metrics_listen;  // empty: no metrics
  std::string data_dir;
  std::string port_file;                              // empty: none
  std::map<std::string, std::string> peer_addresses;  // by the peer's name
  telemetry::Level log_level = telemetry::Level::kInfo;
  int threads = 8;
  int max_calls_queued = 1024;
  bool dev_principals = false;
  bool reflection = false;
  bool accept_wal_loss = false;
  bool restored = false;
  bool accept_clock_behind = false;
  bool accept_empty_store = false;
};

// Reads flags and environment. Nullopt: the process is to end with `exit_status` (0 after --help, 64 for a mistake, which was said
// on standard error).
std::optional<ServiceFlags> ParseServiceFlags(int argc, char** argv, const ServiceDefinition& definition,
                                              int& exit_status);

// True for "127.x.y.z:port", "localhost:port" and "[::1]:port".
bool IsLoopbackAddress(std::string_view address);

// True for "host:port" with a port from 0 to 65535.
bool IsAddress(std::string_view address);

}  // namespace splw::rpc
