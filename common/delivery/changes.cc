#include "common/delivery/changes.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <absl/strings/str_format.h>

#include "common/audit/audit_log.h"
#include "common/audit/counters.h"
#include "common/delivery/delivery_tables.h"
#include "common/delivery/envelope.h"
#include "common/delivery/request_rules.h"
#include "common/ids/ulid.h"
#include "common/text/failure.h"
#include "common/text/fingerprint.h"
#include "common/text/status_macros.h"

namespace splw::delivery {
namespace {

using storage::v1::AuditRecord;
using storage::v1::FeedEntry;
using storage::v1::OutboxRow;
using storage::v1::OutboxStream;
using storage::v1::RequestRecord;

// What is to be told once a change is durable.
struct Announcement {
  std::vector<StreamKey> streams;
  bool feed_grown = false;
};

class ChangeImpl final : public Change {
 public:
  ChangeImpl(const ChangesOptions& options, ids::UlidSequence& ids, const Origin& origin, std::string_view network,
             store::Transaction& txn)
      : options_(options),
        ids_(ids),
        origin_(origin),
        network_(network),
        txn_(txn),
        correlation_id_(origin.correlation_id) {}

  store::Transaction& txn() override { return txn_; }
  absl::Time now() const override { return txn_.Now(); }
  const std::string& network() const override { return network_; }
  const Origin& origin() const override { return origin_; }
  std::string NewId() override { return ids_.Next(txn_.Now()); }
  void SetCorrelationId(std::string_view correlation_id) override { correlation_id_ = correlation_id; }

  absl::Status Emit(std::string_view destination, std::string_view stream,
                    const google::protobuf::Message& event) override;
  v1::Envelope NewEnvelope(std::string_view stream, std::uint64_t revision) override;
  absl::Status Changed(std::string_view collection, std::string_view resource, bool created,
                       std::string_view reason) override;
  absl::Status Audit(std::string_view resource, std::string_view reason) override;
  void Resume(std::string_view destination, std::string_view stream) override { Announce(destination, stream); }

  Announcement TakeAnnouncement() { return std::move(announcement_); }

 private:
  void Announce(std::string_view destination, std::string_view stream);
  const std::string& CorrelationId() {
    // Whatever happens under no id can be found by none: it gets one of its own.
    if (correlation_id_.empty()) correlation_id_ = NewId();
    return correlation_id_;
  }

  const ChangesOptions& options_;
  ids::UlidSequence& ids_;
  const Origin& origin_;
  const std::string network_;
  store::Transaction& txn_;
  std::string correlation_id_;
  Announcement announcement_;
};

absl::Status ChangeImpl::Emit(std::string_view destination, std::string_view stream,
                              const google::protobuf::Message& event) {
  // Both come from our own code: a wrong one is a defect, found here rather than by the receiver.
  if (!IsPrintableId(destination, kMaxNameCharacters) || !IsPrintableId(stream, kMaxStreamCharacters)) {
    return absl::InternalError("an event needs a destination and a stream of printable characters");
  }
  SPLW_ASSIGN_OR_RETURN(const std::optional<OutboxStream> found,
                        OutboxStreams().Get(txn_, network_, OutboxStreamKey(destination, stream)));
  OutboxStream head = found.has_value() ? *found : OutboxStream();
  head.set_destination(std::string(destination));
  head.set_stream(std::string(stream));
  if (head.last_revision() == head.acknowledged_revision()) *head.mutable_first_event_time() = ToTimestamp(now());
  head.set_last_revision(head.last_revision() + 1);

  OutboxRow row;
  row.set_destination(std::string(destination));
  v1::Envelope& envelope = *row.mutable_envelope();
  envelope = NewEnvelope(stream, head.last_revision());
  if (!envelope.mutable_payload()->PackFrom(event)) return absl::InternalError("an event cannot be serialized");
  if (envelope.ByteSizeLong() > kMaxEventBytes) {
    return absl::InternalError(
        absl::StrFormat("an event of type %s is larger than 512 KiB", event.GetDescriptor()->full_name()));
  }
  SPLW_RETURN_IF_ERROR(OutboxRows().PutNew(txn_, network_, row));
  SPLW_RETURN_IF_ERROR(OutboxStreams().PutOver(txn_, network_, found, head));
  Announce(destination, stream);
  return absl::OkStatus();
}

v1::Envelope ChangeImpl::NewEnvelope(std::string_view stream, std::uint64_t revision) {
  v1::Envelope envelope;
  envelope.set_event_id(NewId());
  envelope.set_source(options_.source);
  envelope.set_incarnation(options_.incarnation);
  envelope.set_network(network_);
  envelope.set_stream(std::string(stream));
  envelope.set_revision(revision);
  *envelope.mutable_time() = ToTimestamp(now());
  envelope.set_correlation_id(CorrelationId());
  return envelope;
}

absl::Status ChangeImpl::Changed(std::string_view collection, std::string_view resource, bool created,
                                 std::string_view reason) {
  if (collection.empty() || resource.empty()) return absl::InternalError("a change needs a collection and a resource");
  FeedEntry entry;
  SPLW_ASSIGN_OR_RETURN(const std::uint64_t sequence, audit::NextNumber(txn_, network_, kFeedCounter));
  entry.set_sequence(sequence);
  entry.set_collection(std::string(collection));
  entry.set_resource(std::string(resource));
  entry.set_created(created);
  *entry.mutable_time() = ToTimestamp(now());
  SPLW_RETURN_IF_ERROR(FeedEntries().PutNew(txn_, network_, entry));
  announcement_.feed_grown = true;
  return Audit(resource, reason);
}

absl::Status ChangeImpl::Audit(std::string_view resource, std::string_view reason) {
  AuditRecord record;
  record.set_actor(origin_.actor);
  record.set_role(origin_.role);
  record.set_organisation(origin_.organisation);
  record.set_action(origin_.action);
  record.set_resource(std::string(resource));
  record.set_reason(std::string(reason));
  record.set_correlation_id(CorrelationId());
  return audit::Append(txn_, network_, std::move(record));
}

void ChangeImpl::Announce(std::string_view destination, std::string_view stream) {
  StreamKey key{network_, std::string(destination), std::string(stream)};
  auto& streams = announcement_.streams;
  if (std::find(streams.begin(), streams.end(), key) == streams.end()) streams.push_back(std::move(key));
}

// The key of a request record: who asked for what under which id, hashed because ids come from outside at any length. Who
// is a person in a role of an organisation: the same person in another may see less.
std::string RequestRecordId(const Origin& origin, const std::string& request_id) {
  return text::Sha256(store::KeyBuilder()
                          .Text(origin.actor)
                          .Text(origin.role)
                          .Text(origin.organisation)
                          .Text(origin.action)
                          .Text(request_id)
                          .str());
}

class ChangesImpl final : public Changes {
 public:
  explicit ChangesImpl(ChangesOptions options) : options_(std::move(options)), ids_(options_.random) {}

  absl::StatusOr<store::Position> Run(const store::Attempt& attempt, const Origin& origin, std::string_view network,
                                      ChangeBody body) override {
    if (!IsNetworkId(network)) return absl::InternalError("a change needs the id of a network");
    Announcement announcement;
    SPLW_ASSIGN_OR_RETURN(const store::Position position,
                          options_.store.Commit(attempt, [&](store::Transaction& txn) -> absl::Status {
                            ChangeImpl change(options_, ids_, origin, network, txn);
                            SPLW_RETURN_IF_ERROR(body(change));
                            announcement = change.TakeAnnouncement();
                            return absl::OkStatus();
                          }));
    WhenDurable(position, network, std::move(announcement));
    return position;
  }

  absl::StatusOr<store::Position> RunOnce(const store::Attempt& attempt, const Origin& origin, std::string_view network,
                                          const std::string& request_id, const google::protobuf::Message& request,
                                          google::protobuf::Message* response, ChangeBody body) override {
    text::Violations violations;
    CheckRequestId(request_id, violations);
    SPLW_RETURN_IF_ERROR(violations.ToStatus());
    const std::string record_id = RequestRecordId(origin, request_id);
    const std::string fingerprint = text::Fingerprint(request);
    return Run(attempt, origin, network, [&](Change& change) -> absl::Status {
      response->Clear();  // of what an earlier run of this body left
      SPLW_ASSIGN_OR_RETURN(const std::optional<RequestRecord> known,
                            RequestRecords().Get(change.txn(), network, store::KeyBuilder().Text(record_id).str()));
      if (known.has_value() && FromTimestamp(known->expire_time()) > change.now()) {
        if (known->fingerprint() != fingerprint) {
          return text::InvalidField("request_id", "REQUEST_ID_REUSED",
                                    "was used for a request with other content; use a new id for a new request");
        }
        if (!known->response().UnpackTo(response)) {
          return absl::DataLossError("the first answer to this request id cannot be read");
        }
        return absl::OkStatus();
      }
      SPLW_RETURN_IF_ERROR(body(change));
      RequestRecord record;
      record.set_id(record_id);
      record.set_fingerprint(fingerprint);
      if (!record.mutable_response()->PackFrom(*response)) {
        return absl::InternalError("a response cannot be serialized");
      }
      *record.mutable_expire_time() = ToTimestamp(change.now() + kRequestMemory);
      return RequestRecords().PutOver(change.txn(), network, known, record);
    });
  }

 private:
  void WhenDurable(store::Position position, std::string_view network, Announcement announcement) {
    OutboxSignal* const outbox = announcement.streams.empty() ? nullptr : options_.outbox_signal;
    FeedSignal* const feed = announcement.feed_grown ? options_.feed_signal : nullptr;
    if (outbox == nullptr && feed == nullptr) return;
    options_.store.WhenDurable(
        position, [outbox, feed, network = std::string(network), streams = std::move(announcement.streams)] {
          if (outbox != nullptr) outbox->Ready(streams);
          if (feed != nullptr) feed->Grown(network);
        });
  }

  const ChangesOptions options_;
  ids::UlidSequence ids_;
};

}  // namespace

std::unique_ptr<Changes> MakeChanges(ChangesOptions options) {
  return std::make_unique<ChangesImpl>(std::move(options));
}

}  // namespace splw::delivery
