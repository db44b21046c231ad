#include "common/delivery/delivery_tables.h"

#include "common/audit/audit_log.h"
#include "common/audit/counters.h"
#include "common/delivery/envelope.h"

namespace splw::delivery {

using storage::v1::FeedEntry;
using storage::v1::OutboxRow;
using storage::v1::OutboxStream;
using storage::v1::RequestRecord;
using storage::v1::SkippedRow;
using storage::v1::Watermark;
using store::KeyBuilder;

const store::Table<OutboxRow>& OutboxRows() {
  static const store::Table<OutboxRow> table({
      .name = "outbox",
      .key =
          [](const OutboxRow& row) {
            return OutboxRowKey(row.destination(), row.envelope().stream(), row.envelope().revision());
          },
      .indexes = {},
  });
  return table;
}

std::string OutboxRowKey(std::string_view destination, std::string_view stream, std::uint64_t revision) {
  return KeyBuilder().Text(destination).Text(stream).Number(revision).str();
}

const store::Table<OutboxStream>& OutboxStreams() {
  static const store::Table<OutboxStream> table({
      .name = "outbox_stream",
      .key = [](const OutboxStream& head) { return OutboxStreamKey(head.destination(), head.stream()); },
      .indexes =
          {{.name = kWaitingIndex,
            .entries = [](const OutboxStream& head) -> std::vector<std::string> {
              if (head.last_revision() == head.acknowledged_revision()) return {};
              return {KeyBuilder(WaitingPrefix(head.parked())).Instant(FromTimestamp(head.first_event_time())).str()};
            }}},
  });
  return table;
}

std::string OutboxStreamKey(std::string_view destination, std::string_view stream) {
  return KeyBuilder().Text(destination).Text(stream).str();
}

std::string WaitingPrefix(bool parked) {
  return KeyBuilder().Number(parked ? 0 : 1).str();
}

const store::Table<SkippedRow>& SkippedRows() {
  static const store::Table<SkippedRow> table({
      .name = "outbox_skipped",
      .key =
          [](const SkippedRow& skipped) {
            const v1::Envelope& envelope = skipped.row().envelope();
            return OutboxRowKey(skipped.row().destination(), envelope.stream(), envelope.revision());
          },
      .indexes = {},
  });
  return table;
}

const store::Table<Watermark>& Watermarks() {
  static const store::Table<Watermark> table({
      .name = "watermark",
      .key = [](const Watermark& mark) { return WatermarkKey(mark.source(), mark.stream()); },
      .indexes = {},
  });
  return table;
}

std::string WatermarkKey(std::string_view source, std::string_view stream) {
  return KeyBuilder().Text(source).Text(stream).str();
}

const store::Table<RequestRecord>& RequestRecords() {
  static const store::Table<RequestRecord> table({
      .name = "request",
      .key = [](const RequestRecord& record) { return KeyBuilder().Text(record.id()).str(); },
      .indexes = {{.name = kExpiryIndex,
                   .entries =
                       [](const RequestRecord& record) {
                         return std::vector<std::string>{
                             KeyBuilder().Instant(FromTimestamp(record.expire_time())).str()};
                       }}},
  });
  return table;
}

const store::Table<FeedEntry>& FeedEntries() {
  static const store::Table<FeedEntry> table({
      .name = "feed",
      .key = [](const FeedEntry& entry) { return FeedEntryKey(entry.sequence()); },
      .indexes = {},
  });
  return table;
}

std::string FeedEntryKey(std::uint64_t sequence) {
  return KeyBuilder().Number(sequence).str();
}

std::vector<const store::UntypedTable*> DeliveryTables() {
  return {&OutboxRows(),     &OutboxStreams(), &SkippedRows(),     &Watermarks(),
          &RequestRecords(), &FeedEntries(),   &audit::Counters(), &audit::AuditRecords()};
}

}  // namespace splw::delivery
