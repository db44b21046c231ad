#include "common/telemetry/metrics.h"

#include <exception>

#include <absl/status/status.h>
#include <absl/strings/str_cat.h>
#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace splw::telemetry {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;
using prometheus::Histogram;

// From a read in memory to a call that nearly timed out, in seconds.
const Histogram::BucketBoundaries& Latencies() {
  static const auto* const boundaries =
      new Histogram::BucketBoundaries{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
  return *boundaries;
}

// For what is counted elsewhere. A counter refuses to go down by itself.
void RaiseTo(prometheus::Counter& counter, std::uint64_t total) {
  counter.Increment(static_cast<double>(total) - counter.Value());
}

}  // namespace

Metrics::Metrics()
    : registry_(std::make_shared<prometheus::Registry>()),
      calls_(BuildCounter().Name("splw_calls_total").Help("Calls by method and status code.").Register(*registry_)),
      call_seconds_(BuildHistogram()
                        .Name("splw_call_seconds")
                        .Help("From a call's arrival until its reply leaves.")
                        .Register(*registry_)),
      commit_seconds_(BuildHistogram()
                          .Name("splw_store_commit_seconds")
                          .Help("From the wish to commit until it is in the log, not synced.")
                          .Register(*registry_)),
      outbox_depth_(
          BuildGauge().Name("splw_outbox_depth").Help("Events that wait to be delivered.").Register(*registry_)),
      outbox_oldest_(BuildGauge()
                         .Name("splw_outbox_oldest_seconds")
                         .Help("Age of the oldest event that waits.")
                         .Register(*registry_)),
      parked_streams_(
          BuildGauge().Name("splw_parked_streams").Help("Streams that wait for an operator.").Register(*registry_)),
      delivery_failures_(BuildCounter()
                             .Name("splw_delivery_failed_calls_total")
                             .Help("Calls that should have handed events to a peer and failed as a whole.")
                             .Register(*registry_)),
      task_failures_(BuildCounter()
                         .Name("splw_task_failures_total")
                         .Help("Periodic tasks that ended with an error.")
                         .Register(*registry_)),
      calls_waiting_(
          BuildGauge().Name("splw_calls_waiting").Help("Calls that wait for a thread.").Register(*registry_).Add({})),
      watchers_(BuildGauge().Name("splw_watchers").Help("Open Watch calls.").Register(*registry_).Add({})),
      store_ahead_(BuildGauge()
                       .Name("splw_store_ahead_seconds")
                       .Help("How far the store's time is ahead of the machine's clock.")
                       .Register(*registry_)
                       .Add({})),
      store_failed_(BuildGauge()
                        .Name("splw_store_failed")
                        .Help("1: the disk refused a write, and the process is ending.")
                        .Register(*registry_)
                        .Add({})),
      inbox_rewound_(BuildCounter()
                         .Name("splw_inbox_rewound_total")
                         .Help("Events refused because their source used a revision a second time.")
                         .Register(*registry_)
                         .Add({})),
      sync_seconds_(BuildHistogram()
                        .Name("splw_store_sync_seconds")
                        .Help("How long one sync of the log took.")
                        .Register(*registry_)
                        .Add({}, Latencies())),
      sync_group_(BuildHistogram()
                      .Name("splw_store_sync_group_size")
                      .Help("How many waited for one sync.")
                      .Register(*registry_)
                      .Add({}, Histogram::BucketBoundaries{0, 1, 2, 4, 8, 16, 32, 64, 128, 256})) {}

Metrics::~Metrics() = default;

void Metrics::CountCall(std::string_view method, std::string_view code, absl::Duration took) {
  prometheus::Counter* counter = nullptr;
  prometheus::Histogram* seconds = nullptr;
  {
    std::lock_guard lock(series_mutex_);
    auto of_method = call_series_.find(method);
    if (of_method == call_series_.end()) {
      of_method = call_series_.emplace(std::string(method), CallSeries()).first;
      of_method->second.seconds = &call_seconds_.Add({{"method", of_method->first}}, Latencies());
    }
    CallSeries& series = of_method->second;
    auto of_code = series.by_code.find(code);
    if (of_code == series.by_code.end()) {
      of_code = series.by_code.emplace(std::string(code), nullptr).first;
      of_code->second = &calls_.Add({{"method", of_method->first}, {"code", of_code->first}});
    }
    seconds = series.seconds;
    counter = of_code->second;
  }
  counter->Increment();
  seconds->Observe(absl::ToDoubleSeconds(took));
}

void Metrics::SetCallsWaiting(std::size_t count) {
  calls_waiting_.Set(static_cast<double>(count));
}

void Metrics::SetWatchers(std::size_t count) {
  watchers_.Set(static_cast<double>(count));
}

void Metrics::SetStoreAhead(absl::Duration ahead) {
  store_ahead_.Set(absl::ToDoubleSeconds(ahead));
}

void Metrics::SetStoreFailed() {
  store_failed_.Set(1);
}

void Metrics::CountCommit(std::string_view label, absl::Duration took) {
  prometheus::Histogram* seconds = nullptr;
  {
    std::lock_guard lock(series_mutex_);
    auto of_label = commit_series_.find(label);
    if (of_label == commit_series_.end()) {
      of_label = commit_series_.emplace(std::string(label), nullptr).first;
      of_label->second = &commit_seconds_.Add({{"label", of_label->first}}, Latencies());
    }
    seconds = of_label->second;
  }
  seconds->Observe(absl::ToDoubleSeconds(took));
}

void Metrics::CountSync(absl::Duration took, std::size_t group_size) {
  sync_seconds_.Observe(absl::ToDoubleSeconds(took));
  sync_group_.Observe(static_cast<double>(group_size));
}

void Metrics::SetOutbox(std::string_view destination, std::size_t depth, absl::Duration age_of_oldest,
                        std::size_t parked_streams) {
  const prometheus::Labels labels = {{"destination", std::string(destination)}};
  outbox_depth_.Add(labels).Set(static_cast<double>(depth));
  outbox_oldest_.Add(labels).Set(absl::ToDoubleSeconds(age_of_oldest));
  parked_streams_.Add(labels).Set(static_cast<double>(parked_streams));
}

void Metrics::SetDeliveryFailures(std::string_view destination, std::string_view code, std::uint64_t total) {
  RaiseTo(delivery_failures_.Add({{"destination", std::string(destination)}, {"code", std::string(code)}}), total);
}

void Metrics::SetInboxRewound(std::uint64_t total) {
  RaiseTo(inbox_rewound_, total);
}

void Metrics::CountTaskFailure(std::string_view task) {
  task_failures_.Add({{"task", std::string(task)}}).Increment();
}

std::string Metrics::Text() const {
  return prometheus::TextSerializer().Serialize(registry_->Collect());
}

MetricsServer::MetricsServer(std::unique_ptr<prometheus::Exposer> exposer, int port)
    : exposer_(std::move(exposer)), port_(port) {}

MetricsServer::~MetricsServer() = default;

absl::StatusOr<std::unique_ptr<MetricsServer>> MetricsServer::Start(const std::string& address,
                                                                    const Metrics& metrics) {
  // The library throws where it cannot bind: an error becomes a value here.
  try {
    auto exposer = std::make_unique<prometheus::Exposer>(address, 1);
    exposer->RegisterCollectable(metrics.registry());
    const std::vector<int> ports = exposer->GetListeningPorts();
    if (ports.empty()) return absl::UnavailableError(absl::StrCat("cannot serve metrics on ", address));
    return std::unique_ptr<MetricsServer>(new MetricsServer(std::move(exposer), ports.front()));
  } catch (const std::exception& failure) {
    return absl::UnavailableError(
        absl::StrCat("cannot serve metrics on ", address, ": is the address taken? (", failure.what(), ")"));
  }
}

}  // namespace splw::telemetry
