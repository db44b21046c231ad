// Decides what is sent when, and what an answer means. No thread, no clock: whoever drives it (common/delivery/dispatcher.h, or
// a simulation) says what happened and what time it is, and the same calls lead to the same sends.
//
// What it holds to:
//  - events of one stream go out in their order, one batch in flight at a time; streams go side by side;
//  - a peer that is away is tried again for ever, with growing delay; an event that was refused parks its stream and no other;
//  - a stream that cannot be read here, or that makes calls fail, waits alone: no other stream waits for it;
//  - what was acknowledged is erased; what was not is sent again. A crash at any point repeats sends and loses none.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "common/delivery/outbox.h"
#include "common/delivery/outbox_signal.h"
#include "common/ids/random.h"
#include "common/store/store.h"
#include "splw/delivery/v1/delivery_service.pb.h"

namespace splw::delivery {

struct DispatcherLimits {
  std::size_t max_batches_in_flight = 4;                // to each destination
  absl::Duration call_time = absl::Seconds(10);         // for one call
  absl::Duration first_delay = absl::Milliseconds(20);  // after a failed call; doubles
  absl::Duration short_outage_delay =
      absl::Milliseconds(800);                        // at most, in an outage's first minute: most are restarts
  absl::Duration longest_delay = absl::Seconds(5);    // at most, later
  absl::Duration rescan_interval = absl::Seconds(5);  // between walks over all that waits, at least
  std::size_t rescan_page = 200;                      // streams in one look
};

// How it stood when the outbox was last walked through.
struct DestinationStats {
  std::uint64_t depth = 0;    // events that wait
  std::uint64_t streams = 0;  // streams with events that wait
  std::uint64_t parked_streams = 0;
  absl::Time oldest = absl::InfiniteFuture();  // when the oldest event that waits and is not parked was made
};
struct DispatcherStats {
  std::map<std::string, DestinationStats> destinations;  // every configured one, and others that events wait for
  std::uint64_t delivered_events = 0;                    // acknowledged since the start
  // As a whole, since the start: by destination and by how they failed.
  std::map<std::string, std::map<absl::StatusCode, std::uint64_t>> failed_calls;
};

// A batch to be sent, once all up to `position` is durable.
struct Send {
  std::uint64_t id = 0;
  std::string destination;
  v1::DeliverRequest request;
  store::Position position;
  absl::Time deadline;
};

class DispatcherCore final {
 public:
  // A stream was parked; or, once for each kind of error, it cannot be read or settled: then the parking has no revision (0), the
  // error's code as its reason, and the stream is tried again for ever.
  using OnParked = std::function<void(const StreamKey&, const Parking&)>;

  // `store` and `random` must outlive it. Events for destinations that are not named here wait.
  DispatcherCore(store::Store& store, ids::Random& random, const std::vector<std::string>& destinations,
                 DispatcherLimits limits = {}, OnParked on_parked = nullptr);

  // A durable commit put events into this stream, or an operator let it go on.
  void OnSignal(const StreamKey& key);

  // The peer is known to be there again (it called, or its connection came up): it is tried at once, if what made it wait was
  // that nothing answered. Where it answered with errors, or is overloaded, its delay holds.
  void OnReachable(const std::string& destination);

  // What to send now. Also looks at a page of the outbox where that is due: at the start, and for signals that were lost.
  std::vector<Send> NextSends(absl::Time now);

  // The answer to a send; one that comes twice or too late is ignored.
  void OnResult(std::uint64_t id, absl::Time now, const absl::StatusOr<v1::DeliverResponse>& result);

  // When NextSends has something to do, if nothing else happens before; may be in the past.
  absl::Time NextWakeup() const;

  const DispatcherStats& stats() const { return stats_; }

 private:
  enum class StreamPlace { kReady, kInFlight, kDelayed };
  // A stream is here while it has events that can be sent, in exactly one place.
  struct StreamState {
    StreamPlace place = StreamPlace::kReady;
    absl::Time delayed_until;
    int failures = 0;
    bool alone = false;    // one event a batch: a batch with this stream in it was refused as a whole
    int failed_calls = 0;  // in a row, with an error that a peer that is away or busy does not give
    absl::StatusCode told = absl::StatusCode::kOk;  // the error of its records that OnParked was last told of
  };
  struct DestinationState {
    std::deque<StreamKey> ready;
    std::size_t in_flight = 0;
    std::size_t max_events = 0;  // in a batch: fewer after the peer found one too large
    int failures = 0;            // calls in a row that failed as a whole
    absl::Time outage_since;
    absl::Time last_failure = absl::InfinitePast();
    absl::Time blocked_until = absl::InfinitePast();
    bool unreachable = false;  // the last call that failed met nobody
  };
  struct SentEvent {
    std::string event_id;
    std::uint64_t revision = 0;
    bool skipped = false;  // an operator's SkippedEvent
  };
  struct SentStream {
    StreamKey key;
    std::uint64_t last_revision = 0;  // when it was sent
    std::vector<SentEvent> events;
  };
  struct InFlight {
    std::string destination;
    std::vector<SentStream> streams;  // in the order of the request
    absl::Time started;
    absl::Time overdue;
  };
  struct Batch {
    Send send;
    InFlight in_flight;
    std::size_t bytes = 0;                                       // of the events in it
    std::size_t considered = 0;                                  // how many of the ready streams were looked at
    std::vector<StreamKey> done;                                 // of those: nothing to send
    std::vector<std::pair<StreamKey, Parking>> defective;        // of those: cannot be sent
    std::vector<std::pair<StreamKey, absl::Status>> unreadable;  // of those: their records cannot be read
    bool full = false;
  };

  void MakeReady(const StreamKey& key);
  void Delay(const StreamKey& key, absl::Time now);
  void Forget(const StreamKey& key) { streams_.erase(key); }
  // Waits alone for its records to be mended.
  void DelayFaulty(const StreamKey& key, absl::Time now, const absl::Status& status);
  absl::Duration Backoff(int failures, absl::Duration longest);

  void RescanPage(absl::Time now);
  std::optional<Send> BuildBatch(const std::string& name, DestinationState& destination, absl::Time now);
  absl::Status AddStream(store::Snapshot& snapshot, const StreamKey& key, std::size_t max_events, Batch& batch);
  static bool Fits(const InFlight& in_flight, const v1::DeliverResponse& response);
  static void PeerIsThere(DestinationState& destination);
  void CallFailed(InFlight in_flight, absl::Time now, const absl::Status& status);
  void CallAnswered(const InFlight& in_flight, absl::Time now, const v1::DeliverResponse& response);
  // The revision of the last event that this store has put into the stream.
  absl::StatusOr<std::uint64_t> LastRevision(const StreamKey& key);
  // What the results of a stream's events, from `first_result` on, mean for it.
  Settlement Judge(const SentStream& sent, const v1::DeliverResponse& response, int first_result, bool& try_again);
  void SettleAll(std::vector<Settlement> settlements, const std::set<StreamKey>& delayed, absl::Time now);
  // What becomes of a stream whose settlement was written, or was not.
  void GoOnAfter(const Settlement& settlement, const absl::StatusOr<Settled>& maybe_settled, bool delayed,
                 absl::Time now);
  void Expire(absl::Time now);

  store::Store& store_;
  ids::Random& random_;
  const DispatcherLimits limits_;
  const OnParked on_parked_;

  std::map<std::string, DestinationState> destinations_;
  std::map<StreamKey, StreamState> streams_;
  std::set<std::pair<absl::Time, StreamKey>> delayed_;
  std::map<std::uint64_t, InFlight> in_flight_;
  std::uint64_t last_send_id_ = 0;

  absl::Time next_rescan_ = absl::InfinitePast();
  store::ScanCursor rescan_cursor_;
  absl::Time rescan_began_ = absl::InfinitePast();     // the walk under way
  std::map<std::string, DestinationStats> rescanned_;  // of the walk under way
  DispatcherStats stats_;
};

}  // namespace splw::delivery
