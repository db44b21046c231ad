#include "common/delivery/dispatcher_core.h"

#include <algorithm>

#include "common/delivery/envelope.h"
#include "common/text/failure.h"
#include "common/text/status_macros.h"
#include "splw/delivery/v1/skipped_event.pb.h"

namespace splw::delivery {
namespace {

constexpr store::Attempt kDispatch{absl::InfiniteFuture(), "dispatch"};

// After which an outage counts as a long one.
constexpr absl::Duration kShortOutage = absl::Minutes(1);
// How long past its deadline a call may take to say so.
constexpr absl::Duration kOverdue = absl::Seconds(2);
// One in so much of the time goes into walks over all that waits, unless they were then further apart than this.
constexpr std::int64_t kRescanShare = 20;
constexpr absl::Duration kLongestRescanInterval = absl::Minutes(1);
// What a batch needs around its envelopes, at most: a tag and a length each.
constexpr std::size_t kBatchOverhead = kMaxBatchEvents * 8;
// After so many failures in a row, a stream's calls are no longer shared with others: one of them may be what makes them fail.
constexpr int kFailuresShared = 3;

// Errors of a peer that nobody reaches, and those that say nothing about what was sent.
bool IsUnreachable(absl::StatusCode code) {
  return code == absl::StatusCode::kUnavailable || code == absl::StatusCode::kDeadlineExceeded;
}
bool IsPassing(absl::StatusCode code) {
  return IsUnreachable(code) || code == absl::StatusCode::kResourceExhausted || code == absl::StatusCode::kCancelled;
}

bool IsDone(v1::Disposition disposition) {
  return disposition == v1::DISPOSITION_APPLIED || disposition == v1::DISPOSITION_ALREADY_APPLIED;
}

}  // namespace

DispatcherCore::DispatcherCore(store::Store& store, ids::Random& random, const std::vector<std::string>& destinations,
                               DispatcherLimits limits, OnParked on_parked)
    : store_(store), random_(random), limits_(limits), on_parked_(std::move(on_parked)) {
  for (const std::string& name : destinations) {
    destinations_[name].max_events = kMaxBatchEvents;
    stats_.destinations[name] = {};
  }
}

void DispatcherCore::OnSignal(const StreamKey& key) {
  // Where the stream is under way already, what came to it now is seen when its turn comes or its answer is settled.
  if (streams_.count(key) == 0) MakeReady(key);
}

void DispatcherCore::OnReachable(const std::string& destination) {
  const auto found = destinations_.find(destination);
  if (found != destinations_.end() && found->second.unreachable) found->second.blocked_until = absl::InfinitePast();
}

void DispatcherCore::MakeReady(const StreamKey& key) {
  const auto destination = destinations_.find(key.destination);
  if (destination == destinations_.end()) return;
  streams_[key].place = StreamPlace::kReady;
  destination->second.ready.push_back(key);
}

void DispatcherCore::Delay(const StreamKey& key, absl::Time now) {
  StreamState& stream = streams_[key];
  ++stream.failures;
  stream.place = StreamPlace::kDelayed;
  stream.delayed_until = now + Backoff(stream.failures, limits_.longest_delay);
  delayed_.insert({stream.delayed_until, key});
}

void DispatcherCore::DelayFaulty(const StreamKey& key, absl::Time now, const absl::Status& status) {
  Delay(key, now);
  StreamState& stream = streams_[key];
  if (stream.told == status.code() || IsPassing(status.code()) || absl::IsAborted(status)) return;
  stream.told = status.code();
  // Not the error's own words: they may hold what could not be read.
  if (on_parked_) {
    on_parked_(key, {0, absl::StatusCodeToString(status.code()),
                     "the stream's records cannot be read or settled; verify the store", 0});
  }
}

absl::Duration DispatcherCore::Backoff(int failures, absl::Duration longest) {
  constexpr int kMostDoublings = 20;
  const int doublings = std::clamp(failures - 1, 0, kMostDoublings);
  const absl::Duration delay = std::min(limits_.first_delay * (std::int64_t{1} << doublings), longest);
  // Half of it by chance, so that senders who failed together do not come back together.
  const double chance = static_cast<unsigned char>(random_.Bytes(1)[0]) / 255.0;
  return delay * (0.5 + 0.5 * chance);
}

absl::Time DispatcherCore::NextWakeup() const {
  absl::Time next = next_rescan_;
  if (!delayed_.empty()) next = std::min(next, delayed_.begin()->first);
  for (const auto& [id, in_flight] : in_flight_) next = std::min(next, in_flight.overdue);
  for (const auto& [name, destination] : destinations_) {
    const std::size_t capacity = destination.failures > 0 ? 1 : limits_.max_batches_in_flight;
    if (!destination.ready.empty() && destination.in_flight < capacity) {
      next = std::min(next, destination.blocked_until);
    }
  }
  return next;
}

void DispatcherCore::RescanPage(absl::Time now) {
  if (rescan_cursor_.empty()) rescan_began_ = now;
  WaitingPage page;
  const auto body = [&](store::Snapshot& snapshot) -> absl::Status {
    SPLW_ASSIGN_OR_RETURN(
        page, ListWaitingStreams(snapshot, "", false, {.size = limits_.rescan_page, .after = rescan_cursor_},
                                 /*first_events=*/false));
    return absl::OkStatus();
  };
  if (!store_.View(kDispatch, body).ok()) {
    rescan_cursor_.clear();
    rescanned_.clear();
    next_rescan_ = now + limits_.rescan_interval;
    return;
  }
  for (const WaitingStream& waiting : page.streams) {
    DestinationStats& stats = rescanned_[waiting.key.destination];
    stats.depth += waiting.depth;
    ++stats.streams;
    if (waiting.parked) {
      ++stats.parked_streams;
      continue;
    }
    stats.oldest = std::min(stats.oldest, waiting.first_event_time);
    OnSignal(waiting.key);
  }
  rescan_cursor_ = page.next;
  if (!page.next.empty()) return;  // the next page is due at once
  for (const auto& [name, destination] : destinations_) rescanned_.try_emplace(name);
  stats_.destinations = std::move(rescanned_);
  rescanned_.clear();
  // However much waits, most of the time goes to something else than walking through it.
  next_rescan_ =
      now + std::clamp(kRescanShare * (now - rescan_began_), limits_.rescan_interval, kLongestRescanInterval);
}

std::vector<Send> DispatcherCore::NextSends(absl::Time now) {
  Expire(now);
  // A clock that was set back must not hold anything up: nothing is ever planned further ahead than this.
  const absl::Time furthest = now + 2 * limits_.longest_delay;
  const absl::Time furthest_rescan = now + std::max(2 * limits_.rescan_interval, kLongestRescanInterval);
  if (next_rescan_ <= now || next_rescan_ > furthest_rescan) RescanPage(now);
  while (!delayed_.empty() && (delayed_.begin()->first <= now || delayed_.begin()->first > furthest)) {
    const StreamKey key = delayed_.begin()->second;
    delayed_.erase(delayed_.begin());
    MakeReady(key);
  }

  std::vector<Send> sends;
  for (auto& [name, destination] : destinations_) {
    if (destination.blocked_until > furthest) destination.blocked_until = now;
    // While the peer is away, one call at a time asks whether it is back.
    while (!destination.ready.empty() && destination.blocked_until <= now &&
           destination.in_flight < (destination.failures > 0 ? 1 : limits_.max_batches_in_flight)) {
      std::optional<Send> send = BuildBatch(name, destination, now);
      if (send.has_value()) sends.push_back(*std::move(send));
    }
  }
  return sends;
}

std::optional<Send> DispatcherCore::BuildBatch(const std::string& name, DestinationState& destination, absl::Time now) {
  // Whoever asks whether the peer is back needs no more than one event for it; a full batch would be read again each time.
  const std::size_t max_events = destination.unreachable ? 1 : destination.max_events;
  Batch batch;
  const auto body = [&](store::Snapshot& snapshot) -> absl::Status {
    batch = Batch();  // of an earlier run of this body
    for (const StreamKey& key : destination.ready) {
      const absl::Status added = AddStream(snapshot, key, max_events, batch);
      if (absl::IsDataLoss(added)) {  // this stream's fault; the others go on
        ++batch.considered;
        batch.unreadable.emplace_back(key, added);
      } else if (!added.ok()) {
        return added;
      }
      if (batch.full) break;
    }
    return absl::OkStatus();
  };
  const absl::StatusOr<store::Position> maybe_position = store_.View(kDispatch, body);
  if (!maybe_position.ok()) {
    destination.blocked_until = now + limits_.short_outage_delay;
    destination.unreachable = false;  // it is our store that fails
    return std::nullopt;
  }
  destination.ready.erase(destination.ready.begin(),
                          destination.ready.begin() + static_cast<std::ptrdiff_t>(batch.considered));
  for (const StreamKey& key : batch.done) Forget(key);
  for (const auto& [key, status] : batch.unreadable) DelayFaulty(key, now, status);
  if (!batch.defective.empty()) {
    std::vector<Settlement> settlements;
    for (auto& [key, parking] : batch.defective) settlements.push_back({key, 0, std::move(parking)});
    SettleAll(std::move(settlements), {}, now);
  }
  if (batch.in_flight.streams.empty()) return std::nullopt;

  for (const SentStream& sent : batch.in_flight.streams) streams_[sent.key].place = StreamPlace::kInFlight;
  ++destination.in_flight;
  batch.send.id = ++last_send_id_;
  batch.send.destination = name;
  batch.send.position = *maybe_position;
  batch.send.deadline = now + limits_.call_time;
  batch.in_flight.destination = name;
  batch.in_flight.started = now;
  batch.in_flight.overdue = batch.send.deadline + kOverdue;
  in_flight_.emplace(batch.send.id, std::move(batch.in_flight));
  return std::move(batch.send);
}

absl::Status DispatcherCore::AddStream(store::Snapshot& snapshot, const StreamKey& key, std::size_t max_events,
                                       Batch& batch) {
  const bool alone = streams_[key].alone;
  const auto count = static_cast<std::size_t>(batch.send.request.events_size());
  const std::size_t bytes = batch.bytes + kBatchOverhead;
  if (count >= max_events || bytes >= kMaxBatchBytes || (alone && count > 0)) {
    batch.full = true;
    return absl::OkStatus();
  }
  const std::size_t budget = kMaxBatchBytes - bytes;
  SPLW_ASSIGN_OR_RETURN(PendingEvents pending, ReadPending(snapshot, key, alone ? 1 : max_events - count, budget));
  const auto& head = pending.head;
  if (head.parked() || head.last_revision() == head.acknowledged_revision()) {
    ++batch.considered;
    batch.done.push_back(key);
    return absl::OkStatus();
  }
  if (pending.events.empty()) {
    ++batch.considered;
    batch.defective.emplace_back(
        key, Parking{head.acknowledged_revision() + 1, kOutboxRowMissing,
                     "the stream's next event is not in the store; verify the store", head.acknowledged_revision()});
    return absl::OkStatus();
  }
  if (pending.events.front().ByteSizeLong() > budget && count > 0) {
    batch.full = true;  // for the next batch
    return absl::OkStatus();
  }
  ++batch.considered;
  SentStream sent{key, head.last_revision(), {}};
  for (v1::Envelope& event : pending.events) {
    batch.bytes += event.ByteSizeLong();
    sent.events.push_back({event.event_id(), event.revision(), event.payload().Is<v1::SkippedEvent>()});
    *batch.send.request.add_events() = std::move(event);
  }
  batch.in_flight.streams.push_back(std::move(sent));
  batch.full = alone;
  return absl::OkStatus();
}

void DispatcherCore::Expire(absl::Time now) {
  std::vector<std::uint64_t> overdue;
  for (const auto& [id, in_flight] : in_flight_) {
    // Further ahead than it can be: the clock was set back.
    const bool from_later = in_flight.overdue > now + 2 * limits_.call_time + kOverdue;
    if (in_flight.overdue <= now || from_later) overdue.push_back(id);
  }
  for (const std::uint64_t id : overdue) OnResult(id, now, absl::DeadlineExceededError("no answer came"));
}

void DispatcherCore::OnResult(std::uint64_t id, absl::Time now, const absl::StatusOr<v1::DeliverResponse>& result) {
  const auto found = in_flight_.find(id);
  if (found == in_flight_.end()) return;
  InFlight in_flight = std::move(found->second);
  in_flight_.erase(found);
  --destinations_.at(in_flight.destination).in_flight;

  if (!result.ok()) return CallFailed(std::move(in_flight), now, result.status());
  if (!Fits(in_flight, *result)) {
    return CallFailed(std::move(in_flight), now, absl::InternalError("the answer does not fit the batch"));
  }
  CallAnswered(in_flight, now, *result);
}

bool DispatcherCore::Fits(const InFlight& in_flight, const v1::DeliverResponse& response) {
  int at = 0;
  for (const SentStream& sent : in_flight.streams) {
    for (const SentEvent& event : sent.events) {
      if (at == response.results_size() || response.results(at).event_id() != event.event_id) return false;
      ++at;
    }
  }
  return at == response.results_size();
}

void DispatcherCore::PeerIsThere(DestinationState& destination) {
  destination.failures = 0;
  destination.unreachable = false;
  destination.blocked_until = absl::InfinitePast();
}

void DispatcherCore::CallFailed(InFlight in_flight, absl::Time now, const absl::Status& status) {
  ++stats_.failed_calls[in_flight.destination][status.code()];
  DestinationState& destination = destinations_.at(in_flight.destination);
  std::size_t events = 0;
  for (const SentStream& sent : in_flight.streams) events += sent.events.size();

  if (status.code() == absl::StatusCode::kInvalidArgument) {
    // The peer is there, and something in the batch is not well formed: found by sending one event at a time.
    PeerIsThere(destination);
    if (events == 1) {
      const SentStream& sent = in_flight.streams.front();
      const std::uint64_t revision = sent.events.front().revision;
      const std::string reason = text::ReasonOf(status);
      return SettleAll({{sent.key, 0,
                         Parking{revision, reason.empty() ? "INVALID_ARGUMENT" : reason,
                                 text::Shortened(std::string(status.message())), revision - 1}}},
                       {}, now);
    }
    for (const SentStream& sent : in_flight.streams) {
      streams_[sent.key].alone = true;
      MakeReady(sent.key);
    }
    return;
  }

  if (status.code() == absl::StatusCode::kResourceExhausted) {
    destination.max_events = std::max<std::size_t>(1, std::min(destination.max_events, events) / 2);
  }
  bool guilty = false;  // it was sent alone, and the peer answered others since they failed together
  for (const SentStream& sent : in_flight.streams) {
    StreamState& stream = streams_[sent.key];
    const bool was_alone = stream.alone;
    if (!IsPassing(status.code()) && ++stream.failed_calls >= kFailuresShared) stream.alone = true;
    if (was_alone && !IsPassing(status.code()) && stream.failed_calls > kFailuresShared) {
      guilty = destination.failures == 0;
      Delay(sent.key, now);
    } else {
      MakeReady(sent.key);
    }
  }
  if (guilty) return;
  destination.unreachable = IsUnreachable(status.code());
  // Calls that were under way together and failed together are one failure.
  if (in_flight.started < destination.last_failure) return;
  if (destination.failures == 0) destination.outage_since = now;
  ++destination.failures;
  destination.last_failure = now;
  const bool is_short = now - destination.outage_since < kShortOutage;
  destination.blocked_until =
      now + Backoff(destination.failures, is_short ? limits_.short_outage_delay : limits_.longest_delay);
}

void DispatcherCore::CallAnswered(const InFlight& in_flight, absl::Time now, const v1::DeliverResponse& response) {
  DestinationState& destination = destinations_.at(in_flight.destination);
  PeerIsThere(destination);
  destination.max_events = std::min(kMaxBatchEvents, destination.max_events * 2);

  std::vector<Settlement> settlements;
  std::set<StreamKey> delayed;
  int at = 0;
  for (const SentStream& sent : in_flight.streams) {
    bool try_again = false;
    Settlement settlement = Judge(sent, response, at, try_again);
    at += static_cast<int>(sent.events.size());
    StreamState& stream = streams_[sent.key];
    stream.failed_calls = 0;
    if (settlement.acknowledged_revision > 0) stream.failures = 0;  // it goes on: the next failure is a first one
    if (settlement.acknowledged_revision == sent.events.back().revision) stream.alone = false;
    if (try_again) delayed.insert(sent.key);
    settlements.push_back(std::move(settlement));
  }
  SettleAll(std::move(settlements), delayed, now);
}

absl::StatusOr<std::uint64_t> DispatcherCore::LastRevision(const StreamKey& key) {
  std::uint64_t last = 0;
  const auto body = [&](store::Snapshot& snapshot) -> absl::Status {
    SPLW_ASSIGN_OR_RETURN(const PendingEvents pending, ReadPending(snapshot, key, 0, 0));
    last = pending.head.last_revision();
    return absl::OkStatus();
  };
  SPLW_RETURN_IF_ERROR(store_.View(kDispatch, body).status());
  return last;
}

Settlement DispatcherCore::Judge(const SentStream& sent, const v1::DeliverResponse& response, int first_result,
                                 bool& try_again) {
  Settlement settlement{sent.key, 0, std::nullopt};
  int at = first_result;
  for (const SentEvent& event : sent.events) {
    const v1::DeliveryResult& result = response.results(at++);
    if (result.applied_revision() > sent.last_revision && !(event.skipped && IsDone(result.disposition()))) {
      // More than there was when this was sent: another dispatcher of this store may have sent the rest since then.
      const absl::StatusOr<std::uint64_t> maybe_last = LastRevision(sent.key);
      if (!maybe_last.ok()) {
        try_again = true;
        return settlement;
      }
      // It has events that this store never sent. What it calls applied under this revision may then be another event,
      // and is not believed; an operator's skip is, for it says nothing else than to go on.
      if (result.applied_revision() > *maybe_last) {
        settlement.parking = {event.revision, kSourceRewound,
                              "the receiver has events of this stream that are not known here: was this store restored "
                              "from a backup?",
                              result.applied_revision()};
        return settlement;
      }
    }
    if (IsDone(result.disposition())) {
      settlement.acknowledged_revision = event.revision;
      ++stats_.delivered_events;
      continue;
    }
    // What comes after a failed event in its stream comes again with it.
    //
    // The first of the stream that we still have, and the receiver lacks one before it: that one was delivered once and is
    // erased here.
    const bool unfillable = result.disposition() == v1::DISPOSITION_GAP &&
                            event.revision == sent.events.front().revision &&
                            result.applied_revision() + 1 < event.revision;
    if (unfillable) {
      settlement.parking = {event.revision, kGapUnfillable,
                            "the receiver lacks events that it once acknowledged and that are kept here no more: "
                            "was it restored from a backup?",
                            result.applied_revision()};
    } else if (result.disposition() == v1::DISPOSITION_REFUSED) {
      settlement.parking = {event.revision, result.reason().empty() ? "REFUSED" : result.reason(), result.message(),
                            result.applied_revision()};
    } else {
      try_again = true;
    }
    return settlement;
  }
  return settlement;
}

void DispatcherCore::SettleAll(std::vector<Settlement> settlements, const std::set<StreamKey>& delayed,
                               absl::Time now) {
  std::map<std::string, std::vector<Settlement>> by_network;
  for (Settlement& settlement : settlements) by_network[settlement.key.network].push_back(std::move(settlement));
  for (const auto& [network, group] : by_network) {
    const absl::StatusOr<std::vector<Settled>> maybe_settled = Settle(store_, kDispatch, network, group);
    for (std::size_t i = 0; i < group.size(); ++i) {
      absl::StatusOr<Settled> maybe_one = Settled();
      if (maybe_settled.ok()) {
        maybe_one = (*maybe_settled)[i];
      } else if (group.size() == 1) {
        maybe_one = maybe_settled.status();
      } else {
        // One of them fails it: each by itself, and only that one waits.
        const auto maybe_alone = Settle(store_, kDispatch, network, {group[i]});
        maybe_one = maybe_alone.ok() ? absl::StatusOr<Settled>(maybe_alone->front()) : maybe_alone.status();
      }
      GoOnAfter(group[i], maybe_one, delayed.count(group[i].key) > 0, now);
    }
  }
}

void DispatcherCore::GoOnAfter(const Settlement& settlement, const absl::StatusOr<Settled>& maybe_settled, bool delayed,
                               absl::Time now) {
  const StreamKey& key = settlement.key;
  if (!maybe_settled.ok()) {
    DelayFaulty(key, now, maybe_settled.status());  // sent again then; the receiver will know it
  } else if (maybe_settled->parked) {
    Forget(key);
    if (on_parked_ && settlement.parking.has_value()) on_parked_(key, *settlement.parking);
  } else if (maybe_settled->depth == 0) {
    Forget(key);
  } else if (delayed) {
    Delay(key, now);
  } else {
    MakeReady(key);
  }
}

}  // namespace splw::delivery
