// The outbox as the dispatcher and operators see it: what waits, what was settled, what is parked.
// Every function works on the store alone; thread-safe as the store is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "common/delivery/change.h"
#include "common/delivery/outbox_signal.h"
#include "common/store/table.h"
#include "splw/delivery/storage/v1/delivery_storage.pb.h"

namespace splw::delivery {

// A stream with events waiting.
struct WaitingStream {
  StreamKey key;
  std::uint64_t depth = 0;  // how many wait
  std::string first_event_id;
  std::string first_event_type;  // "splw.referral.v1.ReferralAccepted"
  absl::Time first_event_time;   // when it was made
  bool parked = false;
  std::string parked_reason;
  std::string parked_message;
};

struct WaitingPage {
  std::vector<WaitingStream> streams;
  store::ScanCursor next;  // empty: this was the last page
};

// A page of the streams with events waiting: all parked ones, network by network, then the others, oldest first within
// their network. `network`: only of this one; empty: of all. A stream that cannot be read is left out, one whose first event
// cannot be is there without it: `store verify` tells of both. `first_events`: with the id and type of each stream's first
// event, which costs a look at each. INVALID_ARGUMENT for a cursor of another list.
absl::StatusOr<WaitingPage> ListWaitingStreams(store::Snapshot& snapshot, std::string_view network, bool parked_only,
                                               const store::PageRequest& page, bool first_events = true);

// The waiting events of one stream from its first on: at most `max_events`, and of `max_bytes` together (but at least one).
// They end before one that cannot be read; DATA_LOSS if that is the first.
struct PendingEvents {
  storage::v1::OutboxStream head;
  std::vector<v1::Envelope> events;  // empty: none waits, or the row that should be the first is not there
};
absl::StatusOr<PendingEvents> ReadPending(store::Snapshot& snapshot, const StreamKey& key, std::size_t max_events,
                                          std::size_t max_bytes);

// Why a stream waits for an operator.
struct Parking {
  std::uint64_t revision = 0;  // the event that was refused: nothing happens if it is not the first any more
  std::string reason;          // a stable code
  std::string message;
  std::uint64_t peer_applied_revision = 0;
};

// What became of a stream's events at the receiver.
struct Settlement {
  StreamKey key;
  std::uint64_t acknowledged_revision = 0;  // up to here they are applied; those rows go. 0: none
  std::optional<Parking> parking;
};

struct Settled {
  std::uint64_t depth = 0;  // how many still wait
  bool parked = false;
};

// Settles streams of one network in one transaction; a repeat changes nothing. The answers are in the order of `settlements`.
absl::StatusOr<std::vector<Settled>> Settle(store::Store& store, const store::Attempt& attempt,
                                            std::string_view network, const std::vector<Settlement>& settlements);

// For operators, inside a change whose origin is theirs; both write the audit record. They return how many events wait.
// NOT_FOUND STREAM_NOT_FOUND; FAILED_PRECONDITION STREAM_NOT_PARKED.
absl::StatusOr<std::uint64_t> RetryStream(Change& change, std::string_view destination, std::string_view stream);

// Gives up the first waiting event of a parked stream, which must be `event_id` (ABORTED EVENT_NOT_FIRST otherwise), and lets the
// stream go on. In its place the receiver gets a SkippedEvent, so that its watermark goes on too; the event itself is
// kept in the table of skipped rows. Where the stream is parked because that event is not in the store (kOutboxRowMissing),
// `event_id` is empty, and the SkippedEvent takes the place of the one that is missing. `reason_code`: 1 to 64 of A-Z, 0-9 and '_' (INVALID_ARGUMENT, field "reason_code").
absl::StatusOr<std::uint64_t> SkipEvent(Change& change, std::string_view destination, std::string_view stream,
                                        std::string_view event_id, std::string_view reason_code);

// The reason of a stream whose receiver lacks events that were delivered, and are therefore here no more: the receiver's
// store was restored from a backup.
inline constexpr char kGapUnfillable[] = "GAP_UNFILLABLE";
// Of one whose receiver has events that were never sent from here: this store was restored from a backup.
inline constexpr char kSourceRewound[] = "SOURCE_REWOUND";
// Of one whose first waiting event is not in the store.
inline constexpr char kOutboxRowMissing[] = "OUTBOX_ROW_MISSING";

}  // namespace splw::delivery
