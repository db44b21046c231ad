#include "common/rpc/service_process.h"

#include <grpc/support/log.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include <absl/strings/str_cat.h>
#include <google/protobuf/stubs/logging.h>

#include "common/delivery/changes.h"
#include "common/delivery/delivery_tables.h"
#include "common/delivery/dispatcher.h"
#include "common/delivery/sweep.h"
#include "common/rpc/channel.h"
#include "common/rpc/delivery_service.h"
#include "common/rpc/operations_service.h"
#include "common/rpc/periodic_tasks.h"
#include "common/rpc/server.h"
#include "common/rpc/service_flags.h"
#include "common/store/folder.h"
#include "common/store/rocksdb_store.h"
#include "common/telemetry/log.h"
#include "common/telemetry/metrics.h"
#include "common/text/status_macros.h"

namespace splw::rpc {
namespace {

using telemetry::Level;
using telemetry::Log;

// sysexits.h
constexpr int kUnavailableStatus = 69;
constexpr int kSoftwareStatus = 70;
constexpr int kIoStatus = 74;

// A process that has not drained by then ends anyway: what was acknowledged is durable.
constexpr absl::Duration kLongestDrain = absl::Milliseconds(4700);
constexpr absl::Duration kLastWords = absl::Milliseconds(100);
// A clock is not that wrong by drifting.
constexpr absl::Duration kMostStoreAhead = absl::Hours(1);
constexpr absl::Duration kSweepInterval = absl::Minutes(10);
constexpr absl::Duration kDeliveryMetricsInterval = absl::Seconds(2);

void LogGrpc(gpr_log_func_args* entry) {
  if (entry->severity < GPR_LOG_SEVERITY_ERROR) return;
  Log(Level::kWarning, "grpc", {{"text", entry->message}});
}

// Health that can be told of a failure at any time, before there is a server too. A failure also has the process stop,
// as an operator would: started again, it may find the disk well.
class Serving final {
 public:
  void Fail() {
    std::lock_guard lock(mutex_);
    if (std::exchange(failed_, true)) return;
    if (server_ != nullptr) server_->SetServing(false);
    // Blocked in every thread, it waits for RunService to ask for it.
    ::kill(::getpid(), SIGTERM);
  }
  bool failed() {
    std::lock_guard lock(mutex_);
    return failed_;
  }
  // nullptr: the server goes.
  void Set(Server* server) {
    std::lock_guard lock(mutex_);
    server_ = server;
    if (server_ != nullptr && failed_) server_->SetServing(false);
  }

 private:
  std::mutex mutex_;
  Server* server_ = nullptr;
  bool failed_ = false;
};

// Ends the process if it is not told in time that all is well. It waits for nothing itself, the log's reader least of
// all.
class DrainWatchdog final {
 public:
  explicit DrainWatchdog(int exit_status)
      : thread_([this, exit_status] {
          std::unique_lock lock(mutex_);
          if (done_.wait_for(lock, absl::ToChronoMilliseconds(kLongestDrain), [this] { return over_; })) return;
          // In a thread that nobody waits for: a reader who stalls holds up whoever writes when the log's session is
          // over.
          std::thread([exit_status] { Log(Level::kError, "drain_timeout", {{"exit_status", exit_status}}); }).detach();
          done_.wait_for(lock, absl::ToChronoMilliseconds(kLastWords), [this] { return over_; });
          std::_Exit(exit_status);
        }) {}
  ~DrainWatchdog() {
    {
      std::lock_guard lock(mutex_);
      over_ = true;
    }
    done_.notify_all();
    thread_.join();
  }

 private:
  std::mutex mutex_;
  std::condition_variable done_;
  bool over_ = false;
  std::thread thread_;
};

// What protobuf would write on standard error by itself, as of a request that is none. Not its words: they may hold the input.
void LogOfProtobuf(google::protobuf::LogLevel level, const char* file, int line, const std::string& /*words*/) {
  const bool ours = level >= google::protobuf::LOGLEVEL_FATAL;  // it ends the process next
  Log(ours ? Level::kError : Level::kInfo, "protobuf", {{"where", absl::StrCat(file, ":", line)}});
}

class LogSession final {
 public:
  LogSession(const std::string& service, Level level) {
    telemetry::StartLog(service, level);
    google::protobuf::SetLogHandler(&LogOfProtobuf);
  }
  ~LogSession() { telemetry::StopLog(); }
};

// Says it to whoever started the process, in one line.
int Refuse(const std::string& name, const std::string& words, int status) {
  Log(Level::kError, "not_started", {{"error", words}, {"exit_status", status}});
  // As one write, so that no line of the log falls into it.
  std::cerr << absl::StrCat(name, ": ", words, "\n") << std::flush;
  return status;
}

absl::Status WritePortFile(const std::string& path, int port, int metrics_port) {
  const std::string draft = path + ".new";
  {
    std::ofstream file(draft, std::ios::trunc);
    file << port << "\n" << metrics_port << "\n";
    file.close();
    if (!file) return absl::UnavailableError("cannot write " + draft);
  }
  if (std::rename(draft.c_str(), path.c_str()) != 0) return absl::UnavailableError("cannot write " + path);
  return absl::OkStatus();
}

std::vector<const store::UntypedTable*> AllTables(const ServiceDefinition& definition) {
  std::vector<const store::UntypedTable*> tables = delivery::DeliveryTables();
  tables.insert(tables.end(), definition.tables.begin(), definition.tables.end());
  return tables;
}

std::vector<identity::PolicyRow> AllPolicy(const ServiceDefinition& definition) {
  std::vector<identity::PolicyRow> rows = definition.policy;
  for (const auto& more : {DeliveryPolicy(), OperationsPolicy()}) rows.insert(rows.end(), more.begin(), more.end());
  return rows;
}

// Everything between opening and closing. The order of the members is the order in which they are made; they go in
// reverse.
class Process final {
 public:
  Process(const ServiceDefinition& definition, const ServiceFlags& flags) : definition_(definition), flags_(flags) {}
  ~Process() { Stop(); }

  // 0, or the exit status after it was said why.
  int Start();
  void Stop();
  // Whether the disk refused a write.
  bool failed() { return serving_.failed(); }

 private:
  int CheckStoreIsThere();
  int OpenStore();
  int CheckStoreTime();
  int MakeObjects();
  int StartServer();
  void StartDispatcher();
  std::vector<PeriodicTask> Tasks();
  absl::StatusOr<bool> UpdateMetrics();

  const ServiceDefinition& definition_;
  const ServiceFlags& flags_;
  time::SystemClock clock_;
  ids::SystemRandom random_;
  telemetry::Metrics metrics_;
  Serving serving_;
  delivery::OutboxSignal outbox_signal_;
  delivery::FeedSignal feed_signal_;
  std::optional<identity::PolicyTable> policy_;
  std::unique_ptr<store::RocksDbStore> store_;
  std::unique_ptr<delivery::Changes> changes_;
  std::unique_ptr<Calls> calls_;
  std::unique_ptr<ServiceObjects> objects_;
  std::unique_ptr<delivery::Inbox> inbox_;
  std::unique_ptr<delivery::Dispatcher> dispatcher_;
  std::unique_ptr<DeliveryService> delivery_service_;
  std::unique_ptr<OperationsService> operations_service_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<telemetry::MetricsServer> metrics_server_;
  std::unique_ptr<PeriodicTasks> tasks_;
};

// A key without its store is what is left of a folder that was copied, mounted or restored in part. With an empty store the
// service would look well, and know nobody: that must not happen in silence. Nothing is made before this is asked, so that the
// next start asks it again.
int Process::CheckStoreIsThere() {
  std::error_code error;
  if (std::filesystem::exists(flags_.data_dir + "/store/CURRENT", error)) return 0;  // every RocksDB has it
  for (const std::string& key : definition_.store_keys) {
    const std::string path = absl::StrCat(flags_.data_dir, "/", key);
    if (!std::filesystem::exists(path, error)) continue;
    Log(flags_.accept_empty_store ? Level::kWarning : Level::kError, "store_missing", {{"key", path}});
    if (flags_.accept_empty_store) return 0;
    return Refuse(
        definition_.name,
        absl::StrCat("the folder ", flags_.data_dir, " has the key of a store, ", key,
                     ", and not the store: look whether its disk is mounted and whether --data-dir is right, or "
                     "put the folder \"store\" back from the same backup; to begin with an empty store, start "
                     "once with --accept-empty-store"),
        kIoStatus);
  }
  return 0;
}

int Process::OpenStore() {
  if (const int status = CheckStoreIsThere(); status != 0) return status;
  const absl::StatusOr<bool> maybe_made = store::MakeFolder(flags_.data_dir);
  if (!maybe_made.ok()) return Refuse(definition_.name, std::string(maybe_made.status().message()), kIoStatus);
  // What people told in confidence: nobody else on this machine need look in. A folder that was there has the rights
  // that its owner gave it; the store's own folder in it is private in any case.
  std::error_code error;
  if (*maybe_made) std::filesystem::permissions(flags_.data_dir, std::filesystem::perms::owner_all, error);
  if (error) {
    return Refuse(definition_.name, absl::StrCat("cannot make ", flags_.data_dir, " private: ", error.message()),
                  kIoStatus);
  }
  absl::StatusOr<std::unique_ptr<store::RocksDbStore>> maybe_store = store::RocksDbStore::Open(
      {.path = flags_.data_dir + "/store",
       .owner = definition_.name,
       .clock = &clock_,
       .random = &random_,
       .accept_wal_loss = flags_.accept_wal_loss,
       .hooks = {.on_commit = [this](const char* label, absl::Duration took) { metrics_.CountCommit(label, took); },
                 .on_sync = [this](absl::Duration took, std::size_t group) { metrics_.CountSync(took, group); }},
       .on_background_error = [this](const absl::Status& status) {
         Log(Level::kError, "store_failed", {{"error", std::string(status.message())}});
         metrics_.SetStoreFailed();
         serving_.Fail();
       }});
  if (!maybe_store.ok()) {
    const bool taken = maybe_store.status().code() == absl::StatusCode::kFailedPrecondition;
    return Refuse(definition_.name, std::string(maybe_store.status().message()),
                  taken ? kUnavailableStatus : kIoStatus);
  }
  store_ = *std::move(maybe_store);
  if (store_->recovery().wal_loss_accepted) {
    Log(Level::kWarning, "wal_loss_accepted",
        {{"last_sequence", store_->recovery().last_sequence},
         {"last_commit", absl::FormatTime(absl::RFC3339_full, store_->recovery().last_commit, absl::UTCTimeZone())}});
  }
  if (const int status = CheckStoreTime(); status != 0) return status;
  if (flags_.restored) {
    const std::string before = store_->incarnation();
    const absl::Status renewed = store_->RenewIncarnation();
    if (!renewed.ok()) return Refuse(definition_.name, std::string(renewed.message()), kIoStatus);
    Log(Level::kWarning, "restored", {{"incarnation_before", before}, {"incarnation", store_->incarnation()}});
  }
  return 0;
}

int Process::CheckStoreTime() {
  const absl::Duration ahead = std::max(absl::ZeroDuration(), store_->recovery().last_commit - clock_.Now());
  metrics_.SetStoreAhead(ahead);
  if (ahead <= kMostStoreAhead) return 0;
  const std::string last = absl::FormatTime(absl::RFC3339_sec, store_->recovery().last_commit, absl::UTCTimeZone());
  Log(Level::kError, "clock_behind", {{"seconds", absl::ToInt64Seconds(ahead)}, {"last_commit", last}});
  if (flags_.accept_clock_behind) return 0;
  return Refuse(
      definition_.name,
      absl::StrCat("the store's last change is of ", last, ", ",
                   absl::FormatDuration(absl::Trunc(ahead, absl::Seconds(1))),
                   " ahead of this machine's clock: set the clock right and start again; or, if it is right and was "
                   "wrong before, start with --accept-clock-behind: the store's time then stands still until the "
                   "clock is there"),
      kIoStatus);
}

int Process::MakeObjects() {
  absl::StatusOr<std::unique_ptr<ServiceObjects>> maybe_objects =
      definition_.make({*store_, *changes_, *calls_, clock_, random_, flags_.data_dir});
  if (!maybe_objects.ok()) return Refuse(definition_.name, std::string(maybe_objects.status().message()), kIoStatus);
  objects_ = *std::move(maybe_objects);
  return 0;
}

int Process::StartServer() {
  std::vector<grpc::Service*> services = objects_->services();
  services.push_back(delivery_service_.get());
  services.push_back(operations_service_.get());
  absl::StatusOr<std::unique_ptr<Server>> maybe_server = Server::Start(*calls_, {.address = flags_.listen,
                                                                                 .policy = &*policy_,
                                                                                 .services = std::move(services),
                                                                                 .reflection = flags_.reflection});
  if (!maybe_server.ok()) {
    const bool taken = maybe_server.status().code() == absl::StatusCode::kUnavailable;
    return Refuse(definition_.name, std::string(maybe_server.status().message()),
                  taken ? kUnavailableStatus : kSoftwareStatus);
  }
  server_ = *std::move(maybe_server);
  serving_.Set(server_.get());
  return 0;
}

void Process::StartDispatcher() {
  std::map<std::string, std::shared_ptr<delivery::Peer>> peers;
  for (const auto& [name, address] : flags_.peer_addresses) {
    peers[name] = std::make_shared<GrpcPeer>(address, definition_.name, clock_);
  }
  dispatcher_ = std::make_unique<delivery::Dispatcher>(
      delivery::DispatcherOptions{.store = *store_,
                                  .signal = outbox_signal_,
                                  .clock = clock_,
                                  .random = random_,
                                  .peers = std::move(peers),
                                  .limits = {},
                                  .on_parked = [](const delivery::StreamKey& key, const delivery::Parking& parking) {
                                    Log(Level::kError, parking.revision == 0 ? "stream_faulty" : "stream_parked",
                                        {{"network", key.network},
                                         {"destination", key.destination},
                                         {"stream", key.stream},
                                         {"revision", parking.revision},
                                         {"reason", parking.reason}});
                                  }});
}

std::vector<PeriodicTask> Process::Tasks() {
  std::vector<PeriodicTask> tasks = objects_->tasks();
  tasks.push_back({"request_memory", kSweepInterval, [this] { return delivery::SweepExpiredRequests(*store_); }});
  tasks.push_back({"feed_retention", kSweepInterval, [this] { return delivery::SweepFeed(*store_); }});
  tasks.push_back({"delivery_metrics", kDeliveryMetricsInterval, [this] { return UpdateMetrics(); }});
  return tasks;
}

absl::StatusOr<bool> Process::UpdateMetrics() {
  const absl::Time now = clock_.Now();
  absl::Time store_now;
  SPLW_RETURN_IF_ERROR(store_
                           ->View({.label = "store_time"},
                                  [&](store::Snapshot& snapshot) {
                                    store_now = snapshot.Now();
                                    return absl::OkStatus();
                                  })
                           .status());
  metrics_.SetStoreAhead(std::max(absl::ZeroDuration(), store_now - now));
  metrics_.SetInboxRewound(inbox_->rewound_count());
  const delivery::DispatcherStats stats = dispatcher_->stats();
  for (const auto& [name, outbox] : stats.destinations) {
    metrics_.SetOutbox(name, outbox.depth, std::max(absl::ZeroDuration(), now - std::min(now, outbox.oldest)),
                       outbox.parked_streams);
  }
  for (const auto& [name, failures] : stats.failed_calls) {
    for (const auto& [code, total] : failures) {
      metrics_.SetDeliveryFailures(name, absl::StatusCodeToString(code), total);
    }
  }
  return false;
}

int Process::Start() {
  absl::StatusOr<identity::PolicyTable> maybe_policy = identity::PolicyTable::Make(AllPolicy(definition_));
  if (!maybe_policy.ok()) {
    return Refuse(definition_.name, std::string(maybe_policy.status().message()), kSoftwareStatus);
  }
  policy_ = *std::move(maybe_policy);
  if (const int status = OpenStore(); status != 0) return status;
  changes_ = delivery::MakeChanges({.store = *store_,
                                    .random = random_,
                                    .source = definition_.name,
                                    .incarnation = store_->incarnation(),
                                    .outbox_signal = &outbox_signal_,
                                    .feed_signal = &feed_signal_});
  calls_ = std::make_unique<Calls>(CallsOptions{.store = store_.get(),
                                                .policy = &*policy_,
                                                .clock = &clock_,
                                                .random = &random_,
                                                .feed_signal = &feed_signal_,
                                                .incarnation = store_->incarnation(),
                                                .metrics = &metrics_,
                                                .dev_principals = flags_.dev_principals,
                                                .threads = flags_.threads,
                                                .max_queued = static_cast<std::size_t>(flags_.max_calls_queued)});
  if (const int status = MakeObjects(); status != 0) return status;
  inbox_ = std::make_unique<delivery::Inbox>(*store_, *changes_);
  objects_->RegisterEvents(*inbox_);
  StartDispatcher();
  delivery_service_ = std::make_unique<DeliveryService>(
      *calls_, *inbox_, [this](const std::string& source) { dispatcher_->PeerReachable(source); });
  operations_service_ = std::make_unique<OperationsService>(*calls_, *store_, *changes_, AllTables(definition_));
  if (const int status = StartServer(); status != 0) return status;
  dispatcher_->Start();

  int metrics_port = 0;
  if (!flags_.metrics_listen.empty()) {
    auto maybe_metrics_server = telemetry::MetricsServer::Start(flags_.metrics_listen, metrics_);
    if (!maybe_metrics_server.ok()) {
      return Refuse(definition_.name, std::string(maybe_metrics_server.status().message()), kUnavailableStatus);
    }
    metrics_server_ = *std::move(maybe_metrics_server);
    metrics_port = metrics_server_->port();
  }
  tasks_ = std::make_unique<PeriodicTasks>(Tasks(), metrics_, clock_);
  if (!flags_.port_file.empty()) {
    const absl::Status written = WritePortFile(flags_.port_file, server_->port(), metrics_port);
    if (!written.ok()) return Refuse(definition_.name, std::string(written.message()), kIoStatus);
  }
  Log(Level::kInfo, "serving",
      {{"port", server_->port()}, {"metrics_port", metrics_port}, {"data_dir", flags_.data_dir}});
  return 0;
}

void Process::Stop() {
  // Health, watches and calls first; what they started is then still there to end.
  if (server_ != nullptr) server_->Drain();
  serving_.Set(nullptr);
  tasks_.reset();
  if (dispatcher_ != nullptr) dispatcher_->Stop();
  metrics_server_.reset();
  server_.reset();
  operations_service_.reset();
  delivery_service_.reset();
  calls_.reset();
  dispatcher_.reset();
  inbox_.reset();
  objects_.reset();
  changes_.reset();
  if (store_ != nullptr) store_->Close();
  store_.reset();
}

}  // namespace

int RunService(int argc, char** argv, const ServiceDefinition& definition) {
  // Before any thread is started, so that every one inherits it and only sigwait below gets them.
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGTERM);
  sigaddset(&stop_signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a write beyond the limit of a file's size then fails like one on a full disk

  int exit_status = 0;
  const std::optional<ServiceFlags> flags = ParseServiceFlags(argc, argv, definition, exit_status);
  if (!flags.has_value()) return exit_status;
  // Outlives the log's session, which ends when everything waiting was written: a reader who stalls must not hold up
  // the end.
  std::optional<DrainWatchdog> watchdog;
  const LogSession log(definition.name, flags->log_level);
  gpr_set_log_function(LogGrpc);
  if (flags->dev_principals) {
    Log(Level::kWarning, "dev_principals",
        {{"text",
          "DEVELOPMENT ONLY: every caller on this machine is believed to be who they say. Never with real people's "
          "data."}});
  } else {
    Log(Level::kWarning, "no_authentication",
        {{"text", "nobody can call this server but for health checks: it knows no way to authenticate a caller"}});
  }

  Process process(definition, *flags);
  if (const int status = process.Start(); status != 0) {
    watchdog.emplace(status);
    return status;
  }
  int received = 0;
  sigwait(&stop_signals, &received);
  watchdog.emplace(process.failed() ? kIoStatus : kSoftwareStatus);
  Log(Level::kInfo, "stopping", {{"signal", received}, {"store_failed", process.failed()}});
  process.Stop();
  const int status = process.failed() ? kIoStatus : 0;
  Log(Level::kInfo, "stopped", {{"exit_status", status}});
  return status;
}

}  // namespace splw::rpc
