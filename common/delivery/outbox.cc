#include "common/delivery/outbox.h"

#include <algorithm>
#include <utility>

#include <absl/strings/str_format.h>

#include "common/delivery/delivery_tables.h"
#include "common/delivery/envelope.h"
#include "common/text/failure.h"
#include "common/text/status_macros.h"
#include "splw/delivery/v1/skipped_event.pb.h"

namespace splw::delivery {
namespace {

using storage::v1::OutboxRow;
using storage::v1::OutboxStream;
using storage::v1::SkippedRow;

std::uint64_t Depth(const OutboxStream& head) {
  return head.last_revision() - head.acknowledged_revision();
}

absl::StatusOr<std::optional<OutboxRow>> Row(store::Snapshot& snapshot, std::string_view network,
                                             const OutboxStream& head, std::uint64_t revision) {
  return OutboxRows().Get(snapshot, network, OutboxRowKey(head.destination(), head.stream(), revision));
}

WaitingStream Describe(const std::string& network, const OutboxStream& head) {
  WaitingStream waiting;
  waiting.key = {network, head.destination(), head.stream()};
  waiting.depth = Depth(head);
  waiting.first_event_time = FromTimestamp(head.first_event_time());
  waiting.parked = head.parked();
  waiting.parked_reason = head.parked_reason();
  waiting.parked_message = head.parked_message();
  return waiting;
}

// A row that cannot be read adds nothing.
absl::Status AddFirstEvent(store::Snapshot& snapshot, const OutboxStream& head, WaitingStream& waiting) {
  const absl::StatusOr<std::optional<OutboxRow>> maybe_row =
      Row(snapshot, waiting.key.network, head, head.acknowledged_revision() + 1);
  if (!maybe_row.ok() && !absl::IsDataLoss(maybe_row.status())) return maybe_row.status();
  if (maybe_row.ok() && maybe_row->has_value()) {
    const v1::Envelope& envelope = (*maybe_row)->envelope();
    waiting.first_event_id = envelope.event_id();
    waiting.first_event_type = TypeOfUrl(envelope.payload().type_url());
  }
  return absl::OkStatus();
}

// Where a list stands: first the parked streams of each network, then the others.
struct ListPlace {
  std::uint64_t phase = 0;  // 0: parked, 1: not
  std::string network;      // empty: before the first
  store::ScanCursor within;
};

// PAGE_TOKEN_INVALID where EncodePlace did not make it.
absl::StatusOr<ListPlace> DecodePlace(const store::ScanCursor& cursor) {
  ListPlace place;
  if (cursor.empty()) return place;
  store::KeyReader reader(cursor);
  absl::StatusOr<std::uint64_t> maybe_phase = reader.Number();
  absl::StatusOr<std::string> maybe_network = reader.Text();
  if (!maybe_phase.ok() || *maybe_phase > 1 || !maybe_network.ok()) {
    return text::InvalidField("page_token", "PAGE_TOKEN_INVALID",
                              "this token does not belong to this list; send none to start again");
  }
  place.phase = *maybe_phase;
  place.network = *std::move(maybe_network);
  place.within = std::string(reader.rest());
  return place;
}

// The first network at or after `from`; `only` where that is given. Seeks, so that a page costs no more than it passes over.
absl::StatusOr<std::optional<std::string>> NetworkFrom(store::Snapshot& snapshot, std::string_view only,
                                                       const std::string& from) {
  if (!only.empty()) return std::string(only);
  SPLW_ASSIGN_OR_RETURN(
      const std::vector<store::Entry> entries,
      snapshot.Scan({store::KeyBuilder().Text(from).str(), ""}, {.max_entries = 1, .order = store::Order::kAscending}));
  if (entries.empty()) return std::optional<std::string>();
  store::KeyReader reader(entries.front().key);
  SPLW_ASSIGN_OR_RETURN(std::string network, reader.Text());
  return std::optional<std::string>(std::move(network));
}

// The head of a parked stream, for an operator.
absl::StatusOr<OutboxStream> ParkedHead(Change& change, std::string_view destination, std::string_view stream) {
  SPLW_ASSIGN_OR_RETURN(std::optional<OutboxStream> head,
                        OutboxStreams().Get(change.txn(), change.network(), OutboxStreamKey(destination, stream)));
  if (!head.has_value()) {
    return text::Failure(
        absl::StatusCode::kNotFound, "STREAM_NOT_FOUND",
        "no events of this stream were ever sent to this destination; list the streams to see those that were");
  }
  if (!head->parked()) {
    return text::Failure(absl::StatusCode::kFailedPrecondition, "STREAM_NOT_PARKED",
                         "the stream is not parked: its events are on their way");
  }
  return *std::move(head);
}

void Unpark(OutboxStream& head) {
  head.clear_parked();
  head.clear_parked_reason();
  head.clear_parked_message();
  head.clear_parked_time();
  head.clear_peer_applied_revision();
}

bool IsReasonCode(std::string_view code) {
  return !code.empty() && code.size() <= kMaxNameCharacters && std::all_of(code.begin(), code.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// Puts a SkippedEvent where a parked stream's first event should be and is not.
absl::Status FillMissingRow(Change& change, const OutboxStream& head, std::string_view reason_code) {
  const std::uint64_t revision = head.acknowledged_revision() + 1;
  v1::SkippedEvent skipped;
  skipped.set_reason_code(std::string(reason_code));
  skipped.set_first_revision(revision);
  OutboxRow row;
  row.set_destination(head.destination());
  *row.mutable_envelope() = change.NewEnvelope(head.stream(), revision);
  if (!row.mutable_envelope()->mutable_payload()->PackFrom(skipped)) {
    return absl::InternalError("an event cannot be serialized");
  }
  return OutboxRows().Put(change.txn(), change.network(), row);
}

// Lets a stream go on whose first event was replaced, and notes in the audit record which.
absl::StatusOr<std::uint64_t> GoOnAfterSkip(Change& change, OutboxStream head, const std::string& audited) {
  Unpark(head);
  SPLW_RETURN_IF_ERROR(OutboxStreams().Put(change.txn(), change.network(), head));
  SPLW_RETURN_IF_ERROR(change.Audit(head.stream(), audited));
  change.Resume(head.destination(), head.stream());
  return Depth(head) - 1;
}

absl::StatusOr<Settled> SettleOne(store::Transaction& txn, std::string_view network, const Settlement& settlement) {
  const std::string key = OutboxStreamKey(settlement.key.destination, settlement.key.stream);
  SPLW_ASSIGN_OR_RETURN(std::optional<OutboxStream> found, OutboxStreams().Get(txn, network, key));
  if (!found.has_value()) return Settled();
  OutboxStream head = *std::move(found);

  const std::uint64_t upto = std::min(settlement.acknowledged_revision, head.last_revision());
  if (upto > head.acknowledged_revision()) {
    for (std::uint64_t revision = head.acknowledged_revision() + 1; revision <= upto; ++revision) {
      SPLW_RETURN_IF_ERROR(OutboxRows().Erase(txn, network, OutboxRowKey(head.destination(), head.stream(), revision)));
    }
    head.set_acknowledged_revision(upto);
    if (upto < head.last_revision()) {
      SPLW_ASSIGN_OR_RETURN(const std::optional<OutboxRow> next, Row(txn, network, head, upto + 1));
      if (next.has_value()) *head.mutable_first_event_time() = next->envelope().time();
    }
  }
  if (settlement.parking.has_value() && settlement.parking->revision == head.acknowledged_revision() + 1 &&
      head.last_revision() > head.acknowledged_revision()) {
    head.set_parked(true);
    head.set_parked_reason(settlement.parking->reason);
    head.set_parked_message(settlement.parking->message);
    head.set_peer_applied_revision(settlement.parking->peer_applied_revision);
    *head.mutable_parked_time() = ToTimestamp(txn.Now());
  }
  SPLW_RETURN_IF_ERROR(OutboxStreams().Put(txn, network, head));
  return Settled{Depth(head), head.parked()};
}

}  // namespace

absl::StatusOr<WaitingPage> ListWaitingStreams(store::Snapshot& snapshot, std::string_view network, bool parked_only,
                                               const store::PageRequest& page, bool first_events) {
  if (page.size == 0) return absl::InvalidArgumentError("a page holds at least one entry");
  SPLW_ASSIGN_OR_RETURN(ListPlace place, DecodePlace(page.after));
  WaitingPage result;
  for (const std::uint64_t last_phase = parked_only ? 0 : 1; place.phase <= last_phase; ++place.phase) {
    SPLW_ASSIGN_OR_RETURN(std::optional<std::string> current, NetworkFrom(snapshot, network, place.network));
    while (current.has_value()) {
      if (result.streams.size() == page.size) {
        // Full, and this network not yet begun: the next page begins with it, if it has anything to show.
        result.next = store::KeyBuilder().Number(place.phase).Text(*current).str();
        return result;
      }
      const bool begun = *current == place.network;
      SPLW_ASSIGN_OR_RETURN(
          store::PageOf<OutboxStream> heads,
          OutboxStreams().ScanIndex(snapshot, *current, kWaitingIndex, WaitingPrefix(place.phase == 0),
                                    {.size = page.size - result.streams.size(),
                                     .after = begun ? place.within : store::ScanCursor(),
                                     .skip_unreadable = true}));
      for (const OutboxStream& head : heads.records) {
        result.streams.push_back(Describe(*current, head));
        if (first_events) SPLW_RETURN_IF_ERROR(AddFirstEvent(snapshot, head, result.streams.back()));
      }
      if (!heads.next.empty()) {
        result.next = store::KeyBuilder().Number(place.phase).Text(*current).Raw(heads.next).str();
        return result;
      }
      if (!network.empty()) break;
      SPLW_ASSIGN_OR_RETURN(current, NetworkFrom(snapshot, network, *current + '\0'));
    }
    place.network.clear();
    place.within.clear();
  }
  return result;
}

absl::StatusOr<PendingEvents> ReadPending(store::Snapshot& snapshot, const StreamKey& key, std::size_t max_events,
                                          std::size_t max_bytes) {
  PendingEvents pending;
  SPLW_ASSIGN_OR_RETURN(std::optional<OutboxStream> head,
                        OutboxStreams().Get(snapshot, key.network, OutboxStreamKey(key.destination, key.stream)));
  if (!head.has_value()) return pending;
  pending.head = *std::move(head);
  std::size_t bytes = 0;
  for (std::uint64_t revision = pending.head.acknowledged_revision() + 1;
       revision <= pending.head.last_revision() && pending.events.size() < max_events; ++revision) {
    absl::StatusOr<std::optional<OutboxRow>> maybe_row = Row(snapshot, key.network, pending.head, revision);
    if (absl::IsDataLoss(maybe_row.status()) && !pending.events.empty()) break;
    SPLW_ASSIGN_OR_RETURN(std::optional<OutboxRow> row, std::move(maybe_row));
    if (!row.has_value()) break;
    bytes += row->envelope().ByteSizeLong();
    if (bytes > max_bytes && !pending.events.empty()) break;
    pending.events.push_back(std::move(*row->mutable_envelope()));
  }
  return pending;
}

absl::StatusOr<std::vector<Settled>> Settle(store::Store& store, const store::Attempt& attempt,
                                            std::string_view network, const std::vector<Settlement>& settlements) {
  std::vector<Settled> settled;
  SPLW_RETURN_IF_ERROR(store
                           .Commit(attempt,
                                   [&](store::Transaction& txn) -> absl::Status {
                                     settled.clear();
                                     for (const Settlement& settlement : settlements) {
                                       SPLW_ASSIGN_OR_RETURN(const Settled one, SettleOne(txn, network, settlement));
                                       settled.push_back(one);
                                     }
                                     return absl::OkStatus();
                                   })
                           .status());
  return settled;
}

absl::StatusOr<std::uint64_t> RetryStream(Change& change, std::string_view destination, std::string_view stream) {
  SPLW_ASSIGN_OR_RETURN(OutboxStream head, ParkedHead(change, destination, stream));
  const std::string reason = head.parked_reason();
  Unpark(head);
  SPLW_RETURN_IF_ERROR(OutboxStreams().Put(change.txn(), change.network(), head));
  SPLW_RETURN_IF_ERROR(change.Audit(stream, reason));
  change.Resume(destination, stream);
  return Depth(head);
}

absl::StatusOr<std::uint64_t> SkipEvent(Change& change, std::string_view destination, std::string_view stream,
                                        std::string_view event_id, std::string_view reason_code) {
  if (!IsReasonCode(reason_code)) {
    return text::InvalidField("reason_code", "REASON_CODE_INVALID", "must be 1 to 64 of A-Z, 0-9 and '_'");
  }
  SPLW_ASSIGN_OR_RETURN(OutboxStream head, ParkedHead(change, destination, stream));
  const std::uint64_t revision = head.acknowledged_revision() + 1;
  SPLW_ASSIGN_OR_RETURN(std::optional<OutboxRow> row, Row(change.txn(), change.network(), head, revision));
  if (!row.has_value() && event_id.empty() && head.parked_reason() == kOutboxRowMissing) {
    SPLW_RETURN_IF_ERROR(FillMissingRow(change, head, reason_code));
    return GoOnAfterSkip(change, std::move(head),
                         absl::StrFormat("%s %s %d", std::string(reason_code), kOutboxRowMissing, revision));
  }
  if (!row.has_value() || row->envelope().event_id() != event_id) {
    return text::Failure(absl::StatusCode::kAborted, "EVENT_NOT_FIRST",
                         "the stream's first waiting event is another one; list the streams again");
  }
  const std::string type = TypeOfUrl(row->envelope().payload().type_url());

  v1::SkippedEvent skipped;
  if (row->envelope().payload().Is<v1::SkippedEvent>()) {
    // Skipped before, and refused again: what it stands for is kept already.
    if (!row->envelope().payload().UnpackTo(&skipped)) return absl::DataLossError("a skipped event cannot be read");
  } else {
    SkippedRow kept;
    *kept.mutable_row() = *row;
    kept.set_reason_code(std::string(reason_code));
    *kept.mutable_skip_time() = ToTimestamp(change.now());
    SPLW_RETURN_IF_ERROR(SkippedRows().Put(change.txn(), change.network(), kept));
    skipped.set_event_id(row->envelope().event_id());
    skipped.set_event_type(type);
  }
  skipped.set_reason_code(std::string(reason_code));
  skipped.set_first_revision(head.parked_reason() == kGapUnfillable ? head.peer_applied_revision() + 1 : revision);
  row->mutable_envelope()->mutable_payload()->PackFrom(skipped);
  SPLW_RETURN_IF_ERROR(OutboxRows().Put(change.txn(), change.network(), *row));

  return GoOnAfterSkip(
      change, std::move(head),
      absl::StrFormat("%s %s %s", std::string(reason_code), std::string(event_id), ShortTypeName(type)));
}

}  // namespace splw::delivery
