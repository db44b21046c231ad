#include "services/mdt_agenda/agenda_book.h"

#include <utility>

#include "common/text/failure.h"
#include "common/text/status_macros.h"
#include "services/mdt_agenda/errors.h"
#include "services/mdt_agenda/limits.h"
#include "services/mdt_agenda/mdt_tables.h"
#include "services/mdt_agenda/names.h"

namespace splw::mdt_agenda {
namespace {

// The record, or `missing` where there is none.
template <typename Record>
absl::StatusOr<Record> Found(absl::StatusOr<std::optional<Record>> maybe_record, absl::Status missing) {
  if (!maybe_record.ok()) return maybe_record.status();
  if (!maybe_record->has_value()) return missing;
  return **std::move(maybe_record);
}

}  // namespace

AgendaBook::AgendaBook(delivery::Change& change)
    : change_(change), caller_correlation_id_(change.origin().correlation_id) {}

absl::StatusOr<stored::MdtRecord> AgendaBook::Mdt(std::string_view mdt_id) {
  return Found(Mdts().Get(txn(), network(), TextKey(mdt_id)), errors::MdtNotFound());
}

absl::StatusOr<stored::MeetingRecord> AgendaBook::Meeting(std::string_view mdt_id, std::string_view date) {
  return Found(Meetings().Get(txn(), network(), TextKey(mdt_id, date)), errors::MeetingNotFound());
}

absl::StatusOr<stored::AgendaItemRecord> AgendaBook::Item(std::string_view mdt_id, std::string_view date,
                                                          std::string_view id) {
  return Found(Items().Get(txn(), network(), TextKey(mdt_id, date, id)), errors::ItemNotFound());
}

absl::StatusOr<stored::AgendaItemRecord> AgendaBook::ItemByName(std::string_view name) {
  SPLW_ASSIGN_OR_RETURN(const Place place, ParseItem("item", name));
  return Item(place.mdt_id, place.date, place.item_id);
}

absl::StatusOr<stored::NominationRecord> AgendaBook::Nomination(std::string_view name) {
  return Found(Nominations().Get(txn(), network(), TextKey(name)), errors::NominationNotFound());
}

absl::StatusOr<stored::ActionRecord> AgendaBook::Action(std::string_view id) {
  return Found(Actions().Get(txn(), network(), TextKey(id)), errors::ActionNotFound());
}

absl::StatusOr<std::vector<stored::AgendaItemRecord>> AgendaBook::ItemsOf(const stored::MeetingRecord& meeting) {
  SPLW_ASSIGN_OR_RETURN(store::PageOf<stored::AgendaItemRecord> page,
                        Items().ScanIndex(txn(), network(), "agenda", TextKey(meeting.mdt_id(), meeting.date()),
                                          {.size = kMaxMeetingItems}));
  if (!page.next.empty()) {
    return text::Failure(absl::StatusCode::kResourceExhausted, "TOO_MANY_ITEMS",
                         "the meeting has more items than it may have");
  }
  return std::move(page.records);
}

absl::StatusOr<std::vector<stored::ActionRecord>> AgendaBook::ActionsOf(
    const google::protobuf::RepeatedPtrField<std::string>& ids) {
  std::vector<stored::ActionRecord> actions;
  for (const std::string& id : ids) {
    SPLW_ASSIGN_OR_RETURN(stored::ActionRecord action, Action(id));
    actions.push_back(std::move(action));
  }
  return actions;
}

absl::Status AgendaBook::Save(stored::MdtRecord& mdt) {
  const bool created = mdt.version() == 0;
  mdt.set_version(mdt.version() + 1);
  Touch(kMdtCollection, MdtName(network(), mdt.id()), caller_correlation_id_, created, "");
  return Mdts().Put(txn(), network(), mdt);
}

absl::Status AgendaBook::Save(stored::MeetingRecord& meeting, std::string_view reason) {
  const bool created = meeting.version() == 0;
  meeting.set_version(meeting.version() + 1);
  Touch(kMeetingCollection, MeetingName(network(), meeting), caller_correlation_id_, created, reason);
  return Meetings().Put(txn(), network(), meeting);
}

absl::Status AgendaBook::Save(stored::AgendaItemRecord& item, std::string_view reason) {
  const bool created = item.version() == 0;
  item.set_version(item.version() + 1);
  Touch(kItemCollection, ItemName(network(), item), item.subject().correlation_id(), created, reason);
  TouchMeeting(item.mdt_id(), item.meeting_date());
  return Items().Put(txn(), network(), item);
}

absl::Status AgendaBook::Save(stored::NominationRecord& nomination, std::string_view reason) {
  const bool created = nomination.version() == 0;
  nomination.set_version(nomination.version() + 1);
  Touch(kNominationCollection, nomination.name(), nomination.subject().correlation_id(), created, reason);
  return Nominations().Put(txn(), network(), nomination);
}

absl::Status AgendaBook::Save(const stored::ActionRecord& action, bool created, const std::string& correlation_id) {
  Touch(kActionCollection, ActionName(network(), action.id()), correlation_id, created, "");
  return Actions().Put(txn(), network(), action);
}

absl::Status AgendaBook::Erase(const stored::AgendaItemRecord& item) {
  const std::string name = ItemName(network(), item);
  // A change of this transaction that nobody can read any more is none.
  told_.erase(name);
  TouchMeeting(item.mdt_id(), item.meeting_date());
  change_.SetCorrelationId(item.subject().correlation_id().empty() ? caller_correlation_id_
                                                                   : item.subject().correlation_id());
  SPLW_RETURN_IF_ERROR(change_.Audit(name, "TAKEN_OFF"));
  return Items().Erase(txn(), network(), TextKey(item.mdt_id(), item.meeting_date(), item.id()));
}

void AgendaBook::Mention(const stored::AgendaItemRecord& item, std::string_view reason) {
  Touch("items", ItemName(network(), item), item.subject().correlation_id(), false, reason);
  Touch("meetings", MeetingName(network(), item.mdt_id(), item.meeting_date()), caller_correlation_id_, false, "");
}

absl::Status AgendaBook::Tell(const stored::SubjectRecord& subject, const google::protobuf::Message& event) {
  change_.SetCorrelationId(subject.correlation_id());
  return change_.Emit(kCaseload, subject.case_(), event);
}

absl::Status AgendaBook::Finish() {
  for (const auto& [name, id] : meetings_) {
    SPLW_RETURN_IF_ERROR(Recount(id));
  }
  for (const auto& [resource, told] : told_) {
    change_.SetCorrelationId(told.correlation_id);
    SPLW_RETURN_IF_ERROR(change_.Changed(told.collection, resource, told.created, told.reason));
  }
  change_.SetCorrelationId(caller_correlation_id_);
  return absl::OkStatus();
}

void AgendaBook::Touch(std::string_view collection, const std::string& resource, const std::string& correlation_id,
                       bool created, std::string_view reason) {
  Told& told = told_[resource];
  told.collection = std::string(collection);
  told.correlation_id = correlation_id.empty() ? caller_correlation_id_ : correlation_id;
  told.created = told.created || created;
  if (!reason.empty()) told.reason = std::string(reason);
}

void AgendaBook::TouchMeeting(const std::string& mdt_id, const std::string& date) {
  const std::string name = MeetingName(network(), mdt_id, date);
  meetings_[name] = {mdt_id, date};
  Touch(kMeetingCollection, name, caller_correlation_id_, false, "");
}

absl::Status AgendaBook::Recount(const MeetingId& id) {
  SPLW_ASSIGN_OR_RETURN(stored::MeetingRecord meeting, Meeting(id.mdt_id, id.date));
  SPLW_ASSIGN_OR_RETURN(const std::vector<stored::AgendaItemRecord> items, ItemsOf(meeting));
  std::map<api::ItemState, int> counts;
  int minutes = 0;
  for (const stored::AgendaItemRecord& item : items) {
    ++counts[item.state()];
    if (item.position() > 0) minutes += item.length_minutes();
  }
  meeting.set_planned_minutes(minutes);
  meeting.set_listed(counts[api::ITEM_STATE_LISTED]);
  meeting.set_decided(counts[api::ITEM_STATE_DECIDED]);
  meeting.set_feedback_given(counts[api::ITEM_STATE_FEEDBACK_GIVEN]);
  meeting.set_carried_over_count(counts[api::ITEM_STATE_CARRIED_OVER]);
  meeting.set_withdrawn(counts[api::ITEM_STATE_WITHDRAWN]);
  return Meetings().Put(txn(), network(), meeting);
}

}  // namespace splw::mdt_agenda
