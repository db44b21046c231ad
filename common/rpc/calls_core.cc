#include "common/rpc/calls_core.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "common/ids/ulid.h"
#include "common/rpc/status.h"
#include "common/telemetry/log.h"
#include "common/text/failure.h"

namespace splw::rpc {
namespace {

constexpr std::string_view kMetadataPrefix = "splw-";
// The methods of the policy are few; what is not one of them must not make a new series.
constexpr char kOtherMethod[] = "other";

}  // namespace

Arrival CallsCore::Arrive(grpc::ServerContextBase& context, std::string_view full_method) {
  Arrival arrival;
  arrival.method = std::string(full_method);
  arrival.arrived = wall_clock.Now();
  const auto deadline = context.deadline();
  arrival.deadline =
      deadline == std::chrono::system_clock::time_point::max() ? absl::InfiniteFuture() : absl::FromChrono(deadline);
  for (const auto& [key, value] : context.client_metadata()) {
    const std::string_view name(key.data(), key.size());
    if (name.substr(0, kMetadataPrefix.size()) != kMetadataPrefix) continue;
    // The first counts, so that nothing appended on the way replaces it.
    arrival.metadata.emplace(std::string(name), std::string(value.data(), value.size()));
  }
  const auto sent = arrival.metadata.find(std::string_view(kCorrelationIdKey));
  arrival.correlation_id = sent != arrival.metadata.end() && IsCorrelationId(sent->second)
                               ? sent->second
                               : ids::NewUlid(options.clock->Now(), *options.random);
  context.AddTrailingMetadata(kCorrelationIdKey, arrival.correlation_id);
  return arrival;
}

absl::Duration CallsCore::Remaining(const Arrival& arrival) const {
  if (arrival.deadline == absl::InfiniteFuture()) return kDefaultDeadline - (WallNow() - arrival.arrived);
  return std::min(arrival.deadline - WallNow(), kMaxDeadline);
}

absl::StatusOr<Call> CallsCore::AdmitArrival(const Arrival& arrival, const google::protobuf::Message* request) {
  absl::StatusOr<Call> maybe_call =
      Admit(*options.policy, options.dev_principals, arrival.method, arrival.metadata, request);
  if (maybe_call.ok()) {
    maybe_call->correlation_id = arrival.correlation_id;
    maybe_call->incarnation = options.incarnation;
    maybe_call->deadline = options.clock->Now() + Remaining(arrival);
  }
  return maybe_call;
}

void CallsCore::Record(const Arrival& arrival, const Call* call, const absl::Status& status) {
  const absl::Duration took = WallNow() - arrival.arrived;
  const std::string code = absl::StatusCodeToString(status.code());
  if (options.metrics != nullptr) {
    const bool known = options.policy->Find(arrival.method) != nullptr;
    options.metrics->CountCall(known ? arrival.method : kOtherMethod, code, took);
    options.metrics->SetCallsWaiting(pool.waiting());
  }
  const char* role = call == nullptr ? "" : identity::RoleName(call->principal.role);
  if (StaysInside(status)) {
    // The only text of an error that is logged: it is about the server, not about the request.
    telemetry::Log(telemetry::Level::kError, "call",
                   {{"correlation_id", arrival.correlation_id},
                    {"method", arrival.method},
                    {"code", code},
                    {"reason", text::ReasonOf(status)},
                    {"role", role},
                    {"milliseconds", absl::ToDoubleMilliseconds(took)},
                    {"error", std::string(status.message())}});
    return;
  }
  telemetry::Log(telemetry::Level::kInfo, "call",
                 {{"correlation_id", arrival.correlation_id},
                  {"method", arrival.method},
                  {"code", code},
                  {"reason", text::ReasonOf(status)},
                  {"role", role},
                  {"milliseconds", absl::ToDoubleMilliseconds(took)}});
}

bool CallsCore::AddWatcher(const std::shared_ptr<Drainable>& watcher, bool& draining) {
  std::size_t count = 0;
  {
    std::lock_guard lock(mutex_);
    draining = draining_;
    if (draining_ || watchers_.size() >= options.max_watchers) return false;
    watchers_.emplace(watcher.get(), watcher);
    count = watchers_.size();
  }
  if (options.metrics != nullptr) options.metrics->SetWatchers(count);
  return true;
}

void CallsCore::RemoveWatcher(const Drainable* watcher) {
  std::size_t count = 0;
  std::shared_ptr<Drainable> removed;  // let go of outside the lock
  {
    std::lock_guard lock(mutex_);
    const auto found = watchers_.find(watcher);
    if (found == watchers_.end()) return;
    removed = std::move(found->second);
    watchers_.erase(found);
    count = watchers_.size();
  }
  if (options.metrics != nullptr) options.metrics->SetWatchers(count);
}

void CallsCore::EndWatches() {
  std::vector<std::shared_ptr<Drainable>> watchers;
  {
    std::lock_guard lock(mutex_);
    draining_ = true;
    for (const auto& [key, watcher] : watchers_) watchers.push_back(watcher);
  }
  for (const auto& watcher : watchers) watcher->Drain();
}

}  // namespace splw::rpc
