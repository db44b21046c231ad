// The records of one network's meetings within one change: read, written, and at the end counted and told of once each.
//
// A body makes a book, works with it, and calls Finish last. Every write raises the record's version (its etag); what
// only follows from other records (a meeting's counts) does not.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <google/protobuf/message.h>

#include "common/delivery/change.h"
#include "services/mdt_agenda/messages.h"

namespace splw::mdt_agenda {

// The service that hears what the MDT does with its cases.
inline constexpr char kCaseload[] = "caseload";

// Valid as long as its change. One thread.
class AgendaBook final {
 public:
  explicit AgendaBook(delivery::Change& change);

  delivery::Change& change() { return change_; }
  store::Transaction& txn() { return change_.txn(); }
  const std::string& network() const { return change_.network(); }
  absl::Time now() const { return change_.now(); }

  // NOT_FOUND with the reason of its kind.
  absl::StatusOr<stored::MdtRecord> Mdt(std::string_view mdt_id);
  absl::StatusOr<stored::MeetingRecord> Meeting(std::string_view mdt_id, std::string_view date);
  absl::StatusOr<stored::AgendaItemRecord> Item(std::string_view mdt_id, std::string_view date, std::string_view id);
  absl::StatusOr<stored::AgendaItemRecord> ItemByName(std::string_view name);
  absl::StatusOr<stored::NominationRecord> Nomination(std::string_view name);
  absl::StatusOr<stored::ActionRecord> Action(std::string_view id);
  // In the order of the agenda, those without a place first. RESOURCE_EXHAUSTED above kMaxMeetingItems.
  absl::StatusOr<std::vector<stored::AgendaItemRecord>> ItemsOf(const stored::MeetingRecord& meeting);
  // Those with these ids, in this order.
  absl::StatusOr<std::vector<stored::ActionRecord>> ActionsOf(
      const google::protobuf::RepeatedPtrField<std::string>& ids);

  // Write the record; a record of version 0 is new.
  absl::Status Save(stored::MdtRecord& mdt);
  absl::Status Save(stored::MeetingRecord& meeting, std::string_view reason = "");
  absl::Status Save(stored::AgendaItemRecord& item, std::string_view reason = "");
  absl::Status Save(stored::NominationRecord& nomination, std::string_view reason = "");
  // `correlation_id`: of the action's case.
  absl::Status Save(const stored::ActionRecord& action, bool created, const std::string& correlation_id);
  // For an item that is as it was and reads otherwise, because of what else is kept of its case: watchers of its meeting
  // hear of it, and the audit record has it.
  void Mention(const stored::AgendaItemRecord& item, std::string_view reason);
  // Takes an item off an agenda that is not published; the audit record has it. A published item is never erased.
  absl::Status Erase(const stored::AgendaItemRecord& item);

  // Tells the caseload, on the case's stream and with its correlation id.
  absl::Status Tell(const stored::SubjectRecord& subject, const google::protobuf::Message& event);

  // Counts the meetings whose items changed, and writes the feed and the audit record.
  absl::Status Finish();

 private:
  struct Told {
    std::string collection;
    std::string correlation_id;
    std::string reason;
    bool created = false;
  };
  struct MeetingId {
    std::string mdt_id;
    std::string date;
  };

  void Touch(std::string_view collection, const std::string& resource, const std::string& correlation_id, bool created,
             std::string_view reason);
  void TouchMeeting(const std::string& mdt_id, const std::string& date);
  absl::Status Recount(const MeetingId& id);

  delivery::Change& change_;
  const std::string caller_correlation_id_;
  std::map<std::string, Told> told_;           // by resource name
  std::map<std::string, MeetingId> meetings_;  // by resource name: to be counted
};

}  // namespace splw::mdt_agenda
