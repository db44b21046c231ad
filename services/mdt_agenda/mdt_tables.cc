#include "services/mdt_agenda/mdt_tables.h"

#include <absl/strings/ascii.h>

#include "common/text/fingerprint.h"
#include "services/mdt_agenda/timestamps.h"

namespace splw::mdt_agenda {
namespace {

using store::KeyBuilder;
using store::Table;
using Entries = std::vector<std::string>;

std::string InstantKey(const google::protobuf::Timestamp& timestamp) {
  return KeyBuilder().Instant(ToInstant(timestamp)).str();
}

// Urgent nominations come first in a team's queue.
int QueueRank(const stored::NominationRecord& nomination) {
  return nomination.subject().urgency() == type::v1::URGENCY_URGENT ? 0 : 1;
}

}  // namespace

absl::StatusOr<stored::SharingRecord> SharingOf(store::Snapshot& snapshot, const std::string& network,
                                                const stored::SubjectRecord& subject) {
  SPLW_ASSIGN_OR_RETURN(std::optional<stored::SharingRecord> known,
                        Sharings().Get(snapshot, network, TextKey(subject.case_())));
  if (known) return *std::move(known);
  stored::SharingRecord as_nominated;
  *as_nominated.mutable_share_with() = subject.share_with();
  return as_nominated;
}

std::string TextKey(std::string_view text) {
  return KeyBuilder().Text(text).str();
}
std::string TextKey(std::string_view first, std::string_view second) {
  return KeyBuilder().Text(first).Text(second).str();
}
std::string TextKey(std::string_view first, std::string_view second, std::string_view third) {
  return KeyBuilder().Text(first).Text(second).Text(third).str();
}
std::string NumberKey(int number) {
  return KeyBuilder().Number(static_cast<std::uint64_t>(number)).str();
}
std::string OwnerKey(std::string_view professional_id) {
  return TextKey(text::Sha256(absl::AsciiStrToLower(std::string(professional_id))));
}

const Table<stored::MdtRecord>& Mdts() {
  static const Table<stored::MdtRecord> table({
      .name = "mdt",
      .key = [](const stored::MdtRecord& r) { return TextKey(r.id()); },
      .indexes = {{.name = "created",
                   .entries = [](const stored::MdtRecord& r) { return Entries{InstantKey(r.create_time())}; }}},
  });
  return table;
}

const Table<stored::MeetingRecord>& Meetings() {
  using Record = stored::MeetingRecord;
  static const Table<Record> table({
      .name = "meeting",
      .key = [](const Record& r) { return TextKey(r.mdt_id(), r.date()); },
      .indexes = {{.name = "team_date",
                   .entries = [](const Record& r) { return Entries{TextKey(r.mdt_id(), r.date())}; }},
                  {.name = "date", .entries = [](const Record& r) { return Entries{TextKey(r.date(), r.mdt_id())}; }},
                  {.name = "team_state_date",
                   .entries =
                       [](const Record& r) {
                         return Entries{TextKey(r.mdt_id()) + NumberKey(r.state()) + TextKey(r.date())};
                       }},
                  {.name = "state_date",
                   .entries = [](const Record& r) { return Entries{NumberKey(r.state()) + TextKey(r.date())}; }}},
  });
  return table;
}

const Table<stored::AgendaItemRecord>& Items() {
  using Record = stored::AgendaItemRecord;
  static const Table<Record> table({
      .name = "item",
      .key = [](const Record& r) { return TextKey(r.mdt_id(), r.meeting_date(), r.id()); },
      .indexes = {{.name = "agenda",
                   .entries =
                       [](const Record& r) {
                         return Entries{TextKey(r.mdt_id(), r.meeting_date()) + NumberKey(r.position()) +
                                        TextKey(r.id())};
                       }},
                  {.name = "case",
                   .entries =
                       [](const Record& r) {
                         return Entries{TextKey(r.subject().case_(), r.meeting_date(), r.id())};
                       }}},
  });
  return table;
}

const Table<stored::NominationRecord>& Nominations() {
  using Record = stored::NominationRecord;
  static const Table<Record> table({
      .name = "nomination",
      .key = [](const Record& r) { return TextKey(r.name()); },
      .indexes =
          {{.name = "queue",
            .entries =
                [](const Record& r) {
                  return Entries{TextKey(r.mdt_id()) + NumberKey(r.state()) + NumberKey(QueueRank(r)) +
                                 InstantKey(r.receive_time())};
                }},
           {.name = "received", .entries = [](const Record& r) { return Entries{InstantKey(r.receive_time())}; }},
           {.name = "state_received",
            .entries = [](const Record& r) { return Entries{NumberKey(r.state()) + InstantKey(r.receive_time())}; }},
           {.name = "team_received",
            .entries = [](const Record& r) { return Entries{TextKey(r.mdt_id()) + InstantKey(r.receive_time())}; }},
           {.name = "team_state_received",
            .entries =
                [](const Record& r) {
                  return Entries{TextKey(r.mdt_id()) + NumberKey(r.state()) + InstantKey(r.receive_time())};
                }},
           {.name = "case_received",
            .entries =
                [](const Record& r) { return Entries{TextKey(r.subject().case_()) + InstantKey(r.receive_time())}; }}},
  });
  return table;
}

const Table<stored::ActionRecord>& Actions() {
  using Record = stored::ActionRecord;
  static const Table<Record> table({
      .name = "action",
      .key = [](const Record& r) { return TextKey(r.id()); },
      .indexes =
          {{.name = "due", .entries = [](const Record& r) { return Entries{TextKey(r.due_date())}; }},
           {.name = "state_due",
            .entries = [](const Record& r) { return Entries{NumberKey(r.state()) + TextKey(r.due_date())}; }},
           {.name = "owner_due",
            .entries = [](const Record& r) { return Entries{OwnerKey(r.owner().id()) + TextKey(r.due_date())}; }},
           {.name = "case_due", .entries = [](const Record& r) { return Entries{TextKey(r.case_(), r.due_date())}; }}},
  });
  return table;
}

const Table<stored::AssignmentRecord>& Assignments() {
  static const Table<stored::AssignmentRecord> table({
      .name = "assignment",
      .key = [](const stored::AssignmentRecord& r) { return TextKey(r.case_()); },
      .indexes = {},
  });
  return table;
}

const Table<stored::SharingRecord>& Sharings() {
  static const Table<stored::SharingRecord> table({
      .name = "sharing",
      .key = [](const stored::SharingRecord& r) { return TextKey(r.case_()); },
      .indexes = {},
  });
  return table;
}

std::vector<const store::UntypedTable*> AllTables() {
  return {&Mdts(), &Meetings(), &Items(), &Nominations(), &Actions(), &Assignments(), &Sharings()};
}

}  // namespace splw::mdt_agenda
