#include "common/rpc/service_flags.h"

#include <cstdlib>
#include <iostream>
#include <string>

#include <CLI/CLI.hpp>
#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>

namespace splw::rpc {
namespace {

constexpr int kUsageStatus = 64;  // sysexits.h: EX_USAGE
constexpr int kMaxThreads = 256;
constexpr int kMaxQueue = 100'000;

std::string Upper(std::string_view name) {
  return absl::AsciiStrToUpper(absl::StrReplaceAll(std::string(name), {{"-", "_"}}));
}

// Gives a flag its environment variable: SPLW_SERVICE_FLAG, or SPLW_FLAG where only that is set.
void NameEnvironment(CLI::Option& option, const std::string& service, const std::string& flag) {
  const std::string own = absl::StrCat("SPLW_", Upper(service), "_", Upper(flag));
  const std::string shared = absl::StrCat("SPLW_", Upper(flag));
  const bool use_shared = std::getenv(own.c_str()) == nullptr && std::getenv(shared.c_str()) != nullptr;
  option.envname(use_shared ? shared : own);
  option.description(absl::StrCat(option.get_description(), " [", own, " or ", shared, "]"));
}

std::string CheckAddress(const std::string& address) {
  return IsAddress(address) ? std::string() : std::string("must be host:port, for example 127.0.0.1:7401");
}

std::string CheckAddressOrEmpty(const std::string& address) {
  return address.empty() ? std::string() : CheckAddress(address);
}

}  // namespace

bool IsAddress(std::string_view address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  int port = -1;
  return absl::SimpleAtoi(std::string(address.substr(colon + 1)), &port) && port >= 0 && port <= 65535;
}

bool IsLoopbackAddress(std::string_view address) {
  if (!IsAddress(address)) return false;
  const std::string host(address.substr(0, address.rfind(':')));
  if (host == "localhost" || host == "[::1]") return true;
  if (!absl::StartsWith(host, "127.")) return false;
  // A name such as 127.example.org must not pass: only numbers and dots.
  return host.find_first_not_of("0123456789.") == std::string::npos;
}

std::optional<ServiceFlags> ParseServiceFlags(int argc, char** argv, const ServiceDefinition& definition,
                                              int& exit_status) {
  const std::string& name = definition.name;
  ServiceFlags flags;
  flags.listen = absl::StrCat("127.0.0.1:", definition.default_port);
  flags.metrics_listen = absl::StrCat("127.0.0.1:", definition.default_metrics_port);
  flags.data_dir = "var/" + name;
  std::string log_level = "info";

  CLI::App app(definition.description, name);
  app.option_defaults()->always_capture_default();
  const auto text = [&](const std::string& flag, std::string& value, const std::string& description) {
    CLI::Option* option = app.add_option("--" + flag, value, description);
    NameEnvironment(*option, name, flag);
    return option;
  };
  const auto number = [&](const std::string& flag, int& value, const std::string& description, int max) {
    CLI::Option* option = app.add_option("--" + flag, value, description)->check(CLI::Range(1, max));
    NameEnvironment(*option, name, flag);
  };
  const auto truth = [&](const std::string& flag, bool& value, const std::string& description) {
    NameEnvironment(*app.add_flag("--" + flag, value, description), name, flag);
  };

  text("listen", flags.listen, "Address to serve on; port 0 takes any that is free")
      ->check(CLI::Validator(CheckAddress, "HOST:PORT"));
  text("metrics-listen", flags.metrics_listen, "Address of the metrics (http, /metrics); empty: none")
      ->check(CLI::Validator(CheckAddressOrEmpty, "HOST:PORT"));
  text("data-dir", flags.data_dir, "Folder of the store and the service's keys; made if missing");
  text("port-file", flags.port_file, "Once serving, write the ports here: the service's, then that of the metrics");
  for (const PeerDefinition& peer : definition.peers) {
    std::string& address = flags.peer_addresses[peer.name];
    address = peer.default_address;
    text(peer.name + "-address", address, "Where events for " + peer.name + " go")
        ->check(CLI::Validator(CheckAddress, "HOST:PORT"));
  }
  text("log-level", log_level, "debug, info, warning or error")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
  number("threads", flags.threads, "Threads that calls are handled on", kMaxThreads);
  number("max-calls-queued", flags.max_calls_queued, "Calls that may wait for a thread; more are refused", kMaxQueue);
  truth("dev-principals", flags.dev_principals,
        "For development only: believe callers who say in metadata who they are. Loopback only");
  truth("reflection", flags.reflection, "Let clients ask for the services and their messages");
  truth("accept-wal-loss", flags.accept_wal_loss,
        "Open a store whose log is damaged in the middle, and lose all that stands behind the damage: restore a backup "
        "instead where there is one");
  truth(
      "restored", flags.restored,
      "The store is a restored backup: say so, once, at the first start after it, so that the other services know that "
      "its events are told a second time");
  truth("accept-clock-behind", flags.accept_clock_behind,
        "Start although the store's last change is more than an hour ahead of this machine's clock: the store's time "
        "stands still until the clock is there");
  truth(
      "accept-empty-store", flags.accept_empty_store,
      "Begin with an empty store although the data folder has the key of an earlier one, which is gone: put its store "
      "back instead where there is a backup");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& failure) {
    exit_status = app.exit(failure) == 0 ? 0 : kUsageStatus;
    return std::nullopt;
  }
  flags.log_level = *telemetry::ParseLevel(log_level);
  if (flags.data_dir.empty()) {
    std::cerr << name << ": --data-dir must name a folder\n";
    exit_status = kUsageStatus;
    return std::nullopt;
  }
  if (flags.dev_principals && !IsLoopbackAddress(flags.listen)) {
    std::cerr << name
              << ": --dev-principals believes every caller, so --listen must be on loopback (127.0.0.1, [::1])\n";
    exit_status = kUsageStatus;
    return std::nullopt;
  }
  return flags;
}

}  // namespace splw::rpc
