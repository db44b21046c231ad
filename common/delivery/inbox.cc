#include "common/delivery/inbox.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include <absl/strings/str_format.h>

#include "common/delivery/delivery_tables.h"
#include "common/delivery/envelope.h"
#include "common/delivery/outbox.h"
#include "common/text/failure.h"
#include "common/text/status_macros.h"
#include "splw/delivery/v1/skipped_event.pb.h"

namespace splw::delivery {
namespace {

using storage::v1::Watermark;

// Errors of a handler, or of the store under it, that another try can mend.
bool IsPassing(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kUnknown:  // the store's: it may have been applied, and then the next try finds it so
      return true;
    default:
      return false;
  }
}

absl::StatusOr<Watermark> ReadWatermark(store::Snapshot& snapshot, const v1::Envelope& envelope) {
  SPLW_ASSIGN_OR_RETURN(
      std::optional<Watermark> found,
      Watermarks().Get(snapshot, envelope.network(), WatermarkKey(envelope.source(), envelope.stream())));
  if (found.has_value()) return *std::move(found);
  Watermark mark;
  mark.set_source(envelope.source());
  mark.set_stream(envelope.stream());
  return mark;
}

// The incarnation of the source that an applied revision came from.
const std::string& IncarnationOf(const Watermark& mark, std::uint64_t revision) {
  for (const auto& earlier : mark.earlier_incarnations()) {
    if (revision <= earlier.last_revision()) return earlier.incarnation();
  }
  return mark.incarnation();
}

void Advance(Watermark& mark, const v1::Envelope& envelope) {
  if (mark.applied_revision() > 0 && mark.incarnation() != envelope.incarnation()) {
    auto* earlier = mark.add_earlier_incarnations();
    earlier->set_incarnation(mark.incarnation());
    earlier->set_last_revision(mark.applied_revision());
  }
  mark.set_incarnation(envelope.incarnation());
  mark.set_applied_revision(envelope.revision());
}

// What the sender's operator reads. The words of an error inside may hold what it failed on: they stay here.
std::string MessageFor(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDataLoss:
      return "the receiver has a fault inside, or its store has; look into its log and verify its store";
    default:
      return text::Shortened(std::string(status.message()));
  }
}

absl::Status Gap() {
  return text::Failure(absl::StatusCode::kFailedPrecondition, "REVISION_GAP",
                       "an earlier event of the stream is missing");
}

}  // namespace

Inbox::Inbox(store::Store& store, Changes& changes) : store_(store), changes_(changes) {}
Inbox::~Inbox() = default;

void Inbox::HandleUntyped(const std::string& type, UntypedHandler handler) {
  handlers_.insert_or_assign(type, std::move(handler));
}

absl::StatusOr<store::Position> Inbox::Deliver(const store::Attempt& attempt, const v1::DeliverRequest& request,
                                               v1::DeliverResponse* response) {
  response->Clear();
  SPLW_RETURN_IF_ERROR(CheckDeliverRequest(request));
  store::Position position;
  // Streams of which an event failed in this batch, with the watermark that it met.
  std::map<std::tuple<std::string, std::string, std::string>, std::uint64_t> failed;
  for (const v1::Envelope& envelope : request.events()) {
    v1::DeliveryResult& result = *response->add_results();
    result.set_event_id(envelope.event_id());
    const auto stream = std::make_tuple(envelope.source(), envelope.network(), envelope.stream());
    if (const auto found = failed.find(stream); found != failed.end()) {
      result.set_disposition(v1::DISPOSITION_RETRY);
      result.set_applied_revision(found->second);
      continue;
    }
    SPLW_ASSIGN_OR_RETURN(const store::Position applied, Apply(attempt, envelope, result));
    position = std::max(position, applied);
    if (result.disposition() != v1::DISPOSITION_APPLIED && result.disposition() != v1::DISPOSITION_ALREADY_APPLIED) {
      failed.emplace(stream, result.applied_revision());
    }
  }
  return position;
}

absl::StatusOr<store::Position> Inbox::Apply(const store::Attempt& attempt, const v1::Envelope& envelope,
                                             v1::DeliveryResult& result) {
  const std::string type = TypeOfUrl(envelope.payload().type_url());
  std::optional<v1::SkippedEvent> skipped;
  if (type == v1::SkippedEvent::descriptor()->full_name()) {
    skipped.emplace();
    if (!envelope.payload().UnpackTo(&*skipped)) {
      return text::InvalidField("events.payload", "ENVELOPE_INVALID", "must hold an event that can be read");
    }
  }
  const Origin origin{envelope.source(), "SERVICE", "", ShortTypeName(type), envelope.correlation_id()};

  v1::Disposition disposition = v1::DISPOSITION_UNSPECIFIED;
  std::uint64_t applied = 0;
  const absl::StatusOr<store::Position> maybe_position =
      changes_.Run(attempt, origin, envelope.network(), [&](Change& change) -> absl::Status {
        SPLW_ASSIGN_OR_RETURN(Watermark mark, ReadWatermark(change.txn(), envelope));
        disposition = v1::DISPOSITION_REFUSED;
        applied = mark.applied_revision();
        if (envelope.revision() <= applied) {
          if (!skipped.has_value() && IncarnationOf(mark, envelope.revision()) != envelope.incarnation()) {
            return text::Failure(
                absl::StatusCode::kFailedPrecondition, kSourceRewound,
                "the source used this revision a second time, after a restore from a backup: its events "
                "since that backup are known here and not there");
          }
          disposition = v1::DISPOSITION_ALREADY_APPLIED;
          return absl::OkStatus();
        }
        // A skipped event may stand for those before it too, where the sender has them no more.
        const std::uint64_t first = skipped.has_value() && skipped->first_revision() > 0
                                        ? std::min(skipped->first_revision(), envelope.revision())
                                        : envelope.revision();
        if (first > applied + 1) {
          disposition = v1::DISPOSITION_GAP;
          return Gap();
        }
        if (skipped.has_value()) {
          SPLW_RETURN_IF_ERROR(change.Audit(envelope.stream(), skipped->reason_code()));
        } else {
          const auto handler = handlers_.find(type);
          if (handler == handlers_.end()) {
            return text::Failure(absl::StatusCode::kUnimplemented, "UNKNOWN_EVENT_TYPE",
                                 absl::StrFormat("this service does not take events of type %s", type));
          }
          SPLW_RETURN_IF_ERROR(handler->second(change, envelope.payload()));
        }
        Advance(mark, envelope);
        disposition = v1::DISPOSITION_APPLIED;
        applied = mark.applied_revision();
        return Watermarks().Put(change.txn(), envelope.network(), mark);
      });
  if (maybe_position.ok()) {
    result.set_disposition(disposition);
    result.set_applied_revision(applied);
    return *maybe_position;
  }

  const absl::Status& status = maybe_position.status();
  const bool gap = disposition == v1::DISPOSITION_GAP && text::ReasonOf(status) == "REVISION_GAP";
  result.set_disposition(gap                        ? v1::DISPOSITION_GAP
                         : IsPassing(status.code()) ? v1::DISPOSITION_RETRY
                                                    : v1::DISPOSITION_REFUSED);
  const std::string reason = text::ReasonOf(status);
  result.set_reason(reason.empty() ? absl::StatusCodeToString(status.code()) : reason);
  result.set_message(MessageFor(status));
  if (reason == kSourceRewound) ++rewound_count_;
  // The watermark that the answer tells of must be one that no crash takes back: it is read again for its position.
  return store_.View(attempt, [&](store::Snapshot& snapshot) -> absl::Status {
    const absl::StatusOr<Watermark> maybe_mark = ReadWatermark(snapshot, envelope);
    // A watermark that cannot be read is why this event was refused, and no reason to fail those of other streams.
    if (absl::IsDataLoss(maybe_mark.status())) return absl::OkStatus();
    if (!maybe_mark.ok()) return maybe_mark.status();
    result.set_applied_revision(maybe_mark->applied_revision());
    return absl::OkStatus();
  });
}

}  // namespace splw::delivery
