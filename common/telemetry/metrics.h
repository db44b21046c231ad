// What a service counts, under names that dashboards rely on. No label ever holds an id of a person or a resource: labels
// are methods, codes, destinations and literals, so that there are few of them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include <absl/status/statusor.h>
#include <absl/time/time.h>

namespace prometheus {
class Counter;
class Exposer;
class Gauge;
class Histogram;
class Registry;
template <typename T>
class Family;
}  // namespace prometheus

namespace splw::telemetry {

// Thread-safe.
class Metrics final {
 public:
  Metrics();
  ~Metrics();

  // splw_calls_total{method,code}, splw_call_seconds{method}. `method` is one of the policy table, `code` like "NOT_FOUND".
  void CountCall(std::string_view method, std::string_view code, absl::Duration took);
  // splw_calls_waiting, splw_watchers.
  void SetCallsWaiting(std::size_t count);
  void SetWatchers(std::size_t count);
  // splw_store_commit_seconds{label}, splw_store_sync_seconds, splw_store_sync_group_size.
  void CountCommit(std::string_view label, absl::Duration took);
  void CountSync(absl::Duration took, std::size_t group_size);
  // splw_outbox_depth{destination}, splw_outbox_oldest_seconds{destination}, splw_parked_streams{destination}.
  void SetOutbox(std::string_view destination, std::size_t depth, absl::Duration age_of_oldest,
                 std::size_t parked_streams);
  // splw_delivery_failed_calls_total{destination,code}: `total` since the start, which only grows.
  void SetDeliveryFailures(std::string_view destination, std::string_view code, std::uint64_t total);
  // splw_inbox_rewound_total: events refused with SOURCE_REWOUND; `total` since the start.
  void SetInboxRewound(std::uint64_t total);
  // splw_store_ahead_seconds: how far the store's time is ahead of the machine's clock.
  void SetStoreAhead(absl::Duration ahead);
  // splw_store_failed: 0, and 1 from then on.
  void SetStoreFailed();
  // splw_task_failures_total{task}.
  void CountTaskFailure(std::string_view task);

  // All of it, in the text format of Prometheus.
  std::string Text() const;

  const std::shared_ptr<prometheus::Registry>& registry() const { return registry_; }

 private:
  // The series of one method. The library finds a series by hashing all its labels: too slow for every call.
  struct CallSeries {
    prometheus::Histogram* seconds = nullptr;
    std::map<std::string, prometheus::Counter*, std::less<>> by_code;
  };

  std::shared_ptr<prometheus::Registry> registry_;
  prometheus::Family<prometheus::Counter>& calls_;
  prometheus::Family<prometheus::Histogram>& call_seconds_;
  prometheus::Family<prometheus::Histogram>& commit_seconds_;
  prometheus::Family<prometheus::Gauge>& outbox_depth_;
  prometheus::Family<prometheus::Gauge>& outbox_oldest_;
  prometheus::Family<prometheus::Gauge>& parked_streams_;
  prometheus::Family<prometheus::Counter>& delivery_failures_;
  prometheus::Family<prometheus::Counter>& task_failures_;
  prometheus::Gauge& calls_waiting_;
  prometheus::Gauge& watchers_;
  prometheus::Gauge& store_ahead_;
  prometheus::Gauge& store_failed_;
  prometheus::Counter& inbox_rewound_;
  prometheus::Histogram& sync_seconds_;
  prometheus::Histogram& sync_group_;
  std::mutex series_mutex_;                                                   // for both
  std::map<std::string, CallSeries, std::less<>> call_series_;                // by method
  std::map<std::string, prometheus::Histogram*, std::less<>> commit_series_;  // by label
};

// Serves the metrics at http://ADDRESS/metrics for as long as it lives.
class MetricsServer final {
 public:
  // `address`: "127.0.0.1:7411"; port 0: any. UNAVAILABLE where the address is taken or not to be had.
  static absl::StatusOr<std::unique_ptr<MetricsServer>> Start(const std::string& address, const Metrics& metrics);
  ~MetricsServer();
  int port() const { return port_; }

 private:
  MetricsServer(std::unique_ptr<prometheus::Exposer> exposer, int port);
  std::unique_ptr<prometheus::Exposer> exposer_;
  int port_;
};

}  // namespace splw::telemetry
